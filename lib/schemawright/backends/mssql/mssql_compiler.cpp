#include "schemawright/backends/mssql/mssql_compiler.h"

#include "schemawright/backends/mssql/mssql_dialect.h"
#include "schemawright/base/error.h"

#include <algorithm>
#include <array>

namespace schemawright {

namespace {

const MssqlDialect &dialect()
{
    static const MssqlDialect one;
    return one;
}

bool isInteger(TypeKind kind)
{
    return kind == TypeKind::SmallInteger || kind == TypeKind::Integer || kind == TypeKind::BigInteger;
}

bool isTop(const Tail &tail) { return !tail.limit.isEmpty() && tail.offset.isEmpty(); }

bool isAlwaysTrue(const Expr &e)
{
    return e.isEmpty() || (e.node().kind == ExprKind::Constant && e.node().op == Operator::True);
}

} // namespace

std::string MssqlCompiler::quote(std::string_view identifier) const { return dialect().quote(identifier); }
std::string MssqlCompiler::literal(const Value &value) const { return dialect().literal(value); }
std::string MssqlCompiler::castType(const Type &type) const { return dialect().typeSql(type); }

void MssqlCompiler::divide(const ExprNode &node)
{
    const Expr &a = node.arguments[0], &b = node.arguments[1];
    operand(a, node.precedence - 1);
    write(" / ");
    if (!isInteger(b.node().yields))
        return operand(b, node.precedence);
    write("CAST(");
    expr(b);
    write(" AS NUMERIC)");
}

void MssqlCompiler::floorDivide(const ExprNode &node)
{
    const Expr &a = node.arguments[0], &b = node.arguments[1];
    if (!isInteger(a.node().yields) || !isInteger(b.node().yields))
        return Compiler::floorDivide(node);
    operand(a, node.precedence - 1);
    write(" / ");
    operand(b, node.precedence);
}

void MssqlCompiler::bitOperation(const ExprNode &node) { Compiler::bitOperation(node); }

void MssqlCompiler::concat(const std::vector<Expr> &parts)
{
    for (std::size_t i = 0; i < parts.size(); ++i) {
        write(i ? " + " : "");
        operand(parts[i],
                parts[i].node().precedence == precedence::Multiply || parts[i].node().precedence == precedence::Add
                    ? precedence::Multiply
                    : precedence::Other);
    }
}

void MssqlCompiler::extract(const ExprNode &node)
{
    const auto call = [&](const std::string &before, const char *after) {
        write(before);
        expr(node.arguments.front());
        write(after);
    };
    static constexpr std::array<std::string_view, 8> same{"year", "quarter", "month",  "week",
                                                          "day",  "hour",    "minute", "second"};
    if (std::ranges::find(same, node.text) != same.end())
        return call("DATEPART(" + node.text + ", ", ")");
    if (node.text == "doy")
        return call("DATEPART(dayofyear, ", ")");
    if (node.text == "dow") // Sunday is 0, whatever the session calls the first day
        return call("((DATEPART(weekday, ", ") + @@DATEFIRST + 6) % 7)");
    if (node.text == "epoch")
        return call("DATEDIFF_BIG(second, '1970-01-01', ", ")");
    unsupported("EXTRACT of " + node.text);
}

void MssqlCompiler::function(const ExprNode &node)
{
    if (node.arguments.empty()) {
        if (node.text == "now")
            return write("CURRENT_TIMESTAMP");
        if (node.text == "current_date")
            return write("CAST(GETDATE() AS DATE)");
        if (node.text == "current_time" || node.text == "localtime")
            return write("CAST(GETDATE() AS TIME)");
        if (node.text == "localtimestamp")
            return write("GETDATE()");
    }
    const char *other = node.text == "length" || node.text == "char_length" ? "LEN"
                        : node.text == "substr"                             ? "SUBSTRING"
                                                                            : nullptr;
    if (!other)
        return Compiler::function(node);
    write(other);
    argumentsOf(node);
}

void MssqlCompiler::frame(const WindowFrame &frame)
{
    const auto isCounted = [](const FrameBound &bound) {
        return bound.kind == FrameBound::Kind::Preceding || bound.kind == FrameBound::Kind::Following;
    };
    if (frame.unit == WindowFrame::Unit::Range && (isCounted(frame.from) || isCounted(frame.to)))
        unsupported("RANGE frame with a distance");
    Compiler::frame(frame);
}

void MssqlCompiler::json(const ExprNode &node)
{
    const auto call = [&](const char *function) {
        write(function);
        expr(node.arguments.front());
        write(", ");
        madeValue(Value(jsonPath(node)));
        write(")");
    };
    switch (node.op) {
    case Operator::JsonValue:
        return call("JSON_QUERY(");
    case Operator::JsonText:
        return call("JSON_VALUE(");
    default:
        write("CAST(");
        call("JSON_VALUE(");
        write(node.op == Operator::JsonInteger  ? " AS INTEGER)"
              : node.op == Operator::JsonDouble ? " AS FLOAT)"
                                                : " AS BIT)");
    }
}

void MssqlCompiler::orderItem(const ExprNode &node)
{
    // NULLs come first in ascending order here; otherwise a sort by being NULL goes before.
    const bool wantsFirst = node.nulls == NullsOrder::First;
    if (node.nulls != NullsOrder::Unsaid && wantsFirst == node.descending) {
        write("CASE WHEN ");
        operand(node.arguments.front(), precedence::Compare);
        write(wantsFirst ? " IS NULL THEN 0 ELSE 1 END, " : " IS NULL THEN 1 ELSE 0 END, ");
    }
    orderKey(node.arguments.front());
    write(node.descending ? " DESC" : node.ascending ? " ASC" : "");
}

void MssqlCompiler::aggregateStrings(const ExprNode &node)
{
    if (isDistinctText(node))
        unsupported("DISTINCT in string_agg");
    Compiler::aggregateStrings(node);
}

void MssqlCompiler::insertRows(const InsertNode &node)
{
    if (node.rows.size() > 1000)
        unsupported("INSERT of more than 1000 rows at once (" + std::to_string(node.rows.size()) + ")");
    Compiler::insertRows(node);
}

void MssqlCompiler::nextValue(const ExprNode &node)
{
    write("NEXT VALUE FOR " + (node.value.isNull() ? std::string() : quote(node.value.text()) + ".") +
          quote(node.text));
}

void MssqlCompiler::selectHead(const SelectNode &node)
{
    Compiler::selectHead(node);
    if (!isTop(node.tail))
        return;
    write("TOP ");
    if (node.tail.limit.node().kind == ExprKind::Bind && node.tail.limit.node().value.is<std::int64_t>())
        write(node.tail.limit.node().value.text());
    else {
        write("(");
        expr(node.tail.limit);
        write(")");
    }
    write(node.tail.percent ? " PERCENT" : "");
    write(node.tail.withTies ? " WITH TIES " : " ");
}

void MssqlCompiler::tail(const Tail &tail, bool isCompound)
{
    const bool isLimited = !tail.offset.isEmpty() || (isCompound && !tail.limit.isEmpty());
    // Without a limit an order inside of a subquery is not allowed, and means nothing.
    const bool isOrdered = !tail.order.empty() && (isLimited || isTop(tail) || !isSubquery_);
    if (isOrdered)
        orderBy(tail.order);
    if (!isLimited)
        return;
    if ((tail.percent || tail.withTies) && !tail.limit.isEmpty())
        unsupported("FETCH … PERCENT or WITH TIES behind an OFFSET");
    if (!isOrdered)
        clause("ORDER BY (SELECT NULL)");
    Tail limits = tail;
    if (limits.offset.isEmpty())
        limits.offset = inlined(0);
    offsetFetch(limits);
}

void MssqlCompiler::compoundPart(const StatementNode &node, bool needsNames)
{
    // Parentheses hold no ORDER BY here.
    if (node.kind == Statement::Kind::Compound)
        return Compiler::compoundPart(node, needsNames);
    const bool outer = std::exchange(isSubquery_, true);
    write("SELECT * FROM (");
    query(node, true);
    write(") AS part");
    isSubquery_ = outer;
}

std::string MssqlCompiler::setOperator(const std::string &op) const
{
    if (op == "INTERSECT ALL" || op == "EXCEPT ALL")
        unsupported(op);
    return op;
}

void MssqlCompiler::source(const SourceNode &node)
{
    if (locksTarget_ && node.kind == SourceKind::Table) {
        // The row that is looked for must not come in between.
        locksTarget_ = false;
        Compiler::source(node);
        return write(" WITH (HOLDLOCK)");
    }
    Compiler::source(node);
}

void MssqlCompiler::applied(const SourceNode &node, const char *word)
{
    clause(word);
    const bool outer = std::exchange(isSubquery_, true);
    write("(");
    query(*node.query, true);
    write(")");
    isSubquery_ = outer;
    aliasOf(node);
}

void MssqlCompiler::lateralJoin(const SourceNode &join)
{
    if (!isAlwaysTrue(join.on) || join.join == JoinKind::Right || join.join == JoinKind::Full)
        unsupported("LATERAL join with a condition");
    applied(*join.right, join.join == JoinKind::Left ? "OUTER APPLY " : "CROSS APPLY ");
}

void MssqlCompiler::lateralItem(const SourceNode &node, bool) { applied(node, "CROSS APPLY "); }

void MssqlCompiler::valuesRows(const std::vector<std::vector<Expr>> &rows)
{
    write("SELECT * FROM (");
    Compiler::valuesRows(rows);
    write(") AS v (");
    for (std::size_t i = 1; i <= rows.front().size(); ++i)
        write((i > 1 ? ", column" : "column") + std::to_string(i));
    write(")");
}

void MssqlCompiler::valuesSource(const SourceNode &node)
{
    write("(");
    Compiler::valuesRows(node.rows);
    write(")");
    aliasOf(node);
    write(" (");
    columnNames(node.columns);
    write(")");
}

void MssqlCompiler::output(const std::vector<Expr> &columns, bool isDelete)
{
    if (columns.empty())
        return;
    rowImage_ = isDelete ? "deleted" : "inserted";
    const bool wasBare = std::exchange(scopes().back().isBare, false);
    clause("OUTPUT ");
    for (std::size_t i = 0; i < columns.size(); ++i) {
        write(i ? ", " : "");
        const ExprNode &node = columns[i].node();
        if (node.op == Operator::Star) {
            write(std::string(rowImage_) + ".*");
            continue;
        }
        expr(node.kind == ExprKind::Label ? node.arguments.front() : columns[i]);
        if (node.kind == ExprKind::Label)
            write(" AS " + quote(node.text));
    }
    scopes().back().isBare = wasBare;
    rowImage_ = nullptr;
}

void MssqlCompiler::insert(const InsertNode &node)
{
    if (!node.upsert)
        return Compiler::insert(node);
    if (!node.returning.empty())
        unsupported("OUTPUT of an upsert");
    locksTarget_ = true;
    upsertAsMerge(node);
}

/// What UPDATE and DELETE name: the table, or the alias that it has in their FROM.
void MssqlCompiler::target(const Source &table)
{
    if (table.node().kind == SourceKind::Table)
        source(table.node());
    else
        write(quote(sourceName(table.node())));
}

void MssqlCompiler::targetFrom(const Source &table, const std::vector<Source> &others)
{
    if (others.empty() && table.node().kind == SourceKind::Table)
        return;
    std::vector<Source> all{table};
    all.insert(all.end(), others.begin(), others.end());
    fromList(all);
}

void MssqlCompiler::update(const UpdateNode &node)
{
    const bool isAlias = !node.table.isEmpty() && node.table.node().kind != SourceKind::Table;
    if (node.returning.empty() && node.from.empty() && !isAlias)
        return Compiler::update(node);
    if (!node.tail.order.empty() || !node.tail.limit.isEmpty())
        unsupported("UPDATE with ORDER BY or LIMIT");
    scopes().emplace_back();
    scopes().back().sources.push_back(&node.table.node());
    scopes().back().isBare = node.from.empty() && (node.where.isEmpty() || !node.where.node().hasQuery);
    for (const Source &source : node.from)
        addToScope(source);
    write("UPDATE ");
    snippets(node.prefixes, true);
    target(node.table);
    clause("SET ");
    assignments(node.set, false);
    output(node.returning, false);
    targetFrom(node.table, node.from);
    whereClause(node.where);
    scopes().pop_back();
}

void MssqlCompiler::delete_(const DeleteNode &node)
{
    if (node.table.isEmpty() || !node.table.node().table)
        throw Error(ErrorKind::Misuse, "DELETE needs a table");
    if (!node.tail.order.empty() || !node.tail.limit.isEmpty())
        unsupported("DELETE with ORDER BY or LIMIT");
    scopes().emplace_back();
    scopes().back().sources.push_back(&node.table.node());
    scopes().back().isBare = node.from.empty() && (node.where.isEmpty() || !node.where.node().hasQuery);
    for (const Source &source : node.from)
        addToScope(source);
    write("DELETE ");
    snippets(node.prefixes, true);
    write("FROM ");
    target(node.table);
    output(node.returning, true);
    targetFrom(node.table, node.from);
    whereClause(node.where);
    scopes().pop_back();
}

void MssqlCompiler::merge(const MergeNode &node)
{
    for (const MergeNode::Branch &branch : node.branches)
        if (branch.action == MergeNode::Branch::Action::Nothing)
            unsupported("MERGE with DO NOTHING");
    Compiler::merge(node);
    write(";"); // the one statement that must end so
}

} // namespace schemawright
