#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/orm/plan.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

/// A row that a plan has written, by what it is found: as it was, and as it is.
struct WrittenRow
{
    ChangeId change = ChangeId::None;
    TablePtr table;
    std::vector<std::pair<std::string, Value>> before, after; ///< empty: it was not there; the same when it is gone
};

/// A change that breaks a constraint which is checked only at the end.
struct DeferredFault
{
    ChangeId change = ChangeId::None;
    std::string constraint; ///< its name, or what it says
    std::string detail;     ///< "child.parent_id = 5 is not in parent"
};

/// Finds which changes break deferred constraints: by what is broken when all steps have run and was not before.
///
/// Used inside the transaction of a rehearsal: lookAtEnd() when all has been written, faults() when it has been rolled
/// back. Reads whole tables, so only for when it is known that something is broken. Throws Error.
class DeferredFaults
{
public:
    DeferredFaults(Connection &connection, const Plan &plan, std::vector<WrittenRow> rows);

    void lookAtEnd();
    /// One for each change and constraint.
    std::vector<DeferredFault> faults();

private:
    /// Rows that break one foreign key: the identity of the child, then the values that are not in the parent.
    using Broken = std::vector<std::pair<std::vector<Value>, std::vector<Value>>>;
    /// Rows that share values which are to be unique: their identities.
    using Doubles = std::vector<std::vector<Value>>;

    Broken brokenRows(const PlanReference &reference) const;
    Doubles doubleRows(const TablePtr &table, const std::vector<std::string> &columns) const;
    std::vector<std::string> identity(const TablePtr &table) const;
    /// The identity of the row with these values; empty when there is none.
    std::vector<Value> rowWith(const TablePtr &table, const std::vector<std::string> &columns,
                               const std::vector<Value> &values) const;
    /// Runs a query that may be about a table that is not there yet; then nothing is found.
    template <class Read> void tryRead(Read read) const;

    Connection &connection_;
    const Plan &plan_;
    std::vector<WrittenRow> rows_;
    std::vector<Broken> broken_; ///< by reference
    struct Unique
    {
        TablePtr table;
        std::string name;
        std::vector<std::string> columns;
        Doubles doubles;
    };
    std::vector<Unique> uniques_;
};

} // namespace schemawright
