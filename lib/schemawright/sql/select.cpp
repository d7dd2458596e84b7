#include "schemawright/sql/select.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/statement_node.h"

#include <algorithm>

namespace schemawright {

Select select(std::vector<Expr> columns)
{
    auto node = std::make_shared<SelectNode>();
    node->columns = std::move(columns);
    return Select(std::shared_ptr<const StatementNode>(std::move(node)));
}

Select select(const Source &source) { return select(source.columns()).from(source); }

Select Select::columns(std::vector<Expr> more) &&
{
    auto &columns = detached<SelectNode>().columns;
    columns.insert(columns.end(), more.begin(), more.end());
    return std::move(*this);
}

Select Select::from(Source source) &&
{
    if (source.isEmpty())
        throw Error(ErrorKind::Misuse, "FROM nothing");
    SelectNode &node = detached<SelectNode>();
    // Joins belong to what stood last until now.
    if (!node.joins.empty() && !node.from.empty()) {
        for (PendingJoin &join : node.joins)
            node.from.back() = node.from.back().joinAs(join.kind, join.right, join.on);
        node.joins.clear();
    }
    node.from.push_back(std::move(source));
    return std::move(*this);
}

Select Select::joinAs(JoinKind kind, Source right, Expr on) &&
{
    SelectNode &node = detached<SelectNode>();
    if (right.isEmpty())
        throw Error(ErrorKind::Misuse, "a join needs two sides");
    if (node.from.empty())
        node.joins.push_back({kind, std::move(right), std::move(on)});
    else {
        // With several tables in FROM, the one that a foreign key leads to.
        std::size_t left = node.from.size() - 1;
        if (on.isEmpty() && kind != JoinKind::Cross)
            for (std::size_t i = node.from.size(); i-- > 0;)
                if (!joinConditions(node.from[i], right).empty()) {
                    left = i;
                    break;
                }
        node.from[left] = node.from[left].joinAs(kind, right, on);
    }
    return std::move(*this);
}

Select Select::where(const Expr &condition) &&
{
    addCondition(detached<SelectNode>().where, condition);
    return std::move(*this);
}

Select Select::groupBy(std::vector<Expr> keys) &&
{
    auto &all = detached<SelectNode>().groupBy;
    all.insert(all.end(), keys.begin(), keys.end());
    return std::move(*this);
}

Select Select::having(const Expr &condition) &&
{
    addCondition(detached<SelectNode>().having, condition);
    return std::move(*this);
}

Select Select::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<SelectNode>().tail.order, std::move(order));
    return std::move(*this);
}

Select Select::limit(const Expr &rows) &&
{
    Tail &tail = detached<SelectNode>().tail;
    tail.limit = rows;
    tail.fetch = tail.withTies = tail.percent = false;
    return std::move(*this);
}

Select Select::offset(const Expr &rows) &&
{
    detached<SelectNode>().tail.offset = rows;
    return std::move(*this);
}

Select Select::fetch(const Expr &rows, bool withTies, bool percent) &&
{
    setFetch(detached<SelectNode>().tail, rows, withTies, percent);
    return std::move(*this);
}

Select Select::distinct() &&
{
    detached<SelectNode>().distinct = true;
    return std::move(*this);
}

Select Select::distinctOn(std::vector<Expr> keys) &&
{
    detached<SelectNode>().distinctOn = std::move(keys);
    return std::move(*this);
}

Select Select::forUpdate(RowLock lock) &&
{
    detached<SelectNode>().lock = std::move(lock);
    return std::move(*this);
}

Select Select::with(const Source &cte) &&
{
    detached<SelectNode>().with.push_back(cte);
    return std::move(*this);
}

Select Select::prefix(std::string sql, std::string dialect) &&
{
    detached<SelectNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

Select Select::suffix(std::string sql, std::string dialect) &&
{
    detached<SelectNode>().suffixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

Select Select::hint(const Source &table, std::string sql, std::string dialect) &&
{
    detached<SelectNode>().hints.push_back({std::move(sql), std::move(dialect), table});
    return std::move(*this);
}

Select Select::labelledByTable() &&
{
    detached<SelectNode>().labelledByTable = true;
    return std::move(*this);
}

} // namespace schemawright
