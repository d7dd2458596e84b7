#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright::postgres {

enum class TokenKind {
    Word,       ///< an identifier or keyword without quotes
    QuotedName, ///< "…"
    String,     ///< '…', E'…', B'…', $tag$…$tag$
    Number,
    Parameter, ///< $1
    Symbol,    ///< one character of punctuation or of an operator
    Comment,
};

struct Token
{
    TokenKind kind;
    std::size_t offset;
    std::size_t length;
    std::size_t end() const { return offset + length; }
    std::string_view in(std::string_view sql) const { return sql.substr(offset, length); }
};

/// The tokens of a PostgreSQL text (standard_conforming_strings on), comments among them, blanks left out. Never fails:
/// what does not end runs to the end of the text.
std::vector<Token> tokenize(std::string_view sql);

/// ASCII letters in lower case, as the server folds words.
std::string folded(std::string_view word);

/// The first word, folded; empty when there is none. "(SELECT 1)" gives "select".
std::string firstWord(std::string_view sql);

/// True when the text could end a connection's read-only mode (READ WRITE, transaction_read_only…).
bool liftsReadOnly(std::string_view sql);

} // namespace schemawright::postgres
