#include "schemawright/backends/postgres/postgres_catalog.h"
#include "schemawright/backends/postgres/postgres_dialect.h"
#include "schemawright/backends/postgres/postgres_text.h"

namespace schemawright {

namespace {

using postgres::CatalogReader;
using postgres::CatalogRow;

std::string list(const std::vector<std::string> &texts)
{
    std::string sql;
    for (const std::string &text : texts)
        sql += (sql.empty() ? "" : ", ") + postgres::quoteText(text);
    return sql;
}

/// Which tables a query is about.
std::string condition(const ReflectOptions &options)
{
    std::string sql = options.schemas.empty() ? "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
                                              : "n.nspname IN (" + list(options.schemas) + ")";
    if (!options.tables.empty())
        sql += " AND c.relname IN (" + list(options.tables) + ")";
    return sql;
}

} // namespace

/// Rows are the planner's estimate, unknown before the first ANALYZE.
std::vector<TableSize> PostgresDialect::tableSizes(DriverConnection &connection, const ReflectOptions &options) const
{
    std::vector<TableSize> all;
    std::vector<Remark> errors;
    CatalogReader(connection, options.stop, false, errors)
        .read("sizes",
              "SELECT n.nspname, c.relname, CASE WHEN c.reltuples < 0 THEN NULL ELSE c.reltuples::bigint END, "
              "pg_catalog.pg_table_size(c.oid), pg_catalog.pg_indexes_size(c.oid) FROM pg_catalog.pg_class c JOIN "
              "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm', 'p') AND " +
                  condition(options) + " ORDER BY 1, 2",
              [&](const CatalogRow &row) {
                  TableSize size;
                  size.table = {row.text(0), row.text(1)};
                  if (!row.isNull(2))
                      size.rows = row.number(2);
                  if (!row.isNull(3)) // dropped meanwhile
                      size.bytes = row.number(3);
                  if (!row.isNull(4))
                      size.indexBytes = row.number(4);
                  all.push_back(std::move(size));
              });
    return all;
}

std::vector<Privilege> PostgresDialect::privileges(DriverConnection &connection, const ReflectOptions &options) const
{
    std::vector<Privilege> all;
    std::vector<Remark> errors;
    const auto query = [&](const char *column, const char *acl, const char *join) {
        return std::string("SELECT n.nspname, c.relname, ") + column +
               ", CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(a.grantee) END, "
               "a.privilege_type, a.is_grantable FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
               "c.relnamespace " +
               join + " CROSS JOIN LATERAL pg_catalog.aclexplode(" + acl +
               ") a WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND " + condition(options);
    };
    CatalogReader(connection, options.stop, false, errors)
        .read("privileges",
              query("NULL::name", "coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))", "") + " UNION ALL " +
                  query("t.attname", "t.attacl",
                        "JOIN pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL") +
                  " ORDER BY 1, 2, 3 NULLS FIRST, 4, 5",
              [&](const CatalogRow &row) {
                  Privilege privilege;
                  privilege.table = {row.text(0), row.text(1)};
                  privilege.column = row.optional(2);
                  privilege.grantee = row.text(3);
                  privilege.privilege = row.text(4);
                  privilege.isGrantable = row.flag(5);
                  all.push_back(std::move(privilege));
              });
    return all;
}

} // namespace schemawright
