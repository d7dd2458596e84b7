#pragma once

#include "schemawright/schema/type.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// The stable identity of a table or column inside one session: given at first sight and kept through renames. 0 is
/// none.
enum class TableId : std::uint64_t { None = 0 };
enum class ColumnId : std::uint64_t { None = 0 };

/// Schema and name of a table, view or other object. An empty schema means the database's default one.
struct QualifiedName
{
    std::string schema;
    std::string name;
    friend auto operator<=>(const QualifiedName &, const QualifiedName &) = default;
    /// "schema.name", unquoted, for messages.
    std::string text() const { return schema.empty() ? name : schema + "." + name; }
};

/// GENERATED … AS IDENTITY, or the properties of a sequence.
struct Identity
{
    bool always = false;
    std::int64_t start = 1;
    std::int64_t increment = 1;
    std::optional<std::int64_t> min; ///< nothing: the type's own limit
    std::optional<std::int64_t> max;
    bool cycle = false;
    std::int64_t cache = 1;
    friend bool operator==(const Identity &, const Identity &) = default;
};

struct Generated
{
    std::string expression; ///< SQL
    bool stored = false;
    friend bool operator==(const Generated &, const Generated &) = default;
};

struct Column
{
    ColumnId id = ColumnId::None;
    std::string name;
    Type type;
    bool nullable = true;                  ///< by itself; its domain may say more: MetaData::domainOf()
    std::optional<std::string> defaultSql; ///< SQL text, as the database keeps it
    std::optional<std::string> collation;
    std::optional<std::string> comment;
    std::optional<Identity> identity;
    std::optional<Generated> generated;
    bool autoincrement = false; ///< the database makes the value of a new row (AUTOINCREMENT, AUTO_INCREMENT, serial)
    bool hidden = false;        ///< exists but `SELECT *` does not show it (SQLite virtual tables)
    /// What only one dialect has: "not_null_conflict", "not_null_name", "storage", "compression"…
    std::map<std::string, std::string> options;
    friend bool operator==(const Column &, const Column &) = default;
};

struct PrimaryKey
{
    std::optional<std::string> name;
    std::vector<std::string> columns;
    bool deferrable = false;
    bool initiallyDeferred = false;
    std::vector<std::string> include;
    std::map<std::string, std::string> options; ///< "on_conflict", "order" ("desc"), "comment", "tablespace"…
    friend bool operator==(const PrimaryKey &, const PrimaryKey &) = default;
};

struct ForeignKey
{
    std::optional<std::string> name;
    std::vector<std::string> columns;
    QualifiedName referred;
    std::vector<std::string> referredColumns; ///< paired with `columns`
    std::optional<std::string> onDelete; ///< "CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT"; NO ACTION is nothing
    std::vector<std::string> onDeleteColumns; ///< of SET NULL (a, b)
    std::optional<std::string> onUpdate;
    std::optional<std::string> match; ///< "FULL"; SIMPLE is nothing
    bool deferrable = false;
    bool initiallyDeferred = false;
    bool validated = true;
    std::optional<std::string> comment;
    bool inherited = false; ///< comes with the parent of a partition: described here, made there
    friend bool operator==(const ForeignKey &, const ForeignKey &) = default;
};

struct UniqueConstraint
{
    std::optional<std::string> name;
    std::vector<std::string> columns;
    bool nullsNotDistinct = false;
    bool deferrable = false;
    bool initiallyDeferred = false;
    std::vector<std::string> include;
    std::map<std::string, std::string> options; ///< "on_conflict", "comment"…
    friend bool operator==(const UniqueConstraint &, const UniqueConstraint &) = default;
};

struct CheckConstraint
{
    std::optional<std::string> name;
    std::string expression; ///< SQL, without CHECK and the outer parentheses
    bool noInherit = false;
    bool validated = true;
    std::optional<std::string> comment;
    bool inherited = false;                 ///< comes from a parent table only
    std::optional<std::string> column = {}; ///< of which it is a part, without a name of its own (MariaDB)
    friend bool operator==(const CheckConstraint &, const CheckConstraint &) = default;
};

/// A constraint that is carried as its definition ("EXCLUDE USING gist (…)").
struct ExclusionConstraint
{
    std::string name;
    std::string definition;
    std::optional<std::string> comment;
    std::map<std::string, std::string> options; ///< "index_comment"
    friend bool operator==(const ExclusionConstraint &, const ExclusionConstraint &) = default;
};

struct IndexElement
{
    std::optional<std::string> column; ///< or `expression`
    std::optional<std::string> expression;
    bool descending = false;
    std::optional<std::string> nulls; ///< "first" or "last" where written and not the default
    std::optional<std::string> collation;
    std::optional<std::string> operatorClass;
    std::optional<int> prefix;
    friend bool operator==(const IndexElement &, const IndexElement &) = default;
};

struct Index
{
    std::string name;
    bool unique = false;
    std::optional<std::string> method;
    std::vector<IndexElement> elements;
    std::optional<std::string> where; ///< SQL
    std::vector<std::string> include;
    bool nullsNotDistinct = false;
    std::map<std::string, std::string> options;
    std::optional<std::string> comment;
    std::optional<std::string> definition; ///< the statement that makes it, where the database keeps or prints it
    friend bool operator==(const Index &, const Index &) = default;
};

struct Trigger
{
    std::string name;
    std::string definition; ///< the whole statement that makes it
    std::optional<std::string> comment;
    std::map<std::string, std::string> options; ///< "enabled"…
    friend bool operator==(const Trigger &, const Trigger &) = default;
};

struct Partition
{
    std::optional<QualifiedName> of;
    std::optional<std::string> by;    ///< "RANGE (day)"
    std::optional<std::string> bound; ///< "FOR VALUES FROM (…) TO (…)"
    friend bool operator==(const Partition &, const Partition &) = default;
};

enum class TableKind { Table, View, MaterializedView, Partitioned, Partition, Foreign, Virtual, Shadow };
/// "table", "view", "materialized_view"…
const char *toString(TableKind kind) noexcept;

/// A table or view as data: immutable once shared (`std::shared_ptr<const Table>`), so any thread may read it and "did
/// it change?" is a comparison of pointers. No I/O; knows no database.
struct Table
{
    TableId id = TableId::None;
    QualifiedName name;
    TableKind kind = TableKind::Table;
    bool temporary = false;
    std::optional<std::string> comment;
    std::vector<Column> columns;
    std::optional<PrimaryKey> primaryKey;
    std::vector<ForeignKey> foreignKeys;
    std::vector<UniqueConstraint> uniques;
    std::vector<CheckConstraint> checks;
    std::vector<ExclusionConstraint> exclusions;
    std::vector<Index> indexes; ///< those that implement a constraint are not repeated here
    std::vector<Trigger> triggers;
    Partition partition;
    std::vector<QualifiedName> inherits;
    std::map<std::string, std::string> options; ///< "strict", "without_rowid", "unlogged"… "true" for flags
    std::optional<std::string> definition;      ///< original DDL or a view's query, where the database keeps it
    std::vector<QualifiedName> dependsOn;       ///< tables and views that a view reads, where known

    friend bool operator==(const Table &, const Table &) = default;

    /// Null when there is none of that name (exact match).
    const Column *column(std::string_view columnName) const noexcept;
    std::optional<std::size_t> columnIndex(std::string_view columnName) const noexcept;
    bool isView() const noexcept { return kind == TableKind::View || kind == TableKind::MaterializedView; }
    /// Base tables are what create_all orders: everything but views and shadow tables.
    bool isBaseTable() const noexcept { return !isView() && kind != TableKind::Shadow; }
    bool hasOption(std::string_view option) const { return options.contains(std::string(option)); }
    /// The columns that tell rows apart: the primary key, else the first unique constraint whose columns are all NOT
    /// NULL; empty when there is none.
    std::vector<std::string> keyColumns() const;
};

} // namespace schemawright
