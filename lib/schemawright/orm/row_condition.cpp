#include "schemawright/orm/row_condition.h"

#include "schemawright/sql/expr_node.h"

#include <algorithm>
#include <charconv>
#include <compare>

namespace schemawright {

namespace {

Truth truth(bool isTrue) { return isTrue ? Truth::True : Truth::False; }
Truth negated(Truth a) { return a == Truth::True ? Truth::False : a == Truth::False ? Truth::True : a; }
Truth both(Truth a, Truth b)
{
    for (const Truth wins : {Truth::False, Truth::Unknown, Truth::Null})
        if (a == wins || b == wins)
            return wins;
    return Truth::True;
}
Truth either(Truth a, Truth b) { return negated(both(negated(a), negated(b))); }

/// Exact where both are whole numbers.
std::partial_ordering compareNumbers(const Value &a, const Value &b)
{
    const auto whole = [](const Value &value) -> std::optional<std::int64_t> {
        if (const bool *flag = value.as<bool>())
            return *flag;
        const auto *number = value.as<std::int64_t>();
        return number ? std::optional(*number) : std::nullopt;
    };
    const auto x = whole(a), y = whole(b);
    if (x && y)
        return *x <=> *y;
    const auto real = [&](const Value &value) -> std::optional<double> {
        if (const auto number = whole(value))
            return static_cast<double>(*number);
        if (const double *number = value.as<double>())
            return *number;
        const Decimal *decimal = value.as<Decimal>();
        double number = 0;
        if (!decimal ||
            std::from_chars(decimal->text().data(), decimal->text().data() + decimal->text().size(), number).ec !=
                std::errc())
            return std::nullopt;
        return number;
    };
    const auto p = real(a), q = real(b);
    if (!p || !q || (*p == *q && (a.is<Decimal>() || b.is<Decimal>()))) // nearly the same may be another
        return std::partial_ordering::unordered;
    return *p <=> *q;
}

/// Unordered where a database may see it otherwise.
std::partial_ordering compare(const Value &a, const Value &b, bool onlySame)
{
    if (a.is<std::string>() && b.is<std::string>()) { // by whatever collation: only what is the same is sure
        if (a == b)
            return std::partial_ordering::equivalent;
        return onlySame ? std::partial_ordering::less : std::partial_ordering::unordered;
    }
    if (a.storage().index() == b.storage().index() && a == b && !a.is<double>())
        return std::partial_ordering::equivalent;
    return compareNumbers(a, b);
}

class Condition
{
public:
    explicit Condition(const ColumnValue &valueOf) : valueOf_(valueOf) {}

    Truth operator()(const Expr &e) const
    {
        const ExprNode &node = e.node();
        const auto &arguments = node.arguments;
        switch (node.kind) {
        case ExprKind::Nary: {
            if (node.op != Operator::And && node.op != Operator::Or)
                return Truth::Unknown;
            Truth all = truth(node.op == Operator::And);
            for (const Expr &argument : arguments)
                all = node.op == Operator::And ? both(all, (*this)(argument)) : either(all, (*this)(argument));
            return all;
        }
        case ExprKind::Unary:
            if (node.op == Operator::Not)
                return negated((*this)(arguments[0]));
            if (node.op == Operator::IsNull || node.op == Operator::IsNotNull) {
                const auto known = value(arguments[0]);
                return known ? truth(known->isNull() == (node.op == Operator::IsNull)) : Truth::Unknown;
            }
            return Truth::Unknown;
        case ExprKind::Binary:
            return comparison(node.op, arguments[0], arguments[1]);
        case ExprKind::Between: {
            if (node.symmetric)
                return Truth::Unknown;
            const Truth inside = both(comparison(Operator::GreaterEqual, arguments[0], arguments[1]),
                                      comparison(Operator::LessEqual, arguments[0], arguments[2]));
            return node.negated ? negated(inside) : inside;
        }
        case ExprKind::In: {
            if (node.query || arguments.size() < 2)
                return Truth::Unknown;
            Truth any = Truth::False;
            for (std::size_t i = 1; i < arguments.size(); ++i)
                any = either(any, comparison(Operator::Equal, arguments[0], arguments[i]));
            return node.negated ? negated(any) : any;
        }
        default:
            if (const auto known = value(e)) {
                if (known->isNull())
                    return Truth::Null;
                if (const bool *flag = known->as<bool>())
                    return truth(*flag);
                if (const auto *number = known->as<std::int64_t>())
                    return truth(*number != 0);
            }
            return Truth::Unknown;
        }
    }

private:
    std::optional<Value> value(const Expr &e) const
    {
        const ExprNode &node = e.node();
        switch (node.kind) {
        case ExprKind::Column:
            return valueOf_(node.text);
        case ExprKind::Bind:
        case ExprKind::Literal:
            return node.value;
        case ExprKind::Constant:
            if (node.op == Operator::True || node.op == Operator::False)
                return Value(node.op == Operator::True);
            return node.op == Operator::Null ? std::optional<Value>(Value()) : std::nullopt;
        case ExprKind::Function:
            if (node.text == "char_length" && node.arguments.size() == 1)
                if (const auto text = value(node.arguments[0]); text && text->is<std::string>())
                    return Value(std::ranges::count_if(text->get<std::string>(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xc0) != 0x80; // characters, not bytes
                    }));
            return std::nullopt;
        default:
            return std::nullopt;
        }
    }

    Truth comparison(Operator op, const Expr &left, const Expr &right) const
    {
        const auto a = value(left), b = value(right);
        if (!a || !b)
            return Truth::Unknown;
        const bool areSets = op == Operator::Same || op == Operator::Distinct;
        if (a->isNull() || b->isNull()) {
            if (!areSets)
                return isComparison(op) ? Truth::Null : Truth::Unknown;
            return truth((a->isNull() && b->isNull()) == (op == Operator::Same));
        }
        const bool onlySame = areSets || op == Operator::Equal || op == Operator::NotEqual;
        const std::partial_ordering order = compare(*a, *b, onlySame);
        if (order == std::partial_ordering::unordered)
            return Truth::Unknown;
        switch (op) {
        case Operator::Equal:
        case Operator::Same:
            return truth(order == 0);
        case Operator::NotEqual:
        case Operator::Distinct:
            return truth(order != 0);
        case Operator::Less:
            return truth(order < 0);
        case Operator::LessEqual:
            return truth(order <= 0);
        case Operator::Greater:
            return truth(order > 0);
        case Operator::GreaterEqual:
            return truth(order >= 0);
        default:
            return Truth::Unknown;
        }
    }

    const ColumnValue &valueOf_;
};

} // namespace

Truth truthOf(const Expr &condition, const ColumnValue &valueOf) { return Condition(valueOf)(condition); }

} // namespace schemawright
