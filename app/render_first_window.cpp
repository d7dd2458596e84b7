#include "app/render_first_window.h"

#include "app/main_window.h"
#include "ui/panels/data_grid/data_grid_panel.h"
#include "ui/panels/data_grid/grid_page.h"
#include "ui/workspace/workspace.h"

#include <QApplication>
#include <QPixmap>
#include <QTimer>

#include <cstdio>

namespace schemawright {

namespace {

bool isSettled(MainWindow &window)
{
    ui::Workspace *workspace = window.workspace();
    if (!workspace) // still being prepared, or refused
        return !window.hasDatabase();
    if (workspace->state() == ui::Workspace::State::Failed)
        return true;
    if (!workspace->isSchemaRead() || workspace->lane().isBusy())
        return false;
    const auto *page = qobject_cast<ui::GridPage *>(window.grid()->currentWidget());
    return page || workspace->metadata().tableCount() == 0;
}

} // namespace

void renderFirstWindow(MainWindow &window, const QString &path)
{
    window.resize(1440, 900);
    window.showTableWhenRead({"main", "taxon"});
    auto *timer = new QTimer(&window);
    timer->setInterval(100);
    auto calm = std::make_shared<int>(0);
    QObject::connect(timer, &QTimer::timeout, &window, [&window, path, calm, timer] {
        constexpr int calmTicks = 4; // the last replies have been drawn
        *calm = isSettled(window) ? *calm + 1 : 0;
        if (*calm < calmTicks)
            return;
        timer->stop();
        const bool isSaved = window.grab().save(path, "PNG");
        if (!isSaved)
            std::fprintf(stderr, "schemawright: the picture cannot be written to %s\n", qPrintable(path));
        QApplication::exit(isSaved ? 0 : 3);
    });
    timer->start();
}

} // namespace schemawright
