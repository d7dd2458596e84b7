#pragma once

#include "schemawright/dialect/dialect.h"

namespace schemawright {

/// A dialect that is only written, not connected to: names, literals, types and statements, but no reflection. What
/// wants a connection throws Error(Unsupported).
class OfflineDialect : public Dialect
{
public:
    using Dialect::literalSql;
    using Dialect::quote;
    std::string literalSql(const Compiled &compiled, const std::map<std::string, std::string> &named) const override;
    Type parseType(std::string_view native) const override;
    MetaData reflect(DriverConnection &connection, const ReflectOptions &options) const override;
    RowIdentity rowIdentity(const Table &table) const override;
    Value parseCell(const Type &type, std::string_view typed) const override;

protected:
    virtual char placeholderSign() const { return '?'; }
    /// Does the database count up this column of a new row by itself?
    static bool isNumberedByTheDatabase(const Table &table, const std::string &column);
    [[noreturn]] void notConnected(std::string_view what) const;
};

} // namespace schemawright
