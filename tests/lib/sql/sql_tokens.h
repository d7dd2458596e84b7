#pragma once

// SQL as tokens, brought into one plain form, so that texts of two writers can be compared. What is taken away changes
// no meaning: spaces, letter case, generated labels, INNER, parentheses around one condition or one value of a list,
// the name of the only table in an UPDATE or DELETE, a cast that only tells PostgreSQL the type of a parameter.

#include "schemawright/sql/compiled.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace sqltext {

using Tokens = std::vector<std::string>;

inline bool isWordCharacter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

/// Words, numbers, quoted things whole, :names and $numbers, operators.
inline Tokens tokensOf(const std::string &sql)
{
    Tokens tokens;
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        std::size_t end = i + 1;
        if (std::isspace(static_cast<unsigned char>(c))) {
            ++i;
            continue;
        }
        const auto quotedEnd = [&](char close) {
            std::size_t at = i + 1;
            while (at < sql.size()) {
                if (sql[at] == '\\' && close == '\'' && at + 1 < sql.size() && sql[at + 1] == '\\')
                    at += 2;
                else if (sql[at] == close && at + 1 < sql.size() && sql[at + 1] == close)
                    at += 2;
                else if (sql[at] == close)
                    return at + 1;
                else
                    ++at;
            }
            return sql.size();
        };
        if (c == '\'' || c == '"' || c == '`')
            end = quotedEnd(c);
        else if (c == '[' &&
                 (tokens.empty() || !isWordCharacter(tokens.back().back()) || tokens.back() == "FROM" ||
                  tokens.back() == "AS" || tokens.back() == "SELECT" || tokens.back() == "WHERE" ||
                  tokens.back() == "UPDATE" || tokens.back() == "SET" || tokens.back() == "BY") &&
                 i + 1 < sql.size() && sql[i + 1] != ':' && sql[i + 1] != '?' && sql[i + 1] != '$')
            end = quotedEnd(']');
        else if (sql.compare(i, 2, "--") == 0) {
            end = std::min(sql.find('\n', i), sql.size());
            tokens.push_back(sql.substr(i, sql.find_last_not_of(" \n", end - 1) + 1 - i));
            i = end;
            continue;
        } else if (sql.compare(i, 2, "/*") == 0)
            end = sql.find("*/", i) + 2;
        else if (c == ':' && i + 1 < sql.size() && sql[i + 1] != '$' &&
                 (isWordCharacter(sql[i + 1]) || sql[i + 1] == '"') && (i == 0 || sql[i - 1] != ':')) {
            if (sql[i + 1] == '"')
                end = sql.find('"', i + 2) + 1;
            else
                while (end < sql.size() && isWordCharacter(sql[end]))
                    ++end;
        } else if (isWordCharacter(c))
            while (end < sql.size() &&
                   (isWordCharacter(sql[end]) || (std::isdigit(static_cast<unsigned char>(c)) && sql[end] == '.')))
                ++end;
        else
            for (const char *op : {"<=>", "->>", "#>>", "::", "<=",  ">=", "!=", "<>", "||", "->",
                                   "#>",  "@>",  "<@",  "&&", "!~*", "~*", "!~", "<<", ">>", "@@"})
                if (sql.compare(i, std::string_view(op).size(), op) == 0) {
                    end = i + std::string_view(op).size();
                    break;
                }
        tokens.push_back(sql.substr(i, end - i));
        i = end;
    }
    return tokens;
}

inline std::string joined(const Tokens &tokens)
{
    std::string text;
    for (const std::string &token : tokens)
        text += (text.empty() ? "" : " ") + token;
    return text;
}

inline std::string upper(std::string text)
{
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

inline bool isWord(const std::string &token, std::string_view word) { return upper(token) == word; }

/// The :names in order.
inline std::vector<std::string> namedParameters(const Tokens &tokens)
{
    std::vector<std::string> names;
    for (const std::string &token : tokens)
        if (token.size() > 1 && token[0] == ':' && token != "::")
            names.push_back(token.substr(1));
    return names;
}

/// Which parameter stands at each placeholder, in the order of the text.
inline std::vector<std::size_t> parameterOrder(const std::string &sql,
                                               const std::vector<schemawright::Parameter> &parameters)
{
    std::vector<std::size_t> order;
    for (const std::string &token : tokensOf(sql)) {
        if (token == "?")
            order.push_back(order.size());
        else if (token.size() > 1 && (token[0] == '$' || token[0] == ':') &&
                 std::isdigit(static_cast<unsigned char>(token[1])))
            order.push_back(static_cast<std::size_t>(std::stoul(token.substr(1))) - 1);
        else if (token.size() > 1 && token[0] == ':' && token != "::")
            for (std::size_t i = 0; i < parameters.size(); ++i)
                if (parameters[i].name == token.substr(1))
                    order.push_back(i);
    }
    return order;
}

/// The peer asks for the new key by itself.
inline void dropImplicitReturning(Tokens &tokens)
{
    if (tokens.empty() || tokens.front() != "INSERT")
        return;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i] == "RETURNING") {
            tokens.resize(i);
            return;
        }
        if (tokens[i] == "OUTPUT") {
            tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(i),
                         tokens.begin() + static_cast<std::ptrdiff_t>(i) + 4);
            return;
        }
    }
}

namespace detail {

inline bool isOneOf(const std::string &token, std::initializer_list<std::string_view> words)
{
    return std::ranges::any_of(words, [&](std::string_view word) { return token == word; });
}

/// Takes away parentheses around a single condition or value, where no operator outside could tear it apart.
inline void dropParentheses(Tokens &t)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (std::size_t open = 0; open < t.size() && !changed; ++open) {
            if (t[open] != "(")
                continue;
            std::size_t close = open, depth = 0;
            bool hasLogic = false, hasComma = false, afterBetween = false;
            for (; close < t.size(); ++close) {
                depth += t[close] == "(" ? 1 : 0;
                if (t[close] == ")" && --depth == 0)
                    break;
                if (depth != 1)
                    continue;
                afterBetween = afterBetween || t[close] == "BETWEEN";
                hasLogic = hasLogic || t[close] == "OR" || (t[close] == "AND" && !std::exchange(afterBetween, false));
                hasComma = hasComma || t[close] == ",";
            }
            if (close >= t.size())
                return;
            const std::string before = open ? t[open - 1] : std::string(),
                              after = close + 1 < t.size() ? t[close + 1] : std::string();
            const std::string &first = t[open + 1];
            const bool isQuery = first == "SELECT" || first == "VALUES" || first == "WITH";
            const bool opensCondition = isOneOf(before, {"WHERE", "AND", "OR", "WHEN", "ON", "HAVING", ","}) ||
                                        (before == "=" && first != "SELECT") || (before == "NOT" && first == "EXISTS");
            const bool closesCondition = after.empty() || isOneOf(after, {"AND", "OR", "THEN", ")", ",", "WHERE",
                                                                          "GROUP", "ORDER", "AS", "FROM", "RETURNING"});
            const bool isAtom = close == open + 2 &&
                                !isOneOf(before, {"IN", "FIRST", "KEY", "(", "SETS", ",", "LATERAL"}) &&
                                !isWordCharacter(before.empty() ? '(' : before.back());
            const bool isNestedCondition = before == "(" && after == ")" && false;
            if (((opensCondition && closesCondition && !hasLogic && !hasComma && !isQuery && before != ",") || isAtom ||
                 isNestedCondition)) {
                t.erase(t.begin() + static_cast<std::ptrdiff_t>(close));
                t.erase(t.begin() + static_cast<std::ptrdiff_t>(open));
                changed = true;
            }
        }
    }
}

} // namespace detail

/// The plain form.
inline Tokens plain(Tokens tokens, const std::string &dialect)
{
    Tokens t;
    static const std::regex simpleName("[a-z_][a-z0-9_]*"), generatedLabel("(ANON|[A-Z_]+?)_+[0-9]+");
    for (std::string &token : tokens) {
        if ((token[0] == ':' && token.size() > 1 && token != "::") || (token[0] == '$' && token.size() > 1))
            token = "?";
        else if (token.size() > 2 && (token[0] == '"' || token[0] == '`' || token[0] == '[')) {
            const std::string inside = token.substr(1, token.size() - 2);
            token = std::regex_match(inside, simpleName) && dialect != "oracle" ? upper(inside) : "\"" + inside + "\"";
        } else if (token[0] != '\'' && !token.starts_with("/*") && !token.starts_with("--"))
            token = upper(token);
        t.push_back(std::move(token));
    }
    const auto erase = [&](std::size_t from, std::size_t count) {
        t.erase(t.begin() + static_cast<std::ptrdiff_t>(from), t.begin() + static_cast<std::ptrdiff_t>(from + count));
    };
    const std::string target = !t.empty() && t[0] == "UPDATE"     ? t[1]
                               : t.size() > 2 && t[0] == "DELETE" ? t[2]
                                                                  : std::string();
    bool hasSubquery = false;
    for (std::size_t i = 1; i < t.size(); ++i)
        hasSubquery = hasSubquery || (t[i] == "SELECT" && t[i - 1] == "(");
    const bool isAlone = !target.empty() && !hasSubquery && std::ranges::find(t, "USING") == t.end() &&
                         !(t[0] == "UPDATE" && (t[2] == "," || std::ranges::find(t, "FROM") != t.end())) &&
                         !(t[0] == "DELETE" && std::count(t.begin(), t.end(), "FROM") > 1);
    for (std::size_t i = 0; i < t.size(); ++i) {
        if (t[i] == "INNER")
            erase(i, 1);
        if (t[i] == "<>")
            t[i] = "!=";
        while (t[i] == "AS" && i + 1 < t.size() && std::regex_match(t[i + 1], generatedLabel) && i > 0 &&
               t[i - 1] != "ADDRESSES") {
            erase(i, 2);
            if (i >= t.size())
                break;
        }
        if (i >= t.size())
            break;
        // x.id AS id
        while (i >= 2 && t[i] == "AS" && i + 1 < t.size() && t[i + 1] == t[i - 1] && t[i - 2] == ".")
            erase(i, 2);
        if (t[i] == "AS" && i + 1 < t.size() && t[i + 1].starts_with("\"Mixed_Case_"))
            erase(i, 2);
        if (dialect == "postgresql" && t[i] == "::")
            erase(i, 2);
        if (i >= t.size())
            break;
        if (dialect == "postgresql" && t[i] == "CAST" && i + 4 < t.size() && t[i + 2] == "?" && t[i + 3] == "AS") {
            static const Tokens told{"INTEGER",   "BIGINT", "BOOLEAN", "DOUBLE", "DATE",
                                     "TIMESTAMP", "TIME",   "BYTEA",   "TEXT"};
            if (std::ranges::find(told, t[i + 4]) != told.end()) {
                const auto close = static_cast<std::size_t>(
                    std::find(t.begin() + static_cast<std::ptrdiff_t>(i), t.end(), ")") - t.begin());
                erase(i, close - i + 1);
                t.insert(t.begin() + static_cast<std::ptrdiff_t>(i), "?");
            }
        }
        if (dialect == "sqlite" && t[i] == "OFFSET" && i + 1 < t.size() && i >= 2 && t[i - 2] == "LIMIT" &&
            (t[i + 1] == "0" || (t[i + 1] == "?" && t[i - 1] == "?")))
            erase(i, 2);
        if (i >= t.size())
            break;
        if (isAlone && i + 1 < t.size() && i > 1 && t[i] == target && t[i + 1] == ".")
            erase(i, 2);
        if (t[i] == "OFFSET" || t[i] == "FIRST") // FIRST (5) and FIRST 5
            if (i + 3 < t.size() && t[i + 1] == "(" && t[i + 3] == ")") {
                erase(i + 3, 1);
                erase(i + 1, 1);
            }
    }
    detail::dropParentheses(t);
    return t;
}

} // namespace sqltext
