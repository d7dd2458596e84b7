#pragma once

#include "schemawright/orm/session.h"

#include <QString>

#include <vector>

namespace schemawright::ui {

/// One line of what a change does: a cell of a row, a part of a table, a name of a model.
struct ChangeLine
{
    QString what, before, after;
};

/// Everything that a change does, in the order in which a person looks for it.
std::vector<ChangeLine> changeLines(const Change &change, const Session &session);
/// The same in one line; `what` is what stands behind the change's title.
ChangeLine changeSummary(const Change &change, const Session &session);

} // namespace schemawright::ui
