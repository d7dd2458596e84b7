// Edits that well-known tools get wrong, each made in the window with keys and mouse on a PostgreSQL server. What came
// of it is asked over a connection of the test's own.

#include "app/application.h"
#include "app/main_window.h"
#include "support/postgres_window.h"
#include "support/window_driver.h"
#include "ui/models/changes_model.h"

#include <QTest>
#include <QTreeView>

#include <memory>

using namespace schemawright;
using test::WindowDriver;

class tst_PendingCasesPostgres : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PostgresForWindow> database_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    /// Makes the tables of a case, and opens the window on them.
    void open(const char *script)
    {
        database_->script(std::string("DROP SCHEMA IF EXISTS other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA "
                                      "public;") +
                          script);
        window_ = application_->open(database_->url());
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        window_->resize(1280, 800);
        QVERIFY(WindowDriver(*window_).waitUntilRead());
    }
    std::string ask(const char *sql) { return database_->ask(sql); }
    void openTable(const char *name) { QVERIFY(WindowDriver(*window_).openTable(QString::fromLatin1(name))); }
    void type(int row, const char *column, const char *text)
    {
        WindowDriver person(*window_);
        person.typeIntoCell(person.cell(row, column), QString::fromUtf8(text));
    }
    void press(const char *button) { QVERIFY2(WindowDriver(*window_).click(button), button); }
    int addRow()
    {
        WindowDriver person(*window_);
        QTest::keyClick(person.page()->view(), Qt::Key_I, Qt::ControlModifier);
        return person.page()->model().rowCount() - 1;
    }
    void commits(const QString &how)
    {
        WindowDriver person(*window_);
        press("commit");
        QVERIFY2(person.waitForReport(QStringLiteral("Committed: ") + how), qPrintable(person.report()));
        QVERIFY(person.waitUntilIdle());
    }
    void isRefused()
    {
        WindowDriver person(*window_);
        press("commit");
        QVERIFY2(person.waitForReport(QStringLiteral("Nothing was written")), qPrintable(person.report()));
    }
    std::size_t failures()
    {
        std::size_t found = 0;
        for (const Change *change : WindowDriver(*window_).pending().changes())
            found += change->error ? 1 : 0;
        return found;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL server: SCHEMAWRIGHT_TEST_PG_URL is not set");
        application_ = test::startApplication("tst_pending_cases_postgres");
        database_ = std::make_unique<test::PostgresForWindow>("cases");
    }
    void cleanup() { QVERIFY(test::closeWindow(window_)); }
    void cleanupTestCase()
    {
        application_.reset();
        database_.reset();
    }

    void takesRowsThatTheServerKeepsForFailures()
    {
        open("CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b');"
             "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
             "CREATE TRIGGER no BEFORE UPDATE ON t FOR EACH ROW WHEN (old.id = 1) EXECUTE FUNCTION no()");
        openTable("t");
        type(1, "v", "good");
        type(0, "v", "never");
        isRefused();
        QCOMPARE(ask("SELECT string_agg(v, ' ' ORDER BY id) FROM t"), std::string("a b"));
        QCOMPARE(WindowDriver(*window_).pending().size(), std::size_t{2});
        QCOMPARE(failures(), std::size_t{1});
    }

    void editsByABinaryKey()
    {
        open("CREATE TABLE t (k bytea PRIMARY KEY, v text); INSERT INTO t VALUES ('\\x00ff', 'a'), ('\\x00', 'b')");
        openTable("t");
        WindowDriver person(*window_);
        person.filterRows(QStringLiteral("v = a"));
        type(0, "v", "changed");
        commits(QStringLiteral("1 statement"));
        QCOMPARE(ask("SELECT string_agg(encode(k, 'hex') || v, ' ' ORDER BY k) FROM t"),
                 std::string("00b 00ffchanged"));
    }

    void refusesTwinsOfATableWithoutAKey()
    {
        open("CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('same', 'same'), ('same', 'same'), ('x', 'y')");
        openTable("t");
        WindowDriver person(*window_);
        person.filterRows(QStringLiteral("a = x"));
        type(0, "b", "alone");
        commits(QStringLiteral("1 statement"));
        person.filterRows(QStringLiteral("a = same"));
        type(0, "b", "one of two");
        isRefused();
        QCOMPARE(ask("SELECT string_agg(a || b, ' ' ORDER BY a) FROM t"), std::string("samesame samesame xalone"));
        QCOMPARE(person.pending().size(), std::size_t{1});
        QVERIFY(person.pending().changes().front()->error);
    }

    void keepsOddValuesBesideAnEdit()
    {
        open("CREATE TYPE mood AS ENUM ('fine', 'so, so'); CREATE TYPE spot AS (x integer, label text);"
             "CREATE TABLE t (id integer PRIMARY KEY, note text, ts timestamp, tz timestamptz, d date, hour time, n "
             "numeric, big bigint, words text[], moods mood[], nest integer[], at spot, j json, jb jsonb, f float8);"
             "INSERT INTO t VALUES "
             "(1, 'n', 'infinity', '-infinity', '0044-03-15 BC', '24:00', 'NaN', 9223372036854775807, "
             "ARRAY['NULL', NULL, ''], ARRAY['so, so'::mood], '{{1,2},{3,4}}', ROW(1, 'a,\"b'), "
             "'{\"a\": 1,  \"a\": 2}', '{\"b\": 1}', 1e-320),"
             "(2, 'n', '294276-12-31 23:59:59.999999', '2024-03-31 02:30:00.123456+01', 'infinity', '23:59:59.999999', "
             "123456789012345678901234567890.5, -9223372036854775808, '{}', '{}', NULL, ROW(NULL, ''), 'null', 'null', "
             "'-0')");
        const char *const all =
            "SELECT string_agg(concat_ws('|', id, ts, tz, d, hour, n, big, words, moods, nest, at, j, "
            "jb, f), E'\\n' ORDER BY id) FROM t";
        const std::string before = ask(all);
        openTable("t");
        WindowDriver person(*window_);
        // Looking into each cell is no edit.
        for (int row = 0; row < 2; ++row)
            for (int column = 0; column < person.page()->model().columnCount(); ++column) {
                person.clickCell(person.page()->model().index(row, column));
                QTest::keyClick(person.page()->view(), Qt::Key_F2);
                if (auto *editor = person.page()->view()->findChild<QWidget *>(QStringLiteral("cellEditor")))
                    QTest::keyClick(editor, Qt::Key_Return, Qt::ControlModifier);
                QTest::qWait(0);
                QVERIFY2(person.pending().isEmpty(), person.page()->model().columnNames()[std::size_t(column)].c_str());
            }
        type(0, "note", "edited");
        type(1, "note", "edited");
        commits(QStringLiteral("2 statements, 2 rows"));
        QCOMPARE(ask(all), before);
        QCOMPARE(ask("SELECT string_agg(note, ' ') FROM t"), std::string("edited edited"));
        // And they can be typed.
        type(0, "words", "{NULL,\"NULL\",\"\"}");
        type(0, "big", "-9223372036854775807");
        type(0, "n", "123456789012345678901234567890.25");
        type(1, "ts", "-infinity");
        commits(QStringLiteral("2 statements, 2 rows"));
        QCOMPARE(ask("SELECT concat_ws('|', words, big, n) FROM t WHERE id = 1"),
                 std::string("{NULL,\"NULL\",\"\"}|-9223372036854775807|123456789012345678901234567890.25"));
        QCOMPARE(ask("SELECT ts FROM t WHERE id = 2"), std::string("-infinity"));
    }

    void clearsADocumentAndNothingElse()
    {
        open("CREATE TABLE t (id integer PRIMARY KEY, doc jsonb, note text DEFAULT 'none', made integer GENERATED "
             "ALWAYS "
             "AS (id * 2) STORED); INSERT INTO t (id, doc) VALUES (1, '{\"a\": [1]}')");
        openTable("t");
        WindowDriver person(*window_);
        type(0, "note", "kept");
        person.clickCell(person.cell(0, "doc"));
        QTest::keyClick(person.page()->view(), Qt::Key_0, Qt::ControlModifier);
        const int added = addRow();
        type(added, "id", "2");
        commits(QStringLiteral("2 statements, 2 rows"));
        QCOMPARE(ask("SELECT concat_ws('|', id, doc IS NULL, note, made) FROM t WHERE id = 1"),
                 std::string("1|t|kept|2"));
        QCOMPARE(ask("SELECT concat_ws('|', id, doc IS NULL, note, made) FROM t WHERE id = 2"),
                 std::string("2|t|none|4"));
    }

    void tellsTwoSchemasApart()
    {
        open(
            "CREATE SCHEMA other; CREATE TABLE public.t (id integer PRIMARY KEY, v text); CREATE TABLE other.t (id "
            "integer "
            "PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'public'); INSERT INTO other.t VALUES (1, 'other')");
        window_->workspace()->showTable({"other", "t"});
        QVERIFY(WindowDriver(*window_).waitUntilIdle());
        type(0, "v", "changed");
        window_->workspace()->showTable({"public", "t"});
        QVERIFY(WindowDriver(*window_).waitUntilIdle());
        QCOMPARE(WindowDriver(*window_).cell(0, "v").data().toString(), QStringLiteral("public"));
        commits(QStringLiteral("1 statement"));
        QCOMPARE(ask("SELECT v || (SELECT v FROM other.t) FROM public.t"), std::string("publicchanged"));
    }

    void namesWhatADeferredCheckFindsInARehearsal()
    {
        open("CREATE TABLE parent (id integer PRIMARY KEY, name text); CREATE TABLE child (id integer PRIMARY KEY, "
             "parent_id "
             "integer REFERENCES parent DEFERRABLE INITIALLY DEFERRED, note text);"
             "INSERT INTO parent VALUES (1, 'one'); INSERT INTO child VALUES (1, 1, 'a'), (2, 1, 'b')");
        openTable("parent");
        type(0, "name", "eins");
        openTable("child");
        type(1, "parent_id", "77");
        WindowDriver person(*window_);
        press("rehearse");
        QVERIFY2(person.waitForReport(QStringLiteral("Rehearsed: ")), qPrintable(person.report()));
        QVERIFY2(person.report().contains(QStringLiteral("failed")), qPrintable(person.report()));
        QCOMPARE(failures(), std::size_t{1});
        for (const Change *change : person.pending().changes())
            QCOMPARE(change->error.has_value(), change->table().name == "child");
        QCOMPARE(ask("SELECT name FROM parent"), std::string("one"));
        type(1, "parent_id", "1");
        press("rehearse");
        QVERIFY2(person.waitForReport(QStringLiteral("Rehearsed: 1 statement")), qPrintable(person.report()));
        QCOMPARE(failures(), std::size_t{0});
    }
};

QTEST_MAIN(tst_PendingCasesPostgres)
#include "tst_pending_cases_postgres.moc"
