#pragma once

#include "schemawright/backends/mssql/mssql_compiler.h"
#include "schemawright/dialect/compiles_with.h"
#include "schemawright/dialect/offline_dialect.h"

namespace schemawright {

/// SQL Server 2022, as far as it is written: names, literals, types, statements.
class MssqlDialect final : public CompilesWith<OfflineDialect, MssqlCompiler>
{
public:
    using Dialect::quote;
    std::string_view name() const noexcept override { return "mssql"; }
    const Capabilities &capabilities() const noexcept override;
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string typeSql(const Type &type) const override;
    Script createScript(const MetaData &metadata, const ScriptOptions &options) const override;
    std::string createText(const Table &table) const override;
    std::optional<KeptKeys> keepKeys(const std::string &insert, const Table &table,
                                     const std::vector<std::string> &columns, int number) const override;
    std::string beginSql(const TransactionOptions &options) const override;

protected:
    char placeholderSign() const override { return '?'; }
};

} // namespace schemawright
