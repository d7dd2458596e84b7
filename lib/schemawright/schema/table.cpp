#include "schemawright/schema/table.h"

#include <algorithm>

namespace schemawright {

const char *toString(TableKind kind) noexcept
{
    switch (kind) {
    case TableKind::Table:
        return "table";
    case TableKind::View:
        return "view";
    case TableKind::MaterializedView:
        return "materialized_view";
    case TableKind::Partitioned:
        return "partitioned";
    case TableKind::Partition:
        return "partition";
    case TableKind::Foreign:
        return "foreign";
    case TableKind::Virtual:
        return "virtual";
    case TableKind::Shadow:
        return "shadow";
    }
    return "table";
}

const Column *Table::column(std::string_view columnName) const noexcept
{
    const auto found = std::ranges::find(columns, columnName, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

std::optional<std::size_t> Table::columnIndex(std::string_view columnName) const noexcept
{
    const auto found = std::ranges::find(columns, columnName, &Column::name);
    if (found == columns.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - columns.begin());
}

std::vector<std::string> Table::keyColumns() const
{
    // A SQLite primary key that is no rowid alias may hold NULLs, and then names no single row.
    const auto isNeverNull = [this](const std::string &columnName) {
        const Column *found = column(columnName);
        return found && !found->nullable;
    };
    if (primaryKey && !primaryKey->columns.empty() && std::ranges::all_of(primaryKey->columns, isNeverNull))
        return primaryKey->columns;
    for (const UniqueConstraint &unique : uniques)
        if (!unique.columns.empty() && std::ranges::all_of(unique.columns, isNeverNull))
            return unique.columns;
    return {};
}

} // namespace schemawright
