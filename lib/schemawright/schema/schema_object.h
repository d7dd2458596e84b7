#pragma once

#include "schemawright/schema/metadata.h"

#include <optional>
#include <string>
#include <variant>

namespace schemawright {

/// An object that is no table, as a MetaData keeps it. A value.
using SchemaObject = std::variant<Sequence, EnumType, Domain, Function, OtherObject>;

/// How differences name it: by the kind "sequence", "enum", "domain", that of the function or that of the other object,
/// which has the name of its table for arguments. An empty schema becomes the default one.
ObjectReference referenceTo(const SchemaObject &object, const std::string &defaultSchema);
/// The object of that name and kind; nothing when there is none.
std::optional<SchemaObject> objectOf(const MetaData &metadata, const ObjectReference &reference);
/// Adds it, or puts it in the place of that of its name and kind.
void putObject(MetaData &metadata, SchemaObject object);
void removeObject(MetaData &metadata, const ObjectReference &reference);

} // namespace schemawright
