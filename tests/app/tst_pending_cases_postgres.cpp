// Edits that well-known tools get wrong, each made in the window with keys and mouse on a PostgreSQL server. What came
// of it is asked over a connection of the test's own.

#include "app/application.h"
#include "app/main_window.h"
#include "support/postgres_window.h"
#include "support/window_driver.h"
#include "ui/models/changes_model.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QScopeGuard>
#include <QTest>
#include <QTreeView>

#include <ctime>
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
    std::string guest_; ///< a role that is given only what a case gives it

    /// The database as the guest may see it, with all tables of a schema but those that are kept from it.
    void openAsGuest(std::string script)
    {
        for (std::size_t at; (at = script.find("GUEST")) != std::string::npos;)
            script.replace(at, 5, guest_);
        database_->script("DROP SCHEMA IF EXISTS other, shut CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                          "GRANT USAGE ON SCHEMA public TO " +
                          guest_ + ";" + script);
        Url url = database_->url();
        url.arguments.user = guest_;
        url.arguments.password = "guest";
        show(url);
    }
    /// Makes the tables of a case, and opens the window on them.
    void open(const char *script)
    {
        database_->script(
            std::string("DROP SCHEMA IF EXISTS other, shut CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA "
                        "public;") +
            script);
        show(database_->url());
    }
    void show(const Url &url)
    {
        window_ = application_->open(url);
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
        guest_ = "guest_" + database_->arguments().database;
        database_->script("CREATE ROLE " + guest_ + " LOGIN PASSWORD 'guest'");
    }
    void cleanup() { QVERIFY(test::closeWindow(window_)); }
    void cleanupTestCase()
    {
        application_.reset();
        if (database_)
            database_->script("DROP OWNED BY " + guest_ + "; DROP ROLE " + guest_);
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

    void takesARowThatRowSecurityHidesForAFailure()
    {
        openAsGuest(
            "CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c');"
            "GRANT SELECT, UPDATE, DELETE ON t TO GUEST; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY seen ON t FOR SELECT USING (true);"
            "CREATE POLICY changed ON t FOR UPDATE USING (id <> 1) WITH CHECK (v <> 'forbidden');"
            "CREATE POLICY gone ON t FOR DELETE USING (id <> 3)");
        openTable("t");
        WindowDriver person(*window_);
        const auto deleteRow = [&](int row) {
            person.clickCell(person.cell(row, "id"));
            QTest::keyClick(person.page()->view(), Qt::Key_Delete, Qt::ControlModifier);
        };
        const auto isAllPending = [&](std::size_t count) {
            isRefused();
            QCOMPARE(ask("SELECT string_agg(v, ' ' ORDER BY id) FROM t"), std::string("a b c"));
            QCOMPARE(person.pending().size(), count);
            QCOMPARE(failures(), std::size_t{1});
        };
        type(1, "v", "good");
        type(0, "v", "hidden from the update");
        isAllPending(2);
        QCOMPARE(person.cell(0, "v").data().toString(), QStringLiteral("hidden from the update"));
        person.clickCell(person.cell(0, "v"));
        QTest::keyClick(person.page()->view(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(person.pending().size(), std::size_t{1});
        deleteRow(2); // hidden from the delete
        isAllPending(2);
        QTest::keyClick(person.page()->view(), Qt::Key_Z, Qt::ControlModifier);
        type(1, "v", "forbidden"); // the server says so by itself
        isAllPending(1);
        type(1, "v", "good");
        commits(QStringLiteral("1 statement, 1 row"));
        QCOMPARE(ask("SELECT string_agg(v, ' ' ORDER BY id) FROM t"), std::string("a good c"));
    }

    void keepsWhatItMayNotReadToItself()
    {
        openAsGuest(
            "CREATE SCHEMA other; CREATE SCHEMA shut; GRANT USAGE ON SCHEMA other TO GUEST;"
            "CREATE TABLE public.t (id integer PRIMARY KEY, v text); INSERT INTO public.t VALUES (1, 'public');"
            "CREATE TABLE other.t (id integer PRIMARY KEY, v text); INSERT INTO other.t VALUES (1, 'other');"
            "CREATE TABLE shut.t (id integer PRIMARY KEY, v text); CREATE TABLE public.locked (id integer PRIMARY "
            "KEY, v text); GRANT SELECT, UPDATE ON public.t TO GUEST; GRANT SELECT ON other.t TO GUEST");
        WindowDriver person(*window_);
        const auto problem = [&](const char *name) {
            return person.treeLine(QString::fromLatin1(name)).data(ui::SchemaModel::ProblemRole).toString();
        };
        QVERIFY2(problem("shut").contains(QStringLiteral("may not use the schema shut")), qPrintable(problem("shut")));
        QCOMPARE(person.treeLine(QStringLiteral("shut")).data(ui::SchemaModel::DetailRole).toString(),
                 QStringLiteral("no permission"));
        QCOMPARE(problem("other"), QString());
        QCOMPARE(problem("public"), QString());
        openTable("locked");
        auto *message = person.page()->findChild<QLabel *>(QStringLiteral("rowMessage"));
        QVERIFY(message);
        QVERIFY(QTest::qWaitFor([&] { return message->isVisible(); }, 10'000));
        QVERIFY2(message->text().contains(QStringLiteral("permission denied for table locked")),
                 qPrintable(message->text()));
        window_->workspace()->showTable({"shut", "t"});
        QVERIFY(person.waitUntilIdle());
        message = person.page()->findChild<QLabel *>(QStringLiteral("rowMessage"));
        QVERIFY2(message->isVisible() && message->text().contains(QStringLiteral("permission denied for schema shut")),
                 qPrintable(message->text()));
        window_->workspace()->showTable({"other", "t"});
        QVERIFY(person.waitUntilIdle());
        QCOMPARE(person.cell(0, "v").data().toString(), QStringLiteral("other"));
        type(0, "v", "may not"); // may be read and not written
        window_->workspace()->showTable({"public", "t"});
        QVERIFY(person.waitUntilIdle());
        QCOMPARE(person.cell(0, "v").data().toString(), QStringLiteral("public"));
        type(0, "v", "changed");
        isRefused();
        QVERIFY2(person.report().contains(QStringLiteral("permission denied")), qPrintable(person.report()));
        QCOMPARE(ask("SELECT v || (SELECT v FROM other.t) FROM public.t"), std::string("publicother"));
        QCOMPARE(failures(), std::size_t{1});
        for (const Change *change : person.pending().changes())
            QCOMPARE(change->error.has_value(), change->table().schema == "other");
        window_->workspace()->showTable({"other", "t"});
        QVERIFY(person.waitUntilIdle());
        person.clickCell(person.cell(0, "v"));
        type(0, "v", "other"); // back to what it was
        commits(QStringLiteral("1 statement"));
        QCOMPARE(ask("SELECT v || (SELECT v FROM other.t) FROM public.t"), std::string("changedother"));
    }

    void keepsADamagedCatalogEntryToItself()
    {
        // In a database of its own: what is damaged so cannot be dropped from it.
        auto other = std::exchange(database_, std::make_unique<test::PostgresForWindow>("damaged"));
        const auto back = qScopeGuard([&] {
            test::closeWindow(window_);
            database_ = std::move(other);
        });
        open("CREATE TABLE good (id integer PRIMARY KEY, v text); INSERT INTO good VALUES (1, 'a');"
             "CREATE FUNCTION gone(int) RETURNS int LANGUAGE sql AS 'SELECT $1';"
             "CREATE VIEW lost AS SELECT gone(id) AS b FROM good; CREATE VIEW whole AS SELECT v FROM good;"
             "DELETE FROM pg_proc WHERE proname = 'gone'");
        WindowDriver person(*window_);
        const auto problem = [&](const char *name) {
            return person.treeLine(QString::fromLatin1(name)).data(ui::SchemaModel::ProblemRole).toString();
        };
        QVERIFY2(!problem("lost").isEmpty(), qPrintable(problem("lost")));
        QCOMPARE(problem("good"), QString());
        QCOMPARE(problem("whole"), QString());
        QVERIFY(person.treeLine(QStringLiteral("whole")).isValid());
        const auto *said = window_->findChild<QLabel *>(QStringLiteral("messageText"));
        QVERIFY2(said->text().contains(QStringLiteral("lost")), qPrintable(said->text()));
        openTable("good");
        type(0, "v", "edited");
        commits(QStringLiteral("1 statement"));
        QCOMPARE(ask("SELECT v FROM whole"), std::string("edited"));
    }

    void keepsLargeIntegers()
    {
        open("CREATE TABLE t (id bigint PRIMARY KEY, n numeric, v text); INSERT INTO t VALUES (1254071346418286654, "
             "18446744073709551615, 'a'), (9223372036854775807, 9223372036854775808, 'b'), (-9223372036854775807, "
             "-0.10, 'c')");
        openTable("t");
        WindowDriver person(*window_);
        QCOMPARE(person.cell(1, "id").data().toString(), QStringLiteral("1254071346418286654"));
        QCOMPARE(person.cell(1, "n").data().toString(), QStringLiteral("18446744073709551615"));
        person.clickCell(person.cell(2, "id"));
        QTest::keyClick(person.page()->view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("9223372036854775807"));
        person.filterRows(QStringLiteral("id = 1254071346418286654"));
        QCOMPARE(person.page()->model().rowCount(), 1);
        QCOMPARE(person.cell(0, "v").data().toString(), QStringLiteral("a"));
        type(0, "id", "1254071346418286655");
        type(0, "n", "18446744073709551616");
        person.filterRows(QStringLiteral("n = 9223372036854775808"));
        QCOMPARE(person.page()->model().rowCount(), 1);
        type(0, "id", "9223372036854775806");
        person.filterRows(QStringLiteral("v = c"));
        type(0, "id", "-9223372036854775808");
        commits(QStringLiteral("3 statements, 3 rows"));
        QCOMPARE(ask("SELECT string_agg(concat_ws('|', id, n, v), ' ' ORDER BY v) FROM t"),
                 std::string("1254071346418286655|18446744073709551616|a 9223372036854775806|9223372036854775808|b "
                             "-9223372036854775808|-0.10|c"));
    }

    void keepsATimeThatDaylightSavingSkips()
    {
        const QByteArray zone = qgetenv("TZ");
        const auto restore = qScopeGuard([zone] {
            zone.isEmpty() ? qunsetenv("TZ") : qputenv("TZ", zone);
            tzset();
        });
        qputenv("TZ", "Europe/Paris");
        tzset();
        const std::string here = database_->arguments().database;
        const auto restoreDatabase =
            qScopeGuard([this, here] { database_->script("ALTER DATABASE " + here + " RESET timezone"); });
        database_->script("ALTER DATABASE " + here + " SET timezone = 'Europe/Paris'");
        // Skipped, twice over, and just before and behind both.
        open("CREATE TABLE t (id timestamp PRIMARY KEY, tz timestamptz, note text); INSERT INTO t VALUES "
             "('2024-03-31 02:30:00', '2024-03-31 01:30:00+00', 'n'), ('2024-10-27 02:30:00', '2024-10-27 "
             "00:30:00+00', 'n'), ('2024-10-27 02:30:00.000001', '2024-10-27 01:30:00+00', 'n')");
        const char *const all = "SELECT string_agg(concat_ws('|', id, tz AT TIME ZONE 'UTC'), ' ' ORDER BY id) FROM t";
        const std::string before = ask(all);
        openTable("t");
        WindowDriver person(*window_);
        QCOMPARE(person.cell(0, "id").data().toString(), QStringLiteral("2024-03-31 02:30:00"));
        for (int row = 0; row < 3; ++row)
            type(row, "note", "edited");
        commits(QStringLiteral("3 statements, 3 rows"));
        QCOMPARE(ask(all), before);
        QCOMPARE(ask("SELECT string_agg(note, ' ') FROM t"), std::string("edited edited edited"));
        // Typed as well, and as what is looked for.
        person.filterRows(QStringLiteral("id = '2024-03-31 02:30:00'"));
        QCOMPARE(person.page()->model().rowCount(), 1);
        type(0, "id", "2023-03-26 02:15:00");
        commits(QStringLiteral("1 statement, 1 row"));
        QCOMPARE(ask("SELECT min(id) FROM t"), std::string("2023-03-26 02:15:00"));
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
        QCOMPARE(person.changedByLooking(2), std::string()); // is no edit
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
