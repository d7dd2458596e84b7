// What is broken in a SQLite file keeps to itself: the rest is reflected, and the fault is reported beside it.

#include "support/sqlite_file.h"

#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"

#include <algorithm>

using namespace schemawright;

class tst_SqliteFaults : public QObject
{
    Q_OBJECT

private:
    static MetaData reflected(const test::SqliteFile &file)
    {
        Connection connection = Engine::open("sqlite:///" + file.path()).connect();
        return Inspector(connection).reflect();
    }
    static std::string errorOf(const MetaData &metadata, const std::string &object)
    {
        const auto found = std::ranges::find(metadata.errors, object, &Remark::object);
        return found == metadata.errors.end() ? std::string() : found->what;
    }

private Q_SLOTS:
    void viewsThatDoNotCompile()
    {
        const test::SqliteFile file("CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT);"
                                    "CREATE VIEW fine AS SELECT y FROM a;"
                                    "CREATE VIEW lost AS SELECT * FROM missing_one;"
                                    "CREATE VIEW one AS SELECT * FROM two; CREATE VIEW two AS SELECT * FROM one;");
        const MetaData metadata = reflected(file);
        QCOMPARE(metadata.table({"main", "a"})->columns.size(), std::size_t{2});
        QCOMPARE(metadata.table({"main", "fine"})->columns.size(), std::size_t{1});
        QVERIFY(metadata.table({"main", "lost"})->definition.has_value()); // its text is there all the same
        QCOMPARE(errorOf(metadata, "lost"), std::string("no such table: main.missing_one"));
        QVERIFY(errorOf(metadata, "one").find("circular") != std::string::npos);
        QVERIFY(errorOf(metadata, "two").find("circular") != std::string::npos);
        QCOMPARE(metadata.errors.size(), std::size_t{3});
    }

    void aRowOfTheSchemaThatCannotBeRead()
    {
        const test::SqliteFile file("CREATE TABLE good (x INTEGER PRIMARY KEY, y TEXT); CREATE INDEX by_y ON good (y);"
                                    "CREATE TABLE bad (z);"
                                    "PRAGMA writable_schema = ON;"
                                    "UPDATE sqlite_schema SET sql = 'CREATE TABLE bad (z' WHERE name = 'bad';");
        const MetaData metadata = reflected(file);
        QVERIFY(metadata.table({"main", "good"}));
        QCOMPARE(metadata.table({"main", "good"})->columns.size(), std::size_t{2});
        QCOMPARE(metadata.table({"main", "good"})->indexes.size(), std::size_t{1});
        QVERIFY(!metadata.table({"main", "bad"}));
        QVERIFY(errorOf(metadata, "main.bad").find("malformed") != std::string::npos);
        QCOMPARE(metadata.errors.size(), std::size_t{1});
    }

    void tablesThatOthersDropMeanwhile_data()
    {
        QTest::addColumn<QString>("journal");
        QTest::newRow("rollback journal") << "DELETE";
        QTest::newRow("write-ahead log") << "WAL";
    }

    /// Dropped before each of the statements that reflection runs in turn: it is there in full or not at all, and all
    /// else is.
    void tablesThatOthersDropMeanwhile()
    {
        QFETCH(QString, journal);
        const std::string making =
            "CREATE TABLE going (id INTEGER PRIMARY KEY, a TEXT CHECK (a <> ''), b INT REFERENCES "
            "kept); CREATE INDEX by_b ON going (b) WHERE b > 1; CREATE TRIGGER t AFTER INSERT ON "
            "going BEGIN SELECT 1; END; CREATE VIEW over AS SELECT a FROM going;";
        const std::string dropping = "DROP VIEW over; DROP TABLE going;";
        const test::SqliteFile file(
            ("PRAGMA journal_mode = " + journal.toStdString() +
             "; CREATE TABLE kept (id INTEGER PRIMARY KEY, a TEXT UNIQUE); CREATE INDEX by_a ON kept (a);" + making)
                .c_str());
        sqlite3 *other = nullptr;
        QCOMPARE(sqlite3_open(file.path().c_str(), &other), SQLITE_OK);
        const auto run = [&](const std::string &sql) {
            const int code = sqlite3_exec(other, sql.c_str(), nullptr, nullptr, nullptr);
            if (code == SQLITE_BUSY) // the reader holds the file: it sees all
                sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr);
            return code == SQLITE_OK;
        };
        const Engine engine = Engine::open("sqlite:///" + file.path());
        int statement = 0, dropAt = 0, seen = 0, unseen = 0;
        bool isDropped = false;
        engine.log().observeBefore([&](const StatementEvent &) {
            if (++statement == dropAt)
                isDropped = run("BEGIN; " + dropping + "COMMIT");
        });
        Connection connection = engine.connect();
        const MetaData whole = Inspector(connection).reflect();
        const int statements = statement;
        QVERIFY(statements > 5);
        for (dropAt = 1; dropAt <= statements; ++dropAt) {
            statement = 0;
            isDropped = false;
            const MetaData metadata = Inspector(connection).reflect();
            QVERIFY2(metadata.errors.empty(), metadata.errors.empty() ? "" : metadata.errors.front().what.c_str());
            QVERIFY(*metadata.table({"main", "kept"}) == *whole.table({"main", "kept"}));
            QCOMPARE(metadata.tableCount(), std::size_t(metadata.table({"main", "going"}) ? 3 : 1));
            if (const TablePtr going = metadata.table({"main", "going"})) {
                QVERIFY2(*going == *whole.table(going->name), std::to_string(dropAt).c_str());
                QVERIFY(*metadata.table({"main", "over"}) == *whole.table({"main", "over"}));
                ++seen;
            } else {
                QVERIFY(isDropped);
                ++unseen;
            }
            QVERIFY(!connection.inTransaction());
            if (isDropped)
                QVERIFY(run(making));
        }
        QVERIFY(seen > 0 && unseen > 0);
        sqlite3_close(other);
    }

    /// Whatever stands in a row of the schema, the other tables are read and the one that is not is named.
    void rowsOfTheSchemaOfAllKinds_data()
    {
        QTest::addColumn<QString>("damage");
        const auto row = [](const char *name, const char *set) { QTest::newRow(name) << QString::fromUtf8(set); };
        row("no statement", "sql = 'CREATE TABLE'");
        row("another language", "sql = 'DROP TABLE good'");
        row("a text cut off", "sql = 'CREATE TABLE bad (z, '");
        row("a page that is not there", "rootpage = 99999");
        row("another's page", "rootpage = 2");
        row("no text", "sql = NULL");
        row("a page below zero", "rootpage = -5");
    }

    void rowsOfTheSchemaOfAllKinds()
    {
        QFETCH(QString, damage);
        const test::SqliteFile file(
            ("CREATE TABLE good (x INTEGER PRIMARY KEY, y TEXT CHECK (y <> '')); CREATE INDEX by_y "
             "ON good (y); CREATE TABLE bad (z); CREATE VIEW fine AS SELECT y FROM good; PRAGMA "
             "writable_schema = ON; UPDATE sqlite_schema SET " +
             damage.toStdString() + " WHERE name = 'bad'")
                .c_str());
        const MetaData metadata = reflected(file);
        const TablePtr good = metadata.table({"main", "good"});
        QVERIFY(good);
        QCOMPARE(good->columns.size(), std::size_t{2});
        QCOMPARE(good->indexes.size(), std::size_t{1});
        QCOMPARE(good->checks.size(), std::size_t{1});
        QCOMPARE(metadata.table({"main", "fine"})->columns.size(), std::size_t{1});
        // It is read in full (its text is as good as ever) or reported.
        const TablePtr bad = metadata.table({"main", "bad"});
        QVERIFY(bad ? bad->columns.size() == 1 : !errorOf(metadata, "main.bad").empty());
    }

    /// A browser's or a map's database uses modules that are not here.
    void virtualTablesOfUnknownModules()
    {
        const test::SqliteFile file(
            "CREATE TABLE plain (a INTEGER PRIMARY KEY, b TEXT); CREATE INDEX by_b ON plain (b); CREATE VIRTUAL TABLE "
            "fine USING fts5(x); PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('table', 'spatial', "
            "'spatial', 0, 'CREATE VIRTUAL TABLE spatial USING nosuchmodule(a)'), ('table', 'stemmed', 'stemmed', 0, "
            "'CREATE VIRTUAL TABLE stemmed USING fts5(a, tokenize=nosuchtokenizer)');");
        const MetaData metadata = reflected(file);
        QCOMPARE(metadata.table({"main", "plain"})->columns.size(), std::size_t{2});
        QCOMPARE(metadata.table({"main", "plain"})->indexes.size(), std::size_t{1});
        QVERIFY(!metadata.table({"main", "fine"})->columns.empty());
        QCOMPARE(metadata.table({"main", "spatial"})->kind, TableKind::Virtual);
        QVERIFY(metadata.table({"main", "spatial"})->definition.has_value());
        QCOMPARE(errorOf(metadata, "spatial"), std::string("no such module: nosuchmodule"));
        QVERIFY(!errorOf(metadata, "stemmed").empty());
        QCOMPARE(metadata.errors.size(), std::size_t{2});
    }

    void triggersThatCallTheirTableInAnotherCase()
    {
        const test::SqliteFile file(
            "CREATE TABLE \"Mixed\" (a); CREATE TRIGGER t AFTER INSERT ON MIXED BEGIN SELECT 1; "
            "END");
        QCOMPARE(reflected(file).table({"main", "Mixed"})->triggers.size(), std::size_t{1});
    }

    void temporaryTriggersOnOtherTables()
    {
        const test::SqliteFile file("CREATE TABLE a (x)");
        Connection connection = Engine::open("sqlite:///" + file.path()).connect();
        connection.executeScript("CREATE TEMP TRIGGER passing AFTER INSERT ON main.a BEGIN SELECT 1; END");
        const MetaData metadata = Inspector(connection).reflect();
        QCOMPARE(metadata.notCarried.size(), std::size_t{1});
        QCOMPARE(metadata.notCarried.front().object, std::string("passing"));
    }

    void aFileThatIsNoDatabase()
    {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("text.db")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray(5000, 'x'));
        file.close();
        try {
            Connection connection = Engine::open("sqlite:///" + file.fileName().toStdString()).connect();
            Inspector(connection).reflect();
            QFAIL("a text was taken for a database");
        } catch (const Error &error) {
            QVERIFY(!error.message.empty());
            QVERIFY(!error.hint.empty());
        }
    }
};

QTEST_GUILESS_MAIN(tst_SqliteFaults)
#include "tst_sqlite_faults.moc"
