#include "ui/models/dependent_changes.h"

#include <algorithm>
#include <set>

namespace schemawright::ui {

namespace {

const Value *valueOf(const RowImage &row, const std::string &column)
{
    const auto cell = row.find(column);
    return cell == row.end() ? nullptr : std::get_if<Value>(&cell->second);
}

/// True when the row `child` refers to `parent` by one of the keys of its table.
bool refers(const MetaData &metadata, const QualifiedName &childTable, const RowImage &child,
            const QualifiedName &parentTable, const RowImage &parent)
{
    const TablePtr table = metadata.table(childTable);
    if (!table)
        return false;
    return std::ranges::any_of(table->foreignKeys, [&](const ForeignKey &key) {
        const TablePtr referred = metadata.table(key.referred);
        if (!referred || referred->name != parentTable || key.columns.empty())
            return false;
        for (std::size_t i = 0; i < key.columns.size() && i < key.referredColumns.size(); ++i) {
            const Value *here = valueOf(child, key.columns[i]), *there = valueOf(parent, key.referredColumns[i]);
            if (!here || !there || here->isNull() || *here != *there)
                return false;
        }
        return true;
    });
}

bool rowNeedsTable(const Change &row, const Change &table)
{
    if (!row.isRow() || !row.after || row.table() != table.table() || !table.tableAfter)
        return false;
    if (!table.tableBefore)
        return true;
    return std::ranges::any_of(*row.after, [&](const auto &cell) { return !table.tableBefore->column(cell.first); });
}

/// The table has a column of the new type, or a default that names the new sequence or function.
bool tableNeedsObject(const Table &table, const QualifiedName &object)
{
    return std::ranges::any_of(table.columns, [&](const Column &column) {
        std::string type = column.type.name;
        std::erase(type, '"');
        return type == object.name || type == object.text() ||
               (column.defaultSql && column.defaultSql->find(object.name) != std::string::npos);
    });
}

bool needs(const MetaData &metadata, const Change &change, const Change &other)
{
    if (other.isTable()) {
        if (rowNeedsTable(change, other))
            return true;
        const bool isNew = !other.tableBefore && other.tableAfter;
        if (isNew && change.isMapping())
            return change.table() == other.table();
        return isNew && change.isTable() && change.tableAfter &&
               std::ranges::any_of(change.tableAfter->foreignKeys,
                                   [&](const ForeignKey &key) { return key.referred == other.tableAfter->name; });
    }
    if (other.isObject())
        return !other.objectBefore && change.tableAfter && tableNeedsObject(*change.tableAfter, other.table());
    if (!other.isRow() || !change.isRow())
        return false;
    if (other.isInsert()) {
        if (!change.after)
            return false;
        const bool takesKey = std::ranges::any_of(*change.after, [&](const auto &cell) {
            const auto *key = std::get_if<KeyOf>(&cell.second);
            return key && key->row == other.row().newRow;
        });
        return takesKey || refers(metadata, change.table(), *change.after, other.table(), *other.after);
    }
    // A child that stays keeps its parent.
    return other.isDelete() && change.isDelete() &&
           refers(metadata, other.table(), *other.before, change.table(), *change.before);
}

} // namespace

std::vector<ChangeId> dependentChanges(const Session &session, ChangeId id)
{
    const auto all = session.unitOfWork().changes();
    std::set<ChangeId> found{id};
    std::vector<const Change *> open;
    if (const Change *first = session.unitOfWork().find(id))
        open.push_back(first);
    while (!open.empty()) {
        const Change *other = open.back();
        open.pop_back();
        if (other->isUpdate()) // nothing is built on the new values of a row alone
            continue;
        for (const Change *change : all)
            if (!found.contains(change->id) && needs(session.baseline(), *change, *other)) {
                found.insert(change->id);
                open.push_back(change);
            }
    }
    found.erase(id);
    return {found.begin(), found.end()};
}

} // namespace schemawright::ui
