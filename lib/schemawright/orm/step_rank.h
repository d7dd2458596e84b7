#pragma once

#include "schemawright/orm/row_order.h"
#include "schemawright/schema/metadata.h"

#include <vector>

namespace schemawright {

/// Puts steps in the order that is best where their values alone do not tell it: before rowEdges(), whose reasons go
/// first. What a deletion or a new key of another row takes along, by whatever tables are between, is written before;
/// where values collide in ways that only the database knows (exclusion, expressions), rows go before others come.
void rankSteps(const MetaData &tables, std::vector<RowStep> &steps);

} // namespace schemawright
