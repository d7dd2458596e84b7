#pragma once

#include "schemawright/sql/statement_node.h"

#include <functional>
#include <vector>

namespace schemawright {

bool isSameTable(const TablePtr &a, const TablePtr &b);
/// The same table, by its name, or the same alias, subquery or CTE.
bool isSameSource(const SourceNode &a, const SourceNode &b);
bool isColumnOf(const ExprNode &column, const SourceNode &source);

/// FROM of a query that names none: the tables of its columns in their order, with its joins. Those for which
/// `isAround` is true, since the queries around it have them, are left out when others are there.
std::vector<Source> derivedFrom(const SelectNode &node, const std::function<bool(const SourceNode &)> &isAround);

} // namespace schemawright
