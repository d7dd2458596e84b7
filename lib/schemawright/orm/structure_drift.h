#pragma once

#include "schemawright/orm/plan_runner.h"

#include <vector>

namespace schemawright {

/// Reads again what a plan alters or drops: a report with an Error(Conflict) for each change of a table, or of another
/// object, that is not in the database as the plan knows it. Reads nothing for a plan of rows alone. Throws Error.
std::vector<StepReport> structureDrift(Connection &connection, const Plan &plan);

} // namespace schemawright
