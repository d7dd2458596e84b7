#pragma once

#include "schemawright/sql/query.h"

#include <string>
#include <vector>

namespace schemawright {

/// Something about a statement that is allowed and probably not meant.
struct Lint
{
    enum class Kind {
        CartesianProduct, ///< tables in FROM that no condition connects and no CROSS JOIN asks for
        UngroupedColumn,  ///< a column beside an aggregate that is no key of GROUP BY
    };
    Kind kind;
    std::string message;
    /// The tables that stand apart, or the column.
    std::vector<std::string> names;
};

/// What is odd about the statement and the queries in it. Pure; asks no database.
std::vector<Lint> lint(const Statement &statement);

} // namespace schemawright
