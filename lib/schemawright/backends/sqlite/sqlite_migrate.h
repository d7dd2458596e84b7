#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/dialect/migration.h"

namespace schemawright::sqlite {

/// ALTER where SQLite has one, else one rebuild of the table by the steps that its documentation names ("Making Other
/// Kinds Of Table Schema Changes"), which keeps rows, row numbers, AUTOINCREMENT's mark, indexes, triggers and views.
/// What it cannot carry is a problem, Error(Conflict).
Migration migrate(const Dialect &dialect, const MetaData &before, const MetaData &after,
                  const std::vector<TableDiff> &diffs);

} // namespace schemawright::sqlite
