#include "ui/panels/schema_tree/schema_tree_panel.h"

#include "schemawright/sql/statement.h"
#include "ui/adapt/text.h"
#include "ui/models/schema_model.h"
#include "ui/panels/schema_tree/schema_delegate.h"
#include "ui/panels/schema_tree/schema_filter.h"
#include "ui/theme/theme.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QClipboard>
#include <QDockWidget>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace schemawright::ui {

SchemaTreePanel::SchemaTreePanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), model_(new SchemaModel(this)), filtered_(new SchemaFilter(this)),
      filter_(new QLineEdit), view_(new QTreeView), hint_(new QLabel)
{
    filtered_->setSourceModel(model_);
    filter_->setObjectName(QStringLiteral("schemaFilter"));
    filter_->setPlaceholderText(tr("Filter tables and columns"));
    filter_->setClearButtonEnabled(true);
    QAction *search = filter_->addAction(theme().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    columns_ = filter_->addAction(theme().icon(QStringLiteral("column")), QLineEdit::TrailingPosition);
    columns_->setCheckable(true);
    columns_->setChecked(true);
    columns_->setToolTip(tr("Look at the names of columns too"));
    filter_->installEventFilter(this);

    view_->setObjectName(QStringLiteral("schemaTree"));
    view_->setModel(filtered_);
    view_->setItemDelegate(new SchemaDelegate(view_));
    view_->setHeaderHidden(true);
    view_->setUniformRowHeights(true);
    view_->setIndentation(16);
    view_->setIconSize({16, 16});
    view_->setFrameShape(QFrame::NoFrame);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setExpandsOnDoubleClick(false);
    view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    view_->header()->setSectionResizeMode(QHeaderView::Stretch);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->setDragEnabled(true);
    view_->setDragDropMode(QAbstractItemView::DragOnly);
    view_->installEventFilter(this);
    hint_->setObjectName(QStringLiteral("schemaHint"));
    hint_->setProperty("role", QStringLiteral("muted"));
    hint_->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    hint_->setWordWrap(true);
    hint_->setMargin(24);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 8, 8, 8);
    bar->addWidget(filter_);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(view_, 1);
    layout->addWidget(hint_, 1);
    buildActions();

    connect(columns_, &QAction::toggled, this, [this](bool on) {
        filtered_->setMatchesColumns(on);
        applyFilter(filter_->text());
    });
    connect(filter_, &QLineEdit::textChanged, this, &SchemaTreePanel::applyFilter);
    connect(view_, &QTreeView::activated, this, &SchemaTreePanel::openIndex);
    connect(view_, &QWidget::customContextMenuRequested, this, &SchemaTreePanel::showMenu);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        const TablePtr table = model_->tableAt(filtered_->mapToSource(current));
        if (table && !selecting_)
            workspace_.setCurrentTable(table->name);
    });
    connect(&workspace, &Workspace::metadataChanged, this, &SchemaTreePanel::takeMetaData);
    connect(&workspace, &Workspace::pendingChanged, this, &SchemaTreePanel::takePending);
    connect(&workspace, &Workspace::currentTableChanged, this, &SchemaTreePanel::markCurrent);
    connect(&workspace, &Workspace::stateChanged, this, &SchemaTreePanel::showHint);
    connect(&theme(), &Theme::changed, this, [this, search] {
        search->setIcon(theme().icon(QStringLiteral("search")));
        columns_->setIcon(theme().icon(QStringLiteral("column")));
        view_->viewport()->update();
    });
    takeMetaData();
}

void SchemaTreePanel::buildActions()
{
    auto *find = new QAction(tr("Find Table"), this);
    find->setShortcut(QKeySequence(QStringLiteral("Ctrl+P")));
    auto *findHere = new QAction(tr("Filter"), this);
    findHere->setShortcut(QKeySequence::Find);
    findHere->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    for (QAction *each : {find, findHere}) {
        connect(each, &QAction::triggered, this, &SchemaTreePanel::focusFilter);
        addAction(each);
    }
}

void SchemaTreePanel::focusFilter()
{
    for (QWidget *above = parentWidget(); above; above = above->parentWidget())
        if (auto *dock = qobject_cast<QDockWidget *>(above)) {
            dock->show();
            dock->raise();
        }
    filter_->setFocus(Qt::ShortcutFocusReason);
    filter_->selectAll();
}

bool SchemaTreePanel::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == filter_ && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Return || key == Qt::Key_Enter) {
            view_->setFocus();
            // To the first table that matches: that is what was looked for.
            for (QModelIndex index = filtered_->index(0, 0); index.isValid(); index = view_->indexBelow(index))
                if (index.data(SchemaModel::KindRole).toInt() == static_cast<int>(SchemaModel::NodeKind::Table)) {
                    view_->setCurrentIndex(index);
                    if (key != Qt::Key_Down)
                        openIndex(index);
                    break;
                }
            return true;
        }
        if (key == Qt::Key_Escape) {
            filter_->clear();
            return true;
        }
    }
    if (watched == view_ && event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->text() == u"/") {
        focusFilter();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void SchemaTreePanel::takeMetaData()
{
    // What was open stays open, where it was.
    std::vector<QualifiedName> expanded;
    for (const TablePtr &table : workspace_.metadata().tables())
        if (view_->isExpanded(filtered_->mapFromSource(model_->indexOf(table->name))))
            expanded.push_back(table->name);
    const int scrolled = view_->verticalScrollBar()->value();
    selecting_ = true;
    model_->setMetaData(workspace_.metadata());
    expandFirstLevels();
    for (const QualifiedName &table : expanded)
        view_->expand(filtered_->mapFromSource(model_->indexOf(table)));
    expandHits();
    view_->verticalScrollBar()->setValue(scrolled);
    selecting_ = false;
    takePending();
    markCurrent();
    showHint();
}

void SchemaTreePanel::showHint()
{
    const bool isEmpty = filtered_->rowCount() == 0;
    view_->setVisible(!isEmpty);
    hint_->setVisible(isEmpty);
    if (!filter_->text().isEmpty())
        hint_->setText(tr("Nothing here is named “%1”.").arg(filter_->text()));
    else if (workspace_.state() == Workspace::State::Opening)
        hint_->setText(tr("Opening…"));
    else if (workspace_.state() == Workspace::State::Open)
        hint_->setText(tr("This database has no tables yet."));
    else
        hint_->clear();
}

void SchemaTreePanel::expandHits()
{
    // Beyond that many a person narrows the filter instead of reading on.
    constexpr int most = 40;
    int expanded = 0;
    for (QModelIndex index = filtered_->index(0, 0); index.isValid() && expanded < most; index = view_->indexBelow(index))
        if (index.data(SchemaModel::KindRole).toInt() == static_cast<int>(SchemaModel::NodeKind::Table) &&
            filtered_->isKeptForColumns(index)) {
            view_->expand(index);
            ++expanded;
        }
}

void SchemaTreePanel::expandFirstLevels()
{
    const auto expandGroups = [this](const QModelIndex &parent, auto &&self) -> void {
        for (int row = 0; row < filtered_->rowCount(parent); ++row) {
            const QModelIndex index = filtered_->index(row, 0, parent);
            const auto kind = static_cast<SchemaModel::NodeKind>(index.data(SchemaModel::KindRole).toInt());
            const bool isShadow = index.data(Qt::DisplayRole) == tr("Shadow Tables");
            if (kind == SchemaModel::NodeKind::Schema || (kind == SchemaModel::NodeKind::Group && !isShadow)) {
                view_->expand(index);
                self(index, self);
            }
        }
    };
    expandGroups({}, expandGroups);
}

void SchemaTreePanel::takePending()
{
    std::map<QualifiedName, int> pending;
    for (const Change *change : workspace_.session().unitOfWork().changes())
        ++pending[change->table()];
    model_->setPending(pending);
}

void SchemaTreePanel::applyFilter(const QString &text)
{
    static_cast<SchemaDelegate *>(view_->itemDelegate())->setMatch(text);
    selecting_ = true;
    filtered_->setText(text);
    expandFirstLevels();
    expandHits();
    selecting_ = false;
    markCurrent();
    showHint();
}

void SchemaTreePanel::markCurrent()
{
    if (!workspace_.currentTable())
        return;
    const QModelIndex index = filtered_->mapFromSource(model_->indexOf(*workspace_.currentTable()));
    const TablePtr marked = model_->tableAt(filtered_->mapToSource(view_->currentIndex()));
    if (!index.isValid() || (marked && marked->name == *workspace_.currentTable()))
        return;
    selecting_ = true;
    view_->setCurrentIndex(index);
    selecting_ = false;
}

void SchemaTreePanel::openIndex(const QModelIndex &index)
{
    if (const TablePtr table = model_->tableAt(filtered_->mapToSource(index)))
        workspace_.showTable(table->name);
    else
        view_->setExpanded(index, !view_->isExpanded(index));
}

void SchemaTreePanel::countRows(const std::vector<TablePtr> &tables)
{
    for (const TablePtr &table : tables) {
        const Compiled counting = workspace_.dialect().compile(select({count()}).from(table));
        workspace_.lane().run(
            this, tr("Counting rows of %1").arg(toQString(table->name.name)),
            [counting](Connection &connection, std::stop_token) { return connection.execute(counting).scalar(); },
            [this, name = table->name](const Value &rows) {
                if (const auto *number = rows.as<std::int64_t>())
                    model_->setRowCount(name, *number);
            },
            [this](const Error &error) { workspace_.notify(error); });
    }
}

void SchemaTreePanel::showMenu(const QPoint &position)
{
    const QModelIndex index = filtered_->mapToSource(view_->indexAt(position));
    const TablePtr table = model_->tableAt(index);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto copy = [](const QString &text) { QGuiApplication::clipboard()->setText(text); };
    if (table) {
        menu->addAction(theme().icon(QStringLiteral("table")), tr("Open Rows"), this,
                        [this, table] { workspace_.showTable(table->name); });
        menu->addAction(theme().icon(QStringLiteral("row-count")), tr("Count Rows"), this,
                        [this, table] { countRows({table}); });
        menu->addSeparator();
        menu->addAction(theme().icon(QStringLiteral("copy")), tr("Copy Name"), this,
                        [copy, name = index.data().toString()] { copy(name); });
        menu->addAction(tr("Copy Create Script"), this,
                        [this, copy, table] { copy(toQString(workspace_.dialect().createText(*table))); });
        menu->addSeparator();
    }
    menu->addAction(tr("Count Rows of All Tables"), this, [this] {
        std::vector<TablePtr> tables;
        for (const TablePtr &each : workspace_.metadata().tables())
            if (each->isBaseTable())
                tables.push_back(each);
        countRows(tables);
    });
    menu->addAction(tr("Collapse All"), this, [this] {
        view_->collapseAll();
        expandFirstLevels();
    });
    menu->addAction(theme().icon(QStringLiteral("refresh")), tr("Refresh"), &workspace_, &Workspace::refresh);
    menu->popup(view_->viewport()->mapToGlobal(position));
}

} // namespace schemawright::ui
