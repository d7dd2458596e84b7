#pragma once

#include "schemawright/sql/compiled.h"

#include <map>
#include <string>
#include <string_view>

namespace schemawright {

/// Turns the `:name` parameters of a raw statement into a driver's placeholders ('?' or numbered '$'), each with the
/// value of its name. Strings, quoted identifiers, comments, dollar quotes and `::` casts are left alone. Throws
/// Error(Misuse) for a name without a value, and for a value that no name uses.
Compiled bindNamed(std::string_view sql, const std::map<std::string, Value> &values, char placeholder);

} // namespace schemawright
