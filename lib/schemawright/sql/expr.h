#pragma once

#include "schemawright/schema/metadata.h"
#include "schemawright/value/value.h"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace schemawright {

struct ExprNode;
struct StatementNode;
class Query;
class Window;

/// A SQL expression as a value: cheap to copy, immutable, knows no connection. Operators build larger ones with
/// parentheses only where they are needed; what a C++ value becomes is a bound parameter.
///
///     Source users = schema.table("users");
///     Expr grown = users["age"] >= 18 && users["name"] != nullptr;   // age >= ? AND name IS NOT NULL
///
/// `==` and `!=` with nullptr are IS NULL and IS NOT NULL, with true and false they compare with the constant. `+` of
/// texts is concatenation and `/` divides as on paper (7 / 2 is 3.5), in every dialect; floorDivide() for whole
/// numbers. The free functions for everything else: this header for conditions, sql/functions.h for functions, CASE,
/// CAST, windows, JSON and arrays.
class Expr
{
public:
    Expr() = default;
    explicit Expr(std::shared_ptr<const ExprNode> node) noexcept : node_(std::move(node)) {}
    /// A value becomes a bound parameter.
    template <class T>
    requires std::constructible_from<Value, T> &&(!std::same_as<std::remove_cvref_t<T>, Expr>)Expr(T &&value)
        : Expr(ofValue(Value(std::forward<T>(value))))
    {}
    /// The same for whole numbers of every other width. Throws Error(Conversion) beyond 64 bits with sign.
    template <std::integral T>
    requires(!std::constructible_from<Value, T>) Expr(T value)
        : Expr(ofInteger(static_cast<std::int64_t>(value), std::in_range<std::int64_t>(value)))
    {}

    bool isEmpty() const noexcept { return !node_; }
    /// The inside, for compilers. Not to be called on an empty one.
    const ExprNode &node() const { return *node_; }

    Expr asc() const;
    Expr desc() const;
    Expr nullsFirst() const;
    Expr nullsLast() const;
    /// AS name, in a list of columns.
    Expr label(std::string name) const;

    /// aggregate(…) FILTER (WHERE condition).
    Expr filter(const Expr &condition) const;
    /// aggregate(…) WITHIN GROUP (ORDER BY …).
    Expr withinGroup(std::vector<Expr> order) const;
    /// The function over a window; sql/functions.h has Window.
    Expr over(const Window &window) const;
    Expr over() const;

    // Friends, so that they are found for expressions only.

    friend Expr operator==(const Expr &a, const Expr &b);
    friend Expr operator!=(const Expr &a, const Expr &b);
    friend Expr operator<(const Expr &a, const Expr &b);
    friend Expr operator<=(const Expr &a, const Expr &b);
    friend Expr operator>(const Expr &a, const Expr &b);
    friend Expr operator>=(const Expr &a, const Expr &b);
    friend Expr operator&&(const Expr &a, const Expr &b);
    friend Expr operator||(const Expr &a, const Expr &b);
    /// The negation, as its own operator where there is one: !(a > b) is a <= b, !like is NOT LIKE.
    friend Expr operator!(const Expr &a);
    friend Expr operator+(const Expr &a, const Expr &b);
    friend Expr operator-(const Expr &a, const Expr &b);
    friend Expr operator*(const Expr &a, const Expr &b);
    friend Expr operator/(const Expr &a, const Expr &b);
    friend Expr operator%(const Expr &a, const Expr &b);
    friend Expr operator-(const Expr &a);

private:
    static Expr ofValue(Value value);
    static Expr ofInteger(std::int64_t value, bool fits);
    std::shared_ptr<const ExprNode> node_;
};

/// A column of a table. Throws Error(NotFound) when the table has no such column, hidden row numbers apart.
Expr column(const TablePtr &table, std::string_view name);
/// A column by its name alone, taken as it is: no check, no table before it.
Expr column(std::string_view name);
Expr bind(Value value);
/// The same; a template, so that std::bind is not found for texts.
template <class T>
requires std::constructible_from<Value, T> &&(!std::same_as<std::remove_cvref_t<T>, Value>)Expr bind(T &&value)
{
    return bind(Value(std::forward<T>(value)));
}
/// A parameter whose value comes when the statement is run.
Expr parameter(std::string name);
/// A named parameter with the value that it has unless another is given.
Expr parameter(std::string name, Value value);
/// A value written into the text as a literal instead of being bound.
Expr inlined(Value value);
/// Raw SQL; each ? that is no part of a string or quoted name is one of `values`.
Expr text(std::string sql, std::vector<Value> values = {});
/// Raw SQL with other expressions at its question marks.
Expr textOf(std::string sql, std::vector<Expr> parts);
/// The keyword DEFAULT, as a value of INSERT or UPDATE.
Expr defaultValue();
Expr null();
Expr true_();
Expr false_();
/// `*`
Expr star();

/// The quotient rounded down.
Expr floorDivide(const Expr &a, const Expr &b);
/// Texts one behind the other, NULL if one of them is.
Expr concat(std::vector<Expr> parts);
Expr bitAnd(const Expr &a, const Expr &b);
Expr bitOr(const Expr &a, const Expr &b);
Expr bitXor(const Expr &a, const Expr &b);
Expr bitNot(const Expr &a);
Expr shiftLeft(const Expr &a, const Expr &b);
Expr shiftRight(const Expr &a, const Expr &b);
/// An operator by its spelling, for those of one database: op(a, "@@", b). In parentheses inside anything else.
Expr op(const Expr &a, std::string spelling, const Expr &b);
/// The same for one that yields a condition.
Expr boolOp(const Expr &a, std::string spelling, const Expr &b);
/// A prefix operator by its spelling.
Expr prefixOp(std::string spelling, const Expr &a);

Expr isNull(const Expr &a);
Expr isNotNull(const Expr &a);
/// Equal, where NULL equals NULL.
Expr isNotDistinctFrom(const Expr &a, const Expr &b);
Expr isDistinctFrom(const Expr &a, const Expr &b);

/// LIKE; `escape` is one character or nothing.
Expr like(const Expr &a, const Expr &pattern, std::string_view escape = {});
Expr notLike(const Expr &a, const Expr &pattern, std::string_view escape = {});
/// LIKE without regard to case.
Expr ilike(const Expr &a, const Expr &pattern, std::string_view escape = {});
Expr notIlike(const Expr &a, const Expr &pattern, std::string_view escape = {});

/// Holds `part` somewhere: LIKE '%' || part || '%'. Wildcards in it are taken as they are, with an ESCAPE when there
/// are some.
Expr contains(const Expr &a, std::string_view part);
Expr startsWith(const Expr &a, std::string_view part);
Expr endsWith(const Expr &a, std::string_view part);
/// The same without regard to case.
Expr icontains(const Expr &a, std::string_view part);
Expr istartsWith(const Expr &a, std::string_view part);
Expr iendsWith(const Expr &a, std::string_view part);

/// How contains(), startsWith() and endsWith() take any expression as the part.
struct TextMatch
{
    bool ignoreCase = false;
    /// A character that makes a wildcard behind it count as itself; with none, wildcards in the part stay wildcards.
    std::string escape = {};
};
Expr contains(const Expr &a, const Expr &part, const TextMatch &match);
Expr startsWith(const Expr &a, const Expr &part, const TextMatch &match);
Expr endsWith(const Expr &a, const Expr &part, const TextMatch &match);

/// A regular expression, in the syntax of the database; flags like "i". SQLite knows it when a regexp function is
/// there.
Expr regexpMatch(const Expr &a, const Expr &pattern, std::string flags = {});
Expr regexpReplace(const Expr &a, const Expr &pattern, const Expr &replacement, std::string flags = {});

/// IN; an empty list is a condition that is never true, also for NULL. Rows are tuples.
Expr in(const Expr &a, std::vector<Expr> values);
Expr notIn(const Expr &a, std::vector<Expr> values);
Expr in(const Expr &a, std::initializer_list<Expr> values);
Expr notIn(const Expr &a, std::initializer_list<Expr> values);
Expr in(const Expr &a, const Query &query);
Expr notIn(const Expr &a, const Query &query);

template <class Range>
concept ValueRange = std::ranges::input_range<Range> &&
    std::constructible_from<Value, std::ranges::range_value_t<Range>> && !std::constructible_from<Value, Range>;
template <ValueRange Range> Expr in(const Expr &a, const Range &values)
{
    return in(a, std::vector<Expr>(std::ranges::begin(values), std::ranges::end(values)));
}
template <ValueRange Range> Expr notIn(const Expr &a, const Range &values)
{
    return notIn(a, std::vector<Expr>(std::ranges::begin(values), std::ranges::end(values)));
}

Expr between(const Expr &a, const Expr &low, const Expr &high);
Expr notBetween(const Expr &a, const Expr &low, const Expr &high);
/// Either bound may be the lower one.
Expr betweenSymmetric(const Expr &a, const Expr &one, const Expr &other);

Expr exists(const Query &query);
Expr notExists(const Query &query);
/// A query of one column and at most one row, as a value.
Expr scalar(const Query &query);
/// a == any_(query), a > all_(query); also over an array.
Expr any_(const Query &query);
Expr all_(const Query &query);
Expr any_(const Expr &array);
Expr all_(const Expr &array);

/// All of them; an empty list is no condition: isEmpty(). true_() falls away, false_() decides.
Expr and_(std::vector<Expr> conditions);
Expr or_(std::vector<Expr> conditions);
Expr not_(const Expr &a);

/// Any function: function("date_trunc", "month", orders["placed"]). Written as it is, with dots for schemas; the few
/// that databases name differently (now, char_length, length, grouping_sets…) as this dialect says.
Expr function(std::string name, std::vector<Expr> arguments);
template <class... Arguments>
requires(std::constructible_from<Expr, const Arguments &> &&...) Expr
    function(std::string name, const Arguments &...arguments)
{
    return function(std::move(name), std::vector<Expr>{Expr(arguments)...});
}
/// count(*)
Expr count();
Expr count(const Expr &a);

Expr cast(const Expr &a, Type type);
/// A row value: (a, b).
Expr tuple(std::vector<Expr> parts);

} // namespace schemawright
