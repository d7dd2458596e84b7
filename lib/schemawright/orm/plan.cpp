#include "schemawright/orm/plan.h"

#include "schemawright/orm/draft.h"
#include "schemawright/orm/retyping.h"
#include "schemawright/orm/row_order.h"
#include "schemawright/orm/row_sorter.h"
#include "schemawright/orm/row_statements.h"
#include "schemawright/orm/step_rank.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include <fmt/format.h>

namespace schemawright {

namespace {

using Kind = RowStep::Kind;

class PlanBuilder
{
public:
    /// Rows are written to the tables of the draft, as they are when they have been widened: `written`.
    PlanBuilder(const Dialect &dialect, const Draft &draft, const Draft &written,
                const std::map<QualifiedName, std::string> &versions, const std::stop_token &stop)
        : dialect_(dialect), draft_(draft), written_(written), stop_(stop), tables_(dialect, written, versions),
          statements_(dialect)
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
        putGivenKeysFirst();
        plan_.references = tables_.link();
        leaveToCascades(steps_);
        rankSteps(written_.after, steps_);
        RowSorter sorter(dialect_, written_.after, steps_, owned_, stop_);
        const std::vector<std::size_t> order = sorter.sort();
        std::ranges::copy(sorter.problems(), std::back_inserter(plan_.problems));
        compileAll(order);
        if (sorter.defers() && plan_.isRunnable())
            plan_.steps.insert(plan_.steps.begin(), deferringStep());
        if (!draft_.diffs.empty() || !draft_.objectDiffs.empty())
            addMigration();
        for (const Change *change : changes)
            if (change->tableBefore || change->objectBefore)
                plan_.baselines.push_back({change->id, change->tableBefore, change->objectBefore});
        plan_.defaultSchema = draft_.before.defaultSchema;
        return std::move(plan_);
    }

private:
    /// Puts the dialect's statements for the tables around those for the rows.
    void addMigration()
    {
        const Migration migration = dialect_.migrate(draft_.before, draft_.after, draft_.diffs);
        for (const MigrationProblem &problem : migration.problems)
            plan_.problems.push_back({draft_.changes[problem.diff], problem.error});
        const std::vector<ObjectStep> objects = migrateObjects();
        const bool isTransactional = dialect_.capabilities().transactionalDdl;
        if (!isTransactional)
            refuseWhatCommitsAtOnce(migration, objects);
        noteUnfilled();
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
        const auto addObjects = [&](Phase phase, bool late) {
            for (const ObjectStep &each : objects)
                if (isLate(each) == late) {
                    Step step;
                    step.phase = phase;
                    step.statement.sql = each.sql;
                    step.change = draft_.objectChanges[each.diff];
                    step.transactional = isTransactional;
                    plan_.steps.push_back(std::move(step));
                }
        };
        addPhases(Phase::Before, Phase::Before);
        std::ranges::move(beforeTypes_, std::back_inserter(plan_.steps));
        addObjects(Phase::Expand, false);
        addPhases(Phase::Expand, Phase::Expand);
        std::ranges::move(rows, std::back_inserter(plan_.steps));
        addPhases(Phase::Contract, Phase::Contract);
        if (const std::string sql = dialect_.checkConstraintsSql();
            changesRows && !sql.empty() &&
            std::ranges::any_of(objects, [&](const auto &each) { return isLate(each); })) {
            Step step; // no table is altered that has checks to come
            step.phase = Phase::Contract;
            step.statement.sql = sql;
            plan_.steps.push_back(std::move(step));
        }
        addObjects(Phase::Contract, true);
        addPhases(Phase::Verify, Phase::After);
    }

    /// The statements for what is no table.
    std::vector<ObjectStep> migrateObjects()
    {
        ObjectMigration migration = dialect_.migrateObjects(draft_.before, draft_.after, draft_.objectDiffs);
        for (const ObjectMigration::Problem &problem : migration.problems)
            plan_.problems.push_back(
                {draft_.objectChanges[problem.diff],
                 Error(ErrorKind::Unsupported, problem.why).withHint("Write it as SQL, and read the schema again.")});
        for (const ObjectStep &step : migration.steps)
            if (step.stage == ObjectStep::Stage::BeforeTransaction)
                refuseFreshLabels(draft_.objectDiffs[step.diff].object);
        return std::move(migration.steps);
    }

    bool isOf(const Type &type, const QualifiedName &named) const
    {
        return type.name == dialect_.quote(named) ||
               (named.schema == draft_.after.defaultSchema && type.name == dialect_.quote(named.name));
    }

    using Labelled = std::pair<const Change *, std::string>;
    /// The rows that get a label which their enum has in the draft only.
    std::vector<Labelled> freshLabels(const ObjectReference &type) const
    {
        const auto labels = [&](const MetaData &side) {
            const auto object = objectOf(side, type);
            return object ? std::get<EnumType>(*object).labels : std::vector<std::string>();
        };
        const std::vector<std::string> old = labels(draft_.before), now = labels(draft_.after);
        std::vector<Labelled> found;
        for (const RowStep &step : steps_)
            for (const auto &[at, cell] : step.set) {
                const Column &column = step.table->table->columns[at];
                const Value *value = std::get_if<Value>(cell);
                if (column.type.kind != TypeKind::Enum || !value || !value->is<std::string>() ||
                    !isOf(column.type, type.name))
                    continue;
                std::string label = value->text();
                if (std::ranges::find(old, label) == old.end() && std::ranges::find(now, label) != now.end())
                    found.emplace_back(step.change, std::move(label));
            }
        return found;
    }

    /// PostgreSQL lets no row have a label that was added in the same transaction.
    void refuseFreshLabels(const ObjectReference &type)
    {
        for (const auto &[change, label] : freshLabels(type))
            refuse(*change, Error(ErrorKind::Unsupported,
                                  fmt::format("the label '{}' is new to {}, and no row may have it before it is "
                                              "committed",
                                              label, type.name.text()))
                                .withHint("Commit the label first and the rows after it."));
    }

    /// Behind the rows. Labels of an enum go there too, for rows are written and compared by those that they have,
    /// unless something needs the new ones.
    bool isLate(const ObjectStep &step) const
    {
        if (step.stage == ObjectStep::Stage::AfterTables)
            return true;
        const ObjectDiff &diff = draft_.objectDiffs[step.diff];
        return diff.object.kind == "enum" && diff.action == DiffAction::Alter && freshLabels(diff.object).empty() &&
               std::ranges::none_of(draft_.diffs, [&](const TableDiff &table) {
                   return table.after && std::ranges::any_of(table.after->columns, [&](const Column &column) {
                              return isOf(column.type, diff.object.name);
                          });
               });
    }

    /// Where a change of the schema ends the transaction, a commit that fails behind it could not be taken back.
    void refuseWhatCommitsAtOnce(const Migration &migration, const std::vector<ObjectStep> &objects)
    {
        for (std::size_t i = 0; i < draft_.diffs.size(); ++i) {
            std::string sql;
            for (const MigrationStep &step : migration.steps)
                if (step.diff == i && !step.transactional)
                    sql += step.sql + ";\n";
            refuseCommit(draft_.changes[i], "table", sql);
        }
        for (std::size_t i = 0; i < draft_.objectDiffs.size(); ++i) {
            std::string sql;
            for (const ObjectStep &step : objects)
                if (step.diff == i)
                    sql += step.sql + ";\n";
            refuseCommit(draft_.objectChanges[i], draft_.objectDiffs[i].object.kind, sql);
        }
    }
    void refuseCommit(ChangeId change, std::string_view kind, const std::string &sql)
    {
        if (!sql.empty())
            plan_.problems.push_back(
                {change,
                 Error(ErrorKind::Unsupported, fmt::format("{} commits each change of a {} at once, so that a commit "
                                                           "that fails could not be taken back: {}s are not changed "
                                                           "by it",
                                                           dialect_.name(), kind, kind))
                     .withHint("Save the list as a script and run that, or run this, and read the schema again:\n" +
                               sql),
                 true});
    }

    /// Columns that are to be NOT NULL, which nothing fills in rows that are there already.
    void noteUnfilled()
    {
        for (std::size_t i = 0; i < draft_.diffs.size(); ++i) {
            const TableDiff &diff = draft_.diffs[i];
            if (!diff.before || !diff.after)
                continue;
            const RowIdentity key = dialect_.rowIdentity(*diff.before); // whose columns are never NULL
            for (const DiffItem &item : diff.items) {
                const bool isAdded = item.subject == DiffSubject::Column && item.action == DiffAction::Add;
                if (!item.after || (!isAdded && item.subject != DiffSubject::Nullable))
                    continue;
                const Column &column = diff.after->columns[*item.after];
                const bool isMade = column.generated || column.identity || column.autoincrement ||
                                    (isAdded && column.defaultSql && *column.defaultSql != "NULL");
                const bool isKey = !isAdded && key.kind == RowIdentity::Kind::Key &&
                                   std::ranges::find(key.columns, item.name) != key.columns.end();
                if (column.nullable || isMade || isKey || isFilled(diff, *item.after))
                    continue;
                plan_.notes.push_back(
                    {draft_.changes[i], column.name,
                     fmt::format("Rows that are there already need a value for '{}'{}: give them one in the same "
                                 "commit, or give the column a default.",
                                 column.name, isAdded ? "" : " where they have none")});
            }
        }
    }
    bool isFilled(const TableDiff &diff, std::size_t column) const
    {
        return std::ranges::any_of(steps_, [&](const RowStep &step) {
            return step.kind == Kind::Update && step.table->table->name == diff.after->name &&
                   step.set.contains(static_cast<std::uint32_t>(column));
        });
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
        if (convertsFirst_)
            lookBeforeTypes(step);
        steps_.push_back(std::move(step));
    }

    /// Old values are not what they were when a column has another type.
    void lookBeforeTypes(RowStep &step)
    {
        const QualifiedName &table = step.change->row().table;
        const auto [converted, isNew] = converted_.try_emplace(table);
        if (isNew)
            converted->second = convertedBefore(draft_, table);
        if (auto look = stepBeforeTypes(dialect_, draft_, *step.change, converted->second))
            beforeTypes_.push_back(std::move(*look));
        for (const ConvertedColumn &each : converted->second)
            step.match.erase(each.column);
    }

    /// Rows with keys of their own go before rows of the same table whose keys the database makes, which then come
    /// after them and not upon them.
    void putGivenKeysFirst()
    {
        struct Kinds
        {
            std::vector<std::size_t> given, made;
        };
        std::unordered_map<const PlanTable *, Kinds> tables;
        for (std::size_t i = 0; i < steps_.size(); ++i)
            if (steps_[i].kind == Kind::Insert) {
                Kinds &kinds = tables[steps_[i].table];
                (steps_[i].makesKey() ? kinds.made : kinds.given).push_back(i);
            }
        for (auto &[table, kinds] : tables) {
            if (kinds.given.empty() || kinds.made.empty() || kinds.given.back() < kinds.made.front())
                continue;
            std::vector<std::size_t> places = kinds.given;
            places.insert(places.end(), kinds.made.begin(), kinds.made.end());
            std::vector<RowStep> ordered;
            for (const std::size_t place : places)
                ordered.push_back(std::move(steps_[place]));
            std::ranges::sort(places);
            for (std::size_t i = 0; i < places.size(); ++i)
                steps_[places[i]] = std::move(ordered[i]);
        }
    }

    /// A key that is given is used as it is, wherever it is referred to, unless a trigger may see to another.
    const Cell *given(const Cell *cell)
    {
        for (int depth = 0; depth < 16; ++depth) {
            const KeyOf *key = std::get_if<KeyOf>(cell);
            const auto maker = key ? newRows_.find(key->row) : newRows_.end();
            if (maker == newRows_.end())
                return cell;
            if (const PlanTable *table = tables_.find(maker->second->row().table); table && table->mayReplaceKeys)
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
    const Draft &draft_, &written_;
    const bool convertsFirst_ =
        std::ranges::find(draft_.diffs, TableDiff::Writing::AfterTypes, &TableDiff::writing) != draft_.diffs.end();
    const std::stop_token &stop_;
    std::map<QualifiedName, std::vector<ConvertedColumn>> converted_; ///< by the baseline's names
    std::vector<Step> beforeTypes_;
    std::size_t calls_ = 0;
    std::pmr::monotonic_buffer_resource memory_{1 << 16}; ///< of the cells of steps
    PlanTables tables_;
    RowStatements statements_;
    std::deque<Cell> owned_; ///< cells that no change holds; those of steps point into it
    std::vector<RowStep> steps_;
    std::unordered_map<std::uint64_t, const Change *> newRows_;
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
    Draft draft = draftOf(baseline, changes);
    std::vector<PlanProblem> problems = orderRetyping(draft, changes);
    std::optional<Draft> written;
    if (std::ranges::find(draft.diffs, TableDiff::Writing::BeforeTypes, &TableDiff::writing) != draft.diffs.end())
        written = asWritten(draft);
    Plan plan = PlanBuilder(dialect, draft, written ? *written : draft, versions, stop).build(changes);
    std::ranges::move(problems, std::back_inserter(plan.problems));
    return plan;
}

} // namespace schemawright
