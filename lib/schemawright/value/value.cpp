#include "schemawright/value/value.h"

#include "schemawright/base/error.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace schemawright {

namespace {

template <class... Ts> struct Overloaded : Ts...
{
    using Ts::operator()...;
};
template <class... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;

std::size_t mix(std::size_t a, std::size_t b) { return a ^ (b + 0x9e3779b97f4a7c15 + (a << 6) + (a >> 2)); }

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::size_t sequenceLength(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
}

} // namespace

std::string doubleText(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    std::string text(buffer, end);
    if (text.find_first_of(".e") == std::string::npos)
        text += ".0"; // so that a float is never read back as an integer
    return text;
}

std::string hexText(std::string_view bytes)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[c & 15];
    }
    return text;
}

std::optional<std::string> bytesFromHex(std::string_view hex)
{
    if (hex.size() % 2)
        return std::nullopt;
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = hexDigit(hex[i]), low = hexDigit(hex[i + 1]);
        if (high < 0 || low < 0)
            return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

bool isUtf8(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < text.size();) {
        const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
        const unsigned char lead = byte(0);
        const std::size_t length = sequenceLength(lead);
        if (length == 0 || i + length > text.size())
            return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((byte(k) & 0xC0) != 0x80)
                return false;
        const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
        const bool surrogate = lead == 0xED && byte(1) > 0x9F;
        const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
        if (overlong || surrogate || beyond)
            return false;
        i += length;
    }
    return true;
}

std::string Value::text() const
{
    return visit(Overloaded{
        [](Null) { return std::string(); },
        [](bool v) { return std::string(v ? "true" : "false"); },
        [](std::int64_t v) { return std::to_string(v); },
        [](double v) { return doubleText(v); },
        [](const std::string &v) { return v; },
        [](const Bytes &v) { return hexText(v.data); },
        [](const auto &v) { return std::string(v.text()); },
    });
}

const char *Value::kindName() const noexcept
{
    static constexpr const char *names[] = {"null", "boolean", "integer", "float", "decimal",
                                            "text", "blob",    "date",    "time",  "timestamp"};
    return names[storage_.index()];
}

void Value::throwWrongKind() const
{
    throw Error(ErrorKind::Conversion, std::string("the value is a ") + kindName() + ", not what was asked for");
}

bool operator==(const Value &a, const Value &b) noexcept
{
    if (const double *x = a.as<double>())
        if (const double *y = b.as<double>())
            return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y);
    return a.storage_ == b.storage_;
}

std::size_t Value::hash() const noexcept
{
    const auto offset = [](const std::optional<std::int32_t> &seconds) {
        return static_cast<std::size_t>(seconds.value_or(1));
    };
    const std::size_t content = visit(Overloaded{
        [](Null) -> std::size_t { return 0; },
        [](bool v) -> std::size_t { return v; },
        [](std::int64_t v) { return std::hash<std::int64_t>()(v); },
        [](double v) { return std::hash<std::uint64_t>()(std::bit_cast<std::uint64_t>(v)); },
        [](const Decimal &v) { return std::hash<std::string>()(v.text()); },
        [](const std::string &v) { return std::hash<std::string>()(v); },
        [](const Bytes &v) { return std::hash<std::string>()(v.data); },
        [](const Date &v) { return mix(std::hash<std::int32_t>()(v.days), static_cast<std::size_t>(v.special)); },
        [&](const Time &v) { return mix(std::hash<std::int64_t>()(v.microseconds), offset(v.offsetSeconds)); },
        [&](const DateTime &v) {
            return mix(mix(std::hash<std::int64_t>()(v.microseconds), offset(v.offsetSeconds)),
                       static_cast<std::size_t>(v.special));
        },
    });
    return mix(storage_.index(), content);
}

} // namespace schemawright
