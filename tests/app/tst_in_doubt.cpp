// The connection is lost in COMMIT itself: the window finds out whether the database has it, says so, and loses
// nothing.

#include "app/application.h"
#include "app/main_window.h"
#include "support/postgres_proxy.h"
#include "support/postgres_window.h"
#include "support/window_driver.h"

#include <QLineEdit>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace schemawright;
using test::PostgresProxy;
using test::WindowDriver;

class tst_InDoubt : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PostgresForWindow> database_;
    std::unique_ptr<PostgresProxy> proxy_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    /// Opens the window on the database, through the bad network when there is one.
    void open()
    {
        Url url = database_->url();
        if (proxy_)
            url.arguments = proxy_->arguments();
        window_ = application_->open(url);
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        QVERIFY(WindowDriver(*window_).waitUntilRead());
    }
    /// One row of each kind of edit, as a person makes them; the key of the new one is the database's to make.
    void edit()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable(QStringLiteral("customer")));
        person.filterRows(QStringLiteral("name = Ana"));
        person.typeIntoCell(person.cell(0, "name"), QStringLiteral("Ana Maria"));
        person.filterRows(QStringLiteral("name = Bo"));
        person.clickCell(person.cell(0, "name"));
        QVERIFY(person.click("deleteRows"));
        QVERIFY(person.click("addRow"));
        person.typeIntoCell(person.cell(person.page()->model().rowCount() - 1, "name"), QStringLiteral("Dee"));
        QCOMPARE(person.pending().size(), std::size_t{3});
    }
    std::string names() { return database_->ask("SELECT string_agg(name, ' ' ORDER BY id) FROM customer"); }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL server: SCHEMAWRIGHT_TEST_PG_URL is not set");
        application_ = test::startApplication("tst_in_doubt");
        database_ = std::make_unique<test::PostgresForWindow>("doubt");
    }
    void init()
    {
        database_->script("DROP SCHEMA public CASCADE; CREATE SCHEMA public;"
                          "CREATE TABLE customer (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text);"
                          "INSERT INTO customer (name) VALUES ('Ana'), ('Bo'), ('Cy');");
    }
    void cleanup()
    {
        QVERIFY(test::closeWindow(window_));
        proxy_.reset();
    }
    void cleanupTestCase()
    {
        application_.reset();
        database_.reset();
    }

    void saysThatNothingWasWritten()
    {
        // The server itself ends the session while it commits: constraint triggers run in COMMIT when they are
        // deferred.
        database_->script(
            "CREATE FUNCTION quit() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END';"
            "CREATE CONSTRAINT TRIGGER quit AFTER UPDATE ON customer DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION quit()");
        open();
        edit();
        WindowDriver person(*window_);
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("The connection was lost in the commit. The database was asked: "
                                                     "nothing was written.")),
                 qPrintable(person.report()));
        QCOMPARE(person.pending().size(), std::size_t{3});
        QVERIFY(!person.pending().isFrozen());
        QCOMPARE(names(), std::string("Ana Bo Cy"));
        QVERIFY(!person.find<QToolButton>("lookAgain")->isVisible());

        database_->script("DROP TRIGGER quit ON customer");
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("Committed: 3 statements, 3 rows")), qPrintable(person.report()));
        QCOMPARE(names(), std::string("Ana Maria Cy Dee"));
    }

    void saysThatAllWasWritten()
    {
        proxy_ = std::make_unique<PostgresProxy>(database_->arguments());
        open();
        edit();
        WindowDriver person(*window_);
        proxy_->atCommit = PostgresProxy::AtCommit::LoseAnswer;
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("The connection was lost in the commit. The database was asked: "
                                                     "everything was written.")),
                 qPrintable(person.report()));
        QCOMPARE(proxy_->cut.load(), 1);
        QCOMPARE(names(), std::string("Ana Maria Cy Dee"));
        QVERIFY(person.pending().isEmpty());
        QVERIFY(!person.find<QToolButton>("lookAgain")->isVisible());
    }

    void saysThatARequestWasLostOnItsWay()
    {
        proxy_ = std::make_unique<PostgresProxy>(database_->arguments());
        open();
        edit();
        WindowDriver person(*window_);
        proxy_->atCommit = PostgresProxy::AtCommit::LoseRequest;
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("The connection was lost in the commit. The database was asked: "
                                                     "nothing was written.")),
                 qPrintable(person.report()));
        QCOMPARE(names(), std::string("Ana Bo Cy"));
        QCOMPARE(person.pending().size(), std::size_t{3});
        proxy_->atCommit = PostgresProxy::AtCommit::Pass;
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("Committed: 3 statements, 3 rows")), qPrintable(person.report()));
        QCOMPARE(names(), std::string("Ana Maria Cy Dee"));
    }

    void saysThatItIsUnclearAndLooksAgain_data()
    {
        QTest::addColumn<int>("atCommit");
        QTest::addColumn<QString>("said");
        QTest::addColumn<QString>("rows");
        QTest::addColumn<int>("pending");
        QTest::newRow("written") << static_cast<int>(PostgresProxy::AtCommit::LoseAnswer)
                                 << QStringLiteral("everything was written") << QStringLiteral("Ana Maria Cy Dee") << 0;
        QTest::newRow("not written") << static_cast<int>(PostgresProxy::AtCommit::LoseRequest)
                                     << QStringLiteral("nothing was written") << QStringLiteral("Ana Bo Cy") << 3;
    }

    void saysThatItIsUnclearAndLooksAgain()
    {
        QFETCH(int, atCommit);
        QFETCH(QString, said);
        QFETCH(QString, rows);
        QFETCH(int, pending);
        proxy_ = std::make_unique<PostgresProxy>(database_->arguments());
        open();
        edit();
        WindowDriver person(*window_);
        proxy_->atCommit = static_cast<PostgresProxy::AtCommit>(atCommit);
        proxy_->refuses = true; // and the server cannot be asked either
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(
                     QStringLiteral("The connection was lost in the commit. Whether it was written is unclear.")),
                 qPrintable(person.report()));
        QCOMPARE(person.pending().size(), std::size_t{3});
        QVERIFY(!person.pending().isFrozen());
        // Still nobody there.
        QVERIFY(person.click("lookAgain"));
        QVERIFY(person.waitForReport(
            QStringLiteral("The connection was lost in the commit. Whether it was written is unclear.")));
        QCOMPARE(person.pending().size(), std::size_t{3});

        proxy_->refuses = false;
        QVERIFY(person.click("lookAgain"));
        QVERIFY2(QTest::qWaitFor([&] { return person.report().contains(said); }, 20'000), qPrintable(person.report()));
        QCOMPARE(names(), rows.toStdString());
        QCOMPARE(person.pending().size(), static_cast<std::size_t>(pending));
    }

    void doesNotLookAgainWhenTheEditsAreOthers()
    {
        proxy_ = std::make_unique<PostgresProxy>(database_->arguments());
        open();
        edit();
        WindowDriver person(*window_);
        proxy_->atCommit = PostgresProxy::AtCommit::LoseAnswer;
        proxy_->refuses = true;
        QVERIFY(person.click("commit"));
        QVERIFY(person.waitForReport(
            QStringLiteral("The connection was lost in the commit. Whether it was written is unclear.")));
        auto *again = person.find<QToolButton>("lookAgain");
        QVERIFY(again->isVisible());
        // One more edit is in no commit: it must not go with those that were.
        person.typeIntoCell(person.cell(person.page()->model().rowCount() - 1, "name"), QStringLiteral("Eve"));
        QTest::qWait(20);
        QVERIFY(!again->isVisible());
        QCOMPARE(person.pending().size(), std::size_t{3});
        proxy_->refuses = false;
        proxy_->atCommit = PostgresProxy::AtCommit::Pass;
    }
};

QTEST_MAIN(tst_InDoubt)
#include "tst_in_doubt.moc"
