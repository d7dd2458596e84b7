#pragma once

#include "schemawright/dialect/dialect.h"

namespace schemawright {

/// The whole row.
RowIdentity identityByAllColumns(const Table &table);
/// The primary key, a unique constraint or a unique index of columns that are never NULL; else the whole row.
RowIdentity identityByKey(const Table &table);

} // namespace schemawright
