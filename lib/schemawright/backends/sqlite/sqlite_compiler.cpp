#include "schemawright/backends/sqlite/sqlite_compiler.h"

#include "schemawright/backends/sqlite/sqlite_dialect.h"

namespace schemawright {

std::string SqliteCompiler::quote(std::string_view identifier) const { return SqliteDialect().quote(identifier); }

std::string SqliteCompiler::typeSql(const Type &type) const { return SqliteDialect().typeSql(type); }

void SqliteCompiler::distinctFrom(const Expr &a, const Expr &b, bool negated)
{
    operand(a, 40);
    write(negated ? " IS " : " IS NOT ");
    operand(b, 40);
}

void SqliteCompiler::like(const ExprNode &node)
{
    operand(node.arguments[0], node.precedence);
    write(" LIKE "); // for ILIKE as well: it ignores the case of ASCII letters
    operand(node.arguments[1], node.precedence);
    if (!node.value.isNull())
        write(" ESCAPE '" + node.value.text() + "'");
}

} // namespace schemawright
