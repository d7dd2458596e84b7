// One state of a MariaDB database brought to another and back: what is read then is what it should be.

#include "support/mariadb_database.h"

#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/orm/plan.h"
#include "schemawright/orm/session.h"
#include "schemawright/schema/metadata_diff.h"

#include <QTest>

using namespace schemawright;
using test::MariadbDatabase;

namespace {

const MysqlDialect dialect;

QString shown(const MetaDataDiff &diff)
{
    QString text;
    for (const TableDiff &table : diff.tables) {
        text += QString::fromStdString((table.before ? table.before : table.after)->name.text()) + ": ";
        for (const DiffItem &item : table.items)
            text += QStringLiteral("%1 %2 %3 (%4 -> %5); ")
                        .arg(QLatin1String(toString(item.action)), QLatin1String(toString(item.subject)),
                             QString::fromStdString(item.name), QString::fromStdString(item.from.value_or("")),
                             QString::fromStdString(item.to.value_or("")));
        text += QLatin1Char('\n');
    }
    for (const ObjectDiff &object : diff.objects)
        text += QString::fromStdString(object.object.kind + " " + object.object.name.text()) + QLatin1Char('\n');
    return text;
}

} // namespace

class tst_MysqlMigrate : public QObject
{
    Q_OBJECT

private:
    static void run(DriverConnection &connection, const QString &statements)
    {
        for (const QString &statement : statements.split(QStringLiteral(";;"), Qt::SkipEmptyParts))
            connection.execute(statement.trimmed().toStdString());
    }

    /// Brings `from` to the state of `to`.
    static void bring(const MariadbDatabase &from, const MetaData &wanted)
    {
        const auto connection = from.connect();
        const MetaData before = dialect.reflect(*connection, {}), after = wanted.withDefaultSchema(from.name());
        const MetaDataDiff diff = diffMetaData(before, after);
        const WholeMigration whole = dialect.migrateWhole(before, after, diff);
        QVERIFY2(whole.tables.problems.empty(),
                 whole.tables.problems.empty() ? "" : whole.tables.problems.front().error.what());
        QVERIFY2(whole.objects.problems.empty(),
                 whole.objects.problems.empty() ? "" : whole.objects.problems.front().why.c_str());
        for (const WholeMigration::Step &step : whole.script) {
            QVERIFY(!step.transactional); // each commits at once
            try {
                connection->execute(step.sql);
            } catch (const Error &error) {
                QFAIL((step.sql + ": " + error.message).c_str());
            }
        }
        const MetaDataDiff left = diffMetaData(dialect.reflect(*connection, {}), after);
        QVERIFY2(left.isEmpty(), qPrintable(shown(left)));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::mariadbServer())
            QSKIP("skipped: MariaDB (MYSQL_SOCKET) is not there; the test script starts one");
    }

    void goesThereAndBack_data()
    {
        QTest::addColumn<QString>("one");
        QTest::addColumn<QString>("other");
        const char *everything =
            "CREATE SEQUENCE s START 5;; CREATE TABLE p (id int PRIMARY KEY, u int UNIQUE);;"
            "CREATE TABLE c (id int AUTO_INCREMENT PRIMARY KEY, p int, n int DEFAULT nextval(s), FOREIGN KEY (p) "
            "REFERENCES p (id) ON DELETE CASCADE);; CREATE TABLE a (id int PRIMARY KEY, b int);; CREATE TABLE b (id "
            "int "
            "PRIMARY KEY, a int, FOREIGN KEY (a) REFERENCES a (id));; ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b "
            "(id);; CREATE VIEW v AS SELECT id FROM c;; CREATE VIEW aa AS SELECT id FROM v;; CREATE FUNCTION f(x int) "
            "RETURNS int RETURN x;; CREATE TRIGGER t BEFORE INSERT ON c FOR EACH ROW BEGIN SET NEW.p = 1; END";
        QTest::newRow("from nothing") << QString() << QString::fromUtf8(everything);
        const auto row = [](const char *name, const char *one, const char *other) {
            QTest::newRow(name) << QString::fromUtf8(one) << QString::fromUtf8(other);
        };
        row("columns", "CREATE TABLE t (id int, a varchar(5) NOT NULL DEFAULT 'it''s' COMMENT 'c', b int, z int)",
            "CREATE TABLE t (n int, id bigint unsigned NOT NULL, a text COLLATE utf8mb4_bin, m int DEFAULT (1+1), z "
            "int "
            "INVISIBLE)");
        row("generated", "CREATE TABLE t (a int, g int AS (a + 1) STORED, j json)",
            "CREATE TABLE t (a int, g int AS (a + 2) STORED, j longtext, k json)");
        row("counter and key", "CREATE TABLE t (a int NOT NULL, b int)",
            "CREATE TABLE t (a int AUTO_INCREMENT PRIMARY KEY, b int)");
        row("primary key", "CREATE TABLE t (a int, b int, PRIMARY KEY (a, b))",
            "CREATE TABLE t (a int, b int NOT NULL, PRIMARY KEY (b))");
        row("indexes", "CREATE TABLE t (a int, b varchar(99), c text, KEY k (a), UNIQUE u (b), KEY same (a, b))",
            "CREATE TABLE t (a int, b varchar(99), c text, KEY k (b(9) DESC), UNIQUE u (b, a) COMMENT 'u', FULLTEXT f "
            "(c), KEY same (a, b))");
        row("checks",
            "CREATE TABLE t (a int CHECK (a > 0), b int, CONSTRAINT c CHECK (a < b), CONSTRAINT d CHECK (b > 1))",
            "CREATE TABLE t (a int, b int CHECK (b > 5), CONSTRAINT c CHECK (a <= b))");
        row("foreign keys",
            "CREATE TABLE p (id int PRIMARY KEY);; CREATE TABLE c (id int, p int, CONSTRAINT k FOREIGN KEY (p) "
            "REFERENCES "
            "p (id))",
            "CREATE TABLE p (id int PRIMARY KEY);; CREATE TABLE c (id int, p int, CONSTRAINT k FOREIGN KEY (p) "
            "REFERENCES "
            "p (id) ON DELETE SET NULL, CONSTRAINT l FOREIGN KEY (id) REFERENCES p (id))");
        row("types that a key holds",
            "CREATE TABLE p (id int PRIMARY KEY);; CREATE TABLE c (p int, CONSTRAINT k FOREIGN KEY (p) REFERENCES p "
            "(id))",
            "CREATE TABLE p (id bigint PRIMARY KEY);; CREATE TABLE c (p bigint, CONSTRAINT k FOREIGN KEY (p) "
            "REFERENCES p "
            "(id))");
        row("options and comment", "CREATE TABLE t (a int) COMMENT 'it''s' ROW_FORMAT=COMPACT",
            "CREATE TABLE t (a int) COLLATE utf8mb4_bin COMMENT 'other \\\\' ROW_FORMAT=DYNAMIC");
        row("views and triggers",
            "CREATE TABLE t (a int);; CREATE VIEW v AS SELECT a FROM t;; CREATE VIEW w AS SELECT a FROM v;; CREATE "
            "TRIGGER x BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;; CREATE PROCEDURE q() SELECT 1",
            "CREATE TABLE t (a int);; CREATE VIEW v AS SELECT a + 1 AS a FROM t;; CREATE TRIGGER x AFTER INSERT ON t "
            "FOR "
            "EACH ROW SET @a = 1;; CREATE PROCEDURE q() SELECT 2;; CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS "
            "'2030-01-01' DO SELECT 1");
    }
    void goesThereAndBack()
    {
        QFETCH(QString, one);
        QFETCH(QString, other);
        const MariadbDatabase database("from"), like("to");
        run(*database.connect(), one);
        run(*like.connect(), other);
        const MetaData was = dialect.reflect(*database.connect(), {}), wanted = dialect.reflect(*like.connect(), {});
        bring(database, wanted);
        if (QTest::currentTestFailed())
            return;
        bring(database, was);
    }

    void keepsRowsAndRenames()
    {
        const MariadbDatabase database("rename");
        const auto connection = database.connect();
        run(*connection, QStringLiteral("CREATE TABLE t (id int PRIMARY KEY, a varchar(9), KEY k (a));; INSERT INTO t "
                                        "VALUES (1, 'x')"));
        const MetaData before = dialect.reflect(*connection, {});
        Table table = *before.table({"", "t"});
        table.columns[1].id = ColumnId{2};
        const auto old = std::make_shared<const Table>(table);
        table.name.name = "it's";
        table.columns[1].name = "b c";
        table.columns[1].type = dialect.parseType("varchar(20)");
        table.indexes[0].elements[0].column = "b c";
        const MetaData after = before.without({"", "t"}).with(std::make_shared<const Table>(table));
        const TableDiff diff = diffTables(old, after.table({"", "it's"}), DiffRules::of("mysql", before.defaultSchema));
        const Migration migration = dialect.migrate(before, after, {diff});
        QVERIFY(migration.problems.empty());
        QCOMPARE(migration.steps.size(), std::size_t(1)); // one ALTER TABLE
        QVERIFY(!migration.steps[0].transactional);
        connection->execute(migration.steps[0].sql);
        const auto cursor = connection->execute("SELECT `b c` FROM `it's`");
        RowBatch batch;
        QVERIFY(cursor->fetch(batch, 1));
        QCOMPARE(batch.value(0, 0).text(), std::string("x"));
    }

    /// What could not be taken back is no part of a commit, which says what to do instead.
    void standsInNoCommit()
    {
        MetaData baseline;
        baseline.dialect = "mysql";
        baseline.defaultSchema = "shop";
        Table table;
        table.name = {"shop", "t"};
        table.columns.resize(1);
        table.columns[0].name = "id";
        table.columns[0].nullable = false;
        table.columns[0].type = dialect.parseType("int(11)");
        table.primaryKey.emplace().columns = {"id"};
        baseline.add(table);
        Session session(std::make_shared<MysqlDialect>(), baseline);
        Table edited = session.editTable(table.name);
        edited.columns.push_back(edited.columns[0]);
        edited.columns[1].name = "n";
        edited.columns[1].id = ColumnId::None;
        edited.columns[1].nullable = true;
        Trigger trigger;
        trigger.name = "r";
        trigger.definition = "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.n = 1; END";
        edited.triggers.push_back(trigger);
        session.putTable(edited);
        session.addRow(table, {{"id", Value(1)}});
        const Plan plan = session.plan();
        QVERIFY(!plan.isRunnable());
        QCOMPARE(plan.problems.size(), std::size_t(1));
        QVERIFY(!plan.scriptProblem());
        Plan wrong = plan;
        wrong.problems.push_back({ChangeId::None, Error(ErrorKind::Unsupported, "this cannot be done at all")});
        QVERIFY_THROWS_EXCEPTION(Error, (void)scriptText(dialect, wrong));
        QCOMPARE(plan.problems[0].error.kind, ErrorKind::Unsupported);
        QVERIFY(plan.problems[0].error.message.find("commits each change of a table at once") != std::string::npos);
        QVERIFY(plan.problems[0].error.hint.find("ALTER TABLE t ADD COLUMN n int(11) AFTER id;") != std::string::npos);
        QCOMPARE(
            scriptText(dialect, plan),
            std::string("ALTER TABLE t ADD COLUMN n int(11) AFTER id;\nDELIMITER ;;\n" + trigger.definition +
                        "\n;;\nDELIMITER ;\nSTART TRANSACTION;\n\nINSERT INTO shop.t (id) VALUES (1);\n\nCOMMIT;\n"));
    }

    void commitsNoOtherObjectsInATransaction()
    {
        MetaData baseline;
        baseline.dialect = "mysql";
        baseline.defaultSchema = "shop";
        Function twice;
        twice.name = {"shop", "twice"};
        twice.definition = "CREATE FUNCTION twice(n INT) RETURNS INT RETURN n * 2";
        baseline.functions.push_back(twice);
        Session session(std::make_shared<MysqlDialect>(), baseline);
        session.dropObject({"function", twice.name, twice.arguments});
        const Plan plan = session.plan();
        QCOMPARE(plan.problems.size(), std::size_t(1));
        QVERIFY(plan.problems[0].isOfCommit);
        QVERIFY(plan.problems[0].error.message.find("each change of a function at once") != std::string::npos);
        const std::string script = scriptText(dialect, plan);
        QVERIFY2(script.starts_with("DROP FUNCTION "), script.c_str());
        QVERIFY2(script.find("TRANSACTION") == std::string::npos, script.c_str());
    }

    void namesWhatItDoesNotChange()
    {
        const auto sequence = [](int start) {
            MetaData metadata;
            metadata.dialect = "mysql";
            Sequence one;
            one.name.name = "s";
            one.properties.start = start;
            metadata.sequences.push_back(one);
            return metadata;
        };
        const MetaData one = sequence(1), two = sequence(2);
        const MetaDataDiff changed = diffMetaData(one, two);
        QCOMPARE(dialect.migrateObjects(one, two, changed.objects).problems.size(), std::size_t(1));
        Table table;
        table.name = {"", "t"};
        table.columns.resize(1);
        table.columns[0].name = "a";
        const auto whole = std::make_shared<const Table>(table);
        table.kind = TableKind::Partitioned;
        table.partition.by = "HASH (`a`) PARTITIONS 2";
        const TableDiff diff = diffTables(whole, std::make_shared<const Table>(table), DiffRules::of("mysql", ""));
        const Migration migration = dialect.migrate({}, {}, {diff});
        QCOMPARE(migration.problems.size(), std::size_t(1));
        QCOMPARE(migration.problems[0].error.kind, ErrorKind::Unsupported);
        QVERIFY(migration.steps.empty());
    }
};

QTEST_GUILESS_MAIN(tst_MysqlMigrate)
#include "tst_mysql_migrate.moc"
