#pragma once

#include "schemawright/orm/change.h"
#include "schemawright/schema/metadata.h"

#include <QTabWidget>

#include <map>
#include <optional>
#include <vector>

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
    /// What was looked at: where Back leads to.
    struct Place
    {
        QualifiedName table;
        QString filter;
        std::optional<RowTarget> row;
        int column = -1;
    };

    void showPending();
    /// Tables that a commit has dropped have no page any more.
    void closeDropped(const std::map<QualifiedName, QualifiedName> &names);
    GridPage *pageAt(int index) const;
    GridPage *pageOf(const QualifiedName &table) const;
    void openRow(const RowTarget &row);
    std::optional<Place> place() const;
    /// Remembers what is shown; what was gone back from is forgotten.
    void leave();
    void go(std::vector<Place> &from, std::vector<Place> &to);
    void showHistory();

    Workspace &workspace_;
    std::vector<Place> back_, forward_;
};

} // namespace schemawright::ui
