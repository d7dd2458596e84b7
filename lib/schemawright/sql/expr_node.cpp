#include "schemawright/sql/expr_node.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace schemawright {

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

} // namespace schemawright
