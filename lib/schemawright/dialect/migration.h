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
    bool onlyWithRows = false; ///< for nothing unless rows are updated or deleted in Data
};

/// Why one of the given TableDiffs cannot be carried out.
struct MigrationProblem
{
    std::size_t diff = 0;
    Error error;
};

/// A view that is dropped and made again, since it reads what is altered.
struct RemadeView
{
    std::size_t diff = 0;
    QualifiedName view;
};

/// What a dialect would run for some TableDiffs: in order, each phase's steps among themselves. A value.
struct Migration
{
    std::vector<MigrationStep> steps;
    std::vector<MigrationProblem> problems;
    std::vector<RemadeView> remadeViews; ///< with their indexes, triggers, comments and grants
};

/// How the values of a column that gets another type become those of the new one. A value; countUnconvertible() runs
/// its statements.
struct Conversion
{
    std::string expression;           ///< the SQL that a commit uses: as the column says it, else as proposed
    std::string proposed;             ///< what is used when the column says nothing
    std::vector<std::string> prepare; ///< fails when the expression can never be of the new type
    std::string count;                ///< how many values cannot be converted, and one of them, a row for each of some
};

/// The option of a column that says how its old values become those of its new type, as SQL over the columns of the
/// table as it will be. Only for the way to a new type: nothing of it is kept in a database.
inline constexpr const char *conversionOption = "using";

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

/// What a dialect would run to bring one whole database to another. A value.
struct WholeMigration
{
    struct Step
    {
        std::string sql;
        bool transactional = true; ///< false: outside of the transaction in which the others run
    };
    Migration tables;         ///< what each TableDiff takes by itself
    ObjectMigration objects;  ///< what each ObjectDiff takes by itself
    std::vector<Step> script; ///< all of it, in the order in which it runs
};

} // namespace schemawright
