#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/orm/plan.h"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <vector>

namespace schemawright {

enum class RunMode {
    Commit,  ///< all in one transaction, stopped and rolled back at the first failure
    Rehearse ///< all is run and rolled back, every failure reported
};

/// How one step of a plan went; of a batch each row counts as one, with its part of the time.
struct StepReport
{
    ChangeId change = ChangeId::None;
    std::int64_t rows = -1;
    std::chrono::microseconds duration{};
    std::optional<Error> error;
};

/// How a plan went. A value.
struct Report
{
    RunMode mode = RunMode::Commit;
    bool committed = false;        ///< everything is in the database
    bool inDoubt = false;          ///< the connection was lost in COMMIT: see resolveInDoubt()
    std::vector<StepReport> steps; ///< those that were run, in order
    std::optional<Error> error;    ///< what failed as a whole, also when it is a step's error
    std::chrono::microseconds duration{};
    /// Keys that the database made for new rows: row number and column to value.
    std::map<std::pair<std::uint64_t, std::string>, Value> keys;
    /// What the database calls this transaction, for resolveInDoubt(); empty where it has no name.
    std::string transaction = {};

    bool isClean() const noexcept;
};

/// Runs a plan in one transaction. Never throws for what the database says: that stands in the report, and then nothing
/// has been written. `progress` is called before each step with the number of steps done.
///
/// A constraint that is checked only at the end is told on the changes that break it, also when COMMIT is refused: the
/// plan is then rehearsed once more to find them. One change may have several reports.
Report runPlan(Connection &connection, const Plan &plan, RunMode mode, std::stop_token stop = {},
               const std::function<void(std::size_t)> &progress = {});

/// Runs the steps of a plan in the transaction that is open, up to the first failure: then the caller rolls back.
Report runPlanWithin(Connection &connection, const Plan &plan);

/// The row as it is in the database now; nothing when it is not there. Throws Error.
std::optional<RowImage> readRow(Connection &connection, const TablePtr &table, const RowImage &key);

enum class DoubtOutcome { Committed, NotCommitted, Unclear };

/// After a commit in doubt, on a new connection: what became of it. `report` is that of the commit. A database that
/// remembers its transactions is asked, and waited for while it is still busy with it; else the rows are read again and
/// compared with the after- and before-images, new ones by the keys that they had been given. Throws Error.
DoubtOutcome resolveInDoubt(Connection &connection, const MetaData &baseline, const std::vector<Change> &changes,
                            const Report &report = {}, std::stop_token stop = {});

} // namespace schemawright
