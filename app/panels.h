#pragma once

#include <QString>
#include <QWidget>

#include <functional>
#include <vector>

namespace schemawright {

namespace ui {
class Workspace;
}

/// A dock of the main window, which knows panels only from this list; without an area a page in its middle, beside the
/// data.
struct PanelEntry
{
    QString id;
    QString title;
    Qt::DockWidgetArea area;
    QString shortcut;
    std::function<QWidget *(ui::Workspace &)> make;
};

/// THE list of panels: adding one is one line here.
std::vector<PanelEntry> panels();

} // namespace schemawright
