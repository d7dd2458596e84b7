// The unit of work on MariaDB: values that only it has stay what they are, keys that it makes reach those who refer to
// them, and what it takes for equal is not taken for the same.

#include "support/session_world.h"

#include <QTest>

#include <algorithm>

using namespace schemawright;

namespace {

class World : public test::SessionWorld
{
public:
    explicit World(const std::string &script)
        : SessionWorld(std::make_shared<test::FreshDatabase>(std::make_unique<test::MariadbDatabase>("session")),
                       script)
    {}
};

} // namespace

class tst_MariadbSession : public QObject
{
    Q_OBJECT

    /// Shows and types each value of column v, edits the cell beside it, and copies the row; all must be as they were.
    static void keeps(World &world)
    {
        const TablePtr table = world.table("t");
        const std::vector<RowImage> before = world.rows(table);
        QVERIFY(!before.empty());
        for (const RowImage &row : before) {
            const Value value = std::get<Value>(row.at("v"));
            const std::size_t pending = world.pending();
            world.set(table, row, "v", row.at("v"));
            if (!value.isNull() && !value.is<Bytes>())
                world.set(table, row, "v", world.engine.dialect().parseCell(table->column("v")->type, value.text()));
            if (world.pending() != pending)
                QFAIL(("typed as it is shown, this is an edit: " + value.text()).c_str());
            world.set(table, row, "n", Value(100));
            RowImage copy{{"n", Value(200)}, {"v", value}};
            world.add("t", copy);
        }
        world.commit();
        const std::vector<RowImage> after = world.rows(table);
        QCOMPARE(after.size(), 2 * before.size());
        for (const RowImage &row : before) {
            const auto isSame = [&](const RowImage &other) { return other.at("v") == row.at("v"); };
            if (std::ranges::count_if(after, isSame) != 2 * std::ranges::count_if(before, isSame))
                QFAIL(("it came back otherwise: " + std::get<Value>(row.at("v")).text()).c_str());
        }
        QVERIFY(std::ranges::none_of(after, [](const RowImage &row) { return row.at("n") == Cell(Value(1)); }));
        // The value itself is what tells its row from others, or a witness of it.
        for (const RowImage &row : after)
            if (row.at("n") == Cell(Value(200)))
                world.remove("t", row);
        world.commit();
        QCOMPARE(world.rows(table).size(), before.size());
    }

private slots:
    void initTestCase()
    {
        if (!test::mariadbServer())
            QSKIP("no MariaDB server");
    }

    void keepsValues_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("values"); // apart by bars
        const auto add = [](const char *type, const char *values) { QTest::newRow(type) << type << values; };
        add("BIGINT", "1254071346418286654|9223372036854775807|-9223372036854775808|NULL");
        add("BIGINT UNSIGNED", "18446744073709551615|9223372036854775808|9223372036854775807|0");
        add("DECIMAL(40,10)", "123456789012345678901234567890.1234567891|8.30|-0.0000000001|0");
        add("FLOAT", "0.1|8.30|1.17549435e-38|16777216|-0.0|NULL");
        add("DOUBLE", "0.1|8.30|1e-320|1.7976931348623157e308|-0.0|NULL");
        add("DATE", "'0000-00-00'|'2020-00-00'|'0001-01-01'|'9999-12-31'|'2020-03-29'|NULL");
        add("DATETIME", "'0000-00-00 00:00:00'|'2020-03-29 02:30:00'|'9999-12-31 23:59:59'");
        add("DATETIME(6)", "'2001-02-03 04:05:06.000001'|'2001-02-03 04:05:06.5'|'0000-00-00 00:00:00'");
        add("TIMESTAMP(6) NULL", "'2001-02-03 04:05:06.000001'|'2020-03-29 03:30:00'|'1970-01-02 00:00:00'|NULL");
        add("TIME", "'838:59:59'|'-838:59:59'|'24:00:00'|'00:00:00'|'-00:00:01'|'02:30:00'");
        add("TIME(6)", "'838:59:59'|'23:59:59.999999'|'-01:02:03.5'");
        add("YEAR", "1901|2155|0");
        add("BIT(1)", "b'0'|b'1'");
        add("BIT(64)", "18446744073709551615|5");
        add("TINYINT(1)", "0|1|5|-128");
        add("VARCHAR(200)", "''|'NULL'|'a '|'a'|'A'|'é'|'it''s \\\\ \\n'|CONCAT('a', CHAR(0), 'b')|NULL");
        add("TEXT", "''|'日本'|'👍'|CONCAT(CHAR(1), CHAR(27), CHAR(127))");
        add("VARCHAR(20) CHARACTER SET latin1", "'é'|'E'|'e'|''");
        add("VARBINARY(20)", "x''|x'00ff80'|'BMD'");
        add("BLOB", "x''|x'00ff80'|x'424d00ff'");
        add("JSON", "'{\"a\":  1.50, \"a\":1.5}'|'[]'|'null'|NULL");
        add("ENUM('a','B','it''s')", "'a'|'it''s'|NULL");
        add("SET('a','b')", "''|'a,b'|NULL");
        add("UUID", "'123e4567-e89b-12d3-a456-426655440000'|NULL");
        add("INET6", "'::1'|'::ffff:1.2.3.4'|NULL");
        add("POINT", "ST_GeomFromText('POINT(1 2)')|NULL");
    }
    void keepsValues()
    {
        QFETCH(QString, type);
        QFETCH(QString, values);
        const QByteArray zone = qgetenv("TZ");
        qputenv("TZ", "Europe/Paris");
        const auto restore = qScopeGuard([zone] { zone.isNull() ? qunsetenv("TZ") : qputenv("TZ", zone); });
        for (const bool hasKey : {true, false}) {
            World world(std::string("CREATE TABLE t (") + (hasKey ? "id INTEGER PRIMARY KEY AUTO_INCREMENT, " : "") +
                        "n INTEGER, v " + type.toStdString() + ")");
            for (const QString &value : values.split(QLatin1Char('|')))
                world.connection.executeScript("INSERT INTO t (n, v) VALUES (1, " + value.toStdString() + ")");
            keeps(world);
            if (QTest::currentTestFailed()) {
                qWarning(hasKey ? "with a key" : "without a key");
                return;
            }
        }
    }

    void editsLargeNumbersByOne()
    {
        World world("CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY, v BIGINT);"
                    "INSERT INTO t VALUES (18446744073709551615, 1254071346418286654), (0, -9223372036854775808)");
        const auto typed = [&](const char *column, const char *text) {
            return world.engine.dialect().parseCell(world.table("t")->column(column)->type, text);
        };
        const RowImage largest = world.row("t", "id", typed("id", "18446744073709551615"));
        world.set("t", largest, "id", typed("id", "18446744073709551614"));
        world.set("t", largest, "v", typed("v", "1254071346418286655"));
        world.set("t", world.row("t", "id", Value(0)), "v", typed("v", "9223372036854775807"));
        world.commit();
        QCOMPARE(world.read("SELECT * FROM t ORDER BY id"),
                 std::string("0 9223372036854775807 / 18446744073709551614 1254071346418286655 / "));
        for (const char *tooMuch : {"18446744073709551616", "-1"})
            try {
                world.set("t", world.row("t", "id", Value(0)), "id", typed("id", tooMuch));
                QVERIFY(world.flush().error.has_value());
                QCOMPARE(world.pending(), std::size_t{1});
                world.session->unitOfWork().undo();
            } catch (const Error &error) {
                QCOMPARE(toString(error.kind), toString(ErrorKind::Conversion));
            }
    }

    void handsMadeKeysOn()
    {
        World world("CREATE TABLE parent (id INTEGER PRIMARY KEY AUTO_INCREMENT, name TEXT) AUTO_INCREMENT = 40;"
                    "CREATE TABLE child (id INTEGER PRIMARY KEY AUTO_INCREMENT, parent_id INTEGER NOT NULL, "
                    "FOREIGN KEY (parent_id) REFERENCES parent (id));"
                    "CREATE TABLE code (code VARCHAR(5) PRIMARY KEY, seen DATETIME DEFAULT CURRENT_TIMESTAMP)");
        for (const char *name : {"a", "b"}) {
            const RowTarget parent = world.add("parent", {{"name", Value(name)}});
            world.add("child", {{"parent_id", KeyOf{parent.newRow, "id"}}});
        }
        world.add("parent", {{"id", Value(7)}, {"name", Value("given")}});
        world.add("code", {{"code", Value("x")}});
        const Report report = world.commit();
        QVERIFY(report.committed);
        QCOMPARE(world.read("SELECT p.id, name FROM parent p LEFT JOIN child c ON c.parent_id = p.id ORDER BY p.id"),
                 std::string("7 given / 40 a / 41 b / "));
        QCOMPARE(world.read("SELECT count(seen) FROM code"), std::string("1 / "));
        QCOMPARE(world.pending(), std::size_t{0});
    }

    void swapsUniqueValues()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY, u VARCHAR(10) UNIQUE, n INTEGER, UNIQUE (n));"
                    "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)");
        world.set("t", 1, "u", Value("b"));
        world.set("t", 2, "u", Value("c"));
        world.set("t", 3, "u", Value("a"));
        world.set("t", 1, "n", Value(2));
        world.set("t", 2, "n", Value(1));
        world.remove("t", world.row("t", "id", Value(3)));
        world.add("t", {{"id", Value(3)}, {"u", Value("a")}, {"n", Value(3)}});
        world.commit();
        QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("1 b 2 / 2 c 1 / 3 a 3 / "));
    }

    void takesNoOtherRow()
    {
        World world("CREATE TABLE word (w VARCHAR(20) PRIMARY KEY, n INTEGER);"
                    "CREATE TABLE pair (a INTEGER, b VARCHAR(5), n INTEGER, PRIMARY KEY (a, b));"
                    "CREATE TABLE bare (s VARCHAR(10), n INTEGER);"
                    "INSERT INTO word VALUES ('it''s', 1), ('its', 1), ('back\\\\slash', 1);"
                    "INSERT INTO pair VALUES (1, 'x', 1), (1, 'y', 1), (2, 'x', 1);"
                    "INSERT INTO bare VALUES ('same', 1), ('same', 1), ('Same', 1), (NULL, 1), ('same ', 1)");
        world.set("word", world.row("word", "w", Value("it's")), "n", Value(2));
        world.remove("word", world.row("word", "w", Value("back\\slash")));
        RowImage second = world.row("pair", "b", Value("y"));
        world.set("pair", second, "b", Value("z"));
        // What only differs in its case, or in a blank at its end, is another row.
        world.set("bare", world.row("bare", "s", Value("Same")), "n", Value(2));
        world.set("bare", world.row("bare", "s", Value()), "n", Value(3));
        world.set("bare", world.row("bare", "s", Value("same ")), "n", Value(4));
        world.commit();
        QCOMPARE(world.read("SELECT * FROM word ORDER BY w"), std::string("it's 2 / its 1 / "));
        QCOMPARE(world.read("SELECT * FROM pair ORDER BY a, b"), std::string("1 x 1 / 1 z 1 / 2 x 1 / "));
        QCOMPARE(world.read("SELECT n, count(*) FROM bare GROUP BY n ORDER BY n"),
                 std::string("1 2 / 2 1 / 3 1 / 4 1 / "));
        // Two that are the same in all cannot be told apart: nothing is written.
        world.set("bare", world.row("bare", "s", Value("same")), "n", Value(9));
        QVERIFY(world.flush().error.has_value());
        QCOMPARE(world.pending(), std::size_t{1});
        QCOMPARE(world.read("SELECT count(*) FROM bare WHERE n = 9"), std::string("0 / "));
    }

    void noticesWhatOthersChanged()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY, s VARCHAR(20), f FLOAT, j JSON);"
                    "INSERT INTO t VALUES (1, 'ada', 0.1, '{}'), (2, 'bo', 0.2, '[1]'), (3, 'cy', 0.3, '{}')");
        test::SessionWorld other(world);
        world.set("t", 1, "s", Value("Eve"));
        world.set("t", 2, "f", Value(0.25));
        world.set("t", 2, "j", Value("[2]"));
        other.set("t", 1, "s", Value("ADA")); // the same to the column's collation
        other.commit();
        const Report refused = world.flush();
        QVERIFY(refused.error.has_value());
        QCOMPARE(toString(refused.error->kind), toString(ErrorKind::Conflict));
        QCOMPARE(world.pending(), std::size_t{2});
        QCOMPARE(world.read("SELECT s, f FROM t WHERE id < 3 ORDER BY id"), std::string("ADA 0.1 / bo 0.2 / "));
        world.session->unitOfWork().undo(); // the json
        world.session->unitOfWork().undo(); // the float
        world.session->unitOfWork().undo();
        QCOMPARE(world.pending(), std::size_t{0});
        world.set("t", 2, "f", Value(0.25)); // a FLOAT is found again by what was read of it
        world.set("t", 2, "j", Value("[2]"));
        world.commit();
        QCOMPARE(world.read("SELECT f, j FROM t WHERE id = 2"), std::string("0.25 [2] / "));
    }

    void rehearsesAndFailsWhole()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, CONSTRAINT low CHECK (n < 10));"
                    "CREATE TABLE child (id INTEGER PRIMARY KEY, t_id INTEGER REFERENCES t (id));"
                    "INSERT INTO t VALUES (1, 1), (2, 2); INSERT INTO child VALUES (1, 1)");
        world.set("t", 1, "n", Value(11));
        world.set("t", 2, "n", Value(5));
        world.add("child", {{"id", Value(2)}, {"t_id", Value(99)}});
        const Report rehearsed = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
        QCOMPARE(std::ranges::count_if(rehearsed.steps, [](const StepReport &step) { return step.error.has_value(); }),
                 std::ptrdiff_t{2});
        QCOMPARE(world.read("SELECT n FROM t ORDER BY id"), std::string("1 / 2 / "));
        QVERIFY(world.flush().error.has_value());
        QCOMPARE(world.pending(), std::size_t{3});
        QCOMPARE(world.read("SELECT n FROM t ORDER BY id"), std::string("1 / 2 / "));
    }

    void readsBackWhatTheDatabaseMade()
    {
        World world(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER, twice INTEGER AS (n * 2) VIRTUAL, "
            "word VARCHAR(20) DEFAULT 'none', changed TIMESTAMP DEFAULT '2001-01-01 00:00:00');"
            "CREATE TRIGGER upper_word BEFORE INSERT ON t FOR EACH ROW SET NEW.word = UPPER(NEW.word)");
        world.add("t", {{"n", Value(4)}});
        world.commit();
        QCOMPARE(world.read("SELECT * FROM t"), std::string("1 4 8 NONE 2001-01-01 00:00:00 / "));
        world.set("t", 1, "n", Value(5));
        world.commit();
        QCOMPARE(world.read("SELECT twice FROM t"), std::string("10 / "));
    }

    void keepsEditsWhenTheConnectionIsLost()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1)");
        world.set("t", 1, "n", Value(2));
        test::SessionWorld other(world);
        other.connection.execute("KILL " + world.connection.execute("SELECT CONNECTION_ID()").scalar().text());
        const Report report = world.flush();
        QVERIFY(report.error.has_value() && !report.committed);
        QCOMPARE(world.pending(), std::size_t{1});
        Connection again = world.engine.connect();
        QVERIFY(world.session->flush(again).committed);
        QCOMPARE(again.execute("SELECT n FROM t").scalar(), Value(2));
    }

    void refusesToChangeTablesInATransaction()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY)");
        Table other = world.session->editTable(world.name("t"));
        other.columns.front().name = "key";
        world.session->putTable(std::move(other));
        const Plan plan = world.session->plan();
        QVERIFY(!plan.isRunnable());
        QCOMPARE(toString(plan.problems.front().error.kind), toString(ErrorKind::Unsupported));
    }
};

QTEST_GUILESS_MAIN(tst_MariadbSession)
#include "tst_mariadb_session.moc"
