#include "schemawright/backends/sqlite/sqlite_ddl.h"

#include "schemawright/backends/sqlite/sqlite_tokens.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::sqlite {

namespace {

/// Writes one table from the model.
class TableWriter
{
public:
    TableWriter(const Dialect &dialect, const Table &table, bool isForeign, std::vector<Remark> &remarks)
        : dialect_(dialect), table_(table), isForeign_(isForeign), remarks_(remarks)
    {}

    std::string createTable()
    {
        std::vector<std::string> lines;
        const bool isRowId = hasRowIdKey();
        for (const Column &column : table_.columns)
            lines.push_back(columnSql(column, isRowId));
        if (table_.primaryKey && !isRowId)
            lines.push_back(named(table_.primaryKey->name) + "PRIMARY KEY " + names(table_.primaryKey->columns));
        for (const UniqueConstraint &unique : table_.uniques)
            lines.push_back(named(unique.name) + "UNIQUE " + names(unique.columns));
        for (const ForeignKey &key : table_.foreignKeys)
            lines.push_back(foreignKeySql(key));
        for (const CheckConstraint &check : table_.checks)
            if (const auto expression = portable(check.expression))
                lines.push_back(named(check.name) + "CHECK (" + *expression + ")");
            else
                remark("its check (" + check.expression + ")");
        for (const ExclusionConstraint &exclusion : table_.exclusions)
            remark("its exclusion constraint " + exclusion.name);
        std::vector<std::string> options;
        if (table_.hasOption("without_rowid"))
            options.emplace_back("WITHOUT ROWID");
        if (table_.hasOption("strict"))
            options.emplace_back("STRICT");
        return fmt::format("CREATE TABLE {} (\n    {}\n){}{}", dialect_.quote(table_.name.name),
                           fmt::join(lines, ",\n    "), options.empty() ? "" : " ", fmt::join(options, ", "));
    }

    /// Nothing for an index that cannot be said here.
    std::optional<std::string> createIndex(const Index &index)
    {
        if (!isForeign_ && index.definition)
            return index.definition;
        std::vector<std::string> elements;
        for (const IndexElement &element : index.elements) {
            const auto expression =
                element.column ? dialect_.quote(*element.column) : portable(element.expression.value_or(""));
            if (!expression) {
                remark("its index " + index.name);
                return std::nullopt;
            }
            std::string text = *expression;
            if (element.collation && !isForeign_)
                text += " COLLATE " + dialect_.quote(*element.collation);
            elements.push_back(text + (element.descending ? " DESC" : ""));
        }
        std::string where;
        if (index.where) {
            const auto condition = portable(*index.where);
            if (!condition) {
                remark("its index " + index.name);
                return std::nullopt;
            }
            where = " WHERE " + *condition;
        }
        return fmt::format("CREATE {}INDEX {} ON {} ({}){}", index.unique ? "UNIQUE " : "", dialect_.quote(index.name),
                           dialect_.quote(table_.name.name), fmt::join(elements, ", "), where);
    }

private:
    void remark(std::string what) { remarks_.push_back({table_.name.text(), std::move(what)}); }

    std::string named(const std::optional<std::string> &name) const
    {
        return name && !name->empty() ? "CONSTRAINT " + dialect_.quote(*name) + " " : std::string();
    }

    std::string names(const std::vector<std::string> &columns) const
    {
        std::vector<std::string> quoted;
        for (const std::string &column : columns)
            quoted.push_back(dialect_.quote(column));
        return fmt::format("({})", fmt::join(quoted, ", "));
    }

    /// A single whole-number key becomes the rowid itself, which SQLite counts up by itself.
    bool hasRowIdKey() const
    {
        if (!table_.primaryKey || table_.primaryKey->columns.size() != 1 || table_.hasOption("without_rowid"))
            return false;
        const Column *column = table_.column(table_.primaryKey->columns.front());
        return column && column->type.isInteger() && !table_.primaryKey->options.contains("order");
    }

    /// The expression when it means the same here. Of another database's SQL only what both read alike is taken.
    std::optional<std::string> portable(const std::string &expression) const
    {
        if (!isForeign_)
            return expression;
        for (const Token &token : tokenize(expression)) {
            const bool isCall = token.kind == TokenKind::Word && token.end() < expression.size() &&
                                expression[token.end()] == '(' && !token.is("IN") && !token.is("AND") &&
                                !token.is("OR") && !token.is("NOT") && !token.is("LENGTH") && !token.is("LOWER") &&
                                !token.is("UPPER") && !token.is("ABS");
            const bool isOdd = token.kind == TokenKind::Illegal || token.is("::") || token.is(":") || token.is("[") ||
                               token.is("~") || token.is("ARRAY") || token.is("ANY") || token.is("INTERVAL");
            if (isCall || isOdd || token.kind == TokenKind::Variable)
                return std::nullopt;
        }
        return expression;
    }

    std::optional<std::string> defaultSql(const std::string &written) const
    {
        if (!isForeign_)
            return written;
        const std::string folded = foldedName(written);
        if (folded == "now()" || folded == "current_timestamp")
            return "CURRENT_TIMESTAMP";
        // 'x'::character varying is the text 'x'.
        const std::string literal = written.starts_with('\'') ? written.substr(0, written.rfind("'::") + 1) : written;
        return portable(literal.empty() ? written : literal);
    }

    std::string columnSql(const Column &column, bool isRowId)
    {
        Type type = column.type;
        if (isForeign_ && type.kind != TypeKind::Unknown)
            type.native.clear();
        std::string text = dialect_.quote(column.name);
        const bool isKey = isRowId && table_.primaryKey->columns.front() == column.name;
        if (isKey)
            return text + " INTEGER " + named(table_.primaryKey->name) + "PRIMARY KEY" +
                   (column.autoincrement && !isForeign_ ? " AUTOINCREMENT" : "");
        if (isForeign_ && type.kind == TypeKind::Unknown) {
            remark("the type " + type.native + " of " + column.name + ", which is TEXT here");
            type = types::text();
        }
        // A column without a type is one of its own kind: values stay as they come.
        if (type.kind != TypeKind::Unknown || !type.native.empty())
            text += " " + dialect_.typeSql(type);
        if (column.generated) {
            if (const auto expression = portable(column.generated->expression))
                text += " GENERATED ALWAYS AS (" + *expression + ")" + (column.generated->stored ? " STORED" : "");
            else
                remark("how " + column.name + " is generated");
        } else if (column.defaultSql) {
            if (const auto expression = defaultSql(*column.defaultSql))
                text += " DEFAULT " + (isSimple(*expression) ? *expression : "(" + *expression + ")");
            else
                remark("the default " + *column.defaultSql + " of " + column.name);
        }
        if (!column.nullable)
            text += " NOT NULL";
        if (column.collation && !isForeign_)
            text += " COLLATE " + dialect_.quote(*column.collation);
        return text;
    }

    /// A literal or keyword that DEFAULT takes without parentheses.
    static bool isSimple(const std::string &expression)
    {
        const auto tokens = tokenize(expression);
        return tokens.size() == 1 || (tokens.size() == 2 && (tokens[0].is("-") || tokens[0].is("+"))) ||
               (!tokens.empty() && tokens.front().is("(") && tokens.back().is(")"));
    }

    std::string foreignKeySql(const ForeignKey &key) const
    {
        std::string text =
            named(key.name) + "FOREIGN KEY " + names(key.columns) + " REFERENCES " + dialect_.quote(key.referred.name);
        if (!key.referredColumns.empty())
            text += " " + names(key.referredColumns);
        if (key.onDelete)
            text += " ON DELETE " + *key.onDelete;
        if (key.onUpdate)
            text += " ON UPDATE " + *key.onUpdate;
        if (key.deferrable)
            text += key.initiallyDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
        return text;
    }

    const Dialect &dialect_;
    const Table &table_;
    const bool isForeign_;
    std::vector<Remark> &remarks_;
};

/// Puts IF NOT EXISTS behind the words that begin a CREATE.
std::string ifNotExists(std::string statement)
{
    for (const Token &token : tokenize(statement))
        if (token.is("TABLE") || token.is("INDEX") || token.is("VIEW") || token.is("TRIGGER"))
            return statement.insert(token.end(), " IF NOT EXISTS");
    return statement;
}

Script dropScript(const Dialect &dialect, const MetaData &metadata, bool ifExists)
{
    Script script;
    const std::string words = ifExists ? "IF EXISTS " : "";
    const auto views = metadata.sortedViews();
    const auto tables = metadata.sortedTables().order;
    for (auto view = views.rbegin(); view != views.rend(); ++view)
        script.statements.push_back("DROP VIEW " + words + dialect.quote((*view)->name.name));
    for (auto table = tables.rbegin(); table != tables.rend(); ++table)
        script.statements.push_back("DROP TABLE " + words + dialect.quote((*table)->name.name));
    return script;
}

} // namespace

Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options)
{
    if (options.drop)
        return dropScript(dialect, metadata, options.ifNotExists);
    Script script;
    const bool isForeign = !metadata.dialect.empty() && metadata.dialect != dialect.name();
    const auto add = [&](std::string statement) {
        script.statements.push_back(options.ifNotExists ? ifNotExists(std::move(statement)) : std::move(statement));
    };
    const auto tables = metadata.sortedTables().order;
    for (const TablePtr &table : tables)
        add(table->definition && !isForeign ? *table->definition
                                            : TableWriter(dialect, *table, isForeign, script.notCarried).createTable());
    for (const TablePtr &table : tables)
        for (const Index &index : table->indexes)
            if (auto statement = TableWriter(dialect, *table, isForeign, script.notCarried).createIndex(index))
                add(std::move(*statement));
    for (const TablePtr &view : metadata.sortedViews())
        if (view->definition && !isForeign)
            add(*view->definition);
        else
            script.notCarried.push_back({view->name.text(), "the view, whose text is another database's"});
    for (const TablePtr &table : metadata.tables())
        for (const Trigger &trigger : table->triggers)
            if (!isForeign)
                add(trigger.definition);
            else
                script.notCarried.push_back({table->name.text(), "its trigger " + trigger.name});
    return script;
}

std::string createText(const Dialect &dialect, const Table &table)
{
    Script script;
    TableWriter writer(dialect, table, false, script.notCarried);
    if (table.definition)
        script.statements.push_back(*table.definition);
    else if (!table.isView() && !table.columns.empty())
        script.statements.push_back(writer.createTable());
    for (const Index &index : table.indexes)
        if (auto statement = writer.createIndex(index))
            script.statements.push_back(std::move(*statement));
    for (const Trigger &trigger : table.triggers)
        script.statements.push_back(trigger.definition);
    return script.text();
}

} // namespace schemawright::sqlite
