#pragma once

#include "schemawright/dialect/ddl_rules.h"
#include "schemawright/dialect/dialect.h"

namespace schemawright {

/// The model of another database (or one built in code) as `target` can hold it: types by their meaning, expressions
/// said in its SQL, names within its limits and unique where they must be. What it lacks is replaced by the closest
/// that is right or left out, and each such thing is named in notCarried. A model of the target's own dialect comes
/// back as it is. Pure.
MetaData translate(const MetaData &source, const Dialect &target, const DdlRules &rules);

} // namespace schemawright
