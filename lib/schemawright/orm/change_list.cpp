#include "schemawright/orm/change_list.h"

#include <algorithm>

namespace schemawright {

ChangeList ChangeList::of(std::vector<Change> changes, ChangeId first)
{
    ChangeList list;
    list.byId_.reserve(changes.size());
    list.byTarget_.reserve(changes.size());
    list.ordered_.reserve(changes.size());
    auto id = static_cast<std::uint64_t>(first);
    for (Change &change : changes) {
        if (const Change *same = list.find(change.target)) // the last that is said of a thing holds
            list.erase(same->id);
        change.id = static_cast<ChangeId>(id++);
        list.put(std::make_shared<const Change>(std::move(change)));
    }
    return list;
}

ChangeList::TableCount *ChangeList::countOf(const QualifiedName &table)
{
    if (!lastCount_ || lastCount_->first != table)
        lastCount_ = &*counts_.try_emplace(table).first;
    return lastCount_;
}

void ChangeList::put(ChangePtr change)
{
    const ChangeId id = change->id;
    const auto [known, isNew] = byId_.try_emplace(id);
    Entry &entry = known->second;
    if (!isNew) { // it is about the same thing
        entry.change = std::move(change);
        return;
    }
    entry.change = std::move(change);
    entry.isRow = entry.change->isRow();
    entry.isInsert = entry.change->isInsert();
    entry.table = countOf(entry.change->table());
    ++entry.table->second.all;
    entry.table->second.rows += entry.isRow;
    if (entry.isRow)
        lastNewRow_ = std::max(lastNewRow_, entry.change->row().newRow);
    byTarget_.insert(&entry);
    if (!isOrdered_)
        return;
    if (ordered_.empty() || ordered_.back().first < id) {
        ordered_.emplace_back(id, &entry);
        return;
    }
    const auto gap = std::ranges::lower_bound(ordered_, id, {}, &Ordered::value_type::first);
    if (gap != ordered_.end() && gap->first == id) {
        gap->second = &entry;
        --gaps_;
    } else
        isOrdered_ = false;
}

void ChangeList::erase(ChangeId id)
{
    const auto known = byId_.find(id);
    if (known == byId_.end())
        return;
    Entry &entry = known->second;
    --entry.table->second.all;
    entry.table->second.rows -= entry.isRow;
    byTarget_.erase(&entry);
    if (isOrdered_) {
        const auto at = std::ranges::lower_bound(ordered_, id, {}, &Ordered::value_type::first);
        at->second = nullptr;
        ++gaps_;
    }
    byId_.erase(known);
    if (byId_.empty()) {
        ordered_.clear();
        gaps_ = 0;
        isOrdered_ = true;
    }
}

const ChangeList::Ordered &ChangeList::ordered() const
{
    if (!isOrdered_) {
        ordered_.clear();
        ordered_.reserve(byId_.size());
        for (const auto &[id, entry] : byId_)
            ordered_.emplace_back(id, &entry);
        std::ranges::sort(ordered_, {}, &Ordered::value_type::first);
        gaps_ = 0;
        isOrdered_ = true;
    } else if (gaps_ > byId_.size()) {
        std::erase_if(ordered_, [](const auto &each) { return !each.second; });
        gaps_ = 0;
    }
    return ordered_;
}

template <class Visit> void ChangeList::each(Visit visit) const
{
    for (const auto &[id, entry] : ordered())
        if (entry)
            visit(*entry);
}

ChangePtr ChangeList::shared(ChangeId id) const
{
    const auto found = byId_.find(id);
    return found == byId_.end() ? nullptr : found->second.change;
}

ChangePtr ChangeList::shared(const ChangeTarget &target) const
{
    const auto found = byTarget_.find(target);
    return found == byTarget_.end() ? nullptr : (*found)->change;
}

const Change *ChangeList::find(ChangeId id) const
{
    const auto found = byId_.find(id);
    return found == byId_.end() ? nullptr : found->second.change.get();
}

const Change *ChangeList::find(const ChangeTarget &target) const
{
    const auto found = byTarget_.find(target);
    return found == byTarget_.end() ? nullptr : (*found)->change.get();
}

std::vector<const Change *> ChangeList::all() const
{
    std::vector<const Change *> changes;
    changes.reserve(size());
    each([&](const Entry &entry) { changes.push_back(entry.change.get()); });
    return changes;
}

std::vector<ChangePtr> ChangeList::allShared() const
{
    std::vector<ChangePtr> changes;
    changes.reserve(size());
    each([&](const Entry &entry) { changes.push_back(entry.change); });
    return changes;
}

std::vector<const Change *> ChangeList::structure() const
{
    std::vector<const Change *> changes;
    const bool hasAny =
        std::ranges::any_of(counts_, [](const TableCount &each) { return each.second.all > each.second.rows; });
    if (hasAny)
        each([&](const Entry &entry) {
            if (!entry.isRow)
                changes.push_back(entry.change.get());
        });
    return changes;
}

std::vector<const Change *> ChangeList::newRows(const QualifiedName &table) const
{
    std::vector<const Change *> rows;
    const auto count = counts_.find(table);
    if (count != counts_.end() && count->second.rows > 0)
        each([&](const Entry &entry) {
            if (entry.isInsert && entry.table == &*count)
                rows.push_back(entry.change.get());
        });
    return rows;
}

std::map<QualifiedName, ChangeList::Count> ChangeList::counts() const
{
    std::map<QualifiedName, Count> counts = counts_;
    std::erase_if(counts, [](const auto &each) { return each.second.all == 0; });
    return counts;
}

ChangeId ChangeList::lastId() const noexcept
{
    const auto &all = ordered();
    return all.empty() ? ChangeId::None : all.back().first;
}

} // namespace schemawright
