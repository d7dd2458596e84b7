#pragma once

#include "schemawright/sql/statement_node.h"

#include <string>
#include <vector>

namespace schemawright {

/// The shape of a statement as bytes, and its values in the order in which the shape meets them.
struct Shape
{
    std::string key;
    std::vector<const ExprNode *> values; ///< bound values and named parameters, each once
    /// False for a statement with so many values that remembering it would not pay.
    bool isWorthKeeping = true;
};

/// Fills `shape`, whose memory is reused. Where `limitsAreShape`, the numbers of LIMIT and OFFSET are part of it.
void shapeOf(const StatementNode &statement, bool limitsAreShape, Shape &shape);

} // namespace schemawright
