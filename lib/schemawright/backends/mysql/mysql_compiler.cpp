#include "schemawright/backends/mysql/mysql_compiler.h"

#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/base/error.h"

#include <algorithm>

namespace schemawright {

namespace {

const MysqlDialect &dialect()
{
    static const MysqlDialect one;
    return one;
}

} // namespace

std::string MysqlCompiler::quote(std::string_view identifier) const { return dialect().quote(identifier); }
std::string MysqlCompiler::literal(const Value &value) const { return dialect().literal(value); }

std::string MysqlCompiler::castType(const Type &type) const
{
    // CAST has names of its own for types.
    switch (type.kind) {
    case TypeKind::Boolean:
    case TypeKind::SmallInteger:
    case TypeKind::Integer:
    case TypeKind::BigInteger:
        return "SIGNED INTEGER";
    case TypeKind::Numeric:
        return !type.precision
                   ? "DECIMAL(65, 30)"
                   : "DECIMAL(" + std::to_string(*type.precision) + ", " + std::to_string(type.scale.value_or(0)) + ")";
    case TypeKind::Real:
        return "FLOAT";
    case TypeKind::Double:
        return "DOUBLE";
    case TypeKind::Char:
    case TypeKind::String:
        return type.length ? "CHAR(" + std::to_string(*type.length) + ")" : "CHAR";
    case TypeKind::Text:
    case TypeKind::Enum:
        return "CHAR";
    case TypeKind::Uuid:
        return "CHAR(36)";
    case TypeKind::LargeBinary:
        return "BINARY";
    case TypeKind::Date:
        return "DATE";
    case TypeKind::Time:
        return type.precision ? "TIME(" + std::to_string(*type.precision) + ")" : "TIME";
    case TypeKind::DateTime:
        return type.precision ? "DATETIME(" + std::to_string(*type.precision) + ")" : "DATETIME";
    case TypeKind::Json:
        return "JSON";
    default:
        break;
    }
    if (type.native.empty())
        unsupported("CAST to " + genericName(type));
    return type.native;
}

void MysqlCompiler::constant(const ExprNode &node, bool asCondition)
{
    if (node.op == Operator::True || node.op == Operator::False)
        return write(node.op == Operator::True ? "true" : "false");
    Compiler::constant(node, asCondition);
}

void MysqlCompiler::distinctFrom(const ExprNode &node)
{
    write(node.op == Operator::Same ? "(" : "NOT (");
    operand(node.arguments[0], precedence::Compare);
    write(" <=> ");
    operand(node.arguments[1], precedence::Compare);
    write(")");
}

void MysqlCompiler::concat(const std::vector<Expr> &parts)
{
    write("concat(");
    list(parts);
    write(")");
}

void MysqlCompiler::regexp(const ExprNode &node)
{
    if (const std::string flags = node.value.text(); !flags.empty()) {
        write(node.negated ? "NOT REGEXP_LIKE(" : "REGEXP_LIKE(");
        list(node.arguments);
        return write(", " + literal(node.value) + ")");
    }
    operand(node.arguments[0], precedence::Compare);
    write(node.negated ? " NOT REGEXP " : " REGEXP ");
    operand(node.arguments[1], precedence::Compare);
}

void MysqlCompiler::regexpReplace(const ExprNode &node)
{
    write("REGEXP_REPLACE(");
    list(node.arguments);
    if (!node.value.text().empty())
        write(", 1, 0, " + literal(node.value));
    write(")");
}

void MysqlCompiler::listQuery(const StatementNode &node)
{
    const Tail *tail = node.kind == Statement::Kind::Select     ? &static_cast<const SelectNode &>(node).tail
                       : node.kind == Statement::Kind::Compound ? &static_cast<const CompoundNode &>(node).tail
                                                                : nullptr;
    if (!tail || (tail->limit.isEmpty() && tail->offset.isEmpty()))
        return subquery(node);
    // A limit has no place directly there.
    const bool outer = std::exchange(isSubquery_, true);
    write("(SELECT * FROM (");
    query(node, true);
    write(") AS part)");
    isSubquery_ = outer;
}

void MysqlCompiler::extract(const ExprNode &node)
{
    const auto call = [&](const char *before, const char *after) {
        write(before);
        expr(node.arguments.front());
        write(after);
    };
    if (node.text == "dow")
        return call("(DAYOFWEEK(", ") - 1)");
    if (node.text == "doy")
        return call("DAYOFYEAR(", ")");
    if (node.text == "epoch")
        return call("UNIX_TIMESTAMP(", ")");
    Compiler::extract(node);
}

void MysqlCompiler::function(const ExprNode &node)
{
    if (node.text == "grouping_sets" || node.text == "cube")
        unsupported(node.text == "cube" ? "CUBE" : "GROUPING SETS");
    if (node.text == "rollup") {
        if (currentSelect_ && currentSelect_->groupBy.size() > 1)
            unsupported("ROLLUP beside other keys of GROUP BY");
        list(node.arguments);
        return write(" WITH ROLLUP");
    }
    Compiler::function(node);
}

void MysqlCompiler::aggregateStrings(const ExprNode &node)
{
    write("group_concat(");
    expr(node.arguments.front());
    if (node.arguments.size() > 1) {
        write(" SEPARATOR ");
        inlineValue(node.arguments[1]);
    }
    write(")");
}

void MysqlCompiler::json(const ExprNode &node)
{
    const auto extracted = [&] {
        write("JSON_EXTRACT(");
        expr(node.arguments.front());
        write(", ");
        madeValue(Value(jsonPath(node)));
        write(")");
    };
    if (node.op == Operator::JsonValue)
        return extracted();
    // JSON's null is SQL's NULL once it is no JSON any more.
    write("CASE ");
    extracted();
    write(" WHEN 'null' THEN NULL ELSE ");
    if (node.op == Operator::JsonText) {
        write("JSON_UNQUOTE(");
        extracted();
        write(")");
    } else if (node.op == Operator::JsonBoolean) {
        extracted();
        write(" = true");
    } else {
        write("CAST(");
        extracted();
        write(node.op == Operator::JsonInteger ? " AS SIGNED INTEGER)" : " AS DECIMAL(65, 30))");
    }
    write(" END");
}

void MysqlCompiler::orderItem(const ExprNode &node)
{
    // NULLs come first in ascending order here; otherwise a sort by being NULL goes before.
    const bool wantsFirst = node.nulls == NullsOrder::First;
    if (node.nulls != NullsOrder::Unsaid && wantsFirst == node.descending) {
        operand(node.arguments.front(), precedence::Compare);
        write(wantsFirst ? " IS NOT NULL, " : " IS NULL, ");
    }
    orderKey(node.arguments.front());
    write(node.descending ? " DESC" : node.ascending ? " ASC" : "");
}

void MysqlCompiler::nextValue(const ExprNode &node)
{
    write("nextval(" + (node.value.isNull() ? std::string() : quote(node.value.text()) + ".") + quote(node.text) + ")");
}

void MysqlCompiler::excluded(const ExprNode &node) { write("VALUES(" + quote(node.text) + ")"); }

void MysqlCompiler::matchAgainst(const ExprNode &node)
{
    write("MATCH (");
    list({node.arguments.begin(), node.arguments.end() - 1});
    write(") AGAINST (");
    expr(node.arguments.back());
    if (!node.text.empty())
        write(" " + node.text);
    write(")");
}

void MysqlCompiler::valuesRows(const std::vector<std::vector<Expr>> &rows)
{
    // VALUES is spelt differently by MySQL and MariaDB.
    rowsAsSelects(rows, {}, "");
}

void MysqlCompiler::valuesSource(const SourceNode &node)
{
    write("(");
    rowsAsSelects(node.rows, node.columns, "");
    write(")");
    aliasOf(node);
}

void MysqlCompiler::limited(const Tail &tail)
{
    if (tail.withTies)
        unsupported("FETCH … WITH TIES");
    if (tail.percent)
        unsupported("FETCH … PERCENT");
    if (tail.limit.isEmpty() && tail.offset.isEmpty())
        return;
    clause("LIMIT ");
    if (!tail.offset.isEmpty()) {
        expr(tail.offset);
        write(", ");
    }
    if (tail.limit.isEmpty())
        write("18446744073709551615");
    else
        expr(tail.limit);
}

void MysqlCompiler::tail(const Tail &tail, bool)
{
    if (!tail.order.empty())
        orderBy(tail.order);
    limited(tail);
}

void MysqlCompiler::lock(const RowLock &lock)
{
    const bool isShare = lock.strength == RowLock::Strength::Share || lock.strength == RowLock::Strength::KeyShare;
    if (lock.strength == RowLock::Strength::NoKeyUpdate || lock.strength == RowLock::Strength::KeyShare)
        unsupported("row lock of a key alone");
    std::vector<std::string> names;
    for (const Source &source : lock.of)
        names.push_back(sourceName(source.node()));
    for (const Expr &column : lock.ofColumns)
        if (const ExprNode &node = column.node(); node.table || node.source)
            names.push_back(node.table ? node.table->name.name : sourceName(*node.source));
    const bool isPlain = names.empty() && lock.wait == RowLock::Wait::Block;
    clause(!isShare ? "FOR UPDATE" : isPlain ? "LOCK IN SHARE MODE" : "FOR SHARE");
    if (!names.empty()) {
        write(" OF ");
        columnNames(names);
    }
    write(lock.wait == RowLock::Wait::NoWait       ? " NOWAIT"
          : lock.wait == RowLock::Wait::SkipLocked ? " SKIP LOCKED"
                                                   : "");
}

void MysqlCompiler::insertDefaults(const InsertNode &) { write(" () VALUES ()"); }

void MysqlCompiler::upsertClause(const InsertNode &node)
{
    const Upsert &upsert = *node.upsert;
    if (!upsert.constraint.empty())
        unsupported("upsert on a constraint by name (" + upsert.constraint + ")");
    if (!upsert.where.isEmpty() || !upsert.targetWhere.isEmpty())
        unsupported("condition of an upsert");
    clause("ON DUPLICATE KEY UPDATE ");
    if (!upsert.set.empty())
        return assignmentList(upsert.set, &node.table.node());
    // The row that is there is set to itself: nothing happens, and other errors are not swallowed as by IGNORE.
    const std::string column = !upsert.target.empty() && upsert.target.front().node().kind == ExprKind::Column
                                   ? upsert.target.front().node().text
                                   : node.columns.front();
    write(quote(column) + " = " + quote(node.table.name()) + "." + quote(column));
}

void MysqlCompiler::returning(const std::vector<Expr> &columns, std::string_view statement)
{
    if (!columns.empty() && statement == "UPDATE")
        unsupported("RETURNING of an UPDATE");
    Compiler::returning(columns, statement);
}

void MysqlCompiler::update(const UpdateNode &node)
{
    if (node.from.empty() && node.tail.order.empty() && node.tail.limit.isEmpty())
        return Compiler::update(node);
    scopes().emplace_back();
    scopes().back().sources.push_back(&node.table.node());
    scopes().back().isBare = node.from.empty();
    for (const Source &source : node.from)
        addToScope(source);
    write("UPDATE ");
    snippets(node.prefixes, true);
    source(node.table.node());
    for (const Source &other : node.from) {
        write(", ");
        source(other.node());
    }
    clause("SET ");
    std::vector<std::pair<Expr, Expr>> set = node.set;
    if (!node.from.empty())
        for (auto &[column, value] : set)
            if (!column.node().table && !column.node().source)
                column = node.table[column.node().text];
    assignments(set, !node.from.empty());
    whereClause(node.where);
    tail(node.tail, false);
    returning(node.returning, "UPDATE");
    scopes().pop_back();
}

void MysqlCompiler::delete_(const DeleteNode &node)
{
    const bool isAlias = !node.table.isEmpty() && node.table.node().kind == SourceKind::Alias;
    if (node.from.empty() && node.tail.order.empty() && node.tail.limit.isEmpty() && !isAlias)
        return Compiler::delete_(node);
    if (node.table.isEmpty() || !node.table.node().table)
        throw Error(ErrorKind::Misuse, "DELETE needs a table");
    const bool usesTables = !node.from.empty() || isAlias; // MariaDB takes an alias only there
    if (usesTables && !node.returning.empty())
        unsupported("RETURNING of a DELETE with USING");
    if (usesTables && (!node.tail.order.empty() || !node.tail.limit.isEmpty()))
        unsupported("DELETE with USING and ORDER BY or LIMIT");
    scopes().emplace_back();
    scopes().back().sources.push_back(&node.table.node());
    scopes().back().isBare = node.from.empty() && (node.where.isEmpty() || !node.where.node().hasQuery);
    for (const Source &source : node.from)
        addToScope(source);
    write("DELETE FROM ");
    if (!usesTables)
        source(node.table.node());
    else {
        write(quote(node.table.name()));
        clause("USING ");
        source(node.table.node());
        for (const Source &other : node.from) {
            write(", ");
            source(other.node());
        }
    }
    whereClause(node.where);
    tail(node.tail, false);
    returning(node.returning, "DELETE");
    scopes().pop_back();
}

} // namespace schemawright
