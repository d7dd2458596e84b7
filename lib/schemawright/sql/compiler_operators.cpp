#include "schemawright/base/error.h"
#include "schemawright/sql/compiler.h"
#include "schemawright/sql/functions.h"

#include <algorithm>

namespace schemawright {

namespace {

std::string_view spelling(Operator op)
{
    switch (op) {
    case Operator::Equal:
        return " = ";
    case Operator::NotEqual:
        return " != ";
    case Operator::Less:
        return " < ";
    case Operator::LessEqual:
        return " <= ";
    case Operator::Greater:
        return " > ";
    case Operator::GreaterEqual:
        return " >= ";
    case Operator::Add:
        return " + ";
    case Operator::Subtract:
        return " - ";
    case Operator::Multiply:
        return " * ";
    case Operator::Divide:
    case Operator::FloorDivide:
        return " / ";
    case Operator::Modulo:
        return " % ";
    case Operator::BitAnd:
        return " & ";
    case Operator::BitOr:
        return " | ";
    case Operator::BitXor:
        return " ^ ";
    case Operator::ShiftLeft:
        return " << ";
    case Operator::ShiftRight:
        return " >> ";
    default:
        return {};
    }
}

/// (a, b) < (x, y) in parts: a < x, or a = x and b < y.
Expr compareParts(Operator op, const std::vector<Expr> &a, const std::vector<Expr> &b, std::size_t from = 0)
{
    if (from + 1 == a.size())
        return compareExpr(op, a[from], b[from]);
    if (op == Operator::Equal || op == Operator::NotEqual) {
        const Expr first = compareExpr(op, a[from], b[from]), rest = compareParts(op, a, b, from + 1);
        return op == Operator::Equal ? and_({first, rest}) : or_({first, rest});
    }
    const Operator strict = op == Operator::LessEqual      ? Operator::Less
                            : op == Operator::GreaterEqual ? Operator::Greater
                                                           : op;
    return or_({compareExpr(strict, a[from], b[from]),
                and_({compareExpr(Operator::Equal, a[from], b[from]), compareParts(op, a, b, from + 1)})});
}

} // namespace

void Compiler::constant(const ExprNode &node, bool asCondition)
{
    switch (node.op) {
    case Operator::Null:
        return write("NULL");
    case Operator::Default:
        if (!hasDefaultKeyword())
            unsupported("DEFAULT as a value");
        return write("DEFAULT");
    case Operator::Star:
        return write("*");
    default:
        break;
    }
    const bool truth = node.op == Operator::True;
    if (hasBooleans())
        write(truth ? "true" : "false");
    else if (asCondition)
        write(truth ? "1 = 1" : "0 = 1");
    else
        write(truth ? "1" : "0");
}

void Compiler::nary(const ExprNode &node)
{
    const std::string_view word = node.op == Operator::And ? " AND " : " OR ";
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
        write(i ? word : std::string_view());
        conditionOperand(node.arguments[i], node.precedence);
    }
}

void Compiler::unary(const ExprNode &node)
{
    const Expr &a = node.arguments.front();
    switch (node.op) {
    case Operator::Not:
        if (a.node().yields == TypeKind::Boolean && !isPredicate(a.node()) && !hasBooleans()) {
            operand(a, precedence::Compare);
            return write(" = 0");
        }
        write("NOT ");
        return conditionOperand(a, precedence::Not);
    case Operator::IsNull:
    case Operator::IsNotNull:
        if (a.node().kind == ExprKind::Bind && !options_.literals)
            untypedValue(a.node());
        else
            operand(a, precedence::Compare);
        return write(node.op == Operator::IsNull ? " IS NULL" : " IS NOT NULL");
    case Operator::DistinctValues:
        write("DISTINCT ");
        return expr(a);
    case Operator::BitNot:
        return bitOperation(node);
    default:
        break;
    }
    write("-");
    if (a.node().kind == ExprKind::Bind && !options_.literals)
        lonelyValue(a.node());
    else
        operand(a, precedence::Sign);
}

void Compiler::binary(const ExprNode &node)
{
    const Expr &a = node.arguments[0], &b = node.arguments[1];
    switch (node.op) {
    case Operator::Same:
    case Operator::Distinct:
        return distinctFrom(node);
    case Operator::Divide:
        return divide(node);
    case Operator::FloorDivide:
        return floorDivide(node);
    case Operator::Modulo:
        return modulo(node);
    case Operator::BitAnd:
    case Operator::BitOr:
    case Operator::BitXor:
    case Operator::ShiftLeft:
    case Operator::ShiftRight:
        return bitOperation(node);
    default:
        break;
    }
    if (isComparison(node.op) && !hasRowComparisons() && a.node().kind == ExprKind::Tuple &&
        b.node().kind == ExprKind::Tuple) {
        const auto &x = a.node().arguments, &y = b.node().arguments;
        if (x.size() != y.size() || x.empty())
            throw Error(ErrorKind::Misuse, "row values of different lengths are compared");
        write("(");
        condition(compareParts(node.op, x, y));
        return write(")");
    }
    if (isComparison(node.op) && a.node().kind == ExprKind::Tuple && b.node().kind == ExprKind::Tuple &&
        a.node().arguments.size() == b.node().arguments.size()) {
        tupleBeside(a.node(), b.node());
        write(spelling(node.op));
        return tupleBeside(b.node(), a.node());
    }
    // a - b - c needs no parentheses, a - (b - c) does.
    const bool isArithmetic = !isComparison(node.op);
    operandBeside(a, b, isArithmetic ? node.precedence - 1 : node.precedence);
    write(spelling(node.op));
    operandBeside(b, a, node.precedence);
}

void Compiler::tupleBeside(const ExprNode &row, const ExprNode &other)
{
    write("(");
    for (std::size_t i = 0; i < row.arguments.size(); ++i) {
        write(i ? ", " : "");
        if (i < other.arguments.size())
            operandBeside(row.arguments[i], other.arguments[i], precedence::Loosest);
        else
            expr(row.arguments[i]);
    }
    write(")");
}

void Compiler::leftOfMany(const Expr &e, const Expr &other)
{
    if (e.node().kind == ExprKind::Bind && !options_.literals)
        lonelyValue(e.node()); // what stands right of it may be of several types
    else
        operandBeside(e, other, precedence::Compare);
}

void Compiler::divide(const ExprNode &node)
{
    operandBeside(node.arguments[0], node.arguments[1], node.precedence - 1);
    write(" / ");
    operandBeside(node.arguments[1], node.arguments[0], node.precedence);
}

void Compiler::floorDivide(const ExprNode &node)
{
    write("FLOOR(");
    operandBeside(node.arguments[0], node.arguments[1], node.precedence - 1);
    write(" / ");
    operandBeside(node.arguments[1], node.arguments[0], node.precedence);
    write(")");
}

void Compiler::modulo(const ExprNode &node)
{
    operandBeside(node.arguments[0], node.arguments[1], node.precedence - 1);
    write(" % ");
    operandBeside(node.arguments[1], node.arguments[0], node.precedence);
}

void Compiler::bitOperation(const ExprNode &node)
{
    if (node.op == Operator::BitNot) {
        write("~");
        return operand(node.arguments.front(), precedence::Sign);
    }
    operandBeside(node.arguments[0], node.arguments[1], node.precedence);
    write(spelling(node.op));
    operandBeside(node.arguments[1], node.arguments[0], node.precedence);
}

void Compiler::distinctFrom(const ExprNode &node)
{
    operandBeside(node.arguments[0], node.arguments[1], precedence::Compare);
    write(node.op == Operator::Same ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
    operandBeside(node.arguments[1], node.arguments[0], precedence::Compare);
}

void Compiler::concat(const std::vector<Expr> &parts)
{
    for (std::size_t i = 0; i < parts.size(); ++i) {
        write(i ? " || " : "");
        operand(parts[i],
                parts[i].node().precedence == precedence::Multiply || parts[i].node().precedence == precedence::Add
                    ? precedence::Multiply
                    : precedence::Other);
    }
}

void Compiler::custom(const ExprNode &node)
{
    if (node.op == Operator::PostgresOnly)
        unsupported("operator " + node.text);
    if (node.arguments.size() == 1) {
        write(node.text + " ");
        return operand(node.arguments[0], precedence::Sign);
    }
    operand(node.arguments[0], precedence::Multiply);
    write(" " + node.text + " ");
    if (node.arguments[1].node().kind == ExprKind::Bind)
        valueBeside(node.arguments[1].node(), TypeKind::Unknown);
    else
        operand(node.arguments[1], precedence::Multiply);
}

void Compiler::like(const ExprNode &node)
{
    const auto folded = [&](const Expr &e) {
        if (!node.ignoreCase)
            return operand(e, precedence::Compare);
        write("lower(");
        expr(e);
        write(")");
    };
    folded(node.arguments[0]);
    write(node.negated ? " NOT LIKE " : " LIKE ");
    if (node.wildBefore || node.wildAfter) {
        std::vector<Expr> parts;
        if (node.wildBefore)
            parts.push_back(inlined("%"));
        parts.push_back(node.ignoreCase ? schemawright::function("lower", node.arguments[1]) : node.arguments[1]);
        if (node.wildAfter)
            parts.push_back(inlined("%"));
        concat(parts);
    } else
        folded(node.arguments[1]);
    if (!node.value.isNull())
        write(" ESCAPE " + literal(node.value));
}

void Compiler::regexp(const ExprNode &) { unsupported("regular expressions"); }

void Compiler::regexpReplace(const ExprNode &node)
{
    write("REGEXP_REPLACE(");
    list(node.arguments);
    if (const auto *flags = node.value.as<std::string>(); flags && !flags->empty())
        write(", " + literal(node.value));
    write(")");
}

void Compiler::between(const ExprNode &node)
{
    if (node.symmetric)
        unsupported("BETWEEN SYMMETRIC");
    const auto &parts = node.arguments;
    leftOfMany(parts[0], parts[1]);
    write(node.negated ? " NOT BETWEEN " : " BETWEEN ");
    operandBeside(parts[1], parts[0], precedence::Compare);
    write(" AND ");
    operandBeside(parts[2], parts[0], precedence::Compare);
}

void Compiler::in(const ExprNode &node)
{
    const char *word = node.negated ? " NOT IN " : " IN ";
    const auto &parts = node.arguments;
    if (node.query) {
        operand(parts[0], precedence::Compare);
        write(word);
        return listQuery(*node.query);
    }
    if (parts.size() == 1)
        return constant(node.negated ? true_().node() : false_().node(), true);
    if (parts[0].node().kind == ExprKind::Tuple)
        return inTuples(node);
    const std::size_t most = maxInList() ? maxInList() : parts.size();
    const bool isSplit = parts.size() - 1 > most;
    write(isSplit ? "(" : "");
    for (std::size_t first = 1; first < parts.size(); first += most) {
        if (first > 1)
            write(node.negated ? " AND " : " OR ");
        leftOfMany(parts[0], parts[1]);
        write(word);
        write("(");
        for (std::size_t i = first; i < parts.size() && i < first + most; ++i) {
            write(i > first ? ", " : "");
            operandBeside(parts[i], parts[0], precedence::Loosest);
        }
        write(")");
    }
    write(isSplit ? ")" : "");
}

void Compiler::inTuples(const ExprNode &node)
{
    const auto &parts = node.arguments;
    if (!hasRowValues()) {
        // Written out it means the same.
        std::vector<Expr> rows;
        for (std::size_t i = 1; i < parts.size(); ++i)
            rows.push_back(compareExpr(Operator::Equal, parts[0], parts[i]));
        if (node.negated) {
            write("NOT (");
        } else if (rows.size() > 1)
            write("(");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            write(i ? " OR " : "");
            condition(rows[i]);
        }
        if (node.negated || rows.size() > 1)
            write(")");
        return;
    }
    tupleBeside(parts[0].node(), parts[1].node());
    write(node.negated ? " NOT IN (" : " IN (");
    for (std::size_t i = 1; i < parts.size(); ++i) {
        write(i > 1 ? ", " : "");
        if (parts[i].node().kind == ExprKind::Tuple)
            tupleBeside(parts[i].node(), parts[0].node());
        else
            expr(parts[i]);
    }
    write(")");
}

void Compiler::quantified(const ExprNode &node)
{
    write(node.text + " ");
    if (node.query)
        return listQuery(*node.query);
    unsupported(node.text + " over an array");
}

} // namespace schemawright
