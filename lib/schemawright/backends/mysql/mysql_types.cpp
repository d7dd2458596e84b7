#include "schemawright/backends/mysql/mysql_types.h"

#include "schemawright/backends/mysql/mysql_spelling.h"

#include <map>
#include <string>

namespace schemawright::mysql {

namespace {

const std::map<std::string, TypeKind, std::less<>> &typeNames()
{
    static const std::map<std::string, TypeKind, std::less<>> names{
        {"tinyint", TypeKind::SmallInteger},
        {"int1", TypeKind::SmallInteger},
        {"bool", TypeKind::SmallInteger},
        {"boolean", TypeKind::SmallInteger},
        {"year", TypeKind::SmallInteger},
        {"smallint", TypeKind::SmallInteger},
        {"int2", TypeKind::SmallInteger},
        {"mediumint", TypeKind::Integer},
        {"middleint", TypeKind::Integer},
        {"int3", TypeKind::Integer},
        {"int", TypeKind::Integer},
        {"integer", TypeKind::Integer},
        {"int4", TypeKind::Integer},
        {"bigint", TypeKind::BigInteger},
        {"int8", TypeKind::BigInteger},
        {"serial", TypeKind::BigInteger},
        {"decimal", TypeKind::Numeric},
        {"numeric", TypeKind::Numeric},
        {"dec", TypeKind::Numeric},
        {"fixed", TypeKind::Numeric},
        {"number", TypeKind::Numeric},
        {"float", TypeKind::Real},
        {"float4", TypeKind::Real},
        {"double", TypeKind::Double},
        {"double precision", TypeKind::Double},
        {"float8", TypeKind::Double},
        {"real", TypeKind::Double},
        {"char", TypeKind::Char},
        {"character", TypeKind::Char},
        {"nchar", TypeKind::Char},
        {"national char", TypeKind::Char},
        {"national character", TypeKind::Char},
        {"varchar", TypeKind::String},
        {"varchar2", TypeKind::String},
        {"character varying", TypeKind::String},
        {"char varying", TypeKind::String},
        {"nvarchar", TypeKind::String},
        {"nchar varchar", TypeKind::String},
        {"nchar varying", TypeKind::String},
        {"national varchar", TypeKind::String},
        {"national char varying", TypeKind::String},
        {"national character varying", TypeKind::String},
        {"varcharacter", TypeKind::String},
        {"tinytext", TypeKind::Text},
        {"text", TypeKind::Text},
        {"mediumtext", TypeKind::Text},
        {"longtext", TypeKind::Text},
        {"long", TypeKind::Text},
        {"long varchar", TypeKind::Text},
        {"clob", TypeKind::Text},
        {"binary", TypeKind::LargeBinary},
        {"char byte", TypeKind::LargeBinary},
        {"varbinary", TypeKind::LargeBinary},
        {"raw", TypeKind::LargeBinary},
        {"tinyblob", TypeKind::LargeBinary},
        {"blob", TypeKind::LargeBinary},
        {"mediumblob", TypeKind::LargeBinary},
        {"longblob", TypeKind::LargeBinary},
        {"long varbinary", TypeKind::LargeBinary},
        {"bit", TypeKind::SmallInteger},
        {"date", TypeKind::Date},
        {"time", TypeKind::Time},
        {"datetime", TypeKind::DateTime},
        {"timestamp", TypeKind::DateTime},
        {"uuid", TypeKind::Uuid},
        {"json", TypeKind::Json},
        {"enum", TypeKind::Enum},
    };
    return names;
}

} // namespace

Type parseType(std::string_view native)
{
    Type type;
    type.native = native;
    const Spelling spelling = takeApart(native);
    const std::string &name = spelling.name;
    if (name == "set")
        type.labels = spelling.labels;
    const auto found = typeNames().find(name);
    if (found == typeNames().end())
        return type;
    type.kind = found->second;
    const auto number = [&](std::size_t i) {
        return i < spelling.numbers.size() ? std::optional<int>(spelling.numbers[i]) : std::nullopt;
    };
    switch (type.kind) {
    case TypeKind::SmallInteger:
        if (const int bits = spelling.number(0, 1); name == "bit" && bits > 15)
            type.kind = bits < 32 ? TypeKind::Integer : TypeKind::BigInteger;
        if (spelling.isUnsigned && (name == "smallint" || name == "int2"))
            type.kind = TypeKind::Integer;
        break;
    case TypeKind::Integer:
        if (spelling.isUnsigned && (name == "int" || name == "integer" || name == "int4"))
            type.kind = TypeKind::BigInteger;
        break;
    case TypeKind::Numeric:
        type.precision = number(0).value_or(10);
        type.scale = number(1).value_or(0);
        break;
    case TypeKind::Real:
        // FLOAT(53) is a double, FLOAT(7, 3) is not.
        if (number(0).value_or(0) > 24 && !number(1))
            type.kind = TypeKind::Double;
        break;
    case TypeKind::Char:
        type.length = number(0).value_or(1);
        break;
    case TypeKind::String:
        type.length = number(0);
        break;
    case TypeKind::LargeBinary:
        if (name == "binary" || name == "char byte")
            type.length = number(0).value_or(1);
        else if (name == "varbinary" || name == "raw")
            type.length = number(0);
        break;
    case TypeKind::Time:
    case TypeKind::DateTime:
        type.precision = number(0);
        if (type.precision == 0)
            type.precision.reset();
        break;
    case TypeKind::Enum:
        type.labels = spelling.labels;
        break;
    default:
        break;
    }
    return type;
}

} // namespace schemawright::mysql
