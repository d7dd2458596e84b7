#include "schemawright/backends/mysql/mysql_text.h"

#include "schemawright/backends/mysql/mysql_spelling.h"
#include "schemawright/sql/literal.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace schemawright::mysql {

namespace {

/// The end of the string, comment or quoted name that begins at `at`; `at` where none does.
std::size_t quotedEnd(std::string_view sql, std::size_t at)
{
    const char quote = sql[at];
    if (quote != '\'' && quote != '"' && quote != '`')
        return at;
    for (std::size_t i = at + 1; i < sql.size(); ++i) {
        if (sql[i] == '\\' && quote != '`')
            ++i;
        else if (sql[i] == quote) {
            if (i + 1 >= sql.size() || sql[i + 1] != quote)
                return i + 1;
            ++i;
        }
    }
    return sql.size();
}

} // namespace

std::string backquoted(std::string_view name)
{
    std::string out = "`";
    for (const char c : name)
        out += c == '`' ? std::string("``") : std::string(1, c);
    return out + '`';
}

std::optional<std::string> defaultSql(const std::optional<std::string> &printed, std::string_view columnType,
                                      std::string_view extra, bool isMariaDb)
{
    if (!printed)
        return std::nullopt;
    if (isMariaDb)
        return *printed == "NULL" ? std::nullopt : printed;
    const std::string type = takeApart(columnType).name;
    const auto isOneOf = [&](const auto &names) { return std::ranges::find(names, type) != names.end(); };
    static constexpr std::array numbers{"tinyint", "smallint", "mediumint", "int", "bigint",
                                        "decimal", "float",    "double",    "bit", "year"};
    const bool isMoment = (type == "datetime" || type == "timestamp") && printed->starts_with("CURRENT_TIMESTAMP");
    if (isOneOf(numbers) && extra.find("DEFAULT_GENERATED") == std::string_view::npos)
        return printed;
    if (isMoment)
        return printed;
    if (extra.find("DEFAULT_GENERATED") != std::string_view::npos)
        return "(" + withoutParentheses(unescapedExpression(*printed)) + ")";
    if (type.ends_with("binary") && printed->starts_with("0x"))
        return printed;
    return quotedText(*printed, true);
}

std::string unescapedExpression(std::string_view printed)
{
    std::string out;
    for (std::size_t i = 0; i < printed.size(); ++i)
        out += printed[i] == '\\' && i + 1 < printed.size() ? escaped(printed[++i]) : printed[i];
    return out;
}

std::string withoutParentheses(std::string_view expression)
{
    while (expression.size() > 1 && expression.front() == '(' && expression.back() == ')') {
        int depth = 0;
        for (std::size_t i = 0; i + 1 < expression.size();) {
            const std::size_t end = quotedEnd(expression, i);
            depth += expression[i] == '(' ? 1 : expression[i] == ')' ? -1 : 0;
            if (depth == 0) // the first is closed before the last
                return std::string(expression);
            i = std::max(end, i + 1);
        }
        expression = expression.substr(1, expression.size() - 2);
    }
    return std::string(expression);
}

std::string withoutSchema(const std::string &sql, std::string_view schema)
{
    const std::string name = backquoted(schema);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < sql.size();) {
        const std::size_t end = quotedEnd(sql, i);
        if (sql[i] == '`' && sql.compare(i, end - i, name) == 0 && (i == 0 || sql[i - 1] != '.')) {
            if (end >= sql.size() || sql[end] != '.')
                return sql; // an alias, before which its columns stand in the same way
            places.push_back(i);
        }
        i = std::max(end, i + 1);
    }
    std::string out;
    std::size_t copied = 0;
    for (const std::size_t place : places) {
        out.append(sql, copied, place - copied);
        copied = place + name.size() + 1;
    }
    return out.append(sql, copied);
}

std::map<std::string, std::string> tableOptions(std::string_view createOptions)
{
    std::map<std::string, std::string> options;
    for (std::size_t i = 0; i < createOptions.size();) {
        if (createOptions[i] == ' ') {
            ++i;
            continue;
        }
        const std::size_t start = i;
        std::size_t equals = std::string_view::npos;
        while (i < createOptions.size() && createOptions[i] != ' ') {
            if (createOptions[i] == '=' && equals == std::string_view::npos)
                equals = i;
            i = std::max(quotedEnd(createOptions, i), i + 1);
        }
        if (equals == std::string_view::npos)
            continue; // "partitioned"
        std::string key(createOptions.substr(start, equals - start));
        for (char &c : key)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        options[std::move(key)] = createOptions.substr(equals + 1, i - equals - 1);
    }
    if (const auto usual = options.find("transactional"); usual != options.end() && usual->second == "1")
        options.erase(usual); // said of each table of Aria
    return options;
}

std::string definerText(std::string_view definer, std::string_view currentUser)
{
    if (definer.empty() || definer == currentUser)
        return {};
    const std::size_t at = definer.rfind('@');
    if (at == std::string_view::npos)
        return "DEFINER=" + backquoted(definer) + " "; // a role
    return "DEFINER=" + backquoted(definer.substr(0, at)) + "@" + backquoted(definer.substr(at + 1)) + " ";
}

} // namespace schemawright::mysql
