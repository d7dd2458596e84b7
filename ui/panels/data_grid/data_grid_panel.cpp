#include "ui/panels/data_grid/data_grid_panel.h"

#include "ui/adapt/text.h"
#include "ui/panels/data_grid/grid_page.h"
#include "ui/theme/theme.h"
#include "ui/workspace/workspace.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTabBar>
#include <QTableView>

namespace schemawright::ui {

DataGridPanel::DataGridPanel(Workspace &workspace, QWidget *parent) : QTabWidget(parent), workspace_(workspace)
{
    setObjectName(QStringLiteral("dataTabs"));
    setTabsClosable(true);
    setMovable(true);
    setDocumentMode(true);
    setElideMode(Qt::ElideRight);
    connect(this, &QTabWidget::tabCloseRequested, this, [this](int index) { widget(index)->deleteLater(); });
    connect(this, &QTabWidget::currentChanged, this, [this](int index) {
        if (const GridPage *page = pageAt(index))
            workspace_.setCurrentTable(workspace_.draftName(const_cast<GridPage *>(page)->model().table()->name));
    });
    connect(&workspace, &Workspace::tableRequested, this,
            [this](const QualifiedName &table, const QString &filter) { open(table, filter); });
    connect(&workspace, &Workspace::pendingChanged, this, &DataGridPanel::showPending);
    connect(&workspace, &Workspace::structureCommitted, this, &DataGridPanel::closeDropped);
    connect(&theme(), &Theme::changed, this, [this] { update(); });
}

GridPage *DataGridPanel::pageAt(int index) const { return qobject_cast<GridPage *>(widget(index)); }

GridPage *DataGridPanel::open(const QualifiedName &wanted, const QString &filter)
{
    const QualifiedName name = workspace_.firstName(wanted); // pages go by names that no pending rename changes
    for (int i = 0; i < count(); ++i)
        if (GridPage *page = pageAt(i); page && page->model().table()->name == name) {
            setCurrentIndex(i);
            if (!filter.isEmpty())
                page->setFilterText(filter);
            return page;
        }
    TablePtr table = workspace_.session().draft().tableOf(name);
    if (!table) // to be dropped
        table = workspace_.metadata().table(name);
    if (!table)
        return nullptr;
    auto *page = new GridPage(workspace_, table);
    const QString icon = table->isView() ? QStringLiteral("view") : QStringLiteral("table");
    const int index = addTab(page, theme().icon(icon), toQString(table->name.name));
    setTabToolTip(index, toQString(table->name.text()));
    setCurrentIndex(index);
    if (!filter.isEmpty())
        page->setFilterText(filter);
    showPending();
    page->view()->setFocus();
    return page;
}

void DataGridPanel::showPending()
{
    for (int i = count() - 1; i >= 0; --i)
        if (GridPage *page = pageAt(i)) {
            RowsModel &model = page->model();
            if (!model.exists()) { // a new table that was undone
                removeTab(i);
                page->deleteLater();
                continue;
            }
            const QualifiedName &name = model.table()->name;
            const bool isDirty = workspace_.session().pendingCount(name) > 0;
            setTabText(i, toQString(workspace_.draftName(name).name) + (isDirty ? QStringLiteral(" •") : QString()));
            const Colors &colors = theme().colors();
            tabBar()->setTabTextColor(i, model.isDropped() ? colors.deleted : QColor());
        }
}

void DataGridPanel::closeDropped(const std::map<QualifiedName, QualifiedName> &names)
{
    for (int i = count() - 1; i >= 0; --i)
        if (GridPage *page = pageAt(i)) {
            const auto now = names.find(page->model().table()->name);
            if (now == names.end() || !now->second.name.empty() || !page->model().isDropped())
                continue;
            removeTab(i);
            page->deleteLater();
        }
}

void DataGridPanel::paintEvent(QPaintEvent *event)
{
    QTabWidget::paintEvent(event);
    if (count() > 0)
        return;
    QPainter painter(this);
    painter.fillRect(rect(), theme().colors().base);
    painter.setPen(theme().colors().mutedText);
    const bool isOpen = workspace_.state() == Workspace::State::Open;
    painter.drawText(rect(), Qt::AlignCenter,
                     isOpen ? tr("Double-click a table in the tree to see its rows") : QString());
}

} // namespace schemawright::ui
