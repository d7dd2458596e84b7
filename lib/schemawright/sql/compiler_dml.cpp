#include "schemawright/base/error.h"
#include "schemawright/sql/compiler.h"
#include "schemawright/sql/merge.h"

#include <algorithm>

namespace schemawright {

namespace {

bool isKnownColumn(const SourceNode &target, const std::string &name)
{
    if (!target.table || target.table->columns.empty() || target.table->column(name))
        return true;
    return name == "rowid" || name == "_rowid_" || name == "oid";
}

void mustHaveColumn(const SourceNode &target, const std::string &name)
{
    if (!isKnownColumn(target, name))
        throw Error(ErrorKind::NotFound, "the table " + target.table->name.text() + " has no column '" + name + "'");
}

bool hasQuery(const Expr &e) { return !e.isEmpty() && e.node().hasQuery; }

const SourceNode &targetOf(const Source &source, const char *statement)
{
    if (source.isEmpty() || !source.node().table)
        throw Error(ErrorKind::Misuse, std::string(statement) + " needs a table");
    return source.node();
}

} // namespace

void Compiler::assignments(const std::vector<std::pair<Expr, Expr>> &set, bool qualified)
{
    for (std::size_t i = 0; i < set.size(); ++i) {
        write(i ? ", " : "");
        const ExprNode &column = set[i].first.node();
        if (qualified && (column.table || column.source))
            this->column(column);
        else
            write(quote(column.text));
        write(" = ");
        expr(set[i].second);
    }
}

void Compiler::assignmentList(const std::vector<Assignment> &set, const SourceNode *target)
{
    for (std::size_t i = 0; i < set.size(); ++i) {
        if (target)
            mustHaveColumn(*target, set[i].first);
        write(i ? ", " : "");
        write(quote(set[i].first) + " = ");
        expr(set[i].second);
    }
}

void Compiler::returning(const std::vector<Expr> &columns, std::string_view)
{
    if (columns.empty())
        return;
    scopes_.back().clause = "RETURNING";
    const bool wasBare = std::exchange(scopes_.back().isBare, scopes_.back().isBare || writesReturningUnqualified());
    scopes_.back().isReturning = writesReturningUnqualified();
    clause("RETURNING ");
    for (std::size_t i = 0; i < columns.size(); ++i) {
        write(i ? ", " : "");
        const ExprNode &node = columns[i].node();
        if (node.kind == ExprKind::Label) {
            lonely(node.arguments.front());
            write(" AS " + quote(node.text));
        } else
            lonely(columns[i]);
    }
    scopes_.back().isBare = wasBare;
    scopes_.back().isReturning = false;
}

// INSERT.

void Compiler::insert(const InsertNode &node)
{
    const SourceNode &target = targetOf(node.table, "INSERT");
    for (const std::string &column : node.columns)
        mustHaveColumn(target, column);
    write("INSERT ");
    snippets(node.prefixes, true);
    write("INTO ");
    source(target);
    if (node.query) {
        if (!node.columns.empty()) {
            write(" (");
            columnNames(node.columns);
            write(")");
        }
        scopes_.emplace_back();
        scopes_.back().sources.push_back(&target);
        output(node.returning, false);
        scopes_.pop_back();
        clause("");
        if (putsCteIntoInsertedQuery())
            withClause();
        query(*node.query, false);
    } else {
        scopes_.emplace_back();
        scopes_.back().sources.push_back(&target);
        scopes_.back().clause = "the values of INSERT";
        if (node.columns.empty())
            insertDefaults(node);
        else {
            write(" (");
            columnNames(node.columns);
            write(")");
            output(node.returning, false);
            insertRows(node);
        }
        scopes_.pop_back();
    }
    scopes_.emplace_back();
    scopes_.back().sources.push_back(&target);
    if (node.upsert)
        upsertClause(node);
    returning(node.returning, "INSERT");
    scopes_.pop_back();
}

void Compiler::insertDefaults(const InsertNode &node)
{
    output(node.returning, false);
    write(" DEFAULT VALUES");
}

void Compiler::insertRows(const InsertNode &node)
{
    clause("VALUES ");
    for (std::size_t i = 0; i < node.rows.size(); ++i) {
        write(i ? ", (" : "(");
        list(node.rows[i]);
        write(")");
    }
}

void Compiler::upsertClause(const InsertNode &node)
{
    const Upsert &upsert = *node.upsert;
    scopes_.back().clause = "ON CONFLICT";
    clause("ON CONFLICT");
    if (!upsert.constraint.empty())
        write(" ON CONSTRAINT " + quote(upsert.constraint));
    else if (!upsert.target.empty()) {
        scopes_.back().isBare = true;
        inlinesValues_ = true; // what names an index is compared with it as text
        write(" (");
        list(upsert.target);
        write(")");
        if (!upsert.targetWhere.isEmpty()) {
            write(" WHERE ");
            condition(upsert.targetWhere);
        }
        inlinesValues_ = false;
        scopes_.back().isBare = false;
    }
    if (upsert.set.empty())
        return write(" DO NOTHING");
    write(" DO UPDATE SET ");
    assignmentList(upsert.set, &node.table.node());
    if (!upsert.where.isEmpty()) {
        write(" WHERE ");
        condition(upsert.where);
    }
}

void Compiler::upsertAsMerge(const InsertNode &node)
{
    const Upsert &upsert = *node.upsert;
    if (upsert.target.empty())
        unsupported("upsert without the columns of a key: name them as its target");
    if (!upsert.targetWhere.isEmpty() || !upsert.constraint.empty())
        unsupported("upsert on a partial index or a constraint by name");
    const Source &target = node.table;
    Source fresh;
    if (node.query) {
        auto derived = std::make_shared<SourceNode>();
        derived->kind = SourceKind::Subquery;
        derived->name = "excluded";
        derived->query = node.query;
        for (const OutputColumn &column : outputColumns(*node.query))
            derived->columns.push_back(column.name);
        if (derived->columns != node.columns)
            unsupported("upsert from a query whose columns are not called as those of the table");
        fresh = Source(std::shared_ptr<const SourceNode>(std::move(derived)));
    } else
        fresh = values(node.columns, node.rows, "excluded");
    std::vector<Expr> same;
    for (const Expr &key : upsert.target) {
        if (key.node().kind != ExprKind::Column)
            unsupported("upsert on an expression");
        same.push_back(compareExpr(Operator::Equal, target[key.node().text], fresh[key.node().text]));
    }
    Merge merging = schemawright::merge(target).using_(fresh, and_(std::move(same)));
    if (!upsert.set.empty())
        merging = std::move(merging).whenMatchedUpdate(upsert.set, upsert.where);
    std::vector<Assignment> all;
    for (const std::string &column : node.columns)
        all.emplace_back(column, fresh[column]);
    merge(static_cast<const MergeNode &>(std::move(merging).whenNotMatchedInsert(std::move(all)).node()));
}

// UPDATE and DELETE.

void Compiler::refuseAggregate(const Expr &e, const char *place)
{
    if (!e.isEmpty() && e.node().hasAggregate)
        throw Error(ErrorKind::Misuse,
                    std::string("an aggregate function stands in ") + place + "; compute it in a subquery");
    if (!e.isEmpty() && e.node().hasWindow)
        throw Error(ErrorKind::Misuse,
                    std::string("a window function stands in ") + place + "; compute it in a subquery");
}

void Compiler::checkUpdate(const UpdateNode &node) const
{
    const SourceNode &target = targetOf(node.table, "UPDATE");
    if (node.set.empty())
        throw Error(ErrorKind::Misuse, "an UPDATE that sets nothing");
    for (const auto &[column, value] : node.set) {
        if (const ExprNode &c = column.node(); !c.table && !c.source)
            mustHaveColumn(target, c.text);
        refuseAggregate(value, "SET");
    }
    refuseAggregate(node.where, "WHERE of an UPDATE");
}

void Compiler::update(const UpdateNode &node)
{
    const SourceNode &target = targetOf(node.table, "UPDATE");
    if (!node.tail.order.empty() || !node.tail.limit.isEmpty())
        unsupported("UPDATE with ORDER BY or LIMIT");
    scopes_.emplace_back();
    scopes_.back().sources.push_back(&target);
    // With one table alone its name before each column says nothing.
    scopes_.back().isBare = node.from.empty() && !hasQuery(node.where) &&
                            std::ranges::none_of(node.set, [](const auto &set) { return hasQuery(set.second); });
    for (const Source &source : node.from)
        addToScope(source);
    write("UPDATE ");
    snippets(node.prefixes, true);
    source(target);
    for (const auto &[column, value] : node.set) {
        const ExprNode &c = column.node();
        if ((c.table && !(target.table && c.table->name == target.table->name)) ||
            (c.source && c.source.get() != &target))
            unsupported("UPDATE of two tables at once");
        mustHaveColumn(target, c.text);
    }
    scopes_.back().clause = "SET";
    clause("SET ");
    assignments(node.set, false);
    if (!node.from.empty())
        fromList(node.from);
    whereClause(node.where);
    returning(node.returning, "UPDATE");
    scopes_.pop_back();
}

void Compiler::delete_(const DeleteNode &node)
{
    const SourceNode &target = targetOf(node.table, "DELETE");
    if (!node.tail.order.empty() || !node.tail.limit.isEmpty())
        unsupported("DELETE with ORDER BY or LIMIT");
    if (!node.from.empty())
        unsupported("DELETE … USING");
    scopes_.emplace_back();
    scopes_.back().sources.push_back(&target);
    scopes_.back().isBare = !hasQuery(node.where);
    write("DELETE ");
    snippets(node.prefixes, true);
    write("FROM ");
    source(target);
    whereClause(node.where);
    returning(node.returning, "DELETE");
    scopes_.pop_back();
}

// MERGE.

void Compiler::merge(const MergeNode &node)
{
    const SourceNode &target = targetOf(node.table, "MERGE");
    if (node.source.isEmpty() || node.on.isEmpty() || node.branches.empty())
        throw Error(ErrorKind::Misuse, "a MERGE needs a source, a condition and at least one branch");
    scopes_.emplace_back();
    scopes_.back().sources.push_back(&target);
    addToScope(node.source);
    write("MERGE INTO ");
    source(target);
    clause("USING ");
    source(node.source.node());
    write(" ON (");
    condition(node.on);
    write(")");
    for (const MergeNode::Branch &branch : node.branches) {
        using Action = MergeNode::Branch::Action;
        const bool isInsert = branch.action == Action::Insert;
        clause(isInsert ? "WHEN NOT MATCHED" : "WHEN MATCHED");
        if (!branch.condition.isEmpty()) {
            write(" AND ");
            conditionOperand(branch.condition, precedence::And);
        }
        write(" THEN ");
        if (branch.action == Action::Update) {
            write("UPDATE SET ");
            assignmentList(branch.set, &target);
        } else if (branch.action == Action::Delete)
            write("DELETE");
        else if (branch.action == Action::Nothing)
            write("DO NOTHING");
        else {
            write("INSERT (");
            for (std::size_t i = 0; i < branch.set.size(); ++i) {
                mustHaveColumn(target, branch.set[i].first);
                write(i ? ", " : "");
                write(quote(branch.set[i].first));
            }
            write(") VALUES (");
            for (std::size_t i = 0; i < branch.set.size(); ++i) {
                write(i ? ", " : "");
                expr(branch.set[i].second);
            }
            write(")");
        }
    }
    scopes_.pop_back();
}

} // namespace schemawright
