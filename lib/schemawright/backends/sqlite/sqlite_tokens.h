#pragma once

#include "schemawright/schema/table.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright::sqlite {

enum class TokenKind { Word, Quoted, String, Number, Blob, Variable, Symbol, Illegal };

/// A piece of SQLite's SQL, as its own tokenizer cuts it; comments and blanks are left out.
struct Token
{
    TokenKind kind = TokenKind::Illegal;
    std::string_view text; ///< as written, quotes included
    std::size_t offset = 0;

    std::size_t end() const { return offset + text.size(); }
    /// True for an unquoted word or a symbol equal to `upper`, letters compared without case.
    bool is(std::string_view upper) const;
};

/// Cuts the whole text. Never fails: what SQLite would refuse becomes Illegal tokens. The tokens view into `sql`.
std::vector<Token> tokenize(std::string_view sql);

/// The name that a word, quoted name or string stands for: quotes taken off, doubled ones halved.
std::string unquoted(std::string_view text);
/// True when both are the same to SQLite, which compares names without case for ASCII letters only.
bool sameName(std::string_view a, std::string_view b) noexcept;
/// ASCII letters made small, the rest left alone: a key under which sameName() names meet.
std::string foldedName(std::string_view name);

/// Length of the blanks and comments at the start.
std::size_t blankLength(std::string_view sql);
/// The text up to the semicolon that ends the first statement, which for a trigger is the one after END.
std::string_view firstStatement(std::string_view sql);
/// True for INSERT, UPDATE, DELETE and REPLACE, with or without WITH in front.
bool isRowChange(std::string_view sql);
/// The table that an INSERT, UPDATE, DELETE or REPLACE names; nothing when it begins with WITH or is none of these.
std::optional<QualifiedName> changedTable(std::string_view sql);

} // namespace schemawright::sqlite
