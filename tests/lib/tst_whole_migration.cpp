// From one hard schema (round_trip/) to the next and back to nothing: each migration runs as it stands, and leaves
// nothing to be said.

#include "support/postgres_database.h"

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace schemawright;

class tst_WholeMigration : public QObject
{
    Q_OBJECT

private:
    static QDir cases() { return QDir(QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/tests/lib/round_trip")); }
    static QStringList files(const char *kind)
    {
        return cases().entryList({QStringLiteral("*.%1.sql").arg(QLatin1String(kind))}, QDir::Files, QDir::Name);
    }
    static std::string text(const QString &file)
    {
        QFile source(cases().filePath(file));
        return source.open(QIODevice::ReadOnly) ? source.readAll().toStdString() : std::string();
    }

    /// What brings the database to `wanted`, run; what went wrong, or is left to be said.
    static QString brought(Connection &connection, const MetaData &wanted)
    {
        const MetaData before = Inspector(connection).reflect();
        const MetaDataDiff diff = diffMetaData(before, wanted);
        const WholeMigration whole = connection.dialect().migrateWhole(before, wanted, diff);
        for (const MigrationProblem &each : whole.tables.problems)
            return QString::fromStdString("a table: " + each.error.message);
        for (const ObjectMigration::Problem &each : whole.objects.problems)
            return QString::fromStdString(diff.objects[each.diff].object.name.text() + ": " + each.why);
        std::string script;
        bool isOpen = false;
        try {
            for (const WholeMigration::Step &step : whole.script) {
                if (step.transactional != isOpen)
                    connection.executeScript(isOpen ? "COMMIT" : "BEGIN");
                isOpen = step.transactional;
                script = step.sql;
                connection.executeScript(step.sql);
            }
            if (isOpen)
                connection.executeScript("COMMIT");
        } catch (const Error &error) {
            if (connection.inTransaction())
                connection.executeScript("ROLLBACK");
            return QString::fromStdString(error.message + "\n" + error.detail + "\n" + script);
        }
        const MetaDataDiff left = diffMetaData(Inspector(connection).reflect(), wanted);
        QStringList said;
        for (const TableDiff &each : left.tables) {
            const Table &table = each.before ? *each.before : *each.after;
            said << QString::fromStdString(table.name.text()) + QLatin1String(each.isCreate() ? " is missing"
                                                                              : each.isDrop() ? " is still there"
                                                                                              : " differs");
            for (const DiffItem &item : each.items)
                said << QString::fromStdString("    " + std::string(toString(item.subject)) + " " + item.name + ": " +
                                               item.from.value_or("") + " -> " + item.to.value_or(""));
        }
        for (const ObjectDiff &each : left.objects)
            said << QString::fromStdString(each.object.kind + " " + each.object.name.text() + ": " +
                                           each.from.value_or("") + " -> " + each.to.value_or(""));
        return said.join(QLatin1Char('\n'));
    }

private Q_SLOTS:
    void sqlite_data() { addRows("sqlite"); }
    void sqlite()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        const auto made = [](const QString &file) {
            Connection connection = Engine::open("sqlite://").connect();
            connection.executeScript("PRAGMA foreign_keys = OFF");
            connection.executeScript(text(file));
            return connection;
        };
        Connection first = made(from), second = made(to), nothing = made(QString());
        const MetaData old = Inspector(first).reflect(), wanted = Inspector(second).reflect();
        QCOMPARE(brought(first, wanted), QString());
        QCOMPARE(brought(first, old), QString());
        QCOMPARE(brought(first, Inspector(nothing).reflect()), QString());
        QCOMPARE(brought(first, wanted), QString());
    }

    void postgres_data()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL server: neither SCHEMAWRIGHT_TEST_PG_URL nor PGHOST is set");
        const auto connection = PostgresDriver().open(*test::postgresServer());
        for (const char *role : {"\"sw_Round Trip\"", "sw_round_trip_2", "sw_round_trip_3"})
            connection->executeScript(std::string("DO $$ BEGIN CREATE ROLE ") + role +
                                      "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
        addRows("pg");
    }
    void postgres()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        const test::PostgresDatabase one("whole_from"), two("whole_to"), three("whole_empty");
        one.connect()->executeScript(text(from));
        two.connect()->executeScript(text(to));
        Connection first = Engine::open(one.url()).connect(), second = Engine::open(two.url()).connect(),
                   nothing = Engine::open(three.url()).connect();
        const MetaData old = Inspector(first).reflect(), wanted = Inspector(second).reflect();
        QCOMPARE(brought(first, wanted), QString());
        QCOMPARE(brought(first, old), QString());
        QCOMPARE(brought(first, Inspector(nothing).reflect()), QString());
        QCOMPARE(brought(first, wanted), QString());
    }

    /// What runs where no schema is searched must name all of them.
    void postgresWithoutSearchPath_data() { postgres_data(); }
    void postgresWithoutSearchPath()
    {
        QFETCH(QString, from);
        QFETCH(QString, to);
        if (to == QLatin1String("cycles.pg.sql") || to == QLatin1String("tables_and_functions.pg.sql"))
            QSKIP("a check calls a function whose body itself searches for names");
        const test::PostgresDatabase one("path_from"), two("path_to");
        one.connect()->executeScript(text(from));
        two.connect()->executeScript(text(to));
        Connection first = Engine::open(one.url()).connect(), second = Engine::open(two.url()).connect();
        for (Connection *each : {&first, &second})
            each->executeScript("SET search_path = ''");
        const MetaData wanted = Inspector(second).reflect();
        QVERIFY(wanted.namesDefaultSchema);
        QCOMPARE(brought(first, wanted), QString());
    }

private:
    /// Each with the one behind it.
    static void addRows(const char *kind)
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        const QStringList all = files(kind);
        for (qsizetype i = 0; i < all.size(); ++i)
            QTest::newRow(qPrintable(all[i])) << all[i] << all[(i + 1) % all.size()];
    }
};

QTEST_GUILESS_MAIN(tst_WholeMigration)
#include "tst_whole_migration.moc"
