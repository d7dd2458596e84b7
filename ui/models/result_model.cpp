#include "ui/models/result_model.h"

#include "ui/adapt/text.h"
#include "ui/models/rows_model.h"

#include <algorithm>

namespace schemawright::ui {

void ResultModel::clear()
{
    beginResetModel();
    names_.clear();
    batches_.clear();
    starts_.clear();
    rows_ = 0;
    endResetModel();
}

void ResultModel::setColumns(const std::vector<ColumnHead> &heads)
{
    clear();
    beginResetModel();
    for (const ColumnHead &head : heads)
        names_.push_back(head.name);
    endResetModel();
}

void ResultModel::addBatch(RowBatch batch)
{
    const int more = static_cast<int>(batch.rowCount());
    if (more == 0)
        return;
    beginInsertRows({}, rows_, rows_ + more - 1);
    starts_.push_back(rows_);
    batches_.push_back(std::move(batch));
    rows_ += more;
    endInsertRows();
}

Value ResultModel::value(int row, int column) const
{
    const auto after = std::ranges::upper_bound(starts_, row);
    const auto at = static_cast<std::size_t>(after - starts_.begin()) - 1;
    return batches_[at].value(static_cast<std::size_t>(row - starts_[at]), static_cast<std::size_t>(column));
}

int ResultModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : rows_; }
int ResultModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(names_.size());
}

QVariant ResultModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return cellText(value(index.row(), index.column())).text;
    case Qt::ToolTipRole: {
        const QString text = cellText(value(index.row(), index.column()), 2000).text;
        return text.size() > 40 ? tipText(text) : QVariant();
    }
    case RowsModel::CellRole:
        return QVariant::fromValue(value(index.row(), index.column()));
    case RowsModel::CellKindRole:
        return static_cast<int>(cellText(value(index.row(), index.column())).kind);
    case RowsModel::RowStateRole:
        return static_cast<int>(RowsModel::RowState::Clean);
    case RowsModel::IsNumberRole: {
        const Value held = value(index.row(), index.column());
        return held.is<std::int64_t>() || held.is<double>() || held.is<Decimal>();
    }
    case RowsModel::IsLoadedRole:
        return true;
    case RowsModel::IsEditedRole:
    case RowsModel::HasErrorRole:
        return false;
    default:
        return {};
    }
}

QVariant ResultModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole)
        return {};
    if (orientation == Qt::Vertical)
        return section + 1;
    return toQString(names_[static_cast<std::size_t>(section)]);
}

} // namespace schemawright::ui
