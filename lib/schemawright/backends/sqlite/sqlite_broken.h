#pragma once

#include "schemawright/schema/metadata.h"

namespace schemawright::sqlite {

/// Whether there may be a view or a trigger that makes no sense, since something that it names is not there. SQLite then
/// renames and drops nothing at all, in whatever table. Errs on the side of yes.
bool mayHaveBrokenText(const MetaData &metadata);

} // namespace schemawright::sqlite
