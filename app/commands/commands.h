#pragma once

#include "schemawright/engine/engine.h"
#include "schemawright/schema/metadata.h"

#include <string>
#include <vector>

namespace schemawright {

/// Exit statuses of the program's commands.
enum ExitStatus { Done = 0, Differences = 1, WrongCommandLine = 2, Refused = 3, DoneInPart = 4, CancelledByUser = 130 };

/// Which part of a database a command is about.
struct Selection
{
    std::vector<std::string> schemas;
    std::vector<std::string> tables; ///< "table" or "schema.table"
};

struct InspectArguments
{
    std::string source;
    Selection selection;
    bool json = false;
};
int inspect(const InspectArguments &arguments);

struct DdlArguments
{
    std::string source;
    std::string dialect;
    Selection selection;
    bool drop = false;
    bool ifNotExists = false;
    bool noPrivileges = false;
    std::string output;
};
int ddl(const DdlArguments &arguments);

struct DiffArguments
{
    std::string from, to;
    std::string dialect;
    bool down = false;
    bool json = false;
    bool exitCode = false;
    bool lint = false;
};
int diff(const DiffArguments &arguments);

struct QueryArguments
{
    std::string source;
    std::string sql; ///< "-" reads standard input
    std::string format = "table";
    std::vector<std::string> parameters; ///< NAME=VALUE
    bool write = false;
};
int query(const QueryArguments &arguments);

struct ModelsArguments
{
    std::string source;
    std::string language;
    Selection selection;
    std::string output;
};
int models(const ModelsArguments &arguments);

struct PlanArguments
{
    std::string source;
    std::string changes; ///< CHANGES.json, or a database or script that says how the tables shall be
    bool json = false;
};
int plan(const PlanArguments &arguments);

/// The picture of what a source names: a database by URL or path, or a .sql script, which is loaded into a private
/// SQLite database in memory. Throws Error(NotFound) for a table that was asked for by name and is not there.
/// Of the same kind of database as `like`, expressions are read as seen from its default schema.
MetaData readMetaData(const std::string &source, const Selection &selection, const MetaData *like = nullptr);

/// Prints each remark to standard error; true when a table could not be read.
bool reportRemarks(const MetaData &metadata);

/// Writes to a file, or to standard output when `path` is empty. Throws Error(Permission).
void writeOutput(const std::string &path, const std::string &text);

/// Makes Ctrl+C stop what this connection runs, until destroyed.
class InterruptGuard
{
public:
    explicit InterruptGuard(const Connection &connection);
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard &) = delete;
    InterruptGuard &operator=(const InterruptGuard &) = delete;
};

} // namespace schemawright
