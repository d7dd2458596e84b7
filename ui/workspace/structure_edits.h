#pragma once

#include "schemawright/schema/metadata.h"

#include <QString>

#include <functional>
#include <string>

namespace schemawright::ui {

class Workspace;

/// Pending changes of tables, as a person asks for them in the tree, a menu or the inspector. Each gives why it was
/// refused, as a sentence; empty when it is pending now. Tables go by their names in the draft.
namespace structure {

/// Changes a copy of the table with `change`, which may refuse, and makes it pending as one step of undo.
QString edit(Workspace &workspace, const QualifiedName &table, const std::function<QString(Table &)> &change);
/// A table of one key column, under a name that is free.
QString create(Workspace &workspace, const std::string &schema, QualifiedName &made);
QString rename(Workspace &workspace, const QualifiedName &table, const QString &name);
QString drop(Workspace &workspace, const QualifiedName &table);
/// What would be left broken without the table, or without one of its columns; empty for nothing.
QString dependantsText(Workspace &workspace, const QualifiedName &table, const std::string &column = {});
/// Drops the table, or one of its columns, with all that depends on it: foreign keys of other tables, views and those
/// over them, triggers, generated columns. One step of undo.
QString dropWithDependants(Workspace &workspace, const QualifiedName &table, const std::string &column = {});
/// Changes the table so that keys are gone, and drops the foreign keys that referred to them. One step of undo.
QString editWithReferrers(Workspace &workspace, const QualifiedName &table,
                          const std::function<QString(Table &)> &change);
/// Takes back all that is pending on the structure of a table, by its name in the draft or the baseline.
QString revert(Workspace &workspace, const QualifiedName &table);
/// Whether the structure of this table can be edited here at all; empty when it can.
QString whyNot(const Workspace &workspace, const TablePtr &table);

} // namespace structure

} // namespace schemawright::ui
