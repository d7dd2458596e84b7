#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace schemawright {

/// An exact decimal number kept as its text: "8.30" stays "8.30", thirty digits stay thirty digits.
///
/// Also holds "NaN", "Infinity" and "-Infinity" as PostgreSQL prints them. No arithmetic: a database tool carries
/// numbers, it does not count with them. Equality is sameness of the text.
class Decimal
{
public:
    Decimal() : text_("0") {}
    /// Throws Error(Conversion) when `text` is no decimal number.
    explicit Decimal(std::string text);
    static std::optional<Decimal> parse(std::string_view text);
    /// For text that a database printed as a number: taken as it is, unchecked.
    static Decimal trusted(std::string text);

    const std::string &text() const noexcept { return text_; }
    friend bool operator==(const Decimal &, const Decimal &) = default;

private:
    std::string text_;
};

} // namespace schemawright
