#include "schemawright/sql/lint.h"

#include "schemawright/sql/from.h"
#include "schemawright/sql/walk.h"

#include <algorithm>

namespace schemawright {

namespace {

std::string nameOf(const SourceNode &node)
{
    return !node.name.empty() ? node.name : node.table ? node.table->name.name : std::string("a subquery");
}

/// All columns in an expression; a correlated subquery's too, for it connects as well.
class ColumnFinder : public Walker
{
public:
    std::vector<const ExprNode *> columns;

protected:
    bool enter(const ExprNode &node) override
    {
        if (node.kind == ExprKind::Column)
            columns.push_back(&node);
        return true;
    }
    bool enter(const SourceNode &) override { return false; }
};

/// The tables of one FROM, and which of them hang together.
class Connections
{
public:
    void add(const SourceNode &node)
    {
        if (node.kind != SourceKind::Join) {
            leaves_.push_back(&node);
            group_.push_back(leaves_.size() - 1);
            return;
        }
        const std::size_t left = leaves_.size();
        add(*node.left);
        const std::size_t right = leaves_.size();
        add(*node.right);
        const bool isTrue =
            node.on.isEmpty() || (node.on.node().kind == ExprKind::Constant && node.on.node().op == Operator::True);
        if (node.join == JoinKind::Cross || isTrue || node.right->lateral)
            join(left, right); // asked for
        conditions(node.on);
    }

    /// Each part of an AND connects the tables it names.
    void conditions(const Expr &e)
    {
        if (e.isEmpty())
            return;
        if (e.node().kind == ExprKind::Nary && e.node().op == Operator::And) {
            for (const Expr &part : e.node().arguments)
                conditions(part);
            return;
        }
        ColumnFinder finder;
        finder.walk(e);
        std::size_t first = leaves_.size();
        for (const ExprNode *column : finder.columns)
            for (std::size_t i = 0; i < leaves_.size(); ++i)
                if (isColumnOf(*column, *leaves_[i])) {
                    if (first == leaves_.size())
                        first = i;
                    join(first, i);
                }
    }

    /// Functions and lateral subqueries that name their neighbours.
    void arguments()
    {
        for (std::size_t i = 0; i < leaves_.size(); ++i) {
            if (leaves_[i]->lateral && i > 0)
                join(0, i);
            for (const Expr &argument : leaves_[i]->arguments) {
                ColumnFinder finder;
                finder.walk(argument);
                for (const ExprNode *column : finder.columns)
                    for (std::size_t other = 0; other < leaves_.size(); ++other)
                        if (isColumnOf(*column, *leaves_[other]))
                            join(i, other);
            }
        }
    }

    std::vector<std::string> apart() const
    {
        std::vector<std::string> names;
        std::vector<std::size_t> seen;
        for (std::size_t i = 0; i < leaves_.size(); ++i)
            if (std::ranges::find(seen, group_[i]) == seen.end()) {
                seen.push_back(group_[i]);
                names.push_back(nameOf(*leaves_[i]));
            }
        return names;
    }

private:
    void join(std::size_t a, std::size_t b)
    {
        if (a >= leaves_.size() || b >= leaves_.size())
            return;
        const std::size_t from = group_[b], to = group_[a];
        std::ranges::replace(group_, from, to);
    }

    std::vector<const SourceNode *> leaves_;
    std::vector<std::size_t> group_;
};

bool isSame(const Expr &a, const Expr &b)
{
    if (a.isEmpty() || b.isEmpty())
        return a.isEmpty() && b.isEmpty();
    const ExprNode &x = a.node(), &y = b.node();
    if (&x == &y)
        return true;
    if (x.kind != y.kind || x.op != y.op || x.text != y.text || x.source != y.source || x.query != y.query ||
        !(x.value == y.value) || x.arguments.size() != y.arguments.size())
        return false;
    if (x.table != y.table && (!x.table || !y.table || x.table->name != y.table->name))
        return false;
    for (std::size_t i = 0; i < x.arguments.size(); ++i)
        if (!isSame(x.arguments[i], y.arguments[i]))
            return false;
    return true;
}

class Grouping
{
public:
    explicit Grouping(const SelectNode &node)
    {
        for (const Expr &key : node.groupBy)
            addKey(key);
    }

    /// The first column in it that is neither grouped nor inside an aggregate.
    const ExprNode *ungrouped(const Expr &e) const
    {
        const ExprNode &node = e.node();
        if (std::ranges::any_of(keys_, [&](const Expr &key) { return isSame(key, e); }))
            return nullptr;
        if (node.kind == ExprKind::Label && isLabelKey(node.text))
            return nullptr;
        switch (node.kind) {
        case ExprKind::Column:
            return hasKeyOf(node) ? nullptr : &node;
        case ExprKind::Function:
            if (isAggregateName(node.text, node.arguments.size()))
                return nullptr;
            break;
        case ExprKind::Filter:
        case ExprKind::WithinGroup:
            return nullptr;
        default:
            break;
        }
        for (const Expr &argument : node.arguments)
            if (const ExprNode *found = ungrouped(argument))
                return found;
        return nullptr;
    }

private:
    void addKey(const Expr &key)
    {
        const ExprNode &node = key.node();
        const bool isList = node.kind == ExprKind::Tuple ||
                            (node.kind == ExprKind::Function &&
                             (node.text == "grouping_sets" || node.text == "cube" || node.text == "rollup"));
        if (isList)
            for (const Expr &part : node.arguments)
                addKey(part);
        else
            keys_.push_back(key);
    }

    bool isLabelKey(const std::string &label) const
    {
        return std::ranges::any_of(keys_, [&](const Expr &key) {
            const ExprNode &node = key.node();
            return node.kind == ExprKind::Column && !node.table && !node.source && node.text == label;
        });
    }

    /// All columns of a table whose primary key is grouped by are the same within a group.
    bool hasKeyOf(const ExprNode &column) const
    {
        const SourceNode *alias = column.source.get();
        const TablePtr &table = alias ? alias->table : column.table;
        if (!table)
            return !alias; // a column by its name alone may be anything
        if (!table->primaryKey)
            return false;
        return std::ranges::all_of(table->primaryKey->columns, [&](const std::string &part) {
            return std::ranges::any_of(keys_, [&](const Expr &key) {
                const ExprNode &node = key.node();
                return node.kind == ExprKind::Column && node.text == part && node.source == column.source &&
                       (alias || (node.table && node.table->name == table->name));
            });
        });
    }

    std::vector<Expr> keys_;
};

class Linter : public Walker
{
public:
    std::vector<Lint> found;

protected:
    bool enter(const StatementNode &statement) override
    {
        if (statement.kind == Statement::Kind::Select)
            look(static_cast<const SelectNode &>(statement));
        return true;
    }

    bool enter(const SourceNode &node) override
    {
        if (std::ranges::find(seen_, &node) != seen_.end())
            return false;
        seen_.push_back(&node);
        return true;
    }

private:
    void look(const SelectNode &node)
    {
        const auto isAround = [&](const SourceNode &source) {
            return std::ranges::any_of(around_, [&](const SourceNode *other) { return isSameSource(*other, source); });
        };
        const std::vector<Source> from = node.from.empty() ? derivedFrom(node, isAround) : node.from;
        Connections connections;
        for (const Source &source : from)
            connections.add(source.node());
        connections.conditions(node.where);
        connections.arguments();
        const std::vector<std::string> apart = connections.apart();
        if (apart.size() > 1) {
            std::string names;
            for (std::size_t i = 0; i < apart.size(); ++i)
                names += (i ? i + 1 == apart.size() ? " and " : ", " : "") + apart[i];
            found.push_back({Lint::Kind::CartesianProduct,
                             "no condition connects " + names + ": every row of one meets every row of the other",
                             apart});
        }
        for (const Source &source : from)
            around_.push_back(&source.node());

        const bool isGrouped = !node.groupBy.empty() || !node.having.isEmpty() ||
                               std::ranges::any_of(node.columns, [](const Expr &e) { return e.node().hasAggregate; });
        if (!isGrouped)
            return;
        const Grouping grouping(node);
        for (const Expr &e : node.columns)
            if (const ExprNode *column = grouping.ungrouped(e)) {
                const std::string table = column->table    ? column->table->name.name
                                          : column->source ? column->source->name
                                                           : std::string();
                const std::string name = table.empty() ? column->text : table + "." + column->text;
                found.push_back({Lint::Kind::UngroupedColumn,
                                 name + " stands beside an aggregate and is no key of GROUP BY",
                                 {name}});
            }
    }

    std::vector<const SourceNode *> seen_, around_;
};

} // namespace

std::vector<Lint> lint(const Statement &statement)
{
    Linter linter;
    linter.walk(statement.node());
    return std::move(linter.found);
}

} // namespace schemawright
