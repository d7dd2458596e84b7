#include "ui/panels/pending/pending_panel.h"

#include "ui/adapt/text.h"
#include "ui/async/background.h"
#include "ui/models/changes_model.h"
#include "ui/models/dependent_changes.h"
#include "ui/panels/pending/change_detail.h"
#include "ui/panels/pending/run_text.h"
#include "ui/theme/theme.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QSplitter>
#include <QStackedWidget>
#include <QStyle>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace schemawright::ui {

namespace {

constexpr std::size_t readAtOnce = 200; // changes that are shown open

struct Saved
{
    std::size_t bytes = 0;
    std::optional<Error> error;
};

/// What each wants where there is room for all, else what is fair: who wants less than that leaves the rest to others.
std::vector<int> sharedWidths(const std::vector<int> &wanted, int room)
{
    constexpr int least = 90;
    std::vector<int> widths(wanted.size(), 0);
    auto left = static_cast<int>(wanted.size());
    for (bool isSettled = false; !isSettled;) {
        isSettled = true;
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (widths[i] == 0 && std::max(wanted[i], least) * left <= room) {
                widths[i] = std::max(wanted[i], least);
                room -= widths[i];
                --left;
                isSettled = false;
            }
    }
    for (int &width : widths)
        if (width == 0)
            width = std::max(room / left, least);
        else if (left == 0) // room is left for all
            width += room / static_cast<int>(widths.size());
    return widths;
}

Saved savePlan(const QString &path, const PlanInput &input)
{
    try {
        const Plan plan = input.make();
        const std::string text = scriptText(*input.dialect, plan);
        QSaveFile file(path);
        const auto size = static_cast<qint64>(text.size());
        if (!file.open(QIODevice::WriteOnly) || file.write(text.data(), size) != size || !file.commit())
            throw Error(ErrorKind::Permission, file.errorString().toStdString());
        return {text.size(), std::nullopt};
    } catch (const Error &error) {
        return {0, error};
    }
}

} // namespace

PendingPanel::PendingPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), plans_(workspace.session()), model_(new ChangesModel(this)),
      pages_(new QStackedWidget), view_(new QTreeView), detail_(new ChangeDetail(workspace, plans_)),
      summary_(new QLabel), report_(new QLabel), questionText_(new QLabel)
{
    auto *empty = new QLabel(
        tr("Nothing is pending.\nEdits wait here until you commit them: see them, rehearse them, undo them."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setProperty("role", QStringLiteral("muted"));
    makeList();
    setFocusProxy(view_);

    split_ = new QSplitter(Qt::Horizontal);
    split_->setObjectName(QStringLiteral("pendingSplit"));
    split_->setChildrenCollapsible(false);
    split_->setHandleWidth(1);
    split_->addWidget(view_);
    split_->addWidget(detail_);
    split_->setStretchFactor(0, 3);
    split_->setStretchFactor(1, 2);
    pages_->addWidget(empty);
    pages_->addWidget(split_);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(makeBar());
    layout->addWidget(scriptOnly_ = makeScriptOnly());
    layout->addWidget(question_ = makeQuestion());
    layout->addWidget(reportBox_ = makeReport());
    layout->addWidget(pages_, 1);

    rebuildTimer_.setSingleShot(true);
    connect(&rebuildTimer_, &QTimer::timeout, this, &PendingPanel::rebuild);
    const auto later = [this] {
        showBar();
        if (!rebuildTimer_.isActive()) // once for many edits, and not at each keystroke when the list is long
            rebuildTimer_.start(workspace_.session().unitOfWork().size() > 2000 ? 300 : 0);
    };
    connect(&workspace, &Workspace::pendingChanged, this, later);
    connect(&workspace, &Workspace::metadataChanged, this, later);
    connect(&theme(), &Theme::changed, this, later);
    connect(detail_, &ChangeDetail::conflictClosed, view_, qOverload<>(&QWidget::setFocus));
    connect(&plans_, &PlanMaker::planned, this, &PendingPanel::takePlan);
    connect(&workspace, &Workspace::runStarted, this, [this](RunMode mode) {
        hasFailures_ = false;
        report_->setText(mode == RunMode::Commit ? tr("Committing…") : tr("Rehearsing…"));
        setSeverity(report_, "info");
        nextProblem_->hide();
        lookAgain_->hide();
        reportBox_->show();
        question_->hide();
    });
    connect(&workspace, &Workspace::runFinished, this, &PendingPanel::showReport);
    rebuild();
}

ChangeId PendingPanel::selectedId() const
{
    return static_cast<ChangeId>(
        view_->currentIndex().siblingAtColumn(0).data(ChangesModel::ChangeIdRole).toULongLong());
}

const Change *PendingPanel::selectedChange() const { return workspace_.session().unitOfWork().find(selectedId()); }

void PendingPanel::select(ChangeId id)
{
    const QModelIndex index = model_->indexOf(id);
    view_->setCurrentIndex(index);
    if (index.isValid())
        view_->scrollTo(index);
}

void PendingPanel::rebuild()
{
    plans_.make(); // takes the changes when they are planned; a long list is shown at once, and its order later
    if (!plans_.isPlanning())
        return;
    // The same list stands, and so does the last order until there is another.
    if (model_->arrangement() == ChangesModel::Arrangement::ByTable && !model_->setPlan(plans_.plan()))
        return takeChanges();
    pages_->setCurrentIndex(1);
    fitColumns();
    view_->viewport()->update();
    showBar();
    showTexts();
    showSelected();
}

void PendingPanel::takePlan()
{
    if (plans_.isReady() && plans_.plan().scriptProblem())
        nextProblem_->show();
    if (workspace_.session().unitOfWork().size() > readAtOnce && model_->setPlan(plans_.plan())) {
        view_->viewport()->update(); // the list stands; only what is wrong with it came
        showBar();
        showTexts();
        showSelected();
    } else
        takeChanges();
}

void PendingPanel::takeChanges()
{
    const UnitOfWork &unit = workspace_.session().unitOfWork();
    const ChangeId selected = selectedId();
    std::vector<ChangeId> open; // changes whose cells are looked at
    if (unit.size() <= readAtOnce)
        for (const Change *change : unit.changes())
            if (const QModelIndex index = model_->indexOf(change->id); index.isValid() && view_->isExpanded(index))
                open.push_back(change->id);
    model_->setChanges(workspace_.session(), plans_.plan(), plans_.order());
    if (unit.revision() != reportedRevision_ && model_->hasOutcomes())
        model_->setOutcomes({}); // of other edits than these
    // What went well is over with the next edit; what did not stands until it is mended.
    const bool isMended = hasFailures_ && !model_->nextProblem({}).isValid();
    if (unit.revision() != reportedRevision_ && (isMended || report_->property("severity") == QLatin1String("success")))
        reportBox_->hide();
    fitColumns();
    openParents({});
    for (const ChangeId id : open)
        view_->expand(model_->indexOf(id));
    if (const QModelIndex again = model_->indexOf(selected); again.isValid())
        view_->setCurrentIndex(again);
    pages_->setCurrentIndex(unit.isEmpty() ? 0 : 1);
    showBar();
    showTexts();
    showSelected();
}

/// Tables and ranges stand open as they were left; at first the tables of a short list, and the first range in order.
void PendingPanel::openParents(const QModelIndex &above)
{
    const std::size_t pending = workspace_.session().unitOfWork().size();
    for (int row = 0; row < model_->rowCount(above); ++row) {
        const QModelIndex index = model_->index(row, 0, above);
        const auto kind = static_cast<ChangesModel::Kind>(index.data(ChangesModel::KindRole).toInt());
        if (kind != ChangesModel::Kind::Table && kind != ChangesModel::Kind::Range)
            return;
        const auto known = expanded_.find(pathOf(index));
        const bool isOpen = known != expanded_.end()            ? known->second
                            : kind == ChangesModel::Kind::Table ? pending <= readAtOnce
                                                                : row == 0 && !above.isValid();
        const QSignalBlocker quiet(view_); // by us, not by hand
        view_->setExpanded(index, isOpen);
        if (isOpen && kind == ChangesModel::Kind::Table)
            openParents(index);
    }
}

/// What a table or range is remembered by.
QString PendingPanel::pathOf(const QModelIndex &index)
{
    return index.isValid() ? pathOf(index.parent()) + u'\n' + index.data().toString() : QString();
}

/// Shares the width among the columns by what stands in them, until one is pulled by hand: then when they come or go.
/// Beside a conflict the list only says where one is.
void PendingPanel::fitColumns()
{
    const int columns = isConflictShown_ ? 1 : model_->hasOutcomes() ? 4 : 3;
    for (const int each : {ChangesModel::BeforeColumn, ChangesModel::AfterColumn})
        view_->setColumnHidden(each, columns == 1);
    view_->setColumnHidden(ChangesModel::ResultColumn, columns < 4);
    if (model_->rowCount() == 0)
        return;
    if (std::exchange(fittedColumns_, columns) != columns)
        isPulled_ = false;
    if (isPulled_ || columns == 1)
        return;
    QTimer::singleShot(0, this, [this, columns] { // once the list has its room
        if (columns != fittedColumns_ || isPulled_)
            return;
        std::vector<int> wanted;
        for (int each = 0; each < columns; ++each)
            wanted.push_back(static_cast<const QAbstractItemView *>(view_)->sizeHintForColumn(each) + 12);
        const std::vector<int> widths = sharedWidths(wanted, view_->viewport()->width());
        for (int each = 0; each + 1 < columns; ++each) // the last has what is left
            view_->setColumnWidth(each, widths[static_cast<std::size_t>(each)]);
    });
}

void PendingPanel::showBar()
{
    const UnitOfWork &unit = workspace_.session().unitOfWork();
    cancelPlan_->setVisible(plans_.isPlanning());
    lookAgain_->setVisible(workspace_.canLookAgain());
    const bool canEdit = !unit.isEmpty() && !unit.isFrozen();
    for (QAbstractButton *each : {rehearse_, commit_})
        each->setEnabled(workspace_.canRun());
    const QString why = workspace_.whyNoRun();
    commit_->setToolTip(tipText(why));
    rehearse_->setToolTip(why.isEmpty() ? tr("Run everything, report, and roll back") : tipText(why));
    scriptOnly_->setVisible(!why.isEmpty());
    scriptOnlyText_->setText(why);
    revertTables_->setEnabled(canEdit);
    discard_->setEnabled(canEdit);
    script_->setEnabled(!unit.isEmpty());
    revert_->setEnabled(canEdit && selectedChange());
    undo_->setEnabled(unit.canUndo());
    redo_->setEnabled(unit.canRedo());
}

void PendingPanel::showTexts()
{
    const UnitOfWork &unit = workspace_.session().unitOfWork();
    const QString count = tr("%1 changes").arg(grouped(static_cast<std::int64_t>(unit.size())));
    QString text;
    if (plans_.isPlanning())
        text = tr("Planning %1…").arg(count);
    else if (!unit.isEmpty())
        text = unit.size() > 10 * readAtOnce ? count : countText(unit);
    summary_->setText(text);
    summary_->setToolTip(tipText(text));
    const auto next = [](const QString &verb, const auto &steps) {
        return steps.empty() ? verb : QStringLiteral("%1 %2").arg(verb, stepText(steps.front()));
    };
    undo_->setToolTip(next(tr("Undo"), unit.undoSteps(1)));
    redo_->setToolTip(next(tr("Redo"), unit.redoSteps(1)));
}

void PendingPanel::fillSteps(QMenu *menu, bool isUndo)
{
    menu->clear();
    UnitOfWork &unit = workspace_.session().unitOfWork();
    int count = 0;
    for (const auto &step : isUndo ? unit.undoSteps() : unit.redoSteps()) {
        QString text = stepText(step);
        menu->addAction(text.replace(u'&', QStringLiteral("&&")), this, [&unit, isUndo, steps = ++count] {
            for (int i = 0; i < steps; ++i)
                isUndo ? unit.undo() : unit.redo();
        });
    }
}

void PendingPanel::showSelected()
{
    const Change *change = selectedChange();
    const bool isConflict = detail_->showChange(change ? change->id : ChangeId::None);
    if (isConflict != isConflictShown_) {
        isConflictShown_ = isConflict;
        if (isConflict) {
            sizes_ = split_->sizes();
            split_->setSizes({split_->width() * 3 / 10, split_->width() * 7 / 10});
        } else
            split_->setSizes(sizes_);
        fitColumns();
    }
    revert_->setEnabled(change && !workspace_.session().unitOfWork().isFrozen());
}

void PendingPanel::showReport(RunMode, const Report &report)
{
    ChangesModel::Outcomes outcomes;
    const StepReport *failed = nullptr;
    int failures = 0;
    outcomes.reserve(report.committed ? 0 : report.steps.size());
    for (const StepReport &step : report.steps) {
        if (report.committed) // the changes are gone
            break;
        ChangeOutcome &outcome = outcomes[step.change];
        outcome.rows += std::max<std::int64_t>(step.rows, 0);
        outcome.duration += step.duration;
        if (step.error) {
            outcome.error = step.error;
            ++failures;
            failed = failed ? failed : &step;
        }
    }
    report_->setText(runText(report, workspace_.doubt()));
    setSeverity(report_, report.committed || report.isClean()               ? "success"
                         : workspace_.doubt() == DoubtOutcome::NotCommitted ? "warning"
                                                                            : "error");
    hasFailures_ = failures > 0;
    nextProblem_->setVisible(hasFailures_);
    reportBox_->show();
    model_->setOutcomes(std::move(outcomes));
    view_->viewport()->update();
    reportedRevision_ = workspace_.session().unitOfWork().revision();
    rebuildTimer_.stop();
    rebuild();
    if (failed)
        select(failed->change);
}

void PendingPanel::goToProblem()
{
    const QModelIndex index = model_->nextProblem(view_->currentIndex().siblingAtColumn(0));
    if (!index.isValid())
        return;
    view_->setCurrentIndex(index);
    view_->scrollTo(index);
    view_->setFocus();
}

void PendingPanel::revert(const std::vector<ChangeId> &ids)
{
    UnitOfWork &unit = workspace_.session().unitOfWork();
    if (unit.isFrozen() || !std::ranges::all_of(ids, [&](ChangeId id) { return unit.find(id); }))
        return;
    std::vector<ChangeId> dependants;
    for (const ChangeId id : ids)
        for (const ChangeId each : dependentChanges(workspace_.session(), id))
            if (std::ranges::find(ids, each) == ids.end() && std::ranges::find(dependants, each) == dependants.end())
                dependants.push_back(each);
    revertWanted_ = dependants;
    revertWanted_.insert(revertWanted_.end(), ids.begin(), ids.end());
    if (dependants.empty())
        return revertAsked();
    constexpr std::size_t named = 6;
    const auto listed = [&](const std::vector<ChangeId> &changes) {
        QStringList names;
        for (std::size_t i = 0; i < changes.size() && i < named; ++i)
            names << rowTitle(*unit.find(changes[i]));
        if (changes.size() > named)
            names << tr("%1 more").arg(changes.size() - named);
        return names.join(QStringLiteral(", "));
    };
    questionText_->setText(tr("On %1 depend: %2.").arg(listed(ids), listed(dependants)));
    revertAll_->setText(tr("Revert All %1").arg(revertWanted_.size()));
    question_->show();
}

void PendingPanel::revertAsked()
{
    question_->hide();
    UnitOfWork &unit = workspace_.session().unitOfWork();
    const UnitOfWork::Group group(unit);
    for (const ChangeId id : std::exchange(revertWanted_, {}))
        if (unit.find(id))
            unit.revert(id);
}

void PendingPanel::goToRow(const QModelIndex &index)
{
    view_->setCurrentIndex(index);
    const Change *change = selectedChange();
    if (!change)
        return;
    if (change->isRow())
        workspace_.showRow(change->row());
    else
        workspace_.showTable(workspace_.draftName(change->table()));
}

void PendingPanel::saveScript(ScriptScope scope)
{
    auto *dialog = new QFileDialog(this, scope == ScriptScope::All ? tr("Save as Script") : tr("Save Table Changes"));
    dialog->setObjectName(QStringLiteral("scriptDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("sql"));
    dialog->setNameFilters({tr("SQL scripts (*.sql)"), tr("All files (*)")});
    dialog->selectFile(scope == ScriptScope::All ? tr("changes.sql") : tr("table_changes.sql"));
    connect(dialog, &QFileDialog::fileSelected, this, [this, scope](const QString &path) { writeScript(path, scope); });
    dialog->open();
}

void PendingPanel::writeScript(const QString &path, ScriptScope scope)
{
    PlanInput input = PlanInput::of(workspace_.session());
    if (scope == ScriptScope::Tables)
        std::erase_if(input.changes, [](const ChangePtr &change) { return !change->isTable() && !change->isObject(); });
    runInBackground(
        this, [path, input = std::move(input)] { return savePlan(path, input); },
        [this, path](const Saved &saved) {
            report_->setText(saved.error ? tr("The script was not saved: %1").arg(toQString(saved.error->describe()))
                                         : tr("Saved as %1, %2.").arg(path, byteCount(saved.bytes)));
            setSeverity(report_, saved.error ? "error" : "success");
            nextProblem_->hide();
            reportBox_->show();
        });
}

void PendingPanel::showMenu(const QPoint &position)
{
    view_->setCurrentIndex(view_->indexAt(position));
    const Change *change = selectedChange();
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setObjectName(QStringLiteral("changeMenu"));
    if (change) {
        const auto canEdit = !workspace_.session().unitOfWork().isFrozen();
        menu->addAction(theme().icon(QStringLiteral("revert")), tr("Revert This Change"), this,
                        [this, id = change->id] { revert({id}); })
            ->setEnabled(canEdit);
        menu->addAction(theme().icon(QStringLiteral("table")), change->isRow() ? tr("Go to Row") : tr("Show Table"),
                        this, [this] { goToRow(view_->currentIndex()); });
        menu->addAction(theme().icon(QStringLiteral("copy")), tr("Copy SQL"), this,
                        [sql = detail_->sqlOf(change->id)] { QGuiApplication::clipboard()->setText(sql); });
        menu->addSeparator();
    }
    menu->addAction(tr("Copy All SQL"), this,
                    [this] { QGuiApplication::clipboard()->setText(detail_->sqlOf(ChangeId::None)); });
    menu->addAction(theme().icon(QStringLiteral("save")), tr("Save as Script…"), this,
                    [this] { saveScript(ScriptScope::All); })
        ->setEnabled(script_->isEnabled());
    menu->popup(view_->viewport()->mapToGlobal(position));
}

} // namespace schemawright::ui
