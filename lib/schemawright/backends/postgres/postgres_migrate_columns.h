#pragma once

#include "schemawright/dialect/dialect.h"

#include <string>
#include <vector>

namespace schemawright::postgres {

struct ColumnStep
{
    Phase phase = Phase::Expand;
    std::string sql;
};

/// What brings the column at `before` of a table to what it is at `after`, its name and place aside. The table and its
/// columns have their new names by then.
std::vector<ColumnStep> alterColumn(const Dialect &dialect, const MetaData &after, const TableDiff &diff,
                                    std::size_t columnBefore, std::size_t columnAfter);

} // namespace schemawright::postgres
