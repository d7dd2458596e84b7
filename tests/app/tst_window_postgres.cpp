// The main job on a PostgreSQL server given by URL, and its bad days: a wrong password, a server that ends the
// connection before and in the middle of a commit. What is in the database is asked over a connection of the test's
// own.

#include "app/application.h"
#include "app/main_window.h"
#include "support/postgres_window.h"
#include "support/window_driver.h"
#include "ui/widgets/sql_view.h"

#include <QPushButton>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace schemawright;
using test::WindowDriver;

class tst_WindowPostgres : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PostgresForWindow> database_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    std::string ask(const std::string &sql) { return database_->ask(sql); }
    void script(const std::string &sql) { database_->script(sql); }
    bool waitForReport(const QString &start) { return WindowDriver(*window_).waitForReport(start); }
    void click(const char *button) { QVERIFY2(WindowDriver(*window_).click(button), button); }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL server: SCHEMAWRIGHT_TEST_PG_URL is not set");
        application_ = test::startApplication("tst_window_postgres");
        database_ = std::make_unique<test::PostgresForWindow>("window");
    }

    void cleanupTestCase()
    {
        application_.reset();
        database_.reset();
    }

    void init()
    {
        script(
            "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
            "CREATE TABLE customer (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, balance "
            "numeric(12, 2) DEFAULT 8.30, seen timestamptz, note jsonb);"
            "CREATE TABLE purchase (id serial PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer, what "
            "text);"
            "INSERT INTO customer (name, seen, note) VALUES ('Ana', 'infinity', '{\"b\": 1}'), ('Bo', NULL, NULL), "
            "('Cy', "
            "'2024-02-29 12:00:00.123456+02', 'null');"
            "INSERT INTO purchase (customer_id, what) VALUES (1, 'tea'), (1, 'cake'), (2, 'bread');");
        window_ = application_->open(database_->url());
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        QVERIFY(WindowDriver(*window_).waitUntilRead());
    }

    void cleanup() { QVERIFY(test::closeWindow(window_)); }

    void editsRehearsesAndCommits()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable("customer"));
        person.filterRows("name = Ana");
        QCOMPARE(person.page()->model().rowCount(), 1);
        person.typeIntoCell(person.cell(0, "name"), "Ana Maria");
        person.typeIntoCell(person.cell(0, "balance"), "12345678.90");
        QVERIFY(person.openTable("purchase"));
        person.clickCell(person.page()->model().index(1, 0));
        QTest::mouseClick(person.page()->findChild<QToolButton *>("deleteRows"), Qt::LeftButton);
        QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
        const int added = person.page()->model().rowCount() - 1;
        person.typeIntoCell(person.cell(added, "customer_id"), "3");
        person.typeIntoCell(person.cell(added, "what"), "pie");
        QCOMPARE(person.pending().size(), std::size_t{3});

        click("rehearse");
        QVERIFY(waitForReport("Rehearsed: 3 statements, 3 rows"));
        QCOMPARE(ask("SELECT name FROM customer WHERE id = 1"), std::string("Ana"));
        click("commit");
        QVERIFY(waitForReport("Committed: 3 statements, 3 rows"));
        QCOMPARE(ask("SELECT name || ' ' || balance FROM customer WHERE id = 1"), std::string("Ana Maria 12345678.90"));
        QCOMPARE(ask("SELECT string_agg(what, ' ' ORDER BY id) FROM purchase"), std::string("tea bread pie"));
        // Nobody is left in a transaction while a person thinks.
        QVERIFY(person.waitUntilIdle());
        QCOMPARE(database_->idleInTransaction(), std::string("0"));
    }

    void keepsOddValuesOfTheSameRow()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable("customer"));
        for (int row = 0; row < 3; ++row)
            person.typeIntoCell(person.cell(row, "name"), QStringLiteral("n%1").arg(row));
        click("commit");
        QVERIFY(waitForReport("Committed: 3 statements"));
        QCOMPARE(ask("SELECT string_agg(concat_ws('|', name, seen AT TIME ZONE 'UTC', note), ' ' ORDER BY id) FROM "
                     "customer"),
                 std::string("n0|infinity|{\"b\": 1} n1 n2|2024-02-29 10:00:00.123456|null"));
    }

    void survivesAConnectionThatEndedBeforeTheCommit()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable("customer"));
        person.typeIntoCell(person.cell(0, "name"), "Later");
        database_->endAllConnections();
        click("commit");
        // The lost connection may be noticed by this commit or by the pool before it; either way nothing is lost.
        QVERIFY(QTest::qWaitFor([&] { return !window_->workspace()->isRunning(); }, 30'000));
        if (!person.pending().isEmpty()) {
            QCOMPARE(ask("SELECT name FROM customer WHERE id = 1"), std::string("Ana"));
            QCOMPARE(person.pending().size(), std::size_t{1});
            click("commit");
        }
        QVERIFY(waitForReport("Committed"));
        QCOMPARE(ask("SELECT name FROM customer WHERE id = 1"), std::string("Later"));
    }

    void survivesAServerThatStopsInTheMiddleOfACommit()
    {
        script(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN new; END';"
            "CREATE TRIGGER slow BEFORE UPDATE ON purchase FOR EACH ROW EXECUTE FUNCTION slow()");
        WindowDriver person(*window_);
        QVERIFY(person.openTable("customer"));
        person.typeIntoCell(person.cell(0, "name"), "First");
        QVERIFY(person.openTable("purchase"));
        person.typeIntoCell(person.cell(0, "what"), "second");
        click("commit");
        QVERIFY(QTest::qWaitFor(
            [&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "1"; }, 10'000));
        database_->endAllConnections();
        QVERIFY(waitForReport("Nothing was written"));
        QCOMPARE(person.pending().size(), std::size_t{2});
        QCOMPARE(ask("SELECT name FROM customer WHERE id = 1"), std::string("Ana"));
        const auto *report = window_->findChild<QLabel *>("runReport");
        QVERIFY2(report->text().contains("57P01") || report->text().contains("connection"), qPrintable(report->text()));
        script("DROP TRIGGER slow ON purchase");
        click("commit");
        QVERIFY(waitForReport("Committed: 2 statements"));
        QCOMPARE(ask("SELECT name FROM customer WHERE id = 1"), std::string("First"));
    }

    void cancelsALongCommit()
    {
        script(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN new; END';"
            "CREATE TRIGGER slow BEFORE UPDATE ON purchase FOR EACH ROW EXECUTE FUNCTION slow()");
        WindowDriver person(*window_);
        QVERIFY(person.openTable("purchase"));
        person.typeIntoCell(person.cell(0, "what"), "never");
        click("commit");
        auto *cancel = window_->findChild<QToolButton *>("cancelActivity");
        QVERIFY(QTest::qWaitFor([&] { return cancel->isVisible(); }));
        QTest::mouseClick(cancel, Qt::LeftButton);
        QVERIFY(waitForReport("Nothing was written"));
        QCOMPARE(person.pending().size(), std::size_t{1});
        QCOMPARE(ask("SELECT what FROM purchase WHERE id = 1"), std::string("tea"));
    }

    void saysThatThePasswordIsWrong()
    {
        const QByteArray tcp = qgetenv("SCHEMAWRIGHT_TEST_PG_TCP_URL");
        if (tcp.isEmpty())
            QSKIP("no server that asks for a password: SCHEMAWRIGHT_TEST_PG_TCP_URL is not set");
        delete window_;
        Url url = Url::parse(tcp.toStdString());
        url.arguments.password = "s3cret-but-wrong";
        window_ = application_->open(url);
        QVERIFY(QTest::qWaitFor(
            [this] { return window_->workspace() && window_->workspace()->state() == ui::Workspace::State::Failed; },
            20'000));
        QCOMPARE(toString(window_->workspace()->openError()->kind), toString(ErrorKind::Auth));
        const auto *text = window_->findChild<QLabel *>("failureText");
        QVERIFY(text->isVisible());
        QVERIFY2(text->text().contains("password"), qPrintable(text->text()));
        for (const QLabel *label : window_->findChildren<QLabel *>())
            QVERIFY(!label->text().contains("s3cret"));
    }
};

QTEST_MAIN(tst_WindowPostgres)
#include "tst_window_postgres.moc"
