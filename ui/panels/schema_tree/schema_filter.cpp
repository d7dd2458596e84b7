#include "ui/panels/schema_tree/schema_filter.h"

#include "ui/adapt/text.h"
#include "ui/models/schema_model.h"

#include <algorithm>

namespace schemawright::ui {

void SchemaFilter::setText(const QString &text)
{
    text_ = text;
    invalidateFilter();
}

void SchemaFilter::setMatchesColumns(bool matches)
{
    matchesColumns_ = matches;
    invalidateFilter();
}

bool SchemaFilter::holdsText(const std::string &name) const
{
    return toQString(name).contains(text_, Qt::CaseInsensitive);
}

bool SchemaFilter::isKeptForColumns(const QModelIndex &index) const
{
    const auto *model = static_cast<const SchemaModel *>(sourceModel());
    const TablePtr table = model->tableAt(mapToSource(index));
    return !text_.isEmpty() && table && !holdsText(table->name.name);
}

bool SchemaFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (text_.isEmpty())
        return true;
    const auto *model = static_cast<const SchemaModel *>(sourceModel());
    const QModelIndex index = model->index(row, 0, parent);
    const TablePtr table = model->tableAt(index);
    if (!table) { // a schema or a group is kept for what is in it
        for (int child = 0; child < model->rowCount(index); ++child)
            if (filterAcceptsRow(child, index))
                return true;
        return false;
    }
    if (holdsText(table->name.name))
        return true;
    if (!matchesColumns_)
        return false;
    switch (static_cast<SchemaModel::NodeKind>(index.data(SchemaModel::KindRole).toInt())) {
    case SchemaModel::NodeKind::Table:
        return std::ranges::any_of(table->columns, [this](const Column &c) { return holdsText(c.name); });
    case SchemaModel::NodeKind::Column:
        return index.data().toString().contains(text_, Qt::CaseInsensitive);
    default:
        return false;
    }
}

} // namespace schemawright::ui
