#include "schemawright/backends/postgres/postgres_types.h"

#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_tokens.h"
#include "schemawright/base/error.h"
#include "schemawright/dialect/typed_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include <fmt/format.h>

namespace schemawright::postgres {

namespace {

/// A spelling taken apart: lower-case words with single blanks, the numbers in parentheses, how many [] follow.
struct Spelling
{
    std::string words;
    std::vector<int> numbers;
    bool isArray = false;
};

Spelling takeApart(std::string_view native)
{
    Spelling spelling;
    bool inParentheses = false, negative = false;
    for (const Token &token : tokenize(native)) {
        const std::string_view text = token.in(native);
        if (token.kind == TokenKind::Symbol) {
            inParentheses = text == "(" || (inParentheses && text != ")");
            spelling.isArray = spelling.isArray || text == "[";
            negative = text == "-";
            if (text == ".")
                spelling.words += '.';
        } else if (token.kind == TokenKind::Number) {
            int number = 0;
            if (inParentheses && std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc())
                spelling.numbers.push_back(negative ? -number : number);
            negative = false;
        } else if (token.kind == TokenKind::Word && !spelling.isArray) {
            if (!spelling.words.empty() && spelling.words.back() != '.')
                spelling.words += ' ';
            spelling.words += folded(text);
        } else if (token.kind == TokenKind::QuotedName)
            spelling.words += text;
    }
    if (spelling.words.ends_with(" array")) {
        spelling.isArray = true;
        spelling.words.erase(spelling.words.size() - 6);
    }
    if (spelling.words.starts_with("pg_catalog."))
        spelling.words.erase(0, 11);
    return spelling;
}

struct Named
{
    TypeKind kind;
    bool timezone = false;
};

const std::map<std::string, Named, std::less<>> &typeNames()
{
    static const std::map<std::string, Named, std::less<>> names{
        {"boolean", {TypeKind::Boolean}},
        {"bool", {TypeKind::Boolean}},
        {"smallint", {TypeKind::SmallInteger}},
        {"int2", {TypeKind::SmallInteger}},
        {"smallserial", {TypeKind::SmallInteger}},
        {"serial2", {TypeKind::SmallInteger}},
        {"integer", {TypeKind::Integer}},
        {"int", {TypeKind::Integer}},
        {"int4", {TypeKind::Integer}},
        {"serial", {TypeKind::Integer}},
        {"serial4", {TypeKind::Integer}},
        {"bigint", {TypeKind::BigInteger}},
        {"int8", {TypeKind::BigInteger}},
        {"bigserial", {TypeKind::BigInteger}},
        {"serial8", {TypeKind::BigInteger}},
        {"numeric", {TypeKind::Numeric}},
        {"decimal", {TypeKind::Numeric}},
        {"dec", {TypeKind::Numeric}},
        {"real", {TypeKind::Real}},
        {"float4", {TypeKind::Real}},
        {"double precision", {TypeKind::Double}},
        {"float8", {TypeKind::Double}},
        {"float", {TypeKind::Double}},
        {"character", {TypeKind::Char}},
        {"char", {TypeKind::Char}},
        {"nchar", {TypeKind::Char}},
        {"national character", {TypeKind::Char}},
        {"national char", {TypeKind::Char}},
        {"bpchar", {TypeKind::Char}},
        {"character varying", {TypeKind::String}},
        {"varchar", {TypeKind::String}},
        {"char varying", {TypeKind::String}},
        {"national character varying", {TypeKind::String}},
        {"national char varying", {TypeKind::String}},
        {"nchar varying", {TypeKind::String}},
        {"text", {TypeKind::Text}},
        {"name", {TypeKind::Text}},
        {"citext", {TypeKind::Text}},
        {"bytea", {TypeKind::LargeBinary}},
        {"date", {TypeKind::Date}},
        {"time", {TypeKind::Time}},
        {"time without time zone", {TypeKind::Time}},
        {"time with time zone", {TypeKind::Time, true}},
        {"timetz", {TypeKind::Time, true}},
        {"timestamp", {TypeKind::DateTime}},
        {"timestamp without time zone", {TypeKind::DateTime}},
        {"timestamp with time zone", {TypeKind::DateTime, true}},
        {"timestamptz", {TypeKind::DateTime, true}},
        {"uuid", {TypeKind::Uuid}},
        {"json", {TypeKind::Json}},
        {"jsonb", {TypeKind::Json}},
    };
    return names;
}

/// An exact value where the text is the server's own form; the text itself, for the server to read, where it may be
/// another form ("tomorrow", "3 Feb 2024"); refused only when it begins like the one form and is not.
template <class T> Value parseCalendar(std::string_view typed, const char *wanted)
{
    const std::string_view text = typed::trimmed(typed);
    if (text.empty())
        typed::refuse(typed, wanted);
    if (const auto parsed = T::parse(text); parsed && parsed->text() == text)
        return Value(*parsed);
    return Value(text);
}

} // namespace

Type parseType(std::string_view native)
{
    Type type;
    type.native = native;
    const Spelling spelling = takeApart(native);
    if (spelling.isArray) {
        std::string element(native.substr(0, native.find('[')));
        if (const std::size_t word = folded(element).rfind(" array"); word != std::string::npos)
            element.erase(word);
        type.kind = TypeKind::Array;
        type.element = std::make_shared<const Type>(parseType(element));
        return type;
    }
    const auto number = [&](std::size_t i) {
        return i < spelling.numbers.size() ? std::optional<int>(spelling.numbers[i]) : std::nullopt;
    };
    if (spelling.words == "interval" || spelling.words.starts_with("interval ")) {
        type.kind = TypeKind::Interval;
        type.precision = number(0);
        return type;
    }
    const auto found = typeNames().find(spelling.words);
    if (found == typeNames().end())
        return type;
    type.kind = found->second.kind;
    type.timezone = found->second.timezone;
    switch (type.kind) {
    case TypeKind::Numeric:
        type.precision = number(0);
        type.scale = number(1);
        if (type.precision && !type.scale)
            type.scale = 0;
        break;
    case TypeKind::Double:
        if (spelling.words == "float" && number(0).value_or(53) <= 24)
            type.kind = TypeKind::Real;
        break;
    case TypeKind::Char:
        type.length = number(0);
        if (!type.length && spelling.words != "bpchar")
            type.length = 1;
        break;
    case TypeKind::String:
        type.length = number(0);
        break;
    case TypeKind::Time:
    case TypeKind::DateTime:
        type.precision = number(0);
        break;
    default:
        break;
    }
    return type;
}

std::string typeSql(const Type &type)
{
    if (!type.native.empty())
        return type.native;
    const auto precise = [&](std::string name, const char *zone) {
        if (type.precision)
            name += fmt::format("({})", *type.precision);
        return name + zone;
    };
    switch (type.kind) {
    case TypeKind::Unknown:
    case TypeKind::Text:
        return "text";
    case TypeKind::Boolean:
        return "boolean";
    case TypeKind::SmallInteger:
        return "smallint";
    case TypeKind::Integer:
        return "integer";
    case TypeKind::BigInteger:
        return "bigint";
    case TypeKind::Numeric:
        return !type.precision ? "numeric" : fmt::format("numeric({},{})", *type.precision, type.scale.value_or(0));
    case TypeKind::Real:
        return "real";
    case TypeKind::Double:
        return "double precision";
    case TypeKind::Char:
        return fmt::format("character({})", type.length.value_or(1));
    case TypeKind::String:
        return type.length ? fmt::format("character varying({})", *type.length) : "character varying";
    case TypeKind::LargeBinary:
        return "bytea";
    case TypeKind::Date:
        return "date";
    case TypeKind::Time:
        return precise("time", type.timezone ? " with time zone" : " without time zone");
    case TypeKind::DateTime:
        return precise("timestamp", type.timezone ? " with time zone" : " without time zone");
    case TypeKind::Interval:
        return precise("interval", "");
    case TypeKind::Uuid:
        return "uuid";
    case TypeKind::Json:
        return "jsonb";
    case TypeKind::Enum:
        return type.name.empty() ? "text" : quoteName(type.name);
    case TypeKind::Array:
        return (type.element ? typeSql(*type.element) : "text") + "[]";
    }
    return "text";
}

Value parseCell(const Type &type, std::string_view typed)
{
    switch (type.kind) {
    case TypeKind::SmallInteger:
        return typed::integer(typed, INT16_MIN, INT16_MAX);
    case TypeKind::Integer:
        return typed::integer(typed, INT32_MIN, INT32_MAX);
    case TypeKind::BigInteger:
        return typed::integer(typed, INT64_MIN, INT64_MAX);
    case TypeKind::Real:
        return typed::floating(typed, true);
    case TypeKind::Double:
        return typed::floating(typed, false);
    case TypeKind::Numeric: {
        std::string text(typed::trimmed(typed));
        for (const auto &[word, name] : {std::pair{"nan", "NaN"}, {"infinity", "Infinity"}, {"-infinity", "-Infinity"}})
            if (folded(text) == word)
                text = name;
        if (auto number = Decimal::parse(text))
            return Value(*std::move(number));
        typed::refuse(typed, "a number");
    }
    case TypeKind::Boolean:
        return typed::boolean(typed);
    case TypeKind::LargeBinary:
        return typed::hexBytes(typed, {"\\x"});
    case TypeKind::Date:
        return parseCalendar<Date>(typed, "a date");
    case TypeKind::Time:
        return parseCalendar<Time>(typed, "a time");
    case TypeKind::DateTime:
        return parseCalendar<DateTime>(typed, "a date and time");
    case TypeKind::Enum:
        if (!type.labels.empty() && std::ranges::find(type.labels, typed) == type.labels.end())
            throw Error(ErrorKind::Conversion, fmt::format("'{}' is not one of the values of {}", typed, type.name));
        return Value(typed);
    case TypeKind::Char:
    case TypeKind::String:
        return typed::text(typed, type.length);
    default:
        return Value(typed);
    }
}

std::string literal(const Value &value)
{
    if (value.isNull())
        return "NULL";
    if (const bool *truth = value.as<bool>())
        return *truth ? "true" : "false";
    if (const auto *integer = value.as<std::int64_t>())
        // Digits alone would be read as a positive number before the minus is applied.
        return *integer == INT64_MIN ? "'-9223372036854775808'" : std::to_string(*integer);
    if (const double *number = value.as<double>()) {
        const bool needsQuotes = !std::isfinite(*number) || (*number == 0 && std::signbit(*number));
        return needsQuotes ? quoteText(value.text()) : value.text();
    }
    if (const Decimal *number = value.as<Decimal>())
        return number->text().find_first_of("NIn") == std::string::npos ? number->text() : quoteText(number->text());
    if (value.is<Bytes>())
        return "'\\x" + value.text() + "'";
    const std::string text = value.text();
    if (text.find('\0') != std::string::npos)
        throw Error(ErrorKind::Conversion, "PostgreSQL cannot store a text that holds a NUL character");
    return quoteText(text);
}

} // namespace schemawright::postgres
