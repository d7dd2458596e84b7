#pragma once

#include "schemawright/schema/table.h"
#include "schemawright/value/value.h"

#include <cstddef>
#include <cstdint>

namespace schemawright {

/// Which values of a column a database takes for one, where keys are concerned. Wider than it where that cannot be
/// known: for asking which row may be in the way of which, not for telling rows apart.
enum class Sameness : std::uint8_t {
    Exact,
    Number,  ///< 1, 1.0 and '1'
    Text,    ///< 5 and '5'
    Padded,  ///< blanks at the end say nothing
    Folded,  ///< nor does the case of letters, nor what is beyond ASCII
    Instant, ///< one moment in whatever zone
    Uuid,    ///< with or without its dashes
};

/// `foldsText`: Capabilities::foldsText.
Sameness samenessOf(const Column &column, bool foldsText = false);

/// Equal for values that are the same.
std::size_t sameHash(Sameness sameness, const Value &value);

} // namespace schemawright
