// Changes of tables, carried out on real databases: what is compared, what runs, and what is kept.
#include "schemawright/backends/dialects.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/schema/metadata_diff.h"

#include "support/postgres_database.h"

#include <QTest>

#include <functional>

using namespace schemawright;

namespace {

DiffRules rules(const MetaData &metadata) { return DiffRules::of(metadata.dialect, metadata.defaultSchema); }

/// Runs what makes `before` look like `after`, phase by phase.
void run(Connection &connection, const MetaData &before, const MetaData &after, const std::vector<TableDiff> &diffs)
{
    const Migration migration = connection.dialect().migrate(before, after, diffs);
    if (!migration.problems.empty())
        throw migration.problems.front().error;
    const auto runPhases = [&](Phase first, Phase last) {
        for (const MigrationStep &step : migration.steps)
            if (step.phase >= first && step.phase <= last) {
                Result result = connection.execute(step.sql);
                const bool found = result.returnsRows() && result.next().has_value();
                if (step.expectNone && found)
                    throw Error(ErrorKind::Constraint, "found rows: " + step.sql);
            }
    };
    runPhases(Phase::Before, Phase::Before);
    try {
        Transaction transaction = connection.begin();
        runPhases(Phase::Expand, Phase::Verify);
        transaction.commit();
    } catch (...) {
        runPhases(Phase::After, Phase::After);
        throw;
    }
    runPhases(Phase::After, Phase::After);
}

Value one(Connection &connection, const std::string &sql)
{
    const auto row = connection.execute(sql).first();
    return row ? (*row)[0] : Value("no row");
}

/// The table with ids, changed by `edit`.
std::pair<TablePtr, TablePtr> edited(const MetaData &metadata, const QualifiedName &name,
                                     const std::function<void(Table &)> &edit)
{
    Table table = *metadata.table(name);
    table.id = TableId{1};
    std::uint64_t id = 0;
    for (Column &column : table.columns)
        column.id = ColumnId{++id};
    auto before = std::make_shared<const Table>(table);
    edit(table);
    return {before, std::make_shared<const Table>(std::move(table))};
}

void change(Connection &connection, const QualifiedName &name, const std::function<void(Table &)> &edit)
{
    const MetaData before = Inspector(connection).reflect({});
    const auto [from, to] = edited(before, name, edit);
    run(connection, before, before.without(from->name).with(to), {diffTables(from, to, rules(before))});
}

constexpr const char *sqliteZoo = R"(
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE, b INT DEFAULT 7 CHECK (b > 5), c,
  v AS (b * 2) VIRTUAL, s AS (b * 3) STORED, UNIQUE (a) ON CONFLICT REPLACE);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INT REFERENCES parent ON DELETE CASCADE);
CREATE TABLE log (what TEXT);
CREATE INDEX ix_lower ON parent (lower(a));
CREATE UNIQUE INDEX ix_part ON parent (b COLLATE NOCASE DESC) WHERE b > 100;
CREATE TRIGGER tr_parent AFTER UPDATE ON parent BEGIN INSERT INTO log VALUES ('updated'); END;
CREATE TRIGGER tr_child AFTER INSERT ON child BEGIN UPDATE parent SET c = 1 WHERE id = new.parent_id; END;
CREATE VIEW v1 AS SELECT id, a FROM parent;
CREATE VIEW v2 AS SELECT * FROM v1;
INSERT INTO parent (id, a, b) VALUES (1, 'x', 10), (2, 'y', 11), (90, 'z', 12);
DELETE FROM parent WHERE id = 90;
INSERT INTO child VALUES (1, 1), (2, 1), (3, 2);
)";

} // namespace

class tst_Migrate : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (test::postgresServer())
            postgres_ = std::make_unique<test::PostgresDatabase>("migrate");
    }

    void spellings_data()
    {
        QTest::addColumn<QString>("a");
        QTest::addColumn<QString>("b");
        QTest::addColumn<bool>("same");
        const auto row = [](const char *a, const char *b, bool same) {
            QTest::addRow("%s | %s", a, b) << QString(a) << QString(b) << same;
        };
        row("0", "(0)", true);
        row("0", "0.00", true);
        row("now()", "CURRENT_TIMESTAMP", true);
        row("'customer'::\"user-role\"", "'customer'", true);
        row("s = ANY (ARRAY['a'::text, 'b'::text])", "s IN ('a', 'b')", true);
        row("(s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])", "s IN ('a','b')",
            true);
        row("s IN ('a', 'b')", "s IN ('a', 'c')", false);
        row("'A'", "'a'", false);
        row("b > 5", "b > 6", false);
        row("'it''s'", "'it''s'", true);
        row("10", "1", false);
        row("'{}'", "'[]'", false);
    }

    void spellings()
    {
        QFETCH(QString, a);
        QFETCH(QString, b);
        QFETCH(bool, same);
        const DiffRules postgres = DiffRules::of("postgresql", "public");
        QCOMPARE(normalisedExpression(a.toStdString(), postgres) == normalisedExpression(b.toStdString(), postgres),
                 same);
    }

    void types()
    {
        const auto postgres = [](const char *text) { return dialectNamed("postgresql")->parseType(text); };
        for (const auto &[a, b] : {std::pair("int4", "integer"),
                                   {"character varying(20)", "varchar(20)"},
                                   {"decimal(10,2)", "numeric(10,2)"},
                                   {"float8", "double precision"},
                                   {"bool", "boolean"},
                                   {"timestamptz", "timestamp with time zone"}})
            QVERIFY2(sameType(postgres(a), postgres(b)), a);
        for (const auto &[a, b] : {std::pair("timestamp(3)", "timestamp"),
                                   {"varchar(20)", "varchar"},
                                   {"numeric(10,2)", "numeric"},
                                   {"int", "bigint"},
                                   {"text", "text[]"}})
            QVERIFY2(!sameType(postgres(a), postgres(b)), a);
        QVERIFY(sameType(dialectNamed("sqlite")->parseType("VARCHAR (50)"), types::string(50)));
    }

    void sqliteRebuildKeepsEverything()
    {
        const Engine engine = Engine::open("sqlite://");
        Connection connection = engine.connect();
        connection.executeScript(sqliteZoo);
        const MetaData before = Inspector(connection).reflect({});
        // c becomes NOT NULL, which is none of ALTER's.
        connection.execute("UPDATE parent SET c = 'old'");
        connection.execute("DELETE FROM log");
        change(connection, {"", "parent"}, [](Table &table) {
            for (Column &column : table.columns)
                if (column.name == "c")
                    column.nullable = false;
        });
        QCOMPARE(one(connection, "SELECT count(*) FROM child").text(), "3");
        QCOMPARE(one(connection, "SELECT group_concat(id || a || b || c || v || s) FROM parent").text(),
                 "1x10old2030,2y11old2233");
        QCOMPARE(one(connection, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'schemawright%'").text(), "0");
        QCOMPARE(one(connection, "PRAGMA foreign_keys").text(), "1");
        const MetaData after = Inspector(connection).reflect({});
        const MetaDataDiff diff = diffMetaData(before, after);
        QCOMPARE(diff.tables.size(), 1u);
        QCOMPARE(diff.tables[0].items.size(), 1u);
        QCOMPARE(diff.tables[0].items[0].subject, DiffSubject::Nullable);
        // Next id, triggers, views, constraints: they work as before.
        connection.execute("INSERT INTO parent (a, b, c) VALUES ('n', 20, 1)");
        QCOMPARE(one(connection, "SELECT max(id) FROM parent").text(), "91");
        connection.execute("INSERT INTO child VALUES (4, 2)");
        QCOMPARE(one(connection, "SELECT c FROM parent WHERE id = 2").text(), "1");
        QVERIFY(one(connection, "SELECT count(*) FROM log").text() != "0");
        QCOMPARE(one(connection, "SELECT count(*) FROM v2").text(), "3");
        QVERIFY_THROWS_EXCEPTION(Error, connection.execute("INSERT INTO parent (a, b, c) VALUES ('q', 1, 1)"));
        connection.execute("DELETE FROM parent WHERE id = 1");
        QCOMPARE(one(connection, "SELECT count(*) FROM child").text(), "2");
    }

    void sqliteFailureLeavesNothing()
    {
        const Engine engine = Engine::open("sqlite://");
        Connection connection = engine.connect();
        connection.executeScript(sqliteZoo);
        const std::string before =
            one(connection, "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)").text();
        QVERIFY_THROWS_EXCEPTION(Error, change(connection, {"", "parent"}, [](Table &table) {
                                     table.checks.push_back({"too_much", "b > 10", false, true, {}, false});
                                 }));
        QCOMPARE(
            one(connection, "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)").text(),
            before);
        QCOMPARE(one(connection, "PRAGMA foreign_keys").text(), "1");
        QCOMPARE(one(connection, "PRAGMA legacy_alter_table").text(), "0");
        QCOMPARE(one(connection, "SELECT count(*) FROM child").text(), "3");
    }

    void sqliteRowNumbersStay()
    {
        const Engine engine = Engine::open("sqlite://");
        Connection connection = engine.connect();
        connection.executeScript("CREATE TABLE t (a, b TEXT); INSERT INTO t (rowid, a) VALUES (5, 'x'), (9, 'y');"
                                 "CREATE TABLE w (s TEXT, k INT, n INT, PRIMARY KEY (s, k)) STRICT, WITHOUT ROWID;"
                                 "INSERT INTO w VALUES ('a', 1, 2);");
        change(connection, {"", "t"}, [](Table &table) { table.columns[1].type = types::string(9); });
        QCOMPARE(one(connection, "SELECT group_concat(rowid) FROM t").text(), "5,9");
        change(connection, {"", "w"}, [](Table &table) { table.columns[2].defaultSql = "3"; });
        const TablePtr table = Inspector(connection).reflect({}).table({"", "w"});
        QVERIFY(table->hasOption("strict") && table->hasOption("without_rowid"));
        QCOMPARE(table->columns[2].defaultSql.value_or(""), "3");
        QCOMPARE(one(connection, "SELECT n FROM w").text(), "2");
    }

    void sqliteRenames()
    {
        const Engine engine = Engine::open("sqlite://");
        Connection connection = engine.connect();
        connection.executeScript("CREATE TABLE t (a INT, b INT CHECK (b > 0)); INSERT INTO t VALUES (1, 2);"
                                 "CREATE INDEX ix_b ON t (b);");
        change(connection, {"", "t"}, [](Table &table) {
            std::swap(table.columns[0].name, table.columns[1].name);
            table.name.name = "u";
        });
        QCOMPARE(one(connection, "SELECT a || '-' || b FROM u").text(), "2-1");
    }

    void sqliteAltersBesideABrokenView()
    {
        const Engine engine = Engine::open("sqlite://");
        Connection connection = engine.connect();
        connection.executeScript("CREATE TABLE gone (x); CREATE VIEW bad AS SELECT x FROM gone; DROP TABLE gone;"
                                 "CREATE TABLE t (a INT, b INT, c INT); INSERT INTO t VALUES (1, 2, 3);"
                                 "CREATE TABLE child (t_a INT REFERENCES t (a));"
                                 "CREATE VIEW good AS SELECT b FROM t;");
        change(connection, {"", "t"}, [](Table &table) {
            table.columns[1].name = "d";
            table.columns.pop_back();
            table.name.name = "u";
        });
        QCOMPARE(one(connection, "SELECT d FROM u").text(), "2");
        QCOMPARE(one(connection, "SELECT count(*) FROM good").text(), "1"); // it was renamed inside
        QCOMPARE(one(connection, "SELECT sql FROM sqlite_schema WHERE name = 'bad'").text(),
                 "CREATE VIEW bad AS SELECT x FROM gone");
        QVERIFY(one(connection, "SELECT sql FROM sqlite_schema WHERE name = 'child'").text().find("\"u\"") !=
                std::string::npos);
        QCOMPARE(one(connection, "PRAGMA writable_schema").text(), "0");
    }

    void sqliteAltersBesideABrokenTrigger()
    {
        for (const char *broken :
             {"CREATE TABLE gone (x); CREATE TRIGGER bad AFTER INSERT ON t BEGIN INSERT INTO gone VALUES (NEW.a); END;"
              "DROP TABLE gone;",
              "CREATE TABLE gone (x); CREATE TRIGGER bad AFTER INSERT ON other BEGIN UPDATE OR IGNORE gone SET x = 1; "
              "END; DROP TABLE gone;",
              "CREATE TRIGGER bad AFTER INSERT ON other BEGIN SELECT NEW.q; END;"}) {
            const Engine engine = Engine::open("sqlite://");
            Connection connection = engine.connect();
            connection.executeScript("CREATE TABLE t (a INT, b INT, c INT); INSERT INTO t VALUES (1, 2, 3);"
                                     "CREATE TABLE other (p INT);"
                                     "CREATE TRIGGER good AFTER INSERT ON other BEGIN INSERT INTO t (b) VALUES (NEW.p);"
                                     " END;");
            connection.executeScript(broken);
            change(connection, {"", "t"}, [](Table &table) {
                table.columns[1].name = "d";
                table.columns.pop_back();
                table.name.name = "u";
            });
            QCOMPARE(one(connection, "SELECT d FROM u").text(), "2");
            QVERIFY(one(connection, "SELECT sql FROM sqlite_schema WHERE name = 'good'").text().find("\"u\"") !=
                    std::string::npos); // it was renamed inside
            QCOMPARE(one(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'bad'").text(), "1");
            QCOMPARE(one(connection, "PRAGMA writable_schema").text(), "0");
        }
    }

    /// Where tables of one name stand in main, in the temporary and in an attached database, the right one changes.
    void sqliteAltersWhereTheTableIs_data()
    {
        QTest::addColumn<QString>("schema");
        for (const char *schema : {"main", "temp", "aux db"})
            QTest::newRow(schema) << schema;
    }

    void sqliteAltersWhereTheTableIs()
    {
        QFETCH(QString, schema);
        const std::string changed = schema.toStdString();
        const Engine engine = Engine::open("sqlite://");
        Connection connection = engine.connect();
        connection.executeScript("ATTACH ':memory:' AS \"aux db\"");
        for (const std::string each : {"main", "temp", "\"aux db\""})
            connection.executeScript("CREATE TABLE " + each +
                                     ".p (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO " + each +
                                     ".p VALUES (5, 'five'); CREATE TABLE " + each +
                                     ".c (p_id INT REFERENCES p ON DELETE CASCADE); INSERT INTO " + each +
                                     ".c VALUES (5); CREATE INDEX " + each + ".by_a ON p (a); CREATE TRIGGER " + each +
                                     ".t AFTER DELETE ON p BEGIN DELETE FROM c WHERE p_id IS NULL; END; CREATE VIEW " +
                                     each + ".v AS SELECT a FROM p; CREATE TABLE " + each + ".d (x)");
        const MetaData before = Inspector(connection).reflect();
        // What ALTER can do, what takes a rebuild, an index, a name, and a table that goes.
        change(connection, {changed, "p"}, [](Table &table) {
            Column column;
            column.name = "more";
            column.type = types::text();
            table.columns.push_back(column);
        });
        change(connection, {changed, "p"}, [](Table &table) {
            table.columns[1].nullable = false;
            table.indexes.clear();
        });
        change(connection, {changed, "p"}, [](Table &table) {
            table.columns[2].name = "other";
            table.triggers.clear();
        });
        change(connection, {changed, "d"}, [](Table &table) { table.name.name = "other"; });
        const MetaData after = Inspector(connection).reflect();
        for (const TablePtr &table : before.tables())
            if (table->name.schema != changed)
                QVERIFY2(after.table(table->name) && *after.table(table->name) == *table, table->name.text().c_str());
        const TablePtr p = after.table({changed, "p"});
        QVERIFY(!p->columns[1].nullable && p->indexes.empty() && p->triggers.empty());
        QCOMPARE(p->columns[2].name, std::string("other"));
        QVERIFY(after.table({changed, "other"}) && !after.table({changed, "d"}));
        const std::string place = "\"" + changed + "\".";
        QCOMPARE(one(connection, "SELECT a FROM " + place + "p").text(), "five");
        QCOMPARE(one(connection, "SELECT seq FROM " + place + "sqlite_sequence WHERE name = 'p'").text(), "5");
        QCOMPARE(one(connection, "SELECT count(*) FROM " + place + "c").text(), "1"); // no cascade took it
        const TablePtr child = after.table({changed, "c"}), view = after.table({changed, "v"});
        const MetaData without = after.without(child->name).without(view->name).without(p->name);
        run(connection, after, without,
            {diffTables(view, nullptr, rules(after)), diffTables(child, nullptr, rules(after)),
             diffTables(p, nullptr, rules(after))});
        QCOMPARE(Inspector(connection).reflect().tableCount(), before.tableCount() - 3);
    }

    void postgresAlters()
    {
        if (!postgres_)
            QSKIP("no PostgreSQL server");
        Url url = Url::parse("postgresql:///x");
        url.arguments = postgres_->arguments();
        const Engine engine = Engine::open(url);
        Connection connection = engine.connect();
        connection.executeScript(
            "CREATE TABLE dept (id int PRIMARY KEY);"
            "CREATE TABLE emp (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(20), pay varchar(10) "
            "DEFAULT '5', dept_id int CONSTRAINT emp_dept REFERENCES dept);"
            "CREATE VIEW rich AS SELECT id, pay FROM emp; CREATE VIEW richer AS SELECT pay FROM rich;"
            "COMMENT ON VIEW richer IS 'über'; GRANT SELECT ON richer TO PUBLIC;"
            "INSERT INTO dept VALUES (1); INSERT INTO emp (name, pay, dept_id) VALUES ('Ana', '7', 1);");
        change(connection, {"", "emp"}, [](Table &table) {
            table.columns[0].identity.reset();
            table.columns[0].type = types::bigInteger();
            table.columns[1].name = "full_name";
            table.columns[1].nullable = false;
            table.columns[2].type = types::integer();
            table.columns[2].defaultSql = "5";
            Column column;
            column.name = "since";
            column.type = types::date();
            column.nullable = false;
            column.defaultSql = "CURRENT_DATE";
            table.columns.push_back(column);
            table.checks.push_back({"pay_positive", "pay > 0", false, true, {}, false});
            table.foreignKeys[0].onDelete = "CASCADE";
            table.comment = "people";
        });
        const MetaData after = Inspector(connection).reflect({});
        const TablePtr emp = after.table({"", "emp"});
        QVERIFY(!emp->columns[0].identity);
        QCOMPARE(emp->columns[0].type.kind, TypeKind::BigInteger);
        QCOMPARE(emp->columns[1].name, "full_name");
        QVERIFY(!emp->columns[1].nullable);
        QCOMPARE(emp->columns[2].type.kind, TypeKind::Integer);
        QCOMPARE(emp->checks.size(), 1u);
        QCOMPARE(emp->foreignKeys[0].onDelete.value_or(""), "CASCADE");
        QCOMPARE(emp->comment.value_or(""), "people");
        QCOMPARE(after.table({"", "richer"})->comment.value_or(""), "über");
        QCOMPARE(one(connection, "SELECT pay FROM richer").text(), "7");
        QCOMPARE(one(connection, "SELECT has_table_privilege('public', 'richer', 'SELECT')::text").text(), "true");
    }

private:
    std::unique_ptr<test::PostgresDatabase> postgres_;
};

QTEST_GUILESS_MAIN(tst_Migrate)
#include "tst_migrate.moc"
