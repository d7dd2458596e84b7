#include "schemawright/backends/oracle/oracle_compiler.h"

#include "schemawright/backends/oracle/oracle_dialect.h"
#include "schemawright/base/error.h"
#include "schemawright/sql/literal.h"

#include <algorithm>

namespace schemawright {

namespace {

const OracleDialect &dialect()
{
    static const OracleDialect one;
    return one;
}

/// A number of rows stands in the text: the optimizer plans for it.
Expr inTheText(const Expr &rows)
{
    return !rows.isEmpty() && rows.node().kind == ExprKind::Bind ? inlined(rows.node().value) : rows;
}

} // namespace

std::string OracleCompiler::quote(std::string_view identifier) const { return dialect().quote(identifier); }
std::string OracleCompiler::literal(const Value &value) const { return dialect().literal(value); }

std::string OracleCompiler::castType(const Type &type) const
{
    if (type.kind == TypeKind::Time)
        unsupported("CAST to a time of day");
    return dialect().typeSql(type);
}

void OracleCompiler::placeholder(std::size_t number, const std::string &name)
{
    // Quoted where the name is none that could stand bare.
    write(":" + (name.empty() ? std::to_string(number) : quote(name)));
}

void OracleCompiler::modulo(const ExprNode &node)
{
    write("mod(");
    list(node.arguments);
    write(")");
}

void OracleCompiler::bitOperation(const ExprNode &node)
{
    if (node.op != Operator::BitAnd)
        unsupported("operator on bits but AND");
    write("BITAND(");
    list(node.arguments);
    write(")");
}

void OracleCompiler::distinctFrom(const ExprNode &node)
{
    write("DECODE(");
    list(node.arguments);
    write(node.op == Operator::Same ? ", 0, 1) = 0" : ", 0, 1) = 1");
}

void OracleCompiler::regexp(const ExprNode &node)
{
    write(node.negated ? "NOT REGEXP_LIKE(" : "REGEXP_LIKE(");
    list(node.arguments);
    if (!node.value.text().empty())
        write(", " + literal(node.value));
    write(")");
}

void OracleCompiler::regexpReplace(const ExprNode &node)
{
    write("REGEXP_REPLACE(");
    list(node.arguments);
    if (!node.value.text().empty())
        write(", 1, 0, " + literal(node.value));
    write(")");
}

void OracleCompiler::extract(const ExprNode &node)
{
    if (node.text == "doy") {
        write("TO_NUMBER(TO_CHAR(");
        expr(node.arguments.front());
        return write(", 'DDD'))");
    }
    if (node.text == "dow" || node.text == "epoch" || node.text == "week" || node.text == "quarter")
        unsupported("EXTRACT of " + node.text);
    Compiler::extract(node);
}

void OracleCompiler::function(const ExprNode &node)
{
    if (node.arguments.empty()) {
        if (node.text == "now")
            return write("CURRENT_TIMESTAMP");
        if (node.text == "current_user")
            return write("USER");
        if (node.text == "current_time" || node.text == "localtime")
            unsupported("time of day (" + node.text + ")");
    }
    if (node.text == "char_length") {
        write("LENGTH");
        return argumentsOf(node);
    }
    Compiler::function(node);
}

void OracleCompiler::aggregateStrings(const ExprNode &node) { joinedStrings("LISTAGG", node); }

void OracleCompiler::json(const ExprNode &node)
{
    // Only texts and numbers come out of a document.
    const bool isBoolean = node.op == Operator::JsonBoolean;
    write(isBoolean ? "CASE " : "");
    // The path must be a literal.
    write(node.op == Operator::JsonValue ? "JSON_QUERY(" : "JSON_VALUE(");
    expr(node.arguments.front());
    write(", " + quotedText(jsonPath(node)));
    switch (node.op) {
    case Operator::JsonText:
        write(" RETURNING VARCHAR2(4000)");
        break;
    case Operator::JsonInteger:
        write(" RETURNING INTEGER");
        break;
    case Operator::JsonDouble:
        write(" RETURNING NUMBER");
        break;
    default:
        break;
    }
    write(isBoolean ? ") WHEN 'true' THEN 1 WHEN 'false' THEN 0 END" : ")");
}

void OracleCompiler::nextValue(const ExprNode &node)
{
    write((node.value.isNull() ? std::string() : quote(node.value.text()) + ".") + quote(node.text) + ".nextval");
}

void OracleCompiler::selectHead(const SelectNode &node)
{
    SelectNode plain = node;
    for (const Snippet &hint : node.hints)
        if (hint.dialect.empty() || hint.dialect == dialectName())
            plain.prefixes.insert(plain.prefixes.begin(), {"/*+ " + hint.sql + " */", {}, {}});
    Compiler::selectHead(plain);
}

void OracleCompiler::valuesRows(const std::vector<std::vector<Expr>> &rows) { rowsAsSelects(rows, {}, " FROM DUAL"); }

void OracleCompiler::valuesSource(const SourceNode &node)
{
    write("(");
    rowsAsSelects(node.rows, node.columns, " FROM DUAL");
    write(")");
    aliasOf(node);
}

void OracleCompiler::functionSource(const SourceNode &node)
{
    write("TABLE (");
    functionName(node.text);
    write("(");
    list(node.arguments);
    write("))");
    functionAlias(node);
}

void OracleCompiler::tail(const Tail &tail, bool)
{
    if (!tail.order.empty())
        orderBy(tail.order);
    Tail limits = tail;
    limits.limit = inTheText(tail.limit);
    limits.offset = inTheText(tail.offset);
    offsetFetch(limits);
}

void OracleCompiler::lock(const RowLock &lock)
{
    if (lock.strength != RowLock::Strength::Update)
        unsupported("FOR SHARE");
    if (currentSelect_ && (!currentSelect_->tail.limit.isEmpty() || !currentSelect_->tail.offset.isEmpty() ||
                           currentSelect_->distinct || !currentSelect_->groupBy.empty()))
        unsupported("FOR UPDATE of a query with FETCH, OFFSET, DISTINCT or GROUP BY");
    clause("FOR UPDATE");
    if (!lock.of.empty() && lock.ofColumns.empty())
        unsupported("FOR UPDATE OF a table; name its columns");
    if (!lock.ofColumns.empty()) {
        write(" OF ");
        list(lock.ofColumns);
    }
    write(lock.wait == RowLock::Wait::NoWait       ? " NOWAIT"
          : lock.wait == RowLock::Wait::SkipLocked ? " SKIP LOCKED"
                                                   : "");
}

std::string OracleCompiler::setOperator(const std::string &op) const
{
    if (op == "INTERSECT ALL" || op == "EXCEPT ALL")
        unsupported(op);
    return op == "EXCEPT" ? "MINUS" : op;
}

void OracleCompiler::insert(const InsertNode &node)
{
    if (!node.upsert)
        return Compiler::insert(node);
    if (!node.returning.empty())
        unsupported("RETURNING of an upsert");
    upsertAsMerge(node);
}

void OracleCompiler::insertDefaults(const InsertNode &node)
{
    const Table &table = *node.table.node().table;
    if (table.columns.empty())
        unsupported("INSERT of defaults into a table whose columns are not known");
    write(" (" + quote(table.columns.front().name) + ") VALUES (DEFAULT)");
}

void OracleCompiler::insertRows(const InsertNode &node)
{
    if (node.rows.size() == 1)
        return Compiler::insertRows(node);
    if (!node.returning.empty())
        unsupported("RETURNING of several rows");
    for (const auto &row : node.rows)
        for (const Expr &e : row)
            if (e.node().op == Operator::Default || e.node().kind == ExprKind::NextValue)
                unsupported("DEFAULT or a sequence among the values of several rows");
    write(" ");
    valuesRows(node.rows);
}

void OracleCompiler::returning(const std::vector<Expr> &wanted, std::string_view clauseName)
{
    if (wanted.empty())
        return;
    std::vector<Expr> columns;
    for (const Expr &each : wanted) {
        if (each.node().op != Operator::Star) {
            columns.push_back(each);
            continue;
        }
        // Each value needs a variable, so the columns must be known.
        const auto &sources = scopes().back().sources;
        if (sources.empty() || !sources.front()->table || sources.front()->table->columns.empty())
            unsupported("RETURNING * of a table whose columns are not known, with " + std::string(clauseName));
        for (const Column &column : sources.front()->table->columns)
            columns.push_back(schemawright::column(sources.front()->table, column.name));
    }
    clause("RETURNING ");
    for (std::size_t i = 0; i < columns.size(); ++i) {
        write(i ? ", " : "");
        expr(columns[i]); // a label has no place here
    }
    write(" INTO ");
    for (std::size_t i = 0; i < columns.size(); ++i) {
        write(i ? ", " : "");
        madeParameter("ret_" + std::to_string(i));
    }
}

void OracleCompiler::update(const UpdateNode &node)
{
    if (!node.from.empty())
        unsupported("UPDATE … FROM");
    Compiler::update(node);
}

void OracleCompiler::merge(const MergeNode &node)
{
    using Action = MergeNode::Branch::Action;
    if (node.table.isEmpty() || !node.table.node().table || node.source.isEmpty() || node.on.isEmpty())
        throw Error(ErrorKind::Misuse, "a MERGE needs a table, a source and a condition");
    scopes().emplace_back();
    scopes().back().sources.push_back(&node.table.node());
    addToScope(node.source);
    write("MERGE INTO ");
    source(node.table.node());
    clause("USING ");
    source(node.source.node());
    write(" ON (");
    condition(node.on);
    write(")");
    int updates = 0, inserts = 0;
    for (const MergeNode::Branch &branch : node.branches) {
        if (branch.action == Action::Update && ++updates == 1) {
            clause("WHEN MATCHED THEN UPDATE SET ");
            assignmentList(branch.set, &node.table.node());
        } else if (branch.action == Action::Insert && ++inserts == 1) {
            std::vector<std::string> names;
            std::vector<Expr> all;
            for (const auto &[name, wanted] : branch.set) {
                names.push_back(name);
                all.push_back(wanted);
            }
            clause("WHEN NOT MATCHED THEN INSERT (");
            columnNames(names);
            write(") VALUES (");
            list(all);
            write(")");
        } else
            unsupported("MERGE with more than one UPDATE and one INSERT");
        if (!branch.condition.isEmpty()) {
            write(" WHERE ");
            condition(branch.condition);
        }
    }
    scopes().pop_back();
}

} // namespace schemawright
