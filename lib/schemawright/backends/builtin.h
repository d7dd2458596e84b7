#pragma once

#include "schemawright/dialect/registry.h"

namespace schemawright {

/// The backends that need nothing but their own C library, SQLite and PostgreSQL, and what addBackend() added. The same
/// object at every call.
const Registry &builtinBackends();

/// Makes a further kind of database known to Engine::open(). Before threads start.
void addBackend(Backend backend);

} // namespace schemawright
