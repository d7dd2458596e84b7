#include "schemawright/dialect/offline_dialect.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/literal.h"

namespace schemawright {

void OfflineDialect::notConnected(std::string_view what) const
{
    throw Error(ErrorKind::Unsupported,
                std::string(name()) + " has no driver of its own here: " + std::string(what) + " is not possible");
}

std::string OfflineDialect::literalSql(const Compiled &compiled, const std::map<std::string, std::string> &named) const
{
    std::vector<std::string> literals;
    for (const Parameter &parameter : compiled.parameters)
        literals.push_back(literalOf(parameter, named));
    return withLiterals(compiled.sql, literals, placeholderSign());
}

Type OfflineDialect::parseType(std::string_view native) const { return types::native(std::string(native)); }
MetaData OfflineDialect::reflect(DriverConnection &, const ReflectOptions &) const { notConnected("reflection"); }

RowIdentity OfflineDialect::rowIdentity(const Table &table) const
{
    RowIdentity identity;
    identity.columns = table.keyColumns();
    identity.kind = identity.columns.empty() ? RowIdentity::Kind::AllColumns : RowIdentity::Kind::Key;
    return identity;
}

Value OfflineDialect::parseCell(const Type &, std::string_view) const { notConnected("editing"); }

bool OfflineDialect::isNumberedByTheDatabase(const Table &table, const std::string &column)
{
    const Column *known = table.column(column);
    return known && (known->autoincrement || known->identity);
}

} // namespace schemawright
