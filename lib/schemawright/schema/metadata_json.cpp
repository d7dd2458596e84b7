#include "schemawright/schema/metadata_json.h"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

namespace schemawright {

namespace {

using Json = nlohmann::ordered_json;

template <class T> Json orNull(const std::optional<T> &value) { return value ? Json(*value) : Json(nullptr); }

Json generic(const Type &type)
{
    const std::string name = genericName(type);
    return name.empty() ? Json(nullptr) : Json(name);
}

/// "true" becomes true and digits become a number; what is no flag stays text.
Json options(const std::map<std::string, std::string> &all)
{
    Json out = Json::object();
    for (const auto &[name, value] : all) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (value == "true" || value == "false")
            out[name] = value == "true";
        else if (error == std::errc() && end == value.data() + value.size())
            out[name] = number;
        else
            out[name] = value;
    }
    return out;
}

template <class T, class Less> std::vector<T> sorted(std::vector<T> items, Less less)
{
    std::ranges::stable_sort(items, less);
    return items;
}

template <class T> std::vector<T> byName(std::vector<T> items)
{
    return sorted(std::move(items), [](const T &a, const T &b) { return a.name < b.name; });
}

Json toJson(const Identity &identity)
{
    return {{"always", identity.always},   {"start", identity.start},     {"increment", identity.increment},
            {"min", orNull(identity.min)}, {"max", orNull(identity.max)}, {"cycle", identity.cycle},
            {"cache", identity.cache}};
}

/// What holds for the column, also by its domain.
Json toJson(const Column &column, const Domain *domain)
{
    const bool takesDefault = domain && !column.defaultSql && !column.generated && !column.identity;
    Json out = {{"name", column.name},
                {"type", column.type.native.empty() ? Json(nullptr) : Json(column.type.native)},
                {"generic", generic(column.type)},
                {"nullable", column.nullable && !(domain && !domain->nullable)},
                {"default", orNull(takesDefault ? domain->defaultSql : column.defaultSql)},
                {"collation", orNull(column.collation)},
                {"comment", orNull(column.comment)},
                {"identity", column.identity ? toJson(*column.identity) : Json(nullptr)},
                {"generated", nullptr},
                {"autoincrement", column.autoincrement}};
    if (column.generated)
        out["generated"] = {{"expression", column.generated->expression}, {"stored", column.generated->stored}};
    if (column.hidden)
        out["hidden"] = true;
    if (!column.options.empty())
        out["options"] = options(column.options);
    return out;
}

Json toJson(const PrimaryKey &key)
{
    Json out = {{"name", orNull(key.name)},
                {"columns", key.columns},
                {"deferrable", key.deferrable},
                {"initially_deferred", key.initiallyDeferred},
                {"include", key.include}};
    if (!key.options.empty())
        out["options"] = options(key.options);
    return out;
}

Json toJson(const ForeignKey &key, const std::string &defaultSchema)
{
    Json out = {{"name", orNull(key.name)},
                {"columns", key.columns},
                {"referred_schema", key.referred.schema.empty() ? defaultSchema : key.referred.schema},
                {"referred_table", key.referred.name},
                {"referred_columns", key.referredColumns},
                {"on_delete", orNull(key.onDelete)},
                {"on_delete_columns", key.onDeleteColumns},
                {"on_update", orNull(key.onUpdate)},
                {"match", orNull(key.match)},
                {"deferrable", key.deferrable},
                {"initially_deferred", key.initiallyDeferred},
                {"validated", key.validated}};
    if (key.comment)
        out["comment"] = *key.comment;
    return out;
}

Json toJson(const UniqueConstraint &unique)
{
    Json out = {{"name", orNull(unique.name)},
                {"columns", unique.columns},
                {"nulls_not_distinct", unique.nullsNotDistinct},
                {"deferrable", unique.deferrable},
                {"initially_deferred", unique.initiallyDeferred},
                {"include", unique.include}};
    if (!unique.options.empty())
        out["options"] = options(unique.options);
    return out;
}

Json toJson(const CheckConstraint &check)
{
    Json out = {{"name", orNull(check.name)},
                {"expression", check.expression},
                {"no_inherit", check.noInherit},
                {"validated", check.validated}};
    if (check.comment)
        out["comment"] = *check.comment;
    if (check.column)
        out["column"] = *check.column;
    return out;
}

Json toJson(const Index &index)
{
    Json elements = Json::array();
    for (const IndexElement &element : index.elements)
        elements.push_back({{"column", orNull(element.column)},
                            {"expression", orNull(element.expression)},
                            {"descending", element.descending},
                            {"nulls", orNull(element.nulls)},
                            {"collation", orNull(element.collation)},
                            {"operator_class", orNull(element.operatorClass)},
                            {"prefix", orNull(element.prefix)}});
    Json out = {{"name", index.name},
                {"unique", index.unique},
                {"method", orNull(index.method)},
                {"where", orNull(index.where)},
                {"include", index.include},
                {"nulls_not_distinct", index.nullsNotDistinct},
                {"elements", std::move(elements)},
                {"options", options(index.options)}};
    if (index.comment)
        out["comment"] = *index.comment;
    return out;
}

Json toJson(const Table &table, const MetaData &metadata)
{
    Json out = {
        {"name", table.name.name},       {"kind", toString(table.kind)},
        {"temporary", table.temporary},  {"comment", orNull(table.comment)},
        {"columns", Json::array()},      {"primary_key", table.primaryKey ? toJson(*table.primaryKey) : Json(nullptr)},
        {"foreign_keys", Json::array()}, {"unique", Json::array()},
        {"checks", Json::array()},       {"exclusions", Json::array()},
        {"indexes", Json::array()},      {"triggers", Json::array()}};
    for (const Column &column : table.columns)
        out["columns"].push_back(toJson(column, metadata.domainOf(column.type)));
    const auto byNameAndColumns = [](const auto &a, const auto &b) {
        return std::tie(a.name, a.columns) < std::tie(b.name, b.columns);
    };
    for (const ForeignKey &key : sorted(table.foreignKeys, byNameAndColumns))
        out["foreign_keys"].push_back(toJson(key, metadata.defaultSchema));
    for (const UniqueConstraint &unique : sorted(table.uniques, byNameAndColumns))
        out["unique"].push_back(toJson(unique));
    for (const CheckConstraint &check : sorted(table.checks, [](const auto &a, const auto &b) {
             return std::tie(a.name, a.expression) < std::tie(b.name, b.expression);
         }))
        out["checks"].push_back(toJson(check));
    for (const ExclusionConstraint &exclusion : byName(table.exclusions))
        out["exclusions"].push_back({{"name", exclusion.name}, {"definition", exclusion.definition}});
    for (const Index &index : byName(table.indexes))
        out["indexes"].push_back(toJson(index));
    for (const Trigger &trigger : byName(table.triggers))
        out["triggers"].push_back({{"name", trigger.name}, {"definition", trigger.definition}});
    out["partition"] = {{"of", table.partition.of ? Json(table.partition.of->text()) : Json(nullptr)},
                        {"by", orNull(table.partition.by)},
                        {"bound", orNull(table.partition.bound)}};
    out["inherits"] = Json::array();
    for (const QualifiedName &parent : table.inherits)
        out["inherits"].push_back(parent.text());
    out["options"] = options(table.options);
    out["definition"] = orNull(table.definition);
    return out;
}

Json toJson(const Sequence &sequence)
{
    Json out = {{"name", sequence.name.name}, {"type", sequence.type}};
    Json properties = toJson(sequence.properties);
    properties.erase("always");
    out.update(properties);
    out["owned_by"] = orNull(sequence.ownedBy);
    return out;
}

Json toJson(const Domain &domain)
{
    Json out = {{"name", domain.name.name},
                {"type", domain.type},
                {"nullable", domain.nullable},
                {"default", orNull(domain.defaultSql)},
                {"checks", Json::array()}};
    for (const CheckConstraint &check : byName(domain.checks))
        out["checks"].push_back({{"name", orNull(check.name)}, {"expression", check.expression}});
    return out;
}

Json path(const TablePtr &table, const std::string &defaultSchema)
{
    return Json::array({table->name.schema.empty() ? defaultSchema : table->name.schema, table->name.name});
}

Json remarks(const std::vector<Remark> &all, const char *what)
{
    Json out = Json::array();
    for (const Remark &remark : all)
        out.push_back({{"object", remark.object}, {what, remark.what}});
    return out;
}

} // namespace

std::string toJson(const MetaData &metadata, int indent)
{
    Json out = {{"format", 1},
                {"dialect", metadata.dialect},
                {"server_version", metadata.serverVersion},
                {"default_schema", metadata.defaultSchema},
                {"schemas", Json::array()}};

    std::map<std::string, Json> schemas;
    const auto schema = [&](const std::string &name) -> Json & {
        const std::string known = name.empty() ? metadata.defaultSchema : name;
        auto [found, isNew] = schemas.try_emplace(known);
        if (isNew)
            found->second = {{"name", known},
                             {"comment", nullptr},
                             {"tables", Json::array()},
                             {"sequences", Json::array()},
                             {"enums", Json::array()},
                             {"domains", Json::array()},
                             {"functions", Json::array()}};
        return found->second;
    };
    for (const Schema &each : metadata.schemas)
        schema(each.name)["comment"] = orNull(each.comment);
    for (const TablePtr &table : metadata.tables())
        schema(table->name.schema)["tables"].push_back(toJson(*table, metadata));
    for (const Sequence &sequence : byName(metadata.sequences))
        schema(sequence.name.schema)["sequences"].push_back(toJson(sequence));
    for (const EnumType &each : byName(metadata.enums))
        schema(each.name.schema)["enums"].push_back({{"name", each.name.name}, {"labels", each.labels}});
    for (const Domain &domain : byName(metadata.domains))
        schema(domain.name.schema)["domains"].push_back(toJson(domain));
    for (const Function &function : sorted(metadata.functions, [](const auto &a, const auto &b) {
             return std::tie(a.name, a.arguments) < std::tie(b.name, b.arguments);
         }))
        schema(function.name.schema)["functions"].push_back(
            {{"name", function.name.name}, {"arguments", function.arguments}, {"definition", function.definition}});
    for (auto &[name, json] : schemas)
        out["schemas"].push_back(std::move(json));

    const MetaData::SortedTables sortedTables = metadata.sortedTables();
    out["create_order"] = Json::array();
    for (const TablePtr &table : sortedTables.order)
        out["create_order"].push_back(path(table, metadata.defaultSchema));
    out["cycles"] = Json::array();
    for (const auto &cycle : sortedTables.cycles) {
        Json members = Json::array();
        for (const TablePtr &table : cycle)
            members.push_back(path(table, metadata.defaultSchema));
        out["cycles"].push_back(std::move(members));
    }
    out["not_carried"] = remarks(metadata.notCarried, "what");
    out["errors"] = remarks(metadata.errors, "message");
    // Names need not be valid UTF-8 in every database; JSON must be.
    return out.dump(indent, ' ', false, Json::error_handler_t::replace);
}

} // namespace schemawright
