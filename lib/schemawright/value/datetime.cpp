#include "schemawright/value/datetime.h"

#include <charconv>
#include <limits>

#include <fmt/format.h>

namespace schemawright {

namespace {

constexpr std::int64_t microsecondsPerDay = 86'400'000'000;

struct Civil
{
    std::int64_t year;
    int month, day;
};

// Days <-> civil by counting 400-year eras that begin on the 1st of March.
std::int64_t daysFromCivil(std::int64_t year, int month, int day)
{
    year -= month <= 2;
    const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
    const std::int64_t yearOfEra = year - era * 400;
    const std::int64_t dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

Civil civilFromDays(std::int64_t days)
{
    days += 719468;
    const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const std::int64_t dayOfEra = days - era * 146097;
    const std::int64_t yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
    const std::int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const std::int64_t monthIndex = (5 * dayOfYear + 2) / 153;
    const int month = static_cast<int>(monthIndex < 10 ? monthIndex + 3 : monthIndex - 9);
    return {yearOfEra + era * 400 + (month <= 2), month, static_cast<int>(dayOfYear - (153 * monthIndex + 2) / 5 + 1)};
}

int daysInMonth(std::int64_t year, int month)
{
    static constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : lengths[month - 1];
}

/// Takes pieces from the front of a text; any miss makes it fail for good.
class Scanner
{
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    std::int64_t digits(std::size_t atLeast, std::size_t atMost)
    {
        std::size_t count = 0;
        while (count < rest_.size() && count < atMost && rest_[count] >= '0' && rest_[count] <= '9')
            ++count;
        std::int64_t number = 0;
        if (count < atLeast || std::from_chars(rest_.data(), rest_.data() + count, number).ec != std::errc())
            ok_ = false;
        lastCount_ = count;
        rest_.remove_prefix(count);
        return number;
    }
    bool take(char c)
    {
        if (rest_.empty() || rest_.front() != c)
            return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take(std::string_view word)
    {
        if (!rest_.starts_with(word))
            return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    void need(char c) { ok_ = take(c) && ok_; }
    void fail() { ok_ = false; }
    bool ok() const { return ok_; }
    bool atEnd() const { return rest_.empty(); }
    std::size_t lastCount() const { return lastCount_; }

private:
    std::string_view rest_;
    std::size_t lastCount_ = 0;
    bool ok_ = true;
};

/// Year, month and day without the era; the era stands at the very end of a text.
Civil scanCivil(Scanner &scan)
{
    Civil civil{};
    civil.year = scan.digits(4, 7);
    scan.need('-');
    civil.month = static_cast<int>(scan.digits(2, 2));
    scan.need('-');
    civil.day = static_cast<int>(scan.digits(2, 2));
    return civil;
}

void scanEra(Scanner &scan, Civil &civil)
{
    if (civil.year == 0)
        scan.fail();
    if (scan.take(" BC"))
        civil.year = 1 - civil.year;
    if (civil.month < 1 || civil.month > 12 || civil.day < 1 ||
        (scan.ok() && civil.day > daysInMonth(civil.year, civil.month)))
        scan.fail();
}

std::int64_t scanClock(Scanner &scan)
{
    const std::int64_t hour = scan.digits(2, 2);
    scan.need(':');
    const std::int64_t minute = scan.digits(2, 2);
    std::int64_t second = 0, fraction = 0;
    if (scan.take(':')) {
        second = scan.digits(2, 2);
        if (scan.take('.')) {
            fraction = scan.digits(1, 6);
            for (std::size_t i = scan.lastCount(); i < 6; ++i)
                fraction *= 10;
        }
    }
    if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second + fraction > 0))
        scan.fail();
    return ((hour * 60 + minute) * 60 + second) * 1'000'000 + fraction;
}

std::optional<std::int32_t> scanOffset(Scanner &scan)
{
    if (scan.take('Z'))
        return 0;
    const bool minus = scan.take('-');
    if (!minus && !scan.take('+'))
        return std::nullopt;
    std::int64_t seconds = scan.digits(2, 2) * 3600;
    if (scan.take(':')) {
        seconds += scan.digits(2, 2) * 60;
        if (scan.take(':'))
            seconds += scan.digits(2, 2);
    }
    return static_cast<std::int32_t>(minus ? -seconds : seconds);
}

std::string civilText(const Civil &civil)
{
    return fmt::format("{:04}-{:02}-{:02}", civil.year > 0 ? civil.year : 1 - civil.year, civil.month, civil.day);
}

std::string clockText(std::int64_t microseconds)
{
    const std::int64_t seconds = microseconds / 1'000'000;
    std::string text = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (const std::int64_t fraction = microseconds % 1'000'000) {
        text += fmt::format(".{:06}", fraction);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text;
}

std::string offsetText(std::int32_t seconds)
{
    const std::int32_t size = seconds < 0 ? -seconds : seconds;
    std::string text = fmt::format("{}{:02}", seconds < 0 ? '-' : '+', size / 3600);
    if (size % 3600)
        text += fmt::format(":{:02}", size / 60 % 60);
    if (size % 60)
        text += fmt::format(":{:02}", size % 60);
    return text;
}

std::optional<Date::Special> parseSpecial(std::string_view text)
{
    if (text == "infinity")
        return Date::Special::Infinity;
    if (text == "-infinity")
        return Date::Special::MinusInfinity;
    return std::nullopt;
}

const char *specialText(Date::Special special) { return special == Date::Special::Infinity ? "infinity" : "-infinity"; }

} // namespace

std::string Date::text() const
{
    if (special != Special::None)
        return specialText(special);
    const Civil civil = civilFromDays(days);
    return civilText(civil) + (civil.year > 0 ? "" : " BC");
}

std::optional<Date> Date::parse(std::string_view text)
{
    if (const auto special = parseSpecial(text))
        return Date{0, *special};
    Scanner scan(text);
    Civil civil = scanCivil(scan);
    scanEra(scan, civil);
    if (!scan.ok() || !scan.atEnd())
        return std::nullopt;
    return Date{static_cast<std::int32_t>(daysFromCivil(civil.year, civil.month, civil.day)), Special::None};
}

std::string Time::text() const
{
    return clockText(microseconds) + (offsetSeconds ? offsetText(*offsetSeconds) : std::string());
}

std::optional<Time> Time::parse(std::string_view text)
{
    Scanner scan(text);
    Time time;
    time.microseconds = scanClock(scan);
    time.offsetSeconds = scanOffset(scan);
    if (!scan.ok() || !scan.atEnd())
        return std::nullopt;
    return time;
}

std::string DateTime::text() const
{
    if (special != Date::Special::None)
        return specialText(special);
    std::int64_t day = microseconds / microsecondsPerDay, clock = microseconds % microsecondsPerDay;
    if (clock < 0) {
        clock += microsecondsPerDay;
        --day;
    }
    const Civil civil = civilFromDays(day);
    return civilText(civil) + ' ' + clockText(clock) + (offsetSeconds ? offsetText(*offsetSeconds) : std::string()) +
           (civil.year > 0 ? "" : " BC");
}

std::optional<DateTime> DateTime::parse(std::string_view text)
{
    if (const auto special = parseSpecial(text))
        return DateTime{0, std::nullopt, *special};
    Scanner scan(text);
    Civil civil = scanCivil(scan);
    if (!scan.take('T'))
        scan.need(' ');
    const std::int64_t clock = scanClock(scan);
    DateTime result;
    result.offsetSeconds = scanOffset(scan);
    scanEra(scan, civil);
    if (!scan.ok() || !scan.atEnd())
        return std::nullopt;
    const std::int64_t days = daysFromCivil(civil.year, civil.month, civil.day);
    constexpr std::int64_t mostDays = std::numeric_limits<std::int64_t>::max() / microsecondsPerDay - 1;
    if (days > mostDays || days < -mostDays) // PostgreSQL counts from 2000 and gets 30 years further
        return std::nullopt;
    result.microseconds = days * microsecondsPerDay + clock;
    return result;
}

} // namespace schemawright
