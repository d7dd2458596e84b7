// The window on a database that takes two seconds for every call: it stays alive while it opens, reads, cancels and
// commits.
//
// A timer of 10 ms in the GUI thread must never slip far. A loaded machine makes any timer slip, so a second thread
// that does nothing else keeps the same time: what both missed is the machine's doing.

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

#include <QElapsedTimer>
#include <QTest>
#include <QTimer>

#include <atomic>
#include <memory>
#include <thread>

using namespace schemawright;

namespace {

/// The longest pause between two beats on this thread, less what a thread of its own saw at the same time.
class Heartbeat
{
public:
    Heartbeat()
    {
        timer_.setTimerType(Qt::PreciseTimer);
        QObject::connect(&timer_, &QTimer::timeout, [this] { beat(); });
        since_.start();
        timer_.start(10);
        control_ = std::jthread([this](const std::stop_token &stop) {
            QElapsedTimer since;
            since.start();
            while (!stop.stop_requested()) {
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
                stolen_ = std::max(stolen_.load(), since.restart() - 10);
            }
        });
    }
    qint64 longest() const { return longest_; }
    int beats() const { return beats_; }

private:
    void beat()
    {
        const qint64 late = since_.restart() - 10 - stolen_.exchange(0);
        longest_ = std::max(longest_, late);
        ++beats_;
    }
    QTimer timer_;
    QElapsedTimer since_;
    qint64 longest_ = 0;
    int beats_ = 0;
    std::atomic<qint64> stolen_ = 0;
    std::jthread control_;
};

constexpr qint64 mostLate = 50;

} // namespace

class tst_Responsiveness : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { forbidBlockingOnThisThread(); }
    void aDatabaseCallOnThisThreadIsRefused();
    void staysAliveWhileEveryCallTakesTwoSeconds();
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

void tst_Responsiveness::staysAliveWhileEveryCallTakesTwoSeconds()
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
    QTest::qWait(300); // the first painting is no database's fault

    calls->milliseconds = 2000;
    QElapsedTimer opening;
    opening.start();
    auto heart = std::make_unique<Heartbeat>();
    workspace.open();
    QTest::qWait(2500);
    QVERIFY(workspace.lane().isBusy());
    QVERIFY2(heart->longest() <= mostLate, qPrintable(QString::number(heart->longest())));
    QVERIFY(heart->beats() > 100);

    // Cancel is heard at once, whatever runs.
    workspace.lane().cancelAll();
    QVERIFY(QTest::qWaitFor([&] { return !workspace.lane().isBusy(); }, 1500));
    QVERIFY(calls->cancelled > 0);

    calls->milliseconds = 0; // opens in peace, then browses and commits slowly
    workspace.open();
    QVERIFY(QTest::qWaitFor([&] { return workspace.isSchemaRead() && !workspace.lane().isBusy(); }, 10'000));
    heart.reset();
    ui::GridPage *page = grid.open({"main", "t"});
    QVERIFY(QTest::qWaitFor([&] { return page->model().total() == 2 && !page->model().isLoading(); }, 10'000));
    QTest::qWait(200);

    calls->milliseconds = 2000;
    heart = std::make_unique<Heartbeat>();
    page->model().reload();
    QTest::qWait(1000);
    page->model().setCell(0, 1, Value("edited while it reads"));
    QVERIFY(QTest::qWaitFor([&] { return !workspace.lane().isBusy(); }, 20'000));
    workspace.run(RunMode::Commit);
    QTest::qWait(3000);
    QVERIFY(workspace.isRunning());
    QVERIFY(workspace.session().unitOfWork().isFrozen());
    QVERIFY2(heart->longest() <= mostLate, qPrintable(QString::number(heart->longest())));
    QVERIFY(QTest::qWaitFor([&] { return !workspace.isRunning(); }, 30'000));
    QVERIFY(workspace.session().unitOfWork().isEmpty());
    QVERIFY2(heart->longest() <= mostLate, qPrintable(QString::number(heart->longest())));
    calls->milliseconds = 0;
    calls->cancel();
}

QTEST_MAIN(tst_Responsiveness)
#include "tst_responsiveness.moc"
