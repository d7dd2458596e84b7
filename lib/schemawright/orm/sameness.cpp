#include "schemawright/orm/sameness.h"

#include "schemawright/schema/sql_pieces.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace schemawright {

namespace {

/// The number that a text is as a whole.
template <class Number> std::optional<Number> numberIn(std::string_view text)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::size_t hashOf(std::string_view text) { return std::hash<std::string_view>()(text); }

/// A whole number is the same in whatever form; of others the nearest double is.
std::size_t numberHash(double number)
{
    if (number == std::floor(number) && std::abs(number) < 9.2e18)
        return std::hash<std::int64_t>()(static_cast<std::int64_t>(number));
    return std::hash<double>()(number);
}

std::size_t numberHash(std::string_view text)
{
    std::string_view whole = text;
    if (const std::size_t point = whole.find('.'); point != std::string_view::npos) {
        while (whole.ends_with('0'))
            whole.remove_suffix(1);
        if (whole.size() == point + 1)
            whole.remove_suffix(1);
    }
    if (const auto integer = numberIn<std::int64_t>(whole))
        return std::hash<std::int64_t>()(*integer);
    const auto number = numberIn<double>(text);
    return number ? numberHash(*number) : hashOf(text);
}

std::string folded(std::string_view text)
{
    std::string out;
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x80)
            out += c;
        else if (static_cast<unsigned char>(c) >= 0xc0) // one for each character
            out += '\x80';
    return pieces::lower(out);
}

std::string_view unpadded(std::string_view text)
{
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

} // namespace

Sameness samenessOf(const Column &column, bool foldsText)
{
    switch (column.type.kind) {
    case TypeKind::SmallInteger:
    case TypeKind::Integer:
    case TypeKind::BigInteger:
    case TypeKind::Numeric:
    case TypeKind::Real:
    case TypeKind::Double:
        return Sameness::Number;
    case TypeKind::Char:
    case TypeKind::String:
    case TypeKind::Text:
    case TypeKind::Unknown: {
        const std::string collation = pieces::lower(column.collation.value_or(""));
        if (pieces::lower(column.type.native).find("citext") != std::string::npos)
            return Sameness::Folded;
        if (foldsText && collation.empty())
            return Sameness::Folded;
        if (column.type.kind == TypeKind::Char)
            return collation.empty() ? Sameness::Padded : Sameness::Folded;
        const bool isPlain = collation.empty() || collation == "binary" || collation == "c" || collation == "posix" ||
                             collation == "default" || collation.ends_with("\"c\"") || collation.ends_with("_bin");
        if (!isPlain)
            return collation == "rtrim" ? Sameness::Padded : Sameness::Folded;
        return column.type.kind == TypeKind::Unknown ? Sameness::Exact : Sameness::Text;
    }
    case TypeKind::DateTime:
        return column.type.timezone ? Sameness::Instant : Sameness::Exact;
    case TypeKind::Uuid:
        return Sameness::Uuid;
    default:
        return Sameness::Exact;
    }
}

std::size_t sameHash(Sameness sameness, const Value &value)
{
    if (value.isNull())
        return 0;
    const std::string *text = value.as<std::string>();
    switch (sameness) {
    case Sameness::Number:
        if (const auto *integer = value.as<std::int64_t>())
            return std::hash<std::int64_t>()(*integer);
        if (const auto *number = value.as<double>())
            return numberHash(*number);
        if (const auto *decimal = value.as<Decimal>())
            return numberHash(decimal->text());
        return text ? numberHash(*text) : value.hash();
    case Sameness::Text:
        return text ? hashOf(*text) : hashOf(value.text());
    case Sameness::Padded:
        return text ? hashOf(unpadded(*text)) : hashOf(value.text());
    case Sameness::Folded:
        return text ? hashOf(unpadded(folded(*text))) : hashOf(value.text());
    case Sameness::Instant:
        if (const auto *time = value.as<DateTime>(); time && time->special == Date::Special::None)
            return std::hash<std::int64_t>()(time->microseconds -
                                             std::int64_t{1'000'000} * time->offsetSeconds.value_or(0));
        return value.hash();
    case Sameness::Uuid:
        if (text) {
            std::string digits;
            for (const char c : pieces::lower(*text))
                if (c != '-' && c != '{' && c != '}')
                    digits += c;
            return hashOf(digits);
        }
        return value.hash();
    case Sameness::Exact:
        break;
    }
    return value.hash();
}

} // namespace schemawright
