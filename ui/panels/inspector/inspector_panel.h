#pragma once

#include "schemawright/schema/metadata.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTabWidget;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace schemawright::ui {

class SqlView;
class Workspace;

/// What the selected table or view is made of: columns, keys and references both ways, indexes, constraints, its DDL.
class InspectorPanel : public QWidget
{
    Q_OBJECT
public:
    explicit InspectorPanel(Workspace &workspace, QWidget *parent = nullptr);

private:
    void show(const TablePtr &table);
    void showCurrent();
    void fillColumns(const Table &table);
    void fillRelations(const Table &table);
    void fillIndexes(const Table &table);
    void countRows();

    Workspace &workspace_;
    TablePtr shown_;
    QStackedWidget *pages_;
    QLabel *name_, *about_;
    QToolButton *count_;
    QTabWidget *tabs_;
    QTreeWidget *columns_, *relations_, *indexes_;
    SqlView *ddl_;
};

} // namespace schemawright::ui
