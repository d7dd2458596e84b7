#pragma once

#include "schemawright/dialect/dialect.h"

#include <string_view>
#include <vector>

namespace schemawright {

/// A dialect by its name, for compiling and writing SQL without a connection: "sqlite", "postgresql", "mysql", "mssql",
/// "oracle". Null for another name. The same object at every call.
const Dialect *dialectNamed(std::string_view name) noexcept;
/// All five.
const std::vector<const Dialect *> &allDialects();

} // namespace schemawright
