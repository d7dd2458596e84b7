#pragma once

#include "schemawright/base/blocking.h"
#include "schemawright/base/error.h"
#include "schemawright/driver/driver.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sqlite3.h>

namespace schemawright::sqlite {

/// What a connection and its cancellers share, so that a cancel may come from any thread and after the end.
struct CancelState
{
    std::mutex mutex;
    std::condition_variable woken;
    sqlite3 *database = nullptr; ///< null once closed
    std::atomic<bool> cancelled = false;
};

/// A prepared statement with what is worth knowing of it. Finalized with it.
struct Statement
{
    std::string sql;
    std::shared_ptr<const std::vector<ColumnHead>> heads;
    int prepared = 0;        ///< SQLITE_STMTSTATUS_REPREPARE when `heads` were read
    bool countsRows = false; ///< INSERT, UPDATE, DELETE, REPLACE
    sqlite3_stmt *raw = nullptr;

    Statement() = default;
    Statement(Statement &&other) noexcept
        : sql(std::move(other.sql)), heads(std::move(other.heads)), prepared(other.prepared),
          countsRows(other.countsRows), raw(std::exchange(other.raw, nullptr))
    {}
    Statement &operator=(Statement &&other) noexcept
    {
        std::swap(sql, other.sql);
        std::swap(heads, other.heads);
        std::swap(prepared, other.prepared);
        std::swap(countsRows, other.countsRows);
        std::swap(raw, other.raw);
        return *this;
    }
    ~Statement() { sqlite3_finalize(raw); }
};

/// The open database. Shared by the connection and its cursors, so that a cursor may be destroyed after its connection.
class Handle
{
public:
    enum class Stage { Prepare, Run };

    Handle(sqlite3 *database, std::chrono::milliseconds busyTimeout);
    Handle(const Handle &) = delete;
    ~Handle();

    sqlite3 *database() const { return database_; }
    const std::shared_ptr<CancelState> &cancelState() const { return cancel_; }

    /// To be called at the start of each statement: an earlier cancel does not concern it.
    void begin()
    {
        assertMayBlock();
        cancel_->cancelled = false;
    }

    Error failure(Stage stage, std::string_view sql) const;

    /// The one statement in `sql`, from the cache if it is there; without `raw` when there are only comments.
    Statement take(std::string_view sql);

    /// Takes back a statement that is done, for the next one of the same text.
    void giveBack(Statement statement) noexcept;

    /// Reads the column heads again when SQLite has prepared the statement again, after a change of the schema.
    void refreshHeads(Statement &statement)
    {
        if (sqlite3_stmt_status(statement.raw, SQLITE_STMTSTATUS_REPREPARE, 0) != statement.prepared)
            describe(statement);
    }

    void bind(const Statement &statement, std::span<const Value> values, bool outlive) const;
    void bindValue(const Statement &statement, int at, const Value &value, sqlite3_destructor_type lifetime) const;
    /// Throws Error(Misuse) when the statement has another number of parameters.
    void checkCount(const Statement &statement, std::size_t given) const;
    /// The cells of one row, which must stay where they are until the statement has run.
    void bind(const Statement &statement, const CellRange &cells, std::size_t row) const;

    /// Rows that the statement which just finished has changed.
    std::int64_t changes(const Statement &statement, std::int64_t totalBefore);

private:
    static int waitForLock(void *self, int attempt);

    static void describe(Statement &statement);

    bool writesView(const std::string &sql);

    std::shared_ptr<CancelState> cancel_;
    sqlite3 *database_;
    std::chrono::milliseconds busyTimeout_;
    std::chrono::steady_clock::time_point giveUp_;
    std::list<Statement> cache_; ///< the most recently used first
};

} // namespace schemawright::sqlite
