#pragma once

#include "schemawright/dialect/catalog_row.h"
#include "schemawright/dialect/dialect.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace schemawright::mysql {

/// Reads what `options` ask for from information_schema: a fixed number of queries for each schema. What a query cannot
/// read is reported and the rest is reflected.
MetaData reflect(const Dialect &dialect, DriverConnection &connection, const ReflectOptions &options);

/// Runs queries on information_schema for those who take facts from it.
class SchemaReader
{
public:
    using Use = std::function<void(const CatalogRow &)>;

    SchemaReader(DriverConnection &connection, const ReflectOptions &options)
        : connection_(connection), options_(options)
    {}
    void query(const std::string &sql, const std::vector<Value> &parameters, const Use &use);
    /// The schemas to read, as MysqlDialect::reflect() says it.
    std::vector<Schema> schemas();
    /// " AND column IN (?, ?)" for the tables that are asked for, whose names join the parameters; else nothing.
    std::string only(const char *column, std::vector<Value> &parameters) const;
    bool isWanted(const std::string &table) const;

    /// Facts of the connection, known once schemas() was called.
    std::string defaultSchema, currentUser;
    std::map<std::string, std::string> collations; ///< the default one of each schema
    bool isMariaDb = false;
    int version = 0; ///< 10.11 as 1011

protected:
    DriverConnection &connection_;
    const ReflectOptions &options_;
};

/// One reflection under way. Each read… function runs its queries on one schema and fills in what it is about; the
/// order of the calls is that of readSchema().
class Reflection : private SchemaReader
{
public:
    Reflection(const Dialect &dialect, DriverConnection &connection, const ReflectOptions &options);
    MetaData run();

private:
    using Tables = std::unordered_map<std::string, Table>;

    /// False when the query failed, which `what` names in the report.
    bool read(const std::string &what, const std::string &sql, std::vector<Value> parameters, const Use &use);
    /// The same for rows that are about one of the tables each, the name of which they tell first, by `nameColumn`. The
    /// query takes the schema as its parameter, and ends in a condition.
    bool readOfTables(const std::string &what, const std::string &sql, const char *nameColumn,
                      const std::function<void(Table &, const CatalogRow &)> &use);
    Table *find(const CatalogRow &row, std::size_t column = 0);
    /// The name as a statement says it: bare in the default schema.
    std::string quoted(const QualifiedName &name) const;
    /// An expression or query with the names of the default schema's tables bare, where that is the one being read.
    std::string seenFromHere(const std::string &sql) const;
    std::string definer(const CatalogRow &row, std::size_t column) const;
    void remark(const std::string &object, std::string what) { metadata_.errors.push_back({object, std::move(what)}); }
    template <class Condition> bool hasTable(const Condition &condition) const
    {
        for (const auto &[name, table] : tables_)
            if (condition(table))
                return true;
        return false;
    }

    void readSchema();

    // mysql_reflect.cpp
    void readTables();
    void readColumns();
    void reportBroken();

    // mysql_reflect_keys.cpp
    void readIndexes();
    void placeIndex(Table &table, Index index);
    void readForeignKeys();
    void readChecks();
    void placeCheck(Table &table, CheckConstraint check);

    // mysql_reflect_partitions.cpp
    void readPartitions();

    // mysql_reflect_objects.cpp
    void readViews();
    void readOtherNames();
    std::vector<QualifiedName> tablesIn(const std::string &sql) const;
    void readTriggers();
    void readSequences();
    void readRoutines();
    void readEvents();

    const Dialect &dialect_;
    MetaData metadata_;
    std::string schema_;                        ///< that is being read
    Tables tables_;                             ///< of it
    std::map<std::string, std::string> broken_; ///< tables and views, with what the server says of them
    std::vector<std::string> sequences_;
    std::unordered_map<std::string, Type> types_;    ///< by their spelling
    std::map<QualifiedName, std::string> viewTexts_; ///< as the server prints them, of all schemas
    std::set<QualifiedName> others_;                 ///< tables that are not asked for, where views may read them
};

} // namespace schemawright::mysql
