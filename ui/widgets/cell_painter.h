#pragma once

#include <QStyledItemDelegate>

namespace schemawright::ui {

/// Draws the cells of a data grid: values in the data font, NULL apart from text, pending states in their colours. For
/// models that answer the roles of RowsModel.
class CellPainter : public QStyledItemDelegate
{
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace schemawright::ui
