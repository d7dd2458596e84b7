#include "schemawright/orm/table_json.h"

#include <nlohmann/json.hpp>

namespace nlohmann {

template <class T> struct adl_serializer<std::optional<T>>
{
    static void to_json(json &out, const std::optional<T> &value)
    {
        if (value)
            out = *value;
        else
            out = nullptr;
    }
    static void from_json(const json &in, std::optional<T> &value)
    {
        if (in.is_null())
            value.reset();
        else
            value = in.get<T>();
    }
};

} // namespace nlohmann

namespace schemawright {

void to_json(nlohmann::json &out, const Type &type)
{
    out = {{"kind", type.kind},   {"length", type.length},     {"precision", type.precision},
           {"scale", type.scale}, {"timezone", type.timezone}, {"native", type.native},
           {"name", type.name},   {"labels", type.labels}};
    if (type.element)
        out["element"] = *type.element;
}

void from_json(const nlohmann::json &in, Type &type)
{
    in.at("kind").get_to(type.kind);
    in.at("length").get_to(type.length);
    in.at("precision").get_to(type.precision);
    in.at("scale").get_to(type.scale);
    in.at("timezone").get_to(type.timezone);
    in.at("native").get_to(type.native);
    in.at("name").get_to(type.name);
    in.at("labels").get_to(type.labels);
    if (const auto element = in.find("element"); element != in.end())
        type.element = std::make_shared<const Type>(element->get<Type>());
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(QualifiedName, schema, name)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Identity, always, start, increment, min, max, cycle, cache)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Generated, expression, stored)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Column, id, name, type, nullable, defaultSql, collation, comment, identity,
                                   generated, autoincrement, hidden, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PrimaryKey, name, columns, deferrable, initiallyDeferred, include, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ForeignKey, name, columns, referred, referredColumns, onDelete, onDeleteColumns,
                                   onUpdate, match, deferrable, initiallyDeferred, validated, comment, inherited)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(UniqueConstraint, name, columns, nullsNotDistinct, deferrable, initiallyDeferred,
                                   include, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CheckConstraint, name, expression, noInherit, validated, comment,
                                                inherited, column)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExclusionConstraint, name, definition, comment)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(IndexElement, column, expression, descending, nulls, collation, operatorClass,
                                   prefix)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Index, name, unique, method, elements, where, include, nullsNotDistinct, options,
                                   comment, definition)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Trigger, name, definition, comment, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Partition, of, by, bound)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Table, id, name, kind, temporary, comment, columns, primaryKey, foreignKeys, uniques,
                                   checks, exclusions, indexes, triggers, partition, inherits, options, definition,
                                   dependsOn)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EntityMapping, className, attributes, relationships, versionColumn)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Sequence, name, type, properties, ownedBy, comment, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EnumType, name, labels, comment)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Domain, name, type, nullable, defaultSql, collation, checks, comment)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Function, name, arguments, definition, kind, comment)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(OtherObject, kind, name, definition, onTable)

nlohmann::json tableToJson(const TablePtr &table) { return table ? nlohmann::json(*table) : nlohmann::json(nullptr); }

TablePtr tableFromJson(const nlohmann::json &json)
{
    return json.is_null() ? nullptr : std::make_shared<const Table>(json.get<Table>());
}

nlohmann::json mappingToJson(const std::optional<EntityMapping> &mapping) { return mapping; }

std::optional<EntityMapping> mappingFromJson(const nlohmann::json &json)
{
    return json.get<std::optional<EntityMapping>>();
}

namespace {

template <std::size_t... Places>
SchemaObject objectAt(std::size_t place, const nlohmann::json &json, std::index_sequence<Places...>)
{
    SchemaObject object;
    const bool isOne =
        ((place == Places && (object = json.get<std::variant_alternative_t<Places, SchemaObject>>(), true)) || ...);
    if (!isOne)
        throw Error(ErrorKind::Corrupt, "an object in the journal is of an unknown kind");
    return object;
}

} // namespace

nlohmann::json objectToJson(const std::optional<SchemaObject> &object)
{
    if (!object)
        return nullptr;
    nlohmann::json json = std::visit([](const auto &each) { return nlohmann::json(each); }, *object);
    json["type_index"] = object->index();
    return json;
}

std::optional<SchemaObject> objectFromJson(const nlohmann::json &json)
{
    if (json.is_null())
        return std::nullopt;
    return objectAt(json.at("type_index").get<std::size_t>(), json,
                    std::make_index_sequence<std::variant_size_v<SchemaObject>>());
}

} // namespace schemawright
