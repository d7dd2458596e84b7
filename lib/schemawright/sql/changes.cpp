#include "schemawright/sql/statement.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/statement_node.h"

#include <algorithm>

namespace schemawright {

// Insert.

Expr excluded(std::string column) { return makeExpr({.kind = ExprKind::Excluded, .text = std::move(column)}); }

Insert insert(Source table)
{
    auto node = std::make_shared<InsertNode>();
    node->table = std::move(table);
    return Insert(std::shared_ptr<const StatementNode>(std::move(node)));
}

Insert Insert::value(std::string column, Expr value) &&
{
    InsertNode &node = detached<InsertNode>();
    if (node.rows.size() > 1 || node.query)
        throw Error(ErrorKind::Misuse, "value() is for an INSERT of one row");
    if (node.rows.empty())
        node.rows.emplace_back();
    if (const auto found = std::ranges::find(node.columns, column); found != node.columns.end())
        node.rows.front()[static_cast<std::size_t>(found - node.columns.begin())] = std::move(value);
    else {
        node.columns.push_back(std::move(column));
        node.rows.front().push_back(std::move(value));
    }
    return std::move(*this);
}

Insert Insert::values(std::vector<Assignment> all) &&
{
    Insert changed = std::move(*this);
    for (auto &[column, value] : all)
        changed = std::move(changed).value(std::move(column), std::move(value));
    return changed;
}

Insert Insert::rows(std::vector<std::string> columns, std::vector<std::vector<Expr>> rows) &&
{
    InsertNode &node = detached<InsertNode>();
    if (node.rows.empty())
        node.columns = std::move(columns);
    else if (node.columns != columns)
        throw Error(ErrorKind::Misuse, "all rows of an INSERT have the same columns");
    for (auto &row : rows) {
        if (row.size() != node.columns.size())
            throw Error(ErrorKind::Misuse, "INSERT has a row of " + std::to_string(row.size()) + " values for " +
                                               std::to_string(node.columns.size()) + " columns");
        node.rows.push_back(std::move(row));
    }
    return std::move(*this);
}

Insert Insert::fromSelect(std::vector<std::string> columns, const Query &query) &&
{
    if (const auto yields = outputColumns(query.node());
        !yields.empty() && !columns.empty() && yields.size() != columns.size())
        throw Error(ErrorKind::Misuse, "INSERT takes " + std::to_string(columns.size()) +
                                           " columns and its query yields " + std::to_string(yields.size()));
    InsertNode &node = detached<InsertNode>();
    node.columns = std::move(columns);
    node.query = query.share();
    return std::move(*this);
}

Insert Insert::returning(std::vector<Expr> columns) &&
{
    auto &all = detached<InsertNode>().returning;
    all.insert(all.end(), columns.begin(), columns.end());
    return std::move(*this);
}

Insert Insert::upsert(Upsert upsert) &&
{
    detached<InsertNode>().upsert = std::move(upsert);
    return std::move(*this);
}

Insert Insert::with(const Source &cte) &&
{
    detached<InsertNode>().with.push_back(cte);
    return std::move(*this);
}

Insert Insert::prefix(std::string sql, std::string dialect) &&
{
    detached<InsertNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

std::vector<Insert> Insert::split(std::size_t maxParameters) const
{
    const auto &node = static_cast<const InsertNode &>(*node_);
    const std::size_t width = std::max<std::size_t>(node.columns.size(), 1);
    if (width > maxParameters)
        throw Error(ErrorKind::Misuse, "one row has " + std::to_string(width) +
                                           " parameters and a statement can have " + std::to_string(maxParameters));
    const std::size_t rowsEach = std::min<std::size_t>(maxParameters / width, 1000); // SQL Server takes no more
    if (node.rows.size() <= rowsEach)
        return {*this};
    std::vector<Insert> parts;
    for (std::size_t first = 0; first < node.rows.size(); first += rowsEach) {
        auto part = std::make_shared<InsertNode>(node);
        const auto begin = node.rows.begin() + static_cast<std::ptrdiff_t>(first);
        part->rows.assign(begin, begin + static_cast<std::ptrdiff_t>(std::min(rowsEach, node.rows.size() - first)));
        parts.push_back(Insert(std::shared_ptr<const StatementNode>(std::move(part))));
    }
    return parts;
}

// Update.

Update update(Source table)
{
    auto node = std::make_shared<UpdateNode>();
    node->table = std::move(table);
    return Update(std::shared_ptr<const StatementNode>(std::move(node)));
}

Update Update::set(std::string column, Expr value) &&
{
    detached<UpdateNode>().set.emplace_back(schemawright::column(column), std::move(value));
    return std::move(*this);
}

Update Update::set(std::vector<Assignment> all) &&
{
    for (auto &[column, value] : all)
        detached<UpdateNode>().set.emplace_back(schemawright::column(column), std::move(value));
    return std::move(*this);
}

Update Update::setColumn(const Expr &column, Expr value) &&
{
    detached<UpdateNode>().set.emplace_back(column, std::move(value));
    return std::move(*this);
}

Update Update::from(Source source) &&
{
    detached<UpdateNode>().from.push_back(std::move(source));
    return std::move(*this);
}

Update Update::where(const Expr &condition) &&
{
    addCondition(detached<UpdateNode>().where, condition);
    return std::move(*this);
}

Update Update::returning(std::vector<Expr> columns) &&
{
    auto &all = detached<UpdateNode>().returning;
    all.insert(all.end(), columns.begin(), columns.end());
    return std::move(*this);
}

Update Update::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<UpdateNode>().tail.order, std::move(order));
    return std::move(*this);
}

Update Update::limit(const Expr &rows) &&
{
    detached<UpdateNode>().tail.limit = rows;
    return std::move(*this);
}

Update Update::with(const Source &cte) &&
{
    detached<UpdateNode>().with.push_back(cte);
    return std::move(*this);
}

Update Update::prefix(std::string sql, std::string dialect) &&
{
    detached<UpdateNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

Update Update::hint(std::string sql, std::string dialect) &&
{
    detached<UpdateNode>().hints.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

// Delete.

Delete delete_(Source table)
{
    auto node = std::make_shared<DeleteNode>();
    node->table = std::move(table);
    return Delete(std::shared_ptr<const StatementNode>(std::move(node)));
}

Delete Delete::using_(Source source) &&
{
    detached<DeleteNode>().from.push_back(std::move(source));
    return std::move(*this);
}

Delete Delete::where(const Expr &condition) &&
{
    addCondition(detached<DeleteNode>().where, condition);
    return std::move(*this);
}

Delete Delete::returning(std::vector<Expr> columns) &&
{
    auto &all = detached<DeleteNode>().returning;
    all.insert(all.end(), columns.begin(), columns.end());
    return std::move(*this);
}

Delete Delete::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<DeleteNode>().tail.order, std::move(order));
    return std::move(*this);
}

Delete Delete::limit(const Expr &rows) &&
{
    detached<DeleteNode>().tail.limit = rows;
    return std::move(*this);
}

Delete Delete::with(const Source &cte) &&
{
    detached<DeleteNode>().with.push_back(cte);
    return std::move(*this);
}

Delete Delete::prefix(std::string sql, std::string dialect) &&
{
    detached<DeleteNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

// Merge.

Merge merge(Source target)
{
    auto node = std::make_shared<MergeNode>();
    node->table = std::move(target);
    return Merge(std::shared_ptr<const StatementNode>(std::move(node)));
}

Merge Merge::using_(Source source, const Expr &on) &&
{
    MergeNode &node = detached<MergeNode>();
    node.source = std::move(source);
    node.on = on;
    return std::move(*this);
}

Merge Merge::whenMatchedUpdate(std::vector<Assignment> set, Expr condition) &&
{
    detached<MergeNode>().branches.push_back({MergeNode::Branch::Action::Update, std::move(set), std::move(condition)});
    return std::move(*this);
}

Merge Merge::whenMatchedDelete(Expr condition) &&
{
    detached<MergeNode>().branches.push_back({MergeNode::Branch::Action::Delete, {}, std::move(condition)});
    return std::move(*this);
}

Merge Merge::whenMatchedDoNothing(Expr condition) &&
{
    detached<MergeNode>().branches.push_back({MergeNode::Branch::Action::Nothing, {}, std::move(condition)});
    return std::move(*this);
}

Merge Merge::whenNotMatchedInsert(std::vector<Assignment> values, Expr condition) &&
{
    detached<MergeNode>().branches.push_back(
        {MergeNode::Branch::Action::Insert, std::move(values), std::move(condition)});
    return std::move(*this);
}

Merge Merge::with(const Source &cte) &&
{
    detached<MergeNode>().with.push_back(cte);
    return std::move(*this);
}

} // namespace schemawright
