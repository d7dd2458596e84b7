// Scripts for another dialect run there: every public schema, reflected from SQLite and PostgreSQL, is made on SQLite,
// PostgreSQL and MariaDB by their own shells.

#include "support/corpus.h"
#include "support/postgres_database.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/schema/table_builder.h"

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

    /// What MariaDB says to queries; texts are asked for as hexadecimal digits, so that no client changes them.
    static QString answer(const QString &database, const std::string &sql)
    {
        QProcess process;
        process.start(QStringLiteral("mariadb"), {QStringLiteral("--no-defaults"), QStringLiteral("-NB"),
                                                  QStringLiteral("--default-character-set=utf8mb4"),
                                                  QStringLiteral("--user=") + qEnvironmentVariable("MYSQL_USER"),
                                                  QStringLiteral("--socket=") + mariaSocket(), database});
        process.write(QByteArray::fromStdString(sql));
        process.closeWriteChannel();
        process.waitForFinished(60'000);
        QString said = QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError());
        if (said.endsWith(QLatin1Char('\n')))
            said.chop(1);
        return said;
    }
    static QString hex(const std::string &text)
    {
        return QString::fromLatin1(QByteArray::fromStdString(text).toHex().toUpper());
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

    /// A model built in code in its worst form, held against what the server says of it and does with it.
    void hardNamesAndTextsOnMaria()
    {
        if (mariaSocket().isEmpty())
            QSKIP("skipped: MariaDB (MYSQL_SOCKET) is not there; the test script starts one");
        const std::string hard = "it's \"q\" `b` \\ */ -- # 表 ; %s \n\t end", odd = "or`der \"t\" 'x'";
        const std::string json = "{\"a\": \"it's \\\\ \\\"x\\\"\"}";
        const std::vector<std::string> labels{"it's", "a,b", "back\\slash", "\"d\"", "ÜBER", ""};
        MetaData m;
        m.add(TableBuilder(odd)
                  .column("sel`ect", types::integer())
                  .primaryKey()
                  .column("a.b", types::string(200))
                  .defaultTo(hard)
                  .comment(hard)
                  .column("таблица 表", types::string(20))
                  .notNull()
                  .defaultTo("")
                  .unique()
                  .column("json", types::json())
                  .defaultTo("{}")
                  .column("json 2", types::json())
                  .defaultTo(json)
                  .column("large", types::text())
                  .defaultTo("back\\slash's")
                  .column("flag", types::boolean())
                  .notNull()
                  .defaultTo(true)
                  .column("off", types::boolean())
                  .defaultTo(false)
                  .column("mood", types::enumeration("mood", labels))
                  .defaultTo("back\\slash")
                  .column("bytes", types::largeBinary())
                  .defaultTo(Bytes{std::string("\0'\\\xff", 4)})
                  .column("amount", types::numeric(20, 4))
                  .defaultTo(*Decimal::parse("-1234567890123456.7891"))
                  .column("at", types::dateTime(false, 3))
                  .notNull()
                  .defaultSql("CURRENT_TIMESTAMP")
                  .column("w", types::integer())
                  .defaultTo(21)
                  .column("twice", types::integer())
                  .generatedAs("w * 2")
                  .column("len", types::integer())
                  .generatedAs("length(\"a.b\")", false)
                  .index({"large", "flag"}, "ix`on text")
                  .index({"a.b"}, "uq 'odd'", true)
                  .check("\"a.b\" <> 'x''y\\'", "ck`1 \"q\"")
                  .tableComment(hard));
        m.add(TableBuilder("ring a")
                  .column("id", types::integer())
                  .primaryKey()
                  .column("b", types::integer())
                  .references("ring b")
                  .onDelete("SET NULL"));
        m.add(TableBuilder("ring b")
                  .column("id", types::integer())
                  .primaryKey()
                  .column("a", types::integer())
                  .references("ring a")
                  .onUpdate("CASCADE")
                  .column("t", types::integer())
                  .references(odd));
        const auto dialect = dialectNamed("mysql");
        const auto script = [&](bool drop) {
            return QByteArray::fromStdString(dialect->createScript(m, {.drop = drop}).text());
        };
        const QString database = QStringLiteral("sw_hard");
        QCOMPARE(
            maria(
                "SET FOREIGN_KEY_CHECKS = 0; DROP DATABASE IF EXISTS sw_hard; CREATE DATABASE sw_hard CHARSET latin1"),
            QByteArray());
        QByteArray failed = maria(script(false), database);
        QVERIFY2(failed.isEmpty(), (failed + script(false)).constData());
        const auto asked = [&](const std::string &sql) { return answer(database, sql); };
        const auto q = [&](const std::string &name) { return dialect->quote(name); };

        QStringList columns;
        const TablePtr table = m.table({"", odd});
        for (const Column &column : table->columns)
            columns << hex(column.name) + QLatin1Char('\t') + QLatin1String(column.nullable ? "YES" : "NO") +
                           QLatin1Char('\t') + hex(column.comment.value_or(""));
        QCOMPARE(asked("SELECT HEX(CONVERT(column_name USING utf8mb4)), is_nullable, HEX(CONVERT(column_comment USING "
                       "utf8mb4)) FROM information_schema.columns WHERE table_schema = 'sw_hard' AND table_name LIKE "
                       "'or%' ORDER BY ordinal_position")
                     .split(QLatin1Char('\n')),
                 columns);
        QCOMPARE(asked("SELECT HEX(CONVERT(table_name USING utf8mb4)), HEX(CONVERT(table_comment USING utf8mb4)) FROM "
                       "information_schema.tables WHERE table_schema = 'sw_hard' AND table_name LIKE 'or%'"),
                 hex(odd) + QLatin1Char('\t') + hex(hard));
        QCOMPARE(
            asked("SELECT index_name, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index), MAX(sub_part) "
                  "FROM information_schema.statistics WHERE table_schema = 'sw_hard' AND table_name LIKE 'or%' "
                  "GROUP BY 1, 2 ORDER BY 1")
                .split(QLatin1Char('\n')),
            (QStringList{QStringLiteral("ix`on text\t1\tlarge,flag\t255"), QStringLiteral("PRIMARY\t0\tsel`ect\tNULL"),
                         QStringLiteral("uq 'odd'\t0\ta.b\tNULL"), QStringLiteral("таблица 表\t0\tтаблица 表\tNULL")}));
        QCOMPARE(asked("SELECT table_name, referenced_table_name, delete_rule, update_rule FROM "
                       "information_schema.referential_constraints WHERE constraint_schema = 'sw_hard' ORDER BY 1, 2")
                     .split(QLatin1Char('\n')),
                 (QStringList{QStringLiteral("ring a\tring b\tSET NULL\tRESTRICT"),
                              QStringLiteral("ring b\tor`der \"t\" 'x'\tRESTRICT\tRESTRICT"),
                              QStringLiteral("ring b\tring a\tRESTRICT\tCASCADE")}));

        // What a new row gets.
        QCOMPARE(asked("INSERT INTO " + q(odd) + " () VALUES ()"), QString());
        QCOMPARE(asked("SELECT " + q("sel`ect") + ", HEX(" + q("a.b") + "), HEX(" + q("таблица 表") +
                       "), HEX(json), HEX(" + q("json 2") +
                       "), HEX(large), flag, off, HEX(CONVERT(mood USING utf8mb4)), "
                       "HEX(bytes), amount, twice, len, LENGTH(at) FROM " +
                       q(odd)),
                 (QStringList{QStringLiteral("1"), hex(hard), QString(), hex("{}"), hex(json), hex("back\\slash's"),
                              QStringLiteral("1"), QStringLiteral("0"), hex("back\\slash"), QStringLiteral("00275CFF"),
                              QStringLiteral("-1234567890123456.7891"), QStringLiteral("42"),
                              QString::number(QString::fromStdString(hard).toUcs4().size()), QStringLiteral("23")})
                     .join(QLatin1Char('\t')));
        for (const std::string &label : labels)
            QCOMPARE(asked("SET NAMES utf8mb4; UPDATE " + q(odd) + " SET mood = " + dialect->literal(Value(label)) +
                           "; SELECT HEX(CONVERT(mood USING utf8mb4)) FROM " + q(odd)),
                     hex(label));
        QVERIFY(
            asked("UPDATE " + q(odd) + " SET " + q("a.b") + " = 'x''y\\\\'").contains(QStringLiteral("ck``1 \"q\"")));
        QVERIFY(asked("UPDATE " + q(odd) + " SET json = '{'").contains(QStringLiteral("ERROR")));

        failed = maria(script(true), database);
        QVERIFY2(failed.isEmpty(), failed.constData());
        QCOMPARE(asked("SHOW TABLES"), QString());
        QCOMPARE(maria("DROP DATABASE sw_hard"), QByteArray());
    }

    /// The server keeps comments in fewer characters than it keeps rows, and the script says where that takes some.
    void namesWhatCommentsLoseOnMaria()
    {
        MetaData m;
        m.add(TableBuilder("t")
                  .column("a", types::string(20))
                  .defaultTo("a 🐘")
                  .comment("of 🐘 a")
                  .column("b", types::integer())
                  .comment("表, ä and €")
                  .index({"b"}, "by_b")
                  .check("a <> '🐘'", "no_elephant")
                  .tableComment("of 🐘🐘 t"));
        Table table = *m.table({"", "t"});
        table.indexes.front().comment = "🐘";
        m.add(table);
        const Dialect &dialect = *dialectNamed("mysql");
        const Script script = dialect.createScript(m);
        QStringList named;
        for (const Remark &remark : script.notCarried)
            named << QString::fromStdString(remark.object + ": " + remark.what);
        QCOMPARE(named, (QStringList{
                            QStringLiteral("t: characters beyond U+FFFF in its comment, which become ?"),
                            QStringLiteral("t: characters beyond U+FFFF in the comment of a, which become ?"),
                            QStringLiteral("t: characters beyond U+FFFF in the comment of the index by_b, which become "
                                           "?")}));
        QVERIFY(script.text().find("-- not carried: t: characters beyond U+FFFF in its comment") != std::string::npos);
        QVERIFY(dialect.createScript(m, {.drop = true}).notCarried.empty());
        if (mariaSocket().isEmpty())
            QSKIP("skipped: MariaDB (MYSQL_SOCKET) is not there; the test script starts one");
        const QString database = QStringLiteral("sw_comments");
        QCOMPARE(maria("DROP DATABASE IF EXISTS sw_comments; CREATE DATABASE sw_comments"), QByteArray());
        QCOMPARE(maria(QByteArray::fromStdString(script.text()), database), QByteArray());
        // What is named is lost, and nothing else.
        QCOMPARE(answer(database, "SELECT HEX(CONVERT(column_comment USING utf8mb4)) FROM information_schema.columns "
                                  "WHERE table_schema = 'sw_comments' ORDER BY ordinal_position")
                     .split(QLatin1Char('\n')),
                 (QStringList{hex("of ? a"), hex("表, ä and €")}));
        QCOMPARE(answer(database, "SELECT table_comment FROM information_schema.tables WHERE table_schema = "
                                  "'sw_comments'"),
                 QStringLiteral("of ?? t"));
        QCOMPARE(answer(database, "SELECT index_comment FROM information_schema.statistics WHERE table_schema = "
                                  "'sw_comments'"),
                 QStringLiteral("?"));
        QCOMPARE(answer(database, "INSERT INTO t () VALUES (); SELECT HEX(a) FROM t"), hex("a 🐘"));
        QVERIFY(answer(database, "INSERT INTO t (a) VALUES ('🐘')").contains(QStringLiteral("no_elephant")));
        QCOMPARE(maria("DROP DATABASE sw_comments"), QByteArray());
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
