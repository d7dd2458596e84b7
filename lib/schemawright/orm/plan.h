#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/orm/change.h"

#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// One of the rows that a batched INSERT makes.
struct BatchRow
{
    ChangeId change = ChangeId::None;
    RowTarget target;
};

/// One statement of a plan. Its named parameters are keys that earlier steps make, see keyParameter().
struct Step
{
    Phase phase = Phase::Data;
    Compiled statement;
    ChangeId change = ChangeId::None;       ///< whose edit this carries out
    bool transactional = true;              ///< false: cannot be rolled back
    std::optional<std::int64_t> expectRows; ///< rows it must affect
    bool expectNone = false;                ///< a query that must find nothing
    bool expectFound = false;               ///< a query that must find its row as it was known
    bool mayBeGone = false;                 ///< a deletion that an earlier one may have done already, by a cascade
    RowTarget target;                       ///< the row it is about
    std::vector<std::string> returning;     ///< columns that it gives back, in order
    bool makesKey = false;                  ///< an INSERT that leaves the key to the database
    TablePtr table;                         ///< of that row; null for a step that is about no row
    /// Of an INSERT of many rows: all of them in order, the first of which is `change` and `target`. Else empty.
    std::vector<BatchRow> batch;
    std::string rowSql; ///< of a batch: the statement for one of its rows
    /// The row's identity after this step, when it writes any of it.
    std::vector<std::pair<std::string, Value>> movedKey;

    bool isAbout(ChangeId id) const noexcept;
    /// One row of a batch as a step of its own.
    Step rowStep(std::size_t row) const;
};

/// A change that cannot be carried out, and why.
struct PlanProblem
{
    ChangeId change = ChangeId::None;
    Error error;
    bool isOfCommit = false; ///< no commit can carry it out, but a script can
};

/// What a person should know of a change before it is run, and nobody can who has not seen the rows.
struct PlanNote
{
    ChangeId change = ChangeId::None;
    std::string column;
    std::string text; ///< a sentence
};

/// A foreign key whose check may be put off to the end, from or to a table whose rows a plan writes.
struct PlanReference
{
    TablePtr child, parent;
    std::size_t key = 0; ///< among the foreign keys of `child`
};

/// A table or another object that a plan alters or drops, as the planned change knows it. When it is otherwise in the
/// database, others have changed it meanwhile, and what they did would be lost.
struct PlanBaseline
{
    ChangeId change = ChangeId::None;
    TablePtr table;                     ///< null for another object
    std::optional<SchemaObject> object; ///< nothing for a table
};

/// What a commit would do: statements in order, computed from the changes and never stored. A value; preview, rehearsal
/// and commit all read the same one.
struct Plan
{
    std::vector<Step> steps;
    std::vector<PlanProblem> problems;     ///< a plan with problems must not be run
    std::vector<PlanNote> notes;           ///< it may be run, and may be refused by rows that are there
    std::vector<PlanBaseline> baselines;   ///< what must be in the database as it is said here
    std::string defaultSchema;             ///< of the baseline
    std::vector<PlanReference> references; ///< for finding the guilty when COMMIT is refused

    bool isRunnable() const noexcept { return problems.empty(); }
    /// The problem that keeps it from being a script as well; null when it can be one.
    const PlanProblem *scriptProblem() const noexcept;
};

/// The name of the parameter that stands for a key which the database makes for a new row.
std::string keyParameter(std::string_view table, std::uint64_t newRow, std::string_view column);

/// Pure: the same changes make the same plan. Tables are created, renamed and widened first, then rows are written,
/// then tables are narrowed and checked, all in one transaction. Rows are ordered by what each change frees and takes:
/// parents before their children, children gone before their parents, a unique value given up before it is taken again.
/// Rows that wait for each other in a ring are written in two steps where a nullable foreign key or a movable unique
/// value allows it.
///
/// `versions` names, by table, columns that count the changes of a row: they are compared instead of the old values,
/// and counted up. Inserts into one table stand together where their order allows it, in the order that they were given
/// in, and those of the same columns that follow each other become one statement.
///
/// Takes O(n log n). A caller that plans on another thread may give it up by `stop`: then it throws Error(Cancelled).
Plan buildPlan(const Dialect &dialect, const MetaData &baseline, const std::vector<const Change *> &changes,
               const std::map<QualifiedName, std::string> &versions = {}, const std::stop_token &stop = {});

/// The step as the user reads it: values as literals, keys to come as <id of new customer 1>.
std::string previewSql(const Dialect &dialect, const Step &step);

/// The plan as a script that can be run elsewhere, in one transaction, values as literals. Keys that the database makes
/// are kept in temporary tables for the rows that need them. Throws Error(Unsupported) where the dialect has no way,
/// and Plan::scriptProblem() where there is one. Changes of tables that end a transaction stand outside of it.
std::string scriptText(const Dialect &dialect, const Plan &plan);

} // namespace schemawright
