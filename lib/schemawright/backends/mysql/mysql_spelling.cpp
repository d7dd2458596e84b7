#include "schemawright/backends/mysql/mysql_spelling.h"

#include <charconv>
#include <utility>

namespace schemawright::mysql {

namespace {

char small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

} // namespace

char escaped(char c) noexcept
{
    static constexpr std::pair<char, char> escapes[] = {{'n', '\n'}, {'t', '\t'}, {'r', '\r'},
                                                        {'0', '\0'}, {'b', '\b'}, {'Z', '\x1a'}};
    for (const auto &[letter, character] : escapes)
        if (c == letter)
            return character;
    return c;
}

std::string literalAt(std::string_view sql, std::size_t &at)
{
    const char quote = sql[at];
    std::string out;
    for (++at; at < sql.size(); ++at) {
        if (sql[at] == quote) {
            if (at + 1 >= sql.size() || sql[at + 1] != quote)
                break;
            ++at;
        } else if (sql[at] == '\\' && at + 1 < sql.size()) {
            out += escaped(sql[++at]);
            continue;
        }
        out += sql[at];
    }
    ++at;
    return out;
}

Spelling takeApart(std::string_view native)
{
    Spelling spelling;
    bool isInside = false, isBehind = false;
    for (std::size_t i = 0; i < native.size();) {
        const char c = native[i];
        if (native.substr(i, 2) == "/*") { // what only some versions read
            const std::size_t end = native.find("*/", i + 2);
            i = end == std::string_view::npos ? native.size() : end + 2;
        } else if (c == '(' || c == ')') {
            isInside = c == '(';
            isBehind = true;
            ++i;
        } else if (isInside && c == '\'')
            spelling.labels.push_back(literalAt(native, i));
        else if (isInside && c >= '0' && c <= '9') {
            int number = 0;
            const auto [rest, error] = std::from_chars(native.data() + i, native.data() + native.size(), number);
            if (error == std::errc())
                spelling.numbers.push_back(number);
            i = static_cast<std::size_t>(rest - native.data());
        } else if (!isInside && !isBlank(c)) {
            std::string word;
            for (; i < native.size() && !isBlank(native[i]) && native[i] != '(' && native[i] != ')'; ++i)
                word += small(native[i]);
            if (word == "unsigned" || word == "zerofill")
                spelling.isUnsigned = true;
            else if (!isBehind && word != "signed")
                spelling.name += (spelling.name.empty() ? "" : " ") + word;
        } else
            ++i;
    }
    return spelling;
}

} // namespace schemawright::mysql
