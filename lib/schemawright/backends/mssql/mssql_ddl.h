#pragma once

#include "schemawright/dialect/dialect.h"

#include <string>

namespace schemawright::mssql {

/// create_all or drop_all for SQL Server, one batch for each statement.
Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);
/// One table for a reader.
std::string createText(const Dialect &dialect, const Table &table);

} // namespace schemawright::mssql
