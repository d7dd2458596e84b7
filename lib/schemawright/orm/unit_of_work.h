#pragma once

#include "schemawright/base/signal.h"
#include "schemawright/orm/change_list.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace schemawright {

/// The edits that a user has made and not yet committed.
///
/// Holds one Change per thing: the first edit adds it, later ones keep its first before-image and replace the
/// after-image, and a thing that returns to what it was leaves the list. Runs no SQL: see buildPlan for what a commit
/// would do. Belongs to the thread that made it. Every change of the list throws Error(Misuse) while it is frozen by a
/// commit.
class UnitOfWork
{
public:
    /// Everything edited until it is destroyed is one step of undo.
    class Group
    {
    public:
        explicit Group(UnitOfWork &unit) : unit_(unit) { ++unit_.groupDepth_; }
        ~Group() { unit_.endGroup(); }
        Group(const Group &) = delete;
        Group &operator=(const Group &) = delete;

    private:
        UnitOfWork &unit_;
    };

    /// The images of `target` are now these. What an earlier edit knows of `before` and `base` stays.
    void put(const ChangeTarget &target, std::optional<RowImage> before, std::optional<RowImage> after,
             RowImage base = {});
    /// The table is now `after`, null when it is to be dropped; `before` is how it is in the database, null for a new
    /// one. What an earlier edit knows of `before` stays; a table that is again what it was leaves the list.
    void putTable(const TableTarget &target, TablePtr before, TablePtr after);
    void putMapping(const EntityTarget &target, std::optional<EntityMapping> before,
                    std::optional<EntityMapping> after);
    /// The same for an object that is no table.
    void putObject(const ObjectTarget &target, std::optional<SchemaObject> before, std::optional<SchemaObject> after);
    /// The change of a table, or of another object, is now from this image to that, and keeps its id; one that is none
    /// any more leaves the list. Not a step of undo by itself.
    void rebaseTable(ChangeId id, TablePtr before, TablePtr after);
    void rebaseObject(ChangeId id, std::optional<SchemaObject> before);
    /// Pending cells of a table's rows in the column `from` are meant for `to` from now on.
    void renameCells(const QualifiedName &table, const std::string &from, const std::string &to);
    /// After a conflict: the update of a row is now from these values to those, and keeps its id. Columns that are the
    /// same in both leave it; without any it leaves the list. Throws Error(Misuse) for what is no update of a row.
    void rebase(ChangeId id, RowImage before, RowImage after, RowImage base);
    /// Takes the change out of the list, as if never made; can be undone.
    void revert(ChangeId id);
    /// Reverts everything; can be undone. Both take no longer for a long list.
    void discardAll();

    bool canUndo() const noexcept { return !frozen_ && !undo_.empty(); }
    bool canRedo() const noexcept { return !frozen_ && !redo_.empty(); }
    void undo();
    void redo();
    /// What the next steps of undo and redo are about, the nearest first: the things that each step edited, of which a
    /// step of very many tells `mostOfStep`.
    std::vector<std::vector<ChangeTarget>> undoSteps(std::size_t most = 20, std::size_t mostOfStep = mostTold) const
    {
        return targets(undo_, most, mostOfStep);
    }
    std::vector<std::vector<ChangeTarget>> redoSteps(std::size_t most = 20, std::size_t mostOfStep = mostTold) const
    {
        return targets(redo_, most, mostOfStep);
    }

    /// In the order of their first edit. A pointer is that to the change as it stands now, valid until it is edited,
    /// marked with an error, or leaves the list.
    std::vector<const Change *> changes() const { return list_.all(); }
    /// The same for another thread: they stay what they are, whatever becomes of the list.
    std::vector<ChangePtr> sharedChanges() const { return list_.allShared(); }
    /// Those of anything but rows.
    std::vector<const Change *> structureChanges() const { return list_.structure(); }
    /// Inserts into a table, by its first name.
    std::vector<const Change *> newRows(const QualifiedName &table) const { return list_.newRows(table); }
    /// How many changes each table has, by Change::table().
    std::map<QualifiedName, ChangeList::Count> counts() const { return list_.counts(); }
    const Change *find(const ChangeTarget &target) const { return list_.find(target); }
    const Change *find(ChangeId id) const { return list_.find(id); }
    bool isEmpty() const noexcept { return list_.isEmpty(); }
    std::size_t size() const noexcept { return list_.size(); }
    /// Grows with every change of the list.
    std::uint64_t revision() const noexcept { return revision_; }
    /// Grows with every change of a table or mapping in it.
    std::uint64_t tableRevision() const noexcept { return tableRevision_; }

    /// A number for a row that is not in the database yet; never given twice.
    std::uint64_t nextNewRow() noexcept { return ++lastNewRow_; }

    void setError(ChangeId id, Error error);
    void clearErrors();

    /// While frozen the list can be read but not changed: a commit is running on it.
    void freeze();
    void thaw();
    bool isFrozen() const noexcept { return frozen_; }

    /// All is in the database now: empties the list and what can be undone.
    void clear();
    /// Takes changes that were kept elsewhere (a journal) into an empty list, in which nothing can be undone then.
    void restore(std::vector<Change> changes);
    /// The same of a list that another thread has made, with ids from reserveIds().
    void restore(ChangeList list);
    /// The first of so many ids that no change gets otherwise.
    ChangeId reserveIds(std::size_t count) noexcept;

    /// Is given what is not needed any more: a long list takes long to free, which need not be here. Freed at once
    /// without.
    std::function<void(std::shared_ptr<void>)> dispose;

    /// Fired after each change of the list, of its errors or of being frozen.
    Signal<> changed;

private:
    /// What the change of one thing was before and after a step of undo.
    struct Edit
    {
        ChangePtr before, after;
        const ChangeTarget &target() const { return (before ? before : after)->target; }
    };
    struct Step
    {
        std::vector<Edit> edits;
        /// The list in whose place this stands, when the step is about all at once: then there are no edits.
        std::unique_ptr<ChangeList> other;
        std::vector<ChangeTarget> about; ///< of such a step: the first of what it is about
    };
    static constexpr std::size_t mostTold = 1001;

    static std::vector<std::vector<ChangeTarget>> targets(const std::vector<Step> &steps, std::size_t most,
                                                          std::size_t mostOfStep);
    void mustBeThawed() const;
    template <class Image, class IsSame>
    void putWhole(const ChangeTarget &target, Image Change::*before, Image Change::*after, Image was, Image now,
                  IsSame isSame);
    void replace(const ChangeTarget &target, std::optional<Change> after);
    void setState(const ChangePtr &from, const ChangePtr &to);
    void exchange(ChangeList &other);
    void push(Step step);
    void endGroup();
    void touched();
    template <class T> void giveUp(T what) const;

    ChangeList list_;
    std::vector<Step> undo_, redo_;
    std::vector<Edit> open_; // the group that is being made
    int groupDepth_ = 0;
    bool frozen_ = false;
    std::uint64_t revision_ = 0, tableRevision_ = 0;
    std::uint64_t lastId_ = 0;
    std::uint64_t lastNewRow_ = 0;
};

} // namespace schemawright
