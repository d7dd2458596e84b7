#include "schemawright/backends/sqlite/sqlite_conversion.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

namespace {

/// The affinity of a column by its type's spelling, as SQLite's own rules say: what it converts to by itself.
const char *affinity(const std::string &spelling)
{
    std::string type = spelling;
    std::ranges::transform(type, type.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    const auto has = [&](const char *word) { return type.find(word) != std::string::npos; };
    if (has("INT"))
        return "INTEGER";
    if (has("CHAR") || has("CLOB") || has("TEXT"))
        return "TEXT";
    if (has("BLOB") || type.empty() || type == "ANY")
        return "BLOB";
    return has("REAL") || has("FLOA") || has("DOUB") ? "REAL" : "NUMERIC";
}

} // namespace

std::optional<Conversion> conversion(const Dialect &dialect, const TableDiff &diff, std::size_t after)
{
    const auto item = std::ranges::find_if(diff.items, [&](const DiffItem &each) {
        return each.subject == DiffSubject::Type && each.after == after && each.before;
    });
    if (item == diff.items.end() || !diff.before || diff.before->isView())
        return std::nullopt;
    const Column &old = diff.before->columns[*item->before], &now = diff.after->columns[after];
    Conversion made;
    made.proposed = made.expression = dialect.quote(now.name);
    if (const auto said = now.options.find(conversionOption); said != now.options.end() && !said->second.empty())
        made.expression = said->second;
    std::vector<std::string> columns;
    const auto renamed = diff.renamedColumns();
    for (const Column &each : diff.before->columns) {
        const auto found = renamed.find(each.name);
        columns.push_back(fmt::format("{} AS {}", dialect.quote(each.name),
                                      dialect.quote(found == renamed.end() ? each.name : found->second)));
    }
    const std::string rows = fmt::format("(SELECT {}, {} AS schemawright_old FROM {}) AS {}", fmt::join(columns, ", "),
                                         dialect.quote(old.name), dialect.quote(diff.before->name.name),
                                         dialect.quote(diff.after->name.name));
    made.prepare = {fmt::format("SELECT {} FROM {} LIMIT 0", made.expression, rows)};
    const std::string type = affinity(now.type.native.empty() ? dialect.typeSql(now.type) : now.type.native);
    // A number stays one, a text that looks like one becomes it; what then is no number has not been converted. A
    // fraction is none of an integer column's.
    const std::string value = "(" + made.expression + ")";
    const std::string isRight = type == "TEXT"   ? fmt::format("typeof({}) <> 'blob'", value)
                                : type == "BLOB" ? std::string("1")
                                                 : fmt::format("{0} = CAST({0} AS {1}) AND typeof({0}) <> 'blob'",
                                                               value, type == "INTEGER" ? "INTEGER" : "NUMERIC");
    made.count =
        fmt::format("SELECT count(*) OVER () AS rows, CASE WHEN typeof(schemawright_old) = 'blob' THEN "
                    "quote(schemawright_old) ELSE substr(schemawright_old, 1, 60) END AS example FROM {} WHERE "
                    "{} IS NOT NULL AND NOT ({}) LIMIT 3",
                    rows, value, isRight);
    return made;
}

} // namespace schemawright::sqlite
