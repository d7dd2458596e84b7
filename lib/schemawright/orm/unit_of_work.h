#pragma once

#include "schemawright/base/signal.h"
#include "schemawright/orm/change.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
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
    /// Pending cells of a table's rows in the column `from` are meant for `to` from now on.
    void renameCells(const QualifiedName &table, const std::string &from, const std::string &to);
    /// After a conflict: the update of a row is now from these values to those, and keeps its id. Columns that are the
    /// same in both leave it; without any it leaves the list. Throws Error(Misuse) for what is no update of a row.
    void rebase(ChangeId id, RowImage before, RowImage after, RowImage base);
    /// Takes the change out of the list, as if never made; can be undone.
    void revert(ChangeId id);
    /// Reverts everything; can be undone.
    void discardAll();

    bool canUndo() const noexcept { return !frozen_ && !undo_.empty(); }
    bool canRedo() const noexcept { return !frozen_ && !redo_.empty(); }
    void undo();
    void redo();
    /// What the next steps of undo and redo are about, the nearest first: the things that each step edited, of which a
    /// step of very many tells `mostOfStep`.
    std::vector<std::vector<ChangeTarget>> undoSteps(std::size_t most = 20, std::size_t mostOfStep = 1001) const
    {
        return targets(undo_, most, mostOfStep);
    }
    std::vector<std::vector<ChangeTarget>> redoSteps(std::size_t most = 20, std::size_t mostOfStep = 1001) const
    {
        return targets(redo_, most, mostOfStep);
    }

    /// In the order of their first edit. Pointers stay valid until that change leaves the list.
    std::vector<const Change *> changes() const;
    const Change *find(const ChangeTarget &target) const;
    const Change *find(ChangeId id) const;
    bool isEmpty() const noexcept { return byId_.empty(); }
    std::size_t size() const noexcept { return byId_.size(); }
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

    /// All is in the database now: empties the list and what can be undone. What it held comes back: a long list takes
    /// long to free, which need not be here.
    std::shared_ptr<void> clear();
    /// Takes changes that were kept elsewhere (a journal) into an empty list.
    void restore(std::vector<Change> changes);

    /// Fired after each change of the list, of its errors or of being frozen.
    Signal<> changed;

private:
    /// What the change of one target was before and after a step of undo.
    struct Edit
    {
        ChangeTarget target;
        std::optional<Change> before, after;
    };
    using Step = std::vector<Edit>;

    static std::vector<std::vector<ChangeTarget>> targets(const std::vector<Step> &steps, std::size_t most,
                                                          std::size_t mostOfStep);
    void mustBeThawed() const;
    void replace(const ChangeTarget &target, std::optional<Change> after);
    void setState(const ChangeTarget &target, const std::optional<Change> &state);
    void endGroup();
    void touched();

    std::unordered_map<ChangeTarget, std::unique_ptr<Change>> byTarget_;
    std::unordered_map<ChangeId, Change *> byId_;
    // Ids grow, so their order is that of the first edits. Put right when asked for, after a change has left.
    mutable std::vector<const Change *> ordered_;
    mutable bool isOrdered_ = true;
    std::vector<Step> undo_, redo_;
    Step open_; // the group that is being made
    int groupDepth_ = 0;
    bool frozen_ = false;
    std::uint64_t revision_ = 0, tableRevision_ = 0;
    std::uint64_t lastId_ = 0;
    std::uint64_t lastNewRow_ = 0;
};

} // namespace schemawright
