// How an ObjectSession removes rows: what refers to others before them.

#include "schemawright/base/topological.h"
#include "schemawright/orm/object_cell.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace schemawright {

using detail::Undo;

void ObjectSession::deleteRemoved()
{
    std::vector<Record *> gone;
    for (Record *record : std::exchange(removed_, {}))
        if (record->state == ObjectState::Deleted && record->held)
            gone.push_back(record);
    if (gone.empty())
        return;
    std::map<const EntityMap *, std::size_t> places;
    for (const EntityMap *entity : mappings_.sorted())
        places.emplace(entity, places.size());
    std::ranges::sort(gone, std::greater(), [&](const Record *record) { // children before their parents
        return std::pair(places.at(&record->entity()), record->order);
    });
    std::unordered_map<const Record *, std::size_t> indexes;
    for (std::size_t i = 0; i < gone.size(); ++i)
        indexes.emplace(gone[i], i);
    // By what their rows refer to, whatever the objects say by now.
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    std::vector<std::size_t> relationOf; // of each edge
    for (std::size_t i = 0; i < gone.size(); ++i)
        for (std::size_t r = 0; r < gone[i]->entity().relations.size(); ++r)
            if (const auto at = indexes.find(referredByRow(*gone[i], r)); at != indexes.end() && at->second != i) {
                edges.emplace_back(i, at->second);
                relationOf.push_back(r);
            } else if (at != indexes.end() && connection_.dialect().capabilities().checksKeysByRow)
                emptyReference(*gone[i], r);
    std::vector<std::size_t> order(gone.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (!edges.empty()) {
        order = topologicalSort(gone.size(), edges).order;
        std::vector<std::size_t> place(order.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            place[order[i]] = i;
        for (std::size_t i = 0; i < edges.size(); ++i)
            if (place[edges[i].first] > place[edges[i].second]) // a ring
                emptyReference(*gone[edges[i].first], relationOf[i]);
    }
    for (Record *record : gone)
        for (const auto &event : record->entity().beforeDelete)
            event(record->held.get());
    std::vector<std::vector<Record *>> runs;
    for (const std::size_t at : order) {
        if (runs.empty() || runs.back().front()->layout != gone[at]->layout)
            runs.emplace_back();
        runs.back().push_back(gone[at]);
    }
    for (const auto &run : runs) // either end of an association may come first
        deleteLinks(*run.front()->layout, run);
    for (const auto &run : runs)
        deleteRows(*run.front()->layout, run);
}

/// The record that a row refers to by a many-to-one, if the session knows it.
ObjectSession::Record *ObjectSession::referredByRow(const Record &record, std::size_t index)
{
    const Relation &relation = record.entity().relations[index];
    if (relation.kind != Relation::Kind::ManyToOne)
        return nullptr;
    std::vector<Value> key;
    for (const std::size_t column : record.layout->relationColumns[index])
        if (key.push_back(record.image.has(column) ? record.image.value(column) : Value()); key.back().isNull())
            return nullptr;
    const Layout &target = layoutOf(*relation.other);
    return target.identity->find(keyOf(target, key));
}

/// NULL where a row refers to another that goes with it; where it cannot be NULL the database has the word.
void ObjectSession::emptyReference(const Record &record, std::size_t index)
{
    const Layout &layout = *record.layout;
    for (const std::size_t column : layout.relationColumns[index]) {
        const EntityMap::Part &part = layout.entity->parts[layout.columns[column].part];
        if (!part.table->column(layout.columns[column].name)->nullable)
            continue;
        std::vector<Expr> match;
        for (std::size_t k = 0; k < part.keyColumns.size(); ++k)
            match.push_back(schemawright::column(part.table, part.keyColumns[k]) ==
                            bind(record.image.value(layout.keyColumns[k])));
        connection_.execute(schemawright::update(part.table)
                                .set(layout.columns[column].name, bind(Value()))
                                .where(and_(std::move(match))));
    }
}

/// DELETE of the rows of one table with the keys of these records; the number of rows for each.
RowsDone ObjectSession::deleteByKeys(Layout &layout, const std::vector<Record *> &records, const TablePtr &table,
                                     const std::vector<std::string> &columns, bool checksVersion)
{
    const EntityMap &entity = *layout.entity;
    const std::size_t width = layout.keyColumns.size();
    RowBatch keys; // and versions
    keys.start(layout.updateHeads);
    for (const Record *record : records) {
        for (const std::size_t key : layout.keyColumns)
            keys.addCell(record->image.rows(), record->image.row(), record->image.cell(key));
        if (checksVersion)
            keys.addCell(record->image.rows(), record->image.row(),
                         record->image.cell(layout.fieldColumns[*entity.version]));
        for (std::size_t i = width + checksVersion; i < layout.updateHeads->size(); ++i)
            keys.addNull();
    }
    std::vector<Expr> match;
    for (const std::string &column : columns)
        match.push_back(schemawright::column(table, column) == bind(Value(0)));
    if (checksVersion)
        match.push_back(schemawright::column(table, entity.fields[*entity.version].column) == bind(Value(0)));
    std::vector<std::size_t> cells(match.size());
    std::iota(cells.begin(), cells.end(), std::size_t{0});
    const std::string sql = connection_.dialect().compile(delete_(table).where(and_(std::move(match)))).sql;
    return connection_.executeEach(sql, {keys, cells, 0, records.size()});
}

void ObjectSession::deleteLinks(Layout &layout, const std::vector<Record *> &records)
{
    for (const Relation &relation : layout.entity->relations)
        if (relation.kind == Relation::Kind::ManyToMany && !relation.isViewOnly)
            deleteByKeys(layout, records, relation.association, relation.columns, false);
}

void ObjectSession::deleteRows(Layout &layout, const std::vector<Record *> &records)
{
    const EntityMap &entity = *layout.entity;
    for (std::size_t part = entity.parts.size(); part-- > 0;)
        for (const std::int64_t affected : deleteByKeys(layout, records, entity.parts[part].table,
                                                        entity.parts[part].keyColumns, entity.version && part == 0)
                                               .affected)
            if (affected == 0 || affected > 1)
                throw detail::staleRow(entity);
    std::vector<Image> gone;
    for (Record *record : records) {
        gone.push_back(record->image);
        noteDeleted(*record);
    }
    goneWith(layout, gone);
}

/// Its row is gone.
void ObjectSession::noteDeleted(Record &record)
{
    identityOf(record.entity()).erase(keyOf(*record.layout, record.image), &record);
    auto more = std::make_unique<Undo::More>();
    more->object = std::exchange(record.held, nullptr);
    for (const auto &event : record.entity().afterDelete)
        event(more->object.get());
    undo_.push_back({Undo::What::Delete, &record, std::move(more)});
}

} // namespace schemawright
