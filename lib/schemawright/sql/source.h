#pragma once

#include "schemawright/sql/expr.h"

#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace schemawright {

class Statement;
struct SourceNode;

enum class JoinKind : std::uint8_t { Inner, Left, Right, Full, Cross };

/// What can stand in FROM: a table, an alias, a subquery, a CTE, VALUES, a function, a join of such. A value.
///
///     Source users = schema.table("users"), orders = schema.table("orders");
///     Source boss = users.alias("boss");
///     select({users["name"], boss["name"]}).from(users.leftJoin(boss, users["boss_id"] == boss["id"]).join(orders));
///
/// A join without a condition follows the one foreign key between the two sides; Error(Misuse) when there is none or
/// more than one. An alias without a name gets one when it is compiled (users_1).
class Source
{
public:
    Source() = default;
    Source(TablePtr table);
    Source(std::shared_ptr<const Table> table, std::string alias);
    explicit Source(std::shared_ptr<const SourceNode> node) noexcept : node_(std::move(node)) {}

    bool isEmpty() const noexcept { return !node_; }
    const SourceNode &node() const { return *node_; }
    const std::shared_ptr<const SourceNode> &share() const noexcept { return node_; }
    /// The alias or the table's name; empty for a join and for an alias that is still to be named.
    std::string name() const;

    /// Throws Error(NotFound) when there is no such column, where the columns are known.
    Expr operator[](std::string_view column) const;
    Expr column(std::string_view name) const { return (*this)[name]; }
    /// All columns, those of a join one side after the other. Throws Error(Misuse) where they are not known.
    std::vector<Expr> columns() const;

    Source alias(std::string name = {}) const;

    Source join(const Source &right, const Expr &on = {}) const;
    Source leftJoin(const Source &right, const Expr &on = {}) const;
    Source rightJoin(const Source &right, const Expr &on = {}) const;
    Source fullJoin(const Source &right, const Expr &on = {}) const;
    Source crossJoin(const Source &right) const;
    Source joinAs(JoinKind kind, const Source &right, const Expr &on = {}) const;

private:
    std::shared_ptr<const SourceNode> node_;
};

/// The condition that joins two sides along their one foreign key. Throws Error(Misuse) when there is none or more than
/// one; the message names the keys.
Expr joinCondition(const Source &left, const Source &right);
/// Every foreign key between the two sides as a condition, for a user to choose from.
std::vector<std::pair<const ForeignKey *, Expr>> joinConditions(const Source &left, const Source &right);

/// A table of which only the name is known.
Source namedTable(std::string name, std::vector<std::string> columns = {}, std::string schema = {});
/// VALUES as a table: values({"a", "b"}, {{1, "x"}, {2, "y"}}, "v").
Source values(std::vector<std::string> columns, std::vector<std::vector<Expr>> rows, std::string alias = {});

/// More of a function in FROM.
struct TableFunctionOptions
{
    bool lateral = false;
    /// WITH ORDINALITY; the last of `columns` names the number.
    bool ordinality = false;
    /// Write the columns behind the alias: AS x (a, b), with types if there are.
    bool listColumns = false;
    std::vector<Type> types = {};
};
/// A function in FROM: tableFunction("json_each", {doc}, "je", {"key", "value"}).
Source tableFunction(std::string function, std::vector<Expr> arguments, std::string alias,
                     std::vector<std::string> columns = {}, const TableFunctionOptions &options = {});
/// Raw SQL in FROM, with an alias.
Source textSource(std::string sql, std::string alias, std::vector<std::string> columns = {});
/// A sampled table: users TABLESAMPLE bernoulli(10).
Source tableSample(const Source &table, std::string method, std::vector<Expr> arguments, const Expr &seed = {});

/// What may be said of a CTE.
struct CteOptions
{
    enum class Materialized : std::uint8_t { Unsaid, Yes, No };
    Materialized materialized = Materialized::Unsaid;
    /// Names for the columns, written behind the name.
    std::vector<std::string> columns = {};
};
/// WITH name AS (statement). A statement that uses the CTE carries it; only one that nobody reads (data-modifying) must
/// be added with with().
Source cte(std::string name, const Statement &statement, const CteOptions &options = {});
/// WITH RECURSIVE name(…) AS (base UNION ALL more), where `more` gets the CTE as it stands for itself.
///
///     Source tree = recursiveCte("tree", select({c["id"], c["name"]}).from(c).where(c["parent_id"] == nullptr),
///                                [&](const Source &tree) {
///                                    return select({c["id"], c["name"]}).from(c.join(tree, c["parent_id"] ==
///                                    tree["id"]));
///                                });
Source recursiveCte(std::string name, const Query &base, const std::function<Query(const Source &)> &more,
                    bool distinct = false, const CteOptions &options = {});

} // namespace schemawright
