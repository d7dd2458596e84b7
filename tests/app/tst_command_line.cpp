// The program as scripts see it: started as a process, without a display.

#include "support/postgres_database.h"
#include "support/sqlite_file.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>

using namespace schemawright;

namespace {

struct Outcome
{
    int status = -1;
    QByteArray output, errors;
};

const QString program = QStringLiteral(SCHEMAWRIGHT_BINARY_DIR "/bin/schemawright");

void prepare(QProcess &process)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove(QStringLiteral("DISPLAY"));
    environment.remove(QStringLiteral("QT_QPA_PLATFORM"));
    process.setProcessEnvironment(environment);
}

Outcome run(const QStringList &arguments, const QByteArray &input = {})
{
    QProcess process;
    prepare(process);
    process.start(program, arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        process.kill();
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

} // namespace

class tst_CommandLine : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir folder_;
    QString database_;

    QString path(const char *name) const { return folder_.filePath(QLatin1String(name)); }
    void writeFile(const QString &name, const QByteArray &content)
    {
        QFile file(name);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }

private Q_SLOTS:
    void initTestCase();
    void inspectPrintsStableJson();
    void inspectNarrowsToATable();
    void inspectIsReadable();
    void ddlPutsReferencedTablesFirst();
    void ddlOfAScript();
    void ddlWritesAFile();
    void ddlDrops();
    void planOrdersRows();
    void planOfAModel();
    void planRefuses();
    void planOfTablesSaysAllOrRefuses_data();
    void planOfTablesSaysAllOrRefuses();
    void planAddsFillsAndNarrowsAColumn();
    void ddlOfNothingMakesAFile();
    void queryFormats_data();
    void queryFormats();
    void queryBindsParameters();
    void queryReadsStandardInput();
    void queryIsReadOnlyUnlessTold();
    void refusesAWrongCommandLine_data();
    void refusesAWrongCommandLine();
    void saysWhatTheDatabaseSaid_data();
    void saysWhatTheDatabaseSaid();
    void interruptCancels();
};

void tst_CommandLine::initTestCase()
{
    QVERIFY2(QFile::exists(program), qPrintable(program));
    database_ = path("shop.db");
    const QString script = path("shop.sql");
    writeFile(script,
              "CREATE TABLE \"order\" (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer "
              "(id) ON DELETE CASCADE, total NUMERIC(10, 2) DEFAULT 0);\n"
              "CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE, note TEXT);\n"
              "CREATE VIEW big AS SELECT * FROM \"order\" WHERE total > 100;\n");
    writeFile(database_, {}); // an empty file is an empty database
    const Outcome customer =
        run({"query", database_, "--write",
             "CREATE TABLE customer (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE, note TEXT)"});
    QVERIFY2(customer.status == 0, customer.errors.constData());
    for (const char *sql :
         {"CREATE TABLE \"order\" (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer (id) ON "
          "DELETE "
          "CASCADE, total NUMERIC(10, 2) DEFAULT 0)",
          "CREATE VIEW big AS SELECT * FROM \"order\" WHERE total > 100",
          "INSERT INTO customer VALUES (1, 'Ana', NULL), (2, 'Ólafur', ''), (9007199254740993, 'Big', 'x')",
          "INSERT INTO \"order\" VALUES (1, 1, 8.5), (2, 1, 250)"}) {
        const Outcome outcome = run({"query", database_, "--write", QString::fromUtf8(sql)});
        QVERIFY2(outcome.status == 0, outcome.errors.constData());
    }
}

void tst_CommandLine::inspectPrintsStableJson()
{
    const Outcome first = run({"inspect", "sqlite:///" + database_, "--json"});
    QVERIFY2(first.status == 0, first.errors.constData());
    QCOMPARE(run({"inspect", database_, "--json"}).output, first.output);
    const QJsonObject top = QJsonDocument::fromJson(first.output).object();
    QCOMPARE(top["format"].toInt(), 1);
    QCOMPARE(top["dialect"].toString(), QStringLiteral("sqlite"));
    QCOMPARE(top["default_schema"].toString(), QStringLiteral("main"));
    const QJsonArray tables = top["schemas"].toArray().at(0)["tables"].toArray();
    QCOMPARE(tables.size(), 3);
    QCOMPARE(tables.at(0)["name"].toString(), QStringLiteral("big"));
    QCOMPARE(tables.at(0)["kind"].toString(), QStringLiteral("view"));
    const QJsonObject order = tables.at(2).toObject();
    QCOMPARE(order["name"].toString(), QStringLiteral("order"));
    QCOMPARE(order["columns"].toArray().at(2)["type"].toString(), QStringLiteral("NUMERIC(10, 2)"));
    QCOMPARE(order["columns"].toArray().at(2)["generic"].toString(), QStringLiteral("Numeric(10, 2)"));
    QCOMPARE(order["columns"].toArray().at(2)["default"].toString(), QStringLiteral("0"));
    const QJsonObject key = order["foreign_keys"].toArray().at(0).toObject();
    QCOMPARE(key["referred_table"].toString(), QStringLiteral("customer"));
    QCOMPARE(key["on_delete"].toString(), QStringLiteral("CASCADE"));
    QVERIFY(key["on_update"].isNull());
    QCOMPARE(top["create_order"].toArray().at(0).toArray().at(1).toString(), QStringLiteral("customer"));
    QCOMPARE(top["create_order"].toArray().size(), 2);
}

void tst_CommandLine::inspectNarrowsToATable()
{
    const Outcome outcome = run({"inspect", database_, "--json", "--table", "customer"});
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    const QJsonArray tables = QJsonDocument::fromJson(outcome.output)["schemas"].toArray().at(0)["tables"].toArray();
    QCOMPARE(tables.size(), 1);
    QCOMPARE(tables.at(0)["name"].toString(), QStringLiteral("customer"));
    const Outcome missing = run({"inspect", database_, "--table", "nobody"});
    QCOMPARE(missing.status, 3);
    QVERIFY(missing.errors.contains("nobody"));
}

void tst_CommandLine::inspectIsReadable()
{
    const Outcome outcome = run({"inspect", database_});
    QVERIFY(outcome.output.contains("table main.customer") || outcome.output.contains("table customer"));
    QVERIFY(outcome.output.contains("foreign key (customer_id) -> "));
}

void tst_CommandLine::ddlPutsReferencedTablesFirst()
{
    const Outcome outcome = run({"ddl", database_});
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    const auto customer = outcome.output.indexOf("CREATE TABLE customer");
    const auto order = outcome.output.indexOf("CREATE TABLE \"order\"");
    const auto view = outcome.output.indexOf("CREATE VIEW big");
    QVERIFY(customer >= 0);
    QVERIFY(customer < order);
    QVERIFY(order < view);
}

void tst_CommandLine::ddlOfAScript()
{
    const Outcome outcome = run({"ddl", path("shop.sql")});
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    QVERIFY(outcome.output.indexOf("CREATE TABLE customer") < outcome.output.indexOf("CREATE TABLE \"order\""));
}

void tst_CommandLine::ddlWritesAFile()
{
    QCOMPARE(run({"ddl", database_, "-o", path("out.sql")}).status, 0);
    QFile file(path("out.sql"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), run({"ddl", database_}).output);
    QCOMPARE(run({"ddl", database_, "-o", path("no/such/folder.sql")}).status, 3);
}

/// What is made from the script of an empty database can be opened and compared.
void tst_CommandLine::ddlOfNothingMakesAFile()
{
    writeFile(path("nothing.db"), {});
    const Outcome script = run({QStringLiteral("ddl"), path("nothing.db")});
    QCOMPARE(script.status, 0);
    QProcess shell;
    shell.start(QStringLiteral("sqlite3"), {QStringLiteral("-batch"), path("made.db")});
    if (!shell.waitForStarted())
        QSKIP("no sqlite3 shell");
    shell.write(script.output);
    shell.closeWriteChannel();
    QVERIFY(shell.waitForFinished());
    QVERIFY(QFile::exists(path("made.db")));
    const Outcome same =
        run({QStringLiteral("diff"), path("nothing.db"), path("made.db"), QStringLiteral("--exit-code")});
    QCOMPARE(same.status, 0);
}

void tst_CommandLine::ddlDrops()
{
    const Outcome outcome = run({"ddl", database_, "--drop"});
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    QVERIFY(outcome.output.contains("DROP TABLE"));
    QVERIFY(outcome.output.indexOf("\"order\"") < outcome.output.indexOf("customer"));
    QVERIFY(!outcome.output.contains("CREATE"));
}

void tst_CommandLine::planOrdersRows()
{
    const QString database = path("plan.db"), changes = path("changes.json");
    writeFile(database, {}); // no database is made by a wrong name
    for (const char *sql : {"CREATE TABLE p (id INTEGER PRIMARY KEY, name TEXT, pic BLOB)",
                            "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER NOT NULL REFERENCES p (id))",
                            "INSERT INTO p VALUES (1, 'one', NULL), (2, 'two', NULL)", "INSERT INTO c VALUES (7, 2)"})
        QCOMPARE(run({"query", database, "--write", QString::fromUtf8(sql)}).status, 0);
    writeFile(changes, R"({"rows": [
        {"table": ["main", "c"], "key": null, "set": {"id": 9, "p_id": 3}},
        {"table": ["main", "p"], "key": {"id": 2}, "set": null},
        {"table": ["main", "c"], "key": {"id": 7}, "set": null},
        {"table": ["main", "p"], "key": {"id": 1}, "set": {"name": "it's", "pic": {"$blob": "AP8="}}},
        {"table": ["main", "p"], "key": null, "set": {"id": 3}},
        {"table": ["main", "p"], "key": null, "set": {"id": 4}},
        {"table": ["main", "p"], "key": null, "set": {"id": 5}}]})");
    const Outcome outcome = run({"plan", database, changes, "--json"});
    QCOMPARE(outcome.status, 0);
    const QJsonObject plan = QJsonDocument::fromJson(outcome.output).object();
    QCOMPARE(plan["format"].toInt(), 1);
    QStringList names, statements;
    for (const QJsonValue &phase : plan["phases"].toArray()) {
        names << phase["name"].toString();
        for (const QJsonValue &step : phase["steps"].toArray()) {
            QCOMPARE(phase["name"].toString(), QString("Data"));
            QVERIFY(step["transactional"].toBool());
            QVERIFY(step["change"].toInt() > 0);
            statements << step["sql"].toString();
            if (statements.last().startsWith("UPDATE")) {
                QCOMPARE(step["params"].toArray(), (QJsonArray{"it's", QJsonObject{{"$blob", "AP8="}}, 1, "one"}));
                QCOMPARE(step["expect_rows"].toInt(), 1);
            } else if (statements.last().startsWith("INSERT INTO main.p")) // rows that follow each other are one
                QCOMPARE(step["expect_rows"].toInt(), static_cast<int>(step["params"].toArray().size()));
        }
    }
    QCOMPARE(names, (QStringList{"Before", "Expand", "Data", "Contract", "Verify", "After"}));
    QCOMPARE(statements.size(), 5);
    const auto place = [&](const char *start) {
        for (int i = 0; i < statements.size(); ++i)
            if (statements[i].startsWith(QLatin1String(start)))
                return i;
        return -1;
    };
    QVERIFY(place("INSERT INTO main.p") >= 0 && place("INSERT INTO main.p") < place("INSERT INTO main.c"));
    QVERIFY(place("DELETE FROM main.c") >= 0 && place("DELETE FROM main.c") < place("DELETE FROM main.p"));
    // Without --json it is a script, which does what it says.
    const Outcome script = run({"plan", database, changes});
    QCOMPARE(script.status, 0);
    QVERIFY(script.output.contains("VALUES (3), (4), (5)"));
    QCOMPARE(run({"query", database, "SELECT count(*) FROM c WHERE id = 7", "--format", "csv"}).output.simplified(),
             QByteArray("count(*) 1")); // planning changes nothing
}

void tst_CommandLine::planOfAModel()
{
    const QString database = path("model.db"), wanted = path("wanted.sql");
    writeFile(database, {});
    for (const char *sql : {"CREATE TABLE a (id INTEGER PRIMARY KEY)", "CREATE TABLE gone (id INTEGER PRIMARY KEY)"})
        QCOMPARE(run({"query", database, "--write", QString::fromUtf8(sql)}).status, 0);
    writeFile(wanted, "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id));"
                      "CREATE TABLE a (id INTEGER PRIMARY KEY, n TEXT);");
    const Outcome script = run({"plan", database, wanted});
    QCOMPARE(script.status, 0);
    QVERIFY(script.output.contains("DROP TABLE"));
    const QString target = path("after.sql");
    writeFile(target,
              "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE gone (id INTEGER PRIMARY KEY);" + script.output);
    QCOMPARE(run({"diff", target, wanted, "--exit-code"}).status, 0);
}

void tst_CommandLine::planRefuses()
{
    const QString database = path("plan.db"), changes = path("refused.json");
    const auto status = [&](const char *json) {
        writeFile(changes, json);
        return run({"plan", database, changes, "--json"}).status;
    };
    QCOMPARE(status(R"({"rows": [{"table": ["main", "nowhere"], "key": null, "set": {}}]})"), 3);
    QCOMPARE(status(R"({"rows": [{"table": ["main", "p"], "key": {"id": 99}, "set": null}]})"), 3);
    QCOMPARE(status(R"({"rows": [{"table": ["main", "p"], "key": null, "set": {"no": 1}}]})"), 3);
    QCOMPARE(status("{\"rows\": ["), 3);
    QCOMPARE(run({"plan", database}).status, 2);
}

void tst_CommandLine::planOfTablesSaysAllOrRefuses_data()
{
    QTest::addColumn<bool>("isServer");
    QTest::newRow("sqlite") << false;
    if (test::postgresServer())
        QTest::newRow("postgresql") << true;
}

void tst_CommandLine::planOfTablesSaysAllOrRefuses()
{
    QFETCH(bool, isServer);
    std::optional<test::PostgresDatabase> server;
    QString database = path("tables.db");
    if (isServer)
        database = QString::fromStdString(server.emplace("command_plan").url());
    else
        writeFile(database, {});
    const QStringList script =
        isServer ? QStringList{"CREATE TABLE p (a integer, b integer, UNIQUE (a, b) INCLUDE (b))",
                               "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY (START 7 INCREMENT 3) PRIMARY "
                               "KEY, n integer, during int4range, twice integer GENERATED ALWAYS AS (n * 2) STORED, "
                               "EXCLUDE USING gist (during WITH &&) DEFERRABLE, "
                               "FOREIGN KEY (id, n) REFERENCES p (a, b) ON DELETE CASCADE DEFERRABLE NOT VALID)",
                               "CREATE INDEX t_lower ON t (lower(n::text) text_pattern_ops DESC NULLS LAST) INCLUDE "
                               "(during) WHERE n > 5"}
                 : QStringList{"CREATE TABLE p (a INTEGER, b INTEGER, UNIQUE (a, b))",
                               "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER CHECK (n > 0), s TEXT "
                               "COLLATE NOCASE DEFAULT 'x', twice INTEGER GENERATED ALWAYS AS (n * 2) STORED, FOREIGN "
                               "KEY (id, n) REFERENCES p (a, b) ON DELETE CASCADE) STRICT",
                               "CREATE INDEX t_lower ON t (lower(s) DESC) WHERE n > 5",
                               "CREATE TRIGGER hears AFTER INSERT ON t BEGIN SELECT 1; END"};
    for (const QString &sql : script)
        QCOMPARE(run({"query", database, "--write", sql}).status, 0);
    const Outcome inspected = run({"inspect", database, "--json"});
    QCOMPARE(inspected.status, 0);
    QJsonArray tables;
    for (const QJsonValue &schema : QJsonDocument::fromJson(inspected.output).object()["schemas"].toArray())
        for (const QJsonValue &table : schema["tables"].toArray())
            tables.append(table);
    QCOMPARE(tables.size(), 2);
    const QString changes = path("tables.json");
    const auto steps = [&](const QJsonArray &wanted) {
        writeFile(changes, QJsonDocument(QJsonObject{{"tables", wanted}}).toJson());
        const Outcome outcome = run({"plan", database, changes, "--json"});
        QStringList all;
        for (const QJsonValue &phase : QJsonDocument::fromJson(outcome.output).object()["phases"].toArray())
            for (const QJsonValue &step : phase["steps"].toArray())
                all << step["sql"].toString();
        return outcome.status == 0 ? all.join(";\n") : "refused: " + outcome.errors;
    };
    // What inspect says is what is there: no step.
    QCOMPARE(steps(tables), QString());
    // One more index, and the rest of the table by not mentioning it.
    QJsonObject few{{"name", "t"}};
    QJsonArray indexes = tables[1].toObject()["indexes"].toArray();
    indexes.append(QJsonObject{{"name", "t_n"}, {"elements", QJsonArray{QJsonObject{{"column", "n"}}}}});
    few["indexes"] = indexes;
    const QString indexed = steps({few});
    QVERIFY2(indexed.contains("CREATE INDEX t_n") && !indexed.contains("t_lower"), qPrintable(indexed));
    few["indexes"] = QJsonArray();
    QVERIFY(steps({few}).contains("DROP INDEX"));
    if (isServer) {
        QJsonObject column = tables[1].toObject()["columns"].toArray()[0].toObject();
        QJsonArray columns = tables[1].toObject()["columns"].toArray();
        column["identity"] = QJsonObject{{"always", false}, {"start", 7}, {"increment", 3}};
        columns[0] = column;
        const QString identity = steps({QJsonObject{{"name", "t"}, {"columns", columns}}});
        QVERIFY2(identity.contains("SET GENERATED BY DEFAULT"), qPrintable(identity));
        QVERIFY(steps({QJsonObject{{"name", "t"}, {"exclusions", QJsonArray()}}}).contains("DROP CONSTRAINT"));
    }
    // A word that is not known is named.
    const QString refused = steps({QJsonObject{{"name", "t"}, {"cluster", "t_lower"}}});
    QVERIFY2(refused.startsWith("refused") && refused.contains("cluster"), qPrintable(refused));
    const QString odd = steps({QJsonObject{
        {"name", "t"},
        {"indexes", QJsonArray{QJsonObject{{"name", "i"},
                                           {"elements", QJsonArray{QJsonObject{{"column", "n"}, {"fast", true}}}}}}}}});
    QVERIFY2(odd.contains("fast") && odd.contains("indexes[0].elements[0]"), qPrintable(odd));
}

void tst_CommandLine::planAddsFillsAndNarrowsAColumn()
{
    const test::SqliteFile file("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)");
    const QString changes = path("fill.json");
    writeFile(changes, R"({"tables": [
        {"name": "t", "columns": [{"name": "id", "type": "INTEGER"}, {"name": "c", "type": "TEXT", "nullable": false}]},
        {"name": "u", "columns": [{"name": "id", "type": "INTEGER"}], "primary_key": {"columns": ["id"]}}],
        "rows": [{"table": ["main", "t"], "key": {"id": 1}, "set": {"c": "filled"}},
                 {"table": ["main", "u"], "key": null, "set": {"id": 5}}]})");
    const Outcome script = run({"plan", QString::fromStdString(file.path()), changes});
    QVERIFY2(script.status == 0, script.errors.constData());
    file.run(script.output.constData());
    QCOMPARE(file.fact("SELECT c || u.id FROM t, u"), std::string("filled5"));
    QCOMPARE(file.fact("SELECT \"notnull\" FROM pragma_table_info('t') WHERE name = 'c'"), std::string("1"));
}

void tst_CommandLine::queryFormats_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("csv") << "csv" << QByteArray("id,name,note\r\n1,Ana,\r\n2,Ólafur,\"\"\r\n");
    QTest::newRow("tsv") << "tsv" << QByteArray("id\tname\tnote\n1\tAna\t\\N\n2\tÓlafur\t\n");
    QTest::newRow("jsonl") << "jsonl"
                           << QByteArray(
                                  "{\"id\":1,\"name\":\"Ana\",\"note\":null}\n{\"id\":2,\"name\":\"Ólafur\",\"note\":"
                                  "\"\"}\n");
    QTest::newRow("table") << "table"
                           << QByteArray(
                                  "id  name    note\n--  ------  ----\n 1  Ana     NULL\n 2  Ólafur\n(2 rows)\n");
}

void tst_CommandLine::queryFormats()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, expected);
    const Outcome outcome =
        run({"query", database_, "SELECT id, name, note FROM customer WHERE id < 3 ORDER BY id", "--format", format});
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    QCOMPARE(outcome.output, expected);
}

void tst_CommandLine::queryBindsParameters()
{
    const Outcome outcome =
        run({"query", database_, "SELECT name FROM customer WHERE id = :id OR name = :name ORDER BY id", "--param",
             "id=9007199254740993", "--param", "name=Ana", "--format", "jsonl"});
    QVERIFY2(outcome.status == 0, outcome.errors.constData());
    QCOMPARE(outcome.output, QByteArray("{\"name\":\"Ana\"}\n{\"name\":\"Big\"}\n"));
    QCOMPARE(run({"query", database_, "SELECT typeof(:x) AS t", "--param", "x=0805", "--format", "jsonl"}).output,
             QByteArray("{\"t\":\"text\"}\n"));
    QCOMPARE(
        run({"query", database_, "SELECT id FROM customer WHERE id = 9007199254740993", "--format", "jsonl"}).output,
        QByteArray("{\"id\":\"9007199254740993\"}\n"));
}

void tst_CommandLine::queryReadsStandardInput()
{
    const Outcome outcome = run({"query", database_, "-", "--format", "csv"}, "SELECT count(*) AS n FROM \"order\"");
    QCOMPARE(outcome.output, QByteArray("n\r\n2\r\n"));
}

void tst_CommandLine::queryIsReadOnlyUnlessTold()
{
    const Outcome refused = run({"query", database_, "DELETE FROM \"order\""});
    QCOMPARE(refused.status, 3);
    QVERIFY(!refused.errors.isEmpty());
    QCOMPARE(run({"query", database_, "SELECT count(*) AS n FROM \"order\"", "--format", "csv"}).output,
             QByteArray("n\r\n2\r\n"));
}

void tst_CommandLine::refusesAWrongCommandLine_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("no database") << QStringList{"inspect"};
    QTest::newRow("an unknown option") << QStringList{"inspect", database_, "--jsno"};
    QTest::newRow("an unknown format") << QStringList{"query", database_, "SELECT 1", "--format", "xml"};
    QTest::newRow("a broken URL") << QStringList{"inspect", "postgresql://h:port/x"};
    QTest::newRow("a parameter without a value") << QStringList{"query", database_, "SELECT :a"};
    QTest::newRow("a language of models that is to come") << QStringList{"models", database_, "--language", "dbml"};
    QTest::newRow("models without a language") << QStringList{"models", database_};
    QTest::newRow("an unknown dialect") << QStringList{"ddl", database_, "--dialect", "dbase"};
}

void tst_CommandLine::refusesAWrongCommandLine()
{
    QFETCH(QStringList, arguments);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.status, 2);
    QVERIFY(outcome.output.isEmpty());
    QVERIFY(!outcome.errors.isEmpty());
}

void tst_CommandLine::saysWhatTheDatabaseSaid_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("said");
    writeFile(path("nodatabase.db"), QByteArray("this is a text file, not a database. ").repeated(100));
    QFile whole(database_);
    QVERIFY(whole.open(QIODevice::ReadOnly));
    writeFile(path("truncated.db"), whole.read(5000));
    QTest::newRow("no such file") << QStringList{"inspect", path("missing.db")} << QByteArray("missing.db");
    QTest::newRow("no database") << QStringList{"inspect", path("nodatabase.db")} << QByteArray("SQLITE_NOTADB");
    QTest::newRow("truncated") << QStringList{"query", path("truncated.db"), "SELECT * FROM customer"}
                               << QByteArray("SQLITE_CORRUPT");
    QTest::newRow("a folder") << QStringList{"inspect", folder_.path()} << QByteArray("SQLITE_CANTOPEN");
    QTest::newRow("bad SQL") << QStringList{"query", database_, "SELEKT 1"} << QByteArray("SELEKT");
    QTest::newRow("no such table") << QStringList{"query", database_, "SELECT * FROM nowhere"} << QByteArray("nowhere");
    QTest::newRow("no server") << QStringList{"inspect", "postgresql://nobody:s3cret@127.0.0.1:1/none"}
                               << QByteArray("127.0.0.1");
    QTest::newRow("an unknown database") << QStringList{"inspect", "dbase://host/x"} << QByteArray("dbase");
}

void tst_CommandLine::saysWhatTheDatabaseSaid()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, said);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.status, 3);
    QVERIFY2(outcome.errors.contains(said), outcome.errors.constData());
    QVERIFY2(!outcome.errors.contains("s3cret"), outcome.errors.constData());
    QVERIFY(!QFile::exists(path("missing.db")));
}

void tst_CommandLine::interruptCancels()
{
    QProcess process;
    prepare(process);
    process.start(program, {"query", database_,
                            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000000) "
                            "SELECT count(*) FROM n"});
    QVERIFY(process.waitForStarted());
    QTest::qWait(700);
    ::kill(static_cast<pid_t>(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.exitCode(), 130);
}

QTEST_GUILESS_MAIN(tst_CommandLine)
#include "tst_command_line.moc"
