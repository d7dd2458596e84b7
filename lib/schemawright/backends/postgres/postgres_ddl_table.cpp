// CREATE TABLE, of one that is made as a whole or late.

#include "schemawright/backends/postgres/postgres_builder.h"
#include "schemawright/backends/postgres/postgres_catalog.h"
#include "schemawright/backends/postgres/postgres_text.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

bool Builder::isInline(const Table &table, const ForeignKey &key) const
{
    const QualifiedName target = resolved(key.referred);
    const bool isSelf = target == resolved(table.name);
    if (!key.validated || table.partition.by || table.partition.of || (!isSelf && !made_.contains(target)))
        return false;
    const TablePtr referred = metadata_.table(target);
    if (!referred || referred->partition.by || referred->partition.of)
        return false;
    const auto refersTo = [&](const std::vector<std::string> &columns) {
        return std::ranges::is_permutation(columns, key.referredColumns);
    };
    if (key.referredColumns.empty() || (referred->primaryKey && refersTo(referred->primaryKey->columns)))
        return true;
    return std::ranges::any_of(referred->uniques, [&](const auto &each) { return refersTo(each.columns); });
}

/// The server takes a constraint for one before it that has the same columns, when both stand in one statement.
bool Builder::standsAlone(const Table &table, const UniqueConstraint &constraint)
{
    const auto isSame = [&](const auto &other) {
        return other.columns == constraint.columns && other.include == constraint.include &&
               other.deferrable == constraint.deferrable && other.initiallyDeferred == constraint.initiallyDeferred;
    };
    if (table.primaryKey && !constraint.nullsNotDistinct && isSame(*table.primaryKey))
        return true;
    return std::any_of(table.uniques.data(), &constraint, [&](const UniqueConstraint &each) {
        return each.nullsNotDistinct == constraint.nullsNotDistinct && isSame(each);
    });
}

bool Builder::isGeneratedByParent(const Table &table, const Column &column) const
{
    return std::ranges::any_of(table.inherits, [&](const QualifiedName &each) {
        const TablePtr parent = metadata_.table(each);
        const Column *const same = parent ? parent->column(column.name) : nullptr;
        return same && same->generated == column.generated;
    });
}

std::string Builder::createTable(const TablePtr &shared, bool isLate)
{
    const Table &table = *shared;
    std::vector<std::string> lines;
    const bool isPartition = table.partition.of.has_value();
    nameLostOrder(table);
    for (const Column &column : table.columns) {
        if (column.options.contains("inherited") && !isPartition && !table.inherits.empty())
            continue;
        if (table.hasOption("of_type") && !column.defaultSql && column.nullable && !column.generated &&
            !column.identity)
            continue;
        if (column.generated && isGeneratedByParent(table, column)) {
            Column own = column;
            own.generated.reset(); // the server takes the parent's expression, and refuses it said twice
            lines.push_back(ddl::columnDefinition(table, own, !isLate));
        } else
            lines.push_back(ddl::columnDefinition(table, column, !isLate));
    }
    if (table.primaryKey && !table.primaryKey->columns.empty() && !table.primaryKey->options.contains("only"))
        lines.push_back(ddl::primaryKey(*table.primaryKey));
    for (const UniqueConstraint &each : table.uniques)
        if (!standsAlone(table, each) && !each.options.contains("only"))
            lines.push_back(ddl::unique(each));
    for (const CheckConstraint &each : table.checks)
        if (each.validated && !isLate && (!each.inherited || isPartition))
            lines.push_back(ddl::check(each));
    for (const ExclusionConstraint &each : table.exclusions)
        if (!isLate)
            lines.push_back(ddl::exclusion(each));
    for (const ForeignKey &each : table.foreignKeys) {
        if (each.inherited)
            continue;
        if (isInline(table, each))
            lines.push_back(ddl::foreignKey(each));
        else
            laterKeys_.emplace_back(shared, &each);
    }
    const bool isForeign = table.hasOption("server");
    std::string sql = table.temporary               ? "CREATE TEMPORARY TABLE "
                      : table.hasOption("unlogged") ? "CREATE UNLOGGED TABLE "
                      : isForeign                   ? "CREATE FOREIGN TABLE "
                                                    : "CREATE TABLE ";
    if (options_.ifNotExists)
        sql += "IF NOT EXISTS ";
    sql += quoteName(table.temporary ? QualifiedName{"", table.name.name} : table.name);
    const auto option = [&](const char *name) {
        const auto found = table.options.find(name);
        return found == table.options.end() ? std::string() : found->second;
    };
    if (table.hasOption("of_type"))
        sql += " OF " + option("of_type");
    if (!lines.empty() || !table.hasOption("of_type")) {
        sql += " (";
        for (std::size_t i = 0; i < lines.size(); ++i)
            sql += (i ? ",\n    " : "\n    ") + lines[i];
        sql += lines.empty() ? ")" : "\n)";
    }
    if (!table.inherits.empty()) {
        sql += "\nINHERITS (";
        for (std::size_t i = 0; i < table.inherits.size(); ++i)
            sql += (i ? ", " : "") + quoteName(table.inherits[i]);
        sql += ")";
    }
    if (table.partition.by)
        sql += "\nPARTITION BY " + *table.partition.by;
    if (!option("access_method").empty())
        sql += "\nUSING " + quoteName(option("access_method"));
    static const std::set<std::string> notStorage{
        "unlogged",   "replica_identity", "row_security", "force_row_security", "of_type",
        "tablespace", "access_method",    "server",       "cluster_on",         "no_data"};
    std::string parameters, foreign;
    for (const auto &[name, value] : inServerOrder(table.options))
        if (name.starts_with("foreign."))
            foreign += (foreign.empty() ? " OPTIONS (" : ", ") + quoteName(name.substr(8)) + " " + quoteText(value);
        else if (!notStorage.contains(name))
            parameters += (parameters.empty() ? "\nWITH (" : ", ") + name + "=" + quoteText(value);
    if (!parameters.empty())
        sql += parameters + ")";
    if (isForeign)
        sql += "\nSERVER " + quoteName(option("server"));
    if (!foreign.empty())
        sql += foreign + ")";
    if (!option("tablespace").empty())
        sql += "\nTABLESPACE " + quoteName(option("tablespace"));
    return sql;
}

void Builder::createRelation(const TablePtr &table)
{
    if (!table->isView()) {
        emit(createTable(table, lateTables_.contains(resolved(table->name))));
        for (const UniqueConstraint &each : table->uniques)
            if (standsAlone(*table, each) && !each.options.contains("only"))
                emit(guarded("ALTER TABLE ONLY " + quoteName(table->name) + " ADD " + ddl::unique(each)));
        made_.insert(resolved(table->name));
        return;
    }
    if (!table->definition) {
        script_.notCarried.push_back({table->name.text(), "a view without a query for PostgreSQL"});
        return;
    }
    Table view = *table;
    // What reads a materialized view without data cannot be filled either.
    for (const QualifiedName &each : table->dependsOn)
        if (const TablePtr read = metadata_.table(each);
            read && read->hasOption("no_data") && view.kind == TableKind::MaterializedView)
            view.options["no_data"] = "true";
    emit(ddl::view(view, options_.ifNotExists));
}

} // namespace schemawright::postgres
