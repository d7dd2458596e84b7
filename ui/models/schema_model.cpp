#include "ui/models/schema_model.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

#include <QDataStream>
#include <QIODevice>
#include <QMimeData>

#include <algorithm>
#include <set>

namespace schemawright::ui {

struct SchemaModel::Node
{
    NodeKind kind = NodeKind::Schema;
    QString text, detail, icon;
    TablePtr table; ///< of the table itself and all inside it
    Node *parent = nullptr;
    int row = 0;
    bool isBuilt = true;
    std::vector<std::unique_ptr<Node>> children;
};

namespace {

QString joined(const std::vector<std::string> &names)
{
    QStringList all;
    for (const std::string &name : names)
        all << toQString(name);
    return all.join(QStringLiteral(", "));
}

bool isInKey(const Table &table, const std::string &column)
{
    return table.primaryKey && std::ranges::find(table.primaryKey->columns, column) != table.primaryKey->columns.end();
}

bool isReference(const Table &table, const std::string &column)
{
    return std::ranges::any_of(table.foreignKeys, [&](const ForeignKey &key) {
        return std::ranges::find(key.columns, column) != key.columns.end();
    });
}

QString indexDetail(const Index &index)
{
    QStringList parts;
    for (const IndexElement &element : index.elements)
        parts << (element.column ? toQString(*element.column)
                                 : QStringLiteral("(%1)").arg(toQString(element.expression.value_or(""))));
    return (index.unique ? SchemaModel::tr("unique ") : QString()) + parts.join(QStringLiteral(", "));
}

} // namespace

SchemaModel::SchemaModel(QObject *parent) : QAbstractItemModel(parent), root_(std::make_unique<Node>()) {}

SchemaModel::~SchemaModel() = default;

SchemaModel::Node *SchemaModel::addNode(Node *parent, NodeKind kind, QString text, QString detail, QString icon) const
{
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->text = std::move(text);
    node->detail = std::move(detail);
    node->icon = std::move(icon);
    node->table = parent->table;
    node->parent = parent;
    node->row = static_cast<int>(parent->children.size());
    parent->children.push_back(std::move(node));
    return parent->children.back().get();
}

void SchemaModel::setMetaData(const MetaData &metadata)
{
    beginResetModel();
    root_ = std::make_unique<Node>();
    tables_.clear();
    std::map<std::string, std::vector<TablePtr>> bySchema;
    for (const Schema &schema : metadata.schemas)
        bySchema[schema.name];
    for (const TablePtr &table : metadata.tables())
        bySchema[table->name.schema].push_back(table);
    for (const auto &[schema, tables] : bySchema) {
        if (bySchema.size() == 1)
            addTables(root_.get(), tables);
        else
            addTables(addNode(root_.get(), NodeKind::Schema, toQString(schema), {}, QStringLiteral("schema")), tables);
    }
    endResetModel();
}

void SchemaModel::addTables(Node *parent, const std::vector<TablePtr> &tables)
{
    const auto addGroup = [&](const QString &title, const QString &icon, auto belongs) {
        const auto count = std::ranges::count_if(tables, belongs);
        if (count == 0)
            return;
        Node *group = addNode(parent, NodeKind::Group, title, grouped(count), icon);
        for (const TablePtr &table : tables) {
            if (!belongs(table))
                continue;
            QString detail;
            if (table->kind != TableKind::Table && table->kind != TableKind::View)
                detail = toQString(toString(table->kind)).replace(u'_', u' ');
            Node *node = addNode(group, NodeKind::Table, toQString(table->name.name), detail,
                                 table->isView() ? QStringLiteral("view") : QStringLiteral("table"));
            node->table = table;
            node->isBuilt = false;
            tables_[table->name] = node;
        }
    };
    addGroup(tr("Tables"), QStringLiteral("table"), [](const TablePtr &t) { return t->isBaseTable(); });
    addGroup(tr("Views"), QStringLiteral("view"), [](const TablePtr &t) { return t->isView(); });
    addGroup(tr("Shadow Tables"), QStringLiteral("table"),
             [](const TablePtr &t) { return t->kind == TableKind::Shadow; });
}

void SchemaModel::build(Node *node) const
{
    const Table &table = *node->table;
    node->isBuilt = true;
    for (const Column &column : table.columns) {
        const QString icon = isInKey(table, column.name)       ? QStringLiteral("key")
                             : isReference(table, column.name) ? QStringLiteral("foreign-key")
                                                               : QStringLiteral("column");
        addNode(node, NodeKind::Column, toQString(column.name), toQString(column.type.native), icon);
    }
    const auto section = [&](const QString &title, std::size_t count, const QString &icon) -> Node * {
        return count ? addNode(node, NodeKind::Section, title, grouped(static_cast<std::int64_t>(count)), icon)
                     : nullptr;
    };
    const std::size_t keys = (table.primaryKey ? 1 : 0) + table.uniques.size();
    if (Node *list = section(tr("Keys"), keys, QStringLiteral("key"))) {
        if (table.primaryKey)
            addNode(list, NodeKind::Key,
                    table.primaryKey->name ? toQString(*table.primaryKey->name) : tr("primary key"),
                    joined(table.primaryKey->columns), QStringLiteral("key"));
        for (const UniqueConstraint &unique : table.uniques)
            addNode(list, NodeKind::Unique, unique.name ? toQString(*unique.name) : tr("unique"),
                    joined(unique.columns), QStringLiteral("constraint"));
    }
    if (Node *list = section(tr("Foreign Keys"), table.foreignKeys.size(), QStringLiteral("foreign-key")))
        for (const ForeignKey &key : table.foreignKeys)
            addNode(list, NodeKind::ForeignKey, joined(key.columns),
                    QStringLiteral("→ %1 (%2)").arg(toQString(key.referred.name), joined(key.referredColumns)),
                    QStringLiteral("foreign-key"));
    if (Node *list = section(tr("Checks"), table.checks.size(), QStringLiteral("constraint")))
        for (const CheckConstraint &check : table.checks)
            addNode(list, NodeKind::Check, check.name ? toQString(*check.name) : tr("check"),
                    toQString(check.expression), QStringLiteral("constraint"));
    if (Node *list = section(tr("Indexes"), table.indexes.size(), QStringLiteral("index")))
        for (const Index &each : table.indexes)
            addNode(list, NodeKind::Index, toQString(each.name), indexDetail(each), QStringLiteral("index"));
    if (Node *list = section(tr("Triggers"), table.triggers.size(), QStringLiteral("trigger")))
        for (const Trigger &trigger : table.triggers)
            addNode(list, NodeKind::Trigger, toQString(trigger.name), {}, QStringLiteral("trigger"));
}

void SchemaModel::setRowCount(const QualifiedName &table, std::int64_t rows)
{
    counts_[table] = rows;
    if (const QModelIndex changed = indexOf(table); changed.isValid())
        Q_EMIT dataChanged(changed, changed, {DetailRole});
}

void SchemaModel::setPending(const std::map<QualifiedName, int> &pending)
{
    std::set<QualifiedName> touched;
    for (const auto *map : {&std::as_const(pending_), &pending})
        for (const auto &[table, count] : *map)
            touched.insert(table);
    pending_ = pending;
    for (const QualifiedName &table : touched)
        if (const QModelIndex changed = indexOf(table); changed.isValid())
            Q_EMIT dataChanged(changed, changed, {PendingRole});
}

SchemaModel::Node *SchemaModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : root_.get();
}

TablePtr SchemaModel::tableAt(const QModelIndex &index) const { return nodeOf(index)->table; }

QModelIndex SchemaModel::indexOf(const QualifiedName &table) const
{
    const auto found = tables_.find(table);
    return found == tables_.end() ? QModelIndex() : createIndex(found->second->row, 0, found->second);
}

QModelIndex SchemaModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column != 0 || row >= rowCount(parent))
        return {};
    return createIndex(row, 0, nodeOf(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex SchemaModel::parent(const QModelIndex &index) const
{
    Node *above = index.isValid() ? nodeOf(index)->parent : nullptr;
    return above && above != root_.get() ? createIndex(above->row, 0, above) : QModelIndex();
}

int SchemaModel::rowCount(const QModelIndex &parent) const
{
    Node *node = nodeOf(parent);
    if (!node->isBuilt)
        build(node);
    return static_cast<int>(node->children.size());
}

int SchemaModel::columnCount(const QModelIndex &) const { return 1; }

bool SchemaModel::hasChildren(const QModelIndex &parent) const
{
    const Node *node = nodeOf(parent);
    return node->isBuilt ? !node->children.empty() : !node->table->columns.empty();
}

QVariant SchemaModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node *node = nodeOf(index);
    switch (role) {
    case Qt::DisplayRole:
        return node->text;
    case Qt::ToolTipRole:
        return node->detail.isEmpty() ? node->text : node->text + QStringLiteral("  ") + node->detail;
    case Qt::DecorationRole:
        return theme().icon(node->icon);
    case IconRole:
        return node->icon;
    case KindRole:
        return static_cast<int>(node->kind);
    case DetailRole:
        if (node->kind == NodeKind::Table)
            if (const auto count = counts_.find(node->table->name); count != counts_.end())
                return grouped(count->second);
        return node->detail;
    case PendingRole:
        if (node->kind == NodeKind::Table)
            if (const auto count = pending_.find(node->table->name); count != pending_.end())
                return count->second;
        return 0;
    case SchemaNameRole:
        return node->table ? toQString(node->table->name.schema) : QString();
    case TableNameRole:
        return node->table ? toQString(node->table->name.name) : QString();
    default:
        return {};
    }
}

Qt::ItemFlags SchemaModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    return tableAt(index) ? flags | Qt::ItemIsDragEnabled : flags;
}

QStringList SchemaModel::mimeTypes() const { return {QString::fromLatin1(tableMimeType)}; }

QMimeData *SchemaModel::mimeData(const QModelIndexList &indexes) const
{
    const TablePtr table = indexes.isEmpty() ? nullptr : tableAt(indexes.front());
    if (!table)
        return nullptr;
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream << QByteArray::fromStdString(table->name.schema) << QByteArray::fromStdString(table->name.name);
    auto *data = new QMimeData;
    data->setData(QString::fromLatin1(tableMimeType), bytes);
    return data;
}

std::optional<QualifiedName> draggedTable(const QMimeData &data)
{
    if (!data.hasFormat(QString::fromLatin1(tableMimeType)))
        return std::nullopt;
    QByteArray schema, name;
    QDataStream stream(data.data(QString::fromLatin1(tableMimeType)));
    stream >> schema >> name;
    return QualifiedName{schema.toStdString(), name.toStdString()};
}

} // namespace schemawright::ui
