#include "ui/models/change_text.h"

#include "schemawright/schema/metadata_diff.h"
#include "ui/adapt/text.h"

#include <QCoreApplication>
#include <QStringList>

#include <set>

namespace schemawright::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("ChangeText", text); }

QString cellOf(const std::optional<RowImage> &image, const std::string &column, int longest = 200)
{
    if (!image)
        return {};
    const auto cell = image->find(column);
    return cell == image->end() ? QString() : cellText(cell->second, longest).text;
}

/// The columns that the change names, in the order of the table; what the table lacks comes last.
std::vector<std::string> columnsOf(const Change &change, const Session &session)
{
    const RowImage &image = change.after ? *change.after : *change.before;
    std::vector<std::string> columns;
    std::set<std::string> seen;
    const TablePtr table = session.baseline().table(change.table());
    if (table)
        for (const Column &column : table->columns)
            if (image.contains(column.name) && seen.insert(column.name).second)
                columns.push_back(column.name);
    for (const auto &[column, cell] : image)
        if (seen.insert(column).second)
            columns.push_back(column);
    return columns;
}

/// The first few columns, each as `say` has it: "name, age, …".
template <class Say> QString firstOf(const std::vector<std::string> &columns, Say say)
{
    constexpr int shown = 4;
    QStringList parts;
    for (const std::string &column : columns) {
        if (parts.size() == shown) {
            parts << QString(QChar(0x2026));
            break;
        }
        parts << say(column);
    }
    return parts.join(QStringLiteral(", "));
}

/// "name: Ana, age: 5": the first few cells of a row.
QString firstCells(const RowImage &image, const std::vector<std::string> &columns)
{
    return firstOf(columns, [&](const std::string &column) {
        return QStringLiteral("%1: %2").arg(toQString(column), cellText(image.at(column), 40).text);
    });
}

std::vector<ChangeLine> tableLines(const Change &change, const Session &session)
{
    std::vector<ChangeLine> lines;
    const MetaData &baseline = session.baseline();
    if (!change.tableBefore || !change.tableAfter) {
        const bool isNew = change.tableAfter != nullptr;
        for (const Column &column : (isNew ? change.tableAfter : change.tableBefore)->columns) {
            const QString type = toQString(column.type.native);
            lines.push_back({toQString(column.name), isNew ? QString() : type, isNew ? type : QString()});
        }
        return lines;
    }
    const TableDiff diff =
        diffTables(change.tableBefore, change.tableAfter, DiffRules::of(baseline.dialect, baseline.defaultSchema));
    for (const DiffItem &item : diff.items) {
        QString subject = QString::fromLatin1(toString(item.subject));
        subject.replace(u'_', u' ');
        lines.push_back({QStringLiteral("%1 %2 %3")
                             .arg(QString::fromLatin1(toString(item.action)), subject, toQString(item.name))
                             .trimmed(),
                         toQString(item.from.value_or(item.action == DiffAction::Drop ? item.name : std::string())),
                         toQString(item.to.value_or(item.action == DiffAction::Add ? item.name : std::string()))});
    }
    return lines;
}

std::vector<ChangeLine> mappingLines(const Change &change)
{
    const EntityMapping before = change.mappingBefore.value_or(EntityMapping());
    const EntityMapping after = change.mappingAfter.value_or(EntityMapping());
    const auto shown = [](const std::string &name) { return name.empty() ? tr("(derived)") : toQString(name); };
    std::vector<ChangeLine> lines;
    if (before.className != after.className)
        lines.push_back({tr("class"), shown(before.className), shown(after.className)});
    const auto compare = [&](const QString &kind, const std::map<std::string, std::string> &was,
                             const std::map<std::string, std::string> &now) {
        std::set<std::string> names;
        for (const auto *each : {&was, &now})
            for (const auto &[name, value] : *each)
                names.insert(name);
        for (const std::string &name : names) {
            const auto of = [&](const auto &all) {
                const auto found = all.find(name);
                return found == all.end() ? name : found->second;
            };
            if (of(was) != of(now))
                lines.push_back({kind + u' ' + toQString(name), toQString(of(was)), toQString(of(now))});
        }
    };
    compare(tr("attribute"), before.attributes, after.attributes);
    compare(tr("relationship"), before.relationships, after.relationships);
    return lines;
}

/// What an object that is no table says, before and after.
std::vector<ChangeLine> objectLines(const Change &change)
{
    MetaData before, after;
    if (change.objectBefore)
        putObject(before, *change.objectBefore);
    if (change.objectAfter)
        putObject(after, *change.objectAfter);
    std::vector<ChangeLine> lines;
    for (const ObjectDiff &diff : diffMetaData(before, after).objects)
        lines.push_back({diff.action == DiffAction::Add    ? tr("create")
                         : diff.action == DiffAction::Drop ? tr("drop")
                                                           : tr("definition"),
                         toQString(diff.from.value_or(std::string())), toQString(diff.to.value_or(std::string()))});
    return lines;
}

} // namespace

std::vector<ChangeLine> changeLines(const Change &change, const Session &session, int longest)
{
    if (change.isTable())
        return tableLines(change, session);
    if (change.isObject())
        return objectLines(change);
    if (change.isMapping())
        return mappingLines(change);
    std::vector<ChangeLine> lines;
    for (const std::string &column : columnsOf(change, session))
        lines.push_back(
            {toQString(column), cellOf(change.before, column, longest), cellOf(change.after, column, longest)});
    return lines;
}

QString changeText(const Change &change, const Session &session, ChangePart part)
{
    constexpr int longest = 1000;  // characters
    constexpr qsizetype most = 30; // lines
    QStringList texts;
    std::vector<ChangeLine> lines = changeLines(change, session, longest);
    for (const ChangeLine &line : lines) {
        const QString &value = part == ChangePart::Before ? line.before : line.after;
        QString text = line.what;
        if (part == ChangePart::All && !line.before.isEmpty() && !line.after.isEmpty())
            text += QStringLiteral(": %1 → %2").arg(line.before, line.after);
        else if (part == ChangePart::All && line.before.isEmpty() && !line.after.isEmpty() &&
                 !line.what.endsWith(line.after))
            text += QStringLiteral(": ") + line.after;
        else if (part == ChangePart::All && !line.before.isEmpty() && !line.what.endsWith(line.before))
            text += QStringLiteral(": ") + line.before;
        else if (part != ChangePart::All)
            text = value.isEmpty() ? QString() : lines.size() == 1 ? value : text + QStringLiteral(": ") + value;
        if (text.isEmpty())
            continue;
        if (texts.size() == most) {
            texts << QString(QChar(0x2026));
            break;
        }
        texts << text;
    }
    return texts.join(u'\n');
}

ChangeLine changeSummary(const Change &change, const Session &session)
{
    if (change.isRow() && !change.isUpdate()) {
        const QString cells = firstCells(change.after ? *change.after : *change.before, columnsOf(change, session));
        if (change.isInsert())
            return {{}, {}, cells.isEmpty() ? tr("(all defaults)") : cells};
        return {{}, cells, {}};
    }
    if (change.isRow() && change.after->size() > 1) {
        const std::vector<std::string> columns = columnsOf(change, session);
        const auto cellsOf = [&](const std::optional<RowImage> &image) {
            return firstOf(columns, [&](const std::string &column) { return cellOf(image, column); });
        };
        return {firstOf(columns, toQString), cellsOf(change.before), cellsOf(change.after)};
    }
    if (change.isTable() && (!change.tableBefore || !change.tableAfter)) {
        const TablePtr &table = change.tableAfter ? change.tableAfter : change.tableBefore;
        const QString text = table->columns.size() == 1 ? tr("1 column") : tr("%1 columns").arg(table->columns.size());
        return change.tableAfter ? ChangeLine{tr("create"), {}, text} : ChangeLine{tr("drop"), text, {}};
    }
    std::vector<ChangeLine> lines = changeLines(change, session);
    if (lines.size() == 1)
        return lines.front();
    QStringList names;
    for (const ChangeLine &line : lines)
        names << line.what;
    return {{}, {}, names.join(QStringLiteral(", "))};
}

} // namespace schemawright::ui
