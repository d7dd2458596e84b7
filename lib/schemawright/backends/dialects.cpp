#include "schemawright/backends/dialects.h"

#include "schemawright/backends/mssql/mssql_dialect.h"
#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/backends/oracle/oracle_dialect.h"
#include "schemawright/backends/postgres/postgres_dialect.h"
#include "schemawright/backends/sqlite/sqlite_dialect.h"

namespace schemawright {

const std::vector<const Dialect *> &allDialects()
{
    static const SqliteDialect sqlite;
    static const PostgresDialect postgres;
    static const MysqlDialect mysql;
    static const MssqlDialect mssql;
    static const OracleDialect oracle;
    static const std::vector<const Dialect *> all{&sqlite, &postgres, &mysql, &mssql, &oracle};
    return all;
}

const Dialect *dialectNamed(std::string_view name) noexcept
{
    for (const Dialect *dialect : allDialects())
        if (dialect->name() == name)
            return dialect;
    return nullptr;
}

} // namespace schemawright
