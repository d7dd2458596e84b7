#include "app/panels.h"

#include "ui/panels/inspector/inspector_panel.h"
#include "ui/panels/log/log_panel.h"
#include "ui/panels/pending/pending_panel.h"
#include "ui/panels/query_builder/query_builder_panel.h"
#include "ui/panels/schema_tree/schema_tree_panel.h"

#include <QCoreApplication>

namespace schemawright {

namespace {

template <class Panel> QWidget *make(ui::Workspace &workspace) { return new Panel(workspace); }

QString tr(const char *text) { return QCoreApplication::translate("Panels", text); }

} // namespace

std::vector<PanelEntry> panels()
{
    return {
        {QStringLiteral("schema"), tr("Database"), Qt::LeftDockWidgetArea, QStringLiteral("Alt+1"), make<ui::SchemaTreePanel>},
        {QStringLiteral("inspector"), tr("Inspector"), Qt::RightDockWidgetArea, QStringLiteral("Alt+2"), make<ui::InspectorPanel>},
        {QStringLiteral("pending"), tr("Pending Edits"), Qt::BottomDockWidgetArea, QStringLiteral("Alt+3"), make<ui::PendingPanel>},
        {QStringLiteral("query"), tr("Query Builder"), Qt::NoDockWidgetArea, QStringLiteral("Alt+5"), make<ui::QueryBuilderPanel>},
        {QStringLiteral("log"), tr("Statements"), Qt::BottomDockWidgetArea, QStringLiteral("Alt+4"), make<ui::LogPanel>},
    };
}

} // namespace schemawright
