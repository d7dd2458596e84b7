#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/dialect/migration.h"

namespace schemawright::postgres {

/// What brings one whole database to another. What is made and what goes is put in the order of create_all and
/// drop_all, whatever it is; what is altered stands between. Views that change, and what reads them, are made again.
WholeMigration migrateWhole(const Dialect &dialect, const MetaData &before, const MetaData &after,
                            const MetaDataDiff &diff);

} // namespace schemawright::postgres
