#include "schemawright/backends/mysql/mysql_reflect.h"

#include "schemawright/backends/mysql/mysql_text.h"
#include "schemawright/backends/mysql/mysql_types.h"
#include "schemawright/base/error.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace schemawright::mysql {

namespace {

/// "10.11.19-MariaDB-0+deb12u1" as 1011.
int versionNumber(std::string_view text)
{
    int major = 0, minor = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), major);
    if (error == std::errc() && rest != text.data() + text.size())
        std::from_chars(rest + 1, text.data() + text.size(), minor);
    return 100 * major + minor;
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

} // namespace

MetaData reflect(const Dialect &dialect, DriverConnection &connection, const ReflectOptions &options)
{
    return Reflection(dialect, connection, options).run();
}

void SchemaReader::query(const std::string &sql, const std::vector<Value> &parameters, const Use &use)
{
    const auto cursor = connection_.execute(sql, parameters);
    RowBatch batch;
    while (cursor->fetch(batch, 512)) {
        if (options_.stop && options_.stop->stop_requested())
            throw Error(ErrorKind::Cancelled, "reading the schema was cancelled");
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            use(CatalogRow(batch, row));
    }
}

std::vector<Schema> SchemaReader::schemas()
{
    query("SELECT VERSION(), DATABASE(), CURRENT_USER()", {}, [&](const CatalogRow &row) {
        isMariaDb = holds(row.text(0), "MariaDB");
        version = versionNumber(row.text(0));
        defaultSchema = row.text(1);
        currentUser = row.text(2);
    });
    const bool isChosen = options_.schemas.empty() && !defaultSchema.empty();
    std::vector<Schema> found;
    query(fmt::format("SELECT SCHEMA_NAME, DEFAULT_COLLATION_NAME, {} FROM information_schema.SCHEMATA",
                      isMariaDb && version >= 1005 ? "SCHEMA_COMMENT" : "NULL"),
          {}, [&](const CatalogRow &row) {
              const std::string name = row.text(0);
              const bool isSystem =
                  name == "information_schema" || name == "mysql" || name == "performance_schema" || name == "sys";
              const bool isWanted = isChosen ? name == defaultSchema
                                    : options_.schemas.empty()
                                        ? !isSystem
                                        : std::ranges::find(options_.schemas, name) != options_.schemas.end();
              collations[name] = row.text(1);
              if (isWanted)
                  found.push_back({name, row.text(2).empty() ? std::nullopt : row.optional(2)});
          });
    std::ranges::sort(found, {}, &Schema::name);
    return found;
}

std::string SchemaReader::only(const char *column, std::vector<Value> &parameters) const
{
    if (options_.tables.empty())
        return {};
    std::string condition;
    for (const std::string &table : options_.tables) {
        condition += condition.empty() ? "?" : ", ?";
        parameters.emplace_back(table);
    }
    // Of one that is equal the server opens only that.
    return options_.tables.size() == 1 ? fmt::format(" AND {} = ?", column)
                                       : fmt::format(" AND {} IN ({})", column, condition);
}

bool SchemaReader::isWanted(const std::string &table) const
{
    return options_.tables.empty() || std::ranges::find(options_.tables, table) != options_.tables.end();
}

Reflection::Reflection(const Dialect &dialect, DriverConnection &connection, const ReflectOptions &options)
    : SchemaReader(connection, options), dialect_(dialect)
{
    metadata_.dialect = dialect.name();
    metadata_.serverVersion = connection.serverVersion();
}

MetaData Reflection::run()
{
    metadata_.schemas = schemas();
    metadata_.defaultSchema = defaultSchema;
    for (const Schema &schema : metadata_.schemas) {
        schema_ = schema.name;
        readSchema();
        for (auto &[name, table] : tables_)
            metadata_.add(std::move(table));
    }
    if (!viewTexts_.empty() && !options_.tables.empty())
        readOtherNames();
    // What a view reads may be in a schema that was read after its own.
    for (const auto &[view, sql] : viewTexts_) {
        Table copy = *metadata_.table(view);
        copy.dependsOn = tablesIn(sql);
        std::erase(copy.dependsOn, view);
        metadata_.add(std::move(copy));
    }
    std::ranges::stable_sort(metadata_.errors, {}, &Remark::object);
    return std::move(metadata_);
}

bool Reflection::read(const std::string &what, const std::string &sql, std::vector<Value> parameters, const Use &use)
{
    try {
        query(sql, parameters, use);
        return true;
    } catch (const Error &error) {
        if (error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::Timeout || !connection_.isUsable())
            throw;
        remark(schema_, what + " cannot be read: " + error.message);
        return false;
    }
}

bool Reflection::readOfTables(const std::string &what, const std::string &sql, const char *nameColumn,
                              const std::function<void(Table &, const CatalogRow &)> &use)
{
    std::vector<Value> parameters{schema_};
    const std::string names = only(nameColumn, parameters);
    return read(what, sql + names, parameters, [&](const CatalogRow &row) {
        if (Table *table = find(row))
            use(*table, row);
    });
}

Table *Reflection::find(const CatalogRow &row, std::size_t column)
{
    const auto found = tables_.find(row.text(column));
    return found == tables_.end() ? nullptr : &found->second;
}

std::string Reflection::quoted(const QualifiedName &name) const
{
    return name.schema == metadata_.defaultSchema ? backquoted(name.name)
                                                  : backquoted(name.schema) + "." + backquoted(name.name);
}

std::string Reflection::seenFromHere(const std::string &sql) const
{
    return schema_ == metadata_.defaultSchema ? withoutSchema(sql, schema_) : sql;
}

std::string Reflection::definer(const CatalogRow &row, std::size_t column) const
{
    return definerText(row.text(column), currentUser);
}

void Reflection::readSchema()
{
    tables_.clear();
    broken_.clear();
    sequences_.clear();
    readTables();
    if (options_.namesOnly)
        return;
    readColumns();
    readIndexes();
    readForeignKeys();
    readChecks();
    if (hasTable([](const Table &table) { return table.kind == TableKind::Partitioned; }))
        readPartitions();
    if (hasTable([](const Table &table) { return table.isView(); }))
        readViews();
    readTriggers();
    if (!sequences_.empty())
        readSequences();
    if (options_.tables.empty()) {
        readRoutines();
        readEvents();
    }
    reportBroken();
}

void Reflection::readTables()
{
    std::vector<Value> parameters{schema_};
    const std::string names = only("TABLE_NAME", parameters);
    const std::string rest =
        options_.namesOnly ? "" : ", ENGINE, TABLE_COLLATION, AUTO_INCREMENT, CREATE_OPTIONS, TABLE_COMMENT";
    read("tables",
         "SELECT TABLE_NAME, TABLE_TYPE" + rest + " FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?" + names,
         parameters, [&](const CatalogRow &row) {
             Table table;
             table.name = {schema_, row.text(0)};
             if (!isWanted(table.name.name))
                 return;
             const std::string type = row.text(1);
             if (type == "SEQUENCE") {
                 sequences_.push_back(table.name.name);
                 return;
             }
             table.kind = holds(type, "VIEW") ? TableKind::View : TableKind::Table;
             table.temporary = holds(type, "TEMPORARY");
             if (!options_.namesOnly) {
                 const std::string comment = row.text(6);
                 if (table.isView()) {
                     if (comment != "VIEW" && !comment.empty())
                         broken_[table.name.name] = comment;
                 } else if (row.isNull(2))
                     broken_[table.name.name] = comment;
                 else {
                     table.options = tableOptions(row.text(5));
                     table.options["engine"] = row.text(2);
                     if (const std::string collation = row.text(3); !collation.empty()) {
                         table.options["charset"] = collation.substr(0, collation.find('_'));
                         table.options["collate"] = collation;
                     }
                     if (!row.isNull(4) && row.text(4) != "1")
                         table.options["auto_increment"] = row.text(4);
                     if (holds(type, "VERSIONED"))
                         table.options["system_versioning"] = "true";
                     if (holds(row.text(5), "partitioned"))
                         table.kind = TableKind::Partitioned;
                     if (!comment.empty())
                         table.comment = comment;
                 }
             }
             tables_.emplace(table.name.name, std::move(table));
         });
}

void Reflection::readColumns()
{
    std::map<Table *, std::map<std::int64_t, Column>> columns;
    readOfTables(
        "columns",
        fmt::format("SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, "
                    "EXTRA, COLLATION_NAME, COLUMN_COMMENT, GENERATION_EXPRESSION, {} FROM "
                    "information_schema.COLUMNS WHERE TABLE_SCHEMA = ?",
                    isMariaDb ? "NULL" : "SRS_ID"),
        "TABLE_NAME", [&](Table &table, const CatalogRow &row) {
            Column column;
            column.name = row.text(1);
            const std::string spelling = row.text(3), extra = row.text(6);
            auto type = types_.find(spelling);
            if (type == types_.end())
                type = types_.emplace(spelling, parseType(spelling)).first;
            column.type = type->second;
            column.nullable = row.flag(4);
            if (!row.text(8).empty())
                column.comment = row.text(8);
            const bool isStored = holds(extra, "STORED GENERATED") || holds(extra, "PERSISTENT");
            if (isStored || holds(extra, "VIRTUAL GENERATED")) {
                const std::string expression = isMariaDb ? row.text(9) : unescapedExpression(row.text(9));
                column.generated = Generated{seenFromHere(withoutParentheses(expression)), isStored};
            } else if (auto text = defaultSql(row.optional(5), spelling, extra, isMariaDb))
                column.defaultSql = seenFromHere(*text);
            column.autoincrement = holds(extra, "auto_increment");
            if (const std::size_t update = extra.find("on update "); update != std::string::npos)
                column.options["on_update"] =
                    extra.substr(update + 10, extra.find_first_of(", ", update + 10) - update - 10);
            if (holds(extra, "INVISIBLE"))
                column.options["invisible"] = "true";
            if (holds(extra, "WITHOUT SYSTEM VERSIONING"))
                column.options["without_system_versioning"] = "true";
            if (!row.isNull(10))
                column.options["srid"] = row.text(10);
            const auto usual = table.options.find("collate");
            if (!table.isView() && !row.isNull(7) && (usual == table.options.end() || usual->second != row.view(7)))
                column.collation = row.text(7);
            columns[&table].emplace(row.number(2), std::move(column));
        });
    for (auto &[table, ordered] : columns)
        for (auto &[position, column] : ordered)
            table->columns.push_back(std::move(column));
}

void Reflection::reportBroken()
{
    for (const auto &[name, comment] : broken_) {
        if (const auto found = tables_.find(name); found != tables_.end())
            found->second.options["invalid"] = "true";
        remark(QualifiedName{schema_, name}.text(), comment.empty() ? "it cannot be read" : comment);
    }
}

} // namespace schemawright::mysql
