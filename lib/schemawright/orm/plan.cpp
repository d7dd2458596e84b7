#include "schemawright/orm/plan.h"

#include "schemawright/base/topological.h"
#include "schemawright/orm/draft.h"
#include "schemawright/orm/row_order.h"
#include "schemawright/sql/statement.h"

#include <algorithm>
#include <set>

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
    PlanBuilder(const Dialect &dialect, const Draft &draft) : dialect_(dialect), draft_(draft), baseline_(draft.after)
    {}

    Plan build(const std::vector<const Change *> &changes)
    {
        for (const Change *change : changes)
            if (change->isRow())
                addStep(*change);
        for (const std::size_t index : sortedSteps())
            compile(steps_[index]);
        if (!deferred_.empty() && plan_.isRunnable())
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
        const auto addPhases = [&](Phase first, Phase last) {
            for (const MigrationStep &each : migration.steps)
                if (each.phase >= first && each.phase <= last) {
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

    /// The image by the draft's names, without columns that are dropped and, to compare, without those that are new.
    RowImage renamed(const RowTarget &target, const RowImage &image, bool onlyKnown) const
    {
        const auto columns = draft_.columnNames.find(target.table);
        if (columns == draft_.columnNames.end())
            return image;
        RowImage out;
        for (const auto &[column, cell] : image) {
            const auto name = columns->second.find(column);
            const bool isKnown = name != columns->second.end();
            if ((isKnown && name->second.empty()) || (!isKnown && onlyKnown && baseline_.table(target.table)))
                continue;
            out[isKnown ? name->second : column] = cell;
        }
        return out;
    }

    void addStep(const Change &change)
    {
        const RowTarget &target = change.row();
        RowStep step;
        step.change = &change;
        step.table = draft_.tableOf(target.table);
        if (const auto dropped = draft_.tableNames.find(target.table);
            dropped != draft_.tableNames.end() && dropped->second.name.empty())
            return; // its rows go with it
        if (!step.table) {
            refuse(change, Error(ErrorKind::NotFound, "the table " + target.table.text() + " is not there any more"));
            return;
        }
        for (const auto &[column, value] : target.key)
            if (const std::string name = draft_.columnOf(target.table, column); !name.empty())
                step.key[name] = value;
        step.kind = change.isInsert() ? Kind::Insert : change.isDelete() ? Kind::Delete : Kind::Update;
        if (change.before) {
            step.match = renamed(target, *change.before, true);
            step.old = step.match;
        }
        const RowImage base = renamed(target, change.base, true);
        step.old.insert(base.begin(), base.end());
        step.old.insert(step.key.begin(), step.key.end());
        if (change.after)
            step.set = renamed(target, *change.after, false);
        if (step.kind == Kind::Update && step.set.empty())
            return; // all that was edited is dropped
        for (const RowImage *image : {&step.set, &step.match})
            for (const auto &[column, cell] : *image)
                if (!step.table->column(column)) {
                    refuse(change, Error(ErrorKind::NotFound, fmt::format("the table {} has no column '{}' any more",
                                                                          target.table.text(), column)));
                    return;
                }
        std::erase_if(step.match, [&](const auto &cell) { return step.key.contains(cell.first); });
        if (target.isNew())
            newRows_[target.newRow] = target.table.name;
        steps_.push_back(std::move(step));
    }

    void refuse(const Change &change, Error error) { plan_.problems.push_back({change.id, std::move(error)}); }

    // Order.

    std::vector<std::size_t> sortedSteps()
    {
        // Each round breaks a ring at one place; no plan needs more rounds than it has rows, a few times over.
        const std::size_t mostRounds = 4 * steps_.size() + 8;
        for (std::size_t round = 0; round < mostRounds; ++round) {
            std::vector<RowEdge> reasons = rowEdges(baseline_, steps_);
            std::erase_if(reasons, [this](const RowEdge &edge) { return edge.key && deferred_.contains(edge.key); });
            std::vector<std::pair<std::size_t, std::size_t>> edges = forced_;
            for (const RowEdge &reason : reasons)
                edges.emplace_back(reason.before, reason.after);
            TopologicalOrder sorted = topologicalSort(steps_.size(), edges);
            if (sorted.cycles.empty())
                return sorted.order;
            for (const auto &cycle : sorted.cycles)
                if (!breakCycle(cycle, reasons)) {
                    refuseCycle(cycle);
                    return {};
                }
        }
        throw Error(ErrorKind::Internal, "the rings among these rows could not be broken");
    }

    bool breakCycle(const std::vector<std::size_t> &cycle, const std::vector<RowEdge> &reasons)
    {
        const std::set<std::size_t> members(cycle.begin(), cycle.end());
        std::vector<const RowEdge *> inside;
        for (const RowEdge &edge : reasons)
            if (members.contains(edge.before) && members.contains(edge.after))
                inside.push_back(&edge);
        for (const RowEdge *edge : inside)
            if (edge->key && canDefer(*edge)) {
                deferred_.insert(edge->key);
                return true;
            }
        for (const RowEdge *edge : inside)
            if (edge->key && splitReference(*edge))
                return true;
        return std::ranges::any_of(inside, [this](const RowEdge *edge) { return !edge->key && park(*edge); });
    }

    bool canDefer(const RowEdge &edge) const
    {
        // RESTRICT is checked at once, whatever was deferred.
        const auto &action = edge.reason == RowEdge::Reason::Release ? edge.key->onDelete : std::nullopt;
        if (action && *action == "RESTRICT")
            return false;
        const Capabilities &capabilities = dialect_.capabilities();
        return !dialect_.deferConstraintsSql().empty() && (capabilities.defersAnyForeignKey || edge.key->deferrable);
    }

    /// Columns of a foreign key that may be NULL for a while.
    static std::vector<std::string> looseColumns(const RowStep &step, const ForeignKey &key)
    {
        std::vector<std::string> loose;
        for (const std::string &name : key.columns)
            if (const Column *column = step.table->column(name);
                column && column->nullable && !column->generated && !step.key.contains(name))
                loose.push_back(name);
        return loose;
    }

    /// Writes a reference in two steps: NULL first, the parent's key when the parent is there; or NULL before the row
    /// goes.
    bool splitReference(const RowEdge &edge)
    {
        const bool isTaking = edge.reason == RowEdge::Reason::Reference;
        const std::size_t index = isTaking ? edge.after : edge.before;
        const std::vector<std::string> loose = looseColumns(steps_[index], *edge.key);
        if (loose.empty())
            return false;
        RowStep second = steps_[index];
        RowStep &first = steps_[index];
        if (isTaking) {
            second.kind = Kind::Update;
            second.old = first.old;
            for (const auto &[column, cell] : first.set)
                second.old[column] = cell;
            second.set.clear();
            second.match.clear();
            second.key = keyAfter(first);
            if (second.key.empty())
                return false;
            for (const std::string &column : loose) {
                second.set[column] = *first.newCell(column);
                second.old[column] = Value();
                first.set[column] = Value();
            }
        } else {
            first.kind = Kind::Update;
            first.set.clear();
            for (const std::string &column : loose) {
                first.set[column] = Value();
                second.old[column] = Value();
                second.match.erase(column);
            }
        }
        forced_.emplace_back(index, steps_.size());
        steps_.push_back(std::move(second));
        return true;
    }

    /// By what a row is found after this step.
    RowImage keyAfter(const RowStep &step) const
    {
        RowImage key = step.key;
        if (step.kind == Kind::Insert)
            for (const std::string &column : identityColumns(step.table))
                key[column] = KeyOf{step.change->row().newRow, column};
        for (auto &[column, cell] : key)
            if (const auto written = step.set.find(column);
                written != step.set.end() && std::holds_alternative<Value>(written->second))
                cell = written->second;
        return key;
    }

    /// Moves a row's unique value out of the way before others need it.
    bool park(const RowEdge &edge)
    {
        const std::size_t index = edge.before;
        if (steps_[index].kind != Kind::Update)
            return false;
        for (const std::string &name : edge.columns) {
            const auto value = parkingValue(steps_[index], name);
            if (!value)
                continue;
            RowStep parked = steps_[index];
            RowStep &last = steps_[index];
            parked.set = {{name, *value}};
            last.old[name] = *value;
            last.match.clear(); // the first step has looked
            if (last.key.contains(name))
                last.key[name] = *value;
            forced_.emplace_back(steps_.size(), index);
            steps_.push_back(std::move(parked));
            return true;
        }
        return false;
    }

    /// A value that no row is likely to hold; if one does, the database says so and nothing is written.
    std::optional<Value> parkingValue(const RowStep &step, const std::string &name)
    {
        const Column *column = step.table->column(name);
        if (!column || column->generated || !step.set.contains(name))
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
            return column->nullable && !step.key.contains(name) ? std::optional(Value()) : std::nullopt;
        }
    }

    void refuseCycle(const std::vector<std::size_t> &cycle)
    {
        std::vector<std::string> names;
        for (const std::size_t index : cycle)
            names.push_back(rowName(steps_[index].change->row()));
        const Error error =
            Error(ErrorKind::Unsupported, fmt::format("these rows wait for each other: {}", fmt::join(names, ", ")))
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

    void compile(const RowStep &row)
    {
        Step step;
        step.change = row.change->id;
        step.target = row.change->row();
        // What an INSTEAD OF trigger does is counted by no database alike.
        if (!row.table->isView())
            step.expectRows = 1;
        try {
            switch (row.kind) {
            case Kind::Insert:
                step.statement = insertStatement(row, step);
                break;
            case Kind::Update:
                step.statement = updateStatement(row);
                break;
            case Kind::Delete:
                step.statement = dialect_.compile(delete_(row.table).where(condition(row)));
                break;
            }
            plan_.steps.push_back(std::move(step));
        } catch (const Error &error) {
            refuse(*row.change, error);
        }
    }

    Compiled insertStatement(const RowStep &row, Step &step) const
    {
        Insert statement = insert(row.table);
        for (const Column &column : row.table->columns)
            if (const auto cell = row.set.find(column.name);
                cell != row.set.end() && !std::holds_alternative<DefaultValue>(cell->second))
                statement = statement.value(column.name, expression(column, cell->second));
        if (dialect_.capabilities().returning && !row.table->isView())
            step.returning = identityColumns(row.table);
        if (!step.returning.empty()) {
            std::vector<Expr> columns;
            for (const std::string &name : step.returning)
                columns.push_back(column(row.table, name));
            statement = statement.returning(columns);
        }
        return dialect_.compile(statement);
    }

    Compiled updateStatement(const RowStep &row) const
    {
        Update statement = update(row.table);
        for (const Column &column : row.table->columns)
            if (const auto cell = row.set.find(column.name); cell != row.set.end())
                statement = statement.set(column.name, expression(column, cell->second));
        return dialect_.compile(statement.where(condition(row)));
    }

    /// The columns by which one row is found, when there are any.
    std::vector<std::string> identityColumns(const TablePtr &table) const
    {
        const RowIdentity identity = dialect_.rowIdentity(*table);
        const bool isShort = identity.kind == RowIdentity::Kind::Key || identity.kind == RowIdentity::Kind::RowId;
        return isShort ? identity.columns : std::vector<std::string>();
    }

    Expr expression(const Column &column, const Cell &cell) const
    {
        if (const Value *value = std::get_if<Value>(&cell))
            return bind(*value);
        if (const KeyOf *key = std::get_if<KeyOf>(&cell))
            return keyExpression(*key);
        if (dialect_.capabilities().defaultKeyword)
            return defaultValue();
        return column.defaultSql ? text("(" + *column.defaultSql + ")") : bind(Value());
    }

    Expr keyExpression(const KeyOf &key) const
    {
        const auto made = newRows_.find(key.row);
        if (made == newRows_.end())
            throw Error(ErrorKind::NotFound, "the new row that this refers to is not pending any more");
        return parameter(keyParameter(made->second, key.row, key.column));
    }

    Expr condition(const RowStep &row) const
    {
        std::vector<Expr> conditions;
        for (const RowImage *image : {&row.key, &row.match})
            for (const auto &[name, cell] : *image)
                if (Expr each = equality(row, name, cell); !each.isEmpty())
                    conditions.push_back(std::move(each));
        return and_(std::move(conditions));
    }

    Expr equality(const RowStep &row, const std::string &name, const Cell &cell) const
    {
        const Column *known = row.table->column(name);
        Expr left = column(row.table, name);
        if (const KeyOf *key = std::get_if<KeyOf>(&cell))
            return left == keyExpression(*key);
        const Value *value = std::get_if<Value>(&cell);
        if (!value || (known && known->generated)) // a generated value follows from others
            return {};
        if (value->isNull())
            return isNull(left);
        const bool isOdd = known && (known->type.kind == TypeKind::Unknown || known->type.kind == TypeKind::Json);
        if (isOdd && !dialect_.capabilities().comparesAnyType && value->is<std::string>())
            left = cast(left, types::text());
        return left == bind(*value);
    }

    const Dialect &dialect_;
    const Draft &draft_;
    const MetaData &baseline_;
    std::vector<RowStep> steps_;
    std::map<std::uint64_t, std::string> newRows_; ///< the table of each pending new row
    std::vector<std::pair<std::size_t, std::size_t>> forced_;
    std::set<const ForeignKey *> deferred_;
    std::int64_t parkedRows_ = 0;
    Plan plan_;
};

} // namespace

std::string keyParameter(std::string_view table, std::uint64_t newRow, std::string_view column)
{
    return fmt::format("{} of new {} {}", column, table, newRow);
}

Plan buildPlan(const Dialect &dialect, const MetaData &baseline, const std::vector<const Change *> &changes)
{
    const Draft draft = draftOf(baseline, changes);
    return PlanBuilder(dialect, draft).build(changes);
}

std::string previewSql(const Dialect &dialect, const Step &step) { return dialect.literalSql(step.statement); }

std::string scriptText(const Dialect &dialect, const Plan &plan)
{
    std::string script;
    bool isOpen = false;
    const auto setOpen = [&](bool open) {
        if (open != isOpen)
            script += open ? dialect.beginSql({}) + ";\n\n" : std::string("\nCOMMIT;\n");
        isOpen = open;
    };
    for (const Step &step : plan.steps) {
        setOpen(step.phase != Phase::Before && step.phase != Phase::After && step.transactional);
        if (std::ranges::any_of(step.statement.parameters, [](const Parameter &p) { return !p.name.empty(); }))
            throw Error(ErrorKind::Unsupported, "the script would need a key that only the database can make")
                .withSql(dialect.literalSql(step.statement))
                .withHint("Commit the new rows first, or give them their keys yourself.");
        script += previewSql(dialect, step) + ";\n";
    }
    if (plan.steps.empty())
        setOpen(true);
    setOpen(false);
    return script;
}

} // namespace schemawright
