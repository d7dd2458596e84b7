#include "schemawright/sql/expr.h"

#include "schemawright/base/error.h"

namespace schemawright {

namespace {

// How tightly operators bind, loosest first; the same in all dialects for what is used here.
enum Precedence { OrLevel = 10, AndLevel = 20, NotLevel = 30, CompareLevel = 40, AddLevel = 60, MultiplyLevel = 70 };

Expr make(ExprNode node) { return Expr(std::make_shared<const ExprNode>(std::move(node))); }

Expr binary(const char *op, int precedence, const Expr &a, const Expr &b)
{
    return make({.kind = ExprKind::Binary, .text = op, .arguments = {a, b}, .precedence = precedence});
}

bool isNullLiteral(const Expr &e) { return e.node().kind == ExprKind::Bind && e.node().value.isNull(); }

Expr joined(const char *op, int precedence, std::vector<Expr> conditions)
{
    std::erase_if(conditions, [](const Expr &e) { return e.isEmpty(); });
    if (conditions.empty())
        return {};
    if (conditions.size() == 1)
        return conditions.front();
    return make({.kind = ExprKind::Binary, .text = op, .arguments = std::move(conditions), .precedence = precedence});
}

std::string escapedPattern(std::string_view part)
{
    std::string pattern;
    for (const char c : part) {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c;
    }
    return pattern;
}

Expr ordered(const Expr &e, bool descending, std::string nulls)
{
    const bool isOrder = e.node().kind == ExprKind::Order;
    return make({.kind = ExprKind::Order,
                 .arguments = {isOrder ? e.node().arguments.front() : e},
                 .descending = descending,
                 .nulls = std::move(nulls)});
}

bool isDescending(const Expr &e) { return e.node().kind == ExprKind::Order && e.node().descending; }

} // namespace

Expr Expr::ofValue(Value value) { return bind(std::move(value)); }

Expr Expr::asc() const { return ordered(*this, false, {}); }
Expr Expr::desc() const { return ordered(*this, true, {}); }
Expr Expr::nullsFirst() const { return ordered(*this, isDescending(*this), "FIRST"); }
Expr Expr::nullsLast() const { return ordered(*this, isDescending(*this), "LAST"); }

Expr Expr::label(std::string name) const
{
    return make({.kind = ExprKind::Label, .text = std::move(name), .arguments = {*this}});
}

Expr column(const TablePtr &table, std::string_view name)
{
    const bool hiddenRowNumber = name == "rowid" || name == "_rowid_" || name == "oid";
    if (!table->column(name) && !hiddenRowNumber)
        throw Error(ErrorKind::NotFound,
                    "the table " + table->name.text() + " has no column '" + std::string(name) + "'");
    return make({.kind = ExprKind::Column, .text = std::string(name), .table = table});
}

Expr column(std::string_view name) { return make({.kind = ExprKind::Column, .text = std::string(name)}); }

Expr bind(Value value) { return make({.kind = ExprKind::Bind, .value = std::move(value)}); }

Expr parameter(std::string name) { return make({.kind = ExprKind::Parameter, .text = std::move(name)}); }

Expr text(std::string sql, std::vector<Value> values)
{
    ExprNode node{.kind = ExprKind::Text, .text = std::move(sql), .precedence = 0};
    for (Value &value : values)
        node.arguments.push_back(bind(std::move(value)));
    return make(std::move(node));
}

Expr defaultValue() { return make({.kind = ExprKind::Default}); }

Expr operator==(const Expr &a, const Expr &b) { return isNullLiteral(b) ? isNull(a) : binary("=", CompareLevel, a, b); }
Expr operator!=(const Expr &a, const Expr &b)
{
    return isNullLiteral(b) ? isNotNull(a) : binary("<>", CompareLevel, a, b);
}
Expr operator<(const Expr &a, const Expr &b) { return binary("<", CompareLevel, a, b); }
Expr operator<=(const Expr &a, const Expr &b) { return binary("<=", CompareLevel, a, b); }
Expr operator>(const Expr &a, const Expr &b) { return binary(">", CompareLevel, a, b); }
Expr operator>=(const Expr &a, const Expr &b) { return binary(">=", CompareLevel, a, b); }
Expr operator&&(const Expr &a, const Expr &b) { return and_({a, b}); }
Expr operator||(const Expr &a, const Expr &b) { return or_({a, b}); }
Expr operator!(const Expr &a) { return not_(a); }
Expr operator+(const Expr &a, const Expr &b) { return binary("+", AddLevel, a, b); }
Expr operator-(const Expr &a, const Expr &b) { return binary("-", AddLevel, a, b); }
Expr operator*(const Expr &a, const Expr &b) { return binary("*", MultiplyLevel, a, b); }
Expr operator/(const Expr &a, const Expr &b) { return binary("/", MultiplyLevel, a, b); }

Expr isNull(const Expr &a)
{
    return make({.kind = ExprKind::Postfix, .text = "IS NULL", .arguments = {a}, .precedence = CompareLevel});
}

Expr isNotNull(const Expr &a)
{
    return make({.kind = ExprKind::Postfix, .text = "IS NOT NULL", .arguments = {a}, .precedence = CompareLevel});
}

Expr isNotDistinctFrom(const Expr &a, const Expr &b) { return binary("IS NOT DISTINCT FROM", CompareLevel, a, b); }
Expr isDistinctFrom(const Expr &a, const Expr &b) { return binary("IS DISTINCT FROM", CompareLevel, a, b); }

Expr like(const Expr &a, const Expr &pattern, std::string_view escape)
{
    return make({.kind = ExprKind::Like,
                 .text = "LIKE",
                 .arguments = {a, pattern},
                 .value = escape.empty() ? Value() : Value(escape),
                 .precedence = CompareLevel});
}

Expr ilike(const Expr &a, const Expr &pattern, std::string_view escape)
{
    return make({.kind = ExprKind::Like,
                 .text = "ILIKE",
                 .arguments = {a, pattern},
                 .value = escape.empty() ? Value() : Value(escape),
                 .precedence = CompareLevel});
}

Expr contains(const Expr &a, std::string_view part) { return ilike(a, "%" + escapedPattern(part) + "%", "\\"); }
Expr startsWith(const Expr &a, std::string_view part) { return ilike(a, escapedPattern(part) + "%", "\\"); }
Expr endsWith(const Expr &a, std::string_view part) { return ilike(a, "%" + escapedPattern(part), "\\"); }

Expr in(const Expr &a, std::vector<Expr> values)
{
    values.insert(values.begin(), a);
    return make({.kind = ExprKind::In, .arguments = std::move(values), .precedence = CompareLevel});
}

Expr between(const Expr &a, const Expr &low, const Expr &high) { return and_({a >= low, a <= high}); }

Expr and_(std::vector<Expr> conditions) { return joined("AND", AndLevel, std::move(conditions)); }
Expr or_(std::vector<Expr> conditions) { return joined("OR", OrLevel, std::move(conditions)); }

Expr not_(const Expr &a)
{
    return make({.kind = ExprKind::Unary, .text = "NOT", .arguments = {a}, .precedence = NotLevel});
}

Expr cast(const Expr &a, Type type)
{
    return make({.kind = ExprKind::Cast, .arguments = {a}, .type = std::move(type)});
}

Expr function(std::string name, std::vector<Expr> arguments)
{
    return make({.kind = ExprKind::Function, .text = std::move(name), .arguments = std::move(arguments)});
}

Expr count() { return function("count", {text("*")}); }

Expr tuple(std::vector<Expr> parts) { return make({.kind = ExprKind::Tuple, .arguments = std::move(parts)}); }

} // namespace schemawright
