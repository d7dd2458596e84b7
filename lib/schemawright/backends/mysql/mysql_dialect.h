#pragma once

#include "schemawright/backends/mysql/mysql_compiler.h"
#include "schemawright/dialect/compiles_with.h"
#include "schemawright/dialect/offline_dialect.h"

namespace schemawright {

/// MySQL 8.0 and MariaDB 10.5. A schema here is what they call a database. What only MariaDB can do is not used until a
/// server has told that it is one.
class MysqlDialect final : public CompilesWith<OfflineDialect, MysqlCompiler>
{
public:
    using Dialect::quote;
    std::string_view name() const noexcept override { return "mysql"; }
    const Capabilities &capabilities() const noexcept override;
    std::shared_ptr<const Dialect> forServer(std::string_view version) const override;
    std::string quote(std::string_view identifier) const override;
    std::string literal(const Value &value) const override;
    std::string typeSql(const Type &type) const override;
    Script createScript(const MetaData &metadata, const ScriptOptions &options) const override;
    std::string createText(const Table &table) const override;
    std::string bodyDelimiter() const override { return ";;"; }
    Migration migrate(const MetaData &before, const MetaData &after,
                      const std::vector<TableDiff> &diffs) const override;
    ObjectMigration migrateObjects(const MetaData &before, const MetaData &after,
                                   const std::vector<ObjectDiff> &diffs) const override;
    Type parseType(std::string_view native) const override;
    /// Reads the schemas that the options name; else the connection's database; without one, all that are not the
    /// server's own.
    MetaData reflect(DriverConnection &connection, const ReflectOptions &options) const override;
    std::vector<TableSize> tableSizes(DriverConnection &connection, const ReflectOptions &options) const override;
    std::vector<Privilege> privileges(DriverConnection &connection, const ReflectOptions &options) const override;
    RowIdentity rowIdentity(const Table &table) const override;
    Value parseCell(const Type &type, std::string_view typed) const override;
    std::optional<KeptKeys> keepKeys(const std::string &insert, const Table &table,
                                     const std::vector<std::string> &columns, int number) const override;
    std::string beginSql(const TransactionOptions &options) const override;

protected:
    char placeholderSign() const override { return '?'; }

private:
    bool hasReturning_ = false; ///< MariaDB since 10.5, for INSERT and DELETE
};

} // namespace schemawright
