#include "schemawright/backends/sqlite/sqlite_key_check.h"

#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

namespace {

/// False where the table that is referred to is there and has no key of those columns.
bool isAnswered(const MetaData &side, const ForeignKey &key)
{
    const TablePtr parent = side.table(key.referred);
    if (!parent)
        return true;
    if (parent->kind != TableKind::Table)
        return false;
    const auto isThese = [&](const std::vector<std::string> &columns) {
        return std::ranges::is_permutation(columns, key.referredColumns, sameName);
    };
    if (key.referredColumns.empty() ? parent->primaryKey && parent->primaryKey->columns.size() == key.columns.size()
                                    : parent->primaryKey && isThese(parent->primaryKey->columns))
        return true;
    const auto isPlain = [](const IndexElement &each) { return each.column && !each.collation; };
    return std::ranges::any_of(parent->uniques,
                               [&](const UniqueConstraint &each) {
                                   return isThese(each.columns) &&
                                          std::ranges::none_of(each.options, [](const auto &option) {
                                              return option.first.starts_with("collation.");
                                          });
                               }) ||
           std::ranges::any_of(parent->indexes, [&](const Index &each) {
               std::vector<std::string> columns;
               for (const IndexElement &element : each.elements)
                   columns.push_back(element.column.value_or(""));
               return each.unique && !each.where && std::ranges::all_of(each.elements, isPlain) && isThese(columns);
           });
}

/// What tells rows that refer to nothing. A key that nothing unique answers makes the check of all tables fail, so
/// that the others are checked one by one.
std::string brokenKeys(const Dialect &dialect, const MetaData &side, const std::string &schema)
{
    const std::string place = dialect.literal(Value(schema));
    std::vector<std::string> checks;
    bool isAnyUnanswered = false;
    for (const TablePtr &table : side.tables()) {
        if ((table->name.schema.empty() ? "main" : table->name.schema) != schema || table->foreignKeys.empty())
            continue;
        if (std::ranges::all_of(table->foreignKeys, [&](const ForeignKey &key) { return isAnswered(side, key); }))
            checks.push_back("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check(" +
                             dialect.literal(Value(table->name.name)) + ", " + place + ")");
        else
            isAnyUnanswered = true;
    }
    if (!isAnyUnanswered)
        return "pragma_foreign_key_check" + (schema == "main" ? std::string() : "(NULL, " + place + ")");
    if (checks.empty())
        return "(SELECT NULL AS \"table\", NULL AS rowid, NULL AS parent WHERE 0)";
    return fmt::format("({})", fmt::join(checks, " UNION ALL "));
}

KeyCheck keyCheck(const Dialect &dialect, const MetaData &beforeAll, const MetaData &afterAll,
                  const std::vector<TableDiff> &diffs, const std::string &schema, const std::string &orphans)
{
    const std::string before = brokenKeys(dialect, beforeAll, schema), after = brokenKeys(dialect, afterAll, schema);
    const auto formerName = [&](const char *now) {
        std::string text;
        for (const TableDiff &diff : diffs)
            if (diff.before && diff.after && diff.before->name.name != diff.after->name.name)
                text += fmt::format(" WHEN {} THEN {}", dialect.literal(Value(diff.after->name.name)),
                                    dialect.literal(Value(diff.before->name.name)));
        return text.empty() ? std::string(now) : fmt::format("CASE {}{} ELSE {} END", now, text, now);
    };
    return {fmt::format("CREATE TEMP TABLE {} AS SELECT \"table\" AS child, rowid AS number, parent FROM {}", orphans,
                        before),
            fmt::format("SELECT \"table\", rowid, parent FROM {} AS now WHERE NOT EXISTS (SELECT 1 FROM "
                        "temp.{} AS was WHERE was.child = {} AND was.number IS now.rowid AND was.parent = {})",
                        after, orphans, formerName("now.\"table\""), formerName("now.parent")),
            "DROP TABLE temp." + orphans};
}

} // namespace

std::vector<KeyCheck> keyChecks(const Dialect &dialect, const MetaData &before, const MetaData &after,
                                const std::vector<TableDiff> &diffs)
{
    std::set<std::string> schemas;
    for (const TableDiff &diff : diffs)
        for (const TablePtr &table : {diff.before, diff.after})
            if (table)
                schemas.insert(table->name.schema.empty() ? "main" : table->name.schema);
    std::vector<KeyCheck> checks;
    std::string orphans = "schemawright_orphans";
    for (const std::string &schema : schemas) {
        checks.push_back(keyCheck(dialect, before, after, diffs, schema, orphans));
        orphans += "_";
    }
    return checks;
}

} // namespace schemawright::sqlite
