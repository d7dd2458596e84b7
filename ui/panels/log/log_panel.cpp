#include "ui/panels/log/log_panel.h"

#include "ui/models/log_model.h"
#include "ui/theme/theme.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace schemawright::ui {

namespace {

/// Statements in the data font; what failed in the colour of errors.
class LogDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override
    {
        QStyledItemDelegate::initStyleOption(option, index);
        option->font = theme().monospaceFont();
        if (index.data(LogModel::IsErrorRole).toBool())
            option->palette.setColor(QPalette::Text, theme().colors().error);
        else if (index.column() != LogModel::SqlColumn)
            option->palette.setColor(QPalette::Text, theme().colors().mutedText);
    }
};

} // namespace

LogPanel::LogPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), model_(new LogModel(workspace.engine().log(), this)), filtered_(new QSortFilterProxyModel(this)),
      filter_(new QLineEdit), view_(new QTableView)
{
    filtered_->setSourceModel(model_);
    filtered_->setFilterKeyColumn(LogModel::SqlColumn);
    filtered_->setFilterCaseSensitivity(Qt::CaseInsensitive);

    filter_->setObjectName(QStringLiteral("logFilter"));
    filter_->setPlaceholderText(tr("Filter statements"));
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(320);
    auto *clear = new QToolButton;
    clear->setText(tr("Clear"));
    clear->setToolTip(tr("Forget what is listed here"));

    view_->setObjectName(QStringLiteral("logView"));
    view_->setModel(filtered_);
    view_->setItemDelegate(new LogDelegate(view_));
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->setShowGrid(false);
    view_->setWordWrap(false);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setDefaultSectionSize(22);
    view_->horizontalHeader()->setHighlightSections(false);
    view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view_->horizontalHeader()->setStretchLastSection(true);
    view_->setColumnWidth(LogModel::TimeColumn, 104);
    view_->setColumnWidth(LogModel::DurationColumn, 72);
    view_->setColumnWidth(LogModel::RowsColumn, 64);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setFrameShape(QFrame::NoFrame);

    auto *copy = new QAction(tr("Copy Statements"), this);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(copy);

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 6, 8, 6);
    bar->addWidget(filter_, 1);
    bar->addStretch(1);
    bar->addWidget(clear);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(view_, 1);

    connect(filter_, &QLineEdit::textChanged, filtered_, &QSortFilterProxyModel::setFilterFixedString);
    connect(clear, &QToolButton::clicked, model_, &LogModel::clear);
    connect(copy, &QAction::triggered, this, &LogPanel::copySelected);
    connect(view_, &QWidget::customContextMenuRequested, this, &LogPanel::showMenu);
    // The newest line is followed for as long as the user has not scrolled away from it.
    connect(filtered_, &QAbstractItemModel::rowsAboutToBeInserted, view_, [this] {
        const QScrollBar *scroll = view_->verticalScrollBar();
        view_->setProperty("follow", scroll->value() == scroll->maximum());
    });
    connect(filtered_, &QAbstractItemModel::rowsInserted, view_, [this] {
        if (view_->property("follow").toBool())
            QMetaObject::invokeMethod(view_, &QTableView::scrollToBottom, Qt::QueuedConnection);
    });
}

void LogPanel::copySelected()
{
    QStringList texts;
    for (const QModelIndex &row : view_->selectionModel()->selectedRows())
        texts << row.data(LogModel::EventTextRole).toString() + QLatin1Char(';');
    if (!texts.isEmpty())
        QGuiApplication::clipboard()->setText(texts.join(QLatin1Char('\n')));
}

void LogPanel::showMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(actions());
    menu->addSeparator();
    menu->addAction(tr("Clear"), model_, &LogModel::clear);
    menu->popup(view_->viewport()->mapToGlobal(position));
}

} // namespace schemawright::ui
