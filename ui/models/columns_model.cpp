#include "ui/models/columns_model.h"

#include "schemawright/schema/dependants.h"
#include "schemawright/schema/table_diff.h"
#include "ui/adapt/text.h"
#include "ui/workspace/column_edits.h"

#include <QRegularExpression>

#include <algorithm>
#include <set>

namespace schemawright::ui {

namespace {

bool holds(const std::vector<std::string> &names, const std::string &name)
{
    return std::ranges::find(names, name) != names.end();
}

bool mentions(const std::string &sql, const std::string &name) { return mentionsName(sql, name, true); }

/// Who makes the values: "= price * 2", "identity", "autoincrement".
QString madeText(const Column &column, const Dialect &dialect)
{
    if (column.generated) {
        const Capabilities &can = dialect.capabilities();
        const bool isSaid = column.generated->stored && can.virtualColumns;
        return QStringLiteral("= ") + toQString(column.generated->expression) +
               (isSaid ? QStringLiteral(" stored") : QString());
    }
    if (column.identity)
        return column.identity->always ? QStringLiteral("identity always") : QStringLiteral("identity");
    return column.autoincrement ? QStringLiteral("autoincrement") : QString();
}

QString typeText(const Column &column, const Dialect &dialect)
{
    const QString type =
        toQString(column.type.native.empty() && column.type.kind != TypeKind::Unknown ? dialect.typeSql(column.type)
                                                                                      : column.type.native);
    return column.collation ? type + QStringLiteral(" collate ") + toQString(*column.collation) : type;
}

QStringList textsOf(const Table &table, const Column &column, const Dialect &dialect)
{
    const bool isKey = table.primaryKey && holds(table.primaryKey->columns, column.name);
    return {toQString(column.name),
            typeText(column, dialect),
            QString(),
            column.nullable ? QString() : QStringLiteral("1"),
            isKey ? QStringLiteral("1") : QString(),
            toQString(column.defaultSql.value_or("")),
            madeText(column, dialect),
            toQString(column.comment.value_or(""))};
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
    : PartsModel({{tr("Column"), FieldKind::Text, 108, {}},
                  {tr("Type"), FieldKind::List, 92, {}},
                  {tr("Convert with"),
                   FieldKind::Text,
                   120,
                   {},
                   tr("SQL that makes the values which are there into those of the new type")},
                  {tr("Not null"), FieldKind::Flag, 40, {}, tr("Whether every row must have a value")},
                  {tr("Key"), FieldKind::Flag, 32, {}, tr("Part of the primary key")},
                  {tr("Default"), FieldKind::Text, 80, {}, tr("SQL for new rows that leave it out")},
                  {tr("Made by"),
                   FieldKind::List,
                   100,
                   {},
                   tr("What makes the values: identity, autoincrement, or = and an expression"),
                   false},
                  {tr("Comment"), FieldKind::Text, 120, {}, {}, false}},
                 std::move(edit), parent)
{}

std::vector<PartsModel::Part> ColumnsModel::partsOf(const Table &table, const Table *before) const
{
    const Dialect &dialect = *context().dialect;
    std::vector<Part> parts;
    std::set<int> kept;
    TableDiff diff;
    if (before && before->kind == TableKind::Table)
        diff =
            diffTables(context().before, context().table, DiffRules::of(dialect.name(), context().draft.defaultSchema));
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        Part part;
        part.at = static_cast<int>(i);
        part.was = indexOf(before, table.columns[i]);
        part.icon = iconOf(table, table.columns[i]);
        part.texts = textsOf(table, table.columns[i], dialect);
        if (const auto way = dialect.conversion(diff, i))
            part.texts[Convert] = toQString(way->expression);
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

namespace {

/// A type, and the collation that may stand behind it.
QString readType(Column &column, const QString &text, const Dialect &dialect)
{
    static const QRegularExpression collation(QStringLiteral("^(.*?)\\s*\\bcollate\\s+(\"[^\"]+\"|\\S+)$"),
                                              QRegularExpression::CaseInsensitiveOption);
    QString type = text;
    column.collation.reset();
    if (const auto match = collation.match(text); match.hasMatch()) {
        type = match.captured(1);
        QString name = match.captured(2);
        if (name.startsWith(u'"'))
            name = name.mid(1, name.size() - 2);
        column.collation = name.toStdString();
    }
    column.type = dialect.parseType(type.trimmed().toStdString());
    return {};
}

} // namespace

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
        column.options.erase(conversionOption); // of another type
        return readType(column, text, *context().dialect);
    case Convert:
        column.options.erase(conversionOption);
        if (!text.isEmpty())
            column.options[conversionOption] = text.toStdString();
        break;
    case Made:
        return writeMade(table, column, text);
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
        if (const QString why = whatRefers(context().draft, table); !why.isEmpty())
            return why + u' ' + tr("The page Keys can drop them with the key.");
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

QString ColumnsModel::writeMade(Table &table, Column &column, const QString &text) const
{
    const Capabilities &can = context().dialect->capabilities();
    const bool isKey = table.primaryKey && holds(table.primaryKey->columns, column.name);
    const QString word = text.simplified().toLower();
    const auto clear = [&] {
        column.generated.reset();
        column.identity.reset();
        if (column.autoincrement) // a serial's default goes with its sequence
            column.defaultSql.reset();
        column.autoincrement = false;
    };
    if (text.startsWith(u'=')) {
        QString expression = text.mid(1).trimmed();
        static const QRegularExpression ending(QStringLiteral("\\s+(stored|virtual)$"),
                                               QRegularExpression::CaseInsensitiveOption);
        bool isStored = !can.virtualColumns;
        if (const auto match = ending.match(expression); match.hasMatch()) {
            isStored = match.captured(1).compare(QLatin1String("stored"), Qt::CaseInsensitive) == 0;
            expression.chop(match.capturedLength());
        }
        if (expression.isEmpty())
            return tr("An expression follows the =, as in = price * 2.");
        if (isStored ? !can.storedColumns : !can.virtualColumns)
            return isStored ? tr("This database has no stored generated columns.")
                            : tr("This database has stored generated columns only.");
        if (isKey)
            return tr("%1 is in the primary key, which is not generated.").arg(toQString(column.name));
        clear();
        column.defaultSql.reset();
        column.generated = Generated{expression.toStdString(), isStored};
        return {};
    }
    if (word.isEmpty()) {
        clear();
        return {};
    }
    if (word == QLatin1String("identity") || word == QLatin1String("identity always") ||
        word == QLatin1String("identity by default")) {
        if (!can.sequences)
            return tr("This database has no identity columns.");
        if (!column.type.isInteger())
            return tr("An identity column is of an integer type.");
        Identity identity = column.identity.value_or(Identity());
        identity.always = word.endsWith(QLatin1String("always"));
        clear();
        column.identity = identity;
        column.defaultSql.reset();
        column.nullable = false;
        return {};
    }
    if (word == QLatin1String("autoincrement")) {
        if (can.sequences)
            return tr("Write identity: that is how this database counts.");
        if (!isKey || table.primaryKey->columns.size() != 1 ||
            toQString(column.type.native).compare(QLatin1String("integer"), Qt::CaseInsensitive) != 0)
            return tr("Only a primary key of one INTEGER column counts by itself.");
        clear();
        column.defaultSql.reset();
        column.autoincrement = true;
        return {};
    }
    return can.sequences ? tr("Write identity, identity always, or = and an expression.")
                         : tr("Write autoincrement, or = and an expression.");
}

bool ColumnsModel::hasDependants(const Part &part) const
{
    return part.at >= 0 && context().table->columns.size() > 1 &&
           !whatDepends(context().draft, context().table->name, part.texts[Name].toStdString()).isEmpty();
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
    if (!context().dialect || (field != TypeName && field != Made))
        return {};
    QStringList all;
    const Dialect &dialect = *context().dialect;
    if (field == Made)
        return dialect.capabilities().sequences
                   ? QStringList{QStringLiteral("identity"), QStringLiteral("identity always")}
                   : QStringList{QStringLiteral("autoincrement")};
    for (const Type &type :
         {types::integer(), types::bigInteger(), types::smallInteger(), types::text(), types::string(50),
          types::character(10), types::boolean(), types::numeric(12, 2), types::doublePrecision(), types::real(),
          types::date(), types::time(), types::dateTime(), types::dateTime(true), types::interval(), types::uuid(),
          types::json(), types::largeBinary()})
        all << toQString(dialect.typeSql(type));
    const MetaData &draft = context().draft;
    const auto add = [&](const QualifiedName &type) {
        const bool isFound = type.schema == draft.defaultSchema && !draft.namesDefaultSchema;
        all << toQString(isFound ? type.name : dialect.quote(type));
    };
    for (const EnumType &each : draft.enums)
        add(each.name);
    for (const Domain &each : draft.domains)
        add(each.name);
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
    if (field == Convert)
        return !part.texts[Convert].isEmpty();
    if (field == Default || field == Key) {
        const Column &column = context().table->columns[static_cast<std::size_t>(part.at)];
        return !column.generated && !(field == Default && column.identity);
    }
    return true;
}

} // namespace schemawright::ui
