// The window on a database that does not answer: it goes on turning while it opens, reads, cancels and commits.
//
// The database's calls are held back until the test lets them go. A GUI thread that waited for one of them would never
// get to its next turn, so no clock is needed.

#include "app/application.h"
#include "app/main_window.h"
#include "schemawright/base/blocking.h"
#include "support/fake_driver.h"
#include "support/sqlite_file.h"
#include "ui/async/lane.h"
#include "ui/panels/data_grid/data_grid_panel.h"
#include "ui/panels/data_grid/grid_page.h"
#include "ui/panels/inspector/inspector_panel.h"
#include "ui/panels/log/log_panel.h"
#include "ui/panels/pending/pending_panel.h"
#include "ui/panels/schema_tree/schema_tree_panel.h"
#include "ui/workspace/workspace.h"

#include <QLineEdit>
#include <QTableView>
#include <QTest>
#include <QTimer>

#include <memory>

using namespace schemawright;

namespace {

/// Lets the event loop go round, with all that is to be done and painted.
void turn(int times)
{
    for (int i = 0; i < times; ++i) {
        bool isRound = false;
        QTimer::singleShot(0, [&isRound] { isRound = true; });
        while (!isRound)
            QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
}

constexpr int manyTurns = 200;

} // namespace

class tst_Responsiveness : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { forbidBlockingOnThisThread(); }
    void aDatabaseCallOnThisThreadIsRefused();
    void staysAliveWhileNoCallComesBack();
};

void tst_Responsiveness::aDatabaseCallOnThisThreadIsRefused()
{
    try {
        Engine::open("sqlite://").connect();
        QFAIL("the GUI thread was allowed to wait for a database");
    } catch (const Error &error) {
        QCOMPARE(toString(error.kind), toString(ErrorKind::Misuse));
    }
}

void tst_Responsiveness::staysAliveWhileNoCallComesBack()
{
    const test::SqliteFile file(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    const auto calls = std::make_shared<test::SlowCalls>();
    ui::theme().apply(ui::Theme::Mode::Light);
    ui::Workspace workspace(test::slowEngine(file.path(), calls));
    ui::SchemaTreePanel tree(workspace);
    ui::InspectorPanel inspector(workspace);
    ui::DataGridPanel grid(workspace);
    ui::PendingPanel pending(workspace);
    ui::LogPanel log(workspace);
    for (QWidget *panel :
         {static_cast<QWidget *>(&tree), static_cast<QWidget *>(&inspector), static_cast<QWidget *>(&grid),
          static_cast<QWidget *>(&pending), static_cast<QWidget *>(&log)})
        panel->show();

    calls->hold();
    workspace.open();
    QVERIFY(QTest::qWaitFor([&] { return calls->waiting() == 1; }, 10'000));
    turn(manyTurns);
    QCOMPARE(calls->made(), 0);
    QVERIFY(workspace.lane().isBusy());

    calls->letOne(); // the connection is there; now the first statement is under way
    QVERIFY(QTest::qWaitFor([&] { return calls->made() == 1 && calls->waiting() == 1; }, 10'000));
    turn(manyTurns);

    // Cancel is heard, whatever runs.
    workspace.lane().cancelAll();
    QVERIFY(QTest::qWaitFor([&] { return !workspace.lane().isBusy(); }, 10'000));
    QVERIFY(calls->cancelled > 0);
    QCOMPARE(calls->made(), 1);

    calls->letGo(); // opens in peace, then reads and commits while nothing comes back
    workspace.open();
    QVERIFY(QTest::qWaitFor([&] { return workspace.isSchemaRead() && !workspace.lane().isBusy(); }, 10'000));
    ui::GridPage *page = grid.open({"main", "t"});
    QVERIFY(QTest::qWaitFor([&] { return page->model().total() == 2 && !page->model().isLoading(); }, 10'000));

    calls->hold();
    const int before = calls->made();
    page->model().reload();
    QVERIFY(QTest::qWaitFor([&] { return calls->waiting() == 1; }, 10'000));
    turn(manyTurns);
    page->model().setCell(0, 1, Value("edited while it reads"));
    turn(manyTurns);
    QCOMPARE(page->model().index(0, 1).data().toString(), QStringLiteral("edited while it reads"));
    QCOMPARE(calls->made(), before);
    calls->letGo();
    QVERIFY(QTest::qWaitFor([&] { return !workspace.lane().isBusy(); }, 10'000));

    // Each call of the commit is held in its turn.
    calls->hold();
    workspace.run(RunMode::Commit);
    int held = 0;
    while (workspace.isRunning()) {
        QVERIFY(QTest::qWaitFor([&] { return calls->waiting() == 1 || !workspace.isRunning(); }, 10'000));
        if (!workspace.isRunning())
            break;
        const int made = calls->made();
        turn(manyTurns);
        QCOMPARE(calls->made(), made);
        QVERIFY(workspace.session().unitOfWork().isFrozen());
        QCOMPARE(file.fact("SELECT name FROM t WHERE id = 1"), std::string("a"));
        calls->letOne();
        QVERIFY(QTest::qWaitFor([&] { return calls->made() > made; }, 10'000));
        ++held;
    }
    QVERIFY2(held >= 3, qPrintable(QString::number(held))); // at least BEGIN, UPDATE, COMMIT
    QVERIFY(workspace.session().unitOfWork().isEmpty());
    QCOMPARE(file.fact("SELECT name FROM t WHERE id = 1"), std::string("edited while it reads"));
    calls->letGo();
    QVERIFY(QTest::qWaitFor([&] { return !workspace.lane().isBusy(); }, 10'000));
}

QTEST_MAIN(tst_Responsiveness)
#include "tst_responsiveness.moc"
