#include "ui/workspace/workspace.h"

#include "schemawright/backends/dialects.h"

#include "schemawright/engine/inspector.h"
#include "ui/async/background.h"
#include "ui/workspace/plan_maker.h"

namespace schemawright::ui {

namespace {

/// Of a plan that cannot be run: each problem on its change.
Report reportOf(const Plan &plan, RunMode mode)
{
    Report report;
    report.mode = mode;
    report.error = plan.problems.front().error;
    for (const PlanProblem &problem : plan.problems) {
        StepReport step;
        step.change = problem.change;
        step.error = problem.error;
        report.steps.push_back(std::move(step));
    }
    return report;
}

} // namespace

Workspace::Workspace(Engine engine, QObject *parent)
    : QObject(parent), engine_(std::move(engine)), lane_(std::make_unique<Lane>(engine_)),
      session_(std::make_unique<Session>(engine_.sharedDialect()))
{
    session_->unitOfWork().dispose = [](std::shared_ptr<void> what) { dropInBackground(std::move(what)); };
    uowSubscription_ = session_->unitOfWork().changed.subscribe([this] { takeEdit(); });
}

Workspace::~Workspace() = default;

void Workspace::keepMappingsIn(const std::filesystem::path &folder)
{
    mappingFile_ = std::make_unique<MappingFile>(folder, engine_.url().text());
    session_->setMappingStore(mappingFile_.get());
    try {
        mappingFile_->read();
    } catch (const Error &error) {
        notify(error);
    }
    session_->setMappings(mappingFile_->mappings());
}

const EntityMappings &Workspace::keptMappings() const noexcept
{
    static const EntityMappings none;
    return mappingFile_ ? mappingFile_->mappings() : none;
}

EntityMappings Workspace::mappings() const
{
    EntityMappings all = keptMappings();
    for (const Change *change : session_->unitOfWork().structureChanges())
        if (change->isMapping()) {
            if (change->mappingAfter)
                all[change->table()] = *change->mappingAfter;
            else
                all.erase(change->table());
        }
    return all;
}

void Workspace::setState(State state)
{
    state_ = state;
    Q_EMIT stateChanged();
}

void Workspace::open()
{
    openJob_.abandon();
    openError_.reset();
    setState(State::Opening);
    const auto failed = [this](const Error &error) {
        openError_ = error;
        setState(State::Failed);
    };
    openJob_ = lane_->run(
        this, tr("Opening the database"),
        [](Connection &connection, std::stop_token) { return Inspector(connection).names(); },
        [this, failed](MetaData names) {
            session_->setDialect(engine_.sharedDialect());
            session_->setBaseline(std::move(names));
            setState(State::Open);
            Q_EMIT metadataChanged();
            readSchema();
        },
        failed);
}

void Workspace::refresh()
{
    if (state_ != State::Open)
        return open();
    readSchema();
    Q_EMIT rowsChanged();
}

void Workspace::readSchema()
{
    openJob_ = lane_->run(
        this, tr("Reading the schema"),
        [](Connection &connection, std::stop_token) { return Inspector(connection).reflect(); },
        [this](MetaData metadata) {
            tellErrors(metadata.errors);
            session_->setBaseline(std::move(metadata));
            if (!session_->unitOfWork().isFrozen())
                session_->rebaseStructure();
            isSchemaRead_ = true;
            Q_EMIT metadataChanged();
        },
        [this](const Error &error) { notify(error); });
}

/// In one message, as one would hide the other. Each stands beside its object as well.
void Workspace::tellErrors(const std::vector<Remark> &errors)
{
    QStringList lines;
    for (const Remark &error : errors)
        lines << QStringLiteral("%1: %2").arg(QString::fromStdString(error.object), QString::fromStdString(error.what));
    if (errors.size() == 1)
        notify({Notice::Severity::Warning,
                tr("%1 could not be read").arg(QString::fromStdString(errors.front().object)),
                QString::fromStdString(errors.front().what)});
    else if (!errors.empty())
        notify({Notice::Severity::Warning, tr("%1 objects could not be read").arg(errors.size()), lines.join(u'\n')});
}

QualifiedName Workspace::firstName(const QualifiedName &draftName) const
{
    for (const auto &[first, now] : session_->draft().tableNames)
        if (now == draftName)
            return first;
    return draftName;
}

QualifiedName Workspace::draftName(const QualifiedName &firstName) const
{
    const auto &names = session_->draft().tableNames;
    const auto now = names.find(firstName);
    return now == names.end() || now->second.name.empty() ? firstName : now->second;
}

void Workspace::takeEdit()
{
    if (settling_)
        return;
    bool isOther = false;
    if (currentFirst_) {
        const QualifiedName name = draftName(*currentFirst_);
        isOther = name != *currentTable_;
        currentTable_ = name;
    }
    Q_EMIT pendingChanged();
    if (isOther)
        Q_EMIT currentTableChanged();
}

void Workspace::setCurrentTable(const std::optional<QualifiedName> &table)
{
    if (currentTable_ == table)
        return;
    currentTable_ = table;
    currentFirst_ = table ? std::optional(firstName(*table)) : std::nullopt;
    Q_EMIT currentTableChanged();
}

void Workspace::showTable(const QualifiedName &table, const QString &filter)
{
    setCurrentTable(table);
    Q_EMIT tableRequested(table, filter);
}

void Workspace::showRow(const RowTarget &row)
{
    setCurrentTable(draftName(row.table));
    Q_EMIT rowRequested(row);
}

void Workspace::notify(Notice notice) { Q_EMIT noticed(notice); }

void Workspace::notify(const Error &error)
{
    if (error.kind == ErrorKind::Cancelled)
        return notify({Notice::Severity::Info, tr("Cancelled"), {}});
    notify({Notice::Severity::Error, QString::fromStdString(error.message), QString::fromStdString(error.describe())});
}

std::vector<const Change *> Workspace::scriptOnlyChanges() const
{
    if (dialect().capabilities().transactionalDdl)
        return {};
    std::vector<const Change *> changes = session_->unitOfWork().structureChanges();
    std::erase_if(changes, [](const Change *change) { return !change->isTable() && !change->isObject(); });
    return changes;
}

bool Workspace::canRun() const
{
    const UnitOfWork &unit = session_->unitOfWork();
    return !running_ && !unit.isEmpty() && !unit.isFrozen() && scriptOnlyChanges().empty();
}

QString Workspace::whyNoRun() const
{
    const auto count = static_cast<int>(scriptOnlyChanges().size());
    const int others = static_cast<int>(session_->unitOfWork().size()) - count;
    if (count == 0)
        return {};
    const QString why =
        count == 1 ? tr("A change of a table is pending, which this database could not take back: it is saved as a "
                        "script, not committed.")
                   : tr("%1 changes of tables are pending, which this database could not take back: they are saved as "
                        "a script, not committed.")
                         .arg(count);
    if (others == 0)
        return why;
    const QString which = count == 1 ? tr("Save it, then revert it") : tr("Save them, then revert them");
    return QStringLiteral("%1 %2").arg(why, others == 1 ? tr("%1 to commit the other change.").arg(which)
                                                        : tr("%1 to commit the %2 others.").arg(which).arg(others));
}

void Workspace::run(RunMode mode)
{
    UnitOfWork &unit = session_->unitOfWork();
    if (!canRun())
        return;
    running_ = true;
    doubtOutcome_.reset();
    doubtful_.reset();
    unit.freeze();
    Q_EMIT runStarted(mode);
    const auto settle = [this](Report report) {
        if (report.inDoubt)
            resolveDoubt(report);
        else
            endRun(report);
        dropInBackground(std::move(report));
    };
    PlanInput input = PlanInput::of(*session_);
    runJob_ = lane_->run(
        this, mode == RunMode::Commit ? tr("Committing") : tr("Rehearsing"),
        // Planned there as well: a long list must not hold up the window.
        [input = std::move(input), mode](Connection &connection, std::stop_token stop) {
            const Plan plan = input.make(stop);
            return plan.isRunnable() ? runPlan(connection, plan, mode, stop) : reportOf(plan, mode);
        },
        settle, [settle, mode](const Error &error) { // the connection could not be opened, or was lost before BEGIN
            Report report;
            report.mode = mode;
            report.error = error;
            settle(report);
        });
}

void Workspace::settle(const Report &report)
{
    const Draft draft = session_->draft();
    const bool isStructure = report.committed && !draft.tableNames.empty();
    if (!isStructure) { // one signal for all errors that it marks
        settling_ = true;
        session_->settle(report);
        settling_ = false;
        return takeEdit();
    }
    // What was pending is the picture until the schema is read again, so nothing flickers back.
    settling_ = true;
    session_->settle(report);
    MetaData now = draft.after;
    for (const TablePtr &table : draft.after.tables())
        if (table->id != TableId::None) {
            Table plain = *table;
            plain.id = TableId::None;
            for (Column &column : plain.columns)
                column.id = ColumnId::None;
            now.add(std::move(plain));
        }
    session_->setBaseline(std::move(now));
    if (currentTable_)
        currentFirst_ = currentTable_;
    settling_ = false;
    Q_EMIT structureCommitted(draft.tableNames);
    Q_EMIT metadataChanged();
    Q_EMIT pendingChanged();
}

void Workspace::finishRun(const Report &report)
{
    const bool isStructure = report.committed && !session_->draft().tableNames.empty();
    settle(report);
    doubtRevision_ = session_->unitOfWork().revision();
    Q_EMIT runFinished(report.mode, report);
    if (!report.committed)
        return;
    if (isStructure)
        readSchema();
    Q_EMIT rowsChanged();
}

void Workspace::endRun(const Report &report)
{
    running_ = false;
    session_->unitOfWork().thaw();
    finishRun(report);
}

/// The list stays frozen until it is known what became of it, or that this cannot be known.
void Workspace::resolveDoubt(const Report &report)
{
    const auto finish = [this, report](DoubtOutcome outcome, const std::optional<Error> &why) {
        doubtOutcome_ = outcome;
        Report known = report;
        if (outcome == DoubtOutcome::Committed) {
            known.committed = true;
            known.error.reset();
        } else if (outcome == DoubtOutcome::Unclear) {
            doubtful_ = report;
            if (why)
                known.error = why;
        }
        endRun(known);
    };
    runJob_ = lane_->run(
        this, tr("Finding out whether the commit happened"),
        [shared = session_->unitOfWork().sharedChanges(), report,
         baseline = session_->baseline()](Connection &connection, std::stop_token stop) {
            std::vector<Change> changes;
            for (const ChangePtr &change : shared)
                changes.push_back(*change);
            return resolveInDoubt(connection, baseline, changes, report, stop);
        },
        [finish](DoubtOutcome outcome) { finish(outcome, std::nullopt); },
        [finish](const Error &error) { finish(DoubtOutcome::Unclear, error); });
}

bool Workspace::canLookAgain() const
{
    return doubtful_ && !running_ && doubtRevision_ == session_->unitOfWork().revision();
}

void Workspace::lookAgain()
{
    if (!canLookAgain())
        return;
    running_ = true;
    doubtOutcome_.reset();
    session_->unitOfWork().freeze();
    Q_EMIT runStarted(RunMode::Commit);
    resolveDoubt(*std::exchange(doubtful_, std::nullopt));
}

void Workspace::cancelRun() { runJob_.cancel(); }

const std::vector<const Dialect *> &Workspace::knownDialects() { return allDialects(); }

} // namespace schemawright::ui
