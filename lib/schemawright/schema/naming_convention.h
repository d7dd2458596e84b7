#pragma once

#include "schemawright/schema/metadata.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace schemawright {

/// How long a name may be: in bytes of UTF-8, or, where a database counts characters, in units of UTF-16.
struct NameLimit
{
    NameLimit(std::size_t most = 0, bool inCharacters = false) : length(most), countsCharacters(inCharacters) {}
    std::size_t length; ///< 0: no limit
    bool countsCharacters;
};

/// `name` when it is no longer than the limit, else its beginning, cut between characters, and eight hex digits that
/// depend on the whole of it. The same name always gives the same.
std::string shortenedName(std::string_view name, NameLimit limit);

/// The model with a name for each constraint and index that has none, by MetaData::naming, and none longer than the
/// limit. A rule for checks that has %(constraint_name)s in it is laid around the names they have.
/// Indexes without a rule are named ix_table_column.
///
/// Throws Error(Misuse) for a rule with an unknown token, or one that needs a name or column that is not there.
MetaData withNames(const MetaData &metadata, NameLimit limit);

} // namespace schemawright
