#pragma once

#include "schemawright/backends/oracle/oracle_compiler.h"
#include "schemawright/dialect/compiles_with.h"
#include "schemawright/dialect/offline_dialect.h"

namespace schemawright {

/// Oracle 19, as far as it is written: names, literals, types, statements.
///
/// Names have at most 128 bytes, as Oracle takes them since 12.2; before (or where COMPATIBLE is set lower) it takes
/// 30, which `longestName` says. A longer name is cut at a character and given an end that tells it from others alike;
/// the script says so.
class OracleDialect final : public CompilesWith<OfflineDialect, OracleCompiler>
{
public:
    static constexpr int longestNameBefore12_2 = 30;
    explicit OracleDialect(int longestName = 128);

    using Dialect::quote;
    std::string_view name() const noexcept override { return "oracle"; }
    const Capabilities &capabilities() const noexcept override { return capabilities_; }
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

private:
    Capabilities capabilities_;
};

} // namespace schemawright
