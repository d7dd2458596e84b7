#include "ui/models/columns_model.h"

#include "ui/adapt/text.h"

#include <QRegularExpression>

#include <algorithm>
#include <set>

namespace schemawright::ui {

namespace {

bool holds(const std::vector<std::string> &names, const std::string &name)
{
    return std::ranges::find(names, name) != names.end();
}

bool mentions(const std::string &sql, const std::string &name)
{
    const QRegularExpression word(QStringLiteral("(?<!\\w)%1(?!\\w)").arg(QRegularExpression::escape(toQString(name))),
                                  QRegularExpression::CaseInsensitiveOption |
                                      QRegularExpression::UseUnicodePropertiesOption);
    return word.match(toQString(sql)).hasMatch();
}

QString more(const Column &column)
{
    QStringList parts;
    if (column.generated)
        parts << (column.generated->stored ? ColumnsModel::tr("generated, stored: %1")
                                           : ColumnsModel::tr("generated: %1"))
                     .arg(toQString(column.generated->expression));
    if (column.identity)
        parts << (column.identity->always ? ColumnsModel::tr("identity always") : ColumnsModel::tr("identity"));
    if (column.autoincrement && !column.identity)
        parts << ColumnsModel::tr("autoincrement");
    if (column.collation)
        parts << ColumnsModel::tr("collate %1").arg(toQString(*column.collation));
    return parts.join(QStringLiteral(", "));
}

QStringList textsOf(const Table &table, const Column &column, const Dialect &dialect)
{
    const bool isKey = table.primaryKey && holds(table.primaryKey->columns, column.name);
    const QString type =
        toQString(column.type.native.empty() && column.type.kind != TypeKind::Unknown ? dialect.typeSql(column.type)
                                                                                      : column.type.native);
    return {toQString(column.name),
            type,
            column.nullable ? QString() : QStringLiteral("1"),
            isKey ? QStringLiteral("1") : QString(),
            toQString(column.defaultSql.value_or("")),
            toQString(column.comment.value_or("")),
            more(column)};
}

QString iconOf(const Table &table, const Column &column)
{
    if (table.primaryKey && holds(table.primaryKey->columns, column.name))
        return QStringLiteral("key");
    const bool isReference =
        std::ranges::any_of(table.foreignKeys, [&](const ForeignKey &key) { return holds(key.columns, column.name); });
    return isReference ? QStringLiteral("foreign-key") : QStringLiteral("column");
}

int indexOf(const Table *table, const Column &column)
{
    if (!table)
        return -1;
    for (std::size_t i = 0; i < table->columns.size(); ++i) {
        const Column &each = table->columns[i];
        const bool known = column.id != ColumnId::None && each.id != ColumnId::None;
        if (known ? each.id == column.id : each.name == column.name)
            return static_cast<int>(i);
    }
    return -1;
}

} // namespace

ColumnsModel::ColumnsModel(Edit edit, QObject *parent)
    : PartsModel({{tr("Column"), FieldKind::Text, 128, {}},
                  {tr("Type"), FieldKind::List, 104, {}},
                  {tr("Not null"), FieldKind::Flag, 84, {}},
                  {tr("Key"), FieldKind::Flag, 38, {}},
                  {tr("Default"), FieldKind::Text, 96, {}},
                  {tr("Comment"), FieldKind::Text, 130, {}},
                  {tr("Made"), FieldKind::Fixed, 110, {}}},
                 std::move(edit), parent)
{}

std::vector<PartsModel::Part> ColumnsModel::partsOf(const Table &table, const Table *before) const
{
    const Dialect &dialect = *context().dialect;
    std::vector<Part> parts;
    std::set<int> kept;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        Part part;
        part.at = static_cast<int>(i);
        part.was = indexOf(before, table.columns[i]);
        part.icon = iconOf(table, table.columns[i]);
        part.texts = textsOf(table, table.columns[i], dialect);
        if (part.was >= 0) {
            part.oldTexts = textsOf(*before, before->columns[static_cast<std::size_t>(part.was)], dialect);
            kept.insert(part.was);
        }
        parts.push_back(std::move(part));
    }
    for (int was = 0; before && was < static_cast<int>(before->columns.size()); ++was) {
        if (kept.contains(was))
            continue;
        Part part; // stands where it stood: behind the one that was before it
        part.was = was;
        part.icon = QStringLiteral("column");
        part.texts = part.oldTexts = textsOf(*before, before->columns[static_cast<std::size_t>(was)], dialect);
        auto place = std::ranges::find_if(parts, [&](const Part &each) { return each.was > was; });
        if (place == parts.end())
            place = std::ranges::find_if(parts, [](const Part &each) { return each.was < 0; });
        parts.insert(place, std::move(part));
    }
    return parts;
}

std::string freeColumnName(const Table &table)
{
    std::string name = "column";
    for (int number = 2; table.column(name); ++number)
        name = "column_" + std::to_string(number);
    return name;
}

bool ColumnsModel::addPart(int)
{
    if (!context().isEditable)
        return false;
    const QString why = run([&](Table &table) {
        Column column;
        column.name = freeColumnName(table);
        column.type = context().dialect->parseType(context().dialect->typeSql(types::text()));
        table.columns.push_back(std::move(column));
        return QString();
    });
    tell(-1, -1, {}, why);
    return why.isEmpty();
}

QString renameColumn(Table &table, std::size_t at, const QString &name)
{
    if (name.isEmpty())
        return ColumnsModel::tr("A column needs a name.");
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        if (i != at && table.columns[i].name == name.toStdString())
            return ColumnsModel::tr("There is a column named %1 already.").arg(name);
    table.columns[at].name = name.toStdString();
    return {};
}

QString ColumnsModel::write(Table &table, const Part &part, int field, const QStringList &texts) const
{
    const auto at = static_cast<std::size_t>(part.at);
    Column &column = table.columns[at];
    const QString &text = texts[field];
    const auto optional = [](const QString &typed) {
        return typed.isEmpty() ? std::nullopt : std::optional(typed.toStdString());
    };
    switch (field) {
    case Name:
        return renameColumn(table, at, text);
    case TypeName:
        if (text.isEmpty() && column.type.native != "")
            return tr("A column needs a type.");
        column.type = context().dialect->parseType(text.toStdString());
        break;
    case NotNull:
        column.nullable = text.isEmpty();
        if (column.nullable && table.primaryKey && holds(table.primaryKey->columns, column.name))
            return tr("%1 is in the primary key, which holds no NULL.").arg(toQString(column.name));
        break;
    case Key:
        if (!text.isEmpty()) {
            if (!table.primaryKey)
                table.primaryKey.emplace();
            table.primaryKey->columns.push_back(column.name);
            column.nullable = false;
        } else if (table.primaryKey) {
            std::erase(table.primaryKey->columns, column.name);
            if (table.primaryKey->columns.empty())
                table.primaryKey.reset();
        }
        break;
    case Default:
        column.defaultSql = optional(text);
        break;
    case Comment:
        column.comment = optional(text);
        break;
    default:
        break;
    }
    return {};
}

QString eraseColumn(Table &table, std::size_t at, const MetaData &draft)
{
    const std::string name = table.columns[at].name;
    if (table.columns.size() == 1)
        return ColumnsModel::tr("A table keeps at least one column; drop the whole table instead.");
    for (const auto &[other, key] : draft.referencesTo(table.name))
        if (other->name != table.name && holds(key->referredColumns, name))
            return ColumnsModel::tr("%1 (%2) refers to it; drop that foreign key first.")
                .arg(toQString(other->name.name), joined(key->columns));
    for (const Column &column : table.columns)
        if (column.generated && column.name != name && mentions(column.generated->expression, name))
            return ColumnsModel::tr("%1 is generated from it.").arg(toQString(column.name));
    table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(at));
    if (table.primaryKey && holds(table.primaryKey->columns, name))
        table.primaryKey.reset();
    std::erase_if(table.foreignKeys, [&](const ForeignKey &key) {
        return holds(key.columns, name) || (key.referred == table.name && holds(key.referredColumns, name));
    });
    std::erase_if(table.uniques, [&](const UniqueConstraint &unique) { return holds(unique.columns, name); });
    std::erase_if(table.checks, [&](const CheckConstraint &check) { return mentions(check.expression, name); });
    std::erase_if(table.indexes, [&](const Index &index) {
        return (index.where && mentions(*index.where, name)) || holds(index.include, name) ||
               std::ranges::any_of(index.elements, [&](const IndexElement &element) {
                   return element.column == name || (element.expression && mentions(*element.expression, name));
               });
    });
    return {};
}

QString ColumnsModel::erase(Table &table, const Part &part) const
{
    return eraseColumn(table, static_cast<std::size_t>(part.at), context().draft);
}

QString ColumnsModel::restore(Table &table, const Part &part) const
{
    const Column &column = context().before->columns[static_cast<std::size_t>(part.was)];
    if (table.column(column.name))
        return tr("There is a column named %1 already.").arg(toQString(column.name));
    // Behind the nearest one that stood before it.
    auto place = table.columns.begin();
    for (int was = part.was - 1; was >= 0; --was) {
        const int at = indexOf(&table, context().before->columns[static_cast<std::size_t>(was)]);
        if (at >= 0) {
            place += at + 1;
            break;
        }
    }
    table.columns.insert(place, column);
    // And what went with it.
    const Table &before = *context().before;
    const auto isThere = [&](const std::vector<std::string> &names) {
        return std::ranges::all_of(names, [&](const std::string &name) { return table.column(name) != nullptr; });
    };
    const auto bring = [&](auto &now, const auto &then, const auto &columnsOf) {
        for (const auto &each : then)
            if (const auto names = columnsOf(each);
                holds(names, column.name) && isThere(names) && std::ranges::find(now, each) == now.end())
                now.push_back(each);
    };
    if (!table.primaryKey && before.primaryKey && holds(before.primaryKey->columns, column.name) &&
        isThere(before.primaryKey->columns))
        table.primaryKey = before.primaryKey;
    bring(table.foreignKeys, before.foreignKeys, [](const ForeignKey &key) { return key.columns; });
    bring(table.uniques, before.uniques, [](const UniqueConstraint &unique) { return unique.columns; });
    bring(table.checks, before.checks, [&](const CheckConstraint &check) {
        std::vector<std::string> names;
        for (const Column &each : before.columns)
            if (mentions(check.expression, each.name))
                names.push_back(each.name);
        return names;
    });
    bring(table.indexes, before.indexes, [&](const Index &index) {
        std::vector<std::string> names = index.include;
        for (const Column &each : before.columns)
            if ((index.where && mentions(*index.where, each.name)) ||
                std::ranges::any_of(index.elements, [&](const IndexElement &element) {
                    return element.column == each.name ||
                           (element.expression && mentions(*element.expression, each.name));
                }))
                names.push_back(each.name);
        return names;
    });
    return {};
}

bool ColumnsModel::movable() const { return !context().before; } // a column that is there keeps its place everywhere

void ColumnsModel::move(Table &table, const Part &part, int by) const
{
    const auto at = static_cast<std::size_t>(part.at);
    std::swap(table.columns[at], table.columns[static_cast<std::size_t>(part.at + by)]);
}

QStringList ColumnsModel::completions(const Part &, int field) const
{
    if (field != TypeName || !context().dialect)
        return {};
    QStringList all;
    const Dialect &dialect = *context().dialect;
    for (const Type &type :
         {types::integer(), types::bigInteger(), types::smallInteger(), types::text(), types::string(50),
          types::character(10), types::boolean(), types::numeric(12, 2), types::doublePrecision(), types::real(),
          types::date(), types::time(), types::dateTime(), types::dateTime(true), types::interval(), types::uuid(),
          types::json(), types::largeBinary()})
        all << toQString(dialect.typeSql(type));
    for (const EnumType &each : context().draft.enums)
        all << toQString(each.name.name);
    for (const Domain &each : context().draft.domains)
        all << toQString(each.name.name);
    for (const Column &column : context().table->columns) // what this table uses is what people go on with
        if (!column.type.native.empty())
            all << toQString(column.type.native);
    all.removeDuplicates();
    return all;
}

bool ColumnsModel::isFieldEditable(const Part &part, int field) const
{
    if (field == Comment)
        return context().dialect->capabilities().comments;
    if (field == Default || field == Key) {
        const Column &column = context().table->columns[static_cast<std::size_t>(part.at)];
        return !column.generated && !(field == Default && column.identity);
    }
    return true;
}

} // namespace schemawright::ui
