#include "schemawright/orm/entity_names.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

namespace schemawright {

namespace {

bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isDigit(char c) { return c >= '0' && c <= '9'; }
char lowered(char c) { return isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
char raised(char c) { return isLower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

// U+00C0 to U+00FF without their accents.
constexpr std::array<std::string_view, 64> plainLetters{
    "A", "A", "A", "A", "A", "A", "Ae", "C", "E",  "E",  "E", "E", "I", "I", "I", "I", "D",  "N", "O",  "O", "O", "O",
    "O", "",  "O", "U", "U", "U", "U",  "Y", "Th", "ss", "a", "a", "a", "a", "a", "a", "ae", "c", "e",  "e", "e", "e",
    "i", "i", "i", "i", "d", "n", "o",  "o", "o",  "o",  "o", "",  "o", "u", "u", "u", "u",  "y", "th", "y"};

/// The name in letters and digits that every compiler takes; blanks for all else.
std::string plain(std::string_view name)
{
    std::string out;
    for (std::size_t i = 0; i < name.size();) {
        const auto lead = static_cast<unsigned char>(name[i]);
        if (lead < 0x80) {
            const char c = name[i++];
            out += isUpper(c) || isLower(c) || isDigit(c) ? c : ' ';
            continue;
        }
        std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
        std::uint32_t code = lead & (0xFF >> (length + 1));
        for (std::size_t k = 1; k < length && i + k < name.size(); ++k)
            code = (code << 6) | (static_cast<unsigned char>(name[i + k]) & 0x3F);
        i += length;
        if (code >= 0xC0 && code <= 0xFF)
            out += plainLetters[code - 0xC0];
        else
            out += fmt::format("u{:04x}", code);
    }
    return out;
}

// Keywords, and macros of headers that everybody includes.
constexpr std::array<std::string_view, 106> reservedWords{
    "alignas",       "alignof",     "and",          "and_eq",       "asm",          "assert",
    "auto",          "bitand",      "bitor",        "bool",         "break",        "case",
    "catch",         "char",        "char16_t",     "char32_t",     "char8_t",      "class",
    "co_await",      "co_return",   "co_yield",     "compl",        "concept",      "const",
    "const_cast",    "consteval",   "constexpr",    "constinit",    "continue",     "decltype",
    "default",       "delete",      "do",           "double",       "dynamic_cast", "else",
    "enum",          "errno",       "explicit",     "export",       "extern",       "false",
    "float",         "for",         "friend",       "goto",         "if",           "inline",
    "int",           "linux",       "long",         "mutable",      "namespace",    "new",
    "noexcept",      "not",         "not_eq",       "nullptr",      "operator",     "or",
    "or_eq",         "private",     "protected",    "public",       "register",     "reinterpret_cast",
    "requires",      "return",      "short",        "signed",       "sizeof",       "static",
    "static_assert", "static_cast", "stderr",       "stdin",        "stdout",       "struct",
    "switch",        "template",    "this",         "thread_local", "throw",        "true",
    "try",           "typedef",     "typeid",       "typename",     "union",        "unix",
    "unsigned",      "using",       "virtual",      "void",         "volatile",     "wchar_t",
    "while",         "xor",         "xor_eq",       "std",          "schemawright", "NULL",
    "EOF",           "BUFSIZ",      "EXIT_SUCCESS", "EXIT_FAILURE"};

} // namespace

std::vector<std::string> wordsOf(std::string_view name)
{
    const std::string text = plain(name);
    std::vector<std::string> words;
    std::string word;
    const auto end = [&] {
        if (!word.empty())
            words.push_back(std::move(word));
        word.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == ' ') {
            end();
            continue;
        }
        // "orderId" before the I, "HTMLPage" before the P.
        if (isUpper(c) && i > 0 && (!isUpper(text[i - 1]) || (i + 1 < text.size() && isLower(text[i + 1]))))
            end();
        word += lowered(c);
    }
    end();
    return words;
}

std::string className(std::string_view name, std::string_view fallback)
{
    std::string out;
    for (std::string &word : wordsOf(name)) {
        word.front() = raised(word.front());
        if (!out.empty() && isDigit(out.back()) && isDigit(word.front()))
            out += '_'; // 1_2 is not 12
        out += word;
    }
    if (out.empty() || isDigit(out.front()))
        out.insert(0, fallback);
    return isReservedWord(out) ? out + "_" : out;
}

std::string memberName(std::string_view name, std::string_view fallback)
{
    std::string out;
    for (std::string &word : wordsOf(name)) {
        if (!out.empty())
            word.front() = raised(word.front());
        if (!out.empty() && isDigit(out.back()) && isDigit(word.front()))
            out += '_';
        out += word;
    }
    if (out.empty() || isDigit(out.front()))
        out.insert(0, fallback);
    return isReservedWord(out) ? out + "_" : out;
}

bool isReservedWord(std::string_view word) { return std::ranges::find(reservedWords, word) != reservedWords.end(); }

std::string whyNoName(std::string_view name)
{
    if (name.empty())
        return "A name cannot be empty.";
    if (isDigit(name.front()))
        return fmt::format("'{}' begins with a digit.", name);
    for (const char c : name)
        if (!isUpper(c) && !isLower(c) && !isDigit(c) && c != '_')
            return fmt::format("'{}' holds something else than letters, digits and underscores.", name);
    if (isReservedWord(name))
        return fmt::format("'{}' is a word of C++.", name);
    if (name.find("__") != std::string_view::npos || (name.size() > 1 && name[0] == '_' && isUpper(name[1])))
        return fmt::format("'{}' is a name that C++ keeps for compilers.", name);
    return {};
}

std::string claimName(std::set<std::string> &taken, const std::string &name)
{
    std::string one = name;
    for (int number = 2; !taken.insert(one).second; ++number)
        one = fmt::format("{}{}{}", name, isDigit(name.back()) ? "_" : "", number);
    return one;
}

} // namespace schemawright
