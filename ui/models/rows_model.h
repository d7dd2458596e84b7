#pragma once

#include "ui/models/mark.h"
#include "ui/models/row_pages.h"
#include "ui/workspace/workspace.h"

#include <QAbstractTableModel>

#include <map>
#include <optional>
#include <vector>

namespace schemawright::ui {

/// The rows of one table or view as a grid: pages that come and go as one scrolls, with the pending edits laid over
/// them. Pending new rows stand at the end. Holds no edits itself: they live in the session, so closing, sorting or
/// filtering loses none.
class RowsModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Role {
        CellRole = Qt::UserRole + 1, ///< the Cell as shown, pending edits included (QVariant of Value when it is one)
        CellKindRole,                ///< int(CellText::Kind)
        RowStateRole,                ///< int(RowState)
        IsEditedRole,                ///< this cell differs from the database
        HasErrorRole,                ///< the last commit or rehearsal failed on this row
        IsNumberRole,
        IsLoadedRole,
        ColumnMarkRole, ///< int(Mark): how the column stands against the database
    };
    enum class RowState { Clean, Inserted, Updated, Deleted };

    RowsModel(Workspace &workspace, TablePtr table, QObject *parent = nullptr);

    /// As it is in the database, which is what is read, filtered and sorted; a new one as it will be, by its first
    /// name.
    const TablePtr &table() const noexcept { return table_; }
    /// As it will be with the pending changes; as it was when it is to be dropped.
    const TablePtr &draftTable() const noexcept { return draft_; }
    bool isDropped() const noexcept { return isDropped_; }
    /// False when there is no such table any more, not even a pending one.
    bool exists() const;
    /// The columns that are shown, in order, by the names under which their cells are kept: those of the database, and
    /// of new columns their own.
    const std::vector<std::string> &columnNames() const noexcept { return shown_; }
    /// As it will be, or as it was when it is to be dropped.
    const Column *columnAt(int section) const { return &columns_[static_cast<std::size_t>(section)].column; }
    Mark columnMark(int section) const { return columns_[static_cast<std::size_t>(section)].mark; }

    void setFilter(const Expr &filter);
    void setSort(std::vector<SortColumn> sort);
    const std::vector<SortColumn> &sort() const noexcept { return sort_; }
    /// Reads everything again; what is shown stays until the new rows come.
    void reload();

    /// Rows in the database that match, when counted.
    std::optional<std::int64_t> total() const noexcept { return pages_.total(); }
    bool isLoading() const noexcept { return pages_.isLoading(); }
    const std::optional<Error> &error() const noexcept { return pages_.error(); }
    int newRowCount() const noexcept { return static_cast<int>(newRows_.size()); }

    /// The row as it is in the database, all columns with the hidden identity; nothing when it is not loaded or new.
    std::optional<RowImage> baselineRow(int row) const;
    /// The row as it is shown: pending edits over the database.
    std::optional<RowImage> shownRow(int row) const;
    std::optional<RowTarget> target(int row) const;
    /// Where a row is shown; -1 when it is not loaded.
    int rowOf(const RowTarget &row) const;
    Cell cell(int row, int column) const;
    /// Why this cell cannot be edited; empty when it can.
    QString whyNotEditable(int row, int column) const;

    // Edits. Throw Error for what the table can never hold.
    void setCell(int row, int column, const Cell &cell);
    int addRow();
    /// A new row that holds these cells, by column; also amid a group of edits, where its place is not known yet.
    void addRow(const std::vector<std::pair<int, Cell>> &cells);
    int duplicateRow(int row);
    void deleteRows(const std::vector<int> &rows);
    void revertRows(const std::vector<int> &rows);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    /// Total, loading state or error are others now.
    void statusChanged();
    void firstRowsShown();

private:
    void restart();
    void takePage(qint64 first, qint64 count);
    void setBaseRows(qint64 rows);
    struct ShownColumn
    {
        Column column;
        Mark mark = Mark::None;
        int read = -1; ///< where it stands among what is read; -1 for a new one
        friend bool operator==(const ShownColumn &, const ShownColumn &) = default;
    };
    void takePending();
    void takeSchema();
    void takeNames(const std::map<QualifiedName, QualifiedName> &names);
    /// Looks at what is pending on the table. True when its columns are shown otherwise from now on.
    bool takeDraft();
    std::vector<ShownColumn> columnsOf(const Table &draft, std::vector<std::string> &keys) const;
    Table keyedTable() const;
    std::vector<ChangeId> newRowIds() const;
    const Change *changeOf(int row) const;
    bool isNewRow(int row) const { return row >= baseRows_; }

    Workspace &workspace_;
    QualifiedName first_; ///< its name in the database, or the first of a new one: whatever it is called meanwhile
    TablePtr table_, draft_;
    bool isInDatabase_ = true, isDropped_ = false;
    std::uint64_t draftRevision_ = 0;
    std::vector<std::string> shown_;
    std::vector<ShownColumn> columns_;
    std::vector<SortColumn> sort_;
    Expr filter_;
    RowPages pages_;
    int baseRows_ = 0;
    std::vector<ChangeId> newRows_;
    bool isFirst_ = true;
};

} // namespace schemawright::ui
