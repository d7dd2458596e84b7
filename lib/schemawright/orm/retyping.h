#pragma once

#include "schemawright/orm/draft.h"
#include "schemawright/orm/plan.h"

#include <optional>
#include <string>
#include <vector>

namespace schemawright {

/// Decides for each table that gets new types, and whose rows are written in the same commit, which comes first
/// (TableDiff::writing): rows, wherever the columns' old types can hold what is written, so that values which have no
/// way into the new type are corrected or gone before; else the types. What no order does is told.
std::vector<PlanProblem> orderRetyping(Draft &draft, const std::vector<const Change *> &changes);

/// The draft as rows are written to it: with the old types where these come first.
Draft asWritten(const Draft &draft);

/// A column whose values are converted before its rows are written.
struct ConvertedColumn
{
    std::string before;       ///< its name in the baseline
    std::uint32_t column = 0; ///< its position in the draft's table
    /// Some values of it may have no way into the new type, and it may be NULL meanwhile.
    bool canBeEmptied = false;
};
/// Those of a table, called as in the baseline.
std::vector<ConvertedColumn> convertedBefore(const Draft &draft, const QualifiedName &baselineName);
/// What must run before the types of those columns change, so that an update or a deletion of a row still meets the old
/// values it knows: it looks for them, or takes them out of the way. Nothing where the change is about none of them.
std::optional<Step> stepBeforeTypes(const Dialect &dialect, const Draft &draft, const Change &change,
                                    const std::vector<ConvertedColumn> &converted);

} // namespace schemawright
