#pragma once

#include "ui/models/entity_model.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTreeView;

namespace schemawright::ui {

class CppView;
class Workspace;

/// The class that automap makes of the selected table, as it will be with the pending changes: its names, edited in
/// place, and the C++ that maps it. Each edit is a pending change of the workspace's unit of work.
class ModelPage : public QWidget
{
    Q_OBJECT
public:
    explicit ModelPage(Workspace &workspace, QWidget *parent = nullptr);

protected:
    void showEvent(QShowEvent *event) override;

private:
    void refresh();
    void put(const EntityMapping &mapping);
    QString whyNoClass(const TablePtr &table) const;

    Workspace &workspace_;
    EntityModel *model_;
    QStackedWidget *pages_;
    QLabel *none_, *problem_;
    QTreeView *list_;
    CppView *code_;
    QualifiedName table_; ///< as the baseline calls it
};

} // namespace schemawright::ui
