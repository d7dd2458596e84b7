#include "ui/panels/data_grid/data_grid_panel.h"

#include "ui/adapt/text.h"
#include "ui/panels/data_grid/grid_page.h"
#include "ui/theme/theme.h"
#include "ui/workspace/workspace.h"

#include <QMouseEvent>
#include <QPainter>
#include <QTabBar>
#include <QTableView>

#include <algorithm>

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
    connect(&workspace, &Workspace::tableRequested, this, [this](const QualifiedName &table, const QString &filter) {
        leave();
        open(table, filter);
        showHistory();
    });
    connect(&workspace, &Workspace::rowRequested, this, &DataGridPanel::openRow);
    connect(&workspace, &Workspace::pendingChanged, this, &DataGridPanel::showPending);
    connect(&workspace, &Workspace::structureCommitted, this, &DataGridPanel::closeDropped);
    connect(&theme(), &Theme::changed, this, [this] { update(); });
}

GridPage *DataGridPanel::pageAt(int index) const { return qobject_cast<GridPage *>(widget(index)); }

GridPage *DataGridPanel::pageOf(const QualifiedName &table) const
{
    for (int i = 0; i < count(); ++i)
        if (GridPage *page = pageAt(i); page && page->model().table()->name == table)
            return page;
    return nullptr;
}

std::optional<DataGridPanel::Place> DataGridPanel::place() const
{
    GridPage *page = pageAt(currentIndex());
    if (!page)
        return std::nullopt;
    const QModelIndex current = page->view()->currentIndex();
    Place here{page->model().table()->name, page->filterText(), std::nullopt, current.column()};
    if (current.isValid())
        here.row = page->model().target(current.row());
    return here;
}

void DataGridPanel::leave()
{
    constexpr std::size_t most = 100;
    if (auto here = place()) {
        if (!back_.empty() && back_.back().table == here->table && back_.back().filter == here->filter)
            back_.pop_back(); // the same place: where one stood last
        back_.push_back(std::move(*here));
        if (back_.size() > most)
            back_.erase(back_.begin());
        forward_.clear();
    }
}

void DataGridPanel::go(std::vector<Place> &from, std::vector<Place> &to)
{
    while (!from.empty()) {
        const auto here = place();
        const Place wanted = std::move(from.back());
        from.pop_back();
        GridPage *page = open(wanted.table);
        if (!page) // dropped meanwhile
            continue;
        if (here)
            to.push_back(*here);
        if (page->filterText() != wanted.filter)
            page->setFilterText(wanted.filter);
        if (wanted.row)
            page->select(*wanted.row, wanted.column);
        page->view()->setFocus();
        break;
    }
    showHistory();
}

void DataGridPanel::showHistory()
{
    const auto here = place();
    if (here && !back_.empty() && back_.back().table == here->table && back_.back().filter == here->filter)
        back_.pop_back(); // one went nowhere
    for (int i = 0; i < count(); ++i)
        if (GridPage *page = pageAt(i))
            page->setHistory(!back_.empty(), !forward_.empty());
}

void DataGridPanel::openRow(const RowTarget &row)
{
    leave();
    // A key that is no column (a hidden row number) cannot be filtered by.
    const TablePtr table = workspace_.metadata().table(row.table);
    const bool canFilter = table && !row.isNew() && std::ranges::all_of(row.key, [&](const auto &cell) {
                               return table->column(cell.first) != nullptr;
                           });
    GridPage *open = pageOf(row.table);
    if (open && open->model().rowOf(row) >= 0)
        setCurrentWidget(open);
    else
        open = this->open(row.table, canFilter ? filterFor(row) : QString());
    if (open) {
        open->select(row);
        open->view()->setFocus();
    }
    showHistory();
}

GridPage *DataGridPanel::open(const QualifiedName &wanted, const QString &filter)
{
    const QualifiedName name = workspace_.firstName(wanted); // pages go by names that no pending rename changes
    if (GridPage *page = pageOf(name)) {
        setCurrentWidget(page);
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
    connect(page, &GridPage::backWanted, this, [this] { go(back_, forward_); });
    connect(page, &GridPage::forwardWanted, this, [this] { go(forward_, back_); });
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
    const auto counts = workspace_.session().unitOfWork().counts();
    for (int i = count() - 1; i >= 0; --i)
        if (GridPage *page = pageAt(i)) {
            RowsModel &model = page->model();
            if (!model.exists()) { // a new table that was undone
                removeTab(i);
                page->deleteLater();
                continue;
            }
            const QualifiedName &name = model.table()->name;
            const auto pending = counts.find(name);
            const bool isDirty = pending != counts.end() && pending->second.rows > 0;
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
    QString text;
    if (workspace_.state() == Workspace::State::Open)
        text = workspace_.session().draft().after.tables().empty()
                   ? tr("There is no table yet.\nNew Table (Ctrl+Shift+N) makes the first one, as a pending edit.")
                   : tr("Double-click a table in the tree to see its rows");
    painter.drawText(rect().adjusted(24, 0, -24, 0), Qt::AlignCenter | Qt::TextWordWrap, text);
}

} // namespace schemawright::ui
