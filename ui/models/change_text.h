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

/// Everything that a change does, in the order in which a person looks for it; of each value so many characters.
std::vector<ChangeLine> changeLines(const Change &change, const Session &session, int longest = 200);
/// The same as a text of many lines: all of the change, or what it was before, or what it is then.
enum class ChangePart { All, Before, After };
QString changeText(const Change &change, const Session &session, ChangePart part);
/// The same in one line; `what` is what stands behind the change's title.
ChangeLine changeSummary(const Change &change, const Session &session);

} // namespace schemawright::ui
