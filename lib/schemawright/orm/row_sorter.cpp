#include "schemawright/orm/row_sorter.h"

#include "schemawright/base/topological.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

namespace {

using Kind = RowStep::Kind;

/// The name of a row for a message: "taxon 42", "new taxon 3".
std::string rowName(const RowTarget &target)
{
    if (target.isNew())
        return fmt::format("new {} {}", target.table.name, target.newRow);
    std::vector<std::string> values;
    for (const auto &[column, value] : target.key)
        values.push_back(value.text());
    return fmt::format("{} {}", target.table.name, fmt::join(values, ", "));
}

} // namespace

std::vector<std::size_t> RowSorter::sort()
{
    // Each round breaks every ring at one place, later ones at all places; no plan needs more rounds than it has
    // rows, a few times over.
    const std::size_t mostRounds = 4 * steps_.size() + 8;
    constexpr std::size_t carefulRounds = 12;
    if (dialect_.capabilities().checksKeysByRow) {
        releaseThemselves();
        if (!problems_.empty())
            return {};
    }
    for (std::size_t round = 0; round < mostRounds; ++round) {
        std::vector<RowEdge> reasons = rowEdges(steps_);
        if (round == 0 && splitOwnKeys(reasons))
            continue;
        std::erase_if(reasons, [this](const RowEdge &edge) {
            return (edge.reference && deferred_.contains(edge.reference->key) && !waitsForKey(edge)) ||
                   (edge.unique && deferredKeys_.contains(edge.unique));
        });
        std::vector<std::pair<std::size_t, std::size_t>> edges = forced_;
        edges.reserve(edges.size() + reasons.size());
        for (const RowEdge &reason : reasons) {
            edges.emplace_back(reason.before, reason.after);
            // Rows that nobody edits may refer to a value while it goes from one row to another.
            defers_ = defers_ || (reason.unique && steps_[reason.before].table->isReferred &&
                                  !dialect_.deferConstraintsSql().empty());
        }
        // Inserts into one table stand together, so that they become few statements.
        groups_.resize(steps_.size());
        for (std::size_t i = 0; i < steps_.size(); ++i)
            groups_[i] = steps_[i].kind == Kind::Insert ? steps_[i].table->number : 0;
        if (stop_.stop_requested())
            throw Error(ErrorKind::Cancelled, "planning was cancelled");
        TopologicalOrder sorted = topologicalSort(steps_.size(), edges, groups_);
        if (sorted.cycles.empty())
            return std::move(sorted.order);
        std::vector<std::size_t> ringOf(steps_.size(), sorted.cycles.size());
        for (std::size_t ring = 0; ring < sorted.cycles.size(); ++ring)
            for (const std::size_t member : sorted.cycles[ring])
                ringOf[member] = ring;
        std::vector<std::vector<const RowEdge *>> inside(sorted.cycles.size());
        for (const RowEdge &reason : reasons)
            if (ringOf[reason.before] == ringOf[reason.after] && ringOf[reason.before] < inside.size())
                inside[ringOf[reason.before]].push_back(&reason);
        for (std::size_t ring = 0; ring < inside.size(); ++ring)
            if (!breakCycle(inside[ring], round >= carefulRounds)) {
                refuseCycle(sorted.cycles[ring]);
                return {};
            }
    }
    throw Error(ErrorKind::Internal, "the rings among these rows could not be broken");
}

bool RowSorter::splitOwnKeys(const std::vector<RowEdge> &reasons)
{
    bool any = false;
    std::set<std::size_t> seen;
    for (const RowEdge &edge : reasons) {
        if (edge.reason != RowEdge::Reason::Key || edge.before != edge.after || !seen.insert(edge.after).second)
            continue;
        std::vector<std::uint32_t> columns;
        for (const auto &[column, cell] : steps_[edge.after].set)
            if (const KeyOf *key = std::get_if<KeyOf>(cell))
                if (key->row == steps_[edge.after].change->row().newRow)
                    columns.push_back(column);
        if (splitColumns(edge.after, true, columns))
            any = true;
        else
            refuseCycle({edge.after});
    }
    return any;
}

void RowSorter::releaseThemselves()
{
    const std::size_t count = steps_.size();
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<std::uint32_t> columns;
        for (const PlanTable::Reference *reference : referencesToItself(steps_[i])) {
            keepReference(steps_[i], *reference, steps_[i]);
            const std::vector<std::uint32_t> loose = looseColumns(steps_[i], reference->columns);
            if (loose.empty())
                refuse({i}, rowName(steps_[i].change->row()) + " refers to itself, which " +
                                std::string(dialect_.name()) + " lets go only when it refers to no row or to another");
            columns.insert(columns.end(), loose.begin(), loose.end());
        }
        if (!columns.empty())
            splitColumns(i, false, columns);
    }
}

bool RowSorter::breakCycle(const std::vector<const RowEdge *> &inside, bool everywhere)
{
    for (const RowEdge *edge : inside)
        if (edge->reference && canDefer(*edge)) {
            deferred_.insert(edge->reference->key);
            return true;
        } else if (edge->unique && edge->unique->isDeferrable && !dialect_.deferConstraintsSql().empty()) {
            deferredKeys_.insert(edge->unique);
            return true;
        }
    bool any = false;
    std::set<std::size_t> split;
    for (const RowEdge *edge : inside)
        if (edge->reference && (everywhere || !any) &&
            split.insert(edge->reason == RowEdge::Reason::Reference ? edge->after : edge->before).second)
            any = splitReference(*edge) || any;
    for (const RowEdge *edge : inside)
        if (edge->reason == RowEdge::Reason::Key && !any)
            any = splitColumns(edge->after, true, {edge->column});
    for (const RowEdge *edge : inside)
        if (edge->unique && !any)
            any = park(*edge);
    return any;
}

bool RowSorter::waitsForKey(const RowEdge &edge) const
{
    return edge.reason == RowEdge::Reason::Reference &&
           std::ranges::any_of(edge.reference->columns, [&](std::uint32_t column) {
               const Cell *cell = steps_[edge.after].newCell(column);
               return cell && std::holds_alternative<KeyOf>(*cell);
           });
}

bool RowSorter::canDefer(const RowEdge &edge) const
{
    if (waitsForKey(edge) || deferred_.contains(edge.reference->key))
        return false;
    // RESTRICT is checked at once, whatever was deferred.
    const ForeignKey &key = *edge.reference->key;
    const auto &action = edge.reason == RowEdge::Reason::Release ? key.onDelete : std::nullopt;
    if (action && *action == "RESTRICT")
        return false;
    const Capabilities &capabilities = dialect_.capabilities();
    return !dialect_.deferConstraintsSql().empty() && (capabilities.defersAnyForeignKey || key.deferrable);
}

std::vector<std::uint32_t> RowSorter::looseColumns(const RowStep &step, const std::vector<std::uint32_t> &columns)
{
    std::vector<std::uint32_t> loose;
    for (const std::uint32_t position : columns) {
        const Column *column = step.table->column(position);
        const bool isKey = step.key.contains(position) || std::ranges::find(step.table->identityColumns, position) !=
                                                              step.table->identityColumns.end();
        if (column && column->nullable && !column->generated && !isKey)
            loose.push_back(position);
    }
    return loose;
}

void RowSorter::keepReference(RowStep &step, const PlanTable::Reference &reference, const RowStep &parent)
{
    const auto list = std::ranges::find(parent.table->lists, reference.number, &PlanTable::Columns::number);
    if (step.kind != Kind::Update || list == parent.table->lists.end())
        return;
    const bool isHandedOn = reference.key->onUpdate == "CASCADE" && parent.kind == Kind::Update;
    for (std::size_t i = 0; i < reference.columns.size(); ++i)
        if (const Cell *kept = isHandedOn ? parent.newCell(list->columns[i]) : step.oldCell(reference.columns[i]))
            step.set.add(reference.columns[i], kept);
}

bool RowSorter::splitReference(const RowEdge &edge)
{
    const bool isTaking = edge.reason == RowEdge::Reason::Reference;
    if (!isTaking && !looseColumns(steps_[edge.before], edge.reference->columns).empty())
        keepReference(steps_[edge.before], *edge.reference, steps_[edge.after]);
    return splitColumns(isTaking ? edge.after : edge.before, isTaking, edge.reference->columns);
}

bool RowSorter::splitColumns(std::size_t index, bool isTaking, const std::vector<std::uint32_t> &columns)
{
    const std::vector<std::uint32_t> loose = looseColumns(steps_[index], columns);
    if (loose.empty())
        return false;
    RowStep second = steps_[index];
    RowStep &first = steps_[index];
    if (isTaking) {
        second.key = keyAfter(first);
        if (second.key.empty())
            return false;
        second.kind = Kind::Update;
        for (const auto &[column, cell] : first.set)
            second.old.set(column, cell);
        second.set.clear();
        second.match.clear();
        for (const std::uint32_t column : loose) {
            second.set.set(column, first.newCell(column));
            second.old.set(column, &null_);
            first.set.set(column, &null_);
        }
    } else {
        first.kind = Kind::Update;
        first.set.clear();
        for (const std::uint32_t column : loose) {
            first.set.set(column, &null_);
            second.old.set(column, &null_);
            second.match.erase(column);
        }
        for (auto &[before, after] : forced_) // what comes behind it comes behind the whole of it
            before = before == index ? steps_.size() : before;
    }
    forced_.emplace_back(index, steps_.size());
    steps_.push_back(std::move(second));
    return true;
}

RowCells RowSorter::keyAfter(const RowStep &step)
{
    RowCells key = step.key;
    if (step.kind == Kind::Insert)
        for (const std::uint32_t column : step.table->identityColumns)
            key.set(column, nullptr);
    const RowCells before = key;
    for (const auto &[column, cell] : before) {
        const Cell *written = step.set.find(column);
        const Value *value = written ? std::get_if<Value>(written) : nullptr;
        if (written && !std::holds_alternative<DefaultValue>(*written) && !(value && value->isNull()))
            key.set(column, written);
        else if (!cell)
            key.set(column, &owned_.emplace_back(KeyOf{step.change->row().newRow, step.table->columnName(column)}));
    }
    return key;
}

bool RowSorter::park(const RowEdge &edge)
{
    const std::size_t index = edge.before;
    if (steps_[index].kind != Kind::Update)
        return false;
    for (const std::uint32_t column : edge.unique->columns) {
        const auto value = parkingValue(steps_[index], *edge.unique, column);
        if (!value)
            continue;
        const Cell *cell = &owned_.emplace_back(*value);
        RowStep parked = steps_[index];
        RowStep &last = steps_[index];
        parked.set.clear();
        parked.set.set(column, cell);
        last.old.set(column, cell);
        last.match.clear(); // the first step has looked
        if (last.key.contains(column))
            last.key.set(column, cell);
        for (auto &[before, after] : forced_)
            after = after == index ? steps_.size() : after;
        forced_.emplace_back(steps_.size(), index);
        steps_.push_back(std::move(parked));
        return true;
    }
    return false;
}

std::optional<Value> RowSorter::parkingValue(const RowStep &step, const PlanTable::Columns &list,
                                             std::uint32_t position)
{
    const Column *column = step.table->column(position);
    if (!column || column->generated || !step.set.contains(position))
        return std::nullopt;
    const bool mayBeNull = column->nullable && !step.key.contains(position) && !list.countsNull;
    // What refers to other rows has no value that no row has: NULL, or any while the check is put off.
    for (const ForeignKey &key : step.table->table->foreignKeys) {
        if (std::ranges::find(key.columns, column->name) == key.columns.end())
            continue;
        if (mayBeNull)
            return Value();
        if (dialect_.deferConstraintsSql().empty() || !(dialect_.capabilities().defersAnyForeignKey || key.deferrable))
            return std::nullopt;
        defers_ = true;
    }
    return parking_.valueFor(step, position, mayBeNull);
}

void RowSorter::refuseCycle(const std::vector<std::size_t> &cycle)
{
    std::vector<std::string> names;
    for (const std::size_t index : cycle)
        names.push_back(rowName(steps_[index].change->row()));
    const std::string message = names.size() == 1
                                    ? names[0] + " refers to itself by a key that is made when it is there already"
                                    : fmt::format("these rows wait for each other: {}", fmt::join(names, ", "));
    refuse(cycle, message);
}

void RowSorter::refuse(const std::vector<std::size_t> &rows, const std::string &message)
{
    const Error error =
        Error(ErrorKind::Unsupported, message)
            .withHint("Commit some of these edits first, or make one of the keys nullable or deferrable.");
    for (const std::size_t index : rows)
        problems_.push_back({steps_[index].change->id, error});
}

} // namespace schemawright
