#include "schemawright/backends/postgres/postgres_compiler.h"

#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_types.h"
#include "schemawright/base/error.h"
#include "schemawright/sql/literal.h"

#include <algorithm>

namespace schemawright {

namespace {

bool isInteger(TypeKind kind)
{
    return kind == TypeKind::SmallInteger || kind == TypeKind::Integer || kind == TypeKind::BigInteger;
}

/// The type of a value that travels as text; nothing for texts, which the server takes as what is wanted.
std::string_view typeOfValue(const Value &value)
{
    if (value.is<bool>())
        return "boolean";
    if (const auto *number = value.as<std::int64_t>())
        return *number >= INT32_MIN && *number <= INT32_MAX ? "integer" : "bigint";
    if (value.is<double>())
        return "double precision";
    if (value.is<Decimal>())
        return "numeric";
    if (value.is<Bytes>())
        return "bytea";
    if (value.is<Date>())
        return "date";
    if (const auto *time = value.as<Time>())
        return time->offsetSeconds ? "time with time zone" : "time";
    if (const auto *moment = value.as<DateTime>())
        return moment->offsetSeconds ? "timestamp with time zone" : "timestamp";
    return {};
}

std::string arrayText(const std::vector<std::string> &elements)
{
    std::string text = "{";
    for (const std::string &element : elements) {
        text += text.size() > 1 ? "," : "";
        text += '"';
        for (const char c : element)
            text += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
        text += '"';
    }
    return text + "}";
}

} // namespace

std::string PostgresCompiler::quote(std::string_view identifier) const { return postgres::quoteName(identifier); }
std::string PostgresCompiler::literal(const Value &value) const { return postgres::literal(value); }
std::string PostgresCompiler::castType(const Type &type) const { return postgres::typeSql(type); }

void PostgresCompiler::placeholder(std::size_t number, const std::string &) { write("$" + std::to_string(number)); }

void PostgresCompiler::castValue(const ExprNode &node, std::string_view type)
{
    if (type.empty() || options().literals)
        return value(node);
    write("CAST(");
    value(node);
    write(" AS " + std::string(type) + ")");
}

void PostgresCompiler::lonelyValue(const ExprNode &node) { castValue(node, typeOfValue(node.value)); }

void PostgresCompiler::untypedValue(const ExprNode &node)
{
    const std::string_view type = typeOfValue(node.value);
    castValue(node, type.empty() ? "text" : type);
}

void PostgresCompiler::valueBeside(const ExprNode &node, TypeKind other)
{
    // Beside a whole number the server would take 1.5 for one; beside what is not known, only the value tells.
    const bool isFraction = node.value.is<double>() || node.value.is<Decimal>();
    if (isFraction && isInteger(other))
        return castValue(node, "numeric");
    if (const auto *number = node.value.as<std::int64_t>();
        number && (other == TypeKind::Integer || other == TypeKind::SmallInteger) &&
        (*number > INT32_MAX || *number < INT32_MIN))
        return castValue(node, "bigint");
    if (const auto *number = node.value.as<std::int64_t>();
        number && other == TypeKind::SmallInteger && (*number > INT16_MAX || *number < INT16_MIN))
        return castValue(node, "integer");
    if (other == TypeKind::Unknown || other == TypeKind::Array)
        return castValue(node, typeOfValue(node.value));
    value(node);
}

void PostgresCompiler::divide(const ExprNode &node)
{
    const Expr &a = node.arguments[0], &b = node.arguments[1];
    if (!isInteger(b.node().yields))
        return Compiler::divide(node);
    operandBeside(a, b, node.precedence - 1);
    write(" / CAST(");
    expr(b);
    write(" AS numeric)");
}

void PostgresCompiler::floorDivide(const ExprNode &node)
{
    const Expr &a = node.arguments[0], &b = node.arguments[1];
    if (!isInteger(a.node().yields) || !isInteger(b.node().yields))
        return Compiler::floorDivide(node);
    Compiler::divide(node);
}

void PostgresCompiler::bitOperation(const ExprNode &node)
{
    if (node.op != Operator::BitXor)
        return Compiler::bitOperation(node);
    operandBeside(node.arguments[0], node.arguments[1], node.precedence);
    write(" # ");
    operandBeside(node.arguments[1], node.arguments[0], node.precedence);
}

void PostgresCompiler::custom(const ExprNode &node)
{
    if (node.op != Operator::PostgresOnly)
        return Compiler::custom(node);
    operandBeside(node.arguments[0], node.arguments[1], precedence::Other);
    write(" " + node.text + " ");
    operandBeside(node.arguments[1], node.arguments[0], precedence::Other);
}

void PostgresCompiler::like(const ExprNode &node)
{
    if (!node.ignoreCase)
        return Compiler::like(node);
    operand(node.arguments[0], precedence::Compare);
    write(node.negated ? " NOT ILIKE " : " ILIKE ");
    if (node.wildBefore || node.wildAfter) {
        std::vector<Expr> parts{node.arguments[1]};
        if (node.wildBefore)
            parts.insert(parts.begin(), inlined("%"));
        if (node.wildAfter)
            parts.push_back(inlined("%"));
        concat(parts);
    } else
        operand(node.arguments[1], precedence::Compare);
    if (!node.value.isNull())
        write(" ESCAPE " + literal(node.value));
}

void PostgresCompiler::regexp(const ExprNode &node)
{
    const std::string flags = node.value.text();
    const bool isSimple = flags.empty() || flags == "i";
    operand(node.arguments[0], precedence::Other);
    write(node.negated ? " !~" : " ~");
    write(flags == "i" ? "* " : " ");
    if (isSimple)
        return operand(node.arguments[1], precedence::Other);
    // Other flags stand inside the pattern.
    write("CONCAT('(?', " + quotedText(flags) + ", ')', ");
    if (const ExprNode &pattern = node.arguments[1].node(); pattern.kind == ExprKind::Bind && !options().literals)
        untypedValue(pattern);
    else
        lonely(node.arguments[1]);
    write(")");
}

void PostgresCompiler::between(const ExprNode &node)
{
    if (!node.symmetric)
        return Compiler::between(node);
    const auto &parts = node.arguments;
    leftOfMany(parts[0], parts[1]);
    write(node.negated ? " NOT BETWEEN SYMMETRIC " : " BETWEEN SYMMETRIC ");
    operandBeside(parts[1], parts[0], precedence::Compare);
    write(" AND ");
    operandBeside(parts[2], parts[0], precedence::Compare);
}

void PostgresCompiler::quantified(const ExprNode &node)
{
    if (node.query)
        return Compiler::quantified(node);
    write(node.text + " (");
    expr(node.arguments.front());
    write(")");
}

void PostgresCompiler::function(const ExprNode &node)
{
    // Functions of "any" can't tell the type of a text either.
    static constexpr std::string_view anyArguments[] = {"concat",
                                                        "concat_ws",
                                                        "format",
                                                        "json_build_object",
                                                        "json_build_array",
                                                        "jsonb_build_object",
                                                        "jsonb_build_array",
                                                        "array_agg",
                                                        "json_agg",
                                                        "jsonb_agg",
                                                        "to_json",
                                                        "to_jsonb",
                                                        "min",
                                                        "max",
                                                        "num_nulls"};
    if (std::ranges::find(anyArguments, node.text) == std::end(anyArguments) || options().literals)
        return Compiler::function(node);
    functionName(node.text);
    write("(");
    for (std::size_t i = 0; i < node.arguments.size(); ++i) {
        write(i ? ", " : "");
        const ExprNode &argument = node.arguments[i].node();
        if (argument.kind == ExprKind::Bind)
            untypedValue(argument);
        else
            lonely(node.arguments[i]);
    }
    write(")");
}

void PostgresCompiler::array(const ExprNode &node)
{
    write("ARRAY[");
    lonelyList(node.arguments);
    write("]");
    if (node.arguments.empty())
        write("::text[]");
}

void PostgresCompiler::element(const ExprNode &node)
{
    const Expr &base = node.arguments[0];
    if (base.node().kind == ExprKind::Column)
        expr(base);
    else {
        write("(");
        expr(base);
        write(")");
    }
    write("[");
    expr(node.arguments[1]);
    if (node.kind == ExprKind::Slice) {
        write(":");
        expr(node.arguments[2]);
    }
    write("]");
}

void PostgresCompiler::json(const ExprNode &node)
{
    const bool isText = node.op != Operator::JsonValue;
    const char *type = node.op == Operator::JsonInteger   ? "integer"
                       : node.op == Operator::JsonDouble  ? "double precision"
                       : node.op == Operator::JsonBoolean ? "boolean"
                                                          : nullptr;
    write(type ? "CAST(" : "");
    operand(node.arguments.front(), precedence::Multiply);
    if (node.arguments.size() == 2) {
        const Value &step = node.arguments[1].node().value;
        write(isText ? " ->> " : " -> ");
        if (step.is<std::int64_t>())
            write(step.text()); // a parameter would be taken for a key
        else
            madeValue(step);
    } else {
        std::vector<std::string> steps;
        for (std::size_t i = 1; i < node.arguments.size(); ++i)
            steps.push_back(node.arguments[i].node().value.text());
        write(isText ? " #>> " : " #> ");
        madeValue(Value(arrayText(steps)));
    }
    write(type ? std::string(" AS ") + type + ")" : std::string());
}

void PostgresCompiler::nextValue(const ExprNode &node)
{
    const std::string name = (node.value.isNull() ? std::string() : quote(node.value.text()) + ".") + quote(node.text);
    write("nextval(" + quotedText(name) + ")");
}

void PostgresCompiler::selectHead(const SelectNode &node)
{
    if (node.distinctOn.empty())
        return Compiler::selectHead(node);
    write("SELECT ");
    snippets(node.prefixes, true);
    write("DISTINCT ON (");
    list(node.distinctOn);
    write(") ");
}

void PostgresCompiler::functionAlias(const SourceNode &node)
{
    if (node.ordinality)
        write(" WITH ORDINALITY");
    if (node.name.empty() && node.columns.empty())
        return;
    aliasOf(node);
    if (!node.listColumns)
        return;
    write(" (");
    for (std::size_t i = 0; i < node.columns.size(); ++i) {
        write(i ? ", " : "");
        write(quote(node.columns[i]));
        if (i < node.types.size())
            write(" " + postgres::typeSql(node.types[i]));
    }
    write(")");
}

void PostgresCompiler::sample(const SourceNode &node)
{
    source(*node.left);
    write(" TABLESAMPLE ");
    functionName(node.text);
    write("(");
    lonelyList(node.arguments);
    write(")");
    if (!node.on.isEmpty()) {
        write(" REPEATABLE (");
        expr(node.on);
        write(")");
    }
}

void PostgresCompiler::tail(const Tail &tail, bool isCompound)
{
    if (tail.percent)
        unsupported("FETCH … PERCENT");
    if (!tail.fetch)
        return Compiler::tail(tail, isCompound);
    if (!tail.order.empty())
        orderBy(tail.order);
    if (!tail.offset.isEmpty()) {
        clause("OFFSET ");
        operand(tail.offset, precedence::Loosest);
        write(" ROWS");
    }
    clause("FETCH FIRST (");
    expr(tail.limit);
    write(tail.withTies ? ") ROWS WITH TIES" : ") ROWS ONLY");
}

void PostgresCompiler::lock(const RowLock &lock)
{
    static constexpr const char *strengths[] = {"FOR UPDATE", "FOR NO KEY UPDATE", "FOR SHARE", "FOR KEY SHARE"};
    clause(strengths[static_cast<int>(lock.strength)]);
    std::vector<std::string> names;
    const auto add = [&](const std::string &name) {
        if (std::ranges::find(names, name) == names.end())
            names.push_back(name);
    };
    for (const Source &source : lock.of)
        add(sourceName(source.node()));
    for (const Expr &column : lock.ofColumns)
        if (const ExprNode &node = column.node(); node.table)
            add(node.table->name.name);
        else if (node.source)
            add(sourceName(*node.source));
    if (!names.empty()) {
        write(" OF ");
        columnNames(names);
    }
    write(lock.wait == RowLock::Wait::NoWait       ? " NOWAIT"
          : lock.wait == RowLock::Wait::SkipLocked ? " SKIP LOCKED"
                                                   : "");
}

void PostgresCompiler::upsertClause(const InsertNode &node)
{
    const Upsert &upsert = *node.upsert;
    if (!upsert.set.empty() && upsert.target.empty() && upsert.constraint.empty())
        unsupported("upsert that updates without the columns of a key or a constraint: name them as its target");
    Compiler::upsertClause(node);
}

void PostgresCompiler::delete_(const DeleteNode &node)
{
    if (node.from.empty())
        return Compiler::delete_(node);
    if (!node.tail.order.empty() || !node.tail.limit.isEmpty())
        unsupported("DELETE with ORDER BY or LIMIT");
    if (node.table.isEmpty() || !node.table.node().table)
        throw Error(ErrorKind::Misuse, "DELETE needs a table");
    scopes().emplace_back();
    scopes().back().sources.push_back(&node.table.node());
    for (const Source &source : node.from)
        addToScope(source);
    write("DELETE FROM ");
    source(node.table.node());
    clause("USING ");
    for (std::size_t i = 0; i < node.from.size(); ++i) {
        write(i ? ", " : "");
        source(node.from[i].node());
    }
    whereClause(node.where);
    returning(node.returning, "DELETE");
    scopes().pop_back();
}

} // namespace schemawright
