#include "schemawright/schema/schema_object.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace schemawright {

namespace {

std::string kindOf(const Sequence &) { return "sequence"; }
std::string kindOf(const EnumType &) { return "enum"; }
std::string kindOf(const Domain &) { return "domain"; }
std::string kindOf(const Function &function) { return function.kind; }
std::string kindOf(const OtherObject &other) { return other.kind; }

template <class T> std::string argumentsOf(const T &) { return {}; }
std::string argumentsOf(const Function &function) { return function.arguments; }
std::string argumentsOf(const OtherObject &other) { return other.onTable ? other.onTable->text() : std::string(); }

template <class T> ObjectReference named(const T &object, const std::string &defaultSchema)
{
    ObjectReference reference{kindOf(object), object.name, argumentsOf(object)};
    if (reference.name.schema.empty())
        reference.name.schema = defaultSchema;
    return reference;
}

auto is(const MetaData &metadata, const ObjectReference &reference)
{
    return [&](const auto &each) { return named(each, metadata.defaultSchema) == reference; };
}

/// Each list of what is no table.
template <class Data, class Visit> void visitLists(Data &metadata, Visit visit)
{
    std::apply([&](auto &...lists) { (visit(lists), ...); },
               std::tie(metadata.sequences, metadata.enums, metadata.domains, metadata.functions, metadata.others));
}

} // namespace

ObjectReference referenceTo(const SchemaObject &object, const std::string &defaultSchema)
{
    return std::visit([&](const auto &each) { return named(each, defaultSchema); }, object);
}

std::optional<SchemaObject> objectOf(const MetaData &metadata, const ObjectReference &reference)
{
    std::optional<SchemaObject> object;
    visitLists(metadata, [&](const auto &list) {
        if (const auto found = std::ranges::find_if(list, is(metadata, reference)); !object && found != list.end())
            object = *found;
    });
    return object;
}

void putObject(MetaData &metadata, SchemaObject object)
{
    const ObjectReference reference = referenceTo(object, metadata.defaultSchema);
    visitLists(metadata, [&]<class T>(std::vector<T> &list) {
        T *const put = std::get_if<T>(&object);
        if (!put)
            return;
        if (const auto found = std::ranges::find_if(list, is(metadata, reference)); found != list.end())
            *found = std::move(*put);
        else
            list.push_back(std::move(*put));
    });
}

void removeObject(MetaData &metadata, const ObjectReference &reference)
{
    visitLists(metadata, [&](auto &list) { std::erase_if(list, is(metadata, reference)); });
}

} // namespace schemawright
