#include "schemawright/dialect/typed_text.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>

#include <fmt/format.h>

namespace schemawright::typed {

namespace {

std::string folded(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view withoutPlus(std::string_view typed)
{
    std::string_view text = trimmed(typed);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    return text;
}

} // namespace

void refuse(std::string_view text, std::string_view wanted)
{
    throw Error(ErrorKind::Conversion, fmt::format("'{}' is not {}", text, wanted));
}

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

Value integer(std::string_view typed, std::int64_t least, std::int64_t most)
{
    const std::string_view text = withoutPlus(typed);
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool isWhole = !text.empty() && rest == text.data() + text.size();
    if (isWhole && (error == std::errc::result_out_of_range || number < least || number > most))
        throw Error(ErrorKind::Conversion, fmt::format("{} is outside of {} to {}", text, least, most));
    if (!isWhole || error != std::errc())
        refuse(typed, "a whole number");
    return Value(number);
}

Value floating(std::string_view typed, bool isReal)
{
    const std::string_view text = withoutPlus(typed);
    double number = 0;
    const char *const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || rest != end)
        refuse(typed, "a number");
    if (error == std::errc::result_out_of_range) { // too large, or so small that from_chars gives up
        number = std::strtod(std::string(text).c_str(), nullptr);
        if (std::isinf(number))
            throw Error(ErrorKind::Conversion, fmt::format("{} is too large for the column", text));
    }
    if (isReal && !std::isinf(number) && std::isinf(static_cast<float>(number)))
        throw Error(ErrorKind::Conversion, fmt::format("{} is too large for the column", text));
    return Value(number);
}

Value boolean(std::string_view typed)
{
    const std::string word = folded(trimmed(typed));
    for (const char *yes : {"true", "t", "yes", "y", "on", "1"})
        if (word == yes)
            return Value(true);
    for (const char *no : {"false", "f", "no", "n", "off", "0"})
        if (word == no)
            return Value(false);
    refuse(typed, "true or false");
}

Value hexBytes(std::string_view typed, std::initializer_list<std::string_view> prefixes)
{
    const std::string_view text = trimmed(typed);
    for (const std::string_view prefix : prefixes)
        if (folded(text.substr(0, prefix.size())) == prefix)
            if (auto bytes = bytesFromHex(text.substr(prefix.size())))
                return Value(Bytes{*std::move(bytes)});
    if (auto bytes = bytesFromHex(text))
        return Value(Bytes{*std::move(bytes)});
    refuse(typed, "a row of hexadecimal digits");
}

Value text(std::string_view typed, std::optional<int> length)
{
    if (!length)
        return Value(typed);
    const auto characters =
        std::ranges::count_if(typed, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
    const std::string_view kept = typed.substr(0, typed.find_last_not_of(' ') + 1);
    if (characters > *length &&
        static_cast<std::ptrdiff_t>(typed.size() - kept.size()) < characters - static_cast<std::ptrdiff_t>(*length))
        throw Error(ErrorKind::Conversion,
                    fmt::format("the text has {} characters, and {} are allowed", characters, *length));
    return Value(typed);
}

} // namespace schemawright::typed
