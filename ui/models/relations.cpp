#include "ui/models/relations.h"

#include "ui/adapt/text.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace schemawright::ui {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Relation", text); }

using Cells = std::vector<std::pair<std::string, Value>>;

QString condition(const std::string &column, const Value &value)
{
    QString name = toQString(column), text = toQString(value.text());
    name.replace(u'"', QStringLiteral("\"\""));
    if (value.isNull())
        return QStringLiteral("\"%1\" is null").arg(name);
    text.replace(u'\'', QStringLiteral("''"));
    return u'"' + name + QStringLiteral("\" = '") + text + u'\'';
}

QString conditions(const Cells &cells)
{
    QStringList all;
    for (const auto &[column, value] : cells)
        all << condition(column, value);
    return all.join(QStringLiteral(" and "));
}

const Value *valueOf(const RowImage &row, const std::string &column)
{
    const auto cell = row.find(column);
    return cell == row.end() ? nullptr : std::get_if<Value>(&cell->second);
}

const KeyOf *keyOf(const RowImage &row, const std::string &column)
{
    const auto cell = row.find(column);
    return cell == row.end() ? nullptr : std::get_if<KeyOf>(&cell->second);
}

/// The row's values under the names that they have on the other side; nothing when one is missing or NULL.
std::optional<Cells> valuesThere(const Relation &relation, const RowImage &row)
{
    Cells cells;
    for (const auto &[here, there] : relation.columns) {
        const Value *value = valueOf(row, here);
        if (!value || value->isNull())
            return std::nullopt;
        cells.emplace_back(there, *value);
    }
    return cells;
}

bool holds(const RowImage &row, const Cells &cells)
{
    return std::ranges::all_of(cells, [&](const auto &cell) {
        const Value *value = valueOf(row, cell.first);
        return value && *value == cell.second;
    });
}

/// A pending row with its edits laid over what is known of it.
RowImage shownImage(const Change &change)
{
    RowImage image = change.base;
    if (change.after)
        for (const auto &[column, cell] : *change.after)
            image[column] = cell;
    return image;
}

bool touches(const Change &change, const Cells &cells)
{
    return change.after &&
           std::ranges::any_of(cells, [&](const auto &cell) { return change.after->contains(cell.first); });
}

QString whyNoValue(const Relation &relation, const RowImage &row)
{
    for (const auto &[here, there] : relation.columns) {
        const Value *value = valueOf(row, here);
        if (!value)
            return tr("%1 is not set yet").arg(toQString(here));
        if (value->isNull())
            return tr("%1 is NULL").arg(toQString(here));
    }
    return {};
}

RelatedRows followToParent(const Relation &relation, const Session &session, const RowImage &shown)
{
    RelatedRows found;
    for (const auto &[here, there] : relation.columns)
        if (const KeyOf *key = keyOf(shown, here)) {
            found.newRow = RowTarget{relation.table, {}, key->row};
            if (!session.change(*found.newRow))
                found.whyNot = tr("the new row is not there any more");
            return found;
        }
    const auto wanted = valuesThere(relation, shown);
    if (!wanted) {
        found.whyNot = whyNoValue(relation, shown);
        return found;
    }
    Cells inDatabase = *wanted;
    for (const Change *change : session.unitOfWork().changes()) {
        if (!change->isRow() || change->table() != relation.table || !touches(*change, *wanted) ||
            !holds(shownImage(*change), *wanted))
            continue;
        if (change->isInsert()) {
            found.newRow = change->row();
            return found;
        }
        for (auto &[column, value] : inDatabase) // the filter is asked of the database, which has the old key
            if (const Value *old = valueOf(change->base, column))
                value = *old;
    }
    found.filter = conditions(inDatabase);
    return found;
}

RelatedRows followToChildren(const Relation &relation, const Session &session, const std::optional<RowTarget> &row,
                             const RowImage &inDatabase, const RowImage &shown)
{
    RelatedRows found;
    std::vector<Cells> keys;
    for (const RowImage *image : {&inDatabase, &shown})
        if (auto cells = valuesThere(relation, *image); cells && std::ranges::find(keys, *cells) == keys.end())
            keys.push_back(std::move(*cells));
    QStringList alternatives;
    for (const Cells &cells : keys)
        alternatives << conditions(cells);
    constexpr qsizetype most = 50; // a filter that can still be read
    for (const Change *change : session.unitOfWork().changes()) {
        if (!change->isRow() || change->table() != relation.table || !change->after || alternatives.size() > most)
            continue;
        const RowImage image = shownImage(*change);
        const bool refers =
            std::ranges::any_of(keys,
                                [&](const Cells &cells) { return touches(*change, cells) && holds(image, cells); }) ||
            (row && row->isNew() && std::ranges::any_of(relation.columns, [&](const auto &pair) {
                 const KeyOf *key = keyOf(image, pair.second);
                 return key && key->row == row->newRow;
             }));
        if (!refers)
            continue;
        if (change->isUpdate())
            alternatives << filterFor(change->row());
        else if (keys.empty() && !found.newRow)
            found.newRow = change->row();
    }
    if (alternatives.isEmpty() && !found.newRow)
        found.whyNot = row && row->isNew() ? tr("nothing refers to the new row yet") : whyNoValue(relation, shown);
    if (alternatives.size() == 1)
        found.filter = alternatives.front();
    else if (!alternatives.isEmpty())
        found.filter = u'(' + alternatives.join(QStringLiteral(") or (")) + u')';
    return found;
}

} // namespace

QString Relation::title() const
{
    QStringList names;
    for (const auto &[here, there] : columns)
        names << toQString(direction == Direction::Parent ? here : there);
    return tr("%1 by %2").arg(toQString(table.name), names.join(QStringLiteral(", ")));
}

bool Relation::uses(const std::string &column) const
{
    return std::ranges::any_of(columns, [&](const auto &pair) { return pair.first == column; });
}

std::vector<Relation> relationsOf(const MetaData &metadata, const Table &table)
{
    std::vector<Relation> relations;
    const auto add = [&](Relation::Direction direction, const QualifiedName &name, const ForeignKey &key) {
        Relation relation{direction, name, {}};
        for (std::size_t i = 0; i < key.columns.size() && i < key.referredColumns.size(); ++i)
            if (direction == Relation::Direction::Parent)
                relation.columns.emplace_back(key.columns[i], key.referredColumns[i]);
            else
                relation.columns.emplace_back(key.referredColumns[i], key.columns[i]);
        if (!relation.columns.empty())
            relations.push_back(std::move(relation));
    };
    for (const ForeignKey &key : table.foreignKeys)
        if (const TablePtr parent = metadata.table(key.referred))
            add(Relation::Direction::Parent, parent->name, key);
    for (const auto &[child, key] : metadata.referencesTo(table.name))
        add(Relation::Direction::Children, child->name, *key);
    return relations;
}

RelatedRows follow(const Relation &relation, const Session &session, const std::optional<RowTarget> &row,
                   const RowImage &inDatabase, const RowImage &shown)
{
    return relation.direction == Relation::Direction::Parent
               ? followToParent(relation, session, shown)
               : followToChildren(relation, session, row, inDatabase, shown);
}

QString filterFor(const RowTarget &row) { return conditions({row.key.begin(), row.key.end()}); }

} // namespace schemawright::ui
