#pragma once

#include "schemawright/dialect/dialect.h"

#include <string>
#include <vector>

namespace schemawright::sqlite {

/// Keys that were off are looked at in the end. Rows that referred to nothing before are kept in mind, and are not
/// found.
struct KeyCheck
{
    std::string keep;   ///< before anything else: those that refer to nothing
    std::string find;   ///< those that do it now and did not then
    std::string forget; ///< behind that
};

/// One for each database of the connection that has tables among the diffs.
std::vector<KeyCheck> keyChecks(const Dialect &dialect, const MetaData &before, const MetaData &after,
                                const std::vector<TableDiff> &diffs);

} // namespace schemawright::sqlite
