#pragma once

#include "schemawright/backends/postgres/postgres_compiler.h"
#include "schemawright/dialect/compiles_with.h"

namespace schemawright {

/// PostgreSQL 12 and later.
class PostgresDialect final : public CompilesWith<Dialect, PostgresCompiler>
{
public:
    using Dialect::quote;
    std::string_view name() const noexcept override { return "postgresql"; }
    const Capabilities &capabilities() const noexcept override;
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string typeSql(const Type &type) const override;
    Type parseType(std::string_view native) const override;
    using Dialect::literalSql;
    std::string literalSql(const Compiled &compiled, const std::map<std::string, std::string> &named) const override;
    std::optional<KeptKeys> keepKeys(const std::string &insert, const Table &table,
                                     const std::vector<std::string> &columns, int number) const override;
    Script createScript(const MetaData &metadata, const ScriptOptions &options) const override;
    std::string createText(const Table &table) const override;
    Migration migrate(const MetaData &before, const MetaData &after,
                      const std::vector<TableDiff> &diffs) const override;
    std::optional<Conversion> conversion(const TableDiff &diff, std::size_t after) const override;
    WholeMigration migrateWhole(const MetaData &before, const MetaData &after, const MetaDataDiff &diff) const override;
    ObjectMigration migrateObjects(const MetaData &before, const MetaData &after,
                                   const std::vector<ObjectDiff> &diffs) const override;
    std::string deferConstraintsSql() const override { return "SET CONSTRAINTS ALL DEFERRED"; }
    std::string checkConstraintsSql() const override { return "SET CONSTRAINTS ALL IMMEDIATE"; }
    std::string transactionIdSql() const override { return "SELECT CAST(txid_current_if_assigned() AS text)"; }
    std::string transactionStatusSql() const override;
    MetaData reflect(DriverConnection &connection, const ReflectOptions &options) const override;
    std::vector<TableSize> tableSizes(DriverConnection &connection, const ReflectOptions &options) const override;
    std::vector<Privilege> privileges(DriverConnection &connection, const ReflectOptions &options) const override;
    RowIdentity rowIdentity(const Table &table) const override;
    Value parseCell(const Type &type, std::string_view typed) const override;
};

} // namespace schemawright
