#include "schemawright/engine/logged_connection.h"

#include "schemawright/engine/statement_watch.h"

#include <numeric>

namespace schemawright {

namespace {

/// Tells the log when it is closed, with the rows that were read.
class LoggedCursor final : public Cursor
{
public:
    LoggedCursor(std::unique_ptr<Cursor> cursor, const StatementLog &log, const StatementWatch &watch,
                 std::string_view sql, std::span<const Value> parameters)
        : cursor_(std::move(cursor)), log_(log), watch_(watch), sql_(sql),
          parameters_(parameters.begin(), parameters.end())
    {}
    LoggedCursor(const LoggedCursor &) = delete;
    ~LoggedCursor() override
    {
        try {
            const std::int64_t rows = cursor_->columns().empty() ? cursor_->affectedRows() : rows_;
            watch_.report(log_, std::move(sql_), std::move(parameters_), rows, error_ ? &*error_ : nullptr, true);
        } catch (...) { // a log that fails must not fail the statement
        }
    }

    const std::vector<ColumnHead> &columns() const override { return cursor_->columns(); }
    bool fetch(RowBatch &batch, std::size_t maxRows) override
    {
        try {
            const bool more = cursor_->fetch(batch, maxRows);
            rows_ += static_cast<std::int64_t>(batch.rowCount());
            return more;
        } catch (const Error &error) {
            error_ = error;
            throw;
        }
    }
    std::int64_t affectedRows() const override { return cursor_->affectedRows(); }
    std::optional<std::int64_t> insertedKey() const override { return cursor_->insertedKey(); }

private:
    std::unique_ptr<Cursor> cursor_;
    const StatementLog &log_;
    const StatementWatch watch_;
    std::string sql_;
    std::vector<Value> parameters_;
    std::int64_t rows_ = 0;
    std::optional<Error> error_;
};

} // namespace

/// Tells of the statement before `run` begins it, and of its failure; whoever gets its result tells of the rest.
template <class Run> auto LoggedConnection::told(std::string_view sql, std::span<const Value> parameters, Run run)
{
    const StatementWatch watch;
    if (log_.isObservedBefore())
        log_.addBefore({std::string(sql), {parameters.begin(), parameters.end()}, watch.wall, {}, -1, {}, true});
    try {
        return run(watch);
    } catch (const Error &error) {
        watch.report(log_, std::string(sql), {parameters.begin(), parameters.end()}, -1, &error, true);
        throw;
    }
}

std::unique_ptr<Cursor> LoggedConnection::execute(std::string_view sql, std::span<const Value> parameters)
{
    return told(sql, parameters, [&](const StatementWatch &watch) -> std::unique_ptr<Cursor> {
        return std::make_unique<LoggedCursor>(connection_.execute(sql, parameters), log_, watch, sql, parameters);
    });
}

std::unique_ptr<Cursor> LoggedConnection::executeFlat(std::string_view sql, const CellRange &cells)
{
    const std::vector<Value> parameters = cells.flat();
    return told(sql, parameters, [&](const StatementWatch &watch) -> std::unique_ptr<Cursor> {
        return std::make_unique<LoggedCursor>(connection_.executeFlat(sql, cells), log_, watch, sql, parameters);
    });
}

void LoggedConnection::executeScript(std::string_view sql)
{
    told(sql, {}, [&](const StatementWatch &watch) {
        connection_.executeScript(sql);
        watch.report(log_, std::string(sql), {}, -1, nullptr, true);
    });
}

std::int64_t LoggedConnection::executeMany(std::string_view sql, std::span<const std::vector<Value>> rows)
{
    const std::vector<Value> first = rows.empty() ? std::vector<Value>() : rows.front();
    return told(sql, first, [&](const StatementWatch &watch) {
        const std::int64_t affected = connection_.executeMany(sql, rows);
        watch.report(log_, std::string(sql), first, affected, nullptr, true);
        return affected;
    });
}

RowsDone LoggedConnection::executeEach(std::string_view sql, const CellRange &cells)
{
    const std::vector<Value> first = cells.count == 0 ? std::vector<Value>() : cells.row(0);
    return told(sql, first, [&](const StatementWatch &watch) {
        RowsDone done = connection_.executeEach(sql, cells);
        const std::int64_t rows = std::accumulate(done.affected.begin(), done.affected.end(), std::int64_t{0});
        watch.report(log_, std::string(sql), first, rows, nullptr, true);
        return done;
    });
}

std::unique_ptr<WholeResult> LoggedConnection::readWhole(const std::string &sql)
{
    return told(sql, {}, [&](const StatementWatch &watch) {
        std::unique_ptr<WholeResult> whole = connection_.readWhole(sql);
        watch.report(log_, sql, {}, static_cast<std::int64_t>(whole->rowCount()), nullptr, true);
        return whole;
    });
}

} // namespace schemawright
