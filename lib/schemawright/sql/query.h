#pragma once

#include "schemawright/sql/source.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

struct StatementNode;

/// A statement as a value: knows tables and expressions, never a connection. Cheap to copy: copies share an immutable
/// node. Dialect::compile turns it into text and parameters; compileFor() in sql/compile.h does so without a
/// connection.
class Statement
{
public:
    enum class Kind : std::uint8_t { Select, Compound, Values, Text, Insert, Update, Delete, Merge };
    Kind kind() const noexcept;
    const StatementNode &node() const noexcept { return *node_; }
    const std::shared_ptr<const StatementNode> &share() const noexcept { return node_; }

    /// For the functions that begin a statement: `node` is of the kind of this class.
    explicit Statement(std::shared_ptr<const StatementNode> node) noexcept : node_(std::move(node)) {}

protected:
    /// The node to write to: this one's own, copied when others see it too.
    template <class Node> Node &detached();

    std::shared_ptr<const StatementNode> node_;
};

/// A statement that yields rows and can stand inside another.
class Query : public Statement
{
public:
    /// As a table in FROM. Without a name it gets one when it is compiled.
    Source subquery(std::string name = {}) const;
    /// As a table in FROM that may look at those before it.
    Source lateral(std::string name = {}) const;
    Source cte(std::string name, const CteOptions &options = {}) const;
    /// As a value: one column, at most one row.
    Expr scalar() const;
    Expr exists() const;

    using Statement::Statement;
};

/// Raw SQL as a statement; each ? that is no part of a string is one of `values`. `columns` names what it yields, so
/// that it can be a subquery.
class TextQuery : public Query
{
public:
    explicit TextQuery(std::string sql, std::vector<Expr> values = {}, std::vector<std::string> columns = {});
};
TextQuery textQuery(std::string sql, std::vector<Expr> values = {}, std::vector<std::string> columns = {});

/// Two or more queries by UNION, INTERSECT or EXCEPT, with an order and a limit for all of it.
class Compound : public Query
{
public:
    Compound orderBy(std::vector<Expr> order) &&;
    Compound orderBy(std::vector<Expr> order) const & { return Compound(*this).orderBy(std::move(order)); }
    Compound limit(const Expr &rows) &&;
    Compound limit(const Expr &rows) const & { return Compound(*this).limit(rows); }
    Compound offset(const Expr &rows) &&;
    Compound offset(const Expr &rows) const & { return Compound(*this).offset(rows); }
    Compound fetch(const Expr &rows, bool withTies = false, bool percent = false) &&;
    Compound fetch(const Expr &rows, bool withTies = false, bool percent = false) const &
    {
        return Compound(*this).fetch(rows, withTies, percent);
    }
    Compound with(const Source &cte) &&;
    Compound with(const Source &cte) const & { return Compound(*this).with(cte); }

    using Query::Query;
};
/// `op` is UNION, UNION ALL, INTERSECT…
Compound compound(std::string op, std::vector<Query> parts);
Compound union_(std::vector<Query> parts);
Compound unionAll(std::vector<Query> parts);
Compound intersect(std::vector<Query> parts);
Compound intersectAll(std::vector<Query> parts);
Compound except(std::vector<Query> parts);
Compound exceptAll(std::vector<Query> parts);

/// VALUES as a statement of its own.
class Values : public Query
{
public:
    using Query::Query;
};
Values valuesQuery(std::vector<std::vector<Expr>> rows, std::vector<std::string> columns = {});

} // namespace schemawright
