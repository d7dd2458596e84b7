#pragma once

#include "schemawright/schema/type.h"
#include "schemawright/value/value.h"

#include <string_view>

namespace schemawright::mysql {

/// What a spelling means: all types of MySQL and MariaDB with their synonyms; others are Unknown. Keeps the spelling.
/// Numbers are of the smallest kind that holds them all: INT UNSIGNED is a BigInteger, and so is BIGINT UNSIGNED, whose
/// values above 2^63-1 are Decimals. BIT is a number. BIT is a number, and so is TINYINT(1), which holds 5 as
/// well. SET has no kind, but labels.
Type parseType(std::string_view native);
/// What was typed into a cell, as the Value to bind and as the server will give it back. Throws Error(Conversion) for
/// what the type surely cannot hold: a server that is not strict would take something else instead.
Value parseCell(const Type &type, std::string_view typed);

} // namespace schemawright::mysql
