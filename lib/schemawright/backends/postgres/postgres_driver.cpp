#include "schemawright/backends/postgres/postgres_driver.h"

#include "schemawright/backends/postgres/postgres_session.h"
#include "schemawright/backends/postgres/postgres_tokens.h"

#include <deque>
#include <set>

namespace schemawright {

using namespace postgres;

namespace {

std::int64_t affectedBy(PGresult *result)
{
    const std::string_view command = PQcmdStatus(result);
    for (const std::string_view counted : {"INSERT", "UPDATE", "DELETE", "MERGE"})
        if (command.starts_with(counted))
            return std::strtoll(PQcmdTuples(result), nullptr, 10);
    return -1;
}

bool isError(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR ||
           status == PGRES_PIPELINE_ABORTED;
}

/// The rows of the running statement, as they come.
class PostgresCursor final : public Cursor, private RowReader
{
public:
    /// Takes the first result. Throws its error, after the rest has been read.
    PostgresCursor(std::shared_ptr<Session> session, Prepared statement)
        : session_(std::move(session)), statement_(std::move(statement))
    {
        try {
            accept(session_->next());
        } catch (...) {
            finish();
            throw;
        }
        if (!done_)
            session_->reader().attach(this);
    }
    PostgresCursor(const PostgresCursor &) = delete;
    ~PostgresCursor()
    {
        if (!done_)
            abandon();
    }

    const std::vector<ColumnHead> &columns() const override { return *statement_.heads; }
    std::int64_t affectedRows() const override { return affected_; }

    bool fetch(RowBatch &batch, std::size_t maxRows) override
    {
        constexpr std::size_t mostBytes = 32 << 20; // whatever the caller asks for, memory stays bounded
        batch.start(statement_.heads);
        const int width = static_cast<int>(forms_.size());
        std::string scratch;
        for (std::size_t rows = 0; first_ && rows < maxRows && batch.arenaSize() < mostBytes; ++rows) {
            for (int column = 0; column < width; ++column)
                if (PQgetisnull(first_.get(), 0, column))
                    batch.addNull();
                else
                    addCell(batch, forms_[static_cast<std::size_t>(column)], PQgetvalue(first_.get(), 0, column),
                            static_cast<std::size_t>(PQgetlength(first_.get(), 0, column)), scratch);
            advance();
        }
        return batch.rowCount() > 0;
    }

private:
    void advance()
    {
        first_.reset();
        if (!taken_.empty()) {
            first_ = std::move(taken_.front());
            taken_.pop_front();
            if (isError(first_.get())) {
                const ResultPtr failed = std::move(first_);
                taken_.clear();
                throw session_->failure(failed.get(), statement_.sql);
            }
        } else if (!done_)
            accept(session_->next());
    }

    void accept(ResultPtr result)
    {
        if (!result)
            return finish();
        if (isError(result.get())) {
            Error error = session_->failure(result.get(), statement_.sql);
            broken_ = true;
            finish();
            throw error;
        }
        if (!statement_.heads)
            statement_.heads = session_->heads(Session::columnsOf(result.get()), false);
        if (forms_.empty())
            for (int column = 0; column < PQnfields(result.get()); ++column)
                forms_.push_back(formOf(PQftype(result.get(), column)).form);
        if (PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE) {
            first_ = std::move(result);
            return;
        }
        affected_ = affectedBy(result.get());
        finish();
    }

    /// Reads to the end and gives the connection free.
    void finish()
    {
        if (done_)
            return;
        session_->drain();
        done_ = true;
        session_->reader().detach(this);
        session_->end();
        if (!statement_.heads)
            statement_.heads = std::make_shared<const std::vector<ColumnHead>>();
        if (broken_)
            session_->release(statement_);
        else
            session_->giveBack(statement_);
    }

    void takeAll() noexcept override
    {
        while (ResultPtr result = session_->next()) {
            if (PQresultStatus(result.get()) == PGRES_SINGLE_TUPLE || isError(result.get()))
                taken_.push_back(std::move(result));
            else
                affected_ = affectedBy(result.get());
        }
        done_ = true;
        session_->giveBack(statement_);
    }

    /// Throws the rest away. A query that goes on for long is cancelled, but only where that undoes nothing.
    void abandon() noexcept
    {
        first_.reset();
        static const std::set<std::string, std::less<>> reading{"select", "values", "table", "show", "explain"};
        const bool mayCancel =
            session_->transactionStatus() == PQTRANS_IDLE && reading.contains(firstWord(statement_.sql));
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
        bool mustCancel = mayCancel;
        do
            if (mustCancel && (!session_->waitForResult(deadline) || std::chrono::steady_clock::now() > deadline)) {
                char why[256];
                PQcancel(session_->cancelState()->handle, why, sizeof why);
                mustCancel = false;
            }
        while (session_->next());
        try {
            finish();
        } catch (...) { // out of memory for the cache: then without
        }
    }

    std::shared_ptr<Session> session_;
    Prepared statement_;
    std::vector<CellForm> forms_;
    ResultPtr first_;             // the row to be given next
    std::deque<ResultPtr> taken_; // rows read early, for another statement to run
    std::int64_t affected_ = -1;
    bool done_ = false, broken_ = false;
};

/// Statements whose columns and types are worth knowing before they run.
bool isQuery(std::string_view sql)
{
    static const std::set<std::string, std::less<>> words{"select", "values", "table",  "with",
                                                          "insert", "update", "delete", "merge"};
    return words.contains(firstWord(sql));
}

class WholeTuples final : public WholeResult
{
public:
    explicit WholeTuples(ResultPtr result) : result_(std::move(result)) {}
    std::size_t rowCount() const override { return static_cast<std::size_t>(PQntuples(result_.get())); }
    bool isNull(std::size_t row, std::size_t column) const override
    {
        return PQgetisnull(result_.get(), static_cast<int>(row), static_cast<int>(column));
    }
    std::string_view text(std::size_t row, std::size_t column) const override
    {
        const int r = static_cast<int>(row), c = static_cast<int>(column);
        return {PQgetvalue(result_.get(), r, c), static_cast<std::size_t>(PQgetlength(result_.get(), r, c))};
    }

private:
    const ResultPtr result_;
};

class PostgresConnection final : public DriverConnection
{
public:
    explicit PostgresConnection(const ConnectArguments &arguments) : session_(std::make_shared<Session>(arguments)) {}

    std::unique_ptr<Cursor> execute(std::string_view sql, std::span<const Value> parameters) override
    {
        return executeBound(sql, [&](ParameterTexts &bound) { bound.assign(parameters); });
    }
    std::unique_ptr<Cursor> executeFlat(std::string_view sql, const CellRange &cells) override
    {
        return executeBound(
            sql, [&](ParameterTexts &bound) { bound.assign(cells.rows, cells.columns, cells.first, cells.count); });
    }

    void executeScript(std::string_view sql) override
    {
        session_->begin(sql);
        const bool wasBroken = session_->transactionStatus() == PQTRANS_INERROR;
        ResultPtr last;
        try {
            last = session_->runScript(sql);
        } catch (const Error &) {
            session_->noteRun(sql);
            throw;
        }
        session_->noteRun(sql);
        keepReadOnly(sql);
        // The server answers COMMIT after a failed statement by rolling back, and takes that for no error.
        if (const std::string word = firstWord(sql); wasBroken && (word == "commit" || word == "end") && last &&
                                                     std::string_view(PQcmdStatus(last.get())) == "ROLLBACK")
            throw Error(ErrorKind::Misuse, "the transaction was rolled back, since a statement in it had failed")
                .withSql(sql)
                .withCode("25P02");
    }

    std::int64_t executeMany(std::string_view sql, std::span<const std::vector<Value>> rows) override
    {
        std::int64_t affected = 0;
        for (const std::int64_t each :
             executeRows(sql, rows.size(), [&](ParameterTexts &bound, std::size_t row) { bound.assign(rows[row]); }))
            affected += std::max<std::int64_t>(0, each);
        return affected;
    }
    RowsDone executeEach(std::string_view sql, const CellRange &cells) override
    {
        RowsDone done;
        done.affected = executeRows(sql, cells.count, [&](ParameterTexts &bound, std::size_t row) {
            bound.assign(cells.rows, cells.columns, cells.first + row, 1);
        });
        return done;
    }

    bool hasWholeResults() const noexcept override { return true; }
    std::unique_ptr<WholeResult> readWhole(const std::string &sql) override
    {
        session_->begin(sql);
        session_->mustSend(PQsendQueryParams(session_->raw(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0),
                           sql);
        ResultPtr result = session_->next();
        std::optional<Error> error;
        if (!result || isError(result.get()))
            error = session_->failure(result.get(), sql);
        session_->drain();
        session_->end();
        if (error)
            throw *error;
        return std::make_unique<WholeTuples>(std::move(result));
    }

    std::shared_ptr<Canceller> canceller() const override
    {
        return std::make_shared<StatementCanceller>(session_->cancelState());
    }
    std::string serverVersion() const override { return session_->serverVersion(); }
    bool isUsable() const noexcept override { return session_->isUsable(); }
    bool inTransaction() const noexcept override
    {
        const PGTransactionStatusType status = session_->transactionStatus();
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
    }

private:
    template <class Assign> std::unique_ptr<Cursor> executeBound(std::string_view sql, Assign assign)
    {
        if (sql.find('\0') != std::string_view::npos)
            throw Error(ErrorKind::Syntax, "the statement holds a NUL character").withSql(sql);
        const std::string text(sql);
        ParameterTexts bound;
        try {
            assign(bound);
        } catch (Error &error) {
            error.sql = sql;
            throw;
        }
        if (!session_->mayPrepare() || !isQuery(sql))
            return executeDirectly(text, bound);
        for (bool again = false;; again = true) {
            session_->begin(sql);
            const bool mayRetry = !again && session_->transactionStatus() == PQTRANS_IDLE;
            bool fromCache = false;
            Prepared statement = session_->take(text, bound.typeList(), fromCache);
            const std::string name = statement.name;
            try {
                send(PQsendQueryPrepared(session_->raw(), name.c_str(), bound.count(), bound.values(), bound.lengths(),
                                         bound.formats(), 0),
                     sql);
                return std::make_unique<PostgresCursor>(session_, std::move(statement));
            } catch (const Error &error) {
                // Somebody changed a table under a parsed statement, or threw it away: parse it anew.
                if (!mayRetry || !fromCache || (error.nativeCode != "0A000" && error.nativeCode != "26000"))
                    throw;
                session_->forget();
            }
        }
    }
    template <class Assign>
    std::vector<std::int64_t> executeRows(std::string_view sql, std::size_t count, Assign assign);

    void send(int sent, std::string_view sql)
    {
        session_->mustSend(sent, sql);
        PQsetSingleRowMode(session_->raw());
    }

    std::unique_ptr<Cursor> executeDirectly(const std::string &sql, const ParameterTexts &bound)
    {
        if (firstWord(sql) == "copy" && folded(sql).find("stdout") != std::string::npos)
            throw Error(ErrorKind::Unsupported, "COPY TO STDOUT gives no rows; select or export instead").withSql(sql);
        session_->begin(sql);
        send(PQsendQueryParams(session_->raw(), sql.c_str(), bound.count(), bound.types(), bound.values(),
                               bound.lengths(), bound.formats(), 0),
             sql);
        Prepared statement;
        statement.sql = sql;
        auto cursor = std::make_unique<PostgresCursor>(session_, std::move(statement));
        session_->noteRun(sql);
        keepReadOnly(sql);
        return cursor;
    }

    /// A statement may have hidden a SET from the check before it ran; the server reports the setting (14 and later).
    void keepReadOnly(std::string_view sql)
    {
        if (!session_->isReadOnly())
            return;
        const char *reported = PQparameterStatus(session_->raw(), "default_transaction_read_only");
        if (!reported || std::string_view(reported) == "on")
            return;
        session_->begin({});
        session_->runScript("RESET default_transaction_read_only");
        throw Error(ErrorKind::Permission, "this connection is read-only and stays so").withSql(sql);
    }

    std::shared_ptr<Session> session_;
};

/// Sends one statement for each row ahead of the answers; the rows that each affected.
template <class Assign>
std::vector<std::int64_t> PostgresConnection::executeRows(std::string_view sql, std::size_t count, Assign assign)
{
    // All or nothing: in a transaction of its own when there is none.
    std::vector<std::int64_t> affected;
    if (count == 0)
        return affected;
    affected.reserve(count);
    const std::string text(sql);
    const bool ownTransaction = !inTransaction();
    if (ownTransaction) {
        session_->begin(sql);
        session_->runScript("BEGIN");
    }
    std::optional<Error> error;
    try {
        session_->begin(sql);
        ParameterTexts bound;
        assign(bound, 0);
        bool fromCache = false;
        Prepared statement = session_->take(text, bound.typeList(), fromCache, true);
        PGconn *const raw = session_->raw();
        PQenterPipelineMode(raw);
        constexpr std::size_t groupSize = 1000; // rows sent before their answers are read
        for (std::size_t start = 0; start < count && !error; start += groupSize) {
            const std::size_t end = std::min(count, start + groupSize);
            for (std::size_t row = start; row < end && !error; ++row) {
                try {
                    assign(bound, row);
                } catch (const Error &refused) {
                    error = refused;
                    break;
                }
                const bool sent = bound.fits(statement.parameterTypes)
                                      ? PQsendQueryPrepared(raw, statement.name.c_str(), bound.count(), bound.values(),
                                                            bound.lengths(), bound.formats(), 0)
                                      : PQsendQueryParams(raw, text.c_str(), bound.count(), bound.types(),
                                                          bound.values(), bound.lengths(), bound.formats(), 0);
                if (!sent)
                    error = session_->failure(nullptr, sql);
            }
            PQpipelineSync(raw);
            for (bool synced = false; !synced && PQstatus(raw) == CONNECTION_OK;) {
                const ResultPtr result(PQgetResult(raw));
                if (!result)
                    continue;
                if (PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC)
                    synced = true;
                else if (isError(result.get())) {
                    if (!error)
                        error = session_->failure(result.get(), sql);
                } else
                    affected.push_back(affectedBy(result.get()));
            }
            if (PQstatus(raw) != CONNECTION_OK && !error)
                error = session_->failure(nullptr, sql);
        }
        PQexitPipelineMode(raw);
        session_->end();
        if (error)
            session_->release(std::move(statement));
        else
            session_->giveBack(std::move(statement));
    } catch (const Error &failed) {
        session_->end();
        error = failed;
    }
    if (ownTransaction && isUsable()) {
        session_->begin(sql);
        session_->runScript(error ? "ROLLBACK" : "COMMIT");
    }
    if (error) {
        error->sql = sql;
        throw *std::move(error);
    }
    return affected;
}

} // namespace

std::unique_ptr<DriverConnection> PostgresDriver::open(const ConnectArguments &arguments) const
{
    return std::make_unique<PostgresConnection>(arguments);
}

} // namespace schemawright
