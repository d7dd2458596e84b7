#pragma once

#include "ui/workspace/workspace.h"

#include <QWidget>

class QLabel;
class QScrollArea;

namespace schemawright::ui {

class ConflictView;
class PlanMaker;
class SqlView;

/// One pending change in full, or all when none is chosen: what is wrong with it, its conflict, its SQL.
class ChangeDetail : public QWidget
{
    Q_OBJECT
public:
    ChangeDetail(Workspace &workspace, const PlanMaker &plans, QWidget *parent = nullptr);

    /// True when it shows a conflict, which wants room.
    bool showChange(ChangeId id);
    /// Statements as literals, one a line; of all changes for None, and then not more than can be read.
    QString sqlOf(ChangeId id) const;

Q_SIGNALS:
    /// The conflict that had the focus is settled.
    void conflictClosed();

private:
    Workspace &workspace_;
    const PlanMaker &plans_;
    QLabel *problem_, *title_;
    QScrollArea *problemArea_;
    ConflictView *conflict_;
    QWidget *sqlBox_;
    SqlView *sql_;
};

/// A label is told by its colours as "info", "warning", "error"…
void setSeverity(QLabel *label, const char *severity);

} // namespace schemawright::ui
