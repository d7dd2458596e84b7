#pragma once

#include "schemawright/base/error.h"
#include "schemawright/base/flat_map.h"
#include "schemawright/schema/schema_object.h"
#include "schemawright/value/value.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace schemawright {

/// A cell that gets its column's default from the database.
struct DefaultValue
{
    friend bool operator==(DefaultValue, DefaultValue) = default;
};

/// A cell that holds a key which the database makes when the pending new row `row` is inserted.
struct KeyOf
{
    std::uint64_t row = 0; ///< RowTarget::newRow of that row
    std::string column;
    friend bool operator==(const KeyOf &, const KeyOf &) = default;
};

/// What a pending edit puts into a column.
using Cell = std::variant<Value, DefaultValue, KeyOf>;

/// Some columns of a row, by the names they have in the baseline.
using RowImage = FlatMap<std::string, Cell>;

/// One row: of a table, by the values that tell it apart in the database, or a new one by its number in this session.
struct RowTarget
{
    QualifiedName table;
    std::vector<std::pair<std::string, Value>>
        key;                  ///< identity columns with their baseline values; empty for a new row
    std::uint64_t newRow = 0; ///< 1, 2, 3… for a row that is not in the database yet

    bool isNew() const noexcept { return newRow != 0; }
    friend bool operator==(const RowTarget &, const RowTarget &) = default;
    std::size_t hash() const noexcept;
};

/// A table or view: by its id in this session, and the name it had first.
struct TableTarget
{
    TableId id = TableId::None;
    QualifiedName name; ///< in the baseline; of a new table the first that it was given
    friend bool operator==(const TableTarget &a, const TableTarget &b) { return a.id == b.id; }
};

/// The mapping of a table's entity: the names of class, attributes and relationships that are not the derived ones.
struct EntityTarget
{
    QualifiedName table;
    friend bool operator==(const EntityTarget &, const EntityTarget &) = default;
};

/// An enum, sequence, domain, function or another object that is no table. It keeps its name and kind.
struct ObjectTarget
{
    ObjectReference object;
    friend bool operator==(const ObjectTarget &, const ObjectTarget &) = default;
};

/// Names that a program's model uses instead of the derived ones.
struct EntityMapping
{
    std::string className;                            ///< empty: the derived one
    std::map<std::string, std::string> attributes;    ///< by column
    std::map<std::string, std::string> relationships; ///< by the derived name
    /// An integer column that counts the changes of a row: it is compared instead of the old values, and counted up by
    /// each update. Empty: none.
    std::string versionColumn = {};
    friend bool operator==(const EntityMapping &, const EntityMapping &) = default;
};

/// What a change is about. Rows, tables, other objects and entity mappings stand in one list.
using ChangeTarget = std::variant<RowTarget, TableTarget, EntityTarget, ObjectTarget>;

enum class ChangeId : std::uint64_t { None = 0 };

/// The before-image and after-image of one thing. No before is a create, no after a delete, both an alteration.
///
/// The images of an update hold the edited columns only. That of an insert holds what was touched. That of a delete
/// holds all that was known of the row, which is what a conflict is told by.
struct Change
{
    ChangeId id = ChangeId::None;
    ChangeTarget target;
    std::optional<RowImage> before, after;
    RowImage base; ///< all that was known of an updated row at its first edit: for its name, order and conflicts
    TablePtr tableBefore, tableAfter; ///< of a table: null for none
    std::optional<EntityMapping> mappingBefore, mappingAfter;
    std::optional<SchemaObject> objectBefore, objectAfter;
    std::optional<Error> error; ///< why the last commit or rehearsal failed on it

    bool isRow() const noexcept { return std::holds_alternative<RowTarget>(target); }
    bool isTable() const noexcept { return std::holds_alternative<TableTarget>(target); }
    bool isMapping() const noexcept { return std::holds_alternative<EntityTarget>(target); }
    bool isObject() const noexcept { return std::holds_alternative<ObjectTarget>(target); }
    // Of rows; false for all else.
    bool isInsert() const noexcept { return !before && after; }
    bool isUpdate() const noexcept { return before && after; }
    bool isDelete() const noexcept { return before && !after; }
    /// The table that it is about: by its baseline name, or the first of a new one. The name of an object that is no
    /// table.
    const QualifiedName &table() const
    {
        if (const auto *row = std::get_if<RowTarget>(&target))
            return row->table;
        if (const auto *table = std::get_if<TableTarget>(&target))
            return table->name;
        if (const auto *object = std::get_if<ObjectTarget>(&target))
            return object->object.name;
        return std::get<EntityTarget>(target).table;
    }
    /// Throws std::bad_variant_access for a change of anything but a row.
    const RowTarget &row() const { return std::get<RowTarget>(target); }
};

} // namespace schemawright

template <> struct std::hash<schemawright::TableTarget>
{
    std::size_t operator()(const schemawright::TableTarget &target) const noexcept
    {
        return static_cast<std::size_t>(target.id);
    }
};

template <> struct std::hash<schemawright::EntityTarget>
{
    std::size_t operator()(const schemawright::EntityTarget &target) const noexcept
    {
        return std::hash<std::string>()(target.table.name);
    }
};

template <> struct std::hash<schemawright::ObjectTarget>
{
    std::size_t operator()(const schemawright::ObjectTarget &target) const noexcept
    {
        return std::hash<std::string>()(target.object.name.name);
    }
};

template <> struct std::hash<schemawright::RowTarget>
{
    std::size_t operator()(const schemawright::RowTarget &target) const noexcept { return target.hash(); }
};
