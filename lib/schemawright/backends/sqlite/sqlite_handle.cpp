#include "schemawright/backends/sqlite/sqlite_handle.h"

#include "schemawright/backends/sqlite/sqlite_errors.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>
#include <cmath>

namespace schemawright::sqlite {

namespace {

using Clock = std::chrono::steady_clock;

/// 1-based character position of a byte offset, 0 for none.
int characterPosition(std::string_view sql, int offset)
{
    if (offset < 0)
        return 0;
    const std::string_view before = sql.substr(0, static_cast<std::size_t>(offset));
    return 1 + static_cast<int>(std::ranges::count_if(before, [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

Handle::Handle(sqlite3 *database, std::chrono::milliseconds busyTimeout)
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

Handle::~Handle()
{
    cache_.clear();
    {
        const std::scoped_lock lock(cancel_->mutex);
        cancel_->database = nullptr;
    }
    sqlite3_close_v2(database_);
}

Error Handle::failure(Stage stage, std::string_view sql) const
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

Statement Handle::take(std::string_view sql)
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

void Handle::giveBack(Statement statement) noexcept
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

std::int64_t Handle::changes(const Statement &statement, std::int64_t totalBefore)
{
    if (!statement.countsRows)
        return -1;
    const std::int64_t changed = sqlite3_changes64(database_);
    // Of a view's INSTEAD OF trigger SQLite always says zero, though its trigger did something.
    if (changed == 0 && sqlite3_total_changes64(database_) != totalBefore && writesView(statement.sql))
        return -1;
    return changed;
}

int Handle::waitForLock(void *self, int attempt)
{
    auto &handle = *static_cast<Handle *>(self);
    if (attempt == 0)
        handle.giveUp_ = Clock::now() + handle.busyTimeout_;
    CancelState &state = *handle.cancel_;
    std::unique_lock lock(state.mutex);
    const auto next = Clock::now() + std::chrono::milliseconds(std::min(1 << std::min(attempt, 5), 20));
    if (Clock::now() >= handle.giveUp_)
        return 0;
    return state.woken.wait_until(lock, std::min(next, handle.giveUp_), [&] { return state.cancelled.load(); }) ? 0 : 1;
}

void Handle::describe(Statement &statement)
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

bool Handle::writesView(const std::string &sql)
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

} // namespace schemawright::sqlite
