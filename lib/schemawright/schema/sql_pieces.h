#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// SQL cut into words, names, literals and symbols, without blanks and comments, in forms in which what says the same
/// is the same: for whoever compares texts of databases.
namespace pieces {

/// ASCII letters made small.
std::string lower(std::string_view text);
bool isWordStart(char c);
bool isDigit(char c);

std::vector<std::string> of(std::string_view sql);
/// Of a view's query.
std::vector<std::string> ofQuery(std::string_view sql);
/// Without casts, which PostgreSQL adds where it prints.
std::vector<std::string> withoutCasts(const std::vector<std::string> &pieces);
/// Without those around the whole and around a single piece.
std::vector<std::string> withoutParentheses(std::vector<std::string> pieces);
/// "= any (array[a, b])", as PostgreSQL prints it, becomes "in (a, b)".
void anyToIn(std::vector<std::string> &pieces);

} // namespace pieces

} // namespace schemawright
