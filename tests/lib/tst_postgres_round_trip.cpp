// Schemas of hard cases (round_trip/*.pg.sql): written as a script and made again from it, pg_dump says the same of
// both; dropped by a script, nothing is left.

#include "support/postgres_database.h"

#include "schemawright/backends/postgres/postgres_dialect.h"
#include "schemawright/schema/metadata_diff.h"
#include "schemawright/schema/metadata_json.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <algorithm>

using namespace schemawright;
using test::PostgresDatabase;

class tst_PostgresRoundTrip : public QObject
{
    Q_OBJECT

private:
    const PostgresDialect dialect_;

    static QDir cases() { return QDir(QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/tests/lib/round_trip")); }

    /// What pg_dump says, each statement by itself and in order: when an object was made changes where it stands.
    static QStringList dumped(const PostgresDatabase &database)
    {
        QProcess dump;
        dump.start(QStringLiteral("pg_dump"),
                   {QStringLiteral("-s"), QStringLiteral("-d"), QString::fromStdString(database.url())});
        if (!dump.waitForFinished(60'000) || dump.exitCode() != 0)
            qFatal("pg_dump: %s", dump.readAllStandardError().constData());
        QStringList statements;
        const QString all =
            QString::fromUtf8(dump.readAllStandardOutput()).replace(QLatin1String(";\n"), QLatin1String(";\n\n"));
        for (const QString &part : all.split(QStringLiteral("\n\n")))
            if (!part.startsWith(QLatin1String("--")) && !part.startsWith(QLatin1Char('\\')) &&
                !part.trimmed().isEmpty())
                statements << part.trimmed();
        statements.sort();
        return statements;
    }

    static QString difference(QStringList lost, QStringList gained)
    {
        const QStringList before = lost;
        for (const QString &each : std::as_const(gained))
            lost.removeOne(each);
        for (const QString &each : before)
            gained.removeOne(each);
        return QStringLiteral("lost:\n") + lost.join(QLatin1Char('\n')) + QStringLiteral("\ngained:\n") +
               gained.join(QLatin1Char('\n'));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL server: neither SCHEMAWRIGHT_TEST_PG_URL nor PGHOST is set");
        const auto connection = PostgresDriver().open(*test::postgresServer());
        for (const char *role : {"\"sw_Round Trip\"", "sw_round_trip_2", "sw_round_trip_3"})
            connection->executeScript(std::string("DO $$ BEGIN CREATE ROLE ") + role +
                                      "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
    }

private:
    /// As a commit does that looks whether others have changed a table.
    void readsTablesAloneAsAmongAll(const MetaData &all, const PostgresDatabase &database) const
    {
        const auto connection = database.connect();
        for (const TablePtr &table : all.tables()) {
            if (!table->inherits.empty() || table->partition.of)
                continue; // told only where the parents are read too
            ReflectOptions options;
            options.tables = {table->name.name};
            const TablePtr alone = dialect_.reflect(*connection, options).table(table->name);
            const TableDiff diff = diffTables(table, alone, DiffRules::of("postgresql", all.defaultSchema));
            QVERIFY2(alone && diff.isEmpty(), table->name.text().c_str());
        }
    }

private Q_SLOTS:
    void comesBackAndGoes_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QStringList>("named"); // as not carried
        for (const QString &file : cases().entryList({QStringLiteral("*.pg.sql")}, QDir::Files, QDir::Name)) {
            QStringList named;
            if (file.startsWith(QLatin1String("partitions")))
                named = {QStringLiteral("public.h7")};
            if (file.startsWith(QLatin1String("privileges")))
                named = {QStringLiteral("4711")};
            QTest::newRow(qPrintable(file.section(QLatin1Char('.'), 0, 0))) << file << named;
        }
    }

    void comesBackAndGoes()
    {
        QFETCH(QString, file);
        QFETCH(QStringList, named);
        QFile source(cases().filePath(file));
        QVERIFY(source.open(QIODevice::ReadOnly));
        const PostgresDatabase first("round_trip"), second("round_trip_copy"), empty("round_trip_empty");
        first.connect()->executeScript(source.readAll().toStdString());
        const MetaData before = dialect_.reflect(*first.connect(), {});
        QVERIFY2(before.errors.empty(), before.errors.empty() ? "" : before.errors.front().what.c_str());
        const Script script = dialect_.createScript(before, {});
        QStringList said;
        for (const std::vector<Remark> *const all : {&before.notCarried, &script.notCarried})
            for (const Remark &each : *all)
                said << QString::fromStdString(each.object);
        QCOMPARE(said, named);
        second.connect()->executeScript(script.text());
        QVERIFY2(dumped(first) == dumped(second), qPrintable(difference(dumped(first), dumped(second))));

        const MetaData after = dialect_.reflect(*second.connect(), {});
        readsTablesAloneAsAmongAll(before, first);
        if (QTest::currentTestFailed())
            return;
        const MetaDataDiff diff = diffMetaData(before, after);
        QVERIFY2(diff.tables.empty(), "a table differs");
        QVERIFY2(diff.objects.empty(), diff.objects.empty() ? "" : diff.objects.front().object.name.text().c_str());
        if (named.isEmpty())
            QCOMPARE(QString::fromStdString(dialect_.createScript(after, {}).text()),
                     QString::fromStdString(script.text()));

        const auto connection = second.connect();
        for (const std::string &sql : dialect_.createScript(after, {.drop = true}).statements)
            connection->executeScript(sql);
        QVERIFY2(dumped(empty) == dumped(second), qPrintable(difference(dumped(empty), dumped(second))));
    }
};

QTEST_GUILESS_MAIN(tst_PostgresRoundTrip)
#include "tst_postgres_round_trip.moc"
