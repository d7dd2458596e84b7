#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/dialect/migration.h"

namespace schemawright::postgres {

/// Alters in place. What loosens comes before the rows, what tightens after them. Views that use a column that is
/// dropped or gets another type are dropped and made again with their comments and grants.
Migration migrate(const Dialect &dialect, const MetaData &before, const MetaData &after,
                  const std::vector<TableDiff> &diffs);

} // namespace schemawright::postgres
