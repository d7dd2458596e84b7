#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_parser.h"
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
        for (const auto &row :
             query("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = ?", {schema})) {
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
            parseTexts(tables);
            readColumns(schema, master, tables);
            takeTexts(tables);
            readIndexes(schema, master, tables);
            findDependencies(tables);
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
        const std::string sql = "SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden FROM " +
                                master + " AS m, pragma_table_xinfo(m.name, ?) AS x WHERE m.type = ";
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

    void parseTexts(const std::map<std::string, Table> &tables)
    {
        texts_.clear();
        for (const auto &[name, table] : tables)
            if (table.definition && !table.isView() && table.kind != TableKind::Virtual)
                if (auto text = sqlite::parseCreateTable(*table.definition))
                    texts_.emplace(name, std::move(*text));
    }

    /// Names inside a text may be written in another case than where they were made.
    static void useNamesOf(const Table &table, std::vector<std::string> &columns)
    {
        for (std::string &written : columns)
            for (const Column &column : table.columns)
                if (sqlite::sameName(column.name, written))
                    written = column.name;
    }

    /// What only the text tells: names, collations, checks, expressions, deferral.
    void takeTexts(std::map<std::string, Table> &tables)
    {
        for (auto &[name, text] : texts_) {
            Table &table = tables[name];
            for (const sqlite::ColumnText &written : text.columns)
                for (Column &column : table.columns)
                    if (sqlite::sameName(column.name, written.name)) {
                        column.collation = written.collation;
                        column.autoincrement = written.autoincrement;
                        column.options = written.options;
                        if (column.generated && written.generated)
                            column.generated->expression = *written.generated;
                    }
            if (table.primaryKey && text.primaryKey) {
                table.primaryKey->name = text.primaryKey->name;
                table.primaryKey->options = text.primaryKey->options;
            }
            for (UniqueConstraint &unique : text.uniques)
                useNamesOf(table, unique.columns);
            for (ForeignKey &key : text.foreignKeys) {
                useNamesOf(table, key.columns);
                const Table *parent = nullptr;
                for (const auto &[otherName, other] : tables)
                    if (sqlite::sameName(otherName, key.referred.name))
                        parent = &other;
                key.referred = {table.name.schema, parent ? parent->name.name : key.referred.name};
                if (!parent)
                    continue;
                if (key.referredColumns.empty() && parent->primaryKey)
                    key.referredColumns = parent->primaryKey->columns;
                useNamesOf(*parent, key.referredColumns);
            }
            table.foreignKeys = std::move(text.foreignKeys);
            table.uniques = std::move(text.uniques);
            table.checks = std::move(text.checks);
        }
    }

    /// Tables and views whose names stand in a view's text. A name too many does no harm: it only orders.
    static void findDependencies(std::map<std::string, Table> &tables)
    {
        std::map<std::string, QualifiedName> byFoldedName;
        for (const auto &[name, table] : tables)
            byFoldedName.emplace(sqlite::foldedName(name), table.name);
        for (auto &[name, table] : tables) {
            if (!table.isView() || !table.definition)
                continue;
            std::set<QualifiedName> found;
            for (const sqlite::Token &token : sqlite::tokenize(*table.definition))
                if (token.kind == sqlite::TokenKind::Word || token.kind == sqlite::TokenKind::Quoted)
                    if (const auto other = byFoldedName.find(sqlite::foldedName(sqlite::unquoted(token.text)));
                        other != byFoldedName.end() && other->second != table.name)
                        found.insert(other->second);
            table.dependsOn.assign(found.begin(), found.end());
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
            if (!row[4].isNull())
                element.column = row[4].text();
            element.descending = row[5] == Value(1);
            const Column *column = element.column ? tables[row[0].text()].column(*element.column) : nullptr;
            const std::string usual = column && column->collation ? *column->collation : "BINARY";
            if (!sqlite::sameName(row[6].text(), usual))
                element.collation = row[6].text();
            index.elements.push_back(std::move(element));
        }
        for (auto &[where, index] : indexes) {
            Table &table = tables[where.first];
            // Those that a constraint made stand with the constraints, as the text says them.
            if (origins[where] != "c")
                continue;
            if (const auto sql = indexSql_.find(index.name); sql != indexSql_.end()) {
                index.definition = sql->second;
                if (const auto text = sqlite::parseCreateIndex(sql->second)) {
                    index.where = text->where;
                    for (std::size_t i = 0; i < index.elements.size() && i < text->elements.size(); ++i)
                        if (!index.elements[i].column)
                            index.elements[i].expression = text->elements[i];
                }
            }
            table.indexes.push_back(std::move(index));
        }
    }

    const SqliteDialect &dialect_;
    DriverConnection &connection_;
    const ReflectOptions &options_;
    MetaData metadata_;
    std::map<std::string, std::string> indexSql_;
    std::map<std::string, sqlite::TableText> texts_;
};

} // namespace

MetaData SqliteDialect::reflect(DriverConnection &connection, const ReflectOptions &options) const
{
    return Reflection(*this, connection, options).run();
}

} // namespace schemawright
