#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/engine/pool.h"
#include "schemawright/engine/result.h"
#include "schemawright/engine/statement_log.h"

#include <chrono>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

class Connection;
class Deadline;
class LoggedConnection; // engine/logged_connection.h
class Source;           // sql/source.h

/// How a connection behaves.
struct ConnectionOptions
{
    TransactionOptions transaction; ///< of begin() without its own
    /// Else the first statement begins a transaction, which Connection::commit() or rollback() ends.
    bool autocommit = true;
    std::chrono::milliseconds statementTimeout{0}; ///< a statement that takes longer is cancelled; 0: no limit
};

/// A transaction that rolls back when it goes out of scope without commit(). Must not outlive its Connection.
class Transaction
{
public:
    ~Transaction();
    Transaction(Transaction &&other) noexcept;
    Transaction &operator=(Transaction &&) = delete;
    /// Throws what the database says. Error(InDoubt) when the connection was lost meanwhile: it may have happened or
    /// not.
    void commit();
    void rollback();
    bool isActive() const noexcept { return connection_ != nullptr; }

private:
    friend class Connection;
    explicit Transaction(Connection &connection) : connection_(&connection) {}
    Connection *connection_;
};

/// A savepoint inside a transaction; rolled back to when it goes out of scope without release().
class Savepoint
{
public:
    ~Savepoint();
    Savepoint(Savepoint &&other) noexcept;
    Savepoint &operator=(Savepoint &&) = delete;
    void release();
    void rollback();

private:
    friend class Connection;
    Savepoint(Connection &connection, std::string name) : connection_(&connection), name_(std::move(name)) {}
    Connection *connection_;
    std::string name_;
};

/// A connection lent by an Engine's pool, given back when destroyed. Used by one thread at a time; everything may block
/// and throws Error. Outside a Transaction each statement commits by itself.
///
///     Connection connection = engine.connect();
///     Transaction transaction = connection.begin();
///     connection.execute("UPDATE account SET balance = balance - ? WHERE id = ?", {5, 1});
///     transaction.commit();
class Connection
{
public:
    Connection(Pool::Lease lease, std::shared_ptr<const Dialect> dialect, std::shared_ptr<const StatementLog> log,
               ConnectionOptions options = {});
    Connection(Connection &&) noexcept;
    ~Connection();

    const ConnectionOptions &options() const noexcept { return options_; }
    void setOptions(const ConnectionOptions &options) { options_ = options; }

    /// Runs one statement with parameters in the placeholder style of the database.
    Result execute(std::string_view sql, std::span<const Value> parameters = {});
    Result execute(std::string_view sql, std::initializer_list<Value> parameters);
    /// Runs a compiled statement; `named` gives the values of its named parameters. Throws Error(Misuse) for one that
    /// is missing.
    Result execute(const Compiled &compiled, const std::map<std::string, Value> &named = {});
    /// Compiles and runs.
    Result execute(const Statement &statement, const std::map<std::string, Value> &named = {});
    /// Runs one statement for each row of parameters; the rows affected in all.
    std::int64_t executeMany(std::string_view sql, std::span<const std::vector<Value>> rows);
    /// Runs one statement whose parameters are all these cells, row after row.
    Result executeFlat(std::string_view sql, const CellRange &cells);
    /// Runs one statement for each of these rows; stops at the first that fails.
    RowsDone executeEach(std::string_view sql, const CellRange &cells);
    /// Inserts rows of these columns by statements of many rows each, all or nothing; the number of rows inserted. The
    /// fastest way for many rows. Throws Error(Misuse) for a row of another length.
    std::int64_t insertMany(const Source &table, const std::vector<std::string> &columns,
                            std::span<const std::vector<Value>> rows);
    /// Runs a script of many statements; stops at the first that fails.
    void executeScript(std::string_view sql);

    Transaction begin() { return begin(options_.transaction); }
    Transaction begin(const TransactionOptions &options);
    /// End the transaction that the first statement began, where autocommit is off; else nothing. Throw as
    /// Transaction's do.
    void commit();
    void rollback();
    Savepoint savepoint();

    const Dialect &dialect() const noexcept { return *dialect_; }
    std::string serverVersion() const { return lease_->serverVersion(); }
    /// Stops what this connection is running; callable from any thread, also later.
    std::shared_ptr<Canceller> canceller() const { return lease_->canceller(); }
    bool isUsable() const noexcept { return lease_->isUsable(); }
    bool inTransaction() const noexcept { return lease_->inTransaction(); }
    /// It is closed instead of kept when given back.
    void invalidate() noexcept { lease_.invalidate(); }
    /// For what asks the driver itself, as reflection does. Observers of the log are told of it as `ofReflection`.
    DriverConnection &driverConnection();

private:
    friend class Transaction;
    friend class Savepoint;
    template <class Work> void logged(std::string_view sql, std::span<const Value> parameters, Work &&work);
    template <class Run, class Values> Result started(std::string_view sql, Run run, Values values);
    void beforeStatement(std::string_view sql, std::span<const Value> parameters);
    void timedOut(Error &error) const;
    void beginIfNeeded();
    void beginWith(const TransactionOptions &options);
    void ended();                       ///< the transaction is over
    void control(std::string_view sql); ///< BEGIN, COMMIT, SAVEPOINT…: as executeScript, but begins nothing

    Pool::Lease lease_;
    std::shared_ptr<const Dialect> dialect_;
    std::shared_ptr<const StatementLog> log_;
    ConnectionOptions options_;
    std::unique_ptr<LoggedConnection> logged_; ///< when somebody observes the log
    std::shared_ptr<Deadline> deadline_;       ///< while there is a timeout
    std::string afterTransaction_;             ///< to be run when the open transaction is over
    int savepoints_ = 0;
};

} // namespace schemawright
