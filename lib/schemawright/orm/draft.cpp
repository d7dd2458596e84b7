#include "schemawright/orm/draft.h"

#include <algorithm>

namespace schemawright {

namespace {

/// Points the foreign keys of a table at what their targets are called in the draft. True when any changed.
bool follow(Table &table, const Draft &draft, const std::string &defaultSchema)
{
    bool changed = false;
    for (ForeignKey &key : table.foreignKeys) {
        const QualifiedName target = {key.referred.schema.empty() ? defaultSchema : key.referred.schema,
                                      key.referred.name};
        if (const auto columns = draft.columnNames.find(target); columns != draft.columnNames.end())
            for (std::string &column : key.referredColumns)
                if (const auto renamed = columns->second.find(column);
                    renamed != columns->second.end() && !renamed->second.empty() && renamed->second != column) {
                    column = renamed->second;
                    changed = true;
                }
        if (const auto renamed = draft.tableNames.find(target);
            renamed != draft.tableNames.end() && renamed->second != target) {
            key.referred = renamed->second;
            changed = true;
        }
    }
    return changed;
}

/// What reads or needs a table that has another name goes on doing so.
void followByName(Draft &draft)
{
    const auto follow = [&](QualifiedName &name) {
        const auto renamed = draft.tableNames.find(name);
        if (renamed == draft.tableNames.end() || renamed->second.name.empty() || renamed->second == name)
            return false;
        name = renamed->second;
        return true;
    };
    for (const TablePtr &view : draft.after.tables()) {
        Table copy = view->dependsOn.empty() ? Table() : *view;
        bool isChanged = false;
        for (QualifiedName &read : copy.dependsOn)
            isChanged = follow(read) || isChanged;
        if (isChanged)
            draft.after.add(std::move(copy));
    }
    for (Dependency &each : draft.after.dependencies)
        if (each.needs.kind == "primary_key")
            follow(each.needs.name);
}

/// Lays a change of what is no table upon the draft.
void putObjectChange(Draft &draft, const Change &change)
{
    // Held against each other by themselves: a whole database takes long to compare.
    MetaData before, after;
    for (MetaData *one : {&before, &after}) {
        one->dialect = draft.before.dialect;
        one->defaultSchema = draft.before.defaultSchema;
    }
    if (change.objectBefore)
        putObject(before, *change.objectBefore);
    if (change.objectAfter) {
        putObject(after, *change.objectAfter);
        putObject(draft.after, *change.objectAfter);
    } else
        removeObject(draft.after, std::get<ObjectTarget>(change.target).object);
    for (ObjectDiff &diff : diffMetaData(before, after).objects) {
        draft.objectDiffs.push_back(std::move(diff));
        draft.objectChanges.push_back(change.id);
    }
}

} // namespace

TablePtr Draft::tableOf(const QualifiedName &baselineName) const
{
    const auto renamed = tableNames.find(baselineName);
    return after.table(renamed == tableNames.end() ? baselineName : renamed->second);
}

std::string Draft::columnOf(const QualifiedName &baselineTable, const std::string &column) const
{
    const auto columns = columnNames.find(baselineTable);
    if (columns == columnNames.end())
        return column;
    const auto renamed = columns->second.find(column);
    return renamed == columns->second.end() ? column : renamed->second;
}

Draft draftOf(const MetaData &baseline, const std::vector<const Change *> &changes)
{
    Draft draft;
    draft.before = draft.after = baseline;
    std::vector<const Change *> tables;
    for (const Change *change : changes)
        if (change->isTable())
            tables.push_back(change);
        else if (change->isObject())
            putObjectChange(draft, *change);
    if (tables.empty())
        return draft;
    for (const Change *change : tables) {
        if (change->tableBefore) {
            draft.before = draft.before.with(change->tableBefore);
            draft.after.remove(change->tableBefore->name);
        }
        if (!change->tableAfter) {
            draft.tableNames[change->tableBefore->name] = {};
            continue;
        }
        draft.tableNames[std::get<TableTarget>(change->target).name] = change->tableAfter->name;
        if (!change->tableBefore)
            continue;
        auto &names = draft.columnNames[change->tableBefore->name];
        for (const Column &old : change->tableBefore->columns) {
            const auto now = std::ranges::find(change->tableAfter->columns, old.id, &Column::id);
            names[old.name] = now == change->tableAfter->columns.end() ? std::string() : now->name;
        }
    }
    for (const Change *change : tables)
        if (change->tableAfter)
            draft.after.add(change->tableAfter);
    // What a database does by itself when a table or column is renamed. A table whose own change already says the new
    // name has nothing left to follow.
    for (MetaData *metadata : {&draft.before, &draft.after})
        for (const TablePtr &table : metadata->tables())
            if (Table copy = *table; !copy.foreignKeys.empty() && follow(copy, draft, baseline.defaultSchema))
                metadata->add(std::move(copy));
    followByName(draft);
    const DiffRules rules = DiffRules::of(baseline.dialect, baseline.defaultSchema);
    for (const Change *change : tables) {
        TableDiff diff = diffTables(change->tableBefore ? draft.before.table(change->tableBefore->name) : nullptr,
                                    change->tableAfter ? draft.after.table(change->tableAfter->name) : nullptr, rules);
        if (diff.isEmpty())
            continue;
        draft.diffs.push_back(std::move(diff));
        draft.changes.push_back(change->id);
    }
    return draft;
}

} // namespace schemawright
