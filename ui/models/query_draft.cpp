#include "ui/models/query_draft.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/functions.h"
#include "ui/models/query_expression.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

namespace schemawright::ui {

namespace {

using Aggregate = QueryDraft::Aggregate;

/// The name as it is typed: in quotes when it is no plain word.
std::string nameText(const std::string &name)
{
    const auto isPlain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    static const std::set<std::string> words{"and",     "or",   "not",  "is",       "in",      "like",
                                             "between", "null", "true", "false",    "case",    "when",
                                             "then",    "else", "end",  "distinct", "contains"};
    std::string low = name;
    for (char &c : low)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    if (!name.empty() && std::ranges::all_of(name, isPlain) && !(name.front() >= '0' && name.front() <= '9') &&
        !words.contains(low))
        return name;
    std::string quoted = "\"";
    for (const char c : name)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + '"';
}

/// The way back; anything else stays as it is.
std::string plainName(const std::string &text)
{
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
        return text;
    std::string name;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        name += text[i];
        if (text[i] == '"')
            ++i;
    }
    return name;
}

Source sourceOf(const QueryDraft::Box &box, const MetaData &metadata)
{
    const TablePtr table = metadata.table(box.table);
    if (!table)
        throw DraftProblem{"There is no table “" + box.table.text() + "” in this database.", -1, -1};
    Table plain = *table; // one in the default schema is written without it
    if (plain.name.schema == metadata.defaultSchema)
        plain.name.schema.clear();
    const Source source(std::make_shared<const Table>(std::move(plain)));
    return box.alias == table->name.name ? source : source.alias(box.alias);
}

Expr aggregated(Aggregate aggregate, const Expr &e)
{
    switch (aggregate) {
    case Aggregate::Count:
        return func::count(e);
    case Aggregate::CountDistinct:
        return func::countDistinct(e);
    case Aggregate::Sum:
        return func::sum(e);
    case Aggregate::Average:
        return func::avg(e);
    case Aggregate::Minimum:
        return func::min(e);
    case Aggregate::Maximum:
        return func::max(e);
    case Aggregate::None:
    case Aggregate::Group:
        break;
    }
    return e;
}

/// FROM: the boxes along their joins, those that no join reaches one beside the other.
Select withFrom(Select query, const QueryDraft &draft, const QueryScope &scope)
{
    const auto source = [&](const std::string &alias) -> const Source & {
        const auto found = std::ranges::find(scope, alias, &QueryScope::value_type::first);
        if (found == scope.end())
            throw DraftProblem{"A join names “" + alias + "”, which is not there.", -1, -1};
        return found->second;
    };
    const auto on = [&](const QueryDraft::Join &join) {
        std::vector<Expr> pairs;
        for (const auto &[left, right] : join.columns)
            pairs.push_back(source(join.left)[left] == source(join.right)[right]);
        return and_(std::move(pairs));
    };
    std::set<std::string> placed;
    std::vector<bool> used(draft.joins.size());
    const auto isKeptBy = [&](const std::string &alias) { // the right side of a left join cannot come first
        return std::ranges::any_of(draft.joins, [&](const auto &join) { return join.isLeft && join.right == alias; });
    };
    std::vector<const QueryDraft::Box *> order;
    for (const bool isLater : {false, true})
        for (const QueryDraft::Box &box : draft.boxes)
            if (isKeptBy(box.alias) == isLater)
                order.push_back(&box);
    for (const QueryDraft::Box *first : order) {
        if (placed.contains(first->alias))
            continue;
        Source from = source(first->alias);
        placed.insert(first->alias);
        for (bool grows = true; grows;) {
            grows = false;
            for (std::size_t i = 0; i < draft.joins.size(); ++i) {
                const QueryDraft::Join &join = draft.joins[i];
                const bool hasLeft = placed.contains(join.left), hasRight = placed.contains(join.right);
                if (used[i] || hasLeft == hasRight)
                    continue;
                const std::string &added = hasLeft ? join.right : join.left;
                // All joins between what is there and the new box hold together.
                std::vector<Expr> conditions;
                JoinKind kind = JoinKind::Inner;
                for (std::size_t k = 0; k < draft.joins.size(); ++k) {
                    const QueryDraft::Join &other = draft.joins[k];
                    const bool addsRight = other.right == added && placed.contains(other.left);
                    if (used[k] || !(addsRight || (other.left == added && placed.contains(other.right))))
                        continue;
                    used[k] = true;
                    if (other.isLeft)
                        kind = addsRight ? JoinKind::Left : JoinKind::Right;
                    conditions.push_back(on(other));
                }
                from = from.joinAs(kind, source(added), and_(std::move(conditions)));
                placed.insert(added);
                grows = true;
            }
        }
        query = std::move(query).from(from);
    }
    return query;
}

template <class Work> auto at(int line, int condition, Work work)
{
    try {
        return work();
    } catch (const std::string &why) {
        throw DraftProblem{why, line, condition};
    }
}

} // namespace

Select compose(const QueryDraft &draft, const MetaData &metadata)
{
    if (draft.boxes.empty())
        throw DraftProblem{"", -1, -1};
    QueryScope scope;
    for (const QueryDraft::Box &box : draft.boxes)
        scope.emplace_back(box.alias, sourceOf(box, metadata));

    struct Output
    {
        Expr expression;
        const QueryDraft::Line *line;
    };
    std::vector<Expr> columns, groups;
    std::vector<std::pair<int, Expr>> order;
    std::vector<std::vector<Expr>> rowConditions, groupConditions;
    bool hasAggregate = false;
    for (std::size_t i = 0; i < draft.lines.size(); ++i) {
        const QueryDraft::Line &line = draft.lines[i];
        const int number = static_cast<int>(i);
        if (line.expression.empty())
            continue;
        const Expr inner = at(number, -1, [&] { return parseExpression(line.expression, scope); });
        if (inner.node().hasAggregate && line.aggregate != Aggregate::None && line.aggregate != Aggregate::Group)
            throw DraftProblem{"This is an aggregate already.", number, -1};
        const Expr e = aggregated(line.aggregate, inner);
        const bool isAggregate = e.node().hasAggregate;
        hasAggregate = hasAggregate || isAggregate;
        if (line.aggregate == Aggregate::Group)
            groups.push_back(inner);
        if (line.isShown)
            columns.push_back(line.alias.empty() ? e : e.label(line.alias));
        if (line.sort != QueryDraft::Sort::None)
            order.emplace_back(line.sortRank, line.sort == QueryDraft::Sort::Descending ? e.desc() : e.asc());
        for (std::size_t k = 0; k < line.conditions.size(); ++k) {
            if (line.conditions[k].find_first_not_of(' ') == std::string::npos)
                continue;
            const Expr condition =
                at(number, static_cast<int>(k), [&] { return parseCondition(line.conditions[k], e, scope); });
            auto &all = isAggregate || condition.node().hasAggregate ? groupConditions : rowConditions;
            all.resize(std::max(all.size(), k + 1));
            all[k].push_back(condition);
        }
    }
    if (columns.empty())
        throw DraftProblem{"", -1, -1};
    const auto anyOf = [](std::vector<std::vector<Expr>> alternatives) {
        std::vector<Expr> any;
        for (auto &all : alternatives)
            if (!all.empty())
                any.push_back(and_(std::move(all)));
        return any.empty() ? Expr() : or_(std::move(any));
    };
    // WHERE a OR b with HAVING c would be (a OR b) AND c.
    if (!groupConditions.empty() && !rowConditions.empty() &&
        std::max(groupConditions.size(), rowConditions.size()) > 1)
        throw DraftProblem{"Conditions on groups and on rows cannot be alternatives of each other.", -1, -1};
    try {
        Select query = withFrom(select(std::move(columns)), draft, scope);
        query = std::move(query).where(anyOf(std::move(rowConditions))).having(anyOf(std::move(groupConditions)));
        if (!groups.empty())
            query = std::move(query).groupBy(std::move(groups));
        std::ranges::stable_sort(order, {}, &std::pair<int, Expr>::first);
        std::vector<Expr> sorted;
        for (auto &[rank, e] : order)
            sorted.push_back(std::move(e));
        if (!sorted.empty())
            query = std::move(query).orderBy(std::move(sorted));
        if (draft.distinct)
            query = std::move(query).distinct();
        if (draft.limit)
            query = std::move(query).limit(*draft.limit);
        return query;
    } catch (const Error &error) {
        throw DraftProblem{error.message, -1, -1};
    }
}

std::string columnText(const std::string &alias, const std::string &column)
{
    return nameText(alias) + "." + (column.empty() ? "" : nameText(column));
}

const QueryDraft::Box *QueryDraft::box(const std::string &alias) const
{
    const auto found = std::ranges::find(boxes, alias, &Box::alias);
    return found == boxes.end() ? nullptr : &*found;
}

std::string QueryDraft::addBox(const Table &table)
{
    Box made{table.name, table.name.name, 0, 0};
    for (int i = 2; box(made.alias); ++i)
        made.alias = table.name.name + std::to_string(i);
    boxes.push_back(made);
    return made.alias;
}

bool QueryDraft::addJoin(const Join &added)
{
    const auto turned = [](Join join) {
        std::swap(join.left, join.right);
        for (auto &[left, right] : join.columns)
            std::swap(left, right);
        return join;
    };
    for (Join &join : joins) {
        if (!((join.left == added.left && join.right == added.right) ||
              (join.left == added.right && join.right == added.left)))
            continue;
        const Join same = join.left == added.left ? added : turned(added);
        bool isNew = false;
        for (const auto &pair : same.columns)
            if (std::ranges::find(join.columns, pair) == join.columns.end()) {
                join.columns.push_back(pair);
                isNew = true;
            }
        return isNew;
    }
    joins.push_back(added);
    return true;
}

void QueryDraft::addKeyJoin(Join join, const std::string &added)
{
    const std::string &other = join.left == added ? join.right : join.left;
    if (std::ranges::any_of(joins, [&](const Join &each) { return each.isLeft && each.right == other; })) {
        if (join.left == added) {
            std::swap(join.left, join.right);
            for (auto &[left, right] : join.columns)
                std::swap(left, right);
        }
        join.isLeft = true;
    }
    joins.push_back(std::move(join));
}

void QueryDraft::removeBox(const std::string &alias)
{
    std::erase_if(boxes, [&](const Box &each) { return each.alias == alias; });
    std::erase_if(joins, [&](const Join &each) { return each.left == alias || each.right == alias; });
    const std::string prefix = columnText(alias, "");
    std::erase_if(lines, [&](const Line &each) {
        if (!each.expression.starts_with(prefix))
            return false;
        const std::string rest = each.expression.substr(prefix.size());
        return rest == nameText(plainName(rest)); // nothing but a column of it
    });
}

std::vector<QueryDraft::Join> QueryDraft::possibleJoins(const std::string &alias, const MetaData &metadata) const
{
    std::vector<Join> all;
    const Box *added = box(alias);
    const TablePtr table = added ? metadata.table(added->table) : nullptr;
    if (!table)
        return all;
    const auto keys = [&](const Box &child, const Box &parent) {
        const TablePtr from = metadata.table(child.table), to = metadata.table(parent.table);
        if (!from || !to)
            return;
        for (const ForeignKey &key : from->foreignKeys) {
            const std::vector<std::string> referred = !key.referredColumns.empty() ? key.referredColumns
                                                      : to->primaryKey             ? to->primaryKey->columns
                                                                                   : std::vector<std::string>();
            if (metadata.table(key.referred) != to || referred.size() != key.columns.size())
                continue;
            Join join{child.alias, parent.alias, {}, false};
            for (std::size_t i = 0; i < key.columns.size(); ++i)
                join.columns.emplace_back(key.columns[i], referred[i]);
            all.push_back(std::move(join));
        }
    };
    for (const Box &other : boxes) {
        if (other.alias == alias)
            continue;
        keys(*added, other);
        keys(other, *added);
    }
    return all;
}

std::string QueryDraft::toJson() const
{
    nlohmann::ordered_json json{{"format", 1}, {"distinct", distinct}};
    json["limit"] = limit ? nlohmann::ordered_json(*limit) : nullptr;
    json["tables"] = nlohmann::ordered_json::array();
    for (const Box &each : boxes)
        json["tables"].push_back({{"schema", each.table.schema},
                                  {"table", each.table.name},
                                  {"alias", each.alias},
                                  {"x", each.x},
                                  {"y", each.y}});
    json["joins"] = nlohmann::ordered_json::array();
    for (const Join &each : joins)
        json["joins"].push_back(
            {{"left", each.left}, {"right", each.right}, {"columns", each.columns}, {"keeps_left", each.isLeft}});
    json["lines"] = nlohmann::ordered_json::array();
    for (const Line &each : lines)
        json["lines"].push_back({{"expression", each.expression},
                                 {"alias", each.alias},
                                 {"shown", each.isShown},
                                 {"sort", static_cast<int>(each.sort)},
                                 {"sort_rank", each.sortRank},
                                 {"aggregate", static_cast<int>(each.aggregate)},
                                 {"conditions", each.conditions}});
    return json.dump(2);
}

QueryDraft QueryDraft::fromJson(const std::string &text)
{
    QueryDraft draft;
    try {
        const auto json = nlohmann::json::parse(text);
        if (json.at("format").get<int>() != 1)
            throw Error(ErrorKind::Conversion, "the query was saved by a newer program");
        draft.distinct = json.at("distinct");
        if (!json.at("limit").is_null())
            draft.limit = json.at("limit").get<std::int64_t>();
        for (const auto &each : json.at("tables"))
            draft.boxes.push_back(
                {{each.at("schema"), each.at("table")}, each.at("alias"), each.at("x"), each.at("y")});
        for (const auto &each : json.at("joins"))
            draft.joins.push_back({each.at("left"), each.at("right"), each.at("columns"), each.at("keeps_left")});
        for (const auto &each : json.at("lines")) {
            const int sort = each.at("sort"), aggregate = each.at("aggregate");
            if (sort < 0 || sort > static_cast<int>(Sort::Descending) || aggregate < 0 ||
                aggregate > static_cast<int>(Aggregate::Maximum))
                throw Error(ErrorKind::Conversion, "the file holds a sort or an aggregate that is not known");
            draft.lines.push_back({each.at("expression"), each.at("alias"), each.at("shown"), static_cast<Sort>(sort),
                                   each.at("sort_rank"), static_cast<Aggregate>(aggregate), each.at("conditions")});
        }
    } catch (const nlohmann::json::exception &error) {
        throw Error(ErrorKind::Conversion, "the file is no query").withHint(error.what());
    }
    return draft;
}

const char *nameOf(QueryDraft::Aggregate aggregate) noexcept
{
    switch (aggregate) {
    case Aggregate::None:
        return "";
    case Aggregate::Group:
        return "Group by";
    case Aggregate::Count:
        return "Count";
    case Aggregate::CountDistinct:
        return "Count distinct";
    case Aggregate::Sum:
        return "Sum";
    case Aggregate::Average:
        return "Average";
    case Aggregate::Minimum:
        return "Minimum";
    case Aggregate::Maximum:
        return "Maximum";
    }
    return "";
}

} // namespace schemawright::ui
