#pragma once

#include "ui/workspace/workspace.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QPushButton;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace schemawright::ui {

class ChangesModel;
class SqlView;

/// Everything that is edited and not yet committed: what changes, in which order, by which SQL. Rehearse, commit, revert and
/// discard from here; what failed is marked, and a conflict is resolved in place.
class PendingPanel : public QWidget
{
    Q_OBJECT
public:
    explicit PendingPanel(Workspace &workspace, QWidget *parent = nullptr);

private:
    QWidget *makeBar();
    QWidget *makeDetail();
    void rebuild();
    void showSelected();
    void showReport(RunMode mode, const Report &report);
    void showMenu(const QPoint &position);
    void goToRow(const QModelIndex &index);
    void resolve(bool keepMine);
    const Change *selectedChange() const;
    QString sqlOf(ChangeId id) const;

    Workspace &workspace_;
    ChangesModel *model_;
    Plan plan_;
    QTimer rebuildTimer_;
    QStackedWidget *pages_;
    QTreeView *view_;
    SqlView *sql_;
    QLabel *summary_, *report_, *sqlTitle_, *problem_;
    QWidget *conflictBar_;
    QToolButton *byTable_, *inOrder_;
    QPushButton *rehearse_, *commit_, *discard_;
};

} // namespace schemawright::ui
