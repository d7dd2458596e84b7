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
    QString text, detail, icon, problem;
    TablePtr table;  ///< of the table itself and all inside it
    TablePtr before; ///< as it is in the database; the same pointer when nothing is pending
    Mark mark = Mark::None;
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

constexpr std::string_view primaryMark = "schemawright_primary"; // tells the primary key among the unique ones

template <class Item> std::string nameOf(const Item &item)
{
    if constexpr (std::is_same_v<std::decay_t<decltype(item.name)>, std::string>)
        return item.name;
    else
        return item.name.value_or("");
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
    Draft draft;
    draft.before = draft.after = metadata;
    setDraft(draft);
}

void SchemaModel::setDraft(const Draft &draft)
{
    beginResetModel();
    root_ = std::make_unique<Node>();
    tables_.clear();
    schemas_.clear();
    std::map<std::string, std::vector<Shown>> bySchema;
    for (const Schema &schema : draft.after.schemas)
        bySchema[schema.name];
    std::map<TablePtr, Mark> marks;
    for (const TableDiff &diff : draft.diffs)
        if (diff.after)
            marks[diff.after] = diff.isCreate() ? Mark::New : Mark::Changed;
    for (const TablePtr &table : draft.after.tables()) {
        const auto mark = marks.find(table);
        Shown shown{table, table, mark == marks.end() ? Mark::None : mark->second};
        if (shown.mark != Mark::None)
            shown.before = draft.before.table(table->id);
        bySchema[table->name.schema].push_back(shown);
    }
    for (const TableDiff &diff : draft.diffs)
        if (diff.isDrop()) {
            auto &tables = bySchema[diff.before->name.schema];
            const auto place = std::ranges::find_if(
                tables, [&](const Shown &each) { return each.table->name.name > diff.before->name.name; });
            tables.insert(place, {diff.before, diff.before, Mark::Dropped});
        }
    for (const auto &[schema, tables] : bySchema) {
        Node *node = bySchema.size() == 1
                         ? root_.get()
                         : addNode(root_.get(), NodeKind::Schema, toQString(schema), {}, QStringLiteral("schema"));
        schemas_[schema] = node;
        addTables(node, tables);
    }
    addProblems(draft.after);
    endResetModel();
}

void SchemaModel::addProblems(const MetaData &metadata)
{
    for (const Schema &schema : metadata.schemas)
        if (!schema.isUsable) {
            Node *node = schemas_.at(schema.name);
            node->icon = QStringLiteral("lock");
            node->detail = tr("no permission");
            node->problem = tr("You may not use the schema %1: its tables are listed, and their rows cannot be read.")
                                .arg(toQString(schema.name));
        }
    std::map<Node *, Node *> groups;
    for (const Remark &remark : metadata.errors) {
        const auto table = std::ranges::find_if(tables_, [&](const auto &each) { return remark.isAbout(each.first); });
        if (table != tables_.end()) {
            table->second->problem = toQString(remark.what);
            table->second->detail = tr("not read");
            continue;
        }
        // Of one that is not even listed: beside the tables of its schema.
        Node *above = root_.get();
        std::string name = remark.object;
        for (const auto &[schema, node] : schemas_)
            if (remark.object.starts_with(schema + ".")) {
                above = node;
                name = remark.object.substr(schema.size() + 1);
            }
        Node *&group = groups[above];
        if (!group)
            group = addNode(above, NodeKind::Group, tr("Could Not Be Read"), {}, QStringLiteral("warning"));
        addNode(group, NodeKind::Unread, toQString(name), toQString(remark.what), QStringLiteral("error"))->problem =
            toQString(remark.what);
        group->detail = grouped(static_cast<std::int64_t>(group->children.size()));
    }
}

void SchemaModel::addTables(Node *parent, const std::vector<Shown> &tables)
{
    const auto addGroup = [&](const QString &title, const QString &icon, auto belongs) {
        const auto count = std::ranges::count_if(tables, [&](const Shown &each) { return belongs(each.table); });
        if (count == 0)
            return;
        Node *group = addNode(parent, NodeKind::Group, title, grouped(count), icon);
        for (const Shown &each : tables) {
            const TablePtr &table = each.table;
            if (!belongs(table))
                continue;
            QString detail;
            if (table->kind != TableKind::Table && table->kind != TableKind::View)
                detail = toQString(toString(table->kind)).replace(u'_', u' ');
            else if (each.mark == Mark::Changed && each.before && each.before->name != table->name)
                detail = tr("was %1").arg(toQString(each.before->name.name));
            Node *node = addNode(group, NodeKind::Table, toQString(table->name.name), detail,
                                 table->isView() ? QStringLiteral("view") : QStringLiteral("table"));
            node->table = table;
            node->before = each.before;
            node->mark = each.mark;
            node->isBuilt = false;
            if (each.mark == Mark::Dropped)
                tables_.emplace(table->name, node); // another may have its name by now
            else
                tables_[table->name] = node;
        }
    };
    addGroup(tr("Tables"), QStringLiteral("table"), [](const TablePtr &t) { return t->isBaseTable(); });
    addGroup(tr("Views"), QStringLiteral("view"), [](const TablePtr &t) { return t->isView(); });
    addGroup(tr("Shadow Tables"), QStringLiteral("table"),
             [](const TablePtr &t) { return t->kind == TableKind::Shadow; });
}

void SchemaModel::buildColumns(Node *node) const
{
    const Table &table = *node->table;
    const auto add = [&](const Table &of, const Column &column, Mark mark, const QString &was) {
        const QString icon = isInKey(of, column.name)       ? QStringLiteral("key")
                             : isReference(of, column.name) ? QStringLiteral("foreign-key")
                                                            : QStringLiteral("column");
        const QString detail = toQString(column.type.native.empty() ? genericName(column.type) : column.type.native);
        addNode(node, NodeKind::Column, toQString(column.name), was.isEmpty() ? detail : detail + u' ' + was, icon)
            ->mark = mark;
    };
    const Table *before = node->mark == Mark::Changed ? node->before.get() : nullptr;
    std::size_t old = 0; // columns of the database up to here are shown
    const auto addDropped = [&](std::size_t end) {
        for (; before && old < end; ++old)
            if (const Column &gone = before->columns[old];
                std::ranges::find(table.columns, gone.id, &Column::id) == table.columns.end())
                add(*before, gone, Mark::Dropped, {});
    };
    for (const Column &column : table.columns) {
        Mark mark = node->mark == Mark::Dropped ? Mark::Dropped : node->mark == Mark::New ? Mark::New : Mark::None;
        QString was;
        if (before) {
            const auto then = std::ranges::find(before->columns, column.id, &Column::id);
            addDropped(then == before->columns.end() ? before->columns.size()
                                                     : static_cast<std::size_t>(then - before->columns.begin()));
            mark = then == before->columns.end() ? Mark::New : *then == column ? Mark::None : Mark::Changed;
            if (mark == Mark::Changed && then->name != column.name)
                was = tr("was %1").arg(toQString(then->name));
        }
        add(table, column, mark, was);
    }
    addDropped(before ? before->columns.size() : 0);
}

void SchemaModel::build(Node *node) const
{
    const Table &table = *node->table;
    node->isBuilt = true;
    buildColumns(node);
    const Table *before = node->mark == Mark::Changed ? node->before.get() : nullptr;
    const auto section = [&](const QString &title, const QString &icon, const auto &now, const auto *then, auto make) {
        using Items = std::decay_t<decltype(now)>;
        Items gone;
        if (then)
            for (const auto &item : *then) {
                const bool isThere = std::ranges::any_of(now, [&](const auto &each) {
                    return each == item || (!nameOf(item).empty() && nameOf(each) == nameOf(item));
                });
                if (!isThere)
                    gone.push_back(item);
            }
        if (now.empty() && gone.empty())
            return;
        Node *list = addNode(node, NodeKind::Section, title, grouped(static_cast<std::int64_t>(now.size())), icon);
        for (const auto &item : now) {
            Mark mark = node->mark == Mark::Changed ? Mark::None : node->mark;
            if (then && std::ranges::find(*then, item) == then->end())
                mark =
                    std::ranges::any_of(
                        *then, [&](const auto &each) { return !nameOf(item).empty() && nameOf(each) == nameOf(item); })
                        ? Mark::Changed
                        : Mark::New;
            make(list, item)->mark = mark;
        }
        for (const auto &item : gone)
            make(list, item)->mark = Mark::Dropped;
    };
    // Primary key and unique constraints stand in one section.
    const auto keysOf = [](const Table &of) {
        std::vector<UniqueConstraint> keys;
        if (of.primaryKey) {
            UniqueConstraint primary;
            primary.name = of.primaryKey->name;
            primary.columns = of.primaryKey->columns;
            primary.options[std::string(primaryMark)] = "true";
            keys.push_back(std::move(primary));
        }
        keys.insert(keys.end(), of.uniques.begin(), of.uniques.end());
        return keys;
    };
    const auto keysBefore = before ? keysOf(*before) : std::vector<UniqueConstraint>();
    section(tr("Keys"), QStringLiteral("key"), keysOf(table), before ? &keysBefore : nullptr,
            [&](Node *list, const UniqueConstraint &key) {
                const bool isPrimary = key.options.contains(std::string(primaryMark));
                return addNode(list, isPrimary ? NodeKind::Key : NodeKind::Unique,
                               key.name    ? toQString(*key.name)
                               : isPrimary ? tr("primary key")
                                           : tr("unique"),
                               joined(key.columns), isPrimary ? QStringLiteral("key") : QStringLiteral("constraint"));
            });
    section(tr("Foreign Keys"), QStringLiteral("foreign-key"), table.foreignKeys,
            before ? &before->foreignKeys : nullptr, [&](Node *list, const ForeignKey &key) {
                return addNode(
                    list, NodeKind::ForeignKey, joined(key.columns),
                    QStringLiteral("→ %1 (%2)").arg(toQString(key.referred.name), joined(key.referredColumns)),
                    QStringLiteral("foreign-key"));
            });
    section(tr("Checks"), QStringLiteral("constraint"), table.checks, before ? &before->checks : nullptr,
            [&](Node *list, const CheckConstraint &check) {
                return addNode(list, NodeKind::Check, check.name ? toQString(*check.name) : tr("check"),
                               toQString(check.expression), QStringLiteral("constraint"));
            });
    section(tr("Indexes"), QStringLiteral("index"), table.indexes, before ? &before->indexes : nullptr,
            [&](Node *list, const Index &each) {
                return addNode(list, NodeKind::Index, toQString(each.name), indexDetail(each), QStringLiteral("index"));
            });
    section(tr("Triggers"), QStringLiteral("trigger"), table.triggers, before ? &before->triggers : nullptr,
            [&](Node *list, const Trigger &trigger) {
                return addNode(list, NodeKind::Trigger, toQString(trigger.name), {}, QStringLiteral("trigger"));
            });
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

QModelIndex SchemaModel::indexOf(const QualifiedName &table, const std::string &column) const
{
    const QModelIndex parent = indexOf(table);
    for (int row = 0; parent.isValid() && row < rowCount(parent); ++row) {
        const Node *node = nodeOf(parent)->children[static_cast<std::size_t>(row)].get();
        if (node->kind == NodeKind::Column && node->mark != Mark::Dropped && node->text == toQString(column))
            return index(row, 0, parent);
    }
    return {};
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
    case Qt::EditRole:
        return node->text;
    case MarkRole:
        return static_cast<int>(node->mark);
    case ProblemRole:
        return node->problem;
    case Qt::ToolTipRole:
        if (!node->problem.isEmpty())
            return tipText(node->text + QStringLiteral(": ") + node->problem);
        return tipText(node->detail.isEmpty() ? node->text : node->text + QStringLiteral("  ") + node->detail);
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

bool SchemaModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable))
        return false;
    const Node *node = nodeOf(index);
    if (value.toString().trimmed() == node->text)
        return true;
    Q_EMIT renameWanted(node->table->name, node->kind == NodeKind::Column ? node->text : QString(),
                        value.toString().trimmed());
    return true;
}

Qt::ItemFlags SchemaModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    const Node *node = nodeOf(index);
    if (!index.isValid() || !node->table)
        return flags;
    const bool isNamed = node->kind == NodeKind::Table || node->kind == NodeKind::Column;
    if (isEditable_ && isNamed && node->table->kind == TableKind::Table && node->mark != Mark::Dropped)
        flags |= Qt::ItemIsEditable;
    return flags | Qt::ItemIsDragEnabled;
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
