#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/orm/parking.h"
#include "schemawright/orm/plan.h"
#include "schemawright/orm/row_order.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>
#include <vector>

namespace schemawright {

/// Puts row steps in an order that the database takes. Rings are broken: a check is put off, a reference written in two
/// steps, a unique value moved out of the way. What cannot be broken is a problem of each row in it, by their names.
class RowSorter
{
public:
    /// Steps are added to `steps`, and cells of theirs to `owned`. All must outlive it, and it must outlive the steps.
    RowSorter(const Dialect &dialect, const MetaData &metadata, std::vector<RowStep> &steps, std::deque<Cell> &owned,
              const std::stop_token &stop)
        : dialect_(dialect), steps_(steps), owned_(owned), stop_(stop), parking_(dialect, metadata, steps)
    {}

    /// Their places in order; none when there are problems. Throws Error(Cancelled).
    std::vector<std::size_t> sort();
    const std::vector<PlanProblem> &problems() const noexcept { return problems_; }
    /// Must constraints be checked at the end only?
    bool defers() const noexcept { return defers_ || !deferred_.empty() || !deferredKeys_.empty(); }

private:
    /// Rows that refer to themselves by a key that the database makes: NULL first, the key when it is known. True when
    /// there is anything to look at again.
    bool splitOwnKeys(const std::vector<RowEdge> &reasons);
    /// Rows that refer to themselves and are removed, or get another key, let go of themselves first.
    void releaseThemselves();
    bool breakCycle(const std::vector<const RowEdge *> &inside, bool everywhere);
    /// A key that the database makes is only known when its row is there, whatever is checked later.
    bool waitsForKey(const RowEdge &edge) const;
    bool canDefer(const RowEdge &edge) const;
    /// Columns of a foreign key that may be NULL for a while.
    static std::vector<std::uint32_t> looseColumns(const RowStep &step, const std::vector<std::uint32_t> &columns);
    /// Has an update write all of a reference that goes for a while, as it is to be in the end: what the parent hands
    /// on, or what it was.
    static void keepReference(RowStep &step, const PlanTable::Reference &reference, const RowStep &parent);
    bool splitReference(const RowEdge &edge);
    /// Writes a reference in two steps: NULL first, the parent's key when the parent is there; or NULL before the row
    /// goes.
    bool splitColumns(std::size_t index, bool isTaking, const std::vector<std::uint32_t> &columns);
    /// By what a row is found after this step.
    RowCells keyAfter(const RowStep &step);
    /// Moves a row's unique value out of the way before others need it.
    bool park(const RowEdge &edge);
    std::optional<Value> parkingValue(const RowStep &step, const PlanTable::Columns &list, std::uint32_t position);
    void refuseCycle(const std::vector<std::size_t> &cycle);
    void refuse(const std::vector<std::size_t> &rows, const std::string &message);

    const Dialect &dialect_;
    std::vector<RowStep> &steps_;
    std::deque<Cell> &owned_;
    const std::stop_token &stop_;
    const Cell null_ = Value();
    std::vector<std::uint32_t> groups_;
    std::vector<std::pair<std::size_t, std::size_t>> forced_; ///< orders that no edge tells
    std::set<const ForeignKey *> deferred_;
    std::set<const PlanTable::Columns *> deferredKeys_;
    bool defers_ = false;
    Parking parking_;
    std::vector<PlanProblem> problems_;
};

} // namespace schemawright
