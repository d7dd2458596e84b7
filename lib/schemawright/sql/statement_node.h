#pragma once

#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/insert.h"
#include "schemawright/sql/select.h"

#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace schemawright {

enum class SourceKind : std::uint8_t { Table, Alias, Subquery, Cte, CteSelf, Values, Function, Text, Join, Sample };

/// The inside of a Source, for compilers: immutable once shared. The identity of an alias, subquery or CTE is its
/// node's address, that of a table its name.
struct SourceNode
{
    SourceKind kind = SourceKind::Table;
    JoinKind join = JoinKind::Inner;
    CteOptions::Materialized materialized = CteOptions::Materialized::Unsaid;
    bool lateral = false;
    bool ordinality = false;
    bool listColumns = false;
    bool recursiveDistinct = false;
    std::string name = {}; ///< alias, CTE name or table's; empty: to be named when compiled
    std::string text = {}; ///< function name, raw SQL, sampling method
    TablePtr table = {};
    std::shared_ptr<const SourceNode> left = {}, right = {}; ///< of a join; an alias has what it renames in `left`
    Expr on = {};
    std::shared_ptr<const StatementNode> query = {}; ///< of a subquery or CTE
    std::shared_ptr<const StatementNode> more = {};  ///< a recursive CTE's second part
    std::shared_ptr<const SourceNode> self = {};     ///< what stands for a recursive CTE inside itself
    std::vector<std::string> columns = {};
    std::vector<TypeKind> yields = {}; ///< of the columns, as far as known
    std::vector<Expr> originals = {};  ///< the expressions of a subquery's columns, for foreign keys
    std::vector<Type> types = {};
    std::vector<Expr> arguments = {};
    std::vector<std::vector<Expr>> rows = {};
};

/// The inside of a Statement, for compilers: immutable once shared.
struct StatementNode
{
    Statement::Kind kind;
    std::vector<Source> with = {};
    explicit StatementNode(Statement::Kind k) : kind(k) {}
    StatementNode(const StatementNode &) = default;
    StatementNode &operator=(const StatementNode &) = delete;
    virtual ~StatementNode() = default;
};

/// ORDER BY, LIMIT, OFFSET, FETCH.
struct Tail
{
    std::vector<Expr> order = {};
    Expr limit = {}, offset = {};
    bool fetch = false, withTies = false, percent = false;
};

/// Raw SQL at a place of a statement, for one dialect or for all.
struct Snippet
{
    std::string sql, dialect;
    Source table = {};
};

struct PendingJoin
{
    JoinKind kind;
    Source right;
    Expr on;
};

struct SelectNode : StatementNode
{
    SelectNode() : StatementNode(Statement::Kind::Select) {}
    std::vector<Expr> columns;
    bool distinct = false;
    bool labelledByTable = false;
    std::vector<Expr> distinctOn;
    std::vector<Source> from;
    std::vector<PendingJoin> joins; ///< on the last of `from`, or on what the columns say
    Expr where;
    std::vector<Expr> groupBy;
    Expr having;
    Tail tail;
    std::optional<RowLock> lock;
    std::vector<Snippet> prefixes, suffixes, hints;
};

struct CompoundNode : StatementNode
{
    CompoundNode() : StatementNode(Statement::Kind::Compound) {}
    std::string op;
    std::vector<std::shared_ptr<const StatementNode>> parts;
    Tail tail;
};

struct ValuesNode : StatementNode
{
    ValuesNode() : StatementNode(Statement::Kind::Values) {}
    std::vector<std::vector<Expr>> rows;
    std::vector<std::string> columns;
};

struct TextNode : StatementNode
{
    TextNode() : StatementNode(Statement::Kind::Text) {}
    Expr text;
    std::vector<std::string> columns;
};

struct InsertNode : StatementNode
{
    InsertNode() : StatementNode(Statement::Kind::Insert) {}
    Source table;
    std::vector<std::string> columns;
    std::vector<std::vector<Expr>> rows;
    std::shared_ptr<const StatementNode> query;
    std::optional<Upsert> upsert;
    std::vector<Expr> returning;
    std::vector<Snippet> prefixes;
};

struct UpdateNode : StatementNode
{
    UpdateNode() : StatementNode(Statement::Kind::Update) {}
    Source table;
    std::vector<std::pair<Expr, Expr>> set; ///< column, value
    std::vector<Source> from;
    Expr where;
    std::vector<Expr> returning;
    Tail tail;
    std::vector<Snippet> prefixes, hints;
};

struct DeleteNode : StatementNode
{
    DeleteNode() : StatementNode(Statement::Kind::Delete) {}
    Source table;
    std::vector<Source> from;
    Expr where;
    std::vector<Expr> returning;
    Tail tail;
    std::vector<Snippet> prefixes;
};

struct MergeNode : StatementNode
{
    MergeNode() : StatementNode(Statement::Kind::Merge) {}
    struct Branch
    {
        enum class Action : std::uint8_t { Update, Delete, Nothing, Insert };
        Action action;
        std::vector<Assignment> set;
        Expr condition;
    };
    Source table, source;
    Expr on;
    std::vector<Branch> branches;
};

/// The name by which an output column can be asked for, after making equal ones different (id, id_1) and naming those
/// without (anon_1, count_1).
struct OutputColumn
{
    std::string name;
    TypeKind yields = TypeKind::Unknown;
    Expr original = {};
    /// False when the name is not what the database itself would give.
    bool isNatural = false;
    /// False when only a subquery needs the name.
    bool isPlain = false;
};
/// What a query or a statement with RETURNING yields. Empty when it can't be known.
std::vector<OutputColumn> outputColumns(const StatementNode &statement);

template <class Node> Node &Statement::detached()
{
    if (node_.use_count() != 1)
        node_ = std::make_shared<Node>(static_cast<const Node &>(*node_));
    // Made as a mutable Node by the functions that begin a statement, and seen by nobody else.
    return const_cast<Node &>(static_cast<const Node &>(*node_));
}

// What the statements do alike.

inline void addCondition(Expr &to, const Expr &condition) { to = and_({to, condition}); }

inline void addOrder(std::vector<Expr> &to, std::vector<Expr> order)
{
    if (order.empty())
        return to.clear();
    to.insert(to.end(), std::make_move_iterator(order.begin()), std::make_move_iterator(order.end()));
}

inline void setFetch(Tail &tail, const Expr &rows, bool withTies, bool percent)
{
    tail.limit = rows;
    tail.fetch = true;
    tail.withTies = withTies;
    tail.percent = percent;
}

} // namespace schemawright
