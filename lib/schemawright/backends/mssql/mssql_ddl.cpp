#include "schemawright/backends/mssql/mssql_ddl.h"

#include "schemawright/dialect/ddl_writer.h"
#include "schemawright/dialect/translate.h"
#include "schemawright/sql/literal.h"

#include <fmt/format.h>

namespace schemawright::mssql {

namespace {

const DdlRules &rules()
{
    using Scope = DdlRules::NameScope;
    static const DdlRules all = [] {
        DdlRules r;
        r.displayName = "SQL Server";
        r.tablesDifferInCase = r.columnsDifferInCase = false;
        r.indexNames = Scope::Table;
        r.keyNames = Scope::Relation; // constraints are objects of the schema, as tables are
        r.constraintNames = Scope::Relation;
        r.replacedKinds = {TypeKind::Interval, TypeKind::Array};
        r.widestNumeric = 38;
        r.widestNumericScale = 19;
        r.cyclingIdentity = false;
        r.oneAutoincrement = true;
        r.newUuid = "newid()";
        r.keyTextLength = 450;
        r.keyBytes = 3400; // 1700 bytes at two for a character
        r.partialIndexes = true;
        r.indexInclude = true;
        r.nullIsOneValue = true;
        r.restrict = false;
        r.setNullWantsNullable = true;
        r.oneCascadePath = true;
        r.sameKeyTypes = true;
        return r;
    }();
    return all;
}

std::string nationalText(std::string_view text) { return "N" + quotedText(text); }

class Writer final : public DdlWriter
{
public:
    using DdlWriter::DdlWriter;

    std::string columnSql(const Table &, const Column &column) override
    {
        if (column.generated) // its type is that of the expression
            return quote(column.name) + " AS (" + column.generated->expression + ")" +
                   (column.generated->stored ? " PERSISTED" : "") +
                   (column.generated->stored && !column.nullable ? " NOT NULL" : "");
        std::string text = quote(column.name) + " " + dialect_.typeSql(column.type);
        if (column.collation)
            text += " COLLATE " + *column.collation;
        text += column.nullable ? " NULL" : " NOT NULL"; // unsaid it depends on a setting
        if (column.autoincrement) {
            const Identity is = column.identity.value_or(Identity());
            text += is.start == 1 && is.increment == 1 ? " IDENTITY"
                                                       : fmt::format(" IDENTITY({},{})", is.start, is.increment);
        } else if (column.defaultSql)
            text += " DEFAULT " + *column.defaultSql;
        return text;
    }

protected:
    std::vector<std::string> createSchema(const Schema &schema) override
    {
        // CREATE SCHEMA must be the first statement of a batch.
        const std::string create = "EXEC(" + nationalText("CREATE SCHEMA " + quote(schema.name)) + ")";
        return {options().ifNotExists ? "IF SCHEMA_ID(" + nationalText(schema.name) + ") IS NULL " + create : create};
    }

    std::string guarded(std::string statement, const Table &table, const std::string &name) override
    {
        if (!options().ifNotExists)
            return statement;
        const std::string object = "OBJECT_ID(" + nationalText(quote(table.name)) + ")";
        if (statement.starts_with("CREATE TABLE"))
            return "IF " + object + " IS NULL " + statement;
        if (statement.starts_with("ALTER TABLE"))
            return fmt::format(
                "IF NOT EXISTS (SELECT 1 FROM sys.foreign_keys WHERE parent_object_id = {} AND name = {}) {}", object,
                nationalText(name), statement);
        return fmt::format("IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = {} AND name = {}) {}", object,
                           nationalText(name), statement);
    }

    std::vector<std::string> comments(const Table &table) override
    {
        std::vector<std::string> statements;
        const std::string schema = table.name.schema.empty() ? "dbo" : table.name.schema;
        const auto add = [&](const std::optional<std::string> &comment, const std::string &column) {
            if (comment)
                statements.push_back(
                    fmt::format("EXEC sp_addextendedproperty N'MS_Description', {}, N'SCHEMA', {}, N'TABLE', {}{}",
                                nationalText(*comment), nationalText(schema), nationalText(table.name.name),
                                column.empty() ? "" : ", N'COLUMN', " + nationalText(column)));
        };
        add(table.comment, "");
        for (const Column &column : table.columns)
            add(column.comment, column.name);
        return statements;
    }
};

} // namespace

Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options)
{
    const MetaData translated = translate(metadata, dialect, rules());
    Writer writer(dialect, translated, options);
    return options.drop ? writer.drop() : writer.create();
}

std::string createText(const Dialect &dialect, const Table &table)
{
    const MetaData nothing;
    const ScriptOptions options;
    return Script{Writer(dialect, nothing, options).table(table), {}}.text();
}

} // namespace schemawright::mssql
