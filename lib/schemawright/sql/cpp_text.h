#pragma once

#include "schemawright/sql/select.h"

#include <string>

namespace schemawright {

/// The C++ that builds this query with the expression language, as a person would write it: a line for each table, then
/// the query clause by clause. `metadata` is the name of the MetaData in it.
///
/// Throws Error(Unsupported) for what is seldom built by hand: subqueries, CTEs, windows, raw SQL. Pure.
std::string cppText(const Select &query);

} // namespace schemawright
