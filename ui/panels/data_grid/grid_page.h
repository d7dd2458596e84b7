#pragma once

#include "ui/models/relations.h"
#include "ui/models/rows_model.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QAction;
class QLabel;
class QLineEdit;
class QMenu;
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
    QString filterText() const;
    /// Makes this row current as soon as it is shown.
    void select(const RowTarget &row, int column = -1);
    /// Whether there are places to go back or forward to.
    void setHistory(bool back, bool forward);

Q_SIGNALS:
    void backWanted();
    void forwardWanted();

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void buildActions();
    void applyFilter();
    void showStatus();
    bool tellWhyNotEditable(const QModelIndex &index);
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
    void selectWanted();
    std::vector<std::pair<Relation, RelatedRows>> relationsFrom(int row, Relation::Direction direction) const;
    void goTo(const Relation &relation, const RelatedRows &rows);
    void followFromCell(Relation::Direction direction);
    void addRelations(QMenu *menu, const std::vector<std::pair<Relation, RelatedRows>> &all);
    void addNewParents(QMenu *menu, const QModelIndex &index);
    void loadFile();
    void saveFile();
    std::vector<int> selectedRows() const;
    /// Runs an edit and tells the user when it is refused.
    void edit(const std::function<void()> &work);

    Workspace &workspace_;
    RowsModel *model_;
    QLineEdit *filter_;
    QToolButton *raw_; ///< the filter is SQL
    QLabel *status_, *message_;
    QPushButton *retry_;
    QProgressBar *progress_;
    QTableView *view_;
    QTimer filterTimer_, progressTimer_;
    QAction *parent_ = nullptr, *children_ = nullptr, *back_ = nullptr, *forward_ = nullptr;
    std::optional<RowTarget> wanted_; ///< the row to make current
    int wantedColumn_ = -1;
    bool columnsFitted_ = false;
};

} // namespace schemawright::ui
