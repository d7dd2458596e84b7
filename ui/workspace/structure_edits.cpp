#include "ui/workspace/structure_edits.h"

#include "schemawright/schema/dependants.h"
#include "ui/adapt/text.h"
#include "ui/workspace/column_edits.h"
#include "ui/workspace/workspace.h"

#include <map>
#include <vector>

namespace schemawright::ui::structure {

namespace {

QString tr(const char *text) { return Workspace::tr(text); }

template <class Work> QString guarded(Workspace &workspace, Work work)
{
    if (workspace.isReadOnly())
        return tr("The database is open read-only.");
    try {
        return work();
    } catch (const Error &error) {
        QString text = toQString(error.message);
        if (!text.isEmpty())
            text[0] = text[0].toUpper();
        return error.hint.empty() ? text : text + u' ' + toQString(error.hint);
    }
}

QString whyNoName(Workspace &workspace, const QualifiedName &name)
{
    if (name.name.empty())
        return tr("A table needs a name.");
    if (workspace.session().draft().after.table(name))
        return tr("There is a table named %1 already.").arg(toQString(name.name));
    return {};
}

} // namespace

QString whyNot(const Workspace &workspace, const TablePtr &table)
{
    if (workspace.isReadOnly())
        return tr("The database is open read-only.");
    if (!table)
        return tr("There is no such table.");
    if (table->isView())
        return tr("The structure of a view is its query.");
    switch (table->kind) {
    case TableKind::Partitioned:
        return tr("A partitioned table and its partitions are changed by a script; rows can be edited here.");
    case TableKind::Partition:
        return tr(
            "A partition has the structure of its parent, which is changed by a script; rows can be edited here.");
    case TableKind::Foreign:
        return tr("A foreign table is changed where it is; only its rows can be edited here.");
    case TableKind::Virtual:
        return tr("A virtual table is what its module makes of it; only its rows can be edited here.");
    case TableKind::Shadow:
        return tr("A shadow table belongs to its virtual table, which writes it.");
    case TableKind::Table:
    case TableKind::View:
    case TableKind::MaterializedView:
        break;
    }
    return {};
}

QString edit(Workspace &workspace, const QualifiedName &table, const std::function<QString(Table &)> &change)
{
    return guarded(workspace, [&] {
        Table copy = workspace.session().editTable(table);
        if (const QString why = change(copy); !why.isEmpty())
            return why;
        workspace.session().putTable(std::move(copy));
        return QString();
    });
}

QString create(Workspace &workspace, const std::string &schema, QualifiedName &made)
{
    return guarded(workspace, [&] {
        const MetaData &draft = workspace.session().draft().after;
        Table table;
        table.name = {schema.empty() ? draft.defaultSchema : schema, "new_table"};
        for (int number = 2; draft.table(table.name); ++number)
            table.name.name = "new_table_" + std::to_string(number);
        Column id;
        id.name = "id";
        id.type = workspace.dialect().parseType(workspace.dialect().typeSql(types::integer()));
        id.nullable = false;
        if (workspace.dialect().capabilities().sequences) // where a key is not made by itself
            id.identity = Identity();
        else if (workspace.dialect().capabilities().insertedKey)
            id.autoincrement = true;
        table.columns.push_back(std::move(id));
        table.primaryKey.emplace().columns = {"id"};
        made = table.name;
        workspace.session().putTable(std::move(table));
        return QString();
    });
}

QString rename(Workspace &workspace, const QualifiedName &table, const QString &name)
{
    const QualifiedName wanted{table.schema, name.trimmed().toStdString()};
    if (wanted == table)
        return {};
    if (const QString why = whyNoName(workspace, wanted); !why.isEmpty())
        return why;
    return edit(workspace, table, [&](Table &copy) {
        copy.name = wanted;
        for (ForeignKey &key : copy.foreignKeys) // one that refers to itself goes on doing so
            if (key.referred == table)
                key.referred = wanted;
        return QString();
    });
}

QString drop(Workspace &workspace, const QualifiedName &table)
{
    return guarded(workspace, [&] {
        if (const QString why = dependantsText(workspace, table); !why.isEmpty())
            return why;
        workspace.session().dropTable(table);
        return QString();
    });
}

QString dependantsText(Workspace &workspace, const QualifiedName &table, const std::string &column)
{
    return whatDepends(workspace.session().draft().after, table, column);
}

QString dropWithDependants(Workspace &workspace, const QualifiedName &table, const std::string &column)
{
    return guarded(workspace, [&] {
        Session &session = workspace.session();
        const MetaData draft = session.draft().after;
        UnitOfWork::Group group(session.unitOfWork());
        for (const Dependant &each : dependantsOf(draft, table, column)) {
            const TablePtr owner = session.draft().after.table(each.table);
            if (!owner || !each.isCertain)
                continue;
            if (each.kind == Dependant::Kind::View) {
                session.dropTable(each.table);
                continue;
            }
            if (each.kind == Dependant::Kind::Generated) {
                if (const QString why = dropWithDependants(workspace, each.table, each.name); !why.isEmpty())
                    return why;
                continue;
            }
            Table copy = session.editTable(each.table);
            if (each.kind == Dependant::Kind::Trigger)
                std::erase_if(copy.triggers, [&](const Trigger &trigger) { return trigger.name == each.name; });
            else
                std::erase(copy.foreignKeys, draft.table(each.table)->foreignKeys[each.at]);
            session.putTable(std::move(copy));
        }
        if (column.empty()) {
            session.dropTable(table);
            return QString();
        }
        Table copy = session.editTable(table);
        const auto at = copy.columnIndex(column);
        if (!at)
            return QString(); // gone with what it was generated from
        if (const QString why = eraseColumn(copy, *at, session.draft().after); !why.isEmpty())
            return why;
        session.putTable(std::move(copy));
        return QString();
    });
}

QString editWithReferrers(Workspace &workspace, const QualifiedName &table,
                          const std::function<QString(Table &)> &change)
{
    return guarded(workspace, [&] {
        Session &session = workspace.session();
        const MetaData draft = session.draft().after;
        Table copy = session.editTable(table);
        if (const QString why = change(copy); !why.isEmpty())
            return why;
        std::map<QualifiedName, std::vector<std::size_t>> referrers;
        UnitOfWork::Group group(session.unitOfWork());
        for (const Dependant &each : keysLeftWithout(draft, copy))
            if (each.kind == Dependant::Kind::View)
                session.dropTable(each.table);
            else
                referrers[each.table].push_back(each.at);
        for (const auto &[name, places] : referrers) {
            Table other = name == copy.name ? copy : session.editTable(name);
            for (auto at = places.rbegin(); at != places.rend(); ++at)
                other.foreignKeys.erase(other.foreignKeys.begin() + static_cast<std::ptrdiff_t>(*at));
            if (name == copy.name)
                copy = std::move(other);
            else
                session.putTable(std::move(other));
        }
        session.putTable(std::move(copy));
        return QString();
    });
}

QString revert(Workspace &workspace, const QualifiedName &table)
{
    return guarded(workspace, [&] {
        UnitOfWork &unit = workspace.session().unitOfWork();
        for (const Change *change : unit.structureChanges())
            if (change->isTable() &&
                (change->tableAfter ? change->tableAfter->name == table : change->table() == table)) {
                unit.revert(change->id);
                return QString();
            }
        return tr("Nothing is pending on its structure.");
    });
}

} // namespace schemawright::ui::structure
