#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/base/error.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace schemawright {

namespace {

template <class Use> void read(DriverConnection &connection, const std::string &sql, const Use &use)
{
    const auto cursor = connection.execute(sql);
    RowBatch batch;
    while (cursor->fetch(batch, 512))
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            use(batch, row);
}

} // namespace

/// Bytes are those of the pages in the file (dbstat reads them all); rows are what ANALYZE has noted.
std::vector<TableSize> SqliteDialect::tableSizes(DriverConnection &connection, const ReflectOptions &options) const
{
    std::vector<std::string> schemas;
    read(connection, "SELECT name FROM pragma_database_list ORDER BY seq", [&](const RowBatch &batch, std::size_t row) {
        if (const std::string name(batch.bytes(row, 0));
            options.schemas.empty() || std::ranges::find(options.schemas, name) != options.schemas.end())
            schemas.push_back(name);
    });
    std::vector<TableSize> all;
    for (const std::string &schema : schemas) {
        const std::string master = quote(schema) + ".sqlite_schema";
        std::map<std::string, TableSize> sizes;
        read(connection,
             "SELECT m.tbl_name, m.type = 'index', sum(s.pgsize) FROM " + master + " m JOIN dbstat(" +
                 literal(Value(schema)) +
                 ") s ON s.name = m.name WHERE m.tbl_name NOT LIKE 'sqlite\\_%' ESCAPE '\\' GROUP BY 1, 2",
             [&](const RowBatch &batch, std::size_t row) {
                 const std::string table(batch.bytes(row, 0));
                 if (!options.tables.empty() && std::ranges::find(options.tables, table) == options.tables.end())
                     return;
                 TableSize &size = sizes[table];
                 size.table = {schema, table};
                 (batch.integer(row, 1) ? size.indexBytes : size.bytes) = batch.integer(row, 2);
             });
        bool isAnalyzed = false;
        read(connection, "SELECT 1 FROM " + master + " WHERE name = 'sqlite_stat1'",
             [&](const RowBatch &, std::size_t) { isAnalyzed = true; });
        if (isAnalyzed)
            read(connection, "SELECT tbl, stat FROM " + quote(schema) + ".sqlite_stat1",
                 [&](const RowBatch &batch, std::size_t row) {
                     const auto found = sizes.find(std::string(batch.bytes(row, 0)));
                     const std::string_view stat = batch.bytes(row, 1); // "rows rows-per-key …"
                     std::int64_t rows = 0;
                     if (found != sizes.end() &&
                         std::from_chars(stat.data(), stat.data() + stat.size(), rows).ec == std::errc())
                         found->second.rows = std::max(found->second.rows.value_or(0), rows);
                 });
        for (auto &[name, size] : sizes)
            all.push_back(std::move(size));
    }
    return all;
}

} // namespace schemawright
