#pragma once

#include "schemawright/schema/table_diff.h"

#include <optional>
#include <string>
#include <vector>

namespace schemawright {

/// A difference in something that is no table: an enum, a sequence, a domain, a function or another object.
struct ObjectDiff
{
    ObjectReference object;
    DiffAction action = DiffAction::Alter;
    std::optional<std::string> from, to; ///< what each says
};

/// Two whole databases held against each other. A value.
struct MetaDataDiff
{
    std::vector<TableDiff> tables; ///< those that differ: by name, views among them
    std::vector<ObjectDiff> objects;
    bool isEmpty() const noexcept { return tables.empty() && objects.empty(); }
};

/// Matches by TableId where both have one, else by name. Shadow tables belong to their virtual table and are never
/// named. Linear in the size of both, but for sorting.
MetaDataDiff diffMetaData(const MetaData &before, const MetaData &after);

} // namespace schemawright
