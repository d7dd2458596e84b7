#include "schemawright/sql/named_parameters.h"

#include "schemawright/base/error.h"

#include <set>

namespace schemawright {

namespace {

bool isWordStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool isWordPart(char c) { return isWordStart(c) || (c >= '0' && c <= '9'); }

/// The length of the quoted or commented stretch that begins at `start`, or 0 when none does.
std::size_t opaqueLength(std::string_view sql, std::size_t start)
{
    const std::string_view rest = sql.substr(start);
    const auto until = [&rest](std::string_view close, std::size_t from) {
        const std::size_t end = rest.find(close, from);
        return end == std::string_view::npos ? rest.size() : end + close.size();
    };
    if (rest.starts_with("--"))
        return until("\n", 2);
    if (rest.starts_with("/*"))
        return until("*/", 2);
    const char c = rest.front();
    if (c == '\'' || c == '"' || c == '`') {
        const bool escapes = c == '\'' && start > 0 && (sql[start - 1] == 'E' || sql[start - 1] == 'e') &&
                             (start == 1 || !isWordPart(sql[start - 2]));
        std::size_t i = 1;
        while (i < rest.size() && rest[i] != c)
            i += escapes && rest[i] == '\\' ? 2 : 1; // a doubled quote is read as two strings, with the same end
        return std::min(i + 1, rest.size());
    }
    if (c == '$' && (start == 0 || !isWordPart(sql[start - 1]))) {
        std::size_t i = 1;
        while (i < rest.size() && isWordPart(rest[i]) && !(i == 1 && !isWordStart(rest[i])))
            ++i;
        if (i < rest.size() && rest[i] == '$')
            return until(rest.substr(0, i + 1), i + 1);
    }
    return 0;
}

} // namespace

Compiled bindNamed(std::string_view sql, const std::map<std::string, Value> &values, char placeholder)
{
    Compiled compiled;
    std::set<std::string> used;
    for (std::size_t i = 0; i < sql.size();) {
        if (const std::size_t length = opaqueLength(sql, i)) {
            compiled.sql += sql.substr(i, length);
            i += length;
            continue;
        }
        if (sql.substr(i).starts_with("::")) {
            compiled.sql += "::";
            i += 2;
            continue;
        }
        if (sql[i] != ':' || i + 1 == sql.size() || !isWordStart(sql[i + 1]) || (i > 0 && isWordPart(sql[i - 1]))) {
            compiled.sql += sql[i++];
            continue;
        }
        std::size_t end = i + 1;
        while (end < sql.size() && isWordPart(sql[end]))
            ++end;
        const std::string name(sql.substr(i + 1, end - i - 1));
        const auto found = values.find(name);
        if (found == values.end())
            throw Error(ErrorKind::Misuse, "the parameter :" + name + " has no value").withSql(sql);
        used.insert(name);
        compiled.parameters.push_back({found->second, {}});
        compiled.sql += placeholder == '$' ? "$" + std::to_string(compiled.parameters.size()) : std::string("?");
        i = end;
    }
    for (const auto &[name, value] : values)
        if (!used.contains(name))
            throw Error(ErrorKind::Misuse, "the statement has no parameter :" + name).withSql(sql);
    return compiled;
}

} // namespace schemawright
