#pragma once

#include "schemawright/schema/table.h"

namespace schemawright {

/// What `mine` makes of `base`, laid upon `theirs`, which is what others made of it meanwhile: what only one side
/// changed is as that side says, what both changed is as `mine` says. Columns are the same by their ids. A column that
/// others dropped goes, unless `mine` changed it; then it is a new one. Pure.
Table mergeTables(const Table &base, const Table &mine, const Table &theirs);

} // namespace schemawright
