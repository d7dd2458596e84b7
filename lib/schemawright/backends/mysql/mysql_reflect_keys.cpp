#include "schemawright/backends/mysql/mysql_reflect.h"
#include "schemawright/backends/mysql/mysql_text.h"
#include "schemawright/backends/mysql/mysql_types.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::mysql {

namespace {

/// RESTRICT and NO ACTION are one here, and what is meant where nothing is said.
std::optional<std::string> action(const CatalogRow &row, std::size_t column)
{
    const std::string rule = row.text(column);
    return rule == "RESTRICT" || rule == "NO ACTION" ? std::nullopt : std::optional(rule);
}

/// "0,10" for what only some of a key's columns have; empty where none has it.
template <class Says> std::string listed(const Index &index, const Says &says)
{
    std::string list;
    bool isSaid = false;
    for (const IndexElement &element : index.elements) {
        const int number = says(element);
        isSaid = isSaid || number != 0;
        list += (list.empty() ? "" : ",") + std::to_string(number);
    }
    return isSaid ? list : std::string();
}

} // namespace

void Reflection::readIndexes()
{
    const char *seen = isMariaDb ? (version >= 1006 ? "IGNORED" : "NULL") : "IS_VISIBLE";
    std::map<std::pair<Table *, std::string>, std::map<std::int64_t, IndexElement>> elements;
    std::map<std::pair<Table *, std::string>, Index> indexes;
    readOfTables(
        "indexes",
        fmt::format("SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE, COLLATION, SUB_PART, "
                    "INDEX_TYPE, INDEX_COMMENT, {}, {} FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ?",
                    seen, isMariaDb ? "NULL" : "EXPRESSION"),
        "TABLE_NAME", [&](Table &table, const CatalogRow &row) {
            const std::pair key{&table, row.text(1)};
            Index &index = indexes[key];
            index.name = key.second;
            index.unique = row.number(4) == 0;
            std::string method = row.text(7);
            for (char &c : method)
                c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
            index.method = method;
            if (!row.text(8).empty())
                index.comment = row.text(8);
            if (isMariaDb && row.flag(9))
                index.options["ignored"] = "true";
            if (!isMariaDb && !row.isNull(9) && !row.flag(9))
                index.options["invisible"] = "true";
            IndexElement element;
            if (row.isNull(3))
                element.expression = withoutParentheses(unescapedExpression(row.text(10)));
            else
                element.column = row.text(3);
            element.descending = row.text(5) == "D";
            if (!row.isNull(6) && method != "spatial") // which counts bytes of its own
                element.prefix = static_cast<int>(row.number(6));
            elements[key].emplace(row.number(2), std::move(element));
        });
    for (auto &[key, index] : indexes) {
        for (auto &[position, element] : elements[key])
            index.elements.push_back(std::move(element));
        placeIndex(*key.first, std::move(index));
    }
}

/// A unique index that says no more than a constraint stands there as one.
void Reflection::placeIndex(Table &table, Index index)
{
    const auto columns = [&] {
        std::vector<std::string> names;
        for (const IndexElement &element : index.elements)
            names.push_back(element.column.value_or(""));
        return names;
    };
    const std::string prefixes = listed(index, [](const IndexElement &each) { return each.prefix.value_or(0); });
    const std::string order = listed(index, [](const IndexElement &each) { return each.descending ? 1 : 0; });
    const bool isInMemory = table.options["engine"] == "MEMORY";
    const bool hasUsualMethod = !isInMemory || *index.method == "hash"; // elsewhere the server chooses
    if (index.name == "PRIMARY") {
        PrimaryKey &key = table.primaryKey.emplace();
        key.columns = columns();
        if (!prefixes.empty())
            key.options["prefix"] = prefixes;
        if (!order.empty())
            key.options["descending"] = order;
        if (index.comment)
            key.options["comment"] = *index.comment;
        if (!hasUsualMethod)
            key.options["method"] = *index.method;
    } else if (index.unique && prefixes.empty() && order.empty() && hasUsualMethod && index.options.empty() &&
               std::ranges::all_of(index.elements, [](const IndexElement &each) { return each.column.has_value(); })) {
        UniqueConstraint &unique = table.uniques.emplace_back();
        unique.name = index.name;
        unique.columns = columns();
        if (index.comment)
            unique.options["comment"] = *index.comment;
    } else
        table.indexes.push_back(std::move(index));
}

void Reflection::readForeignKeys()
{
    std::map<std::pair<Table *, std::string>, std::map<std::int64_t, std::pair<std::string, std::string>>> columns;
    std::map<std::pair<Table *, std::string>, ForeignKey> keys;
    readOfTables(
        "foreign keys",
        "SELECT TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, REFERENCED_TABLE_SCHEMA, "
        "REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = "
        "? AND REFERENCED_TABLE_NAME IS NOT NULL",
        "TABLE_NAME", [&](Table &table, const CatalogRow &row) {
            const std::pair key{&table, row.text(1)};
            ForeignKey &made = keys[key];
            made.name = key.second;
            made.referred = {row.text(4), row.text(5)};
            columns[key][row.number(2)] = {row.text(3), row.text(6)};
        });
    if (keys.empty())
        return;
    readOfTables("the actions of foreign keys",
                 "SELECT TABLE_NAME, CONSTRAINT_NAME, UPDATE_RULE, DELETE_RULE FROM "
                 "information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?",
                 "TABLE_NAME", [&](Table &table, const CatalogRow &row) {
                     if (const auto key = keys.find({&table, row.text(1)}); key != keys.end()) {
                         key->second.onUpdate = action(row, 2);
                         key->second.onDelete = action(row, 3);
                     }
                 });
    for (auto &[at, key] : keys) {
        for (auto &[position, pair] : columns[at]) {
            key.columns.push_back(std::move(pair.first));
            key.referredColumns.push_back(std::move(pair.second));
        }
        at.first->foreignKeys.push_back(std::move(key));
    }
}

void Reflection::readChecks()
{
    if (isMariaDb)
        readOfTables(
            "checks",
            "SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE, LEVEL FROM information_schema.CHECK_CONSTRAINTS WHERE "
            "CONSTRAINT_SCHEMA = ?",
            "TABLE_NAME", [&](Table &table, const CatalogRow &row) {
                CheckConstraint check;
                check.expression = seenFromHere(row.text(2));
                (row.text(3) == "Column" ? check.column : check.name) = row.text(1);
                placeCheck(table, std::move(check));
            });
    else
        readOfTables("checks",
                     "SELECT t.TABLE_NAME, t.CONSTRAINT_NAME, c.CHECK_CLAUSE, t.ENFORCED FROM "
                     "information_schema.TABLE_CONSTRAINTS t JOIN information_schema.CHECK_CONSTRAINTS c ON "
                     "c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME WHERE "
                     "t.CONSTRAINT_TYPE = 'CHECK' AND t.TABLE_SCHEMA = ?",
                     "t.TABLE_NAME", [&](Table &table, const CatalogRow &row) {
                         CheckConstraint check;
                         check.name = row.text(1);
                         check.expression = seenFromHere(withoutParentheses(unescapedExpression(row.text(2))));
                         check.validated = row.flag(3);
                         placeCheck(table, std::move(check));
                     });
    for (auto &[name, table] : tables_)
        std::ranges::sort(table.checks, {}, [](const CheckConstraint &each) {
            return std::pair(each.name.value_or(""), each.column.value_or(""));
        });
}

/// MariaDB's JSON is a LONGTEXT with a check, which goes with the type.
void Reflection::placeCheck(Table &table, CheckConstraint check)
{
    if (check.column && check.expression == "json_valid(" + backquoted(*check.column) + ")")
        for (Column &column : table.columns)
            if (column.name == *check.column && column.type.native == "longtext" &&
                column.collation.value_or(table.options["collate"]) == "utf8mb4_bin") {
                column.type = parseType("json");
                column.collation.reset();
                return;
            }
    table.checks.push_back(std::move(check));
}

} // namespace schemawright::mysql
