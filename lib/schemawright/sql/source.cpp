#include "schemawright/sql/source.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/statement_node.h"

#include <algorithm>

namespace schemawright {

namespace {

Source shared(SourceNode node) { return Source(std::make_shared<const SourceNode>(std::move(node))); }

/// The node under aliases.
const SourceNode &renamed(const SourceNode &node)
{
    const SourceNode *inner = &node;
    while ((inner->kind == SourceKind::Alias || inner->kind == SourceKind::Sample) && inner->left)
        inner = inner->left.get();
    return *inner;
}

/// What a message calls it.
std::string description(const SourceNode &node)
{
    if (node.table)
        return node.kind == SourceKind::Table ? node.table->name.text()
               : node.name.empty()            ? node.table->name.text()
                                              : node.name;
    return node.name.empty() ? "a subquery" : node.name;
}

/// The single sources of a join, left to right.
void leaves(const std::shared_ptr<const SourceNode> &node, std::vector<Source> &into)
{
    if (node->kind != SourceKind::Join)
        return into.push_back(Source(node));
    leaves(node->left, into);
    leaves(node->right, into);
}

/// A column of `leaf` that is the column `name` of a table, if `leaf` shows one.
struct Origin
{
    TablePtr table;
    std::string name;
};

Origin originOf(const SourceNode &leaf, std::string_view shown)
{
    const SourceNode &inner = renamed(leaf);
    if (inner.table)
        return {inner.table, std::string(shown)};
    for (std::size_t i = 0; i < inner.columns.size() && i < inner.originals.size(); ++i)
        if (inner.columns[i] == shown && !inner.originals[i].isEmpty()) {
            const ExprNode &column = unlabelled(inner.originals[i]).node();
            if (column.kind != ExprKind::Column)
                return {};
            return column.table    ? Origin{column.table, column.text}
                   : column.source ? originOf(*column.source, column.text)
                                   : Origin{};
        }
    return {};
}

std::vector<std::string> shownColumns(const SourceNode &leaf)
{
    const SourceNode &inner = renamed(leaf);
    if (!inner.table)
        return inner.columns;
    std::vector<std::string> names;
    for (const Column &column : inner.table->columns)
        names.push_back(column.name);
    return names;
}

/// The name under which a leaf shows a table's column.
std::string shownAs(const SourceNode &leaf, const Table &table, const std::string &column)
{
    for (const std::string &name : shownColumns(leaf))
        if (const Origin origin = originOf(leaf, name);
            origin.table && origin.table->name == table.name && origin.name == column)
            return name;
    return {};
}

std::vector<TablePtr> tablesOf(const SourceNode &leaf)
{
    if (const SourceNode &inner = renamed(leaf); inner.table)
        return {inner.table};
    std::vector<TablePtr> tables;
    for (const std::string &name : shownColumns(leaf))
        if (const Origin origin = originOf(leaf, name);
            origin.table && std::ranges::find(tables, origin.table) == tables.end())
            tables.push_back(origin.table);
    return tables;
}

bool refersTo(const ForeignKey &key, const Table &from, const Table &to)
{
    return key.referred.name == to.name.name && (key.referred.schema == to.name.schema ||
                                                 (key.referred.schema.empty() && from.name.schema == to.name.schema));
}

using Found = std::pair<const ForeignKey *, Expr>;

/// The keys by which `child` refers to `parent`, as conditions with the parent's column first.
void keysBetween(const Source &child, const Source &parent, std::vector<Found> &into)
{
    for (const TablePtr &from : tablesOf(child.node()))
        for (const TablePtr &to : tablesOf(parent.node()))
            for (const ForeignKey &key : from->foreignKeys) {
                if (!refersTo(key, *from, *to))
                    continue;
                std::vector<std::string> referred = key.referredColumns;
                if (referred.empty() && to->primaryKey)
                    referred = to->primaryKey->columns;
                std::vector<Expr> parts;
                for (std::size_t i = 0; i < key.columns.size() && i < referred.size(); ++i) {
                    const std::string mine = shownAs(child.node(), *from, key.columns[i]);
                    const std::string theirs = shownAs(parent.node(), *to, referred[i]);
                    if (mine.empty() || theirs.empty())
                        break;
                    parts.push_back(parent[theirs] == child[mine]);
                }
                if (parts.size() == key.columns.size() && !parts.empty())
                    into.emplace_back(&key, and_(std::move(parts)));
            }
}

std::vector<Found> keysOf(const std::vector<Source> &left, const std::vector<Source> &right)
{
    std::vector<Found> found;
    for (const Source &a : left)
        for (const Source &b : right) {
            keysBetween(a, b, found);
            // A table joined with itself has each of its keys once in either direction; they mean different things.
            keysBetween(b, a, found);
        }
    return found;
}

std::string names(const std::vector<Source> &sources)
{
    std::string all;
    for (const Source &source : sources)
        all += (all.empty() ? "" : ", ") + description(source.node());
    return all;
}

} // namespace

Source::Source(TablePtr table)
{
    if (!table)
        throw Error(ErrorKind::Misuse, "no table is given");
    SourceNode node{.kind = SourceKind::Table};
    node.name = table->name.name;
    node.table = std::move(table);
    node_ = std::make_shared<const SourceNode>(std::move(node));
}

Source::Source(TablePtr table, std::string alias) : Source(Source(std::move(table)).alias(std::move(alias))) {}

std::string Source::name() const { return node_ ? node_->name : std::string(); }

Expr Source::operator[](std::string_view column) const
{
    if (!node_)
        throw Error(ErrorKind::Misuse, "a column of no table");
    const SourceNode &node = *node_;
    if (node.kind == SourceKind::Table)
        return schemawright::column(node.table, column);
    if (node.kind == SourceKind::Join) {
        // In a join the first side that has it.
        std::vector<Source> all;
        leaves(node_, all);
        for (const Source &leaf : all) {
            const auto shown = shownColumns(leaf.node());
            if (std::ranges::find(shown, column) != shown.end())
                return leaf[column];
        }
        throw Error(ErrorKind::NotFound, "the join of " + names(all) + " has no column '" + std::string(column) + "'");
    }
    TypeKind yields = TypeKind::Unknown;
    const SourceNode &inner = renamed(node);
    if (inner.table) {
        yields = schemawright::column(inner.table, column).node().yields;
    } else if (!inner.columns.empty()) {
        const auto found = std::ranges::find(inner.columns, column);
        if (found == inner.columns.end())
            throw Error(ErrorKind::NotFound, description(node) + " has no column '" + std::string(column) + "'");
        const auto index = static_cast<std::size_t>(found - inner.columns.begin());
        if (index < inner.yields.size())
            yields = inner.yields[index];
    }
    return makeExpr({.kind = ExprKind::Column, .yields = yields, .text = std::string(column), .source = node_});
}

std::vector<Expr> Source::columns() const
{
    if (!node_)
        return {};
    std::vector<Source> all;
    leaves(node_, all);
    std::vector<Expr> columns;
    for (const Source &leaf : all) {
        const auto shown = shownColumns(leaf.node());
        if (shown.empty())
            throw Error(ErrorKind::Misuse,
                        "the columns of " + description(leaf.node()) + " are not known; name them one by one");
        for (const std::string &name : shown)
            columns.push_back(leaf[name]);
    }
    return columns;
}

Source Source::alias(std::string name) const
{
    SourceNode node{.kind = SourceKind::Alias};
    node.name = std::move(name);
    // An alias of an alias renames what is below.
    node.left = node_->kind == SourceKind::Alias && node_->left ? node_->left : node_;
    node.table = renamed(*node_).table;
    if (node_->kind == SourceKind::Join)
        throw Error(ErrorKind::Misuse, "a join has no alias; make a subquery of it");
    if (node_->kind == SourceKind::Subquery || node_->kind == SourceKind::Values ||
        node_->kind == SourceKind::Function || node_->kind == SourceKind::Text) {
        SourceNode copy = *node_; // these have their text where they stand, so the other name is another one of them
        copy.name = std::move(node.name);
        return shared(std::move(copy));
    }
    return shared(std::move(node));
}

Source Source::joinAs(JoinKind kind, const Source &right, const Expr &on) const
{
    if (!node_ || right.isEmpty())
        throw Error(ErrorKind::Misuse, "a join needs two sides");
    SourceNode node{.kind = SourceKind::Join};
    node.join = kind;
    node.left = node_;
    node.right = right.node_;
    if (kind != JoinKind::Cross)
        node.on = on.isEmpty() ? joinCondition(*this, right) : on;
    return shared(std::move(node));
}

Source Source::join(const Source &right, const Expr &on) const { return joinAs(JoinKind::Inner, right, on); }
Source Source::leftJoin(const Source &right, const Expr &on) const { return joinAs(JoinKind::Left, right, on); }
Source Source::rightJoin(const Source &right, const Expr &on) const { return joinAs(JoinKind::Right, right, on); }
Source Source::fullJoin(const Source &right, const Expr &on) const { return joinAs(JoinKind::Full, right, on); }
Source Source::crossJoin(const Source &right) const { return joinAs(JoinKind::Cross, right, {}); }

std::vector<std::pair<const ForeignKey *, Expr>> joinConditions(const Source &left, const Source &right)
{
    std::vector<Source> a, b;
    leaves(left.share(), a);
    leaves(right.share(), b);
    return keysOf(a, b);
}

Expr joinCondition(const Source &left, const Source &right)
{
    std::vector<Source> a, b;
    leaves(left.share(), a);
    leaves(right.share(), b);
    std::vector<Found> found = keysOf(a, b);
    // Among several, one to the table that was joined last is what is meant.
    if (found.size() > 1 && a.size() > 1)
        if (const std::vector<Found> nearest = keysOf({a.back()}, b); nearest.size() == 1)
            return nearest.front().second;
    if (found.size() == 1)
        return found.front().second;
    if (found.empty())
        throw Error(ErrorKind::Misuse, "cannot join " + names(a) + " and " + names(b) +
                                           ": no foreign key leads from one to the other; give the condition");
    std::string keys;
    for (const auto &[key, condition] : found) {
        std::string columns;
        for (const std::string &column : key->columns)
            columns += (columns.empty() ? "" : ", ") + column;
        keys += (keys.empty() ? "(" : ", (") + columns + ") to " + key->referred.text();
    }
    throw Error(ErrorKind::Misuse, "the join of " + names(a) + " and " + names(b) +
                                       " is ambiguous: there are several foreign keys, " + keys +
                                       "; give the condition");
}

Source namedTable(std::string name, std::vector<std::string> columns, std::string schema)
{
    auto table = std::make_shared<Table>();
    table->name = {std::move(schema), std::move(name)};
    for (std::string &column : columns) {
        Column added;
        added.name = std::move(column);
        table->columns.push_back(std::move(added));
    }
    return Source(TablePtr(std::move(table)));
}

Source values(std::vector<std::string> columns, std::vector<std::vector<Expr>> rows, std::string alias)
{
    if (rows.empty())
        throw Error(ErrorKind::Misuse, "VALUES without a row");
    for (const auto &row : rows)
        if (row.size() != columns.size())
            throw Error(ErrorKind::Misuse, "VALUES has a row of " + std::to_string(row.size()) + " values for " +
                                               std::to_string(columns.size()) + " columns");
    SourceNode node{.kind = SourceKind::Values};
    node.name = std::move(alias);
    for (const Expr &e : rows.front())
        node.yields.push_back(e.node().yields);
    node.columns = std::move(columns);
    node.rows = std::move(rows);
    return shared(std::move(node));
}

Source tableFunction(std::string function, std::vector<Expr> arguments, std::string alias,
                     std::vector<std::string> columns, const TableFunctionOptions &options)
{
    SourceNode node{.kind = SourceKind::Function};
    node.text = std::move(function);
    node.arguments = std::move(arguments);
    node.name = std::move(alias);
    node.columns = std::move(columns);
    node.lateral = options.lateral;
    node.ordinality = options.ordinality;
    node.listColumns = options.listColumns || options.ordinality || !options.types.empty();
    node.types = options.types;
    return shared(std::move(node));
}

Source textSource(std::string sql, std::string alias, std::vector<std::string> columns)
{
    SourceNode node{.kind = SourceKind::Text};
    node.text = std::move(sql);
    node.name = std::move(alias);
    node.columns = std::move(columns);
    return shared(std::move(node));
}

Source tableSample(const Source &table, std::string method, std::vector<Expr> arguments, const Expr &seed)
{
    SourceNode node{.kind = SourceKind::Sample};
    node.left = table.share();
    node.table = renamed(table.node()).table;
    node.name = table.node().kind == SourceKind::Table ? std::string() : table.name();
    node.text = std::move(method);
    node.arguments = std::move(arguments);
    node.on = seed;
    return shared(std::move(node));
}

Source cte(std::string name, const Statement &statement, const CteOptions &options)
{
    SourceNode node{.kind = SourceKind::Cte};
    node.name = std::move(name);
    node.query = statement.share();
    node.materialized = options.materialized;
    node.columns = options.columns;
    node.listColumns = !options.columns.empty();
    for (OutputColumn &column : outputColumns(statement.node())) {
        if (options.columns.empty())
            node.columns.push_back(std::move(column.name));
        node.yields.push_back(column.yields);
        node.originals.push_back(std::move(column.original));
    }
    return shared(std::move(node));
}

Source recursiveCte(std::string name, const Query &base, const std::function<Query(const Source &)> &more,
                    bool distinct, const CteOptions &options)
{
    const Source plain = cte(std::move(name), base, options);
    SourceNode self = plain.node();
    self.kind = SourceKind::CteSelf;
    self.query = nullptr;
    const auto inside = std::make_shared<const SourceNode>(std::move(self));
    SourceNode node = plain.node();
    node.self = inside;
    node.more = more(Source(inside)).share();
    node.listColumns = !node.columns.empty();
    node.recursiveDistinct = distinct;
    return shared(std::move(node));
}

} // namespace schemawright
