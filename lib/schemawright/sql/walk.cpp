#include "schemawright/sql/walk.h"

namespace schemawright {

void Walker::walkAll(const std::vector<Expr> &all)
{
    for (const Expr &e : all)
        walk(e);
}

void Walker::walkAll(const std::vector<Source> &all)
{
    for (const Source &source : all)
        walk(source);
}

void Walker::walkRows(const std::vector<std::vector<Expr>> &rows)
{
    for (const auto &row : rows)
        walkAll(row);
}

void Walker::walkTail(const Tail &tail)
{
    walkAll(tail.order);
    walk(tail.limit);
    walk(tail.offset);
}

void Walker::walkSet(const std::vector<Assignment> &set)
{
    for (const auto &[column, value] : set)
        walk(value);
}

void Walker::walk(const Expr &e)
{
    if (e.isEmpty() || !enter(e.node()))
        return;
    const ExprNode &node = e.node();
    walkAll(node.arguments);
    if (node.query)
        walk(*node.query);
    if (node.window) {
        walkAll(node.window->partition);
        walkAll(node.window->order);
        if (node.window->frame) {
            walk(node.window->frame->from.offset);
            walk(node.window->frame->to.offset);
        }
    }
}

void Walker::walk(const Source &source)
{
    if (!source.isEmpty())
        walkNode(source.node());
}

void Walker::walkNode(const SourceNode &node)
{
    if (!enter(node))
        return;
    if (node.left)
        walkNode(*node.left);
    if (node.right)
        walkNode(*node.right);
    walk(node.on);
    if (node.query)
        walk(*node.query);
    if (node.more)
        walk(*node.more);
    walkAll(node.arguments);
    walkRows(node.rows);
    leave(node);
}

void Walker::walk(const StatementNode &statement)
{
    if (!enter(statement))
        return;
    walkAll(statement.with);
    switch (statement.kind) {
    case Statement::Kind::Select: {
        const auto &node = static_cast<const SelectNode &>(statement);
        walkAll(node.columns);
        walkAll(node.distinctOn);
        walkAll(node.from);
        for (const PendingJoin &join : node.joins) {
            walk(join.right);
            walk(join.on);
        }
        walk(node.where);
        walkAll(node.groupBy);
        walk(node.having);
        walkTail(node.tail);
        break;
    }
    case Statement::Kind::Compound: {
        const auto &node = static_cast<const CompoundNode &>(statement);
        for (const auto &part : node.parts)
            walk(*part);
        walkTail(node.tail);
        break;
    }
    case Statement::Kind::Values:
        walkRows(static_cast<const ValuesNode &>(statement).rows);
        break;
    case Statement::Kind::Text:
        walk(static_cast<const TextNode &>(statement).text);
        break;
    case Statement::Kind::Insert: {
        const auto &node = static_cast<const InsertNode &>(statement);
        walkRows(node.rows);
        if (node.query)
            walk(*node.query);
        if (node.upsert) {
            walkAll(node.upsert->target);
            walk(node.upsert->targetWhere);
            walkSet(node.upsert->set);
            walk(node.upsert->where);
        }
        walkAll(node.returning);
        break;
    }
    case Statement::Kind::Update: {
        const auto &node = static_cast<const UpdateNode &>(statement);
        for (const auto &[column, value] : node.set)
            walk(value);
        walkAll(node.from);
        walk(node.where);
        walkAll(node.returning);
        walkTail(node.tail);
        break;
    }
    case Statement::Kind::Delete: {
        const auto &node = static_cast<const DeleteNode &>(statement);
        walkAll(node.from);
        walk(node.where);
        walkAll(node.returning);
        walkTail(node.tail);
        break;
    }
    case Statement::Kind::Merge: {
        const auto &node = static_cast<const MergeNode &>(statement);
        walk(node.source);
        walk(node.on);
        for (const MergeNode::Branch &branch : node.branches) {
            walkSet(branch.set);
            walk(branch.condition);
        }
        break;
    }
    }
}

} // namespace schemawright
