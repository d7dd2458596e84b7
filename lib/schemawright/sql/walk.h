#pragma once

#include "schemawright/sql/statement_node.h"

namespace schemawright {

/// Goes through everything a statement is made of, each part before what it holds. Override what you look for; return
/// false not to go deeper there.
class Walker
{
public:
    virtual ~Walker() = default;
    void walk(const StatementNode &statement);
    void walk(const Expr &e);
    void walk(const Source &source);

protected:
    virtual bool enter(const StatementNode &) { return true; }
    virtual bool enter(const ExprNode &) { return true; }
    virtual bool enter(const SourceNode &) { return true; }
    /// After a source's own parts.
    virtual void leave(const SourceNode &) {}

    void walkNode(const SourceNode &node);

private:
    void walkAll(const std::vector<Expr> &all);
    void walkAll(const std::vector<Source> &all);
    void walkRows(const std::vector<std::vector<Expr>> &rows);
    void walkTail(const Tail &tail);
    void walkSet(const std::vector<Assignment> &set);
};

} // namespace schemawright
