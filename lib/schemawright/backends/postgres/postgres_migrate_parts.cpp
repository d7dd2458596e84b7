#include "schemawright/backends/postgres/postgres_migrate_parts.h"

#include <map>

namespace schemawright::postgres {

bool isKeyGone(const DiffItem &item)
{
    return item.subject == DiffSubject::PrimaryKey &&
           (item.action == DiffAction::Drop || item.action == DiffAction::Alter);
}

bool isColumnItem(const DiffItem &item)
{
    switch (item.subject) {
    case DiffSubject::Type:
    case DiffSubject::Nullable:
    case DiffSubject::Default:
    case DiffSubject::Identity:
    case DiffSubject::Autoincrement:
    case DiffSubject::Generated:
    case DiffSubject::Collation:
        return true;
    default:
        return false;
    }
}

const DiffItem *kindItem(const TableDiff &diff)
{
    for (const DiffItem &item : diff.items)
        if (item.subject == DiffSubject::Options && item.name.empty())
            return &item;
    return nullptr;
}

bool canBecome(const Table &before, const Table &after)
{
    const auto isPlain = [](const Table &table) {
        return table.kind == TableKind::Table || table.kind == TableKind::Partition;
    };
    std::map<std::string, std::string> was = before.options, is = after.options;
    was.erase("unlogged");
    is.erase("unlogged");
    const bool isSameKind = before.kind == after.kind || (isPlain(before) && isPlain(after));
    return isSameKind && was == is && before.partition.by == after.partition.by;
}

std::string nameOr(const std::optional<std::string> &name, const Table &table, const std::vector<std::string> &columns,
                   const char *suffix)
{
    if (name)
        return *name;
    std::string made = table.name.name;
    for (const std::string &column : columns)
        made += "_" + column;
    return made + suffix;
}

std::optional<std::string> partName(const TableDiff &diff, const DiffItem &item)
{
    const Table &table = *diff.before;
    switch (item.subject) {
    case DiffSubject::PrimaryKey:
        return table.primaryKey->name.value_or(table.name.name + "_pkey");
    case DiffSubject::Unique:
        return nameOr(table.uniques[*item.before].name, table, table.uniques[*item.before].columns, "_key");
    case DiffSubject::ForeignKey:
        return nameOr(table.foreignKeys[*item.before].name, table, table.foreignKeys[*item.before].columns, "_fkey");
    case DiffSubject::Check:
        return table.checks[*item.before].name;
    case DiffSubject::Exclusion:
        return table.exclusions[*item.before].name;
    case DiffSubject::Index:
        return table.indexes[*item.before].name;
    default:
        return std::nullopt;
    }
}

Table asCalledBefore(const TableDiff &diff)
{
    Table table = *diff.after;
    table.name = diff.before->name;
    for (const auto &[was, now] : diff.renamedColumns())
        for (std::size_t i = 0; table.primaryKey && i < table.primaryKey->columns.size(); ++i)
            if (diff.after->primaryKey->columns[i] == now)
                table.primaryKey->columns[i] = was;
    return table;
}

std::string keepGrants(const std::string &relations)
{
    return "CREATE TEMPORARY TABLE schemawright_grants ON COMMIT DROP AS\n"
           "SELECT format('%I.%I', n.nspname, c.relname) AS relation, g.privilege_type AS privilege, "
           "CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END AS grantee, "
           "g.is_grantable\nFROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
           "CROSS JOIN LATERAL aclexplode(c.relacl) AS g\nWHERE c.oid IN (" +
           relations + ")";
}

std::string giveGrants()
{
    return "DO $schemawright$ DECLARE g record; BEGIN\nFOR g IN SELECT * FROM schemawright_grants "
           "LOOP\nEXECUTE format('GRANT %s ON %s TO %s', g.privilege, g.relation, g.grantee) || "
           "CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END;\nEND LOOP;\n"
           "END $schemawright$";
}

} // namespace schemawright::postgres
