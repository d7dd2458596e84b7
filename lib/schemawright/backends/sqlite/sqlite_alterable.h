#pragma once

#include "schemawright/schema/table_diff.h"

#include <cstddef>
#include <string>

namespace schemawright::sqlite {

/// A default that ALTER TABLE takes: nothing that is computed.
bool isConstant(const std::string &sql);
/// ADD COLUMN takes no key, no stored column, no default that is computed, and nothing that old rows break.
bool canAdd(const Table &after, const Column &column);
/// Whether the diff adds this column of its `after`.
bool isAdded(const TableDiff &diff, std::size_t place);
/// True for what ALTER TABLE cannot do. `before` is all there is.
bool needsRebuild(const MetaData &before, const TableDiff &diff);
/// True when rows that were good before may be bad after: then rows are written first.
bool tightens(const TableDiff &diff);

} // namespace schemawright::sqlite
