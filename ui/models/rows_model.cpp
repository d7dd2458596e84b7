#include "ui/models/rows_model.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

#include <algorithm>
#include <limits>
#include <set>

namespace schemawright::ui {

RowsModel::RowsModel(Workspace &workspace, TablePtr table, QObject *parent)
    : QAbstractTableModel(parent), workspace_(workspace), first_(workspace.firstName(table->name)),
      table_(std::move(table)), pages_(workspace)
{
    connect(&pages_, &RowPages::counted, this, &RowsModel::setBaseRows);
    connect(&pages_, &RowPages::pageTaken, this, &RowsModel::takePage);
    connect(&pages_, &RowPages::statusChanged, this, &RowsModel::statusChanged);
    takeDraft();
    restart();
    connect(&workspace, &Workspace::pendingChanged, this, &RowsModel::takePending);
    connect(&workspace, &Workspace::rowsChanged, this, &RowsModel::reload);
    connect(&workspace, &Workspace::metadataChanged, this, &RowsModel::takeSchema);
    connect(&workspace, &Workspace::structureCommitted, this, &RowsModel::takeNames);
}

/// Begins again with the same table, another sort or filter: nothing that is loaded fits any more.
void RowsModel::restart()
{
    beginResetModel();
    pages_.clear();
    baseRows_ = 0;
    newRows_ = newRowIds();
    endResetModel();
    reload();
}

void RowsModel::reload()
{
    if (table_->columns.empty()) // only its name is known yet
        return;
    if (isInDatabase_)
        pages_.read(table_, sort_, filter_);
    else
        pages_.readNothing();
}

void RowsModel::setFilter(const Expr &filter)
{
    filter_ = filter;
    restart();
}

void RowsModel::setSort(std::vector<SortColumn> sort)
{
    sort_ = std::move(sort);
    std::erase_if(sort_, [this](const SortColumn &by) { return !isInDatabase_ || !table_->column(by.column); });
    restart();
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, std::max(0, columnCount() - 1));
}

void RowsModel::takePage(qint64 first, qint64 count)
{
    // Until the rows are counted, what has come is what there is.
    if (!pages_.total() && (count < RowPager::pageSize || first + count > baseRows_))
        setBaseRows(first + count);
    if (count > 0 && first < baseRows_)
        Q_EMIT dataChanged(index(static_cast<int>(first), 0),
                           index(std::min(baseRows_, static_cast<int>(first + count)) - 1, columnCount() - 1));
    if (std::exchange(isFirst_, false))
        Q_EMIT firstRowsShown();
}

void RowsModel::setBaseRows(qint64 rows)
{
    const auto wanted = static_cast<int>(std::min<qint64>(rows, std::numeric_limits<int>::max() / 2));
    if (wanted > baseRows_) {
        beginInsertRows({}, baseRows_, wanted - 1);
        baseRows_ = wanted;
        endInsertRows();
    } else if (wanted < baseRows_) {
        beginRemoveRows({}, wanted, baseRows_ - 1);
        baseRows_ = wanted;
        endRemoveRows();
    }
}

void RowsModel::takePending()
{
    const TablePtr before = isInDatabase_ ? table_ : nullptr;
    const bool isStructure = workspace_.session().unitOfWork().tableRevision() != draftRevision_ && takeDraft();
    if (isStructure && isInDatabase_ && before && !(*before == *table_))
        restart(); // edits were laid upon a table that others have changed
    else if (isStructure) {
        beginResetModel(); // the rows are the same, so none is read again
        if (!isInDatabase_)
            baseRows_ = 0;
        endResetModel();
    }
    std::vector<ChangeId> now = newRowIds();
    if (now != newRows_) {
        // Rows come and go at any place (undo brings one back), but few at a time: take all out, put all in.
        if (!newRows_.empty()) {
            beginRemoveRows({}, baseRows_, baseRows_ + newRowCount() - 1);
            newRows_.clear();
            endRemoveRows();
        }
        if (!now.empty()) {
            beginInsertRows({}, baseRows_, baseRows_ + static_cast<int>(now.size()) - 1);
            newRows_ = std::move(now);
            endInsertRows();
        }
    }
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
        Q_EMIT headerDataChanged(Qt::Vertical, 0, rowCount() - 1);
    }
}

void RowsModel::takeSchema()
{
    const TablePtr before = table_;
    const bool wasInDatabase = isInDatabase_;
    const bool isOther = takeDraft();
    if (wasInDatabase != isInDatabase_ || !(*before == *table_))
        restart();
    else if (isOther) {
        beginResetModel();
        endResetModel();
    }
}

void RowsModel::takeNames(const std::map<QualifiedName, QualifiedName> &names)
{
    if (const auto now = names.find(first_); now != names.end() && !now->second.name.empty())
        first_ = now->second;
}

bool RowsModel::exists() const
{
    return workspace_.metadata().table(first_) || workspace_.session().draft().tableOf(first_);
}

bool RowsModel::takeDraft()
{
    const Draft &draft = workspace_.session().draft();
    draftRevision_ = workspace_.session().unitOfWork().tableRevision();
    const TablePtr inDatabase = workspace_.metadata().table(first_);
    const TablePtr later = draft.tableOf(first_);
    if (!inDatabase && !later) // undone, or dropped by others: what was shown stays until the page is closed
        return false;
    isInDatabase_ = inDatabase != nullptr;
    isDropped_ = !later;
    draft_ = later ? later : inDatabase;
    if (isInDatabase_)
        table_ = inDatabase;
    else {
        Table named = *draft_;
        named.name = first_;
        table_ = std::make_shared<const Table>(std::move(named));
    }
    std::vector<std::string> keys;
    std::vector<ShownColumn> columns = columnsOf(*draft_, keys);
    const bool isOther = columns != columns_ || keys != shown_;
    columns_ = std::move(columns);
    shown_ = std::move(keys);
    return isOther;
}

std::vector<RowsModel::ShownColumn> RowsModel::columnsOf(const Table &draft, std::vector<std::string> &keys) const
{
    std::vector<ShownColumn> columns;
    const auto show = [&](const Column &column, Mark mark, int read, const std::string &key) {
        columns.push_back({column, mark, read});
        keys.push_back(key);
    };
    std::set<std::string> shown;
    int read = 0;
    if (isInDatabase_)
        for (const Column &old : table_->columns) { // what is there keeps its place; new ones follow
            if (old.hidden)
                continue;
            const std::string name = isDropped_ ? old.name : workspace_.session().draft().columnOf(first_, old.name);
            const Column *now = name.empty() ? nullptr : draft.column(name);
            Column plain = now ? *now : old;
            plain.id = ColumnId::None;
            const Mark mark = !now || isDropped_ ? Mark::Dropped : plain == old ? Mark::None : Mark::Changed;
            show(plain, mark, read++, old.name);
            shown.insert(name);
        }
    for (const Column &column : draft.columns)
        if (!shown.contains(column.name) && !column.hidden)
            show(column, Mark::New, -1, column.name);
    return columns;
}

/// The table with the names under which cells are kept.
Table RowsModel::keyedTable() const
{
    Table keyed = *draft_;
    std::map<std::string, std::string> keys;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        if (columns_[i].mark != Mark::Dropped)
            keys[columns_[i].column.name] = shown_[i];
    for (Column &column : keyed.columns)
        if (const auto key = keys.find(column.name); key != keys.end())
            column.name = key->second;
    if (keyed.primaryKey)
        for (std::string &name : keyed.primaryKey->columns)
            if (const auto key = keys.find(name); key != keys.end())
                name = key->second;
    return keyed;
}

std::vector<ChangeId> RowsModel::newRowIds() const
{
    std::vector<ChangeId> ids;
    for (const Change *change : workspace_.session().newRows(first_))
        ids.push_back(change->id);
    return ids;
}

std::optional<RowTarget> RowsModel::target(int row) const
{
    if (!isNewRow(row))
        return pages_.target(row);
    const Change *change = changeOf(row);
    return change ? std::optional(change->row()) : std::nullopt;
}

int RowsModel::rowOf(const RowTarget &row) const
{
    if (row.isNew()) {
        const Change *change = workspace_.session().change(row);
        const auto added = change ? std::ranges::find(newRows_, change->id) : newRows_.end();
        return added == newRows_.end() ? -1 : baseRows_ + static_cast<int>(added - newRows_.begin());
    }
    const int found = pages_.rowOf(row);
    return found < baseRows_ ? found : -1;
}

const Change *RowsModel::changeOf(int row) const
{
    if (isNewRow(row)) {
        const auto at = static_cast<std::size_t>(row - baseRows_);
        return at < newRows_.size() ? workspace_.session().unitOfWork().find(newRows_[at]) : nullptr;
    }
    const auto known = pages_.target(row);
    return known ? workspace_.session().change(*known) : nullptr;
}

std::optional<RowImage> RowsModel::baselineRow(int row) const
{
    const std::vector<Value> *values = isNewRow(row) ? nullptr : pages_.row(row);
    if (!values)
        return std::nullopt;
    RowImage image;
    for (std::size_t i = 0; i < values->size(); ++i)
        image[pages_.columns()[i]] = (*values)[i];
    return image;
}

std::optional<RowImage> RowsModel::shownRow(int row) const
{
    std::optional<RowImage> image = isNewRow(row) ? RowImage() : baselineRow(row);
    if (const Change *change = changeOf(row); image && change && change->after)
        for (const auto &[column, cell] : *change->after)
            (*image)[column] = cell;
    return image;
}

Cell RowsModel::cell(int row, int column) const
{
    const std::string &name = shown_[static_cast<std::size_t>(column)];
    if (const Change *change = changeOf(row); change && change->after)
        if (const auto edited = change->after->find(name); edited != change->after->end())
            return edited->second;
    if (isNewRow(row)) {
        const Column *known = columnAt(column);
        const bool isLeftOut = known->defaultSql || known->generated || known->identity || known->autoincrement ||
                               !known->nullable ||
                               (draft_->primaryKey && draft_->primaryKey->columns == std::vector{known->name});
        return isLeftOut ? Cell(DefaultValue{}) : Cell(Value());
    }
    const int read = columns_[static_cast<std::size_t>(column)].read;
    if (read < 0) // a new column: what the database will put there
        return columnAt(column)->defaultSql || columnAt(column)->generated ? Cell(DefaultValue{}) : Cell(Value());
    const std::vector<Value> *values = pages_.row(row);
    return values ? Cell((*values)[static_cast<std::size_t>(read)]) : Cell(Value());
}

QString RowsModel::whyNotEditable(int row, int column) const
{
    if (workspace_.isReadOnly())
        return tr("The database is open read-only.");
    const Change *change = changeOf(row);
    if (change && change->isDelete())
        return tr("The row is to be deleted. Revert that to edit it.");
    if (isDropped_)
        return tr("The table is to be dropped.");
    if (columnMark(column) == Mark::Dropped)
        return tr("%1 is to be dropped.").arg(toQString(columnAt(column)->name));
    return toQString(workspace_.session().whyNotEditable(*draft_, columnAt(column)->name));
}

void RowsModel::setCell(int row, int column, const Cell &cell)
{
    const auto known = target(row);
    if (const QString why = whyNotEditable(row, column); !why.isEmpty() || !known)
        throw Error(ErrorKind::Unsupported, why.isEmpty() ? "the row is not loaded" : why.toStdString());
    workspace_.session().setCell(*known, shown_[static_cast<std::size_t>(column)], cell,
                                 baselineRow(row).value_or(RowImage()));
}

int RowsModel::addRow()
{
    if (isDropped_)
        throw Error(ErrorKind::Unsupported, tr("The table is to be dropped.").toStdString());
    workspace_.session().addRow(*draft_);
    return rowCount() - 1;
}

void RowsModel::addRow(const std::vector<std::pair<int, Cell>> &cells)
{
    if (isDropped_)
        throw Error(ErrorKind::Unsupported, tr("The table is to be dropped.").toStdString());
    Session &session = workspace_.session();
    const RowTarget row = session.addRow(*draft_);
    for (const auto &[column, cell] : cells) {
        if (const std::string why = session.whyNotEditable(*draft_, columnAt(column)->name); !why.empty())
            throw Error(ErrorKind::Unsupported, why);
        session.setCell(row, shown_[static_cast<std::size_t>(column)], cell, {});
    }
}

int RowsModel::duplicateRow(int row)
{
    const auto image = shownRow(row);
    if (!image || isDropped_)
        return -1;
    workspace_.session().duplicateRow(keyedTable(), *image);
    return rowCount() - 1;
}

void RowsModel::deleteRows(const std::vector<int> &rows)
{
    if (workspace_.isReadOnly())
        throw Error(ErrorKind::Permission, "the database is open read-only");
    if (isDropped_)
        throw Error(ErrorKind::Unsupported, tr("The table is to be dropped.").toStdString());
    std::vector<std::pair<RowTarget, RowImage>> all; // taken first: a new row that goes moves the others
    for (const int row : rows)
        if (const auto known = target(row))
            all.emplace_back(*known, baselineRow(row).value_or(RowImage()));
        else
            throw Error(ErrorKind::Unsupported, workspace_.session().identity(*table_).why);
    const UnitOfWork::Group group(workspace_.session().unitOfWork());
    for (const auto &[known, image] : all)
        workspace_.session().deleteRow(known, image);
}

void RowsModel::revertRows(const std::vector<int> &rows)
{
    std::vector<ChangeId> ids;
    for (const int row : rows)
        if (const Change *change = changeOf(row))
            ids.push_back(change->id);
    const UnitOfWork::Group group(workspace_.session().unitOfWork());
    for (const ChangeId id : ids)
        workspace_.session().unitOfWork().revert(id);
}

int RowsModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : baseRows_ + newRowCount(); }

int RowsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(shown_.size());
}

QVariant RowsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const int row = index.row();
    switch (role) {
    case RowStateRole: {
        const Change *change = changeOf(row);
        const RowState state = !change              ? RowState::Clean
                               : change->isInsert() ? RowState::Inserted
                               : change->isDelete() ? RowState::Deleted
                                                    : RowState::Updated;
        return static_cast<int>(state);
    }
    case IsEditedRole: {
        const Change *change = changeOf(row);
        return change && change->after && change->after->contains(shown_[static_cast<std::size_t>(index.column())]);
    }
    case ColumnMarkRole:
        return static_cast<int>(columnMark(index.column()));
    case HasErrorRole: {
        const Change *change = changeOf(row);
        return change && change->error;
    }
    case IsLoadedRole:
        return isNewRow(row) || pages_.row(row) != nullptr;
    case IsNumberRole: {
        const Cell shown = cell(row, index.column());
        const Value *value = std::get_if<Value>(&shown);
        if (!value || value->isNull()) // stands where a value would
            return columnAt(index.column())->type.isNumber();
        return value->is<std::int64_t>() || value->is<double>() || value->is<Decimal>();
    }
    case CellRole: {
        const Cell shown = cell(row, index.column());
        if (const Value *value = std::get_if<Value>(&shown))
            return QVariant::fromValue(*value);
        return {};
    }
    case CellKindRole:
        return static_cast<int>(cellText(cell(row, index.column()), 1).kind);
    case Qt::DisplayRole:
        if (!isNewRow(row) && !pages_.row(row))
            return QString(QChar(0x2026));
        return cellText(cell(row, index.column())).text;
    case Qt::ToolTipRole: {
        const Change *change = changeOf(row);
        if (change && change->error)
            return tipText(toQString(change->error->describe()));
        const Cell shown = cell(row, index.column());
        const CellText text = cellText(shown, 1000);
        return text.text.size() > 40 ? tipText(text.text) : QVariant();
    }
    default:
        return {};
    }
}

bool RowsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !index.isValid() || !value.canConvert<Value>())
        return false;
    try {
        setCell(index.row(), index.column(), value.value<Value>());
        return true;
    } catch (const Error &error) {
        workspace_.notify(error);
        return false;
    }
}

Qt::ItemFlags RowsModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags base = Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
    return whyNotEditable(index.row(), index.column()).isEmpty() ? base | Qt::ItemIsEditable : base;
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical) {
        if (role == Qt::DisplayRole)
            return isNewRow(section) ? QVariant(QStringLiteral("+")) : QVariant(grouped(section + 1));
        if (role == RowStateRole)
            return data(index(section, 0), RowStateRole);
        return {};
    }
    const Column *column = columnAt(section);
    switch (role) {
    case Qt::DisplayRole:
        return toQString(column->name);
    case ColumnMarkRole:
        return static_cast<int>(columnMark(section));
    case Qt::ToolTipRole: {
        QString tip = QStringLiteral("%1  %2").arg(toQString(column->name), toQString(column->type.native));
        if (columnMark(section) == Mark::New)
            tip += tr("\nnew");
        else if (columnMark(section) == Mark::Dropped)
            tip += tr("\nto be dropped");
        else if (const std::string &was = shown_[static_cast<std::size_t>(section)]; was != column->name)
            tip += tr("\nwas %1").arg(toQString(was));
        if (!column->nullable)
            tip += tr("\nnot null");
        if (column->defaultSql)
            tip += tr("\ndefault %1").arg(toQString(*column->defaultSql));
        if (column->generated)
            tip += tr("\ngenerated from %1").arg(toQString(column->generated->expression));
        return tipText(tip);
    }
    default:
        return {};
    }
}

} // namespace schemawright::ui
