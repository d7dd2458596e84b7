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
/// A collation or operator class that is kept by its name, or by its quoted and qualified name: as SQL.
std::string quoteKept(const std::string &name);

} // namespace schemawright::postgres
