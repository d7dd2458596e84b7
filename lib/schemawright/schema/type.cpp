#include "schemawright/schema/type.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright {

bool operator==(const Type &a, const Type &b)
{
    const bool sameElement = a.element == b.element || (a.element && b.element && *a.element == *b.element);
    return sameElement && a.kind == b.kind && a.length == b.length && a.precision == b.precision &&
           a.scale == b.scale && a.timezone == b.timezone && a.native == b.native && a.name == b.name &&
           a.labels == b.labels;
}

bool Type::isInteger() const noexcept
{
    return kind == TypeKind::SmallInteger || kind == TypeKind::Integer || kind == TypeKind::BigInteger;
}

bool Type::isNumber() const noexcept
{
    return isInteger() || kind == TypeKind::Numeric || kind == TypeKind::Real || kind == TypeKind::Double;
}

bool Type::isText() const noexcept
{
    return kind == TypeKind::Char || kind == TypeKind::String || kind == TypeKind::Text;
}

std::string genericName(const Type &type)
{
    const auto sized = [](const char *name, const std::optional<int> &size) {
        return size ? fmt::format("{}({})", name, *size) : std::string(name);
    };
    const auto zoned = [&](const char *name) {
        std::vector<std::string> arguments;
        if (type.timezone)
            arguments.emplace_back("timezone");
        if (type.precision)
            arguments.push_back(std::to_string(*type.precision));
        return arguments.empty() ? std::string(name) : fmt::format("{}({})", name, fmt::join(arguments, ", "));
    };
    switch (type.kind) {
    case TypeKind::Unknown:
        return {};
    case TypeKind::Boolean:
        return "Boolean";
    case TypeKind::SmallInteger:
        return "SmallInteger";
    case TypeKind::Integer:
        return "Integer";
    case TypeKind::BigInteger:
        return "BigInteger";
    case TypeKind::Numeric:
        return type.precision && type.scale ? fmt::format("Numeric({}, {})", *type.precision, *type.scale)
                                            : sized("Numeric", type.precision);
    case TypeKind::Real:
        return "Real";
    case TypeKind::Double:
        return "Double";
    case TypeKind::Char:
        return sized("Char", type.length);
    case TypeKind::String:
        return sized("String", type.length);
    case TypeKind::Text:
        return "Text";
    case TypeKind::LargeBinary:
        return sized("LargeBinary", type.length);
    case TypeKind::Date:
        return "Date";
    case TypeKind::Time:
        return zoned("Time");
    case TypeKind::DateTime:
        return zoned("DateTime");
    case TypeKind::Interval:
        return "Interval";
    case TypeKind::Uuid:
        return "Uuid";
    case TypeKind::Json:
        return "Json";
    case TypeKind::Enum:
        return fmt::format("Enum({})", type.name);
    case TypeKind::Array:
        return fmt::format("Array({})", type.element ? genericName(*type.element) : std::string());
    }
    return {};
}

namespace types {

namespace {
Type ofKind(TypeKind kind)
{
    Type type;
    type.kind = kind;
    return type;
}
} // namespace

Type boolean() { return ofKind(TypeKind::Boolean); }
Type smallInteger() { return ofKind(TypeKind::SmallInteger); }
Type integer() { return ofKind(TypeKind::Integer); }
Type bigInteger() { return ofKind(TypeKind::BigInteger); }
Type real() { return ofKind(TypeKind::Real); }
Type doublePrecision() { return ofKind(TypeKind::Double); }
Type text() { return ofKind(TypeKind::Text); }
Type largeBinary() { return ofKind(TypeKind::LargeBinary); }
Type date() { return ofKind(TypeKind::Date); }
Type interval() { return ofKind(TypeKind::Interval); }
Type uuid() { return ofKind(TypeKind::Uuid); }
Type json() { return ofKind(TypeKind::Json); }

Type numeric(std::optional<int> precision, std::optional<int> scale)
{
    Type type = ofKind(TypeKind::Numeric);
    type.precision = precision;
    type.scale = scale;
    return type;
}

Type character(int length)
{
    Type type = ofKind(TypeKind::Char);
    type.length = length;
    return type;
}

Type string(std::optional<int> length)
{
    Type type = ofKind(TypeKind::String);
    type.length = length;
    return type;
}

Type time(bool timezone, std::optional<int> precision)
{
    Type type = ofKind(TypeKind::Time);
    type.timezone = timezone;
    type.precision = precision;
    return type;
}

Type dateTime(bool timezone, std::optional<int> precision)
{
    Type type = ofKind(TypeKind::DateTime);
    type.timezone = timezone;
    type.precision = precision;
    return type;
}

Type enumeration(std::string name, std::vector<std::string> labels)
{
    Type type = ofKind(TypeKind::Enum);
    type.name = std::move(name);
    type.labels = std::move(labels);
    return type;
}

Type array(Type element)
{
    Type type = ofKind(TypeKind::Array);
    type.element = std::make_shared<const Type>(std::move(element));
    return type;
}

Type native(std::string spelling)
{
    Type type;
    type.native = std::move(spelling);
    return type;
}

} // namespace types

} // namespace schemawright
