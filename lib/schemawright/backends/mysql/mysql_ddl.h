#pragma once

#include "schemawright/dialect/dialect.h"

#include <string>

namespace schemawright::mysql {

/// create_all or drop_all for MySQL and MariaDB: what both of them take.
Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);
/// One table or view for a reader.
std::string createText(const Dialect &dialect, const Table &table);

} // namespace schemawright::mysql
