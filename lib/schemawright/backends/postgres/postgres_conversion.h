#pragma once

#include "schemawright/dialect/dialect.h"

namespace schemawright::postgres {

/// See Dialect::conversion().
std::optional<Conversion> conversion(const Dialect &dialect, const TableDiff &diff, std::size_t after);

} // namespace schemawright::postgres
