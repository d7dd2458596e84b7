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
