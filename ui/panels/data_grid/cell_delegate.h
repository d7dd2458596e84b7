#pragma once

#include "ui/widgets/cell_painter.h"

namespace schemawright::ui {

class RowsModel;
class Workspace;

/// Edits cells in place. An editor that was not changed makes no edit; one that
/// holds what the column can never hold stays open and says why.
class CellDelegate : public CellPainter
{
    Q_OBJECT
public:
    CellDelegate(Workspace &workspace, RowsModel &model, QObject *parent = nullptr);

    QWidget *createEditor(QWidget *parent, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void setEditorData(QWidget *editor, const QModelIndex &index) const override;
    void setModelData(QWidget *editor, QAbstractItemModel *model, const QModelIndex &index) const override;
    void updateEditorGeometry(QWidget *editor, const QStyleOptionViewItem &option,
                              const QModelIndex &index) const override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    QString editorText(const QWidget *editor) const;
    /// Empty when the text can be taken.
    QString whyInvalid(QWidget *editor) const;
    void markInvalid(QWidget *editor, const QString &why) const;

    Workspace &workspace_;
    RowsModel &model_;
};

} // namespace schemawright::ui
