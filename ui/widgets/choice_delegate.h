#pragma once

#include <QStyledItemDelegate>

namespace schemawright::ui {

/// Edits a cell as text, or as a choice where the model gives a list of words under a role.
class ChoiceDelegate : public QStyledItemDelegate
{
    Q_OBJECT
public:
    ChoiceDelegate(int choicesRole, QObject *parent) : QStyledItemDelegate(parent), choicesRole_(choicesRole) {}

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void setEditorData(QWidget *editor, const QModelIndex &index) const override;
    void setModelData(QWidget *editor, QAbstractItemModel *model, const QModelIndex &index) const override;
    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const override;

private:
    const int choicesRole_;
};

} // namespace schemawright::ui
