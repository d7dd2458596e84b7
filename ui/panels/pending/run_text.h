#pragma once

#include "schemawright/orm/plan_runner.h"
#include "schemawright/orm/unit_of_work.h"

#include <QString>

namespace schemawright::ui {

/// "2 new, 1 changed in taxon"
QString countText(const UnitOfWork &unit);
/// What came of a commit or a rehearsal, as a sentence or two; `doubt` when the connection was lost in the commit.
QString runText(const Report &report, const std::optional<DoubtOutcome> &doubt);
/// A step of undo: "taxon 42", "3 edits in taxon".
QString stepText(const std::vector<ChangeTarget> &targets);

} // namespace schemawright::ui
