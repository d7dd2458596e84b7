#include "schemawright/sql/compiler.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/from.h"
#include "schemawright/sql/walk.h"

#include <algorithm>
#include <map>

namespace schemawright {

namespace {

/// Collects the CTEs that a statement uses, each behind those that it uses itself.
class CteCollector : public Walker
{
public:
    explicit CteCollector(std::vector<const SourceNode *> &into) : into_(into) {}

protected:
    bool enter(const SourceNode &node) override
    {
        if (std::ranges::find(seen_, &node) != seen_.end())
            return false;
        seen_.push_back(&node);
        return true;
    }

    bool enter(const ExprNode &node) override
    {
        if (node.source && node.source->kind != SourceKind::CteSelf)
            walkNode(*node.source);
        return true;
    }

    void leave(const SourceNode &node) override
    {
        if (node.kind == SourceKind::Cte)
            into_.push_back(&node);
    }

private:
    std::vector<const SourceNode *> &into_;
    std::vector<const SourceNode *> seen_;
};

bool isDataModifying(const StatementNode &node)
{
    return node.kind == Statement::Kind::Insert || node.kind == Statement::Kind::Update ||
           node.kind == Statement::Kind::Delete || node.kind == Statement::Kind::Merge;
}

} // namespace

Compiled Compiler::compile(const Statement &wanted)
{
    out_.reserve(256);
    collectCtes(wanted.node());
    ctesWritten_ = ctes_.empty();
    try {
        statement(wanted.node());
    } catch (Error &error) {
        if (error.context.empty()) { // the text so far says where
            std::size_t from = out_.size() > 120 ? out_.size() - 120 : 0;
            while (from < out_.size() && (static_cast<unsigned char>(out_[from]) & 0xC0) == 0x80)
                ++from;
            error.context = "compiling for " + std::string(dialectName()) + ", behind “" + (from ? "…" : "") +
                            out_.substr(from) + "”";
        }
        throw;
    }
    if (parameters_.size() > maxParameters())
        throw Error(ErrorKind::Unsupported, "the statement has " + std::to_string(parameters_.size()) +
                                                " parameters and " + std::string(dialectName()) + " takes at most " +
                                                std::to_string(maxParameters()))
            .withHint("Send it in parts.");
    Compiled done;
    done.sql = std::move(out_);
    done.parameters = std::move(parameters_);
    return done;
}

std::string Compiler::compileExpression(const Expr &expression, bool asCondition)
{
    options_.literals = true;
    asCondition ? condition(expression) : expr(expression);
    return std::move(out_);
}

void Compiler::unsupported(std::string_view construct) const
{
    throw Error(ErrorKind::Unsupported, std::string(dialectName()) + " has no " + std::string(construct));
}

void Compiler::clause(std::string_view word)
{
    if (options_.lines && depth_ == 0)
        out_ += '\n';
    else if (!out_.empty() && out_.back() != '(' && out_.back() != '\n')
        out_ += ' ';
    out_ += word;
}

void Compiler::collectCtes(const StatementNode &node)
{
    CteCollector collector(ctes_);
    collector.walk(node);
    std::map<std::string, const SourceNode *> byName;
    for (const SourceNode *found : ctes_)
        if (const auto [at, isNew] = byName.emplace(found->name, found); !isNew && at->second->query != found->query)
            throw Error(ErrorKind::Misuse, "two different CTEs are called '" + found->name + "'");
    // The same query under one name twice is one CTE.
    std::erase_if(ctes_, [&](const SourceNode *found) { return byName[found->name] != found; });
}

void Compiler::withClause()
{
    if (ctesWritten_)
        return;
    ctesWritten_ = true;
    const bool isRecursive = std::ranges::any_of(ctes_, [](const SourceNode *c) { return c->more != nullptr; });
    write(isRecursive && saysRecursive() ? "WITH RECURSIVE " : "WITH ");
    for (std::size_t i = 0; i < ctes_.size(); ++i) {
        write(i ? ", " : "");
        cteBody(*ctes_[i]);
    }
    clause("");
}

const ValuesNode *Compiler::namedValues(const StatementNode &node)
{
    const auto *rows = node.kind == Statement::Kind::Values ? static_cast<const ValuesNode *>(&node) : nullptr;
    return rows && !rows->columns.empty() ? rows : nullptr;
}

void Compiler::cteBody(const SourceNode &node)
{
    if (isDataModifying(*node.query) && !hasDataModifyingCtes())
        unsupported("CTE that changes data (" + node.name + ")");
    write(quote(node.name));
    // Rows of VALUES have no names but those that are written here.
    const ValuesNode *const rows = namedValues(*node.query);
    const bool listsColumns = node.listColumns || rows;
    if (listsColumns) {
        write(" (");
        columnNames(node.listColumns ? node.columns : rows->columns);
        write(")");
    }
    write(" AS ");
    if (node.materialized != CteOptions::Materialized::Unsaid) {
        if (!hasCteMaterialization())
            unsupported("MATERIALIZED for a CTE (" + node.name + ")");
        write(node.materialized == CteOptions::Materialized::Yes ? "MATERIALIZED " : "NOT MATERIALIZED ");
    }
    write("(");
    ++depth_;
    if (isDataModifying(*node.query))
        statement(*node.query);
    else
        query(*node.query, !listsColumns);
    if (node.more) {
        if (node.recursiveDistinct && !saysRecursive())
            unsupported("recursive CTE by UNION without ALL");
        if (node.recursiveDistinct)
            write(" UNION ");
        else
            write(" UNION ALL ");
        query(*node.more, false);
    }
    --depth_;
    write(")");
}

void Compiler::statement(const StatementNode &node)
{
    const bool isChange = node.kind == Statement::Kind::Update || node.kind == Statement::Kind::Delete ||
                          node.kind == Statement::Kind::Merge;
    if (isChange && !ctesWritten_ && !hasCtesOnChanges())
        unsupported("CTE before a statement that changes rows");
    switch (node.kind) {
    case Statement::Kind::Insert: {
        const auto &insertion = static_cast<const InsertNode &>(node);
        if (!(putsCteIntoInsertedQuery() && insertion.query))
            withClause();
        insert(insertion);
        return;
    }
    case Statement::Kind::Update:
        checkUpdate(static_cast<const UpdateNode &>(node));
        withClause();
        update(static_cast<const UpdateNode &>(node));
        return;
    case Statement::Kind::Delete:
        refuseAggregate(static_cast<const DeleteNode &>(node).where, "WHERE of a DELETE");
        withClause();
        delete_(static_cast<const DeleteNode &>(node));
        return;
    case Statement::Kind::Merge:
        withClause();
        merge(static_cast<const MergeNode &>(node));
        return;
    default:
        withClause();
        query(node, false);
    }
}

void Compiler::query(const StatementNode &node, bool needsNames)
{
    switch (node.kind) {
    case Statement::Kind::Select:
        select(static_cast<const SelectNode &>(node), needsNames);
        break;
    case Statement::Kind::Compound:
        compound(static_cast<const CompoundNode &>(node), needsNames);
        break;
    case Statement::Kind::Values:
        valuesRows(static_cast<const ValuesNode &>(node).rows);
        break;
    case Statement::Kind::Text:
        text(static_cast<const TextNode &>(node).text.node());
        break;
    default:
        throw Error(ErrorKind::Misuse, "a statement that changes data can stand inside another only as a CTE");
    }
}

void Compiler::subquery(const StatementNode &node)
{
    const bool outer = std::exchange(isSubquery_, true);
    write("(");
    ++depth_;
    query(node, false);
    --depth_;
    write(")");
    isSubquery_ = outer;
}

// SELECT.

void Compiler::addToScope(const Source &item)
{
    std::vector<const SourceNode *> open{&item.node()};
    while (!open.empty()) {
        const SourceNode *node = open.back();
        open.pop_back();
        if (node->kind == SourceKind::Join) {
            open.push_back(node->right.get());
            open.push_back(node->left.get());
            continue;
        }
        for (const SourceNode *other : scopes_.back().sources) {
            const bool isTwice =
                other == node || (other->kind == SourceKind::Table && node->kind == SourceKind::Table &&
                                  isSameTable(other->table, node->table));
            if (isTwice)
                throw Error(ErrorKind::Misuse, "the table " + (node->table ? node->table->name.text() : node->name) +
                                                   " is in FROM twice; give one of them an alias");
            if (!node->name.empty() && node->name == other->name &&
                !(node->table && other->table && node->kind == SourceKind::Table && other->kind == SourceKind::Table))
                throw Error(ErrorKind::Misuse, "two tables in FROM are called '" + node->name + "'");
        }
        scopes_.back().sources.push_back(node);
    }
}

void Compiler::checkAggregates(const SelectNode &node) const
{
    const auto refuse = [](const Expr &e, const char *place) {
        if (e.isEmpty())
            return;
        if (e.node().hasAggregate)
            throw Error(ErrorKind::Misuse, std::string("an aggregate function stands in ") + place +
                                               "; conditions on groups belong into HAVING");
        if (e.node().hasWindow)
            throw Error(ErrorKind::Misuse, std::string("a window function stands in ") + place +
                                               "; select it in a subquery and ask there");
    };
    refuse(node.where, "WHERE");
    for (const Expr &e : node.groupBy)
        refuse(e, "GROUP BY");
    for (const Source &source : node.from)
        for (const SourceNode *item = &source.node(); item && item->kind == SourceKind::Join; item = item->left.get())
            refuse(item->on, "ON");
    for (const PendingJoin &pending : node.joins)
        refuse(pending.on, "ON");
}

void Compiler::select(const SelectNode &node, bool needsNames)
{
    checkAggregates(node);
    const auto isAround = [this](const SourceNode &source) {
        return std::ranges::any_of(scopes_, [&](const Scope &scope) {
            return std::ranges::any_of(scope.sources,
                                       [&](const SourceNode *around) { return isSameSource(*around, source); });
        });
    };
    const std::vector<Source> from = node.from.empty() ? derivedFrom(node, isAround) : node.from;
    const SelectNode *outerSelect = std::exchange(currentSelect_, &node);
    const bool outerOrder = std::exchange(isOrderOfCompound_, false);
    scopes_.emplace_back();
    for (const Source &source : from)
        addToScope(source);

    const std::size_t outerValues = keyValues_.size();
    markKeyValues(node);
    scopes_.back().clause = "the selected columns";
    selectHead(node);
    selectList(node, needsNames);
    if (from.empty())
        noFrom();
    else
        fromList(from);
    whereClause(node.where);
    if (!node.groupBy.empty()) {
        scopes_.back().clause = "GROUP BY";
        clause("GROUP BY ");
        groupKeys(node);
    }
    if (!node.having.isEmpty()) {
        scopes_.back().clause = "HAVING";
        clause("HAVING ");
        condition(node.having);
    }
    scopes_.back().clause = "ORDER BY";
    tail(node.tail, false);
    if (node.lock)
        lock(*node.lock);
    snippets(node.suffixes, false);
    scopes_.pop_back();
    keyValues_.resize(outerValues);
    isOrderOfCompound_ = outerOrder;
    currentSelect_ = outerSelect;
}

const Expr *Compiler::sameIn(const std::vector<Expr> &all, const Expr &e)
{
    const Expr *found = nullptr;
    for (const Expr &each : all) {
        const Expr &inner = unlabelled(each);
        if (&inner.node() == &e.node())
            return &inner;
        if (!isSameShape(inner, e))
            continue;
        dependsOnValues(); // other values of the same shape may be another key
        if (!found && isSameExpr(inner, e))
            found = &inner;
    }
    return found;
}

const Expr &Compiler::asSelected(const Expr &key)
{
    if (keyValues() == KeyValues::Apart || !currentSelect_ || !holdsValues(key))
        return key;
    const Expr *found = sameIn(currentSelect_->columns, unlabelled(key));
    return found ? *found : key;
}

const Expr &Compiler::asGroupKey(const Expr &e)
{
    const ExprKind kind = e.node().kind;
    if (!currentSelect_ || kind == ExprKind::Column || kind == ExprKind::Bind || !holdsValues(e))
        return e;
    const Expr *found = sameIn(currentSelect_->groupBy, e);
    return found ? asSelected(*found) : e;
}

void Compiler::groupKeys(const SelectNode &node)
{
    for (std::size_t i = 0; i < node.groupBy.size(); ++i) {
        write(i ? ", " : "");
        expr(asSelected(node.groupBy[i]));
    }
}

void Compiler::markKeyValues(const SelectNode &node)
{
    if (keyValues() == KeyValues::Apart || options_.literals)
        return;
    const auto collect = [this](const auto &self, const ExprNode &e) -> void {
        if (e.kind == ExprKind::Bind || e.kind == ExprKind::Parameter)
            keyValues_.push_back(&e);
        for (const Expr &argument : e.arguments)
            self(self, argument.node());
    };
    for (const Expr &key : node.groupBy)
        if (key.node().kind != ExprKind::Column)
            collect(collect, unlabelled(asSelected(key)).node());
    if (node.distinct && keyValues() == KeyValues::Shared) // what is sorted by must be among what is distinct
        for (const Expr &key : node.tail.order)
            if (unlabelled(key).node().kind != ExprKind::Column)
                collect(collect, unlabelled(asSelected(key)).node());
}

void Compiler::selectHead(const SelectNode &node)
{
    write("SELECT ");
    snippets(node.prefixes, true);
    if (!node.distinctOn.empty())
        unsupported("DISTINCT ON");
    if (node.distinct)
        write("DISTINCT ");
}

void Compiler::selectList(const SelectNode &node, bool needsNames)
{
    if (node.columns.empty())
        return write("*");
    const bool hasCollisions = needsNames || (!isSubquery_ && node.columns.size() > 1) || node.labelledByTable;
    const std::vector<OutputColumn> names = hasCollisions ? outputColumns(node) : std::vector<OutputColumn>();
    for (std::size_t i = 0; i < node.columns.size(); ++i) {
        write(i ? ", " : "");
        const Expr &e = node.columns[i];
        if (e.node().kind == ExprKind::Label) {
            lonely(e.node().arguments.front());
            write(" AS " + quote(e.node().text));
            continue;
        }
        lonely(e);
        if (i < names.size() && !names[i].isNatural && (needsNames || names[i].isPlain))
            write(" AS " + quote(names[i].name));
    }
}

void Compiler::whereClause(const Expr &e)
{
    if (e.isEmpty())
        return;
    scopes_.back().clause = "WHERE";
    clause("WHERE ");
    condition(e);
}

void Compiler::snippets(const std::vector<Snippet> &all, bool before)
{
    for (const Snippet &snippet : all)
        if (snippet.dialect.empty() || snippet.dialect == dialectName())
            write(before ? snippet.sql + " " : " " + snippet.sql);
}

void Compiler::tail(const Tail &tail, bool)
{
    if (!tail.order.empty())
        orderBy(tail.order);
    if (tail.withTies)
        unsupported("FETCH … WITH TIES");
    if (tail.percent)
        unsupported("FETCH … PERCENT");
    limitOffset(tail);
}

void Compiler::orderBy(const std::vector<Expr> &order)
{
    clause("ORDER BY ");
    const bool outer = std::exchange(isOrderOfQuery_, true);
    orderList(order);
    isOrderOfQuery_ = outer;
}

void Compiler::limitOffset(const Tail &tail)
{
    if (!tail.limit.isEmpty()) {
        clause("LIMIT ");
        expr(tail.limit);
    }
    if (!tail.offset.isEmpty()) {
        clause("OFFSET ");
        expr(tail.offset);
    }
}

void Compiler::offsetFetch(const Tail &tail)
{
    if (!tail.offset.isEmpty()) {
        clause("OFFSET ");
        operand(tail.offset, precedence::Loosest);
        write(" ROWS");
    }
    if (!tail.limit.isEmpty()) {
        clause("FETCH FIRST ");
        operand(tail.limit, precedence::Loosest);
        write(tail.percent ? " PERCENT ROWS " : " ROWS ");
        write(tail.withTies ? "WITH TIES" : "ONLY");
    }
}

void Compiler::lock(const RowLock &) { unsupported("FOR UPDATE"); }

void Compiler::compound(const CompoundNode &node, bool needsNames)
{
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
        const StatementNode &part = *node.parts[i];
        if (i)
            clause(setOperator(node.op) + " ");
        const bool isLimited = part.kind == Statement::Kind::Select && [&] {
            const Tail &t = static_cast<const SelectNode &>(part).tail;
            return !t.order.empty() || !t.limit.isEmpty() || !t.offset.isEmpty();
        }();
        const bool names = needsNames && i == 0;
        if (part.kind == Statement::Kind::Compound || isLimited)
            compoundPart(part, names);
        else
            query(part, names);
    }
    const StatementNode &first = *node.parts.front();
    const SelectNode *outerSelect = std::exchange(
        currentSelect_, first.kind == Statement::Kind::Select ? &static_cast<const SelectNode &>(first) : nullptr);
    const bool outerOrder = std::exchange(isOrderOfCompound_, true);
    scopes_.emplace_back();
    scopes_.back().clause = "ORDER BY";
    tail(node.tail, true);
    scopes_.pop_back();
    isOrderOfCompound_ = outerOrder;
    currentSelect_ = outerSelect;
}

void Compiler::compoundPart(const StatementNode &node, bool needsNames)
{
    write("(");
    ++depth_;
    query(node, needsNames);
    --depth_;
    write(")");
}

} // namespace schemawright
