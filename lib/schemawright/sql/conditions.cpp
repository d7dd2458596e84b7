#include "schemawright/base/error.h"
#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/statement_node.h"

#include <algorithm>

namespace schemawright {

namespace {

bool isConstant(const Expr &e, Operator op) { return e.node().kind == ExprKind::Constant && e.node().op == op; }

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
