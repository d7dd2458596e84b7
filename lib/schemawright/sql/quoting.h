#pragma once

#include <string>
#include <string_view>

namespace schemawright {

/// What a database's unquoted identifiers look like.
struct IdentifierRules
{
    enum class Case { Kept, FoldedToLower, FoldedToUpper };
    char open = '"', close = '"';
    /// What becomes of an unquoted name: where case is kept, mixed case needs no quotes.
    Case caseRule = Case::FoldedToLower;
    /// True for a word (in lower case) that cannot stand unquoted.
    bool (*isReserved)(std::string_view lower) = nullptr;
    /// Whether a $ may stand inside a name, and letters beyond ASCII.
    bool allowsDollar = true;
};

/// True when the name would not come back as it is without quotes. For upper-folding databases lower case counts as the
/// plain spelling, as programs write it.
bool needsQuoting(std::string_view identifier, const IdentifierRules &rules);
/// Throws Error(Misuse) that shows the name up to its NUL, if it has one.
void refuseNul(std::string_view identifier);
/// The identifier between the quotes, its own closing quotes doubled. Throws Error(Misuse) for one with a NUL or an
/// empty one.
std::string quoteAlways(std::string_view identifier, const IdentifierRules &rules);
std::string quoteIdentifier(std::string_view identifier, const IdentifierRules &rules);

namespace reserved {
bool inSqlite(std::string_view lower);
bool inPostgres(std::string_view lower);
bool inMysql(std::string_view lower);
bool inMssql(std::string_view lower);
bool inOracle(std::string_view lower);
} // namespace reserved

} // namespace schemawright
