#pragma once

#include "schemawright/schema/table.h"
#include "schemawright/value/value.h"

#include <string>
#include <string_view>

namespace schemawright::postgres {

/// The identifier, quoted where the server would. Throws Error(Misuse) for one with a NUL.
std::string quoteName(std::string_view identifier);
/// schema.name, both quoted where needed, the schema left out when empty.
std::string quoteName(const QualifiedName &name);
/// The identifier in quotes, whether it needs them or not.
std::string quoteAlways(std::string_view identifier);
/// The text as a string literal, E'…' only where a backslash needs it.
std::string quoteText(std::string_view text);
/// Removes parentheses that enclose the whole expression.
std::string withoutOuterParentheses(std::string_view expression);
/// ASCII letters made large: the words of a statement.
std::string upperCase(std::string words);
/// A query as the server prints it, in a form that it reads again: the marks of CYCLE … TO 'y'::text DEFAULT 'n'::text
/// must be literals without casts behind them.
std::string withReadableCycles(std::string sql);
/// A collation or operator class that is kept by its name, or by its quoted and qualified name: as SQL.
std::string quoteKept(const std::string &name);

} // namespace schemawright::postgres
