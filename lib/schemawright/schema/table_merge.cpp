#include "schemawright/schema/table_merge.h"

#include <algorithm>
#include <vector>

namespace schemawright {

namespace {

template <class T> void merge(T &mine, const T &base, const T &theirs)
{
    if (mine == base)
        mine = theirs;
}

/// Constraints, indexes, triggers: whole things that come and go.
template <class T> void mergeList(std::vector<T> &mine, const std::vector<T> &base, const std::vector<T> &theirs)
{
    const auto has = [](const std::vector<T> &list, const T &one) {
        return std::ranges::find(list, one) != list.end();
    };
    std::erase_if(mine, [&](const T &each) { return has(base, each) && !has(theirs, each); });
    for (const T &each : theirs) {
        const bool isTaken =
            each.name != decltype(each.name)() && std::ranges::find(mine, each.name, &T::name) != mine.end();
        if (!has(base, each) && !has(mine, each) && !isTaken)
            mine.push_back(each);
    }
}

const Column *byId(const Table &table, ColumnId id)
{
    const auto found = std::ranges::find(table.columns, id, &Column::id);
    return found == table.columns.end() ? nullptr : &*found;
}

void mergeColumn(Column &mine, const Column &base, const Column &theirs)
{
    merge(mine.name, base.name, theirs.name);
    merge(mine.type, base.type, theirs.type);
    merge(mine.nullable, base.nullable, theirs.nullable);
    merge(mine.defaultSql, base.defaultSql, theirs.defaultSql);
    merge(mine.collation, base.collation, theirs.collation);
    merge(mine.comment, base.comment, theirs.comment);
    merge(mine.identity, base.identity, theirs.identity);
    merge(mine.generated, base.generated, theirs.generated);
    merge(mine.autoincrement, base.autoincrement, theirs.autoincrement);
    merge(mine.hidden, base.hidden, theirs.hidden);
    merge(mine.options, base.options, theirs.options);
}

} // namespace

Table mergeTables(const Table &base, const Table &mine, const Table &theirs)
{
    Table merged = mine;
    std::erase_if(merged.columns, [&](const Column &column) {
        const Column *const was = byId(base, column.id);
        return was && *was == column && !byId(theirs, column.id);
    });
    for (Column &column : merged.columns)
        if (const Column *was = byId(base, column.id), *now = byId(theirs, column.id); was && now)
            mergeColumn(column, *was, *now);
    for (const Column &column : theirs.columns) {
        if (byId(base, column.id))
            continue;
        const auto same = std::ranges::find_if(merged.columns, [&](const Column &each) {
            return each.name == column.name && !byId(base, each.id);
        });
        if (same != merged.columns.end()) // both made one of that name
            same->id = column.id;
        else if (!merged.column(column.name))
            merged.columns.push_back(column);
    }
    merge(merged.kind, base.kind, theirs.kind);
    merge(merged.temporary, base.temporary, theirs.temporary);
    merge(merged.comment, base.comment, theirs.comment);
    merge(merged.primaryKey, base.primaryKey, theirs.primaryKey);
    mergeList(merged.foreignKeys, base.foreignKeys, theirs.foreignKeys);
    mergeList(merged.uniques, base.uniques, theirs.uniques);
    mergeList(merged.checks, base.checks, theirs.checks);
    mergeList(merged.exclusions, base.exclusions, theirs.exclusions);
    mergeList(merged.indexes, base.indexes, theirs.indexes);
    mergeList(merged.triggers, base.triggers, theirs.triggers);
    merge(merged.partition, base.partition, theirs.partition);
    merge(merged.inherits, base.inherits, theirs.inherits);
    merge(merged.options, base.options, theirs.options);
    merge(merged.definition, base.definition, theirs.definition);
    merge(merged.dependsOn, base.dependsOn, theirs.dependsOn);
    return merged;
}

} // namespace schemawright
