#include "schemawright/orm/unique_key.h"

#include "schemawright/schema/dependants.h"

#include <algorithm>

namespace schemawright {

namespace {

/// In place of generated columns those that they are generated from.
void readThrough(const Table &table, UniqueKey &key)
{
    std::vector<std::string> columns;
    const auto add = [&](const std::string &name) {
        if (std::ranges::find(columns, name) == columns.end())
            columns.push_back(name);
    };
    for (const std::string &name : key.columns)
        if (const Column *column = table.column(name); column && column->generated) {
            key.isComputed = true;
            for (const std::string &read : columnsRead(table, column->generated->expression))
                add(read);
        } else
            add(name);
    key.columns = std::move(columns);
}

} // namespace

std::vector<std::string> columnsRead(const Table &table, std::string_view sql)
{
    std::vector<std::string> columns;
    for (const Column &column : table.columns)
        if (mentionsName(sql, column.name, true))
            columns.push_back(column.name);
    return columns;
}

std::vector<UniqueKey> uniqueKeys(const Table &table)
{
    std::vector<UniqueKey> keys;
    const auto add = [&](UniqueKey key) {
        readThrough(table, key);
        if (!key.columns.empty())
            keys.push_back(std::move(key));
    };
    if (const auto &key = table.primaryKey)
        add({key->columns, false, false, key->deferrable, {}});
    for (const UniqueConstraint &unique : table.uniques)
        add({unique.columns, false, unique.nullsNotDistinct, unique.deferrable, {}});
    for (const Index &index : table.indexes) {
        if (!index.unique)
            continue;
        UniqueKey key{{}, false, index.nullsNotDistinct, false, index.where};
        for (const IndexElement &element : index.elements) {
            const auto columns =
                element.column ? std::vector{*element.column} : columnsRead(table, element.expression.value_or(""));
            key.isComputed = key.isComputed || !element.column || element.prefix || element.collation;
            key.columns.insert(key.columns.end(), columns.begin(), columns.end());
        }
        add(std::move(key));
    }
    return keys;
}

Sameness sameInKey(const UniqueKey &key, const Column &column, bool foldsText)
{
    const Sameness sameness = samenessOf(column, foldsText);
    const bool isText = sameness == Sameness::Text || sameness == Sameness::Padded;
    return key.isComputed && isText ? Sameness::Folded : sameness; // mostly lower() or trim()
}

std::vector<std::vector<std::string>> uniqueLists(const Table &table)
{
    std::vector<std::vector<std::string>> lists;
    if (table.primaryKey)
        lists.push_back(table.primaryKey->columns);
    for (const UniqueConstraint &unique : table.uniques)
        lists.push_back(unique.columns);
    for (const Index &index : table.indexes)
        if (index.unique && !index.where && std::ranges::all_of(index.elements, [](const IndexElement &element) {
                return element.column && !element.prefix;
            })) {
            std::vector<std::string> &columns = lists.emplace_back();
            for (const IndexElement &element : index.elements)
                columns.push_back(*element.column);
        }
    return lists;
}

} // namespace schemawright
