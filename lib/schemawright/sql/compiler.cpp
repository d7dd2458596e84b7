#include "schemawright/sql/compiler.h"

#include "schemawright/base/error.h"

namespace schemawright {

Compiled Compiler::compile(const Statement &statement)
{
    switch (statement.kind()) {
    case Statement::Kind::Select:
        select(static_cast<const Select &>(statement).parts());
        break;
    case Statement::Kind::Insert:
        insert(static_cast<const Insert &>(statement).parts());
        break;
    case Statement::Kind::Update:
        update(static_cast<const Update &>(statement).parts());
        break;
    case Statement::Kind::Delete:
        delete_(static_cast<const Delete &>(statement).parts());
        break;
    }
    return std::move(compiled_);
}

void Compiler::operand(const Expr &e, int precedence)
{
    if (e.node().precedence > precedence)
        return expr(e);
    write("(");
    expr(e);
    write(")");
}

void Compiler::list(const std::vector<Expr> &all)
{
    for (std::size_t i = 0; i < all.size(); ++i) {
        write(i ? ", " : "");
        expr(all[i]);
    }
}

void Compiler::distinctFrom(const Expr &a, const Expr &b, bool negated)
{
    operand(a, 40);
    write(negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
    operand(b, 40);
}

void Compiler::like(const ExprNode &node)
{
    operand(node.arguments[0], node.precedence);
    write(" " + node.text + " ");
    operand(node.arguments[1], node.precedence);
    if (!node.value.isNull())
        write(" ESCAPE '" + node.value.text() + "'");
}

void Compiler::rawText(const ExprNode &node)
{
    // A ? inside quotes is no parameter.
    std::size_t next = 0;
    char quoted = 0;
    for (const char c : node.text) {
        if (quoted) {
            quoted = c == quoted ? 0 : quoted;
            write({&c, 1});
        } else if (c == '?' && next < node.arguments.size())
            expr(node.arguments[next++]);
        else {
            quoted = c == '\'' || c == '"' ? c : 0;
            write({&c, 1});
        }
    }
    if (next != node.arguments.size())
        throw Error(ErrorKind::Misuse, "a text has more values than question marks").withSql(node.text);
}

void Compiler::expr(const Expr &e)
{
    const ExprNode &node = e.node();
    switch (node.kind) {
    case ExprKind::Column:
        write(quote(node.text));
        break;
    case ExprKind::Bind:
        compiled_.parameters.push_back({node.value, {}});
        placeholder();
        break;
    case ExprKind::Parameter:
        compiled_.parameters.push_back({{}, node.text});
        placeholder();
        break;
    case ExprKind::Text:
        rawText(node);
        break;
    case ExprKind::Default:
        write("DEFAULT");
        break;
    case ExprKind::Unary:
        write(node.text + " ");
        operand(node.arguments[0], node.precedence);
        break;
    case ExprKind::Postfix:
        operand(node.arguments[0], node.precedence);
        write(" " + node.text);
        break;
    case ExprKind::Binary:
        if (node.text == "IS NOT DISTINCT FROM" || node.text == "IS DISTINCT FROM")
            return distinctFrom(node.arguments[0], node.arguments[1], node.text == "IS NOT DISTINCT FROM");
        for (std::size_t i = 0; i < node.arguments.size(); ++i) {
            write(i ? " " + node.text + " " : "");
            operand(node.arguments[i], node.precedence);
        }
        break;
    case ExprKind::Like:
        like(node);
        break;
    case ExprKind::In:
        if (node.arguments.size() == 1)
            return emptyIn();
        operand(node.arguments[0], node.precedence);
        write(" IN (");
        list({node.arguments.begin() + 1, node.arguments.end()});
        write(")");
        break;
    case ExprKind::Cast:
        write("CAST(");
        expr(node.arguments[0]);
        write(" AS " + typeSql(node.type) + ")");
        break;
    case ExprKind::Function:
        write(node.text + "(");
        list(node.arguments);
        write(")");
        break;
    case ExprKind::Tuple:
        write("(");
        list(node.arguments);
        write(")");
        break;
    case ExprKind::Label:
        expr(node.arguments[0]);
        write(" AS " + quote(node.text));
        break;
    case ExprKind::Order:
        expr(node.arguments[0]);
        write(node.descending ? " DESC" : "");
        write(node.nulls.empty() ? "" : " NULLS " + node.nulls);
        break;
    }
}

void Compiler::tableName(const TablePtr &table)
{
    if (!table->name.schema.empty())
        write(quote(table->name.schema) + ".");
    write(quote(table->name.name));
}

void Compiler::where(const Expr &condition)
{
    if (condition.isEmpty())
        return;
    write(" WHERE ");
    expr(condition);
}

void Compiler::returning(const std::vector<Expr> &columns)
{
    if (columns.empty())
        return;
    write(" RETURNING ");
    list(columns);
}

void Compiler::select(const Select::Parts &parts)
{
    write("SELECT ");
    list(parts.columns);
    if (parts.table) {
        write(" FROM ");
        tableName(parts.table);
    }
    where(parts.condition);
    if (!parts.order.empty()) {
        write(" ORDER BY ");
        list(parts.order);
    }
    if (parts.limit)
        write(" LIMIT " + std::to_string(*parts.limit));
    if (parts.offset)
        write(" OFFSET " + std::to_string(*parts.offset));
}

void Compiler::insert(const Insert::Parts &parts)
{
    write("INSERT INTO ");
    tableName(parts.table);
    if (parts.values.empty())
        write(" DEFAULT VALUES");
    else {
        write(" (");
        for (std::size_t i = 0; i < parts.values.size(); ++i)
            write((i ? ", " : "") + quote(parts.values[i].first));
        write(") VALUES (");
        for (std::size_t i = 0; i < parts.values.size(); ++i) {
            write(i ? ", " : "");
            expr(parts.values[i].second);
        }
        write(")");
    }
    returning(parts.returning);
}

void Compiler::update(const Update::Parts &parts)
{
    if (parts.values.empty())
        throw Error(ErrorKind::Misuse, "an UPDATE that sets nothing");
    write("UPDATE ");
    tableName(parts.table);
    write(" SET ");
    for (std::size_t i = 0; i < parts.values.size(); ++i) {
        write((i ? ", " : "") + quote(parts.values[i].first) + " = ");
        expr(parts.values[i].second);
    }
    where(parts.condition);
    returning(parts.returning);
}

void Compiler::delete_(const Delete::Parts &parts)
{
    write("DELETE FROM ");
    tableName(parts.table);
    where(parts.condition);
    returning(parts.returning);
}

} // namespace schemawright
