// The main job, done as a person does it: open the sample, find a row, edit, look at the SQL, rehearse, commit, undo
// the rest. What is in the file is asked of the sqlite3 C API, not of the library.

#include "app/application.h"
#include "app/main_window.h"
#include "app/sample.h"
#include "support/sqlite_file.h"
#include "support/window_driver.h"
#include "ui/dialogs/pending_dialog.h"
#include "ui/widgets/sql_view.h"

#include <QAbstractButton>
#include <QApplication>
#include <QPointer>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <filesystem>
#include <functional>
#include <future>
#include <memory>

using namespace schemawright;
using test::runSqlite;
using test::sqliteFact;
using test::WindowDriver;

class tst_Window : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::string sample_, path_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    bool waitForReport(const QString &start) { return WindowDriver(*window_).waitForReport(start); }
    QString pendingSql() { return window_->findChild<ui::SqlView *>(QStringLiteral("pendingSql"))->sql(); }
    void click(const char *button) { QVERIFY2(WindowDriver(*window_).click(button), button); }

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void editsReviewsRehearsesAndCommits();
    void undoesAndRedoes();
    void marksTheGuiltyChangeAndKeepsAll();
    void fitsHalfAScreenWhateverItTells();
    void showsAConflictAndResolvesIt();
    void keepsEditsWhileTheViewChanges();
    void isLockedByAnotherProgram();
    void offersKeptEditsAtTheNextStart();
    void asksBeforeItClosesOnPendingEdits();
    void showsWhatCanBeReadOfADamagedCatalog();
    void saysOnceThatNoServerAnswers();
    void refusesEditsWhenReadOnly();
    void saysWhyAFileCannotBeOpened_data();
    void saysWhyAFileCannotBeOpened();
};

void tst_Window::initTestCase()
{
    application_ = test::startApplication("tst_window");
    // Built off this thread, as the program does: here nothing may block.
    sample_ = std::async(std::launch::async, [] { return samplePath(); }).get();
}

void tst_Window::init()
{
    path_ = folder_.filePath(test::testFileName(".db")).toStdString();
    std::filesystem::copy_file(sample_, path_, std::filesystem::copy_options::overwrite_existing);
    window_ = application_->openText(QString::fromStdString(path_), false);
    QVERIFY(QTest::qWaitForWindowExposed(window_));
    QVERIFY(WindowDriver(*window_).waitUntilRead());
}

void tst_Window::cleanup() { QVERIFY(test::closeWindow(window_)); }

void tst_Window::editsReviewsRehearsesAndCommits()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("taxon")));
    person.filterRows(QStringLiteral("name = 'Lithops lesliei'"));
    QCOMPARE(person.page()->model().rowCount(), 1);
    const std::string before = sqliteFact(path_, "SELECT author FROM taxon WHERE name = 'Lithops lesliei'");

    person.typeIntoCell(person.cell(0, "author"), QStringLiteral("Someone's"));
    person.typeIntoCell(person.cell(0, "mature_height_cm"), QStringLiteral("7"));
    QCOMPARE(person.pending().size(), std::size_t{1});

    QVERIFY(person.openTable(QStringLiteral("trail_stop")));
    const int stops = person.page()->model().rowCount();
    person.clickCell(person.page()->model().index(2, 0));
    QTest::mouseClick(person.page()->findChild<QToolButton *>(QStringLiteral("deleteRows")), Qt::LeftButton);
    QCOMPARE(person.pending().size(), std::size_t{2});
    QCOMPARE(person.page()->model().rowCount(), stops); // struck out, still to be seen

    QTest::qWait(20);
    const QString sql = pendingSql();
    QVERIFY2(sql.contains(QStringLiteral("UPDATE main.taxon SET author = 'Someone''s', mature_height_cm = 7 WHERE")),
             qPrintable(sql));
    QVERIFY2(sql.contains(QStringLiteral("DELETE FROM main.trail_stop WHERE")), qPrintable(sql));

    if (qEnvironmentVariableIsSet("SCHEMAWRIGHT_UPDATE_SCREENSHOT")) { // the picture of the README
        window_->resize(1440, 900);
        person.openTable(QStringLiteral("taxon"));
        person.filterRows({});
        person.clickCell(person.cell(5, "name"));
        person.page()->view()->scrollTo(person.cell(0, "taxon_id"));
        QTest::qWait(300);
        QVERIFY(window_->grab().save(QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/resources/screenshot.png")));
        person.openTable(QStringLiteral("trail_stop"));
    }

    click("rehearse");
    QVERIFY(waitForReport(QStringLiteral("Rehearsed: 2 statements, 2 rows")));
    QCOMPARE(sqliteFact(path_, "SELECT author FROM taxon WHERE name = 'Lithops lesliei'"), before);
    QCOMPARE(person.pending().size(), std::size_t{2});

    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed: 2 statements, 2 rows")));
    QVERIFY(person.pending().isEmpty());
    QCOMPARE(sqliteFact(path_, "SELECT author FROM taxon WHERE name = 'Lithops lesliei'"), std::string("Someone's"));
    QCOMPARE(sqliteFact(path_, "SELECT mature_height_cm FROM taxon WHERE name = 'Lithops lesliei'"), std::string("7"));
    QCOMPARE(sqliteFact(path_, "SELECT count(*) FROM trail_stop"), std::to_string(stops - 1));
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(person.page()->model().rowCount(), stops - 1);
}

void tst_Window::undoesAndRedoes()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("gardener")));
    const QModelIndex name = person.cell(0, "full_name");
    const QString before = name.data().toString();
    person.typeIntoCell(name, QStringLiteral("Somebody Else"));
    QCOMPARE(name.data().toString(), QStringLiteral("Somebody Else"));
    QTest::keyClick(window_, Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(name.data().toString(), before);
    QVERIFY(person.pending().isEmpty());
    QTest::keyClick(window_, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(name.data().toString(), QStringLiteral("Somebody Else"));
    // Typing the old value back is no edit any more.
    person.typeIntoCell(name, before);
    QVERIFY(person.pending().isEmpty());
    // Opening and leaving a cell is none either.
    person.clickCell(name);
    QTest::keyClick(person.page()->view(), Qt::Key_F2);
    QTest::keyClick(person.page()->view()->findChild<QWidget *>(QStringLiteral("cellEditor")), Qt::Key_Return);
    QVERIFY(person.pending().isEmpty());
}

void tst_Window::marksTheGuiltyChangeAndKeepsAll()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("area")));
    const std::string before = sqliteFact(path_, "SELECT group_concat(area_code || name) FROM area");
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("A new name"));
    person.typeIntoCell(person.cell(1, "area_code"), QStringLiteral("abc")); // a check wants two capitals
    QCOMPARE(person.pending().size(), std::size_t{2});
    QTest::keyClick(window_, Qt::Key_S, Qt::ControlModifier);
    QVERIFY(waitForReport(QStringLiteral("Nothing was written")));
    QCOMPARE(sqliteFact(path_, "SELECT group_concat(area_code || name) FROM area"), before);
    QCOMPARE(person.pending().size(), std::size_t{2});
    const auto changes = person.pending().changes();
    QVERIFY(!changes[0]->error);
    QVERIFY(changes[1]->error.has_value());
    QCOMPARE(toString(changes[1]->error->kind), toString(ErrorKind::Constraint));
    const auto *problem = window_->findChild<QLabel *>(QStringLiteral("changeProblem"));
    QVERIFY(problem->isVisible());
    QVERIFY(problem->text().contains(QStringLiteral("CHECK")));
}

void tst_Window::fitsHalfAScreenWhateverItTells()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("area")));
    const QSize half(960, 640);
    window_->showNormal();
    window_->resize(half);
    QTRY_COMPARE(window_->size(), half);
    person.typeIntoCell(person.cell(1, "area_code"), QStringLiteral("abc"));
    click("rehearse");
    QVERIFY(waitForReport(QStringLiteral("Rehearsed: 1 of 1")));
    QTest::qWait(50);
    QCOMPARE(window_->size(), half);
    const QSize least = window_->minimumSizeHint();
    QVERIFY2(least.width() <= half.width() && least.height() <= half.height(),
             qPrintable(QStringLiteral("%1 x %2").arg(least.width()).arg(least.height())));
    test::picture(*window_, "half-a-screen");
}

void tst_Window::showsAConflictAndResolvesIt()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("gardener")));
    person.typeIntoCell(person.cell(0, "full_name"), QStringLiteral("Mine"));
    runSqlite(path_,
              "UPDATE gardener SET full_name = 'Theirs' WHERE gardener_id = (SELECT min(gardener_id) FROM gardener)");
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Nothing was written")));
    QCOMPARE(sqliteFact(path_, "SELECT full_name FROM gardener ORDER BY gardener_id LIMIT 1"), std::string("Theirs"));
    QCOMPARE(toString(person.pending().changes().front()->error->kind), toString(ErrorKind::Conflict));
    auto *keep = window_->findChild<QPushButton *>(QStringLiteral("keepMine"));
    QVERIFY(keep->isVisible());
    click("keepMine"); // once the row is read as it is now
    QTest::qWait(20);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(person.pending().size(), std::size_t{1});
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT full_name FROM gardener ORDER BY gardener_id LIMIT 1"), std::string("Mine"));
}

void tst_Window::keepsEditsWhileTheViewChanges()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("partner_garden")));
    person.typeIntoCell(person.cell(0, "city"), QStringLiteral("Elsewhere"));
    QTest::mouseClick(person.page()->findChild<QToolButton *>(QStringLiteral("addRow")), Qt::LeftButton);
    const int added = person.page()->model().rowCount() - 1;
    person.typeIntoCell(person.cell(added, "name"), QStringLiteral("A New Garden"));
    person.typeIntoCell(person.cell(added, "city"), QStringLiteral("Here"));
    person.typeIntoCell(person.cell(added, "country_code"), QStringLiteral("XX"));
    person.clickCell(person.page()->model().index(added - 1, 0));
    QTest::mouseClick(person.page()->findChild<QToolButton *>(QStringLiteral("deleteRows")), Qt::LeftButton);
    QCOMPARE(person.pending().size(), std::size_t{3});

    person.page()->model().setSort({{"city", true}});
    QVERIFY(person.waitUntilIdle());
    person.filterRows(QStringLiteral("city = nowhere"));
    QCOMPARE(person.pending().size(), std::size_t{3});
    window_->workspace()->refresh();
    QVERIFY(person.waitUntilIdle());
    QTest::qWait(0);
    Q_EMIT window_->grid()->tabCloseRequested(window_->grid()->currentIndex());
    QTest::qWait(10);
    QVERIFY(person.openTable(QStringLiteral("partner_garden")));
    QCOMPARE(person.pending().size(), std::size_t{3});
    QCOMPARE(person.cell(0, "city").data().toString(), QStringLiteral("Elsewhere"));

    const std::string last = sqliteFact(path_, "SELECT max(partner_id) FROM partner_garden");
    click("commit");
    QVERIFY(QTest::qWaitFor([this] { return !window_->workspace()->isRunning(); }, 20'000));
    const QString report = person.report();
    QVERIFY2(report.startsWith(QStringLiteral("Committed: 3 statements, 3 rows")) ||
                 report.startsWith(QStringLiteral("Nothing was written")),
             qPrintable(report));
    if (person.pending().isEmpty()) {
        QCOMPARE(sqliteFact(path_, "SELECT city FROM partner_garden WHERE name = 'A New Garden'"), std::string("Here"));
        QCOMPARE(sqliteFact(path_, "SELECT city FROM partner_garden ORDER BY partner_id LIMIT 1"),
                 std::string("Elsewhere"));
    } else // the deleted garden has orders that refer to it
        QCOMPARE(sqliteFact(path_, "SELECT max(partner_id) FROM partner_garden"), last);
}

void tst_Window::isLockedByAnotherProgram()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("gardener")));
    person.typeIntoCell(person.cell(0, "full_name"), QStringLiteral("Waiting"));
    // While edits wait, another program may write the file.
    runSqlite(path_, "UPDATE area SET note = 'written meanwhile'");
    auto other = std::make_unique<test::SqliteLock>(path_);
    click("commit");
    QTest::qWait(400);
    window_->workspace()->cancelRun(); // the wait for the lock ends when one asks for it
    QVERIFY(waitForReport(QStringLiteral("Nothing was written")));
    QCOMPARE(person.pending().size(), std::size_t{1});
    other.reset();
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT full_name FROM gardener ORDER BY gardener_id LIMIT 1"), std::string("Waiting"));
}

void tst_Window::offersKeptEditsAtTheNextStart()
{
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable(QStringLiteral("gardener")));
        person.typeIntoCell(person.cell(0, "full_name"), QStringLiteral("Kept"));
        QTest::qWait(600); // the journal is written a moment after the edit
        delete window_;    // no question is asked of a window that is simply gone
        QVERIFY(ui::Lane::waitForThreads(10'000));
    }
    window_ = application_->openText(QString::fromStdString(path_), false);
    WindowDriver person(*window_);
    QVERIFY(person.waitUntilRead());
    QVERIFY(person.pending().isEmpty());
    auto *bar = window_->findChild<QWidget *>(QStringLiteral("messageBar"));
    QVERIFY(bar->isVisible());
    // What is to be told meanwhile waits for the answer, and is told then.
    window_->workspace()->notify({ui::Notice::Severity::Error, QStringLiteral("something else"), {}});
    const auto *said = window_->findChild<QLabel *>(QStringLiteral("messageText"));
    QVERIFY(said->text().contains(QStringLiteral("not committed")));
    for (QPushButton *button : bar->findChildren<QPushButton *>())
        if (button->text() == QLatin1String("Restore"))
            QTest::mouseClick(button, Qt::LeftButton);
    QCOMPARE(person.pending().size(), std::size_t{1});
    QCOMPARE(said->text(), QStringLiteral("something else"));
    QVERIFY(said->isVisible());
    QVERIFY(person.openTable(QStringLiteral("gardener")));
    QCOMPARE(person.cell(0, "full_name").data().toString(), QStringLiteral("Kept"));
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT full_name FROM gardener ORDER BY gardener_id LIMIT 1"), std::string("Kept"));
}

void tst_Window::asksBeforeItClosesOnPendingEdits()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("gardener")));
    person.typeIntoCell(person.cell(0, "full_name"), QStringLiteral("Asked about"));
    const auto answer = [this](const QString &text) {
        auto *dialog = window_->findChild<ui::PendingDialog *>();
        QVERIFY(dialog && dialog->isVisible());
        for (QAbstractButton *button : dialog->buttons())
            if (button->text() == text)
                QTest::mouseClick(button, Qt::LeftButton);
        QTest::qWait(20);
    };
    window_->close();
    QVERIFY(window_->isVisible());
    answer(QStringLiteral("Cancel"));
    QVERIFY(window_->isVisible());
    QCOMPARE(person.pending().size(), std::size_t{1});

    const QPointer<MainWindow> window(window_);
    window_->close();
    answer(QStringLiteral("Commit"));
    QVERIFY(QTest::qWaitFor([&] { return !window || !window->isVisible(); }, 20'000));
    QCOMPARE(sqliteFact(path_, "SELECT full_name FROM gardener ORDER BY gardener_id LIMIT 1"),
             std::string("Asked about"));
    if (!window)
        window_ = nullptr; // it deletes itself
}

void tst_Window::refusesEditsWhenReadOnly()
{
    delete window_;
    window_ = application_->openText(QString::fromStdString(path_), true);
    WindowDriver person(*window_);
    QVERIFY(person.waitUntilRead());
    QVERIFY(person.openTable(QStringLiteral("gardener")));
    QTableView *view = person.page()->view();
    const QModelIndex cell = person.cell(0, "full_name");
    auto *said = window_->findChild<QLabel *>(QStringLiteral("messageText"));
    const std::pair<const char *, std::function<void()>> ways[] = {
        {"typing", [&] { QTest::keyClicks(view, QStringLiteral("x")); }},
        {"F2", [&] { QTest::keyClick(view, Qt::Key_F2); }},
        {"Enter", [&] { QTest::keyClick(view, Qt::Key_Return); }},
        {"double click",
         [&] { QTest::mouseDClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(cell).center()); }},
    };
    for (const auto &[name, attempt] : ways) {
        said->clear();
        person.clickCell(cell);
        attempt();
        QVERIFY(person.pending().isEmpty());
        QVERIFY2(said->isVisible() && said->text().contains(QStringLiteral("read-only")), name);
    }
}

void tst_Window::showsWhatCanBeReadOfADamagedCatalog()
{
    delete window_;
    const std::string path = folder_.filePath(QStringLiteral("damaged.db")).toStdString();
    runSqlite(path, "CREATE TABLE good (x INTEGER PRIMARY KEY, y TEXT); INSERT INTO good VALUES (1, 'still here');"
                    "CREATE TABLE bad (z); CREATE VIEW lost AS SELECT * FROM nowhere;"
                    "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE bad (z' WHERE name = "
                    "'bad'");
    window_ = application_->openText(QString::fromStdString(path), false);
    WindowDriver person(*window_);
    QVERIFY(person.waitUntilRead());
    const auto problem = [&](const char *name) {
        return person.treeLine(QString::fromLatin1(name)).data(ui::SchemaModel::ProblemRole).toString();
    };
    QVERIFY(person.treeLine(QStringLiteral("good")).isValid());
    QCOMPARE(problem("good"), QString());
    QVERIFY2(problem("lost").contains(QStringLiteral("no such table")), qPrintable(problem("lost")));
    QVERIFY2(problem("bad").contains(QStringLiteral("malformed")), qPrintable(problem("bad")));
    QCOMPARE(person.treeLine(QStringLiteral("bad")).parent().data().toString(), QStringLiteral("Could Not Be Read"));
    const auto *said = window_->findChild<QLabel *>(QStringLiteral("messageText"));
    QCOMPARE(said->text(), QStringLiteral("2 objects could not be read"));
    QVERIFY(said->isVisible());
    // The inspector says it as well.
    auto *tree = person.find<QTreeView>("schemaTree");
    const QModelIndex lost = person.treeLine(QStringLiteral("lost"));
    QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, tree->visualRect(lost).center());
    const auto *fixed = window_->findChild<QLabel *>(QStringLiteral("structureFixed"));
    QVERIFY(QTest::qWaitFor([&] { return fixed->isVisible(); }));
    QVERIFY2(fixed->text().contains(QStringLiteral("no such table")), qPrintable(fixed->text()));
    test::picture(*window_, "damaged-catalog");
}

void tst_Window::saysOnceThatNoServerAnswers()
{
    delete window_;
    window_ = application_->openText(QStringLiteral("postgresql://nobody@127.0.0.1:1/nothing"), false);
    QVERIFY(QTest::qWaitFor(
        [this] { return window_->workspace() && window_->workspace()->state() == ui::Workspace::State::Failed; },
        20'000));
    const QString text = window_->findChild<QLabel *>(QStringLiteral("failureText"))->text();
    QVERIFY2(text.contains(QStringLiteral("refused")), qPrintable(text));
    QVERIFY2(!text.contains(u'\t'), qPrintable(text));
    const auto *hint = window_->findChild<QLabel *>(QStringLiteral("failureHint"));
    QVERIFY2(!hint->isVisible() || !text.contains(QStringLiteral("Is the server running")), qPrintable(hint->text()));
}

void tst_Window::saysWhyAFileCannotBeOpened_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("said");
    QTest::newRow("no database") << QByteArray("nothing of the kind, just some text. ").repeated(200)
                                 << QStringLiteral("SQLITE_NOTADB");
    QTest::newRow("missing") << QByteArray() << QStringLiteral("SQLITE_CANTOPEN");
}

void tst_Window::saysWhyAFileCannotBeOpened()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, said);
    delete window_;
    const QString path = folder_.filePath(QStringLiteral("bad-%1.db").arg(content.size()));
    if (!content.isEmpty()) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(content);
    }
    window_ = application_->openText(path, false);
    QVERIFY(QTest::qWaitFor(
        [this] { return window_->workspace() && window_->workspace()->state() == ui::Workspace::State::Failed; },
        20'000));
    const auto *text = window_->findChild<QLabel *>(QStringLiteral("failureText"));
    QVERIFY(text->isVisible());
    QVERIFY2(text->text().contains(said), qPrintable(text->text()));
}

QTEST_MAIN(tst_Window)
#include "tst_window.moc"
