#include "schemawright/backends/mysql/mysql_spelling.h"
#include "schemawright/backends/mysql/mysql_types.h"
#include "schemawright/base/error.h"
#include "schemawright/dialect/typed_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

namespace schemawright::mysql {

namespace {

[[noreturn]] void outside(std::string_view text, std::string_view least, std::string_view most)
{
    throw Error(ErrorKind::Conversion, fmt::format("{} is outside of {} to {}", text, least, most));
}

int bytesOf(const Spelling &spelling, TypeKind kind)
{
    const std::string &name = spelling.name;
    if (name.starts_with("tiny") || name == "int1" || name.starts_with("bool"))
        return 1;
    if (name.starts_with("medium") || name == "int3" || name == "middleint")
        return 3;
    if (name == "smallint" || name == "int2" || kind == TypeKind::SmallInteger)
        return 2;
    return name == "bigint" || name == "int8" || name == "serial" || (name.empty() && kind == TypeKind::BigInteger) ? 8
                                                                                                                    : 4;
}

Value parseUnsigned(std::string_view typed, std::uint64_t most)
{
    std::string_view text = typed::trimmed(typed);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (rest != text.data() + text.size() || error != std::errc() || number > most) {
        const std::string_view digits = text.substr(text.starts_with('-'));
        if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
            typed::refuse(typed, "a whole number");
        outside(text, "0", std::to_string(most));
    }
    return number <= INT64_MAX ? Value(static_cast<std::int64_t>(number)) : Value(Decimal(std::to_string(number)));
}

/// A number, or its bits as b'101'.
Value parseBits(int bits, std::string_view typed)
{
    const std::uint64_t most = ~std::uint64_t{0} >> (64 - std::clamp(bits, 1, 64));
    const std::string_view text = typed::trimmed(typed);
    if (!text.starts_with("b'") && !text.starts_with("B'"))
        return parseUnsigned(text, most);
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data() + 2, text.data() + text.size(), number, 2);
    if (rest != text.data() + text.size() - 1 || *rest != '\'' || error != std::errc())
        typed::refuse(typed, "a row of bits such as b'101'");
    return parseUnsigned(std::to_string(number), most);
}

Value parseInteger(const Spelling &spelling, TypeKind kind, std::string_view typed)
{
    const std::string_view text = typed::trimmed(typed);
    if (spelling.name == "year") {
        const Value year = typed::integer(text, 0, 2155);
        if (const auto number = year.get<std::int64_t>(); number != 0 && number < 1901)
            outside(text, "1901", "2155");
        return year;
    }
    if (spelling.name == "bit")
        return parseBits(spelling.number(0, 1), text);
    const int bytes = bytesOf(spelling, kind);
    if (bytes == 1 && (text == "true" || text == "false"))
        return Value(text == "true" ? 1 : 0);
    const std::int64_t most = static_cast<std::int64_t>(~std::uint64_t{0} >> (64 - 8 * bytes + 1));
    if (!spelling.isUnsigned && spelling.name != "serial")
        return typed::integer(text, -most - 1, most);
    if (bytes < 8)
        return typed::integer(text, 0, 2 * most + 1);
    return parseUnsigned(text, ~std::uint64_t{0});
}

Value parseNumeric(const Type &type, const Spelling &spelling, std::string_view typed)
{
    std::string_view text = typed::trimmed(typed);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    auto number = Decimal::parse(text);
    if (!number || text.find_first_of("nN") != std::string_view::npos)
        typed::refuse(typed, "a number");
    if (spelling.isUnsigned && text.starts_with('-') && text.find_first_of("123456789") != std::string_view::npos)
        throw Error(ErrorKind::Conversion, fmt::format("{} is below 0, and the column has no sign", text));
    if (type.precision && text.find_first_of("eE") == std::string_view::npos) {
        std::string_view digits = text.substr(text.find_first_of("0123456789."));
        digits = digits.substr(0, digits.find('.'));
        digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
        const int before = *type.precision - type.scale.value_or(0);
        if (static_cast<int>(digits.size()) > before)
            throw Error(ErrorKind::Conversion, fmt::format("{} has more than {} digits before the point, as many as "
                                                           "the column has room for",
                                                           text, before));
    }
    return Value(*std::move(number));
}

/// Digits of at most `most` characters at `at`, which comes to stand behind them.
std::optional<int> digitsAt(std::string_view text, std::size_t &at, std::size_t most)
{
    std::size_t end = at;
    while (end < text.size() && end - at < most && text[end] >= '0' && text[end] <= '9')
        ++end;
    int number = 0;
    if (std::from_chars(text.data() + at, text.data() + end, number).ec != std::errc())
        return std::nullopt;
    at = end;
    return number;
}

bool skip(std::string_view text, std::size_t &at, char c)
{
    if (at >= text.size() || text[at] != c)
        return false;
    ++at;
    return true;
}

/// "2024-02-29", but also "0000-00-00" and "2024-02-00", which MySQL has and a calendar has not.
bool dateAt(std::string_view text, std::size_t &at)
{
    const std::size_t start = at;
    const auto year = digitsAt(text, at, 4);
    if (!year || at - start != 4 || !skip(text, at, '-'))
        return false;
    const auto month = digitsAt(text, at, 2);
    if (!month || *month > 12 || !skip(text, at, '-'))
        return false;
    const auto day = digitsAt(text, at, 2);
    return day && *day <= 31;
}

/// "13:45", "13:45:00.25" of at most this many hours.
bool timeAt(std::string_view text, std::size_t &at, int mostHours)
{
    const auto hours = digitsAt(text, at, 3);
    if (!hours || *hours > mostHours || !skip(text, at, ':'))
        return false;
    const auto minutes = digitsAt(text, at, 2);
    if (!minutes || *minutes > 59)
        return false;
    if (!skip(text, at, ':'))
        return at == text.size();
    const auto seconds = digitsAt(text, at, 2);
    if (!seconds || *seconds > 59)
        return false;
    return !skip(text, at, '.') || digitsAt(text, at, 6);
}

/// A Value of the calendar, where it has this moment; else the text, as the server keeps it.
template <class T> Value calendar(std::string_view text)
{
    const auto parsed = T::parse(text);
    // The year 0 would be one before Christ.
    return parsed && parsed->text().starts_with(text.substr(0, 5)) ? Value(*parsed) : Value(text);
}

Value parseMoment(TypeKind kind, std::string_view typed)
{
    std::string text(typed::trimmed(typed));
    std::size_t at = 0;
    if (kind == TypeKind::Date) {
        if (!dateAt(text, at) || at != text.size())
            typed::refuse(typed, "a date such as 2024-02-29");
        return calendar<Date>(text);
    }
    if (kind == TypeKind::Time) {
        skip(text, at, '-');
        const std::size_t hours = at;
        if (!timeAt(text, at, 838) || at != text.size())
            typed::refuse(typed, "a time such as 13:45:00, from -838:59:59 to 838:59:59");
        if (text.find(':') == hours + 1)
            text.insert(hours, "0");
        if (text.find(':') == text.rfind(':'))
            text += ":00";
        return calendar<Time>(text);
    }
    bool isMoment = dateAt(text, at);
    if (isMoment && at == text.size())
        text += " 00:00:00";
    else if (isMoment) {
        const std::size_t blank = at;
        isMoment = (skip(text, at, ' ') || skip(text, at, 'T')) && timeAt(text, at, 23) && at == text.size();
        if (isMoment) {
            text[blank] = ' ';
            if (text.find(':') == text.rfind(':'))
                text += ":00";
        }
    }
    if (!isMoment)
        typed::refuse(typed, "a date and time such as 2024-02-29 13:45:00");
    return calendar<DateTime>(text);
}

Value parseBytes(const Type &type, const Spelling &spelling, std::string_view typed)
{
    std::string bytes = typed::hexBytes(typed, {"0x"}).get<Bytes>().data;
    if (type.length && bytes.size() > static_cast<std::size_t>(*type.length))
        throw Error(ErrorKind::Conversion,
                    fmt::format("that are {} bytes, and {} are allowed", bytes.size(), *type.length));
    if (spelling.name == "binary" && type.length) // which the server does as well
        bytes.resize(static_cast<std::size_t>(*type.length), '\0');
    return Value(Bytes{std::move(bytes)});
}

std::string folded(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

/// The label that the server takes the text for, which compares them without regard to case; null when there is none.
const std::string *labelOf(const Type &type, std::string_view text)
{
    const auto exact = std::ranges::find(type.labels, text);
    if (exact != type.labels.end())
        return &*exact;
    for (const std::string &label : type.labels)
        if (folded(label) == folded(text))
            return &label;
    return nullptr;
}

Value parseSet(const Type &type, std::string_view typed)
{
    std::set<const std::string *> chosen;
    for (std::size_t at = 0; !typed.empty() && at <= typed.size();) {
        const std::size_t end = std::min(typed.find(',', at), typed.size());
        const std::string *label = labelOf(type, typed.substr(at, end - at));
        if (!label)
            typed::refuse(typed.substr(at, end - at), "one of the values of the set");
        chosen.insert(label);
        at = end + 1;
    }
    std::string text; // in the order of the labels, as the server keeps it
    for (const std::string &label : type.labels)
        if (chosen.contains(&label))
            text += (text.empty() ? "" : ",") + label;
    return Value(text);
}

bool isSpatial(const std::string &name)
{
    static constexpr std::array names{"geometry",   "point",           "linestring",   "polygon",
                                      "multipoint", "multilinestring", "multipolygon", "geometrycollection"};
    return std::ranges::find(names, name) != names.end();
}

} // namespace

Value parseCell(const Type &type, std::string_view typed)
{
    const Spelling spelling = takeApart(type.native);
    switch (type.kind) {
    case TypeKind::Boolean:
        return typed::boolean(typed);
    case TypeKind::SmallInteger:
    case TypeKind::Integer:
    case TypeKind::BigInteger:
        return parseInteger(spelling, type.kind, typed);
    case TypeKind::Numeric:
        return parseNumeric(type, spelling, typed);
    case TypeKind::Real:
    case TypeKind::Double: {
        const Value value = typed::floating(typed, type.kind == TypeKind::Real);
        if (value.text().find_first_of("nN") != std::string::npos)
            typed::refuse(typed, "a number");
        if (spelling.isUnsigned && value.get<double>() < 0)
            throw Error(ErrorKind::Conversion, fmt::format("{} is below 0, and the column has no sign", typed));
        return value;
    }
    case TypeKind::LargeBinary:
        return parseBytes(type, spelling, typed);
    case TypeKind::Date:
    case TypeKind::Time:
    case TypeKind::DateTime:
        return parseMoment(type.kind, typed);
    case TypeKind::Enum:
        if (const std::string *label = labelOf(type, typed))
            return Value(*label);
        if (!type.labels.empty())
            typed::refuse(typed, "one of the values of the enum");
        return Value(typed);
    case TypeKind::Char:
    case TypeKind::String:
        return typed::text(typed, type.length);
    default:
        break;
    }
    if (spelling.name == "set" && !type.labels.empty())
        return parseSet(type, typed);
    if (isSpatial(spelling.name))
        return typed::hexBytes(typed, {"0x"});
    return Value(typed);
}

} // namespace schemawright::mysql
