#pragma once

#include "schemawright/schema/metadata.h"

#include <QString>

#include <cstddef>
#include <string>

namespace schemawright::ui {

/// What would be left broken without a table, or without one of its columns, as a sentence; empty for nothing.
QString whatDepends(const MetaData &draft, const QualifiedName &table, const std::string &column = {});
/// Foreign keys that would refer to no key once the table is like this, as a sentence; empty for none.
QString whatRefers(const MetaData &draft, const Table &after);
/// Takes a column out of a table, and the keys, checks and indexes that need it. Gives why not.
QString eraseColumn(Table &table, std::size_t at, const MetaData &draft);
/// Gives the column another name, or says why not.
QString renameColumn(Table &table, std::size_t at, const QString &name);
/// "column", "column_2"… whatever is free.
std::string freeColumnName(const Table &table);

} // namespace schemawright::ui
