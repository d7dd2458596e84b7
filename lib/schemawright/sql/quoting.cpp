#include "schemawright/sql/quoting.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <array>

namespace schemawright {

bool needsQuoting(std::string_view identifier, const IdentifierRules &rules)
{
    if (identifier.empty() || identifier.size() > 64)
        return true;
    std::array<char, 64> folded{};
    for (std::size_t i = 0; i < identifier.size(); ++i) {
        const char c = identifier[i];
        const bool isLetter = (c >= 'a' && c <= 'z') || c == '_', isUpper = c >= 'A' && c <= 'Z';
        const bool isLater = (c >= '0' && c <= '9') || (c == '$' && rules.allowsDollar);
        if (!isLetter && !isUpper && !(isLater && i > 0))
            return true;
        if (isUpper && rules.caseRule != IdentifierRules::Case::Kept)
            return true;
        folded[i] = isUpper ? static_cast<char>(c + 32) : c;
    }
    // Oracle's names begin with a letter.
    if (rules.caseRule == IdentifierRules::Case::FoldedToUpper && identifier.front() == '_')
        return true;
    return rules.isReserved && rules.isReserved({folded.data(), identifier.size()});
}

void refuseNul(std::string_view identifier)
{
    if (const std::size_t at = identifier.find('\0'); at != std::string_view::npos)
        throw Error(ErrorKind::Misuse, "the name '" + std::string(identifier.substr(0, at)) +
                                           "…' holds a NUL character, which no name can");
}

std::string quoteAlways(std::string_view identifier, const IdentifierRules &rules)
{
    refuseNul(identifier);
    std::string quoted;
    quoted.reserve(identifier.size() + 2);
    quoted += rules.open;
    for (const char c : identifier) {
        if (c == rules.close)
            quoted += c;
        quoted += c;
    }
    quoted += rules.close;
    return quoted;
}

std::string quoteIdentifier(std::string_view identifier, const IdentifierRules &rules)
{
    if (identifier.empty())
        throw Error(ErrorKind::Misuse, "a name is empty");
    return needsQuoting(identifier, rules) ? quoteAlways(identifier, rules) : std::string(identifier);
}

} // namespace schemawright
