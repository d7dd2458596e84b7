#pragma once

#include "schemawright/schema/table.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright::sqlite {

/// What a CREATE TABLE text says of one column beyond what the PRAGMAs tell.
struct ColumnText
{
    std::string name;
    std::optional<std::string> collation;
    std::optional<std::string> generated; ///< the expression
    bool autoincrement = false;
    std::map<std::string, std::string> options; ///< "not_null_conflict"…
};

/// A CREATE TABLE text, read: constraints in the order in which they stand, those of columns and those of the table
/// alike.
struct TableText
{
    std::vector<ColumnText> columns;
    std::optional<PrimaryKey> primaryKey;
    std::vector<ForeignKey> foreignKeys;
    std::vector<UniqueConstraint> uniques;
    std::vector<CheckConstraint> checks;
};

/// Reads the statement that made a table, by the grammar of SQLite's own documentation ("CREATE TABLE"), names in any
/// quotes. Nothing for a text that is none.
std::optional<TableText> parseCreateTable(std::string_view sql);

/// An index as its CREATE INDEX text says it.
struct IndexText
{
    std::vector<std::string> elements; ///< each as written, without collation and order
    std::optional<std::string> where;
};
std::optional<IndexText> parseCreateIndex(std::string_view sql);

} // namespace schemawright::sqlite
