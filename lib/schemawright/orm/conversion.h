#pragma once

#include "schemawright/engine/connection.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace schemawright {

/// How many values of a column cannot become those of its new type.
struct Unconvertible
{
    std::int64_t rows = 0;
    std::vector<std::string> examples; ///< some of them, as text
    std::optional<Error> error;        ///< why the expression can be used for no row at all
};

/// Looks at each row, in a transaction that is rolled back. Blocks; throws Error when the connection fails it.
Unconvertible countUnconvertible(Connection &connection, const Conversion &conversion);

} // namespace schemawright
