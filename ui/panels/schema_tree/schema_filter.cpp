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

bool SchemaFilter::filterAcceptsRow(int row, const QModelIndex &parent) const
{
    if (text_.isEmpty())
        return true;
    const auto *model = static_cast<const SchemaModel *>(sourceModel());
    const QModelIndex index = model->index(row, 0, parent);
    const auto matches = [this](const QString &name) { return name.contains(text_, Qt::CaseInsensitive); };
    switch (static_cast<SchemaModel::NodeKind>(index.data(SchemaModel::KindRole).toInt())) {
    case SchemaModel::NodeKind::Schema:
    case SchemaModel::NodeKind::Group:
        for (int child = 0; child < model->rowCount(index); ++child)
            if (filterAcceptsRow(child, index))
                return true;
        return false;
    case SchemaModel::NodeKind::Table: {
        const TablePtr table = model->tableAt(index);
        return matches(toQString(table->name.name)) ||
               std::ranges::any_of(table->columns, [&](const Column &c) { return matches(toQString(c.name)); });
    }
    default:
        return true;
    }
}

} // namespace schemawright::ui
