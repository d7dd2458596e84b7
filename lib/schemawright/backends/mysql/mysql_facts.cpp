#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/backends/mysql/mysql_reflect.h"

#include <fmt/format.h>

namespace schemawright {

/// What the engine notes of its pages and estimates of its rows.
std::vector<TableSize> MysqlDialect::tableSizes(DriverConnection &connection, const ReflectOptions &options) const
{
    mysql::SchemaReader reader(connection, options);
    std::vector<TableSize> sizes;
    for (const Schema &schema : reader.schemas()) {
        std::vector<Value> parameters{schema.name};
        const std::string names = reader.only("TABLE_NAME", parameters);
        reader.query("SELECT TABLE_NAME, TABLE_ROWS, DATA_LENGTH, INDEX_LENGTH FROM information_schema.TABLES WHERE "
                     "TABLE_SCHEMA = ? AND ENGINE IS NOT NULL AND TABLE_TYPE <> 'SEQUENCE'" +
                         names,
                     parameters, [&](const CatalogRow &row) {
                         if (!reader.isWanted(row.text(0)))
                             return;
                         const auto number = [&](std::size_t column) {
                             return row.isNull(column) ? std::nullopt : std::optional(row.number(column));
                         };
                         sizes.push_back({{schema.name, row.text(0)}, number(1), number(2), number(3)});
                     });
    }
    return sizes;
}

/// Those that were given on tables and columns, not those on whole schemas or all of them.
std::vector<Privilege> MysqlDialect::privileges(DriverConnection &connection, const ReflectOptions &options) const
{
    mysql::SchemaReader reader(connection, options);
    std::vector<Privilege> all;
    for (const Schema &schema : reader.schemas()) {
        std::vector<Value> parameters{schema.name};
        const std::string names = reader.only("TABLE_NAME", parameters);
        const auto read = [&](const char *column, const char *from) {
            reader.query(
                fmt::format("SELECT TABLE_NAME, {}, GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE FROM "
                            "information_schema.{} WHERE TABLE_SCHEMA = ?{}",
                            column, from, names),
                parameters, [&](const CatalogRow &row) {
                    if (reader.isWanted(row.text(0)))
                        all.push_back(
                            {{schema.name, row.text(0)}, row.optional(1), row.text(2), row.text(3), row.flag(4)});
                });
        };
        read("NULL", "TABLE_PRIVILEGES");
        read("COLUMN_NAME", "COLUMN_PRIVILEGES");
    }
    return all;
}

} // namespace schemawright
