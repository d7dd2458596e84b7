#include "schemawright/backends/postgres/postgres_builder.h"
#include "schemawright/backends/postgres/postgres_catalog.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_tokens.h"
#include "schemawright/backends/postgres/postgres_types.h"
#include "schemawright/base/topological.h"
#include "schemawright/dialect/translate.h"
#include "schemawright/schema/naming_convention.h"

#include <algorithm>

#include <fmt/format.h>

namespace schemawright::postgres {

std::string searchPath(const MetaData &metadata)
{
    return metadata.namesDefaultSchema ? "''" : quoteName(metadata.defaultSchema);
}

std::vector<std::string> statementsOf(const std::string &sql)
{
    std::vector<std::string> statements;
    std::size_t begin = 0;
    int depth = 0;
    const auto add = [&](std::size_t end) {
        const std::size_t first = sql.find_first_not_of(" \n\t", begin);
        if (first != std::string::npos && first < end)
            statements.push_back(sql.substr(first, end - first));
        begin = end + 1;
    };
    if (sql.find(';') != std::string::npos)
        for (const Token &token : tokenize(sql))
            if (token.kind == TokenKind::Symbol) {
                const char c = sql[token.offset];
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                if (c == ';' && depth == 0)
                    add(token.offset);
            }
    add(sql.size());
    return statements;
}

std::string Builder::guarded(const std::string &sql) const
{
    if (!options_.ifNotExists)
        return sql;
    std::string tag = "$sw$";
    while (sql.find(tag) != std::string::npos)
        tag.insert(1, "s");
    return "DO " + tag + " BEGIN\n" + sql +
           ";\nEXCEPTION WHEN duplicate_object OR duplicate_table OR duplicate_function OR wrong_object_type THEN "
           "NULL;\nEND " +
           tag;
}

void Builder::addNode(ObjectReference reference, std::vector<std::string> statements, std::string dropStatement)
{
    nodes_.push_back({std::move(reference), nullptr, std::move(statements), std::move(dropStatement)});
}

/// A type that functions take which it needs itself.
bool Builder::beginsAsShell(const Node &node)
{
    return node.reference.kind == "base_type" || (node.reference.kind == "range_type" && !node.statements.empty() &&
                                                  node.statements.front().find(", canonical = ") != std::string::npos);
}

void Builder::collect()
{
    const std::string ifExists = options_.ifNotExists ? "IF EXISTS " : "";
    const auto others = [&](std::initializer_list<const char *> kinds) {
        for (const char *kind : kinds)
            for (const OtherObject &each : metadata_.others)
                if (each.kind == kind && !each.onTable) {
                    std::vector<std::string> statements = statementsOf(each.definition);
                    if (each.kind != "extension") // it says IF NOT EXISTS by itself
                        for (std::string &statement : statements)
                            if (statement.starts_with("CREATE "))
                                statement = guarded(statement);
                    std::string word = kind;
                    std::ranges::replace(word, '_', ' ');
                    const bool isType = word.ends_with(" type");
                    // Operators and their classes are named with what tells them apart: "===(text, text)", "x USING
                    // btree".
                    std::string target = quoteName(each.name);
                    if (word == "cast" || word == "transform" || word == "user mapping")
                        target = each.name.name;
                    else if (word == "operator")
                        target = quoteName(each.name.schema) + "." + each.name.name;
                    else if (const std::size_t method = each.name.name.rfind(" USING ");
                             word.starts_with("operator ") && method != std::string::npos)
                        target = quoteName({each.name.schema, each.name.name.substr(0, method)}) +
                                 each.name.name.substr(method);
                    const std::string dropped =
                        word == "operator family member"
                            ? ""
                            : "DROP " + upperCase(isType ? "type" : word) + " " + ifExists + target;
                    addNode({each.kind, each.name, ""}, std::move(statements), dropped);
                }
    };
    const auto withComment = [](std::vector<std::string> statements, const std::string &what,
                                const std::optional<std::string> &text) {
        if (text)
            statements.push_back("COMMENT ON " + what + " IS " + quoteText(*text));
        return statements;
    };
    others({"extension", "language", "access_method", "collation", "foreign_data_wrapper", "server", "user_mapping",
            "text_search_parser", "text_search_template", "text_search_dictionary", "text_search_configuration"});
    for (const EnumType &each : metadata_.enums) {
        const std::string name = quoteName(each.name);
        addNode({"type", each.name, ""}, withComment({guarded(ddl::enumType(each))}, "TYPE " + name, each.comment),
                "DROP TYPE " + ifExists + name);
    }
    others({"composite_type", "range_type", "base_type"});
    for (const Domain &each : metadata_.domains) {
        const std::string name = quoteName(each.name);
        auto statements = withComment({guarded(ddl::domain(each))}, "DOMAIN " + name, each.comment);
        for (const CheckConstraint &check : each.checks) {
            if (!check.validated)
                statements.push_back(guarded("ALTER DOMAIN " + name + " ADD " + ddl::check(check)));
            if (check.name)
                statements = withComment(std::move(statements),
                                         "CONSTRAINT " + quoteName(*check.name) + " ON DOMAIN " + name, check.comment);
        }
        addNode({"type", each.name, ""}, std::move(statements), "DROP DOMAIN " + ifExists + name);
    }
    for (const Sequence &each : metadata_.sequences) {
        const std::string name = quoteName(each.name);
        addNode({"sequence", each.name, ""},
                withComment({ddl::sequence(each, options_.ifNotExists)}, "SEQUENCE " + name, each.comment),
                each.ownedBy ? "" : "DROP SEQUENCE " + ifExists + name);
    }
    for (const Function &each : metadata_.functions) {
        const std::string word = upperCase(each.kind);
        const std::string what = word + " " + quoteName(each.name) + "(" +
                                 (each.kind == "aggregate" && each.arguments.empty() ? "*" : each.arguments) + ")";
        const bool replaces = each.definition.starts_with("CREATE OR REPLACE");
        addNode({"function", each.name, each.arguments},
                withComment({replaces ? each.definition : guarded(each.definition)}, what, each.comment),
                "DROP " + what.substr(0, word.size() + 1) + ifExists + what.substr(word.size() + 1));
    }
    others(
        {"operator", "operator_family", "operator_class", "operator_family_member", "cast", "transform", "conversion"});
    const auto relations = [&](const std::vector<TablePtr> &all) {
        for (const TablePtr &each : all) {
            addNode({"table", resolved(each->name), ""}, {},
                    std::string("DROP ") + ddl::relationWord(*each) + " " + ifExists + quoteName(each->name));
            nodes_.back().table = each;
        }
    };
    relations(tables_);
    relations(views_);
}

void Builder::sort()
{
    std::multimap<ObjectReference, std::size_t> places;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        places.emplace(nodes_[i].reference, i);
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    const auto needs = [&](std::size_t node, const ObjectReference &needed) {
        for (auto [at, end] = places.equal_range(needed); at != end; ++at)
            edges.emplace_back(at->second, node);
    };
    const auto connect = [&] {
        edges.clear();
        for (const Dependency &each : metadata_.dependencies) {
            // Indexes are made when all else is there, but hold what they need.
            const bool isIndex = each.object.kind == "index";
            ObjectReference object = each.object;
            if (isIndex && options_.drop)
                object.kind = "table";
            for (auto [at, end] = places.equal_range(object); at != end; ++at) {
                const Table *const table = nodes_[at->second].table.get();
                const bool isApart = table && (isIndex || !table->isView()) && lateTables_.contains(object.name);
                if (!(isApart && each.needs.kind == "function"))
                    needs(at->second, each.needs);
            }
        }
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            if (nodes_[i].reference.kind == "operator_family_member")
                needs(i, {"operator_family", nodes_[i].reference.name, ""});
            const Table *table = nodes_[i].table.get();
            if (!table)
                continue;
            for (const QualifiedName &each : table->dependsOn)
                needs(i, {"table", resolved(each), ""});
            for (const QualifiedName &each : table->inherits)
                needs(i, {"table", resolved(each), ""});
            if (table->partition.of)
                needs(i, {"table", resolved(*table->partition.of), ""});
            for (const ForeignKey &key : table->foreignKeys)
                if (options_.drop)
                    needs(i, {"table", resolved(key.referred), ""});
        }
    };
    connect();
    TopologicalOrder sorted = topologicalSort(nodes_.size(), edges);
    for (const auto &cycle : sorted.cycles)
        for (const std::size_t i : cycle)
            if (const Table *const table = nodes_[i].table.get();
                table && (!table->isView() || (options_.drop && table->kind == TableKind::MaterializedView)))
                lateTables_.insert(resolved(nodes_[i].table->name));
    if (!lateTables_.empty()) {
        connect();
        sorted = topologicalSort(nodes_.size(), edges);
    }
    for (const auto &cycle : sorted.cycles)
        for (const std::size_t i : cycle)
            if (nodes_[i].table && nodes_[i].table->kind == TableKind::View)
                cyclicViews_.insert(i);
    order_ = std::move(sorted.order);
}

void Builder::header()
{
    if (metadata_.dialect != "postgresql" || metadata_.serverVersion.empty())
        return; // not one of a server's own
    // Expressions were printed under this search path, and bodies of functions may name what comes later.
    emit("SET search_path = " + searchPath(metadata_));
    if (!metadata_.functions.empty())
        emit("SET check_function_bodies = false");
}

/// Views that read each other begin, and end, as one that has the right columns and reads nothing.
std::string Builder::hollow(const Table &view)
{
    std::string sql = " VIEW " + quoteName(view.name) + " AS SELECT";
    for (std::size_t column = 0; column < view.columns.size(); ++column)
        sql += (column ? ",\n    NULL::" : "\n    NULL::") + view.columns[column].type.native +
               (view.columns[column].collation ? " COLLATE " + quoteKept(*view.columns[column].collation) : "") +
               " AS " + quoteName(view.columns[column].name);
    return sql;
}

Script Builder::create()
{
    if (metadata_.serverVersion.empty())
        script_.notCarried = metadata_.notCarried;
    collect();
    sort();
    header();
    for (const Schema &each : metadata_.schemas) {
        if (each.name != "public")
            emit(std::string("CREATE SCHEMA ") + (options_.ifNotExists ? "IF NOT EXISTS " : "") + quoteName(each.name));
        if (each.comment && !(each.name == "public" && *each.comment == "standard public schema"))
            emit("COMMENT ON SCHEMA " + quoteName(each.name) + " IS " + quoteText(*each.comment));
        else if (!each.comment && each.name == "public" && !metadata_.serverVersion.empty())
            emit("COMMENT ON SCHEMA public IS NULL"); // a new database has one
    }
    for (const Node &node : nodes_)
        if (beginsAsShell(node)) // for the functions that read, print or normalize it
            emit(guarded("CREATE TYPE " + quoteName(node.reference.name)));
    for (const std::size_t i : cyclicViews_)
        nodes_[i].statements = {"CREATE" + hollow(*nodes_[i].table)};
    for (const std::size_t i : order_) {
        const Table *const table = nodes_[i].table.get();
        if (table && !beforeTables_)
            beforeTables_ = script_.statements.size();
        if (table && table->isView() && !beforeViews_)
            beforeViews_ = script_.statements.size();
        if (cyclicViews_.contains(i))
            emit(nodes_[i].statements);
        else if (nodes_[i].table)
            createRelation(nodes_[i].table);
        else
            emit(nodes_[i].statements);
    }
    for (std::optional<std::size_t> *place : {&beforeTables_, &beforeViews_})
        if (!*place)
            *place = script_.statements.size();
    for (const std::size_t i : cyclicViews_)
        emit(ddl::view(*nodes_[i].table, true));
    afterTables();
    return std::move(script_);
}

namespace {

const DdlRules &rules()
{
    using Scope = DdlRules::NameScope;
    static const DdlRules all = [] {
        DdlRules r;
        r.displayName = "PostgreSQL";
        r.indexComments = true;
        r.strictTypes = true;
        r.emptyTables = true;
        r.constraintNames = Scope::Table;
        r.enumTypes = true;
        r.virtualGenerated = false;
        r.newUuid = "gen_random_uuid()";
        r.partialIndexes = true;
        r.expressionIndexes = true;
        r.indexInclude = true;
        r.indexNulls = true;
        r.nullsNotDistinct = true;
        r.deferrableUnique = true;
        r.deferrable = true;
        r.actionColumns = true;
        r.matchFull = true;
        r.notValidated = true;
        return r;
    }();
    return all;
}

/// What a model built in code or of another database leaves unsaid: columns that count are identities, and the enums
/// that columns name are types of their own.
MetaData completed(MetaData metadata)
{
    const auto isIncomplete = [](const Column &column) {
        return (column.autoincrement && !column.identity) ||
               (column.type.kind == TypeKind::Enum && column.type.native.empty());
    };
    for (const TablePtr &table : metadata.tables()) {
        if (std::ranges::none_of(table->columns, isIncomplete))
            continue;
        Table made = *table;
        for (Column &column : made.columns) {
            if (column.autoincrement && !column.identity && !column.defaultSql && !column.generated)
                column.identity = Identity();
            if (column.type.kind != TypeKind::Enum || !column.type.native.empty() || column.type.labels.empty())
                continue;
            if (column.type.name.empty())
                column.type.name = table->name.name + "_" + column.name;
            const QualifiedName name{table->name.schema, column.type.name};
            column.type.native = quoteName(name);
            if (std::ranges::find(metadata.enums, name, &EnumType::name) == metadata.enums.end())
                metadata.enums.push_back({name, column.type.labels, std::nullopt});
        }
        metadata.add(std::move(made));
    }
    return metadata;
}

} // namespace

Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options)
{
    const bool isBuilt = metadata.dialect.empty(), isOwn = metadata.dialect == dialect.name();
    const MetaData ours =
        isOwn ? metadata : completed(isBuilt ? withNames(metadata, 63) : translate(metadata, dialect, rules()));
    return options.drop ? Builder(ours, options).drop() : Builder(ours, options).create();
}

std::string createText(const Dialect &dialect, const Table &table)
{
    // One table is a database of its own, where every key may stand inside the statement.
    MetaData alone;
    alone.dialect = "";
    Table copy = table;
    std::vector<std::string> keys;
    const std::string alter = "ALTER TABLE " + quoteName(table.name);
    std::erase_if(copy.foreignKeys, [&](const ForeignKey &key) {
        if (key.inherited || key.referred == table.name)
            return false;
        keys.push_back(alter + " ADD " + ddl::foreignKey(key));
        return true;
    });
    alone.add(copy);
    Script script = createScript(dialect, alone, {});
    // Foreign keys belong into the statement for a reader: behind its last line.
    if (!keys.empty() && !script.statements.empty()) {
        std::string create = script.statements.front();
        const bool hasBody = create.find("\n)") != std::string::npos;
        for (const std::string &key : keys)
            if (key.ends_with(" NOT VALID") || !hasBody || table.partition.of)
                script.statements.push_back(key);
            else
                create.insert(create.find("\n)"), ",\n    " + key.substr(alter.size() + 5));
        script.statements.front() = std::move(create);
    }
    return script.text();
}

} // namespace schemawright::postgres
