#pragma once

#include "schemawright/value/row_batch.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace schemawright::ui {

/// The rows of a query that was run, to look at and copy. Answers the roles of RowsModel, so that both are drawn alike.
/// Holds what it is given and asks no database.
class ResultModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    using QAbstractTableModel::QAbstractTableModel;

    void clear();
    /// The first batch says the columns.
    void setColumns(const std::vector<ColumnHead> &heads);
    void addBatch(RowBatch batch);
    Value value(int row, int column) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<std::string> names_;
    std::vector<RowBatch> batches_;
    std::vector<int> starts_; ///< the number of the first row of each batch
    int rows_ = 0;
};

} // namespace schemawright::ui
