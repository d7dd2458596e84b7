// A hundred thousand pending changes in the whole window: how long it stands still at most, from what a person does
// until everything that follows from it has been done and painted. Each number is the longest single turn of the event
// loop, the click itself included: that long a key or the mouse waits to be heard. What the kernel lets this thread
// wait for a processor is no part of it: that is the load of the machine.

#include "bench/bench.h"

#include "app/application.h"
#include "app/main_window.h"
#include "ui/panels/data_grid/data_grid_panel.h"
#include "ui/panels/data_grid/grid_page.h"
#include "ui/workspace/workspace.h"

#include <QAbstractButton>
#include <QApplication>
#include <QLabel>
#include <QStandardPaths>
#include <QThread>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

namespace schemawright::bench {

namespace {

using std::chrono::steady_clock;

/// How long this thread has been ready to run without a processor, in milliseconds; 0 where the kernel does not tell.
double waitedForProcessor()
{
    std::ifstream file("/proc/thread-self/schedstat");
    double ran = 0, waited = 0;
    return file >> ran >> waited ? waited / 1e6 : 0;
}

double millisecondsOf(const std::function<void()> &work)
{
    const double waited = waitedForProcessor();
    const auto start = steady_clock::now();
    work();
    const double all = std::chrono::duration<double, std::milli>(steady_clock::now() - start).count();
    return all - (waitedForProcessor() - waited);
}

/// The longest turn of the event loop until this is so, and then until nothing has been left to do for a while.
double longestTurn(const std::function<bool()> &isDone)
{
    constexpr auto quiet = std::chrono::milliseconds(400); // longer than what the window puts off
    double longest = 0;
    auto busy = steady_clock::now();
    while (!isDone() || steady_clock::now() - busy < quiet) {
        const double turn = millisecondsOf([] { QApplication::processEvents(); });
        longest = std::max(longest, turn);
        if (turn > 1)
            busy = steady_clock::now();
        else
            QThread::usleep(200);
    }
    return longest;
}

class PendingWindow
{
public:
    explicit PendingWindow(const Size &size) : count_(size.rows(100'000))
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setApplicationName(QStringLiteral("schemawright-bench"));
        path_ =
            (std::filesystem::temp_directory_path() / fmt::format("schemawright-pending-{}.db", ::getpid())).string();
        std::filesystem::remove(path_);
        sqlite3 *database = nullptr;
        sqlite3_open(path_.c_str(), &database);
        const std::string sql = fmt::format(
            "CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT, amount INTEGER, score REAL, code TEXT);"
            "INSERT INTO customer WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
            "SELECT i, 'customer number ' || i, i * 7919 % 1000003, i / 7.0, 'C' || (i % 1000) FROM n;"
            "CREATE TABLE visit(id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer, note TEXT);",
            count_);
        char *message = nullptr;
        if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK)
            throw Error(ErrorKind::Internal, message);
        sqlite3_close(database);
        application_ = std::make_unique<Application>();
    }
    ~PendingWindow()
    {
        discard();
        close();
        application_.reset();
        std::filesystem::remove(path_);
    }

    void open()
    {
        window_ = application_->openText(QString::fromStdString(path_), false);
        window_->resize(1280, 800);
    }
    void close()
    {
        delete std::exchange(window_, nullptr);
        ui::Lane::waitForThreads(10'000);
    }
    bool isRead() { return window_->workspace()->isSchemaRead() && !window_->workspace()->lane().isBusy(); }
    void show()
    {
        open();
        longestTurn([this] { return isRead(); });
        window_->workspace()->showTable({"main", "customer"});
        longestTurn([this] { return isIdle(); });
    }

    /// Edits of half of the rows, and as many new ones of another table.
    void edit()
    {
        Session &session = window_->workspace()->session();
        const TablePtr customer = session.baseline().table({"main", "customer"});
        const TablePtr visit = session.baseline().table({"main", "visit"});
        ++edits_;
        const UnitOfWork::Group group(session.unitOfWork());
        for (int i = 1; i <= count_ / 2; ++i) {
            const RowImage row{{"id", Value(i)},
                               {"name", Value(fmt::format("customer number {}", i))},
                               {"amount", Value(static_cast<std::int64_t>(i) * 7919 % 1'000'003)},
                               {"score", Value(i / 7.0)},
                               {"code", Value(fmt::format("C{}", i % 1000))}};
            session.setCell(session.target(*customer, row), "score", Value(0.5 + edits_), row);
            session.addRow(*visit, {{"customer_id", Value(i)}, {"note", Value(fmt::format("visit {}", i))}});
        }
    }
    void discard()
    {
        if (window_ && !window_->workspace()->isRunning())
            unit().discardAll();
    }
    /// One more edit, of a row that has none.
    void editOne()
    {
        ui::RowsModel &rows = qobject_cast<ui::GridPage *>(window_->grid()->currentWidget())->model();
        rows.setCell(10, 1, Value(fmt::format("named {}", ++edits_)));
    }
    void revertOne() { unit().revert(unit().changes()[static_cast<std::size_t>(count_ / 3)]->id); }

    bool isIdle()
    {
        return !window_->workspace()->isRunning() && !window_->workspace()->lane().isBusy() &&
               !window_->findChild<QLabel *>(QStringLiteral("pendingSummary"))
                    ->text()
                    .startsWith(QStringLiteral("Planning"));
    }
    /// The longest turn from this until nothing follows from it any more.
    double longest(const std::function<void()> &act)
    {
        const double first = millisecondsOf(act);
        return std::max(first, longestTurn([this] { return isIdle(); }));
    }
    void click(const char *name)
    {
        for (auto *each : window_->findChildren<QAbstractButton *>(QString::fromLatin1(name)))
            if (each->isEnabled() && each->isVisible())
                return each->click();
        throw Error(ErrorKind::Internal, fmt::format("there is no button {} to be pressed", name));
    }
    /// The choice that is offered by the bar of messages.
    void choose(const QString &text)
    {
        for (auto *each : window_->findChildren<QAbstractButton *>())
            if (each->isVisible() && each->text() == text)
                return each->click();
        throw Error(ErrorKind::Internal, "nothing is offered");
    }
    bool isOffered()
    {
        const auto all = window_->findChildren<QAbstractButton *>();
        return std::ranges::any_of(all, [](auto *each) { return each->isVisible() && each->text() == u"Restore"; });
    }
    void waitForOffer()
    {
        longestTurn([this] { return isOffered(); });
    }
    UnitOfWork &unit() { return window_->workspace()->session().unitOfWork(); }

private:
    int count_, edits_ = 0;
    std::string path_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;
};

using Act = std::function<void(PendingWindow &)>;

/// With all of it pending, planned and kept.
Benchmark pending(const Size &size, const char *what, const Act &before, const Act &act)
{
    auto window = std::make_shared<PendingWindow>(size);
    window->show();
    window->longest([window] { window->edit(); });
    Benchmark benchmark;
    benchmark.note = fmt::format("no limit: how long the window stands still at most {}", what);
    benchmark.before = [window, before] { window->longest([&] { before(*window); }); };
    benchmark.longest = [window, act] { return window->longest([&] { act(*window); }); };
    return benchmark;
}

void nothing(PendingWindow &) {}

Benchmark edited(const Size &size)
{
    return pending(size, "after one edit more, until it is planned and kept", nothing,
                   [](PendingWindow &window) { window.editOne(); });
}

Benchmark reverted(const Size &size)
{
    return pending(size, "after one change was reverted, until the rest is planned and kept", nothing,
                   [](PendingWindow &window) { window.revertOne(); });
}

Benchmark rehearsed(const Size &size)
{
    return pending(size, "in a rehearsal", nothing, [](PendingWindow &window) { window.click("rehearse"); });
}

Benchmark discarded(const Size &size)
{
    return pending(
        size, "when all is discarded",
        [](PendingWindow &window) {
            if (window.unit().isEmpty())
                window.unit().undo();
        },
        [](PendingWindow &window) { window.click("discardAll"); });
}

Benchmark undone(const Size &size)
{
    return pending(
        size, "when that all was discarded is undone, until all is planned and kept",
        [](PendingWindow &window) { window.click("discardAll"); }, [](PendingWindow &window) { window.unit().undo(); });
}

Benchmark committed(const Size &size)
{
    return pending(
        size, "in a commit",
        [](PendingWindow &window) {
            if (window.unit().isEmpty())
                window.edit();
        },
        [](PendingWindow &window) { window.click("commit"); });
}

Benchmark arranged(const Size &size, const char *from, const char *to)
{
    return pending(
        size, "from the click until the list is painted", [from](PendingWindow &window) { window.click(from); },
        [to](PendingWindow &window) { window.click(to); });
}

Benchmark inOrder(const Size &size) { return arranged(size, "byTable", "inOrder"); }
Benchmark byTable(const Size &size) { return arranged(size, "inOrder", "byTable"); }

/// A program that was ended with all of it pending.
std::shared_ptr<PendingWindow> ended(const Size &size)
{
    auto window = std::make_shared<PendingWindow>(size);
    window->show();
    window->longest([window] { window->edit(); });
    window->close();
    return window;
}

Benchmark opened(const Size &size)
{
    auto window = ended(size);
    Benchmark benchmark;
    benchmark.note =
        "no limit: how long the window stands still at most when it opens, is made, and finds edits to be restored";
    benchmark.longest = [window] {
        const double first = millisecondsOf([window] { window->open(); });
        const double longest = std::max(first, longestTurn([window] { return window->isOffered(); }));
        window->close();
        return longest;
    };
    benchmark.tearDown = [window] {
        window->open();
        window->waitForOffer();
        window->choose(QStringLiteral("Forget"));
    };
    return benchmark;
}

Benchmark restored(const Size &size)
{
    auto window = ended(size);
    Benchmark benchmark;
    benchmark.note = "no limit: how long the window stands still at most when edits are restored, until all is planned";
    benchmark.before = [window] {
        window->close();
        window->show();
        window->waitForOffer();
    };
    benchmark.longest = [window] {
        const double click = millisecondsOf([window] { window->choose(QStringLiteral("Restore")); });
        return std::max(click, longestTurn([window] { return !window->unit().isEmpty() && window->isIdle(); }));
    };
    return benchmark;
}

} // namespace

std::vector<Entry> pendingBenchmarks()
{
    return {{"pending_edited_100k", edited},       {"pending_reverted_100k", reverted},
            {"pending_rehearsed_100k", rehearsed}, {"pending_discarded_100k", discarded},
            {"pending_undone_100k", undone},       {"pending_committed_100k", committed},
            {"pending_in_order_100k", inOrder},    {"pending_by_table_100k", byTable},
            {"pending_opened_100k", opened},       {"pending_restored_100k", restored}};
}

} // namespace schemawright::bench
