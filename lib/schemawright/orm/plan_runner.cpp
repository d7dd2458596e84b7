#include "schemawright/orm/plan_runner.h"

#include "schemawright/sql/statement.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright {

namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds since(Clock::time_point start)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

class PlanRunner
{
public:
    PlanRunner(Connection &connection, const Plan &plan, RunMode mode) : connection_(connection), plan_(plan)
    {
        report_.mode = mode;
    }

    Report run(const std::stop_token &stop, const std::function<void(std::size_t)> &progress)
    {
        const auto start = Clock::now();
        try {
            runAll(stop, progress);
        } catch (const Error &error) {
            report_.error = error;
            report_.inDoubt = error.kind == ErrorKind::InDoubt;
        }
        report_.duration = since(start);
        return std::move(report_);
    }

private:
    void runAll(const std::stop_token &stop, const std::function<void(std::size_t)> &progress)
    {
        if (!plan_.isRunnable())
            throw plan_.problems.front().error;
        runOutside(Phase::Before);
        try {
            runInside(stop, progress);
        } catch (const Error &error) {
            if (!connection_.isUsable())
                throw;
            report_.error = error;
            report_.inDoubt = error.kind == ErrorKind::InDoubt;
        }
        runOutside(Phase::After);
    }

    /// Settings of the connection that cannot change in a transaction. What fails in After is reported only.
    void runOutside(Phase phase)
    {
        for (const Step &step : plan_.steps)
            if (step.phase == phase)
                try {
                    connection_.executeScript(step.statement.sql);
                } catch (const Error &error) {
                    if (phase == Phase::Before)
                        throw;
                    if (!report_.error)
                        report_.error = error;
                }
    }

    void runInside(const std::stop_token &stop, const std::function<void(std::size_t)> &progress)
    {
        Transaction transaction = connection_.begin({.immediate = true});
        for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
            if (plan_.steps[i].phase == Phase::Before || plan_.steps[i].phase == Phase::After)
                continue;
            if (progress)
                progress(i);
            if (stop.stop_requested())
                throw Error(ErrorKind::Cancelled, "cancelled; nothing was written");
            runStep(plan_.steps[i]);
        }
        if (report_.mode == RunMode::Rehearse) {
            checkDeferred();
            transaction.rollback();
            return;
        }
        transaction.commit();
        report_.committed = true;
    }

    /// What COMMIT would check is checked now, since a rehearsal never gets there.
    void checkDeferred()
    {
        const std::string sql = connection_.dialect().checkConstraintsSql();
        if (!sql.empty() && !report_.error)
            connection_.executeScript(sql);
    }

    void runStep(const Step &step)
    {
        const bool canNest = connection_.dialect().capabilities().savepoints;
        if (!step.batch.empty() && canNest && runBatch(step))
            return;
        if (step.batch.empty())
            runAlone(step);
        else // one of its rows is guilty, and is found by name
            for (std::size_t row = 0; row < step.batch.size(); ++row)
                runAlone(step.rowStep(row));
    }

    /// Runs all rows of a batch at once. False when that failed: then none of them is in the database.
    bool runBatch(const Step &step)
    {
        const auto start = Clock::now();
        Savepoint savepoint = connection_.savepoint();
        try {
            execute(step);
        } catch (const Error &error) {
            if (!connection_.isUsable() || !connection_.inTransaction() || error.kind == ErrorKind::Cancelled)
                throw;
            savepoint.rollback();
            return false;
        }
        savepoint.release();
        const auto each = since(start) / static_cast<std::int64_t>(step.batch.size());
        for (const BatchRow &row : step.batch)
            report_.steps.push_back({row.change, 1, each, std::nullopt});
        return true;
    }

    void runAlone(const Step &step)
    {
        StepReport report;
        report.change = step.change;
        const auto start = Clock::now();
        std::optional<Savepoint> savepoint;
        if (report_.mode == RunMode::Rehearse && connection_.dialect().capabilities().savepoints)
            savepoint.emplace(connection_.savepoint());
        try {
            report.rows = execute(step);
            if (savepoint)
                savepoint->release();
        } catch (const Error &error) {
            report.error = error;
        }
        report.duration = since(start);
        report_.steps.push_back(report);
        if (!report.error)
            return;
        if (!report_.error)
            report_.error = report.error;
        const bool goesOn = savepoint && connection_.isUsable() && report.error->kind != ErrorKind::Cancelled;
        if (!goesOn)
            throw *report.error;
        savepoint->rollback();
    }

    std::int64_t execute(const Step &step)
    {
        for (const Parameter &parameter : step.statement.parameters)
            if (!parameter.name.empty() && !named_.contains(parameter.name))
                throw Error(ErrorKind::Conflict,
                            fmt::format("there is no {}: that row could not be inserted", parameter.name))
                    .withSql(step.statement.sql);
        Result result = connection_.execute(step.statement, named_);
        if (step.expectNone && result.returnsRows()) {
            if (const auto row = result.next()) {
                std::string found;
                for (const Value &value : row->values())
                    found += (found.empty() ? "" : ", ") + (value.isNull() ? std::string("NULL") : value.text());
                throw Error(ErrorKind::Constraint, "rows refer to others that are not there: " + found)
                    .withSql(step.statement.sql);
            }
        } else if (result.returnsRows())
            keepKeys(step, result);
        const std::int64_t rows = result.affectedRows();
        if (step.expectRows && rows >= 0 && rows != *step.expectRows)
            throw unexpectedRows(step, rows);
        return rows;
    }

    /// Rows come back in the order in which they were given.
    void keepKeys(const Step &step, Result &result)
    {
        for (std::size_t made = 0; const auto row = result.next(); ++made) {
            if (!step.batch.empty() && made >= step.batch.size())
                continue; // told by the count of rows
            const RowTarget &target = step.batch.empty() ? step.target : step.batch[made].target;
            for (std::size_t i = 0; i < step.returning.size() && i < row->size(); ++i) {
                const std::string &column = step.returning[i];
                report_.keys[{target.newRow, column}] = (*row)[i];
                named_[keyParameter(target.table.name, target.newRow, column)] = (*row)[i];
            }
        }
    }

    static Error unexpectedRows(const Step &step, std::int64_t rows)
    {
        if (rows == 0)
            return Error(ErrorKind::Conflict,
                         "no row was affected: it was changed or removed meanwhile, or a rule of the "
                         "database (a trigger, row security) kept it as it is")
                .withSql(step.statement.sql)
                .withHint("Look at the row as it is now, then keep your edit or take theirs.");
        return Error(ErrorKind::Conflict, fmt::format("{} rows would have been changed where one was meant", rows))
            .withSql(step.statement.sql)
            .withHint("The table has no key that tells these rows apart.");
    }

    Connection &connection_;
    const Plan &plan_;
    Report report_;
    std::map<std::string, Value> named_;
};

bool matches(const RowImage &row, const RowImage &image)
{
    return std::ranges::all_of(image, [&](const auto &cell) {
        const auto found = row.find(cell.first);
        return !std::holds_alternative<Value>(cell.second) || (found != row.end() && found->second == cell.second);
    });
}

} // namespace

bool Report::isClean() const noexcept
{
    return !error && std::ranges::none_of(steps, [](const StepReport &step) { return step.error.has_value(); });
}

Report runPlan(Connection &connection, const Plan &plan, RunMode mode, std::stop_token stop,
               const std::function<void(std::size_t)> &progress)
{
    return PlanRunner(connection, plan, mode).run(stop, progress);
}

std::optional<RowImage> readRow(Connection &connection, const TablePtr &table, const RowImage &key)
{
    std::vector<Expr> columns, conditions;
    for (const Column &each : table->columns)
        columns.push_back(column(table, each.name));
    for (const auto &[name, cell] : key)
        if (const Value *value = std::get_if<Value>(&cell))
            conditions.push_back(column(table, name) == bind(*value));
    const auto row = connection.execute(select(columns).from(table).where(and_(conditions)).limit(2)).first();
    if (!row)
        return std::nullopt;
    RowImage image;
    for (std::size_t i = 0; i < table->columns.size(); ++i)
        image[table->columns[i].name] = (*row)[i];
    return image;
}

DoubtOutcome resolveInDoubt(Connection &connection, const MetaData &baseline, const std::vector<Change> &changes)
{
    std::size_t done = 0, undone = 0;
    for (const Change &change : changes) {
        if (!change.isRow())
            continue;
        const TablePtr table = baseline.table(change.row().table);
        if (!table)
            continue;
        RowImage oldKey, newKey;
        for (const auto &[name, value] : change.row().key)
            oldKey[name] = value;
        newKey = oldKey;
        if (change.isInsert()) { // found by what was given of its key
            const RowIdentity identity = connection.dialect().rowIdentity(*table);
            for (const std::string &name : identity.columns)
                if (const auto given = change.after->find(name);
                    given != change.after->end() && std::holds_alternative<Value>(given->second))
                    newKey[name] = given->second;
            if (newKey.size() != identity.columns.size())
                continue; // only the database knew its key
        }
        if (change.isUpdate())
            for (auto &[name, cell] : newKey)
                if (const auto written = change.after->find(name); written != change.after->end())
                    cell = written->second;
        const auto now = readRow(connection, table, change.isDelete() ? oldKey : newKey);
        const bool isDone = change.isDelete() ? !now : now && matches(*now, *change.after);
        ++(isDone ? done : undone);
    }
    if (done && !undone)
        return DoubtOutcome::Committed;
    return undone && !done ? DoubtOutcome::NotCommitted : DoubtOutcome::Unclear;
}

} // namespace schemawright
