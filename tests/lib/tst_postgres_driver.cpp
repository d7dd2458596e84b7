// The PostgreSQL driver against a real server: values over all their extremes, errors, cancelling, streaming, loss.

#include "support/postgres_database.h"

#include <QTest>

#include <chrono>
#include <cmath>
#include <limits>
#include <thread>

using namespace schemawright;
using test::PostgresDatabase;

class tst_PostgresDriver : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<PostgresDatabase> database_;
    std::unique_ptr<DriverConnection> connection_;

    std::vector<Value> column(std::string_view sql, std::vector<Value> parameters = {})
    {
        const auto cursor = connection_->execute(sql, parameters);
        std::vector<Value> values;
        RowBatch batch;
        while (cursor->fetch(batch, 100))
            for (std::size_t row = 0; row < batch.rowCount(); ++row)
                values.push_back(batch.value(row, 0));
        return values;
    }
    Value scalar(std::string_view sql, std::vector<Value> parameters = {})
    {
        const auto values = column(sql, std::move(parameters));
        return values.size() == 1 ? values.front() : Value("not one row");
    }
    template <class Work> static Error errorOf(Work work)
    {
        try {
            work();
        } catch (const Error &error) {
            return error;
        }
        return Error(ErrorKind::Internal, "no error was thrown");
    }
    Error failureOf(std::string_view sql, std::vector<Value> parameters = {})
    {
        return errorOf([&] { column(sql, parameters); });
    }

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { connection_.reset(); }
    void cleanupTestCase() { database_.reset(); }

    void keepsValues_data();
    void keepsValues();
    void matchesWhatItRead_data() { keepsValues_data(); }
    void matchesWhatItRead();
    void keepsBytes();
    void refusesNul();
    void refusesInvalidUtf8();
    void classifiesErrors_data();
    void classifiesErrors();
    void countsPositionsInCharacters();
    void namesNotNullColumns();
    void tellsWhyItCannotConnect();
    void neverSpeaksThePassword();
    void cancels();
    void tellsTimeoutFromCancel();
    void noticesATerminatedConnection();
    void noticesATerminationBetweenStatements();
    void streams();
    void runsAnotherStatementWhileRowsAreLeft();
    void abandonsALongQuery();
    void keepsATransactionWhenRowsAreLeft();
    void describesColumns();
    void worksAfterOthersChangeATable();
    void worksAfterDiscard();
    void runsManyRowsOrNone();
    void staysReadOnly_data();
    void staysReadOnly();
    void refusesCopyToClient();
};

void tst_PostgresDriver::initTestCase()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL server: neither SCHEMAWRIGHT_TEST_PG_URL nor PGHOST is set");
    database_ = std::make_unique<PostgresDatabase>("driver");
}

void tst_PostgresDriver::init()
{
    connection_ = database_->connect();
    connection_->executeScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
}

void tst_PostgresDriver::keepsValues_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("text"); // as the server prints it
    QTest::addColumn<QString>("kind");
    const auto row = [](const char *type, const char *text, const char *kind) {
        QTest::addRow("%s %.60s", type, text) << type << text << kind;
    };
    const char *const integer = Value(1).kindName(), *const number = Value(1.0).kindName();
    const char *const decimal = Value(Decimal()).kindName(), *const text = Value("").kindName();
    const char *const date = Value(Date{}).kindName(), *const time = Value(Time{}).kindName();
    const char *const moment = Value(DateTime{}).kindName();
    row("bigint", "1254071346418286654", integer);
    row("bigint", "9223372036854775807", integer);
    row("bigint", "-9223372036854775808", integer);
    row("smallint", "-32768", integer);
    row("boolean", "true", Value(true).kindName());
    row("boolean", "false", Value(true).kindName());
    row("numeric", "8.30", decimal);
    row("numeric", "NaN", decimal);
    row("numeric", "Infinity", decimal);
    row("numeric", "123456789012345678901234567890.123456789", decimal);
    row("numeric(3,-2)", "12300", decimal);
    row("double precision", "0.1", number);
    row("double precision", "1e-320", number);
    row("double precision", "-0.0", number);
    row("double precision", "Infinity", number);
    row("double precision", "NaN", number);
    row("double precision", "1.7976931348623157e+308", number);
    row("double precision", "5e-324", number);
    row("real", "0.1", number);
    row("real", "1e-45", number);
    row("date", "0044-03-15 BC", date);
    row("date", "infinity", date);
    row("date", "5874897-12-31", date);
    row("date", "4713-01-01 BC", date);
    row("time", "24:00:00", time);
    row("time", "00:00:00.000001", time);
    row("time with time zone", "13:45:00.25+05:30", time);
    row("time with time zone", "13:45:00+15:59:59", time);
    row("timestamp", "294276-12-31 23:59:59.999999", text); // beyond 64 bits of microseconds since 1970
    row("timestamp", "294246-12-31 23:59:59.999999", moment);
    row("timestamp", "-infinity", moment);
    row("timestamp", "4713-01-01 00:00:00 BC", moment);
    row("timestamp with time zone", "2024-03-31 02:30:00.123456+00", moment);
    row("timestamp with time zone", "0001-12-31 23:00:00+00 BC", moment);
    row("interval", "1 year 2 mons -3 days +04:05:06.7", text);
    row("text", "a \\ 'b' \"c\" \xc3\xa9 \xf0\x9f\x90\x98 $1 ? :x", text);
    row("text", "NULL", text);
    row("text", "", text);
    row("text[]", "{NULL,\"NULL\",\"a,b\",\"c\\\"d\",\"\"}", text);
    row("integer[]", "{{1,NULL},{3,4}}", text);
    row("integer[]", "[0:1]={1,2}", text);
    row("integer[]", "{}", text);
    row("json", "{\"a\" : 1 ,\"a\": 2}", text);
    row("jsonb", "{\"b\": null}", text);
    row("uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", text);
    row("inet", "::1/64", text);
    row("money", "-$92,233,720,368,547,758.08", text);
    row("bit varying", "10101", text);
    row("int4range", "[1,10)", text);
    row("xml", "<a b=\"1\"/>", text);
}

void tst_PostgresDriver::keepsValues()
{
    QFETCH(QString, type);
    QFETCH(QString, text);
    QFETCH(QString, kind);
    connection_->executeScript("SET TimeZone = 'UTC'; CREATE TABLE t (id int, v " + type.toStdString() + ")");
    connection_->execute("INSERT INTO t VALUES (1, $1)", std::vector<Value>{text.toStdString()});
    const Value read = scalar("SELECT v FROM t");
    QCOMPARE(QString::fromLatin1(read.kindName()), kind);
    if (type != "double precision" && type != "real")
        QCOMPARE(QString::fromStdString(read.text()), text);
    else
        QCOMPARE(Value(std::strtod(read.text().c_str(), nullptr)).text(),
                 Value(std::strtod(text.toLatin1(), nullptr)).text());
    // Written back as the Value it was read as, it is the same to the server.
    connection_->execute("INSERT INTO t VALUES (2, $1)", std::vector<Value>{read});
    QCOMPARE(scalar("SELECT a.v::text = b.v::text FROM t a, t b WHERE a.id = 1 AND b.id = 2"), Value(true));
    QCOMPARE(column("SELECT v FROM t"), (std::vector<Value>{read, read}));
}

void tst_PostgresDriver::matchesWhatItRead()
{
    QFETCH(QString, type);
    QFETCH(QString, text);
    if (type == "json" || type == "xml")
        QSKIP("this type has no equality");
    connection_->executeScript("SET TimeZone = 'UTC'; CREATE TABLE t (v " + type.toStdString() + ")");
    connection_->execute("INSERT INTO t VALUES ($1)", std::vector<Value>{text.toStdString()});
    const Value read = scalar("SELECT v FROM t");
    const auto cursor =
        connection_->execute("UPDATE t SET v = v WHERE v IS NOT DISTINCT FROM $1", std::vector<Value>{read});
    QCOMPARE(cursor->affectedRows(), 1);
}

void tst_PostgresDriver::keepsBytes()
{
    Bytes all;
    for (int byte = 0; byte < 256; ++byte)
        all.data += static_cast<char>(byte);
    connection_->executeScript("CREATE TABLE t (b bytea)");
    for (const Bytes &bytes : {all, Bytes{}, Bytes{std::string(3'000'000, '\0')}}) {
        connection_->execute("INSERT INTO t VALUES ($1)", std::vector<Value>{bytes});
        QCOMPARE(scalar("SELECT b FROM t WHERE b = $1", {bytes}), Value(bytes));
        QCOMPARE(scalar("SELECT length(b) FROM t"), Value(static_cast<std::int64_t>(bytes.data.size())));
        connection_->execute("DELETE FROM t");
    }
    const std::vector<std::vector<Value>> rows{{Value()}, {all}, {Value()}, {Bytes{}}};
    QCOMPARE(connection_->executeMany("INSERT INTO t VALUES ($1)", rows), 4);
    QCOMPARE(scalar("SELECT count(*) FROM t WHERE b IS NULL"), Value(2));
    QCOMPARE(scalar("SELECT b FROM t WHERE length(b) > 0"), Value(all));
}

void tst_PostgresDriver::refusesNul()
{
    connection_->executeScript("CREATE TABLE t (v text)");
    const Error error = failureOf("INSERT INTO t VALUES ($1)", {std::string("a\0b", 3)});
    QCOMPARE(toString(error.kind), toString(ErrorKind::Conversion));
    QVERIFY(error.message.find("NUL") != std::string::npos);
    QCOMPARE(scalar("SELECT count(*) FROM t"), Value(0));
    QCOMPARE(toString(failureOf(std::string_view("SELECT 1\0", 9)).kind), toString(ErrorKind::Syntax));
}

void tst_PostgresDriver::refusesInvalidUtf8()
{
    connection_->executeScript("CREATE TABLE t (v text)");
    QCOMPARE(toString(failureOf("INSERT INTO t VALUES ($1)", {"a\xff"}).kind), toString(ErrorKind::Conversion));
}

void tst_PostgresDriver::classifiesErrors_data()
{
    QTest::addColumn<QString>("sql");
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("constraint");
    const auto row = [](const char *sql, ErrorKind kind, const char *code, const char *constraint = "") {
        QTest::newRow(sql) << sql << toString(kind) << code << constraint;
    };
    row("SELEKT 1", ErrorKind::Syntax, "42601");
    row("SELECT * FROM nowhere", ErrorKind::NotFound, "42P01");
    row("SELECT nothing FROM e", ErrorKind::NotFound, "42703");
    row("SELECT no_such_function()", ErrorKind::NotFound, "42883");
    row("INSERT INTO e VALUES (1, 1)", ErrorKind::Constraint, "23505", "e_pkey");
    row("INSERT INTO e VALUES (2, -1)", ErrorKind::Constraint, "23514", "n_is_positive");
    row("INSERT INTO e VALUES (2, NULL)", ErrorKind::Constraint, "23502", "e.n");
    row("INSERT INTO f VALUES (9)", ErrorKind::Constraint, "23503", "f_to_e");
    row("DELETE FROM e", ErrorKind::Constraint, "23503", "f_to_e");
    row("DROP TABLE e", ErrorKind::Constraint, "2BP01");
    row("CREATE TABLE e (id int)", ErrorKind::Conflict, "42P07");
    row("SELECT 'a'::int", ErrorKind::Conversion, "22P02");
    row("SELECT 1 / 0", ErrorKind::Conversion, "22012");
    row("SELECT 40000::smallint", ErrorKind::Conversion, "22003");
    row("SELECT (SELECT x FROM generate_series(1, 2) x)", ErrorKind::Conflict, "21000");
    row("DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", ErrorKind::Constraint, "P0001");
    row("SELECT 1; SELECT 2", ErrorKind::Syntax, "42601");
    row("COMMIT PREPARED 'x'", ErrorKind::NotFound, "42704");
}

void tst_PostgresDriver::classifiesErrors()
{
    QFETCH(QString, sql);
    QFETCH(QString, kind);
    QFETCH(QString, code);
    QFETCH(QString, constraint);
    connection_->executeScript(
        "CREATE TABLE e (id int PRIMARY KEY, n int NOT NULL CONSTRAINT n_is_positive CHECK (n > 0));"
        "CREATE TABLE f (e int CONSTRAINT f_to_e REFERENCES e); INSERT INTO e VALUES (1, 1); INSERT INTO f VALUES (1)");
    const std::string text = sql.toStdString();
    const Error error = failureOf(text);
    QCOMPARE(QString::fromLatin1(toString(error.kind)), kind);
    QCOMPARE(QString::fromStdString(error.nativeCode), code);
    QCOMPARE(QString::fromStdString(error.constraint), constraint);
    QCOMPARE(error.sql, text);
    QVERIFY(!error.message.empty());
    QVERIFY(connection_->isUsable());
    QCOMPARE(scalar("SELECT 1"), Value(1));
}

void tst_PostgresDriver::countsPositionsInCharacters()
{
    QCOMPARE(failureOf("SELECT '\xc3\xa9\xc3\xa9', nothing").position, 14);
    QCOMPARE(failureOf("SELEKT 1").position, 1);
    QCOMPARE(failureOf("SELECT 'a'::int FROM (VALUES ($1::text)) x", {"y"}).position, 8);
}

void tst_PostgresDriver::namesNotNullColumns()
{
    connection_->executeScript("CREATE TABLE t (a int NOT NULL)");
    const Error error = failureOf("INSERT INTO t VALUES (NULL)");
    QCOMPARE(error.constraint, std::string("t.a"));
    QVERIFY(!error.detail.empty());
}

void tst_PostgresDriver::tellsWhyItCannotConnect()
{
    ConnectArguments arguments = database_->arguments();
    arguments.database = "no_such_database";
    Error error = errorOf([&] { PostgresDriver().open(arguments); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::NotFound));
    QCOMPARE(error.nativeCode, std::string("3D000"));
    arguments = database_->arguments();
    arguments.user = "no_such_user";
    error = errorOf([&] { PostgresDriver().open(arguments); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Auth));
    arguments = database_->arguments();
    arguments.host = "/no/such/folder";
    error = errorOf([&] { PostgresDriver().open(arguments); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Connect));
    QVERIFY(error.context.find("/no/such/folder") != std::string::npos);
    arguments = database_->arguments();
    arguments.options["no_such_option"] = "1";
    error = errorOf([&] { PostgresDriver().open(arguments); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Misuse));
}

void tst_PostgresDriver::neverSpeaksThePassword()
{
    const char *url = std::getenv("SCHEMAWRIGHT_TEST_PG_TCP_URL");
    if (!url || !*url)
        url = std::getenv("PG_TCP_URI");
    if (!url || !*url)
        QSKIP("no server with passwords: neither SCHEMAWRIGHT_TEST_PG_TCP_URL nor PG_TCP_URI is set");
    ConnectArguments arguments = Url::parse(url).arguments;
    QVERIFY(PostgresDriver().open(arguments)->isUsable());
    arguments.password = "wr0ng'password";
    Error error = errorOf([&] { PostgresDriver().open(arguments); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Auth));
    QCOMPARE(error.nativeCode, std::string("28P01"));
    QVERIFY(error.describe().find("wr0ng") == std::string::npos);
    arguments.password.clear();
    error = errorOf([&] { PostgresDriver().open(arguments); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Auth));
}

void tst_PostgresDriver::cancels()
{
    const auto canceller = connection_->canceller();
    const auto start = std::chrono::steady_clock::now();
    std::jthread other([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        canceller->cancel();
    });
    const Error error = failureOf("SELECT pg_sleep(30)");
    QCOMPARE(toString(error.kind), toString(ErrorKind::Cancelled));
    QVERIFY(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    other.join();
    for (int i = 0; i < 100; ++i) {
        canceller->cancel(); // idle: nothing to stop, also not the next statement
        QCOMPARE(scalar("SELECT 1"), Value(1));
    }
    connection_.reset();
    canceller->cancel();
}

void tst_PostgresDriver::tellsTimeoutFromCancel()
{
    connection_->executeScript("SET statement_timeout = '50ms'");
    QCOMPARE(toString(failureOf("SELECT pg_sleep(30)").kind), toString(ErrorKind::Timeout));
    connection_->executeScript("SET statement_timeout = 0; SET lock_timeout = '50ms'; CREATE TABLE t (id int)");
    const auto other = database_->connect();
    other->executeScript("BEGIN; LOCK TABLE t");
    QCOMPARE(toString(failureOf("SELECT * FROM t").kind), toString(ErrorKind::Busy));
}

void tst_PostgresDriver::noticesATerminatedConnection()
{
    const auto other = database_->connect();
    const Value pid = scalar("SELECT pg_backend_pid()");
    std::jthread killer([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        other->execute("SELECT pg_terminate_backend($1)", std::vector<Value>{pid});
    });
    const Error error = failureOf("SELECT pg_sleep(30)");
    QCOMPARE(toString(error.kind), toString(ErrorKind::Connect));
    QVERIFY(!connection_->isUsable());
    QVERIFY(!connection_->inTransaction());
    QCOMPARE(toString(failureOf("SELECT 1").kind), toString(ErrorKind::Connect));
}

void tst_PostgresDriver::noticesATerminationBetweenStatements()
{
    connection_->executeScript("CREATE TABLE t (id int)");
    connection_->executeScript("BEGIN; INSERT INTO t VALUES (1)");
    const Value pid = scalar("SELECT pg_backend_pid()");
    const auto other = database_->connect();
    other->execute("SELECT pg_terminate_backend($1)", std::vector<Value>{pid});
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const Error error = errorOf([&] { connection_->executeScript("COMMIT"); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Connect));
    QVERIFY(!connection_->isUsable());

    connection_ = database_->connect();
    QCOMPARE(scalar("SELECT count(*) FROM t"), Value(0));
    const Value second = scalar("SELECT pg_backend_pid()");
    other->execute("SELECT pg_terminate_backend($1)", std::vector<Value>{second});
    QTRY_VERIFY(!connection_->isUsable()); // seen without a statement
}

void tst_PostgresDriver::streams()
{
    const auto cursor = connection_->execute("SELECT i, repeat('x', 1000) FROM generate_series(1, 200000) i");
    RowBatch batch;
    std::int64_t expected = 0;
    std::size_t most = 0;
    while (cursor->fetch(batch, 500)) {
        QVERIFY(batch.rowCount() <= 500);
        most = std::max(most, batch.arenaSize());
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            if (batch.integer(row, 0) != ++expected)
                QCOMPARE(batch.integer(row, 0), expected);
    }
    QCOMPARE(expected, 200000);
    QVERIFY(most <= 600'000);
    QVERIFY(!cursor->fetch(batch, 500));
    QCOMPARE(cursor->affectedRows(), -1);
}

void tst_PostgresDriver::runsAnotherStatementWhileRowsAreLeft()
{
    const auto cursor = connection_->execute("SELECT i FROM generate_series(1, 1000) i");
    RowBatch batch;
    QVERIFY(cursor->fetch(batch, 10));
    QCOMPARE(scalar("SELECT 42"), Value(42));
    std::size_t rows = batch.rowCount();
    while (cursor->fetch(batch, 300)) {
        QCOMPARE(batch.integer(0, 0), static_cast<std::int64_t>(rows + 1));
        rows += batch.rowCount();
    }
    QCOMPARE(rows, std::size_t{1000});
}

void tst_PostgresDriver::abandonsALongQuery()
{
    const auto start = std::chrono::steady_clock::now();
    {
        const auto cursor =
            connection_->execute("SELECT repeat('x', 10000), pg_sleep(CASE WHEN i > 5 THEN 30 END) FROM "
                                 "generate_series(1, 100) i");
        RowBatch batch;
        QVERIFY(cursor->columns().size() == 2);
    }
    QVERIFY(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
    QCOMPARE(scalar("SELECT 1"), Value(1));
}

void tst_PostgresDriver::keepsATransactionWhenRowsAreLeft()
{
    connection_->executeScript("CREATE TABLE t (id int); BEGIN; INSERT INTO t VALUES (1)");
    {
        const auto cursor = connection_->execute("SELECT i, repeat('x', 100) FROM generate_series(1, 300000) i");
        RowBatch batch;
        QVERIFY(cursor->fetch(batch, 1));
        QVERIFY(connection_->inTransaction());
    }
    QVERIFY(connection_->inTransaction());
    connection_->executeScript("COMMIT");
    QCOMPARE(scalar("SELECT count(*) FROM t"), Value(1));
}

void tst_PostgresDriver::describesColumns()
{
    connection_->executeScript("CREATE SCHEMA \"Odd Schema\"; CREATE TYPE \"Odd Schema\".mood AS ENUM ('a', 'b');"
                               "CREATE TABLE \"Odd Schema\".\"t\"\"1\" (id bigint, v varchar(20), n numeric(10,2), "
                               "\"Mo od\" \"Odd Schema\".mood, ts timestamp(3) with time zone, a int[], "
                               "iv interval day to second(3), b bit(8), c char(3), nn numeric(3,-2), va varchar(9)[])");
    const auto cursor = connection_->execute("SELECT *, id + 1 AS next FROM \"Odd Schema\".\"t\"\"1\"");
    const auto &heads = cursor->columns();
    const std::vector<std::string> types{"bigint",
                                         "character varying(20)",
                                         "numeric(10,2)",
                                         "\"Odd Schema\".mood",
                                         "timestamp(3) with time zone",
                                         "integer[]",
                                         "interval day to second(3)",
                                         "bit(8)",
                                         "character(3)",
                                         "numeric(3,-2)",
                                         "character varying(9)[]",
                                         "bigint"};
    QCOMPARE(heads.size(), types.size());
    for (std::size_t i = 0; i < types.size(); ++i)
        QCOMPARE(heads[i].typeName, types[i]);
    QCOMPARE(heads[3].schema, std::string("Odd Schema"));
    QCOMPARE(heads[3].table, std::string("t\"1"));
    QCOMPARE(heads[3].column, std::string("Mo od"));
    QCOMPARE(heads.back().table, std::string());
    // What the server itself calls them.
    const auto own = column("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = "
                            "'\"Odd Schema\".\"t\"\"1\"'::regclass AND attnum > 0 ORDER BY attnum");
    for (std::size_t i = 0; i < own.size(); ++i)
        QCOMPARE(own[i].text(), types[i]);
}

void tst_PostgresDriver::worksAfterOthersChangeATable()
{
    connection_->executeScript("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
    const auto other = database_->connect();
    QCOMPARE(scalar("SELECT a FROM t"), Value(1));
    other->executeScript("ALTER TABLE t ALTER a TYPE text");
    QCOMPARE(scalar("SELECT a FROM t"), Value("1"));
    connection_->executeScript("BEGIN");
    QCOMPARE(scalar("SELECT a FROM t"), Value("1"));
    connection_->execute("ALTER TABLE t ALTER a TYPE int USING a::int");
    QCOMPARE(scalar("SELECT a FROM t"), Value(1)); // our own change, in one transaction
    connection_->executeScript("COMMIT");
}

void tst_PostgresDriver::worksAfterDiscard()
{
    QCOMPARE(scalar("SELECT 7"), Value(7));
    connection_->execute("DISCARD ALL");
    QCOMPARE(scalar("SELECT 7"), Value(7));
    QCOMPARE(scalar("SELECT '\\x00'::bytea"), Value(Bytes{std::string(1, '\0')}));
    for (int i = 0; i < 300; ++i) // more than the cache holds
        QCOMPARE(scalar("SELECT " + std::to_string(i)), Value(i));
    QVERIFY(scalar("SELECT count(*) FROM pg_prepared_statements").get<std::int64_t>() < 120);
}

void tst_PostgresDriver::runsManyRowsOrNone()
{
    connection_->executeScript("CREATE TABLE t (id int PRIMARY KEY, v text)");
    std::vector<std::vector<Value>> rows;
    for (int i = 0; i < 2500; ++i)
        rows.push_back({i, i % 3 ? Value("v" + std::to_string(i)) : Value()});
    QCOMPARE(connection_->executeMany("INSERT INTO t VALUES ($1, $2)", rows), 2500);
    QVERIFY(!connection_->inTransaction());
    QCOMPARE(scalar("SELECT count(v) FROM t"), Value(1666));
    QCOMPARE(connection_->executeMany("UPDATE t SET v = $2 WHERE id = $1 * 2", rows), 1250);
    for (auto &row : rows)
        row[0] = row[0].get<std::int64_t>() + 5000;
    rows[2400][0] = 7; // there already
    const Error error = errorOf([&] { connection_->executeMany("INSERT INTO t VALUES ($1, $2)", rows); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Constraint));
    QCOMPARE(error.constraint, std::string("t_pkey"));
    QVERIFY(!connection_->inTransaction());
    QCOMPARE(scalar("SELECT count(*) FROM t"), Value(2500));
}

void tst_PostgresDriver::staysReadOnly_data()
{
    QTest::addColumn<QString>("script");
    QTest::newRow("plain") << "INSERT INTO t VALUES (1)";
    QTest::newRow("set") << "SET default_transaction_read_only = off; COMMIT; INSERT INTO t VALUES (1)";
    QTest::newRow("begin") << "BEGIN READ /* x */ WRITE; INSERT INTO t VALUES (1); COMMIT";
    QTest::newRow("reset") << "RESET ALL; COMMIT; INSERT INTO t VALUES (1)";
    QTest::newRow("discard") << "DISCARD ALL";
    QTest::newRow("set_config") << "SELECT set_config('default_transaction' || '_read_only', 'off', false)";
}

void tst_PostgresDriver::staysReadOnly()
{
    QFETCH(QString, script);
    connection_->executeScript("CREATE TABLE t (id int)");
    ConnectArguments arguments = database_->arguments();
    arguments.readOnly = true;
    const auto reader = PostgresDriver().open(arguments);
    errorOf([&] { reader->executeScript(script.toStdString()); });
    const Error error = errorOf([&] { reader->execute("INSERT INTO t VALUES (1)"); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Permission));
    QCOMPARE(scalar("SELECT count(*) FROM t"), Value(0));
}

void tst_PostgresDriver::refusesCopyToClient()
{
    QCOMPARE(toString(failureOf("COPY (SELECT 1) TO STDOUT").kind), toString(ErrorKind::Unsupported));
    connection_->executeScript("CREATE TABLE t (id int)");
    QVERIFY(!failureOf("COPY t FROM STDIN").nativeCode.empty());
    QCOMPARE(scalar("SELECT 1"), Value(1));
}

QTEST_GUILESS_MAIN(tst_PostgresDriver)
#include "tst_postgres_driver.moc"
