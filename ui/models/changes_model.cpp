#include "ui/models/changes_model.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

#include <map>
#include <set>

namespace schemawright::ui {

struct ChangesModel::Node
{
    Kind kind = Kind::Table;
    QString what, before, after, tip;
    State state = State::None;
    ChangeId id = ChangeId::None;
    bool hasError = false;
    std::optional<Change> change; ///< until its cells are looked at
    std::vector<std::string> columnOrder;
    Node *parent = nullptr;
    int row = 0;
    std::vector<std::unique_ptr<Node>> children;
};

namespace {

ChangesModel::State stateOf(const Change &change)
{
    if (change.isTable() && (!change.tableBefore || !change.tableAfter))
        return change.tableAfter ? ChangesModel::State::Inserted : ChangesModel::State::Deleted;
    return change.isInsert()   ? ChangesModel::State::Inserted
           : change.isDelete() ? ChangesModel::State::Deleted
                               : ChangesModel::State::Updated;
}

/// The columns of an image in the order of the table.
std::vector<std::string> orderedColumns(const TablePtr &table, const RowImage &image)
{
    std::vector<std::string> columns;
    if (table)
        for (const schemawright::Column &column : table->columns)
            if (image.contains(column.name))
                columns.push_back(column.name);
    return columns;
}

/// "name = Ana, age = 5": the first few cells of a row.
QString summary(const RowImage &image, const std::vector<std::string> &columns)
{
    constexpr int shown = 4;
    QStringList parts;
    for (const std::string &column : columns) {
        if (parts.size() == shown) {
            parts << QString(QChar(0x2026));
            break;
        }
        parts << QStringLiteral("%1: %2").arg(toQString(column), cellText(image.at(column), 40).text);
    }
    return parts.join(QStringLiteral(", "));
}

} // namespace

QString rowTitle(const Change &change)
{
    if (change.isTable())
        return ChangesModel::tr("table %1").arg(toQString(change.table().name));
    if (change.isMapping())
        return ChangesModel::tr("model of %1").arg(toQString(change.table().name));
    const RowTarget &target = change.row();
    const QString table = toQString(target.table.name);
    if (target.isNew())
        return ChangesModel::tr("new %1 %2").arg(table).arg(target.newRow);
    QStringList values;
    for (const auto &[column, value] : target.key)
        values << cellText(value, 30).text;
    if (values.size() > 3)
        values = values.mid(0, 3) << QString(QChar(0x2026));
    return table + u' ' + values.join(QStringLiteral(", "));
}

ChangesModel::ChangesModel(QObject *parent) : QAbstractItemModel(parent), root_(std::make_unique<Node>()) {}

ChangesModel::~ChangesModel() = default;

ChangesModel::Node *ChangesModel::add(Node *parent, Kind kind) const
{
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->parent = parent;
    node->row = static_cast<int>(parent->children.size());
    parent->children.push_back(std::move(node));
    return parent->children.back().get();
}

void ChangesModel::addChange(Node *parent, const Session &session, const Change &change, const QString &prefix)
{
    Node *node = add(parent, Kind::Change);
    const TablePtr table = session.baseline().table(change.table());
    node->id = change.id;
    node->state = stateOf(change);
    node->hasError = change.error.has_value();
    node->what = prefix + rowTitle(change);
    node->change = change;
    if (!change.isRow()) {
        node->before = change.tableBefore ? toQString(change.tableBefore->name.name) : QString();
        node->after = change.tableAfter ? toQString(change.tableAfter->name.name) : QString();
        if (change.error)
            node->tip = toQString(change.error->describe());
        return;
    }
    const RowImage &image = change.after ? *change.after : *change.before;
    node->columnOrder = orderedColumns(table, image);
    if (change.isUpdate() && image.size() == 1) {
        node->what += QStringLiteral("  ") + toQString(image.begin()->first);
        node->before = cellText(change.before->begin()->second, 200).text;
        node->after = cellText(image.begin()->second, 200).text;
    } else if (change.isUpdate())
        node->after = tr("%1 columns").arg(image.size());
    else if (change.isInsert())
        node->after = summary(image, node->columnOrder);
    else
        node->before = summary(image, node->columnOrder);
    if (change.error)
        node->tip = toQString(change.error->describe());
}

void ChangesModel::setChanges(const Session &session, const Plan &plan)
{
    beginResetModel();
    root_ = std::make_unique<Node>();
    if (arrangement_ == Arrangement::ByTable) {
        std::map<QualifiedName, std::vector<const Change *>> byTable;
        for (const Change *change : session.unitOfWork().changes())
            byTable[change->table()].push_back(change);
        for (const auto &[name, changes] : byTable) {
            Node *table = add(root_.get(), Kind::Table);
            table->what = toQString(name.schema == session.baseline().defaultSchema ? name.name : name.text());
            table->after = changes.size() == 1 ? tr("1 change") : tr("%1 changes").arg(changes.size());
            for (const Change *change : changes)
                addChange(table, session, *change, {});
        }
    } else {
        int number = 0;
        std::set<ChangeId> planned;
        const auto addPlanned = [&](ChangeId id) {
            if (const Change *change = session.unitOfWork().find(id)) {
                addChange(root_.get(), session, *change, QStringLiteral("%1.  ").arg(number));
                planned.insert(id);
            }
        };
        for (const Step &step : plan.steps) {
            number += step.change != ChangeId::None;
            if (step.batch.empty())
                addPlanned(step.change);
            for (const BatchRow &row : step.batch) // one statement, so one number
                addPlanned(row.change);
        }
        // What cannot be planned must still be seen.
        for (const Change *change : session.unitOfWork().changes())
            if (!planned.contains(change->id))
                addChange(root_.get(), session, *change, QStringLiteral("–  "));
    }
    endResetModel();
}

/// The cells of a change, made when they are first looked at.
void ChangesModel::fillCells(Node *node) const
{
    if (!node->change)
        return;
    const Change change = *std::exchange(node->change, std::nullopt);
    if (change.isUpdate() && change.after->size() == 1)
        return;
    for (const std::string &column : node->columnOrder) {
        Node *cell = add(node, Kind::Cell);
        cell->id = node->id;
        cell->what = toQString(column);
        const auto textOf = [&](const std::optional<RowImage> &image) {
            if (!image || !image->contains(column))
                return QString();
            return cellText(image->at(column), 200).text;
        };
        cell->before = textOf(change.before);
        cell->after = textOf(change.after);
    }
}

QModelIndex ChangesModel::indexOf(ChangeId id) const
{
    const auto search = [&](const Node *parent, auto &&self) -> QModelIndex {
        for (const auto &child : parent->children) {
            if (child->kind == Kind::Change && child->id == id)
                return createIndex(child->row, 0, child.get());
            if (child->kind == Kind::Table)
                if (const QModelIndex found = self(child.get(), self); found.isValid())
                    return found;
        }
        return {};
    };
    return search(root_.get(), search);
}

ChangesModel::Node *ChangesModel::nodeOf(const QModelIndex &index) const
{
    return index.isValid() ? static_cast<Node *>(index.internalPointer()) : root_.get();
}

QModelIndex ChangesModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column < 0 || column >= ColumnCount || row >= rowCount(parent))
        return {};
    return createIndex(row, column, nodeOf(parent)->children[static_cast<std::size_t>(row)].get());
}

QModelIndex ChangesModel::parent(const QModelIndex &index) const
{
    Node *above = index.isValid() ? nodeOf(index)->parent : nullptr;
    return above && above != root_.get() ? createIndex(above->row, 0, above) : QModelIndex();
}

int ChangesModel::rowCount(const QModelIndex &parent) const
{
    if (parent.column() > 0)
        return 0;
    Node *node = nodeOf(parent);
    fillCells(node);
    return static_cast<int>(node->children.size());
}

int ChangesModel::columnCount(const QModelIndex &) const { return ColumnCount; }

QVariant ChangesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Node *node = nodeOf(index);
    switch (role) {
    case Qt::DisplayRole:
        return index.column() == WhatColumn ? node->what : index.column() == BeforeColumn ? node->before : node->after;
    case Qt::ToolTipRole:
        return node->tip.isEmpty() ? QVariant() : node->tip;
    case Qt::DecorationRole:
        if (index.column() != WhatColumn)
            return {};
        if (node->hasError)
            return theme().icon(QStringLiteral("error"));
        switch (node->state) {
        case State::Inserted:
            return theme().icon(QStringLiteral("insert"));
        case State::Updated:
            return theme().icon(QStringLiteral("update"));
        case State::Deleted:
            return theme().icon(QStringLiteral("delete"));
        case State::None:
            return node->kind == Kind::Table ? theme().icon(QStringLiteral("table")) : QVariant();
        }
        return {};
    case Qt::ForegroundRole:
        if (node->hasError)
            return theme().colors().error;
        if (node->kind == Kind::Table && index.column() == AfterColumn)
            return theme().colors().mutedText;
        if (index.column() == BeforeColumn)
            return theme().colors().mutedText;
        return {};
    case KindRole:
        return static_cast<int>(node->kind);
    case ChangeIdRole:
        return QVariant::fromValue(static_cast<quint64>(node->id));
    case StateRole:
        return static_cast<int>(node->state);
    case HasErrorRole:
        return node->hasError;
    default:
        return {};
    }
}

QVariant ChangesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == WhatColumn ? tr("Change") : section == BeforeColumn ? tr("Before") : tr("After");
}

} // namespace schemawright::ui
