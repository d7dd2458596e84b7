#pragma once

#include "schemawright/value/row_batch.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// What a driver needs to open a connection. Made by Url; the password is never printed.
struct ConnectArguments
{
    std::string host; ///< a name, or for PostgreSQL a socket directory; empty for the client library's default
    int port = 0;     ///< 0 for the default
    std::string user;
    std::string password;
    std::string database; ///< for SQLite a file path in UTF-8, or ":memory:"
    std::map<std::string, std::string> options;
    bool readOnly = false; ///< the connection refuses writes, by the database's own means
};

/// Stops what a connection is doing. May be called from any thread at any time, also after the connection is gone.
class Canceller
{
public:
    virtual ~Canceller() = default;
    virtual void cancel() noexcept = 0;
};

/// The rows of one running statement, read forwards. Belongs to its connection's thread; destroying it ends the
/// statement.
class Cursor
{
public:
    virtual ~Cursor() = default;
    /// The columns; empty for a statement that returns no rows.
    virtual const std::vector<ColumnHead> &columns() const = 0;
    /// Replaces the content of `batch` by the next rows, at most `maxRows`. False, and an empty batch, when there are
    /// no more. Throws Error.
    virtual bool fetch(RowBatch &batch, std::size_t maxRows) = 0;
    /// Rows changed by an INSERT, UPDATE or DELETE that has been read to its end; -1 when the database does not say.
    virtual std::int64_t affectedRows() const = 0;
    /// The number that the database gave an INSERT's row, or its first one, where the client library tells it.
    virtual std::optional<std::int64_t> insertedKey() const { return std::nullopt; }
};

/// All rows of a query, each cell as text, where the client library has them.
class WholeResult
{
public:
    virtual ~WholeResult() = default;
    virtual std::size_t rowCount() const = 0;
    virtual bool isNull(std::size_t row, std::size_t column) const = 0;
    /// Empty for NULL; valid as long as the result.
    virtual std::string_view text(std::size_t row, std::size_t column) const = 0;
};

/// Some columns of some rows of a batch, as the parameters of statements. Borrows both.
struct CellRange
{
    const RowBatch &rows;
    std::span<const std::size_t> columns; ///< in the order of the parameters
    std::size_t first = 0;
    std::size_t count = 0; ///< of rows

    /// The values of one row, counted from `first`.
    std::vector<Value> row(std::size_t at) const;
    /// The values of all rows behind one another.
    std::vector<Value> flat() const;
};

/// What a statement did for each row of parameters.
struct RowsDone
{
    std::vector<std::int64_t> affected; ///< rows; -1 when the database does not say
    std::vector<std::int64_t> keys;     ///< the number that an INSERT's row was given; empty where only RETURNING tells
};

/// One connection to a database. Used by one thread at a time; every call may block and throws Error.
class DriverConnection
{
public:
    virtual ~DriverConnection() = default;

    /// Runs one statement with parameters bound in order, in the placeholder style of the database (? or $1). A
    /// statement that returns no rows has been carried out when this returns.
    virtual std::unique_ptr<Cursor> execute(std::string_view sql, std::span<const Value> parameters = {}) = 0;
    /// Runs a script of many statements, rows thrown away; stops at the first that fails.
    virtual void executeScript(std::string_view sql) = 0;
    /// Runs one statement for each parameter row; returns the rows affected in all.
    virtual std::int64_t executeMany(std::string_view sql, std::span<const std::vector<Value>> rows) = 0;

    /// Runs one statement with the cells of all these rows as its parameters.
    virtual std::unique_ptr<Cursor> executeFlat(std::string_view sql, const CellRange &cells);
    /// Runs one statement for each of these rows; stops at the first that fails.
    virtual RowsDone executeEach(std::string_view sql, const CellRange &cells);
    /// Whether there is readWhole().
    virtual bool hasWholeResults() const noexcept { return false; }
    /// Runs a query without parameters and gives its whole result at once: for catalog queries, where that costs half
    /// of what rows one by one do.
    virtual std::unique_ptr<WholeResult> readWhole(const std::string &sql);

    virtual std::shared_ptr<Canceller> canceller() const = 0;
    /// "3.40.1", "15.4".
    virtual std::string serverVersion() const = 0;
    /// False after the server or the network went away.
    virtual bool isUsable() const noexcept = 0;
    /// True between BEGIN and COMMIT or ROLLBACK, as the database sees it.
    virtual bool inTransaction() const noexcept = 0;
    /// True while a foreign key that is checked by COMMIT is broken, where the client library says so by itself.
    virtual bool hasBrokenKeys() const noexcept { return false; }
};

/// Opens connections through one client library. Stateless; may be used from any thread.
class Driver
{
public:
    virtual ~Driver() = default;
    /// Throws Error(Connect, Auth, NotFound, Permission, Corrupt, Busy).
    virtual std::unique_ptr<DriverConnection> open(const ConnectArguments &arguments) const = 0;
};

} // namespace schemawright
