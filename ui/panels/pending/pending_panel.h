#pragma once

#include "ui/workspace/plan_maker.h"
#include "ui/workspace/workspace.h"

#include <QTimer>
#include <QWidget>

#include <map>

class QLabel;
class QMenu;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace schemawright::ui {

class ChangeDetail;
class ChangesModel;

/// Everything that is edited and not yet committed: what changes, in which order, by which SQL. Rehearse, commit,
/// revert and discard from here; what failed is marked, and a conflict is resolved in place.
class PendingPanel : public QWidget
{
    Q_OBJECT
public:
    explicit PendingPanel(Workspace &workspace, QWidget *parent = nullptr);

private:
    QWidget *makeBar();
    QWidget *makeQuestion();
    QWidget *makeReport();
    QWidget *makeScriptOnly();
    void makeList();
    void rebuild();
    void takePlan();
    void takeChanges();
    void openParents(const QModelIndex &above);
    static QString pathOf(const QModelIndex &index);
    void fitColumns();
    void showBar();
    void showTexts();
    void showSelected();
    void showReport(RunMode mode, const Report &report);
    void showMenu(const QPoint &position);
    void fillSteps(QMenu *menu, bool isUndo);
    void goToRow(const QModelIndex &index);
    void goToProblem();
    /// Reverts changes, after naming what depends on them when anything does.
    void revert(const std::vector<ChangeId> &ids);
    void revertAsked();
    enum class ScriptScope { All, Tables };
    void saveScript(ScriptScope scope);
    void writeScript(const QString &path, ScriptScope scope);
    void select(ChangeId id);
    ChangeId selectedId() const;
    const Change *selectedChange() const;

    Workspace &workspace_;
    PlanMaker plans_;
    ChangesModel *model_;
    QTimer rebuildTimer_;
    std::map<QString, bool> expanded_; ///< tables and ranges that were opened or closed by hand
    std::uint64_t reportedRevision_ = 0;
    bool isConflictShown_ = false;
    bool hasFailures_ = false; ///< of changes, in what is reported
    int fittedColumns_ = 0;    ///< those that shared the width of the list last
    bool isPulled_ = false;    ///< one of them, by hand
    std::vector<ChangeId> revertWanted_;
    QStackedWidget *pages_;
    QTreeView *view_;
    QSplitter *split_;
    QList<int> sizes_; ///< of the splitter while a conflict has the room
    ChangeDetail *detail_;
    QLabel *summary_, *report_, *questionText_, *scriptOnlyText_;
    QWidget *question_, *reportBox_, *scriptOnly_;
    QToolButton *byTable_, *inOrder_, *undo_, *redo_, *revert_, *script_, *nextProblem_, *lookAgain_, *cancelPlan_,
        *closeReport_, *discard_;
    QPushButton *rehearse_, *commit_, *revertAll_, *revertTables_;
};

} // namespace schemawright::ui
