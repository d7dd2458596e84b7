#pragma once

#include "schemawright/dialect/registry.h"

namespace schemawright {

/// The backends that need nothing but their own C library: SQLite and PostgreSQL. The same object at every call.
const Registry &builtinBackends();

} // namespace schemawright
