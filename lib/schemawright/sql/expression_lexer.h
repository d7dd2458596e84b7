#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright::expression {

/// A piece of an expression as a database prints it.
struct Token
{
    enum class Kind { End, Word, Quoted, String, Bytes, Number, Symbol };
    Kind kind = Kind::End;
    std::string text; ///< words in lower case, names and strings without their quotes
    std::string written;
};

/// Thrown for what is one database's own.
struct NotPortable
{};

inline bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
inline bool isDigit(char c) { return c >= '0' && c <= '9'; }

inline std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// Splits an expression as its database would.
class Lexer
{
public:
    Lexer(std::string_view sql, bool escapes, bool brackets) : sql_(sql), escapes_(escapes), brackets_(brackets) {}

    std::vector<Token> all()
    {
        std::vector<Token> tokens;
        while (true) {
            while (at_ < sql_.size() &&
                   (sql_[at_] == ' ' || sql_[at_] == '\n' || sql_[at_] == '\t' || sql_[at_] == '\r'))
                ++at_;
            if (at_ >= sql_.size())
                return tokens;
            tokens.push_back(next());
        }
    }

private:
    Token next()
    {
        const char c = sql_[at_];
        if (c == '\'')
            return {Token::Kind::String, quoted('\'', escapes_), ""};
        if (c == '"' || c == '`')
            return {Token::Kind::Quoted, quoted(c, false), std::string(1, c)};
        if (c == '[' && brackets_)
            return {Token::Kind::Quoted, quoted(']', false), "["};
        if (isDigit(c) || (c == '.' && at_ + 1 < sql_.size() && isDigit(sql_[at_ + 1])))
            return number();
        if (isLetter(c))
            return word();
        for (const std::string_view each : {"!~~*", "!~~", "!~*", "~~*", "::", "||", "<=", ">=", "<>", "!=", "==", "~~",
                                            "!~", "~*", "->", "<<", ">>", "--", "/*"})
            if (sql_.substr(at_).starts_with(each)) {
                if (each == "--" || each == "/*")
                    throw NotPortable();
                at_ += each.size();
                return {Token::Kind::Symbol, std::string(each), ""};
            }
        ++at_;
        return {Token::Kind::Symbol, std::string(1, c), ""};
    }

    std::string quoted(char close, bool escapes)
    {
        std::string text;
        for (++at_; at_ < sql_.size(); ++at_) {
            const char c = sql_[at_];
            if (c == '\\' && escapes && at_ + 1 < sql_.size()) {
                const char escaped = sql_[++at_];
                text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == 'r' ? '\r' : escaped;
            } else if (c == close) {
                if (at_ + 1 < sql_.size() && sql_[at_ + 1] == close)
                    ++at_;
                else {
                    ++at_;
                    return text;
                }
                text += c;
            } else
                text += c;
        }
        throw NotPortable();
    }

    Token number()
    {
        const std::size_t begin = at_;
        if (sql_.substr(at_).starts_with("0x") || sql_.substr(at_).starts_with("0X")) {
            std::int64_t value = 0;
            const auto [end, error] = std::from_chars(sql_.data() + at_ + 2, sql_.data() + sql_.size(), value, 16);
            if (error != std::errc())
                throw NotPortable();
            at_ = static_cast<std::size_t>(end - sql_.data());
            return {Token::Kind::Number, std::to_string(value), ""};
        }
        while (at_ < sql_.size() && (isDigit(sql_[at_]) || sql_[at_] == '.'))
            ++at_;
        if (at_ + 1 < sql_.size() && (sql_[at_] == 'e' || sql_[at_] == 'E') &&
            (isDigit(sql_[at_ + 1]) || sql_[at_ + 1] == '-' || sql_[at_ + 1] == '+'))
            for (at_ += 2; at_ < sql_.size() && isDigit(sql_[at_]);)
                ++at_;
        if (at_ < sql_.size() && isLetter(sql_[at_]))
            throw NotPortable();
        return {Token::Kind::Number, std::string(sql_.substr(begin, at_ - begin)), ""};
    }

    Token word()
    {
        const std::size_t begin = at_;
        while (at_ < sql_.size() && (isLetter(sql_[at_]) || isDigit(sql_[at_]) || sql_[at_] == '$'))
            ++at_;
        const std::string_view written = sql_.substr(begin, at_ - begin);
        const std::string word = lower(written);
        if (at_ < sql_.size() && sql_[at_] == '\'') {
            if (word == "e")
                return {Token::Kind::String, quoted('\'', true), ""};
            if (word == "n" || word.starts_with("_utf8") || word == "_latin1")
                return {Token::Kind::String, quoted('\'', escapes_), ""};
            if (word == "x")
                return {Token::Kind::Bytes, quoted('\'', false), ""};
            if (word == "b")
                throw NotPortable();
        }
        return {Token::Kind::Word, word, std::string(written)};
    }

    std::string_view sql_;
    std::size_t at_ = 0;
    const bool escapes_, brackets_;
};

} // namespace schemawright::expression
