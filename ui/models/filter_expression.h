#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/sql/expr.h"

#include <QString>

#include <optional>

namespace schemawright::ui {

/// What a filter line means: a condition with bound parameters, or where and why it cannot be understood.
///
///     rosa                       any column holds "rosa", whatever the case
///     rank = species             comparisons: = != <> < <= > >=, and ~ for "holds"
///     height > 100 and hardy = 1 and, or, not, parentheses
///     note is null   name in (a, b)   name like 'Ro%'   "odd name" = 'two words'
struct FilterExpression
{
    Expr condition; ///< empty: no filter
    QString error;  ///< empty when it is understood
    int errorAt = 0;

    /// The same for the person who types, as rich text.
    static QString help();
    static FilterExpression parse(const QString &text, const TablePtr &table, const Dialect &dialect);
};

} // namespace schemawright::ui
