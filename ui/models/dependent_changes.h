#pragma once

#include "schemawright/orm/session.h"

#include <vector>

namespace schemawright::ui {

/// The pending changes that make no sense without this one, in the order of the list: rows that refer to a new row,
/// rows and columns of a new table, the deletion of a parent whose child would stay.
std::vector<ChangeId> dependentChanges(const Session &session, ChangeId id);

} // namespace schemawright::ui
