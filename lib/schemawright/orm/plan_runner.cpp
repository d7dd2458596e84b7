#include "schemawright/orm/plan_runner.h"

#include "schemawright/orm/deferred_faults.h"
#include "schemawright/orm/made_keys.h"
#include "schemawright/orm/structure_drift.h"

#include <algorithm>
#include <set>

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

    Report runWithin()
    {
        const auto start = Clock::now();
        try {
            if (!plan_.isRunnable())
                throw plan_.problems.front().error;
            runSteps({}, {});
        } catch (const Error &error) {
            report_.error = error;
        }
        report_.duration = since(start);
        return std::move(report_);
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
        if (isCheckedLate_ && report_.mode == RunMode::Commit && report_.error &&
            report_.error->kind == ErrorKind::Constraint && connection_.isUsable())
            findGuilty(stop);
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
        mustBeAsPlanned();
        runSteps(stop, progress);
        if (report_.mode == RunMode::Rehearse) {
            if (canRehearse())
                blameForBroken(nullptr);
            transaction.rollback();
            return;
        }
        if (const std::string sql = connection_.dialect().transactionIdSql(); !sql.empty())
            if (const auto row = connection_.execute(sql).first(); row && !(*row)[0].isNull())
                report_.transaction = (*row)[0].text();
        isCheckedLate_ = true;
        transaction.commit();
        report_.committed = true;
    }

    /// Nothing that is altered or dropped may have been changed by others since it was read.
    void mustBeAsPlanned()
    {
        for (StepReport &drift : structureDrift(connection_, plan_)) {
            if (!report_.error)
                report_.error = drift.error;
            report_.steps.push_back(std::move(drift));
        }
        if (report_.error && report_.mode == RunMode::Commit)
            throw *report_.error;
    }

    void runSteps(const std::stop_token &stop, const std::function<void(std::size_t)> &progress)
    {
        for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
            if (plan_.steps[i].phase == Phase::Before || plan_.steps[i].phase == Phase::After)
                continue;
            if (progress)
                progress(i);
            if (stop.stop_requested())
                throw Error(ErrorKind::Cancelled, "cancelled; nothing was written");
            const Step &step = plan_.steps[i];
            if (step.table && !beforeRows_ && canRehearse())
                beforeRows_.emplace(connection_.savepoint());
            isCheckedLate_ = step.expectNone || (!step.statement.sql.empty() &&
                                                 step.statement.sql == connection_.dialect().checkConstraintsSql());
            if (isCheckedLate_ && canRehearse())
                blameForBroken(&step); // what is left keeps the constraints
            runStep(step);
        }
    }

    bool canRehearse() const
    {
        return report_.mode == RunMode::Rehearse && connection_.dialect().capabilities().savepoints;
    }

    /// Whether the transaction is still there: a deadlock ends the whole of it.
    bool canGoOn(const Error &error) const
    {
        return connection_.isUsable() && connection_.inTransaction() && error.kind != ErrorKind::Cancelled;
    }

    // Constraints that are checked at the end.

    /// After a commit that was refused for what is checked at the end: the changes that break it.
    void findGuilty(const std::stop_token &stop)
    {
        Report rehearsal = PlanRunner(connection_, plan_, RunMode::Rehearse).run(stop, {});
        std::erase_if(rehearsal.steps, [](const StepReport &step) { return !step.error; });
        if (!rehearsal.steps.empty() && !report_.steps.empty() && report_.steps.back().error)
            report_.steps.back().change = ChangeId::None; // the step only looked
        std::ranges::move(rehearsal.steps, std::back_inserter(report_.steps));
    }

    /// What this step, which only checks, would say now; without one what COMMIT would say.
    std::optional<Error> broken(const Step *check)
    {
        if (connection_.driverConnection().hasBrokenKeys())
            return Error(ErrorKind::Constraint, "COMMIT would be refused: a row refers to another that is not there");
        const std::string sql = connection_.dialect().checkConstraintsSql();
        if (sql.empty() && !check)
            return std::nullopt;
        std::optional<Error> error;
        Savepoint savepoint = connection_.savepoint();
        try {
            if (check)
                execute(*check);
            else
                connection_.executeScript(sql);
        } catch (const Error &said) {
            if (!canGoOn(said))
                throw;
            error = said;
        }
        savepoint.rollback(); // what is deferred stays so
        return error;
    }

    /// Reports the changes that break what is checked at the end, if any do, and takes them out of the rehearsal.
    void blameForBroken(const Step *check)
    {
        std::optional<Error> error = broken(check);
        if (!error)
            return;
        if (!report_.error)
            report_.error = error;
        if (!beforeRows_)
            return;
        DeferredFaults faults(connection_, plan_, writtenRows());
        faults.lookAtEnd();
        beforeRows_->rollback();
        std::vector<DeferredFault> found = faults.faults();
        if (found.empty()) // a trigger, or something else that only the database knows
            found = faultsByTrying(check, error->constraint);
        std::set<ChangeId> guilty;
        for (const DeferredFault &fault : found) {
            StepReport report;
            report.change = fault.change;
            report.error = *error;
            report.error->constraint = fault.constraint;
            report.error->detail = fault.detail;
            report_.steps.push_back(std::move(report));
            guilty.insert(fault.change);
        }
        beforeRows_.emplace(connection_.savepoint());
        replay([&](const Done &done) { return guilty.contains(changeOf(done)); }, [] {});
    }

    /// The change after which it was broken and stayed so.
    std::vector<DeferredFault> faultsByTrying(const Step *check, const std::string &constraint)
    {
        beforeRows_.emplace(connection_.savepoint());
        std::vector<DeferredFault> found;
        bool isBroken = false;
        std::size_t at = 0;
        replay([](const Done &) { return false; },
               [&] {
                   const bool wasBroken = std::exchange(isBroken, broken(check).has_value());
                   if (isBroken && !wasBroken)
                       found = {{changeOf(done_[at]), constraint, {}}};
                   else if (!isBroken)
                       found.clear();
                   ++at;
               });
        beforeRows_->rollback();
        return found;
    }

    /// A step that went well, or one row of a batch.
    struct Done
    {
        std::size_t step = 0;
        std::optional<std::size_t> row = {};
    };

    ChangeId changeOf(const Done &done) const
    {
        const Step &step = plan_.steps[done.step];
        return done.row ? step.batch[*done.row].change : step.change;
    }

    /// Runs again what went well. What fails now leaned on what is left out.
    template <class Skip, class After> void replay(Skip skip, After after)
    {
        for (const Done &done : done_) {
            const Step &step = plan_.steps[done.step];
            if (!skip(done)) {
                Savepoint savepoint = connection_.savepoint();
                try {
                    execute(done.row ? step.rowStep(*done.row) : step);
                    savepoint.release();
                } catch (const Error &error) {
                    if (!canGoOn(error))
                        throw;
                    savepoint.rollback();
                }
            }
            after();
        }
    }

    std::vector<WrittenRow> writtenRows() const
    {
        std::vector<WrittenRow> rows;
        for (const Done &done : done_) {
            const Step step = done.row ? plan_.steps[done.step].rowStep(*done.row) : plan_.steps[done.step];
            if (step.table->isView())
                continue;
            WrittenRow row{step.change, step.table, step.target.key, step.target.key};
            for (const auto &[key, value] : report_.keys)
                if (step.target.isNew() && key.first == step.target.newRow)
                    row.after.emplace_back(key.second, value);
            for (const auto &[column, value] : step.movedKey) {
                const auto moved = std::ranges::find(row.after, column, &std::pair<std::string, Value>::first);
                if (moved != row.after.end())
                    moved->second = value;
            }
            rows.push_back(std::move(row));
        }
        return rows;
    }

    void runStep(const Step &step)
    {
        const bool canNest = connection_.dialect().capabilities().savepoints;
        if (!step.batch.empty() && canNest && runBatch(step))
            return;
        if (step.batch.empty()) {
            if (runAlone(step))
                keepDone(step);
        } else // one of its rows is guilty, and is found by name
            for (std::size_t row = 0; row < step.batch.size(); ++row)
                if (runAlone(step.rowStep(row)))
                    keepDone(step, row);
    }

    void keepDone(const Step &step, std::optional<std::size_t> row = {})
    {
        if (canRehearse() && step.table)
            done_.push_back({static_cast<std::size_t>(&step - plan_.steps.data()), row});
    }

    /// Runs all rows of a batch at once. False when that failed: then none of them is in the database.
    bool runBatch(const Step &step)
    {
        const auto start = Clock::now();
        Savepoint savepoint = connection_.savepoint();
        try {
            execute(step);
        } catch (const Error &error) {
            if (!canGoOn(error))
                throw;
            savepoint.rollback();
            return false;
        }
        savepoint.release();
        const auto each = since(start) / static_cast<std::int64_t>(step.batch.size());
        for (std::size_t row = 0; row < step.batch.size(); ++row)
            keepDone(step, row);
        for (const BatchRow &row : step.batch)
            report_.steps.push_back({row.change, 1, each, std::nullopt});
        return true;
    }

    /// False when it failed and the rehearsal goes on.
    bool runAlone(const Step &step)
    {
        StepReport report;
        report.change = step.change;
        const auto start = Clock::now();
        std::optional<Savepoint> savepoint;
        if (report_.mode == RunMode::Rehearse && connection_.dialect().capabilities().savepoints)
            savepoint.emplace(connection_.savepoint());
        try {
            report.rows = step.makesKey ? insertPastGivenKeys(connection_, *step.table, givenKeys(),
                                                              [&] { return execute(step); })
                                        : execute(step);
            if (savepoint)
                savepoint->release();
        } catch (const Error &error) {
            report.error = error;
            if (error.kind == ErrorKind::Constraint && step.phase == Phase::Contract && error.hint.empty())
                report.error->hint = "Rows that are there already do not keep to it: fill or correct them in this "
                                     "list as well, or give a default.";
        }
        report.duration = since(start);
        report_.steps.push_back(report);
        if (!report.error)
            return true;
        if (!report_.error)
            report_.error = report.error;
        const bool goesOn = savepoint && canGoOn(*report.error);
        if (!goesOn)
            throw *report.error;
        savepoint->rollback();
        return false;
    }

    /// How many rows come with keys of their own.
    std::size_t givenKeys()
    {
        if (!givenKeys_) {
            givenKeys_ = 0;
            for (const Step &step : plan_.steps)
                if (!step.makesKey && step.target.isNew() && step.expectRows)
                    *givenKeys_ += static_cast<std::size_t>(*step.expectRows);
        }
        return *givenKeys_;
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
        } else if (step.expectFound) {
            if (!result.next())
                throw unexpectedRows(step, 0);
        } else if (result.returnsRows())
            keepKeys(step, result);
        else if (step.makesKey && step.returning.size() == 1 && result.insertedKey())
            keepKey(step.target, step.returning.front(), *result.insertedKey());
        const std::int64_t rows = result.affectedRows();
        if (step.expectRows && rows >= 0 && rows != *step.expectRows && !(rows == 0 && wasTakenAlong(step)))
            throw unexpectedRows(step, rows);
        takesAlong_ = takesAlong_ || (step.mayBeGone && rows > 0);
        return rows;
    }

    /// Whether a row that was to be deleted has gone with another that was.
    bool wasTakenAlong(const Step &step)
    {
        if (!step.mayBeGone || !takesAlong_)
            return false;
        RowImage key;
        for (const auto &[column, value] : step.target.key)
            key[column] = value;
        return !readRow(connection_, step.table, key);
    }

    /// Rows come back in the order in which they were given.
    void keepKeys(const Step &step, Result &result)
    {
        for (std::size_t made = 0; const auto row = result.next(); ++made) {
            if (!step.batch.empty() && made >= step.batch.size())
                continue; // told by the count of rows
            const RowTarget &target = step.batch.empty() ? step.target : step.batch[made].target;
            for (std::size_t i = 0; i < step.returning.size() && i < row->size(); ++i)
                keepKey(target, step.returning[i], (*row)[i]);
        }
    }

    void keepKey(const RowTarget &target, const std::string &column, const Value &value)
    {
        report_.keys[{target.newRow, column}] = value;
        named_[keyParameter(target.table.name, target.newRow, column)] = value;
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
    bool takesAlong_ = false;    ///< a row was deleted that others may have gone with
    bool isCheckedLate_ = false; ///< what runs now is the check of what was deferred
    std::optional<std::size_t> givenKeys_;
    std::optional<Savepoint> beforeRows_; ///< of a rehearsal
    std::vector<Done> done_;
};

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

Report runPlanWithin(Connection &connection, const Plan &plan)
{
    return PlanRunner(connection, plan, RunMode::Commit).runWithin();
}

} // namespace schemawright
