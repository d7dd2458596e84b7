// What comes when all tables are there: keys between them, what partitions differ in, and all that stands on tables.

#include "schemawright/backends/postgres/postgres_builder.h"
#include "schemawright/backends/postgres/postgres_catalog.h"
#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

/// A child's columns take default and NOT NULL from its parents; what it has otherwise is said afterwards.
void Builder::inheritedDifferences(const Table &table)
{
    if (table.inherits.empty())
        return;
    for (const Column &column : table.columns) {
        // One that is declared here too has what it says, but a parent's default where it says none.
        const bool isOwn = !column.options.contains("inherited");
        if (isOwn && (column.defaultSql || column.generated || column.identity))
            continue;
        bool parentNotNull = false;
        std::optional<std::string> parentDefault;
        for (const QualifiedName &each : table.inherits)
            if (const TablePtr parent = metadata_.table(each))
                if (const Column *same = parent->column(column.name)) {
                    parentNotNull = parentNotNull || !same->nullable;
                    if (!parentDefault && !same->generated)
                        parentDefault = same->defaultSql;
                }
        const std::string alter =
            "ALTER TABLE ONLY " + quoteName(table.name) + " ALTER COLUMN " + quoteName(column.name);
        if (column.defaultSql != parentDefault)
            emit(alter + (column.defaultSql ? " SET DEFAULT " + *column.defaultSql : " DROP DEFAULT"));
        if (!isOwn && !column.nullable && !parentNotNull)
            emit(alter + " SET NOT NULL");
    }
}

/// A key that not every partition has: made when the partitions are attached, then tied to those that have it.
void Builder::waitingKeys()
{
    std::set<std::string> waiting;
    const auto add = [&](const Table &table, const auto &constraint, const std::string &sql) {
        if (!constraint.options.contains("only"))
            return;
        emit(guarded("ALTER TABLE ONLY " + quoteName(table.name) + " ADD " + sql));
        waiting.insert(quoteName({table.name.schema, constraint.name.value_or("")}));
    };
    const auto tie = [&](const Table &table, const auto &constraint) {
        if (const auto parent = constraint.options.find("attached_to");
            parent != constraint.options.end() && waiting.contains(parent->second))
            emit("ALTER INDEX " + parent->second + " ATTACH PARTITION " +
                 quoteName({table.name.schema, constraint.name.value_or("")}));
    };
    for (const TablePtr &table : tables_) {
        if (table->primaryKey)
            add(*table, *table->primaryKey, ddl::primaryKey(*table->primaryKey));
        for (const UniqueConstraint &each : table->uniques)
            add(*table, each, ddl::unique(each));
    }
    if (waiting.empty())
        return;
    for (const TablePtr &table : tables_) {
        if (table->primaryKey)
            tie(*table, *table->primaryKey);
        for (const UniqueConstraint &each : table->uniques)
            tie(*table, each);
    }
}

/// A partition's copy of a key is called as the parent's, where it has no name of its own.
void Builder::keysOfPartitions()
{
    for (const TablePtr &table : tables_)
        for (const ForeignKey &key : table->foreignKeys) {
            if (!key.inherited || !key.name)
                continue;
            const ForeignKey *made = nullptr;
            TablePtr parent = table;
            while (!made && parent && parent->partition.of) {
                parent = metadata_.table(*parent->partition.of);
                if (!parent)
                    break;
                for (const ForeignKey &each : parent->foreignKeys)
                    if (!each.inherited && each.columns == key.columns && each.referred == key.referred &&
                        each.referredColumns == key.referredColumns)
                        made = &each;
            }
            const auto isTaken = [&](const auto &all) {
                return std::ranges::any_of(all, [&](const auto &each) { return each.name == made->name; });
            };
            if (made && made->name && made->name != key.name && !isTaken(table->foreignKeys) &&
                !isTaken(table->checks) && !isTaken(table->uniques))
                emit(guarded("ALTER TABLE " + quoteName(table->name) + " RENAME CONSTRAINT " + quoteName(*made->name) +
                             " TO " + quoteName(*key.name)));
        }
}

/// A child's columns stand behind its parents', in a copy as in one that the server's own dump makes.
void Builder::nameLostOrder(const Table &table)
{
    if (table.inherits.empty())
        return;
    std::vector<std::string> made;
    const auto add = [&](const Column &column) {
        if (std::ranges::find(made, column.name) == made.end())
            made.push_back(column.name);
    };
    for (const QualifiedName &each : table.inherits)
        if (const TablePtr parent = metadata_.table(each))
            std::ranges::for_each(parent->columns, add);
    std::ranges::for_each(table.columns, add);
    if (!std::ranges::equal(made, table.columns, {}, {}, &Column::name))
        script_.notCarried.push_back({table.name.text(), "the order of its columns: those of its parents come first"});
}

void Builder::afterTables()
{
    const auto alterTable = [](const Table &table) {
        return std::string("ALTER ") + (table.hasOption("server") ? "FOREIGN " : "") + "TABLE " + quoteName(table.name);
    };
    for (const TablePtr &table : tables_) {
        inheritedDifferences(*table);
        if (table->partition.of)
            emit(guarded("ALTER TABLE ONLY " + quoteName(*table->partition.of) + " ATTACH PARTITION " +
                         quoteName(table->name) + " " + table->partition.bound.value_or("DEFAULT")));
    }
    waitingKeys();
    for (const TablePtr &table : tables_) {
        const bool isLate = lateTables_.contains(resolved(table->name));
        for (const Column &column : table->columns)
            if (isLate && column.defaultSql && !column.generated && !column.identity)
                emit(alterTable(*table) + " ALTER COLUMN " + quoteName(column.name) + " SET DEFAULT " +
                     *column.defaultSql);
        for (const CheckConstraint &each : table->checks)
            if ((isLate || !each.validated) && !each.inherited)
                emit(guarded(alterTable(*table) + " ADD " + ddl::check(each)));
        for (const ExclusionConstraint &each : table->exclusions)
            if (isLate)
                emit(guarded(alterTable(*table) + " ADD " + ddl::exclusion(each)));
    }
    std::vector<TablePtr> all = tables_;
    all.insert(all.end(), views_.begin(), views_.end());
    for (const TablePtr &table : all)
        for (const Index &index : table->indexes)
            emit(ddl::index(*table, index, options_.ifNotExists));
    for (const TablePtr &table : all)
        for (const Index &index : table->indexes)
            if (const auto parent = index.options.find("attached_to"); parent != index.options.end())
                emit("ALTER INDEX " + parent->second + " ATTACH PARTITION " +
                     quoteName({table->name.schema, index.name}));
    for (const auto &[table, key] : laterKeys_)
        emit(guarded(alterTable(*table) + " ADD " + ddl::foreignKey(*key)));
    keysOfPartitions();
    for (const Sequence &each : metadata_.sequences)
        if (each.ownedBy)
            emit("ALTER SEQUENCE " + quoteName(each.name) + " OWNED BY " + *each.ownedBy);
    for (const TablePtr &table : all)
        for (const Trigger &trigger : table->triggers)
            emit(guarded(trigger.definition));
    const auto others = [&](std::initializer_list<const char *> kinds) {
        for (const char *kind : kinds)
            for (const OtherObject &each : metadata_.others)
                if (each.kind == kind)
                    for (const std::string &statement : statementsOf(each.definition))
                        emit(statement.starts_with("CREATE ") ? guarded(statement) : statement);
    };
    others({"rule", "policy", "statistics"});
    for (const TablePtr &table : all) {
        emit(ddl::settings(*table));
        emit(ddl::comments(*table));
    }
    others({"trigger_state", "publication", "subscription"}); // a parent's state is passed on before a child's is set
    others({"security_label"});
    const auto isOfEventTrigger = [](const OtherObject &each) { return each.name.name.starts_with("EVENT TRIGGER "); };
    const auto owners = [&](bool ofEventTriggers) {
        for (const OtherObject &each : metadata_.others)
            if (each.kind == "owner" && isOfEventTrigger(each) == ofEventTriggers)
                emit(each.definition);
    };
    if (options_.privileges) {
        owners(false); // first: it is the owner who grants
        others({"privileges", "default_privileges"});
    } else
        for (const OtherObject &each : metadata_.others)
            if (each.kind == "privileges" || each.kind == "default_privileges" || each.kind == "owner")
                script_.notCarried.push_back(
                    {each.name.text(), each.kind == "default_privileges" ? "default privileges" : each.kind});
    others({"event_trigger"}); // they would see what is done after them
    if (options_.privileges)
        owners(true);
}

} // namespace schemawright::postgres
