#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/sql/compile_cache.h"

namespace schemawright {

/// A dialect, derived from `Base`, whose statements are compiled by a `Compiler` of its own.
template <class Base, class Compiler> class CompilesWith : public Base
{
public:
    Compiled compile(const Statement &statement) const override
    {
        static CompileCache cache;
        return cache.compile<Compiler>(statement);
    }
    Compiled compileAs(const Statement &statement, const CompileOptions &options) const override
    {
        return Compiler(options).compile(statement);
    }
    std::string expressionSql(const Expr &expression, bool asCondition) const override
    {
        return Compiler().compileExpression(expression, asCondition);
    }
};

} // namespace schemawright
