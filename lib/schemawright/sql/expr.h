#pragma once

#include "schemawright/schema/metadata.h"
#include "schemawright/value/value.h"

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

struct ExprNode;
class Select;

/// A SQL expression as a value: cheap to copy, immutable, knows no connection. Operators build larger ones with
/// parentheses only where they are needed. `a == nullptr` is IS NULL.
class Expr
{
public:
    Expr() = default;
    explicit Expr(std::shared_ptr<const ExprNode> node) : node_(std::move(node)) {}
    /// A value becomes a bound parameter.
    template <class T>
    requires std::constructible_from<Value, T> &&(!std::same_as<std::remove_cvref_t<T>, Expr>)Expr(T &&value)
        : Expr(ofValue(Value(std::forward<T>(value))))
    {}

    bool isEmpty() const noexcept { return !node_; }
    const ExprNode &node() const { return *node_; }

    Expr asc() const;
    Expr desc() const;
    Expr nullsFirst() const;
    Expr nullsLast() const;
    /// AS name, in a list of columns.
    Expr label(std::string name) const;

private:
    static Expr ofValue(Value value);
    std::shared_ptr<const ExprNode> node_;
};

enum class ExprKind {
    Column,
    Bind,
    Parameter,
    Text,
    Default,
    Unary,   ///< `text` stands before the argument
    Postfix, ///< `text` stands behind the argument
    Binary,
    Like,
    In,
    Cast,
    Function,
    Tuple,
    Label,
    Order,
};

/// The inside of an Expr, for compilers.
struct ExprNode
{
    ExprKind kind = ExprKind::Text;
    std::string text = {}; ///< operator, function, column, parameter or label name; raw SQL
    std::vector<Expr> arguments = {};
    Value value = {};
    TablePtr table = {};
    Type type = {};
    int precedence = 100; ///< higher binds tighter
    bool descending = false;
    std::string nulls = {}; ///< "FIRST", "LAST" or empty
};

/// A column of a table. Throws Error(NotFound) when the table has no such column, hidden row numbers apart.
Expr column(const TablePtr &table, std::string_view name);
/// A column by its name alone.
Expr column(std::string_view name);
Expr bind(Value value);
/// A parameter whose value comes when the statement is run.
Expr parameter(std::string name);
/// Raw SQL; each ? that is no part of a string is one of `values`.
Expr text(std::string sql, std::vector<Value> values = {});
/// The keyword DEFAULT, as a value of INSERT or UPDATE.
Expr defaultValue();

Expr operator==(const Expr &a, const Expr &b);
Expr operator!=(const Expr &a, const Expr &b);
Expr operator<(const Expr &a, const Expr &b);
Expr operator<=(const Expr &a, const Expr &b);
Expr operator>(const Expr &a, const Expr &b);
Expr operator>=(const Expr &a, const Expr &b);
Expr operator&&(const Expr &a, const Expr &b);
Expr operator||(const Expr &a, const Expr &b);
Expr operator!(const Expr &a);
Expr operator+(const Expr &a, const Expr &b);
Expr operator-(const Expr &a, const Expr &b);
Expr operator*(const Expr &a, const Expr &b);
Expr operator/(const Expr &a, const Expr &b);

Expr isNull(const Expr &a);
Expr isNotNull(const Expr &a);
/// Equal, where NULL equals NULL.
Expr isNotDistinctFrom(const Expr &a, const Expr &b);
Expr isDistinctFrom(const Expr &a, const Expr &b);
/// LIKE; `escape` is one character or nothing.
Expr like(const Expr &a, const Expr &pattern, std::string_view escape = {});
/// LIKE without regard to case.
Expr ilike(const Expr &a, const Expr &pattern, std::string_view escape = {});
/// Holds `part` somewhere, without regard to case; wildcards in it are taken as they are.
Expr contains(const Expr &a, std::string_view part);
Expr startsWith(const Expr &a, std::string_view part);
Expr endsWith(const Expr &a, std::string_view part);
/// IN; an empty list is a condition that is never true.
Expr in(const Expr &a, std::vector<Expr> values);
Expr between(const Expr &a, const Expr &low, const Expr &high);
/// All of them; an empty list is no condition: isEmpty().
Expr and_(std::vector<Expr> conditions);
Expr or_(std::vector<Expr> conditions);
Expr not_(const Expr &a);
Expr cast(const Expr &a, Type type);
Expr function(std::string name, std::vector<Expr> arguments = {});
/// count(*)
Expr count();
/// A row value: (a, b).
Expr tuple(std::vector<Expr> parts);

} // namespace schemawright
