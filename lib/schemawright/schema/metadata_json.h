#pragma once

#include "schemawright/schema/metadata.h"

#include <string>

namespace schemawright {

/// The whole picture as JSON text, keys and arrays in a stable order (by name, columns by position): what
/// `schemawright inspect --json` prints, format 1. Absent facts are null or empty, never guessed.
std::string toJson(const MetaData &metadata, int indent = 2);

} // namespace schemawright
