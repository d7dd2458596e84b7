#include "schemawright/dialect/ddl_writer.h"

#include "schemawright/schema/naming_convention.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

std::string DdlWriter::named(const std::optional<std::string> &name) const
{
    return name && !name->empty() ? "CONSTRAINT " + quote(*name) + " " : std::string();
}

std::string DdlWriter::names(const std::vector<std::string> &columns) const
{
    std::string list = "(";
    for (const std::string &column : columns)
        list += (list.size() > 1 ? ", " : "") + quote(column);
    return list + ")";
}

QualifiedName DdlWriter::resolved(const QualifiedName &name) const
{
    return name.schema.empty() ? QualifiedName{metadata_.defaultSchema, name.name} : name;
}

std::string DdlWriter::ringName(const Table &table, const ForeignKey &key) const
{
    if (key.name && !key.name->empty())
        return *key.name;
    return shortenedName(fmt::format("fk_{}_{}", table.name.name, fmt::join(key.columns, "_")),
                         dialect_.capabilities().nameLimit());
}

std::string DdlWriter::createTable(const Table &table, const std::vector<const ForeignKey *> &inlineKeys)
{
    std::vector<std::string> lines;
    for (const Column &column : table.columns)
        lines.push_back(columnSql(table, column));
    if (table.primaryKey && !hasInlineKey(table))
        lines.push_back(primaryKeySql(table, *table.primaryKey));
    for (const UniqueConstraint &unique : table.uniques)
        lines.push_back(uniqueSql(unique));
    for (const ForeignKey *key : inlineKeys)
        lines.push_back(foreignKeySql(*key));
    for (const CheckConstraint &check : table.checks)
        if (!check.column) // else it stands in its column's line
            lines.push_back(checkSql(check));
    for (std::string &line : indexLines(table))
        lines.push_back(std::move(line));
    return fmt::format("CREATE {}TABLE {} (\n    {}\n){}", table.temporary ? "TEMPORARY " : "", quote(table.name),
                       fmt::join(lines, ",\n    "), tableOptions(table));
}

std::string DdlWriter::createIndex(const Table &table, const Index &index)
{
    std::vector<std::string> elements;
    for (const IndexElement &element : index.elements)
        elements.push_back((element.column ? quote(*element.column) : "(" + element.expression.value_or("") + ")") +
                           (element.descending ? " DESC" : ""));
    return fmt::format("CREATE {}INDEX {} ON {} ({}){}{}", index.unique ? "UNIQUE " : "", quote(index.name),
                       quote(table.name), fmt::join(elements, ", "),
                       index.include.empty() ? "" : " INCLUDE " + names(index.include),
                       index.where ? " WHERE " + *index.where : "");
}

std::string DdlWriter::primaryKeySql(const Table &, const PrimaryKey &key)
{
    return named(key.name) + "PRIMARY KEY " + names(key.columns);
}

std::string DdlWriter::uniqueSql(const UniqueConstraint &unique)
{
    std::string text = named(unique.name) + "UNIQUE " + names(unique.columns);
    if (unique.deferrable)
        text += unique.initiallyDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
    return text;
}

std::string DdlWriter::checkSql(const CheckConstraint &check)
{
    return named(check.name) + "CHECK (" + check.expression + ")";
}

std::string DdlWriter::foreignKeySql(const ForeignKey &key)
{
    std::string text =
        named(key.name) + "FOREIGN KEY " + names(key.columns) + " REFERENCES " + referredName(key.referred);
    if (!key.referredColumns.empty())
        text += " " + names(key.referredColumns);
    if (key.match)
        text += " MATCH " + *key.match;
    if (key.onDelete)
        text += " ON DELETE " + *key.onDelete;
    if (key.onUpdate)
        text += " ON UPDATE " + *key.onUpdate;
    if (key.deferrable)
        text += key.initiallyDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
    return text;
}

std::vector<std::string> DdlWriter::createSchema(const Schema &schema)
{
    return {std::string("CREATE SCHEMA ") + (options_.ifNotExists ? "IF NOT EXISTS " : "") + quote(schema.name)};
}

std::string DdlWriter::createSequence(const Sequence &sequence)
{
    const Identity &is = sequence.properties;
    std::string text =
        fmt::format("CREATE SEQUENCE {} START WITH {} INCREMENT BY {}", quote(sequence.name), is.start, is.increment);
    if (is.min)
        text += fmt::format(" MINVALUE {}", *is.min);
    if (is.max)
        text += fmt::format(" MAXVALUE {}", *is.max);
    return text;
}

std::string DdlWriter::addForeignKey(const Table &table, const ForeignKey &key)
{
    ForeignKey withName = key;
    withName.name = ringName(table, key);
    return "ALTER TABLE " + quote(table.name) + " ADD " + foreignKeySql(withName);
}

std::string DdlWriter::dropForeignKey(const Table &table, const ForeignKey &key)
{
    return "ALTER TABLE " + quote(table.name) + " DROP CONSTRAINT " + quote(ringName(table, key));
}

std::string DdlWriter::dropTable(const Table &table)
{
    return std::string("DROP TABLE ") + (options_.ifNotExists ? "IF EXISTS " : "") + quote(table.name);
}

std::string DdlWriter::dropView(const Table &view)
{
    return std::string("DROP VIEW ") + (options_.ifNotExists ? "IF EXISTS " : "") + quote(view.name);
}

std::string DdlWriter::guarded(std::string statement, const Table &, const std::string &) { return statement; }

/// True when what the key refers to is held together by an index that is made after its table.
bool DdlWriter::needsIndexFirst(const ForeignKey &key) const
{
    if (putsIndexesInside() || takesEarlyKeys())
        return false;
    const TablePtr referred = metadata_.table(resolved(key.referred));
    const auto isTheSame = [&](const auto &columns) {
        return std::ranges::is_permutation(columns, key.referredColumns);
    };
    return referred && !key.referredColumns.empty() &&
           !(referred->primaryKey && isTheSame(referred->primaryKey->columns)) &&
           std::ranges::none_of(referred->uniques, [&](const auto &each) { return isTheSame(each.columns); });
}

Script DdlWriter::create()
{
    Script script;
    script.notCarried = metadata_.notCarried;
    const auto emit = [&](std::vector<std::string> statements) {
        std::ranges::move(statements, std::back_inserter(script.statements));
    };
    emit(header(false));
    for (const Schema &schema : metadata_.schemas)
        if (schema.name != metadata_.defaultSchema)
            emit(createSchema(schema));
    for (const Sequence &sequence : metadata_.sequences)
        emit({createSequence(sequence)});
    const std::vector<TablePtr> tables = metadata_.sortedTables().order;
    std::set<QualifiedName> made;
    std::vector<std::pair<TablePtr, const ForeignKey *>> later;
    for (const TablePtr &table : tables) {
        const std::string definition = ownDefinition(*table);
        if (!definition.empty()) {
            emit({guarded(definition, *table, table->name.name)});
            continue;
        }
        made.insert(resolved(table->name));
        std::vector<const ForeignKey *> inlineKeys;
        for (const ForeignKey &key : table->foreignKeys) {
            const QualifiedName referred = resolved(key.referred);
            const bool isThere = made.contains(referred) || !metadata_.table(referred);
            if (takesEarlyKeys() || (isThere && !needsIndexFirst(key)))
                inlineKeys.push_back(&key);
            else
                later.emplace_back(table, &key);
        }
        emit({guarded(createTable(*table, inlineKeys), *table, table->name.name)});
    }
    if (!putsIndexesInside())
        for (const TablePtr &table : tables)
            for (const Index &index : table->indexes)
                emit({guarded(createIndex(*table, index), *table, index.name)});
    for (const auto &[table, key] : later)
        emit({guarded(addForeignKey(*table, *key), *table, ringName(*table, *key))});
    for (const TablePtr &table : tables)
        emit(comments(*table));
    ownObjects(script);
    emit(footer(false));
    return script;
}

Script DdlWriter::drop()
{
    Script script;
    const auto emit = [&](std::vector<std::string> statements) {
        std::ranges::move(statements, std::back_inserter(script.statements));
    };
    emit(header(true));
    const auto views = metadata_.sortedViews();
    for (auto view = views.rbegin(); view != views.rend(); ++view)
        if (!isForeign())
            emit({dropView(**view)});
    const auto sorted = metadata_.sortedTables();
    if (dropsRingKeys())
        for (const auto &ring : sorted.cycles)
            for (const TablePtr &table : ring)
                for (const ForeignKey &key : table->foreignKeys)
                    if (std::ranges::any_of(ring, [&](const TablePtr &other) {
                            return other != table && resolved(other->name) == resolved(key.referred);
                        }))
                        emit({dropForeignKey(*table, key)});
    for (auto table = sorted.order.rbegin(); table != sorted.order.rend(); ++table)
        emit({dropTable(**table)});
    for (const Sequence &sequence : metadata_.sequences)
        emit({std::string("DROP SEQUENCE ") + (options_.ifNotExists ? "IF EXISTS " : "") + quote(sequence.name)});
    emit(footer(true));
    return script;
}

std::vector<std::string> DdlWriter::table(const Table &table)
{
    std::vector<const ForeignKey *> keys;
    for (const ForeignKey &key : table.foreignKeys)
        keys.push_back(&key);
    std::vector<std::string> statements{createTable(table, keys)};
    if (!putsIndexesInside())
        for (const Index &index : table.indexes)
            statements.push_back(createIndex(table, index));
    std::ranges::move(comments(table), std::back_inserter(statements));
    return statements;
}

} // namespace schemawright
