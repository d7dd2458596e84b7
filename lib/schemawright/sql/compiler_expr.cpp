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

bool isSameTable(const TablePtr &a, const TablePtr &b) { return a == b || (a && b && a->name == b->name); }

/// Anywhere but in the list of columns a label stands for its expression.
const Expr &withoutLabel(const Expr &e)
{
    const Expr *inner = &e;
    while (inner->node().kind == ExprKind::Label)
        inner = &inner->node().arguments.front();
    return *inner;
}

/// A condition that is true or false whatever its operands are.
bool isNeverNull(const ExprNode &node)
{
    switch (node.kind) {
    case ExprKind::Exists:
        return true;
    case ExprKind::Unary:
        return node.op == Operator::IsNull || node.op == Operator::IsNotNull ||
               (node.op == Operator::Not && isNeverNull(node.arguments.front().node()));
    case ExprKind::Binary:
        return node.op == Operator::Same || node.op == Operator::Distinct;
    case ExprKind::Nary:
        return std::ranges::all_of(node.arguments, [](const Expr &e) { return isNeverNull(e.node()); });
    default:
        return false;
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

bool isComparison(Operator op) { return op >= Operator::Equal && op <= Operator::GreaterEqual; }

} // namespace

// Small parts.

void Compiler::placeholder(std::size_t, const std::string &) { write("?"); }

void Compiler::value(const ExprNode &node)
{
    const bool isNamed = node.kind == ExprKind::Parameter;
    if (options_.literals)
        return write(isNamed && node.value.isNull() ? "<" + node.text + ">" : literal(node.value));
    if (inlinesValues_ && !(isNamed && node.value.isNull())) {
        isReusable_ = false;
        return write(literal(node.value));
    }
    const bool isOfKey = !keyValues_.empty() && std::ranges::find(keyValues_, &node) != keyValues_.end();
    if (isOfKey && keyValues() == KeyValues::Inlined && !(isNamed && node.value.isNull())) {
        isReusable_ = false;
        return write(literal(node.value));
    }
    const std::string name = isNamed ? node.text : std::string();
    if (isOfKey)
        for (std::size_t i = 0; i < origins_.size(); ++i)
            if (origins_[i] == &node)
                return placeholder(i + 1, name);
    if (isNamed && reusesNamedParameters())
        for (std::size_t i = 0; i < parameters_.size(); ++i)
            if (parameters_[i].name == name && parameters_[i].value == node.value)
                return placeholder(i + 1, name);
    parameters_.push_back({node.value, name});
    origins_.push_back(&node);
    placeholder(parameters_.size(), name);
}

void Compiler::madeValue(const Value &made)
{
    if (options_.literals)
        return write(literal(made));
    parameters_.push_back({made, {}});
    origins_.push_back(nullptr);
    placeholder(parameters_.size(), {});
}

void Compiler::madeParameter(const std::string &name)
{
    if (options_.literals)
        return write("<" + name + ">");
    parameters_.push_back({{}, name});
    origins_.push_back(nullptr);
    placeholder(parameters_.size(), name);
}

void Compiler::inlineValue(const Expr &e)
{
    const ExprNode &node = e.node();
    if (node.kind != ExprKind::Bind && node.kind != ExprKind::Parameter)
        return expr(e);
    if (node.kind == ExprKind::Parameter && node.value.isNull())
        return value(node);
    isReusable_ = false;
    write(literal(node.value));
}

void Compiler::valueBeside(const ExprNode &node, TypeKind) { value(node); }

bool Compiler::isLonelyPair(const Expr &a, const Expr &b) const
{
    const auto isBound = [](const Expr &e) { return e.node().kind == ExprKind::Bind; };
    return isBound(a) && isBound(b);
}

bool Compiler::isPredicate(const ExprNode &node)
{
    switch (node.kind) {
    case ExprKind::Like:
    case ExprKind::Regexp:
    case ExprKind::Between:
    case ExprKind::In:
    case ExprKind::Exists:
    case ExprKind::MatchAgainst:
    case ExprKind::Match:
        return true;
    case ExprKind::Custom:
        return node.yields == TypeKind::Boolean;
    case ExprKind::Nary:
        return node.op != Operator::Concat;
    case ExprKind::Unary:
        return node.op == Operator::Not || node.op == Operator::IsNull || node.op == Operator::IsNotNull;
    case ExprKind::Binary:
        return isComparison(node.op) || node.op == Operator::Same || node.op == Operator::Distinct;
    default:
        return false;
    }
}

void Compiler::expr(const Expr &labelled)
{
    const Expr &e = keyValues_.empty() ? withoutLabel(labelled) : asGroupKey(withoutLabel(labelled));
    if (!hasConditionValues() && isPredicate(e.node()))
        return conditionAsValue(e);
    expression(e.node());
}

void Compiler::conditionAsValue(const Expr &e)
{
    const ExprNode &node = e.node();
    if (node.kind == ExprKind::In && !node.query && node.arguments.size() == 1)
        return constant(node.negated ? true_().node() : false_().node(), false);
    write("CASE WHEN ");
    condition(e);
    // What is neither true nor false stays NULL.
    if (isNeverNull(node))
        return write(" THEN 1 ELSE 0 END");
    write(" THEN 1 WHEN ");
    condition(not_(e));
    write(" THEN 0 END");
}

void Compiler::condition(const Expr &labelled)
{
    const Expr &e = withoutLabel(labelled);
    const ExprNode &node = e.node();
    if (node.kind == ExprKind::Constant && (node.op == Operator::True || node.op == Operator::False))
        return constant(node, true);
    if (node.kind == ExprKind::Nary && node.op != Operator::Concat)
        return nary(node);
    if (node.yields == TypeKind::Boolean && !isPredicate(node) && !hasBooleans()) {
        expression(node);
        return write(" = 1");
    }
    expression(node);
}

void Compiler::operand(const Expr &labelled, int level)
{
    const Expr &e = withoutLabel(labelled);
    // A negative number directly behind a sign would begin a comment.
    const bool isNegativeLiteral =
        level >= precedence::Sign && (options_.literals || e.node().kind == ExprKind::Literal) &&
        e.node().arguments.empty() && (e.node().kind == ExprKind::Bind || e.node().kind == ExprKind::Literal) &&
        e.node().value.text().starts_with('-');
    const bool becomesCase = !hasConditionValues() && isPredicate(e.node());
    if ((e.node().precedence > level || becomesCase) && !isNegativeLiteral)
        return expr(e);
    write("(");
    expr(e);
    write(")");
}

void Compiler::operandBeside(const Expr &labelled, const Expr &other, int level)
{
    const Expr &e = withoutLabel(labelled);
    if (e.node().kind != ExprKind::Bind || options_.literals)
        return operand(e, level);
    if (other.node().kind == ExprKind::Bind)
        return lonelyValue(e.node());
    valueBeside(e.node(), other.node().yields);
}

void Compiler::conditionOperand(const Expr &labelled, int level)
{
    const Expr &e = withoutLabel(labelled);
    const ExprNode &node = e.node();
    const bool becomesComparison = node.yields == TypeKind::Boolean && !isPredicate(node) && !hasBooleans();
    const int own = becomesComparison ? precedence::Compare : node.precedence;
    if (own > level)
        return condition(e);
    write("(");
    condition(e);
    write(")");
}

void Compiler::lonely(const Expr &labelled)
{
    const Expr &e = withoutLabel(labelled);
    if (e.node().kind == ExprKind::Bind && !options_.literals)
        lonelyValue(e.node());
    else
        expr(e);
}

void Compiler::list(const std::vector<Expr> &all)
{
    for (std::size_t i = 0; i < all.size(); ++i) {
        write(i ? ", " : "");
        expr(all[i]);
    }
}

void Compiler::lonelyList(const std::vector<Expr> &all)
{
    for (std::size_t i = 0; i < all.size(); ++i) {
        write(i ? ", " : "");
        lonely(all[i]);
    }
}

void Compiler::orderList(const std::vector<Expr> &all)
{
    for (std::size_t i = 0; i < all.size(); ++i) {
        write(i ? ", " : "");
        if (all[i].node().kind == ExprKind::Order)
            orderItem(all[i].node());
        else
            orderKey(all[i]);
    }
}

void Compiler::column(const ExprNode &node)
{
    if (!node.table && !node.source)
        return write(quote(node.text));
    const SourceNode *found = nullptr;
    const Scope *where = nullptr;
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend() && !found; ++scope) {
        if (scope->isHidden)
            continue;
        for (const SourceNode *source : scope->sources)
            if (node.source ? source == node.source.get()
                            : source->kind == SourceKind::Table && isSameTable(source->table, node.table)) {
                found = source;
                where = &*scope;
                break;
            }
    }
    if (!found) {
        const std::string table = node.table                  ? node.table->name.text()
                                  : node.source->name.empty() ? std::string("a subquery")
                                                              : node.source->name;
        throw Error(ErrorKind::Misuse,
                    "the column " + (node.table || !node.source->name.empty() ? table + "." : std::string()) +
                        node.text + " stands in " + (scopes_.empty() ? "the statement" : scopes_.back().clause) +
                        ", but " + table + " is not in FROM")
            .withHint("Add the table with from() or a join.");
    }
    const bool isOther = found != where->sources.front();
    if (isOther && where->isReturning)
        unsupported("RETURNING of another table's column (" + node.text + ")");
    // Inside of a subquery a bare name could be that of one of its own columns.
    if (!where->isBare || where != &scopes_.back()) {
        if (rowImage_ && where == &scopes_.front() && !isOther)
            write(std::string(rowImage_) + ".");
        else {
            if (found->kind == SourceKind::Table && !found->table->name.schema.empty())
                write(quote(found->table->name.schema) + ".");
            write(quote(sourceName(*found)) + ".");
        }
    }
    write(quote(node.text));
}

void Compiler::text(const ExprNode &node)
{
    // A ? inside quotes or a comment is no parameter.
    const std::string &sql = node.text;
    std::size_t next = 0, copied = 0;
    const auto skipTo = [&](std::size_t from, std::string_view end) {
        const std::size_t at = sql.find(end, from);
        return at == std::string::npos ? sql.size() : at + end.size();
    };
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        if (c == '\'' || c == '"' || c == '`')
            i = skipTo(i + 1, std::string_view(&sql[i], 1));
        else if (c == '-' && sql.compare(i, 2, "--") == 0)
            i = skipTo(i, "\n");
        else if (c == '/' && sql.compare(i, 2, "/*") == 0)
            i = skipTo(i + 2, "*/");
        else if (c == '?' && next < node.arguments.size()) {
            out_.append(sql, copied, i - copied);
            operand(node.arguments[next++], precedence::Loosest);
            copied = ++i;
        } else
            ++i;
    }
    out_.append(sql, copied);
    if (next != node.arguments.size())
        throw Error(ErrorKind::Misuse, "a text has more values than question marks").withSql(sql);
}

void Compiler::expression(const ExprNode &node)
{
    switch (node.kind) {
    case ExprKind::Column:
        return column(node);
    case ExprKind::Bind:
    case ExprKind::Parameter:
        return value(node);
    case ExprKind::Literal:
        return write(literal(node.value));
    case ExprKind::Text:
        return text(node);
    case ExprKind::Constant:
        return constant(node, false);
    case ExprKind::Unary:
        return unary(node);
    case ExprKind::Binary:
        return binary(node);
    case ExprKind::Nary:
        return node.op == Operator::Concat ? concat(node.arguments) : nary(node);
    case ExprKind::Custom:
        return custom(node);
    case ExprKind::Like:
        return like(node);
    case ExprKind::Regexp:
        return regexp(node);
    case ExprKind::RegexpReplace:
        return regexpReplace(node);
    case ExprKind::Between:
        return between(node);
    case ExprKind::In:
        return in(node);
    case ExprKind::Exists:
        write("EXISTS ");
        return subquery(*node.query);
    case ExprKind::Subquery:
        return subquery(*node.query);
    case ExprKind::Quantified:
        return quantified(node);
    case ExprKind::Case:
        return caseWhen(node);
    case ExprKind::Cast:
        return cast(node);
    case ExprKind::Extract:
        return extract(node);
    case ExprKind::Collate:
        return collate(node);
    case ExprKind::Function:
        return node.text == "aggregate_strings" ? aggregateStrings(node) : function(node);
    case ExprKind::Filter:
        return filter(node);
    case ExprKind::Over:
        return over(node);
    case ExprKind::WithinGroup:
        return withinGroup(node);
    case ExprKind::AggregateOrder:
        if (!hasAggregateOrder())
            unsupported("ORDER BY inside an aggregate");
        expr(node.arguments.front());
        write(" ORDER BY ");
        return orderList({node.arguments.begin() + 1, node.arguments.end()});
    case ExprKind::Tuple:
        if (!hasRowValues())
            unsupported("row value");
        write("(");
        list(node.arguments);
        return write(")");
    case ExprKind::Array:
        return array(node);
    case ExprKind::Element:
    case ExprKind::Slice:
        return element(node);
    case ExprKind::Json:
        return json(node);
    case ExprKind::Label:
        return expr(node.arguments.front());
    case ExprKind::Order:
        return orderItem(node);
    case ExprKind::NextValue:
        return nextValue(node);
    case ExprKind::Excluded:
        return excluded(node);
    case ExprKind::MatchAgainst:
        return matchAgainst(node);
    case ExprKind::Match:
        return match(node);
    }
}

// Constructs.

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
        return subquery(*node.query);
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
        return subquery(*node.query);
    unsupported(node.text + " over an array");
}

void Compiler::caseWhen(const ExprNode &node)
{
    const auto &parts = node.arguments;
    std::size_t i = 0;
    write("CASE");
    const Expr *operandOf = nullptr;
    if (node.hasOperand) {
        operandOf = &parts[i++];
        write(" ");
        lonely(*operandOf);
    }
    for (; i + 1 < parts.size() + (node.hasElse ? 0 : 1) && i + 1 < parts.size(); i += 2) {
        write(" WHEN ");
        if (operandOf)
            operandBeside(parts[i], *operandOf, precedence::Loosest);
        else
            condition(parts[i]);
        write(" THEN ");
        lonely(parts[i + 1]);
    }
    if (node.hasElse) {
        write(" ELSE ");
        lonely(parts.back());
    }
    write(" END");
}

void Compiler::cast(const ExprNode &node)
{
    write("CAST(");
    expr(node.arguments.front());
    write(" AS " + castType(*node.type) + ")");
}

void Compiler::extract(const ExprNode &node)
{
    write("EXTRACT(" + node.text + " FROM ");
    lonely(node.arguments.front());
    write(")");
}

void Compiler::collate(const ExprNode &node)
{
    operand(node.arguments.front(), precedence::Sign);
    write(" COLLATE " + quote(node.text));
}

void Compiler::functionName(std::string_view name)
{
    // Dots part schemas; a part that is no plain word is quoted.
    for (std::size_t from = 0; from <= name.size();) {
        const std::size_t dot = std::min(name.find('.', from), name.size());
        const std::string_view part = name.substr(from, dot - from);
        const bool isWord =
            !part.empty() && !(part[0] >= '0' && part[0] <= '9') && std::ranges::all_of(part, [](unsigned char c) {
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                       c == '$' || c >= 0x80;
            });
        write(from ? "." : "");
        write(isWord ? std::string(part) : quote(part));
        from = dot + 1;
    }
}

void Compiler::argumentsOf(const ExprNode &node)
{
    write("(");
    lonelyList(node.arguments);
    write(")");
}

void Compiler::function(const ExprNode &node)
{
    // Standard SQL calls these without parentheses.
    static constexpr std::string_view bare[] = {"current_timestamp", "current_date", "current_time", "localtime",
                                                "localtimestamp",    "current_user", "session_user", "current_role"};
    if (node.arguments.empty() && std::ranges::find(bare, node.text) != std::end(bare)) {
        for (const char c : node.text)
            out_ += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        return;
    }
    if (node.text == "grouping_sets" || node.text == "cube" || node.text == "rollup") {
        if (!hasGroupingSets())
            unsupported(node.text == "grouping_sets" ? "GROUPING SETS" : node.text);
        write(node.text == "grouping_sets" ? "GROUPING SETS (" : node.text == "cube" ? "CUBE (" : "ROLLUP (");
        for (std::size_t i = 0; i < node.arguments.size(); ++i) {
            write(i ? ", " : "");
            const bool isSet = node.arguments[i].node().kind == ExprKind::Tuple; // no row value, a list of keys
            write(isSet ? "(" : "");
            isSet ? list(node.arguments[i].node().arguments) : expr(node.arguments[i]);
            write(isSet ? ")" : "");
        }
        return write(")");
    }
    functionName(node.text);
    argumentsOf(node);
}

bool Compiler::isDistinctText(const ExprNode &node)
{
    const ExprNode *text = &node.arguments.front().node();
    if (text->kind == ExprKind::AggregateOrder)
        text = &text->arguments.front().node();
    return text->op == Operator::DistinctValues;
}

void Compiler::joinedStrings(const char *name, const ExprNode &node)
{
    write(name);
    const ExprNode &text = node.arguments.front().node();
    if (text.kind != ExprKind::AggregateOrder)
        return argumentsOf(node);
    if (!hasAggregateOrder() && !hasWithinGroup())
        unsupported("ORDER BY inside an aggregate");
    write("(");
    list({text.arguments.front(), node.arguments[1]});
    write(hasAggregateOrder() ? " ORDER BY " : ") WITHIN GROUP (ORDER BY ");
    orderList({text.arguments.begin() + 1, text.arguments.end()});
    write(")");
}

void Compiler::filter(const ExprNode &node)
{
    if (!hasFilter())
        unsupported("FILTER of an aggregate");
    expr(node.arguments[0]);
    write(" FILTER (WHERE ");
    condition(node.arguments[1]);
    write(")");
}

void Compiler::withinGroup(const ExprNode &node)
{
    if (!hasWithinGroup())
        unsupported("WITHIN GROUP");
    expr(node.arguments.front());
    write(" WITHIN GROUP (ORDER BY ");
    orderList({node.arguments.begin() + 1, node.arguments.end()});
    write(")");
}

void Compiler::over(const ExprNode &node)
{
    expr(node.arguments.front());
    write(" OVER (");
    const WindowNode &window = *node.window;
    if (!window.partition.empty()) {
        write("PARTITION BY ");
        list(window.partition);
    }
    if (!window.order.empty()) {
        write(window.partition.empty() ? "ORDER BY " : " ORDER BY ");
        orderList(window.order);
    }
    if (window.frame) {
        write(window.partition.empty() && window.order.empty() ? "" : " ");
        frame(*window.frame);
    }
    write(")");
}

void Compiler::frame(const WindowFrame &frame)
{
    if (frame.unit == WindowFrame::Unit::Groups && !hasGroupsFrame())
        unsupported("GROUPS frame of a window");
    static constexpr const char *units[] = {"ROWS", "RANGE", "GROUPS"};
    write(units[static_cast<int>(frame.unit)]);
    const auto end = [this](const FrameBound &bound) {
        switch (bound.kind) {
        case FrameBound::Kind::UnboundedPreceding:
            return write("UNBOUNDED PRECEDING");
        case FrameBound::Kind::UnboundedFollowing:
            return write("UNBOUNDED FOLLOWING");
        case FrameBound::Kind::CurrentRow:
            return write("CURRENT ROW");
        default:
            operand(bound.offset, precedence::Loosest);
            write(bound.kind == FrameBound::Kind::Preceding ? " PRECEDING" : " FOLLOWING");
        }
    };
    write(" BETWEEN ");
    end(frame.from);
    write(" AND ");
    end(frame.to);
    if (frame.exclude == WindowFrame::Exclude::Nothing)
        return;
    if (!hasGroupsFrame())
        unsupported("EXCLUDE in the frame of a window");
    static constexpr const char *excluded[] = {"", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES"};
    write(excluded[static_cast<int>(frame.exclude)]);
}

void Compiler::array(const ExprNode &) { unsupported("arrays"); }
void Compiler::element(const ExprNode &) { unsupported("arrays"); }
void Compiler::json(const ExprNode &) { unsupported("JSON paths"); }

std::string Compiler::jsonPath(const ExprNode &node) const
{
    std::string path = "$";
    for (std::size_t i = 1; i < node.arguments.size(); ++i) {
        const Value &step = node.arguments[i].node().value;
        if (step.is<std::int64_t>()) {
            path += "[" + step.text() + "]";
            continue;
        }
        path += ".\"";
        for (const char c : step.text())
            path += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
        path += '"';
    }
    return path;
}

void Compiler::orderKey(const Expr &e)
{
    const bool isOfQuery = std::exchange(isOrderOfQuery_, false);
    const ExprNode &node = e.node();
    const auto isSelected = [&](const Expr &column) {
        return column.node().kind == ExprKind::Label && column.node().text == node.text &&
               &column.node().arguments.front().node() == &node.arguments.front().node();
    };
    if (isOfQuery && node.kind == ExprKind::Label && currentSelect_ && (ordersByLabel() || isOrderOfCompound_) &&
        std::ranges::any_of(currentSelect_->columns, isSelected))
        write(quote(node.text)); // what is selected is named instead of written out again
    else if (isOfQuery && isOrderOfCompound_ && node.kind == ExprKind::Column)
        write(quote(node.text)); // the rows of a UNION have no table
    else
        expr(isOfQuery && currentSelect_ && (currentSelect_->distinct || !currentSelect_->groupBy.empty())
                 ? asSelected(e)
                 : e);
    isOrderOfQuery_ = isOfQuery;
}

void Compiler::orderItem(const ExprNode &node)
{
    orderKey(node.arguments.front());
    write(node.descending ? " DESC" : node.ascending ? " ASC" : "");
    if (node.nulls != NullsOrder::Unsaid)
        write(node.nulls == NullsOrder::First ? " NULLS FIRST" : " NULLS LAST");
}

void Compiler::nextValue(const ExprNode &) { unsupported("sequences"); }

void Compiler::excluded(const ExprNode &node) { write("excluded." + quote(node.text)); }

void Compiler::matchAgainst(const ExprNode &) { unsupported("MATCH … AGAINST"); }

void Compiler::match(const ExprNode &node) { around("", node, " MATCH ", ""); }

void Compiler::around(const char *before, const ExprNode &node, const char *between, const char *after)
{
    write(before);
    operand(node.arguments[0], precedence::Compare);
    write(between);
    operand(node.arguments[1], precedence::Compare);
    write(after);
}

} // namespace schemawright
