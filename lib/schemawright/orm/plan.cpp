#include "schemawright/orm/plan.h"

#include "schemawright/base/topological.h"
#include "schemawright/orm/draft.h"
#include "schemawright/orm/row_order.h"
#include "schemawright/orm/row_statements.h"

#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>

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

class PlanBuilder
{
public:
    /// Rows are written to the tables of the draft, as they are when they have been widened.
    PlanBuilder(const Dialect &dialect, const Draft &draft, const std::map<QualifiedName, std::string> &versions,
                const std::stop_token &stop)
        : dialect_(dialect), draft_(draft), stop_(stop), tables_(dialect, draft, versions), statements_(dialect)
    {}

    Plan build(const std::vector<const Change *> &changes)
    {
        for (const Change *change : changes)
            if (change->isRow() && change->row().isNew()) {
                newRows_.emplace(change->row().newRow, change);
                statements_.addNewRow(change->row());
            }
        steps_.reserve(changes.size());
        for (const Change *change : changes)
            if (change->isRow())
                addStep(*change);
        plan_.references = tables_.link();
        compileAll(sortedSteps());
        if ((defers_ || !deferred_.empty()) && plan_.isRunnable())
            plan_.steps.insert(plan_.steps.begin(), deferringStep());
        if (!draft_.diffs.empty())
            addMigration();
        return std::move(plan_);
    }

private:
    /// Puts the dialect's statements for the tables around those for the rows.
    void addMigration()
    {
        const Migration migration = dialect_.migrate(draft_.before, draft_.after, draft_.diffs);
        for (const MigrationProblem &problem : migration.problems)
            plan_.problems.push_back({draft_.changes[problem.diff], problem.error});
        std::vector<Step> rows = std::exchange(plan_.steps, {});
        const bool changesRows =
            std::ranges::any_of(steps_, [](const RowStep &step) { return step.kind != Kind::Insert; });
        const auto addPhases = [&](Phase first, Phase last) {
            for (const MigrationStep &each : migration.steps)
                if (each.phase >= first && each.phase <= last && (!each.onlyWithRows || changesRows)) {
                    Step step;
                    step.phase = each.phase;
                    step.statement.sql = each.sql;
                    step.change = draft_.changes[each.diff];
                    step.transactional = each.transactional;
                    step.expectNone = each.expectNone;
                    plan_.steps.push_back(std::move(step));
                }
        };
        addPhases(Phase::Before, Phase::Expand);
        std::ranges::move(rows, std::back_inserter(plan_.steps));
        addPhases(Phase::Contract, Phase::After);
    }

    /// Called for each row: looks only now and then.
    void mayStop()
    {
        if (++calls_ % 1024 == 0 && stop_.stop_requested())
            throw Error(ErrorKind::Cancelled, "planning was cancelled");
    }

    void addStep(const Change &change)
    {
        mayStop();
        const RowTarget &target = change.row();
        if (const auto dropped =
                draft_.tableNames.empty() ? draft_.tableNames.end() : draft_.tableNames.find(target.table);
            dropped != draft_.tableNames.end() && dropped->second.name.empty())
            return; // its rows go with it
        RowStep step(&memory_);
        step.change = &change;
        step.table = tables_.find(target.table);
        if (!step.table) {
            refuse(change, Error(ErrorKind::NotFound, "the table " + target.table.text() + " is not there any more"));
            return;
        }
        step.kind = change.isInsert() ? Kind::Insert : change.isDelete() ? Kind::Delete : Kind::Update;
        if (step.kind != Kind::Insert)
            step.old.reserve(std::max(change.base.size(), change.before->size()) + target.key.size());
        step.key.reserve(target.key.size());
        if (change.after)
            step.set.reserve(change.after->size());
        if (change.before)
            step.match.reserve(change.before->size());
        for (const auto &[column, value] : target.key)
            if (const auto at = step.table->position(column).column; at < PlanTable::dropped)
                step.key.set(at, &owned_.emplace_back(value));
        const auto take = [&](const RowImage &image, bool onlyKnown, auto put) {
            std::size_t next = 0;
            for (const auto &[column, cell] : image) {
                const PlanTable::Position at = step.table->position(column, next);
                if (at.column == PlanTable::dropped || (onlyKnown && !at.isKnown))
                    continue;
                if (at.column != PlanTable::nowhere)
                    put(at.column, &cell);
                else if (&image != &change.base) {
                    refuse(change, Error(ErrorKind::NotFound, fmt::format("the table {} has no column '{}' any more",
                                                                          target.table.text(), column)));
                    return false;
                }
            }
            return true;
        };
        if (change.after &&
            !take(*change.after, false, [&](std::uint32_t at, const Cell *cell) { step.set.set(at, given(cell)); }))
            return;
        if (step.kind == Kind::Update && step.set.empty())
            return; // all that was edited is dropped
        if (change.before && !take(*change.before, true, [&](std::uint32_t at, const Cell *cell) {
                step.old.set(at, cell);
                if (!step.key.contains(at))
                    step.match.set(at, cell);
            }))
            return;
        if (!change.isDelete() || change.base.size() != change.before->size()) // else it is the same once more
            take(change.base, true, [&](std::uint32_t at, const Cell *cell) { step.old.add(at, cell); });
        for (const auto &[at, cell] : step.key)
            step.old.add(at, cell);
        countVersion(step);
        steps_.push_back(std::move(step));
    }

    /// A key that is given is used as it is, wherever it is referred to.
    const Cell *given(const Cell *cell) const
    {
        for (int depth = 0; depth < 16; ++depth) {
            const KeyOf *key = std::get_if<KeyOf>(cell);
            const auto maker = key ? newRows_.find(key->row) : newRows_.end();
            if (maker == newRows_.end())
                return cell;
            const auto found = maker->second->after->find(key->column);
            if (found == maker->second->after->end() || std::holds_alternative<DefaultValue>(found->second))
                return cell;
            if (const Value *value = std::get_if<Value>(&found->second); value && value->isNull())
                return cell;
            cell = &found->second;
        }
        return cell;
    }

    /// A version that is known is compared instead of the old values, and counted up.
    void countVersion(RowStep &step)
    {
        const std::uint32_t version = step.table->version;
        const Cell *known = version == PlanTable::nowhere ? nullptr : step.oldCell(version);
        const Value *value = known ? std::get_if<Value>(known) : nullptr;
        const std::int64_t *number = value ? value->as<std::int64_t>() : nullptr;
        if (!number || step.kind == Kind::Insert)
            return;
        step.match.clear();
        if (!step.key.contains(version))
            step.match.set(version, known);
        if (step.kind == Kind::Update)
            step.set.set(version, &owned_.emplace_back(Value(*number + 1)));
    }

    void refuse(const Change &change, Error error) { plan_.problems.push_back({change.id, std::move(error)}); }

    // Order.

    std::vector<std::size_t> sortedSteps()
    {
        // Each round breaks every ring at one place, later ones at all places; no plan needs more rounds than it has
        // rows, a few times over.
        const std::size_t mostRounds = 4 * steps_.size() + 8;
        constexpr std::size_t carefulRounds = 12;
        for (std::size_t round = 0; round < mostRounds; ++round) {
            std::vector<RowEdge> reasons = rowEdges(steps_);
            if (round == 0 && splitOwnKeys(reasons))
                continue;
            std::erase_if(reasons, [this](const RowEdge &edge) {
                return edge.reference && deferred_.contains(edge.reference->key) && !waitsForKey(edge);
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

    /// Rows that refer to themselves by a key that the database makes: NULL first, the key when it is known. True when
    /// there is anything to look at again.
    bool splitOwnKeys(const std::vector<RowEdge> &reasons)
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

    bool breakCycle(const std::vector<const RowEdge *> &inside, bool everywhere)
    {
        for (const RowEdge *edge : inside)
            if (edge->reference && canDefer(*edge)) {
                deferred_.insert(edge->reference->key);
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

    /// A key that the database makes is only known when its row is there, whatever is checked later.
    bool waitsForKey(const RowEdge &edge) const
    {
        return edge.reason == RowEdge::Reason::Reference &&
               std::ranges::any_of(edge.reference->columns, [&](std::uint32_t column) {
                   const Cell *cell = steps_[edge.after].newCell(column);
                   return cell && std::holds_alternative<KeyOf>(*cell);
               });
    }

    bool canDefer(const RowEdge &edge) const
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

    /// Columns of a foreign key that may be NULL for a while.
    static std::vector<std::uint32_t> looseColumns(const RowStep &step, const std::vector<std::uint32_t> &columns)
    {
        std::vector<std::uint32_t> loose;
        for (const std::uint32_t position : columns) {
            const Column *column = step.table->column(position);
            const bool isKey =
                step.key.contains(position) ||
                std::ranges::find(step.table->identityColumns, position) != step.table->identityColumns.end();
            if (column && column->nullable && !column->generated && !isKey)
                loose.push_back(position);
        }
        return loose;
    }

    bool splitReference(const RowEdge &edge)
    {
        const bool isTaking = edge.reason == RowEdge::Reason::Reference;
        return splitColumns(isTaking ? edge.after : edge.before, isTaking, edge.reference->columns);
    }

    /// Writes a reference in two steps: NULL first, the parent's key when the parent is there; or NULL before the row
    /// goes.
    bool splitColumns(std::size_t index, bool isTaking, const std::vector<std::uint32_t> &columns)
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
        }
        forced_.emplace_back(index, steps_.size());
        steps_.push_back(std::move(second));
        return true;
    }

    /// By what a row is found after this step.
    RowCells keyAfter(const RowStep &step)
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

    /// Moves a row's unique value out of the way before others need it.
    bool park(const RowEdge &edge)
    {
        const std::size_t index = edge.before;
        if (steps_[index].kind != Kind::Update)
            return false;
        for (const std::uint32_t column : *edge.unique) {
            const auto value = parkingValue(steps_[index], column);
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
            forced_.emplace_back(steps_.size(), index);
            steps_.push_back(std::move(parked));
            return true;
        }
        return false;
    }

    /// A value that no row is likely to hold; if one does, the database says so and nothing is written.
    std::optional<Value> parkingValue(const RowStep &step, std::uint32_t position)
    {
        const Column *column = step.table->column(position);
        if (!column || column->generated || !step.set.contains(position))
            return std::nullopt;
        const std::int64_t number = ++parkedRows_;
        switch (column->type.kind) {
        case TypeKind::SmallInteger:
            return Value(std::int64_t{-32000} - number);
        case TypeKind::Integer:
            return Value(std::int64_t{-2'000'000'000} - number);
        case TypeKind::BigInteger:
        case TypeKind::Numeric:
            return Value(std::int64_t{-2'000'000'000'000} - number);
        case TypeKind::Text:
        case TypeKind::String:
            return Value(fmt::format("~{}~", number));
        default:
            return column->nullable && !step.key.contains(position) ? std::optional(Value()) : std::nullopt;
        }
    }

    void refuseCycle(const std::vector<std::size_t> &cycle)
    {
        std::vector<std::string> names;
        for (const std::size_t index : cycle)
            names.push_back(rowName(steps_[index].change->row()));
        const std::string message = names.size() == 1
                                        ? names[0] + " refers to itself by a key that is made when it is there already"
                                        : fmt::format("these rows wait for each other: {}", fmt::join(names, ", "));
        const Error error =
            Error(ErrorKind::Unsupported, message)
                .withHint("Commit some of these edits first, or make one of the keys nullable or deferrable.");
        for (const std::size_t index : cycle)
            refuse(*steps_[index].change, error);
    }

    Step deferringStep() const
    {
        Step step;
        step.statement.sql = dialect_.deferConstraintsSql();
        return step;
    }

    // SQL.

    void compileAll(const std::vector<std::size_t> &order)
    {
        plan_.steps.reserve(order.size());
        std::vector<const RowStep *> rows; // that may become one statement
        const auto finish = [&] {
            mayStop();
            if (!rows.empty())
                compile(rows);
            rows.clear();
        };
        for (const std::size_t index : order)
            if (!statements_.join(rows, steps_[index])) {
                finish();
                statements_.join(rows, steps_[index]);
            }
        finish();
    }

    void compile(const std::vector<const RowStep *> &rows)
    {
        if (rows.size() > 1)
            try {
                plan_.steps.push_back(statements_.compileBatch(rows));
                return;
            } catch (const Error &) { // one of them is at fault: found below
            }
        for (const RowStep *row : rows)
            try {
                plan_.steps.push_back(statements_.compile(*row));
            } catch (const Error &error) {
                refuse(*row->change, error);
            }
    }

    const Dialect &dialect_;
    const Draft &draft_;
    const std::stop_token &stop_;
    std::size_t calls_ = 0;
    std::pmr::monotonic_buffer_resource memory_{1 << 16}; ///< of the cells of steps
    PlanTables tables_;
    RowStatements statements_;
    std::deque<Cell> owned_; ///< cells that no change holds; those of steps point into it
    const Cell null_ = Value();
    std::vector<RowStep> steps_;
    std::vector<std::uint32_t> groups_;
    std::unordered_map<std::uint64_t, const Change *> newRows_;
    std::vector<std::pair<std::size_t, std::size_t>> forced_;
    std::set<const ForeignKey *> deferred_;
    bool defers_ = false;
    std::int64_t parkedRows_ = 0;
    Plan plan_;
};

} // namespace

bool Step::isAbout(ChangeId id) const noexcept
{
    return change == id || std::ranges::any_of(batch, [id](const BatchRow &row) { return row.change == id; });
}

Step Step::rowStep(std::size_t row) const
{
    Step one = *this;
    one.batch.clear();
    one.rowSql.clear();
    one.change = batch[row].change;
    one.target = batch[row].target;
    if (one.expectRows)
        one.expectRows = 1;
    const auto width = static_cast<std::ptrdiff_t>(statement.parameters.size() / batch.size());
    const auto first = statement.parameters.begin() + static_cast<std::ptrdiff_t>(row) * width;
    one.statement = {rowSql, {first, first + width}};
    return one;
}

std::string keyParameter(std::string_view table, std::uint64_t newRow, std::string_view column)
{
    return fmt::format("{} of new {} {}", column, table, newRow);
}

Plan buildPlan(const Dialect &dialect, const MetaData &baseline, const std::vector<const Change *> &changes,
               const std::map<QualifiedName, std::string> &versions, const std::stop_token &stop)
{
    const Draft draft = draftOf(baseline, changes);
    return PlanBuilder(dialect, draft, versions, stop).build(changes);
}

} // namespace schemawright
