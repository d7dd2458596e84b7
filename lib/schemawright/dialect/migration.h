#pragma once

#include "schemawright/base/error.h"
#include "schemawright/schema/metadata_diff.h"

#include <cstddef>
#include <string>
#include <vector>

namespace schemawright {

/// The parts of a plan, in the order in which they run. Before stands before BEGIN; After follows the end of the
/// transaction, also when it failed.
enum class Phase { Before, Expand, Data, Contract, Verify, After };
const char *toString(Phase phase) noexcept;

/// One statement that brings a table from one state to another.
struct MigrationStep
{
    Phase phase = Phase::Expand;
    std::string sql;
    std::size_t diff = 0;      ///< which of the given TableDiffs it carries out
    bool transactional = true; ///< false: cannot be rolled back
    bool expectNone = false;   ///< a query that must find nothing, else all is rolled back
};

/// Why one of the given TableDiffs cannot be carried out.
struct MigrationProblem
{
    std::size_t diff = 0;
    Error error;
};

/// What a dialect would run for some TableDiffs: in order, each phase's steps among themselves. A value.
struct Migration
{
    std::vector<MigrationStep> steps;
    std::vector<MigrationProblem> problems;
};

/// One statement that brings an object that is no table from one state to another.
struct ObjectStep
{
    enum class Stage { BeforeTransaction, BeforeTables, AfterTables };
    Stage stage = Stage::BeforeTables;
    std::string sql;
    std::size_t diff = 0; ///< which of the given ObjectDiffs it carries out
};

/// What a dialect would run for some ObjectDiffs: in order, those of each stage among themselves. A value.
struct ObjectMigration
{
    struct Problem
    {
        std::size_t diff = 0;
        std::string why;
    };
    std::vector<ObjectStep> steps;
    std::vector<Problem> problems; ///< what is not carried out
};

} // namespace schemawright
