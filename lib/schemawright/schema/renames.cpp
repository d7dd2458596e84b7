#include "schemawright/schema/sql_pieces.h"
#include "schemawright/schema/table_diff.h"

#include <algorithm>

namespace schemawright {

using pieces::isDigit;
using pieces::isWordStart;
using pieces::lower;

namespace {

using Renames = std::map<std::string, std::string>;

std::string withNames(const std::string &sql, const Renames &renamed)
{
    std::string out;
    for (std::size_t i = 0; i < sql.size();) {
        std::size_t end = i + 1;
        const char c = sql[i];
        std::string word;
        if (c == '\'' || c == '"') {
            while (end < sql.size() && (sql[end] != c || (end + 1 < sql.size() && sql[end + 1] == c)))
                end += sql[end] == c ? 2 : 1;
            end = std::min(end + 1, sql.size());
            if (c == '"' && end - i > 2)
                word = sql.substr(i + 1, end - i - 2);
        } else if (isWordStart(c)) {
            while (end < sql.size() && (isWordStart(sql[end]) || isDigit(sql[end])))
                ++end;
            word = sql.substr(i, end - i);
        } else if (isDigit(c))
            while (end < sql.size() && (isWordStart(sql[end]) || isDigit(sql[end])))
                ++end;
        if (const auto found = renamed.find(word); found != renamed.end()) {
            const bool isPlain =
                lower(found->second) == found->second &&
                std::ranges::all_of(found->second, [](char x) { return isWordStart(x) || isDigit(x); });
            out += isPlain && c != '"' ? found->second : "\"" + found->second + "\"";
        } else
            out += sql.substr(i, end - i);
        i = end;
    }
    return out;
}

} // namespace

void followRenames(Table &table, const Renames &all)
{
    Renames renamed = all;
    std::erase_if(renamed, [&](const auto &each) { return table.column(each.first) != nullptr; });
    if (renamed.empty())
        return;
    const auto names = [&](std::vector<std::string> &columns) {
        for (std::string &column : columns)
            if (const auto found = renamed.find(column); found != renamed.end())
                column = found->second;
    };
    const auto text = [&](auto &sql) {
        if constexpr (std::is_same_v<std::decay_t<decltype(sql)>, std::string>)
            sql = withNames(sql, renamed);
        else if (sql)
            sql = withNames(*sql, renamed);
    };
    if (table.primaryKey) {
        names(table.primaryKey->columns);
        names(table.primaryKey->include);
    }
    for (UniqueConstraint &each : table.uniques) {
        names(each.columns);
        names(each.include);
    }
    for (ForeignKey &each : table.foreignKeys) {
        names(each.columns);
        names(each.onDeleteColumns);
        if (each.referred.name == table.name.name)
            names(each.referredColumns);
    }
    for (CheckConstraint &each : table.checks)
        text(each.expression);
    for (ExclusionConstraint &each : table.exclusions)
        text(each.definition);
    for (Column &each : table.columns)
        if (each.generated)
            text(each.generated->expression);
    for (Index &each : table.indexes) {
        for (IndexElement &element : each.elements) {
            if (element.column)
                if (const auto found = renamed.find(*element.column); found != renamed.end())
                    element.column = found->second;
            text(element.expression);
        }
        names(each.include);
        text(each.where);
    }
}

} // namespace schemawright
