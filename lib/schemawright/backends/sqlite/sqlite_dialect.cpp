#include "schemawright/backends/sqlite/sqlite_dialect.h"

#include "schemawright/backends/sqlite/sqlite_conversion.h"
#include "schemawright/backends/sqlite/sqlite_ddl.h"
#include "schemawright/backends/sqlite/sqlite_migrate.h"
#include "schemawright/backends/sqlite/sqlite_names.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/base/error.h"
#include "schemawright/dialect/row_identity.h"
#include "schemawright/sql/quoting.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include <fmt/format.h>

namespace schemawright {

namespace {

const std::unordered_set<std::string> &keywords()
{
    // Quoted always: SQLite takes some of them bare in some places, but not in all.
    static const std::unordered_set<std::string> all{
        "add",           "all",     "alter",       "and",          "as",           "asc",
        "autoincrement", "between", "by",          "cascade",      "case",         "cast",
        "check",         "collate", "column",      "commit",       "conflict",     "constraint",
        "create",        "cross",   "current",     "current_date", "current_time", "current_timestamp",
        "database",      "default", "deferrable",  "deferred",     "delete",       "desc",
        "distinct",      "drop",    "each",        "else",         "end",          "escape",
        "except",        "exclude", "exists",      "explain",      "fail",         "filter",
        "following",     "for",     "foreign",     "from",         "full",         "generated",
        "glob",          "group",   "groups",      "having",       "if",           "ignore",
        "immediate",     "in",      "index",       "indexed",      "initially",    "inner",
        "insert",        "instead", "intersect",   "into",         "is",           "isnull",
        "join",          "key",     "left",        "like",         "limit",        "match",
        "materialized",  "natural", "no",          "not",          "nothing",      "notnull",
        "null",          "nulls",   "of",          "offset",       "on",           "or",
        "order",         "others",  "outer",       "over",         "partition",    "pragma",
        "preceding",     "primary", "raise",       "range",        "recursive",    "references",
        "regexp",        "reindex", "release",     "rename",       "replace",      "restrict",
        "returning",     "right",   "rollback",    "row",          "rows",         "savepoint",
        "select",        "set",     "table",       "temp",         "temporary",    "then",
        "ties",          "to",      "transaction", "trigger",      "unbounded",    "union",
        "unique",        "update",  "using",       "vacuum",       "values",       "view",
        "virtual",       "when",    "where",       "window",       "with",         "without"};
    return all;
}

bool isPlainName(std::string_view name)
{
    const auto isStart = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !name.empty() && isStart(name.front()) &&
           std::ranges::all_of(name, [&](char c) { return isStart(c) || (c >= '0' && c <= '9'); }) &&
           !keywords().contains(sqlite::foldedName(name));
}

std::string quotedText(std::string_view text)
{
    std::string out = "'";
    for (const char c : text)
        out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
}

bool holds(std::string_view folded, std::string_view part) { return folded.find(part) != std::string_view::npos; }

enum class Affinity { Integer, Text, Blob, Real, Numeric };

/// The rules of "Determination Of Column Affinity".
Affinity affinityOf(std::string_view declared)
{
    const std::string folded = sqlite::foldedName(declared);
    if (holds(folded, "int"))
        return Affinity::Integer;
    if (holds(folded, "char") || holds(folded, "clob") || holds(folded, "text"))
        return Affinity::Text;
    if (folded.empty() || holds(folded, "blob"))
        return Affinity::Blob;
    if (holds(folded, "real") || holds(folded, "floa") || holds(folded, "doub"))
        return Affinity::Real;
    return Affinity::Numeric;
}

} // namespace

const Capabilities &SqliteDialect::capabilities() const noexcept
{
    static const Capabilities all = [] {
        Capabilities c;
        c.returning = true;
        c.transactionalDdl = true;
        c.deferrableForeignKeys = true;
        c.defersAnyForeignKey = true;
        c.comparesAnyType = true;
        c.nullsOrdering = true;
        c.virtualColumns = true;
        c.maxIdentifierLength = 0;
        return c;
    }();
    return all;
}

std::string SqliteDialect::quote(std::string_view identifier) const
{
    refuseNul(identifier);
    if (isPlainName(identifier))
        return std::string(identifier);
    std::string out = "\"";
    for (const char c : identifier)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

std::string SqliteDialect::literal(const Value &value) const
{
    if (value.isNull())
        return "NULL";
    if (const bool *truth = value.as<bool>())
        return *truth ? "1" : "0";
    if (const double *number = value.as<double>()) {
        if (std::isinf(*number))
            return *number > 0 ? "9e999" : "-9e999";
        if (std::isnan(*number))
            throw Error(ErrorKind::Conversion, "SQLite cannot store NaN: it would become NULL");
        return value.text();
    }
    if (const auto *integer = value.as<std::int64_t>())
        return std::to_string(*integer);
    if (value.is<Bytes>())
        return "X'" + value.text() + "'";
    const std::string text = value.text();
    if (text.find('\0') != std::string::npos)
        return "CAST(X'" + hexText(text) + "' AS TEXT)";
    return quotedText(text);
}

std::string SqliteDialect::typeSql(const Type &type) const
{
    if (!type.native.empty())
        return type.native;
    switch (type.kind) {
    case TypeKind::Boolean:
        return "BOOLEAN";
    case TypeKind::SmallInteger:
        return "SMALLINT";
    case TypeKind::Integer:
        return "INTEGER";
    case TypeKind::BigInteger:
        return "BIGINT";
    case TypeKind::Numeric:
        return type.precision ? fmt::format("NUMERIC({}, {})", *type.precision, type.scale.value_or(0)) : "NUMERIC";
    case TypeKind::Real:
        return "REAL";
    case TypeKind::Double:
        return "DOUBLE";
    case TypeKind::Char:
        return fmt::format("CHAR({})", type.length.value_or(1));
    case TypeKind::String:
        return type.length ? fmt::format("VARCHAR({})", *type.length) : "VARCHAR";
    case TypeKind::LargeBinary:
        return "BLOB";
    case TypeKind::Date:
        return "DATE";
    case TypeKind::Time:
        return "TIME";
    case TypeKind::DateTime:
        return "DATETIME";
    case TypeKind::Json:
        return "JSON";
    default:
        return "TEXT";
    }
}

Type SqliteDialect::parseType(std::string_view native) const
{
    Type type;
    type.native = native;
    std::string folded = sqlite::foldedName(native);
    std::string name = folded.substr(0, folded.find('('));
    name.erase(name.find_last_not_of(' ') + 1);
    std::optional<int> first, second;
    if (const std::size_t open = folded.find('('); open != std::string::npos) {
        const char *at = folded.data() + open + 1, *end = folded.data() + folded.size();
        const auto number = [&](std::optional<int> &into) {
            while (at < end && (*at == ' ' || *at == ','))
                ++at;
            int parsed = 0;
            if (const auto [rest, error] = std::from_chars(at, end, parsed); error == std::errc()) {
                into = parsed;
                at = rest;
            }
        };
        number(first);
        number(second);
    }
    if (holds(name, "bool"))
        type.kind = TypeKind::Boolean;
    else if (holds(name, "bigint") || name == "int8")
        type.kind = TypeKind::BigInteger;
    else if (holds(name, "smallint") || holds(name, "tinyint") || name == "int2")
        type.kind = TypeKind::SmallInteger;
    else if (holds(name, "int") && !holds(name, "interval") && !holds(name, "point"))
        type.kind = TypeKind::Integer;
    else if (holds(name, "json"))
        type.kind = TypeKind::Json;
    else if (holds(name, "varchar") || holds(name, "character varying") || holds(name, "varying")) {
        type.kind = TypeKind::String;
        type.length = first;
    } else if (holds(name, "char")) {
        type.kind = TypeKind::Char;
        type.length = first;
    } else if (holds(name, "text") || holds(name, "clob"))
        type.kind = TypeKind::Text;
    else if (holds(name, "blob") || holds(name, "binary"))
        type.kind = TypeKind::LargeBinary;
    else if (holds(name, "numeric") || holds(name, "decimal")) {
        type.kind = TypeKind::Numeric;
        type.precision = first;
        type.scale = second;
    } else if (holds(name, "real") || holds(name, "floa") || holds(name, "doub"))
        type.kind = TypeKind::Double;
    else if (holds(name, "datetime") || holds(name, "timestamp"))
        type.kind = TypeKind::DateTime;
    else if (name == "date")
        type.kind = TypeKind::Date;
    else if (name == "time")
        type.kind = TypeKind::Time;
    else if (name == "uuid")
        type.kind = TypeKind::Uuid;
    return type;
}

std::string SqliteDialect::literalSql(const Compiled &compiled, const std::map<std::string, std::string> &named) const
{
    std::string out;
    std::size_t next = 0, copied = 0;
    for (const sqlite::Token &token : sqlite::tokenize(compiled.sql))
        if (token.kind == sqlite::TokenKind::Variable && next < compiled.parameters.size()) {
            const Parameter &parameter = compiled.parameters[next++];
            out.append(compiled.sql, copied, token.offset - copied);
            out += literalOf(parameter, named);
            copied = token.end();
        }
    return out.append(compiled.sql, copied);
}

std::optional<KeptKeys> SqliteDialect::keepKeys(const std::string &insert, const Table &table,
                                                const std::vector<std::string> &columns, int number) const
{
    if (table.hasOption("without_rowid"))
        return std::nullopt; // nothing tells its last row
    std::string row, list;
    for (const char *name : {"rowid", "_rowid_", "oid"})
        if (std::ranges::none_of(table.columns, [&](const Column &c) { return sqlite::sameName(c.name, name); }))
            row = name;
    if (row.empty() && columns.size() == 1 && table.primaryKey)
        row = quote(columns.front());
    const std::string kept = "temp.sw_key_" + std::to_string(number);
    KeptKeys keys;
    for (const std::string &column : columns) {
        list += (list.empty() ? "" : ", ") + quote(column);
        keys.expressions.push_back("(SELECT " + quote(column) + " FROM " + kept + ")");
    }
    keys.statements = {insert, "CREATE TEMP TABLE sw_key_" + std::to_string(number) + " AS SELECT " + list + " FROM " +
                                   quote(table.name) + " WHERE " + row + " = last_insert_rowid()"};
    keys.drop = "DROP TABLE " + kept;
    return keys;
}

std::string SqliteDialect::beginSql(const TransactionOptions &options) const
{
    const std::string begin = options.immediate ? "BEGIN IMMEDIATE" : "BEGIN";
    return options.readOnly ? begin + "; PRAGMA query_only = ON" : begin;
}

std::string SqliteDialect::afterTransactionSql(const TransactionOptions &options) const
{
    return options.readOnly ? "PRAGMA query_only = OFF" : "";
}

Script SqliteDialect::createScript(const MetaData &metadata, const ScriptOptions &options) const
{
    return sqlite::createScript(*this, metadata, options);
}

std::optional<Conversion> SqliteDialect::conversion(const TableDiff &diff, std::size_t after) const
{
    return sqlite::conversion(*this, diff, after);
}

Migration SqliteDialect::migrate(const MetaData &before, const MetaData &after,
                                 const std::vector<TableDiff> &diffs) const
{
    return sqlite::migrate(*this, before, after, diffs);
}

std::string SqliteDialect::createText(const Table &table) const { return sqlite::createText(*this, table); }

RowIdentity SqliteDialect::rowIdentity(const Table &table) const
{
    using Kind = RowIdentity::Kind;
    if (table.isView()) {
        const bool hasTrigger = std::ranges::any_of(table.triggers, [](const Trigger &trigger) {
            return holds(sqlite::foldedName(trigger.definition), "instead of");
        });
        if (!hasTrigger)
            return {Kind::None, {}, "A view can be edited only where it has an INSTEAD OF trigger."};
        return identityByAllColumns(table);
    }
    if (table.kind == TableKind::Shadow)
        return {Kind::None, {}, "This table belongs to a virtual table, which must change it itself."};
    // INTEGER PRIMARY KEY is the rowid itself, and never NULL.
    if (table.primaryKey && table.primaryKey->columns.size() == 1)
        if (const Column *column = table.column(table.primaryKey->columns.front());
            column && sqlite::foldedName(column->type.native) == "integer" && !table.hasOption("without_rowid"))
            return {Kind::Key, table.primaryKey->columns, {}};
    if (table.hasOption("without_rowid") && table.primaryKey)
        return {Kind::Key, table.primaryKey->columns, {}};
    if (auto key = table.keyColumns(); !key.empty())
        return {Kind::Key, std::move(key), {}};
    if (std::string name = sqlite::rowIdName(table); !name.empty())
        return {Kind::RowId, {std::move(name)}, {}};
    return identityByAllColumns(table);
}

Value SqliteDialect::parseCell(const Type &type, std::string_view typed) const
{
    const std::string text(typed);
    const Affinity affinity = affinityOf(type.native);
    if (affinity == Affinity::Text)
        return Value(text);
    if (type.kind == TypeKind::Boolean && (sqlite::sameName(text, "true") || sqlite::sameName(text, "false")))
        return Value(sqlite::sameName(text, "true") ? 1 : 0);
    const char *end = text.data() + text.size();
    std::int64_t integer = 0;
    if (const auto [rest, error] = std::from_chars(text.data(), end, integer);
        error == std::errc() && rest == end && std::to_string(integer) == text)
        return affinity == Affinity::Real ? Value(static_cast<double>(integer)) : Value(integer);
    const bool isNumberKind = type.isNumber();
    if (const auto [rest, error] = std::from_chars(text.data(), end, integer);
        error == std::errc::result_out_of_range && rest == end && affinity != Affinity::Blob &&
        affinity != Affinity::Real) // SQLite would take it, and keep another number
        throw Error(ErrorKind::Conversion, text + " does not fit into the 64 bits of an integer");
    double number = 0;
    if (const auto [rest, error] = std::from_chars(text.data(), end, number);
        affinity != Affinity::Blob && error == std::errc() && rest == end && Decimal::parse(text))
        return Value(number);
    if (isNumberKind)
        throw Error(ErrorKind::Conversion, fmt::format("'{}' is not a number", text));
    return Value(text);
}

} // namespace schemawright
