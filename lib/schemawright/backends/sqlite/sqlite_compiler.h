#pragma once

#include "schemawright/sql/compiler.h"

namespace schemawright {

/// What SQLite says differently: IS for NULL-safe equality, LIKE that ignores case.
class SqliteCompiler final : public Compiler
{
protected:
    std::string quote(std::string_view identifier) const override;
    std::string typeSql(const Type &type) const override;
    void distinctFrom(const Expr &a, const Expr &b, bool negated) override;
    void like(const ExprNode &node) override;
};

} // namespace schemawright
