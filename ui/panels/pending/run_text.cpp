#include "ui/panels/pending/run_text.h"

#include "ui/adapt/text.h"
#include "ui/models/changes_model.h"

#include <QCoreApplication>
#include <QStringList>

#include <optional>
#include <set>
#include <unordered_set>

namespace schemawright::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("PendingPanel", text); }

QString durationText(std::chrono::microseconds duration)
{
    return tr("%1 ms").arg(static_cast<double>(duration.count()) / 1000, 0, 'f', 1);
}

QString countedText(std::int64_t count, const char *one, const char *many)
{
    return count == 1 ? tr(one) : tr(many).arg(grouped(count));
}

QString whereText(const std::set<QualifiedName> &tables)
{
    return tables.size() == 1 ? toQString(tables.begin()->name) : tr("%1 tables").arg(tables.size());
}

QString doubtText(DoubtOutcome outcome, const QString &why)
{
    const QString lost = tr("The connection was lost in the commit. ");
    switch (outcome) {
    case DoubtOutcome::Committed:
        return lost + tr("The database was asked: everything was written.");
    case DoubtOutcome::NotCommitted:
        return lost + tr("The database was asked: nothing was written. All edits are still pending.");
    case DoubtOutcome::Unclear:
        break;
    }
    return lost + tr("Whether it was written is unclear. All edits are still pending: look again before you commit "
                     "them a second time.\n%1")
                      .arg(why);
}

} // namespace

QString countText(const UnitOfWork &unit)
{
    int inserts = 0, updates = 0, deletes = 0, structures = 0, models = 0;
    std::set<QualifiedName> where;
    for (const Change *change : unit.changes()) {
        ++(change->isTable() || change->isObject() ? structures
           : change->isMapping()                   ? models
           : change->isInsert()                    ? inserts
           : change->isDelete()                    ? deletes
                                                   : updates);
        where.insert(change->table());
    }
    QStringList parts;
    const auto add = [&](int count, const char *text) {
        if (count)
            parts << tr(text).arg(grouped(count));
    };
    add(inserts, "%1 new");
    add(updates, "%1 changed");
    add(deletes, "%1 deleted");
    add(structures, "%1 structure");
    add(models, "%1 model");
    return tr("%1 in %2").arg(parts.join(QStringLiteral(", ")), whereText(where));
}

QString runText(const Report &report, const std::optional<DoubtOutcome> &doubt)
{
    std::int64_t affected = 0;
    std::unordered_set<ChangeId> failed;
    bool isFailed = false;
    for (const StepReport &step : report.steps) {
        affected += std::max<std::int64_t>(step.rows, 0);
        isFailed = isFailed || step.error;
        if (step.error && step.change != ChangeId::None)
            failed.insert(step.change);
    }
    const QString statements =
        countedText(static_cast<std::int64_t>(report.steps.size()), "1 statement", "%1 statements");
    const QString rows = countedText(affected, "1 row", "%1 rows");
    const QString why = report.error ? toQString(report.error->describe()) : QString();
    if (doubt)
        return doubtText(*doubt, why);
    if (report.committed) {
        const QString done = tr("Committed: %1, %2, %3.").arg(statements, rows, durationText(report.duration));
        return report.error ? done + u'\n' + why : done;
    }
    if (report.error && report.error->kind == ErrorKind::Cancelled)
        return tr("Nothing was written: cancelled. Everything is still pending.");
    if (report.mode == RunMode::Rehearse && report.isClean())
        return tr("Rehearsed: %1, %2, %3. It works; everything was rolled back and is still pending.")
            .arg(statements, rows, durationText(report.duration));
    if (report.mode == RunMode::Rehearse && !failed.empty()) {
        std::unordered_set<ChangeId> all;
        for (const StepReport &step : report.steps)
            if (step.change != ChangeId::None)
                all.insert(step.change);
        return tr("Rehearsed: %1 of %2 changes failed. Each is marked; nothing was written.")
            .arg(grouped(static_cast<std::int64_t>(failed.size())), grouped(static_cast<std::int64_t>(all.size())));
    }
    if (report.mode == RunMode::Rehearse)
        return tr("Rehearsed: it does not work; nothing was written.\n%1").arg(why);
    if (report.error && report.error->kind == ErrorKind::Conflict && isFailed) // the change says the rest in place
        return tr("Nothing was written: something was changed or removed meanwhile. Everything is still pending.");
    return tr("Nothing was written; everything is still pending.\n%1").arg(why);
}

QString stepText(const std::vector<ChangeTarget> &targets)
{
    constexpr std::size_t most = 1000; // more is not worth looking through
    if (targets.size() > most)
        return tr("more than %1 edits").arg(grouped(static_cast<std::int64_t>(most)));
    std::set<QualifiedName> tables;
    QString only;
    std::set<QString> things;
    for (const ChangeTarget &target : targets) {
        Change change;
        change.target = target;
        tables.insert(change.table());
        things.insert(only = rowTitle(change));
    }
    return things.size() == 1 ? only
                              : tr("%1 edits in %2").arg(grouped(static_cast<int>(things.size())), whereText(tables));
}

} // namespace schemawright::ui
