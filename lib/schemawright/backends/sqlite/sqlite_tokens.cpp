#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>

namespace schemawright::sqlite {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isHexDigit(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool startsName(char c) { return isLetter(c) || c == '_' || (c & 0x80); }
bool isInName(char c) { return startsName(c) || isDigit(c) || c == '$'; }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r'; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Lexer
{
public:
    explicit Lexer(std::string_view sql) : sql_(sql) {}

    std::size_t position() const { return at_; }

    void skipBlanks()
    {
        for (;;) {
            if (at_ < sql_.size() && isBlank(sql_[at_]))
                ++at_;
            else if (startsWith("\xEF\xBB\xBF"))
                at_ += 3;
            else if (startsWith("--"))
                at_ = std::min(sql_.find('\n', at_), sql_.size());
            else if (startsWith("/*") && at_ + 2 < sql_.size()) {
                const std::size_t close = sql_.find("*/", at_ + 2);
                at_ = close == std::string_view::npos ? sql_.size() : close + 2;
            } else
                return;
        }
    }

    /// Nothing at the end.
    std::optional<Token> next()
    {
        skipBlanks();
        if (at_ >= sql_.size())
            return std::nullopt;
        const std::size_t start = at_;
        const TokenKind kind = scan();
        return Token{kind, sql_.substr(start, at_ - start), start};
    }

private:
    char peek(std::size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }
    bool startsWith(std::string_view text) const { return sql_.substr(at_).starts_with(text); }

    TokenKind scan()
    {
        const char c = peek();
        if ((c == 'x' || c == 'X') && peek(1) == '\'') {
            ++at_;
            return scanQuoted('\'') ? TokenKind::Blob : TokenKind::Illegal;
        }
        if (startsName(c)) {
            skipName();
            return TokenKind::Word;
        }
        if (c == '\'')
            return scanQuoted(c) ? TokenKind::String : TokenKind::Illegal;
        if (c == '"' || c == '`')
            return scanQuoted(c) ? TokenKind::Quoted : TokenKind::Illegal;
        if (c == '[') {
            const std::size_t close = sql_.find(']', at_);
            at_ = close == std::string_view::npos ? sql_.size() : close + 1;
            return close == std::string_view::npos ? TokenKind::Illegal : TokenKind::Quoted;
        }
        if (isDigit(c) || (c == '.' && isDigit(peek(1))))
            return scanNumber();
        if (c == '?' || c == '$' || c == '@' || c == ':' || c == '#') {
            ++at_;
            skipName();
            return TokenKind::Variable;
        }
        return scanSymbol();
    }

    void skipName()
    {
        while (at_ < sql_.size() && isInName(sql_[at_]))
            ++at_;
    }

    /// A quote inside is doubled.
    bool scanQuoted(char quote)
    {
        for (++at_; at_ < sql_.size(); ++at_) {
            if (sql_[at_] != quote)
                continue;
            ++at_;
            if (peek() != quote)
                return true;
        }
        return false;
    }

    TokenKind scanNumber()
    {
        const auto skipDigits = [this](auto isOne) {
            while (isOne(peek()))
                ++at_;
        };
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && isHexDigit(peek(2))) {
            at_ += 2;
            skipDigits(isHexDigit);
        } else {
            skipDigits(isDigit);
            if (peek() == '.') {
                ++at_;
                skipDigits(isDigit);
            }
            const bool isSigned = peek(1) == '+' || peek(1) == '-';
            if ((peek() == 'e' || peek() == 'E') && isDigit(peek(isSigned ? 2 : 1))) {
                at_ += isSigned ? 2 : 1;
                skipDigits(isDigit);
            }
        }
        if (!isInName(peek()))
            return TokenKind::Number;
        skipName();
        return TokenKind::Illegal;
    }

    TokenKind scanSymbol()
    {
        for (const std::string_view symbol : {"->>", "->", "||", "<=", "<>", "<<", ">=", ">>", "==", "!="})
            if (startsWith(symbol)) {
                at_ += symbol.size();
                return TokenKind::Symbol;
            }
        const char c = sql_[at_++];
        return std::string_view("()+-*/%,;.=<>&|~").find(c) == std::string_view::npos ? TokenKind::Illegal
                                                                                      : TokenKind::Symbol;
    }

    std::string_view sql_;
    std::size_t at_ = 0;
};

} // namespace

bool Token::is(std::string_view word) const
{
    return (kind == TokenKind::Word || kind == TokenKind::Symbol) && std::ranges::equal(text, word, {}, upper);
}

std::vector<Token> tokenize(std::string_view sql)
{
    std::vector<Token> tokens;
    tokens.reserve(sql.size() / 5 + 1);
    Lexer lexer(sql);
    while (auto token = lexer.next())
        tokens.push_back(*token);
    return tokens;
}

std::string unquoted(std::string_view text)
{
    if (text.size() < 2)
        return std::string(text);
    const char open = text.front();
    if (open == '[')
        return std::string(text.substr(1, text.size() - 2));
    if (open != '"' && open != '`' && open != '\'')
        return std::string(text);
    std::string name;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        name += text[i];
        if (text[i] == open)
            ++i;
    }
    return name;
}

bool sameName(std::string_view a, std::string_view b) noexcept { return std::ranges::equal(a, b, {}, lower, lower); }

std::string foldedName(std::string_view name)
{
    std::string folded(name);
    std::ranges::transform(folded, folded.begin(), lower);
    return folded;
}

std::size_t blankLength(std::string_view sql)
{
    Lexer lexer(sql);
    lexer.skipBlanks();
    return lexer.position();
}

std::string_view firstStatement(std::string_view sql)
{
    Lexer lexer(sql);
    std::vector<Token> head; // of the statement, to see a trigger
    bool afterSemicolon = false, afterEnd = false, inTrigger = false;
    while (const auto token = lexer.next()) {
        if (head.size() < 3) {
            head.push_back(*token);
            const bool temporary = head.size() > 1 && (head[1].is("TEMP") || head[1].is("TEMPORARY"));
            inTrigger = head[0].is("CREATE") && head.back().is("TRIGGER") && head.size() == (temporary ? 3u : 2u);
            if (inTrigger)
                head.resize(3);
        }
        if (token->is(";") && (!inTrigger || afterEnd))
            return sql.substr(0, token->end());
        afterEnd = afterSemicolon && token->is("END");
        afterSemicolon = token->is(";");
    }
    return sql;
}

bool isRowChange(std::string_view sql)
{
    Lexer lexer(sql);
    auto first = lexer.next();
    while (first && first->is(";"))
        first = lexer.next();
    return first && (first->is("INSERT") || first->is("UPDATE") || first->is("DELETE") || first->is("REPLACE") ||
                     first->is("WITH"));
}

std::optional<QualifiedName> changedTable(std::string_view sql)
{
    Lexer lexer(sql);
    auto token = lexer.next();
    if (!token || !(token->is("INSERT") || token->is("UPDATE") || token->is("DELETE") || token->is("REPLACE")))
        return std::nullopt;
    token = lexer.next();
    if (token && token->is("OR")) {
        lexer.next();
        token = lexer.next();
    }
    if (token && (token->is("INTO") || token->is("FROM")))
        token = lexer.next();
    if (!token)
        return std::nullopt;
    QualifiedName name{"", unquoted(token->text)};
    token = lexer.next();
    if (token && token->is(".")) {
        token = lexer.next();
        if (!token)
            return std::nullopt;
        name = {name.name, unquoted(token->text)};
    }
    return name;
}

} // namespace schemawright::sqlite
