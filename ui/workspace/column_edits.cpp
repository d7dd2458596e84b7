#include "ui/workspace/column_edits.h"

#include "schemawright/schema/dependants.h"
#include "ui/adapt/text.h"
#include "ui/workspace/workspace.h"

#include <QStringList>

namespace schemawright::ui {

namespace {

QString tr(const char *text) { return Workspace::tr(text); }

QString listed(const std::vector<std::string> &names)
{
    QStringList all;
    for (const std::string &name : names)
        all << toQString(name);
    return all.join(QStringLiteral(", "));
}

QString sentence(const QStringList &parts)
{
    if (parts.isEmpty())
        return {};
    QString text = parts.join(QStringLiteral(", "));
    text[0] = text[0].toUpper();
    return text + u'.';
}

} // namespace

QString whatDepends(const MetaData &draft, const QualifiedName &table, const std::string &column)
{
    QStringList all;
    for (const Dependant &each : dependantsOf(draft, table, column)) {
        if (!each.isCertain)
            continue;
        const QString name = toQString(each.table.name);
        switch (each.kind) {
        case Dependant::Kind::View:
            all << tr("the view %1 reads it").arg(name);
            break;
        case Dependant::Kind::Trigger:
            all << tr("the trigger %1 on %2 names it").arg(toQString(each.name), name);
            break;
        case Dependant::Kind::ForeignKey:
            all << tr("the foreign key of %1 (%2) refers to it")
                       .arg(name, listed(draft.table(each.table)->foreignKeys[each.at].columns));
            break;
        case Dependant::Kind::Generated:
            all << tr("the column %1 is generated from it").arg(toQString(each.name));
            break;
        }
    }
    return sentence(all);
}

QString whatRefers(const MetaData &draft, const Table &after)
{
    QStringList all;
    for (const Dependant &each : keysLeftWithout(draft, after)) {
        if (each.kind == Dependant::Kind::View) {
            all << tr("the view %1 needs it").arg(toQString(each.table.name));
            continue;
        }
        const Table &owner = each.table == after.name ? after : *draft.table(each.table);
        all << tr("the foreign key of %1 (%2) refers to it")
                   .arg(toQString(each.table.name), listed(owner.foreignKeys[each.at].columns));
    }
    return sentence(all);
}

QString eraseColumn(Table &table, std::size_t at, const MetaData &draft)
{
    const std::string name = table.columns[at].name;
    if (table.columns.size() == 1)
        return tr("A table keeps at least one column; drop the whole table instead.");
    if (const QString why = whatDepends(draft, table.name, name); !why.isEmpty())
        return why;
    table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(at));
    leaveWithColumn(table, name);
    return {};
}

QString renameColumn(Table &table, std::size_t at, const QString &name)
{
    if (name.isEmpty())
        return tr("A column needs a name.");
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (i != at && table.columns[i].name == name.toStdString())
            return tr("There is a column named %1 already.").arg(name);
    table.columns[at].name = name.toStdString();
    return {};
}

std::string freeColumnName(const Table &table)
{
    std::string name = "column";
    for (int number = 2; table.column(name); ++number)
        name = "column_" + std::to_string(number);
    return name;
}

} // namespace schemawright::ui
