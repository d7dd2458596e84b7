#pragma once

#include "schemawright/orm/draft.h"
#include "ui/models/mark.h"

#include <QAbstractItemModel>
#include <QHash>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

class QMimeData;

namespace schemawright::ui {

/// What a dragged table is carried as, and the way back.
inline constexpr char tableMimeType[] = "application/x-schemawright-table";
std::optional<QualifiedName> draggedTable(const QMimeData &data);

/// The tree of a database: schemas (when there are more than one), tables and views, and in each its columns, keys,
/// foreign keys, indexes and triggers. What is inside a table is built when it is first looked into. What could not be
/// read stands where it would be, and says why.
class SchemaModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum class NodeKind {
        Schema,
        Group,
        Table,
        Section,
        Column,
        Key,
        ForeignKey,
        Unique,
        Check,
        Index,
        Trigger,
        Unread
    };
    enum Role {
        KindRole = Qt::UserRole + 1, ///< int(NodeKind)
        DetailRole,                  ///< the muted text behind the name: a type, a count
        PendingRole,                 ///< pending changes of a table
        IconRole,                    ///< name of an icon
        SchemaNameRole,
        TableNameRole,
        MarkRole,    ///< int(Mark): how it stands against the database
        ProblemRole, ///< why it, or something of it, could not be read; empty when it could
    };

    explicit SchemaModel(QObject *parent = nullptr);
    ~SchemaModel() override;

    /// Shows another picture. Counts of tables that are still there stay.
    void setMetaData(const MetaData &metadata);
    /// The database as it will be; what is to be dropped stands where it was.
    void setDraft(const Draft &draft);
    /// Names of tables and columns can be typed over.
    void setEditable(bool isEditable) { isEditable_ = isEditable; }
    void setRowCount(const QualifiedName &table, std::int64_t rows);
    void setPending(const std::map<QualifiedName, int> &pending);

    /// The table at an index or around it; null for a schema or group.
    TablePtr tableAt(const QModelIndex &index) const;
    QModelIndex indexOf(const QualifiedName &table) const;
    QModelIndex indexOf(const QualifiedName &table, const std::string &column) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    /// Asks for another name by renameWanted; the model follows when the picture changes.
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    /// Tables can be dragged: see tableMimeType.
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QStringList mimeTypes() const override;
    QMimeData *mimeData(const QModelIndexList &indexes) const override;

Q_SIGNALS:
    /// Of a table, or of a column of it when that is not empty.
    void renameWanted(const schemawright::QualifiedName &table, const QString &column, const QString &name);

private:
    struct Node;
    Node *nodeOf(const QModelIndex &index) const;
    Node *addNode(Node *parent, NodeKind kind, QString text, QString detail, QString icon) const;
    struct Shown
    {
        TablePtr table, before;
        Mark mark = Mark::None;
    };
    void addTables(Node *parent, const std::vector<Shown> &tables);
    void addProblems(const MetaData &metadata);
    void build(Node *table) const;
    void buildColumns(Node *table) const;

    std::unique_ptr<Node> root_;
    std::map<QualifiedName, Node *> tables_;
    std::map<std::string, Node *> schemas_; ///< below which tables stand; the root when there is but one
    std::map<QualifiedName, std::int64_t> counts_;
    std::map<QualifiedName, int> pending_;
    bool isEditable_ = false;
};

} // namespace schemawright::ui
