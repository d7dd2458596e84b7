#pragma once

#include "schemawright/schema/table.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

using TablePtr = std::shared_ptr<const Table>;

struct Sequence
{
    QualifiedName name;
    std::string type;
    Identity properties;
    std::optional<std::string> ownedBy; ///< "table.column"
    std::optional<std::string> comment;
    std::map<std::string, std::string> options; ///< "unlogged"
    friend bool operator==(const Sequence &, const Sequence &) = default;
};

struct EnumType
{
    QualifiedName name;
    std::vector<std::string> labels;
    std::optional<std::string> comment;
    friend bool operator==(const EnumType &, const EnumType &) = default;
};

struct Domain
{
    QualifiedName name;
    std::string type;
    bool nullable = true;
    std::optional<std::string> defaultSql;
    std::optional<std::string> collation;
    std::vector<CheckConstraint> checks;
    std::optional<std::string> comment;
    friend bool operator==(const Domain &, const Domain &) = default;
};

struct Function
{
    QualifiedName name;
    std::string arguments; ///< types and modes, as needed to tell it from others of that name
    std::string definition;
    std::string kind = "function"; ///< or "procedure", "aggregate"
    std::optional<std::string> comment;
    friend bool operator==(const Function &, const Function &) = default;
};

/// Anything else a database can say how to create: composite types, extensions, rules, policies, aggregates, casts…
struct OtherObject
{
    std::string kind; ///< "extension", "composite_type", "rule", "policy"…
    QualifiedName name;
    std::string definition;               ///< one or more statements
    std::optional<QualifiedName> onTable; ///< emitted after this table
    friend bool operator==(const OtherObject &, const OtherObject &) = default;
};

/// Names an object of any kind: "table" (views too), "sequence", "type" (enums and domains too), "function" with its
/// arguments, "primary_key" by its table, or the kind of an OtherObject.
struct ObjectReference
{
    std::string kind;
    QualifiedName name;
    std::string arguments;
    friend auto operator<=>(const ObjectReference &, const ObjectReference &) = default;
};

/// One object can only be made when another is there. What a description says by itself (foreign keys, inheritance,
/// the tables a view reads) is not repeated as a dependency.
struct Dependency
{
    ObjectReference object;
    ObjectReference needs;
    friend bool operator==(const Dependency &, const Dependency &) = default;
};

struct Schema
{
    std::string name;
    std::optional<std::string> comment;
    /// Whether whoever asked may use what is in it; else the names are known and the rows cannot be read. Says nothing
    /// of the schema itself, so it is no difference.
    bool isUsable = true;
    friend bool operator==(const Schema &a, const Schema &b) { return a.name == b.name && a.comment == b.comment; }
};

/// Something that could not be carried, or could not be read, and why. Never dropped in silence.
struct Remark
{
    std::string object;
    std::string what;
    /// Whether it is about this table or view.
    bool isAbout(const QualifiedName &name) const { return object == name.text() || object == name.name; }
    friend bool operator==(const Remark &, const Remark &) = default;
};

/// A picture of a whole database, or of a part: a value. Tables are shared and immutable, so a copy is cheap and a
/// draft is the baseline with some pointers replaced. No I/O. A finished MetaData may be read by any thread.
///
///     auto after = before.with(changedTable);
///     for (const auto &table : after.sortedTables().order) …
class MetaData
{
public:
    std::string dialect;       ///< "sqlite", "postgresql"… or empty when built in code
    std::string serverVersion; ///< or empty
    std::string defaultSchema; ///< "main", "public"
    /// Whether texts and types name what is in the default schema with it as well, since no search path shows it.
    bool namesDefaultSchema = false;
    std::vector<Schema> schemas;
    std::vector<Sequence> sequences;
    std::vector<EnumType> enums;
    std::vector<Domain> domains;
    std::vector<Function> functions;
    std::vector<OtherObject> others;
    std::vector<Dependency> dependencies;
    std::vector<Remark> notCarried;
    std::vector<Remark> errors;
    /// How constraints without a name are called when they are written: "pk", "fk", "uq", "ck", "ix" to a rule such as
    /// "fk_%(table_name)s_%(column_0_name)s". See withNames().
    std::map<std::string, std::string> naming;

    /// Adds or replaces the table of that name.
    void add(TablePtr table);
    void add(Table table) { add(std::make_shared<const Table>(std::move(table))); }
    void remove(const QualifiedName &name);
    MetaData with(TablePtr table) const;
    MetaData without(const QualifiedName &name) const;
    /// The same with the default schema called by another name, wherever it is named: to hold two databases against
    /// each other that are schemas themselves (MySQL). Texts name what is in the default schema without it.
    MetaData withDefaultSchema(const std::string &name) const;

    /// Null when there is none. An empty schema looks in the default schema.
    TablePtr table(const QualifiedName &name) const;
    TablePtr table(TableId id) const;
    /// All tables and views, by schema and name.
    std::vector<TablePtr> tables() const;
    /// The domain that a column of this type is of; its default and NOT NULL hold for the column too, which does not
    /// repeat them. Null for any other type, and where domains were not read.
    const Domain *domainOf(const Type &type) const;
    std::size_t tableCount() const noexcept { return tables_.size(); }

    /// Foreign keys of other tables (and of itself) that refer to `name`, each with its table.
    std::vector<std::pair<TablePtr, const ForeignKey *>> referencesTo(const QualifiedName &name) const;

    struct SortedTables
    {
        std::vector<TablePtr> order;               ///< base tables, referenced ones first
        std::vector<std::vector<TablePtr>> cycles; ///< tables that refer to each other in a ring
    };
    /// Base tables in the order in which they can be created. A cycle never disturbs tables outside it.
    SortedTables sortedTables() const;
    /// Views in the order in which they can be created, by dependsOn.
    std::vector<TablePtr> sortedViews() const;

private:
    QualifiedName resolved(const QualifiedName &name) const;
    std::map<QualifiedName, TablePtr> tables_;
};

} // namespace schemawright
