#pragma once

#include "schemawright/orm/change.h"

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace schemawright {

/// A change as it stands in a list. It never alters, so any thread may read it: an edit puts another in its place.
using ChangePtr = std::shared_ptr<const Change>;

/// The changes of a unit of work: found by id and by what they are about, told in the order of their ids. One thing has
/// one change, and an id never changes hands. Movable in constant time; a long one may be made on any thread.
class ChangeList
{
public:
    struct Count
    {
        std::size_t all = 0, rows = 0;
        friend bool operator==(const Count &, const Count &) = default;
    };

    ChangeList() = default;
    /// Of these in their order, with ids from `first` on.
    static ChangeList of(std::vector<Change> changes, ChangeId first);
    ChangeList(ChangeList &&) = default;
    ChangeList &operator=(ChangeList &&) = default;

    /// Adds a change, or puts it in the place of that with its id.
    void put(ChangePtr change);
    void erase(ChangeId id);

    bool isEmpty() const noexcept { return byId_.empty(); }
    std::size_t size() const noexcept { return byId_.size(); }
    /// Null when it is not there.
    ChangePtr shared(ChangeId id) const;
    ChangePtr shared(const ChangeTarget &target) const;
    const Change *find(ChangeId id) const;
    const Change *find(const ChangeTarget &target) const;

    std::vector<const Change *> all() const;
    std::vector<ChangePtr> allShared() const;
    /// Those of anything but rows, which are few among many of rows.
    std::vector<const Change *> structure() const;
    std::vector<const Change *> newRows(const QualifiedName &table) const;
    /// How many are about each table, by Change::table(); none without any.
    std::map<QualifiedName, Count> counts() const;
    ChangeId lastId() const noexcept;
    /// The highest number of a new row that was ever in the list.
    std::uint64_t lastNewRow() const noexcept { return lastNewRow_; }

private:
    using TableCount = std::pair<const QualifiedName, Count>;
    struct Entry
    {
        ChangePtr change;
        TableCount *table = nullptr;
        bool isRow = false, isInsert = false;
    };
    struct ByTarget
    {
        using is_transparent = void;
        std::size_t operator()(const ChangeTarget &target) const { return std::hash<ChangeTarget>()(target); }
        std::size_t operator()(const Entry *entry) const { return (*this)(entry->change->target); }
        bool operator()(const Entry *a, const Entry *b) const { return a->change->target == b->change->target; }
        bool operator()(const ChangeTarget &a, const Entry *b) const { return a == b->change->target; }
        bool operator()(const Entry *a, const ChangeTarget &b) const { return a->change->target == b; }
    };
    using Ordered = std::vector<std::pair<ChangeId, const Entry *>>;

    TableCount *countOf(const QualifiedName &table);
    const Ordered &ordered() const;
    template <class Visit> void each(Visit visit) const;

    std::unordered_map<ChangeId, Entry> byId_;
    std::unordered_set<const Entry *, ByTarget, ByTarget> byTarget_;
    std::map<QualifiedName, Count> counts_;
    TableCount *lastCount_ = nullptr; ///< neighbours are mostly of one table
    // Ids mostly come in order. One that leaves leaves a gap, so that it can come back to its place by undo.
    mutable Ordered ordered_;
    mutable std::size_t gaps_ = 0;
    mutable bool isOrdered_ = true;
    std::uint64_t lastNewRow_ = 0;
};

} // namespace schemawright
