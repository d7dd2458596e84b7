// Rows whose order only the database's own way of comparing tells: values that its collations and types take for the
// same, indexes over some rows or over expressions, NULLs that are not distinct, values that a check or a short type
// allows while rows swap theirs, and rows that go along with others through tables that nobody edits.

#include "support/session_world.h"

using namespace schemawright;
using test::SessionWorld;

namespace {

/// An edit: of the row whose `id` this is. No column is a deletion; an insert has no id.
struct Edit
{
    int id = 0;
    std::string column;
    Cell cell;
    RowImage added = {};
    std::string table = "t";
};

struct Case
{
    std::string sqlite, postgres; ///< the tables; empty: not for this database
    std::string rows;             ///< in both
    std::vector<Edit> edits;
    std::string after; ///< all rows of t by their id
    std::string query = "SELECT * FROM t ORDER BY id";
};

Edit insertion(RowImage cells, std::string table = "t") { return {0, {}, {}, std::move(cells), std::move(table)}; }
Edit removal(int id, std::string table = "t") { return {id, {}, {}, {}, std::move(table)}; }

/// The same tables in both.
Case both(const std::string &tables, std::string rows, std::vector<Edit> edits, std::string after)
{
    return {tables, tables, std::move(rows), std::move(edits), std::move(after)};
}

void make(SessionWorld &world, const std::vector<Edit> &edits)
{
    for (const Edit &edit : edits)
        if (edit.id == 0)
            world.add(edit.table, edit.added);
        else if (edit.column.empty())
            world.remove(edit.table, world.row(edit.table, "id", Value(edit.id)));
        else
            world.set(edit.table, edit.id, edit.column, edit.cell);
}

std::vector<Edit> swapped(const std::string &column, const Value &first, const Value &second)
{
    return {{1, column, second}, {2, column, first}};
}

const std::string names = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT";

std::map<std::string, Case> cases()
{
    std::map<std::string, Case> all;
    const std::string folded = names + " COLLATE NOCASE UNIQUE)",
                      lower = names + "); CREATE UNIQUE INDEX u ON t (lower(name))";
    const std::string people = "INSERT INTO t VALUES (1, 'Ann'), (2, 'Bob')";
    all["case: taken from a row that goes"] = {
        folded, lower, people, {insertion({{"id", Value(3)}, {"name", Value("ANN")}}), removal(1)}, "2 Bob / 3 ANN / "};
    all["case: swapped"] = {folded, lower, people, swapped("name", Value("ANN"), Value("BOB")), "1 BOB / 2 ANN / "};
    all["case: handed on"] = {
        folded, lower, people, {{1, "name", Value("bob")}, {2, "name", Value("Cy")}}, "1 bob / 2 Cy / "};
    all["citext: swapped"] = {{},
                              "CREATE EXTENSION citext; CREATE TABLE t (id INTEGER PRIMARY KEY, name CITEXT UNIQUE)",
                              people,
                              swapped("name", Value("ANN"), Value("BOB")),
                              "1 BOB / 2 ANN / "};
    all["numbers of another scale"] =
        both("CREATE TABLE t (id INTEGER PRIMARY KEY, n NUMERIC UNIQUE)", "INSERT INTO t VALUES (1, 1), (2, 2)",
             {insertion({{"id", Value(3)}, {"n", Value(Decimal("1.00"))}}), removal(1)}, "");
    all["numbers of another scale"].query = "SELECT id FROM t ORDER BY id";
    all["numbers of another scale"].after = "2 / 3 / ";
    all["uuid without dashes"] = {
        {},
        "CREATE TABLE t (id INTEGER PRIMARY KEY, u UUID UNIQUE)",
        "INSERT INTO t VALUES (1, '0ABC1111-1111-1111-1111-111111111111')",
        {insertion({{"id", Value(2)}, {"u", Value("{0abc1111111111111111111111111111}")}}), removal(1)},
        "2 0abc1111-1111-1111-1111-111111111111 / "};

    const std::string active = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, active INTEGER NOT NULL);"
                               "CREATE UNIQUE INDEX u ON t (name) WHERE active <> 0";
    all["some rows: which one"] = both(active, "INSERT INTO t VALUES (1, 'a', 1), (2, 'a', 0), (3, 'b', 1)",
                                       {{2, "active", Value(1)}, {1, "active", Value(0)}}, "1 a 0 / 2 a 1 / 3 b 1 / ");
    all["some rows: a new one instead"] =
        both(active, "INSERT INTO t VALUES (1, 'a', 1)",
             {insertion({{"id", Value(2)}, {"name", Value("a")}, {"active", Value(1)}}), {1, "active", Value(0)}},
             "1 a 0 / 2 a 1 / ");
    all["some rows: none of them collides"] = both(active, "INSERT INTO t VALUES (1, 'a', 0), (2, 'b', 0)",
                                                   swapped("name", Value("a"), Value("b")), "1 b 0 / 2 a 0 / ");
    all["some rows: those not gone"] = both("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT, gone TEXT);"
                                            "CREATE UNIQUE INDEX u ON t (name) WHERE gone IS NULL",
                                            "INSERT INTO t VALUES (1, 'a', NULL), (2, 'a', 'x')",
                                            {{2, "gone", Value()}, {1, "gone", Value("y")}}, "1 a y / 2 a - / ");
    all["NULL as a value: taken"] = {
        {},
        "CREATE TABLE t (id int PRIMARY KEY, a int, b int, UNIQUE NULLS NOT DISTINCT (a, b))",
        "INSERT INTO t VALUES (1, 1, NULL), (2, NULL, NULL)",
        {insertion({{"id", Value(3)}, {"a", Value(1)}}), insertion({{"id", Value(4)}}), removal(1), removal(2)},
        "3 1 - / 4 - - / "};
    all["NULL as a value: swapped"] = {{},
                                       "CREATE TABLE t (id int PRIMARY KEY, a int, UNIQUE NULLS NOT DISTINCT (a))",
                                       "INSERT INTO t VALUES (1, 1), (2, NULL)",
                                       swapped("a", Value(1), Value()),
                                       "1 - / 2 1 / "};
    all["generated: swapped"] =
        both("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, g INTEGER GENERATED ALWAYS AS "
             "(a * 2) STORED UNIQUE)",
             "INSERT INTO t (id, a) VALUES (1, 1), (2, 2)", swapped("a", Value(1), Value(2)), "1 2 4 / 2 1 2 / ");
    all["expression with NULL: swapped"] =
        both("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER);"
             "CREATE UNIQUE INDEX u ON t (a, coalesce(b, -1))",
             "INSERT INTO t VALUES (1, 1, NULL), (2, 1, 2)", swapped("b", Value(), Value(2)), "1 1 2 / 2 1 - / ");

    const auto position = [](const std::string &check) {
        return "CREATE TABLE t (id INTEGER PRIMARY KEY, pos INTEGER NOT NULL UNIQUE CHECK (" + check + "))";
    };
    const std::string three = "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)";
    all["swapped under a check"] =
        both(position("pos > 0"), three, {{1, "pos", Value(2)}, {2, "pos", Value(3)}, {3, "pos", Value(1)}},
             "1 2 / 2 3 / 3 1 / ");
    all["swapped under a narrow check"] =
        both(position("pos BETWEEN 1 AND 5"), three, swapped("pos", Value(1), Value(2)), "1 2 / 2 1 / 3 3 / ");
    all["swapped late"] = {
        {},
        "CREATE TABLE t (id int PRIMARY KEY, pos int NOT NULL UNIQUE DEFERRABLE CHECK (pos IN (1, 2)))",
        "INSERT INTO t VALUES (1, 1), (2, 2)",
        swapped("pos", Value(1), Value(2)),
        "1 2 / 2 1 / "};
    const auto swap = [&](const std::string &name, const std::string &sqliteType, const std::string &postgresType,
                          const std::string &rows, const Value &first, const Value &second, const std::string &after) {
        const std::string head = "CREATE TABLE t (id INTEGER PRIMARY KEY, c ", tail = " NOT NULL UNIQUE)";
        all["swapped: " + name] = {sqliteType.empty() ? "" : head + sqliteType + tail,
                                   postgresType.empty() ? "" : head + postgresType + tail,
                                   "INSERT INTO t VALUES " + rows, swapped("c", first, second), after};
    };
    swap("two letters", "VARCHAR(2)", "VARCHAR(2)", "(1, 'aa'), (2, 'bb')", Value("aa"), Value("bb"), "1 bb / 2 aa / ");
    swap("one letter", "CHAR(1)", "CHAR(1)", "(1, 'x'), (2, 'y')", Value("x"), Value("y"), "1 y / 2 x / ");
    swap("letters of a checked length", "TEXT CHECK (length(c) = 3)", "TEXT CHECK (length(c) = 3)",
         "(1, 'abc'), (2, 'xyz')", Value("abc"), Value("xyz"), "1 xyz / 2 abc / ");
    swap("few digits", {}, "NUMERIC(3, 1)", "(1, 1.5), (2, 2.5)", Value(Decimal("1.5")), Value(Decimal("2.5")),
         "1 2.5 / 2 1.5 / ");
    swap("fractions", {}, "NUMERIC(2, 2)", "(1, 0.15), (2, 0.25)", Value(Decimal("0.15")), Value(Decimal("0.25")),
         "1 0.25 / 2 0.15 / ");
    swap("floats", "DOUBLE PRECISION", "REAL", "(1, 1.5), (2, 2.5)", Value(1.5), Value(2.5), "1 2.5 / 2 1.5 / ");
    swap("uuid", "UUID", "UUID",
         "(1, '11111111-1111-1111-1111-111111111111'), (2, '21111111-1111-1111-1111-111111111111')",
         Value("11111111-1111-1111-1111-111111111111"), Value("21111111-1111-1111-1111-111111111111"),
         "1 21111111-1111-1111-1111-111111111111 / 2 11111111-1111-1111-1111-111111111111 / ");
    swap("dates", {}, "DATE", "(1, '2020-01-01'), (2, '2020-01-02')", Value(*Date::parse("2020-01-01")),
         Value(*Date::parse("2020-01-02")), "1 2020-01-02 / 2 2020-01-01 / ");
    swap("dates as text", "DATE", {}, "(1, '2020-01-01'), (2, '2020-01-02')", Value("2020-01-01"), Value("2020-01-02"),
         "1 2020-01-02 / 2 2020-01-01 / ");
    swap("times", {}, "TIMESTAMPTZ", "(1, '2020-01-01 00:00+00'), (2, '2020-01-02 00:00+00')",
         Value(*DateTime::parse("2020-01-01 00:00:00+00")), Value(*DateTime::parse("2020-01-02 00:00:00+00")),
         "1 2020-01-02 00:00:00+00 / 2 2020-01-01 00:00:00+00 / ");
    swap("bytes", "BLOB", {}, "(1, x'01'), (2, x'02')", Value(Bytes{"\x01"}), Value(Bytes{"\x02"}), "1 02 / 2 01 / ");
    swap("bytea", {}, "BYTEA", "(1, '\\x01'), (2, '\\x02')", Value(Bytes{"\x01"}), Value(Bytes{"\x02"}),
         "1 02 / 2 01 / ");
    swap("labels", {}, "mood", "(1, 'a'), (2, 'b')", Value("a"), Value("b"), "1 b / 2 a / ");
    all["swapped: labels"].postgres.insert(0, "CREATE TYPE mood AS ENUM ('a', 'b', 'c');");
    swap("a domain", {}, "positive", "(1, 1), (2, 2)", Value(1), Value(2), "1 2 / 2 1 / ");
    all["swapped: a domain"].postgres.insert(0, "CREATE DOMAIN positive AS int CHECK (VALUE > 0);");

    all["exclusion: taken from a row that goes"] = {
        {},
        "CREATE TABLE t (id int PRIMARY KEY, during int4range, EXCLUDE USING gist (during WITH &&))",
        "INSERT INTO t VALUES (1, '[1,5)'), (2, '[5,8)')",
        {insertion({{"id", Value(3)}, {"during", Value("[2,4)")}}),
         insertion({{"id", Value(4)}, {"during", Value("[6,7)")}}),
         removal(1),
         {2, "during", Value("[8,9)")}},
        "2 [8,9) / 3 [2,4) / 4 [6,7) / "};

    // What goes along with others.
    const std::string family = "CREATE TABLE g (id INTEGER PRIMARY KEY);"
                               "CREATE TABLE p (id INTEGER PRIMARY KEY, g INTEGER REFERENCES g ON DELETE CASCADE);"
                               "CREATE TABLE t (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE CASCADE, n "
                               "INTEGER)";
    all["goes along through a table that is not edited"] =
        both(family,
             "INSERT INTO g VALUES (1), (2); INSERT INTO p VALUES (1, 1), (2, 2);"
             "INSERT INTO t VALUES (1, 1, 1), (2, 1, 2), (3, 2, 3)",
             {removal(1, "g"), removal(1), {2, "n", Value(5)}, {3, "n", Value(6)}}, "3 2 6 / ");
    all["edited and goes along"] =
        both(family, "INSERT INTO g VALUES (1); INSERT INTO p VALUES (1, 1); INSERT INTO t VALUES (1, 1, 1)",
             {removal(1, "p"), {1, "n", Value(5)}}, "");
    all["goes along in a tree"] =
        both("CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t ON DELETE CASCADE, n INTEGER)",
             "INSERT INTO t VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3), (4, 2, 4), (5, NULL, 5)",
             {removal(1), removal(3), {4, "n", Value(7)}, {5, "n", Value(8)}}, "5 - 8 / ");
    all["goes along in a ring of tables"] =
        both("CREATE TABLE t (id INTEGER PRIMARY KEY, o INTEGER); CREATE TABLE o (id INTEGER PRIMARY KEY, t INTEGER "
             "REFERENCES t ON DELETE CASCADE)",
             "INSERT INTO t VALUES (1, NULL), (2, 1), (3, 2), (4, NULL); INSERT INTO o VALUES (1, 1), (2, 2)",
             {removal(1), removal(3), removal(2, "o")}, "4 - / ");
    all["goes along in a ring of tables"].sqlite =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, o INTEGER REFERENCES o ON DELETE CASCADE DEFERRABLE INITIALLY "
        "DEFERRED); CREATE TABLE o (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t ON DELETE CASCADE)";
    all["goes along in a ring of tables"].postgres +=
        "; ALTER TABLE t ADD FOREIGN KEY (o) REFERENCES o ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED";
    all["goes along in a ring of tables"].rows = "BEGIN; " + all["goes along in a ring of tables"].rows + "; COMMIT";
    return all;
}

} // namespace

class tst_RowOrder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesOutAsEdited_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isServer");
        for (const auto &[name, each] : cases())
            for (const bool isServer : {false, true})
                if (!(isServer ? each.postgres : each.sqlite).empty() && (!isServer || test::postgresServer()))
                    QTest::newRow((name + (isServer ? " (postgresql)" : " (sqlite)")).c_str())
                        << QString::fromStdString(name) << isServer;
    }
    /// In the order of the edits and in the reverse one.
    void comesOutAsEdited()
    {
        QFETCH(QString, name);
        QFETCH(bool, isServer);
        const Case all = cases().at(name.toStdString());
        SessionWorld world(isServer,
                           (isServer ? all.postgres : "PRAGMA foreign_keys = ON;" + all.sqlite) + ";" + all.rows,
                           "row_order");
        std::vector<Edit> edits = all.edits;
        make(world, edits);
        const Report rehearsal = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
        QVERIFY2(rehearsal.isClean(), rehearsal.error ? rehearsal.error->describe().c_str() : "");
        world.session->unitOfWork().discardAll();
        std::ranges::reverse(edits);
        make(world, edits);
        world.commit();
        QCOMPARE(world.read(all.query), all.after);
    }

    void parentsAreFoundWhateverTheirCase_data() { test::bothDatabases(); }
    void parentsAreFoundWhateverTheirCase()
    {
        QFETCH(bool, isServer);
        const std::string key = isServer ? "CITEXT" : "TEXT COLLATE NOCASE";
        SessionWorld world(isServer, std::string(isServer ? "CREATE EXTENSION citext;" : "PRAGMA foreign_keys = ON;") +
                                         "CREATE TABLE p (k " + key + " PRIMARY KEY);" +
                                         "CREATE TABLE c (id INTEGER PRIMARY KEY, k " + key + " REFERENCES p (k));" +
                                         "INSERT INTO p VALUES ('Old'); INSERT INTO c VALUES (1, 'OLD')");
        world.add("c", {{"id", Value(2)}, {"k", Value("ann")}});
        world.add("p", {{"k", Value("Ann")}});
        world.remove("p", world.row("p", "k", Value("Old")));
        world.set("c", 1, "k", Value("ANN"));
        world.commit();
        QCOMPARE(world.read("SELECT id, k FROM c ORDER BY id"), std::string("1 ANN / 2 ann / "));
        QCOMPARE(world.read("SELECT k FROM p"), std::string("Ann / "));
    }

    /// The index finds no difference; what others wrote is one all the same.
    void aChangeOfCaseIsAConflict_data() { test::bothDatabases(); }
    void aChangeOfCaseIsAConflict()
    {
        QFETCH(bool, isServer);
        SessionWorld world(isServer, std::string(isServer ? "CREATE EXTENSION citext;" : "") +
                                         "CREATE TABLE t (id INTEGER PRIMARY KEY, s " +
                                         (isServer ? "CITEXT" : "TEXT COLLATE NOCASE") +
                                         "); INSERT INTO t VALUES (1, 'Ann'), (2, 'Bob')");
        world.set("t", 1, "s", Value("mine"));
        world.remove("t", world.row("t", "id", Value(2)));
        world.connection.executeScript("UPDATE t SET s = upper(s)");
        const Report rehearsal = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
        QCOMPARE(std::ranges::count_if(
                     rehearsal.steps,
                     [](const StepReport &step) { return step.error && step.error->kind == ErrorKind::Conflict; }),
                 2);
        QVERIFY(!world.flush().committed);
        QCOMPARE(world.read("SELECT s FROM t ORDER BY id"), std::string("ANN / BOB / "));
    }

    /// Rows without a key that differ in nothing that a collation sees.
    void rowsThatOnlyCaseTellsApart()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
        SessionWorld world(true, "CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level2', deterministic = "
                                 "false); CREATE TABLE t (s TEXT COLLATE folded, n int);"
                                 "INSERT INTO t VALUES ('a', 1), ('A', 1)");
        world.set("t", world.row("t", "s", Value("A")), "n", Value(2));
        world.commit();
        QCOMPARE(world.read("SELECT s, n FROM t ORDER BY n"), std::string("a 1 / A 2 / "));
    }

    /// Others took a row out that was to be removed: told, unless another removal of this commit may have done it.
    void whatOthersRemovedIsTold_data() { test::bothDatabases(); }
    void whatOthersRemovedIsTold()
    {
        QFETCH(bool, isServer);
        SessionWorld world(isServer,
                           std::string(isServer ? "" : "PRAGMA foreign_keys = ON;") +
                               "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t ON DELETE CASCADE);"
                               "INSERT INTO t VALUES (1, NULL), (2, NULL), (3, 2)");
        world.remove("t", world.row("t", "id", Value(1)));
        world.connection.executeScript("DELETE FROM t WHERE id = 1");
        const Report report = world.flush();
        QVERIFY(report.error && report.error->kind == ErrorKind::Conflict);
        QCOMPARE(world.pending(), std::size_t{1});
    }

    /// Arrays and composites of what has no equality, edited and beside what is edited in a table without a key.
    void typesWithoutEquality()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
        SessionWorld world(
            true, "CREATE TYPE pair AS (a int, j json); CREATE DOMAIN document AS json;"
                  "CREATE TABLE t (id int PRIMARY KEY, ja json[], pa pair[], da document[], xa xml[], qa point[]);"
                  "INSERT INTO t VALUES (1, ARRAY['{\"a\": 1}'::json], ARRAY['(1,\"{}\")'::pair], "
                  "ARRAY['[1]'::document], ARRAY['<a/>'::xml], ARRAY['(1,2)'::point]);"
                  "CREATE TABLE k AS SELECT * FROM t");
        for (const auto &[column, text] :
             std::vector<std::pair<std::string, std::string>>{{"ja", "{\"{\\\"b\\\": 2}\"}"},
                                                              {"pa", "{\"(2,)\"}"},
                                                              {"da", "{[2]}"},
                                                              {"xa", "{<b/>}"},
                                                              {"qa", "{\"(3,4)\"}"}})
            world.set("t", 1, column, Value(text));
        world.set("k", 1, "id", Value(2));
        world.commit();
        QCOMPARE(world.read("SELECT * FROM t"),
                 std::string("1 {\"{\\\"b\\\": 2}\"} {\"(2,)\"} {[2]} {<b/>} {\"(3,4)\"} / "));
        QCOMPARE(world.read("SELECT id FROM k"), std::string("2 / "));
        world.remove("k", world.row("k", "id", Value(2)));
        world.commit();
        QCOMPARE(world.read("SELECT count(*) FROM k"), std::string("0 / "));
    }
};

QTEST_GUILESS_MAIN(tst_RowOrder)
#include "tst_row_order.moc"
