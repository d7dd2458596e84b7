// The half of the scripts that takes things away.

#include "schemawright/backends/postgres/postgres_builder.h"
#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

namespace schemawright::postgres {

/// Those on what stays: the others go with their objects.
void Builder::takeBackPrivileges()
{
    for (const OtherObject &each : metadata_.others) {
        const auto isOn = [&](const std::string &word, const std::string &kind) {
            return each.name.name.starts_with(word) &&
                   std::ranges::none_of(metadata_.others, [&](const OtherObject &other) {
                       return other.kind == kind && word + other.name.name == each.name.name;
                   });
        };
        const bool stays =
            each.kind == "default_privileges" ||
            (each.kind == "privileges" &&
             (each.name.schema == "pg_catalog" || isOn("LANGUAGE ", "language") || each.name.name == "SCHEMA public" ||
              each.name.name == "SCHEMA " + metadata_.defaultSchema || each.name.name == "SCHEMA pg_catalog"));
        if (!stays || !options_.privileges)
            continue;
        const std::vector<std::string> granted = statementsOf(each.definition);
        for (auto statement = granted.rbegin(); statement != granted.rend(); ++statement)
            if (const std::string sql = takenBack(*statement); !sql.empty())
                emit(sql);
    }
}

/// Policies, rules and conditions of triggers can name other tables and functions, which their own table would outlive.
void Builder::takeBackWhatNeedsMore()
{
    const std::string ifExists = options_.ifNotExists ? "IF EXISTS " : "";
    for (const OtherObject &each : metadata_.others)
        if (each.onTable && (each.kind == "policy" || each.kind == "rule"))
            emit("DROP " + upperCase(each.kind) + " " + ifExists + quoteName(each.name.name) + " ON " +
                 quoteName(*each.onTable));
    for (const std::vector<TablePtr> *all : {&tables_, &views_})
        for (const TablePtr &table : *all)
            for (const Trigger &trigger : table->triggers)
                if (trigger.definition.find(" WHEN (") != std::string::npos)
                    emit("DROP TRIGGER " + ifExists + quoteName(trigger.name) + " ON " + quoteName(table->name));
    // What needs functions that need the table itself.
    for (const std::vector<TablePtr> *all : {&tables_, &views_})
        for (const TablePtr &table : *all) {
            if (!lateTables_.contains(resolved(table->name)))
                continue;
            const std::string alter =
                std::string("ALTER ") + ddl::relationWord(*table) + " " + ifExists + quoteName(table->name) + " ";
            for (const Column &column : table->columns)
                if (column.defaultSql && !column.generated && !column.identity)
                    emit(alter + "ALTER COLUMN " + quoteName(column.name) + " DROP DEFAULT");
            for (const CheckConstraint &each : table->checks)
                if (each.name && !each.inherited)
                    emit(alter + "DROP CONSTRAINT " + ifExists + quoteName(*each.name));
            for (const ExclusionConstraint &each : table->exclusions)
                emit(alter + "DROP CONSTRAINT " + ifExists + quoteName(each.name));
            for (const Index &index : table->indexes)
                if (!index.options.contains("attached_to"))
                    emit("DROP INDEX " + ifExists + quoteName({table->name.schema, index.name}));
        }
}

Script Builder::drop()
{
    collect();
    sort();
    const std::string ifExists = options_.ifNotExists ? "IF EXISTS " : "";
    const auto others = [&](const char *kind, const char *word) {
        for (const OtherObject &each : metadata_.others)
            if (each.kind == kind && !each.onTable)
                emit(std::string("DROP ") + word + " " + ifExists + quoteName(each.name));
    };
    others("event_trigger", "EVENT TRIGGER");
    others("publication", "PUBLICATION");
    for (const OtherObject &each : metadata_.others)
        if (each.kind == "subscription") { // the publisher need not be there
            const std::string name = quoteName(each.name);
            emit("ALTER SUBSCRIPTION " + name + " DISABLE");
            emit("ALTER SUBSCRIPTION " + name + " SET (slot_name = NONE)");
            emit("DROP SUBSCRIPTION " + ifExists + name);
        }
    takeBackPrivileges();
    const auto untie = [&](const Table &table, const ForeignKey &key) {
        std::string name = key.name.value_or("");
        if (!key.name) { // as the server names it
            name = table.name.name;
            for (const std::string &column : key.columns)
                name += "_" + column;
            name += "_fkey";
        }
        emit("ALTER TABLE " + ifExists + quoteName(table.name) + " DROP CONSTRAINT " + ifExists + quoteName(name));
    };
    // What refers to a partitioned table holds its partitions too, which are dropped one by one.
    for (const TablePtr &table : tables_)
        for (const ForeignKey &key : table->foreignKeys)
            if (const TablePtr referred = metadata_.table(resolved(key.referred));
                !key.inherited && referred && referred->partition.by && referred->name != table->name)
                untie(*table, key);
    // What stands in a ring is untied first, whether it has a name or not.
    for (const auto &cycle : metadata_.sortedTables().cycles)
        for (const TablePtr &table : cycle)
            for (const ForeignKey &key : table->foreignKeys)
                if (std::ranges::any_of(cycle,
                                        [&](const TablePtr &other) {
                                            return resolved(other->name) == resolved(key.referred) && other != table;
                                        }) &&
                    !key.inherited && !metadata_.table(resolved(key.referred))->partition.by)
                    untie(*table, key);
    takeBackWhatNeedsMore();
    for (const std::size_t i : cyclicViews_)
        emit("CREATE OR REPLACE" + hollow(*nodes_[i].table));
    for (const Node &node : nodes_)
        if (beginsAsShell(node)) // its functions need it and it needs them
            for (Node &other : nodes_)
                if (std::ranges::find(metadata_.dependencies, Dependency{node.reference, other.reference}) !=
                        metadata_.dependencies.end() &&
                    other.reference.kind == "function")
                    other.dropStatement.clear();
    for (auto i = order_.rbegin(); i != order_.rend(); ++i)
        if (!nodes_[*i].dropStatement.empty())
            emit(nodes_[*i].dropStatement + (beginsAsShell(nodes_[*i]) ? " CASCADE" : ""));
    for (const Schema &each : metadata_.schemas)
        if (each.name != "public" && each.name != metadata_.defaultSchema)
            emit("DROP SCHEMA " + ifExists + quoteName(each.name));
    return std::move(script_);
}

} // namespace schemawright::postgres
