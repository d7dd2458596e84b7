#include "schemawright/backends/builtin.h"

#include "schemawright/backends/postgres/postgres_dialect.h"
#include "schemawright/backends/postgres/postgres_driver.h"
#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_driver.h"

namespace schemawright {

const Registry &builtinBackends()
{
    static const Registry registry = [] {
        Registry filled;
        filled.add({"sqlite", std::make_shared<SqliteDialect>(), std::make_shared<SqliteDriver>()});
        filled.add({"postgresql", std::make_shared<PostgresDialect>(), std::make_shared<PostgresDriver>()});
        return filled;
    }();
    return registry;
}

} // namespace schemawright
