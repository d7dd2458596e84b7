#include "ui/panels/pending/run_text.h"

#include "ui/adapt/text.h"
#include "ui/models/changes_model.h"

#include <QCoreApplication>
#include <QStringList>

#include <set>

namespace schemawright::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("PendingPanel", text); }

QString durationText(std::chrono::microseconds duration)
{
    return tr("%1 ms").arg(static_cast<double>(duration.count()) / 1000, 0, 'f', 1);
}

QString whereText(const std::set<QualifiedName> &tables)
{
    return tables.size() == 1 ? toQString(tables.begin()->name) : tr("%1 tables").arg(tables.size());
}

} // namespace

QString countText(const UnitOfWork &unit)
{
    int inserts = 0, updates = 0, deletes = 0, tables = 0, models = 0;
    std::set<QualifiedName> where;
    for (const Change *change : unit.changes()) {
        ++(change->isTable()     ? tables
           : change->isMapping() ? models
           : change->isInsert()  ? inserts
           : change->isDelete()  ? deletes
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
    add(tables, "%1 structure");
    add(models, "%1 model");
    return tr("%1 in %2").arg(parts.join(QStringLiteral(", ")), whereText(where));
}

QString runText(const Report &report)
{
    std::int64_t rows = 0;
    int failures = 0;
    for (const StepReport &step : report.steps) {
        rows += std::max<std::int64_t>(step.rows, 0);
        failures += step.error ? 1 : 0;
    }
    const auto statements = static_cast<std::int64_t>(report.steps.size());
    const QString why = report.error ? toQString(report.error->describe()) : QString();
    if (report.committed && report.inDoubt)
        return tr(
            "The connection was lost in the commit. The rows were read again: it was committed, nothing is lost.");
    if (report.committed) {
        const QString done = tr("Committed: %1 statements, %2 rows, %3.")
                                 .arg(grouped(statements), grouped(rows), durationText(report.duration));
        return report.error ? done + u'\n' + why : done;
    }
    if (report.inDoubt)
        return tr("The connection was lost in the commit.\n%1").arg(why);
    if (report.mode == RunMode::Rehearse && report.isClean())
        return tr("Rehearsed: %1 statements, %2 rows, %3. It works; everything was rolled back and is still pending.")
            .arg(grouped(statements), grouped(rows), durationText(report.duration));
    if (report.mode == RunMode::Rehearse && failures > 0)
        return tr("Rehearsed: %1 of %2 statements failed. Each is marked; nothing was written.")
            .arg(grouped(failures), grouped(statements));
    if (report.error && report.error->kind == ErrorKind::Conflict && failures > 0) // the change says the rest in place
        return tr("Nothing was written: a row was changed or removed meanwhile. Everything is still pending.");
    return tr("Nothing was written; everything is still pending.\n%1").arg(why);
}

QString stepText(const std::vector<ChangeTarget> &targets)
{
    constexpr std::size_t most = 1000; // more is not worth looking through
    if (targets.size() > most)
        return tr("%1 edits").arg(grouped(static_cast<std::int64_t>(targets.size())));
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
