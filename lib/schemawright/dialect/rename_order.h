#pragma once

#include "schemawright/schema/table_diff.h"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace schemawright {

/// One name becomes another within a space of names: the columns of a table, the relations of a schema.
struct Rename
{
    std::string from, to;
    std::string space;     ///< names of different spaces do not meet
    std::size_t diff = 0;  ///< for the caller
    std::string what = {}; ///< for the caller too
};

/// How a database tells names apart.
struct NameRules
{
    bool foldsCase = false;        ///< ASCII letters' case does not count
    bool keepsCaseOfTaken = false; ///< a name cannot be replaced by itself in another case
};

/// The renames in an order in which each name is free when it is given; those in a ring go over a third name, so there
/// may be more of them than before.
std::vector<Rename> orderedRenames(std::vector<Rename> renames, const NameRules &rules);

/// Which of the diffs drop a table whose name, or that of one of its indexes, constraints or triggers, another diff
/// gives to something: these have to go first.
std::set<std::size_t> dropsInTheWay(const std::vector<TableDiff> &diffs, bool foldsCase);

} // namespace schemawright
