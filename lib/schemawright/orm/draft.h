#pragma once

#include "schemawright/orm/change.h"
#include "schemawright/schema/metadata_diff.h"

#include <map>
#include <string>
#include <vector>

namespace schemawright {

/// The database as the user sees it: the baseline with the pending changes of tables and other objects upon it. A
/// value; pure.
struct Draft
{
    MetaData before; ///< the baseline, with ids and with references that follow pending renames, as the database's do
    MetaData after;
    std::vector<TableDiff> diffs;        ///< one for each changed table that differs
    std::vector<ChangeId> changes;       ///< whose each diff is
    std::vector<ObjectDiff> objectDiffs; ///< the same for what is no table
    std::vector<ChangeId> objectChanges;

    std::map<QualifiedName, QualifiedName> tableNames; ///< baseline name, or a new table's first, to the draft's
    /// By baseline name of the table: baseline name of a column to the draft's; those that are dropped to "".
    std::map<QualifiedName, std::map<std::string, std::string>> columnNames;

    /// The draft's table for a row's target; null when it is dropped or was never there.
    TablePtr tableOf(const QualifiedName &baselineName) const;
    /// The draft's name of a column; empty when it is dropped.
    std::string columnOf(const QualifiedName &baselineTable, const std::string &column) const;
};

Draft draftOf(const MetaData &baseline, const std::vector<const Change *> &changes);

} // namespace schemawright
