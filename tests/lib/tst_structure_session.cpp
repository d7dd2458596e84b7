// Changes of structure through Session: what a rebuild of an SQLite table keeps, what PostgreSQL converts and makes
// again, and what is refused by name before anything runs.
#include "schemawright/backends/dialects.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/conversion.h"
#include "schemawright/orm/session.h"
#include "schemawright/schema/dependants.h"

#include "support/postgres_database.h"

#include <QTest>

#include <memory>

using namespace schemawright;

namespace {

constexpr const char *zoo = R"(
CREATE TABLE parent ( -- who has children
  id INTEGER PRIMARY KEY AUTOINCREMENT, -- the number
  a TEXT COLLATE NOCASE, /* a name */
  b INT DEFAULT 7 CHECK (b > 5),
  -- anything at all
  c,
  v AS (b * 2) VIRTUAL, s AS (b * 3) STORED,
  UNIQUE (a) ON CONFLICT REPLACE
);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INT REFERENCES parent ON DELETE CASCADE);
CREATE TABLE toy (id INTEGER PRIMARY KEY, child_id INT REFERENCES child ON DELETE SET NULL);
CREATE TABLE log (what TEXT);
CREATE INDEX ix_lower ON parent (lower(a)); -- for the search
CREATE INDEX ix_desc ON parent (b COLLATE NOCASE DESC);
CREATE UNIQUE INDEX ix_part ON parent (b) WHERE b > 100;
CREATE TRIGGER tr_parent AFTER UPDATE OF a ON parent WHEN new.b > 0 BEGIN INSERT INTO log VALUES (old.a || new.a); END;
CREATE TRIGGER tr_child AFTER INSERT ON child BEGIN UPDATE parent SET c = 1 WHERE id = new.parent_id; END;
CREATE VIEW v1 AS SELECT id, a FROM parent;
CREATE VIEW v2 AS SELECT * FROM v1;
INSERT INTO parent (id, a, b) VALUES (1, 'x', 10), (2, 'y', 11), (90, 'z', 12);
DELETE FROM parent WHERE id = 90;
INSERT INTO child VALUES (1, 1), (2, 1), (3, 2);
INSERT INTO toy VALUES (1, 1), (2, 3);
DELETE FROM log;
)";

/// One open database with a session on it.
struct World
{
    World(Engine opened, const char *script) : engine(std::move(opened)), connection(engine.connect())
    {
        connection.executeScript(script);
        session = std::make_unique<Session>(engine.sharedDialect(), Inspector(connection).reflect({}));
    }
    QualifiedName name(const char *table) const { return {session->baseline().defaultSchema, table}; }
    void edit(const char *table, const std::function<void(Table &)> &change)
    {
        Table copy = session->editTable(name(table));
        change(copy);
        session->putTable(std::move(copy));
    }
    void erase(const char *table, int key)
    {
        const TablePtr at = session->baseline().table(name(table));
        const RowImage image = *readRow(connection, at, {{"id", Value(key)}});
        session->deleteRow(session->target(*at, image), image);
    }
    void flush()
    {
        const Report report = session->flush(connection);
        if (report.error) {
            if (qEnvironmentVariableIsSet("SHOW_PLAN"))
                for (const Step &step : session->plan().steps)
                    qInfo("%s", step.statement.sql.c_str());
            throw *report.error;
        }
        session->setBaseline(Inspector(connection).reflect({}));
    }
    std::string why()
    {
        try {
            flush();
        } catch (const Error &error) {
            return error.message;
        }
        return "it went";
    }
    std::string one(const std::string &sql)
    {
        const auto row = connection.execute(sql).first();
        return !row ? "no row" : (*row)[0].isNull() ? "NULL" : (*row)[0].text();
    }
    std::string textOf(const char *object)
    {
        return one(std::string("SELECT sql FROM sqlite_master WHERE name = '") + object + "'");
    }

    Engine engine;
    Connection connection;
    std::unique_ptr<Session> session;
};

Column &columnOf(Table &table, const char *name) { return table.columns[table.columnIndex(name).value()]; }

} // namespace

class tst_StructureSession : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PostgresDatabase> postgres_;

    /// A schema with nothing in it.
    World onServer(const char *script)
    {
        Engine engine = Engine::open(postgres_->url());
        engine.connect().executeScript("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        return World(std::move(engine), script);
    }
    bool hasServer()
    {
        if (!postgres_ && test::postgresServer())
            postgres_ = std::make_unique<test::PostgresDatabase>("structure_lib");
        return postgres_ != nullptr;
    }

private slots:
    void aRebuildKeepsAllAndItsComments() // CASES 21 to 23
    {
        World world(Engine::open("sqlite://"), zoo);
        world.edit("parent", [](Table &table) { columnOf(table, "c").nullable = false; });
        world.edit("parent", [](Table &table) { columnOf(table, "c").defaultSql = "0"; });
        world.connection.execute("UPDATE parent SET c = 4");
        world.flush();
        const std::string sql = world.textOf("parent");
        for (const char *kept :
             {"-- who has children", "-- the number", "a TEXT COLLATE NOCASE, /* a name */", "CHECK (b > 5)",
              "-- anything at all", "v AS (b * 2) VIRTUAL, s AS (b * 3) STORED", "UNIQUE (a) ON CONFLICT REPLACE"})
            QVERIFY2(sql.find(kept) != std::string::npos, (sql + "\nlacks " + kept).c_str());
        QVERIFY2(world.textOf("ix_lower").ends_with("(lower(a))"), world.textOf("ix_lower").c_str());
        QCOMPARE(world.one("SELECT count(*) FROM child"), std::string("3"));
        QCOMPARE(world.one("SELECT seq FROM sqlite_sequence WHERE name = 'parent'"), std::string("90"));
        QCOMPARE(world.one("SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE type <> 'table' AND "
                           "sql IS NOT NULL ORDER BY name)"),
                 std::string("ix_desc,ix_lower,ix_part,tr_child,tr_parent,v1,v2"));
        QCOMPARE(world.one("SELECT count(*) FROM sqlite_master WHERE type = 'table'"), std::string("5"));
        QCOMPARE(world.one("PRAGMA foreign_keys"), std::string("1"));
        QCOMPARE(world.one("SELECT v + s FROM parent WHERE id = 1"), std::string("50"));
        world.connection.execute("UPDATE parent SET a = 'q' WHERE id = 1");
        QCOMPARE(world.one("SELECT what FROM log"), std::string("xq"));
        QCOMPARE(world.one("SELECT group_concat(a) FROM v2"), std::string("q,y"));
    }

    void aColumnOfATriggerIsRenamedWithARebuild()
    {
        World world(Engine::open("sqlite://"), zoo);
        world.edit("parent", [](Table &table) {
            columnOf(table, "b").type = dialectType("BIGINT");
            columnOf(table, "a").name = "label";
            columnOf(table, "b").name = "size of it";
            table.name.name = "elder";
        });
        world.flush();
        const std::string trigger = world.textOf("tr_parent");
        QVERIFY2(trigger.find("new.\"size of it\"") != std::string::npos, trigger.c_str());
        QCOMPARE(world.one("SELECT type FROM pragma_table_info('elder') WHERE name = 'size of it'"),
                 std::string("BIGINT"));
        world.connection.execute("UPDATE elder SET label = 'q' WHERE id = 1");
        QCOMPARE(world.one("SELECT what FROM log"), std::string("xq"));
        world.connection.execute("INSERT INTO child VALUES (9, 2)");
        QCOMPARE(world.one("SELECT c FROM elder WHERE id = 2"), std::string("1"));
        QCOMPARE(world.one("SELECT group_concat(label) FROM v2"), std::string("q,y"));
        QCOMPARE(world.one("SELECT group_concat(\"v\") FROM elder"), std::string("20,22"));
        QVERIFY2(world.textOf("ix_part").find("\"size of it\" > 100") != std::string::npos,
                 world.textOf("ix_part").c_str());
        QVERIFY2(world.textOf("child").find("elder") != std::string::npos, world.textOf("child").c_str());
        QVERIFY2(world.textOf("elder").find("-- the number") != std::string::npos, world.textOf("elder").c_str());
    }

    void deletesCascadeInTheCommitOfARebuild()
    {
        World world(Engine::open("sqlite://"),
                    "CREATE TABLE node (id INTEGER PRIMARY KEY, up INT REFERENCES node ON DELETE CASCADE, n INT);"
                    "CREATE TABLE leaf (id INTEGER PRIMARY KEY, node_id INT REFERENCES node ON DELETE CASCADE);"
                    "CREATE TABLE mark (id INTEGER PRIMARY KEY, leaf_id INT DEFAULT 30 REFERENCES leaf ON DELETE SET "
                    "DEFAULT, other INT REFERENCES leaf ON DELETE SET NULL);"
                    "INSERT INTO node VALUES (1, NULL, 1), (2, 1, 2), (3, 2, 3), (4, NULL, 4);"
                    "INSERT INTO leaf VALUES (10, 3), (20, 1), (30, 4);"
                    "INSERT INTO mark VALUES (1, 10, 10), (2, 30, 20)");
        world.edit("node", [](Table &table) { columnOf(table, "n").nullable = false; });
        world.erase("node", 1);
        world.flush();
        QCOMPARE(world.one("SELECT group_concat(id) FROM node"), std::string("4"));
        QCOMPARE(world.one("SELECT group_concat(id) FROM leaf"), std::string("30"));
        QCOMPARE(world.one("SELECT group_concat(leaf_id || coalesce(other, '-')) FROM mark"), std::string("30-,30-"));
        QCOMPARE(world.one("SELECT count(*) FROM sqlite_temp_master"), std::string("0"));
        QCOMPARE(world.one("SELECT \"notnull\" FROM pragma_table_info('node') WHERE name = 'n'"), std::string("1"));
    }

    void deletesCascadeThroughRingsOfTables()
    {
        World world(Engine::open("sqlite://"),
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT);"
                    "CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INT REFERENCES b ON DELETE CASCADE, up INT REFERENCES "
                    "a ON DELETE CASCADE);"
                    "CREATE TABLE b (x TEXT, y INT, c_id INT REFERENCES c ON DELETE CASCADE, id INTEGER PRIMARY KEY,"
                    "UNIQUE (x, y));"
                    "CREATE TABLE c (id INTEGER PRIMARY KEY, a_id INT REFERENCES a ON DELETE CASCADE, bx TEXT, by INT,"
                    "FOREIGN KEY (bx, by) REFERENCES b (x, y) ON DELETE CASCADE);"
                    "CREATE TABLE leaf (id INTEGER PRIMARY KEY, a_id INT REFERENCES a ON DELETE CASCADE, c_id INT "
                    "REFERENCES c ON DELETE SET NULL);"
                    "INSERT INTO t VALUES (1, 1);"
                    "INSERT INTO a VALUES (1, NULL, NULL); INSERT INTO c VALUES (1, 1, NULL, NULL);"
                    "INSERT INTO b VALUES ('p', 1, 1, 1); INSERT INTO a VALUES (2, 1, NULL), (3, NULL, 2);"
                    "INSERT INTO c VALUES (2, 3, NULL, NULL); INSERT INTO b VALUES ('p', 2, 2, 2);"
                    "INSERT INTO a VALUES (4, 2, NULL); INSERT INTO c VALUES (3, NULL, 'p', 2), (4, 4, NULL, NULL);"
                    "INSERT INTO b VALUES ('q', 1, NULL, 9); INSERT INTO a VALUES (9, 9, NULL);"
                    "INSERT INTO c VALUES (9, 9, NULL, NULL); INSERT INTO leaf VALUES (1, 4, 9), (2, 9, 4), (3, 9, 9);"
                    "UPDATE a SET b_id = 2 WHERE id = 1;"); // it comes round
        world.edit("t", [](Table &table) { columnOf(table, "n").nullable = false; });
        world.erase("a", 3); // and with it what comes behind, up to what it refers to itself
        world.flush();
        QCOMPARE(world.one("SELECT group_concat(id) FROM a"), std::string("9"));
        QCOMPARE(world.one("SELECT group_concat(id) FROM b"), std::string("9"));
        QCOMPARE(world.one("SELECT group_concat(id) FROM c"), std::string("9"));
        QCOMPARE(world.one("SELECT group_concat(id || ' ' || coalesce(c_id, '-')) FROM leaf"), std::string("2 -,3 9"));
        QCOMPARE(world.one("SELECT count(*) FROM sqlite_temp_master"), std::string("0"));
        // A row that takes the number of one that went stays.
        world.edit("t", [](Table &table) { columnOf(table, "n").nullable = true; });
        world.erase("a", 9);
        world.session->addRow(*world.session->baseline().table(world.name("a")), {{"id", Value(9)}});
        world.flush();
        QCOMPARE(world.one("SELECT group_concat(id) FROM a"), std::string("9"));
        QCOMPARE(world.one("SELECT count(*) FROM c"), std::string("0"));
    }

    void aComputedDefaultFillsRowsWithoutTheirTriggers()
    {
        World world(Engine::open("sqlite://"),
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE log (x);"
                    "CREATE TRIGGER g AFTER UPDATE ON t BEGIN INSERT INTO log VALUES (old.id); END;"
                    "CREATE VIEW strange AS SELECT nobodys_function(a) FROM t;" // a program gives it
                    "INSERT INTO t VALUES (1, 'x'), (2, NULL)");
        Column stamp;
        stamp.name = "stamp";
        stamp.type = dialectType("TEXT");
        stamp.defaultSql = "lower('AB' || 'C')";
        world.edit("t", [&](Table &table) { table.columns.push_back(stamp); });
        world.flush();
        QCOMPARE(world.one("SELECT group_concat(stamp) FROM t"), std::string("abc,abc"));
        world.connection.execute("UPDATE t SET a = 'y'");
        world.connection.execute("DELETE FROM log");
        world.edit("t", [&](Table &table) { // rows are looked at after the others were written
            stamp.name = "second";
            table.columns.push_back(stamp);
            columnOf(table, "a").nullable = false;
        });
        world.flush();
        world.connection.execute("INSERT INTO t (a) VALUES ('z')");
        QCOMPARE(world.one("SELECT group_concat(second) FROM t"), std::string("abc,abc,abc"));
        QCOMPARE(world.one("SELECT count(*) FROM log"), std::string("0"));
    }

    void rowsThatReferToNothingAlreadyAreNoObstacle()
    {
        World world(
            Engine::open("sqlite://?foreign_keys=off"),
            "CREATE TABLE parent (id INTEGER PRIMARY KEY, n INT); CREATE TABLE child (id INTEGER PRIMARY KEY, p INT "
            "REFERENCES parent); INSERT INTO parent VALUES (1, 1), (2, 2); INSERT INTO child VALUES (1, 1), (2, 7)");
        world.edit("parent", [](Table &table) {
            table.name.name = "elder";
            columnOf(table, "n").nullable = false;
        });
        world.edit("child", [](Table &table) { columnOf(table, "p").defaultSql = "1"; });
        QCOMPARE(world.why(), std::string("it went"));
        QCOMPARE(world.one("SELECT group_concat(p) FROM child"), std::string("1,7"));
        world.connection.executeScript("INSERT INTO child VALUES (3, 1)");
        world.edit("child", [](Table &table) { // by this key one more refers to nothing
            table.foreignKeys.push_back(table.foreignKeys.front());
            table.foreignKeys.back().columns = {"id"};
        });
        const std::string why = world.why();
        QVERIFY2(why.find("rows refer to others that are not there: child, 3, elder") != std::string::npos,
                 why.c_str());
        QCOMPARE(world.one("SELECT count(*) FROM sqlite_temp_master"), std::string("0"));
    }

    void keysFollowInTheCommitOfARebuild()
    {
        World world(Engine::open("sqlite://"),
                    "CREATE TABLE kind (id INTEGER PRIMARY KEY, code TEXT UNIQUE, n INT);"
                    "CREATE TABLE item (id INTEGER PRIMARY KEY, kind TEXT REFERENCES kind (code) ON UPDATE CASCADE);"
                    "INSERT INTO kind VALUES (1, 'a', 1); INSERT INTO item VALUES (1, 'a'), (2, NULL)");
        world.edit("kind", [](Table &table) { columnOf(table, "n").nullable = false; });
        const TablePtr kind = world.session->baseline().table(world.name("kind"));
        const RowImage image = *readRow(world.connection, kind, {{"id", Value(1)}});
        world.session->setCell(world.session->target(*kind, image), "code", Value("b"), image);
        world.flush();
        QCOMPARE(world.one("SELECT group_concat(coalesce(kind, '-')) FROM item"), std::string("b,-"));
    }

    void oddTablesAreRebuilt_data()
    {
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("kept");
        QTest::addRow("strict without rowid")
            << "CREATE TABLE t (k TEXT, n INT NOT NULL, b TEXT, PRIMARY KEY (k, n)) STRICT, WITHOUT ROWID"
            << "STRICT, WITHOUT ROWID";
        QTest::addRow("no type") << "CREATE TABLE t (k, n, b)"
                                 << "k, n";
        QTest::addRow("named checks") << "CREATE TABLE t (k INT, n INT CONSTRAINT big CHECK (n > 0), b, CHECK (k < 9))"
                                      << "CONSTRAINT big CHECK (n > 0)";
        QTest::addRow("key of text") << "CREATE TABLE t (k TEXT PRIMARY KEY ON CONFLICT IGNORE, n INT, b)"
                                     << "PRIMARY KEY ON CONFLICT IGNORE";
        QTest::addRow("quoted") << "CREATE TABLE \"t\" ([k] INT, `n` INT, \"b\" TEXT DEFAULT 'it''s (b, c)')"
                                << "[k] INT";
        QTest::addRow("on one column")
            << "CREATE TABLE t (k INT UNIQUE, n INT REFERENCES t (k) DEFERRABLE INITIALLY DEFERRED, b)"
            << "REFERENCES t (k) DEFERRABLE INITIALLY DEFERRED";
    }
    void oddTablesAreRebuilt()
    {
        QFETCH(QString, table);
        QFETCH(QString, kept);
        World world(Engine::open("sqlite://"),
                    qPrintable(table + ";INSERT INTO t (k, n, b) VALUES (1, 1, 'x'), (2, 2, NULL)"));
        const std::string rows = "SELECT group_concat(typeof(k) || k || typeof(n) || n || coalesce(b, '-')) FROM t";
        const std::string before = world.one(rows);
        world.edit("t", [](Table &t) { // what ALTER cannot do
            columnOf(t, "b").defaultSql = "'new'";
            t.checks.push_back({std::nullopt, "b <> 'never'", false, true, std::nullopt, false});
        });
        world.flush();
        QCOMPARE(world.one(rows), before);
        const std::string sql = world.textOf("t");
        QVERIFY2(sql.find(kept.toStdString()) != std::string::npos, sql.c_str());
        QVERIFY2(sql.find("b <> 'never'") != std::string::npos, sql.c_str());
        world.connection.execute("INSERT INTO t (k, n) VALUES (3, 2)");
        QCOMPARE(world.one("SELECT b FROM t WHERE k = 3"), std::string("new"));
        QVERIFY(world.session->plan().steps.empty());
    }

    void whatNeedsAColumnIsNamedBeforeItGoes() // CASES 19
    {
        World world(Engine::open("sqlite://"), zoo);
        const auto dependants = dependantsOf(world.session->baseline(), world.name("parent"), "a");
        std::string texts;
        for (const Dependant &each : dependants)
            texts += each.text + (each.isCertain ? "; " : "?; ");
        QCOMPARE(texts, std::string("the view v2; the view v1; the trigger tr_parent on parent; "));
        world.edit("parent", [](Table &table) {
            table.columns.erase(table.columns.begin() + 1);
            table.uniques.clear();
            std::erase_if(table.indexes, [](const Index &each) { return each.name == "ix_lower"; });
        });
        const std::string why = world.why();
        QVERIFY2(why.find("the view v1") != std::string::npos && why.find("tr_parent") != std::string::npos,
                 why.c_str());
        QCOMPARE(world.one("SELECT count(*) FROM pragma_table_info('parent') WHERE name = 'a'"), std::string("1"));
        // With them it goes.
        world.session->dropTable(world.name("v2"));
        world.session->dropTable(world.name("v1"));
        world.edit("parent", [](Table &table) { table.triggers.clear(); });
        QCOMPARE(world.why(), std::string("it went"));
        QCOMPARE(world.one("SELECT count(*) FROM pragma_table_info('parent') WHERE name = 'a'"), std::string("0"));
    }

    void sqliteConvertsByAnExpression() // CASES 18
    {
        World world(Engine::open("sqlite://"),
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, price TEXT);"
                    "INSERT INTO t VALUES (1, '007'), (2, 'cheap'), (3, NULL), (4, ''), (5, '1.5')");
        world.edit("t", [](Table &table) { columnOf(table, "price").type = dialectType("INTEGER"); });
        const auto way = world.session->dialect().conversion(world.session->draft().diffs.at(0), 1);
        QVERIFY(way.has_value());
        Unconvertible found = countUnconvertible(world.connection, *way);
        QCOMPARE(found.rows, std::int64_t{3});
        QCOMPARE(found.examples.front(), std::string("cheap"));
        world.edit("t", [](Table &table) {
            columnOf(table, "price").options[conversionOption] =
                "CASE WHEN price GLOB '[0-9]*' THEN round(price) * 10 END";
        });
        found = countUnconvertible(world.connection,
                                   *world.session->dialect().conversion(world.session->draft().diffs.at(0), 1));
        QVERIFY2(!found.error, found.error ? found.error->message.c_str() : "");
        QCOMPARE(found.rows, std::int64_t{0});
        world.flush();
        QCOMPARE(world.one("SELECT group_concat(coalesce(price, '-') || typeof(price)) FROM t"),
                 std::string("70integer,-null,-null,-null,20integer"));
    }

    void postgresConvertsAndCountsBefore() // CASES 18
    {
        if (!hasServer())
            QSKIP("no PostgreSQL server");
        World world =
            onServer("CREATE TABLE t (id integer PRIMARY KEY, price varchar(20) DEFAULT '1', \"Odd name\" text);"
                     "INSERT INTO t VALUES (1, '007', 'x'), (2, 'cheap', NULL), (3, NULL, 'long one'), (4, ' ', "
                     "'abc'), (5, 'dear', 'y')");
        const auto wayOf = [&] {
            const TableDiff diff = world.session->draft().diffs.at(0);
            return *world.session->dialect().conversion(diff, diff.after->columnIndex("price").value());
        };
        world.edit("t", [](Table &table) { columnOf(table, "price").type = postgresType("integer"); });
        QCOMPARE(wayOf().expression, std::string("NULLIF(trim(price), '')::integer"));
        Unconvertible found = countUnconvertible(world.connection, wayOf());
        QVERIFY2(!found.error, found.error ? found.error->message.c_str() : "");
        QCOMPARE(found.rows, std::int64_t{2});
        QCOMPARE(found.examples.size(), std::size_t{2});
        QVERIFY(found.examples.front() == "cheap" || found.examples.front() == "dear");
        world.edit("t", [](Table &table) { columnOf(table, "price").options[conversionOption] = "price::box"; });
        found = countUnconvertible(world.connection, wayOf());
        QVERIFY(found.error.has_value());
        world.edit("t", [](Table &table) { // under a new name, with another column
            columnOf(table, "price").options[conversionOption] =
                "CASE WHEN price ~ '^\\d+$' THEN price::int ELSE length(\"Other\") END";
            columnOf(table, "Odd name").name = "Other";
            columnOf(table, "price").defaultSql = "2";
        });
        found = countUnconvertible(world.connection, wayOf());
        QVERIFY2(!found.error, found.error ? found.error->message.c_str() : "");
        QCOMPARE(found.rows, std::int64_t{0});
        world.flush();
        QCOMPARE(world.one("SELECT string_agg(coalesce(price, -1)::text, ',' ORDER BY id) FROM t"),
                 std::string("7,-1,8,3,1"));
        // What is too long is refused, and not cut.
        world.edit("t", [](Table &table) { columnOf(table, "Other").type = postgresType("varchar(3)"); });
        const TableDiff diff = world.session->draft().diffs.at(0);
        found = countUnconvertible(
            world.connection, *world.session->dialect().conversion(diff, diff.after->columnIndex("Other").value()));
        QCOMPARE(found.rows, std::int64_t{1});
        QCOMPARE(found.examples, std::vector<std::string>{"long one"});
        QVERIFY(world.why().find("too long") != std::string::npos);
        QCOMPARE(world.one("SELECT count(*) FROM t WHERE \"Other\" = 'long one'"), std::string("1"));
    }

    void postgresMakesViewsAgain() // CASES 19
    {
        if (!hasServer())
            QSKIP("no PostgreSQL server");
        World world =
            onServer("CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer);"
                     "CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT a FROM v;"
                     "CREATE VIEW other AS SELECT id, b FROM t;"
                     "COMMENT ON VIEW v IS 'it''s v'; GRANT SELECT ON w TO PUBLIC; INSERT INTO t VALUES (1, 2)");
        world.edit("t", [](Table &table) { columnOf(table, "a").type = postgresType("bigint"); });
        const Draft draft = world.session->draft();
        const Migration migration = world.session->dialect().migrate(draft.before, draft.after, draft.diffs);
        std::string remade;
        for (const RemadeView &each : migration.remadeViews)
            remade += each.view.name + " ";
        QCOMPARE(remade, std::string("v w "));
        world.flush();
        QCOMPARE(world.one("SELECT obj_description('v'::regclass)"), std::string("it's v"));
        QCOMPARE(world.one("SELECT has_table_privilege('public', 'w', 'select')"), std::string("true"));
        QCOMPARE(world.one("SELECT pg_typeof(a) FROM w"), std::string("bigint"));
        // A view cannot be made again without the column that it shows.
        world.edit("t", [](Table &table) { table.columns.erase(table.columns.begin() + 1); });
        const std::string why = world.why();
        QVERIFY2(why.find("the view w, the view v") != std::string::npos && why.find("other") == std::string::npos,
                 why.c_str());
        world.session->dropTable(world.name("w"));
        world.session->dropTable(world.name("v"));
        QCOMPARE(world.why(), std::string("it went"));
    }

    void postgresIdentityAndGeneratedColumns() // CASES 5
    {
        if (!hasServer())
            QSKIP("no PostgreSQL server");
        World world =
            onServer("CREATE TABLE t (id serial PRIMARY KEY, n integer, twice integer GENERATED ALWAYS AS (n * 2) "
                     "STORED, plain integer);"
                     "CREATE INDEX ix_plain ON t (plain); INSERT INTO t (n) VALUES (1), (2)");
        world.edit("t", [](Table &table) {
            Column &id = columnOf(table, "id");
            id.identity.emplace().always = true;
            id.defaultSql.reset();
            id.autoincrement = false;
            columnOf(table, "twice").generated.reset();
            columnOf(table, "plain").generated = Generated{"n + 1", true};
        });
        world.flush();
        QCOMPARE(world.one("SELECT attidentity FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'id'"),
                 std::string("a"));
        QCOMPARE(world.one("SELECT string_agg(plain || ' ' || twice, ',' ORDER BY id) FROM t"), std::string("2 2,3 4"));
        QCOMPARE(world.one("SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_plain'"), std::string("1"));
        world.connection.execute("INSERT INTO t (n) VALUES (5)");
        QCOMPARE(world.one("SELECT id || ' ' || coalesce(twice, 0) FROM t WHERE n = 5"), std::string("3 0"));
        world.edit("t", [](Table &table) {
            columnOf(table, "id").identity.reset();
            columnOf(table, "plain").generated->expression = "n + 10";
        });
        world.flush();
        QCOMPARE(
            world.one("SELECT attidentity = '' FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'id'"),
            std::string("true"));
        QCOMPARE(world.one("SELECT string_agg(plain::text, ',' ORDER BY id) FROM t"), std::string("11,12,15"));
    }

    void sqliteGeneratedColumns()
    {
        World world(Engine::open("sqlite://"),
                    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT, twice INT AS (n * 2), plain INT);"
                    "CREATE INDEX ix_plain ON t (plain); INSERT INTO t (n) VALUES (1), (2)");
        world.edit("t", [](Table &table) {
            columnOf(table, "id").autoincrement = true;
            columnOf(table, "twice").generated.reset();
            columnOf(table, "plain").generated = Generated{"n + 1", true};
        });
        world.flush();
        QCOMPARE(world.one("SELECT group_concat(plain || ' ' || twice) FROM t"), std::string("2 2,3 4"));
        QCOMPARE(world.one("SELECT seq FROM sqlite_sequence WHERE name = 't'"), std::string("2"));
        QCOMPARE(world.one("SELECT count(*) FROM sqlite_master WHERE name = 'ix_plain'"), std::string("1"));
    }

    void postgresGivesATableToAParent()
    {
        if (!hasServer())
            QSKIP("no PostgreSQL server");
        World world = onServer("CREATE TABLE whole (day integer NOT NULL) PARTITION BY RANGE (day);"
                               "CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (10);"
                               "CREATE TABLE base (day integer NOT NULL); CREATE TABLE heir (day integer NOT NULL);"
                               "INSERT INTO part VALUES (1)");
        world.edit("part", [](Table &table) {
            table.partition = {};
            table.kind = TableKind::Table;
        });
        world.edit("heir", [&](Table &table) { table.inherits = {world.name("base")}; });
        world.flush();
        QCOMPARE(world.one("SELECT count(*) FROM whole"), std::string("0"));
        QCOMPARE(world.one("SELECT string_agg(inhrelid::regclass || ' ' || inhparent::regclass, ',') FROM pg_inherits"),
                 std::string("heir base"));
        world.edit("part", [&](Table &table) {
            table.kind = TableKind::Partition;
            table.partition.of = world.name("whole");
            table.partition.bound = "FOR VALUES FROM (0) TO (20)";
        });
        world.edit("heir", [](Table &table) { table.inherits.clear(); });
        world.flush();
        QCOMPARE(world.one("SELECT count(*) FROM whole"), std::string("1"));
        QCOMPARE(world.one("SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE relname = 'part'"),
                 std::string("FOR VALUES FROM (0) TO (20)"));
    }

private:
    static Type dialectType(const char *text) { return dialectNamed("sqlite")->parseType(text); }
    static Type postgresType(const char *text) { return dialectNamed("postgresql")->parseType(text); }
};

QTEST_GUILESS_MAIN(tst_StructureSession)
#include "tst_structure_session.moc"
