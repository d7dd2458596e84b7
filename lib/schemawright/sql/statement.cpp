#include "schemawright/sql/statement.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/statement_node.h"

#include <algorithm>
#include <map>

namespace schemawright {

namespace {

void addCondition(Expr &to, const Expr &condition) { to = and_({to, condition}); }

void addOrder(std::vector<Expr> &to, std::vector<Expr> order)
{
    if (order.empty())
        return to.clear();
    to.insert(to.end(), std::make_move_iterator(order.begin()), std::make_move_iterator(order.end()));
}

void setFetch(Tail &tail, const Expr &rows, bool withTies, bool percent)
{
    tail.limit = rows;
    tail.fetch = true;
    tail.withTies = withTies;
    tail.percent = percent;
}

std::vector<OutputColumn> named(const std::vector<Expr> &columns, bool labelledByTable)
{
    std::vector<OutputColumn> out;
    std::map<std::string, int> seen;
    int anonymous = 0;
    for (const Expr &e : columns) {
        OutputColumn column;
        const ExprNode *node = &e.node();
        column.yields = node->yields;
        column.original = e;
        std::string base;
        if (node->kind == ExprKind::Label) {
            column.name = node->text;
            column.isNatural = true;
        } else {
            while (node->kind == ExprKind::Collate || node->kind == ExprKind::Cast)
                node = &node->arguments.front().node();
            if (node->kind == ExprKind::Column) {
                column.isPlain = node == &e.node();
                base = node->text;
                const std::string table = node->table    ? node->table->name.name
                                          : node->source ? node->source->name
                                                         : std::string();
                if (labelledByTable && column.isPlain && !table.empty())
                    base = table + "_" + base;
                column.name = base;
                column.isNatural = column.isPlain && base == node->text;
            } else if (node->kind == ExprKind::Text && node->precedence == precedence::Atom &&
                       node->text.find_first_of(".*") == std::string::npos) {
                column.name = node->text;
                column.isNatural = node == &e.node();
            } else if (node->kind == ExprKind::Function && node == &e.node()) {
                const std::string name = node->text.substr(node->text.rfind('.') + 1);
                int &number = seen["\1" + name];
                column.name = name + "_" + std::to_string(++number);
            } else
                column.name = "anon_" + std::to_string(++anonymous);
        }
        if (seen[column.name]++ > 0 && node->kind != ExprKind::Label) {
            std::string other;
            for (int number = 1; other.empty() || seen[other] > 0; ++number)
                other = column.name + "_" + std::to_string(number);
            column.name = other;
            column.isNatural = false;
            ++seen[other];
        }
        out.push_back(std::move(column));
    }
    return out;
}

std::vector<OutputColumn> namedPlainly(const std::vector<std::string> &names)
{
    std::vector<OutputColumn> out;
    for (const std::string &name : names)
        out.push_back({.name = name, .yields = TypeKind::Unknown, .original = {}, .isNatural = true, .isPlain = true});
    return out;
}

} // namespace

std::vector<OutputColumn> outputColumns(const StatementNode &statement)
{
    switch (statement.kind) {
    case Statement::Kind::Select: {
        const auto &node = static_cast<const SelectNode &>(statement);
        const bool isStar = std::ranges::any_of(node.columns, [](const Expr &e) {
            return e.node().op == Operator::Star ||
                   (e.node().kind == ExprKind::Text && e.node().text.find('*') != std::string::npos);
        });
        return isStar ? std::vector<OutputColumn>() : named(node.columns, node.labelledByTable);
    }
    case Statement::Kind::Compound: {
        const auto &node = static_cast<const CompoundNode &>(statement);
        return outputColumns(*node.parts.front());
    }
    case Statement::Kind::Values:
        return namedPlainly(static_cast<const ValuesNode &>(statement).columns);
    case Statement::Kind::Text:
        return namedPlainly(static_cast<const TextNode &>(statement).columns);
    case Statement::Kind::Insert:
        return named(static_cast<const InsertNode &>(statement).returning, false);
    case Statement::Kind::Update:
        return named(static_cast<const UpdateNode &>(statement).returning, false);
    case Statement::Kind::Delete:
        return named(static_cast<const DeleteNode &>(statement).returning, false);
    case Statement::Kind::Merge:
        break;
    }
    return {};
}

Statement::Kind Statement::kind() const noexcept { return node_->kind; }

// Query.

Source Query::subquery(std::string name) const
{
    SourceNode node{.kind = SourceKind::Subquery};
    node.name = std::move(name);
    node.query = node_;
    for (OutputColumn &column : outputColumns(*node_)) {
        node.columns.push_back(std::move(column.name));
        node.yields.push_back(column.yields);
        node.originals.push_back(std::move(column.original));
    }
    return Source(std::make_shared<const SourceNode>(std::move(node)));
}

Source Query::lateral(std::string name) const
{
    SourceNode node = subquery(std::move(name)).node();
    node.lateral = true;
    return Source(std::make_shared<const SourceNode>(std::move(node)));
}

Source Query::cte(std::string name, const CteOptions &options) const
{
    return schemawright::cte(std::move(name), *this, options);
}
Expr Query::scalar() const { return schemawright::scalar(*this); }
Expr Query::exists() const { return schemawright::exists(*this); }

TextQuery::TextQuery(std::string sql, std::vector<Expr> values, std::vector<std::string> columns)
    : Query([&] {
          auto node = std::make_shared<TextNode>();
          node->text = textOf(std::move(sql), std::move(values));
          node->columns = std::move(columns);
          return node;
      }())
{}

TextQuery textQuery(std::string sql, std::vector<Expr> values, std::vector<std::string> columns)
{
    return TextQuery(std::move(sql), std::move(values), std::move(columns));
}

Compound compound(std::string op, std::vector<Query> parts)
{
    if (parts.empty())
        throw Error(ErrorKind::Misuse, op + " of nothing");
    auto node = std::make_shared<CompoundNode>();
    node->op = std::move(op);
    std::size_t width = 0;
    for (const Query &part : parts) {
        const std::size_t columns = outputColumns(part.node()).size();
        if (columns && width && columns != width)
            throw Error(ErrorKind::Misuse, node->op + " of queries with " + std::to_string(width) + " and " +
                                               std::to_string(columns) + " columns");
        width = std::max(width, columns);
        node->parts.push_back(part.share());
    }
    return Compound(std::shared_ptr<const StatementNode>(std::move(node)));
}

Compound union_(std::vector<Query> parts) { return compound("UNION", std::move(parts)); }
Compound unionAll(std::vector<Query> parts) { return compound("UNION ALL", std::move(parts)); }
Compound intersect(std::vector<Query> parts) { return compound("INTERSECT", std::move(parts)); }
Compound intersectAll(std::vector<Query> parts) { return compound("INTERSECT ALL", std::move(parts)); }
Compound except(std::vector<Query> parts) { return compound("EXCEPT", std::move(parts)); }
Compound exceptAll(std::vector<Query> parts) { return compound("EXCEPT ALL", std::move(parts)); }

Compound Compound::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<CompoundNode>().tail.order, std::move(order));
    return std::move(*this);
}

Compound Compound::limit(const Expr &rows) &&
{
    detached<CompoundNode>().tail.limit = rows;
    return std::move(*this);
}

Compound Compound::offset(const Expr &rows) &&
{
    detached<CompoundNode>().tail.offset = rows;
    return std::move(*this);
}

Compound Compound::fetch(const Expr &rows, bool withTies, bool percent) &&
{
    setFetch(detached<CompoundNode>().tail, rows, withTies, percent);
    return std::move(*this);
}

Compound Compound::with(const Source &cte) &&
{
    detached<CompoundNode>().with.push_back(cte);
    return std::move(*this);
}

Values valuesQuery(std::vector<std::vector<Expr>> rows, std::vector<std::string> columns)
{
    if (rows.empty())
        throw Error(ErrorKind::Misuse, "VALUES without a row");
    for (const auto &row : rows)
        if (row.size() != rows.front().size())
            throw Error(ErrorKind::Misuse, "VALUES has rows of different lengths");
    auto node = std::make_shared<ValuesNode>();
    if (columns.empty())
        for (std::size_t i = 1; i <= rows.front().size(); ++i)
            columns.push_back("column" + std::to_string(i));
    node->rows = std::move(rows);
    node->columns = std::move(columns);
    return Values(std::shared_ptr<const StatementNode>(std::move(node)));
}

// Select.

Select select(std::vector<Expr> columns)
{
    auto node = std::make_shared<SelectNode>();
    node->columns = std::move(columns);
    return Select(std::shared_ptr<const StatementNode>(std::move(node)));
}

Select select(const Source &source) { return select(source.columns()).from(source); }

Select Select::columns(std::vector<Expr> more) &&
{
    auto &columns = detached<SelectNode>().columns;
    columns.insert(columns.end(), more.begin(), more.end());
    return std::move(*this);
}

Select Select::from(Source source) &&
{
    if (source.isEmpty())
        throw Error(ErrorKind::Misuse, "FROM nothing");
    SelectNode &node = detached<SelectNode>();
    // Joins belong to what stood last until now.
    if (!node.joins.empty() && !node.from.empty()) {
        for (PendingJoin &join : node.joins)
            node.from.back() = node.from.back().joinAs(join.kind, join.right, join.on);
        node.joins.clear();
    }
    node.from.push_back(std::move(source));
    return std::move(*this);
}

Select Select::joinAs(JoinKind kind, Source right, Expr on) &&
{
    SelectNode &node = detached<SelectNode>();
    if (right.isEmpty())
        throw Error(ErrorKind::Misuse, "a join needs two sides");
    if (node.from.empty())
        node.joins.push_back({kind, std::move(right), std::move(on)});
    else {
        // With several tables in FROM, the one that a foreign key leads to.
        std::size_t left = node.from.size() - 1;
        if (on.isEmpty() && kind != JoinKind::Cross)
            for (std::size_t i = node.from.size(); i-- > 0;)
                if (!joinConditions(node.from[i], right).empty()) {
                    left = i;
                    break;
                }
        node.from[left] = node.from[left].joinAs(kind, right, on);
    }
    return std::move(*this);
}

Select Select::where(const Expr &condition) &&
{
    addCondition(detached<SelectNode>().where, condition);
    return std::move(*this);
}

Select Select::groupBy(std::vector<Expr> keys) &&
{
    auto &all = detached<SelectNode>().groupBy;
    all.insert(all.end(), keys.begin(), keys.end());
    return std::move(*this);
}

Select Select::having(const Expr &condition) &&
{
    addCondition(detached<SelectNode>().having, condition);
    return std::move(*this);
}

Select Select::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<SelectNode>().tail.order, std::move(order));
    return std::move(*this);
}

Select Select::limit(const Expr &rows) &&
{
    Tail &tail = detached<SelectNode>().tail;
    tail.limit = rows;
    tail.fetch = tail.withTies = tail.percent = false;
    return std::move(*this);
}

Select Select::offset(const Expr &rows) &&
{
    detached<SelectNode>().tail.offset = rows;
    return std::move(*this);
}

Select Select::fetch(const Expr &rows, bool withTies, bool percent) &&
{
    setFetch(detached<SelectNode>().tail, rows, withTies, percent);
    return std::move(*this);
}

Select Select::distinct() &&
{
    detached<SelectNode>().distinct = true;
    return std::move(*this);
}

Select Select::distinctOn(std::vector<Expr> keys) &&
{
    detached<SelectNode>().distinctOn = std::move(keys);
    return std::move(*this);
}

Select Select::forUpdate(RowLock lock) &&
{
    detached<SelectNode>().lock = std::move(lock);
    return std::move(*this);
}

Select Select::with(const Source &cte) &&
{
    detached<SelectNode>().with.push_back(cte);
    return std::move(*this);
}

Select Select::prefix(std::string sql, std::string dialect) &&
{
    detached<SelectNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

Select Select::suffix(std::string sql, std::string dialect) &&
{
    detached<SelectNode>().suffixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

Select Select::hint(const Source &table, std::string sql, std::string dialect) &&
{
    detached<SelectNode>().hints.push_back({std::move(sql), std::move(dialect), table});
    return std::move(*this);
}

Select Select::labelledByTable() &&
{
    detached<SelectNode>().labelledByTable = true;
    return std::move(*this);
}

// Insert.

Expr excluded(std::string column) { return makeExpr({.kind = ExprKind::Excluded, .text = std::move(column)}); }

Insert insert(Source table)
{
    auto node = std::make_shared<InsertNode>();
    node->table = std::move(table);
    return Insert(std::shared_ptr<const StatementNode>(std::move(node)));
}

Insert Insert::value(std::string column, Expr value) &&
{
    InsertNode &node = detached<InsertNode>();
    if (node.rows.size() > 1 || node.query)
        throw Error(ErrorKind::Misuse, "value() is for an INSERT of one row");
    if (node.rows.empty())
        node.rows.emplace_back();
    if (const auto found = std::ranges::find(node.columns, column); found != node.columns.end())
        node.rows.front()[static_cast<std::size_t>(found - node.columns.begin())] = std::move(value);
    else {
        node.columns.push_back(std::move(column));
        node.rows.front().push_back(std::move(value));
    }
    return std::move(*this);
}

Insert Insert::values(std::vector<Assignment> all) &&
{
    Insert changed = std::move(*this);
    for (auto &[column, value] : all)
        changed = std::move(changed).value(std::move(column), std::move(value));
    return changed;
}

Insert Insert::rows(std::vector<std::string> columns, std::vector<std::vector<Expr>> rows) &&
{
    InsertNode &node = detached<InsertNode>();
    if (node.rows.empty())
        node.columns = std::move(columns);
    else if (node.columns != columns)
        throw Error(ErrorKind::Misuse, "all rows of an INSERT have the same columns");
    for (auto &row : rows) {
        if (row.size() != node.columns.size())
            throw Error(ErrorKind::Misuse, "INSERT has a row of " + std::to_string(row.size()) + " values for " +
                                               std::to_string(node.columns.size()) + " columns");
        node.rows.push_back(std::move(row));
    }
    return std::move(*this);
}

Insert Insert::fromSelect(std::vector<std::string> columns, const Query &query) &&
{
    if (const auto yields = outputColumns(query.node());
        !yields.empty() && !columns.empty() && yields.size() != columns.size())
        throw Error(ErrorKind::Misuse, "INSERT takes " + std::to_string(columns.size()) +
                                           " columns and its query yields " + std::to_string(yields.size()));
    InsertNode &node = detached<InsertNode>();
    node.columns = std::move(columns);
    node.query = query.share();
    return std::move(*this);
}

Insert Insert::returning(std::vector<Expr> columns) &&
{
    auto &all = detached<InsertNode>().returning;
    all.insert(all.end(), columns.begin(), columns.end());
    return std::move(*this);
}

Insert Insert::upsert(Upsert upsert) &&
{
    detached<InsertNode>().upsert = std::move(upsert);
    return std::move(*this);
}

Insert Insert::with(const Source &cte) &&
{
    detached<InsertNode>().with.push_back(cte);
    return std::move(*this);
}

Insert Insert::prefix(std::string sql, std::string dialect) &&
{
    detached<InsertNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

std::vector<Insert> Insert::split(std::size_t maxParameters) const
{
    const auto &node = static_cast<const InsertNode &>(*node_);
    const std::size_t width = std::max<std::size_t>(node.columns.size(), 1);
    if (width > maxParameters)
        throw Error(ErrorKind::Misuse, "one row has " + std::to_string(width) +
                                           " parameters and a statement can have " + std::to_string(maxParameters));
    const std::size_t rowsEach = std::min<std::size_t>(maxParameters / width, 1000); // SQL Server takes no more
    if (node.rows.size() <= rowsEach)
        return {*this};
    std::vector<Insert> parts;
    for (std::size_t first = 0; first < node.rows.size(); first += rowsEach) {
        auto part = std::make_shared<InsertNode>(node);
        const auto begin = node.rows.begin() + static_cast<std::ptrdiff_t>(first);
        part->rows.assign(begin, begin + static_cast<std::ptrdiff_t>(std::min(rowsEach, node.rows.size() - first)));
        parts.push_back(Insert(std::shared_ptr<const StatementNode>(std::move(part))));
    }
    return parts;
}

// Update.

Update update(Source table)
{
    auto node = std::make_shared<UpdateNode>();
    node->table = std::move(table);
    return Update(std::shared_ptr<const StatementNode>(std::move(node)));
}

Update Update::set(std::string column, Expr value) &&
{
    detached<UpdateNode>().set.emplace_back(schemawright::column(column), std::move(value));
    return std::move(*this);
}

Update Update::set(std::vector<Assignment> all) &&
{
    for (auto &[column, value] : all)
        detached<UpdateNode>().set.emplace_back(schemawright::column(column), std::move(value));
    return std::move(*this);
}

Update Update::setColumn(const Expr &column, Expr value) &&
{
    detached<UpdateNode>().set.emplace_back(column, std::move(value));
    return std::move(*this);
}

Update Update::from(Source source) &&
{
    detached<UpdateNode>().from.push_back(std::move(source));
    return std::move(*this);
}

Update Update::where(const Expr &condition) &&
{
    addCondition(detached<UpdateNode>().where, condition);
    return std::move(*this);
}

Update Update::returning(std::vector<Expr> columns) &&
{
    auto &all = detached<UpdateNode>().returning;
    all.insert(all.end(), columns.begin(), columns.end());
    return std::move(*this);
}

Update Update::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<UpdateNode>().tail.order, std::move(order));
    return std::move(*this);
}

Update Update::limit(const Expr &rows) &&
{
    detached<UpdateNode>().tail.limit = rows;
    return std::move(*this);
}

Update Update::with(const Source &cte) &&
{
    detached<UpdateNode>().with.push_back(cte);
    return std::move(*this);
}

Update Update::prefix(std::string sql, std::string dialect) &&
{
    detached<UpdateNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

Update Update::hint(std::string sql, std::string dialect) &&
{
    detached<UpdateNode>().hints.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

// Delete.

Delete delete_(Source table)
{
    auto node = std::make_shared<DeleteNode>();
    node->table = std::move(table);
    return Delete(std::shared_ptr<const StatementNode>(std::move(node)));
}

Delete Delete::using_(Source source) &&
{
    detached<DeleteNode>().from.push_back(std::move(source));
    return std::move(*this);
}

Delete Delete::where(const Expr &condition) &&
{
    addCondition(detached<DeleteNode>().where, condition);
    return std::move(*this);
}

Delete Delete::returning(std::vector<Expr> columns) &&
{
    auto &all = detached<DeleteNode>().returning;
    all.insert(all.end(), columns.begin(), columns.end());
    return std::move(*this);
}

Delete Delete::orderBy(std::vector<Expr> order) &&
{
    addOrder(detached<DeleteNode>().tail.order, std::move(order));
    return std::move(*this);
}

Delete Delete::limit(const Expr &rows) &&
{
    detached<DeleteNode>().tail.limit = rows;
    return std::move(*this);
}

Delete Delete::with(const Source &cte) &&
{
    detached<DeleteNode>().with.push_back(cte);
    return std::move(*this);
}

Delete Delete::prefix(std::string sql, std::string dialect) &&
{
    detached<DeleteNode>().prefixes.push_back({std::move(sql), std::move(dialect)});
    return std::move(*this);
}

// Merge.

Merge merge(Source target)
{
    auto node = std::make_shared<MergeNode>();
    node->table = std::move(target);
    return Merge(std::shared_ptr<const StatementNode>(std::move(node)));
}

Merge Merge::using_(Source source, const Expr &on) &&
{
    MergeNode &node = detached<MergeNode>();
    node.source = std::move(source);
    node.on = on;
    return std::move(*this);
}

Merge Merge::whenMatchedUpdate(std::vector<Assignment> set, Expr condition) &&
{
    detached<MergeNode>().branches.push_back({MergeNode::Branch::Action::Update, std::move(set), std::move(condition)});
    return std::move(*this);
}

Merge Merge::whenMatchedDelete(Expr condition) &&
{
    detached<MergeNode>().branches.push_back({MergeNode::Branch::Action::Delete, {}, std::move(condition)});
    return std::move(*this);
}

Merge Merge::whenMatchedDoNothing(Expr condition) &&
{
    detached<MergeNode>().branches.push_back({MergeNode::Branch::Action::Nothing, {}, std::move(condition)});
    return std::move(*this);
}

Merge Merge::whenNotMatchedInsert(std::vector<Assignment> values, Expr condition) &&
{
    detached<MergeNode>().branches.push_back(
        {MergeNode::Branch::Action::Insert, std::move(values), std::move(condition)});
    return std::move(*this);
}

Merge Merge::with(const Source &cte) &&
{
    detached<MergeNode>().with.push_back(cte);
    return std::move(*this);
}

} // namespace schemawright
