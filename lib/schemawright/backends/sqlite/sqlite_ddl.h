#pragma once

#include "schemawright/dialect/dialect.h"

namespace schemawright::sqlite {

/// create_all and drop_all for SQLite. A table that was reflected from SQLite is written as its own text says; any
/// other is written from the model, and what SQLite or this writer cannot say of it is named in the remarks.
Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);

/// One table or view with its indexes and triggers, as a reader wants to see it.
std::string createText(const Dialect &dialect, const Table &table);

} // namespace schemawright::sqlite
