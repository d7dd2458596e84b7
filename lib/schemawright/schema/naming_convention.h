#pragma once

#include "schemawright/schema/metadata.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace schemawright {

/// `name` when it is no longer than `maxBytes` (0: no limit), else its beginning, cut between characters, and eight hex
/// digits that depend on the whole of it. The same name always gives the same.
std::string shortenedName(std::string_view name, std::size_t maxBytes);

/// The model with a name for each constraint and index that has none, by MetaData::naming, and none longer than
/// `maxIdentifierBytes`. A rule for checks that has %(constraint_name)s in it is laid around the names they have.
/// Indexes without a rule are named ix_table_column.
///
/// Throws Error(Misuse) for a rule with an unknown token, or one that needs a name or column that is not there.
MetaData withNames(const MetaData &metadata, std::size_t maxIdentifierBytes);

} // namespace schemawright
