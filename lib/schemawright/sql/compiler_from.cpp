#include "schemawright/base/error.h"
#include "schemawright/sql/compiler.h"
#include "schemawright/sql/from.h"

#include <algorithm>

namespace schemawright {

namespace {

const SourceNode &under(const SourceNode &node)
{
    const SourceNode *inner = &node;
    while ((inner->kind == SourceKind::Alias || inner->kind == SourceKind::Sample) && inner->left)
        inner = inner->left.get();
    return *inner;
}

} // namespace

void Compiler::fromList(const std::vector<Source> &from)
{
    scopes_.back().clause = "FROM";
    clause("FROM ");
    for (std::size_t i = 0; i < from.size(); ++i) {
        const SourceNode &node = from[i].node();
        if (node.lateral && i > 0)
            lateralItem(node, false);
        else {
            write(i ? ", " : "");
            source(node);
        }
    }
}

void Compiler::lateralItem(const SourceNode &node, bool isFirst)
{
    write(isFirst ? "" : ", ");
    source(node);
}

void Compiler::tableName(const Table &table)
{
    if (!table.name.schema.empty())
        write(quote(table.name.schema) + ".");
    write(quote(table.name.name));
}

std::string Compiler::sourceName(const SourceNode &node)
{
    if (!node.name.empty())
        return node.name;
    for (const auto &[known, name] : names_)
        if (known == &node)
            return name;
    const std::string base = node.table ? node.table->name.name : "anon";
    for (int number = 1;; ++number) {
        std::string name = base + "_" + std::to_string(number);
        if (std::ranges::none_of(names_, [&](const auto &known) { return known.second == name; })) {
            names_.emplace_back(&node, name);
            return name;
        }
    }
}

void Compiler::aliasOf(const SourceNode &node)
{
    write(aliasWord());
    write(quote(sourceName(node)));
}

void Compiler::hintsOf(const SourceNode &node)
{
    if (!currentSelect_)
        return;
    for (const Snippet &hint : currentSelect_->hints)
        if ((hint.dialect.empty() || hint.dialect == dialectName()) &&
            (&hint.table.node() == &node ||
             (node.kind == SourceKind::Table && hint.table.node().kind == SourceKind::Table &&
              isSameTable(hint.table.node().table, node.table))))
            write(" " + hint.sql);
}

void Compiler::source(const SourceNode &node)
{
    switch (node.kind) {
    case SourceKind::Table:
        tableName(*node.table);
        hintsOf(node);
        break;
    case SourceKind::Cte:
    case SourceKind::CteSelf:
        write(quote(node.name));
        break;
    case SourceKind::Alias: {
        const SourceNode &inner = under(node);
        if (node.left && node.left->kind == SourceKind::Sample) {
            source(*node.left);
        } else if (inner.table)
            tableName(*inner.table);
        else
            write(quote(inner.name));
        aliasOf(node);
        hintsOf(node);
        break;
    }
    case SourceKind::Sample:
        sample(node);
        break;
    case SourceKind::Subquery: {
        if (const ValuesNode *const rows = namedValues(*node.query)) {
            SourceNode named;
            named.kind = SourceKind::Values;
            named.name = sourceName(node);
            named.columns = rows->columns;
            named.rows = rows->rows;
            return valuesSource(named);
        }
        if (node.lateral)
            write("LATERAL ");
        const bool outer = std::exchange(isSubquery_, true);
        const bool wasHidden = std::exchange(scopes_.back().isHidden, !node.lateral);
        write("(");
        ++depth_;
        query(*node.query, true);
        --depth_;
        write(")");
        scopes_.back().isHidden = wasHidden;
        isSubquery_ = outer;
        aliasOf(node);
        break;
    }
    case SourceKind::Values:
        valuesSource(node);
        break;
    case SourceKind::Function:
        functionSource(node);
        break;
    case SourceKind::Text:
        write(node.text);
        if (!node.name.empty())
            aliasOf(node);
        break;
    case SourceKind::Join:
        join(node);
        break;
    }
}

void Compiler::join(const SourceNode &node)
{
    if (node.right->lateral && node.right->kind == SourceKind::Subquery) {
        source(*node.left);
        return lateralJoin(node);
    }
    if (node.join == JoinKind::Full && !hasFullJoin())
        unsupported("FULL JOIN");
    source(*node.left);
    static constexpr const char *words[] = {"JOIN ", "LEFT OUTER JOIN ", "RIGHT OUTER JOIN ", "FULL OUTER JOIN ",
                                            "CROSS JOIN "};
    clause(words[static_cast<int>(node.join)]);
    const bool isNested = node.right->kind == SourceKind::Join;
    write(isNested ? "(" : "");
    source(*node.right);
    write(isNested ? ")" : "");
    if (node.join == JoinKind::Cross)
        return;
    write(" ON ");
    scopes_.back().clause = "ON";
    condition(node.on);
    scopes_.back().clause = "FROM";
}

void Compiler::lateralJoin(const SourceNode &node)
{
    static constexpr const char *words[] = {"JOIN ", "LEFT OUTER JOIN ", "RIGHT OUTER JOIN ", "FULL OUTER JOIN ",
                                            "CROSS JOIN "};
    clause(words[static_cast<int>(node.join)]);
    source(*node.right);
    if (node.join == JoinKind::Cross)
        return;
    write(" ON ");
    condition(node.on);
}

void Compiler::valuesRows(const std::vector<std::vector<Expr>> &rows)
{
    write("VALUES ");
    for (std::size_t i = 0; i < rows.size(); ++i) {
        write(i ? ", (" : "(");
        lonelyList(rows[i]);
        write(")");
    }
}

void Compiler::valuesSource(const SourceNode &node)
{
    write("(");
    valuesRows(node.rows);
    write(")");
    aliasOf(node);
    write(" (");
    columnNames(node.columns);
    write(")");
}

void Compiler::rowsAsSelects(const std::vector<std::vector<Expr>> &rows, const std::vector<std::string> &names,
                             std::string_view from)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        write(i ? " UNION ALL SELECT " : "SELECT ");
        for (std::size_t c = 0; c < rows[i].size(); ++c) {
            write(c ? ", " : "");
            expr(rows[i][c]);
            if (i == 0 && c < names.size())
                write(" AS " + quote(names[c]));
        }
        write(from);
    }
}

void Compiler::functionSource(const SourceNode &node)
{
    if (node.lateral)
        write("LATERAL ");
    functionName(node.text);
    write("(");
    lonelyList(node.arguments);
    write(")");
    functionAlias(node);
}

void Compiler::functionAlias(const SourceNode &node)
{
    if (node.ordinality)
        unsupported("WITH ORDINALITY");
    if (!node.name.empty() || !node.columns.empty())
        aliasOf(node);
    if (node.listColumns)
        unsupported("list of columns behind a function in FROM");
}

void Compiler::sample(const SourceNode &) { unsupported("TABLESAMPLE"); }

void Compiler::columnNames(const std::vector<std::string> &names)
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        write(i ? ", " : "");
        write(quote(names[i]));
    }
}

} // namespace schemawright
