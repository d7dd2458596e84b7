#pragma once

#include "schemawright/dialect/ddl_writer.h"

#include <memory>
#include <string>

namespace schemawright::mysql {

/// create_all or drop_all for MySQL and MariaDB: what both of them take.
Script createScript(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options);
/// One table or view for a reader.
std::string createText(const Dialect &dialect, const Table &table);

/// Writes parts of tables of this schema. What it is made of must outlive it. Its createIndex() is a line inside of a
/// statement.
std::unique_ptr<DdlWriter> tableWriter(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options,
                                       const std::string &near);
/// " ENGINE=InnoDB …": what stands behind a table and can be altered.
std::string optionsSql(const Table &table);
std::string sequenceSql(const Sequence &sequence, const std::string &name, bool ifNotExists);

} // namespace schemawright::mysql
