#pragma once

#include "schemawright/schema/type.h"
#include "schemawright/value/value.h"

#include <string>
#include <string_view>

namespace schemawright::postgres {

/// What a spelling means: all names, synonyms and aliases of the built-in types; others are Unknown. Keeps the
/// spelling.
Type parseType(std::string_view native);
/// The native spelling if there is one, else the type's rendering here.
std::string typeSql(const Type &type);
/// What was typed into a cell, as the Value to bind. Throws Error(Conversion) for what the type surely cannot hold.
Value parseCell(const Type &type, std::string_view typed);
/// A value as a literal, typed only where a quoted text would not do.
std::string literal(const Value &value);

} // namespace schemawright::postgres
