#include "schemawright/sql/literal.h"

#include "schemawright/base/error.h"

#include <algorithm>
#include <cmath>

namespace schemawright {

std::string quotedText(std::string_view text, bool escapesBackslash)
{
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || (c == '\\' && escapesBackslash))
            out += c;
        out += c;
    }
    return out + "'";
}

std::string literalText(const Value &value, const LiteralStyle &style)
{
    if (value.isNull())
        return "NULL";
    if (const bool *truth = value.as<bool>())
        return *truth ? style.trueText : style.falseText;
    const double *number = value.as<double>();
    const auto *decimal = value.as<Decimal>();
    const bool isNoNumber = (number && !std::isfinite(*number)) ||
                            (decimal && decimal->text().find_first_of("0123456789") == std::string::npos);
    if (isNoNumber) {
        if (!style.specialBefore)
            throw Error(ErrorKind::Conversion, "there is no literal for " + value.text());
        return style.specialBefore + value.text() + style.specialAfter;
    }
    if (value.is<std::int64_t>() || number || decimal)
        return value.text();
    if (value.is<Bytes>())
        return style.bytesBefore + value.text() + style.bytesAfter;
    if (value.is<Date>() || value.is<DateTime>()) {
        const std::string text = value.text();
        const bool isInRange = text.size() >= 10 && text[4] == '-' && !text.ends_with("BC");
        if (!isInRange)
            throw Error(ErrorKind::Conversion, "there is no literal for the time " + text + " in this database");
        if (style.typesDates)
            return (value.is<Date>() ? "DATE " : "TIMESTAMP ") + quotedText(text);
    }
    const std::string text = value.text();
    if (text.find('\0') != std::string::npos)
        throw Error(ErrorKind::Conversion, "there is no literal for a text with a NUL character");
    const bool isAscii = std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
    return (isAscii ? "" : style.nationalPrefix) + quotedText(text, style.escapesBackslash);
}

std::string withLiterals(const std::string &sql, const std::vector<std::string> &literals, char placeholder)
{
    std::string out;
    std::size_t next = 0;
    const auto skip = [&](std::size_t from, std::string_view end) {
        const std::size_t at = sql.find(end, from);
        return at == std::string::npos ? sql.size() : at + end.size();
    };
    const auto isWord = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    for (std::size_t i = 0; i < sql.size();) {
        const char c = sql[i];
        std::size_t end = i;
        if (c == '\'' || c == '"' || c == '`' || (c == '[' && placeholder == '?'))
            end = skip(i + 1, c == '[' ? std::string_view("]") : std::string_view(&sql[i], 1));
        else if (sql.compare(i, 2, "--") == 0)
            end = skip(i, "\n");
        else if (sql.compare(i, 2, "/*") == 0)
            end = skip(i + 2, "*/");
        if (end != i) {
            out.append(sql, i, end - i);
            i = end;
            continue;
        }
        if (c == ':' && placeholder == ':' && sql.compare(i + 1, 1, "\"") == 0) { // by name: in the order of their values
            const std::size_t number = next++;
            i = skip(i + 2, "\"");
            out += number < literals.size() ? literals[number] : std::string(1, placeholder);
            continue;
        }
        if (c != placeholder || (c != '?' && (i + 1 >= sql.size() || !isWord(sql[i + 1]))) ||
            (c == ':' && i > 0 && sql[i - 1] == ':')) {
            out += c;
            ++i;
            continue;
        }
        std::size_t number = next++;
        ++i;
        if (c != '?') {
            std::size_t digits = 0;
            const std::size_t from = i;
            while (i < sql.size() && isWord(sql[i]))
                ++i;
            for (std::size_t d = from; d < i && sql[d] >= '0' && sql[d] <= '9'; ++d)
                digits = digits * 10 + static_cast<std::size_t>(sql[d] - '0');
            if (digits)
                number = digits - 1;
        }
        out += number < literals.size() ? literals[number] : std::string(1, placeholder);
    }
    return out;
}

} // namespace schemawright
