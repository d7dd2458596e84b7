#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/dialect/migration.h"

namespace schemawright::postgres {

/// What brings enums, sequences, domains, functions and other objects from one state to another. Labels are added
/// outside of the transaction, since a new one cannot be used inside; one that is gone makes a new type and rewrites
/// the columns. What has no safe way is a problem, never a statement that fails.
ObjectMigration migrateObjects(const Dialect &dialect, const MetaData &before, const MetaData &after,
                               const std::vector<ObjectDiff> &diffs);

/// True for a kind of object that stands on a table and is made when the tables are as they shall be.
bool isOnTables(const std::string &kind);

} // namespace schemawright::postgres
