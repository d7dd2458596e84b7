#include "schemawright/backends/sqlite/sqlite_compiler.h"

#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/base/error.h"
#include "schemawright/sql/functions.h"

#include <algorithm>
#include <array>

namespace schemawright {

namespace {

bool isInteger(TypeKind kind)
{
    return kind == TypeKind::SmallInteger || kind == TypeKind::Integer || kind == TypeKind::BigInteger;
}

const SqliteDialect &dialect()
{
    static const SqliteDialect one;
    return one;
}

} // namespace

std::string SqliteCompiler::quote(std::string_view identifier) const { return dialect().quote(identifier); }
std::string SqliteCompiler::literal(const Value &value) const { return dialect().literal(value); }
std::string SqliteCompiler::castType(const Type &type) const { return dialect().typeSql(type); }

void SqliteCompiler::divide(const ExprNode &node)
{
    const Expr &a = node.arguments[0], &b = node.arguments[1];
    operand(a, node.precedence - 1);
    write(" / ");
    if (!isInteger(b.node().yields))
        return operand(b, node.precedence);
    // Whole numbers would give a whole quotient.
    write("(");
    operand(b, precedence::Add - 1);
    write(" + 0.0)");
}

void SqliteCompiler::floorDivide(const ExprNode &node)
{
    const Expr &a = node.arguments[0], &b = node.arguments[1];
    if (!isInteger(a.node().yields) || !isInteger(b.node().yields))
        return Compiler::floorDivide(node);
    operand(a, node.precedence - 1);
    write(" / ");
    operand(b, node.precedence);
}

void SqliteCompiler::bitOperation(const ExprNode &node)
{
    if (node.op == Operator::BitXor)
        unsupported("exclusive or of bits");
    Compiler::bitOperation(node);
}

void SqliteCompiler::distinctFrom(const ExprNode &node)
{
    operand(node.arguments[0], precedence::Compare);
    write(node.op == Operator::Same ? " IS " : " IS NOT ");
    operand(node.arguments[1], precedence::Compare);
}

void SqliteCompiler::regexp(const ExprNode &node)
{
    if (!node.value.text().empty())
        unsupported("flag of a regular expression");
    operand(node.arguments[0], precedence::Compare);
    write(node.negated ? " NOT REGEXP " : " REGEXP ");
    operand(node.arguments[1], precedence::Compare);
}

void SqliteCompiler::inTuples(const ExprNode &node)
{
    expr(node.arguments[0]);
    write(node.negated ? " NOT IN (VALUES " : " IN (VALUES ");
    for (std::size_t i = 1; i < node.arguments.size(); ++i) {
        write(i > 1 ? ", " : "");
        expr(node.arguments[i]);
    }
    write(")");
}

void SqliteCompiler::quantified(const ExprNode &node) { unsupported(node.text); }

void SqliteCompiler::extract(const ExprNode &node)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> formats{{{"year", "%Y"},
                                                                                            {"month", "%m"},
                                                                                            {"day", "%d"},
                                                                                            {"hour", "%H"},
                                                                                            {"minute", "%M"},
                                                                                            {"second", "%S"},
                                                                                            {"doy", "%j"},
                                                                                            {"dow", "%w"},
                                                                                            {"week", "%W"},
                                                                                            {"epoch", "%s"}}};
    const auto found = std::ranges::find(formats, node.text, &std::pair<std::string_view, std::string_view>::first);
    if (found == formats.end())
        unsupported("EXTRACT of " + node.text);
    write("CAST(STRFTIME('" + std::string(found->second) + "', ");
    expr(node.arguments.front());
    write(") AS INTEGER)");
}

void SqliteCompiler::function(const ExprNode &node)
{
    if (node.arguments.empty() && node.text == "now")
        return write("CURRENT_TIMESTAMP");
    if (node.text == "localtime" || node.text == "localtimestamp" || node.text == "current_user" ||
        node.text == "session_user")
        unsupported(node.text);
    if (node.text == "char_length") {
        write("length");
        return argumentsOf(node);
    }
    Compiler::function(node);
}

void SqliteCompiler::aggregateStrings(const ExprNode &node)
{
    if (!isDistinctText(node) || node.arguments.size() < 2)
        return joinedStrings("group_concat", node);
    // An aggregate of DISTINCT texts takes one argument, and joins them by commas then.
    const ExprNode &separator = node.arguments[1].node();
    if ((separator.kind != ExprKind::Bind && separator.kind != ExprKind::Literal) || separator.value != Value(","))
        unsupported("separator but ',' for DISTINCT texts");
    ExprNode plain = node;
    plain.arguments.pop_back();
    joinedStrings("group_concat", plain);
    dependsOnValues();
}

void SqliteCompiler::upsertClause(const InsertNode &node)
{
    if (!node.upsert->constraint.empty())
        unsupported("upsert on a constraint by name (" + node.upsert->constraint + ")");
    Compiler::upsertClause(node);
}

void SqliteCompiler::json(const ExprNode &node)
{
    const char *before = "", *after = "";
    switch (node.op) {
    case Operator::JsonText:
        before = "CAST(", after = " AS TEXT)";
        break;
    case Operator::JsonInteger:
        before = "CAST(", after = " AS INTEGER)";
        break;
    case Operator::JsonDouble:
        before = "CAST(", after = " AS REAL)";
        break;
    case Operator::JsonBoolean:
        break;
    default:
        before = "JSON_QUOTE(", after = ")";
    }
    write(before);
    write("JSON_EXTRACT(");
    expr(node.arguments.front());
    write(", ");
    madeValue(Value(jsonPath(node)));
    write(")");
    write(after);
}

void SqliteCompiler::source(const SourceNode &node)
{
    if (node.lateral)
        unsupported("LATERAL");
    Compiler::source(node);
}

void SqliteCompiler::valuesSource(const SourceNode &node)
{
    // VALUES has no names for its columns here but column1, column2…
    write("(SELECT ");
    for (std::size_t i = 0; i < node.columns.size(); ++i)
        write((i ? ", column" : "column") + std::to_string(i + 1) + " AS " + quote(node.columns[i]));
    write(" FROM (");
    valuesRows(node.rows);
    write("))");
    aliasOf(node);
}

void SqliteCompiler::tail(const Tail &tail, bool isCompound)
{
    if (tail.limit.isEmpty() && !tail.offset.isEmpty()) {
        Tail all = tail;
        all.limit = inlined(-1);
        return Compiler::tail(all, isCompound);
    }
    Compiler::tail(tail, isCompound);
}

std::string SqliteCompiler::setOperator(const std::string &op) const
{
    if (op == "INTERSECT ALL" || op == "EXCEPT ALL")
        unsupported(op);
    return op;
}

void SqliteCompiler::compound(const CompoundNode &node, bool needsNames) { Compiler::compound(node, needsNames); }

void SqliteCompiler::compoundPart(const StatementNode &node, bool needsNames)
{
    // Parentheses are no part of its UNION; a query around it means the same.
    write("SELECT * FROM ");
    Compiler::compoundPart(node, needsNames);
}

void SqliteCompiler::insert(const InsertNode &node)
{
    if (node.query && node.upsert && node.query->kind == Statement::Kind::Select) {
        const auto &select = static_cast<const SelectNode &>(*node.query);
        if (select.where.isEmpty()) {
            // ON would be read as the condition of a join.
            auto guarded = std::make_shared<SelectNode>(select);
            guarded->where = true_();
            InsertNode changed = node;
            changed.query = std::move(guarded);
            return Compiler::insert(changed);
        }
    }
    Compiler::insert(node);
}

} // namespace schemawright
