#include "schemawright/value/decimal.h"

#include "schemawright/base/error.h"

namespace schemawright {

namespace {

bool isDecimal(std::string_view text)
{
    if (text == "NaN" || text == "Infinity" || text == "-Infinity")
        return true;
    if (!text.empty() && (text[0] == '-' || text[0] == '+'))
        text.remove_prefix(1);
    std::size_t i = 0, digits = 0;
    const auto skipDigits = [&] {
        const std::size_t start = i;
        while (i < text.size() && text[i] >= '0' && text[i] <= '9')
            ++i;
        return i - start;
    };
    digits += skipDigits();
    if (i < text.size() && text[i] == '.') {
        ++i;
        digits += skipDigits();
    }
    if (digits == 0)
        return false;
    if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
        ++i;
        if (i < text.size() && (text[i] == '-' || text[i] == '+'))
            ++i;
        if (skipDigits() == 0)
            return false;
    }
    return i == text.size();
}

} // namespace

Decimal::Decimal(std::string text) : text_(std::move(text))
{
    if (!isDecimal(text_))
        throw Error(ErrorKind::Conversion, "'" + text_ + "' is not a decimal number");
}

std::optional<Decimal> Decimal::parse(std::string_view text)
{
    if (!isDecimal(text))
        return std::nullopt;
    return trusted(std::string(text));
}

Decimal Decimal::trusted(std::string text)
{
    Decimal decimal;
    decimal.text_ = std::move(text);
    return decimal;
}

} // namespace schemawright
