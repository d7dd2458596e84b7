#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_parser.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/base/error.h"
#include "schemawright/dialect/catalog_row.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace schemawright {

namespace {

struct TextHash
{
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
};

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
        std::vector<std::string> schemas;
        query("SELECT name FROM pragma_database_list ORDER BY seq", {},
              [&](const CatalogRow &row) { schemas.push_back(row.text(0)); });
        for (const std::string &schema : schemas) {
            bool isEmpty = true;
            if (schema == "temp")
                query("SELECT 1 FROM temp.sqlite_schema LIMIT 1", {}, [&](const CatalogRow &) { isEmpty = false; });
            if (schema == "temp" && isEmpty)
                continue;
            if (!options_.schemas.empty() && std::ranges::find(options_.schemas, schema) == options_.schemas.end())
                continue;
            metadata_.schemas.push_back({schema, std::nullopt});
            reflectSchema(schema);
        }
        std::ranges::sort(metadata_.errors, {}, &Remark::object);
        return std::move(metadata_);
    }

private:
    using Tables = std::unordered_map<std::string, Table, TextHash, std::equal_to<>>;

    template <class Use> void query(const std::string &sql, std::initializer_list<Value> parameters, const Use &use)
    {
        const auto cursor = connection_.execute(sql, std::span<const Value>(parameters.begin(), parameters.size()));
        while (cursor->fetch(batch_, 512)) {
            if (options_.stop && options_.stop->stop_requested())
                throw Error(ErrorKind::Cancelled, "reading the schema was cancelled");
            for (std::size_t row = 0; row < batch_.rowCount(); ++row)
                use(CatalogRow(batch_, row));
        }
    }

    bool isWanted(const std::string &name) const
    {
        return options_.tables.empty() || std::ranges::find(options_.tables, name) != options_.tables.end();
    }

    /// What the tables asked for refer to, folded: only the parent tells how it is spelled, and the columns of a key
    /// that names none.
    std::set<std::string> parentsOfWanted(const std::string &schema)
    {
        std::set<std::string> parents;
        if (!options_.tables.empty() && !options_.namesOnly)
            query("SELECT t.name, f.\"table\" FROM pragma_table_list t, pragma_foreign_key_list(t.name, t.schema) f "
                  "WHERE t.schema = ? AND t.type = 'table'",
                  {schema}, [&](const CatalogRow &row) {
                      if (isWanted(row.text(0)))
                          parents.insert(sqlite::foldedName(row.view(1)));
                  });
        return parents;
    }

    void reflectSchema(const std::string &schema)
    {
        const std::string master = dialect_.quote(schema) + ".sqlite_schema";
        const std::set<std::string> parents = parentsOfWanted(schema);
        Tables tables;
        query("SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = ?", {schema},
              [&](const CatalogRow &row) {
                  const std::string name = row.text(0);
                  if (name.starts_with("sqlite_") || (!isWanted(name) && !parents.contains(sqlite::foldedName(name))))
                      return;
                  Table table;
                  table.name = {schema, name};
                  table.kind = row.view(1) == "view"      ? TableKind::View
                               : row.view(1) == "virtual" ? TableKind::Virtual
                               : row.view(1) == "shadow"  ? TableKind::Shadow
                                                          : TableKind::Table;
                  table.temporary = schema == "temp";
                  if (row.number(2) == 1)
                      table.options["without_rowid"] = "true";
                  if (row.number(3) == 1)
                      table.options["strict"] = "true";
                  tables.emplace(name, std::move(table));
              });
        byFoldedName_.clear();
        for (const auto &[name, table] : tables)
            byFoldedName_.emplace(sqlite::foldedName(name), &table);
        if (!options_.namesOnly) {
            readDefinitions(schema, master, tables);
            parseTexts(tables);
            readColumns(schema, master, tables);
            takeTexts(tables);
            readKeysWithoutText(schema, tables);
            readIndexes(schema, master, tables);
            findDependencies(tables);
        }
        for (auto &[name, table] : tables)
            if (isWanted(name))
                metadata_.add(std::move(table));
    }

    void readDefinitions(const std::string &schema, const std::string &master, Tables &tables)
    {
        query("SELECT type, name, tbl_name, sql FROM " + master, {}, [&](const CatalogRow &row) {
            auto found = tables.find(row.view(2));
            if (found == tables.end() && row.view(0) == "trigger") // calls its table as its text does
                if (const auto same = byFoldedName_.find(sqlite::foldedName(row.view(2))); same != byFoldedName_.end())
                    found = tables.find(same->second->name.name);
            if (found == tables.end() && row.view(0) == "trigger" && schema == "temp" && options_.tables.empty())
                metadata_.notCarried.push_back({row.text(1), "a temporary trigger on " + row.text(2)});
            if (found == tables.end() || row.isNull(3))
                return;
            if (row.view(0) == "trigger")
                found->second.triggers.push_back({row.text(1), row.text(3), {}, {}});
            else if (row.view(0) == "index")
                indexSql_[row.text(1)] = row.text(3);
            else
                found->second.definition = row.text(3);
        });
    }

    void readColumns(const std::string &schema, const std::string &master, Tables &tables)
    {
        std::map<Table *, std::map<std::int64_t, std::string>> keys;
        const auto add = [&](const CatalogRow &row) {
            const auto found = tables.find(row.view(0));
            if (found == tables.end())
                return;
            Column column;
            column.name = row.text(1);
            auto type = types_.find(row.view(2));
            if (type == types_.end())
                type = types_.emplace(row.text(2), dialect_.parseType(row.text(2))).first;
            column.type = type->second;
            column.nullable = row.number(3) != 1;
            if (!row.isNull(4))
                column.defaultSql = row.text(4);
            const std::int64_t hidden = row.number(6);
            column.hidden = hidden == 1;
            if (hidden >= 2)
                column.generated = Generated{"", hidden == 3};
            if (const std::int64_t position = row.number(5))
                keys[&found->second][position] = column.name;
            found->second.columns.push_back(std::move(column));
        };
        const std::string sql = "SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden FROM " +
                                master + " AS m, pragma_table_xinfo(m.name, ?) AS x WHERE m.type = ";
        // The pragma counts a table's columns in their order. A virtual table has no page of its own.
        query(sql + "'table' AND m.rootpage <> 0", {schema}, add);
        const auto readEach = [&](const char *condition, TableKind kind) {
            if (std::ranges::none_of(tables, [&](const auto &each) { return each.second.kind == kind; }))
                return;
            try {
                query(sql + condition, {schema}, add);
            } catch (const Error &error) { // one that does not compile spoils the query for all
                if (error.kind == ErrorKind::Cancelled)
                    throw;
                for (auto &[name, table] : tables)
                    if (table.kind == kind)
                        table.columns.clear();
                for (const auto &[name, table] : tables)
                    if (table.kind == kind)
                        try {
                            query(sql + condition + " AND m.name = ?", {schema, name}, add);
                        } catch (const Error &why) {
                            metadata_.errors.push_back({name, why.message});
                        }
            }
        };
        readEach("'table' AND m.rootpage = 0", TableKind::Virtual);
        readEach("'view'", TableKind::View);
        for (const auto &[table, columns] : keys) {
            PrimaryKey key;
            for (const auto &[position, column] : columns)
                key.columns.push_back(column);
            table->primaryKey = std::move(key);
        }
    }

    void parseTexts(const Tables &tables)
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
    void takeTexts(Tables &tables)
    {
        for (auto &[name, text] : texts_) {
            Table &table = tables.find(name)->second;
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
                const auto found = byFoldedName_.find(sqlite::foldedName(key.referred.name));
                const Table *parent = found == byFoldedName_.end() ? nullptr : found->second;
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

    /// Should a text not be understood, the PRAGMAs still tell the keys; what they do not tell is named.
    void readKeysWithoutText(const std::string &schema, Tables &tables)
    {
        for (auto &[name, table] : tables) {
            if (table.kind != TableKind::Table || !table.definition || texts_.contains(name))
                continue;
            metadata_.errors.push_back({table.name.text(), "its text is not understood: checks and names of "
                                                           "constraints are not read"});
            const auto action = [](const CatalogRow &row, std::size_t column) {
                return row.view(column) == "NO ACTION" ? std::nullopt : std::optional<std::string>(row.text(column));
            };
            std::int64_t last = -1;
            query(
                "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list(?, ?) ORDER "
                "BY id, seq",
                {name, schema}, [&](const CatalogRow &row) {
                    if (row.number(0) != std::exchange(last, row.number(0))) {
                        ForeignKey &key = table.foreignKeys.emplace_back();
                        key.referred = {schema, row.text(1)};
                        key.onUpdate = action(row, 4);
                        key.onDelete = action(row, 5);
                    }
                    table.foreignKeys.back().columns.push_back(row.text(2));
                    if (!row.isNull(3))
                        table.foreignKeys.back().referredColumns.push_back(row.text(3));
                });
            std::string index;
            query(
                "SELECT i.name, x.name FROM pragma_index_list(?, ?) i, pragma_index_xinfo(i.name, ?) x WHERE i.origin "
                "= 'u' AND x.key = 1 ORDER BY i.seq, x.seqno",
                {name, schema, schema}, [&](const CatalogRow &row) {
                    if (table.uniques.empty() || index != row.view(0)) {
                        index = row.text(0);
                        table.uniques.emplace_back();
                    }
                    table.uniques.back().columns.push_back(row.text(1));
                });
        }
    }

    /// Tables and views whose names stand in a view's text. A name too many does no harm: it only orders.
    void findDependencies(Tables &tables) const
    {
        for (auto &[name, table] : tables) {
            if (!table.isView() || !table.definition)
                continue;
            std::set<QualifiedName> found;
            for (const sqlite::Token &token : sqlite::tokenize(*table.definition))
                if (token.kind == sqlite::TokenKind::Word || token.kind == sqlite::TokenKind::Quoted)
                    if (const auto other = byFoldedName_.find(sqlite::foldedName(sqlite::unquoted(token.text)));
                        other != byFoldedName_.end() && other->second != &table)
                        found.insert(other->second->name);
            table.dependsOn.assign(found.begin(), found.end());
        }
    }

    void readIndexes(const std::string &schema, const std::string &master, Tables &tables)
    {
        // Those that a constraint made stand with the constraints, as the text says them.
        Table *table = nullptr;
        std::string name;
        query("SELECT m.name, i.name, i.\"unique\", x.name, x.\"desc\", x.coll FROM " + master +
                  " AS m, pragma_index_list(m.name, ?) AS i, pragma_index_xinfo(i.name, ?) AS x "
                  "WHERE m.type = 'table' AND m.rootpage > 0 AND i.origin = 'c' AND x.key = 1",
              {schema, schema}, [&](const CatalogRow &row) {
                  if (!table || table->name.name != row.view(0)) {
                      const auto found = tables.find(row.view(0));
                      table = found == tables.end() ? nullptr : &found->second;
                      name.clear();
                  }
                  if (!table)
                      return;
                  if (table->indexes.empty() || name != row.view(1)) {
                      name = row.text(1);
                      Index index;
                      index.name = name;
                      index.unique = row.number(2) == 1;
                      table->indexes.push_back(std::move(index));
                  }
                  IndexElement element;
                  if (!row.isNull(3))
                      element.column = row.text(3);
                  element.descending = row.number(4) == 1;
                  const Column *column = element.column ? table->column(*element.column) : nullptr;
                  const std::string_view usual =
                      column && column->collation ? std::string_view(*column->collation) : "BINARY";
                  if (!sqlite::sameName(row.view(5), usual))
                      element.collation = row.text(5);
                  table->indexes.back().elements.push_back(std::move(element));
              });
        for (auto &[tableName, each] : tables) {
            std::ranges::sort(each.indexes, {}, &Index::name);
            for (Index &index : each.indexes) {
                const auto sql = indexSql_.find(index.name);
                if (sql == indexSql_.end())
                    continue;
                index.definition = sql->second;
                const bool needsText =
                    std::ranges::any_of(index.elements, [](const auto &element) { return !element.column; });
                if (!needsText && !mayHaveCondition(sql->second))
                    continue;
                if (const auto text = sqlite::parseCreateIndex(sql->second)) {
                    index.where = text->where;
                    for (std::size_t i = 0; i < index.elements.size() && i < text->elements.size(); ++i)
                        if (!index.elements[i].column)
                            index.elements[i].expression = text->elements[i];
                }
            }
        }
    }

    /// False where the text cannot hold a WHERE, so that it need not be taken apart.
    static bool mayHaveCondition(const std::string &sql)
    {
        for (std::size_t i = 0; i + 5 <= sql.size(); ++i)
            if ((sql[i] == 'w' || sql[i] == 'W') && sqlite::sameName(std::string_view(sql).substr(i, 5), "where"))
                return true;
        return false;
    }

    const SqliteDialect &dialect_;
    DriverConnection &connection_;
    const ReflectOptions &options_;
    MetaData metadata_;
    RowBatch batch_;
    std::unordered_map<std::string, std::string> indexSql_;
    std::unordered_map<std::string, sqlite::TableText> texts_;
    std::unordered_map<std::string, Type, TextHash, std::equal_to<>> types_; ///< by their spelling
    std::unordered_map<std::string, const Table *> byFoldedName_;
};

/// One state of the file for all queries: what others change meanwhile is seen before or after.
class Snapshot
{
public:
    explicit Snapshot(DriverConnection &connection) : connection_(connection)
    {
        connection_.executeScript("SAVEPOINT schemawright_reflect");
    }
    Snapshot(const Snapshot &) = delete;
    ~Snapshot()
    {
        try {
            connection_.executeScript("RELEASE schemawright_reflect");
        } catch (const Error &) { // nothing was written that could be lost
        }
    }

private:
    DriverConnection &connection_;
};

/// While it lives, SQLite passes over what it cannot read of the schema.
class WritableSchema
{
public:
    explicit WritableSchema(DriverConnection &connection) : connection_(connection)
    {
        connection_.executeScript("PRAGMA writable_schema = ON");
    }
    WritableSchema(const WritableSchema &) = delete;
    ~WritableSchema()
    {
        try {
            connection_.executeScript("PRAGMA writable_schema = RESET");
        } catch (const Error &) { // it reads the schema again, which is as broken as before
        }
    }

private:
    DriverConnection &connection_;
};

} // namespace

MetaData SqliteDialect::reflect(DriverConnection &connection, const ReflectOptions &options) const
{
    try {
        const Snapshot snapshot(connection);
        return Reflection(*this, connection, options).run();
    } catch (const Error &error) {
        if (error.kind != ErrorKind::Corrupt)
            throw;
        // One row of sqlite_schema that cannot be read keeps SQLite from reading any, unless it is told to go on.
        const WritableSchema goesOn(connection);
        const Snapshot snapshot(connection);
        MetaData rest = Reflection(*this, connection, options).run();
        std::set<QualifiedName> missing;
        for (const Schema &schema : rest.schemas) {
            const auto rows = connection.execute("SELECT name FROM " + quote(schema.name) +
                                                 ".sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE "
                                                 "'sqlite\\_%' ESCAPE '\\'");
            RowBatch batch;
            while (rows->fetch(batch, 512))
                for (std::size_t row = 0; row < batch.rowCount(); ++row)
                    if (const QualifiedName name{schema.name, batch.value(row, 0).text()}; !rest.table(name))
                        missing.insert(name);
        }
        for (const QualifiedName &name : missing)
            if (options.tables.empty() || std::ranges::find(options.tables, name.name) != options.tables.end())
                rest.errors.push_back({name.text(), error.message});
        return rest;
    }
}

} // namespace schemawright
