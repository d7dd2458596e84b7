#pragma once

#include "schemawright/orm/change.h"

#include <nlohmann/json_fwd.hpp>

namespace schemawright {

/// A table with all that it has, ids too, for the journal; not the form that `inspect --json` prints. A null table is a
/// JSON null.
nlohmann::json tableToJson(const TablePtr &table);
/// Throws nlohmann::json::exception.
TablePtr tableFromJson(const nlohmann::json &json);

nlohmann::json mappingToJson(const std::optional<EntityMapping> &mapping);
std::optional<EntityMapping> mappingFromJson(const nlohmann::json &json);

/// With the place of its type among those of SchemaObject.
nlohmann::json objectToJson(const std::optional<SchemaObject> &object);
std::optional<SchemaObject> objectFromJson(const nlohmann::json &json);

} // namespace schemawright
