#include "schemawright/backends/builtin.h"

#include "schemawright/backends/postgres/postgres_dialect.h"
#include "schemawright/backends/postgres/postgres_driver.h"
#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_driver.h"

namespace schemawright {

namespace {

Registry &known()
{
    static Registry registry = [] {
        Registry filled;
        filled.add({"sqlite", std::make_shared<SqliteDialect>(), std::make_shared<SqliteDriver>()});
        filled.add({"postgresql", std::make_shared<PostgresDialect>(), std::make_shared<PostgresDriver>()});
        return filled;
    }();
    return registry;
}

} // namespace

const Registry &builtinBackends() { return known(); }

void addBackend(Backend backend) { known().add(std::move(backend)); }

} // namespace schemawright
