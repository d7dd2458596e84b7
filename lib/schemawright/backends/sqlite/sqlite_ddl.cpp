#include "schemawright/backends/sqlite/sqlite_ddl.h"

#include "schemawright/backends/sqlite/sqlite_names.h"
#include "schemawright/backends/sqlite/sqlite_tokens.h"
#include "schemawright/dialect/translate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

namespace {

const DdlRules &rules()
{
    using Scope = DdlRules::NameScope;
    static const DdlRules all = [] {
        DdlRules r;
        r.displayName = "SQLite";
        r.tablesDifferInCase = r.columnsDifferInCase = false;
        r.schemas = false;
        r.sequences = false;
        r.comments = false;
        r.keyNames = Scope::Free;
        r.constraintNames = Scope::Free;
        r.replacedKinds = {TypeKind::Interval, TypeKind::Array};
        r.cyclingIdentity = false;
        r.autoincrementIsRowId = true;
        r.partialIndexes = true;
        r.expressionIndexes = true;
        r.deferrable = true;
        r.anyKeyTypes = true;
        r.referred = DdlRules::Referred::Anything;
        return r;
    }();
    return all;
}

std::string onConflict(const std::map<std::string, std::string> &options, const char *name = "on_conflict")
{
    const auto found = options.find(name);
    return found == options.end() ? std::string() : " ON CONFLICT " + found->second;
}

/// A literal or keyword that DEFAULT takes without parentheses.
bool isSimple(const std::string &expression)
{
    const auto tokens = tokenize(expression);
    return tokens.size() == 1 || (tokens.size() == 2 && (tokens[0].is("-") || tokens[0].is("+")));
}

class Writer final : public DdlWriter
{
public:
    Writer(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options)
        : DdlWriter(dialect, metadata, options), names_(dialect, {&metadata})
    {}

    std::string columnSql(const Table &table, const Column &column) override
    {
        std::string text = quote(column.name);
        // A column without a type is one of its own kind: values stay as they come.
        const bool isKey = hasInlineKey(table) && table.primaryKey->columns.front() == column.name;
        const bool isDescending = isKey && table.primaryKey->options.contains("order");
        if (isKey && !isDescending)
            text += " INTEGER";
        else if (column.type.kind != TypeKind::Unknown || !column.type.native.empty())
            text += " " + declaredType(column.type);
        if (isKey)
            text += " " + named(table.primaryKey->name) + "PRIMARY KEY" + (isDescending ? " DESC" : "") +
                    onConflict(table.primaryKey->options) + (column.autoincrement && isOwn() ? " AUTOINCREMENT" : "");
        if (column.generated)
            text += " GENERATED ALWAYS AS (" + column.generated->expression + ")" +
                    (column.generated->stored ? " STORED" : "");
        else if (column.defaultSql)
            text += " DEFAULT " + (isSimple(*column.defaultSql) ? *column.defaultSql : "(" + *column.defaultSql + ")");
        // The key is never NULL, said or not; where the text said so it is said again.
        if (!column.nullable && (!isKey || isOwn())) {
            const auto name = column.options.find("not_null_name");
            text += " " + (name == column.options.end() ? std::string() : named(name->second)) + "NOT NULL" +
                    onConflict(column.options, "not_null_conflict");
        } else if (column.options.contains("null_conflict"))
            text += " NULL" + onConflict(column.options, "null_conflict");
        if (column.collation)
            text += " COLLATE " + quote(*column.collation);
        return text;
    }

    std::string createIndex(const Table &table, const Index &index) override
    {
        if (isOwn() && index.definition)
            return names_.placed(*index.definition, table.name);
        std::vector<std::string> elements;
        for (const IndexElement &element : index.elements)
            elements.push_back((element.column ? quote(*element.column) : element.expression.value_or("")) +
                               (element.collation ? " COLLATE " + quote(*element.collation) : "") +
                               (element.descending ? " DESC" : ""));
        return fmt::format("CREATE {}INDEX {} ON {} ({}){}", index.unique ? "UNIQUE " : "",
                           names_.part(table.name, index.name), quote(table.name.name), fmt::join(elements, ", "),
                           index.where ? " WHERE " + *index.where : "");
    }

    std::string primaryKeySql(const Table &, const PrimaryKey &key) override
    {
        return named(key.name) + "PRIMARY KEY " + keyColumns(key.columns, key.options) + onConflict(key.options);
    }

    std::string uniqueSql(const UniqueConstraint &unique) override
    {
        return named(unique.name) + "UNIQUE " + keyColumns(unique.columns, unique.options) + onConflict(unique.options);
    }

protected:
    using DdlWriter::quote;
    std::string quote(const QualifiedName &name) const override { return names_.table(name); }
    /// Keys stay inside of one database.
    std::string referredName(const QualifiedName &name) const override { return quote(name.name); }
    /// SQLite takes any text for a type: what are not words and numbers stands in quotes.
    std::string declaredType(const Type &type) const
    {
        const std::string text = dialect_.typeSql(type);
        const std::vector<Token> tokens = tokenize(text);
        std::size_t i = 0;
        while (i < tokens.size() && tokens[i].kind == TokenKind::Word &&
               dialect_.quote(tokens[i].text) == tokens[i].text)
            ++i;
        const bool hasNumbers = i > 0 && i + 2 < tokens.size() && tokens[i].is("(") && tokens.back().is(")");
        if (hasNumbers)
            for (++i; i + 1 < tokens.size(); ++i)
                if (tokens[i].kind != TokenKind::Number && !tokens[i].is(",") && !tokens[i].is("-") &&
                    !tokens[i].is("+"))
                    break;
        return i == tokens.size() || (hasNumbers && i + 1 == tokens.size()) ? text : quoteAlways(text);
    }
    static std::string quoteAlways(const std::string &name)
    {
        std::string quoted = "\"";
        for (const char c : name)
            quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        return quoted + "\"";
    }
    /// ("a" COLLATE "NOCASE", "b" DESC)
    std::string keyColumns(const std::vector<std::string> &columns, const std::map<std::string, std::string> &options)
    {
        std::vector<std::string> list;
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string place = std::to_string(i + 1);
            const auto collation = options.find("collation." + place);
            list.push_back(quote(columns[i]) +
                           (collation == options.end() ? std::string() : " COLLATE " + quote(collation->second)) +
                           (options.contains("order." + place) ? " DESC" : ""));
        }
        return fmt::format("({})", fmt::join(list, ", "));
    }
    bool isOwn() const { return metadata().dialect.empty() || metadata().dialect == dialect_.name(); }
    bool takesEarlyKeys() const override { return true; }
    bool dropsRingKeys() const override { return false; }

    /// A single INTEGER key is the row's number itself, which SQLite counts up; it is none where the column says DESC.
    bool hasInlineKey(const Table &table) const override
    {
        if (!table.primaryKey || table.primaryKey->columns.size() != 1)
            return false;
        if (table.primaryKey->options.contains("order"))
            return true;
        if (table.hasOption("without_rowid") || table.primaryKey->options.contains("collation.1") ||
            table.primaryKey->options.contains("order.1"))
            return false;
        const Column *column = table.column(table.primaryKey->columns.front());
        if (!column)
            return false;
        return column->type.native.empty() ? column->type.isInteger() || column->autoincrement
                                           : foldedName(column->type.native) == "integer";
    }

    std::string tableOptions(const Table &table) const override
    {
        std::vector<std::string> options;
        if (table.hasOption("without_rowid"))
            options.emplace_back("WITHOUT ROWID");
        if (table.hasOption("strict"))
            options.emplace_back("STRICT");
        return options.empty() ? std::string() : fmt::format(" {}", fmt::join(options, ", "));
    }

    std::string ownDefinition(const Table &table) const override
    {
        return table.definition ? names_.placed(*table.definition, table.name) : std::string();
    }

    std::string guarded(std::string statement, const Table &, const std::string &) override
    {
        return options().ifNotExists ? ifNotExists(std::move(statement)) : statement;
    }

    /// An attached database is there or not.
    std::vector<std::string> createSchema(const Schema &) override { return {}; }

    std::vector<std::string> header(bool drops) override
    {
        // Rows that refer to each other in a ring could not go one table after the other.
        return drops && !metadata().sortedTables().cycles.empty()
                   ? std::vector<std::string>{"PRAGMA foreign_keys = OFF"}
                   : std::vector<std::string>();
    }
    std::vector<std::string> footer(bool drops) override
    {
        return drops && !metadata().sortedTables().cycles.empty() ? std::vector<std::string>{"PRAGMA foreign_keys = ON"}
                                                                  : std::vector<std::string>();
    }

    void ownObjects(Script &script) override
    {
        const auto add = [&](std::string text) {
            script.statements.push_back(options().ifNotExists ? ifNotExists(std::move(text)) : std::move(text));
        };
        for (const TablePtr &view : metadata().sortedViews())
            if (view->definition)
                add(names_.placed(*view->definition, view->name));
        for (const TablePtr &table : metadata().tables())
            for (const Trigger &trigger : table->triggers)
                add(names_.placed(trigger.definition, table->name));
    }

private:
    /// Puts IF NOT EXISTS behind the words that begin a CREATE.
    static std::string ifNotExists(std::string statement)
    {
        for (const Token &token : tokenize(statement))
            if (token.is("TABLE") || token.is("INDEX") || token.is("VIEW") || token.is("TRIGGER"))
                return statement.insert(token.end(), " IF NOT EXISTS");
        return statement;
    }

    const Names names_;
};

} // namespace

std::unique_ptr<DdlWriter> ddlWriter(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options)
{
    return std::make_unique<Writer>(dialect, metadata, options);
}

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
    Writer writer(dialect, nothing, options);
    Script script;
    if (table.definition) {
        script.statements.push_back(*table.definition);
        for (const Index &index : table.indexes)
            script.statements.push_back(writer.createIndex(table, index));
    } else if (!table.isView() && !table.columns.empty())
        script.statements = writer.table(table);
    for (const Trigger &trigger : table.triggers)
        script.statements.push_back(trigger.definition);
    return script.text();
}

} // namespace schemawright::sqlite
