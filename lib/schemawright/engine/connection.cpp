#include "schemawright/engine/connection.h"

#include <utility>

namespace schemawright {

namespace {

using SystemClock = std::chrono::system_clock;
using SteadyClock = std::chrono::steady_clock;

/// Measures one statement from its making to report().
struct Stopwatch
{
    SystemClock::time_point wall = SystemClock::now();
    SteadyClock::time_point start = SteadyClock::now();

    void report(const StatementLog &log, std::string sql, std::vector<Value> parameters, std::int64_t rows,
                const Error *error) const
    {
        const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start);
        log.add({std::move(sql), std::move(parameters), wall, duration, rows,
                 error ? std::optional<Error>(*error) : std::nullopt});
    }
};

} // namespace

Connection::Connection(Pool::Lease lease, std::shared_ptr<const Dialect> dialect,
                       std::shared_ptr<const StatementLog> log)
    : lease_(std::move(lease)), dialect_(std::move(dialect)), log_(std::move(log))
{}

/// Runs `work`, which returns the rows it affected, and tells the log of it.
template <class Work> auto Connection::logged(std::string_view sql, std::span<const Value> parameters, Work &&work)
{
    const Stopwatch watch;
    try {
        const std::int64_t rows = work();
        watch.report(*log_, std::string(sql), {parameters.begin(), parameters.end()}, rows, nullptr);
        return rows;
    } catch (const Error &error) {
        watch.report(*log_, std::string(sql), {parameters.begin(), parameters.end()}, -1, &error);
        throw;
    }
}

Result Connection::execute(std::string_view sql, std::span<const Value> parameters)
{
    const Stopwatch watch;
    std::unique_ptr<Cursor> cursor;
    try {
        cursor = lease_->execute(sql, parameters);
    } catch (const Error &error) {
        watch.report(*log_, std::string(sql), {parameters.begin(), parameters.end()}, -1, &error);
        throw;
    }
    if (!log_->isObserved())
        return Result(std::move(cursor), nullptr);
    return Result(
        std::move(cursor),
        [watch, log = log_, sql = std::string(sql), values = std::vector<Value>(parameters.begin(), parameters.end())](
            std::int64_t rows, const Error *error) { watch.report(*log, sql, values, rows, error); });
}

Result Connection::execute(std::string_view sql, std::initializer_list<Value> parameters)
{
    return execute(sql, std::span<const Value>(parameters.begin(), parameters.size()));
}

Result Connection::execute(const Compiled &compiled, const std::map<std::string, Value> &named)
{
    std::vector<Value> values;
    values.reserve(compiled.parameters.size());
    for (const Parameter &parameter : compiled.parameters) {
        if (parameter.name.empty()) {
            values.push_back(parameter.value);
            continue;
        }
        const auto found = named.find(parameter.name);
        if (found == named.end() && !parameter.value.isNull()) {
            values.push_back(parameter.value);
            continue;
        }
        if (found == named.end())
            throw Error(ErrorKind::Misuse, "the parameter '" + parameter.name + "' has no value").withSql(compiled.sql);
        values.push_back(found->second);
    }
    return execute(compiled.sql, values);
}

Result Connection::execute(const Statement &statement, const std::map<std::string, Value> &named)
{
    return execute(dialect_->compile(statement), named);
}

std::int64_t Connection::executeMany(std::string_view sql, std::span<const std::vector<Value>> rows)
{
    const std::span<const Value> first = rows.empty() ? std::span<const Value>() : std::span<const Value>(rows.front());
    return logged(sql, first, [&] { return lease_->executeMany(sql, rows); });
}

void Connection::executeScript(std::string_view sql)
{
    logged(sql, {}, [&] {
        lease_->executeScript(sql);
        return std::int64_t{-1};
    });
}

Transaction Connection::begin(const TransactionOptions &options)
{
    if (inTransaction())
        throw Error(ErrorKind::Misuse, "a transaction is already open on this connection")
            .withHint("Use savepoint() to nest.");
    executeScript(dialect_->beginSql(options));
    return Transaction(*this);
}

Savepoint Connection::savepoint()
{
    std::string name = "sw_savepoint_" + std::to_string(++savepoints_);
    executeScript("SAVEPOINT " + name);
    return Savepoint(*this, std::move(name));
}

Transaction::Transaction(Transaction &&other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction()
{
    try {
        rollback();
    } catch (const Error &) { // the connection is lost, and the transaction with it
    }
}

void Transaction::commit()
{
    if (!connection_)
        throw Error(ErrorKind::Misuse, "the transaction is over");
    try {
        connection_->executeScript("COMMIT");
    } catch (const Error &error) {
        if (connection_->isUsable()) // refused: a deferred constraint, a lock; the destructor still rolls back
            throw;
        connection_ = nullptr;
        Error doubt = error;
        doubt.kind = ErrorKind::InDoubt;
        doubt.hint = "The connection was lost during COMMIT. Whether it happened can only be told by reading again.";
        throw doubt;
    }
    connection_ = nullptr;
}

void Transaction::rollback()
{
    Connection *const connection = std::exchange(connection_, nullptr);
    // A database may have rolled back by itself (SQLite on some errors), and then says no to another ROLLBACK.
    if (connection && connection->isUsable() && connection->inTransaction())
        connection->executeScript("ROLLBACK");
}

Savepoint::Savepoint(Savepoint &&other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), name_(std::move(other.name_))
{}

Savepoint::~Savepoint()
{
    try {
        rollback();
    } catch (const Error &) { // the transaction is gone, and the savepoint with it
    }
}

void Savepoint::release()
{
    if (Connection *const connection = std::exchange(connection_, nullptr))
        connection->executeScript("RELEASE SAVEPOINT " + name_);
}

void Savepoint::rollback()
{
    Connection *const connection = std::exchange(connection_, nullptr);
    if (!connection || !connection->isUsable() || !connection->inTransaction())
        return;
    connection->executeScript("ROLLBACK TO SAVEPOINT " + name_);
    connection->executeScript("RELEASE SAVEPOINT " + name_);
}

} // namespace schemawright
