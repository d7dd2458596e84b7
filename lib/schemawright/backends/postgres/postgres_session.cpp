#include "schemawright/backends/postgres/postgres_session.h"

#include "schemawright/backends/postgres/postgres_errors.h"
#include "schemawright/backends/postgres/postgres_tokens.h"
#include "schemawright/base/blocking.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <fmt/format.h>
#include <poll.h>

namespace schemawright::postgres {

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto namesLast = std::chrono::seconds(5); // others may rename tables too
constexpr Oid firstOwnOid = 16384;                  // below are the system's own objects
constexpr std::size_t longestCachedText = 65'536;

std::string field(const PGresult *result, int code)
{
    const char *text = PQresultErrorField(result, code);
    return text ? text : "";
}

/// Makes room for statements that give rows whose columns may change: a star, but not count(*).
bool hasStar(std::string_view sql)
{
    for (std::size_t at = sql.find('*'); at != std::string_view::npos; at = sql.find('*', at + 1))
        if (at == 0 || sql[at - 1] != '(')
            return true;
    return false;
}

} // namespace

Session::Session(const ConnectArguments &arguments) : password_(arguments.password), readOnly_(arguments.readOnly)
{
    assertMayBlock();
    if (const auto size = arguments.options.find("statement_cache_size"); size != arguments.options.end()) {
        const char *end = size->second.data() + size->second.size();
        if (std::from_chars(size->second.data(), end, cacheSize_).ptr != end)
            throw Error(ErrorKind::Misuse, "statement_cache_size must be a number, not '" + size->second + "'");
    }
    try {
        connect(arguments);
        configure();
    } catch (...) {
        PQfinish(connection_);
        throw;
    }
    cancel_->handle = PQgetCancel(connection_);
}

Session::~Session()
{
    {
        const std::scoped_lock lock(cancel_->firing); // a cancel on its way must not hit whoever gets our number next
        cancel_->running = 0;
    }
    PQfinish(connection_);
}

void Session::connect(const ConnectArguments &arguments)
{
    // A later entry wins over an earlier one of the same keyword.
    std::vector<std::pair<std::string, std::string>> settings{
        {"connect_timeout", "10"},     {"keepalives", "1"},       {"keepalives_idle", "60"},
        {"keepalives_interval", "10"}, {"keepalives_count", "5"}, {"fallback_application_name", "schemawright"},
    };
    std::string serverOptions;
    for (const auto &[name, value] : arguments.options)
        if (name == "options")
            serverOptions = value + " ";
        else if (name != "statement_cache_size")
            settings.emplace_back(name, value);
    const auto give = [&](const char *name, const std::string &value) {
        if (!value.empty())
            settings.emplace_back(name, value);
    };
    give("host", arguments.host);
    if (arguments.port)
        give("port", std::to_string(arguments.port));
    give("user", arguments.user);
    give("password", arguments.password);
    give("dbname", arguments.database);
    give("client_encoding", "UTF8");
    // At start rather than by SET, so that RESET and DISCARD lead back to it.
    if (readOnly_)
        serverOptions += "-c default_transaction_read_only=on";
    give("options", serverOptions);

    std::vector<const char *> names, values;
    for (const auto &[name, value] : settings) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    names.push_back(nullptr);
    values.push_back(nullptr);

    const std::string where = (arguments.database.empty() ? "PostgreSQL" : arguments.database) +
                              (arguments.host.empty() ? "" : " on " + arguments.host);
    const auto refused = [&](const std::string &text) {
        Error error = makeConnectError(text);
        if (!password_.empty())
            for (std::size_t at = error.message.find(password_); at != std::string::npos;
                 at = error.message.find(password_, at + 3))
                error.message.replace(at, password_.size(), "***");
        error.context = "connecting to " + where;
        return error;
    };

    connection_ = PQconnectStartParams(names.data(), values.data(), 0);
    if (!connection_)
        throw Error(ErrorKind::Internal, "out of memory");
    PQsetErrorVerbosity(connection_, PQERRORS_VERBOSE); // for the SQLSTATE, which is in no field here
    PQsetNoticeProcessor(
        connection_, [](void *, const char *) {}, nullptr);
    int seconds = 10;
    if (const auto timeout = arguments.options.find("connect_timeout"); timeout != arguments.options.end())
        std::from_chars(timeout->second.data(), timeout->second.data() + timeout->second.size(), seconds);
    const auto deadline = Clock::now() + std::chrono::seconds(seconds);
    PostgresPollingStatusType wanted = PGRES_POLLING_WRITING;
    while (PQstatus(connection_) != CONNECTION_BAD && wanted != PGRES_POLLING_OK && wanted != PGRES_POLLING_FAILED) {
        pollfd waiting{PQsocket(connection_), static_cast<short>(wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT),
                       0};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (seconds > 0 && left <= 0)
            throw refused("timeout expired");
        if (poll(&waiting, 1, seconds > 0 ? static_cast<int>(left) + 1 : -1) > 0)
            wanted = PQconnectPoll(connection_);
    }
    if (PQstatus(connection_) != CONNECTION_OK)
        throw refused(PQerrorMessage(connection_));
    PQsetErrorVerbosity(connection_, PQERRORS_DEFAULT);
}

void Session::configure()
{
    // Values print in one way and exactly; the date order for input and the time zone stay the user's.
    begin({});
    runScript("SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; "
              "SET extra_float_digits = 3; SET standard_conforming_strings = on");
    if (!readOnly_)
        return;
    const ResultPtr answer = runScript("SHOW transaction_read_only");
    if (PQntuples(answer.get()) != 1 || std::string_view(PQgetvalue(answer.get(), 0, 0)) != "on")
        throw Error(ErrorKind::Unsupported, "the server does not take default_transaction_read_only")
            .withHint("Connect as a role that may only read.");
}

void Session::begin(std::string_view sql)
{
    assertMayBlock();
    if (reader_) {
        reader_.takeAll();
        end();
    }
    if (lost_ || PQstatus(connection_) != CONNECTION_OK) {
        lost_ = true;
        throw Error(ErrorKind::Connect, "the connection to the server is lost").withSql(sql);
    }
    if (readOnly_ && liftsReadOnly(sql))
        throw Error(ErrorKind::Permission, "this connection is read-only and stays so").withSql(sql);
    statusBefore_ = PQtransactionStatus(connection_);
    if ((statusBefore_ == PQTRANS_IDLE || statusBefore_ == PQTRANS_INTRANS) && released_.size() >= 32)
        releaseStatements();
    const std::scoped_lock lock(cancel_->firing);
    cancel_->running = ++number_;
}

void Session::end() noexcept { cancel_->running = 0; }

Error Session::failure(const PGresult *result, std::string_view sql)
{
    ServerError said;
    if (result) {
        said.sqlstate = field(result, PG_DIAG_SQLSTATE);
        said.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
        said.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
        said.hint = field(result, PG_DIAG_MESSAGE_HINT);
        said.context = field(result, PG_DIAG_CONTEXT);
        said.schema = field(result, PG_DIAG_SCHEMA_NAME);
        said.table = field(result, PG_DIAG_TABLE_NAME);
        said.column = field(result, PG_DIAG_COLUMN_NAME);
        said.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
        if (const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION))
            said.position = std::atoi(position);
        const std::string severity = field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
        if (severity == "FATAL" || severity == "PANIC" || said.sqlstate.empty())
            lost_ = lost_ || severity == "FATAL" || severity == "PANIC" || PQstatus(connection_) != CONNECTION_OK;
    }
    if (said.message.empty())
        said.message = result ? PQresultErrorMessage(result) : PQerrorMessage(connection_);
    if (PQstatus(connection_) != CONNECTION_OK)
        lost_ = true;
    said.cancelAsked = number_ != 0 && cancel_->cancelled == number_;
    Error error = makeError(said);
    if (lost_)
        error.kind = ErrorKind::Connect;
    else if (said.sqlstate.empty()) // libpq itself refused, on a connection that lives
        error.kind = ErrorKind::Internal;
    error.sql = sql;
    return error;
}

ResultPtr Session::next()
{
    ResultPtr result(PQgetResult(connection_));
    switch (result ? PQresultStatus(result.get()) : PGRES_EMPTY_QUERY) {
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
        PQputCopyEnd(connection_, "COPY FROM STDIN is not supported here");
        return next();
    case PGRES_COPY_OUT: {
        char *line = nullptr;
        while (PQgetCopyData(connection_, &line, 0) > 0)
            PQfreemem(line);
        return next();
    }
    default:
        return result;
    }
}

bool Session::waitForResult(Clock::time_point deadline) noexcept
{
    while (PQisBusy(connection_)) {
        pollfd waiting{PQsocket(connection_), POLLIN, 0};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) == 0)
            return false;
        if (!PQconsumeInput(connection_))
            return true; // and next() says what happened
    }
    return true;
}

void Session::drain() noexcept
{
    while (next()) {
    }
}

ResultPtr Session::runScript(std::string_view sql)
{
    const std::string text(sql);
    if (sql.find('\0') != std::string_view::npos)
        throw Error(ErrorKind::Syntax, "the script holds a NUL character").withSql(sql);
    mustSend(PQsendQuery(connection_, text.c_str()), sql);
    ResultPtr last;
    std::optional<Error> error;
    while (ResultPtr result = next()) {
        const ExecStatusType status = PQresultStatus(result.get());
        if (!error && (status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR))
            error = failure(result.get(), sql);
        last = std::move(result);
    }
    end();
    if (error)
        throw *std::move(error);
    return last;
}

Prepared Session::take(const std::string &sql, const std::vector<Oid> &parameterTypes, bool &fromCache, bool forMany)
{
    const auto cached = std::ranges::find_if(
        cache_, [&](const Prepared &each) { return each.sql == sql && each.parameterTypes == parameterTypes; });
    fromCache = cached != cache_.end();
    Prepared statement;
    if (fromCache) {
        statement = std::move(*cached);
        cache_.erase(cached);
    } else {
        statement.sql = sql;
        statement.parameterTypes = parameterTypes;
        statement.isKept = sql.size() <= longestCachedText && !hasStar(sql);
        if (statement.isKept || forMany)
            statement.name = fmt::format("sw_{}", ++made_);
        describe(statement);
    }
    if (Clock::now() - namesSince_ > namesLast) {
        relations_.clear();
        types_.clear();
        ++namesGeneration_;
        namesSince_ = Clock::now();
    }
    if (!statement.heads || statement.namesGeneration != namesGeneration_) {
        statement.heads = heads(statement.columns, statusBefore_ != PQTRANS_INERROR);
        statement.namesGeneration = namesGeneration_;
        if (statement.name.empty() && !statement.columns.empty())
            describe(statement); // asking for names used the place of the nameless statement
    }
    return statement;
}

void Session::describe(Prepared &statement)
{
    // Parsed and described in one round trip.
    const std::string_view sql = statement.sql;
    PQenterPipelineMode(connection_);
    const bool sent =
        PQsendPrepare(connection_, statement.name.c_str(), statement.sql.c_str(),
                      static_cast<int>(statement.parameterTypes.size()), statement.parameterTypes.data()) &&
        PQsendDescribePrepared(connection_, statement.name.c_str()) && PQpipelineSync(connection_);
    std::optional<Error> error;
    if (!sent)
        error = failure(nullptr, sql);
    bool synced = !sent;
    while (!synced) {
        const ResultPtr result(PQgetResult(connection_));
        if (!result) {
            if (PQstatus(connection_) != CONNECTION_OK) {
                if (!error)
                    error = failure(nullptr, sql);
                break;
            }
            continue; // between the results of two commands
        }
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_PIPELINE_SYNC)
            synced = true;
        else if (status == PGRES_FATAL_ERROR && !error)
            error = failure(result.get(), sql);
        else if (status == PGRES_COMMAND_OK && PQnfields(result.get()) > 0)
            statement.columns = columnsOf(result.get());
    }
    PQexitPipelineMode(connection_);
    if (error) {
        end();
        throw *std::move(error);
    }
}

void Session::giveBack(Prepared statement) noexcept
{
    if (!statement.isKept)
        return release(std::move(statement));
    cache_.push_front(std::move(statement));
    if (cache_.size() > cacheSize_) {
        released_.push_back(std::move(cache_.back().name));
        cache_.pop_back();
    }
}

void Session::release(Prepared statement) noexcept
{
    if (!statement.name.empty())
        released_.push_back(std::move(statement.name));
}

void Session::forget() noexcept
{
    for (Prepared &statement : cache_)
        released_.push_back(std::move(statement.name));
    cache_.clear();
    relations_.clear();
    types_.clear();
    ++namesGeneration_;
}

void Session::noteRun(std::string_view sql) noexcept
{
    static const std::set<std::string, std::less<>> harmless{
        "begin", "start", "commit",  "end",    "rollback", "savepoint", "release", "show",   "explain",
        "fetch", "move",  "declare", "select", "values",   "insert",    "update",  "delete", "with"};
    if (const std::size_t semicolon = sql.find(';');
        harmless.contains(firstWord(sql)) && (semicolon == std::string_view::npos || semicolon + 1 == sql.size()))
        return;
    const std::string text = folded(sql);
    forget();
    if (text.find("discard") != std::string::npos || text.find("deallocate") != std::string::npos)
        released_.clear(); // they are gone already, and there is no IF EXISTS
    // DISCARD and RESET ALL undo what configure() set.
    if (!reader_ && (text.find("discard") != std::string::npos || text.find("reset") != std::string::npos)) {
        ResultPtr(PQexec(connection_, "SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; "
                                      "SET bytea_output = 'hex'; SET extra_float_digits = 3"));
    }
}

void Session::releaseStatements()
{
    std::string sql;
    for (const std::string &name : released_)
        sql += "DEALLOCATE " + name + ";";
    released_.clear();
    ResultPtr(PQexec(connection_, sql.c_str())); // one that is gone already is no trouble
}

std::vector<Prepared::RawColumn> Session::columnsOf(const PGresult *result)
{
    std::vector<Prepared::RawColumn> columns(static_cast<std::size_t>(PQnfields(result)));
    for (int i = 0; i < PQnfields(result); ++i)
        columns[static_cast<std::size_t>(i)] = {PQfname(result, i), PQftype(result, i), PQftable(result, i),
                                                PQfmod(result, i), PQftablecol(result, i)};
    return columns;
}

std::shared_ptr<const std::vector<ColumnHead>> Session::heads(const std::vector<Prepared::RawColumn> &columns,
                                                              bool mayAsk)
{
    if (mayAsk)
        askForNames(columns);
    auto made = std::make_shared<std::vector<ColumnHead>>();
    for (const Prepared::RawColumn &column : columns) {
        ColumnHead &head = made->emplace_back();
        head.name = column.name;
        head.typeName = builtinTypeName(column.type, column.modifier);
        head.decoder = formOf(column.type).decoder;
        if (const auto type = types_.find({column.type, column.modifier});
            head.typeName.empty() && type != types_.end())
            head.typeName = type->second;
        const auto relation = relations_.find(column.relation);
        if (relation == relations_.end())
            continue;
        if (const auto named = relation->second.columns.find(column.attribute);
            named != relation->second.columns.end()) {
            head.schema = relation->second.schema;
            head.table = relation->second.name;
            head.column = named->second;
        }
    }
    return made;
}

void Session::askForNames(const std::vector<Prepared::RawColumn> &columns)
{
    std::set<Oid> relations;
    std::set<std::pair<Oid, int>> types;
    for (const Prepared::RawColumn &column : columns) {
        if (column.relation >= firstOwnOid && !relations_.contains(column.relation))
            relations.insert(column.relation);
        const std::pair<Oid, int> type{column.type, column.modifier};
        if (!types_.contains(type) && builtinTypeName(column.type, column.modifier).empty())
            types.insert(type);
    }
    std::string sql;
    if (!relations.empty()) {
        sql = "SELECT c.oid, n.nspname, c.relname, a.attnum, a.attname FROM pg_catalog.pg_class c "
              "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
              "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 WHERE c.oid IN (";
        for (const Oid each : relations)
            sql += (sql.back() == '(' ? "" : ",") + std::to_string(each);
        sql += ");";
    }
    if (!types.empty()) {
        sql += "SELECT o, m, pg_catalog.format_type(o::oid, m) FROM (VALUES ";
        for (const auto &[oid, modifier] : types)
            sql += fmt::format("{}({}::bigint, {})", sql.back() == ' ' ? "" : ",", oid, modifier);
        sql += ") AS wanted(o, m)";
    }
    if (sql.empty())
        return;
    mustSend(PQsendQuery(connection_, sql.c_str()), sql);
    std::optional<Error> error;
    while (const ResultPtr result = next()) {
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
            error = failure(result.get(), sql);
            continue;
        }
        const auto number = [&](int row, int column) {
            return std::strtoll(PQgetvalue(result.get(), row, column), nullptr, 10);
        };
        for (int row = 0; row < PQntuples(result.get()); ++row)
            if (PQnfields(result.get()) == 3)
                types_[{static_cast<Oid>(number(row, 0)), static_cast<int>(number(row, 1))}] =
                    PQgetvalue(result.get(), row, 2);
            else {
                Relation &relation = relations_[static_cast<Oid>(number(row, 0))];
                relation.schema = PQgetvalue(result.get(), row, 1);
                relation.name = PQgetvalue(result.get(), row, 2);
                relation.columns[static_cast<int>(number(row, 3))] = PQgetvalue(result.get(), row, 4);
            }
    }
    if (error && (lost_ || statusBefore_ == PQTRANS_INTRANS)) { // elsewhere a missing name is no reason to fail
        end();
        throw *std::move(error);
    }
    // What the catalog does not know is not asked for again at once.
    for (const Oid each : relations)
        relations_.try_emplace(each);
    for (const auto &each : types)
        types_.try_emplace(each);
}

bool Session::isUsable() const noexcept
{
    if (lost_ || PQstatus(connection_) != CONNECTION_OK)
        return false;
    if (reader_)
        return true;
    // A server that went away while we were idle has left its farewell in the socket.
    for (int attempt = 0; attempt < 3; ++attempt) {
        pollfd waiting{PQsocket(connection_), POLLIN, 0};
        if (poll(&waiting, 1, 0) <= 0)
            return true;
        if (!PQconsumeInput(connection_))
            return false;
        PQisBusy(connection_); // takes notices out of the buffer
    }
    return PQstatus(connection_) == CONNECTION_OK;
}

PGTransactionStatusType Session::transactionStatus() const noexcept
{
    return reader_ ? statusBefore_ : PQtransactionStatus(connection_);
}

std::string Session::serverVersion() const
{
    const char *reported = PQparameterStatus(connection_, "server_version");
    const std::string text = reported ? reported : "";
    return text.substr(0, text.find(' ')); // "15.4 (Debian 15.4-1)"
}

} // namespace schemawright::postgres
