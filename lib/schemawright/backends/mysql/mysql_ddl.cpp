#include "schemawright/backends/mysql/mysql_ddl.h"

#include "schemawright/dialect/ddl_writer.h"
#include "schemawright/dialect/translate.h"
#include "schemawright/sql/expr_node.h"
#include "schemawright/sql/literal.h"

#include <algorithm>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace schemawright::mysql {

namespace {

/// A literal stands bare, except before a text or blob; CURRENT_TIMESTAMP needs the digits of its column; any other
/// expression stands in parentheses.
std::string defaultText(const Column &column, const Expr &expression, std::string sql)
{
    const TypeKind kind = column.type.kind;
    const bool isLarge = kind == TypeKind::Text || kind == TypeKind::LargeBinary || kind == TypeKind::Json ||
                         (kind == TypeKind::String && !column.type.length);
    const ExprKind node = expression.node().kind;
    if (kind == TypeKind::DateTime && expression.node().text == "current_timestamp")
        return column.type.precision ? fmt::format("CURRENT_TIMESTAMP({})", *column.type.precision)
                                     : "CURRENT_TIMESTAMP";
    if (!isLarge && (node == ExprKind::Literal || node == ExprKind::Constant))
        return sql;
    return "(" + sql + ")";
}

const DdlRules &rules()
{
    using Scope = DdlRules::NameScope;
    static const DdlRules all = [] {
        DdlRules r;
        r.displayName = "MySQL";
        r.columnsDifferInCase = false;
        r.plainNames = true;
        r.sequences = false; // MariaDB has some
        r.indexComments = true;
        r.indexNames = Scope::Table;
        r.keyNames = Scope::Table;
        r.constraintNames = Scope::Schema;
        r.namesPrimaryKeys = false;
        r.replacedKinds = {TypeKind::Interval, TypeKind::Array};
        r.inlineEnums = true;
        r.timezones = false;
        r.unsaidTimePrecision = 6;
        r.widestNumeric = 65;
        r.widestNumericScale = 30;
        r.generatedNotNull = false; // in MariaDB
        r.cyclingIdentity = false;
        r.oneAutoincrement = true;
        r.autoincrementNeedsKey = true;
        r.checksAutoincrement = false;
        r.newUuid = "(uuid())";
        r.defaultText = defaultText;
        r.keyTextLength = 255;
        r.keyBytes = 3072;
        r.rowBytes = 65000;
        r.prefixIndexes = true;
        r.setDefault = false;
        r.setNullWantsNullable = true;
        r.sameKeyTypes = true;
        r.bareNameIsNear = true;
        return r;
    }();
    return all;
}

std::string upper(std::string text)
{
    for (char &c : text)
        c = (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
    return text;
}

class Writer final : public DdlWriter
{
public:
    Writer(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options, bool isTranslated,
           std::string near = {})
        : DdlWriter(dialect, metadata, options), isTranslated_(isTranslated), near_(std::move(near))
    {}

    std::string createTable(const Table &table, const std::vector<const ForeignKey *> &inlineKeys) override
    {
        near_ = resolved(table.name).schema;
        return DdlWriter::createTable(table, inlineKeys);
    }

    std::string columnSql(const Table &table, const Column &column) override
    {
        std::string text = quote(column.name) + " " + dialect_.typeSql(column.type);
        if (column.collation)
            text += " COLLATE " + *column.collation;
        if (const auto srid = column.options.find("srid"); srid != column.options.end())
            text += " SRID " + srid->second;
        if (column.generated && column.generated->expression.starts_with("ROW "))
            text += " GENERATED ALWAYS AS " + column.generated->expression;
        else if (column.generated)
            text += " GENERATED ALWAYS AS (" + column.generated->expression + ")" +
                    (column.generated->stored ? " STORED" : " VIRTUAL");
        // A TIMESTAMP is NOT NULL unless NULL is said.
        if (!column.nullable && !(column.generated && column.generated->expression.starts_with("ROW ")))
            text += " NOT NULL";
        else if (!column.generated && isTimestamp(column))
            text += " NULL";
        if (column.autoincrement)
            text += " AUTO_INCREMENT";
        else if (column.defaultSql && !column.generated)
            text += " DEFAULT " + *column.defaultSql;
        if (const auto update = column.options.find("on_update"); update != column.options.end())
            text += " ON UPDATE " + update->second;
        if (column.options.contains("invisible"))
            text += " INVISIBLE";
        if (column.options.contains("without_system_versioning"))
            text += " WITHOUT SYSTEM VERSIONING";
        if (column.comment)
            text += " COMMENT " + quotedText(*column.comment, true);
        for (const CheckConstraint &check : table.checks)
            if (check.column == column.name)
                text += " " + checkSql(check);
        return text;
    }

    std::string primaryKeySql(const Table &, const PrimaryKey &key) override
    {
        const auto listed = [&](const char *option) {
            std::vector<std::string> numbers(key.columns.size(), "0");
            if (const auto found = key.options.find(option); found != key.options.end()) {
                std::istringstream list(found->second);
                for (std::string &number : numbers)
                    std::getline(list, number, ',');
            }
            return numbers;
        };
        const auto prefixes = listed("prefix"), descending = listed("descending");
        std::vector<std::string> elements;
        for (std::size_t i = 0; i < key.columns.size(); ++i)
            elements.push_back(quote(key.columns[i]) + (prefixes[i] == "0" ? "" : "(" + prefixes[i] + ")") +
                               (descending[i] == "1" ? " DESC" : ""));
        std::string text = fmt::format("PRIMARY KEY ({})", fmt::join(elements, ", "));
        if (const auto method = key.options.find("method"); method != key.options.end())
            text += " USING " + method->second;
        if (const auto comment = key.options.find("comment"); comment != key.options.end())
            text += " COMMENT " + quotedText(comment->second, true);
        return text;
    }

    /// A line of CREATE TABLE, and of ALTER TABLE behind ADD.
    std::string createIndex(const Table &table, const Index &index) override
    {
        std::vector<std::string> elements;
        for (const IndexElement &element : index.elements)
            elements.push_back((element.column ? quote(*element.column) : "(" + element.expression.value_or("") + ")") +
                               (element.prefix ? fmt::format("({})", *element.prefix) : "") +
                               (element.descending ? " DESC" : ""));
        std::string kind = index.unique ? "UNIQUE KEY " : "KEY ";
        const std::string method = index.method.value_or("");
        if (method == "fulltext" || method == "FULLTEXT")
            kind = "FULLTEXT KEY ";
        else if (method == "spatial" || method == "SPATIAL" || method == "rtree" || method == "RTREE")
            kind = "SPATIAL KEY ";
        const auto engine = table.options.find("engine");
        const bool saysMethod = engine != table.options.end() && engine->second == "MEMORY" && method == "btree";
        return fmt::format("{}{} ({}){}{}{}{}", kind, quote(index.name), fmt::join(elements, ", "),
                           saysMethod ? " USING BTREE" : "",
                           index.comment ? " COMMENT " + quotedText(*index.comment, true) : "",
                           index.options.contains("ignored") ? " IGNORED" : "",
                           index.options.contains("invisible") ? " INVISIBLE" : "");
    }

    std::string uniqueSql(const UniqueConstraint &unique) override
    {
        const auto comment = unique.options.find("comment");
        return DdlWriter::uniqueSql(unique) +
               (comment == unique.options.end() ? "" : " COMMENT " + quotedText(comment->second, true));
    }

    std::string checkSql(const CheckConstraint &check) override
    {
        return DdlWriter::checkSql(check) + (check.validated ? "" : " NOT ENFORCED");
    }

    /// The columns that are referred to must be the first of an index in their order, which says nothing else.
    std::string foreignKeySql(const ForeignKey &key) override
    {
        const TablePtr parent = metadata().table(resolved(key.referred));
        if (!parent || key.referredColumns.size() < 2)
            return DdlWriter::foreignKeySql(key);
        std::vector<std::vector<std::string>> lists;
        if (parent->primaryKey)
            lists.push_back(parent->primaryKey->columns);
        for (const UniqueConstraint &unique : parent->uniques)
            lists.push_back(unique.columns);
        for (const Index &index : parent->indexes) {
            std::vector<std::string> &columns = lists.emplace_back();
            for (const IndexElement &element : index.elements)
                columns.push_back(element.column.value_or(""));
            columns.resize(std::min(columns.size(), key.referredColumns.size()));
        }
        if (std::ranges::find(lists, key.referredColumns) != lists.end())
            return DdlWriter::foreignKeySql(key);
        for (const std::vector<std::string> &list : lists)
            if (std::ranges::is_permutation(list, key.referredColumns)) {
                ForeignKey ordered = key;
                ordered.referredColumns = list;
                for (std::size_t i = 0; i < list.size(); ++i)
                    ordered.columns[i] = key.columns[static_cast<std::size_t>(
                        std::ranges::find(key.referredColumns, list[i]) - key.referredColumns.begin())];
                return DdlWriter::foreignKeySql(ordered);
            }
        return DdlWriter::foreignKeySql(key);
    }

    std::string addForeignKey(const Table &table, const ForeignKey &key) override
    {
        near_ = resolved(table.name).schema;
        return DdlWriter::addForeignKey(table, key);
    }

protected:
    bool putsIndexesInside() const override { return true; }
    bool dropsRingKeys() const override { return false; }
    bool takesEarlyKeys() const override { return options().ifNotExists; }

    std::vector<std::string> indexLines(const Table &table) override
    {
        std::vector<std::string> lines;
        const auto row = [&](const char *end) {
            return std::ranges::find_if(table.columns, [&](const Column &column) {
                return column.generated && column.generated->expression == end;
            });
        };
        if (const auto from = row("ROW START"), to = row("ROW END");
            from != table.columns.end() && to != table.columns.end())
            lines.push_back(fmt::format("PERIOD FOR SYSTEM_TIME ({}, {})", quote(from->name), quote(to->name)));
        for (const Index &index : table.indexes)
            lines.push_back(createIndex(table, index));
        return lines;
    }

    std::string tableOptions(const Table &table) const override
    {
        std::string text = optionsSql(table);
        if (isTranslated_) // any text must fit
            text += " DEFAULT CHARSET=utf8mb4";
        if (table.comment)
            text += " COMMENT=" + quotedText(*table.comment, true);
        if (table.options.contains("system_versioning"))
            text += " WITH SYSTEM VERSIONING";
        if (table.partition.by) {
            text += "\nPARTITION BY " + *table.partition.by;
            if (const auto parts = table.options.find("partitions"); parts != table.options.end())
                text += " (" + parts->second + ")";
        }
        return text;
    }

    std::string ownDefinition(const Table &table) const override
    {
        return isTranslated_ || metadata().dialect.empty() ? std::string() : table.definition.value_or("");
    }

    std::string guarded(std::string statement, const Table &, const std::string &) override
    {
        if (options().ifNotExists && statement.starts_with("CREATE TABLE "))
            statement.insert(12, " IF NOT EXISTS");
        return statement;
    }

    std::string createSequence(const Sequence &sequence) override
    {
        return sequenceSql(sequence, quote(sequence.name), options().ifNotExists);
    }

    /// REFERENCES t means a t beside the table.
    std::string referredName(const QualifiedName &name) const override
    {
        const QualifiedName full = resolved(name);
        return near_ == metadata().defaultSchema ? quote(name) : dialect_.quote(full);
    }

    std::vector<std::string> header(bool drops) override { return keyChecks(drops, "0"); }
    std::vector<std::string> footer(bool drops) override
    {
        std::vector<std::string> statements = keyChecks(drops, "1");
        const auto dropAlso = [&](const std::string &kind, const QualifiedName &name) {
            statements.push_back("DROP " + upper(kind) + (options().ifNotExists ? " IF EXISTS " : " ") + quote(name));
        };
        if (drops) {
            for (const Function &function : metadata().functions)
                dropAlso(function.kind, function.name);
            for (const OtherObject &other : metadata().others)
                dropAlso(other.kind, other.name);
        }
        return statements;
    }

    std::string dropView(const Table &view) override
    {
        // One that create_all left out is in the original only.
        return view.hasOption("invalid") ? "DROP VIEW IF EXISTS " + quote(view.name) : DdlWriter::dropView(view);
    }

    void ownObjects(Script &script) override
    {
        const auto add = [&](const std::string &kind, std::string definition) {
            if (const std::size_t at = definition.find(kind + " `"); options().ifNotExists && at != std::string::npos)
                definition.insert(at + kind.size(), " IF NOT EXISTS");
            script.statements.push_back(std::move(definition));
        };
        for (const Function &function : metadata().functions)
            add(upper(function.kind), function.definition);
        for (const TablePtr &view : metadata().sortedViews())
            if (view->hasOption("invalid"))
                script.notCarried.push_back({view->name.text(), "the view, which reads what is not there"});
            else if (view->definition)
                add("VIEW", *view->definition);
        for (const TablePtr &table : metadata().tables())
            for (const Trigger &trigger : table->triggers)
                add("TRIGGER", trigger.definition);
        for (const OtherObject &other : metadata().others)
            add(upper(other.kind), other.definition);
    }

private:
    static bool isTimestamp(const Column &column)
    {
        return column.type.native.starts_with("timestamp") || column.type.native.starts_with("TIMESTAMP");
    }

    /// Tables that refer to each other, made from their kept texts or dropped, are not held to their keys meanwhile.
    std::vector<std::string> keyChecks(bool drops, const char *value) const
    {
        const bool hasRing = !metadata().sortedTables().cycles.empty();
        const bool keepsTexts = std::ranges::any_of(metadata().tables(), [&](const TablePtr &table) {
            return !table->isView() && !ownDefinition(*table).empty() && !table->foreignKeys.empty();
        });
        if (drops ? !hasRing : !(keepsTexts || (hasRing && takesEarlyKeys())))
            return {};
        return {std::string("SET FOREIGN_KEY_CHECKS = ") + value};
    }

    const bool isTranslated_;
    std::string near_; ///< schema of the table that is being written
};

/// Comments are kept in a character set of three bytes, whatever the tables' own is.
std::vector<Remark> lostInComments(const MetaData &metadata)
{
    std::vector<Remark> lost;
    for (const TablePtr &table : metadata.tables()) {
        const auto look = [&](const std::optional<std::string> &comment, const std::string &whose) {
            if (comment && std::ranges::any_of(*comment, [](char c) { return static_cast<unsigned char>(c) >= 0xF0; }))
                lost.push_back({table->name.text(), "characters beyond U+FFFF in " + whose + ", which become ?"});
        };
        if (table->isView())
            continue;
        look(table->comment, "its comment");
        for (const Column &column : table->columns)
            look(column.comment, "the comment of " + column.name);
        for (const Index &index : table->indexes)
            look(index.comment, "the comment of the index " + index.name);
    }
    return lost;
}

} // namespace

std::unique_ptr<DdlWriter> tableWriter(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options,
                                       const std::string &near)
{
    return std::make_unique<Writer>(dialect, metadata, options, false, near);
}

std::string optionsSql(const Table &table)
{
    static const std::set<std::string, std::less<>> others{"updatable", "invalid", "partitions", "system_versioning"};
    std::string text;
    for (const auto &[name, value] : table.options)
        if (!others.contains(name))
            text += " " + upper(name) + "=" + value;
    return text;
}

std::string sequenceSql(const Sequence &sequence, const std::string &name, bool ifNotExists)
{
    const Identity &is = sequence.properties;
    std::string text =
        fmt::format("CREATE SEQUENCE {}{} START WITH {}", ifNotExists ? "IF NOT EXISTS " : "", name, is.start);
    if (is.min)
        text += fmt::format(" MINVALUE {}", *is.min);
    if (is.max)
        text += fmt::format(" MAXVALUE {}", *is.max);
    return text + fmt::format(" INCREMENT BY {} CACHE {}{}", is.increment, is.cache, is.cycle ? " CYCLE" : "");
}

Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options)
{
    const MetaData translated = translate(metadata, dialect, rules());
    Writer writer(dialect, translated, options, metadata.dialect != dialect.name());
    Script script = options.drop ? writer.drop() : writer.create();
    script.bodyDelimiter = dialect.bodyDelimiter();
    if (!options.drop)
        std::ranges::move(lostInComments(translated), std::back_inserter(script.notCarried));
    const auto isAscii = [](const std::string &text) {
        return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    };
    // Many a client takes the script for another encoding than it is in.
    if (!std::ranges::all_of(script.statements, isAscii))
        script.statements.insert(script.statements.begin(), "SET NAMES utf8mb4");
    return script;
}

std::string createText(const Dialect &dialect, const Table &table)
{
    Script script;
    script.bodyDelimiter = dialect.bodyDelimiter();
    if (table.definition)
        script.statements.push_back(*table.definition);
    else {
        const MetaData nothing;
        const ScriptOptions options;
        script.statements = Writer(dialect, nothing, options, false).table(table);
    }
    for (const Trigger &trigger : table.triggers)
        script.statements.push_back(trigger.definition);
    return script.text();
}

} // namespace schemawright::mysql
