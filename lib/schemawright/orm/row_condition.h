#pragma once

#include "schemawright/sql/expr.h"
#include "schemawright/value/value.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace schemawright {

/// What a condition says of a row of which some values are known.
enum class Truth : std::uint8_t { False, True, Null, Unknown };

/// The value of a column; nothing when it is not known.
using ColumnValue = std::function<std::optional<Value>(std::string_view column)>;

/// A check or the condition of an index, as ExpressionParser reads it. Says Unknown rather than guess what a database
/// would say (functions, collations, arithmetic).
Truth truthOf(const Expr &condition, const ColumnValue &valueOf);

} // namespace schemawright
