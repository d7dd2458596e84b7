// Scripts for another dialect run there: every public schema, reflected from SQLite and PostgreSQL, is made on SQLite,
// PostgreSQL and MariaDB by their own shells.

#include "support/corpus.h"
#include "support/postgres_database.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace schemawright;

class tst_CreateAllServers : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir folder_;

    /// What a program prints when it fails; empty when it does not.
    static QByteArray failure(const QString &program, const QStringList &arguments, const QByteArray &input = {})
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, arguments);
        if (!process.waitForStarted())
            return program.toUtf8() + " cannot be started";
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(120'000))
            return program.toUtf8() + " does not end";
        return process.exitCode() == 0 ? QByteArray() : process.readAll() + " (failed)";
    }

    static bool hasPostgres() { return !qEnvironmentVariable("PGHOST").isEmpty(); }
    static QString mariaSocket() { return qEnvironmentVariable("MYSQL_SOCKET"); }
    static QByteArray maria(const QByteArray &script, const QString &database = {})
    {
        QStringList arguments{QStringLiteral("--no-defaults"),
                              QStringLiteral("--user=") + qEnvironmentVariable("MYSQL_USER"),
                              QStringLiteral("--socket=") + mariaSocket()};
        if (!database.isEmpty())
            arguments << database;
        return failure(QStringLiteral("mariadb"), arguments, script);
    }

    MetaData reflected(const QString &file)
    {
        const QString name = QFileInfo(file).fileName();
        if (name.contains(QStringLiteral(".sqlite."))) {
            Connection connection = Engine::open("sqlite://").connect();
            QFile script(file);
            [&] { QVERIFY(script.open(QIODevice::ReadOnly)); }();
            connection.executeScript(script.readAll().toStdString());
            return Inspector(connection).reflect();
        }
        const test::PostgresDatabase database(name.section(QLatin1Char('.'), 0, 0).toStdString());
        const ConnectArguments arguments = database.arguments();
        const QString load =
            name.endsWith(QStringLiteral(".gz")) ? QStringLiteral("gunzip -c '%1' | ") : QStringLiteral("cat '%1' | ");
        const QByteArray failed =
            failure(QStringLiteral("bash"),
                    {QStringLiteral("-c"), (load + QStringLiteral("psql -q -v ON_ERROR_STOP=1 -d '%2' >/dev/null 2>&1"))
                                               .arg(file, QString::fromStdString(arguments.database))});
        [&] { QVERIFY2(failed.isEmpty(), failed.constData()); }();
        Url url;
        url.scheme = "postgresql";
        url.arguments = arguments;
        const Engine engine = Engine::open(url);
        Connection connection = engine.connect();
        return Inspector(connection).reflect();
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (hasPostgres())
            failure(QStringLiteral("psql"), {QStringLiteral("-q"), QStringLiteral("-d"), QStringLiteral("postgres"),
                                             QStringLiteral("-c"), QStringLiteral("CREATE ROLE postgres")});
    }

    void runs_data()
    {
        QTest::addColumn<QString>("file");
        const QString sources = test::corpusFile("SOURCES.md");
        if (sources.isEmpty())
            return;
        const QDir schemas(QFileInfo(sources).path() + QStringLiteral("/schemas"));
        QStringList patterns{QStringLiteral("*.sqlite.sql")};
        if (hasPostgres())
            patterns << QStringLiteral("*.pg.sql") << QStringLiteral("*.pg.sql.gz");
        for (const QString &name : schemas.entryList(patterns, QDir::Files))
            if (!name.startsWith(QStringLiteral("zoo_"))) // they belong to a session of zoo.sqlite
                QTest::newRow(qPrintable(name)) << schemas.filePath(name);
    }
    void runs()
    {
        if (test::corpusFile("SOURCES.md").isEmpty())
            QSKIP("skipped: the corpus is not there");
        QFETCH(QString, file);
        const MetaData metadata = reflected(file);
        QVERIFY(metadata.tableCount() > 5);
        const auto script = [&](const char *dialect, bool drop = false) {
            const Script made = dialectNamed(dialect)->createScript(metadata, {.ifNotExists = false, .drop = drop});
            return QByteArray::fromStdString(made.text());
        };

        const QString database = folder_.filePath(QFileInfo(file).fileName() + QStringLiteral(".db"));
        QByteArray failed = failure(QStringLiteral("sqlite3"), {QStringLiteral("-bail"), database}, script("sqlite"));
        QVERIFY2(failed.isEmpty(), ("sqlite: " + failed).constData());

        if (hasPostgres()) {
            const test::PostgresDatabase target("target");
            const QStringList arguments{QStringLiteral("-q"), QStringLiteral("-v"), QStringLiteral("ON_ERROR_STOP=1"),
                                        QStringLiteral("-d"), QString::fromStdString(target.arguments().database)};
            failed = failure(QStringLiteral("psql"), arguments, script("postgresql"));
            QVERIFY2(failed.isEmpty(), ("postgresql: " + failed).constData());
        }

        if (mariaSocket().isEmpty())
            return;
        QByteArray clean = "DROP DATABASE IF EXISTS sw_target; CREATE DATABASE sw_target;";
        for (const Schema &schema : metadata.schemas)
            if (schema.name != metadata.defaultSchema)
                clean += QByteArray::fromStdString("DROP DATABASE IF EXISTS " +
                                                   dialectNamed("mysql")->quote(schema.name) + ";");
        clean = "SET FOREIGN_KEY_CHECKS = 0;" + clean;
        QCOMPARE(maria(clean), QByteArray());
        failed = maria(script("mysql"), QStringLiteral("sw_target"));
        QVERIFY2(failed.isEmpty(), ("mariadb: " + failed).constData());
        QCOMPARE(maria(clean), QByteArray());
        // Dialects without a server here must at least say something of each table.
        for (const char *dialect : {"mssql", "oracle"})
            QVERIFY(script(dialect).count("CREATE TABLE") > 5);
    }

    void asksForAllServers()
    {
        if (!hasPostgres() || mariaSocket().isEmpty())
            QSKIP("skipped: PostgreSQL (PGHOST) or MariaDB (MYSQL_SOCKET) is not there; the test script starts both");
        QVERIFY(maria("SELECT 1").isEmpty());
    }
};

QTEST_GUILESS_MAIN(tst_CreateAllServers)
#include "tst_create_all_servers.moc"
