#include "schemawright/orm/step_rank.h"

#include "schemawright/base/topological.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace schemawright {

namespace {

using Kind = RowStep::Kind;

/// Whether a change of the parent's row may change or remove the child's.
bool reaches(const ForeignKey &key, bool isDelete)
{
    const auto &action = isDelete ? key.onDelete : key.onUpdate;
    return action && *action != "RESTRICT" && *action != "NO ACTION";
}

bool writesKey(const RowStep &step)
{
    return std::ranges::any_of(step.table->lists, [&](const PlanTable::Columns &list) {
        return std::ranges::any_of(list.columns, [&](std::uint32_t column) { return step.set.contains(column); });
    });
}

/// The tables whose rows may be changed by what is done to others.
class Reach
{
public:
    Reach(const MetaData &tables, const std::set<const Table *> &deleted, const std::set<const Table *> &moved)
    {
        std::map<const Table *, std::vector<std::pair<const Table *, const ForeignKey *>>> children;
        for (const TablePtr &child : tables.tables())
            for (const ForeignKey &key : child->foreignKeys)
                if (reaches(key, true) || reaches(key, false))
                    if (const TablePtr parent = tables.table(key.referred))
                        children[parent.get()].emplace_back(child.get(), &key);
        if (children.empty())
            return;
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        const auto go = [&](const std::set<const Table *> &from, bool isDelete) {
            std::vector<const Table *> open(from.begin(), from.end());
            std::set<const Table *> seen(from.begin(), from.end());
            for (std::size_t i = 0; i < open.size(); ++i)
                for (const auto &[child, key] : children[open[i]]) {
                    if (!reaches(*key, isDelete))
                        continue;
                    const bool isGone = isDelete && *key->onDelete == "CASCADE";
                    edges.emplace_back(numberOf(child), numberOf(open[i]));
                    if (isGone && child == open[i])
                        rings_.insert(child);
                    // A row that is only set to NULL takes no others along.
                    if ((isGone || !isDelete) && seen.insert(child).second)
                        open.push_back(child);
                }
        };
        go(deleted, true);
        go(moved, false);
        const TopologicalOrder sorted = topologicalSort(tables_.size(), edges);
        for (std::size_t i = 0; i < sorted.order.size(); ++i)
            places_[tables_[sorted.order[i]]] = i + 1;
        for (const auto &ring : sorted.cycles)
            for (const std::size_t member : ring)
                rings_.insert(tables_[member]);
    }

    /// 0 for a table that has nothing to do with it.
    std::size_t placeOf(const Table *table) const
    {
        const auto found = places_.find(table);
        return found == places_.end() ? 0 : found->second;
    }
    bool isRing(const Table *table) const { return rings_.contains(table); }

private:
    std::size_t numberOf(const Table *table)
    {
        const auto [found, isNew] = numbers_.try_emplace(table, tables_.size());
        if (isNew)
            tables_.push_back(table);
        return found->second;
    }

    std::map<const Table *, std::size_t> numbers_, places_;
    std::vector<const Table *> tables_;
    std::set<const Table *> rings_;
};

bool isVague(const PlanTable &table)
{
    return !table.table->exclusions.empty() || std::ranges::any_of(table.lists, [](const PlanTable::Columns &list) {
        return list.isUnique && !list.isPlain();
    });
}

} // namespace

void rankSteps(const MetaData &tables, std::vector<RowStep> &steps)
{
    std::set<const Table *> deleted, moved;
    std::map<const PlanTable *, bool> vague;
    for (const RowStep &step : steps) {
        vague.try_emplace(step.table, false);
        if (step.kind == Kind::Delete)
            deleted.insert(step.table->table.get());
        else if (step.kind == Kind::Update && writesKey(step))
            moved.insert(step.table->table.get());
    }
    for (auto &[table, isSo] : vague)
        isSo = isVague(*table);
    const Reach reach(tables, deleted, moved);
    constexpr std::size_t middle = static_cast<std::size_t>(-1) / 2;
    std::vector<std::size_t> ranks(steps.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        RowStep &step = steps[i];
        const std::size_t place = step.kind == Kind::Insert ? 0 : reach.placeOf(step.table->table.get());
        const bool isRing = place > 0 && reach.isRing(step.table->table.get());
        ranks[i] = place > 0 ? 2 * place + (isRing && step.kind == Kind::Delete) : middle;
        if (place == 0 && vague[step.table])
            ranks[i] = step.kind == Kind::Delete ? middle - 1 : step.kind == Kind::Insert ? middle + 1 : middle;
        step.mayBeGone = isRing && step.kind == Kind::Delete;
    }
    if (std::ranges::is_sorted(ranks))
        return;
    std::vector<std::size_t> order(steps.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return ranks[i]; });
    std::vector<RowStep> ordered;
    ordered.reserve(steps.size());
    for (const std::size_t i : order)
        ordered.push_back(std::move(steps[i]));
    steps = std::move(ordered);
}

} // namespace schemawright
