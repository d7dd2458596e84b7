#pragma once

#include <QWidget>

class QLineEdit;
class QSortFilterProxyModel;
class QTableView;

namespace schemawright::ui {

class LogModel;
class Workspace;

/// Shows every statement that was sent to the database, with its time, duration, rows and error.
class LogPanel : public QWidget
{
    Q_OBJECT
public:
    explicit LogPanel(Workspace &workspace, QWidget *parent = nullptr);

private:
    void copySelected();
    void showMenu(const QPoint &position);

    LogModel *model_;
    QSortFilterProxyModel *filtered_;
    QLineEdit *filter_;
    QTableView *view_;
};

} // namespace schemawright::ui
