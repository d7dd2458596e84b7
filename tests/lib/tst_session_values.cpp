// Values that other tools changed on their way, each through a Session: read, set, committed and read again.

#include "support/session_world.h"

#include <cstring>

using namespace schemawright;
using test::SessionWorld;

namespace {

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

} // namespace

class tst_SessionValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void largeIntegers_data() { test::bothDatabases(); }
    void largeIntegers();
    void numbersThatArePlacedAsTheyWere_data() { test::bothDatabases(); }
    void numbersThatArePlacedAsTheyWere();
    void timesThatAreHardlyTimes();
    void textThatIsHardlyText();
    void longText_data() { test::bothDatabases(); }
    void longText();
    void bytesStayBytes_data() { test::bothDatabases(); }
    void bytesStayBytes();
    void aColumnWithoutAType();
    void untouchedDefaultNullAndEmpty_data() { test::bothDatabases(); }
    void untouchedDefaultNullAndEmpty();
    void aClearedJsonCostsNoOtherEdit();
    void aGeneratedColumnInTheMiddle_data() { test::bothDatabases(); }
    void aGeneratedColumnInTheMiddle();
    void arraysCompositesAndJson();
    void whatTheDatabaseMadeOfIt_data() { test::bothDatabases(); }
    void whatTheDatabaseMadeOfIt();

private:
    /// Every value of `column` is what its own text says, and setting that is no edit; another cell can be edited, the
    /// value itself set in another row, and all are as they were.
    static void keeps(SessionWorld &world, const std::string &name, const std::string &column)
    {
        const TablePtr table = world.table(name);
        const std::vector<RowImage> before = world.rows(table);
        QVERIFY(!before.empty());
        for (const RowImage &row : before) {
            const Value &value = std::get<Value>(row.at(column));
            if (!value.isNull()) {
                const std::size_t pending = world.pending();
                const Value typed = world.engine.dialect().parseCell(table->column(column)->type, value.text());
                world.set(table, row, column, typed);
                if (world.pending() != pending)
                    QFAIL(("typed as it is shown, this is an edit: " + value.text()).c_str());
            }
            world.set(table, row, "n", Value(100));
            world.add(name, {{"n", Value(200)}, {column, value}});
        }
        world.commit();
        const std::vector<RowImage> after = world.rows(table);
        QCOMPARE(after.size(), 2 * before.size());
        for (const RowImage &row : before) {
            const auto same =
                std::ranges::count_if(after, [&](const RowImage &now) { return now.at(column) == row.at(column); });
            const auto own =
                std::ranges::count_if(before, [&](const RowImage &now) { return now.at(column) == row.at(column); });
            if (same != 2 * own)
                QFAIL(("it came back otherwise: " + std::get<Value>(row.at(column)).text()).c_str());
        }
        QVERIFY(std::ranges::none_of(after, [](const RowImage &row) { return row.at("n") == Cell(Value(1)); }));
    }
};

void tst_SessionValues::largeIntegers()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id BIGINT PRIMARY KEY, v BIGINT);"
                                 "INSERT INTO t VALUES (1254071346418286654, 9223372036854775807), "
                                 "(9223372036854775807, -9223372036854775807 - 1), (-9223372036854775807 - 1, 0)");
    world.set("t", world.row("t", "id", Value(std::int64_t{1254071346418286654})), "id",
              Value(std::int64_t{1254071346418286655}));
    world.set("t", world.row("t", "id", Value(std::numeric_limits<std::int64_t>::max())), "v",
              Value(std::int64_t{-9223372036854775807}));
    world.remove("t", world.row("t", "id", Value(std::numeric_limits<std::int64_t>::min())));
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY id"),
             std::string("1254071346418286655 9223372036854775807 / 9223372036854775807 -9223372036854775807 / "));
    // One more than fits is refused, or kept as it was typed.
    try {
        const Value more = world.engine.dialect().parseCell(world.table("t")->column("v")->type, "9223372036854775808");
        QCOMPARE(more.text(), std::string("9223372036854775808"));
    } catch (const Error &error) {
        QCOMPARE(toString(error.kind), toString(ErrorKind::Conversion));
    }
}

void tst_SessionValues::numbersThatArePlacedAsTheyWere()
{
    QFETCH(bool, isServer);
    SessionWorld doubles(isServer,
                         isServer ? "CREATE TABLE t (n INTEGER, v DOUBLE PRECISION); INSERT INTO t VALUES (1, "
                                    "8.30), (1, 0.1), (1, '1e-320'), (1, '-0.0'), (1, 'Infinity'), (1, 'NaN'), (1, "
                                    "0.1::float8 + 0.2::float8), (1, NULL)"
                                  : "CREATE TABLE t (n INTEGER, v REAL); INSERT INTO t VALUES (1, 8.30), (1, 0.1), "
                                    "(1, 1e-320), (1, -0.0), (1, 9e999), (1, 0.1 + 0.2), (1, NULL)");
    keeps(doubles, "t", "v");
    if (QTest::currentTestFailed() || !isServer)
        return;
    SessionWorld numerics(true, "CREATE TABLE t (n INTEGER, v NUMERIC); INSERT INTO t VALUES (1, 8.30), (1, 'NaN'), "
                                "(1, 123456789012345678901234567890.12), (1, 0.10), (1, 'Infinity'), (1, -0.000)");
    keeps(numerics, "t", "v");
}

void tst_SessionValues::timesThatAreHardlyTimes()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    const QByteArray zone = qgetenv("TZ");
    qputenv("TZ", "Europe/Paris");
    const auto restore = qScopeGuard([zone] { zone.isNull() ? qunsetenv("TZ") : qputenv("TZ", zone); });
    const std::pair<const char *, const char *> kinds[] = {
        {"TIMESTAMP", "('infinity'), ('-infinity'), ('0044-03-15 12:00:00 BC'), ('294276-12-31 23:59:59.999999'), "
                      "('2020-03-29 02:30:00'), ('2001-02-03 04:05:06.000001'), ('0001-01-01 00:00:00'), (NULL)"},
        {"TIMESTAMPTZ", "('infinity'), ('0044-03-15 12:00:00 BC'), ('294276-12-31 23:59:59.999999+00'), "
                        "('2020-03-29 02:30:00+01'), ('2020-10-25 02:30:00+02'), ('1900-01-01 00:00:00+00:09:21')"},
        {"DATE", "('infinity'), ('-infinity'), ('0044-03-15 BC'), ('5874897-12-31'), ('2020-03-29')"},
        {"TIME", "('24:00'), ('00:00'), ('23:59:59.999999'), ('02:30')"},
        {"TIMETZ", "('24:00+00'), ('02:30+02'), ('23:59:59.999999-15:59')"},
        {"INTERVAL", "('1 mon -1 day +00:00:00.000001'), ('-178000000 years'), ('00:00')"},
    };
    for (const auto &[type, values] : kinds) {
        SessionWorld world(true, std::string("SET TimeZone = 'Europe/Paris'; CREATE TABLE t (n INTEGER DEFAULT 1, v ") +
                                     type + "); INSERT INTO t (v) VALUES " + values);
        keeps(world, "t", "v");
        if (QTest::currentTestFailed()) {
            qWarning("%s", type);
            return;
        }
    }
}

void tst_SessionValues::textThatIsHardlyText()
{
    SessionWorld world(false,
                       "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT);"
                       "INSERT INTO t VALUES (1, 1, CAST(X'610062' AS TEXT)), (2, 1, CAST(X'ff61c328' AS TEXT)), "
                       "(3, 1, char(1, 27, 127)), (4, 1, char(13, 10, 9))");
    for (const int id : {1, 2, 3, 4})
        world.set("t", id, "n", Value(2));
    world.commit();
    const char *hex = "SELECT hex(CAST(s AS BLOB)) FROM t ORDER BY id";
    QCOMPARE(world.read(hex), std::string("610062 / FF61C328 / 011B7F / 0D0A09 / "));
    // Each goes over to another row as it is.
    for (const int id : {1, 2, 3, 4})
        world.add("t", {{"s", world.row("t", "id", Value(id)).at("s")}});
    world.commit();
    QCOMPARE(world.read(hex), repeated("610062 / FF61C328 / 011B7F / 0D0A09 / ", 2));
    // And is a witness of its row.
    world.set("t", 2, "s", Value("mended"));
    world.commit();
    QCOMPARE(world.read("SELECT s FROM t WHERE id = 2"), std::string("mended / "));
}

void tst_SessionValues::longText()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, std::string("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT, j ") +
                                     (isServer ? "JSON" : "TEXT") + ")");
    const std::string text = repeated("日本 ' \\ \t", 5'000),
                      json = "[" + repeated("{\"a\":  1.50},", 100'000) + "null]";
    QVERIFY(text.size() > 40'000 && json.size() > 1'400'000 - 100'000);
    world.add("t", {{"id", Value(1)}, {"n", Value(1)}, {"s", Value(text)}, {"j", Value(json)}});
    world.commit();
    world.set("t", 1, "n", Value(2));
    world.commit();
    RowImage row = world.row("t", "id", Value(1));
    QVERIFY(row.at("s") == Cell(Value(text)) && row.at("j") == Cell(Value(json)));
    world.set("t", row, "s", Value(text + "."));
    world.set("t", row, "j", Value("{\"b\" :1,\"b\":2}"));
    world.commit();
    row = world.row("t", "id", Value(1));
    QVERIFY(row.at("s") == Cell(Value(text + ".")) && row.at("j") == Cell(Value("{\"b\" :1,\"b\":2}")));
}

void tst_SessionValues::bytesStayBytes()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, std::string("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT, b ") +
                                     (isServer ? "BYTEA); INSERT INTO t VALUES (1, 1, 'BMD', '\\x424d00ff')"
                                               : "BLOB); INSERT INTO t VALUES (1, 1, 'BMD', X'424d00ff')"));
    const RowImage row = world.row("t", "id", Value(1));
    QVERIFY(std::get<Value>(row.at("s")).is<std::string>());
    QVERIFY(std::get<Value>(row.at("b")).is<Bytes>());
    world.set("t", row, "b", row.at("b"));
    QCOMPARE(world.pending(), std::size_t{0});
    world.set("t", row, "n", Value(2));
    world.add("t", {{"id", Value(2)}, {"b", row.at("b")}});
    world.commit();
    QVERIFY(world.row("t", "id", Value(2)).at("b") == row.at("b"));
    QVERIFY(world.row("t", "id", Value(1)).at("b") == row.at("b"));
    if (!isServer)
        QCOMPARE(world.read("SELECT DISTINCT typeof(b), hex(b) FROM t"), std::string("blob 424D00FF / "));
}

void tst_SessionValues::aColumnWithoutAType()
{
    SessionWorld world(false,
                       "CREATE TABLE t (id INTEGER PRIMARY KEY, x CHECK (typeof(x) = 'integer' OR x IS NULL), y);"
                       "INSERT INTO t VALUES (1, 5, 5), (2, 5, '5'), (3, 5, 5.0), (4, 5, X'35'), (5, 5, NULL)");
    const Type type = world.table("t")->column("x")->type;
    const RowImage row = world.row("t", "id", Value(1));
    world.set("t", row, "x", world.engine.dialect().parseCell(type, "6"));
    for (const int id : {1, 2, 3, 4, 5})
        world.set("t", id, "x", Value(id + 10));
    world.commit();
    QCOMPARE(world.read("SELECT typeof(x), typeof(y) FROM t ORDER BY id"),
             std::string("integer integer / integer text / integer real / integer blob / integer null / "));
    for (const int id : {1, 2, 3, 4}) { // each is found by what it is
        const RowImage now = world.row("t", "id", Value(id));
        world.set("t", now, "y", Value());
    }
    world.commit();
    QCOMPARE(world.read("SELECT count(*) FROM t WHERE y IS NULL"), std::string("5 / "));
}

void tst_SessionValues::untouchedDefaultNullAndEmpty()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT DEFAULT 'made')");
    world.add("t", {{"id", Value(1)}});
    world.add("t", {{"id", Value(2)}, {"s", DefaultValue{}}});
    world.add("t", {{"id", Value(3)}, {"s", Value()}});
    world.add("t", {{"id", Value(4)}, {"s", Value("")}});
    world.add("t", {{"id", Value(5)}, {"s", Value("NULL")}});
    const std::string first = world.statements().front();
    QVERIFY2(first.find(" (id)") != std::string::npos || first.find("\"id\")") != std::string::npos, first.c_str());
    world.commit();
    QCOMPARE(world.read("SELECT s FROM t ORDER BY id"), std::string("made / made / - /  / NULL / "));
    // A NULL that gets the focus and is left is still none of an edit; setting the default writes it.
    world.set("t", 3, "s", Value());
    QCOMPARE(world.pending(), std::size_t{0});
    world.set("t", 3, "s", DefaultValue{});
    world.set("t", 4, "s", Value());
    world.set("t", 5, "s", Value(""));
    world.commit();
    QCOMPARE(world.read("SELECT s FROM t ORDER BY id"), std::string("made / made / made / - /  / "));
}

void tst_SessionValues::aClearedJsonCostsNoOtherEdit()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, j JSONB);"
                             "INSERT INTO t VALUES (1, 1, '{\"a\": 1}'), (2, 2, '[]')");
    world.set("t", 2, "n", Value(20));
    const RowImage row = world.row("t", "id", Value(1));
    world.set("t", row, "n", Value(10));
    world.set("t", row, "j", Value(""));
    const Report report = world.flush(); // empty text is no json: told on this change, all are kept
    QVERIFY(report.error && !report.committed);
    QCOMPARE(world.pending(), std::size_t{2});
    const auto changes = world.session->unitOfWork().changes();
    QVERIFY(!changes[0]->error && changes[1]->error);
    world.set("t", row, "j", Value());
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("1 10 - / 2 20 [] / "));
}

void tst_SessionValues::aGeneratedColumnInTheMiddle()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, twice INTEGER GENERATED ALWAYS AS (n * 2) "
                                 "STORED, n INTEGER, s TEXT); INSERT INTO t (id, n, s) VALUES (1, 1, 'x')");
    const TablePtr table = world.table("t");
    QVERIFY(!world.session->whyNotEditable(*table, "twice").empty());
    const RowImage row = world.row("t", "id", Value(1));
    QVERIFY(row.at("twice") == Cell(Value(2)));
    QVERIFY_EXCEPTION_THROWN(world.set("t", row, "twice", Value(9)), Error);
    world.session->duplicateRow(*table, row);
    world.set("t", row, "n", Value(5));
    world.add("t", {{"id", Value(7)}, {"n", Value(7)}, {"s", Value("y")}});
    const RowTarget copy = world.session->newRows(world.name("t")).front()->row();
    world.session->setCell(copy, "id", Value(2), {});
    world.commit();
    QCOMPARE(world.read("SELECT id, twice, n, s FROM t ORDER BY id"), std::string("1 10 5 x / 2 2 1 x / 7 14 7 y / "));
    // It survives a change of the table, and deleting by the whole row does not trip over it.
    Table changed = world.session->editTable(world.name("t"));
    changed.columns[3].nullable = false;
    world.session->putTable(changed);
    world.commit();
    world.session->setBaseline(world.reflect());
    QVERIFY(world.table("t")->column("twice")->generated.has_value());
    world.remove("t", world.row("t", "id", Value(7)));
    world.commit();
    QCOMPARE(world.read("SELECT id, twice FROM t ORDER BY id"), std::string("1 10 / 2 2 / "));
}

void tst_SessionValues::arraysCompositesAndJson()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    const std::pair<const char *, const char *> kinds[] = {
        {"TEXT[]", "('{NULL,\"NULL\",\"\"}'), ('{}'), ('{{a,b},{\"c,d\",\"e\\\"f\"}}'), ('[0:1]={x,y}'), (NULL)"},
        {"mood[]", "('{sad,\"very happy\"}'), ('{}')"},
        {"pair", "('(1,\"a,b\")'), ('(,)'), ('(2,\"\")')"},
        {"JSON", "('{\"a\":1,\"a\" :  2}'), ('[1 ,2]'), ('1.0')"},
        {"JSONB", "('{\"b\": 1.50, \"a\": null}'), ('\"x\"')"},
        {"INET", "('10.0.0.1/8'), ('::1')"},
        {"BIT(3)", "('101')"},
        {"INT4RANGE", "('[1,5)'), ('empty')"},
        {"UUID", "('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11')"},
        {"POINT", "('(1,2.5)')"},
        {"XML", "('<a>x</a>')"},
    };
    for (const auto &[type, values] : kinds) {
        SessionWorld world(true,
                           std::string("CREATE TYPE mood AS ENUM ('sad', 'very happy'); CREATE TYPE pair AS (a "
                                       "INTEGER, b TEXT); CREATE TABLE t (id INTEGER GENERATED ALWAYS AS IDENTITY "
                                       "PRIMARY KEY, n INTEGER DEFAULT 1, v ") +
                               type + "); INSERT INTO t (v) VALUES " + values);
        keeps(world, "t", "v");
        if (QTest::currentTestFailed()) {
            qWarning("%s", type);
            return;
        }
        // The value itself is the witness of its row when it is edited.
        for (const RowImage &row : world.rows(world.table("t")))
            world.set("t", row, "v", Value());
        world.commit();
        QCOMPARE(world.read("SELECT count(*) FROM t WHERE v IS NOT NULL"), std::string("0 / "));
    }
}

void tst_SessionValues::whatTheDatabaseMadeOfIt()
{
    QFETCH(bool, isServer);
    SessionWorld world(
        isServer,
        std::string(isServer ? "CREATE TABLE t (id INTEGER GENERATED BY DEFAULT AS IDENTITY (START 40) PRIMARY KEY, "
                             : "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, ") +
            "n INTEGER, d INTEGER DEFAULT 7, g INTEGER GENERATED ALWAYS AS (n + 1) STORED, s TEXT);" +
            (isServer
                 ? "CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.s := upper(NEW.s); "
                   "RETURN NEW; END $$;"
                   "CREATE TRIGGER louder BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION loud()"
                 : "INSERT INTO t (id) VALUES (39); DELETE FROM t;"
                   "CREATE TRIGGER louder AFTER INSERT ON t BEGIN UPDATE t SET s = upper(s) WHERE id = NEW.id; END;"
                   "CREATE TRIGGER again AFTER UPDATE OF s ON t WHEN NEW.s <> upper(NEW.s) BEGIN UPDATE t SET s = "
                   "upper(s) WHERE id = NEW.id; END"));
    const RowTarget added = world.add("t", {{"n", Value(1)}, {"s", Value("quiet")}});
    const Report report = world.commit();
    // The key that was made finds the row, and with it all that was made besides.
    const Value id = report.keys.at({added.newRow, "id"});
    QCOMPARE(id, Value(40));
    const auto made = readRow(world.connection, world.table("t"), {{"id", id}});
    QVERIFY(made && made->at("d") == Cell(Value(7)) && made->at("g") == Cell(Value(2)));
    QVERIFY(made->at("s") == Cell(Value("QUIET")));
    world.set("t", *made, "s", Value("again"));
    world.set("t", *made, "n", Value(5));
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t"), std::string("40 5 7 6 AGAIN / "));
}

QTEST_GUILESS_MAIN(tst_SessionValues)
#include "tst_session_values.moc"
