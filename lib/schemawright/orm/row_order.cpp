#include "schemawright/orm/row_order.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <unordered_map>

namespace schemawright {

namespace {

/// Values of some columns of one table, as a thing that can be looked up. A key to come is one value among others.
struct Tuple
{
    const Table *table;
    std::vector<std::string> columns;
    std::vector<Cell> cells;
    friend bool operator==(const Tuple &, const Tuple &) = default;
};

struct TupleHash
{
    std::size_t operator()(const Tuple &tuple) const noexcept
    {
        std::size_t seed = std::hash<const void *>()(tuple.table);
        for (const Cell &cell : tuple.cells) {
            const auto *key = std::get_if<KeyOf>(&cell);
            const auto *value = std::get_if<Value>(&cell);
            seed = seed * 1099511628211u + (value ? value->hash() : key ? static_cast<std::size_t>(key->row) : 7);
        }
        return seed;
    }
};

/// Nothing when a column is unknown, NULL (which neither refers nor collides) or left to the database.
template <class CellOf>
std::optional<Tuple> tupleOf(const Table &table, const std::vector<std::string> &named,
                             const std::vector<std::string> &columns, CellOf cellOf)
{
    Tuple tuple{&table, named, {}};
    for (const std::string &column : columns) {
        const Cell *cell = cellOf(column);
        if (!cell || std::holds_alternative<DefaultValue>(*cell))
            return std::nullopt;
        if (const Value *value = std::get_if<Value>(cell); value && value->isNull())
            return std::nullopt;
        tuple.cells.push_back(*cell);
    }
    return tuple;
}

/// The keys whose values tell rows of a table apart: primary key, unique constraints, plain unique indexes.
std::vector<std::vector<std::string>> uniqueKeys(const Table &table)
{
    std::vector<std::vector<std::string>> keys;
    if (table.primaryKey)
        keys.push_back(table.primaryKey->columns);
    for (const UniqueConstraint &unique : table.uniques)
        keys.push_back(unique.columns);
    for (const Index &index : table.indexes) {
        if (!index.unique)
            continue;
        std::vector<std::string> columns;
        for (const IndexElement &element : index.elements)
            if (element.column)
                columns.push_back(*element.column);
        if (columns.size() == index.elements.size())
            keys.push_back(std::move(columns));
    }
    return keys;
}

bool writesAny(const RowStep &step, const std::vector<std::string> &columns)
{
    return step.kind != RowStep::Kind::Update ||
           std::ranges::any_of(columns, [&](const std::string &column) { return step.set.contains(column); });
}

using Index_ = std::unordered_multimap<Tuple, std::size_t, TupleHash>;

/// Which step makes a value, and which gives it up.
struct Holders
{
    Index_ made, given;
};

void addHolder(Holders &holders, const RowStep &step, std::size_t index, const std::vector<std::string> &columns)
{
    if (!writesAny(step, columns))
        return;
    if (step.kind != RowStep::Kind::Delete) {
        auto tuple = tupleOf(*step.table, columns, columns, [&](const auto &c) { return step.newCell(c); });
        if (tuple)
            holders.made.emplace(std::move(*tuple), index);
        // A column left to the database makes a key that others may wait for by the number of the row.
        const RowTarget &target = step.change->row();
        if (step.kind == RowStep::Kind::Insert && target.isNew() && columns.size() == 1)
            holders.made.emplace(Tuple{step.table.get(), columns, {KeyOf{target.newRow, columns.front()}}}, index);
    }
    if (step.kind != RowStep::Kind::Insert)
        if (auto tuple = tupleOf(*step.table, columns, columns, [&](const auto &c) { return step.oldCell(c); }))
            holders.given.emplace(std::move(*tuple), index);
}

} // namespace

const Cell *RowStep::oldCell(const std::string &column) const
{
    const auto found = old.find(column);
    return found == old.end() ? nullptr : &found->second;
}

const Cell *RowStep::newCell(const std::string &column) const
{
    const auto found = set.find(column);
    if (found != set.end())
        return &found->second;
    return kind == Kind::Insert ? nullptr : oldCell(column);
}

std::vector<RowEdge> rowEdges(const MetaData &baseline, const std::vector<RowStep> &steps)
{
    // The column lists by which rows are referred to, and those that must stay unique, for each touched table.
    std::map<const Table *, std::vector<std::vector<std::string>>> referred, unique;
    for (const RowStep &step : steps) {
        if (unique.contains(step.table.get()))
            continue;
        unique[step.table.get()] = uniqueKeys(*step.table);
        for (const ForeignKey &key : step.table->foreignKeys)
            if (const TablePtr parent = baseline.table(key.referred))
                referred[parent.get()].push_back(key.referredColumns);
    }
    for (auto &[table, lists] : referred) {
        std::ranges::sort(lists);
        lists.erase(std::unique(lists.begin(), lists.end()), lists.end());
    }

    Holders parents;
    std::map<const Table *, std::vector<Holders>> takers;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Table *table = steps[i].table.get();
        if (const auto found = referred.find(table); found != referred.end())
            for (const auto &columns : found->second)
                addHolder(parents, steps[i], i, columns);
        auto &holders = takers[table];
        holders.resize(unique[table].size());
        for (std::size_t k = 0; k < unique[table].size(); ++k)
            addHolder(holders[k], steps[i], i, unique[table][k]);
    }

    std::vector<RowEdge> edges;
    // Two steps of one change have their order already, and a row may well refer to itself.
    const auto isOther = [&](std::size_t a, std::size_t b) { return steps[a].change != steps[b].change; };
    const auto connect = [&](const Index_ &index, const Tuple &tuple, auto add) {
        for (auto [at, end] = index.equal_range(tuple); at != end; ++at)
            add(at->second);
    };
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const RowStep &step = steps[i];
        for (const ForeignKey &key : step.table->foreignKeys) {
            const TablePtr parent = baseline.table(key.referred);
            if (!parent || !writesAny(step, key.columns))
                continue;
            if (step.kind != RowStep::Kind::Delete)
                if (const auto tuple = tupleOf(*parent, key.referredColumns, key.columns,
                                               [&](const auto &c) { return step.newCell(c); }))
                    connect(parents.made, *tuple, [&](std::size_t maker) {
                        if (isOther(maker, i))
                            edges.push_back({maker, i, RowEdge::Reason::Reference, &key, {}});
                    });
            if (step.kind != RowStep::Kind::Insert)
                if (const auto tuple = tupleOf(*parent, key.referredColumns, key.columns,
                                               [&](const auto &c) { return step.oldCell(c); }))
                    connect(parents.given, *tuple, [&](std::size_t remover) {
                        if (isOther(remover, i))
                            edges.push_back({i, remover, RowEdge::Reason::Release, &key, {}});
                    });
        }
        const auto &keys = unique[step.table.get()];
        for (std::size_t k = 0; k < keys.size(); ++k) {
            if (step.kind == RowStep::Kind::Delete || !writesAny(step, keys[k]))
                continue;
            const auto tuple = tupleOf(*step.table, keys[k], keys[k], [&](const auto &c) { return step.newCell(c); });
            if (tuple)
                connect(takers[step.table.get()][k].given, *tuple, [&](std::size_t giver) {
                    if (isOther(giver, i))
                        edges.push_back({giver, i, RowEdge::Reason::Unique, nullptr, keys[k]});
                });
        }
    }
    return edges;
}

} // namespace schemawright
