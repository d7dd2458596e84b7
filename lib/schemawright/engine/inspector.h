#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/schema/metadata.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// Asks a database what is in it. Works in bulk: a fixed number of queries, whatever the number of tables. To learn
/// about all tables at once, reflect() and look into the MetaData.
///
/// An empty schema is the default one. What was asked once is remembered until forget(). Borrows the connection;
/// everything blocks and throws Error; questions about a table that is not there throw Error(NotFound).
///
///     Inspector inspector(connection);
///     for (const std::string &name : inspector.tableNames())
///         for (const ForeignKey &key : inspector.foreignKeys({"", name})) …
class Inspector
{
public:
    explicit Inspector(Connection &connection) : connection_(connection) {}

    /// All tables and views with name and kind but without columns: milliseconds, for a first sight.
    MetaData names();
    /// Everything, or what `options` narrow it to. What cannot be read stands in MetaData::errors.
    MetaData reflect(const ReflectOptions &options = {});
    /// What was remembered may have changed.
    void forget();

    // Names, in order.

    std::string defaultSchema() { return known().defaultSchema; }
    std::vector<std::string> schemaNames();
    /// Base tables: foreign, partitioned and virtual ones too.
    std::vector<std::string> tableNames(std::string_view schema = {});
    std::vector<std::string> temporaryTableNames();
    std::vector<std::string> viewNames(std::string_view schema = {});
    std::vector<std::string> materializedViewNames(std::string_view schema = {});
    std::vector<std::string> sequenceNames(std::string_view schema = {});

    // One table or view.

    /// Null when there is none.
    TablePtr table(const QualifiedName &name);
    std::vector<Column> columns(const QualifiedName &name) { return existing(name).columns; }
    std::optional<PrimaryKey> primaryKey(const QualifiedName &name) { return existing(name).primaryKey; }
    std::vector<ForeignKey> foreignKeys(const QualifiedName &name) { return existing(name).foreignKeys; }
    std::vector<Index> indexes(const QualifiedName &name) { return existing(name).indexes; }
    std::vector<UniqueConstraint> uniqueConstraints(const QualifiedName &name) { return existing(name).uniques; }
    std::vector<CheckConstraint> checkConstraints(const QualifiedName &name) { return existing(name).checks; }
    std::vector<Trigger> triggers(const QualifiedName &name) { return existing(name).triggers; }
    std::optional<std::string> comment(const QualifiedName &name) { return existing(name).comment; }
    std::map<std::string, std::string> options(const QualifiedName &name) { return existing(name).options; }
    /// The query of a view, or what else the database keeps as its text.
    std::optional<std::string> definition(const QualifiedName &name) { return existing(name).definition; }

    bool hasSchema(std::string_view name);
    bool hasTable(const QualifiedName &name) { return table(name) != nullptr; }
    bool hasColumn(const QualifiedName &name, std::string_view column);
    bool hasIndex(const QualifiedName &name, std::string_view index);
    bool hasSequence(const QualifiedName &name);

    // All at once.

    std::vector<EnumType> enums(std::string_view schema = {});
    std::vector<Domain> domains(std::string_view schema = {});
    /// Sizes and row estimates of all tables.
    std::vector<TableSize> sizes(const ReflectOptions &options = {});
    std::vector<Privilege> privileges(const ReflectOptions &options = {});

private:
    const Table &existing(const QualifiedName &name);
    /// Names and kinds of everything.
    const MetaData &known();
    /// Everything in full, for what names() does not tell.
    const MetaData &all();
    std::vector<std::string> namesOf(std::string_view schema, bool (*isWanted)(const Table &));
    std::string schemaOr(std::string_view schema) { return schema.empty() ? defaultSchema() : std::string(schema); }

    Connection &connection_;
    std::optional<MetaData> known_, all_;
    std::map<QualifiedName, TablePtr> tables_;
};

} // namespace schemawright
