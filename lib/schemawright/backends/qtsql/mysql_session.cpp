#include "schemawright/backends/qtsql/mysql_session.h"

#include "schemawright/backends/qtsql/mysql_errors.h"
#include "schemawright/base/blocking.h"

#include <QSqlDriver>
#include <QSqlError>
#include <QVariant>

namespace schemawright::mysql {

namespace {

QString qt(const std::string &text) { return QString::fromStdString(text); }

QString optionsOf(const ConnectArguments &arguments)
{
    // Rows are counted that a condition matches, not only those that an UPDATE made others of.
    QStringList options{QStringLiteral("CLIENT_FOUND_ROWS=1")};
    if (arguments.host.starts_with('/'))
        options += QStringLiteral("UNIX_SOCKET=") + qt(arguments.host);
    std::string timeout = "10";
    for (const auto &[name, value] : arguments.options)
        if (name == "connect_timeout")
            timeout = value;
        else if (name == "sslmode") {
            if (value == "require")
                options += QStringLiteral("CLIENT_SSL=1");
            else if (value != "disable")
                throw Error(ErrorKind::Unsupported, "sslmode=" + value + " is not possible with this driver")
                    .withHint("It knows sslmode=require and sslmode=disable; sslrootcert names the certificate of the "
                              "authority.");
        } else if (name == "sslrootcert")
            options += QStringLiteral("SSL_CA=") + qt(value);
        else if (name == "sslcert")
            options += QStringLiteral("SSL_CERT=") + qt(value);
        else if (name == "sslkey")
            options += QStringLiteral("SSL_KEY=") + qt(value);
        else if (name != "time_zone")
            throw Error(ErrorKind::Misuse, "no connect option of MySQL is called '" + name + "'");
    options += QStringLiteral("MYSQL_OPT_CONNECT_TIMEOUT=") + qt(timeout);
    return options.join(QLatin1Char(';'));
}

/// A name that no other connection of this program has.
QString nextName()
{
    static std::atomic<std::uint64_t> last = 0;
    return QStringLiteral("schemawright %1").arg(++last);
}

void close(QSqlDatabase &database)
{
    const QString name = database.connectionName();
    database.close();
    database = {};
    QSqlDatabase::removeDatabase(name);
}

QSqlDatabase open(const ConnectArguments &arguments)
{
    if (!QSqlDatabase::isDriverAvailable(QStringLiteral("QMYSQL")))
        throw Error(ErrorKind::Unsupported, "Qt's driver for MySQL and MariaDB is not installed")
            .withHint("It is in Debian's package libqt6sql6-mysql.");
    QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QMYSQL"), nextName());
    try {
        database.setConnectOptions(optionsOf(arguments));
    } catch (...) {
        close(database);
        throw;
    }
    if (!arguments.host.starts_with('/'))
        database.setHostName(qt(arguments.host));
    if (arguments.port)
        database.setPort(arguments.port);
    database.setUserName(qt(arguments.user));
    database.setPassword(qt(arguments.password));
    database.setDatabaseName(qt(arguments.database));
    if (database.open())
        return database;
    const QSqlError said = database.lastError();
    close(database);
    Error error = makeError(said.nativeErrorCode().toUInt(), {}, said.databaseText().toStdString(), {});
    error.context = "connecting to " + (arguments.database.empty() ? "MySQL" : arguments.database) +
                    (arguments.host.empty() ? "" : " on " + arguments.host);
    throw error;
}

MYSQL *handleOf(const QSqlDatabase &database)
{
    const QVariant handle = database.driver()->handle();
    return handle.isValid() ? *static_cast<MYSQL *const *>(handle.constData()) : nullptr;
}

} // namespace

void MysqlCancelState::kill() noexcept
{
    try {
        QSqlDatabase database = open(arguments);
        const std::string sql = "KILL QUERY " + std::to_string(connection);
        mysql_real_query(handleOf(database), sql.data(), sql.size());
        close(database);
    } catch (...) { // the server takes no further connection: the statement goes on
    }
}

Session::Session(const ConnectArguments &arguments)
{
    assertMayBlock();
    database_ = open(arguments);
    raw_ = handleOf(database_);
    cancel_->arguments = arguments;
    cancel_->connection = mysql_thread_id(raw_);
    try {
        const unsigned noFiles = 0; // a server could ask for any file of ours
        mysql_optionsv(raw_, MYSQL_OPT_LOCAL_INFILE, &noFiles);
        if (const auto mode = arguments.options.find("sslmode");
            mode != arguments.options.end() && mode->second == "require" && !mysql_get_ssl_cipher(raw_))
            throw Error(ErrorKind::Connect, "the server does not encrypt the connection");
        // What does not fit is an error, not a value cut to size; and a key that is given as 0 is 0.
        std::string settings = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO')";
        if (const auto zone = arguments.options.find("time_zone"); zone != arguments.options.end()) {
            std::string quoted(2 * zone->second.size() + 1, '\0');
            quoted.resize(mysql_real_escape_string(raw_, quoted.data(), zone->second.data(), zone->second.size()));
            settings += "; SET SESSION time_zone = '" + quoted + "'";
        }
        if (isReadOnly())
            settings += "; SET SESSION TRANSACTION READ ONLY";
        runScript(settings);
    } catch (...) {
        close(database_);
        throw;
    }
}

Session::~Session()
{
    {
        const std::scoped_lock lock(cancel_->firing); // a cancel on its way must not hit whoever gets our number next
        cancel_->running = 0;
    }
    lastMany_.second.reset();
    close(database_);
}

void Session::begin()
{
    assertMayBlock();
    reader_.takeAll();
    if (lost_)
        throw Error(ErrorKind::Connect, "the connection to the server is lost");
    cancel_->running = ++number_;
}

void Session::end() noexcept
{
    cancel_->running = 0;
    if (cancel_->cancelled != number_)
        return;
    const std::scoped_lock lock(cancel_->firing);
    cancel_->cancelled = 0;
    // One that came late must not hit the next statement.
    if (!lost_ && mysql_real_query(raw_, "DO 0", 4) == 0)
        mysql_free_result(mysql_store_result(raw_));
}

Error Session::failure(std::string_view sql, MYSQL_STMT *statement)
{
    if (statement && mysql_stmt_errno(statement) == 0) // while it fetches, the connection has it
        statement = nullptr;
    const unsigned code = statement ? mysql_stmt_errno(statement) : mysql_errno(raw_);
    const std::string state = statement ? mysql_stmt_sqlstate(statement) : mysql_sqlstate(raw_);
    std::string message = statement ? mysql_stmt_error(statement) : mysql_error(raw_);
    if (endsConnection(code))
        lost_ = true;
    // These may have rolled back the whole transaction, which only an answer without an error tells.
    if ((code == 1205 || code == 1213) && !lost_)
        mysql_real_query(raw_, "DO 0", 4);
    return makeError(code, state, message, sql);
}

void Session::runScript(std::string_view sql)
{
    begin();
    if (mysql_real_query(raw_, sql.data(), sql.size()) != 0) {
        Error error = failure(sql);
        end();
        throw error;
    }
    try {
        drain(sql);
    } catch (...) {
        end();
        throw;
    }
    end();
}

void Session::drain(std::string_view sql)
{
    for (int next = 0; next >= 0; next = mysql_next_result(raw_)) {
        if (next > 0)
            throw failure(sql);
        if (MYSQL_RES *result = mysql_use_result(raw_)) {
            while (mysql_fetch_row(result)) {
            }
            mysql_free_result(result);
        }
        if (mysql_errno(raw_))
            throw failure(sql);
    }
}

std::string Session::serverVersion() const
{
    const std::string version = mysql_get_server_info(raw_);
    // What MariaDB 10 says to old clients first.
    return version.starts_with("5.5.5-") ? version.substr(6) : version;
}

} // namespace schemawright::mysql
