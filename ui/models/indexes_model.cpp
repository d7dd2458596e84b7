#include "ui/models/indexes_model.h"

#include "ui/adapt/text.h"
#include "ui/workspace/column_edits.h"

#include <QRegularExpression>

#include <algorithm>

namespace schemawright::ui {

namespace {

QString elementText(const IndexElement &element)
{
    QString text = toQString(element.column.value_or(element.expression.value_or("")));
    if (element.descending)
        text += QStringLiteral(" desc");
    return text;
}

QStringList indexTexts(const Index &index)
{
    QStringList elements;
    for (const IndexElement &element : index.elements)
        elements << elementText(element);
    return {toQString(index.name), elements.join(QStringLiteral(", ")), index.unique ? QStringLiteral("1") : QString(),
            toQString(index.where.value_or("")), toQString(index.method.value_or(""))};
}

QString nameOf(const Table &table, const std::vector<IndexElement> &elements)
{
    std::string base = "ix_" + table.name.name;
    for (const IndexElement &element : elements)
        base += "_" + element.column.value_or("expr");
    std::string name = base;
    const auto isTaken = [&] {
        return std::ranges::any_of(table.indexes, [&](const Index &each) { return each.name == name; });
    };
    for (int number = 2; isTaken(); ++number)
        name = base + "_" + std::to_string(number);
    return toQString(name);
}

/// What was typed as the elements of an index. Those that say what they said keep all that is not shown of them.
QString readElements(const Table &table, const QString &text, const std::vector<IndexElement> &old,
                     std::vector<IndexElement> &elements)
{
    static const QRegularExpression order(QStringLiteral("^(.*?)\\s+(asc|desc)$"),
                                          QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression plainName(QStringLiteral("^\\w+$"), QRegularExpression::UseUnicodePropertiesOption);
    elements.clear();
    for (const QString &word : listOf(text)) {
        const auto same =
            std::ranges::find_if(old, [&](const IndexElement &each) { return elementText(each) == word; });
        if (same != old.end()) {
            elements.push_back(*same);
            continue;
        }
        IndexElement element;
        QString on = word;
        if (const auto match = order.match(word); match.hasMatch()) {
            on = match.captured(1).trimmed();
            element.descending = match.captured(2).compare(QLatin1String("desc"), Qt::CaseInsensitive) == 0;
        }
        if (table.column(on.toStdString()))
            element.column = on.toStdString();
        else if (plainName.match(on).hasMatch())
            return IndexesModel::tr("%1 has no column named %2.").arg(toQString(table.name.name), on);
        else
            element.expression = on.toStdString();
        // The order changed, the rest of the element stays.
        for (const IndexElement &each : old)
            if (each.column == element.column && each.expression == element.expression) {
                const bool descending = element.descending;
                element = each;
                element.descending = descending;
                element.nulls.reset();
            }
        elements.push_back(std::move(element));
    }
    return elements.empty() ? IndexesModel::tr("Name at least one column.") : QString();
}

} // namespace

IndexesModel::IndexesModel(Edit edit, QObject *parent)
    : PartsModel({{tr("Index"), FieldKind::Text, 136, {}},
                  {tr("On"), FieldKind::List, 126, tr("its columns")},
                  {tr("Unique"), FieldKind::Flag, 40, {}},
                  {tr("Where"), FieldKind::Text, 130, {}},
                  {tr("Method"), FieldKind::Fixed, 70, {}, {}, false}},
                 std::move(edit), parent)
{}

std::vector<PartsModel::Part> IndexesModel::partsOf(const Table &table, const Table *before) const
{
    std::vector<Part> parts;
    std::vector<bool> kept(before ? before->indexes.size() : 0);
    const auto add = [&](int at, int was, const Index &shown) {
        Part part;
        part.kind = PlainIndex;
        part.at = at;
        part.was = was;
        part.icon = QStringLiteral("index");
        part.texts = indexTexts(shown);
        if (was >= 0)
            part.oldTexts = indexTexts(before->indexes[static_cast<std::size_t>(was)]);
        parts.push_back(std::move(part));
    };
    for (std::size_t i = 0; i < table.indexes.size(); ++i) {
        int was = -1;
        for (const bool byName : {true, false}) // one that was renamed is the one that says the same
            for (std::size_t old = 0; was < 0 && before && old < before->indexes.size(); ++old) {
                const Index &a = table.indexes[i], &b = before->indexes[old];
                const bool isSame =
                    byName ? a.name == b.name : a.elements == b.elements && a.unique == b.unique && a.where == b.where;
                if (!kept[old] && isSame)
                    was = static_cast<int>(old);
            }
        if (was >= 0)
            kept[static_cast<std::size_t>(was)] = true;
        add(static_cast<int>(i), was, table.indexes[i]);
    }
    for (std::size_t old = 0; old < kept.size(); ++old)
        if (!kept[old])
            add(-1, static_cast<int>(old), before->indexes[old]);
    for (const Trigger &trigger : table.triggers) {
        Part part;
        part.kind = TriggerLine;
        part.at = static_cast<int>(parts.size());
        part.isFixed = true;
        part.icon = QStringLiteral("trigger");
        part.texts = {toQString(trigger.name), tr("trigger"), {}, {}, {}};
        part.tip = toQString(trigger.definition);
        parts.push_back(std::move(part));
    }
    return parts;
}

PartsModel::Part IndexesModel::emptyPart(int kind) const
{
    Part part = PartsModel::emptyPart(kind);
    part.icon = QStringLiteral("index");
    return part;
}

QString IndexesModel::write(Table &table, const Part &part, int field, const QStringList &texts) const
{
    const bool isNew = part.at < 0;
    const auto at = static_cast<std::size_t>(std::max(0, part.at));
    Index index = isNew ? Index() : table.indexes[at];
    if (isNew || field == On) {
        std::vector<IndexElement> elements;
        if (const QString why = readElements(table, texts[On], index.elements, elements); !why.isEmpty())
            return why;
        index.elements = std::move(elements);
    }
    QString name = texts[Name];
    if (name.isEmpty() && isNew)
        name = nameOf(table, index.elements);
    if (name.isEmpty())
        return tr("An index needs a name.");
    for (const TablePtr &other : context().draft.tables())
        for (const Index &each : (other->name == context().table->name ? table : *other).indexes)
            if (each.name == name.toStdString() && other->name.schema == table.name.schema &&
                !(other->name == context().table->name && !isNew && &each == &table.indexes[at]))
                return tr("There is an index named %1 already.").arg(name);
    index.name = name.toStdString();
    index.unique = !texts[Unique].isEmpty();
    index.where = texts[Where].isEmpty() ? std::nullopt : std::optional(texts[Where].toStdString());
    if (isNew)
        table.indexes.push_back(std::move(index));
    else
        table.indexes[at] = std::move(index);
    return isNew ? QString() : whatRefers(context().draft, table);
}

QString IndexesModel::erase(Table &table, const Part &part) const
{
    eraseAnyway(table, part);
    return whatRefers(context().draft, table); // a unique one may be what a foreign key refers to
}

QString IndexesModel::eraseAnyway(Table &table, const Part &part) const
{
    table.indexes.erase(table.indexes.begin() + part.at);
    return {};
}

bool IndexesModel::hasDependants(const Part &part) const
{
    Table copy = *context().table;
    return part.at >= 0 && !erase(copy, part).isEmpty();
}

QString IndexesModel::restore(Table &table, const Part &part) const
{
    const Index &old = context().before->indexes[static_cast<std::size_t>(part.was)];
    for (const IndexElement &element : old.elements)
        if (element.column && !table.column(*element.column))
            return tr("Its column %1 is to be dropped or has another name.").arg(toQString(*element.column));
    table.indexes.push_back(old);
    return {};
}

QStringList IndexesModel::completions(const Part &, int field) const
{
    return field == On ? columnNames() : QStringList();
}

ChecksModel::ChecksModel(Edit edit, QObject *parent)
    : PartsModel({{tr("Condition"), FieldKind::Text, 240, tr("a condition, as in price > 0")},
                  {tr("Name"), FieldKind::Text, 140, {}}},
                 std::move(edit), parent)
{}

std::vector<PartsModel::Part> ChecksModel::partsOf(const Table &table, const Table *before) const
{
    std::vector<Part> parts;
    const auto texts = [](const CheckConstraint &check) {
        return QStringList{toQString(check.expression), toQString(check.name.value_or(""))};
    };
    std::vector<bool> kept(before ? before->checks.size() : 0);
    const auto find = [&](auto isSame) {
        for (std::size_t old = 0; old < kept.size(); ++old)
            if (!kept[old] && isSame(before->checks[old])) {
                kept[old] = true;
                return static_cast<int>(old);
            }
        return -1;
    };
    for (std::size_t i = 0; i < table.checks.size(); ++i) {
        const CheckConstraint &check = table.checks[i];
        Part part;
        part.at = static_cast<int>(i);
        part.was = find([&](const CheckConstraint &old) {
            return check.name ? old.name == check.name : !old.name && old.expression == check.expression;
        });
        if (part.was < 0)
            part.was = find([&](const CheckConstraint &old) { return old.expression == check.expression; });
        part.texts = texts(check);
        if (part.was >= 0)
            part.oldTexts = texts(before->checks[static_cast<std::size_t>(part.was)]);
        part.icon = QStringLiteral("constraint");
        part.isFixed = check.inherited;
        parts.push_back(std::move(part));
    }
    for (std::size_t old = 0; old < kept.size(); ++old)
        if (!kept[old]) {
            Part part;
            part.was = static_cast<int>(old);
            part.icon = QStringLiteral("constraint");
            part.texts = part.oldTexts = texts(before->checks[old]);
            parts.push_back(std::move(part));
        }
    for (const ExclusionConstraint &exclusion : table.exclusions) {
        Part part;
        part.kind = 1;
        part.at = static_cast<int>(parts.size());
        part.isFixed = true;
        part.icon = QStringLiteral("constraint");
        part.texts = {toQString(exclusion.definition), toQString(exclusion.name)};
        parts.push_back(std::move(part));
    }
    return parts;
}

PartsModel::Part ChecksModel::emptyPart(int kind) const
{
    Part part = PartsModel::emptyPart(kind);
    part.icon = QStringLiteral("constraint");
    return part;
}

QString ChecksModel::write(Table &table, const Part &part, int, const QStringList &texts) const
{
    if (texts[Expression].isEmpty())
        return tr("A check needs a condition; remove it instead.");
    const auto at = static_cast<std::size_t>(std::max(0, part.at));
    CheckConstraint check = part.at < 0 ? CheckConstraint() : table.checks[at];
    check.expression = texts[Expression].toStdString();
    check.name = texts[Name].isEmpty() ? std::nullopt : std::optional(texts[Name].toStdString());
    for (std::size_t i = 0; check.name && i < table.checks.size(); ++i)
        if (static_cast<int>(i) != part.at && table.checks[i].name == check.name)
            return tr("There is a check named %1 already.").arg(texts[Name]);
    if (part.at < 0)
        table.checks.push_back(std::move(check));
    else
        table.checks[at] = std::move(check);
    return {};
}

QString ChecksModel::erase(Table &table, const Part &part) const
{
    table.checks.erase(table.checks.begin() + part.at);
    return {};
}

QString ChecksModel::restore(Table &table, const Part &part) const
{
    table.checks.push_back(context().before->checks[static_cast<std::size_t>(part.was)]);
    return {};
}

} // namespace schemawright::ui
