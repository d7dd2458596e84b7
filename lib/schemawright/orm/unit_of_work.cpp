#include "schemawright/orm/unit_of_work.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace schemawright {

namespace {

/// The images of a second edit laid over those of the first; nothing when the thing is again what it was.
std::optional<Change> merged(const Change &first, std::optional<RowImage> before, std::optional<RowImage> after)
{
    Change change = first;
    change.error.reset();
    change.after = std::move(after);
    if (!first.before) // an insert that goes away leaves nothing
        return change.after ? std::optional(change) : std::nullopt;
    if (before)
        change.before->insert(before->begin(), before->end()); // what was there first stays
    if (!change.after)
        return change;
    change.after->eraseIf([&](const auto &cell) {
        const auto old = change.before->find(cell.first);
        return old != change.before->end() && old->second == cell.second;
    });
    change.before->eraseIf([&](const auto &cell) { return !change.after->contains(cell.first); });
    return change.after->empty() ? std::nullopt : std::optional(change);
}

} // namespace

void UnitOfWork::mustBeThawed() const
{
    if (frozen_)
        throw Error(ErrorKind::Misuse, "the edits cannot be changed while they are being written");
}

void UnitOfWork::put(const ChangeTarget &target, std::optional<RowImage> before, std::optional<RowImage> after,
                     RowImage base)
{
    mustBeThawed();
    if (const Change *existing = find(target)) {
        replace(target, merged(*existing, std::move(before), std::move(after)));
        return;
    }
    if (!before && !after)
        return;
    Change empty;
    empty.id = static_cast<ChangeId>(++lastId_);
    empty.target = target;
    empty.base = std::move(base);
    empty.before = std::move(before);
    // A first edit obeys the same rules: one that sets what is there already is none.
    std::optional<Change> change =
        empty.before ? merged(empty, std::nullopt, std::move(after)) : std::optional<Change>(empty);
    if (!empty.before)
        change->after = std::move(after);
    if (change)
        replace(target, std::move(change));
}

/// Puts what is no row: `before` and `after` are its images in a Change.
template <class Image, class IsSame>
void UnitOfWork::putWhole(const ChangeTarget &target, Image Change::*before, Image Change::*after, Image was, Image now,
                          IsSame isSame)
{
    mustBeThawed();
    const Change *existing = find(target);
    Change change;
    if (existing) {
        change = *existing;
        change.error.reset();
    } else {
        change.id = static_cast<ChangeId>(++lastId_);
        change.target = target;
        change.*before = std::move(was);
    }
    change.*after = std::move(now);
    const bool isAgain = isSame(change.*before, change.*after);
    if (!isAgain || existing)
        replace(target, isAgain ? std::nullopt : std::optional(std::move(change)));
}

void UnitOfWork::putTable(const TableTarget &target, TablePtr before, TablePtr after)
{
    putWhole(target, &Change::tableBefore, &Change::tableAfter, std::move(before), std::move(after),
             [](const TablePtr &was, const TablePtr &now) { return was && now ? *was == *now : was == now; });
}

void UnitOfWork::putMapping(const EntityTarget &target, std::optional<EntityMapping> before,
                            std::optional<EntityMapping> after)
{
    putWhole(target, &Change::mappingBefore, &Change::mappingAfter, std::move(before), std::move(after),
             std::equal_to<>());
}

void UnitOfWork::putObject(const ObjectTarget &target, std::optional<SchemaObject> before,
                           std::optional<SchemaObject> after)
{
    putWhole(target, &Change::objectBefore, &Change::objectAfter, std::move(before), std::move(after),
             std::equal_to<>());
}

void UnitOfWork::rebase(ChangeId id, RowImage before, RowImage after, RowImage base)
{
    mustBeThawed();
    const Change *found = find(id);
    if (!found || !found->isUpdate())
        throw Error(ErrorKind::Misuse, "only the update of a row can be laid over other values");
    Change change = *found;
    change.error.reset();
    after.eraseIf([&](const auto &cell) {
        const auto old = before.find(cell.first);
        return old != before.end() && old->second == cell.second;
    });
    before.eraseIf([&](const auto &cell) { return !after.contains(cell.first); });
    const bool isGone = after.empty();
    change.before = std::move(before);
    change.after = std::move(after);
    change.base = std::move(base);
    const ChangeTarget target = change.target;
    replace(target, isGone ? std::nullopt : std::optional(std::move(change)));
}

void UnitOfWork::rebaseTable(ChangeId id, TablePtr before, TablePtr after)
{
    mustBeThawed();
    const ChangePtr known = list_.shared(id);
    Change change = *known;
    change.error.reset();
    change.tableBefore = std::move(before);
    change.tableAfter = std::move(after);
    const bool isGone = change.tableBefore && change.tableAfter ? *change.tableBefore == *change.tableAfter
                                                                : change.tableBefore == change.tableAfter;
    setState(known, isGone ? nullptr : std::make_shared<const Change>(std::move(change)));
    touched();
}

void UnitOfWork::rebaseObject(ChangeId id, std::optional<SchemaObject> before)
{
    mustBeThawed();
    const ChangePtr known = list_.shared(id);
    Change change = *known;
    change.error.reset();
    change.objectBefore = std::move(before);
    const bool isGone = change.objectBefore == change.objectAfter;
    setState(known, isGone ? nullptr : std::make_shared<const Change>(std::move(change)));
    touched();
}

void UnitOfWork::renameCells(const QualifiedName &table, const std::string &from, const std::string &to)
{
    mustBeThawed();
    const Group group(*this);
    for (const Change *each : changes()) {
        if (!each->isRow() || each->row().table != table)
            continue;
        Change change = *each;
        bool any = false;
        for (std::optional<RowImage> *image : {&change.before, &change.after})
            if (*image)
                if (const auto found = (*image)->find(from); found != (*image)->end()) {
                    Cell cell = std::move(found->second);
                    (*image)->erase(from);
                    (*image)->insert_or_assign(to, std::move(cell));
                    any = true;
                }
        if (any)
            replace(ChangeTarget(change.target), change);
    }
}

template <class T> void UnitOfWork::giveUp(T what) const
{
    if (dispose)
        dispose(std::make_shared<T>(std::move(what)));
}

void UnitOfWork::replace(const ChangeTarget &target, std::optional<Change> after)
{
    Edit edit{list_.shared(target), after ? std::make_shared<const Change>(*std::move(after)) : nullptr};
    if (!edit.before && !edit.after)
        return;
    setState(edit.before, edit.after);
    if (groupDepth_ > 0)
        open_.push_back(std::move(edit));
    else {
        Step step;
        step.edits.push_back(std::move(edit));
        push(std::move(step));
    }
    touched();
}

void UnitOfWork::setState(const ChangePtr &from, const ChangePtr &to)
{
    if (!(from ? from : to)->isRow())
        ++tableRevision_;
    if (from && (!to || to->id != from->id))
        list_.erase(from->id);
    if (to)
        list_.put(to);
}

/// The list in the place of another.
void UnitOfWork::exchange(ChangeList &other)
{
    const bool hasStructure = !list_.structure().empty() || !other.structure().empty();
    std::swap(list_, other);
    tableRevision_ += hasStructure;
}

void UnitOfWork::push(Step step)
{
    if (!redo_.empty())
        giveUp(std::exchange(redo_, {}));
    undo_.push_back(std::move(step));
}

void UnitOfWork::endGroup()
{
    if (--groupDepth_ > 0 || open_.empty())
        return;
    Step step;
    step.edits = std::exchange(open_, {});
    push(std::move(step));
    touched();
}

void UnitOfWork::touched()
{
    ++revision_;
    if (groupDepth_ == 0)
        changed();
}

void UnitOfWork::revert(ChangeId id)
{
    mustBeThawed();
    if (const Change *change = find(id))
        replace(ChangeTarget(change->target), std::nullopt);
}

void UnitOfWork::discardAll()
{
    mustBeThawed();
    if (isEmpty())
        return;
    if (groupDepth_ > 0) { // one step with what else is in the group
        for (const ChangePtr &change : list_.allShared())
            replace(change->target, std::nullopt);
        return;
    }
    Step step;
    for (const Change *change : list_.all()) {
        if (step.about.size() == mostTold)
            break;
        step.about.push_back(change->target);
    }
    step.other = std::make_unique<ChangeList>();
    exchange(*step.other);
    push(std::move(step));
    touched();
}

std::vector<std::vector<ChangeTarget>> UnitOfWork::targets(const std::vector<Step> &steps, std::size_t most,
                                                           std::size_t mostOfStep)
{
    std::vector<std::vector<ChangeTarget>> all;
    for (auto step = steps.rbegin(); step != steps.rend() && all.size() < most; ++step) {
        all.emplace_back();
        for (std::size_t i = 0; i < step->edits.size() && i < mostOfStep; ++i)
            all.back().push_back(step->edits[i].target());
        for (std::size_t i = 0; i < step->about.size() && i < mostOfStep; ++i)
            all.back().push_back(step->about[i]);
    }
    return all;
}

void UnitOfWork::undo()
{
    mustBeThawed();
    if (undo_.empty())
        return;
    Step step = std::move(undo_.back());
    undo_.pop_back();
    for (auto edit = step.edits.rbegin(); edit != step.edits.rend(); ++edit)
        setState(edit->after, edit->before);
    if (step.other)
        exchange(*step.other);
    redo_.push_back(std::move(step));
    touched();
}

void UnitOfWork::redo()
{
    mustBeThawed();
    if (redo_.empty())
        return;
    Step step = std::move(redo_.back());
    redo_.pop_back();
    for (const Edit &edit : step.edits)
        setState(edit.before, edit.after);
    if (step.other)
        exchange(*step.other);
    undo_.push_back(std::move(step));
    touched();
}

void UnitOfWork::setError(ChangeId id, Error error)
{
    if (const Change *known = find(id)) {
        Change change = *known;
        change.error = std::move(error);
        list_.put(std::make_shared<const Change>(std::move(change)));
        touched();
    }
}

void UnitOfWork::clearErrors()
{
    bool any = false;
    for (const Change *known : changes())
        if (known->error) {
            Change change = *known;
            change.error.reset();
            list_.put(std::make_shared<const Change>(std::move(change)));
            any = true;
        }
    if (any)
        touched();
}

void UnitOfWork::freeze()
{
    mustBeThawed();
    frozen_ = true;
    changed();
}

void UnitOfWork::thaw()
{
    frozen_ = false;
    changed();
}

void UnitOfWork::clear()
{
    mustBeThawed();
    giveUp(std::exchange(undo_, {}));
    giveUp(std::exchange(redo_, {}));
    giveUp(std::exchange(list_, {}));
    ++tableRevision_;
    touched();
}

ChangeId UnitOfWork::reserveIds(std::size_t count) noexcept
{
    const std::uint64_t first = lastId_ + 1;
    lastId_ += count;
    return static_cast<ChangeId>(first);
}

void UnitOfWork::restore(std::vector<Change> changes)
{
    const ChangeId first = reserveIds(changes.size());
    restore(ChangeList::of(std::move(changes), first));
}

void UnitOfWork::restore(ChangeList list)
{
    mustBeThawed();
    if (!isEmpty())
        throw Error(ErrorKind::Misuse, "there are pending edits already");
    giveUp(std::exchange(undo_, {}));
    giveUp(std::exchange(redo_, {}));
    lastNewRow_ = std::max(lastNewRow_, list.lastNewRow());
    list_ = std::move(list);
    ++tableRevision_;
    touched();
}

} // namespace schemawright
