#pragma once

#include "schemawright/backends/oracle/oracle_compiler.h"
#include "schemawright/dialect/compiles_with.h"
#include "schemawright/dialect/offline_dialect.h"

namespace schemawright {

/// Oracle 19, as far as it is written: names, literals, types, statements.
class OracleDialect final : public CompilesWith<OfflineDialect, OracleCompiler>
{
public:
    using Dialect::quote;
    std::string_view name() const noexcept override { return "oracle"; }
    const Capabilities &capabilities() const noexcept override;
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string typeSql(const Type &type) const override;
    Script createScript(const MetaData &metadata, const ScriptOptions &options) const override;
    std::string createText(const Table &table) const override;
    /// In variables of SQL*Plus, which SQLcl and SQL Developer know as well.
    std::optional<KeptKeys> keepKeys(const std::string &insert, const Table &table,
                                     const std::vector<std::string> &columns, int number) const override;
    std::string beginSql(const TransactionOptions &options) const override;

protected:
    char placeholderSign() const override { return ':'; }
};

} // namespace schemawright
