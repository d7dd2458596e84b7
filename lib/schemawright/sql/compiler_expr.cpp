#include "schemawright/base/error.h"
#include "schemawright/sql/compiler.h"
#include "schemawright/sql/from.h"
#include "schemawright/sql/functions.h"

#include <algorithm>

namespace schemawright {

namespace {

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

} // namespace schemawright
