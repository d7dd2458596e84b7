#pragma once

#include "schemawright/orm/sameness.h"
#include "schemawright/schema/table.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// Values that no two rows of a table share: a primary key, a unique constraint or a unique index.
struct UniqueKey
{
    /// Of an expression, or a generated column, those that it reads.
    std::vector<std::string> columns;
    bool isComputed = false;          ///< by an expression: alike values of the columns may give the same
    bool countsNull = false;          ///< NULL is a value like others
    bool isDeferrable = false;        ///< checked at the end where that is asked for
    std::optional<std::string> where; ///< of an index over some rows: which, as SQL
    bool isPlain() const noexcept { return !isComputed && !countsNull && !where; }
};

/// All of them.
std::vector<UniqueKey> uniqueKeys(const Table &table);

/// How values of one of its columns are compared, as far as that is known.
Sameness sameInKey(const UniqueKey &key, const Column &column, bool foldsText);

/// The columns whose values no two rows share, by primary key, unique constraints and indexes over all rows and whole
/// values.
std::vector<std::vector<std::string>> uniqueLists(const Table &table);

/// Columns of a table that an expression names, in the order of the table.
std::vector<std::string> columnsRead(const Table &table, std::string_view sql);

} // namespace schemawright
