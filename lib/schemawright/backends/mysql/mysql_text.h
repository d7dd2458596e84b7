#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace schemawright::mysql {

/// The identifier in backquotes, as the server prints it.
std::string backquoted(std::string_view name);

/// A column's default as SQL, from what information_schema says of it. MariaDB prints SQL, and NULL where there is
/// none; MySQL the bare value, or an expression where `extra` says DEFAULT_GENERATED.
std::optional<std::string> defaultSql(const std::optional<std::string> &printed, std::string_view columnType,
                                      std::string_view extra, bool isMariaDb);

/// An expression of MySQL's information_schema, which is written as if inside a string literal.
std::string unescapedExpression(std::string_view printed);

/// Without parentheses around the whole.
std::string withoutParentheses(std::string_view expression);

/// A view's text without the name of this schema in front of its tables: as seen from there. Unchanged where the name
/// is also another's, so that it cannot be told which it is.
std::string withoutSchema(const std::string &sql, std::string_view schema);

/// "row_format=PAGE max_rows=1000 `x`='y'" as options with names in lower case; "partitioned" is left out.
std::map<std::string, std::string> tableOptions(std::string_view createOptions);

/// "DEFINER=`me`@`host` " for "me@host"; empty when that is `currentUser`.
std::string definerText(std::string_view definer, std::string_view currentUser);

} // namespace schemawright::mysql
