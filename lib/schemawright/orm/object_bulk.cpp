// How an ObjectSession writes many rows without their objects: by keys, or by a condition.

#include "schemawright/orm/object_cell.h"
#include "schemawright/orm/object_read.h"

#include <algorithm>
#include <ranges>

namespace schemawright {

using detail::Undo;

void ObjectSession::insertPlain(const EntityMap &entity, const std::vector<const void *> &objects)
{
    autoflush();
    ensureTransaction();
    Layout &layout = layoutOf(entity);
    std::vector<Cell> cells;
    const std::size_t atOnce = rowsAtOnce(layout);
    const auto omittedOf = [&](const void *object) {
        std::string omitted(layout.defaultKeys.empty() ? 0 : layout.columns.size(), '0');
        for (const std::size_t column : layout.defaultKeys)
            if (isToBeMade(layout, object, column))
                omitted[column] = '1';
        return omitted;
    };
    for (std::size_t start = 0; start < objects.size();) {
        const auto isKeyed = [&](const void *object) { return !layout.generatedKey || hasKey(layout, object); };
        const bool keyed = isKeyed(objects[start]);
        const std::string omitted = omittedOf(objects[start]);
        RowBatch rows;
        rows.start(layout.heads);
        for (; start < objects.size() && rows.rowCount() < atOnce && isKeyed(objects[start]) == keyed &&
               omittedOf(objects[start]) == omitted;
             ++start) {
            Record record;
            record.layout = &layout;
            record.address = objects[start];
            record.related.resize(entity.relations.size());
            mustHaveKey(record);
            if (layout.hasManyToOne)
                sourcesOf(record, cells);
            append(rows, record, nullptr, cells);
        }
        insertRows(layout, rows, keyed, omitted);
    }
}

void ObjectSession::updatePlain(const EntityMap &entity, const std::vector<const void *> &objects)
{
    autoflush();
    ensureTransaction();
    Layout &layout = layoutOf(entity);
    std::string changed(layout.columns.size(), '0');
    for (std::size_t i = 0; i < changed.size(); ++i)
        if (layout.columns[i].field != Layout::none && !layout.columns[i].isReadOnly && i < layout.eager &&
            std::ranges::find(layout.keyColumns, i) == layout.keyColumns.end())
            changed[i] = '1';
    RowBatch rows;
    rows.start(layout.updateHeads);
    std::vector<Record *> known;
    for (const void *object : objects) {
        Record record;
        record.layout = &layout;
        record.address = object;
        record.related.resize(entity.relations.size());
        std::vector<Cell> cells(layout.columns.size());
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (layout.columns[i].field == Layout::none)
                cells[i].from = Cell::From::Null;
        const std::size_t row = rows.rowCount();
        append(rows, record, nullptr, cells);
        for (const std::size_t key : entity.key)
            entity.fields[key].access->append(object, rows);
        if (entity.version) {
            const FieldAccess &version = *entity.fields[*entity.version].access;
            version.append(object, rows);
            rows.setInteger(row, layout.fieldColumns[*entity.version], version.get(object).get<std::int64_t>() + 1);
        } else
            rows.addNull();
        if (Record *mine = identityOf(entity).find(keyOf(layout, keyValues(layout, object))))
            known.push_back(mine);
    }
    writeParts(layout, changed, rows);
    refreshRecords(layout, known);
}

/// The keys of the rows that match, whatever tables their columns stand in.
std::vector<std::vector<Value>> ObjectSession::matchingKeys(const EntityMap &entity, const Expr &where)
{
    detail::QueryParts parts;
    parts.entity = &entity;
    parts.where = where;
    std::vector<Expr> keys;
    for (const std::string &key : entity.parts.front().keyColumns)
        keys.push_back(Source(entity.parts.front().table)[key]);
    const Reading reading = readingOf(layoutOf(entity), true); // the condition may be on what derives from it
    Result result =
        connection_.execute(filtered(entity, parts, schemawright::select(std::move(keys)).from(reading.source)));
    std::vector<std::vector<Value>> found;
    for (RowBatch rows; result.fetch(rows);)
        for (std::size_t row = 0; row < rows.rowCount(); ++row)
            found.push_back(rows.row(row));
    return found;
}

/// Runs a statement for the rows of these keys in one table, some hundreds at once; the number of rows.
std::int64_t ObjectSession::forKeys(const EntityMap::Part &part, const std::vector<std::vector<Value>> &keys,
                                    const std::function<Result(const Expr &)> &run)
{
    std::vector<Expr> columns;
    for (const std::string &key : part.keyColumns)
        columns.push_back(Source(part.table)[key]);
    std::int64_t affected = 0;
    for (std::size_t start = 0; start < keys.size(); start += mostInList) {
        std::vector<Expr> wanted;
        for (std::size_t i = start; i < std::min(keys.size(), start + mostInList); ++i) {
            std::vector<Expr> values;
            for (const Value &value : keys[i])
                values.push_back(bind(value));
            wanted.push_back(oneOrTuple(std::move(values)));
        }
        affected += run(in(oneOrTuple(columns), std::move(wanted))).affectedRows();
    }
    return affected;
}

std::vector<ObjectSession::Record *> ObjectSession::recordsOf(const EntityMap &entity,
                                                              const std::vector<std::vector<Value>> &keys)
{
    std::vector<Record *> records;
    const Layout &layout = layoutOf(entity);
    for (const std::vector<Value> &key : keys)
        if (Record *record = layout.identity->find(keyOf(layout, key)))
            records.push_back(record);
    return records;
}

std::int64_t ObjectSession::updateWhere(const EntityMap &entity, const Expr &where,
                                        const std::vector<Assignment> &given)
{
    autoflush();
    ensureTransaction();
    const std::vector<std::vector<Value>> keys = matchingKeys(entity, where);
    const std::vector<Record *> records = recordsOf(entity, keys);
    std::int64_t affected = 0;
    std::vector<Assignment> values = given;
    if (entity.version) {
        const MappedField &version = entity.fields[*entity.version];
        const Expr column = Source(entity.parts[version.part].table)[version.column];
        if (std::ranges::find(values, version.column, &Assignment::first) == values.end())
            values.emplace_back(version.column, column + 1);
    }
    if (entity.parts.size() == 1 && !entity.base && entity.subtypes.empty())
        affected = connection_.execute(schemawright::update(entity.table()).set(values).where(where)).affectedRows();
    else {
        for (const EntityMap::Part &part : entity.parts) {
            std::vector<Assignment> own;
            for (const Assignment &each : values)
                if (&entity.parts[entity.partOf(each.first)] == &part)
                    own.push_back(each);
            if (!own.empty())
                affected =
                    std::max(affected, forKeys(part, keys, [&](const Expr &match) {
                                 return connection_.execute(schemawright::update(part.table).set(own).where(match));
                             }));
        }
    }
    std::map<Layout *, std::vector<Record *>> byLayout;
    for (Record *record : records)
        byLayout[record->layout].push_back(record);
    for (const auto &[layout, all] : byLayout)
        refreshRecords(*layout, all, true);
    return affected;
}

std::int64_t ObjectSession::deleteWhere(const EntityMap &entity, const Expr &where)
{
    autoflush();
    ensureTransaction();
    const std::vector<std::vector<Value>> keys = matchingKeys(entity, where);
    const std::vector<Record *> records = recordsOf(entity, keys);
    std::int64_t affected = 0;
    if (entity.parts.size() == 1 && !entity.base && entity.subtypes.empty())
        affected = connection_.execute(delete_(entity.table()).where(where)).affectedRows();
    else {
        // What derives from it has rows of its own that go first.
        std::vector<const EntityMap::Part *> parts;
        const auto note = [&](const EntityMap &each) {
            for (const EntityMap::Part &part : each.parts)
                if (std::ranges::find(parts, part.table, &EntityMap::Part::table) == parts.end())
                    parts.push_back(&part);
        };
        note(entity);
        for (const EntityMap *subtype : entity.subtypes)
            note(*subtype);
        for (const EntityMap::Part *part : parts | std::views::reverse)
            affected = forKeys(
                *part, keys, [&](const Expr &match) { return connection_.execute(delete_(part->table).where(match)); });
    }
    std::map<Layout *, std::vector<Image>> gone;
    for (Record *record : records) {
        gone[record->layout].push_back(record->image);
        noteGone(*record);
    }
    for (const auto &[layout, rows] : gone)
        goneWith(*layout, rows);
    if (!gone.empty())
        leaveLists();
    return affected;
}

} // namespace schemawright
