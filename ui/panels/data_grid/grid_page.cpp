#include "ui/panels/data_grid/grid_page.h"

#include "ui/adapt/text.h"
#include "ui/models/filter_expression.h"
#include "ui/panels/data_grid/cell_delegate.h"
#include "ui/panels/data_grid/row_header.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

namespace schemawright::ui {

namespace {

constexpr int rowHeight = 26;

QToolButton *button(const QString &icon, const QString &tip)
{
    auto *made = new QToolButton;
    made->setIcon(theme().icon(icon));
    made->setToolTip(tip);
    made->setIconSize({16, 16});
    QObject::connect(&theme(), &Theme::changed, made, [made, icon] { made->setIcon(theme().icon(icon)); });
    return made;
}

/// A field of tab-separated text: quoted when it holds what would end it.
QString field(const QString &text)
{
    if (!text.contains(u'\t') && !text.contains(u'\n') && !text.contains(u'"'))
        return text;
    QString doubled = text;
    return u'"' + doubled.replace(u'"', QStringLiteral("\"\"")) + u'"';
}

std::vector<QStringList> fieldsOf(const QString &text)
{
    std::vector<QStringList> rows(1);
    QString current;
    bool quoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar c = text[i];
        if (quoted) {
            if (c != u'"')
                current += c;
            else if (i + 1 < text.size() && text[i + 1] == u'"')
                current += text[++i];
            else
                quoted = false;
        } else if (c == u'"' && current.isEmpty())
            quoted = true;
        else if (c == u'\t') {
            rows.back() << std::exchange(current, {});
        } else if (c == u'\n') {
            rows.back() << std::exchange(current, {});
            rows.emplace_back();
        } else if (c != u'\r')
            current += c;
    }
    if (!current.isEmpty() || !rows.back().isEmpty())
        rows.back() << current;
    if (rows.back().isEmpty())
        rows.pop_back();
    return rows;
}

} // namespace

GridPage::GridPage(Workspace &workspace, const TablePtr &table, QWidget *parent)
    : QWidget(parent), workspace_(workspace), model_(new RowsModel(workspace, table, this)), filter_(new QLineEdit),
      raw_(new QToolButton), status_(new QLabel), message_(new QLabel), retry_(new QPushButton(tr("Try Again"))),
      progress_(new QProgressBar), view_(new QTableView)
{
    filter_->setObjectName(QStringLiteral("rowFilter"));
    filter_->setClearButtonEnabled(true);
    filter_->addAction(theme().icon(QStringLiteral("filter")), QLineEdit::LeadingPosition);
    raw_->setText(tr("SQL"));
    raw_->setCheckable(true);
    raw_->setToolTip(tr("Take the filter as SQL, as it would stand behind WHERE"));
    const auto placeholder = [this] {
        filter_->setPlaceholderText(raw_->isChecked() ? tr("A condition in SQL")
                                                      : tr("Filter: a word, or name = value, and, or, ~ for contains"));
    };
    placeholder();
    connect(raw_, &QToolButton::toggled, this, placeholder);

    auto *add = button(QStringLiteral("add-row"), tr("Add Row (Ctrl+I)"));
    auto *duplicate = button(QStringLiteral("duplicate-row"), tr("Duplicate Row (Ctrl+D)"));
    auto *remove = button(QStringLiteral("delete-row"), tr("Delete Rows (Ctrl+Delete)"));
    auto *refresh = button(QStringLiteral("refresh"), tr("Read Rows Again (F5)"));
    add->setObjectName(QStringLiteral("addRow"));
    remove->setObjectName(QStringLiteral("deleteRows"));
    status_->setObjectName(QStringLiteral("rowStatus"));
    status_->setProperty("role", QStringLiteral("muted"));
    const bool canEdit =
        !workspace.isReadOnly() && workspace.session().identity(*table).kind != RowIdentity::Kind::None;
    for (QToolButton *each : {add, duplicate, remove})
        each->setEnabled(canEdit);
    if (!canEdit)
        add->setToolTip(workspace.isReadOnly() ? tr("The database is open read-only.")
                                               : toQString(workspace.session().identity(*table).why));

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->setSpacing(4);
    bar->addWidget(filter_, 1);
    bar->addWidget(raw_);
    bar->addSpacing(8);
    bar->addWidget(status_);
    bar->addSpacing(8);
    for (QToolButton *each : {add, duplicate, remove, refresh})
        bar->addWidget(each);

    message_->setObjectName(QStringLiteral("rowMessage"));
    message_->setWordWrap(true);
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto *messageRow = new QHBoxLayout;
    messageRow->setContentsMargins(8, 0, 8, 6);
    messageRow->addWidget(message_, 1);
    messageRow->addWidget(retry_);
    message_->hide();
    retry_->hide();

    progress_->setRange(0, 0);
    progress_->setTextVisible(false);
    progress_->setFixedHeight(2);
    QSizePolicy policy = progress_->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    progress_->setSizePolicy(policy);
    progress_->hide();

    view_->setObjectName(QStringLiteral("rows"));
    view_->setModel(model_);
    view_->setItemDelegate(new CellDelegate(workspace, *model_, view_));
    view_->setFrameShape(QFrame::NoFrame);
    view_->setWordWrap(false);
    view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                           QAbstractItemView::AnyKeyPressed);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setVerticalHeader(new RowHeader(view_));
    view_->setHorizontalHeader(new ColumnHeader(*model_, view_));
    view_->verticalHeader()->setDefaultSectionSize(rowHeight);
    view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view_->horizontalHeader()->setSectionsClickable(true);
    view_->horizontalHeader()->setSectionsMovable(true);
    view_->horizontalHeader()->setHighlightSections(false);
    view_->setCornerButtonEnabled(false);
    view_->installEventFilter(this);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addLayout(messageRow);
    layout->addWidget(progress_);
    layout->addWidget(view_, 1);

    filterTimer_.setSingleShot(true);
    filterTimer_.setInterval(350);
    progressTimer_.setSingleShot(true);
    progressTimer_.setInterval(200); // what is quicker needs no sign
    connect(&progressTimer_, &QTimer::timeout, this, [this] { progress_->setVisible(model_->isLoading()); });
    connect(&filterTimer_, &QTimer::timeout, this, &GridPage::applyFilter);
    connect(filter_, &QLineEdit::textChanged, &filterTimer_, qOverload<>(&QTimer::start));
    connect(filter_, &QLineEdit::returnPressed, this, [this] {
        applyFilter();
        view_->setFocus();
    });
    connect(raw_, &QToolButton::toggled, this, &GridPage::applyFilter);
    connect(model_, &RowsModel::statusChanged, this, &GridPage::showStatus);
    connect(model_, &RowsModel::firstRowsShown, this, &GridPage::fitColumns);
    connect(model_, &QAbstractItemModel::rowsInserted, this, &GridPage::showStatus);
    connect(model_, &QAbstractItemModel::rowsRemoved, this, &GridPage::showStatus);
    connect(add, &QToolButton::clicked, this, &GridPage::addRow);
    connect(duplicate, &QToolButton::clicked, this, &GridPage::duplicateRow);
    connect(remove, &QToolButton::clicked, this, &GridPage::deleteRows);
    connect(refresh, &QToolButton::clicked, model_, &RowsModel::reload);
    connect(retry_, &QPushButton::clicked, model_, &RowsModel::reload);
    connect(view_, &QWidget::customContextMenuRequested, this, &GridPage::showMenu);
    connect(view_->horizontalHeader(), &QHeaderView::sectionClicked, this, &GridPage::sortBy);
    buildActions();
    showStatus();
}

template <class Work> void GridPage::edit(Work work)
{
    try {
        work();
    } catch (const Error &error) {
        workspace_.notify({Notice::Severity::Warning, toQString(error.message), toQString(error.hint)});
    }
}

void GridPage::buildActions()
{
    const auto action = [this](const QString &text, const QKeySequence &shortcut, auto slot) {
        auto *made = new QAction(text, this);
        made->setShortcut(shortcut);
        made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QAction::triggered, this, slot);
        addAction(made);
        return made;
    };
    action(tr("Add Row"), QKeySequence(QStringLiteral("Ctrl+I")), &GridPage::addRow);
    action(tr("Duplicate Row"), QKeySequence(QStringLiteral("Ctrl+D")), &GridPage::duplicateRow);
    action(tr("Delete Rows"), QKeySequence(QStringLiteral("Ctrl+Del")), &GridPage::deleteRows);
    action(tr("Revert Rows"), QKeySequence(QStringLiteral("Ctrl+Alt+Z")), &GridPage::revertRows);
    action(tr("Set to NULL"), QKeySequence(QStringLiteral("Ctrl+0")), [this] { setSelected(Value()); });
    action(tr("Set to Default"), QKeySequence(QStringLiteral("Ctrl+Shift+0")), [this] { setSelected(DefaultValue{}); });
    action(tr("Go to Referenced Row"), QKeySequence(QStringLiteral("Ctrl+Return")), &GridPage::followReference);
    action(tr("Filter Rows"), QKeySequence(QStringLiteral("Ctrl+F")), [this] { filter_->setFocus(); });
}

bool GridPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == view_ && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::Copy)) {
            copy();
            return true;
        }
        if (key->matches(QKeySequence::Paste)) {
            paste();
            return true;
        }
        if ((key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) && key->modifiers() == Qt::NoModifier &&
            view_->currentIndex().isValid()) {
            view_->edit(view_->currentIndex());
            return true;
        }
        // Deleting a row is Ctrl+Delete: the key alone would be hit too easily.
        if (key->key() == Qt::Key_Delete && key->modifiers() == Qt::NoModifier)
            return true;
        const QModelIndex current = view_->currentIndex();
        if (!key->text().isEmpty() && key->text().front().isPrint() && current.isValid() &&
            !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier)))
            if (const QString why = model_->whyNotEditable(current.row(), current.column()); !why.isEmpty()) {
                workspace_.notify({Notice::Severity::Info, why, {}});
                return true;
            }
    }
    return QWidget::eventFilter(watched, event);
}

void GridPage::setFilterText(const QString &text)
{
    raw_->setChecked(false);
    filter_->setText(text);
    applyFilter();
}

void GridPage::applyFilter()
{
    filterTimer_.stop();
    const QString typed = filter_->text().trimmed();
    FilterExpression parsed;
    if (raw_->isChecked() && !typed.isEmpty())
        parsed.condition = text("(" + typed.toStdString() + ")");
    else if (!raw_->isChecked())
        parsed = FilterExpression::parse(typed, model_->table(), workspace_.dialect());
    filter_->setProperty("invalid", !parsed.error.isEmpty());
    filter_->style()->unpolish(filter_);
    filter_->style()->polish(filter_);
    filter_->setToolTip(parsed.error);
    if (!parsed.error.isEmpty()) {
        message_->setText(parsed.error);
        message_->setProperty("severity", QStringLiteral("warning"));
        message_->style()->polish(message_);
        message_->show();
        return;
    }
    message_->hide();
    model_->setFilter(parsed.condition);
}

void GridPage::showStatus()
{
    if (model_->isLoading())
        progressTimer_.start();
    else
        progress_->hide();
    const auto &error = model_->error();
    retry_->setVisible(error.has_value());
    if (error) {
        message_->setText(toQString(error->describe()));
        message_->setProperty("severity", QStringLiteral("error"));
        message_->style()->unpolish(message_);
        message_->style()->polish(message_);
    }
    if (error || message_->property("severity") == QLatin1String("error"))
        message_->setVisible(error.has_value());
    QString text;
    if (const auto total = model_->total())
        text = *total == 1 ? tr("1 row") : tr("%1 rows").arg(grouped(*total));
    else if (!error)
        text = tr("counting…");
    if (const int added = model_->newRowCount())
        text += tr("  +%1 new").arg(added);
    status_->setText(text);
    static_cast<RowHeader *>(view_->verticalHeader())->fit();
    if (model_->total() == 0 && model_->newRowCount() == 0 && !error)
        static_cast<ColumnHeader *>(view_->horizontalHeader())
            ->setEmptyText(filter_->text().isEmpty() ? tr("No rows yet") : tr("No row matches the filter"));
    else
        static_cast<ColumnHeader *>(view_->horizontalHeader())->setEmptyText({});
}

void GridPage::fitColumns()
{
    if (std::exchange(columnsFitted_, true))
        return;
    const QFontMetrics metrics(theme().monospaceFont());
    const int rows = std::min(model_->rowCount(), 60);
    for (int column = 0; column < model_->columnCount(); ++column) {
        int width = static_cast<ColumnHeader *>(view_->horizontalHeader())->wantedWidth(column);
        for (int row = 0; row < rows; ++row) {
            const QModelIndex index = model_->index(row, column);
            int needed = metrics.horizontalAdvance(index.data(Qt::DisplayRole).toString()) + 20;
            if (index.data(RowsModel::CellKindRole).toInt() == static_cast<int>(CellText::Kind::Blob))
                needed += rowHeight;
            width = std::max(width, needed);
        }
        view_->setColumnWidth(column, std::clamp(width, 56, 320));
    }
    if (!view_->currentIndex().isValid() && model_->rowCount() > 0)
        view_->setCurrentIndex(model_->index(0, 0));
}

void GridPage::sortBy(int section)
{
    const std::string &name = model_->columnNames()[static_cast<std::size_t>(section)];
    std::vector<SortColumn> sort = model_->sort();
    const auto found = std::ranges::find(sort, name, &SortColumn::column);
    const bool extends = QApplication::keyboardModifiers() & Qt::ShiftModifier;
    if (found == sort.end()) {
        if (!extends)
            sort.clear();
        sort.push_back({name, false});
    } else if (!found->descending) {
        found->descending = true;
        if (!extends)
            sort = {{name, true}};
    } else if (extends)
        sort.erase(found);
    else
        sort.clear();
    model_->setSort(std::move(sort));
}

std::vector<int> GridPage::selectedRows() const
{
    std::set<int> rows;
    for (const QModelIndex &index : view_->selectionModel()->selectedIndexes())
        rows.insert(index.row());
    return {rows.begin(), rows.end()};
}

void GridPage::addRow()
{
    edit([this] {
        const int row = model_->addRow();
        view_->scrollToBottom();
        for (int column = 0; column < model_->columnCount(); ++column)
            if (model_->whyNotEditable(row, column).isEmpty() && !model_->columnAt(column)->autoincrement) {
                view_->setCurrentIndex(model_->index(row, column));
                break;
            }
        view_->setFocus();
    });
}

void GridPage::duplicateRow()
{
    const QModelIndex current = view_->currentIndex();
    if (!current.isValid())
        return;
    edit([&] {
        const int row = model_->duplicateRow(current.row());
        if (row >= 0) {
            view_->setCurrentIndex(model_->index(row, current.column()));
            view_->scrollToBottom();
        }
    });
}

void GridPage::deleteRows()
{
    edit([this] { model_->deleteRows(selectedRows()); });
}

void GridPage::revertRows()
{
    edit([this] { model_->revertRows(selectedRows()); });
}

void GridPage::setSelected(const Cell &cell)
{
    edit([&] {
        const UnitOfWork::Group group(workspace_.session().unitOfWork());
        for (const QModelIndex &index : view_->selectionModel()->selectedIndexes())
            model_->setCell(index.row(), index.column(), cell);
    });
}

void GridPage::copy()
{
    const QModelIndexList selected = view_->selectionModel()->selectedIndexes();
    std::set<int> rows, columns;
    for (const QModelIndex &index : selected) {
        rows.insert(index.row());
        columns.insert(index.column());
    }
    QStringList lines;
    for (const int row : rows) {
        QStringList fields;
        for (const int column : columns) {
            const QModelIndex index = model_->index(row, column);
            const Cell cell = model_->cell(row, column);
            const Value *value = std::get_if<Value>(&cell);
            if (!view_->selectionModel()->isSelected(index) || !value)
                fields << QString();
            else
                fields << field(value->is<Bytes>() ? QStringLiteral("\\x") + toQString(value->text())
                                                   : toQString(value->text()));
        }
        lines << fields.join(u'\t');
    }
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

void GridPage::paste()
{
    const QModelIndex start = view_->currentIndex();
    const auto rows = fieldsOf(QGuiApplication::clipboard()->text());
    if (!start.isValid() || rows.empty())
        return;
    // One value fills all that is selected, as in any sheet.
    const QModelIndexList selected = view_->selectionModel()->selectedIndexes();
    edit([&] {
        const UnitOfWork::Group group(workspace_.session().unitOfWork());
        const auto put = [&](int row, int column, const QString &text) {
            const Value value = workspace_.dialect().parseCell(model_->columnAt(column)->type, text.toStdString());
            model_->setCell(row, column, value);
        };
        if (rows.size() == 1 && rows.front().size() == 1 && selected.size() > 1) {
            for (const QModelIndex &index : selected)
                put(index.row(), index.column(), rows.front().front());
            return;
        }
        for (int r = 0; r < static_cast<int>(rows.size()); ++r) {
            if (start.row() + r >= model_->rowCount())
                model_->addRow();
            for (int c = 0; c < static_cast<int>(rows[static_cast<std::size_t>(r)].size()); ++c)
                if (start.column() + c < model_->columnCount())
                    put(start.row() + r, start.column() + c, rows[static_cast<std::size_t>(r)][c]);
        }
    });
}

void GridPage::followReference()
{
    const QModelIndex current = view_->currentIndex();
    if (!current.isValid())
        return;
    const std::string &name = model_->columnNames()[static_cast<std::size_t>(current.column())];
    for (const ForeignKey &key : model_->table()->foreignKeys) {
        if (std::ranges::find(key.columns, name) == key.columns.end())
            continue;
        QStringList conditions;
        for (std::size_t i = 0; i < key.columns.size() && i < key.referredColumns.size(); ++i) {
            const auto column =
                std::ranges::find(model_->columnNames(), key.columns[i]) - model_->columnNames().begin();
            const Cell cell = model_->cell(current.row(), static_cast<int>(column));
            const Value *value = std::get_if<Value>(&cell);
            if (!value || value->isNull())
                return;
            QString quoted = toQString(value->text());
            quoted.replace(u'\'', QStringLiteral("''"));
            QString columnName = toQString(key.referredColumns[i]);
            columnName.replace(u'"', QStringLiteral("\"\""));
            conditions << QStringLiteral("\"%1\" = '%2'").arg(columnName, quoted);
        }
        workspace_.showTable(key.referred, conditions.join(QStringLiteral(" and ")));
        return;
    }
}

void GridPage::loadFile()
{
    const QPersistentModelIndex index = view_->currentIndex();
    auto *dialog = new QFileDialog(this, tr("Load Value from File"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, index](const QString &path) {
        QFile file(path);
        if (!index.isValid() || !file.open(QIODevice::ReadOnly))
            return workspace_.notify({Notice::Severity::Error, tr("The file cannot be read."), file.errorString()});
        const QByteArray content = file.readAll();
        edit([&] { model_->setCell(index.row(), index.column(), Value(Bytes{content.toStdString()})); });
    });
    dialog->open();
}

void GridPage::saveFile()
{
    const QModelIndex index = view_->currentIndex();
    const Cell cell = model_->cell(index.row(), index.column());
    const Value *value = std::get_if<Value>(&cell);
    if (!value)
        return;
    const Bytes *bytes = value->as<Bytes>();
    const std::string content = bytes ? bytes->data : value->text();
    auto *dialog = new QFileDialog(this, tr("Save Value as File"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, content](const QString &path) {
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) ||
            file.write(content.data(), static_cast<qint64>(content.size())) != static_cast<qint64>(content.size()))
            workspace_.notify({Notice::Severity::Error, tr("The file cannot be written."), file.errorString()});
    });
    dialog->open();
}

void GridPage::showMenu(const QPoint &position)
{
    const QModelIndex index = view_->indexAt(position);
    if (index.isValid() && !view_->selectionModel()->isSelected(index))
        view_->setCurrentIndex(index);
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString why = index.isValid() ? model_->whyNotEditable(index.row(), index.column()) : QString();
    for (QAction *each : actions()) {
        each->setEnabled(index.isValid() || each->text() == tr("Add Row"));
        menu->addAction(each);
        if (each->text() == tr("Revert Rows") || each->text() == tr("Set to Default"))
            menu->addSeparator();
    }
    menu->addSeparator();
    menu->addAction(theme().icon(QStringLiteral("copy")), tr("Copy"), this, &GridPage::copy);
    menu->addAction(tr("Paste"), this, &GridPage::paste);
    menu->addAction(tr("Load Value from File…"), this, &GridPage::loadFile)->setEnabled(why.isEmpty());
    menu->addAction(tr("Save Value as File…"), this, &GridPage::saveFile);
    if (!why.isEmpty()) {
        menu->addSeparator();
        menu->addAction(why)->setEnabled(false);
    }
    // The shortcuts must work again once the menu is gone.
    connect(menu, &QMenu::aboutToHide, this, [this] {
        for (QAction *each : actions())
            each->setEnabled(true);
    });
    menu->popup(view_->viewport()->mapToGlobal(position));
}

} // namespace schemawright::ui
