#pragma once

#include "schemawright/value/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// What literals look like in one database.
struct LiteralStyle
{
    const char *trueText = "true";
    const char *falseText = "false";
    /// Backslashes in strings are doubled (MySQL).
    bool escapesBackslash = false;
    /// Before strings that are not all ASCII: N'…'.
    const char *nationalPrefix = "";
    /// Around the hex digits of bytes.
    const char *bytesBefore = "X'", *bytesAfter = "'";
    /// DATE '…', TIMESTAMP '…' instead of bare strings; a time of day stays one.
    bool typesDates = false;
    /// Around the name of an infinite or NaN double; null where there is none.
    const char *specialBefore = nullptr, *specialAfter = "";
};

/// The value as a literal, for scripts and for showing. Throws Error(Conversion) for what the database has no literal
/// for.
std::string literalText(const Value &value, const LiteralStyle &style);
/// A string between quotes, those inside doubled.
std::string quotedText(std::string_view text, bool escapesBackslash = false);

/// A statement's text with literals in the place of its placeholders; named parameters without value as <name>.
/// `placeholder` is '?', '$' (numbered from 1) or ':' (numbered or named).
std::string withLiterals(const std::string &sql, const std::vector<std::string> &literals, char placeholder);

} // namespace schemawright
