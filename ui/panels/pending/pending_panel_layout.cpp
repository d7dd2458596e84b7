#include "ui/panels/pending/pending_panel.h"

#include "ui/models/changes_model.h"
#include "ui/panels/pending/change_detail.h"
#include "ui/theme/theme.h"

#include <QAction>
#include <QButtonGroup>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>
#include <QTreeView>

// What the panel is made of: its list, its bar, the question and the report beneath it.

namespace schemawright::ui {

namespace {

QToolButton *iconButton(const char *icon, const QString &tip, const char *name)
{
    auto *made = new QToolButton;
    made->setObjectName(QLatin1String(name));
    made->setToolTip(tip);
    made->setIconSize({16, 16});
    const auto paint = [made, icon] { made->setIcon(theme().icon(QLatin1String(icon))); };
    paint();
    QObject::connect(&theme(), &Theme::changed, made, paint);
    return made;
}

} // namespace

void PendingPanel::makeList()
{
    view_->setObjectName(QStringLiteral("changes"));
    view_->setModel(model_);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setUniformRowHeights(true);
    view_->setAllColumnsShowFocus(true);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->setExpandsOnDoubleClick(false);
    view_->setTextElideMode(Qt::ElideRight);
    view_->header()->setStretchLastSection(true);
    view_->header()->resizeSection(ChangesModel::WhatColumn, 200);
    view_->header()->resizeSection(ChangesModel::BeforeColumn, 120);
    view_->header()->resizeSection(ChangesModel::AfterColumn, 140);
    view_->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view_->header()->setResizeContentsPrecision(0); // by what is seen
    view_->setColumnHidden(ChangesModel::ResultColumn, true);
    connect(view_->header(), &QHeaderView::sectionResized, this, [this] {
        isPulled_ = isPulled_ || (QGuiApplication::mouseButtons() & Qt::LeftButton && view_->header()->underMouse());
    });
    auto *revertKey = new QAction(tr("Revert This Change"), view_);
    revertKey->setShortcut(QKeySequence(Qt::Key_Delete));
    revertKey->setShortcutContext(Qt::WidgetShortcut);
    view_->addAction(revertKey);
    connect(revertKey, &QAction::triggered, this, [this] { revert({selectedId()}); });
    connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this, &PendingPanel::showSelected);
    connect(view_, &QWidget::customContextMenuRequested, this, &PendingPanel::showMenu);
    connect(view_, &QTreeView::activated, this, &PendingPanel::goToRow);
    const auto remember = [this](const QModelIndex &index, bool isOpen) {
        const auto kind = static_cast<ChangesModel::Kind>(index.data(ChangesModel::KindRole).toInt());
        if (kind == ChangesModel::Kind::Table || kind == ChangesModel::Kind::Range)
            expanded_[pathOf(index)] = isOpen;
    };
    connect(view_, &QTreeView::expanded, this, [remember](const QModelIndex &index) { remember(index, true); });
    connect(view_, &QTreeView::collapsed, this, [remember](const QModelIndex &index) { remember(index, false); });
}

QWidget *PendingPanel::makeBar()
{
    byTable_ = new QToolButton;
    byTable_->setText(tr("By Table"));
    byTable_->setObjectName(QStringLiteral("byTable"));
    inOrder_ = new QToolButton;
    inOrder_->setText(tr("In Order"));
    inOrder_->setObjectName(QStringLiteral("inOrder"));
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
        takeChanges();
    });

    undo_ = iconButton("undo", tr("Undo"), "undoSteps");
    redo_ = iconButton("redo", tr("Redo"), "redoSteps");
    for (QToolButton *each : {undo_, redo_}) {
        auto *menu = new QMenu(each);
        each->setMenu(menu);
        each->setPopupMode(QToolButton::MenuButtonPopup);
        const bool isUndo = each == undo_;
        connect(menu, &QMenu::aboutToShow, this, [this, menu, isUndo] { fillSteps(menu, isUndo); });
        connect(each, &QToolButton::clicked, this, [this, isUndo] {
            UnitOfWork &unit = workspace_.session().unitOfWork();
            isUndo ? unit.undo() : unit.redo();
        });
    }
    revert_ = iconButton("revert", tr("Revert the chosen change (Delete)"), "revertChange");
    connect(revert_, &QToolButton::clicked, this, [this] { revert({selectedId()}); });
    script_ = iconButton("save", tr("Save as Script…"), "saveScript");
    connect(script_, &QToolButton::clicked, this, [this] { saveScript(ScriptScope::All); });
    cancelPlan_ = new QToolButton;
    cancelPlan_->setText(tr("Cancel"));
    cancelPlan_->setObjectName(QStringLiteral("cancelPlan"));
    cancelPlan_->setToolTip(tr("Stop working out the order; the edits stay"));
    cancelPlan_->hide();
    connect(cancelPlan_, &QToolButton::clicked, &plans_, &PlanMaker::cancel);

    summary_->setObjectName(QStringLiteral("pendingSummary"));
    summary_->setProperty("role", QStringLiteral("muted"));
    summary_->setMinimumWidth(40);
    discard_ = iconButton("discard", tr("Discard All"), "discardAll");
    rehearse_ = new QPushButton(tr("Rehearse"));
    commit_ = new QPushButton(tr("Commit"));
    commit_->setProperty("primary", true);
    rehearse_->setObjectName(QStringLiteral("rehearse"));
    commit_->setObjectName(QStringLiteral("commit"));
    connect(discard_, &QToolButton::clicked, this, [this] { workspace_.session().unitOfWork().discardAll(); });
    connect(rehearse_, &QPushButton::clicked, this, [this] { workspace_.run(RunMode::Rehearse); });
    connect(commit_, &QPushButton::clicked, this, [this] { workspace_.run(RunMode::Commit); });

    auto *bar = new QWidget;
    auto *layout = new QHBoxLayout(bar);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(4);
    layout->addWidget(byTable_);
    layout->addWidget(inOrder_);
    layout->addSpacing(6);
    for (QToolButton *each : {undo_, redo_, revert_})
        layout->addWidget(each);
    layout->addSpacing(6);
    layout->addWidget(summary_, 1);
    layout->addWidget(cancelPlan_);
    layout->addWidget(script_);
    layout->addSpacing(4);
    layout->addWidget(discard_);
    layout->addWidget(rehearse_);
    layout->addWidget(commit_);
    return bar;
}

/// Asked in place: nothing stands in the way of looking at what it is about.
QWidget *PendingPanel::makeQuestion()
{
    questionText_->setObjectName(QStringLiteral("revertQuestion"));
    questionText_->setWordWrap(true);
    questionText_->setTextFormat(Qt::PlainText);
    setSeverity(questionText_, "warning");
    revertAll_ = new QPushButton;
    revertAll_->setObjectName(QStringLiteral("revertAll"));
    auto *stay = new QPushButton(tr("Cancel"));
    stay->setObjectName(QStringLiteral("revertCancel"));
    auto *box = new QWidget;
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins(8, 0, 8, 6);
    layout->addWidget(questionText_, 1);
    layout->addWidget(revertAll_);
    layout->addWidget(stay);
    connect(stay, &QPushButton::clicked, box, &QWidget::hide);
    connect(revertAll_, &QPushButton::clicked, this, &PendingPanel::revertAsked);
    box->hide();
    return box;
}

/// Where a commit cannot change tables, and some are changed.
QWidget *PendingPanel::makeScriptOnly()
{
    scriptOnlyText_ = new QLabel;
    scriptOnlyText_->setObjectName(QStringLiteral("scriptOnly"));
    scriptOnlyText_->setWordWrap(true);
    scriptOnlyText_->setTextFormat(Qt::PlainText);
    setSeverity(scriptOnlyText_, "info");
    auto *save = new QPushButton(tr("Save Table Changes…"));
    save->setObjectName(QStringLiteral("saveTables"));
    save->setToolTip(tr("Save the changes of tables as a script, without those of rows"));
    revertTables_ = new QPushButton(tr("Revert Table Changes"));
    revertTables_->setObjectName(QStringLiteral("revertTables"));
    revertTables_->setToolTip(tr("Take the changes of tables off the list; Undo brings them back"));
    connect(save, &QPushButton::clicked, this, [this] { saveScript(ScriptScope::Tables); });
    connect(revertTables_, &QPushButton::clicked, this, [this] {
        std::vector<ChangeId> ids;
        for (const Change *change : workspace_.scriptOnlyChanges())
            ids.push_back(change->id);
        revert(ids);
    });
    auto *box = new QWidget;
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins(8, 0, 8, 6);
    layout->addWidget(scriptOnlyText_, 1);
    layout->addWidget(save);
    layout->addWidget(revertTables_);
    box->hide();
    return box;
}

QWidget *PendingPanel::makeReport()
{
    report_->setObjectName(QStringLiteral("runReport"));
    report_->setWordWrap(true);
    setSeverity(report_, "info");
    report_->setTextFormat(Qt::PlainText);
    report_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    nextProblem_ = new QToolButton;
    nextProblem_->setText(tr("Next Problem"));
    nextProblem_->setObjectName(QStringLiteral("nextProblem"));
    nextProblem_->setShortcut(QKeySequence(Qt::Key_F8));
    nextProblem_->setToolTip(tr("Go to the next change that failed (F8)"));
    connect(nextProblem_, &QToolButton::clicked, this, &PendingPanel::goToProblem);
    lookAgain_ = new QToolButton;
    lookAgain_->setText(tr("Look Again"));
    lookAgain_->setObjectName(QStringLiteral("lookAgain"));
    lookAgain_->setToolTip(tr("Ask the database once more whether the commit happened"));
    lookAgain_->hide();
    connect(lookAgain_, &QToolButton::clicked, &workspace_, &Workspace::lookAgain);
    closeReport_ = iconButton("close", tr("Close"), "closeReport");
    auto *box = new QWidget;
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins(8, 0, 8, 6);
    layout->addWidget(report_, 1);
    layout->addWidget(nextProblem_);
    layout->addWidget(lookAgain_);
    layout->addWidget(closeReport_);
    connect(closeReport_, &QToolButton::clicked, box, &QWidget::hide);
    box->hide();
    return box;
}

} // namespace schemawright::ui
