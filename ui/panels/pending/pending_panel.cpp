#include "ui/panels/pending/pending_panel.h"

#include "ui/adapt/text.h"
#include "ui/models/changes_model.h"
#include "ui/theme/theme.h"
#include "ui/widgets/sql_view.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <set>

namespace schemawright::ui {

namespace {

void setSeverity(QLabel *label, const char *severity)
{
    label->setProperty("severity", QLatin1String(severity));
    label->style()->unpolish(label);
    label->style()->polish(label);
}

QString countText(const UnitOfWork &unit)
{
    int inserts = 0, updates = 0, deletes = 0;
    std::set<QualifiedName> tables;
    for (const Change *change : unit.changes()) {
        ++(change->isInsert() ? inserts : change->isDelete() ? deletes : updates);
        tables.insert(change->table());
    }
    QStringList parts;
    if (inserts)
        parts << PendingPanel::tr("%1 new").arg(inserts);
    if (updates)
        parts << PendingPanel::tr("%1 changed").arg(updates);
    if (deletes)
        parts << PendingPanel::tr("%1 deleted").arg(deletes);
    const QString where = tables.size() == 1 ? toQString(tables.begin()->name) : PendingPanel::tr("%1 tables").arg(tables.size());
    return PendingPanel::tr("%1 in %2").arg(parts.join(QStringLiteral(", ")), where);
}

QString durationText(std::chrono::microseconds duration)
{
    return PendingPanel::tr("%1 ms").arg(static_cast<double>(duration.count()) / 1000, 0, 'f', 1);
}

} // namespace

PendingPanel::PendingPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), model_(new ChangesModel(this)), pages_(new QStackedWidget),
      view_(new QTreeView), sql_(new SqlView), summary_(new QLabel), report_(new QLabel), sqlTitle_(new QLabel),
      problem_(new QLabel)
{
    auto *empty = new QLabel(tr("Nothing is pending.\nEdits wait here until you commit them: see them, rehearse them, undo them."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setProperty("role", QStringLiteral("muted"));

    view_->setObjectName(QStringLiteral("changes"));
    view_->setModel(model_);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setUniformRowHeights(true);
    view_->setAllColumnsShowFocus(true);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setExpandsOnDoubleClick(false);
    view_->header()->setStretchLastSection(true);
    view_->header()->resizeSection(ChangesModel::WhatColumn, 200);
    view_->header()->resizeSection(ChangesModel::BeforeColumn, 150);
    view_->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);

    auto *split = new QSplitter(Qt::Horizontal);
    split->setObjectName(QStringLiteral("pendingSplit"));
    split->setChildrenCollapsible(false);
    split->setHandleWidth(1);
    split->addWidget(view_);
    split->addWidget(makeDetail());
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);

    report_->setObjectName(QStringLiteral("runReport"));
    report_->setWordWrap(true);
    report_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    report_->hide();
    pages_->addWidget(empty);
    pages_->addWidget(split);

    auto *reportRow = new QVBoxLayout;
    reportRow->setContentsMargins(8, 0, 8, 6);
    reportRow->addWidget(report_);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeBar());
    layout->addLayout(reportRow);
    layout->addWidget(pages_, 1);

    rebuildTimer_.setSingleShot(true);
    rebuildTimer_.setInterval(0); // once for many edits
    connect(&rebuildTimer_, &QTimer::timeout, this, &PendingPanel::rebuild);
    connect(&workspace, &Workspace::pendingChanged, &rebuildTimer_, qOverload<>(&QTimer::start));
    connect(&workspace, &Workspace::metadataChanged, &rebuildTimer_, qOverload<>(&QTimer::start));
    connect(&theme(), &Theme::changed, &rebuildTimer_, qOverload<>(&QTimer::start));
    connect(&workspace, &Workspace::runStarted, this, [this](RunMode mode) {
        report_->setText(mode == RunMode::Commit ? tr("Committing…") : tr("Rehearsing…"));
        setSeverity(report_, "info");
        report_->show();
    });
    connect(&workspace, &Workspace::runFinished, this, &PendingPanel::showReport);
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &PendingPanel::showSelected);
    connect(view_, &QWidget::customContextMenuRequested, this, &PendingPanel::showMenu);
    connect(view_, &QTreeView::activated, this, &PendingPanel::goToRow);
    rebuild();
}

QWidget *PendingPanel::makeBar()
{
    byTable_ = new QToolButton;
    byTable_->setText(tr("By Table"));
    inOrder_ = new QToolButton;
    inOrder_->setText(tr("In Order"));
    inOrder_->setToolTip(tr("In the order in which Commit runs them"));
    auto *group = new QButtonGroup(this);
    for (QToolButton *each : {byTable_, inOrder_}) {
        each->setCheckable(true);
        group->addButton(each);
    }
    byTable_->setChecked(true);
    connect(group, &QButtonGroup::buttonClicked, this, [this] {
        model_->setArrangement(inOrder_->isChecked() ? ChangesModel::Arrangement::InOrder
                                                     : ChangesModel::Arrangement::ByTable);
        rebuild();
    });

    summary_->setObjectName(QStringLiteral("pendingSummary"));
    summary_->setProperty("role", QStringLiteral("muted"));
    discard_ = new QPushButton(tr("Discard All"));
    rehearse_ = new QPushButton(tr("Rehearse"));
    rehearse_->setToolTip(tr("Run everything, report, and roll back"));
    commit_ = new QPushButton(tr("Commit"));
    commit_->setProperty("primary", true);
    discard_->setObjectName(QStringLiteral("discardAll"));
    rehearse_->setObjectName(QStringLiteral("rehearse"));
    commit_->setObjectName(QStringLiteral("commit"));
    connect(discard_, &QPushButton::clicked, this, [this] { workspace_.session().unitOfWork().discardAll(); });
    connect(rehearse_, &QPushButton::clicked, this, [this] { workspace_.run(RunMode::Rehearse); });
    connect(commit_, &QPushButton::clicked, this, [this] { workspace_.run(RunMode::Commit); });

    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(6);
    layout->addWidget(byTable_);
    layout->addWidget(inOrder_);
    layout->addSpacing(8);
    layout->addWidget(summary_, 1);
    layout->addWidget(discard_);
    layout->addWidget(rehearse_);
    layout->addWidget(commit_);
    return bar;
}

QWidget *PendingPanel::makeDetail()
{
    problem_->setObjectName(QStringLiteral("changeProblem"));
    problem_->setWordWrap(true);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setSeverity(problem_, "error");
    problem_->hide();

    conflictBar_ = new QWidget;
    auto *keep = new QPushButton(tr("Keep Mine"));
    keep->setToolTip(tr("Lay my edit over the row as it is now"));
    keep->setObjectName(QStringLiteral("keepMine"));
    auto *take = new QPushButton(tr("Take Theirs"));
    take->setToolTip(tr("Forget my edit of this row"));
    take->setObjectName(QStringLiteral("takeTheirs"));
    connect(keep, &QPushButton::clicked, this, [this] { resolve(true); });
    connect(take, &QPushButton::clicked, this, [this] { resolve(false); });
    auto *conflictLayout = new QHBoxLayout(conflictBar_);
    conflictLayout->setContentsMargins(0, 0, 0, 0);
    conflictLayout->addWidget(keep);
    conflictLayout->addWidget(take);
    conflictLayout->addStretch(1);
    conflictBar_->hide();

    sqlTitle_->setProperty("role", QStringLiteral("muted"));
    auto *copy = new QToolButton;
    copy->setText(tr("Copy"));
    copy->setToolTip(tr("Copy the SQL that is shown"));
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(sql_->sql()); });
    auto *title = new QHBoxLayout;
    title->addWidget(sqlTitle_, 1);
    title->addWidget(copy);
    sql_->setObjectName(QStringLiteral("pendingSql"));

    auto *detail = new QWidget;
    auto *layout = new QVBoxLayout(detail);
    layout->setContentsMargins(8, 0, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(problem_);
    layout->addWidget(conflictBar_);
    layout->addLayout(title);
    layout->addWidget(sql_, 1);
    return detail;
}

const Change *PendingPanel::selectedChange() const
{
    const auto id = static_cast<ChangeId>(view_->currentIndex().siblingAtColumn(0).data(ChangesModel::ChangeIdRole).toULongLong());
    return workspace_.session().unitOfWork().find(id);
}

void PendingPanel::rebuild()
{
    const Session &session = workspace_.session();
    const UnitOfWork &unit = session.unitOfWork();
    const Change *selected = selectedChange();
    const ChangeId id = selected ? selected->id : ChangeId::None;
    plan_ = session.plan();
    model_->setChanges(session, plan_);
    const int rows = model_->rowCount();
    // What a person can read at once is shown open.
    if (model_->arrangement() == ChangesModel::Arrangement::ByTable && unit.size() <= 200)
        for (int row = 0; row < rows; ++row)
            view_->expand(model_->index(row, 0));
    if (const QModelIndex again = model_->indexOf(id); again.isValid())
        view_->setCurrentIndex(again);
    pages_->setCurrentIndex(unit.isEmpty() ? 0 : 1);
    summary_->setText(unit.isEmpty() ? QString() : countText(unit));
    const bool canRun = !unit.isEmpty() && !unit.isFrozen();
    for (QPushButton *each : {discard_, rehearse_, commit_})
        each->setEnabled(canRun);
    showSelected();
}

QString PendingPanel::sqlOf(ChangeId id) const
{
    QStringList statements;
    for (const Step &step : plan_.steps)
        if (id == ChangeId::None || step.isAbout(id))
            statements << toQString(previewSql(workspace_.dialect(), step)) + u';';
    constexpr qsizetype longest = 2000; // more is a script to save, not to read
    if (statements.size() > longest) {
        const auto rest = statements.size() - longest;
        statements = statements.mid(0, longest);
        statements << tr("-- and %1 more").arg(rest);
    }
    return statements.join(u'\n');
}

void PendingPanel::showSelected()
{
    const Change *change = selectedChange();
    sqlTitle_->setText(change ? tr("SQL of this change") : tr("SQL of all changes, in order"));
    sql_->setSql(sqlOf(change ? change->id : ChangeId::None));
    const Error *error = change && change->error ? &*change->error : nullptr;
    if (!error && change)
        for (const PlanProblem &problem : plan_.problems)
            if (problem.change == change->id)
                error = &problem.error;
    problem_->setVisible(error != nullptr);
    if (error)
        problem_->setText(toQString(error->describe()));
    conflictBar_->setVisible(error && error->kind == ErrorKind::Conflict);
}

void PendingPanel::showReport(RunMode mode, const Report &report)
{
    std::int64_t rows = 0;
    int failures = 0;
    for (const StepReport &step : report.steps) {
        rows += std::max<std::int64_t>(step.rows, 0);
        failures += step.error ? 1 : 0;
    }
    const auto statements = report.steps.size();
    QString text;
    if (report.committed)
        text = tr("Committed: %1 statements, %2 rows, %3.").arg(statements).arg(rows).arg(durationText(report.duration));
    else if (mode == RunMode::Rehearse && report.isClean())
        text = tr("Rehearsed: %1 statements, %2 rows, %3. It works; everything was rolled back and is still pending.")
                   .arg(statements)
                   .arg(rows)
                   .arg(durationText(report.duration));
    else if (mode == RunMode::Rehearse && failures > 1)
        text = tr("Rehearsed: %1 of %2 statements failed. Nothing was written.").arg(failures).arg(statements);
    else {
        const QString why = report.error ? toQString(report.error->describe()) : QString();
        text = report.inDoubt ? why : tr("Nothing was written; everything is still pending.\n%1").arg(why);
    }
    report_->setText(text);
    setSeverity(report_, report.isClean() ? "success" : "error");
    report_->show();
    for (const StepReport &step : report.steps)
        if (step.error) {
            rebuild();
            view_->setCurrentIndex(model_->indexOf(step.change));
            view_->scrollTo(view_->currentIndex());
            break;
        }
}

void PendingPanel::resolve(bool keepMine)
{
    const Change *change = selectedChange();
    const TablePtr table = change && change->isRow() ? workspace_.metadata().table(change->table()) : nullptr;
    if (!table)
        return;
    const ChangeId id = change->id;
    if (!keepMine) {
        workspace_.session().unitOfWork().revert(id);
        Q_EMIT workspace_.rowsChanged();
        return;
    }
    RowImage key;
    for (const auto &[column, value] : change->row().key)
        key[column] = value;
    workspace_.lane().run(
        this, tr("Reading the row as it is now"),
        [table, key](Connection &connection, std::stop_token) { return readRow(connection, table, key); },
        [this, id](const std::optional<RowImage> &theirs) {
            workspace_.session().keepMine(id, theirs);
            Q_EMIT workspace_.rowsChanged();
        },
        [this](const Error &error) { workspace_.notify(error); });
}

void PendingPanel::goToRow(const QModelIndex &index)
{
    view_->setCurrentIndex(index);
    const Change *change = selectedChange();
    if (!change)
        return;
    workspace_.showTable(change->table());
}

void PendingPanel::showMenu(const QPoint &position)
{
    view_->setCurrentIndex(view_->indexAt(position));
    const Change *change = selectedChange();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (change) {
        menu->addAction(theme().icon(QStringLiteral("revert")), tr("Revert This Change"), this,
                        [this, id = change->id] { workspace_.session().unitOfWork().revert(id); });
        menu->addAction(theme().icon(QStringLiteral("table")), tr("Show Table"), this,
                        [this, table = change->table()] { workspace_.showTable(table); });
        menu->addAction(theme().icon(QStringLiteral("copy")), tr("Copy SQL"), this,
                        [sql = sqlOf(change->id)] { QGuiApplication::clipboard()->setText(sql); });
        menu->addSeparator();
    }
    menu->addAction(tr("Copy All SQL"), this,
                    [this] { QGuiApplication::clipboard()->setText(sqlOf(ChangeId::None)); });
    menu->popup(view_->viewport()->mapToGlobal(position));
}

} // namespace schemawright::ui
