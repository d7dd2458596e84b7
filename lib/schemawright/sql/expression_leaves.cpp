#include "schemawright/sql/expression_leaves.h"

#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/expression_lexer.h"
#include "schemawright/sql/expression_parser.h"
#include "schemawright/sql/functions.h"
#include "schemawright/value/datetime.h"

#include <charconv>
#include <map>

namespace schemawright {

namespace expression {

namespace {

/// '5'::integer is 5, '2020-01-01'::date is that day; of other types the column that takes it says what it is.
Expr literalAs(const Expr &e, TypeKind kind)
{
    const std::string *text = e.node().value.as<std::string>();
    if (!text)
        return e;
    switch (kind) {
    case TypeKind::SmallInteger:
    case TypeKind::Integer:
    case TypeKind::BigInteger: {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
        if (error != std::errc() || end != text->data() + text->size())
            throw NotPortable();
        return inlined(Value(number));
    }
    case TypeKind::Numeric:
    case TypeKind::Double:
    case TypeKind::Real:
        if (const auto number = Decimal::parse(*text); number && text->find_first_of("NnIi") == std::string::npos)
            return inlined(Value(*number));
        throw NotPortable(); // NaN and infinity are not everywhere
    case TypeKind::LargeBinary:
        return inlined(Value(bytesOf(*text)));
    case TypeKind::Boolean:
        if (*text == "t" || *text == "true" || *text == "f" || *text == "false")
            return text->front() == 't' ? true_() : false_();
        throw NotPortable();
    case TypeKind::Date:
        if (const auto day = Date::parse(*text))
            return inlined(Value(*day));
        throw NotPortable();
    case TypeKind::DateTime:
        if (const auto moment = DateTime::parse(*text))
            return inlined(Value(*moment));
        throw NotPortable();
    case TypeKind::Interval:
    case TypeKind::Array:
        throw NotPortable();
    default:
        return e;
    }
}

} // namespace

bool isTextKind(TypeKind kind)
{
    return kind == TypeKind::Text || kind == TypeKind::String || kind == TypeKind::Char || kind == TypeKind::Enum;
}

Bytes bytesOf(const std::string &text)
{
    Bytes bytes;
    if (!text.starts_with("\\x") || text.size() % 2)
        throw NotPortable();
    for (std::size_t i = 2; i < text.size(); i += 2) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
        if (error != std::errc() || end != text.data() + i + 2)
            throw NotPortable();
        bytes.data.push_back(static_cast<char>(value));
    }
    return bytes;
}

Expr columnNamed(const Column &column)
{
    ExprNode node;
    node.kind = ExprKind::Column;
    node.text = column.name;
    node.yields = column.type.kind;
    return makeExpr(std::move(node));
}

Expr fitted(const Expr &value, const Expr &other)
{
    if (isLiteral(value) && other.node().yields == TypeKind::Boolean && other.node().kind == ExprKind::Column)
        if (const auto *number = value.node().value.as<std::int64_t>(); number && (*number == 0 || *number == 1))
            return *number ? true_() : false_();
    return value;
}

Expr castOf(const Expr &e, const std::string &type)
{
    const TypeKind kind = castKind(type);
    if (e.node().kind == ExprKind::Constant)
        return e;
    if (isLiteral(e))
        return literalAs(e, kind);
    if (isTextKind(kind) && isTextKind(e.node().yields))
        return e; // varchar and text are the same text
    if (kind == e.node().yields && kind != TypeKind::Unknown)
        return e;
    if (kind == TypeKind::Numeric && (e.node().yields == TypeKind::Integer || e.node().yields == TypeKind::BigInteger ||
                                      e.node().yields == TypeKind::SmallInteger))
        return e;
    if (kind == TypeKind::Unknown || kind == TypeKind::Interval)
        throw NotPortable();
    Type wanted;
    wanted.kind = kind;
    return cast(e, wanted);
}

Expr numberOf(const std::string &text)
{
    std::int64_t number = 0;
    if (const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        error == std::errc() && end == text.data() + text.size())
        return inlined(Value(number));
    const auto decimal = Decimal::parse(text);
    if (!decimal)
        throw NotPortable();
    ExprNode node;
    node.kind = ExprKind::Literal;
    node.value = Value(*decimal);
    node.yields = TypeKind::Numeric;
    return makeExpr(std::move(node));
}

std::optional<Expr> momentNamed(const std::string &word)
{
    if (word == "current_timestamp" || word == "localtimestamp" || word == "sysdate" || word == "systimestamp")
        return func::currentTimestamp();
    if (word == "current_date")
        return func::currentDate();
    if (word == "current_time" || word == "localtime")
        return func::currentTime();
    if (word == "current_user" || word == "session_user")
        return func::currentUser();
    return std::nullopt;
}

} // namespace expression

TypeKind castKind(std::string_view typeName)
{
    static const std::map<std::string, TypeKind, std::less<>> kinds{
        {"bool", TypeKind::Boolean},
        {"boolean", TypeKind::Boolean},
        {"smallint", TypeKind::SmallInteger},
        {"int", TypeKind::Integer},
        {"integer", TypeKind::Integer},
        {"signed", TypeKind::BigInteger},
        {"bigint", TypeKind::BigInteger},
        {"numeric", TypeKind::Numeric},
        {"decimal", TypeKind::Numeric},
        {"real", TypeKind::Double},
        {"double precision", TypeKind::Double},
        {"float", TypeKind::Double},
        {"char", TypeKind::Char},
        {"character", TypeKind::Char},
        {"bpchar", TypeKind::Char},
        {"varchar", TypeKind::String},
        {"character varying", TypeKind::String},
        {"nvarchar", TypeKind::String},
        {"text", TypeKind::Text},
        {"citext", TypeKind::Text},
        {"name", TypeKind::Text},
        {"bytea", TypeKind::LargeBinary},
        {"date", TypeKind::Date},
        {"time", TypeKind::Time},
        {"time without time zone", TypeKind::Time},
        {"timestamp", TypeKind::DateTime},
        {"datetime", TypeKind::DateTime},
        {"timestamp without time zone", TypeKind::DateTime},
        {"timestamp with time zone", TypeKind::DateTime},
        {"interval", TypeKind::Interval},
        {"uuid", TypeKind::Uuid},
        {"json", TypeKind::Json},
        {"jsonb", TypeKind::Json},
    };
    if (typeName.ends_with("[]"))
        return TypeKind::Array;
    const auto found = kinds.find(expression::lower(typeName));
    return found == kinds.end() ? TypeKind::Unknown : found->second;
}

} // namespace schemawright
