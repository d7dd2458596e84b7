#include "schemawright/backends/dialects.h"

#include "schemawright/backends/mssql/mssql_dialect.h"
#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/backends/oracle/oracle_dialect.h"
#include "schemawright/backends/postgres/postgres_compiler.h"
#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/sql/compile_cache.h"

namespace schemawright {

namespace {

/// PostgreSQL as far as it is written.
class PostgresText final : public OfflineDialect
{
public:
    using Dialect::quote;
    std::string_view name() const noexcept override { return "postgresql"; }
    const Capabilities &capabilities() const noexcept override
    {
        static const Capabilities all{.returning = true, .nullsOrdering = true, .defaultKeyword = true, .nullsSortFirst = false, .maxParameters = 65535};
        return all;
    }
    std::string quote(std::string_view identifier) const override { return PostgresCompiler::quoted(identifier); }
    std::string literal(const Value &value) const override { return PostgresCompiler::literalOf(value); }
    std::string typeSql(const Type &type) const override { return PostgresCompiler::typeName(type); }
    Compiled compile(const Statement &statement) const override
    {
        static CompileCache cache;
        return cache.compile<PostgresCompiler>(statement);
    }
    Compiled compileAs(const Statement &statement, const CompileOptions &options) const override { return PostgresCompiler(options).compile(statement); }

protected:
    char placeholderSign() const override { return '$'; }
};

} // namespace

const std::vector<const Dialect *> &allDialects()
{
    static const SqliteDialect sqlite;
    static const PostgresText postgres;
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
