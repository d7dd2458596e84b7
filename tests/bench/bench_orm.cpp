// Mapped objects: 100,000 new, 10,000 changed, 100,000 loaded, against the C library that does the same with the same
// struct.

#include "bench/bench.h"

#include "schemawright/backends/qtsql/mysql_driver.h"
#include "schemawright/engine/create_all.h"
#include "schemawright/engine/engine.h"
#include "schemawright/orm/object_session.h"
#include "schemawright/schema/table_builder.h"

#include <cstdlib>
#include <memory>

#include <QTemporaryDir>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <mysql.h>
#include <sqlite3.h>

namespace schemawright::bench {

namespace {

struct Person
{
    std::int64_t id = 0;
    std::string name;
    std::int64_t age = 0;
    double balance = 0;
    std::optional<std::string> note;
};

/// On SQLite without AUTOINCREMENT, which would cost either side a second table.
MetaData people(bool isCounted = false)
{
    MetaData metadata;
    metadata.add(TableBuilder("sw_bench_person")
                     .column("id", types::bigInteger())
                     .primaryKey()
                     .counted(isCounted)
                     .column("name", types::text())
                     .notNull()
                     .column("age", types::bigInteger())
                     .notNull()
                     .column("balance", types::doublePrecision())
                     .notNull()
                     .column("note", types::text()));
    return metadata;
}

std::shared_ptr<Mappings> mapped(bool isCounted = false)
{
    auto mappings = std::make_shared<Mappings>(people(isCounted));
    mappings->map<Person>("sw_bench_person")
        .key("id", &Person::id)
        .field("name", &Person::name)
        .field("age", &Person::age)
        .field("balance", &Person::balance)
        .field("note", &Person::note);
    return mappings;
}

Person person(int i)
{
    Person made;
    made.name = "person number " + std::to_string(i);
    made.age = i % 90;
    made.balance = i * 0.25;
    if (i % 3)
        made.note = "a note of middling length for " + std::to_string(i);
    return made;
}

using People = std::vector<std::shared_ptr<Person>>;

People newPeople(int count)
{
    People made;
    for (int i = 0; i < count; ++i)
        made.push_back(std::make_shared<Person>(person(i)));
    return made;
}

void addAll(Connection &connection, Mappings &mappings, const People &all)
{
    ObjectSession session(connection, mappings);
    for (const auto &each : all)
        session.add(each);
    session.commit();
}

constexpr const char *createRaw =
    "DROP TABLE IF EXISTS raw; CREATE TABLE raw (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, "
    "age BIGINT NOT NULL, balance DOUBLE NOT NULL, note TEXT)";
constexpr const char *insertRaw = "INSERT INTO raw (name, age, balance, note) VALUES (?, ?, ?, ?)";

void bindPerson(sqlite3_stmt *statement, const Person &each)
{
    sqlite3_bind_text(statement, 1, each.name.data(), static_cast<int>(each.name.size()), SQLITE_STATIC);
    sqlite3_bind_int64(statement, 2, each.age);
    sqlite3_bind_double(statement, 3, each.balance);
    if (each.note)
        sqlite3_bind_text(statement, 4, each.note->data(), static_cast<int>(each.note->size()), SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, 4);
}

/// Both sides on files of their own.
struct Sqlite
{
    QTemporaryDir folder;
    std::shared_ptr<Mappings> mappings = mapped();
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Connection> connection;
    std::unique_ptr<ObjectSession> kept; ///< ends before its connection goes
    sqlite3 *raw = nullptr;

    Sqlite()
    {
        Url url = Url::parse("sqlite:///" + folder.filePath(QStringLiteral("ours.db")).toStdString());
        url.arguments.options["create"] = "true";
        engine = std::make_unique<Engine>(Engine::open(url));
        connection = std::make_unique<Connection>(engine->connect());
        sqlite3_open(folder.filePath(QStringLiteral("raw.db")).toUtf8().constData(), &raw);
        for (const char *pragma : {"PRAGMA journal_mode = MEMORY", "PRAGMA synchronous = OFF"}) {
            connection->execute(pragma).all();
            sqlite3_exec(raw, pragma, nullptr, nullptr, nullptr);
        }
    }
    ~Sqlite() { sqlite3_close(raw); }

    void empty()
    {
        dropAll(*connection, people());
        createAll(*connection, people());
        sqlite3_exec(raw, createRaw, nullptr, nullptr, nullptr);
    }
    void fillRaw(const People &all)
    {
        sqlite3_exec(raw, "BEGIN", nullptr, nullptr, nullptr);
        sqlite3_stmt *statement = nullptr;
        sqlite3_prepare_v2(raw, insertRaw, -1, &statement, nullptr);
        for (const auto &each : all) {
            bindPerson(statement, *each);
            sqlite3_step(statement);
            sqlite3_reset(statement);
        }
        sqlite3_finalize(statement);
        sqlite3_exec(raw, "COMMIT", nullptr, nullptr, nullptr);
    }
    void fillOurs(const People &all) { addAll(*connection, *mappings, all); }
};

Benchmark insertSqlite(const Size &size)
{
    const int count = size.rows(100'000);
    const auto both = std::make_shared<Sqlite>();
    const auto objects = std::make_shared<People>();
    Benchmark benchmark;
    benchmark.note = "the same objects inserted by one sqlite3 prepared statement in a transaction";
    benchmark.before = [=] {
        both->empty();
        *objects = newPeople(count);
    };
    benchmark.ours = [=] { both->fillOurs(*objects); };
    benchmark.limit = [=] { both->fillRaw(*objects); };
    return benchmark;
}

Benchmark updateSqlite(const Size &size)
{
    const int count = size.rows(10'000);
    const auto both = std::make_shared<Sqlite>();
    both->empty();
    both->fillRaw(newPeople(count));
    both->fillOurs(newPeople(count));
    both->kept = std::make_unique<ObjectSession>(*both->connection, *both->mappings);
    const auto objects = std::make_shared<People>(both->kept->select<Person>().all());
    Benchmark benchmark;
    benchmark.note = "one sqlite3 prepared UPDATE by key for each in a transaction";
    benchmark.repeat = 10; // one takes too short a time to be told from the next
    benchmark.ours = [=] {
        for (const auto &each : *objects)
            each->balance += 1;
        both->kept->commit();
    };
    benchmark.limit = [=] {
        sqlite3_exec(both->raw, "BEGIN", nullptr, nullptr, nullptr);
        sqlite3_stmt *statement = nullptr;
        sqlite3_prepare_v2(both->raw, "UPDATE raw SET balance = ? WHERE id = ?", -1, &statement, nullptr);
        for (const auto &each : *objects) {
            sqlite3_bind_double(statement, 1, each->balance + 1);
            sqlite3_bind_int64(statement, 2, each->id);
            sqlite3_step(statement);
            sqlite3_reset(statement);
        }
        sqlite3_finalize(statement);
        sqlite3_exec(both->raw, "COMMIT", nullptr, nullptr, nullptr);
    };
    return benchmark;
}

Benchmark loadSqlite(const Size &size)
{
    const int count = size.rows(100'000);
    const auto both = std::make_shared<Sqlite>();
    both->empty();
    both->fillRaw(newPeople(count));
    both->fillOurs(newPeople(count));
    Benchmark benchmark;
    benchmark.note = "the raw loop that fills the same structs, each of its own";
    benchmark.ours = [=] {
        ObjectSession session(*both->connection, *both->mappings);
        if (session.select<Person>().all().size() != static_cast<std::size_t>(count))
            throw Error(ErrorKind::Internal, "loaded otherwise");
    };
    benchmark.limit = [=] {
        People objects;
        sqlite3_stmt *statement = nullptr;
        sqlite3_prepare_v2(both->raw, "SELECT id, name, age, balance, note FROM raw", -1, &statement, nullptr);
        const auto text = [&](int column) {
            return std::string(reinterpret_cast<const char *>(sqlite3_column_text(statement, column)),
                               static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
        };
        while (sqlite3_step(statement) == SQLITE_ROW) {
            auto each = std::make_shared<Person>();
            each->id = sqlite3_column_int64(statement, 0);
            each->name = text(1);
            each->age = sqlite3_column_int64(statement, 2);
            each->balance = sqlite3_column_double(statement, 3);
            if (sqlite3_column_type(statement, 4) != SQLITE_NULL)
                each->note = text(4);
            objects.push_back(std::move(each));
        }
        sqlite3_finalize(statement);
    };
    return benchmark;
}

/// The server of PGHOST. Throws Skip without one.
Url serverUrl()
{
    const char *host = std::getenv("PGHOST");
    if (!host || !*host)
        throw Skip{"no PostgreSQL server (PGHOST)"};
    Url url;
    url.scheme = "postgresql";
    url.arguments.host = host;
    url.arguments.port = std::getenv("PGPORT") ? std::atoi(std::getenv("PGPORT")) : 0;
    url.arguments.user = std::getenv("PGUSER") ? std::getenv("PGUSER") : "";
    url.arguments.database = "postgres";
    return url;
}

Benchmark insertPostgres(const Size &size)
{
    const int count = size.rows(100'000);
    const auto engine = std::make_shared<Engine>(Engine::open(serverUrl()));
    const auto connection = std::make_shared<Connection>(engine->connect());
    const auto mappings = mapped(true);
    const auto objects = std::make_shared<People>();
    PGconn *raw = PQconnectdb("dbname=postgres");
    Benchmark benchmark;
    benchmark.note =
        "the same objects inserted by a libpq prepared statement of 1000 rows each, with RETURNING, in a transaction";
    benchmark.before = [=] {
        dropAll(*connection, people(true));
        createAll(*connection, people(true));
        PQclear(PQexec(
            raw, "DROP TABLE IF EXISTS sw_bench_raw; CREATE TABLE sw_bench_raw (id bigint GENERATED BY DEFAULT "
                 "AS IDENTITY PRIMARY KEY, name text NOT NULL, age bigint NOT NULL, balance float8 NOT NULL, note "
                 "text)"));
        *objects = newPeople(count);
    };
    benchmark.ours = [=] { addAll(*connection, *mappings, *objects); };
    benchmark.limit = [=] {
        PQclear(PQexec(raw, "BEGIN"));
        PQclear(PQexec(raw, "DEALLOCATE ALL"));
        const int atOnce = std::min(count, 1000);
        std::string sql = "INSERT INTO sw_bench_raw (name, age, balance, note) VALUES ";
        for (int i = 0; i < atOnce; ++i)
            sql += fmt::format("{}(${}, ${}, ${}, ${})", i ? ", " : "", 4 * i + 1, 4 * i + 2, 4 * i + 3, 4 * i + 4);
        PQclear(PQprepare(raw, "i", (sql + " RETURNING id").c_str(), 0, nullptr));
        for (int start = 0; start + atOnce <= count; start += atOnce) {
            std::vector<std::string> texts;
            texts.reserve(static_cast<std::size_t>(3 * atOnce));
            std::vector<const char *> values;
            for (int i = start; i < start + atOnce; ++i) {
                const Person &each = *(*objects)[static_cast<std::size_t>(i)];
                texts.push_back(std::to_string(each.age));
                texts.push_back(fmt::format("{}", each.balance));
                values.insert(values.end(), {each.name.c_str(), texts[texts.size() - 2].c_str(), texts.back().c_str(),
                                             each.note ? each.note->c_str() : nullptr});
            }
            PGresult *result =
                PQexecPrepared(raw, "i", static_cast<int>(values.size()), values.data(), nullptr, nullptr, 0);
            for (int i = 0; i < PQntuples(result); ++i)
                (*objects)[static_cast<std::size_t>(start + i)]->id = std::atoll(PQgetvalue(result, i, 0));
            PQclear(result);
        }
        PQclear(PQexec(raw, "COMMIT"));
    };
    benchmark.tearDown = [=] {
        dropAll(*connection, people(true));
        PQclear(PQexec(raw, "DROP TABLE IF EXISTS sw_bench_raw"));
        PQfinish(raw);
    };
    return benchmark;
}

/// The server of MYSQL_SOCKET. Throws Skip without one.
Url mariadbUrl()
{
    const auto given = [](const char *name) {
        const char *value = std::getenv(name);
        return std::string(value ? value : "");
    };
    Url url;
    url.scheme = "mysql";
    url.arguments.host = given("MYSQL_SOCKET");
    if (url.arguments.host.empty())
        throw Skip{"no MariaDB server (MYSQL_SOCKET)"};
    url.arguments.user = given("MYSQL_USER");
    url.arguments.password = given("MYSQL_PWD");
    return url;
}

/// Both sides in a database of their own.
struct Mariadb
{
    static constexpr const char *name = "sw_bench_orm";
    Url url = mariadbUrl();
    std::unique_ptr<Engine> engine;
    std::unique_ptr<Connection> connection;
    MYSQL *raw = mysql_init(nullptr);

    Mariadb()
    {
        addQtSqlBackends();
        Engine::open(url).connect().executeScript(
            fmt::format("DROP DATABASE IF EXISTS {0}; CREATE DATABASE {0} CHARACTER SET utf8mb4", name));
        url.arguments.database = name;
        engine = std::make_unique<Engine>(Engine::open(url));
        connection = std::make_unique<Connection>(engine->connect());
        const ConnectArguments &to = url.arguments;
        if (!mysql_real_connect(raw, nullptr, to.user.c_str(), to.password.c_str(), name, 0, to.host.c_str(), 0))
            throw Skip{mysql_error(raw)};
        run("SET NAMES utf8mb4");
    }
    ~Mariadb()
    {
        mysql_query(raw, fmt::format("DROP DATABASE {}", name).c_str());
        mysql_close(raw);
    }

    void run(const std::string &sql)
    {
        if (mysql_query(raw, sql.c_str()) != 0)
            throw Error(ErrorKind::Internal, mysql_error(raw)).withSql(sql);
    }
    void empty()
    {
        dropAll(*connection, people(true));
        createAll(*connection, people(true));
        run("CREATE OR REPLACE TABLE raw LIKE sw_bench_person");
    }
    /// By a prepared statement of 1000 rows, whose keys come back.
    void fillRaw(const People &all)
    {
        run("START TRANSACTION");
        const std::size_t atOnce = std::min<std::size_t>(all.size(), 1000);
        std::string sql = "INSERT INTO raw (name, age, balance, note) VALUES ";
        for (std::size_t i = 0; i < atOnce; ++i)
            sql += i ? ", (?, ?, ?, ?)" : "(?, ?, ?, ?)";
        sql += " RETURNING id";
        MYSQL_STMT *statement = mysql_stmt_init(raw);
        mysql_stmt_prepare(statement, sql.data(), sql.size());
        std::int64_t id = 0;
        MYSQL_BIND returned{};
        returned.buffer_type = MYSQL_TYPE_LONGLONG;
        returned.buffer = &id;
        for (std::size_t start = 0; start + atOnce <= all.size(); start += atOnce) {
            std::vector<MYSQL_BIND> binds(4 * atOnce, MYSQL_BIND{});
            std::vector<unsigned long> lengths(2 * atOnce);
            for (std::size_t i = 0; i < atOnce; ++i) {
                Person &each = *all[start + i];
                const auto text = [&](std::size_t at, std::size_t length, std::string &held) {
                    lengths[length] = held.size();
                    binds[at].buffer_type = MYSQL_TYPE_STRING;
                    binds[at].buffer = held.data();
                    binds[at].length = &lengths[length];
                };
                text(4 * i, 2 * i, each.name);
                binds[4 * i + 1].buffer_type = MYSQL_TYPE_LONGLONG;
                binds[4 * i + 1].buffer = &each.age;
                binds[4 * i + 2].buffer_type = MYSQL_TYPE_DOUBLE;
                binds[4 * i + 2].buffer = &each.balance;
                if (each.note)
                    text(4 * i + 3, 2 * i + 1, *each.note);
                else
                    binds[4 * i + 3].buffer_type = MYSQL_TYPE_NULL;
            }
            mysql_stmt_bind_param(statement, binds.data());
            if (mysql_stmt_execute(statement) != 0)
                throw Error(ErrorKind::Internal, mysql_stmt_error(statement));
            mysql_stmt_bind_result(statement, &returned);
            for (std::size_t i = start; mysql_stmt_fetch(statement) == 0; ++i)
                all[i]->id = id;
            mysql_stmt_free_result(statement);
        }
        mysql_stmt_close(statement);
        run("COMMIT");
    }
};

Benchmark insertMariadb(const Size &size)
{
    const int count = size.rows(100'000);
    const auto both = std::make_shared<Mariadb>();
    const auto mappings = mapped(true);
    const auto objects = std::make_shared<People>();
    Benchmark benchmark;
    benchmark.note = "the same objects inserted by a prepared statement of MariaDB's client library of 1000 rows each, "
                     "with RETURNING, in a transaction";
    benchmark.before = [=] {
        both->empty();
        *objects = newPeople(count);
    };
    benchmark.ours = [=] { addAll(*both->connection, *mappings, *objects); };
    benchmark.limit = [=] { both->fillRaw(*objects); };
    return benchmark;
}

Benchmark updatePostgres(const Size &size)
{
    const int count = size.rows(10'000);
    const auto engine = std::make_shared<Engine>(Engine::open(serverUrl()));
    const auto connection = std::make_shared<Connection>(engine->connect());
    const auto mappings = mapped(true);
    dropAll(*connection, people(true));
    createAll(*connection, people(true));
    const auto session = std::make_shared<ObjectSession>(*connection, *mappings);
    const auto objects = std::make_shared<People>(newPeople(count));
    for (const auto &each : *objects)
        session->add(each);
    session->commit();
    PGconn *raw = PQconnectdb("dbname=postgres");
    PQclear(PQprepare(raw, "u", "UPDATE sw_bench_person SET balance = $1 WHERE id = $2", 0, nullptr));
    Benchmark benchmark;
    benchmark.note = "one libpq prepared UPDATE by key for each in a transaction, of the same rows";
    benchmark.ours = [=, keep = std::pair(engine, mappings)] { // the session borrows them
        for (const auto &each : *objects)
            each->balance += 1;
        session->commit();
    };
    benchmark.limit = [=] {
        PQclear(PQexec(raw, "BEGIN"));
        for (const auto &each : *objects) {
            const std::string balance = fmt::format("{}", each->balance), id = std::to_string(each->id);
            const char *const values[] = {balance.c_str(), id.c_str()};
            PQclear(PQexecPrepared(raw, "u", 2, values, nullptr, nullptr, 0));
        }
        PQclear(PQexec(raw, "COMMIT"));
    };
    benchmark.tearDown = [=] {
        PQfinish(raw);
        session->rollback();
        dropAll(*connection, people(true));
    };
    return benchmark;
}

} // namespace

std::vector<Entry> ormBenchmarks()
{
    return {{"insert_session_sqlite", insertSqlite},       {"insert_session_postgresql", insertPostgres},
            {"insert_session_mariadb", insertMariadb},     {"update_session_sqlite", updateSqlite},
            {"update_session_postgresql", updatePostgres}, {"load_session_sqlite", loadSqlite}};
}

} // namespace schemawright::bench
