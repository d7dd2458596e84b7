#pragma once

#include <QString>
#include <QStyledItemDelegate>

namespace schemawright::ui {

/// Draws a name, what the filter matched in it, the muted detail behind it and a badge of pending changes.
class SchemaDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void setMatch(const QString &text) { match_ = text; }
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

private:
    QString match_;
};

} // namespace schemawright::ui
