#pragma once

#include "ui/models/rows_model.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;
class QTableView;
class QToolButton;

namespace schemawright::ui {

/// The rows of one table or view: filter line, grid, and what can be done to rows.
class GridPage : public QWidget
{
    Q_OBJECT
public:
    GridPage(Workspace &workspace, const TablePtr &table, QWidget *parent = nullptr);

    RowsModel &model() noexcept { return *model_; }
    QTableView *view() noexcept { return view_; }
    void setFilterText(const QString &text);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildActions();
    void applyFilter();
    void showStatus();
    void fitColumns();
    void sortBy(int section);
    void showMenu(const QPoint &position);
    void addRow();
    void duplicateRow();
    void deleteRows();
    void revertRows();
    void setSelected(const Cell &cell);
    void copy();
    void paste();
    void followReference();
    void loadFile();
    void saveFile();
    std::vector<int> selectedRows() const;
    /// Runs an edit and tells the user when it is refused.
    template <class Work> void edit(Work work);

    Workspace &workspace_;
    RowsModel *model_;
    QLineEdit *filter_;
    QToolButton *raw_; ///< the filter is SQL
    QLabel *status_, *message_;
    QPushButton *retry_;
    QProgressBar *progress_;
    QTableView *view_;
    QTimer filterTimer_, progressTimer_;
    bool columnsFitted_ = false;
};

} // namespace schemawright::ui
