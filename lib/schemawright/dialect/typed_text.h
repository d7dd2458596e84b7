#pragma once

#include "schemawright/value/value.h"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace schemawright {

/// What a user typed into a cell, as the Value it means, for Dialect::parseCell: what databases have in common. Each
/// throws Error(Conversion) with a message for the user.
namespace typed {

/// "'x' is not a number".
[[noreturn]] void refuse(std::string_view text, std::string_view wanted);
/// Without blanks and line ends at both sides.
std::string_view trimmed(std::string_view text);
/// A whole number of this range.
Value integer(std::string_view text, std::int64_t least, std::int64_t most);
/// A double, which fits into a 32-bit one where `isReal`.
Value floating(std::string_view text, bool isReal);
/// true, t, yes, y, on, 1 and their opposites.
Value boolean(std::string_view text);
/// Bytes from hexadecimal digits, behind one of these prefixes (letters without regard to case) or none.
Value hexBytes(std::string_view text, std::initializer_list<std::string_view> prefixes = {});
/// The text, held to this many characters; blanks at the end beyond them may be cut off, as the standard has it.
Value text(std::string_view text, std::optional<int> length);

} // namespace typed

} // namespace schemawright
