#include "schemawright/sql/functions.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/expr_node.h"

#include <algorithm>

namespace schemawright {

namespace {

Expr typed(std::string name, TypeKind yields, std::vector<Expr> arguments)
{
    std::erase_if(arguments, [](const Expr &e) { return e.isEmpty(); });
    return makeExpr(
        {.kind = ExprKind::Function, .yields = yields, .text = std::move(name), .arguments = std::move(arguments)});
}

TypeKind sumKind(const Expr &a)
{
    const TypeKind kind = a.node().yields;
    return kind == TypeKind::SmallInteger || kind == TypeKind::Integer ? TypeKind::BigInteger : kind;
}

/// What some well-known functions yield; nothing is lost when it is not known.
TypeKind kindOfFunction(std::string_view name, const std::vector<Expr> &arguments)
{
    if (name == "count" || name == "row_number" || name == "rank" || name == "dense_rank")
        return TypeKind::BigInteger;
    if (name == "length" || name == "char_length" || name == "ntile")
        return TypeKind::Integer;
    if (name == "lower" || name == "upper" || name == "concat" || name == "trim" || name == "substr" ||
        name == "substring" || name == "replace" || name == "ltrim" || name == "rtrim" || name == "group_concat" ||
        name == "string_agg")
        return TypeKind::Text;
    if (name == "now" || name == "current_timestamp" || name == "localtimestamp")
        return TypeKind::DateTime;
    if (name == "current_date")
        return TypeKind::Date;
    if (arguments.empty())
        return TypeKind::Unknown;
    if (name == "sum")
        return sumKind(arguments.front());
    if (name == "min" || name == "max" || name == "coalesce" || name == "nullif" || name == "abs" || name == "ifnull" ||
        name == "lag" || name == "lead" || name == "first_value" || name == "last_value" || name == "nth_value")
        return arguments.front().node().yields;
    return TypeKind::Unknown;
}

Expr caseExpr(const Expr *operand, std::vector<Branch> branches, const Expr *otherwise)
{
    if (branches.empty())
        throw Error(ErrorKind::Misuse, "a CASE without WHEN");
    ExprNode node{.kind = ExprKind::Case, .hasElse = otherwise != nullptr, .hasOperand = operand != nullptr};
    if (operand)
        node.arguments.push_back(*operand);
    for (Branch &branch : branches) {
        if (node.yields == TypeKind::Unknown)
            node.yields = branch.second.node().yields;
        node.arguments.push_back(std::move(branch.first));
        node.arguments.push_back(std::move(branch.second));
    }
    if (otherwise)
        node.arguments.push_back(*otherwise);
    return makeExpr(std::move(node));
}

Expr jsonExpr(Operator as, TypeKind yields, const Expr &document, const JsonPath &path)
{
    ExprNode node{
        .kind = ExprKind::Json, .op = as, .precedence = precedence::Other, .yields = yields, .arguments = {document}};
    for (const JsonStep &step : path.steps())
        node.arguments.push_back(std::visit([](const auto &s) { return inlined(Value(s)); }, step));
    if (node.arguments.size() < 2)
        throw Error(ErrorKind::Misuse, "a JSON path without a step");
    return makeExpr(std::move(node));
}

Expr postgresOp(const Expr &a, const char *spelling, const Expr &b)
{
    return makeExpr({.kind = ExprKind::Custom,
                     .op = Operator::PostgresOnly,
                     .precedence = precedence::Other,
                     .yields = TypeKind::Boolean,
                     .text = spelling,
                     .arguments = {a, b}});
}

FrameBound bound(FrameEnd end) { return {static_cast<FrameBound::Kind>(end.kind), std::move(end.offset)}; }

} // namespace

Expr function(std::string name, std::vector<Expr> arguments)
{
    const TypeKind yields = kindOfFunction(name, arguments);
    return makeExpr(
        {.kind = ExprKind::Function, .yields = yields, .text = std::move(name), .arguments = std::move(arguments)});
}

Expr count() { return typed("count", TypeKind::BigInteger, {star()}); }
Expr count(const Expr &a) { return typed("count", TypeKind::BigInteger, {a}); }

namespace func {

Expr countDistinct(const Expr &a) { return schemawright::count(distinct(a)); }
Expr sum(const Expr &a) { return typed("sum", sumKind(a), {a}); }
Expr avg(const Expr &a) { return typed("avg", TypeKind::Unknown, {a}); }
Expr min(const Expr &a) { return typed("min", a.node().yields, {a}); }
Expr max(const Expr &a) { return typed("max", a.node().yields, {a}); }
Expr lower(const Expr &a) { return typed("lower", TypeKind::Text, {a}); }
Expr upper(const Expr &a) { return typed("upper", TypeKind::Text, {a}); }
Expr trim(const Expr &a) { return typed("trim", TypeKind::Text, {a}); }
Expr abs(const Expr &a) { return typed("abs", a.node().yields, {a}); }
Expr round(const Expr &a, const Expr &digits) { return typed("round", TypeKind::Unknown, {a, digits}); }
Expr charLength(const Expr &a) { return typed("char_length", TypeKind::Integer, {a}); }
Expr length(const Expr &a) { return typed("length", TypeKind::Integer, {a}); }
Expr coalesce(std::vector<Expr> parts) { return function("coalesce", std::move(parts)); }
Expr nullif(const Expr &a, const Expr &b) { return typed("nullif", a.node().yields, {a, b}); }
Expr now() { return typed("now", TypeKind::DateTime, {}); }
Expr currentTimestamp() { return typed("current_timestamp", TypeKind::DateTime, {}); }
Expr currentDate() { return typed("current_date", TypeKind::Date, {}); }
Expr currentTime() { return typed("current_time", TypeKind::Time, {}); }
Expr localtime() { return typed("localtime", TypeKind::Time, {}); }
Expr currentUser() { return typed("current_user", TypeKind::Text, {}); }
Expr rowNumber() { return typed("row_number", TypeKind::BigInteger, {}); }
Expr rank() { return typed("rank", TypeKind::BigInteger, {}); }
Expr denseRank() { return typed("dense_rank", TypeKind::BigInteger, {}); }
Expr percentRank() { return typed("percent_rank", TypeKind::Double, {}); }
Expr cumeDist() { return typed("cume_dist", TypeKind::Double, {}); }
Expr ntile(const Expr &n) { return typed("ntile", TypeKind::Integer, {n}); }
Expr lag(const Expr &a, const Expr &offset, const Expr &otherwise)
{
    return typed("lag", a.node().yields, {a, offset, otherwise});
}
Expr lead(const Expr &a, const Expr &offset, const Expr &otherwise)
{
    return typed("lead", a.node().yields, {a, offset, otherwise});
}
Expr firstValue(const Expr &a) { return typed("first_value", a.node().yields, {a}); }
Expr lastValue(const Expr &a) { return typed("last_value", a.node().yields, {a}); }
Expr nthValue(const Expr &a, const Expr &n) { return typed("nth_value", a.node().yields, {a, n}); }
Expr aggregateStrings(const Expr &a, const Expr &separator)
{
    return typed("aggregate_strings", TypeKind::Text, {a, separator});
}
Expr groupingSets(std::vector<Expr> sets) { return typed("grouping_sets", TypeKind::Unknown, std::move(sets)); }
Expr cube(std::vector<Expr> keys) { return typed("cube", TypeKind::Unknown, std::move(keys)); }
Expr rollup(std::vector<Expr> keys) { return typed("rollup", TypeKind::Unknown, std::move(keys)); }

} // namespace func

Expr distinct(const Expr &a)
{
    return makeExpr({.kind = ExprKind::Unary,
                     .op = Operator::DistinctValues,
                     .precedence = precedence::Loosest,
                     .yields = a.node().yields,
                     .arguments = {a}});
}

Expr aggregateOrder(const Expr &a, std::vector<Expr> order)
{
    order.insert(order.begin(), a);
    return makeExpr({.kind = ExprKind::AggregateOrder, .yields = a.node().yields, .arguments = std::move(order)});
}

Expr nextValue(std::string sequence, std::string schema)
{
    return makeExpr({.kind = ExprKind::NextValue,
                     .yields = TypeKind::BigInteger,
                     .text = std::move(sequence),
                     .value = schema.empty() ? Value() : Value(std::move(schema))});
}

Expr extract(std::string field, const Expr &a)
{
    const bool isWord = !field.empty() && std::ranges::all_of(field, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    });
    if (!isWord)
        throw Error(ErrorKind::Misuse, "'" + field + "' is no field that EXTRACT could take");
    return makeExpr(
        {.kind = ExprKind::Extract, .yields = TypeKind::Integer, .text = std::move(field), .arguments = {a}});
}

Expr collate(const Expr &a, std::string collation)
{
    return makeExpr({.kind = ExprKind::Collate,
                     .precedence = precedence::Sign,
                     .yields = a.node().yields,
                     .text = std::move(collation),
                     .arguments = {a}});
}

Expr cast(const Expr &a, Type type)
{
    const TypeKind yields = type.kind;
    return makeExpr({.kind = ExprKind::Cast,
                     .yields = yields,
                     .arguments = {a},
                     .type = std::make_shared<const Type>(std::move(type))});
}

Expr match(const Expr &a, const Expr &what)
{
    return makeExpr({.kind = ExprKind::Match,
                     .precedence = precedence::Compare,
                     .yields = TypeKind::Boolean,
                     .arguments = {a, what}});
}

Expr matchAgainst(std::vector<Expr> columns, const Expr &what, std::string modifier)
{
    columns.push_back(what);
    return makeExpr({.kind = ExprKind::MatchAgainst,
                     .yields = TypeKind::Boolean,
                     .text = std::move(modifier),
                     .arguments = std::move(columns)});
}

Expr case_(std::vector<Branch> branches) { return caseExpr(nullptr, std::move(branches), nullptr); }
Expr case_(std::vector<Branch> branches, const Expr &otherwise)
{
    return caseExpr(nullptr, std::move(branches), &otherwise);
}
Expr caseOf(const Expr &operand, std::vector<Branch> branches)
{
    return caseExpr(&operand, std::move(branches), nullptr);
}
Expr caseOf(const Expr &operand, std::vector<Branch> branches, const Expr &otherwise)
{
    return caseExpr(&operand, std::move(branches), &otherwise);
}

Expr Expr::filter(const Expr &condition) const
{
    return makeExpr({.kind = ExprKind::Filter, .yields = node().yields, .arguments = {*this, condition}});
}

Expr Expr::withinGroup(std::vector<Expr> order) const
{
    const TypeKind yields = order.empty() ? TypeKind::Unknown : order.front().node().yields;
    order.insert(order.begin(), *this);
    return makeExpr({.kind = ExprKind::WithinGroup, .yields = yields, .arguments = std::move(order)});
}

Expr Expr::over(const Window &window) const
{
    return makeExpr({.kind = ExprKind::Over, .yields = node().yields, .arguments = {*this}, .window = window.share()});
}

Expr Expr::over() const { return over(Window()); }

Window::Window() : node_(std::make_shared<const WindowNode>()) {}

Window Window::partitionBy(std::vector<Expr> keys) const
{
    WindowNode node = *node_;
    node.partition.insert(node.partition.end(), keys.begin(), keys.end());
    Window changed;
    changed.node_ = std::make_shared<const WindowNode>(std::move(node));
    return changed;
}

Window Window::orderBy(std::vector<Expr> order) const
{
    WindowNode node = *node_;
    node.order.insert(node.order.end(), order.begin(), order.end());
    Window changed;
    changed.node_ = std::make_shared<const WindowNode>(std::move(node));
    return changed;
}

Window Window::framed(std::uint8_t unit, FrameEnd from, FrameEnd to) const
{
    WindowNode node = *node_;
    node.frame = WindowFrame{static_cast<WindowFrame::Unit>(unit), bound(std::move(from)), bound(std::move(to))};
    Window changed;
    changed.node_ = std::make_shared<const WindowNode>(std::move(node));
    return changed;
}

Window Window::excluding(std::uint8_t what) const
{
    if (!node_->frame)
        throw Error(ErrorKind::Misuse, "a window excludes rows of its frame, and this one has no frame");
    WindowNode node = *node_;
    node.frame->exclude = static_cast<WindowFrame::Exclude>(what);
    Window changed;
    changed.node_ = std::make_shared<const WindowNode>(std::move(node));
    return changed;
}

Window Window::rows(FrameEnd from, FrameEnd to) const { return framed(0, std::move(from), std::move(to)); }
Window Window::range(FrameEnd from, FrameEnd to) const { return framed(1, std::move(from), std::move(to)); }
Window Window::groups(FrameEnd from, FrameEnd to) const { return framed(2, std::move(from), std::move(to)); }
Window Window::excludeCurrentRow() const { return excluding(1); }
Window Window::excludeGroup() const { return excluding(2); }
Window Window::excludeTies() const { return excluding(3); }

JsonPath::JsonPath(std::initializer_list<JsonPath> steps)
{
    for (const JsonPath &step : steps)
        steps_.insert(steps_.end(), step.steps_.begin(), step.steps_.end());
}

Expr json(const Expr &document, const JsonPath &path)
{
    return jsonExpr(Operator::JsonValue, TypeKind::Json, document, path);
}
Expr jsonText(const Expr &document, const JsonPath &path)
{
    return jsonExpr(Operator::JsonText, TypeKind::Text, document, path);
}
Expr jsonInteger(const Expr &document, const JsonPath &path)
{
    return jsonExpr(Operator::JsonInteger, TypeKind::Integer, document, path);
}
Expr jsonDouble(const Expr &document, const JsonPath &path)
{
    return jsonExpr(Operator::JsonDouble, TypeKind::Double, document, path);
}
Expr jsonBoolean(const Expr &document, const JsonPath &path)
{
    return jsonExpr(Operator::JsonBoolean, TypeKind::Boolean, document, path);
}

Expr array(std::vector<Expr> elements)
{
    return makeExpr({.kind = ExprKind::Array, .yields = TypeKind::Array, .arguments = std::move(elements)});
}

Expr element(const Expr &a, const Expr &index)
{
    return makeExpr({.kind = ExprKind::Element, .arguments = {a, index}});
}
Expr slice(const Expr &a, const Expr &first, const Expr &last)
{
    return makeExpr({.kind = ExprKind::Slice, .yields = TypeKind::Array, .arguments = {a, first, last}});
}
Expr containsAll(const Expr &a, const Expr &b) { return postgresOp(a, "@>", b); }
Expr containedBy(const Expr &a, const Expr &b) { return postgresOp(a, "<@", b); }
Expr overlaps(const Expr &a, const Expr &b) { return postgresOp(a, "&&", b); }

} // namespace schemawright
