#pragma once

#include "schemawright/dialect/ddl_writer.h"
#include "schemawright/schema/table_diff.h"

#include <optional>
#include <string>

namespace schemawright::sqlite {

/// The text that made a table, brought to what the table is after the diff: only what changes is written anew, so that
/// comments, layout and spelling of the rest stay. The table it makes is called `name`. Nothing where the text cannot
/// be followed; then the statement must be written from the description.
std::optional<std::string> editedTableText(const Dialect &dialect, DdlWriter &writer, const TableDiff &diff,
                                           const std::string &name);

} // namespace schemawright::sqlite
