#include "schemawright/backends/mssql/mssql_dialect.h"

#include "schemawright/backends/mssql/mssql_ddl.h"
#include "schemawright/sql/literal.h"
#include "schemawright/sql/quoting.h"

#include <fmt/format.h>

namespace schemawright {

namespace {

constexpr IdentifierRules identifiers{'[', ']', IdentifierRules::Case::Kept, reserved::inMssql, true};

} // namespace

const Capabilities &MssqlDialect::capabilities() const noexcept
{
    static const Capabilities all = [] {
        Capabilities c;
        c.transactionalDdl = true;
        c.schemas = true;
        c.sequences = true;
        c.defaultKeyword = true;
        c.rowValueComparison = false;
        c.virtualColumns = true;
        c.maxIdentifierLength = 128;
        c.countsNameCharacters = true;
        c.maxParameters = 2100;
        return c;
    }();
    return all;
}

std::string MssqlDialect::literal(const Value &value) const
{
    static constexpr LiteralStyle style{
        .trueText = "1", .falseText = "0", .nationalPrefix = "N", .bytesBefore = "0x", .bytesAfter = ""};
    return literalText(value, style);
}

std::string MssqlDialect::typeSql(const Type &type) const
{
    if (!type.native.empty())
        return type.native;
    const auto sized = [&](const char *name, int most) {
        return type.length && *type.length <= most ? fmt::format("{}({})", name, *type.length)
                                                   : fmt::format("{}(max)", name);
    };
    switch (type.kind) {
    case TypeKind::Boolean:
        return "BIT";
    case TypeKind::SmallInteger:
        return "SMALLINT";
    case TypeKind::Integer:
        return "INTEGER";
    case TypeKind::BigInteger:
        return "BIGINT";
    case TypeKind::Numeric:
        return type.precision ? fmt::format("NUMERIC({}, {})", *type.precision, type.scale.value_or(0)) : "NUMERIC";
    case TypeKind::Real:
        return "REAL";
    case TypeKind::Double:
        return "FLOAT";
    case TypeKind::Char:
        return fmt::format("NCHAR({})", type.length.value_or(1));
    case TypeKind::String:
        return sized("NVARCHAR", 4000);
    case TypeKind::LargeBinary:
        return sized("VARBINARY", 8000);
    case TypeKind::Date:
        return "DATE";
    case TypeKind::Time:
        return type.precision ? fmt::format("TIME({})", *type.precision) : "TIME";
    case TypeKind::DateTime:
        return type.timezone    ? "DATETIMEOFFSET"
               : type.precision ? fmt::format("DATETIME2({})", *type.precision)
                                : "DATETIME2";
    case TypeKind::Uuid:
        return "UNIQUEIDENTIFIER";
    case TypeKind::Enum: {
        std::size_t longest = 1;
        for (const std::string &label : type.labels)
            longest = std::max(longest, label.size());
        return fmt::format("NVARCHAR({})", longest);
    }
    default:
        return "NVARCHAR(max)";
    }
}

std::string MssqlDialect::quote(std::string_view identifier) const { return quoteIdentifier(identifier, identifiers); }

Script MssqlDialect::createScript(const MetaData &metadata, const ScriptOptions &options) const
{
    return mssql::createScript(*this, metadata, options);
}

std::string MssqlDialect::createText(const Table &table) const { return mssql::createText(*this, table); }

std::optional<KeptKeys> MssqlDialect::keepKeys(const std::string &insert, const Table &table,
                                               const std::vector<std::string> &columns, int number) const
{
    if (columns.size() != 1 || !isNumberedByTheDatabase(table, columns.front()))
        return std::nullopt;
    const std::string kept = "@sw_key_" + std::to_string(number);
    return KeptKeys{
        {insert, "DECLARE " + kept + " " + typeSql(table.column(columns.front())->type) + " = SCOPE_IDENTITY()"},
        {kept},
        {}};
}

std::string MssqlDialect::beginSql(const TransactionOptions &options) const
{
    if (options.isolation != TransactionOptions::Isolation::Default || options.readOnly)
        throw Error(ErrorKind::Unsupported, "an isolation level within BEGIN TRANSACTION");
    return "SET XACT_ABORT ON;\nBEGIN TRANSACTION"; // else it goes on behind a statement that failed
}

} // namespace schemawright
