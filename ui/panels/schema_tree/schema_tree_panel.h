#pragma once

#include "schemawright/schema/metadata.h"

#include <QWidget>

#include <cstdint>
#include <map>
#include <vector>

class QAction;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeView;
class QModelIndex;

namespace schemawright::ui {

class SchemaFilter;
class SchemaModel;
class StructureActions;
class Workspace;

/// The tree of the open database, with a box that filters as one types. A click selects for the inspector, Enter or a
/// double click opens the rows.
class SchemaTreePanel : public QWidget
{
    Q_OBJECT
public:
    explicit SchemaTreePanel(Workspace &workspace, QWidget *parent = nullptr);

    /// Brings the tree to the front and puts the cursor into its filter.
    void focusFilter();
    QModelIndex lookedFor() const;
    /// For the window's menus too.
    StructureActions &structure() noexcept { return *structure_; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void takeMetaData();
    void showDraft();
    void editName(const QualifiedName &table, const QString &column);
    void mendName(const QualifiedName &table, const QString &column, const QString &name, const QString &why);
    void tell(const QString &why);
    void takePending();
    void applyFilter(const QString &text);
    void expandFirstLevels();
    void expandHits();
    void showHint();
    void buildActions();
    void markCurrent();
    void openIndex(const QModelIndex &index);
    void showMenu(const QPoint &position);
    void countRows(const std::vector<TablePtr> &tables);

    Workspace &workspace_;
    SchemaModel *model_;
    SchemaFilter *filtered_;
    QLineEdit *filter_;
    QTreeView *view_;
    QLabel *hint_, *problem_;
    QPushButton *dropWith_;
    StructureActions *structure_;
    std::uint64_t shownRevision_ = 0;                   ///< of the pending tables that the tree shows
    std::map<QualifiedName, QualifiedName> shownNames_; ///< of tables that are renamed, by their first names
    QAction *columns_;                                  ///< the filter looks at columns too
    bool selecting_ = false;
};

} // namespace schemawright::ui
