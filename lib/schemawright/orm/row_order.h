#pragma once

#include "schemawright/orm/change.h"
#include "schemawright/schema/metadata.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

/// A step of row work before it is SQL: what it does to one row, or to some columns of it.
struct RowStep
{
    const Change *change = nullptr;
    enum class Kind { Insert, Update, Delete } kind = Kind::Update;
    TablePtr table;
    RowImage old;   ///< all that is known of the row before this step
    RowImage set;   ///< what this step writes
    RowImage key;   ///< the identity by which it finds its row, as it is when this step runs
    RowImage match; ///< old values that must still be there

    /// The cell of a column before or after this step; null when it is not known.
    const Cell *oldCell(const std::string &column) const;
    const Cell *newCell(const std::string &column) const;
};

/// Why one step must run before another.
struct RowEdge
{
    std::size_t before = 0, after = 0;
    enum class Reason {
        Reference, ///< `after` refers to what `before` makes
        Release,   ///< `before` gives up a reference to what `after` removes
        Unique,    ///< `before` gives up unique values that `after` takes
    } reason = Reason::Reference;
    const ForeignKey *key = nullptr;
    std::vector<std::string> columns; ///< of the unique values
};

/// All reasons among these steps, found by what each frees and takes. O(n log n) in the number of steps.
std::vector<RowEdge> rowEdges(const MetaData &baseline, const std::vector<RowStep> &steps);

} // namespace schemawright
