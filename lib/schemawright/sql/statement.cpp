#include "schemawright/sql/statement.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/statement_node.h"

#include <algorithm>
#include <map>

namespace schemawright {

namespace {

std::vector<OutputColumn> named(const std::vector<Expr> &columns, bool labelledByTable)
{
    std::vector<OutputColumn> out;
    std::map<std::string, int> seen;
    int anonymous = 0;
    for (const Expr &e : columns) {
        OutputColumn column;
        const ExprNode *node = &e.node();
        column.yields = node->yields;
        column.original = e;
        std::string base;
        if (node->kind == ExprKind::Label) {
            column.name = node->text;
            column.isNatural = true;
        } else {
            while (node->kind == ExprKind::Collate || node->kind == ExprKind::Cast)
                node = &node->arguments.front().node();
            if (node->kind == ExprKind::Column) {
                column.isPlain = node == &e.node();
                base = node->text;
                const std::string table = node->table    ? node->table->name.name
                                          : node->source ? node->source->name
                                                         : std::string();
                if (labelledByTable && column.isPlain && !table.empty())
                    base = table + "_" + base;
                column.name = base;
                column.isNatural = column.isPlain && base == node->text;
            } else if (node->kind == ExprKind::Text && node->precedence == precedence::Atom &&
                       node->text.find_first_of(".*") == std::string::npos) {
                column.name = node->text;
                column.isNatural = node == &e.node();
            } else if (node->kind == ExprKind::Function && node == &e.node()) {
                const std::string name = node->text.substr(node->text.rfind('.') + 1);
                int &number = seen["\1" + name];
                column.name = name + "_" + std::to_string(++number);
            } else
                column.name = "anon_" + std::to_string(++anonymous);
        }
        if (seen[column.name]++ > 0 && node->kind != ExprKind::Label) {
            std::string other;
            for (int number = 1; other.empty() || seen[other] > 0; ++number)
                other = column.name + "_" + std::to_string(number);
            column.name = other;
            column.isNatural = false;
            ++seen[other];
        }
        out.push_back(std::move(column));
    }
    return out;
}

std::vector<OutputColumn> namedPlainly(const std::vector<std::string> &names)
{
    std::vector<OutputColumn> out;
    for (const std::string &name : names)
        out.push_back({.name = name, .yields = TypeKind::Unknown, .original = {}, .isNatural = true, .isPlain = true});
    return out;
}

} // namespace

std::vector<OutputColumn> outputColumns(const StatementNode &statement)
{
    switch (statement.kind) {
    case Statement::Kind::Select: {
        const auto &node = static_cast<const SelectNode &>(statement);
        const bool isStar = std::ranges::any_of(node.columns, [](const Expr &e) {
            return e.node().op == Operator::Star ||
                   (e.node().kind == ExprKind::Text && e.node().text.find('*') != std::string::npos);
        });
        return isStar ? std::vector<OutputColumn>() : named(node.columns, node.labelledByTable);
    }
    case Statement::Kind::Compound: {
        const auto &node = static_cast<const CompoundNode &>(statement);
        return outputColumns(*node.parts.front());
    }
    case Statement::Kind::Values:
        return namedPlainly(static_cast<const ValuesNode &>(statement).columns);
    case Statement::Kind::Text:
        return namedPlainly(static_cast<const TextNode &>(statement).columns);
    case Statement::Kind::Insert:
        return named(static_cast<const InsertNode &>(statement).returning, false);
    case Statement::Kind::Update:
        return named(static_cast<const UpdateNode &>(statement).returning, false);
    case Statement::Kind::Delete:
        return named(static_cast<const DeleteNode &>(statement).returning, false);
    case Statement::Kind::Merge:
        break;
    }
    return {};
}

Statement::Kind Statement::kind() const noexcept { return node_->kind; }

// Query.

Source Query::subquery(std::string name) const
{
    SourceNode node{.kind = SourceKind::Subquery};
    node.name = std::move(name);
    node.query = node_;
    for (OutputColumn &column : outputColumns(*node_)) {
        node.columns.push_back(std::move(column.name));
        node.yields.push_back(column.yields);
        node.originals.push_back(std::move(column.original));
    }
    return Source(std::make_shared<const SourceNode>(std::move(node)));
}

Source Query::lateral(std::string name) const
{
    SourceNode node = subquery(std::move(name)).node();
    node.lateral = true;
    return Source(std::make_shared<const SourceNode>(std::move(node)));
}

Source Query::cte(std::string name, const CteOptions &options) const
{
    return schemawright::cte(std::move(name), *this, options);
}
Expr Query::scalar() const { return schemawright::scalar(*this); }
Expr Query::exists() const { return schemawright::exists(*this); }

TextQuery::TextQuery(std::string sql, std::vector<Expr> values, std::vector<std::string> columns)
    : Query([&] {
          auto node = std::make_shared<TextNode>();
          node->text = textOf(std::move(sql), std::move(values));
          node->columns = std::move(columns);
          return node;
      }())
{}

TextQuery textQuery(std::string sql, std::vector<Expr> values, std::vector<std::string> columns)
{
    return TextQuery(std::move(sql), std::move(values), std::move(columns));
}

Compound compound(std::string op, std::vector<Query> parts)
{
    if (parts.empty())
        throw Error(ErrorKind::Misuse, op + " of nothing");
    auto node = std::make_shared<CompoundNode>();
    node->op = std::move(op);
    std::size_t width = 0;
    for (const Query &part : parts) {
        const std::size_t columns = outputColumns(part.node()).size();
        if (columns && width && columns != width)
            throw Error(ErrorKind::Misuse, node->op + " of queries with " + std::to_string(width) + " and " +
                                               std::to_string(columns) + " columns");
        width = std::max(width, columns);
        node->parts.push_back(part.share());
    }
    return Compound(std::shared_ptr<const StatementNode>(std::move(node)));
}

Compound union_(std::vector<Query> parts) { return compound("UNION", std::move(parts)); }
Compound unionAll(std::vector<Query> parts) { return compound("UNION ALL", std::move(parts)); }
Compound intersect(std::vector<Query> parts) { return compound("INTERSECT", std::move(parts)); }
Compound intersectAll(std::vector<Query> parts) { return compound("INTERSECT ALL", std::move(parts)); }
Compound except(std::vector<Query> parts) { return compound("EXCEPT", std::move(parts)); }
Compound exceptAll(std::vector<Query> parts) { return compound("EXCEPT ALL", std::move(parts)); }

Compound Compound::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<CompoundNode>().tail.order, std::move(order));
    return std::move(*this);
}

Compound Compound::limit(const Expr &rows) &&
{
    detached<CompoundNode>().tail.limit = rows;
    return std::move(*this);
}

Compound Compound::offset(const Expr &rows) &&
{
    detached<CompoundNode>().tail.offset = rows;
    return std::move(*this);
}

Compound Compound::fetch(const Expr &rows, bool withTies, bool percent) &&
{
    setFetch(detached<CompoundNode>().tail, rows, withTies, percent);
    return std::move(*this);
}

Compound Compound::with(const Source &cte) &&
{
    detached<CompoundNode>().with.push_back(cte);
    return std::move(*this);
}

Values valuesQuery(std::vector<std::vector<Expr>> rows, std::vector<std::string> columns)
{
    if (rows.empty())
        throw Error(ErrorKind::Misuse, "VALUES without a row");
    for (const auto &row : rows)
        if (row.size() != rows.front().size())
            throw Error(ErrorKind::Misuse, "VALUES has rows of different lengths");
    auto node = std::make_shared<ValuesNode>();
    if (columns.empty())
        for (std::size_t i = 1; i <= rows.front().size(); ++i)
            columns.push_back("column" + std::to_string(i));
    node->rows = std::move(rows);
    node->columns = std::move(columns);
    return Values(std::shared_ptr<const StatementNode>(std::move(node)));
}

} // namespace schemawright
