// The unit of work on a PostgreSQL server: every failure of a rehearsal on its change, a conflict settled in place, a
// script that does the same, and relations over composite keys.

#include "app/application.h"
#include "app/main_window.h"
#include "support/postgres_window.h"
#include "support/window_driver.h"

#include <QAbstractButton>
#include <QLineEdit>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace schemawright;
using test::WindowDriver;

class tst_PendingPostgres : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PostgresForWindow> database_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    std::string ask(const std::string &sql) { return database_->ask(sql); }
    template <class Widget> Widget *find(const char *name)
    {
        return window_->findChild<Widget *>(QString::fromLatin1(name));
    }
    bool waitForReport(const QString &start) { return WindowDriver(*window_).waitForReport(start); }
    void click(const char *button) { QVERIFY2(WindowDriver(*window_).click(button), button); }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL server: SCHEMAWRIGHT_TEST_PG_URL is not set");
        application_ = test::startApplication("tst_pending_postgres");
        database_ = std::make_unique<test::PostgresForWindow>("pending");
        database_->script(
            "CREATE TABLE shelf (room text, number integer, load integer CHECK (load < 100), note text, "
            "PRIMARY KEY (room, number));"
            "CREATE TABLE book (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, room "
            "text, number integer, FOREIGN KEY (room, number) REFERENCES shelf);"
            "INSERT INTO shelf VALUES ('A', 1, 10, 'low'), ('A', 2, 20, 'high'), ('B', 1, 30, NULL);"
            "INSERT INTO book (title, room, number) VALUES ('one', 'A', 1), ('two', 'A', 2), ('three', 'A', 1);");
    }
    void init()
    {
        window_ = application_->open(database_->url());
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        QVERIFY(WindowDriver(*window_).waitUntilRead());
    }
    void cleanup() { QVERIFY(test::closeWindow(window_)); }
    void cleanupTestCase()
    {
        application_.reset();
        database_.reset();
    }

    void marksEveryFailureAndSettlesAConflict()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable("shelf"));
        person.filterRows("note = low");
        person.typeIntoCell(person.cell(0, "load"), "500"); // the check
        person.typeIntoCell(person.cell(0, "note"), "mine");
        QVERIFY(person.openTable("book"));
        person.filterRows("title = two");
        person.typeIntoCell(person.cell(0, "room"), "Z"); // no such shelf
        person.filterRows("title = three");
        person.typeIntoCell(person.cell(0, "title"), "drei");
        click("rehearse");
        QVERIFY(waitForReport("Rehearsed: 2 of 3 changes failed"));
        const auto changes = person.pending().changes();
        QVERIFY(changes[0]->error && changes[1]->error && !changes[2]->error);
        QCOMPARE(ask("SELECT string_agg(title, ' ' ORDER BY id) FROM book"), std::string("one two three"));

        QVERIFY(person.openTable("book"));
        person.filterRows("title = two");
        person.typeIntoCell(person.cell(0, "room"), "A");
        QCOMPARE(person.pending().size(), std::size_t{2});
        ask("UPDATE shelf SET note = 'theirs', load = 11 WHERE room = 'A' AND number = 1");
        click("commit");
        QVERIFY(waitForReport("Nothing was written"));
        click("theirs:note");
        QVERIFY(person.waitUntilIdle());
        click("edit:load");
        auto *editor = find<QLineEdit>("editor:load");
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, "55");
        QTest::keyClick(editor, Qt::Key_Return);
        QTest::qWait(20);
        QVERIFY(person.waitUntilIdle());
        click("commit");
        QVERIFY(waitForReport("Committed: 2 statements, 2 rows"));
        QCOMPARE(ask("SELECT concat_ws(' ', load, note) FROM shelf WHERE room = 'A' AND number = 1"),
                 std::string("55 theirs"));
        QCOMPARE(ask("SELECT title FROM book WHERE id = 3"), std::string("drei"));
        QVERIFY(person.waitUntilIdle());
        QCOMPARE(database_->idleInTransaction(), std::string("0"));
    }

    void followsACompositeKey()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable("book"));
        person.filterRows("title = one");
        person.clickCell(person.cell(0, "number"));
        QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier);
        QVERIFY(person.waitUntilIdle());
        QCOMPARE(person.page()->model().table()->name.name, std::string("shelf"));
        QCOMPARE(person.page()->model().rowCount(), 1);
        QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(person.waitUntilIdle());
        QCOMPARE(person.page()->model().table()->name.name, std::string("book"));
        QCOMPARE(person.page()->model().rowCount(), 2);
    }
};

QTEST_MAIN(tst_PendingPostgres)
#include "tst_pending_postgres.moc"
