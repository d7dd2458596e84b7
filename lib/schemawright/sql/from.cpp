#include "schemawright/sql/from.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/walk.h"

#include <algorithm>

namespace schemawright {

namespace {

/// The tables of the columns in an expression, subqueries apart.
class SourceFinder : public Walker
{
public:
    std::vector<Source> found;

protected:
    bool enter(const ExprNode &e) override
    {
        if (e.kind == ExprKind::Column && (e.table || e.source) &&
            std::ranges::none_of(found, [&](const Source &s) { return isColumnOf(e, s.node()); }))
            found.push_back(e.source ? Source(e.source) : Source(e.table));
        return !e.query;
    }
    bool enter(const SourceNode &) override { return false; }
};

bool isPartOf(const SourceNode &source, const SourceNode &whole)
{
    if (whole.kind == SourceKind::Join)
        return isPartOf(source, *whole.left) || isPartOf(source, *whole.right);
    return isSameSource(source, whole);
}

} // namespace

bool isSameTable(const TablePtr &a, const TablePtr &b) { return a == b || (a && b && a->name == b->name); }

bool isSameSource(const SourceNode &a, const SourceNode &b)
{
    if (&a == &b)
        return true;
    return a.kind == SourceKind::Table && b.kind == SourceKind::Table &&
           (a.table == b.table || a.table->name == b.table->name);
}

bool isColumnOf(const ExprNode &column, const SourceNode &source)
{
    if (column.source)
        return column.source.get() == &source;
    return column.table && source.kind == SourceKind::Table &&
           (source.table == column.table || source.table->name == column.table->name);
}

std::vector<Source> derivedFrom(const SelectNode &node, const std::function<bool(const SourceNode &)> &isAround)
{
    SourceFinder finder;
    for (const Expr &e : node.columns)
        finder.walk(e);
    std::vector<Source> from = std::move(finder.found);
    const auto isOutside = [&](const Source &source) { return isAround(source.node()); };
    if (!std::ranges::all_of(from, isOutside))
        std::erase_if(from, isOutside);
    // A join's right side comes by the join.
    std::erase_if(from, [&](const Source &source) {
        return std::ranges::any_of(node.joins,
                                   [&](const PendingJoin &join) { return isPartOf(source.node(), join.right.node()); });
    });
    if (from.empty() && !node.joins.empty())
        throw Error(ErrorKind::Misuse, "a join has no left side: nothing is in FROM");
    for (const PendingJoin &join : node.joins) {
        std::size_t left = from.size() - 1;
        SourceFinder used;
        used.walk(join.on);
        for (std::size_t i = 0; i < from.size(); ++i) {
            const bool isNamed =
                std::ranges::any_of(used.found, [&](const Source &s) { return isPartOf(s.node(), from[i].node()); });
            if (join.on.isEmpty() ? join.kind != JoinKind::Cross && !joinConditions(from[i], join.right).empty()
                                  : isNamed)
                left = i;
        }
        from[left] = from[left].joinAs(join.kind, join.right, join.on);
    }
    return from;
}

} // namespace schemawright
