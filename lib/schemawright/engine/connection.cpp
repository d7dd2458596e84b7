#include "schemawright/engine/connection.h"

#include "schemawright/engine/deadline.h"
#include "schemawright/engine/logged_connection.h"
#include "schemawright/engine/statement_watch.h"
#include "schemawright/sql/insert.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

namespace schemawright {

Connection::Connection(Pool::Lease lease, std::shared_ptr<const Dialect> dialect,
                       std::shared_ptr<const StatementLog> log, ConnectionOptions options)
    : lease_(std::move(lease)), dialect_(std::move(dialect)), log_(std::move(log)), options_(std::move(options))
{}

Connection::Connection(Connection &&) noexcept = default;
Connection::~Connection()
{
    if (!afterTransaction_.empty()) // left open, and the next user would find what it set
        lease_.invalidate();
}

DriverConnection &Connection::driverConnection()
{
    if (!log_->isObserved() && !log_->isObservedBefore())
        return *lease_;
    if (!logged_)
        logged_ = std::make_unique<LoggedConnection>(*lease_, *log_);
    return *logged_;
}

void Connection::beforeStatement(std::string_view sql, std::span<const Value> parameters)
{
    if (log_->isObservedBefore())
        log_->addBefore(
            {std::string(sql), {parameters.begin(), parameters.end()}, StatementWatch::SystemClock::now(), {}, -1, {}});
    if (options_.statementTimeout.count() <= 0)
        return;
    if (!deadline_)
        deadline_ = std::make_shared<Deadline>(lease_->canceller());
    deadline_->arm(options_.statementTimeout);
}

/// A statement that was cancelled for its time says so.
void Connection::timedOut(Error &error) const
{
    if (!deadline_)
        return;
    deadline_->disarm();
    if (error.kind == ErrorKind::Cancelled && deadline_->hasExpired()) {
        error.kind = ErrorKind::Timeout;
        error.hint = "The statement took longer than the " + std::to_string(options_.statementTimeout.count()) +
                     " ms it may take here.";
    }
}

/// Runs `work`, which returns the rows it affected, and tells the log of it.
template <class Work> void Connection::logged(std::string_view sql, std::span<const Value> parameters, Work &&work)
{
    beforeStatement(sql, parameters);
    const StatementWatch watch;
    try {
        const std::int64_t rows = work();
        if (deadline_)
            deadline_->disarm();
        watch.report(*log_, std::string(sql), {parameters.begin(), parameters.end()}, rows, nullptr);
    } catch (Error &error) {
        timedOut(error);
        watch.report(*log_, std::string(sql), {parameters.begin(), parameters.end()}, -1, &error);
        throw;
    }
}

/// Begins a statement by `run` and tells the log when its result is over; `values` makes its parameters for the log.
template <class Run, class Values> Result Connection::started(std::string_view sql, Run run, Values values)
{
    beginIfNeeded();
    const bool isObserved = log_->isObserved() || log_->isObservedBefore();
    beforeStatement(sql, isObserved ? values() : std::vector<Value>());
    const StatementWatch watch;
    std::unique_ptr<Cursor> cursor;
    try {
        cursor = run();
    } catch (Error &error) {
        timedOut(error);
        watch.report(*log_, std::string(sql), values(), -1, &error);
        throw;
    }
    if (!log_->isObserved() && !deadline_)
        return Result(std::move(cursor), nullptr);
    return Result(std::move(cursor), [watch, log = log_, deadline = deadline_, sql = std::string(sql),
                                      parameters = values()](std::int64_t rows, Error *error) {
        if (deadline)
            deadline->disarm();
        if (deadline && error && error->kind == ErrorKind::Cancelled && deadline->hasExpired())
            error->kind = ErrorKind::Timeout;
        watch.report(*log, sql, parameters, rows, error);
    });
}

Result Connection::execute(std::string_view sql, std::span<const Value> parameters)
{
    return started(
        sql, [&] { return lease_->execute(sql, parameters); },
        [&] { return std::vector<Value>(parameters.begin(), parameters.end()); });
}

Result Connection::executeFlat(std::string_view sql, const CellRange &cells)
{
    return started(
        sql, [&] { return lease_->executeFlat(sql, cells); }, [&] { return cells.flat(); });
}

RowsDone Connection::executeEach(std::string_view sql, const CellRange &cells)
{
    RowsDone done;
    if (cells.count == 0)
        return done;
    beginIfNeeded();
    logged(sql, log_->isObserved() ? cells.row(0) : std::vector<Value>(), [&] {
        done = lease_->executeEach(sql, cells);
        return std::accumulate(done.affected.begin(), done.affected.end(), std::int64_t{0});
    });
    return done;
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
    beginIfNeeded();
    std::int64_t affected = 0;
    logged(sql, first, [&] { return affected = lease_->executeMany(sql, rows); });
    return affected;
}

std::int64_t Connection::insertMany(const Source &table, const std::vector<std::string> &columns,
                                    std::span<const std::vector<Value>> rows)
{
    for (const std::vector<Value> &row : rows)
        if (row.size() != columns.size())
            throw Error(ErrorKind::Misuse, "a row of " + std::to_string(row.size()) + " values for " +
                                               std::to_string(columns.size()) + " columns");
    if (rows.empty() || columns.empty())
        return 0;
    beginIfNeeded();
    std::optional<Transaction> own;
    if (!inTransaction())
        own.emplace(begin());
    // More rows at once cost a server less for each; an embedded database gains nothing beyond a few.
    const std::size_t wanted = dialect_->capabilities().schemas ? 1000 : 100;
    const auto bytesOf = [](const std::vector<Value> &row) {
        std::size_t bytes = 0;
        for (const Value &value : row)
            if (const auto *text = value.as<std::string>())
                bytes += text->size();
            else if (const auto *blob = value.as<Bytes>())
                bytes += blob->data.size();
        return bytes;
    };
    const auto most = static_cast<std::size_t>(dialect_->capabilities().maxParameters);
    const std::size_t atOnce = std::clamp<std::size_t>(most / columns.size(), 1, wanted);
    const auto statementFor = [&](std::size_t count) {
        const std::vector<std::vector<Expr>> places(count, std::vector<Expr>(columns.size(), bind(Value(0))));
        return dialect_->compile(insert(table).rows(columns, places)).sql;
    };
    std::string sql;
    std::size_t rowsOfSql = 0;
    std::vector<Value> values;
    for (std::size_t start = 0; start < rows.size();) {
        std::size_t count = 1;
        for (std::size_t bytes = bytesOf(rows[start]); count < atOnce && start + count < rows.size(); ++count)
            if ((bytes += bytesOf(rows[start + count])) > dialect_->capabilities().batchBytes)
                break;
        if (count != rowsOfSql) {
            sql = statementFor(count);
            rowsOfSql = count;
        }
        values.clear();
        values.reserve(count * columns.size());
        for (const std::vector<Value> &row : rows.subspan(start, count))
            values.insert(values.end(), row.begin(), row.end());
        execute(sql, values);
        start += count;
    }
    if (own)
        own->commit();
    return static_cast<std::int64_t>(rows.size());
}

void Connection::executeScript(std::string_view sql)
{
    beginIfNeeded();
    control(sql);
}

void Connection::control(std::string_view sql)
{
    logged(sql, {}, [&] {
        lease_->executeScript(sql);
        return std::int64_t{-1};
    });
}

void Connection::beginIfNeeded()
{
    if (!options_.autocommit && !inTransaction())
        beginWith(options_.transaction);
}

void Connection::beginWith(const TransactionOptions &options)
{
    control(dialect_->beginSql(options));
    afterTransaction_ = dialect_->afterTransactionSql(options);
}

void Connection::ended()
{
    if (const std::string sql = std::exchange(afterTransaction_, {}); !sql.empty())
        control(sql);
}

Transaction Connection::begin(const TransactionOptions &options)
{
    if (inTransaction())
        throw Error(ErrorKind::Misuse, "a transaction is already open on this connection")
            .withHint("Use savepoint() to nest.");
    beginWith(options);
    return Transaction(*this);
}

void Connection::commit()
{
    if (inTransaction())
        Transaction(*this).commit();
}

void Connection::rollback()
{
    if (inTransaction())
        Transaction(*this).rollback();
}

Savepoint Connection::savepoint()
{
    std::string name = "sw_savepoint_" + std::to_string(++savepoints_);
    beginIfNeeded();
    control("SAVEPOINT " + name);
    if (!inTransaction()) // MySQL takes it, and forgets it at once
        throw Error(ErrorKind::Misuse, "there is no transaction for a savepoint to be in")
            .withHint("Use begin() first.");
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
        connection_->control("COMMIT");
    } catch (const Error &error) {
        if (connection_->isUsable()) // refused: a deferred constraint, a lock; the destructor still rolls back
            throw;
        connection_ = nullptr;
        Error doubt = error;
        doubt.kind = ErrorKind::InDoubt;
        doubt.hint = "The connection was lost during COMMIT. Whether it happened can only be told by reading again.";
        throw doubt;
    }
    std::exchange(connection_, nullptr)->ended();
}

void Transaction::rollback()
{
    Connection *const connection = std::exchange(connection_, nullptr);
    // A database may have rolled back by itself (SQLite on some errors), and then says no to another ROLLBACK.
    if (!connection || !connection->isUsable())
        return;
    if (connection->inTransaction())
        connection->control("ROLLBACK");
    connection->ended();
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
    if (!connection_)
        return;
    connection_->control("RELEASE SAVEPOINT " + name_); // where that fails, the destructor still rolls back
    connection_ = nullptr;
}

void Savepoint::rollback()
{
    Connection *const connection = std::exchange(connection_, nullptr);
    if (!connection || !connection->isUsable() || !connection->inTransaction())
        return;
    connection->control("ROLLBACK TO SAVEPOINT " + name_);
    connection->control("RELEASE SAVEPOINT " + name_);
}

} // namespace schemawright
