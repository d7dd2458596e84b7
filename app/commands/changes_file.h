#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/orm/session.h"

#include <nlohmann/json_fwd.hpp>

namespace schemawright {

/// Makes pending edits of what CHANGES.json says, `rows` and `tables`. A table is the
/// state that is wanted, in the words of `inspect --json`; what it does not mention stays as it is. A row is read to
/// edit it. Throws Error(Unsupported) for words that are not known, so that nothing is left out in silence, and
/// nlohmann's exception for what has another form.
void putChanges(Session &session, Connection &connection, const nlohmann::ordered_json &changes);

/// The table as the session shall see it: columns that stay keep their ids.
void putWantedTable(Session &session, Table wanted);

} // namespace schemawright
