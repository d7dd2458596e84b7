#include "schemawright/backends/postgres/postgres_tokens.h"

#include <algorithm>

namespace schemawright::postgres {

namespace {

bool isBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isWordStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool isWordPart(char c) { return isWordStart(c) || isDigit(c) || c == '$'; }

/// Reads one token after another. Each skip… function returns where the construct that begins at `at` ends.
class Reader
{
public:
    explicit Reader(std::string_view sql) : sql_(sql) {}

    char at(std::size_t i) const { return i < sql_.size() ? sql_[i] : '\0'; }
    std::size_t size() const { return sql_.size(); }

    std::size_t skipLineComment(std::size_t at) const { return std::min(sql_.find('\n', at), sql_.size()); }

    std::size_t skipBlockComment(std::size_t begin) const
    {
        int depth = 0;
        for (std::size_t i = begin; i < sql_.size(); ++i)
            if (sql_[i] == '/' && at(i + 1) == '*') {
                ++depth;
                ++i;
            } else if (sql_[i] == '*' && at(i + 1) == '/') {
                ++i;
                if (--depth == 0)
                    return i + 1;
            }
        return sql_.size();
    }

    std::size_t skipQuoted(std::size_t begin, bool backslashes) const
    {
        const char quote = sql_[begin];
        for (std::size_t i = begin + 1; i < sql_.size(); ++i)
            if (backslashes && sql_[i] == '\\')
                ++i;
            else if (sql_[i] == quote) {
                if (at(i + 1) != quote)
                    return i + 1;
                ++i;
            }
        return sql_.size();
    }

    /// The end of a $tag$…$tag$ string, or `begin` when there is none.
    std::size_t skipDollarQuoted(std::size_t begin) const
    {
        std::size_t i = begin + 1;
        if (isWordStart(at(i)))
            while (isWordStart(at(i)) || isDigit(at(i)))
                ++i;
        if (at(i) != '$')
            return begin;
        const std::string_view tag = sql_.substr(begin, i + 1 - begin);
        const std::size_t close = sql_.find(tag, i + 1);
        return close == std::string_view::npos ? sql_.size() : close + tag.size();
    }

    std::size_t skipNumber(std::size_t i) const
    {
        const auto digits = [&] {
            while (isDigit(at(i)))
                ++i;
        };
        digits();
        if (at(i) == '.' && at(i + 1) != '.') {
            ++i;
            digits();
        }
        if (at(i) == 'e' || at(i) == 'E') {
            const std::size_t sign = at(i + 1) == '+' || at(i + 1) == '-';
            if (isDigit(at(i + 1 + sign))) {
                i += 1 + sign;
                digits();
            }
        }
        return i;
    }

private:
    std::string_view sql_;
};

} // namespace

std::vector<Token> tokenize(std::string_view sql)
{
    std::vector<Token> tokens;
    const Reader read(sql);
    std::size_t i = 0;
    const auto add = [&](TokenKind kind, std::size_t end) {
        tokens.push_back({kind, i, end - i});
        i = end;
    };
    while (i < sql.size()) {
        const char c = sql[i], next = read.at(i + 1);
        if (isBlank(c))
            ++i;
        else if (c == '-' && next == '-')
            add(TokenKind::Comment, read.skipLineComment(i));
        else if (c == '/' && next == '*')
            add(TokenKind::Comment, read.skipBlockComment(i));
        else if (c == '\'')
            add(TokenKind::String, read.skipQuoted(i, false));
        else if ((c == 'E' || c == 'e' || c == 'B' || c == 'b' || c == 'X' || c == 'x' || c == 'N' || c == 'n') &&
                 next == '\'')
            add(TokenKind::String, read.skipQuoted(i + 1, c == 'E' || c == 'e'));
        else if ((c == 'U' || c == 'u') && next == '&' && (read.at(i + 2) == '\'' || read.at(i + 2) == '"'))
            add(read.at(i + 2) == '"' ? TokenKind::QuotedName : TokenKind::String, read.skipQuoted(i + 2, false));
        else if (c == '"')
            add(TokenKind::QuotedName, read.skipQuoted(i, false));
        else if (c == '$' && isDigit(next)) {
            std::size_t end = i + 1;
            while (isDigit(read.at(end)))
                ++end;
            add(TokenKind::Parameter, end);
        } else if (const std::size_t end = c == '$' ? read.skipDollarQuoted(i) : i; end != i)
            add(TokenKind::String, end);
        else if (isDigit(c) || (c == '.' && isDigit(next)))
            add(TokenKind::Number, read.skipNumber(i));
        else if (isWordStart(c)) {
            std::size_t wordEnd = i + 1;
            while (wordEnd < sql.size() && isWordPart(sql[wordEnd]))
                ++wordEnd;
            add(TokenKind::Word, wordEnd);
        } else
            add(TokenKind::Symbol, i + 1);
    }
    return tokens;
}

std::string folded(std::string_view word)
{
    std::string out(word);
    for (char &c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string firstWord(std::string_view sql)
{
    const Reader read(sql);
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        if (isBlank(c) || c == '(')
            ++i;
        else if (c == '-' && read.at(i + 1) == '-')
            i = read.skipLineComment(i);
        else if (c == '/' && read.at(i + 1) == '*')
            i = read.skipBlockComment(i);
        else {
            const std::size_t begin = i;
            while (i < sql.size() && isWordPart(sql[i]))
                ++i;
            return folded(sql.substr(begin, i - begin));
        }
    }
    return {};
}

bool liftsReadOnly(std::string_view sql)
{
    // Also inside strings: set_config() and DO blocks take the name from there.
    const std::string text = folded(sql);
    if (text.find("transaction_read_only") != std::string::npos)
        return true;
    if (text.find("write") == std::string::npos)
        return false;
    std::string before;
    for (const Token &token : tokenize(text)) {
        if (token.kind == TokenKind::Comment)
            continue;
        std::string word = token.kind == TokenKind::Word ? std::string(token.in(text)) : std::string();
        if (word == "write" && before == "read")
            return true;
        before = std::move(word);
    }
    return false;
}

} // namespace schemawright::postgres
