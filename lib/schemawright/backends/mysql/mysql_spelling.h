#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace schemawright::mysql {

/// "DECIMAL(10, 2) UNSIGNED" taken apart.
struct Spelling
{
    std::string name;                ///< "decimal", "double precision": in lower case
    std::vector<int> numbers;        ///< between the parentheses
    std::vector<std::string> labels; ///< of ENUM and SET
    bool isUnsigned = false;         ///< ZEROFILL is, too

    int number(std::size_t i, int otherwise) const { return i < numbers.size() ? numbers[i] : otherwise; }
};

Spelling takeApart(std::string_view native);

/// The string literal that begins at `at`, which comes to stand behind it.
std::string literalAt(std::string_view sql, std::size_t &at);
/// What a backslash in front of this character means, where it has a meaning of its own; else the character.
char escaped(char c) noexcept;

} // namespace schemawright::mysql
