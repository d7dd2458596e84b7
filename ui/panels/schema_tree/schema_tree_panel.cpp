#include "ui/panels/schema_tree/schema_tree_panel.h"

#include "schemawright/sql/statement.h"
#include "ui/adapt/text.h"
#include "ui/models/schema_model.h"
#include "ui/panels/schema_tree/schema_delegate.h"
#include "ui/panels/schema_tree/schema_filter.h"
#include "ui/panels/schema_tree/structure_actions.h"
#include "ui/theme/theme.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDockWidget>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QScrollBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace schemawright::ui {

SchemaTreePanel::SchemaTreePanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), model_(new SchemaModel(this)), filtered_(new SchemaFilter(this)),
      filter_(new QLineEdit), view_(new QTreeView), hint_(new QLabel), problem_(new QLabel), dropWith_(new QPushButton)
{
    filtered_->setSourceModel(model_);
    filter_->setObjectName(QStringLiteral("schemaFilter"));
    filter_->setPlaceholderText(tr("Tables and columns"));
    filter_->setToolTip(tr("Show what is named like this (Ctrl+P, or / in the tree)"));
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
    hint_->setTextFormat(Qt::PlainText);
    hint_->setMargin(24);

    view_->setEditTriggers(QAbstractItemView::NoEditTriggers); // F2 is an action, with the others
    problem_->setObjectName(QStringLiteral("schemaProblem"));
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setMargin(6);
    problem_->hide();
    dropWith_->setObjectName(QStringLiteral("schemaDropWith"));
    dropWith_->setText(tr("Drop Them Too"));
    dropWith_->setToolTip(tr("Drop it, and what depends on it, as pending changes"));
    dropWith_->hide();

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 8, 8, 8);
    bar->addWidget(filter_);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(view_, 1);
    layout->addWidget(hint_, 1);
    layout->addWidget(problem_);
    auto *offer = new QHBoxLayout;
    offer->setContentsMargins(8, 4, 8, 4);
    offer->addWidget(dropWith_);
    offer->addStretch(1);
    layout->addLayout(offer);
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
        tell({});
        structure_->showState();
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
    structure_ = new StructureActions(
        workspace_,
        [this] {
            const QModelIndex index = view_->currentIndex();
            StructureActions::Target at;
            at.table = model_->tableAt(filtered_->mapToSource(index));
            at.schema = index.data(SchemaModel::SchemaNameRole).toString().toStdString();
            const auto kind = static_cast<SchemaModel::NodeKind>(index.data(SchemaModel::KindRole).toInt());
            if (!at.table && index.isValid() && kind == SchemaModel::NodeKind::Schema)
                at.schema = index.data().toString().toStdString();
            if (at.table && kind == SchemaModel::NodeKind::Column)
                at.column = index.data().toString().toStdString();
            at.isDropped = index.data(SchemaModel::MarkRole).toInt() == static_cast<int>(Mark::Dropped);
            return at;
        },
        this);
    connect(structure_, &StructureActions::refused, this, &SchemaTreePanel::tell);
    connect(structure_, &StructureActions::nameWanted, this, &SchemaTreePanel::editName);
    connect(structure_, &StructureActions::nameRefused, this, &SchemaTreePanel::mendName);
    connect(structure_, &StructureActions::dependantsFound, dropWith_, &QWidget::show);
    connect(dropWith_, &QPushButton::clicked, structure_, &StructureActions::dropWithDependants);
    connect(view_->itemDelegate(), &QAbstractItemDelegate::closeEditor, this,
            [this](QWidget *, QAbstractItemDelegate::EndEditHint hint) {
                if (hint == QAbstractItemDelegate::RevertModelCache) // the name that could not be is given up
                    tell({});
            });
    // Not amid the work of the delegate that asks for it: the tree is made anew.
    connect(model_, &SchemaModel::renameWanted, structure_, &StructureActions::renameTo, Qt::QueuedConnection);
}

void SchemaTreePanel::tell(const QString &why)
{
    dropWith_->hide();
    problem_->setVisible(!why.isEmpty());
    problem_->setText(why);
    problem_->setStyleSheet(QStringLiteral("color: %1; background: %2")
                                .arg(theme().colors().error.name(), theme().colors().errorTint.name()));
}

void SchemaTreePanel::editName(const QualifiedName &table, const QString &column)
{
    if (!filter_->text().isEmpty() && !filtered_->mapFromSource(model_->indexOf(table)).isValid())
        filter_->clear(); // it would hide what is to be named
    const QModelIndex parent = filtered_->mapFromSource(model_->indexOf(table));
    QModelIndex index = parent;
    if (!column.isEmpty()) {
        view_->expand(parent);
        index = filtered_->mapFromSource(model_->indexOf(table, column.toStdString()));
    }
    if (!index.isValid() || !(index.flags() & Qt::ItemIsEditable))
        return;
    view_->setFocus();
    view_->setCurrentIndex(index);
    view_->scrollTo(index);
    view_->edit(index);
}

void SchemaTreePanel::mendName(const QualifiedName &table, const QString &column, const QString &name,
                               const QString &why)
{
    // Whoever has gone elsewhere is not called back.
    QWidget *focus = QApplication::focusWidget();
    const bool isHere = focus && (focus == view_ || view_->isAncestorOf(focus));
    if (isHere) {
        editName(table, column);
        if (auto *editor = view_->viewport()->findChild<QLineEdit *>()) {
            editor->setText(name);
            editor->selectAll();
            editor->setToolTip(tipText(why));
            editor->setStyleSheet(QStringLiteral("border: 1px solid %1; background: %2")
                                      .arg(theme().colors().error.name(), theme().colors().errorTint.name()));
        }
    }
    tell(isHere || name.isEmpty() ? why : tr("It is not named %1: %2").arg(name, why));
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
            if (const QModelIndex index = lookedFor(); index.isValid()) {
                view_->setCurrentIndex(index);
                if (key != Qt::Key_Down)
                    openIndex(index);
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

/// The table of that very name, else the first whose name holds it, else the first that is kept for a column.
QModelIndex SchemaTreePanel::lookedFor() const
{
    const QString text = filter_->text();
    QModelIndex first, named;
    for (QModelIndex index = filtered_->index(0, 0); index.isValid(); index = view_->indexBelow(index)) {
        if (index.data(SchemaModel::KindRole).toInt() != static_cast<int>(SchemaModel::NodeKind::Table))
            continue;
        const QString name = index.data().toString();
        if (name.compare(text, Qt::CaseInsensitive) == 0)
            return index;
        if (!named.isValid() && name.contains(text, Qt::CaseInsensitive))
            named = index;
        if (!first.isValid())
            first = index;
    }
    return named.isValid() ? named : first;
}

void SchemaTreePanel::takeMetaData()
{
    showDraft();
    takePending();
    markCurrent();
    showHint();
}

void SchemaTreePanel::showDraft()
{
    const Session &session = workspace_.session();
    const Draft &draft = session.draft();
    const auto firstOf = [](const std::map<QualifiedName, QualifiedName> &names, const QualifiedName &name) {
        for (const auto &[first, now] : names)
            if (now == name)
                return first;
        return name;
    };
    // What was open stays open, where it was, also under another name.
    std::vector<QualifiedName> expanded;
    const QModelIndex current = view_->currentIndex();
    const TablePtr marked = model_->tableAt(filtered_->mapToSource(current));
    const bool isColumn =
        current.data(SchemaModel::KindRole).toInt() == static_cast<int>(SchemaModel::NodeKind::Column);
    const int row = current.row();
    for (QModelIndex index = filtered_->index(0, 0); index.isValid(); index = view_->indexBelow(index))
        if (view_->isExpanded(index) &&
            index.data(SchemaModel::KindRole).toInt() == static_cast<int>(SchemaModel::NodeKind::Table))
            expanded.push_back(firstOf(shownNames_, model_->tableAt(filtered_->mapToSource(index))->name));
    const int scrolled = view_->verticalScrollBar()->value();
    const auto now = [&](const QualifiedName &first) {
        const auto found = draft.tableNames.find(first);
        return found == draft.tableNames.end() || found->second.name.empty() ? first : found->second;
    };
    selecting_ = true;
    model_->setEditable(workspace_.isSchemaRead() && !workspace_.isReadOnly());
    model_->setDraft(draft);
    expandFirstLevels();
    for (const QualifiedName &table : expanded)
        view_->expand(filtered_->mapFromSource(model_->indexOf(now(table))));
    if (marked)
        if (const QModelIndex table =
                filtered_->mapFromSource(model_->indexOf(now(firstOf(shownNames_, marked->name))));
            table.isValid())
            view_->setCurrentIndex(isColumn && row < filtered_->rowCount(table) ? filtered_->index(row, 0, table)
                                                                                : table);
    expandHits();
    view_->verticalScrollBar()->setValue(scrolled);
    selecting_ = false;
    shownNames_ = draft.tableNames;
    shownRevision_ = session.unitOfWork().tableRevision();
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
        hint_->setText(workspace_.isReadOnly() ? tr("This database has no tables yet.")
                                               : tr("This database has no tables yet. Ctrl+Shift+N makes one."));
    else
        hint_->clear();
}

void SchemaTreePanel::expandHits()
{
    // Beyond that many a person narrows the filter instead of reading on.
    constexpr int most = 40;
    int expanded = 0;
    for (QModelIndex index = filtered_->index(0, 0); index.isValid() && expanded < most;
         index = view_->indexBelow(index))
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
    const UnitOfWork &unit = workspace_.session().unitOfWork();
    if (unit.tableRevision() != shownRevision_) {
        showDraft();
        markCurrent();
        showHint();
    }
    const auto &names = workspace_.session().draft().tableNames;
    std::map<QualifiedName, int> pending;
    for (const auto &[first, count] : unit.counts()) {
        const auto now = names.find(first);
        pending[now == names.end() || now->second.name.empty() ? first : now->second] += static_cast<int>(count.all);
    }
    model_->setPending(pending);
    structure_->showState();
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
    if (!text.isEmpty()) // seen among all that is kept for a column
        view_->scrollTo(lookedFor());
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
    for (const TablePtr &shown : tables) {
        const TablePtr table = // as it is in the database
            shown->id == TableId::None ? shown : workspace_.session().draft().before.table(shown->id);
        if (!table)
            continue;
        const Compiled counting = workspace_.dialect().compile(select({count()}).from(table));
        workspace_.lane().run(
            this, tr("Counting rows of %1").arg(toQString(table->name.name)),
            [counting](Connection &connection, std::stop_token) { return connection.execute(counting).scalar(); },
            [this, name = shown->name](const Value &rows) {
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
    if (index.isValid())
        view_->setCurrentIndex(view_->indexAt(position));
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
    structure_->showState();
    menu->addActions(structure_->all());
    menu->addSeparator();
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
