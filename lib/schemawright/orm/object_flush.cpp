// How an ObjectSession finds what differs and writes it: the course of a flush, and rows changed.

#include "schemawright/orm/object_cell.h"

#include <algorithm>

namespace schemawright {

using detail::Undo;

void ObjectSession::ensureTransaction()
{
    if (within_ && !connection_.inTransaction()) // the program has ended it
        within_.reset();
    if (transaction_ || within_)
        return;
    if (!connection_.inTransaction())
        transaction_.emplace(connection_.begin());
    else if (connection_.dialect().capabilities().savepoints)
        within_.emplace(connection_.savepoint());
}

void ObjectSession::autoflush()
{
    if (!isFlushing_ && autoflushOff_ == 0)
        flush();
}

void ObjectSession::flush()
{
    if (isFlushing_)
        return;
    sweep();
    isFlushing_ = true;
    try {
        synchronize();
        std::vector<Record *> dirty = dirtyRecords();
        if (hasRelations_ || !dirty.empty() || !new_.empty() || !removed_.empty()) {
            ensureTransaction();
            const bool hasWork = !dirty.empty() || !new_.empty() || !removed_.empty();
            if (hasWork && !beforeFlush.empty()) {
                for (const auto &event : beforeFlush)
                    event(*this);
                synchronize();
                dirty = dirtyRecords();
            }
            std::vector<Record *> added;
            if (hasRelations_)
                added = new_;
            if (mustOrder(dirty))
                flushByPlan(dirty);
            else {
                std::size_t given = 0;
                const std::vector<Record *> records = prepareNew(given);
                detachFromRemoved(dirty); // nobody refers to what goes
                deleteAssociations();
                if (!removed_.empty()) {
                    deleteRemoved(); // before others take its unique values
                    leaveLists();
                }
                insertNew(records, given);
                for (Record *record : added)
                    if (record->refersToNew)
                        dirty.push_back(record);
                updateRecords(dirty);
                insertAssociations();
                keepRelations();
            }
            for (Record *record : std::exchange(moved_, {}))
                if (record->state == ObjectState::Persistent)
                    record->held.reset();
            for (Record *record : added)
                record->isFlushed = false;
            if (hasWork)
                for (const auto &event : afterFlush)
                    event(*this);
        }
    } catch (...) {
        isFlushing_ = false;
        takeBackFlush();
        throw;
    }
    isFlushing_ = false;
}

/// Says for each column where its value comes from; true when something is referred to that has no key yet.
bool ObjectSession::sourcesOf(const Record &record, std::vector<Cell> &cells) const
{
    const Layout &layout = *record.layout;
    bool refersToNew = false;
    cells.assign(layout.columns.size(), Cell());
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (layout.columns[i].field == Layout::none)
            cells[i].from = i == layout.discriminator ? Cell::From::Fixed
                            : record.isRow()          ? Cell::From::Old
                                                      : Cell::From::Null;
    const auto &relations = layout.entity->relations;
    // What refers to nothing empties only columns that no member has; what refers to something has the last word.
    for (std::size_t i = 0; i < relations.size(); ++i)
        if (relations[i].kind == Relation::Kind::ManyToOne && !relations[i].isViewOnly && record.related[i].isLoaded &&
            relations[i].access->isKnown(record.address) && relations[i].access->size(record.address) == 0)
            for (const std::size_t column : layout.relationColumns[i])
                if (layout.columns[column].field == Layout::none)
                    cells[column].from = Cell::From::Null;
    for (std::size_t i = 0; i < relations.size(); ++i) {
        if (relations[i].kind != Relation::Kind::ManyToOne || relations[i].isViewOnly ||
            relations[i].access->size(record.address) == 0)
            continue;
        const Record *other = recordOf(relations[i].access->at(record.address, 0));
        const bool hasKey = other && other->isRow();
        refersToNew = refersToNew || !hasKey;
        for (std::size_t k = 0; k < layout.relationColumns[i].size(); ++k) {
            const std::size_t column = layout.relationColumns[i][k];
            if (!other)
                cells[column].from = Cell::From::Unknown;
            else if (hasKey)
                cells[column] = {Cell::From::Key, &other->image, other->layout->keyColumns[k]};
            else if (layout.columns[column].field == Layout::none)
                cells[column].from = Cell::From::Null;
        }
    }
    return refersToNew;
}

/// Whether an object holds something else than its row. `changed` gets a 1 or 0 for each column.
bool ObjectSession::differs(const Record &record, const void *object, std::vector<Cell> &cells,
                            std::string *changed) const
{
    const Layout &layout = *record.layout;
    const Image &image = record.image;
    bool any = layout.hasManyToOne && sourcesOf(record, cells);
    if (changed)
        changed->assign(layout.columns.size(), '0');
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const Layout::Column &column = layout.columns[i];
        const FieldAccess *access =
            column.field == Layout::none ? nullptr : layout.entity->fields[column.field].access.get();
        bool differs = false;
        if (column.isReadOnly || (access && i >= layout.eager && !access->isLoaded(object)))
            continue;
        const Cell::From from = layout.hasManyToOne ? cells[i].from : access ? Cell::From::Member : Cell::From::Old;
        if (from == Cell::From::Member)
            differs = !image.has(i) || !access->equals(object, image.rows(), image.row(), image.cell(i));
        else if (from == Cell::From::Null)
            differs = !image.isNull(i);
        else if (from == Cell::From::Key) {
            const Image &key = *cells[i].key;
            const std::size_t at = key.cell(cells[i].keyColumn), mine = image.cell(i);
            constexpr auto integer = RowBatch::Storage::Integer;
            if (key.rows().storage(key.row(), at) == integer && image.rows().storage(image.row(), mine) == integer)
                differs = key.rows().integer(key.row(), at) != image.rows().integer(image.row(), mine);
            else
                differs = key.value(cells[i].keyColumn) != image.value(i);
        }
        if (!differs)
            continue;
        any = true;
        if (!changed)
            return true;
        (*changed)[i] = '1';
    }
    return any;
}

/// Adds a row of what an object holds. Members whose columns a relationship sets get their values as well.
void ObjectSession::append(RowBatch &rows, const Record &record, void *object, const std::vector<Cell> &cells) const
{
    const Layout &layout = *record.layout;
    const EntityMap &entity = *layout.entity;
    const auto old = [&](std::size_t i) {
        if (record.isRow() && record.image.has(i))
            rows.addCell(record.image.rows(), record.image.row(), record.image.cell(i));
        else
            rows.addNull();
    };
    for (std::size_t i = 0; i < layout.columns.size(); ++i) {
        const Layout::Column &column = layout.columns[i];
        const FieldAccess *access = column.field == Layout::none ? nullptr : entity.fields[column.field].access.get();
        if (layout.hasManyToOne && cells[i].from == Cell::From::Unknown)
            throw detail::unknownObject(entity, column.name);
        if (i == layout.discriminator)
            rows.addValue(entity.discriminatorValue);
        else if (column.isReadOnly || (access && i >= layout.eager && !access->isLoaded(record.address)))
            old(i);
        else if (entity.version && column.field == *entity.version && !record.isRow())
            rows.addInteger(1);
        else if (!layout.hasManyToOne || cells[i].from == Cell::From::Member) {
            if (access)
                access->append(record.address, rows);
            else
                old(i);
        } else if (cells[i].from == Cell::From::Key)
            rows.addCell(cells[i].key->rows(), cells[i].key->row(), cells[i].key->cell(cells[i].keyColumn));
        else if (cells[i].from == Cell::From::Old)
            old(i);
        else
            rows.addNull();
    }
    if (!layout.hasManyToOne || !object)
        return;
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
        if (cells[i].from == Cell::From::Key && layout.columns[i].field != Layout::none) {
            const Value value = cells[i].key->value(cells[i].keyColumn);
            entity.fields[layout.columns[i].field].access->set(object, value);
        }
}

std::vector<ObjectSession::Record *> ObjectSession::dirtyRecords()
{
    std::vector<Record *> dirty;
    std::vector<Cell> cells;
    pool_.forEach([&](Record &record) {
        if (record.state == ObjectState::Persistent && record.isRow() && !record.isExpired &&
            !record.object.expired() && differs(record, record.address, cells, nullptr))
            dirty.push_back(&record);
    });
    return dirty;
}

void ObjectSession::detachFromRemoved(const std::vector<Record *> &dirty)
{
    if (removed_.empty())
        return;
    std::vector<Record *> first;
    for (Record *record : dirty) {
        const auto &relations = record->entity().relations;
        bool refers = false;
        for (std::size_t i = 0; i < relations.size(); ++i)
            for (const Record *other : record->related[i].records)
                refers =
                    refers || (relations[i].kind == Relation::Kind::ManyToOne && other->state == ObjectState::Deleted);
        if (refers)
            first.push_back(record);
    }
    updateRecords(first);
}

/// Rows whose new keys the database hands on come first, then those that get them, and then the rest.
void ObjectSession::updateRecords(const std::vector<Record *> &records)
{
    std::map<const EntityMap *, std::vector<Record *>> first;
    std::vector<Cell> cells;
    std::string changed;
    for (Record *record : records)
        if (record->layout->handsOnKeys && record->state == ObjectState::Persistent && !record->object.expired()) {
            differs(*record, record->address, cells, &changed);
            if (std::ranges::any_of(record->layout->keyColumns, [&](std::size_t key) { return changed[key] == '1'; }))
                first[&record->entity()].push_back(record);
        }
    if (!first.empty())
        for (const EntityMap *entity : mappings_.sorted())
            if (const auto at = first.find(entity); at != first.end())
                writeRecords(at->second);
    writeRecords(records);
}

void ObjectSession::writeRecords(const std::vector<Record *> &records)
{
    struct Group
    {
        std::unique_ptr<detail::SnapshotHold> rows = std::make_unique<detail::SnapshotHold>();
        std::vector<Record *> records;
    };
    std::map<std::pair<Layout *, std::string>, Group> groups;
    std::vector<Cell> cells;
    std::string changed;
    Objects alive;
    Group *group = nullptr;
    const std::string *lastChanged = nullptr;
    Layout *lastLayout = nullptr;
    for (Record *record : records) {
        const std::shared_ptr<void> object = record->object.lock();
        if (record->state != ObjectState::Persistent || !object || !record->isRow())
            continue;
        Layout &layout = *record->layout;
        const EntityMap &entity = *layout.entity;
        record->refersToNew = false;
        differs(*record, object.get(), cells, &changed);
        if (changed.find('1') == std::string::npos)
            continue;
        if (!entity.beforeUpdate.empty()) {
            for (const auto &event : entity.beforeUpdate)
                event(object.get());
            differs(*record, object.get(), cells, &changed);
        }
        // Deferred columns of which some were set come all, so that the row is known whole.
        if (layout.eager < changed.size() && changed.find('1', layout.eager) != std::string::npos)
            loadDeferred(object.get());
        if (entity.version) {
            const std::size_t column = layout.fieldColumns[*entity.version];
            const Value next(record->image.value(column).get<std::int64_t>() + 1);
            entity.fields[*entity.version].access->set(object.get(), next);
            changed[column] = '1';
        }
        if (!group || lastLayout != &layout || *lastChanged != changed) {
            const auto at = groups.try_emplace({&layout, changed}).first;
            group = &at->second;
            lastLayout = &layout;
            lastChanged = &at->first.second;
        }
        RowBatch &rows = group->rows->rows();
        if (group->records.empty())
            rows.start(layout.updateHeads);
        append(rows, *record, object.get(), cells);
        for (const std::size_t key : layout.keyColumns)
            rows.addCell(record->image.rows(), record->image.row(), record->image.cell(key));
        if (entity.version)
            rows.addCell(record->image.rows(), record->image.row(),
                         record->image.cell(layout.fieldColumns[*entity.version]));
        else
            rows.addNull();
        group->records.push_back(record);
        alive.push_back(object);
    }
    for (auto &[name, each] : groups)
        writeUpdates(*name.first, name.second, each.rows->get(), each.records);
}

void ObjectSession::writeUpdates(Layout &layout, const std::string &changed, detail::Snapshot *rows,
                                 const std::vector<Record *> &records)
{
    const EntityMap &entity = *layout.entity;
    writeParts(layout, changed, rows->rows);
    const bool hasNewKey = std::ranges::any_of(layout.keyColumns, [&](std::size_t key) { return changed[key] == '1'; });
    std::vector<std::pair<Image, Image>> keys;
    for (std::size_t i = 0; i < records.size(); ++i) {
        Record &record = *records[i];
        const std::size_t width = std::min(record.image.width(), layout.columns.size());
        auto more = std::make_unique<Undo::More>();
        Image next(rows, i, 0, std::max(width, layout.eager));
        if (hasNewKey) {
            if (layout.handsOnKeys)
                keys.emplace_back(record.image, next);
            identityOf(entity).erase(keyOf(layout, record.image), &record);
            identityOf(entity).insert(keyOf(layout, next), &record);
        }
        more->before = std::exchange(record.image, std::move(next));
        undo_.push_back({Undo::What::Update, &record, std::move(more)});
    }
    if (!keys.empty())
        handOnKeys(layout, keys);
    if (layout.hasReadOnly)
        refreshRecords(layout, records);
    for (Record *record : records)
        for (const auto &event : entity.afterUpdate)
            event(record->object.lock().get());
}

/// UPDATE of each table that has some of the columns, for all rows.
void ObjectSession::writeParts(Layout &layout, const std::string &changed, const RowBatch &rows)
{
    const EntityMap &entity = *layout.entity;
    for (std::size_t part = 0; part < entity.parts.size(); ++part) {
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < changed.size(); ++i)
            if (changed[i] == '1' && layout.columns[i].part == part)
                places.push_back(i);
        if (places.empty())
            continue;
        const EntityMap::Part &table = entity.parts[part];
        const bool checksVersion = entity.version && entity.fields[*entity.version].part == part;
        std::string &sql = layout.statements["update " + std::to_string(part) + " " + changed];
        if (sql.empty()) {
            std::vector<Expr> match;
            for (const std::string &key : table.keyColumns)
                match.push_back(schemawright::column(table.table, key) == bind(Value(0)));
            if (checksVersion)
                match.push_back(schemawright::column(table.table, entity.fields[*entity.version].column) ==
                                bind(Value(0)));
            Update statement = schemawright::update(table.table).where(and_(std::move(match)));
            for (const std::size_t place : places)
                statement = std::move(statement).set(layout.columns[place].name, bind(Value(0)));
            sql = connection_.dialect().compile(statement).sql;
        }
        for (std::size_t k = 0; k < layout.keyColumns.size(); ++k)
            places.push_back(layout.columns.size() + k);
        if (checksVersion)
            places.push_back(layout.columns.size() + layout.keyColumns.size());
        for (const std::int64_t affected : connection_.executeEach(sql, {rows, places, 0, rows.rowCount()}).affected)
            if (affected == 0 || affected > 1)
                throw detail::staleRow(entity);
    }
}

} // namespace schemawright
