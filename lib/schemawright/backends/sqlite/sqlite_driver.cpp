#include "schemawright/backends/sqlite/sqlite_driver.h"

#include "schemawright/backends/sqlite/sqlite_errors.h"
#include "schemawright/backends/sqlite/sqlite_handle.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/base/blocking.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>

#include <sqlite3.h>
#include <unistd.h>

namespace schemawright {

namespace {

using sqlite::CancelState;
using sqlite::Handle;
using sqlite::Statement;

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
