#pragma once

#include "schemawright/dialect/dialect.h"

namespace schemawright::mysql {

/// What brings tables and views from one state to another, one ALTER TABLE for each. Each statement commits at once and
/// what is open with it: no step is transactional.
Migration migrate(const Dialect &dialect, const MetaData &before, const MetaData &after,
                  const std::vector<TableDiff> &diffs);
/// Functions, procedures, events, sequences and schemas that come or go; texts are dropped and made again.
ObjectMigration migrateObjects(const Dialect &dialect, const MetaData &after, const std::vector<ObjectDiff> &diffs);

} // namespace schemawright::mysql
