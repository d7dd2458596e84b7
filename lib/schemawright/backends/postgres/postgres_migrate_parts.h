#pragma once

#include "schemawright/schema/table_diff.h"

#include <optional>
#include <string>
#include <vector>

namespace schemawright::postgres {

/// The primary key goes, or another comes for it.
bool isKeyGone(const DiffItem &item);
/// Type, default, NOT NULL…: what is altered of a column that stays.
bool isColumnItem(const DiffItem &item);
/// The item that says that a table is of another kind; null when it is of the same.
const DiffItem *kindItem(const TableDiff &diff);
/// A table can be given to a parent or taken from it, and be logged or not; what it is made of stays.
bool canBecome(const Table &before, const Table &after);
/// A name that the server gave, for a constraint that a model leaves without one.
std::string nameOr(const std::optional<std::string> &name, const Table &table, const std::vector<std::string> &columns,
                   const char *suffix);
/// The name of the constraint or index that an item drops, alters or renames; a check may have none.
std::optional<std::string> partName(const TableDiff &diff, const DiffItem &item);
/// The table as it will be, under the names that it and its key have now.
Table asCalledBefore(const TableDiff &diff);
/// Keeps who may do what with views that are dropped and made again: `relations` as a list of regclass.
std::string keepGrants(const std::string &relations);
/// And gives it back.
std::string giveGrants();

} // namespace schemawright::postgres
