// create_all on SQLite from the model alone: what was reflected, without its own text, comes back the same.

#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"

#include "schemawright/schema/metadata_json.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace schemawright;

class tst_SqliteDdl : public QObject
{
    Q_OBJECT

private:
    static MetaData reflected(const std::string &script)
    {
        Connection connection = Engine::open("sqlite://").connect();
        connection.executeScript(script);
        return Inspector(connection).reflect();
    }
    /// The same without what the database kept as text.
    static MetaData withoutTexts(const MetaData &metadata)
    {
        MetaData stripped = metadata;
        for (const TablePtr &table : metadata.tables()) {
            if (table->isView() || table->kind == TableKind::Virtual)
                continue;
            Table copy = *table;
            copy.definition.reset();
            for (Index &index : copy.indexes)
                index.definition.reset();
            stripped.add(std::move(copy));
        }
        return stripped;
    }

    static QDir cases() { return QDir(QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/tests/lib/round_trip")); }

    static QStringList rows(Connection &connection, const QString &sql)
    {
        QStringList all;
        Result result = connection.execute(sql.toStdString());
        for (const Row &row : result.all()) {
            QStringList cells;
            for (const Value &value : row.values())
                cells << QString::fromStdString(value.text());
            all << cells.join(QLatin1String(" | "));
        }
        return all;
    }
    static QString literal(const QString &schema) { return QStringLiteral("'%1'").arg(schema); }
    static QString master(const QString &schema) { return QStringLiteral("\"%1\".sqlite_schema").arg(schema); }
    /// The texts of one database; shadow tables count as they come.
    static QStringList textsOf(Connection &connection, const QString &schema)
    {
        return rows(connection, QStringLiteral("SELECT type, name, tbl_name, sql FROM %1 WHERE name NOT LIKE "
                                               "'sqlite\\_%' ESCAPE '\\' AND NOT (type = 'table' AND sql LIKE "
                                               "'CREATE TABLE ''%') ORDER BY 1, 2")
                                    .arg(master(schema)));
    }
    /// What SQLite says of columns, keys and the indexes of constraints, whatever they are called.
    static QStringList factsOf(Connection &connection, const QString &schema)
    {
        const auto ask = [&](const char *sql) {
            return rows(connection, QString::fromUtf8(sql)
                                        .replace(QLatin1String("MASTER"), master(schema))
                                        .replace(QLatin1String("SCHEMA"), literal(schema)));
        };
        QStringList all = ask("SELECT m.name, x.* FROM MASTER m, pragma_table_xinfo(m.name, SCHEMA) x WHERE m.type = "
                              "'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1, 2");
        all +=
            ask("SELECT m.name, f.\"table\", f.seq, f.\"from\", f.on_update, f.on_delete, f.\"match\" FROM MASTER m, "
                "pragma_foreign_key_list(m.name, SCHEMA) f WHERE m.type = 'table' ORDER BY 1, 2, 4, 3, 5, 6");
        QStringList indexes =
            ask("SELECT m.name, i.\"unique\", i.origin, i.partial, (SELECT group_concat(x.name || ' ' || "
                "x.\"desc\" || x.coll || x.key, ', ') FROM pragma_index_xinfo(i.name, SCHEMA) x) FROM "
                "MASTER m, pragma_index_list(m.name, SCHEMA) i WHERE m.type = 'table' AND m.name NOT "
                "LIKE 'sqlite\\_%' ESCAPE '\\'");
        indexes.sort();
        all += indexes;
        all += ask("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = SCHEMA AND name NOT LIKE "
                   "'sqlite\\_%' ESCAPE '\\' ORDER BY 1");
        return all;
    }
    /// A connection with databases beside its main one.
    static Connection attached()
    {
        Connection connection = Engine::open("sqlite://").connect();
        connection.executeScript("ATTACH ':memory:' AS \"aux db\"; ATTACH ':memory:' AS \"select\"");
        return connection;
    }

private Q_SLOTS:
    void theModelAloneMakesTheSameSchema()
    {
        const MetaData before = reflected(
            "CREATE TABLE emp (id INTEGER PRIMARY KEY AUTOINCREMENT, dept_id INTEGER REFERENCES dept (id) ON DELETE "
            "SET NULL "
            "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, name TEXT NOT NULL COLLATE NOCASE DEFAULT 'it''s', CHECK "
            "(length(name) > 0));"
            "CREATE TABLE dept (id INTEGER PRIMARY KEY, head_id INTEGER REFERENCES emp, budget NUMERIC(10, 2) DEFAULT "
            "(1 + 2));"
            "CREATE TABLE \"odd \"\"name\" (\"a b\" VARCHAR(20), \"select\" INT, untyped, PRIMARY KEY (\"a b\", "
            "\"select\")) "
            "WITHOUT ROWID;"
            "CREATE TABLE strict_one (a INTEGER, b REAL CONSTRAINT positive CHECK (b > 0), c TEXT AS (a || 'x') "
            "STORED, UNIQUE "
            "(a, b)) STRICT;"
            "CREATE INDEX by_name ON emp (name COLLATE BINARY DESC, lower(name)) WHERE dept_id IS NOT NULL;"
            "CREATE UNIQUE INDEX one_head ON dept (head_id);");
        const Script script = SqliteDialect().createScript(withoutTexts(before), {});
        QVERIFY2(script.notCarried.empty(), script.text().c_str());
        const MetaData after = reflected(script.text());
        QCOMPARE(after.tableCount(), before.tableCount());
        for (const TablePtr &table : withoutTexts(before).tables()) {
            const TablePtr again = withoutTexts(after).table(table->name);
            QVERIFY(again);
            // A column's own UNIQUE or REFERENCES is written as the table's: the same constraint.
            QVERIFY2(*again == *table, (table->name.name + "\n" + script.text()).c_str());
        }
        QCOMPARE(reflected(SqliteDialect().createScript(before, {.ifNotExists = true}).text()).tableCount(),
                 before.tableCount());
    }

    void hardCasesComeBack_data()
    {
        QTest::addColumn<QString>("file");
        for (const QString &file : cases().entryList({QStringLiteral("*.sqlite.sql")}, QDir::Files, QDir::Name))
            QTest::newRow(qPrintable(file)) << cases().filePath(file);
    }

    /// By its own texts: they are the same, and so is what the PRAGMAs say. By the model alone: the model is the same,
    /// and so is what the PRAGMAs say.
    void hardCasesComeBack()
    {
        QFETCH(QString, file);
        const QString main = QStringLiteral("main");
        QFile source(file);
        QVERIFY(source.open(QIODevice::ReadOnly));
        Connection first = Engine::open("sqlite://").connect();
        first.executeScript(source.readAll().toStdString());
        const MetaData before = Inspector(first).reflect();
        Connection second = Engine::open("sqlite://").connect();
        const Script script = SqliteDialect().createScript(before, {});
        QVERIFY2(script.notCarried.empty(), script.text().c_str());
        second.executeScript(script.text());
        QCOMPARE(textsOf(second, main), textsOf(first, main));
        QCOMPARE(factsOf(second, main), factsOf(first, main));
        second.executeScript(SqliteDialect().createScript(before, {.drop = true}).text());
        QCOMPARE(textsOf(second, main), QStringList());

        MetaData stripped = withoutTexts(before);
        Connection third = Engine::open("sqlite://").connect();
        const Script written = SqliteDialect().createScript(stripped, {});
        QVERIFY2(written.notCarried.empty(), written.text().c_str());
        third.executeScript(written.text());
        const MetaData after = Inspector(third).reflect();
        QCOMPARE(after.tableCount(), before.tableCount());
        for (const TablePtr &table : stripped.tables()) {
            const TablePtr again = withoutTexts(after).table(table->name);
            QVERIFY(again);
            MetaData one, other;
            one.add(table);
            other.add(again);
            QCOMPARE(QString::fromStdString(toJson(other)), QString::fromStdString(toJson(one)));
        }
        QCOMPARE(factsOf(third, main), factsOf(first, main));
    }

    /// Tables of one name in main, in the temporary and in attached databases, each with all that hangs on it.
    void attachedAndTemporaryDatabasesComeBack_data()
    {
        QTest::addColumn<bool>("byTexts");
        QTest::newRow("by its own texts") << true;
        QTest::newRow("by the model alone") << false;
    }

    void attachedAndTemporaryDatabasesComeBack()
    {
        QFETCH(bool, byTexts);
        Connection first = attached();
        for (const std::string schema : {"main", "temp", "\"aux db\"", "\"select\""})
            first.executeScript(
                "CREATE TABLE " + schema + ".parent (id INTEGER PRIMARY KEY, u TEXT UNIQUE); CREATE TABLE " + schema +
                ".node (id INTEGER PRIMARY KEY AUTOINCREMENT, up INT REFERENCES parent (id) ON DELETE CASCADE, n TEXT "
                "COLLATE NOCASE DEFAULT '" +
                (schema == "main" ? "m" : "o") +
                "' CHECK (n <> ''), g AS (up + 1)); "
                "CREATE INDEX " +
                schema + ".\"by n\" ON node (n DESC) WHERE up > 0; CREATE UNIQUE INDEX " + schema +
                ".one ON node (lower(n), up); CREATE TRIGGER " + schema +
                ".\"on\" AFTER UPDATE OF n ON node WHEN NEW.n "
                "<> 'x' BEGIN UPDATE parent SET u = NEW.n WHERE id = NEW.up; END; CREATE VIEW " +
                schema + ".seen AS SELECT n, u FROM node JOIN parent ON parent.id = up; CREATE TRIGGER " + schema +
                ".into_seen INSTEAD OF INSERT ON seen BEGIN INSERT INTO node (n) VALUES (NEW.n); END");
        first.executeScript(
            "CREATE TABLE temp.passing (a INTEGER PRIMARY KEY, b TEXT) STRICT, WITHOUT ROWID; CREATE TEMP VIEW across "
            "AS "
            "SELECT * FROM main.node JOIN \"aux db\".parent p USING (id); CREATE VIRTUAL TABLE \"aux db\".f USING "
            "fts5(a, b); CREATE VIRTUAL TABLE temp.r USING rtree(id, x, y); CREATE TABLE \"select\".\"from\" (a)");
        MetaData before = Inspector(first).reflect();
        QVERIFY(before.errors.empty() && before.notCarried.empty());
        QCOMPARE(before.table({"temp", "node"})->columns[2].defaultSql.value_or(""), std::string("'o'"));
        QCOMPARE(before.table({"main", "node"})->columns[2].defaultSql.value_or(""), std::string("'m'"));
        if (!byTexts)
            before = withoutTexts(before);
        Connection second = attached();
        const Script script = SqliteDialect().createScript(before, {});
        QVERIFY2(script.notCarried.empty(), script.text().c_str());
        try {
            second.executeScript(script.text());
        } catch (const Error &error) {
            QFAIL((error.message + "\n" + script.text()).c_str());
        }
        for (const QString schema : {"main", "temp", "aux db", "select"}) {
            if (byTexts)
                QCOMPARE(textsOf(second, schema), textsOf(first, schema));
            QCOMPARE(factsOf(second, schema), factsOf(first, schema));
            QVERIFY(!factsOf(first, schema).isEmpty());
        }
        const MetaData after = byTexts ? Inspector(second).reflect() : withoutTexts(Inspector(second).reflect());
        QCOMPARE(after.tableCount(), before.tableCount());
        for (const TablePtr &table : before.tables())
            QVERIFY2(*after.table(table->name) == *table, table->name.text().c_str());
        second.executeScript(SqliteDialect().createScript(after, {.drop = true}).text());
        for (const QString schema : {"main", "temp", "aux db", "select"})
            QCOMPARE(textsOf(second, schema), QStringList());
    }

    void anotherDatabasesSchemaIsWrittenOrNamed()
    {
        MetaData metadata;
        metadata.dialect = "postgresql";
        metadata.defaultSchema = "public";
        Table table;
        table.name = {"public", "user"};
        const auto column = [](const char *name, Type type, const char *native, std::optional<std::string> byDefault) {
            Column made;
            made.name = name;
            made.type = std::move(type);
            made.type.native = native;
            made.defaultSql = std::move(byDefault);
            return made;
        };
        table.columns = {column("id", types::integer(), "integer", "nextval('user_id_seq'::regclass)"),
                         column("name", types::string(20), "character varying(20)", "'it''s'::character varying"),
                         column("seen", types::dateTime(true), "timestamp with time zone", "now()"),
                         column("at", types::native("point"), "point", std::nullopt)};
        table.primaryKey.emplace().columns = {"id"};
        table.checks.resize(2);
        table.checks[0].expression = "(length(name) < 10)";
        table.checks[1].expression = "((name)::text ~ '^a'::text)";
        table.definition = "CREATE TABLE nonsense in another tongue";
        metadata.add(table);
        Table view;
        view.name = {"public", "v"};
        view.kind = TableKind::View;
        view.definition = "SELECT 'x'::text";
        metadata.add(view);

        const Script script = SqliteDialect().createScript(metadata, {});
        const MetaData made = reflected(script.text());
        const TablePtr user = made.table({"main", "user"});
        QVERIFY2(user, script.text().c_str());
        QCOMPARE(user->columns.size(), std::size_t{4});
        QCOMPARE(user->column("name")->defaultSql.value_or(""), std::string("'it''s'"));
        QCOMPARE(user->column("seen")->defaultSql.value_or(""), std::string("CURRENT_TIMESTAMP"));
        QCOMPARE(user->checks.size(), std::size_t{1});
        // What could not be said is said to be missing: the pattern, the point, the view.
        QVERIFY2(script.notCarried.size() == 3, script.text().c_str());
        QVERIFY(script.text().find("-- not carried") == 0);
    }
};

QTEST_GUILESS_MAIN(tst_SqliteDdl)
#include "tst_sqlite_ddl.moc"
