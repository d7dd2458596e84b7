#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/base/error.h"

#include <algorithm>
#include <map>
#include <set>

namespace schemawright {

namespace {

using Rows = std::vector<std::vector<Value>>;

class Reflection
{
public:
    Reflection(const SqliteDialect &dialect, DriverConnection &connection, const ReflectOptions &options)
        : dialect_(dialect), connection_(connection), options_(options)
    {}

    MetaData run()
    {
        metadata_.dialect = "sqlite";
        metadata_.serverVersion = connection_.serverVersion();
        metadata_.defaultSchema = "main";
        for (const auto &row : query("SELECT name FROM pragma_database_list ORDER BY seq")) {
            const std::string schema = row[0].text();
            if (schema == "temp" && query("SELECT 1 FROM temp.sqlite_schema LIMIT 1").empty())
                continue;
            if (!options_.schemas.empty() && std::ranges::find(options_.schemas, schema) == options_.schemas.end())
                continue;
            metadata_.schemas.push_back({schema, std::nullopt});
            reflectSchema(schema);
        }
        return std::move(metadata_);
    }

private:
    Rows query(const std::string &sql, std::initializer_list<Value> parameters = {})
    {
        Rows rows;
        const auto cursor = connection_.execute(sql, std::span<const Value>(parameters.begin(), parameters.size()));
        RowBatch batch;
        while (cursor->fetch(batch, 512))
            for (std::size_t row = 0; row < batch.rowCount(); ++row)
                rows.push_back(batch.row(row));
        return rows;
    }

    bool isWanted(const std::string &name) const
    {
        return options_.tables.empty() || std::ranges::find(options_.tables, name) != options_.tables.end();
    }

    void reflectSchema(const std::string &schema)
    {
        const std::string master = dialect_.quote(schema) + ".sqlite_schema";
        std::map<std::string, Table> tables;
        for (const auto &row : query("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = ?", {schema})) {
            const std::string name = row[0].text();
            if (name.starts_with("sqlite_") || !isWanted(name))
                continue;
            Table table;
            table.name = {schema, name};
            table.kind = row[1] == Value("view")      ? TableKind::View
                         : row[1] == Value("virtual") ? TableKind::Virtual
                         : row[1] == Value("shadow")  ? TableKind::Shadow
                                                      : TableKind::Table;
            table.temporary = schema == "temp";
            if (row[2] == Value(1))
                table.options["without_rowid"] = "true";
            if (row[3] == Value(1))
                table.options["strict"] = "true";
            tables.emplace(name, std::move(table));
        }
        if (!options_.namesOnly) {
            readDefinitions(master, tables);
            readColumns(schema, master, tables);
            readForeignKeys(schema, master, tables);
            readIndexes(schema, master, tables);
        }
        for (auto &[name, table] : tables)
            metadata_.add(std::move(table));
    }

    void readDefinitions(const std::string &master, std::map<std::string, Table> &tables)
    {
        for (const auto &row : query("SELECT type, name, tbl_name, sql FROM " + master)) {
            const auto found = tables.find(row[2].text());
            if (found == tables.end() || row[3].isNull())
                continue;
            if (row[0] == Value("trigger"))
                found->second.triggers.push_back({row[1].text(), row[3].text(), {}, {}});
            else if (row[0] == Value("index"))
                indexSql_[row[1].text()] = row[3].text();
            else
                found->second.definition = row[3].text();
        }
    }

    void readColumns(const std::string &schema, const std::string &master, std::map<std::string, Table> &tables)
    {
        std::map<std::string, std::map<std::int64_t, std::string>> keys;
        const auto add = [&](const std::vector<Value> &row) {
            const auto found = tables.find(row[0].text());
            if (found == tables.end())
                return;
            Column column;
            column.name = row[1].text();
            column.type = dialect_.parseType(row[2].text());
            column.nullable = row[3] != Value(1);
            if (!row[4].isNull())
                column.defaultSql = row[4].text();
            const std::int64_t hidden = row[6].get<std::int64_t>();
            column.hidden = hidden == 1;
            if (hidden >= 2)
                column.generated = Generated{"", hidden == 3};
            if (const std::int64_t position = row[5].get<std::int64_t>())
                keys[row[0].text()][position] = column.name;
            found->second.columns.push_back(std::move(column));
        };
        const std::string sql = "SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden FROM " + master +
                                " AS m, pragma_table_xinfo(m.name, ?) AS x WHERE m.type = ";
        for (const auto &row : query(sql + "'table' ORDER BY m.name, x.cid", {schema}))
            add(row);
        try {
            for (const auto &row : query(sql + "'view' ORDER BY m.name, x.cid", {schema}))
                add(row);
        } catch (const Error &) { // one that does not compile spoils the query for all
            for (const auto &[name, table] : tables)
                if (table.kind == TableKind::View)
                    try {
                        for (const auto &row : query(sql + "'view' AND m.name = ? ORDER BY x.cid", {schema, name}))
                            add(row);
                    } catch (const Error &error) {
                        metadata_.errors.push_back({name, error.message});
                    }
        }
        for (const auto &[name, columns] : keys) {
            PrimaryKey key;
            for (const auto &[position, column] : columns)
                key.columns.push_back(column);
            tables[name].primaryKey = std::move(key);
        }
    }

    void readForeignKeys(const std::string &schema, const std::string &master, std::map<std::string, Table> &tables)
    {
        std::map<std::pair<std::string, std::int64_t>, ForeignKey> keys;
        for (const auto &row : query("SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete FROM " +
                                         master + " AS m, pragma_foreign_key_list(m.name, ?) AS f WHERE m.type = 'table' "
                                                  "ORDER BY m.name, f.id DESC, f.seq",
                                     {schema})) {
            if (!tables.contains(row[0].text()))
                continue;
            ForeignKey &key = keys[{row[0].text(), -row[1].get<std::int64_t>()}];
            key.referred = {schema, row[2].text()};
            key.columns.push_back(row[3].text());
            if (!row[4].isNull())
                key.referredColumns.push_back(row[4].text());
            const auto action = [](const Value &value) {
                return value == Value("NO ACTION") ? std::nullopt : std::optional(value.text());
            };
            key.onUpdate = action(row[5]);
            key.onDelete = action(row[6]);
        }
        for (auto &[where, key] : keys) {
            const auto parent = tables.find(key.referred.name);
            if (key.referredColumns.empty() && parent != tables.end() && parent->second.primaryKey)
                key.referredColumns = parent->second.primaryKey->columns;
            tables[where.first].foreignKeys.push_back(std::move(key));
        }
    }

    void readIndexes(const std::string &schema, const std::string &master, std::map<std::string, Table> &tables)
    {
        std::map<std::pair<std::string, std::string>, Index> indexes;
        std::map<std::pair<std::string, std::string>, std::string> origins;
        for (const auto &row :
             query("SELECT m.name, i.name, i.\"unique\", i.origin, x.name, x.\"desc\", x.coll FROM " + master +
                       " AS m, pragma_index_list(m.name, ?) AS i, pragma_index_xinfo(i.name, ?) AS x "
                       "WHERE m.type = 'table' AND x.key = 1 ORDER BY m.name, i.seq DESC, x.seqno",
                   {schema, schema})) {
            if (!tables.contains(row[0].text()))
                continue;
            const std::pair key{row[0].text(), row[1].text()};
            Index &index = indexes[key];
            index.name = row[1].text();
            index.unique = row[2] == Value(1);
            origins[key] = row[3].text();
            IndexElement element;
            if (row[4].isNull())
                element.expression = "";
            else
                element.column = row[4].text();
            element.descending = row[5] == Value(1);
            index.elements.push_back(std::move(element));
            if (const auto sql = indexSql_.find(index.name); sql != indexSql_.end())
                index.definition = sql->second;
        }
        for (auto &[where, index] : indexes) {
            Table &table = tables[where.first];
            if (origins[where] == "c")
                table.indexes.push_back(std::move(index));
            else if (origins[where] == "u") {
                UniqueConstraint unique;
                for (const IndexElement &element : index.elements)
                    unique.columns.push_back(element.column.value_or(""));
                table.uniques.push_back(std::move(unique));
            }
        }
    }

    const SqliteDialect &dialect_;
    DriverConnection &connection_;
    const ReflectOptions &options_;
    MetaData metadata_;
    std::map<std::string, std::string> indexSql_;
};

} // namespace

MetaData SqliteDialect::reflect(DriverConnection &connection, const ReflectOptions &options) const
{
    return Reflection(*this, connection, options).run();
}

} // namespace schemawright
