#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/schema/metadata.h"

#include <functional>
#include <string>
#include <vector>

namespace schemawright::sqlite {

/// Temporary triggers that do what foreign keys do to children (CASCADE, SET NULL, SET DEFAULT) for a transaction in
/// which keys are off, as a rebuild wants it. `binds` says which keys are in force while rows are written.
struct KeyActions
{
    std::vector<std::string> create, drop;
};
KeyActions keyActions(const Dialect &dialect, const MetaData &metadata,
                      const std::function<bool(const Table &, const ForeignKey &)> &binds);

} // namespace schemawright::sqlite
