#include "schemawright/schema/sql_pieces.h"

#include <algorithm>
#include <set>

namespace schemawright::pieces {

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool isWordStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// "0.00" and "0" are one number; a long one stays text, so that no digit is lost.
static std::string normalisedNumber(std::string text)
{
    if (text.find_first_not_of("0123456789.") != std::string::npos)
        return lower(text);
    if (text.find('.') != std::string::npos) {
        while (text.ends_with('0'))
            text.pop_back();
        if (text.ends_with('.'))
            text.pop_back();
    }
    const std::size_t first = text.find_first_not_of('0');
    if (first == std::string::npos)
        return "0";
    return text[first] == '.' ? "0" + text.substr(first) : text.substr(first);
}

std::vector<std::string> of(std::string_view sql)
{
    std::vector<std::string> pieces;
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        std::size_t end = i + 1;
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            ++i;
            continue;
        }
        if (sql.substr(i, 2) == "--") {
            i = std::min(sql.find('\n', i), sql.size());
            continue;
        }
        if (sql.substr(i, 2) == "/*") {
            const std::size_t close = sql.find("*/", i + 2);
            i = close == std::string_view::npos ? sql.size() : close + 2;
            continue;
        }
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            const char close = c == '[' ? ']' : c;
            // An array's brackets hold an expression; quoted names of SQL Server hold a word.
            if (c == '[' && (!pieces.empty() && (pieces.back() == "array" || pieces.back() == "]" ||
                                                 isWordStart(pieces.back().front())))) {
                pieces.emplace_back("[");
                ++i;
                continue;
            }
            while (end < sql.size() && (sql[end] != close || (end + 1 < sql.size() && sql[end + 1] == close)))
                end += sql[end] == close ? 2 : 1;
            end = std::min(end + 1, sql.size());
            pieces.emplace_back(sql.substr(i, end - i));
        } else if (isWordStart(c)) {
            while (end < sql.size() && (isWordStart(sql[end]) || isDigit(sql[end]) || sql[end] == '$'))
                ++end;
            pieces.push_back(lower(sql.substr(i, end - i)));
        } else if (isDigit(c) || (c == '.' && end < sql.size() && isDigit(sql[end]))) {
            while (end < sql.size() && (isDigit(sql[end]) || sql[end] == '.' || isWordStart(sql[end])))
                ++end;
            pieces.push_back(normalisedNumber(std::string(sql.substr(i, end - i))));
        } else {
            static constexpr std::string_view pairs[] = {"::", "<=", ">=", "<>", "!=", "||", "->", "=="};
            if (std::ranges::find(pairs, sql.substr(i, 2)) != std::end(pairs))
                end = i + 2;
            std::string symbol(sql.substr(i, end - i));
            pieces.push_back(symbol == "!=" ? "<>" : symbol == "==" ? "=" : std::move(symbol));
        }
        i = end;
    }
    return pieces;
}

/// One past the type name that follows `::` at `at`.
static std::size_t endOfType(const std::vector<std::string> &pieces, std::size_t at)
{
    static const std::set<std::string> following{"varying", "precision", "with", "without", "time", "zone"};
    if (at >= pieces.size())
        return at;
    ++at;
    while (at + 1 < pieces.size() && pieces[at] == ".")
        at += 2;
    while (at < pieces.size()) {
        if (following.contains(pieces[at]))
            ++at;
        else if (pieces[at] == "(") {
            while (at < pieces.size() && pieces[at] != ")")
                ++at;
            ++at;
        } else if (pieces[at] == "[" && at + 1 < pieces.size() && pieces[at + 1] == "]")
            at += 2;
        else
            break;
    }
    return at;
}

std::vector<std::string> withoutCasts(const std::vector<std::string> &pieces)
{
    std::vector<std::string> kept;
    for (std::size_t i = 0; i < pieces.size();)
        if (pieces[i] == "::")
            i = endOfType(pieces, i + 1);
        else
            kept.push_back(pieces[i++]);
    return kept;
}

/// A view's query. PostgreSQL prints a cast of an inner SELECT with or without the name that the type gives it
/// ("NULL::integer AS int4"); the names that a view shows are compared as its columns.
std::vector<std::string> ofQuery(std::string_view sql)
{
    static const std::set<std::string> namesOfOthers{"int2", "int4",   "int8",      "varchar",    "bpchar",
                                                     "bool", "float4", "float8",    "time",       "timetz",
                                                     "bit",  "varbit", "timestamp", "timestamptz"};
    std::vector<std::string> pieces = of(sql);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i] != "::")
            continue;
        const std::size_t end = endOfType(pieces, i + 1);
        const auto at = [&](std::size_t place) { return pieces.begin() + static_cast<std::ptrdiff_t>(place); };
        if (end + 1 < pieces.size() && pieces[end] == "as" &&
            (namesOfOthers.contains(pieces[end + 1]) || std::find(at(i + 1), at(end), pieces[end + 1]) != at(end)))
            pieces.erase(at(end), at(end + 2));
    }
    return pieces;
}

static std::size_t closing(const std::vector<std::string> &pieces, std::size_t open)
{
    int depth = 0;
    for (std::size_t i = open; i < pieces.size(); ++i) {
        depth += pieces[i] == "(" || pieces[i] == "[" ? 1 : pieces[i] == ")" || pieces[i] == "]" ? -1 : 0;
        if (depth == 0)
            return i;
    }
    return pieces.size();
}

/// Parentheses around the whole, and around a single piece: ((a)) is a.
std::vector<std::string> withoutParentheses(std::vector<std::string> pieces)
{
    while (pieces.size() > 2 && pieces.front() == "(" && closing(pieces, 0) == pieces.size() - 1)
        pieces = {pieces.begin() + 1, pieces.end() - 1};
    for (std::size_t i = 0; i + 2 < pieces.size();) {
        static const std::set<std::string> beforeGroup{"and", "or", "not", "(", ",", "then", "else", "when"};
        const bool isOperand = i == 0 || !isWordStart(pieces[i - 1].front()) || beforeGroup.contains(pieces[i - 1]);
        if (isOperand && pieces[i] == "(" && pieces[i + 2] == ")" && (i == 0 || pieces[i - 1].front() != '"')) {
            pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i + 2));
            pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i));
            i = i > 0 ? i - 1 : 0;
        } else
            ++i;
    }
    return pieces;
}

/// "= any (array[a, b])" is how PostgreSQL prints "in (a, b)".
void anyToIn(std::vector<std::string> &pieces)
{
    for (std::size_t i = 0; i + 5 < pieces.size(); ++i) {
        if (pieces[i] != "=" || pieces[i + 1] != "any" || pieces[i + 2] != "(")
            continue;
        std::size_t array = i + 3;
        while (array < pieces.size() && pieces[array] == "(")
            ++array;
        if (array + 1 >= pieces.size() || pieces[array] != "array" || pieces[array + 1] != "[")
            continue;
        const std::size_t last = closing(pieces, array + 1), end = closing(pieces, i + 2);
        if (end >= pieces.size())
            continue;
        std::vector<std::string> in{"in", "("};
        in.insert(in.end(), pieces.begin() + static_cast<std::ptrdiff_t>(array + 2),
                  pieces.begin() + static_cast<std::ptrdiff_t>(last));
        in.emplace_back(")");
        pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i),
                     pieces.begin() + static_cast<std::ptrdiff_t>(end + 1));
        pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(i), in.begin(), in.end());
    }
}

} // namespace schemawright::pieces
