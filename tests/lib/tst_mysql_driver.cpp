// What the driver for MySQL and MariaDB does beyond what every driver does: values that only they have, several results
// at once, lost connections, settings of the session.

#include "support/mariadb_database.h"

#include "schemawright/engine/engine.h"

#include <QTest>

#include <chrono>
#include <limits>
#include <optional>

using namespace schemawright;

class tst_MysqlDriver : public QObject
{
    Q_OBJECT

    std::optional<test::MariadbDatabase> database_;

    static Value one(DriverConnection &connection, const std::string &sql, std::vector<Value> parameters = {})
    {
        RowBatch batch;
        connection.execute(sql, parameters)->fetch(batch, 1);
        return batch.value(0, 0);
    }
    template <class Work> static Error errorOf(Work work)
    {
        try {
            work();
        } catch (const Error &error) {
            return error;
        }
        return Error(ErrorKind::Internal, "nothing was thrown");
    }

private slots:
    void initTestCase()
    {
        if (!test::mariadbServer())
            QSKIP("no MariaDB server");
        database_.emplace("driver");
    }

    void readsAndWritesEachType_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("literal");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("text");
        const auto row = [](const char *type, const char *literal, const char *kind, const char *text) {
            QTest::addRow("%s %s", type, literal) << type << literal << kind << text;
        };
        row("BIGINT", "9223372036854775807", "integer", "9223372036854775807");
        row("BIGINT", "-9223372036854775808", "integer", "-9223372036854775808");
        row("BIGINT UNSIGNED", "18446744073709551615", "decimal", "18446744073709551615");
        row("BIGINT UNSIGNED", "9223372036854775808", "decimal", "9223372036854775808");
        row("BIGINT UNSIGNED", "9223372036854775807", "integer", "9223372036854775807");
        row("INT UNSIGNED", "4294967295", "integer", "4294967295");
        row("TINYINT(1)", "5", "integer", "5");
        row("INT ZEROFILL", "42", "integer", "42");
        row("YEAR", "1901", "integer", "1901");
        row("BIT(1)", "b'1'", "integer", "1");
        row("BIT(64)", "18446744073709551615", "decimal", "18446744073709551615");
        row("DECIMAL(40,10)", "123456789012345678901234567890.1234567891", "decimal",
            "123456789012345678901234567890.1234567891");
        row("DECIMAL(5,2)", "8.30", "decimal", "8.30");
        row("DECIMAL(5,2)", "-0.01", "decimal", "-0.01");
        row("FLOAT", "0.1", "float", "0.1");
        row("FLOAT", "16777217", "float", "16777216.0");
        row("FLOAT", "1.17549435e-38", "float", "1.1754944e-38");
        row("DOUBLE", "1e-320", "float", "1e-320");
        row("DOUBLE", "0.1", "float", "0.1");
        row("DATE", "'0000-00-00'", "text", "0000-00-00");
        row("DATE", "'2020-00-00'", "text", "2020-00-00");
        row("DATE", "'9999-12-31'", "date", "9999-12-31");
        row("DATETIME", "'0000-00-00 00:00:00'", "text", "0000-00-00 00:00:00");
        row("DATETIME(6)", "'2024-02-29 13:45:00.000001'", "timestamp", "2024-02-29 13:45:00.000001");
        row("DATETIME(3)", "'2024-02-29 13:45:00.250'", "timestamp", "2024-02-29 13:45:00.25");
        row("TIME", "'838:59:59'", "text", "838:59:59");
        row("TIME", "'-838:59:59'", "text", "-838:59:59");
        row("TIME", "'-00:00:01'", "text", "-00:00:01");
        row("TIME", "'24:00:00'", "time", "24:00:00");
        row("TIME(6)", "'23:59:59.999999'", "time", "23:59:59.999999");
        row("TEXT", "CONCAT('a', CHAR(0), 'b')", "text", nullptr);
        row("VARCHAR(10)", "''", "text", "");
        row("VARBINARY(10)", "x'00ff80'", "blob", "00ff80");
        row("BINARY(3)", "x'00'", "blob", "000000");
        row("ENUM('a','it''s')", "'it''s'", "text", "it's");
        row("SET('a','b')", "'a,b'", "text", "a,b");
        row("JSON", "'{\"a\":1,  \"a\":2}'", "text", "{\"a\":1,  \"a\":2}");
        row("UUID", "'123e4567-e89b-12d3-a456-426655440000'", "text", "123e4567-e89b-12d3-a456-426655440000");
        row("INET6", "'::1'", "text", "::1");
        row("POINT", "ST_GeomFromText('POINT(1 2)')", "blob", "000000000101000000000000000000f03f0000000000000040");
    }
    void readsAndWritesEachType()
    {
        QFETCH(QString, type);
        QFETCH(QString, literal);
        QFETCH(QString, kind);
        QFETCH(QString, text);
        const auto connection = database_->connect();
        connection->executeScript("CREATE OR REPLACE TABLE t (v " + type.toStdString() + "); INSERT INTO t VALUES (" +
                                  literal.toStdString() + ")");
        const Value value = one(*connection, "SELECT v FROM t");
        QCOMPARE(QString::fromLatin1(value.kindName()), kind);
        const std::string expected = text.isNull() ? std::string("a\0b", 3) : text.toStdString();
        QCOMPARE(value.text(), expected);
        // What was read can be written, and is found again by its value. A POINT wants a function around it.
        const std::string as = type == QLatin1String("FLOAT") ? "CAST(? AS FLOAT)" : "?";
        connection->execute("INSERT INTO t VALUES (" + as + ")", {{value}});
        QCOMPARE(one(*connection, "SELECT count(*) FROM t WHERE v <=> " + as, {value}), Value(2));
        QCOMPARE(one(*connection, "SELECT count(DISTINCT HEX(v)) FROM t"), Value(1));
    }

    void refusesWhatDoesNotFit()
    {
        const auto connection = database_->connect();
        connection->executeScript("CREATE OR REPLACE TABLE t (s VARCHAR(3), n TINYINT) ENGINE=MyISAM");
        for (const Value &value : {Value("four"), Value("\xff")})
            QCOMPARE(toString(errorOf([&] { connection->execute("INSERT INTO t (s) VALUES (?)", {{value}}); }).kind),
                     toString(ErrorKind::Conversion));
        QCOMPARE(toString(errorOf([&] { connection->execute("INSERT INTO t (n) VALUES (?)", {{Value(300)}}); }).kind),
                 toString(ErrorKind::Conversion));
        const double infinite = std::numeric_limits<double>::infinity();
        QCOMPARE(toString(errorOf([&] { connection->execute("SELECT ?", {{Value(infinite)}}); }).kind),
                 toString(ErrorKind::Conversion));
        QCOMPARE(toString(errorOf([&] { connection->execute("SELECT ?"); }).kind), toString(ErrorKind::Misuse));
        QCOMPARE(one(*connection, "SELECT count(*) FROM t"), Value(0));
    }

    void readsLongCells()
    {
        const auto connection = database_->connect();
        const std::string text(1'400'000, 'x');
        QCOMPARE(one(*connection, "SELECT ?", {text}).text(), text);
        QCOMPARE(one(*connection, "SELECT REPEAT('ab', 20000)").text().size(), std::size_t{40'000});
    }

    void keepsRowsWhileAnotherStatementRuns()
    {
        const auto connection = database_->connect();
        connection->executeScript("CREATE OR REPLACE TABLE t (n INT); INSERT INTO t SELECT seq FROM seq_1_to_3000");
        const auto cursor = connection->execute("SELECT n FROM t ORDER BY n");
        RowBatch batch;
        QVERIFY(cursor->fetch(batch, 10));
        QCOMPARE(one(*connection, "SELECT count(*) FROM t"), Value(3000));
        std::int64_t next = 11;
        while (cursor->fetch(batch, 100))
            for (std::size_t row = 0; row < batch.rowCount(); ++row)
                QCOMPARE(batch.integer(row, 0), next++);
        QCOMPARE(next, std::int64_t{3001});
    }

    void leavesALongResultEarly()
    {
        const auto connection = database_->connect();
        const std::string sql = "SELECT a.seq, REPEAT('x', 100) FROM seq_1_to_1000 a, seq_1_to_1000 b, seq_1_to_1000 c";
        for (int attempt = 0; attempt < 3; ++attempt) {
            RowBatch batch;
            QVERIFY(connection->execute(sql)->fetch(batch, 5)); // a thousand million rows, if all of them came
            QCOMPARE(one(*connection, "SELECT 7"), Value(7));
        }
    }

    void takesTheFirstResultOfAProcedure()
    {
        const auto connection = database_->connect();
        connection->execute("CREATE OR REPLACE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END");
        QCOMPARE(one(*connection, "CALL two()"), Value(1));
        QCOMPARE(one(*connection, "SELECT 3"), Value(3));
        connection->execute("CREATE OR REPLACE PROCEDURE bad() BEGIN SELECT 1 AS a; SELECT * FROM nowhere; END");
        const Error error = errorOf([&] {
            RowBatch batch;
            const auto cursor = connection->execute("CALL bad()");
            while (cursor->fetch(batch, 10)) {
            }
        });
        QCOMPARE(toString(error.kind), toString(ErrorKind::NotFound));
        QCOMPARE(one(*connection, "SELECT 4"), Value(4));
    }

    void countsRowsThatMatched()
    {
        const auto connection = database_->connect();
        connection->executeScript("CREATE OR REPLACE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT);"
                                  "INSERT INTO t (n) VALUES (1), (2)");
        QCOMPARE(connection->execute("UPDATE t SET n = 1 WHERE id = 1")->affectedRows(), 1);
        const auto cursor = connection->execute("INSERT INTO t (n) VALUES (5), (6) RETURNING id");
        RowBatch batch;
        while (cursor->fetch(batch, 10)) {
        }
        QCOMPARE(cursor->affectedRows(), 2);
        QCOMPARE(connection->execute("CREATE OR REPLACE TABLE u (n INT)")->affectedRows(), -1);
    }

    void tellsTheKeysThatWereMade()
    {
        const auto connection = database_->connect();
        connection->executeScript("CREATE OR REPLACE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, n INT);"
                                  "ALTER TABLE t AUTO_INCREMENT = 10");
        RowBatch rows;
        rows.start(std::make_shared<const std::vector<ColumnHead>>(1));
        for (const int n : {7, 8})
            rows.addInteger(n);
        const std::size_t column = 0;
        const RowsDone done = connection->executeEach("INSERT INTO t (n) VALUES (?)", {rows, {&column, 1}, 0, 2});
        QCOMPARE(done.keys, (std::vector<std::int64_t>{10, 11}));
        QCOMPARE(one(*connection, "SELECT n FROM t WHERE id = 11"), Value(8));
    }

    void knowsItsTransaction()
    {
        const auto first = database_->connect(), second = database_->connect();
        first->executeScript(
            "CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, n INT); INSERT INTO t VALUES (1, 0), (2, 0)");
        for (DriverConnection *each : {first.get(), second.get()})
            each->executeScript("START TRANSACTION");
        first->execute("UPDATE t SET n = 1 WHERE id = 1");
        second->executeScript("SET SESSION innodb_lock_wait_timeout = 1");
        second->execute("UPDATE t SET n = 2 WHERE id = 2");
        const Error busy = errorOf([&] { second->execute("UPDATE t SET n = 2 WHERE id = 1"); });
        QCOMPARE(toString(busy.kind), toString(ErrorKind::Busy));
        QVERIFY(second->inTransaction());
        second->executeScript("ROLLBACK");
        QVERIFY(!second->inTransaction());
        first->executeScript("CREATE OR REPLACE TABLE u (n INT)"); // commits what is open
        QVERIFY(!first->inTransaction());
    }

    void noticesThatItWasCutOff()
    {
        const auto connection = database_->connect(), other = database_->connect();
        const std::string id = one(*connection, "SELECT CONNECTION_ID()").text();
        other->execute("KILL " + id);
        const Error error = errorOf([&] {
            for (int attempt = 0; attempt < 2; ++attempt) // the first may still be told that it was killed
                one(*connection, "SELECT 1");
        });
        QCOMPARE(toString(error.kind), toString(ErrorKind::Connect));
        QVERIFY(!connection->isUsable());
        QCOMPARE(toString(errorOf([&] { connection->execute("SELECT 1"); }).kind), toString(ErrorKind::Connect));
        QVERIFY(!error.hint.empty());
    }

    void saysWhyItCannotConnect()
    {
        ConnectArguments arguments = database_->arguments();
        arguments.password = "secret word";
        const Error refused = errorOf([&] { MysqlDriver().open(arguments); });
        QCOMPARE(toString(refused.kind), toString(ErrorKind::Auth));
        QVERIFY(refused.describe().find("secret word") == std::string::npos);
        arguments = database_->arguments();
        arguments.database = "not_there";
        QCOMPARE(toString(errorOf([&] { MysqlDriver().open(arguments); }).kind), toString(ErrorKind::NotFound));
        arguments.host = "/nowhere/socket";
        QCOMPARE(toString(errorOf([&] { MysqlDriver().open(arguments); }).kind), toString(ErrorKind::Connect));
        arguments = database_->arguments();
        arguments.options["sslmode"] = "verify-full";
        QCOMPARE(toString(errorOf([&] { MysqlDriver().open(arguments); }).kind), toString(ErrorKind::Unsupported));
        arguments.options["sslmode"] = "require"; // the tests' server has no certificate
        QCOMPARE(toString(errorOf([&] { MysqlDriver().open(arguments); }).kind), toString(ErrorKind::Connect));
        arguments.options = {{"sslmod", "require"}};
        QCOMPARE(toString(errorOf([&] { MysqlDriver().open(arguments); }).kind), toString(ErrorKind::Misuse));
    }

    void setsTheTimeZone()
    {
        ConnectArguments arguments = database_->arguments();
        arguments.options["time_zone"] = "+05:30";
        const auto there = MysqlDriver().open(arguments);
        there->executeScript("CREATE OR REPLACE TABLE t (at TIMESTAMP(6))");
        there->execute("INSERT INTO t VALUES ('2024-01-01 05:30:00.5')");
        arguments.options["time_zone"] = "+00:00";
        QCOMPARE(one(*MysqlDriver().open(arguments), "SELECT at FROM t").text(), std::string("2024-01-01 00:00:00.5"));
    }

    void staysReadOnly()
    {
        ConnectArguments arguments = database_->arguments();
        database_->connect()->executeScript("CREATE OR REPLACE TABLE t (n INT)");
        arguments.readOnly = true;
        const auto connection = MysqlDriver().open(arguments);
        for (const char *sql : {"INSERT INTO t VALUES (1)", "DROP TABLE t", "START TRANSACTION READ WRITE",
                                "SET SESSION TRANSACTION READ WRITE", "SET tx_read_only = 0", "TRUNCATE t"})
            QCOMPARE(toString(errorOf([&] { connection->executeScript(sql); }).kind), toString(ErrorKind::Permission));
        QCOMPARE(one(*connection, "SELECT count(*) FROM t"), Value(0));
    }

    void namesConstraintAndPosition()
    {
        const auto connection = database_->connect();
        connection->executeScript(
            "CREATE OR REPLACE TABLE child (n INT); CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, "
            "s VARCHAR(20), CONSTRAINT `s'u` UNIQUE (s), CONSTRAINT low CHECK (id < 10));"
            "CREATE OR REPLACE TABLE child (n INT, CONSTRAINT up FOREIGN KEY (n) REFERENCES t (id));"
            "INSERT INTO t VALUES (1, 'a')");
        QCOMPARE(errorOf([&] { connection->execute("INSERT INTO t VALUES (11, 'b')"); }).constraint,
                 std::string("low"));
        QCOMPARE(errorOf([&] { connection->execute("INSERT INTO t VALUES (1, 'b')"); }).constraint,
                 std::string("PRIMARY"));
        QCOMPARE(errorOf([&] { connection->execute("INSERT INTO child VALUES (5)"); }).constraint, std::string("up"));
        const Error syntax = errorOf([&] { connection->execute("SELECT 'é'\nFORM t"); });
        QCOMPARE(toString(syntax.kind), toString(ErrorKind::Syntax));
        QCOMPARE(syntax.position, 17);
        connection->executeScript("DROP TABLE child; DROP TABLE t");
    }
};

QTEST_GUILESS_MAIN(tst_MysqlDriver)
#include "tst_mysql_driver.moc"
