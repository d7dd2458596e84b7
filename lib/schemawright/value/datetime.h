#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace schemawright {

/// A day of the proleptic Gregorian calendar, counted from 1970-01-01; may be infinite as in PostgreSQL.
struct Date
{
    enum class Special : std::int8_t { None, Infinity, MinusInfinity };
    std::int32_t days = 0;
    Special special = Special::None;

    /// ISO 8601 "2024-02-29"; "-infinity"; years before 1 as PostgreSQL prints them, "0044-03-15 BC".
    std::string text() const;
    /// The reverse of text(). Nothing when it is no such day.
    static std::optional<Date> parse(std::string_view text);
    friend bool operator==(const Date &, const Date &) = default;
};

/// A time of day in microseconds, 0 to 24:00 inclusive, with the UTC offset of SQL's "time with time zone" if there is
/// one.
struct Time
{
    std::int64_t microseconds = 0;
    std::optional<std::int32_t> offsetSeconds;

    /// "13:45:00.25", with as many fractional digits as needed, and "+02" or "+05:30" behind.
    std::string text() const;
    static std::optional<Time> parse(std::string_view text);
    friend bool operator==(const Time &, const Time &) = default;
};

/// A point on the calendar in microseconds since 1970-01-01 00:00 (local to `offsetSeconds` when that is set: the
/// instant is microseconds minus the offset). May be infinite. No time zone arithmetic happens here: what came is what
/// goes.
struct DateTime
{
    std::int64_t microseconds = 0;
    std::optional<std::int32_t> offsetSeconds;
    Date::Special special = Date::Special::None;

    /// "2024-02-29 13:45:00.25+02"; "infinity"; BC as for Date.
    std::string text() const;
    static std::optional<DateTime> parse(std::string_view text);
    friend bool operator==(const DateTime &, const DateTime &) = default;
};

} // namespace schemawright
