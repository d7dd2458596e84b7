#include "schemawright/backends/builtin.h"

#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_driver.h"

namespace schemawright {

const Registry &builtinBackends()
{
    static const Registry registry = [] {
        Registry filled;
        filled.add({"sqlite", std::make_shared<SqliteDialect>(), std::make_shared<SqliteDriver>()});
        return filled;
    }();
    return registry;
}

} // namespace schemawright
