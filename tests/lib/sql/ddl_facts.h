#pragma once

// What a script of CREATE statements says, whatever its dialect and line breaks: for comparing scripts by meaning.

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace schemawright::test {

/// Without quotes and blanks, in lower case: `[User Id]` is userid, "a", `a` and A are a.
inline std::string plainText(const std::string &text)
{
    std::string plain;
    for (const char c : text)
        if (c != '"' && c != '`' && c != '[' && c != ']' && !std::isspace(static_cast<unsigned char>(c)))
            plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return plain;
}

struct TableFacts
{
    std::set<std::string> columns; ///< name, and " not null"
    std::string primaryKey;        ///< (a,b)
    std::set<std::string> uniques; ///< (a,b)
    std::set<std::string> keys;    ///< (a)references t(b)ondelete…
    std::set<std::string> checks;  ///< (a>1)
    std::set<std::string> indexes; ///< (a,b)
};

/// Splits at commas outside of parentheses and strings.
inline std::vector<std::string> topLevelParts(const std::string &body)
{
    std::vector<std::string> parts(1);
    int depth = 0;
    char quote = 0;
    for (const char c : body) {
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '"' || c == '`')
            quote = c;
        else if (c == '(' || c == ')')
            depth += c == '(' ? 1 : -1;
        if (c == ',' && depth == 0 && !quote)
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

/// The text between the first parenthesis and the one that closes it.
inline std::string parenthesised(const std::string &text, std::size_t from = 0)
{
    const std::size_t open = text.find('(', from);
    int depth = 0;
    char quote = 0;
    for (std::size_t i = open; open != std::string::npos && i < text.size(); ++i) {
        const char c = text[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '"' || c == '`')
            quote = c;
        else if (c == '(')
            ++depth;
        else if (c == ')' && --depth == 0)
            return text.substr(open + 1, i - open - 1);
    }
    return {};
}

inline std::string upperText(std::string text)
{
    for (char &c : text)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

inline std::map<std::string, TableFacts> ddlFacts(const std::vector<std::string> &statements)
{
    std::map<std::string, TableFacts> all;
    for (const std::string &statement : statements) {
        const std::string upper = upperText(statement);
        const auto nameAfter = [&](const std::string &word) {
            const std::size_t at = upper.find(word) + word.size();
            return plainText(statement.substr(at, statement.find('(', at) - at));
        };
        if (upper.starts_with("CREATE TABLE")) {
            TableFacts &facts = all[nameAfter("CREATE TABLE ")];
            for (std::string part : topLevelParts(parenthesised(statement))) {
                part.erase(0, part.find_first_not_of(" \n\t"));
                std::string word = upperText(part);
                if (word.starts_with("CONSTRAINT ")) { // its name is not compared
                    std::size_t at = 11;
                    const char close = part[at] == '[' ? ']' : part[at];
                    const bool isQuoted = part[at] == '"' || part[at] == '`' || part[at] == '[';
                    at = isQuoted ? part.find(close, at + 1) + 1 : part.find(' ', at);
                    part.erase(0, part.find_first_not_of(' ', at));
                    word = upperText(part);
                }
                const std::string list = plainText(parenthesised(part));
                if (word.starts_with("PRIMARY KEY"))
                    facts.primaryKey = list;
                else if (word.starts_with("UNIQUE KEY"))
                    facts.indexes.insert(list);
                else if (word.starts_with("UNIQUE"))
                    facts.uniques.insert(list);
                else if (word.starts_with("FOREIGN KEY"))
                    facts.keys.insert(plainText(part));
                else if (word.starts_with("CHECK"))
                    facts.checks.insert(list);
                else if (word.starts_with("KEY "))
                    facts.indexes.insert(list);
                else {
                    const bool isQuoted = part[0] == '"' || part[0] == '`' || part[0] == '[';
                    const std::size_t end =
                        isQuoted ? part.find(part[0] == '[' ? ']' : part[0], 1) + 1 : part.find(' ');
                    const bool isKey = word.find("PRIMARY KEY") != std::string::npos;
                    const std::string name = plainText(part.substr(0, end));
                    facts.columns.insert(name +
                                         (isKey || word.find("NOT NULL") != std::string::npos ? " not null" : ""));
                    if (isKey)
                        facts.primaryKey = name;
                }
            }
            // A key's columns are never NULL, whether that is written or not.
            for (const std::string &column : topLevelParts(facts.primaryKey))
                if (facts.columns.erase(column))
                    facts.columns.insert(column + " not null");
        } else if (upper.find(" INDEX ") != std::string::npos) {
            const std::size_t on = upper.find(" ON ");
            all[plainText(statement.substr(on + 4, statement.find('(', on) - on - 4))].indexes.insert(
                plainText(parenthesised(statement, on)));
        } else if (upper.starts_with("ALTER TABLE") && upper.find("FOREIGN KEY") != std::string::npos)
            all[plainText(statement.substr(12, upper.find(" ADD ") - 12))].keys.insert(
                plainText(statement.substr(upper.find("FOREIGN KEY"))));
    }
    return all;
}

/// What differs, a line each; empty when both say the same.
inline std::string difference(const std::map<std::string, TableFacts> &ours,
                              const std::map<std::string, TableFacts> &theirs)
{
    std::string text;
    const auto sets = [&](const std::string &what, const std::set<std::string> &a, const std::set<std::string> &b) {
        for (const std::string &each : a)
            if (!b.contains(each))
                text += what + ": only ours: " + each + "\n";
        for (const std::string &each : b)
            if (!a.contains(each))
                text += what + ": only theirs: " + each + "\n";
    };
    for (const auto &[name, facts] : theirs)
        if (!ours.contains(name))
            text += "missing table " + name + "\n";
    for (const auto &[name, facts] : ours) {
        const auto found = theirs.find(name);
        if (found == theirs.end()) {
            text += "table too many " + name + "\n";
            continue;
        }
        if (facts.primaryKey != found->second.primaryKey)
            text += name + ": primary key " + facts.primaryKey + " and " + found->second.primaryKey + "\n";
        sets(name + " columns", facts.columns, found->second.columns);
        sets(name + " uniques", facts.uniques, found->second.uniques);
        sets(name + " keys", facts.keys, found->second.keys);
        sets(name + " checks", facts.checks, found->second.checks);
        sets(name + " indexes", facts.indexes, found->second.indexes);
    }
    return text;
}

} // namespace schemawright::test
