#pragma once

#include "schemawright/sql/select.h"
#include "schemawright/sql/source.h"

#include <string>
#include <utility>
#include <vector>

namespace schemawright::ui {

/// The tables of a query by the names under which their columns are written.
using QueryScope = std::vector<std::pair<std::string, Source>>;

/// What a person writes into an output column, as an expression:
///
///     Track.Name   Milliseconds / 60000   round(sum(Total), 2)   count(distinct GenreId)   year(InvoiceDate)
///     FirstName || ' ' || LastName   case when Total > 10 then 'much' else 'little' end   div(a, b)   "odd name"
///
/// Throws std::string: why it cannot be understood, for the user.
Expr parseExpression(const std::string &text, const QueryScope &scope);

/// A condition on `left`, typed values bound: a bare value (equal to it), = <> < <= > >=, between a and b, in (a, b),
/// like 'x%', is null, not before each, and expressions of other columns. Throws std::string.
Expr parseCondition(const std::string &text, const Expr &left, const QueryScope &scope);

} // namespace schemawright::ui
