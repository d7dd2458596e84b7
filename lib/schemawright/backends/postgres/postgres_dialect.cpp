#include "schemawright/backends/postgres/postgres_dialect.h"

#include "schemawright/backends/postgres/postgres_conversion.h"
#include "schemawright/backends/postgres/postgres_ddl.h"
#include "schemawright/backends/postgres/postgres_migrate.h"
#include "schemawright/backends/postgres/postgres_migrate_objects.h"
#include "schemawright/backends/postgres/postgres_migrate_whole.h"
#include "schemawright/backends/postgres/postgres_reflect.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_tokens.h"
#include "schemawright/backends/postgres/postgres_types.h"
#include "schemawright/dialect/row_identity.h"

#include <algorithm>
#include <charconv>

namespace schemawright {

const Capabilities &PostgresDialect::capabilities() const noexcept
{
    static const Capabilities all = [] {
        Capabilities c;
        c.returning = true;
        c.transactionalDdl = true;
        c.schemas = true;
        c.deferrableForeignKeys = true;
        c.sequences = true;
        c.enums = true;
        c.domains = true;
        c.materializedViews = true;
        c.comments = true;
        c.nullsOrdering = true;
        c.defaultKeyword = true;
        c.nullsSortFirst = false;
        c.placeholder = '$';
        c.maxIdentifierLength = 63;
        c.maxParameters = 65535;
        return c;
    }();
    return all;
}

std::string PostgresDialect::quote(std::string_view identifier) const { return postgres::quoteName(identifier); }
std::string PostgresDialect::literal(const Value &value) const { return postgres::literal(value); }
std::string PostgresDialect::typeSql(const Type &type) const { return postgres::typeSql(type); }
Type PostgresDialect::parseType(std::string_view native) const { return postgres::parseType(native); }
std::optional<Conversion> PostgresDialect::conversion(const TableDiff &diff, std::size_t after) const
{
    return postgres::conversion(*this, diff, after);
}

Migration PostgresDialect::migrate(const MetaData &before, const MetaData &after,
                                   const std::vector<TableDiff> &diffs) const
{
    return postgres::migrate(*this, before, after, diffs);
}

WholeMigration PostgresDialect::migrateWhole(const MetaData &before, const MetaData &after,
                                             const MetaDataDiff &diff) const
{
    return postgres::migrateWhole(*this, before, after, diff);
}

ObjectMigration PostgresDialect::migrateObjects(const MetaData &before, const MetaData &after,
                                                const std::vector<ObjectDiff> &diffs) const
{
    return postgres::migrateObjects(*this, before, after, diffs);
}

std::string PostgresDialect::createText(const Table &table) const { return postgres::createText(*this, table); }

Script PostgresDialect::createScript(const MetaData &metadata, const ScriptOptions &options) const
{
    return postgres::createScript(*this, metadata, options);
}

MetaData PostgresDialect::reflect(DriverConnection &connection, const ReflectOptions &options) const
{
    return postgres::reflect(connection, options);
}

Value PostgresDialect::parseCell(const Type &type, std::string_view typed) const
{
    return postgres::parseCell(type, typed);
}

std::string PostgresDialect::literalSql(const Compiled &compiled, const std::map<std::string, std::string> &named) const
{
    using namespace postgres;
    std::string out;
    std::size_t copied = 0;
    for (const Token &token : tokenize(compiled.sql)) {
        if (token.kind != TokenKind::Parameter)
            continue;
        std::size_t number = 0;
        std::from_chars(compiled.sql.data() + token.offset + 1, compiled.sql.data() + token.end(), number);
        if (number == 0 || number > compiled.parameters.size())
            continue;
        const Parameter &parameter = compiled.parameters[number - 1];
        out.append(compiled.sql, copied, token.offset - copied);
        out += literalOf(parameter, named);
        copied = token.end();
    }
    return out.append(compiled.sql, copied);
}

std::optional<KeptKeys> PostgresDialect::keepKeys(const std::string &insert, const Table &table,
                                                  const std::vector<std::string> &columns, int number) const
{
    const std::string kept = "pg_temp.sw_key_" + std::to_string(number);
    std::string list;
    KeptKeys keys;
    for (const std::string &name : columns) {
        const Column *column = table.column(name);
        if (!column)
            return std::nullopt;
        list += (list.empty() ? "" : ", ") + quote(name) + " " + typeSql(column->type);
        keys.expressions.push_back("(SELECT " + quote(name) + " FROM " + kept + ")");
    }
    keys.statements = {"CREATE TEMP TABLE sw_key_" + std::to_string(number) + " (" + list + ") ON COMMIT DROP",
                       "WITH made AS (" + insert + ") INSERT INTO " + kept + " SELECT * FROM made"};
    return keys;
}

std::string PostgresDialect::transactionStatusSql() const
{
    // A crash forgets the last numbers that were given, if nothing of them was written: then this one is still to come.
    return "SELECT CASE WHEN n >= txid_current() THEN 'aborted' ELSE txid_status(n) END FROM (SELECT CAST(CAST($1 AS "
           "text) AS bigint) AS n) AS asked";
}

RowIdentity PostgresDialect::rowIdentity(const Table &table) const
{
    using Kind = RowIdentity::Kind;
    if (table.kind == TableKind::MaterializedView)
        return {Kind::None, {}, "A materialized view is filled by REFRESH, not edited."};
    if (table.columns.empty())
        return {Kind::None, {}, "This table has no columns."};
    if (table.kind == TableKind::View) {
        const bool hasTrigger = std::ranges::any_of(table.triggers, [](const Trigger &trigger) {
            return postgres::folded(trigger.definition).find(" instead of ") != std::string::npos;
        });
        if (hasTrigger)
            return identityByAllColumns(table);
        return {Kind::None, {}, "A view can be edited only where it has an INSTEAD OF trigger."};
    }
    // ctid tells rows apart for now, but an update by anybody else moves a row; the whole row is the better witness.
    return identityByKey(table);
}

} // namespace schemawright
