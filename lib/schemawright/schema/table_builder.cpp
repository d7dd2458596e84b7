#include "schemawright/schema/table_builder.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <set>

namespace schemawright {

namespace {

std::optional<std::string> named(std::string name)
{
    return name.empty() ? std::nullopt : std::optional(std::move(name));
}

/// The value as standard SQL, which each dialect says in its own way.
std::string standardLiteral(const Value &value)
{
    if (value.isNull())
        return "NULL";
    if (const bool *truth = value.as<bool>())
        return *truth ? "true" : "false";
    if (value.is<std::int64_t>() || value.is<double>() || value.is<Decimal>())
        return value.text();
    if (value.is<Bytes>())
        return "X'" + value.text() + "'";
    std::string text = "'";
    for (const char c : value.text())
        text += c == '\'' ? std::string("''") : std::string(1, c);
    return text + "'";
}

} // namespace

Column &TableBuilder::last()
{
    if (table_.columns.empty())
        throw Error(ErrorKind::Misuse, "the table " + table_.name.text() + " has no column yet");
    return table_.columns.back();
}

ForeignKey &TableBuilder::lastKey()
{
    if (table_.foreignKeys.empty())
        throw Error(ErrorKind::Misuse, "the table " + table_.name.text() + " has no foreign key yet");
    return table_.foreignKeys.back();
}

TableBuilder &TableBuilder::column(std::string name, Type type)
{
    Column made;
    made.name = std::move(name);
    made.type = std::move(type);
    table_.columns.push_back(std::move(made));
    return *this;
}

TableBuilder &TableBuilder::notNull()
{
    last().nullable = false;
    return *this;
}

TableBuilder &TableBuilder::defaultTo(const Value &value) { return defaultSql(standardLiteral(value)); }

TableBuilder &TableBuilder::defaultSql(std::string sql)
{
    last().defaultSql = std::move(sql);
    return *this;
}

TableBuilder &TableBuilder::primaryKey()
{
    if (!table_.primaryKey)
        table_.primaryKey.emplace();
    table_.primaryKey->columns.push_back(last().name);
    return notNull();
}

TableBuilder &TableBuilder::identity(Identity identity)
{
    last().identity = identity;
    return counted();
}

TableBuilder &TableBuilder::counted(bool isCounted)
{
    last().autoincrement = isCounted;
    if (!isCounted)
        uncounted_.push_back(last().name);
    return *this;
}

TableBuilder &TableBuilder::generatedAs(std::string sql, bool stored)
{
    last().generated = Generated{std::move(sql), stored};
    return *this;
}

TableBuilder &TableBuilder::collation(std::string name)
{
    last().collation = std::move(name);
    return *this;
}

TableBuilder &TableBuilder::comment(std::string text)
{
    last().comment = std::move(text);
    return *this;
}

TableBuilder &TableBuilder::unique() { return unique({last().name}); }
TableBuilder &TableBuilder::index() { return index({last().name}); }

TableBuilder &TableBuilder::references(QualifiedName table, std::string column)
{
    return foreignKey({last().name}, std::move(table),
                      column.empty() ? std::vector<std::string>() : std::vector{std::move(column)});
}

TableBuilder &TableBuilder::onDelete(std::string action)
{
    lastKey().onDelete = std::move(action);
    return *this;
}

TableBuilder &TableBuilder::onUpdate(std::string action)
{
    lastKey().onUpdate = std::move(action);
    return *this;
}

TableBuilder &TableBuilder::deferrable(bool initiallyDeferred)
{
    lastKey().deferrable = true;
    lastKey().initiallyDeferred = initiallyDeferred;
    return *this;
}

TableBuilder &TableBuilder::matchFull()
{
    lastKey().match = "FULL";
    return *this;
}

TableBuilder &TableBuilder::primaryKey(std::vector<std::string> columns, std::string name)
{
    table_.primaryKey.emplace();
    table_.primaryKey->columns = std::move(columns);
    table_.primaryKey->name = named(std::move(name));
    return *this;
}

TableBuilder &TableBuilder::unique(std::vector<std::string> columns, std::string name)
{
    UniqueConstraint made;
    made.columns = std::move(columns);
    made.name = named(std::move(name));
    table_.uniques.push_back(std::move(made));
    return *this;
}

TableBuilder &TableBuilder::foreignKey(std::vector<std::string> columns, QualifiedName table,
                                       std::vector<std::string> referredColumns, std::string name)
{
    ForeignKey made;
    made.columns = std::move(columns);
    made.referred = std::move(table);
    made.referredColumns = std::move(referredColumns);
    made.name = named(std::move(name));
    table_.foreignKeys.push_back(std::move(made));
    return *this;
}

TableBuilder &TableBuilder::check(std::string sql, std::string name)
{
    CheckConstraint made;
    made.expression = std::move(sql);
    made.name = named(std::move(name));
    table_.checks.push_back(std::move(made));
    return *this;
}

TableBuilder &TableBuilder::index(std::vector<std::string> elements, std::string name, bool isUnique, std::string where)
{
    Index made;
    made.name = std::move(name);
    made.unique = isUnique;
    made.where = named(std::move(where));
    for (std::string &each : elements) {
        IndexElement element;
        element.column = std::move(each); // build() tells columns and expressions apart
        made.elements.push_back(std::move(element));
    }
    table_.indexes.push_back(std::move(made));
    return *this;
}

TableBuilder &TableBuilder::tableComment(std::string text)
{
    table_.comment = std::move(text);
    return *this;
}

TableBuilder &TableBuilder::option(std::string name, std::string value)
{
    table_.options[std::move(name)] = std::move(value);
    return *this;
}

Table TableBuilder::build() const
{
    Table made = table_;
    std::set<std::string> names;
    for (const Column &column : made.columns)
        if (!names.insert(column.name).second)
            throw Error(ErrorKind::Misuse, "the table " + made.name.text() + " has two columns named " + column.name);
    const auto mustHave = [&](const std::vector<std::string> &columns) {
        for (const std::string &column : columns)
            if (!names.contains(column))
                throw Error(ErrorKind::Misuse, "the table " + made.name.text() + " has no column named " + column);
    };
    if (made.primaryKey) {
        mustHave(made.primaryKey->columns);
        for (Column &column : made.columns)
            if (std::ranges::find(made.primaryKey->columns, column.name) != made.primaryKey->columns.end())
                column.nullable = false;
    }
    for (const UniqueConstraint &unique : made.uniques)
        mustHave(unique.columns);
    for (const ForeignKey &key : made.foreignKeys) {
        mustHave(key.columns);
        if (!key.referredColumns.empty() && key.referredColumns.size() != key.columns.size())
            throw Error(ErrorKind::Misuse, "a foreign key of " + made.name.text() + " to " + key.referred.text() +
                                               " pairs " + std::to_string(key.columns.size()) + " columns with " +
                                               std::to_string(key.referredColumns.size()));
    }
    for (Index &index : made.indexes)
        for (IndexElement &element : index.elements)
            if (!names.contains(element.column.value_or("")))
                element.expression = std::exchange(element.column, std::nullopt);
    if (made.primaryKey && made.primaryKey->columns.size() == 1)
        for (Column &column : made.columns)
            if (column.name == made.primaryKey->columns.front() && column.type.isInteger() && !column.defaultSql &&
                std::ranges::find(uncounted_, column.name) == uncounted_.end() &&
                std::ranges::none_of(made.foreignKeys,
                                     [&](const ForeignKey &key) { return key.columns == made.primaryKey->columns; }))
                column.autoincrement = true;
    return made;
}

} // namespace schemawright
