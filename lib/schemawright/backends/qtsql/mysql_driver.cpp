#include "schemawright/backends/qtsql/mysql_driver.h"

#include "schemawright/backends/builtin.h"
#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/backends/qtsql/mysql_session.h"
#include "schemawright/backends/qtsql/mysql_values.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <optional>

namespace schemawright {

using namespace mysql;

namespace {

struct FreeResult
{
    void operator()(MYSQL_RES *result) const noexcept { mysql_free_result(result); }
};
using ResultPtr = std::unique_ptr<MYSQL_RES, FreeResult>;

constexpr unsigned cannotBePrepared = 1295;

/// In lower case, comments and opening brackets before it left out.
std::string firstWord(std::string_view sql)
{
    for (;;) {
        while (!sql.empty() && (std::isspace(static_cast<unsigned char>(sql.front())) || sql.front() == '('))
            sql.remove_prefix(1);
        std::string_view close;
        if (sql.starts_with("/*") && !sql.starts_with("/*!"))
            close = "*/";
        else if (sql.starts_with("--") || sql.starts_with("#"))
            close = "\n";
        else
            break;
        const std::size_t end = sql.find(close);
        sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + close.size());
    }
    std::string word;
    for (; !sql.empty() && std::isalpha(static_cast<unsigned char>(sql.front())); sql.remove_prefix(1))
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(sql.front())));
    return word;
}

bool isCounted(std::string_view sql)
{
    static constexpr std::array counted{"insert", "update", "delete", "replace", "call", "with", "load"};
    return std::ranges::find(counted, firstWord(sql)) != counted.end();
}

/// A read-only session could be left by one word.
void refuseToWrite(const Session &session, std::string_view sql)
{
    if (!session.isReadOnly())
        return;
    std::string folded;
    for (const char c : sql)
        folded += std::isspace(static_cast<unsigned char>(c))
                      ? ' '
                      : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const std::string word = firstWord(sql);
    const bool mayLeave = word == "start" || word == "set" || word.empty();
    if (mayLeave && (folded.find("read write") != std::string::npos || folded.find("read_only") != std::string::npos))
        throw Error(ErrorKind::Permission, "this connection is read-only and stays so").withSql(sql);
}

/// The rows of the running statement, as they come.
class MysqlCursor final : public Cursor, private RowReader
{
public:
    /// A statement that has been run.
    MysqlCursor(std::shared_ptr<Session> session, std::string sql, StatementPtr statement)
        : session_(std::move(session)), sql_(std::move(sql)), statement_(std::move(statement))
    {
        columns_ = columnsOf(ResultPtr(mysql_stmt_result_metadata(statement_.get())).get());
        isCounted_ = isCounted(sql_);
        if (columns_.forms.empty()) {
            if (const std::uint64_t key = mysql_stmt_insert_id(statement_.get()); key != 0)
                insertedKey_ = static_cast<std::int64_t>(key);
            if (isCounted_)
                affected_ = static_cast<std::int64_t>(mysql_stmt_affected_rows(statement_.get()));
            finish();
            return;
        }
        row_.emplace(statement_.get(), columns_);
        if (!row_->bind())
            fail();
        session_->reader().attach(this);
    }
    /// One that could not be prepared and was run as text.
    MysqlCursor(std::shared_ptr<Session> session, std::string sql)
        : session_(std::move(session)), sql_(std::move(sql)), result_(mysql_use_result(session_->raw()))
    {
        columns_ = columnsOf(result_.get());
        if (!result_) {
            finish();
            return;
        }
        session_->reader().attach(this);
    }
    MysqlCursor(const MysqlCursor &) = delete;
    ~MysqlCursor()
    {
        if (!done_)
            abandon();
    }

    const std::vector<ColumnHead> &columns() const override { return *columns_.heads; }
    std::int64_t affectedRows() const override { return affected_; }
    std::optional<std::int64_t> insertedKey() const override { return insertedKey_; }

    bool fetch(RowBatch &batch, std::size_t maxRows) override
    {
        constexpr std::size_t mostBytes = 32 << 20; // whatever the caller asks for, memory stays bounded
        batch.start(columns_.heads);
        for (std::size_t rows = 0; rows < maxRows && batch.arenaSize() < mostBytes; ++rows)
            if (takenAt_ < taken_.rowCount()) {
                for (std::size_t column = 0; column < taken_.columnCount(); ++column)
                    batch.addCell(taken_, takenAt_, column);
                ++takenAt_;
            } else if (takenError_)
                throw *std::exchange(takenError_, std::nullopt);
            else if (done_ || !readRow(batch))
                break;
        return batch.rowCount() > 0;
    }

private:
    /// False, and all is over, when there is none.
    bool readRow(RowBatch &batch)
    {
        if (statement_) {
            const int said = mysql_stmt_fetch(statement_.get());
            if (said == 0 || said == MYSQL_DATA_TRUNCATED) {
                row_->addTo(batch);
                ++rows_;
                return true;
            }
            if (said != MYSQL_NO_DATA)
                fail();
        } else {
            if (const MYSQL_ROW row = mysql_fetch_row(result_.get())) {
                addTextRow(batch, columns_, row, mysql_fetch_lengths(result_.get()));
                return true;
            }
            if (mysql_errno(session_->raw()))
                fail();
        }
        if (isCounted_) // RETURNING
            affected_ = rows_;
        finish();
        return false;
    }

    [[noreturn]] void fail()
    {
        Error error = session_->failure(sql_, statement_.get());
        over();
        throw error;
    }

    /// What follows the rows: further results of a procedure, and its errors.
    void finish()
    {
        const std::unique_ptr<MysqlCursor, void (*)(MysqlCursor *)> end(this, [](MysqlCursor *self) { self->over(); });
        if (statement_) {
            int next = 0;
            while ((next = mysql_stmt_next_result(statement_.get())) == 0)
                mysql_stmt_free_result(statement_.get());
            if (next > 0)
                throw session_->failure(sql_, statement_.get());
        } else {
            result_.reset();
            if (const int next = mysql_next_result(session_->raw()); next > 0)
                throw session_->failure(sql_);
            else if (next == 0)
                session_->drain(sql_);
        }
    }

    /// Gives the connection free.
    void over() noexcept
    {
        row_.reset();
        if (statement_.use_count() > 1) // it is kept, to run again: what is under way is read by this
            mysql_stmt_free_result(statement_.get());
        statement_.reset();
        result_.reset();
        done_ = true;
        session_->reader().detach(this);
        session_->end();
    }

    void takeAll() noexcept override
    {
        taken_.start(columns_.heads);
        try {
            while (!done_ && readRow(taken_)) {
            }
        } catch (const Error &error) {
            takenError_ = error;
        }
    }

    /// Throws the rest away. A query that goes on for long is killed.
    void abandon() noexcept
    {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
        bool isOver = false;
        while (!isOver && std::chrono::steady_clock::now() < deadline)
            if (statement_) {
                const int said = mysql_stmt_fetch(statement_.get());
                isOver = said != 0 && said != MYSQL_DATA_TRUNCATED;
            } else
                isOver = !mysql_fetch_row(result_.get());
        if (!isOver && !isCounted_) {
            session_->cancelState()->cancelled = session_->cancelState()->running.load();
            const std::scoped_lock lock(session_->cancelState()->firing);
            session_->cancelState()->kill();
        }
        try {
            if (!statement_) {
                while (mysql_fetch_row(result_.get())) {
                }
                finish();
            } else
                over(); // which closes the statement: what is still under way is read by that
        } catch (...) { // nobody asks any more
        }
    }

    std::shared_ptr<Session> session_;
    std::string sql_;
    StatementPtr statement_;
    ResultPtr result_;
    ResultColumns columns_;
    std::optional<BinaryRow> row_;
    RowBatch taken_; // rows read early, for another statement to run
    std::size_t takenAt_ = 0;
    std::optional<Error> takenError_;
    std::int64_t rows_ = 0, affected_ = -1;
    std::optional<std::int64_t> insertedKey_;
    bool isCounted_ = false, done_ = false;
};

class MysqlConnection final : public DriverConnection
{
public:
    explicit MysqlConnection(const ConnectArguments &arguments) : session_(std::make_shared<Session>(arguments)) {}

    std::unique_ptr<Cursor> execute(std::string_view sql, std::span<const Value> parameters) override
    {
        refuseToWrite(*session_, sql);
        Parameters bound;
        assign(bound, parameters, sql);
        session_->begin();
        const StatementPtr statement = prepare(sql, bound.count() == 0);
        if (!statement) {
            if (mysql_real_query(session_->raw(), sql.data(), sql.size()) != 0)
                fail(sql);
            return std::make_unique<MysqlCursor>(session_, std::string(sql));
        }
        run(statement.get(), bound, sql);
        return std::make_unique<MysqlCursor>(session_, std::string(sql), statement);
    }
    std::unique_ptr<Cursor> executeFlat(std::string_view sql, const CellRange &cells) override
    {
        refuseToWrite(*session_, sql);
        assign(bound_, cells, sql);
        session_->begin();
        // One after the other is of the same text, which is long.
        auto &[text, statement] = session_->lastMany();
        if (!statement || text != sql || statement.use_count() > 1) {
            statement.reset();
            statement = prepare(sql, false);
            text = sql;
        }
        try {
            run(statement.get(), bound_, sql);
        } catch (...) {
            statement.reset();
            throw;
        }
        return std::make_unique<MysqlCursor>(session_, text, statement);
    }

    void executeScript(std::string_view sql) override
    {
        refuseToWrite(*session_, sql);
        session_->runScript(sql);
    }

    std::int64_t executeMany(std::string_view sql, std::span<const std::vector<Value>> rows) override
    {
        std::int64_t affected = 0;
        const RowsDone done = executeRows(sql, rows.size(), [&](std::size_t row) { return std::span(rows[row]); });
        for (const std::int64_t each : done.affected)
            affected += std::max<std::int64_t>(0, each);
        return affected;
    }
    RowsDone executeEach(std::string_view sql, const CellRange &cells) override
    {
        return executeRows(sql, cells.count, [&](std::size_t at) {
            return CellRange{cells.rows, cells.columns, cells.first + at, 1};
        });
    }

    std::shared_ptr<Canceller> canceller() const override
    {
        return std::make_shared<StatementCanceller>(session_->cancelState());
    }
    std::string serverVersion() const override { return session_->serverVersion(); }
    bool isUsable() const noexcept override { return session_->isUsable(); }
    bool inTransaction() const noexcept override { return session_->inTransaction(); }

private:
    template <class Values> static void assign(Parameters &bound, const Values &values, std::string_view sql)
    {
        try {
            bound.assign(values);
        } catch (Error &error) {
            error.sql = sql;
            throw;
        }
    }

    [[noreturn]] void fail(std::string_view sql, MYSQL_STMT *statement = nullptr)
    {
        Error error = session_->failure(sql, statement);
        session_->end();
        throw error;
    }

    /// Null for a statement that cannot be prepared but may be sent as text.
    StatementPtr prepare(std::string_view sql, bool mayBeText)
    {
        StatementPtr statement(mysql_stmt_init(session_->raw()), [](MYSQL_STMT *each) {
            if (each)
                mysql_stmt_close(each);
        });
        if (!statement)
            fail(sql);
        if (mysql_stmt_prepare(statement.get(), sql.data(), sql.size()) == 0)
            return statement;
        if (mayBeText && mysql_stmt_errno(statement.get()) == cannotBePrepared)
            return nullptr;
        fail(sql, statement.get());
    }

    void run(MYSQL_STMT *statement, Parameters &bound, std::string_view sql)
    {
        if (const unsigned long wanted = mysql_stmt_param_count(statement); wanted != bound.count()) {
            session_->end();
            throw Error(ErrorKind::Misuse, "the statement has " + std::to_string(wanted) + " parameters, " +
                                               std::to_string(bound.count()) + " values were given")
                .withSql(sql);
        }
        if ((bound.count() > 0 && mysql_stmt_bind_param(statement, bound.binds()) != 0) ||
            mysql_stmt_execute(statement) != 0)
            fail(sql, statement);
    }

    /// All or nothing: in a transaction of its own when there is none.
    template <class RowOf> RowsDone executeRows(std::string_view sql, std::size_t count, RowOf rowOf)
    {
        RowsDone done;
        if (count == 0)
            return done;
        refuseToWrite(*session_, sql);
        const bool ownTransaction = !inTransaction();
        if (ownTransaction)
            session_->runScript("START TRANSACTION");
        try {
            session_->begin();
            const StatementPtr statement = prepare(sql, false);
            Parameters bound;
            for (std::size_t row = 0; row < count; ++row) {
                assign(bound, rowOf(row), sql);
                run(statement.get(), bound, sql);
                done.affected.push_back(static_cast<std::int64_t>(mysql_stmt_affected_rows(statement.get())));
                if (const std::uint64_t key = mysql_stmt_insert_id(statement.get()); key != 0)
                    done.keys.push_back(static_cast<std::int64_t>(key));
                mysql_stmt_free_result(statement.get());
            }
            session_->end();
        } catch (...) {
            session_->end();
            if (ownTransaction && isUsable())
                session_->runScript("ROLLBACK");
            throw;
        }
        if (ownTransaction)
            session_->runScript("COMMIT");
        if (done.keys.size() != count)
            done.keys.clear();
        return done;
    }

    std::shared_ptr<Session> session_;
    Parameters bound_; ///< of executeFlat(), whose memory is used again
};

} // namespace

std::unique_ptr<DriverConnection> MysqlDriver::open(const ConnectArguments &arguments) const
{
    return std::make_unique<MysqlConnection>(arguments);
}

void addQtSqlBackends()
{
    if (!builtinBackends().find("mysql"))
        addBackend({"mysql", std::make_shared<MysqlDialect>(), std::make_shared<MysqlDriver>()});
}

} // namespace schemawright
