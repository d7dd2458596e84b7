#include "schemawright/backends/oracle/oracle_dialect.h"

#include "schemawright/backends/oracle/oracle_ddl.h"
#include "schemawright/sql/literal.h"
#include "schemawright/sql/quoting.h"

#include <fmt/format.h>

namespace schemawright {

namespace {

constexpr IdentifierRules identifiers{'"', '"', IdentifierRules::Case::FoldedToUpper, reserved::inOracle, true};

} // namespace

OracleDialect::OracleDialect(int longestName)
{
    Capabilities &c = capabilities_;
    c.returning = true;
    c.returningInto = true;
    c.schemas = true;
    c.deferrableForeignKeys = true;
    c.sequences = true;
    c.materializedViews = true;
    c.comments = true;
    c.nullsOrdering = true;
    c.defaultKeyword = true;
    c.nullsSortFirst = false;
    c.rowValueComparison = false;
    c.virtualColumns = true;
    c.storedColumns = false;
    c.maxIdentifierLength = longestName;
    c.maxParameters = 65535;
}

std::string OracleDialect::literal(const Value &value) const
{
    static constexpr LiteralStyle style{
        .trueText = "1", .falseText = "0", .bytesBefore = "HEXTORAW('", .bytesAfter = "')", .typesDates = true};
    std::string text = literalText(value, style);
    if (const auto *moment = value.as<DateTime>(); moment && moment->offsetSeconds)
        text.insert(text.find_last_of("+-"), " "); // the offset stands apart
    return text;
}

std::string OracleDialect::typeSql(const Type &type) const
{
    if (!type.native.empty())
        return type.native;
    switch (type.kind) {
    case TypeKind::Boolean:
    case TypeKind::SmallInteger:
        return "SMALLINT";
    case TypeKind::Integer:
        return "INTEGER";
    case TypeKind::BigInteger:
        return "NUMBER(19)";
    case TypeKind::Numeric:
        return type.precision ? fmt::format("NUMBER({}, {})", *type.precision, type.scale.value_or(0)) : "NUMBER";
    case TypeKind::Real:
        return "BINARY_FLOAT";
    case TypeKind::Double:
        return "BINARY_DOUBLE";
    case TypeKind::Char:
        return fmt::format("CHAR({} CHAR)", type.length.value_or(1));
    case TypeKind::String:
        return type.length.value_or(4000) > 4000 ? "CLOB"
                                                 : fmt::format("VARCHAR2({} CHAR)", type.length.value_or(4000));
    case TypeKind::LargeBinary:
        return "BLOB";
    case TypeKind::Date:
        return "DATE";
    case TypeKind::DateTime:
        return type.timezone    ? "TIMESTAMP WITH TIME ZONE"
               : type.precision ? fmt::format("TIMESTAMP({})", *type.precision)
                                : "TIMESTAMP";
    case TypeKind::Time:
    case TypeKind::Interval:
        return "INTERVAL DAY TO SECOND";
    case TypeKind::Uuid:
        return "CHAR(36)";
    case TypeKind::Enum: {
        std::size_t longest = 1;
        for (const std::string &label : type.labels)
            longest = std::max(longest, label.size());
        return fmt::format("VARCHAR2({} CHAR)", longest);
    }
    default:
        return "CLOB";
    }
}

std::string OracleDialect::quote(std::string_view identifier) const { return quoteIdentifier(identifier, identifiers); }

Script OracleDialect::createScript(const MetaData &metadata, const ScriptOptions &options) const
{
    return oracle::createScript(*this, metadata, options);
}

std::string OracleDialect::createText(const Table &table) const { return oracle::createText(*this, table); }

std::optional<KeptKeys> OracleDialect::keepKeys(const std::string &insert, const Table &table,
                                                const std::vector<std::string> &columns, int number) const
{
    KeptKeys kept;
    std::string names;
    for (const std::string &name : columns) {
        const Column *column = table.column(name);
        const bool isNumber = column && (column->type.isInteger() || column->type.kind == TypeKind::Numeric);
        if (!isNumber && !(column && column->type.isText()))
            return std::nullopt; // no variable has such a value
        const std::string variable = fmt::format("sw_key_{}_{}", number, kept.expressions.size() + 1);
        kept.statements.push_back("VARIABLE " + variable + (isNumber ? " NUMBER" : " VARCHAR2(4000)"));
        kept.expressions.push_back(":" + variable);
        names += (names.empty() ? "" : ", ") + quote(name);
    }
    kept.statements.push_back(fmt::format("BEGIN\n  {}\n  RETURNING {} INTO {};\nEND;\n/", insert, names,
                                          fmt::join(kept.expressions, ", ")));
    return kept;
}

std::string OracleDialect::beginSql(const TransactionOptions &options) const
{
    using Isolation = TransactionOptions::Isolation;
    if (options.readOnly)
        return "SET TRANSACTION READ ONLY";
    return options.isolation == Isolation::Serializable ? "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"
                                                        : "SET TRANSACTION READ WRITE";
}

} // namespace schemawright
