#pragma once

#include "schemawright/schema/metadata.h"

#include <QTabWidget>

#include <map>

namespace schemawright::ui {

class GridPage;
class Workspace;

/// The tabs of open tables. Closing a tab loses no edit: they live in the session.
class DataGridPanel : public QTabWidget
{
    Q_OBJECT
public:
    explicit DataGridPanel(Workspace &workspace, QWidget *parent = nullptr);

    /// The page of a table, opened when it is not; null when there is no such table.
    GridPage *open(const QualifiedName &table, const QString &filter = {});

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void showPending();
    /// Tables that a commit has dropped have no page any more.
    void closeDropped(const std::map<QualifiedName, QualifiedName> &names);
    GridPage *pageAt(int index) const;

    Workspace &workspace_;
};

} // namespace schemawright::ui
