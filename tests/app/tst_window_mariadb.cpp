// A person at a MariaDB server: its largest numbers and its dates and times that no calendar has are shown as they are,
// stay so beside an edit, and can be typed; keys that it makes are shown after the commit; what it refuses is kept.

#include "app/application.h"
#include "app/main_window.h"
#include "support/mariadb_database.h"
#include "support/server_for_window.h"
#include "support/window_driver.h"
#include "ui/dialogs/pending_dialog.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <memory>

using namespace schemawright;
using test::WindowDriver;

class tst_WindowMariadb : public QObject
{
    Q_OBJECT

    using Server = test::ServerForWindow<test::MariadbDatabase>;
    std::unique_ptr<Server> database_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    std::string ask(const std::string &sql) { return database_->ask(sql); }
    void open(const std::string &script, const char *table)
    {
        database_->script(script);
        window_ = application_->open(database_->url());
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        WindowDriver person(*window_);
        QVERIFY2(person.waitUntilRead(), qPrintable(person.report()));
        QVERIFY(person.openTable(table));
    }
    void type(int row, const char *column, const char *text)
    {
        WindowDriver person(*window_);
        person.typeIntoCell(person.cell(row, column), QString::fromUtf8(text));
    }
    void commits(const QString &what)
    {
        WindowDriver person(*window_);
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("Committed: ") + what), qPrintable(person.report()));
        QCOMPARE(person.pending().size(), std::size_t{0});
    }
    QString shown(int row, const char *column) { return WindowDriver(*window_).cell(row, column).data().toString(); }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::mariadbServer())
            QSKIP("no MariaDB server: MYSQL_SOCKET is not set");
        application_ = test::startApplication("tst_window_mariadb");
        database_ = std::make_unique<Server>("mysql", "window");
    }
    void cleanupTestCase()
    {
        application_.reset();
        database_.reset();
    }
    void cleanup()
    {
        if (window_)
            QVERIFY(test::closeWindow(window_));
    }

    void keepsLargeNumbers()
    {
        open("CREATE OR REPLACE TABLE number (id BIGINT UNSIGNED PRIMARY KEY, i BIGINT, v VARCHAR(10));"
             "INSERT INTO number VALUES (1254071346418286654, -9223372036854775808, 'a'), (9223372036854775807, "
             "9223372036854775807, 'b'), (18446744073709551615, 0, 'c')",
             "number");
        WindowDriver person(*window_);
        QCOMPARE(shown(0, "id"), QStringLiteral("1254071346418286654"));
        QCOMPARE(shown(0, "i"), QStringLiteral("-9223372036854775808"));
        QCOMPARE(shown(2, "id"), QStringLiteral("18446744073709551615"));
        person.clickCell(person.cell(2, "id"));
        QTest::keyClick(person.page()->view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("18446744073709551615"));
        type(0, "id", "1254071346418286655");
        type(0, "i", "-9223372036854775807");
        person.filterRows(QStringLiteral("id = 18446744073709551615"));
        QCOMPARE(person.page()->model().rowCount(), 1);
        QCOMPARE(shown(0, "v"), QStringLiteral("c"));
        type(0, "id", "18446744073709551614");
        commits(QStringLiteral("2 statements, 2 rows"));
        QCOMPARE(ask("SELECT GROUP_CONCAT(CONCAT_WS('|', id, i, v) ORDER BY v SEPARATOR ' ') FROM number"),
                 std::string("1254071346418286655|-9223372036854775807|a 9223372036854775807|9223372036854775807|b "
                             "18446744073709551614|0|c"));
    }

    void keepsDatesAndTimesThatNoCalendarHas()
    {
        const QByteArray zone = qgetenv("TZ");
        const auto restore = qScopeGuard([zone] {
            zone.isEmpty() ? qunsetenv("TZ") : qputenv("TZ", zone);
            tzset();
        });
        qputenv("TZ", "Europe/Paris");
        tzset();
        open(
            "CREATE OR REPLACE TABLE odd (id INTEGER PRIMARY KEY, note VARCHAR(20), d DATE, dt DATETIME(6), t TIME(6), "
            "n DECIMAL(40,10), f FLOAT, b VARBINARY(10), j JSON, s TEXT);"
            "INSERT INTO odd VALUES (1, 'n', '0000-00-00', '0000-00-00 00:00:00', '838:59:59', "
            "'123456789012345678901234567890.1234567891', 0.1, x'00ff', '{\"a\":  1, \"a\":2}', CONCAT('a', CHAR(0), "
            "'b')), (2, 'n', '2020-00-00', '2024-03-31 02:30:00.000001', '-838:59:59', 8.30, 1e-38, x'', 'null', '')",
            "odd");
        const char *const all = "SELECT GROUP_CONCAT(CONCAT_WS('|', id, d, dt, t, n, f, HEX(b), j, HEX(s)) ORDER BY id "
                                "SEPARATOR ' ') FROM odd";
        const std::string before = ask(all);
        WindowDriver person(*window_);
        QCOMPARE(shown(0, "d"), QStringLiteral("0000-00-00"));
        QVERIFY(shown(0, "t").startsWith(QStringLiteral("838:59:59")));
        QVERIFY(shown(1, "t").startsWith(QStringLiteral("-838:59:59")));
        QCOMPARE(shown(1, "dt"), QStringLiteral("2024-03-31 02:30:00.000001"));
        QCOMPARE(shown(0, "n"), QStringLiteral("123456789012345678901234567890.1234567891"));
        QCOMPARE(shown(0, "f"), QStringLiteral("0.1"));
        QVERIFY(person.find<QLabel>("aboutTable")->toolTip().contains(QStringLiteral("engine InnoDB")));
        person.clickCell(person.cell(0, "j")); // of many lines, where Enter makes another
        QTest::keyClick(person.page()->view(), Qt::Key_F2);
        auto *editor = person.page()->view()->findChild<QPlainTextEdit *>(QStringLiteral("cellEditor"));
        QVERIFY(editor);
        const auto *hint = editor->findChild<QLabel *>(QStringLiteral("cellEditorHint"));
        QVERIFY(hint && hint->isVisible() && hint->text().contains(QStringLiteral("Ctrl+Enter")));
        QVERIFY(!editor->viewport()->geometry().intersects(hint->geometry()));
        test::picture(*window_, "mariadb-json-editor");
        QTest::keyClick(editor, Qt::Key_Escape);
        QCOMPARE(person.changedByLooking(2), std::string()); // is no edit
        type(0, "note", "edited");
        type(1, "note", "edited");
        commits(QStringLiteral("2 statements, 2 rows"));
        QCOMPARE(ask(all), before);
        QCOMPARE(ask("SELECT GROUP_CONCAT(note) FROM odd"), std::string("edited,edited"));
        // And they can be typed, and be what tells others of a change.
        type(1, "d", "0000-00-00");
        type(0, "t", "-00:00:01");
        type(0, "f", "0.25");
        type(1, "dt", "2024-10-27 02:30:00");
        commits(QStringLiteral("2 statements, 2 rows"));
        QCOMPARE(ask("SELECT CONCAT_WS('|', t, f) FROM odd WHERE id = 1"), std::string("-00:00:01.000000|0.25"));
        QCOMPARE(ask("SELECT CONCAT_WS('|', d, dt) FROM odd WHERE id = 2"),
                 std::string("0000-00-00|2024-10-27 02:30:00.000000"));
    }

    void showsWhatTheDatabaseMade()
    {
        open("CREATE OR REPLACE TABLE made (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER NOT NULL CHECK (n < 10), "
             "twice INTEGER AS (n * 2) STORED, word VARCHAR(10) DEFAULT 'none') AUTO_INCREMENT = 40",
             "made");
        WindowDriver person(*window_);
        QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
        type(0, "n", "4");
        commits(QStringLiteral("1 statement"));
        QTRY_COMPARE(shown(0, "id"), QStringLiteral("40"));
        QCOMPARE(shown(0, "twice"), QStringLiteral("8"));
        QCOMPARE(shown(0, "word"), QStringLiteral("none"));
        // What the check refuses stays pending, with what the server says.
        type(0, "n", "11");
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("Nothing was written")), qPrintable(person.report()));
        QCOMPARE(person.pending().size(), std::size_t{1});
        QCOMPARE(ask("SELECT n FROM made"), std::string("4"));
        type(0, "n", "9");
        commits(QStringLiteral("1 statement, 1 row"));
        QCOMPARE(ask("SELECT twice FROM made"), std::string("18"));
    }

    // A commit that changed tables here could not be taken back: it is said before, and a script is the way.
    void savesChangesOfTablesAsAScript()
    {
        open("CREATE OR REPLACE TABLE plant (id INTEGER PRIMARY KEY, name VARCHAR(20)); DROP TABLE IF EXISTS new_table;"
             "INSERT INTO plant VALUES (1, 'Rosa'), (2, 'Tilia')",
             "plant");
        WindowDriver person(*window_);
        const auto *form = person.find<QLabel>("structureFixed");
        const auto *said = person.find<QLabel>("scriptOnly");
        auto *commit = person.find<QPushButton>("commit");
        auto *newTable = person.find<QAction>("newTable");
        QVERIFY(form->isVisible());
        QVERIFY2(form->text().contains(QStringLiteral("saved as a script here, not committed")),
                 qPrintable(form->text()));
        QVERIFY2(newTable->toolTip().contains(QStringLiteral("saved as a script")), qPrintable(newTable->toolTip()));
        QVERIFY(!said->isVisible());

        newTable->trigger();
        QTRY_VERIFY(said->isVisible());
        QTest::keyClick(window_->focusWidget(), Qt::Key_Escape);
        QVERIFY(!commit->isEnabled());
        QVERIFY(!person.find<QPushButton>("rehearse")->isEnabled());
        QVERIFY(!person.find<QToolButton>("commitButton")->isEnabled());
        QVERIFY2(said->text().contains(QStringLiteral("saved as a script, not committed")), qPrintable(said->text()));
        QVERIFY(!said->text().contains(QStringLiteral("other")));
        QVERIFY(person.openTable(QStringLiteral("plant")));
        type(0, "name", "Rosa canina");
        QTRY_VERIFY(said->text().contains(QStringLiteral("revert it to commit the other change")));
        QVERIFY(!commit->isEnabled());
        test::picture(*window_, "mariadb-script-only");
        window_->close();
        auto *asked = window_->findChild<ui::PendingDialog *>();
        QVERIFY(asked && asked->isVisible());
        QVERIFY(asked->informativeText().contains(QStringLiteral("saved as a script, not committed")));
        QAbstractButton *stay = nullptr;
        for (QAbstractButton *each : asked->buttons()) {
            QCOMPARE(each->isEnabled(), each->text() != QLatin1String("Commit"));
            stay = each->text() == QLatin1String("Cancel") ? each : stay;
        }
        QVERIFY(stay);
        QTest::mouseClick(stay, Qt::LeftButton);
        QTest::qWait(20);

        const QTemporaryDir folder;
        const QString tables = folder.filePath(QStringLiteral("tables.sql")),
                      all = folder.filePath(QStringLiteral("all.sql"));
        QVERIFY(person.click("saveTables"));
        QVERIFY(person.saveAs("scriptDialog", tables));
        QVERIFY2(person.waitForReport(QStringLiteral("Saved as")), qPrintable(person.report()));
        QVERIFY(person.click("saveScript"));
        QVERIFY(person.saveAs("scriptDialog", all));
        const std::string script = WindowDriver::textOf(tables);
        QVERIFY2(script.starts_with("CREATE TABLE new_table"), script.c_str());
        QVERIFY2(script.find("AUTO_INCREMENT") != std::string::npos, script.c_str());
        QVERIFY(script.find("UPDATE") == std::string::npos);
        QVERIFY(WindowDriver::textOf(all).find("UPDATE") != std::string::npos);

        // The other change can be committed once the table's is off the list, and the script run beside it.
        QVERIFY(person.click("revertTables"));
        QTRY_VERIFY(!said->isVisible());
        QCOMPARE(person.pending().size(), std::size_t{1});
        commits(QStringLiteral("1 statement, 1 row"));
        QCOMPARE(ask("SELECT name FROM plant WHERE id = 1"), std::string("Rosa canina"));
        database_->script(script);
        QCOMPARE(ask("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'new_table' AND table_schema = "
                     "DATABASE()"),
                 std::string("1"));
        window_->workspace()->refresh();
        QTRY_VERIFY(person.treeLine(QStringLiteral("new_table")).isValid());
    }

    void namesWhatGoesWithTheTablesThatAreReverted()
    {
        open(
            "CREATE OR REPLACE TABLE plant (id INTEGER PRIMARY KEY, name VARCHAR(20)); DROP TABLE IF EXISTS new_table;",
            "plant");
        WindowDriver person(*window_);
        person.find<QAction>("newTable")->trigger();
        QTest::qWait(50);
        QTest::keyClick(window_->focusWidget(), Qt::Key_Escape);
        QTest::qWait(50);
        QVERIFY(person.page());
        QVERIFY(person.click("addRow"));
        QTRY_COMPARE(person.pending().size(), std::size_t{2});
        QVERIFY(person.click("revertTables"));
        const auto *question = person.find<QLabel>("revertQuestion");
        QVERIFY(question->isVisible());
        QVERIFY2(question->text().contains(QStringLiteral("new_table")), qPrintable(question->text()));
        QVERIFY(person.click("revertAll"));
        QCOMPARE(person.pending().size(), std::size_t{0});
        person.pending().undo(); // one step
        QCOMPARE(person.pending().size(), std::size_t{2});
    }
};

QTEST_MAIN(tst_WindowMariadb)
#include "tst_window_mariadb.moc"
