#include "app/commands/changes_file.h"

#include "app/commands/row_writer.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace schemawright {

namespace {

using Json = nlohmann::ordered_json;

/// An object of the file whose members are all read, or are named by done().
class Members
{
public:
    Members(Json json, std::string where) : json_(std::move(json)), where_(std::move(where))
    {
        if (!json_.is_object())
            throw Error(ErrorKind::Corrupt, where_ + " is no object");
    }

    bool has(const char *name)
    {
        known_.insert(name);
        return json_.contains(name);
    }
    /// null when it is not there.
    Json at(const char *name) { return has(name) ? json_.at(name) : Json(); }
    template <class T> T value(const char *name, T otherwise)
    {
        const Json value = at(name);
        return value.is_null() ? otherwise : value.template get<T>();
    }
    template <class T> std::optional<T> maybe(const char *name)
    {
        const Json value = at(name);
        return value.is_null() ? std::nullopt : std::optional(value.template get<T>());
    }
    std::optional<std::string> text(const char *name) { return maybe<std::string>(name); }
    std::string mustText(const char *name)
    {
        if (!has(name) || !json_.at(name).is_string())
            throw Error(ErrorKind::Corrupt, fmt::format("{} has no '{}'", where_, name));
        return json_.at(name).get<std::string>();
    }
    std::vector<std::string> texts(const char *name) { return value(name, std::vector<std::string>()); }
    /// Flags and numbers are kept as text.
    std::map<std::string, std::string> options(const char *name = "options")
    {
        std::map<std::string, std::string> all;
        const Json found = value<Json>(name, Json::object());
        for (const auto &[key, value] : found.items())
            all[key] = value.is_string() ? value.get<std::string>() : value.dump();
        return all;
    }
    /// Throws Error(Unsupported) that names a member which nobody asked for.
    void done() const
    {
        for (const auto &[name, value] : json_.items())
            if (!known_.contains(name))
                throw Error(ErrorKind::Unsupported,
                            fmt::format("{} has '{}', which cannot be planned from a file", where_, name));
    }
    const std::string &where() const noexcept { return where_; }

private:
    const Json json_;
    std::string where_;
    std::set<std::string, std::less<>> known_;
};

/// A list of a table; one that the file does not mention stays as it is.
template <class T, class Read> void readList(Members &table, const char *name, std::vector<T> &list, Read read)
{
    if (!table.has(name))
        return;
    list.clear();
    const Json all = table.at(name);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string where = fmt::format("{}.{}[{}]", table.where(), name, i);
        Members members(all[i], where);
        list.push_back(read(members));
        members.done();
    }
}

/// "schema.name", as Table names are printed; one without a schema is the default's.
QualifiedName named(const std::string &text, const std::string &schema)
{
    const std::size_t dot = text.find('.');
    return dot == std::string::npos ? QualifiedName{schema, text}
                                    : QualifiedName{text.substr(0, dot), text.substr(dot + 1)};
}

Identity identityOf(const Json &json, const std::string &where)
{
    Members each(json, where + ".identity");
    Identity identity;
    identity.always = each.value("always", false);
    identity.start = each.value("start", std::int64_t{1});
    identity.increment = each.value("increment", std::int64_t{1});
    identity.min = each.maybe<std::int64_t>("min");
    identity.max = each.maybe<std::int64_t>("max");
    identity.cycle = each.value("cycle", false);
    identity.cache = each.value("cache", std::int64_t{1});
    each.done();
    return identity;
}

Column columnOf(const Dialect &dialect, Members &each)
{
    Column column;
    column.name = each.mustText("name");
    column.type = dialect.parseType(each.text("type").value_or(std::string()));
    each.has("generic"); // says the same once more
    column.nullable = each.value("nullable", true);
    column.defaultSql = each.text("default");
    column.collation = each.text("collation");
    column.comment = each.text("comment");
    column.autoincrement = each.value("autoincrement", false);
    column.hidden = each.value("hidden", false);
    column.options = each.options();
    if (const Json identity = each.at("identity"); !identity.is_null())
        column.identity = identityOf(identity, each.where());
    if (const Json made = each.at("generated"); !made.is_null()) {
        Members generated(made, each.where() + ".generated");
        column.generated = Generated{generated.mustText("expression"), generated.value("stored", false)};
        generated.done();
    }
    return column;
}

ForeignKey foreignKeyOf(Members &each, const std::string &schema)
{
    ForeignKey key;
    key.name = each.text("name");
    key.columns = each.texts("columns");
    key.referred = {each.text("referred_schema").value_or(schema), each.mustText("referred_table")};
    key.referredColumns = each.texts("referred_columns");
    key.onDelete = each.text("on_delete");
    key.onDeleteColumns = each.texts("on_delete_columns");
    key.onUpdate = each.text("on_update");
    key.match = each.text("match");
    key.deferrable = each.value("deferrable", false);
    key.initiallyDeferred = each.value("initially_deferred", false);
    key.validated = each.value("validated", true);
    key.comment = each.text("comment");
    return key;
}

Index indexOf(Members &each)
{
    Index index;
    index.name = each.mustText("name");
    index.unique = each.value("unique", false);
    index.method = each.text("method");
    index.where = each.text("where");
    index.include = each.texts("include");
    index.nullsNotDistinct = each.value("nulls_not_distinct", false);
    index.options = each.options();
    index.comment = each.text("comment");
    readList(each, "elements", index.elements, [](Members &part) {
        IndexElement element;
        element.column = part.text("column");
        element.expression = part.text("expression");
        element.descending = part.value("descending", false);
        element.nulls = part.text("nulls");
        element.collation = part.text("collation");
        element.operatorClass = part.text("operator_class");
        element.prefix = part.maybe<int>("prefix");
        if (element.column.has_value() == element.expression.has_value())
            throw Error(ErrorKind::Corrupt, part.where() + " has neither or both of 'column' and 'expression'");
        return element;
    });
    if (index.elements.empty())
        throw Error(ErrorKind::Corrupt, each.where() + " has no elements");
    return index;
}

template <class Constraint> Constraint uniqueOf(Members &each)
{
    Constraint unique;
    unique.name = each.text("name");
    unique.columns = each.texts("columns");
    unique.deferrable = each.value("deferrable", false);
    unique.initiallyDeferred = each.value("initially_deferred", false);
    unique.include = each.texts("include");
    unique.options = each.options();
    return unique;
}

TableKind kindOf(const std::string &text)
{
    for (const TableKind kind : {TableKind::Table, TableKind::View, TableKind::MaterializedView, TableKind::Partitioned,
                                 TableKind::Partition, TableKind::Foreign, TableKind::Virtual, TableKind::Shadow})
        if (text == toString(kind))
            return kind;
    throw Error(ErrorKind::Corrupt, "there is no kind of table named '" + text + "'");
}

/// Lays what the file says of a table over what it is now.
void readTable(Members &said, Table &table, const Dialect &dialect, const std::string &schema)
{
    if (said.has("kind"))
        table.kind = kindOf(said.mustText("kind"));
    table.temporary = said.value("temporary", table.temporary);
    if (said.has("comment"))
        table.comment = said.text("comment");
    readList(said, "columns", table.columns, [&](Members &each) { return columnOf(dialect, each); });
    if (said.has("primary_key")) {
        table.primaryKey.reset();
        if (const Json json = said.at("primary_key"); !json.is_null()) {
            Members key(json, said.where() + ".primary_key");
            table.primaryKey = uniqueOf<PrimaryKey>(key);
            key.done();
        }
    }
    readList(said, "foreign_keys", table.foreignKeys, [&](Members &each) { return foreignKeyOf(each, schema); });
    readList(said, "unique", table.uniques, [](Members &each) {
        auto unique = uniqueOf<UniqueConstraint>(each);
        unique.nullsNotDistinct = each.value("nulls_not_distinct", false);
        return unique;
    });
    readList(said, "checks", table.checks, [](Members &each) {
        return CheckConstraint{each.text("name"),
                               each.mustText("expression"),
                               each.value("no_inherit", false),
                               each.value("validated", true),
                               each.text("comment"),
                               false};
    });
    readList(said, "exclusions", table.exclusions, [](Members &each) {
        return ExclusionConstraint{each.mustText("name"), each.mustText("definition"), each.text("comment"), {}};
    });
    readList(said, "indexes", table.indexes, indexOf);
    const std::vector<Trigger> triggers = table.triggers;
    readList(said, "triggers", table.triggers, [&](Members &each) {
        Trigger trigger{each.mustText("name"), each.mustText("definition"), {}, {}};
        const auto old = std::ranges::find(triggers, trigger.name, &Trigger::name);
        if (old != triggers.end() && old->definition == trigger.definition)
            trigger = *old;
        return trigger;
    });
    if (said.has("partition")) {
        Members partition(said.at("partition"), said.where() + ".partition");
        const auto of = partition.text("of");
        table.partition.of = of ? std::optional(named(*of, schema)) : std::nullopt;
        table.partition.by = partition.text("by");
        table.partition.bound = partition.text("bound");
        partition.done();
    }
    if (said.has("inherits")) {
        table.inherits.clear();
        for (const std::string &parent : said.texts("inherits"))
            table.inherits.push_back(named(parent, schema));
    }
    if (said.has("options"))
        table.options = said.options();
    if (said.has("definition") && table.isView()) // that of a table follows from the rest
        table.definition = said.text("definition");
}

void putTable(Session &session, const Json &json)
{
    const std::string &schema = session.baseline().defaultSchema;
    Members said(json, "a table");
    const QualifiedName name{said.text("schema").value_or(schema), said.mustText("name")};
    Members members(json, name.text());
    members.has("schema");
    members.has("name");
    Table table;
    if (session.draft().after.table(name))
        table = session.editTable(name);
    table.name = name;
    const Table was = table;
    readTable(members, table, session.dialect(), schema);
    members.done();
    for (Column &column : table.columns) { // what its domain says for it, it does not say itself
        const Column *const old = was.column(column.name);
        const Domain *const domain = old ? session.baseline().domainOf(old->type) : nullptr;
        if (!domain || old->type.native != column.type.native)
            continue;
        if (!domain->nullable)
            column.nullable = old->nullable;
        if (domain->defaultSql && column.defaultSql == domain->defaultSql)
            column.defaultSql = old->defaultSql;
    }
    putWantedTable(session, std::move(table));
}

/// A value for this column: what a person would type into its cell.
Value valueOf(const Dialect &dialect, const Column &column, const Json &json)
{
    if (json.is_null())
        return {};
    if (json.is_boolean())
        return Value(json.get<bool>());
    if (json.is_object() && json.contains("$blob"))
        return Value(Bytes{fromBase64(json["$blob"].get<std::string>())});
    if (json.is_object() && json.contains("$text"))
        return Value(fromBase64(json["$text"].get<std::string>()));
    return dialect.parseCell(column.type, json.is_string() ? json.get<std::string>() : json.dump());
}

RowImage imageOf(const Dialect &dialect, const Table &table, const Json &json)
{
    RowImage image;
    for (const auto &[name, value] : json.items()) {
        const Column *column = table.column(name);
        if (!column)
            throw Error(ErrorKind::NotFound, fmt::format("{} has no column '{}'", table.name.text(), name));
        image[name] = valueOf(dialect, *column, value);
    }
    return image;
}

void putRow(Session &session, Connection &connection, const Json &row)
{
    Members members(row, "a row");
    const Json name = members.at("table"), set = members.at("set"), key = members.at("key");
    members.done();
    const QualifiedName wanted{name.at(0).is_null() ? std::string() : name.at(0).get<std::string>(),
                               name.at(1).get<std::string>()};
    // Written as it will be, found as it is.
    const TablePtr table = session.baseline().table(wanted);
    const TablePtr draft = table ? session.draft().tableOf(table->name) : session.draft().after.table(wanted);
    if (!draft || (!table && !key.is_null()))
        throw Error(ErrorKind::NotFound, "there is no table named " + wanted.text());
    if (key.is_null()) {
        session.addRow(*draft, imageOf(session.dialect(), *draft, set.is_null() ? Json::object() : set));
        return;
    }
    const auto now = readRow(connection, table, imageOf(session.dialect(), *table, key));
    if (!now)
        throw Error(ErrorKind::NotFound, fmt::format("{} has no row {}", table->name.text(), key.dump()));
    const RowTarget target = session.target(*table, *now);
    if (set.is_null())
        return session.deleteRow(target, *now);
    for (auto &[column, cell] : imageOf(session.dialect(), *draft, set))
        session.setCell(target, column, cell, *now);
}

} // namespace

void putWantedTable(Session &session, Table wanted)
{
    wanted.id = TableId::None;
    for (Column &column : wanted.columns)
        column.id = ColumnId::None;
    if (session.draft().after.table(wanted.name)) {
        const Table now = session.editTable(wanted.name);
        wanted.id = now.id;
        for (Column &column : wanted.columns)
            if (const Column *old = now.column(column.name))
                column.id = old->id;
    }
    session.putTable(std::move(wanted));
}

void putChanges(Session &session, Connection &connection, const Json &changes)
{
    Members members(changes, "the file");
    members.has("format");
    const Json tables = members.at("tables"), rows = members.at("rows");
    members.done();
    for (const Json &table : tables)
        putTable(session, table);
    for (const Json &row : rows)
        putRow(session, connection, row);
}

} // namespace schemawright
