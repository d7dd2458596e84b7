#include "ui/panels/query_builder/query_rows_pane.h"

#include "schemawright/base/error.h"
#include "ui/adapt/text.h"
#include "ui/models/result_model.h"
#include "ui/widgets/cell_painter.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <set>

namespace schemawright::ui {

namespace {

constexpr std::size_t mostRows = 10'000;

/// What a run brings back.
struct Rows
{
    std::vector<ColumnHead> columns;
    std::vector<RowBatch> batches;
    bool isCut = false;
};

Rows fetch(Connection &connection, const Compiled &query, bool wantsAll)
{
    Result result = connection.execute(query);
    Rows rows;
    rows.columns = result.columns();
    std::size_t count = 0;
    for (RowBatch batch; result.fetch(batch); batch = RowBatch()) {
        if (!wantsAll && count >= mostRows) {
            rows.isCut = batch.rowCount() > 0;
            break;
        }
        count += batch.rowCount();
        rows.batches.push_back(std::move(batch));
    }
    return rows;
}

} // namespace

QueryRowsPane::QueryRowsPane(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), results_(new ResultModel(this))
{
    if (!workspace.engine().url().isMemory())
        lane_ = std::make_unique<Lane>(workspace.engine());
    view_ = new QTableView;
    view_->setObjectName(QStringLiteral("queryRows"));
    view_->setModel(results_);
    view_->setItemDelegate(new CellPainter(view_));
    view_->setFrameShape(QFrame::NoFrame);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->verticalHeader()->setDefaultSectionSize(26);
    view_->horizontalHeader()->setHighlightSections(false);
    view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    auto *copying = new QAction(tr("Copy"), view_);
    copying->setShortcut(QKeySequence::Copy);
    copying->setShortcutContext(Qt::WidgetShortcut);
    connect(copying, &QAction::triggered, this, &QueryRowsPane::copy);
    view_->addAction(copying);
    view_->setContextMenuPolicy(Qt::ActionsContextMenu);

    status_ = new QLabel(tr("Not run yet"));
    status_->setObjectName(QStringLiteral("queryStatus"));
    status_->setProperty("role", QStringLiteral("muted"));
    status_->setWordWrap(true);
    status_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    all_ = new QPushButton(tr("Show All Rows"));
    all_->setObjectName(QStringLiteral("queryAllRows"));
    all_->setToolTip(tr("Run the query again and keep every row"));
    all_->hide();
    connect(all_, &QPushButton::clicked, this, [this] { run(last_, true); });
    auto *line = new QHBoxLayout;
    line->setContentsMargins(8, 4, 8, 4);
    line->addWidget(status_, 1);
    line->addWidget(all_);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(view_, 1);
    column->addLayout(line);
}

QueryRowsPane::~QueryRowsPane() { job_.abandon(); }

void QueryRowsPane::say(const QString &text) { status_->setText(text); }

void QueryRowsPane::run(const Compiled &query, bool wantsAll)
{
    if (isRunning())
        return;
    last_ = query;
    all_->hide();
    Lane &lane = lane_ ? *lane_ : workspace_.lane();
    const auto started = std::chrono::steady_clock::now();
    job_ = lane.run(
        this, tr("Running the query"),
        [query, wantsAll](Connection &connection, const std::stop_token &) {
            return fetch(connection, query, wantsAll);
        },
        [this, started](Rows rows) {
            results_->setColumns(rows.columns);
            for (RowBatch &batch : rows.batches)
                results_->addBatch(std::move(batch));
            view_->resizeColumnsToContents();
            for (int i = 0; i < results_->columnCount(); ++i)
                view_->setColumnWidth(i, std::clamp(view_->columnWidth(i) + 16, 80, 320));
            const auto took =
                std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
            const QString count = grouped(results_->rowCount());
            say(rows.isCut ? tr("The first %1 rows, in %2 ms. There are more.").arg(count).arg(took.count())
                : results_->rowCount() == 1 ? tr("1 row, in %1 ms").arg(took.count())
                                            : tr("%1 rows, in %2 ms").arg(count).arg(took.count()));
            all_->setVisible(rows.isCut);
            Q_EMIT runningChanged();
        },
        [this](const Error &error) {
            say(error.kind == ErrorKind::Cancelled ? tr("Cancelled") : toQString(error.describe()));
            Q_EMIT runningChanged();
        });
    say(tr("Running…"));
    Q_EMIT runningChanged();
}

/// The selected cells as lines with tabs, for a sheet.
void QueryRowsPane::copy()
{
    std::set<int> rows, columns;
    for (const QModelIndex &index : view_->selectionModel()->selectedIndexes()) {
        rows.insert(index.row());
        columns.insert(index.column());
    }
    QStringList lines;
    for (const int row : rows) {
        QStringList fields;
        for (const int column : columns) {
            const bool isWanted = view_->selectionModel()->isSelected(results_->index(row, column));
            const Value value = isWanted ? results_->value(row, column) : Value();
            QString text =
                value.is<Bytes>() ? QStringLiteral("\\x") + toQString(value.text()) : toQString(value.text());
            if (text.contains(u'\t') || text.contains(u'\n') || text.contains(u'"'))
                text = u'"' + text.replace(u'"', QStringLiteral("\"\"")) + u'"';
            fields << (value.isNull() ? QString() : text);
        }
        lines << fields.join(u'\t');
    }
    if (!lines.isEmpty())
        QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

} // namespace schemawright::ui
