#include "schemawright/backends/postgres/postgres_conversion.h"

#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_types.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::postgres {

namespace {

bool isMoment(const Type &type) { return type.kind == TypeKind::DateTime || type.kind == TypeKind::Date; }

/// What people mean mostly. A cast to varchar(5) or bit(3) would cut silently what is too long: without one the
/// database refuses such values.
std::string proposedSql(const Type &from, const Type &to, const std::string &name)
{
    const std::string type = typeSql(to);
    if (to.isText())
        return from.isText() ? name : name + "::text";
    if (to.kind == TypeKind::Char)
        return name + "::text";
    if (from.isText() && (to.isNumber() || isMoment(to) || to.kind == TypeKind::Boolean || to.kind == TypeKind::Uuid))
        return "NULLIF(trim(" + name + "), '')::" + type;
    if (isMoment(from) && to.isNumber())
        return "extract(epoch FROM " + name + ")::" + type;
    if (from.isNumber() && to.kind == TypeKind::DateTime)
        return "to_timestamp(" + name + ")::" + type;
    if (from.isNumber() && to.kind == TypeKind::Boolean)
        return name + " <> 0";
    if (from.kind == TypeKind::Boolean && to.isNumber())
        return name + "::integer::" + type;
    if (to.kind == TypeKind::Enum || from.kind == TypeKind::Enum)
        return name + "::text::" + type;
    return name + "::" + type;
}

} // namespace

std::optional<Conversion> conversion(const Dialect &, const TableDiff &diff, std::size_t after)
{
    const auto item = std::ranges::find_if(diff.items, [&](const DiffItem &each) {
        return each.subject == DiffSubject::Type && each.after == after && each.before;
    });
    if (item == diff.items.end() || !diff.before || diff.before->isView())
        return std::nullopt;
    const Column &old = diff.before->columns[*item->before], &now = diff.after->columns[after];
    Conversion made;
    made.proposed = made.expression = proposedSql(old.type, now.type, quoteName(now.name));
    if (const auto said = now.options.find(conversionOption); said != now.options.end() && !said->second.empty())
        made.expression = said->second;
    // Rows as they are in the database, columns under the names that they will have.
    const auto renamed = diff.renamedColumns();
    const auto columnsOf = [&](const char *row) {
        std::string list;
        for (const Column &each : diff.before->columns) {
            const auto found = renamed.find(each.name);
            list += fmt::format("{}{}.{} AS {}", list.empty() ? "" : ", ", row, quoteName(each.name),
                                quoteName(found == renamed.end() ? each.name : found->second));
        }
        return list;
    };
    const std::string table = quoteName(diff.before->name), alias = quoteName(diff.after->name.name);
    const std::string type = typeSql(now.type);
    // An assignment, as ALTER TABLE does it: what is too long is refused there and not cut.
    made.prepare = {
        fmt::format("CREATE TEMPORARY TABLE schemawright_value (value {}) ON COMMIT DROP", type),
        fmt::format(
            "INSERT INTO schemawright_value SELECT {} FROM (SELECT {} FROM {} AS schemawright_row) AS {} LIMIT 0",
            made.expression, columnsOf("schemawright_row"), table, alias),
        fmt::format("CREATE FUNCTION pg_temp.schemawright_converts({}) RETURNS boolean LANGUAGE plpgsql AS "
                    "$schemawright$\n#variable_conflict use_column\nDECLARE schemawright_value {};\nBEGIN\n"
                    "schemawright_value := (SELECT {} FROM (SELECT {}) AS {});\nRETURN true;\n"
                    "EXCEPTION WHEN OTHERS THEN RETURN false;\nEND $schemawright$",
                    table, type, made.expression, columnsOf("($1)"), alias)};
    made.count =
        fmt::format("SELECT count(*) OVER () AS rows, left(schemawright_row.{}::text, 60) AS example FROM {} AS "
                    "schemawright_row WHERE NOT pg_temp.schemawright_converts(schemawright_row) LIMIT 3",
                    quoteName(old.name), table);
    return made;
}

} // namespace schemawright::postgres
