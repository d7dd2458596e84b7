#include "schemawright/backends/postgres/postgres_ddl.h"

#include "schemawright/backends/postgres/postgres_catalog.h"
#include "schemawright/backends/postgres/postgres_text.h"
#include "schemawright/backends/postgres/postgres_tokens.h"
#include "schemawright/backends/postgres/postgres_types.h"

#include <fmt/format.h>

namespace schemawright::postgres {

std::string takenBack(const std::string &sql)
{
    std::size_t verb = std::string::npos, last = std::string::npos, option = std::string::npos;
    bool revokes = false, onlyOption = false;
    const std::vector<Token> tokens = tokenize(sql);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].kind != TokenKind::Word)
            continue;
        const std::string_view word = tokens[i].in(sql);
        if (verb == std::string::npos && (word == "GRANT" || word == "REVOKE")) {
            verb = tokens[i].offset;
            revokes = word == "REVOKE";
            onlyOption = revokes && i + 1 < tokens.size() && tokens[i + 1].in(sql) == "GRANT";
        } else if (word == (revokes ? "FROM" : "TO"))
            last = tokens[i].offset;
        else if (word == "WITH")
            option = tokens[i].offset;
    }
    if (verb == std::string::npos || last == std::string::npos)
        return {};
    const std::string before = sql.substr(0, verb);
    if (!revokes)
        return before + "REVOKE " + sql.substr(verb + 6, last - verb - 6) + "FROM " +
               sql.substr(last + 3, option == std::string::npos ? option : option - last - 4);
    const std::size_t what = verb + (onlyOption ? std::string_view("REVOKE GRANT OPTION FOR ").size() : 7);
    return before + "GRANT " + sql.substr(what, last - what) + "TO " + sql.substr(last + 5) +
           (onlyOption ? " WITH GRANT OPTION" : "");
}

namespace ddl {

namespace {

std::string constraintName(const std::optional<std::string> &name)
{
    return name ? "CONSTRAINT " + quoteName(*name) + " " : std::string();
}

std::string deferral(bool deferrable, bool initiallyDeferred)
{
    return std::string(deferrable ? " DEFERRABLE" : "") + (initiallyDeferred ? " INITIALLY DEFERRED" : "");
}

bool isStorageParameter(const std::string &name)
{
    static const std::set<std::string> ours{"comment",     "index_comment", "attached_to", "tablespace",
                                            "on_conflict", "order",         "statistics",  "only"};
    return !ours.contains(name) && !name.starts_with("statistics.");
}

/// " WITH (fillfactor='70')" from the options of an index or of a constraint's index.
std::string indexParameters(const std::map<std::string, std::string> &options)
{
    std::string sql;
    for (const auto &[name, value] : inServerOrder(options))
        if (isStorageParameter(name))
            sql += (sql.empty() ? " WITH (" : ", ") + quoteName(name) + "=" + quoteText(value);
    return sql.empty() ? sql : sql + ")";
}

std::string indexTablespace(const std::map<std::string, std::string> &options, const char *before)
{
    const auto found = options.find("tablespace");
    return found == options.end() ? std::string() : before + quoteName(found->second);
}

template <class Constraint> std::string key(const Constraint &constraint, const char *words)
{
    std::string sql = constraintName(constraint.name) + words + columnList(constraint.columns);
    if (!constraint.include.empty())
        sql += " INCLUDE " + columnList(constraint.include);
    return sql + indexParameters(constraint.options) + indexTablespace(constraint.options, " USING INDEX TABLESPACE ") +
           deferral(constraint.deferrable, constraint.initiallyDeferred);
}

std::string foreignOptions(const std::map<std::string, std::string> &options)
{
    std::string sql;
    for (const auto &[name, value] : inServerOrder(options))
        if (name.starts_with("foreign."))
            sql += (sql.empty() ? " OPTIONS (" : ", ") + quoteName(name.substr(8)) + " " + quoteText(value);
    return sql.empty() ? sql : sql + ")";
}

} // namespace

std::string columnList(const std::vector<std::string> &columns)
{
    std::string sql = "(";
    for (const std::string &column : columns)
        sql += (sql.size() > 1 ? ", " : "") + quoteName(column);
    return sql + ")";
}

std::string sequenceProperties(const Identity &properties)
{
    const bool ascending = properties.increment > 0;
    std::string sql;
    if (properties.start != (ascending ? properties.min.value_or(1) : properties.max.value_or(-1)))
        sql += fmt::format(" START WITH {}", properties.start);
    if (properties.increment != 1)
        sql += fmt::format(" INCREMENT BY {}", properties.increment);
    if (properties.min)
        sql += fmt::format(" MINVALUE {}", *properties.min);
    if (properties.max)
        sql += fmt::format(" MAXVALUE {}", *properties.max);
    if (properties.cache != 1)
        sql += fmt::format(" CACHE {}", properties.cache);
    if (properties.cycle)
        sql += " CYCLE";
    return sql;
}

std::string columnDefinition(const Table &table, const Column &column, bool withDefault)
{
    const bool isTyped = table.hasOption("of_type");
    std::string sql = quoteName(column.name);
    if (isTyped)
        sql += " WITH OPTIONS";
    else {
        sql += " " + typeSql(column.type);
        sql += foreignOptions(column.options);
        if (const auto compression = column.options.find("compression"); compression != column.options.end())
            sql += " COMPRESSION " + compression->second;
        if (column.collation)
            sql += " COLLATE " + quoteKept(*column.collation);
    }
    if (column.identity) {
        sql += column.identity->always ? " GENERATED ALWAYS AS IDENTITY" : " GENERATED BY DEFAULT AS IDENTITY";
        std::string properties = sequenceProperties(*column.identity);
        if (const auto name = column.options.find("sequence"); name != column.options.end())
            if (name->second != quoteName({table.name.schema, table.name.name + "_" + column.name + "_seq"}))
                properties = " SEQUENCE NAME " + name->second + properties;
        if (!properties.empty())
            sql += " (" + properties.substr(1) + ")";
    } else if (column.generated)
        sql += " GENERATED ALWAYS AS (" + column.generated->expression + ")" +
               (column.generated->stored ? " STORED" : " VIRTUAL");
    else if (column.defaultSql && withDefault)
        sql += " DEFAULT " + *column.defaultSql;
    if (!column.nullable)
        sql += " NOT NULL";
    return sql;
}

std::string primaryKey(const PrimaryKey &constraint) { return key(constraint, "PRIMARY KEY "); }

std::string unique(const UniqueConstraint &constraint)
{
    return key(constraint, constraint.nullsNotDistinct ? "UNIQUE NULLS NOT DISTINCT " : "UNIQUE ");
}

std::string check(const CheckConstraint &constraint)
{
    return constraintName(constraint.name) + "CHECK (" + constraint.expression + ")" +
           (constraint.noInherit ? " NO INHERIT" : "") + (constraint.validated ? "" : " NOT VALID");
}

std::string exclusion(const ExclusionConstraint &constraint)
{
    return constraintName(constraint.name) + constraint.definition;
}

std::string foreignKey(const ForeignKey &constraint)
{
    std::string sql = constraintName(constraint.name) + "FOREIGN KEY " + columnList(constraint.columns) +
                      " REFERENCES " + quoteName(constraint.referred);
    if (!constraint.referredColumns.empty())
        sql += columnList(constraint.referredColumns);
    if (constraint.match)
        sql += " MATCH " + *constraint.match;
    if (constraint.onUpdate)
        sql += " ON UPDATE " + *constraint.onUpdate;
    if (constraint.onDelete) {
        sql += " ON DELETE " + *constraint.onDelete;
        if (!constraint.onDeleteColumns.empty())
            sql += " " + columnList(constraint.onDeleteColumns);
    }
    return sql + deferral(constraint.deferrable, constraint.initiallyDeferred) +
           (constraint.validated ? "" : " NOT VALID");
}

std::string sequence(const Sequence &sequence, bool ifNotExists)
{
    std::string sql = sequence.options.contains("unlogged") ? "CREATE UNLOGGED SEQUENCE " : "CREATE SEQUENCE ";
    if (ifNotExists)
        sql += "IF NOT EXISTS ";
    sql += quoteName(sequence.name);
    if (!sequence.type.empty() && sequence.type != "bigint")
        sql += " AS " + sequence.type;
    return sql + sequenceProperties(sequence.properties);
}

std::string enumType(const EnumType &type)
{
    std::string sql = "CREATE TYPE " + quoteName(type.name) + " AS ENUM (";
    for (const std::string &label : type.labels)
        sql += (sql.back() == '(' ? "\n    " : ",\n    ") + quoteText(label);
    return sql + (type.labels.empty() ? ")" : "\n)");
}

std::string domain(const Domain &domain)
{
    std::string sql = "CREATE DOMAIN " + quoteName(domain.name) + " AS " + domain.type;
    if (domain.collation)
        sql += " COLLATE " + quoteKept(*domain.collation);
    if (!domain.nullable)
        sql += " NOT NULL";
    if (domain.defaultSql)
        sql += " DEFAULT " + *domain.defaultSql;
    for (const CheckConstraint &each : domain.checks)
        if (each.validated)
            sql += "\n    " + check(each);
    return sql;
}

std::string index(const Table &table, const Index &index, bool ifNotExists)
{
    std::string sql = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
    if (ifNotExists)
        sql += "IF NOT EXISTS ";
    // The parts on the partitions have names of their own, and are attached.
    sql += quoteName(index.name) + (table.partition.by ? " ON ONLY " : " ON ") + quoteName(table.name);
    if (index.method && *index.method != "btree")
        sql += " USING " + quoteName(*index.method);
    sql += " (";
    for (const IndexElement &element : index.elements) {
        if (sql.back() != '(')
            sql += ", ";
        sql += element.column ? quoteName(*element.column) : "(" + element.expression.value_or("") + ")";
        if (element.collation)
            sql += " COLLATE " + quoteKept(*element.collation);
        if (element.operatorClass)
            sql += " " + *element.operatorClass;
        if (element.descending)
            sql += " DESC";
        if (element.nulls)
            sql += *element.nulls == "first" ? " NULLS FIRST" : " NULLS LAST";
    }
    sql += ")";
    if (!index.include.empty())
        sql += " INCLUDE " + columnList(index.include);
    if (index.nullsNotDistinct)
        sql += " NULLS NOT DISTINCT";
    sql += indexParameters(index.options) + indexTablespace(index.options, " TABLESPACE ");
    return index.where ? sql + " WHERE " + *index.where : sql;
}

std::string view(const Table &table, bool replace)
{
    const bool isMaterialized = table.kind == TableKind::MaterializedView;
    std::string sql = isMaterialized ? "CREATE MATERIALIZED VIEW "
                      : replace      ? "CREATE OR REPLACE VIEW "
                                     : "CREATE VIEW ";
    if (isMaterialized && replace)
        sql += "IF NOT EXISTS ";
    sql += quoteName(table.name);
    if (const auto method = table.options.find("access_method"); method != table.options.end())
        sql += " USING " + quoteName(method->second);
    std::string options;
    for (const auto &[name, value] : inServerOrder(table.options))
        if (name != "no_data" && name != "access_method" && name != "tablespace" && name != "cluster_on" &&
            name != "unlogged" && name != "replica_identity" && !name.starts_with("toast."))
            options += (options.empty() ? " WITH (" : ", ") + quoteName(name) + "=" + quoteText(value);
    if (!options.empty())
        sql += options + ")";
    if (const auto space = table.options.find("tablespace"); space != table.options.end())
        sql += " TABLESPACE " + quoteName(space->second);
    sql += " AS\n" + table.definition.value_or("SELECT");
    if (table.hasOption("no_data"))
        sql += "\n  WITH NO DATA";
    return sql;
}

const char *relationWord(const Table &table)
{
    switch (table.kind) {
    case TableKind::View:
        return "VIEW";
    case TableKind::MaterializedView:
        return "MATERIALIZED VIEW";
    case TableKind::Foreign:
        return "FOREIGN TABLE";
    default:
        return table.hasOption("server") ? "FOREIGN TABLE" : "TABLE"; // a partition may be foreign
    }
}

std::vector<std::string> comments(const Table &table)
{
    const std::string name = quoteName(table.name);
    std::vector<std::string> all;
    const auto add = [&](const std::string &what, const std::optional<std::string> &text) {
        if (text)
            all.push_back("COMMENT ON " + what + " IS " + quoteText(*text));
    };
    const auto option = [](const std::map<std::string, std::string> &options, const char *key) {
        const auto found = options.find(key);
        return found == options.end() ? std::nullopt : std::optional<std::string>(found->second);
    };
    const auto addConstraint = [&](const std::optional<std::string> &constraint,
                                   const std::optional<std::string> &text) {
        if (constraint && text)
            add("CONSTRAINT " + quoteName(*constraint) + " ON " + name, text);
    };
    const auto addIndex = [&](const std::string &index, const std::optional<std::string> &text) {
        if (text)
            add("INDEX " + quoteName(QualifiedName{table.name.schema, index}), text);
    };
    add(std::string(relationWord(table)) + " " + name, table.comment);
    for (const Column &column : table.columns) {
        if (column.comment)
            add("COLUMN " + name + "." + quoteName(column.name), column.comment);
        if (const auto sequence = option(column.options, "sequence"))
            add("SEQUENCE " + *sequence, option(column.options, "sequence_comment"));
    }
    if (table.primaryKey) {
        addConstraint(table.primaryKey->name, option(table.primaryKey->options, "comment"));
        addIndex(table.primaryKey->name.value_or(""), option(table.primaryKey->options, "index_comment"));
    }
    for (const UniqueConstraint &each : table.uniques) {
        addConstraint(each.name, option(each.options, "comment"));
        addIndex(each.name.value_or(""), option(each.options, "index_comment"));
    }
    for (const CheckConstraint &each : table.checks)
        addConstraint(each.name, each.comment);
    for (const ForeignKey &each : table.foreignKeys)
        addConstraint(each.name, each.comment);
    for (const ExclusionConstraint &each : table.exclusions) {
        addConstraint(each.name, each.comment);
        addIndex(each.name, option(each.options, "index_comment"));
    }
    for (const Index &each : table.indexes)
        addIndex(each.name, each.comment);
    for (const Trigger &each : table.triggers)
        add("TRIGGER " + quoteName(each.name) + " ON " + name, each.comment);
    return all;
}

std::vector<std::string> settings(const Table &table)
{
    std::vector<std::string> all;
    const std::string alter = "ALTER TABLE ONLY " + quoteName(table.name) + " ";
    for (const Column &column : table.columns) {
        if (column.options.empty() && !table.isView())
            continue;
        const std::string alterColumn = alter + "ALTER COLUMN " + quoteName(column.name);
        std::string attributes;
        for (const auto &[option, value] : inServerOrder(column.options)) {
            if (option == "storage")
                all.push_back(alterColumn + " SET STORAGE " + value);
            else if (option == "statistics")
                all.push_back(alterColumn + " SET STATISTICS " + value);
            else if (option.starts_with("set."))
                attributes += (attributes.empty() ? "" : ", ") + option.substr(4) + "=" + value;
            else if (option == "sequence_unlogged")
                all.push_back("ALTER SEQUENCE " + column.options.at("sequence") + " SET UNLOGGED");
        }
        if (!attributes.empty())
            all.push_back(alterColumn + " SET (" + attributes + ")");
        if (table.kind == TableKind::View && column.defaultSql)
            all.push_back("ALTER VIEW " + quoteName(table.name) + " ALTER COLUMN " + quoteName(column.name) +
                          " SET DEFAULT " + *column.defaultSql);
        // A typed table's or compressed columns have no other place.
        if (const auto compression = column.options.find("compression");
            compression != column.options.end() && (table.hasOption("of_type") || table.isView()))
            all.push_back(alterColumn + " SET COMPRESSION " + compression->second);
    }
    for (const Index &index : table.indexes)
        for (const auto &[option, value] : index.options)
            if (option.starts_with("statistics."))
                all.push_back(fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}",
                                          quoteName({table.name.schema, index.name}), option.substr(11), value));
    if (const auto cluster = table.options.find("cluster_on"); cluster != table.options.end())
        all.push_back("ALTER TABLE " + quoteName(table.name) + " CLUSTER ON " + quoteName(cluster->second));
    if (const auto identity = table.options.find("replica_identity"); identity != table.options.end())
        all.push_back(alter + "REPLICA IDENTITY " + identity->second);
    if (table.hasOption("row_security"))
        all.push_back("ALTER TABLE " + quoteName(table.name) + " ENABLE ROW LEVEL SECURITY");
    if (table.hasOption("force_row_security"))
        all.push_back(alter + "FORCE ROW LEVEL SECURITY");
    for (const Trigger &trigger : table.triggers)
        if (const auto enabled = trigger.options.find("enabled"); enabled != trigger.options.end())
            all.push_back("ALTER TABLE " + quoteName(table.name) + " " + enabled->second + " TRIGGER " +
                          quoteName(trigger.name));
    return all;
}

} // namespace ddl

} // namespace schemawright::postgres
