#include "schemawright/sql/expr_node.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/statement_node.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace schemawright {

namespace {

Expr constant(Operator op, TypeKind yields = TypeKind::Unknown)
{
    ExprNode node{.kind = ExprKind::Constant, .op = op, .yields = yields};
    return makeExpr(std::move(node));
}

TypeKind kindOf(const Expr &e) { return e.node().yields; }

bool isInteger(TypeKind kind)
{
    return kind == TypeKind::SmallInteger || kind == TypeKind::Integer || kind == TypeKind::BigInteger;
}

bool isText(TypeKind kind)
{
    return kind == TypeKind::Text || kind == TypeKind::String || kind == TypeKind::Char || kind == TypeKind::Enum;
}

TypeKind kindOfValue(const Value &value)
{
    if (value.is<bool>())
        return TypeKind::Boolean;
    if (const auto *number = value.as<std::int64_t>())
        return *number >= INT32_MIN && *number <= INT32_MAX ? TypeKind::Integer : TypeKind::BigInteger;
    if (value.is<double>())
        return TypeKind::Double;
    if (value.is<Decimal>())
        return TypeKind::Numeric;
    if (value.is<std::string>())
        return TypeKind::Text;
    if (value.is<Bytes>())
        return TypeKind::LargeBinary;
    if (value.is<Date>())
        return TypeKind::Date;
    if (value.is<Time>())
        return TypeKind::Time;
    if (value.is<DateTime>())
        return TypeKind::DateTime;
    return TypeKind::Unknown;
}

/// What arithmetic on two kinds yields.
TypeKind arithmeticKind(Operator op, TypeKind a, TypeKind b)
{
    if (op == Operator::Divide)
        return isInteger(a) && isInteger(b)                     ? TypeKind::Numeric
               : a == TypeKind::Double || b == TypeKind::Double ? TypeKind::Double
                                                                : a;
    for (const TypeKind kind : {TypeKind::Double, TypeKind::Real, TypeKind::Numeric, TypeKind::BigInteger})
        if (a == kind || b == kind)
            return kind;
    return isInteger(a) && isInteger(b) ? TypeKind::Integer : TypeKind::Unknown;
}

Expr comparison(Operator op, const Expr &a, const Expr &b)
{
    return makeExpr({.kind = ExprKind::Binary,
                     .op = op,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .arguments = {a, b}});
}

Expr arithmetic(Operator op, std::uint8_t level, const Expr &a, const Expr &b)
{
    return makeExpr({.kind = ExprKind::Binary,
                     .op = op,
                     .precedence = level,
                     .yields = arithmeticKind(op, kindOf(a), kindOf(b)),
                     .arguments = {a, b}});
}

bool isNullConstant(const Expr &e)
{
    const ExprNode &node = e.node();
    return (node.kind == ExprKind::Bind && node.value.isNull()) ||
           (node.kind == ExprKind::Constant && node.op == Operator::Null);
}

/// true and false as the constant: compared with a column they say more than a parameter.
Expr truthAsConstant(const Expr &e)
{
    if (e.node().kind != ExprKind::Bind)
        return e;
    const bool *truth = e.node().value.as<bool>();
    return !truth ? e : *truth ? true_() : false_();
}

Expr ordered(const Expr &e, bool ascending, bool descending, NullsOrder nulls)
{
    const ExprNode &old = e.node();
    const bool isOrder = old.kind == ExprKind::Order;
    return makeExpr({.kind = ExprKind::Order,
                     .yields = old.yields,
                     .nulls = nulls == NullsOrder::Unsaid && isOrder ? old.nulls : nulls,
                     .descending = descending,
                     .ascending = ascending,
                     .arguments = {isOrder ? old.arguments.front() : e}});
}

} // namespace

Expr compareExpr(Operator op, const Expr &a, const Expr &b) { return comparison(op, a, b); }

Expr Expr::ofValue(Value value) { return bind(std::move(value)); }
Expr Expr::ofInteger(std::int64_t value, bool fits)
{
    if (!fits)
        throw Error(ErrorKind::Conversion,
                    "a number beyond 64 bits with sign cannot be a parameter; give it as a Decimal");
    return bind(Value(value));
}

Expr Expr::asc() const { return ordered(*this, true, false, NullsOrder::Unsaid); }
Expr Expr::desc() const { return ordered(*this, false, true, NullsOrder::Unsaid); }
Expr Expr::nullsFirst() const { return ordered(*this, node().ascending, node().descending, NullsOrder::First); }
Expr Expr::nullsLast() const { return ordered(*this, node().ascending, node().descending, NullsOrder::Last); }

Expr Expr::label(std::string name) const
{
    return makeExpr({.kind = ExprKind::Label, .yields = node().yields, .text = std::move(name), .arguments = {*this}});
}

Expr column(const TablePtr &table, std::string_view name)
{
    const Column *found = table->column(name);
    const bool hiddenRowNumber = name == "rowid" || name == "_rowid_" || name == "oid";
    if (!found && !hiddenRowNumber)
        throw Error(ErrorKind::NotFound,
                    "the table " + table->name.text() + " has no column '" + std::string(name) + "'");
    return makeExpr({.kind = ExprKind::Column,
                     .yields = found ? found->type.kind : TypeKind::BigInteger,
                     .text = std::string(name),
                     .table = table});
}

Expr column(std::string_view name) { return makeExpr({.kind = ExprKind::Column, .text = std::string(name)}); }

Expr bind(Value value)
{
    const TypeKind kind = kindOfValue(value);
    return makeExpr({.kind = ExprKind::Bind, .yields = kind, .value = std::move(value)});
}

Expr parameter(std::string name) { return makeExpr({.kind = ExprKind::Parameter, .text = std::move(name)}); }

Expr parameter(std::string name, Value value)
{
    const TypeKind kind = kindOfValue(value);
    return makeExpr({.kind = ExprKind::Parameter, .yields = kind, .text = std::move(name), .value = std::move(value)});
}

Expr inlined(Value value)
{
    const TypeKind kind = kindOfValue(value);
    return makeExpr({.kind = ExprKind::Literal, .yields = kind, .value = std::move(value)});
}

Expr text(std::string sql, std::vector<Value> values)
{
    return textOf(std::move(sql),
                  std::vector<Expr>(std::make_move_iterator(values.begin()), std::make_move_iterator(values.end())));
}

Expr textOf(std::string sql, std::vector<Expr> parts)
{
    // A name, a number or a * stays as it is; anything else gets parentheses inside of more.
    const bool isWord = std::ranges::all_of(sql, [](unsigned char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' ||
               c == '*';
    });
    return makeExpr({.kind = ExprKind::Text,
                     .precedence = isWord ? precedence::Atom : precedence::Loosest,
                     .text = std::move(sql),
                     .arguments = std::move(parts)});
}

Expr defaultValue() { return constant(Operator::Default); }
Expr null() { return constant(Operator::Null); }
Expr true_() { return constant(Operator::True, TypeKind::Boolean); }
Expr false_() { return constant(Operator::False, TypeKind::Boolean); }
Expr star() { return constant(Operator::Star); }

Expr operator==(const Expr &a, const Expr &b)
{
    return isNullConstant(b) ? isNull(a) : comparison(Operator::Equal, a, truthAsConstant(b));
}
Expr operator!=(const Expr &a, const Expr &b)
{
    return isNullConstant(b) ? isNotNull(a) : comparison(Operator::NotEqual, a, truthAsConstant(b));
}
Expr operator<(const Expr &a, const Expr &b) { return comparison(Operator::Less, a, b); }
Expr operator<=(const Expr &a, const Expr &b) { return comparison(Operator::LessEqual, a, b); }
Expr operator>(const Expr &a, const Expr &b) { return comparison(Operator::Greater, a, b); }
Expr operator>=(const Expr &a, const Expr &b) { return comparison(Operator::GreaterEqual, a, b); }
Expr operator&&(const Expr &a, const Expr &b) { return and_({a, b}); }
Expr operator||(const Expr &a, const Expr &b) { return or_({a, b}); }
Expr operator!(const Expr &a) { return not_(a); }
Expr operator+(const Expr &a, const Expr &b)
{
    if (isText(kindOf(a)) || (isText(kindOf(b)) && kindOf(a) == TypeKind::Unknown))
        return concat({a, b});
    return arithmetic(Operator::Add, precedence::Add, a, b);
}
Expr operator-(const Expr &a, const Expr &b) { return arithmetic(Operator::Subtract, precedence::Add, a, b); }
Expr operator*(const Expr &a, const Expr &b) { return arithmetic(Operator::Multiply, precedence::Multiply, a, b); }
Expr operator/(const Expr &a, const Expr &b) { return arithmetic(Operator::Divide, precedence::Multiply, a, b); }
Expr operator%(const Expr &a, const Expr &b) { return arithmetic(Operator::Modulo, precedence::Multiply, a, b); }
Expr operator-(const Expr &a)
{
    return makeExpr({.kind = ExprKind::Unary,
                     .op = Operator::Negate,
                     .precedence = precedence::Sign,
                     .yields = kindOf(a),
                     .arguments = {a}});
}

Expr floorDivide(const Expr &a, const Expr &b) { return arithmetic(Operator::FloorDivide, precedence::Multiply, a, b); }

Expr concat(std::vector<Expr> parts)
{
    if (parts.size() == 1)
        return parts.front();
    std::vector<Expr> flat;
    for (Expr &e : parts) {
        if (e.isEmpty())
            continue;
        if (e.node().kind == ExprKind::Nary && e.node().op == Operator::Concat)
            flat.insert(flat.end(), e.node().arguments.begin(), e.node().arguments.end());
        else
            flat.push_back(std::move(e));
    }
    if (flat.empty())
        throw Error(ErrorKind::Misuse, "a concatenation of nothing");
    return makeExpr({.kind = ExprKind::Nary,
                     .op = Operator::Concat,
                     .precedence = precedence::Other,
                     .yields = TypeKind::Text,
                     .arguments = std::move(flat)});
}

Expr bitAnd(const Expr &a, const Expr &b) { return arithmetic(Operator::BitAnd, precedence::Other, a, b); }
Expr bitOr(const Expr &a, const Expr &b) { return arithmetic(Operator::BitOr, precedence::Other, a, b); }
Expr bitXor(const Expr &a, const Expr &b) { return arithmetic(Operator::BitXor, precedence::Other, a, b); }
Expr bitNot(const Expr &a)
{
    return makeExpr({.kind = ExprKind::Unary,
                     .op = Operator::BitNot,
                     .precedence = precedence::Sign,
                     .yields = kindOf(a),
                     .arguments = {a}});
}
Expr shiftLeft(const Expr &a, const Expr &b) { return arithmetic(Operator::ShiftLeft, precedence::Other, a, b); }
Expr shiftRight(const Expr &a, const Expr &b) { return arithmetic(Operator::ShiftRight, precedence::Other, a, b); }

Expr op(const Expr &a, std::string spelling, const Expr &b)
{
    return makeExpr({.kind = ExprKind::Custom,
                     .precedence = precedence::Loosest,
                     .text = std::move(spelling),
                     .arguments = {a, b}});
}

Expr boolOp(const Expr &a, std::string spelling, const Expr &b)
{
    return makeExpr({.kind = ExprKind::Custom,
                     .precedence = precedence::Loosest,
                     .yields = TypeKind::Boolean,
                     .text = std::move(spelling),
                     .arguments = {a, b}});
}

Expr prefixOp(std::string spelling, const Expr &a)
{
    return makeExpr(
        {.kind = ExprKind::Custom, .precedence = precedence::Loosest, .text = std::move(spelling), .arguments = {a}});
}

Expr isNotDistinctFrom(const Expr &a, const Expr &b)
{
    return comparison(Operator::Same, a, isNullConstant(b) ? null() : truthAsConstant(b));
}
Expr isDistinctFrom(const Expr &a, const Expr &b)
{
    return comparison(Operator::Distinct, a, isNullConstant(b) ? null() : truthAsConstant(b));
}

} // namespace schemawright
