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

bool isConstant(const Expr &e, Operator op) { return e.node().kind == ExprKind::Constant && e.node().op == op; }

/// true and false as the constant: compared with a column they say more than a parameter.
Expr truthAsConstant(const Expr &e)
{
    if (e.node().kind != ExprKind::Bind)
        return e;
    const bool *truth = e.node().value.as<bool>();
    return !truth ? e : *truth ? true_() : false_();
}

Expr joined(Operator op, std::vector<Expr> conditions)
{
    const Operator neutral = op == Operator::And ? Operator::True : Operator::False;
    const Operator decisive = op == Operator::And ? Operator::False : Operator::True;
    std::erase_if(conditions, [](const Expr &e) { return e.isEmpty(); });
    if (conditions.empty())
        return {};
    const Expr first = conditions.front();
    if (const auto found = std::ranges::find_if(conditions, [&](const Expr &e) { return isConstant(e, decisive); });
        found != conditions.end())
        return *found;
    std::erase_if(conditions, [&](const Expr &e) { return isConstant(e, neutral); });
    if (conditions.empty())
        return first;
    if (conditions.size() == 1)
        return conditions.front();
    std::vector<Expr> flat;
    flat.reserve(conditions.size());
    for (Expr &e : conditions) {
        if (e.node().kind == ExprKind::Nary && e.node().op == op)
            flat.insert(flat.end(), e.node().arguments.begin(), e.node().arguments.end());
        else
            flat.push_back(std::move(e));
    }
    return makeExpr({.kind = ExprKind::Nary,
                     .op = op,
                     .precedence = op == Operator::And ? precedence::And : precedence::Or,
                     .yields = TypeKind::Boolean,
                     .arguments = std::move(flat)});
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

Expr likeExpr(const Expr &a, const Expr &pattern, std::string_view escape, bool ignoreCase, bool negated,
              bool before = false, bool after = false)
{
    return makeExpr({.kind = ExprKind::Like,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .negated = negated,
                     .ignoreCase = ignoreCase,
                     .wildBefore = before,
                     .wildAfter = after,
                     .arguments = {a, pattern},
                     .value = escape.empty() ? Value() : Value(escape)});
}

Expr partExpr(const Expr &a, std::string_view part, bool ignoreCase, bool before, bool after)
{
    if (part.find_first_of("%_") == std::string_view::npos)
        return likeExpr(a, bind(Value(part)), {}, ignoreCase, false, before, after);
    std::string escaped;
    for (const char c : part) {
        if (c == '%' || c == '_' || c == '/')
            escaped += '/';
        escaped += c;
    }
    return likeExpr(a, bind(Value(std::move(escaped))), "/", ignoreCase, false, before, after);
}

Expr inExpr(const Expr &a, std::vector<Expr> values, bool negated)
{
    values.insert(values.begin(), a);
    return makeExpr({.kind = ExprKind::In,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .negated = negated,
                     .arguments = std::move(values)});
}

Expr inQuery(const Expr &a, const Query &query, bool negated)
{
    return makeExpr({.kind = ExprKind::In,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .negated = negated,
                     .hasQuery = true,
                     .arguments = {a},
                     .query = query.share()});
}

Expr betweenExpr(const Expr &a, const Expr &low, const Expr &high, bool negated, bool symmetric)
{
    return makeExpr({.kind = ExprKind::Between,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .negated = negated,
                     .symmetric = symmetric,
                     .arguments = {a, low, high}});
}

Expr quantified(std::string word, const Query &query)
{
    return makeExpr({.kind = ExprKind::Quantified, .hasQuery = true, .text = std::move(word), .query = query.share()});
}

/// The same node the other way round, for those that have a NOT of their own.
Expr flipped(const Expr &e)
{
    ExprNode node = e.node();
    node.negated = !node.negated;
    return makeExpr(std::move(node));
}

Expr withOperator(const Expr &e, Operator op)
{
    ExprNode node = e.node();
    node.op = op;
    return makeExpr(std::move(node));
}

Operator opposite(Operator op)
{
    switch (op) {
    case Operator::Equal:
        return Operator::NotEqual;
    case Operator::NotEqual:
        return Operator::Equal;
    case Operator::Less:
        return Operator::GreaterEqual;
    case Operator::LessEqual:
        return Operator::Greater;
    case Operator::Greater:
        return Operator::LessEqual;
    case Operator::GreaterEqual:
        return Operator::Less;
    case Operator::Same:
        return Operator::Distinct;
    case Operator::Distinct:
        return Operator::Same;
    case Operator::IsNull:
        return Operator::IsNotNull;
    case Operator::IsNotNull:
        return Operator::IsNull;
    default:
        return Operator::None;
    }
}

} // namespace

Expr makeExpr(ExprNode node)
{
    for (const Expr &argument : node.arguments) {
        if (argument.isEmpty())
            throw Error(ErrorKind::Misuse, "an empty expression cannot be part of another");
        node.hasAggregate = node.hasAggregate || argument.node().hasAggregate;
        node.hasWindow = node.hasWindow || argument.node().hasWindow;
        node.hasQuery = node.hasQuery || argument.node().hasQuery;
    }
    if (node.kind == ExprKind::Function)
        node.hasAggregate = node.hasAggregate || isAggregateName(node.text, node.arguments.size());
    else if (node.kind == ExprKind::WithinGroup)
        node.hasAggregate = true;
    else if (node.kind == ExprKind::Over) {
        // The function itself is no aggregate of the query, its arguments may be.
        node.hasWindow = true;
        node.hasAggregate = false;
        const ExprNode *inner = &node.arguments.front().node();
        while (inner->kind == ExprKind::Filter || inner->kind == ExprKind::WithinGroup)
            inner = &inner->arguments.front().node();
        node.hasAggregate = std::ranges::any_of(inner->arguments, [](const Expr &e) { return e.node().hasAggregate; });
    }
    return Expr(std::make_shared<const ExprNode>(std::move(node)));
}

Expr compareExpr(Operator op, const Expr &a, const Expr &b) { return comparison(op, a, b); }

bool isAggregateName(std::string_view function, std::size_t arguments)
{
    static constexpr std::array names = {"count",
                                         "sum",
                                         "avg",
                                         "total",
                                         "group_concat",
                                         "string_agg",
                                         "array_agg",
                                         "listagg",
                                         "json_agg",
                                         "jsonb_agg",
                                         "json_object_agg",
                                         "jsonb_object_agg",
                                         "json_group_array",
                                         "json_group_object",
                                         "json_arrayagg",
                                         "json_objectagg",
                                         "bool_and",
                                         "bool_or",
                                         "every",
                                         "bit_and",
                                         "bit_or",
                                         "bit_xor",
                                         "stddev",
                                         "stddev_pop",
                                         "stddev_samp",
                                         "variance",
                                         "var_pop",
                                         "var_samp",
                                         "corr",
                                         "covar_pop",
                                         "covar_samp",
                                         "regr_slope",
                                         "regr_intercept",
                                         "any_value",
                                         "aggregate_strings",
                                         "median",
                                         "mode",
                                         "percentile_cont",
                                         "percentile_disc",
                                         "xmlagg",
                                         "count_big"};
    if (function.size() > 20 || function.size() < 3)
        return false;
    std::array<char, 20> folded{};
    std::ranges::transform(function, folded.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const std::string_view name(folded.data(), function.size());
    // SQLite's min and max of several arguments look at one row.
    return (arguments == 1 && (name == "min" || name == "max")) || std::ranges::find(names, name) != names.end();
}

namespace {

bool isAlike(const Expr &a, const Expr &b, bool comparesValues)
{
    const ExprNode &x = a.node(), &y = b.node();
    if (&x == &y)
        return true;
    const auto facts = [](const ExprNode &n) {
        return std::tuple(n.kind, n.op, n.yields, n.nulls, n.negated, n.descending, n.ascending, n.ignoreCase,
                          n.symmetric, n.hasElse, n.hasOperand, n.wildBefore, n.wildAfter, n.query, n.window, n.source);
    };
    const bool isSameTable = x.table == y.table || (x.table && y.table && x.table->name == y.table->name);
    const bool isSameType = x.type == y.type || (x.type && y.type && *x.type == *y.type);
    const bool isValue = x.kind == ExprKind::Bind || x.kind == ExprKind::Parameter;
    return facts(x) == facts(y) && isSameTable && isSameType && x.text == y.text &&
           ((isValue && !comparesValues) || x.value == y.value) &&
           std::ranges::equal(x.arguments, y.arguments,
                              [&](const Expr &p, const Expr &q) { return isAlike(p, q, comparesValues); });
}

} // namespace

bool isSameExpr(const Expr &a, const Expr &b) { return isAlike(a, b, true); }
bool isSameShape(const Expr &a, const Expr &b) { return isAlike(a, b, false); }

bool holdsValues(const Expr &e)
{
    return e.node().kind == ExprKind::Bind || e.node().kind == ExprKind::Parameter ||
           std::ranges::any_of(e.node().arguments, holdsValues);
}

const Expr &unlabelled(const Expr &e)
{
    const Expr *inner = &e;
    while (!inner->isEmpty() && (inner->node().kind == ExprKind::Label || inner->node().kind == ExprKind::Order))
        inner = &inner->node().arguments.front();
    return *inner;
}

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

Expr isNull(const Expr &a)
{
    return makeExpr({.kind = ExprKind::Unary,
                     .op = Operator::IsNull,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .arguments = {a}});
}

Expr isNotNull(const Expr &a)
{
    return makeExpr({.kind = ExprKind::Unary,
                     .op = Operator::IsNotNull,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .arguments = {a}});
}

Expr isNotDistinctFrom(const Expr &a, const Expr &b)
{
    return comparison(Operator::Same, a, isNullConstant(b) ? null() : truthAsConstant(b));
}
Expr isDistinctFrom(const Expr &a, const Expr &b)
{
    return comparison(Operator::Distinct, a, isNullConstant(b) ? null() : truthAsConstant(b));
}

Expr like(const Expr &a, const Expr &pattern, std::string_view escape)
{
    return likeExpr(a, pattern, escape, false, false);
}
Expr notLike(const Expr &a, const Expr &pattern, std::string_view escape)
{
    return likeExpr(a, pattern, escape, false, true);
}
Expr ilike(const Expr &a, const Expr &pattern, std::string_view escape)
{
    return likeExpr(a, pattern, escape, true, false);
}
Expr notIlike(const Expr &a, const Expr &pattern, std::string_view escape)
{
    return likeExpr(a, pattern, escape, true, true);
}

Expr contains(const Expr &a, std::string_view part) { return partExpr(a, part, false, true, true); }
Expr startsWith(const Expr &a, std::string_view part) { return partExpr(a, part, false, false, true); }
Expr endsWith(const Expr &a, std::string_view part) { return partExpr(a, part, false, true, false); }
Expr icontains(const Expr &a, std::string_view part) { return partExpr(a, part, true, true, true); }
Expr istartsWith(const Expr &a, std::string_view part) { return partExpr(a, part, true, false, true); }
Expr iendsWith(const Expr &a, std::string_view part) { return partExpr(a, part, true, true, false); }
Expr contains(const Expr &a, const Expr &part, const TextMatch &match)
{
    return likeExpr(a, part, match.escape, match.ignoreCase, false, true, true);
}
Expr startsWith(const Expr &a, const Expr &part, const TextMatch &match)
{
    return likeExpr(a, part, match.escape, match.ignoreCase, false, false, true);
}
Expr endsWith(const Expr &a, const Expr &part, const TextMatch &match)
{
    return likeExpr(a, part, match.escape, match.ignoreCase, false, true, false);
}

Expr regexpMatch(const Expr &a, const Expr &pattern, std::string flags)
{
    return makeExpr({.kind = ExprKind::Regexp,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .arguments = {a, pattern},
                     .value = Value(std::move(flags))});
}

Expr regexpReplace(const Expr &a, const Expr &pattern, const Expr &replacement, std::string flags)
{
    return makeExpr({.kind = ExprKind::RegexpReplace,
                     .yields = TypeKind::Text,
                     .arguments = {a, pattern, replacement},
                     .value = Value(std::move(flags))});
}

Expr in(const Expr &a, std::vector<Expr> values) { return inExpr(a, std::move(values), false); }
Expr notIn(const Expr &a, std::vector<Expr> values) { return inExpr(a, std::move(values), true); }
Expr in(const Expr &a, std::initializer_list<Expr> values) { return inExpr(a, values, false); }
Expr notIn(const Expr &a, std::initializer_list<Expr> values) { return inExpr(a, values, true); }
Expr in(const Expr &a, const Query &query) { return inQuery(a, query, false); }
Expr notIn(const Expr &a, const Query &query) { return inQuery(a, query, true); }

Expr between(const Expr &a, const Expr &low, const Expr &high) { return betweenExpr(a, low, high, false, false); }
Expr notBetween(const Expr &a, const Expr &low, const Expr &high) { return betweenExpr(a, low, high, true, false); }
Expr betweenSymmetric(const Expr &a, const Expr &one, const Expr &other)
{
    return betweenExpr(a, one, other, false, true);
}

Expr exists(const Query &query)
{
    return makeExpr({.kind = ExprKind::Exists, .yields = TypeKind::Boolean, .hasQuery = true, .query = query.share()});
}

Expr notExists(const Query &query) { return not_(exists(query)); }

Expr scalar(const Query &query)
{
    TypeKind yields = TypeKind::Unknown;
    if (const auto columns = outputColumns(query.node()); columns.size() == 1)
        yields = columns.front().yields;
    return makeExpr({.kind = ExprKind::Subquery, .yields = yields, .hasQuery = true, .query = query.share()});
}

Expr any_(const Query &query) { return quantified("ANY", query); }
Expr all_(const Query &query) { return quantified("ALL", query); }
Expr any_(const Expr &array) { return makeExpr({.kind = ExprKind::Quantified, .text = "ANY", .arguments = {array}}); }
Expr all_(const Expr &array) { return makeExpr({.kind = ExprKind::Quantified, .text = "ALL", .arguments = {array}}); }

Expr and_(std::vector<Expr> conditions) { return joined(Operator::And, std::move(conditions)); }
Expr or_(std::vector<Expr> conditions) { return joined(Operator::Or, std::move(conditions)); }

Expr not_(const Expr &a)
{
    const ExprNode &node = a.node();
    switch (node.kind) {
    case ExprKind::Constant:
        if (node.op == Operator::True || node.op == Operator::False)
            return node.op == Operator::True ? false_() : true_();
        break;
    case ExprKind::Binary:
    case ExprKind::Unary:
        if (node.op == Operator::Not)
            return node.arguments.front();
        // a > ALL (…) is not the opposite of a <= ALL (…).
        if (const Operator op = opposite(node.op);
            op != Operator::None &&
            std::ranges::none_of(node.arguments, [](const Expr &e) { return e.node().kind == ExprKind::Quantified; }))
            return withOperator(a, op);
        break;
    case ExprKind::Like:
    case ExprKind::Regexp:
    case ExprKind::In:
    case ExprKind::Between:
        return flipped(a);
    default:
        break;
    }
    return makeExpr({.kind = ExprKind::Unary,
                     .op = Operator::Not,
                     .precedence = precedence::Not,
                     .yields = TypeKind::Boolean,
                     .arguments = {a}});
}

Expr tuple(std::vector<Expr> parts) { return makeExpr({.kind = ExprKind::Tuple, .arguments = std::move(parts)}); }

} // namespace schemawright
