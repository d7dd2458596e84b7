#include "ui/panels/data_grid/grid_page.h"

#include "ui/adapt/text.h"
#include "ui/models/filter_expression.h"
#include "ui/panels/data_grid/cell_delegate.h"
#include "ui/panels/data_grid/row_header.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

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

} // namespace

GridPage::GridPage(Workspace &workspace, const TablePtr &table, QWidget *parent)
    : QWidget(parent), workspace_(workspace), model_(new RowsModel(workspace, table, this)), filter_(new QLineEdit),
      raw_(new QToolButton), status_(new QLabel), message_(new QLabel), retry_(new QPushButton(tr("Try Again"))),
      progress_(new QProgressBar), view_(new QTableView)
{
    filter_->setToolTip(FilterExpression::help());
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

    buildActions();
    auto *back = button(QStringLiteral("back"), tr("Back (Alt+Left)"));
    auto *forward = button(QStringLiteral("forward"), tr("Forward (Alt+Right)"));
    back->setObjectName(QStringLiteral("goBack"));
    forward->setObjectName(QStringLiteral("goForward"));
    for (const auto &[each, way] : {std::pair(back, back_), std::pair(forward, forward_)}) {
        each->setEnabled(false);
        connect(each, &QToolButton::clicked, way, &QAction::trigger);
        connect(way, &QAction::enabledChanged, each, &QToolButton::setEnabled);
    }

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->setSpacing(4);
    bar->addWidget(back);
    bar->addWidget(forward);
    bar->addWidget(filter_, 1);
    bar->addWidget(raw_);
    bar->addSpacing(8);
    bar->addWidget(status_);
    bar->addSpacing(8);
    for (QToolButton *each : {add, duplicate, remove, refresh})
        bar->addWidget(each);

    message_->setObjectName(QStringLiteral("rowMessage"));
    message_->setWordWrap(true);
    message_->setProperty("severity", QStringLiteral("error")); // the room around the text is that of the first style
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
    connect(view_, &QTableView::doubleClicked, this, &GridPage::tellWhyNotEditable);
    connect(model_, &QAbstractItemModel::rowsInserted, this, &GridPage::showStatus);
    connect(model_, &QAbstractItemModel::rowsRemoved, this, &GridPage::showStatus);
    connect(add, &QToolButton::clicked, this, &GridPage::addRow);
    connect(duplicate, &QToolButton::clicked, this, &GridPage::duplicateRow);
    connect(remove, &QToolButton::clicked, this, &GridPage::deleteRows);
    connect(refresh, &QToolButton::clicked, model_, &RowsModel::reload);
    connect(retry_, &QPushButton::clicked, model_, &RowsModel::reload);
    connect(view_, &QWidget::customContextMenuRequested, this, &GridPage::showMenu);
    connect(view_->horizontalHeader(), &QHeaderView::sectionClicked, this, &GridPage::sortBy);
    connect(model_, &RowsModel::statusChanged, this, &GridPage::selectWanted);
    showStatus();
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
            if (!tellWhyNotEditable(view_->currentIndex()))
                view_->edit(view_->currentIndex());
            return true;
        }
        // Deleting a row is Ctrl+Delete: the key alone would be hit too easily.
        if (key->key() == Qt::Key_Delete && key->modifiers() == Qt::NoModifier)
            return true;
        const bool types = !key->text().isEmpty() && key->text().front().isPrint() &&
                           !(key->modifiers() & (Qt::ControlModifier | Qt::AltModifier));
        if ((types || key->key() == Qt::Key_F2) && tellWhyNotEditable(view_->currentIndex()))
            return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// True when it cannot be edited: whichever way one tries, it is said why.
bool GridPage::tellWhyNotEditable(const QModelIndex &index)
{
    const QString why = index.isValid() ? model_->whyNotEditable(index.row(), index.column()) : QString();
    if (!why.isEmpty())
        workspace_.notify({Notice::Severity::Info, why, {}});
    return !why.isEmpty();
}

void GridPage::setFilterText(const QString &text)
{
    raw_->setChecked(false);
    filter_->setText(text);
    applyFilter();
}

QString GridPage::filterText() const { return raw_->isChecked() ? QString() : filter_->text(); }

void GridPage::setHistory(bool back, bool forward)
{
    back_->setEnabled(back);
    forward_->setEnabled(forward);
}

void GridPage::select(const RowTarget &row, int column)
{
    wanted_ = row;
    wantedColumn_ = column;
    selectWanted();
}

void GridPage::selectWanted()
{
    if (!wanted_)
        return;
    const int row = model_->rowOf(*wanted_);
    if (wanted_->isNew() && !model_->total() && !model_->error()) // it stands behind all others
        return;
    if (row < 0) {
        if (!model_->isLoading()) // it is not among these rows
            wanted_.reset();
        return;
    }
    wanted_.reset();
    const int column = wantedColumn_ >= 0 ? wantedColumn_ : std::max(0, view_->currentIndex().column());
    const QModelIndex index = model_->index(row, std::min(column, model_->columnCount() - 1));
    view_->setCurrentIndex(index);
    view_->scrollTo(index);
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
    filter_->setToolTip(parsed.error.isEmpty() ? FilterExpression::help() : tipText(parsed.error));
    if (!parsed.error.isEmpty()) {
        message_->setText(parsed.error);
        message_->setProperty("severity", QStringLiteral("warning"));
        message_->style()->unpolish(message_);
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
    if (!model_->isLoading() && !view_->currentIndex().isValid() &&
        model_->rowCount() > 0) // for the keys to go on from
        view_->setCurrentIndex(model_->index(std::max(0, view_->rowAt(0)), std::max(0, view_->columnAt(0))));
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

} // namespace schemawright::ui
