#pragma once

#include "schemawright/schema/table_diff.h"
#include "ui/models/parts_model.h"

#include <QTimer>
#include <QWidget>

#include <map>

class QLabel;
class QLineEdit;
class QStackedWidget;
class QTabWidget;
class QToolButton;

namespace schemawright::ui {

class CreatePane;
class PartsPage;
class Workspace;

/// What the selected table or view is made of, as it will be with the pending changes: its columns, keys, checks and
/// indexes, each edited in place as a pending change, and its CREATE text beneath.
class InspectorPanel : public QWidget
{
    Q_OBJECT
public:
    explicit InspectorPanel(Workspace &workspace, QWidget *parent = nullptr);

private:
    void buildHead(QWidget *page);
    void refresh();
    void showHead(const TablePtr &table, bool isDropped);
    void showCounts();
    void showPartitions(const Table &table);
    void takeName();
    void takeComment();
    void tell(const QString &why);
    void countRows();
    void showConsequences();
    void noteConversions(const TableDiff &diff, std::vector<std::pair<QString, bool>> &notes);
    QString edit(const std::function<QString(Table &)> &change);

    Workspace &workspace_;
    TablePtr shown_;
    QString whyFixed_; ///< why the table that is shown cannot be changed
    QStackedWidget *pages_;
    QLineEdit *name_, *comment_;
    QLabel *about_, *state_, *problem_, *fixed_;
    QToolButton *count_, *restore_;
    QTabWidget *tabs_;
    std::vector<PartsPage *> parts_;
    CreatePane *create_;
    QTimer refreshTimer_;
    /// What was found about the values of columns that get another type, by the statement that asks; empty text while
    /// it is being asked.
    std::map<std::string, std::pair<QString, bool>> conversions_;
};

} // namespace schemawright::ui
