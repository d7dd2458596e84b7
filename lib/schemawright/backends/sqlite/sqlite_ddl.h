#pragma once

#include "schemawright/dialect/ddl_writer.h"

#include <memory>
#include <string>

namespace schemawright::sqlite {

/// create_all or drop_all, of SQLite's own model by its kept texts where it has them, of any other by its meaning.
Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);
/// One table or view for a reader.
std::string createText(const Dialect &dialect, const Table &table);
/// What writes single parts, for those who alter tables. `metadata` and `options` must outlive it.
std::unique_ptr<DdlWriter> ddlWriter(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);

} // namespace schemawright::sqlite
