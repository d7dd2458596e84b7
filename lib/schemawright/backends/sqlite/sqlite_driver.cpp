#include "schemawright/backends/sqlite/sqlite_driver.h"

#include "schemawright/backends/sqlite/sqlite_errors.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/base/blocking.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <utility>

#include <sqlite3.h>
#include <unistd.h>

namespace schemawright {

namespace {

using Clock = std::chrono::steady_clock;

/// What a connection and its cancellers share, so that a cancel may come from any thread and after the end.
struct CancelState
{
    std::mutex mutex;
    std::condition_variable woken;
    sqlite3 *database = nullptr; ///< null once closed
    std::atomic<bool> cancelled = false;
};

class SqliteCanceller final : public Canceller
{
public:
    explicit SqliteCanceller(std::shared_ptr<CancelState> state) : state_(std::move(state)) {}
    void cancel() noexcept override
    {
        const std::scoped_lock lock(state_->mutex);
        state_->cancelled = true;
        if (state_->database)
            sqlite3_interrupt(state_->database);
        state_->woken.notify_all();
    }

private:
    std::shared_ptr<CancelState> state_;
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

/// 1-based character position of a byte offset, 0 for none.
int characterPosition(std::string_view sql, int offset)
{
    if (offset < 0)
        return 0;
    const std::string_view before = sql.substr(0, static_cast<std::size_t>(offset));
    return 1 + static_cast<int>(std::ranges::count_if(before, [](char c) { return (c & 0xC0) != 0x80; }));
}

/// The open database. Shared by the connection and its cursors, so that a cursor may be destroyed after its connection.
class Handle
{
public:
    enum class Stage { Prepare, Run };

    Handle(sqlite3 *database, std::chrono::milliseconds busyTimeout)
        : cancel_(std::make_shared<CancelState>()), database_(database), busyTimeout_(busyTimeout)
    {
        cancel_->database = database;
        sqlite3_extended_result_codes(database, 1);
        sqlite3_busy_handler(database, waitForLock, this);
        // Catches a cancel that comes before the first step, which sqlite3_interrupt alone would forget.
        sqlite3_progress_handler(
            database, 20'000, [](void *state) { return static_cast<CancelState *>(state)->cancelled.load() ? 1 : 0; },
            cancel_.get());
    }
    Handle(const Handle &) = delete;
    ~Handle()
    {
        cache_.clear();
        {
            const std::scoped_lock lock(cancel_->mutex);
            cancel_->database = nullptr;
        }
        sqlite3_close_v2(database_);
    }

    sqlite3 *database() const { return database_; }
    const std::shared_ptr<CancelState> &cancelState() const { return cancel_; }

    /// To be called at the start of each statement: an earlier cancel does not concern it.
    void begin()
    {
        assertMayBlock();
        cancel_->cancelled = false;
    }

    Error failure(Stage stage, std::string_view sql) const
    {
        const int code = sqlite3_extended_errcode(database_);
        Error error = sqlite::makeError(code, sqlite3_errmsg(database_));
        if (stage == Stage::Run && error.kind == ErrorKind::Syntax) // what parsed is no matter of syntax
            error.kind = error.message.starts_with("cannot ") ? ErrorKind::Misuse : ErrorKind::Internal;
        if (error.kind == ErrorKind::Busy && cancel_->cancelled)
            error.kind = ErrorKind::Cancelled;
        if (error.kind == ErrorKind::Cancelled)
            error.hint.clear();
        error.sql = sql;
        error.position = characterPosition(sql, sqlite3_error_offset(database_));
        return error;
    }

    /// The one statement in `sql`, from the cache if it is there; without `raw` when there are only comments.
    Statement take(std::string_view sql)
    {
        const auto cached = std::ranges::find(cache_, sql, &Statement::sql);
        if (cached != cache_.end()) {
            Statement statement = std::move(*cached);
            cache_.erase(cached);
            return statement;
        }
        if (sql.find('\0') != std::string_view::npos) // SQLite would silently stop reading there
            throw Error(ErrorKind::Syntax, "the statement holds a NUL character").withSql(sql);
        Statement statement;
        statement.sql = sql;
        const char *rest = statement.sql.c_str();
        while (!statement.raw && *rest)
            if (sqlite3_prepare_v3(database_, rest, -1, 0, &statement.raw, &rest) != SQLITE_OK)
                throw failure(Stage::Prepare, sql);
        while (*rest) { // only comments may follow
            sqlite3_stmt *another = nullptr;
            const int result = sqlite3_prepare_v3(database_, rest, -1, 0, &another, &rest);
            sqlite3_finalize(another);
            if (another || result != SQLITE_OK)
                throw Error(ErrorKind::Misuse, "only one statement can be run at a time")
                    .withSql(sql)
                    .withHint("Run several statements as a script.");
        }
        describe(statement);
        return statement;
    }

    /// Takes back a statement that is done, for the next one of the same text.
    void giveBack(Statement statement) noexcept
    {
        constexpr std::size_t mostStatements = 64, longestText = 16'384;
        if (!statement.raw)
            return;
        sqlite3_reset(statement.raw);
        sqlite3_clear_bindings(statement.raw);
        if (statement.sql.size() > longestText)
            return;
        cache_.push_front(std::move(statement));
        if (cache_.size() > mostStatements)
            cache_.pop_back();
    }

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
    std::int64_t changes(const Statement &statement, std::int64_t totalBefore)
    {
        if (!statement.countsRows)
            return -1;
        const std::int64_t changed = sqlite3_changes64(database_);
        // Of a view's INSTEAD OF trigger SQLite always says zero, though its trigger did something.
        if (changed == 0 && sqlite3_total_changes64(database_) != totalBefore && writesView(statement.sql))
            return -1;
        return changed;
    }

private:
    static int waitForLock(void *self, int attempt)
    {
        auto &handle = *static_cast<Handle *>(self);
        if (attempt == 0)
            handle.giveUp_ = Clock::now() + handle.busyTimeout_;
        CancelState &state = *handle.cancel_;
        std::unique_lock lock(state.mutex);
        const auto next = Clock::now() + std::chrono::milliseconds(std::min(1 << std::min(attempt, 5), 20));
        if (Clock::now() >= handle.giveUp_)
            return 0;
        return state.woken.wait_until(lock, std::min(next, handle.giveUp_), [&] { return state.cancelled.load(); }) ? 0
                                                                                                                    : 1;
    }

    static void describe(Statement &statement)
    {
        auto heads = std::make_shared<std::vector<ColumnHead>>();
        if (statement.raw) {
            const auto text = [](const char *value) { return std::string(value ? value : ""); };
            const int count = sqlite3_column_count(statement.raw);
            heads->reserve(static_cast<std::size_t>(count));
            for (int i = 0; i < count; ++i) {
                ColumnHead head;
                head.name = text(sqlite3_column_name(statement.raw, i));
                head.typeName = text(sqlite3_column_decltype(statement.raw, i));
                head.table = text(sqlite3_column_table_name(statement.raw, i));
                head.schema = text(sqlite3_column_database_name(statement.raw, i));
                head.column = text(sqlite3_column_origin_name(statement.raw, i));
                heads->push_back(std::move(head));
            }
            statement.prepared = sqlite3_stmt_status(statement.raw, SQLITE_STMTSTATUS_REPREPARE, 0);
            statement.countsRows =
                !sqlite3_stmt_readonly(statement.raw) && sqlite::isRowChange(statement.sql); // not DDL, not a PRAGMA
        }
        statement.heads = std::move(heads);
    }

    bool writesView(const std::string &sql)
    {
        const auto target = sqlite::changedTable(sql);
        sqlite3_stmt *query = nullptr;
        if (!target ||
            sqlite3_prepare_v2(database_,
                               "SELECT type = 'view' FROM pragma_table_list WHERE name = ?1 COLLATE NOCASE AND "
                               "(?2 = '' OR schema = ?2 COLLATE NOCASE) ORDER BY schema <> 'temp', schema <> 'main'",
                               -1, &query, nullptr) != SQLITE_OK)
            return false;
        sqlite3_bind_text64(query, 1, target->name.data(), target->name.size(), SQLITE_STATIC, SQLITE_UTF8);
        sqlite3_bind_text64(query, 2, target->schema.data(), target->schema.size(), SQLITE_STATIC, SQLITE_UTF8);
        const bool isView = sqlite3_step(query) == SQLITE_ROW && sqlite3_column_int(query, 0) == 1;
        sqlite3_finalize(query);
        return isView;
    }

    std::shared_ptr<CancelState> cancel_;
    sqlite3 *database_;
    std::chrono::milliseconds busyTimeout_;
    Clock::time_point giveUp_;
    std::list<Statement> cache_; ///< the most recently used first
};

void Handle::checkCount(const Statement &statement, std::size_t given) const
{
    const auto wanted = static_cast<std::size_t>(statement.raw ? sqlite3_bind_parameter_count(statement.raw) : 0);
    if (wanted != given)
        throw Error(ErrorKind::Misuse, "the statement has " + std::to_string(wanted) + " parameters, but " +
                                           std::to_string(given) + " values were given")
            .withSql(statement.sql);
}

void Handle::bindValue(const Statement &statement, int at, const Value &value, sqlite3_destructor_type lifetime) const
{
    const auto text = [&](const std::string &data, sqlite3_destructor_type kept) {
        return sqlite3_bind_text64(statement.raw, at, data.data(), data.size(), kept, SQLITE_UTF8);
    };
    int result = SQLITE_OK;
    if (const auto *integer = value.as<std::int64_t>())
        result = sqlite3_bind_int64(statement.raw, at, *integer);
    else if (const auto *string = value.as<std::string>())
        result = text(*string, lifetime);
    else if (value.isNull())
        result = sqlite3_bind_null(statement.raw, at);
    else if (const auto *number = value.as<double>()) {
        if (std::isnan(*number))
            throw Error(ErrorKind::Conversion, "SQLite cannot store NaN: it would become NULL").withSql(statement.sql);
        result = sqlite3_bind_double(statement.raw, at, *number);
    } else if (const auto *blob = value.as<Bytes>())
        result = sqlite3_bind_blob64(statement.raw, at, blob->data.data(), blob->data.size(), lifetime);
    else if (const auto *flag = value.as<bool>())
        result = sqlite3_bind_int(statement.raw, at, *flag);
    else
        result = text(value.text(), SQLITE_TRANSIENT);
    if (result != SQLITE_OK)
        throw failure(Stage::Run, statement.sql);
}

void Handle::bind(const Statement &statement, std::span<const Value> values, bool outlive) const
{
    checkCount(statement, values.size());
    // Values that outlive the run need not be copied.
    for (std::size_t i = 0; i < values.size(); ++i)
        bindValue(statement, static_cast<int>(i) + 1, values[i], outlive ? SQLITE_STATIC : SQLITE_TRANSIENT);
}

void Handle::bind(const Statement &statement, const CellRange &cells, std::size_t row) const
{
    const RowBatch &rows = cells.rows;
    int result = SQLITE_OK;
    for (std::size_t i = 0; i < cells.columns.size() && result == SQLITE_OK; ++i) {
        const int at = static_cast<int>(i) + 1;
        const std::size_t column = cells.columns[i];
        const std::string_view bytes = rows.bytes(row, column);
        switch (rows.storage(row, column)) {
        case RowBatch::Storage::Null:
            result = sqlite3_bind_null(statement.raw, at);
            break;
        case RowBatch::Storage::Integer:
            result = sqlite3_bind_int64(statement.raw, at, rows.integer(row, column));
            break;
        case RowBatch::Storage::Text:
            result = sqlite3_bind_text64(statement.raw, at, bytes.data(), bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
            break;
        case RowBatch::Storage::Blob:
            result = sqlite3_bind_blob64(statement.raw, at, bytes.data(), bytes.size(), SQLITE_STATIC);
            break;
        case RowBatch::Storage::Float:
            if (const double number = rows.number(row, column); !std::isnan(number)) {
                result = sqlite3_bind_double(statement.raw, at, number);
                break;
            }
            [[fallthrough]];
        case RowBatch::Storage::Encoded: // what is rarer, or refused: as a value
            bindValue(statement, at, rows.value(row, column), SQLITE_TRANSIENT);
        }
    }
    if (result != SQLITE_OK)
        throw failure(Stage::Run, statement.sql);
}

class SqliteCursor final : public Cursor
{
public:
    /// Takes the first step at once: a statement without rows is then done, and one that fails has failed.
    SqliteCursor(std::shared_ptr<Handle> handle, std::string_view sql, std::span<const Value> parameters)
        : handle_(std::move(handle)), statement_(handle_->take(sql)), heads_(statement_.heads)
    {
        const bool readsRows = !heads_->empty();
        handle_->bind(statement_, parameters, !readsRows);
        if (!statement_.raw)
            return;
        totalBefore_ = sqlite3_total_changes64(handle_->database());
        running_ = true;
        hasRow_ = step();
        if (running_ && readsRows) {
            handle_->refreshHeads(statement_);
            heads_ = statement_.heads;
        }
    }
    ~SqliteCursor() override { finish(); }

    const std::vector<ColumnHead> &columns() const override { return *heads_; }
    std::int64_t affectedRows() const override { return affected_; }

    bool fetch(RowBatch &batch, std::size_t maxRows) override
    {
        constexpr std::size_t mostBytes = 32u << 20;
        assertMayBlock();
        batch.start(heads_);
        const int width = static_cast<int>(heads_->size());
        while (running_ && batch.rowCount() < maxRows && batch.arenaSize() < mostBytes) {
            if (!hasRow_ && !step())
                break;
            for (int column = 0; column < width; ++column)
                addCell(batch, column);
            hasRow_ = false;
        }
        return batch.rowCount() > 0;
    }

private:
    /// False at the end, after which the statement is given back.
    bool step()
    {
        const int result = sqlite3_step(statement_.raw);
        if (result == SQLITE_ROW)
            return true;
        if (result == SQLITE_DONE) {
            affected_ = handle_->changes(statement_, totalBefore_);
            finish();
            return false;
        }
        const Error error = handle_->failure(Handle::Stage::Run, statement_.sql);
        finish();
        throw error;
    }

    void finish() noexcept
    {
        running_ = false;
        handle_->giveBack(std::move(statement_));
    }

    void addCell(RowBatch &batch, int column)
    {
        sqlite3_stmt *const raw = statement_.raw;
        switch (sqlite3_column_type(raw, column)) {
        case SQLITE_INTEGER:
            batch.addInteger(sqlite3_column_int64(raw, column));
            return;
        case SQLITE_FLOAT:
            batch.addFloat(sqlite3_column_double(raw, column));
            return;
        case SQLITE_NULL:
            batch.addNull();
            return;
        case SQLITE_TEXT:
            addBytes(batch, RowBatch::Storage::Text, sqlite3_column_text(raw, column), column);
            return;
        default:
            addBytes(batch, RowBatch::Storage::Blob, sqlite3_column_blob(raw, column), column);
        }
    }

    void addBytes(RowBatch &batch, RowBatch::Storage storage, const void *data, int column)
    {
        const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement_.raw, column));
        batch.addBytes(storage, data ? static_cast<const char *>(data) : "", length);
    }

    std::shared_ptr<Handle> handle_;
    Statement statement_;
    std::shared_ptr<const std::vector<ColumnHead>> heads_;
    std::int64_t totalBefore_ = 0;
    std::int64_t affected_ = -1;
    bool running_ = false; ///< not at the end yet
    bool hasRow_ = false;  ///< a row was stepped on and not fetched
};

class SqliteConnection final : public DriverConnection
{
public:
    explicit SqliteConnection(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}

    std::unique_ptr<Cursor> execute(std::string_view sql, std::span<const Value> parameters) override
    {
        handle_->begin();
        return std::make_unique<SqliteCursor>(handle_, sql, parameters);
    }

    void executeScript(std::string_view sql) override;
    std::int64_t executeMany(std::string_view sql, std::span<const std::vector<Value>> rows) override;
    RowsDone executeEach(std::string_view sql, const CellRange &cells) override;

    std::shared_ptr<Canceller> canceller() const override
    {
        return std::make_shared<SqliteCanceller>(handle_->cancelState());
    }
    std::string serverVersion() const override { return sqlite3_libversion(); }
    bool isUsable() const noexcept override { return true; }
    bool inTransaction() const noexcept override { return sqlite3_get_autocommit(handle_->database()) == 0; }
    bool hasBrokenKeys() const noexcept override
    {
        int broken = 0, ignored = 0;
        sqlite3_db_status(handle_->database(), SQLITE_DBSTATUS_DEFERRED_FKS, &broken, &ignored, 0);
        return broken != 0;
    }

private:
    template <class Bind, class Done> void forEachRow(Statement &statement, std::size_t count, Bind bind, Done done);

    std::shared_ptr<Handle> handle_;
};

void SqliteConnection::executeScript(std::string_view sql)
{
    handle_->begin();
    const std::string script(sql); // ends in NUL, so that SQLite does not copy the rest for each statement
    const auto fail = [&](Handle::Stage stage, const char *start, std::string_view statement) {
        Error error = handle_->failure(stage, statement);
        const auto lines = std::count(script.c_str(), start, '\n') + 1;
        if (lines > 1)
            error.detail = "The statement begins on line " + std::to_string(lines) + " of the script.";
        return error;
    };
    const char *rest = script.c_str();
    const char *const end = rest + script.size();
    while (rest < end) {
        rest += sqlite::blankLength({rest, static_cast<std::size_t>(end - rest)});
        const char *const start = rest;
        if (start < end && *start == '\0')
            throw Error(ErrorKind::Syntax, "the script holds a NUL character").withSql(sql);
        Statement statement;
        if (sqlite3_prepare_v3(handle_->database(), start, -1, 0, &statement.raw, &rest) != SQLITE_OK)
            throw fail(Handle::Stage::Prepare, start,
                       sqlite::firstStatement({start, static_cast<std::size_t>(end - start)}));
        if (!statement.raw)
            continue;
        int result = SQLITE_ROW;
        while (result == SQLITE_ROW)
            result = sqlite3_step(statement.raw);
        if (result != SQLITE_DONE)
            throw fail(Handle::Stage::Run, start, {start, static_cast<std::size_t>(rest - start)});
        if (handle_->cancelState()->cancelled) // between two statements nothing else would notice
            throw Error(ErrorKind::Cancelled, "interrupted").withCode(sqlite::codeName(SQLITE_INTERRUPT));
    }
}

/// Binds and runs one statement for each of `count` rows; `done` hears of each the rows that it affected.
template <class Bind, class Done>
void SqliteConnection::forEachRow(Statement &statement, std::size_t count, Bind bind, Done done)
{
    sqlite3 *const database = handle_->database();
    for (std::size_t i = 0; i < count; ++i) {
        bind(i);
        if (!statement.raw)
            continue;
        const std::int64_t before = sqlite3_total_changes64(database);
        int result = SQLITE_ROW;
        while (result == SQLITE_ROW)
            result = sqlite3_step(statement.raw);
        const bool cancelled = result == SQLITE_DONE && handle_->cancelState()->cancelled;
        if (result != SQLITE_DONE) {
            Error error = handle_->failure(Handle::Stage::Run, statement.sql);
            error.detail = "Row " + std::to_string(i + 1) + " of " + std::to_string(count) + ".";
            sqlite3_reset(statement.raw);
            throw error;
        }
        done(handle_->changes(statement, before));
        sqlite3_reset(statement.raw);
        if (cancelled && i + 1 < count)
            throw Error(ErrorKind::Cancelled, "interrupted")
                .withSql(statement.sql)
                .withCode(sqlite::codeName(SQLITE_INTERRUPT));
    }
}

std::int64_t SqliteConnection::executeMany(std::string_view sql, std::span<const std::vector<Value>> rows)
{
    handle_->begin();
    Statement statement = handle_->take(sql);
    std::int64_t affected = 0;
    forEachRow(
        statement, rows.size(), [&](std::size_t row) { handle_->bind(statement, rows[row], true); },
        [&](std::int64_t changed) { affected = changed < 0 || affected < 0 ? -1 : affected + changed; });
    handle_->giveBack(std::move(statement));
    return affected;
}

RowsDone SqliteConnection::executeEach(std::string_view sql, const CellRange &cells)
{
    handle_->begin();
    Statement statement = handle_->take(sql);
    handle_->checkCount(statement, cells.columns.size());
    RowsDone done;
    done.affected.reserve(cells.count);
    done.keys.reserve(cells.count);
    forEachRow(
        statement, cells.count, [&](std::size_t row) { handle_->bind(statement, cells, cells.first + row); },
        [&](std::int64_t changed) {
            done.affected.push_back(changed);
            done.keys.push_back(sqlite3_last_insert_rowid(handle_->database()));
        });
    handle_->giveBack(std::move(statement));
    return done;
}

struct Options
{
    bool create = false;
    bool foreignKeys = true;
    std::chrono::milliseconds busyTimeout{5000};
};

Options readOptions(const std::map<std::string, std::string> &given)
{
    Options options;
    const auto flag = [](const std::string &name, const std::string &value) {
        if (value == "true" || value == "1" || value == "yes" || value == "on")
            return true;
        if (value == "false" || value == "0" || value == "no" || value == "off")
            return false;
        throw Error(ErrorKind::Misuse, "the option " + name + " must be true or false, not '" + value + "'");
    };
    for (const auto &[name, value] : given) {
        if (name == "create")
            options.create = flag(name, value);
        else if (name == "foreign_keys")
            options.foreignKeys = flag(name, value);
        else if (name == "busy_timeout") {
            int milliseconds = 0;
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), milliseconds);
            if (error != std::errc() || end != value.data() + value.size() || milliseconds < 0)
                throw Error(ErrorKind::Misuse, "busy_timeout must be a number of milliseconds, not '" + value + "'");
            options.busyTimeout = std::chrono::milliseconds(milliseconds);
        } else
            throw Error(ErrorKind::Misuse, "SQLite connections have no option '" + name + "'")
                .withHint("Known are create, busy_timeout and foreign_keys.");
    }
    return options;
}

/// Refuses what SQLite would take for a database or wait for, and says better than "unable to open" why.
std::optional<Error> faultOfPath(const std::string &path, bool mayCreate)
{
    namespace fs = std::filesystem;
    std::error_code failed;
    const fs::file_status status = fs::status(path, failed);
    const auto cannotOpen = [](ErrorKind kind, std::string hint) {
        Error error = sqlite::makeError(SQLITE_CANTOPEN, sqlite3_errstr(SQLITE_CANTOPEN));
        error.kind = kind;
        error.hint = std::move(hint);
        return error;
    };
    if (status.type() == fs::file_type::not_found) {
        if (!mayCreate)
            return cannotOpen(ErrorKind::NotFound, "There is no such file. To make a new database there, open it with "
                                                   "create=true.");
        const fs::path folder = fs::absolute(path).parent_path();
        if (!fs::is_directory(folder, failed))
            return cannotOpen(ErrorKind::NotFound, "There is no folder " + folder.string() + " to make the file in.");
        return std::nullopt;
    }
    if (failed)
        return cannotOpen(ErrorKind::Permission, "The system says: " + failed.message() + ".");
    if (status.type() == fs::file_type::directory)
        return cannotOpen(ErrorKind::Connect, "This is a folder, not a file.");
    if (status.type() != fs::file_type::regular)
        return cannotOpen(ErrorKind::Connect, "This is not an ordinary file.");
    if (::access(path.c_str(), R_OK) != 0)
        return cannotOpen(ErrorKind::Permission, "You have no permission to read this file.");
    return std::nullopt;
}

} // namespace

std::unique_ptr<DriverConnection> SqliteDriver::open(const ConnectArguments &arguments) const
{
    assertMayBlock();
    const Options options = readOptions(arguments.options);
    std::string path = arguments.database.empty() ? ":memory:" : arguments.database;
    const bool inMemory = path == ":memory:";
    const std::string context = "opening " + path;
    if (path.find('\0') != std::string::npos)
        throw Error(ErrorKind::Misuse, "a path cannot hold a NUL character");
    if (!inMemory) {
        if (auto fault = faultOfPath(path, options.create && !arguments.readOnly))
            throw std::move(*fault).withContext(context);
        if (path.starts_with("file:")) // a build of SQLite may read any such name as a URI
            path.insert(0, "./");
    }
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    flags |= arguments.readOnly && !inMemory ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (inMemory || (options.create && !arguments.readOnly))
        flags |= SQLITE_OPEN_CREATE;
    sqlite3 *database = nullptr;
    const int opened = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
    if (opened != SQLITE_OK) {
        Error error = sqlite::makeError(opened, database ? sqlite3_errmsg(database) : sqlite3_errstr(opened));
        sqlite3_close_v2(database);
        throw std::move(error).withContext(context);
    }
    auto handle = std::make_shared<Handle>(database, options.busyTimeout);
    SqliteConnection connection(handle);
    try {
        // Reads the first page and takes the lock, without parsing a schema that may be damaged in part.
        connection.execute("PRAGMA schema_version", {});
        connection.executeScript(options.foreignKeys ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF");
        if (arguments.readOnly)
            connection.executeScript("PRAGMA query_only = ON");
    } catch (Error &error) {
        error.sql.clear();
        error.position = 0;
        throw std::move(error).withContext(context);
    }
    return std::make_unique<SqliteConnection>(std::move(connection));
}

} // namespace schemawright
