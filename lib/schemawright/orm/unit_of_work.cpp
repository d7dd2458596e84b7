#include "schemawright/orm/unit_of_work.h"

#include <algorithm>
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

void UnitOfWork::putTable(const TableTarget &target, TablePtr before, TablePtr after)
{
    mustBeThawed();
    Change change;
    if (const Change *existing = find(ChangeTarget(target))) {
        change = *existing;
        change.error.reset();
    } else {
        change.id = static_cast<ChangeId>(++lastId_);
        change.target = target;
        change.tableBefore = std::move(before);
    }
    change.tableAfter = std::move(after);
    const bool isSame = change.tableBefore && change.tableAfter ? *change.tableBefore == *change.tableAfter
                                                                : change.tableBefore == change.tableAfter;
    if (!isSame || find(ChangeTarget(target)))
        replace(ChangeTarget(target), isSame ? std::nullopt : std::optional(std::move(change)));
}

void UnitOfWork::putMapping(const EntityTarget &target, std::optional<EntityMapping> before,
                            std::optional<EntityMapping> after)
{
    mustBeThawed();
    Change change;
    if (const Change *existing = find(ChangeTarget(target))) {
        change = *existing;
        change.error.reset();
    } else {
        change.id = static_cast<ChangeId>(++lastId_);
        change.target = target;
        change.mappingBefore = std::move(before);
    }
    change.mappingAfter = std::move(after);
    const bool isSame = change.mappingBefore == change.mappingAfter;
    if (!isSame || find(ChangeTarget(target)))
        replace(ChangeTarget(target), isSame ? std::nullopt : std::optional(std::move(change)));
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

void UnitOfWork::replace(const ChangeTarget &target, std::optional<Change> after)
{
    Edit edit{target, std::nullopt, std::move(after)};
    if (const auto known = byTarget_.find(target); known != byTarget_.end()) {
        if (edit.after)
            edit.before = *known->second;
        else
            edit.before = std::move(*known->second); // which setState() throws away
    }
    setState(target, edit.after);
    redo_.clear();
    if (groupDepth_ > 0)
        open_.push_back(std::move(edit));
    else
        undo_.push_back({std::move(edit)});
    touched();
}

void UnitOfWork::setState(const ChangeTarget &target, const std::optional<Change> &state)
{
    if (!std::holds_alternative<RowTarget>(target))
        ++tableRevision_;
    const auto known = byTarget_.find(target);
    if (!state) {
        if (known == byTarget_.end())
            return;
        byId_.erase(known->second->id);
        if (isOrdered_ && ordered_.back() == known->second.get())
            ordered_.pop_back();
        else
            isOrdered_ = false;
        byTarget_.erase(known);
        return;
    }
    if (known != byTarget_.end() && known->second->id == state->id) {
        *known->second = *state;
        return;
    }
    if (known != byTarget_.end())
        setState(target, std::nullopt);
    const auto &change = byTarget_.emplace(target, std::make_unique<Change>(*state)).first->second;
    byId_[state->id] = change.get();
    if (!isOrdered_)
        return;
    isOrdered_ = ordered_.empty() || ordered_.back()->id < change->id;
    ordered_.push_back(change.get());
}

void UnitOfWork::endGroup()
{
    if (--groupDepth_ > 0 || open_.empty())
        return;
    undo_.push_back(std::exchange(open_, {}));
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
    const Group group(*this);
    for (const Change *change : changes())
        replace(ChangeTarget(change->target), std::nullopt);
}

std::vector<std::vector<ChangeTarget>> UnitOfWork::targets(const std::vector<Step> &steps, std::size_t most,
                                                           std::size_t mostOfStep)
{
    std::vector<std::vector<ChangeTarget>> all;
    for (auto step = steps.rbegin(); step != steps.rend() && all.size() < most; ++step) {
        all.emplace_back();
        for (std::size_t i = 0; i < step->size() && i < mostOfStep; ++i)
            all.back().push_back((*step)[i].target);
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
    for (auto edit = step.rbegin(); edit != step.rend(); ++edit)
        setState(edit->target, edit->before);
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
    for (const Edit &edit : step)
        setState(edit.target, edit.after);
    undo_.push_back(std::move(step));
    touched();
}

std::vector<const Change *> UnitOfWork::changes() const
{
    if (!isOrdered_) {
        ordered_.clear();
        for (const auto &[id, change] : byId_)
            ordered_.push_back(change);
        std::ranges::sort(ordered_, {}, &Change::id);
        isOrdered_ = true;
    }
    return ordered_;
}

const Change *UnitOfWork::find(const ChangeTarget &target) const
{
    const auto found = byTarget_.find(target);
    return found == byTarget_.end() ? nullptr : found->second.get();
}

const Change *UnitOfWork::find(ChangeId id) const
{
    const auto found = byId_.find(id);
    return found == byId_.end() ? nullptr : found->second;
}

void UnitOfWork::setError(ChangeId id, Error error)
{
    if (const auto found = byId_.find(id); found != byId_.end()) {
        found->second->error = std::move(error);
        touched();
    }
}

void UnitOfWork::clearErrors()
{
    bool any = false;
    for (auto &[id, change] : byId_)
        any = std::exchange(change->error, std::nullopt).has_value() || any;
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

std::shared_ptr<void> UnitOfWork::clear()
{
    mustBeThawed();
    struct Held
    {
        decltype(byId_) byId;
        decltype(byTarget_) byTarget;
        std::vector<Step> undo, redo;
    };
    auto held = std::make_shared<Held>();
    ordered_.clear();
    isOrdered_ = true;
    held->byId.swap(byId_);
    held->byTarget.swap(byTarget_);
    held->undo.swap(undo_);
    held->redo.swap(redo_);
    ++tableRevision_;
    touched();
    return held;
}

void UnitOfWork::restore(std::vector<Change> changes)
{
    mustBeThawed();
    if (!isEmpty())
        throw Error(ErrorKind::Misuse, "there are pending edits already");
    for (Change &change : changes) {
        change.id = static_cast<ChangeId>(++lastId_);
        if (change.isRow())
            lastNewRow_ = std::max(lastNewRow_, change.row().newRow);
        setState(ChangeTarget(change.target), change);
    }
    touched();
}

} // namespace schemawright
