#pragma once

#include "schemawright/dialect/offline_dialect.h"

namespace schemawright {

/// Oracle 19, as far as it is written: names, literals, types, statements.
class OracleDialect final : public OfflineDialect
{
public:
    using Dialect::quote;
    std::string_view name() const noexcept override { return "oracle"; }
    const Capabilities &capabilities() const noexcept override;
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string typeSql(const Type &type) const override;
    Compiled compile(const Statement &statement) const override;
    Compiled compileAs(const Statement &statement, const CompileOptions &options) const override;
    std::string expressionSql(const Expr &expression, bool asCondition) const override;
    Script createScript(const MetaData &metadata, const ScriptOptions &options) const override;
    std::string createText(const Table &table) const override;
    std::string beginSql(const TransactionOptions &options) const override;

protected:
    char placeholderSign() const override { return ':'; }
};

} // namespace schemawright
