#include "schemawright/backends/postgres/postgres_text.h"

#include "schemawright/backends/postgres/postgres_tokens.h"
#include "schemawright/base/error.h"
#include "schemawright/sql/quoting.h"

#include <algorithm>
#include <unordered_set>

namespace schemawright::postgres {

namespace {

const std::unordered_set<std::string_view> &keywords()
{
    // All but the unreserved ones, as quote_ident() has it (pg_get_keywords() of version 17).
    static const std::unordered_set<std::string_view> all{"all",
                                                          "analyse",
                                                          "analyze",
                                                          "and",
                                                          "any",
                                                          "array",
                                                          "as",
                                                          "asc",
                                                          "asymmetric",
                                                          "authorization",
                                                          "between",
                                                          "bigint",
                                                          "binary",
                                                          "bit",
                                                          "boolean",
                                                          "both",
                                                          "case",
                                                          "cast",
                                                          "char",
                                                          "character",
                                                          "check",
                                                          "coalesce",
                                                          "collate",
                                                          "collation",
                                                          "column",
                                                          "concurrently",
                                                          "constraint",
                                                          "create",
                                                          "cross",
                                                          "current_catalog",
                                                          "current_date",
                                                          "current_role",
                                                          "current_schema",
                                                          "current_time",
                                                          "current_timestamp",
                                                          "current_user",
                                                          "dec",
                                                          "decimal",
                                                          "default",
                                                          "deferrable",
                                                          "desc",
                                                          "distinct",
                                                          "do",
                                                          "else",
                                                          "end",
                                                          "except",
                                                          "exists",
                                                          "extract",
                                                          "false",
                                                          "fetch",
                                                          "float",
                                                          "for",
                                                          "foreign",
                                                          "freeze",
                                                          "from",
                                                          "full",
                                                          "grant",
                                                          "greatest",
                                                          "group",
                                                          "grouping",
                                                          "having",
                                                          "ilike",
                                                          "in",
                                                          "initially",
                                                          "inner",
                                                          "inout",
                                                          "int",
                                                          "integer",
                                                          "intersect",
                                                          "interval",
                                                          "into",
                                                          "is",
                                                          "isnull",
                                                          "join",
                                                          "json",
                                                          "json_array",
                                                          "json_arrayagg",
                                                          "json_exists",
                                                          "json_object",
                                                          "json_objectagg",
                                                          "json_query",
                                                          "json_scalar",
                                                          "json_serialize",
                                                          "json_table",
                                                          "json_value",
                                                          "lateral",
                                                          "leading",
                                                          "least",
                                                          "left",
                                                          "like",
                                                          "limit",
                                                          "localtime",
                                                          "localtimestamp",
                                                          "merge_action",
                                                          "national",
                                                          "natural",
                                                          "nchar",
                                                          "none",
                                                          "normalize",
                                                          "not",
                                                          "notnull",
                                                          "null",
                                                          "nullif",
                                                          "numeric",
                                                          "offset",
                                                          "on",
                                                          "only",
                                                          "or",
                                                          "order",
                                                          "out",
                                                          "outer",
                                                          "overlaps",
                                                          "overlay",
                                                          "placing",
                                                          "position",
                                                          "precision",
                                                          "primary",
                                                          "real",
                                                          "references",
                                                          "returning",
                                                          "right",
                                                          "row",
                                                          "select",
                                                          "session_user",
                                                          "setof",
                                                          "similar",
                                                          "smallint",
                                                          "some",
                                                          "substring",
                                                          "symmetric",
                                                          "system_user",
                                                          "table",
                                                          "tablesample",
                                                          "then",
                                                          "time",
                                                          "timestamp",
                                                          "to",
                                                          "trailing",
                                                          "treat",
                                                          "trim",
                                                          "true",
                                                          "union",
                                                          "unique",
                                                          "user",
                                                          "using",
                                                          "values",
                                                          "varchar",
                                                          "variadic",
                                                          "verbose",
                                                          "when",
                                                          "where",
                                                          "window",
                                                          "with",
                                                          "xmlattributes",
                                                          "xmlconcat",
                                                          "xmlelement",
                                                          "xmlexists",
                                                          "xmlforest",
                                                          "xmlnamespaces",
                                                          "xmlparse",
                                                          "xmlpi",
                                                          "xmlroot",
                                                          "xmlserialize",
                                                          "xmltable"};
    return all;
}

} // namespace

std::string quoteName(std::string_view identifier)
{
    const auto isStart = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    bool isPlain = !identifier.empty() && isStart(identifier.front()), hasDigit = false;
    for (std::size_t i = 1; isPlain && i < identifier.size(); ++i) {
        const bool isDigit = identifier[i] >= '0' && identifier[i] <= '9';
        hasDigit = hasDigit || isDigit;
        isPlain = isDigit || isStart(identifier[i]);
    }
    if (isPlain && (hasDigit || !keywords().contains(identifier))) // no keyword has a digit
        return std::string(identifier);
    return quoteAlways(identifier);
}

std::string quoteAlways(std::string_view identifier)
{
    refuseNul(identifier);
    std::string out = "\"";
    for (const char c : identifier) {
        if (c == '"')
            out += c;
        out += c;
    }
    return out + '"';
}

std::string quoteName(const QualifiedName &name)
{
    return name.schema.empty() ? quoteName(name.name) : quoteName(name.schema) + "." + quoteName(name.name);
}

std::string upperCase(std::string words)
{
    for (char &c : words)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return words;
}

std::string quoteText(std::string_view text)
{
    const bool escapes = text.find('\\') != std::string_view::npos;
    std::string out = escapes ? "E'" : "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            out += c;
        out += c;
    }
    return out + '\'';
}

std::string withoutOuterParentheses(std::string_view expression)
{
    while (expression.size() > 1 && expression.front() == '(' && expression.back() == ')') {
        int depth = 0;
        for (const Token &token : tokenize(expression)) {
            if (token.kind != TokenKind::Symbol)
                continue;
            const char c = expression[token.offset];
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth == 0 && token.end() != expression.size())
                return std::string(expression); // the first parenthesis closes before the end
        }
        if (depth != 0)
            break;
        expression = expression.substr(1, expression.size() - 2);
    }
    return std::string(expression);
}

std::string quoteKept(const std::string &name)
{
    return name.size() > 1 && name.front() == '"' && name.back() == '"' ? name : quoteName(name);
}

std::string withReadableCycles(std::string sql)
{
    if (sql.find("CYCLE ") == std::string::npos)
        return sql;
    const std::vector<Token> tokens = tokenize(sql);
    const auto isWord = [&](std::size_t i, std::string_view word) {
        return i < tokens.size() && tokens[i].kind == TokenKind::Word && tokens[i].in(sql) == word;
    };
    std::vector<std::pair<Token, std::string>> marks; // from the literal to the type's end, and what stands there then
    // A literal with a cast at `i`, which `next` follows; the place of that word, or the end.
    const auto mark = [&](std::size_t i, std::string_view next) {
        std::size_t end = i;
        while (end < tokens.size() && !isWord(end, next))
            ++end;
        const bool isCast = end < tokens.size() && end - i > 3 && tokens[i].kind == TokenKind::String &&
                            tokens[i + 1].in(sql) == ":" && tokens[i + 2].in(sql) == ":" &&
                            tokens[end - 1].in(sql) != "]";
        if (isCast) {
            const std::size_t type = tokens[i + 3].offset, stop = tokens[end - 1].end();
            marks.emplace_back(Token{TokenKind::String, tokens[i].offset, stop - tokens[i].offset},
                               sql.substr(type, stop - type) + " " + std::string(tokens[i].in(sql)));
        }
        return end;
    };
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (!isWord(i, "CYCLE"))
            continue;
        std::size_t set = i;
        while (set < tokens.size() && !isWord(set, "SET") && !isWord(set, "USING"))
            ++set;
        if (isWord(set, "SET") && isWord(set + 2, "TO"))
            mark(mark(set + 3, "DEFAULT") + 1, "USING");
    }
    for (auto each = marks.rbegin(); each != marks.rend(); ++each)
        sql.replace(each->first.offset, each->first.length, each->second);
    return sql;
}

} // namespace schemawright::postgres
