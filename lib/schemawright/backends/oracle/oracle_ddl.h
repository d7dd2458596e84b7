#pragma once

#include "schemawright/dialect/dialect.h"

#include <string>

namespace schemawright::oracle {

/// create_all or drop_all for Oracle.
Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);
/// One table for a reader.
std::string createText(const Dialect &dialect, const Table &table);

} // namespace schemawright::oracle
