// From the click on a table to its first rows on the screen, and from there to a page anywhere in it.

#include "bench/bench.h"

#include "ui/panels/data_grid/data_grid_panel.h"
#include "ui/panels/data_grid/grid_page.h"
#include "ui/theme/theme.h"
#include "ui/workspace/workspace.h"

#include <QApplication>
#include <QTableView>

#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

namespace schemawright::bench {

namespace {

template <class Until> void runUntil(Until until)
{
    while (!until())
        QApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 5);
}

/// A window's worth: one database, one grid.
struct Window
{
    std::string path;
    int rows;
    std::unique_ptr<ui::Workspace> workspace;
    std::unique_ptr<ui::DataGridPanel> grid;

    explicit Window(const Size &size)
        : path(
              (std::filesystem::temp_directory_path() / fmt::format("schemawright-window-{}.db", ::getpid())).string()),
          rows(size.rows(10'000'000))
    {
        std::filesystem::remove(path);
        sqlite3 *database = nullptr;
        sqlite3_open(path.c_str(), &database);
        const std::string sql =
            fmt::format("CREATE TABLE wide(id INTEGER PRIMARY KEY, name TEXT, amount INTEGER, score REAL, code TEXT);"
                        "INSERT INTO wide WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
                        "SELECT i, 'customer number ' || i, i * 7919 % 1000003, i / 7.0, 'C' || (i % 1000) FROM n;",
                        rows);
        char *message = nullptr;
        if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK)
            throw Error(ErrorKind::Internal, message);
        sqlite3_close(database);
        ui::theme().apply(ui::Theme::Mode::Light);
        workspace = std::make_unique<ui::Workspace>(Engine::open(path));
        workspace->open();
        runUntil([this] { return workspace->isSchemaRead() && !workspace->lane().isBusy(); });
        grid = std::make_unique<ui::DataGridPanel>(*workspace);
        grid->resize(1200, 800);
        grid->show();
    }
    ~Window()
    {
        grid.reset();
        workspace.reset();
        ui::Lane::waitForThreads(10'000);
        std::filesystem::remove(path);
    }
    bool isShown(ui::GridPage *page, int row)
    {
        return page->model().rowCount() > row && page->model().index(row, 1).data(ui::RowsModel::IsLoadedRole).toBool();
    }
};

Benchmark firstPage(const Size &size)
{
    auto window = std::make_shared<Window>(size);
    Benchmark benchmark;
    benchmark.note = "no limit: from the click to the first rows painted; the tab is closed after each run";
    benchmark.ours = [window] {
        ui::GridPage *page = window->grid->open({"main", "wide"});
        runUntil([&] { return window->isShown(page, 0); });
        page->view()->viewport()->repaint();
        delete page;
    };
    return benchmark;
}

Benchmark anyPage(const Size &size)
{
    auto window = std::make_shared<Window>(size);
    ui::GridPage *page = window->grid->open({"main", "wide"});
    runUntil([&] { return page->model().total().has_value() && !window->workspace->lane().isBusy(); });
    auto at = std::make_shared<int>(0);
    Benchmark benchmark;
    benchmark.note =
        "no limit: a jump of the scroll bar to a page not seen before, far from the last, until it is painted";
    benchmark.ours = [window, page, at] {
        *at += 3;
        const int row = static_cast<int>(static_cast<std::int64_t>(*at) * 7919 * 131 % window->rows);
        page->view()->scrollTo(page->model().index(row, 0), QAbstractItemView::PositionAtTop);
        runUntil([&] { return window->isShown(page, row); });
        page->view()->viewport()->repaint();
    };
    return benchmark;
}

} // namespace

std::vector<Entry> windowBenchmarks() { return {{"first_page_10m", firstPage}, {"any_page_10m", anyPage}}; }

} // namespace schemawright::bench
