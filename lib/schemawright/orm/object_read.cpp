// How rows become objects.

#include "schemawright/orm/object_read.h"

#include "schemawright/sql/functions.h"

#include <algorithm>
#include <unordered_set>

namespace schemawright {

using detail::SnapshotHold;
using detail::Undo;

namespace {

constexpr std::size_t rowsOfBatch = 1024;

} // namespace

Expr oneOrTuple(std::vector<Expr> parts) { return parts.size() == 1 ? parts.front() : tuple(std::move(parts)); }

/// The tables of a struct joined, and with subtypes those of all that derive from it; by other names than their own with
/// an alias.
ObjectSession::Reading ObjectSession::readingOf(Layout &layout, bool withSubtypes, const std::string &alias)
{
    const EntityMap &entity = *layout.entity;
    Reading reading;
    reading.layout = &layout;
    std::vector<const EntityMap::Part *> joined;
    const auto placeOf = [&](const EntityMap::Part &part) {
        const auto found = std::ranges::find(joined, part.table, [](const auto *each) { return each->table; });
        return static_cast<std::size_t>(found - joined.begin());
    };
    std::vector<Source> sources; // of those
    const auto sourceOf = [&](const EntityMap::Part &part) -> const Source & { return sources[placeOf(part)]; };
    const auto join = [&](const EntityMap::Part &part, JoinKind kind) {
        if (placeOf(part) < joined.size())
            return;
        const std::size_t place = joined.size();
        joined.push_back(&part);
        sources.emplace_back(part.table);
        if (!alias.empty())
            sources.back() = sources.back().alias(place == 0 ? alias : alias + "_" + std::to_string(place));
        if (place == 0) {
            reading.source = reading.root = sources.back();
            return;
        }
        std::vector<Expr> on;
        for (std::size_t k = 0; k < part.keyColumns.size(); ++k)
            on.push_back(sources.front()[joined.front()->keyColumns[k]] == sources.back()[part.keyColumns[k]]);
        reading.others.emplace_back(sources.back(), and_(std::move(on)));
        reading.source = reading.source.joinAs(kind, sources.back(), reading.others.back().second);
    };
    for (const EntityMap::Part &part : entity.parts)
        join(part, JoinKind::Inner);
    const auto columnOf = [&](const Layout &of, std::size_t i) {
        return sourceOf(of.entity->parts[of.columns[i].part])[of.columns[i].name];
    };
    for (std::size_t i = 0; i < layout.eager; ++i)
        reading.columns.push_back(columnOf(layout, i));
    reading.discriminator = layout.discriminator.value_or(0);
    if (!withSubtypes)
        return reading;
    for (const EntityMap *subtype : entity.subtypes) {
        Layout &other = layoutOf(*subtype);
        for (const EntityMap::Part &part : subtype->parts)
            join(part, JoinKind::Left);
        Reading::Subtype made{&other, {}};
        for (std::size_t i = 0; i < other.eager; ++i) {
            const auto same = [&](const Layout::Column &column) {
                return column.name == other.columns[i].name && column.part == other.columns[i].part;
            };
            const auto end = layout.columns.begin() + static_cast<std::ptrdiff_t>(layout.eager);
            const auto found = std::find_if(layout.columns.begin(), end, same);
            if (found != end)
                made.cells.push_back(static_cast<std::size_t>(found - layout.columns.begin()));
            else {
                made.cells.push_back(reading.columns.size());
                reading.columns.push_back(columnOf(other, i));
            }
        }
        reading.subtypes.push_back(std::move(made));
    }
    return reading;
}

void ObjectSession::readMembers(Record &record, void *object)
{
    const Layout &layout = *record.layout;
    const Image &image = record.image;
    const EntityMap &entity = *layout.entity;
    for (std::size_t i = 0; i < layout.columns.size() && image.has(i); ++i)
        if (const std::size_t field = layout.columns[i].field; field != Layout::none)
            entity.fields[field].access->read(object, image.rows(), image.row(), image.cell(i));
    if (!layout.hasLinks)
        return;
    for (std::size_t i = layout.eager; i < layout.columns.size(); ++i)
        if (!image.has(i))
            entity.fields[layout.columns[i].field].access->attach(object, slot_);
    for (std::size_t i = 0; i < entity.relations.size(); ++i)
        if (entity.relations[i].access->isLazy() && !record.related[i].isLoaded &&
            !(isFlushing_ && entity.relations[i].access->size(object) > 0)) // else it is still to be written
            entity.relations[i].access->attach(object, slot_, i, entity.relations[i].loading != Loading::Raise);
}

/// The object of a row: the one that is there for its key, as it is, or a new one.
std::shared_ptr<void> ObjectSession::objectOf(Layout &layout, detail::Snapshot *snapshot, std::size_t row,
                                              std::size_t offset, Objects &fresh)
{
    Image image(snapshot, row, offset, layout.eager);
    const detail::ObjectKey key = keyOf(layout, image);
    Record *record = layout.identity->find(key);
    std::shared_ptr<void> object = record ? record->object.lock() : nullptr;
    if (object && !record->isExpired)
        return object;
    const EntityMap &entity = *layout.entity;
    if (!object) {
        object = entity.make();
        if (record)
            forget(*record); // nobody holds its object any more
        record = &track(layout, object, ObjectState::Persistent);
        layout.identity->insert(key, record);
    }
    if (record->isExpired)
        forgetRelated(*record, object.get());
    record->isExpired = false;
    record->image = std::move(image);
    readMembers(*record, object.get());
    if (hasRelations_)
        fresh.push_back(object);
    for (const auto &event : entity.afterLoad)
        event(object.get());
    return object;
}

/// The object of a part of a row, of whatever struct the row says. Those of other structs than `reading`'s have their
/// columns elsewhere, and get rows of their own.
std::shared_ptr<void> ObjectSession::objectIn(const Reading &reading, detail::Snapshot *snapshot, std::size_t row,
                                              std::size_t offset, SubtypeRows &ofSubtypes, Objects &fresh)
{
    const Reading::Subtype *subtype = nullptr;
    if (!reading.subtypes.empty()) {
        const Value kind = snapshot->rows.value(row, offset + reading.discriminator);
        for (const Reading::Subtype &each : reading.subtypes)
            if (each.layout->entity->discriminatorValue == kind)
                subtype = &each;
    }
    if (!subtype)
        return objectOf(*reading.layout, snapshot, row, offset, fresh);
    auto &own = ofSubtypes[subtype->layout];
    if (!own) {
        own = std::make_unique<SnapshotHold>();
        std::vector<ColumnHead> heads(subtype->layout->heads->begin(),
                                      subtype->layout->heads->begin() +
                                          static_cast<std::ptrdiff_t>(subtype->layout->eager));
        own->rows().start(std::make_shared<const std::vector<ColumnHead>>(std::move(heads)));
    }
    for (const std::size_t cell : subtype->cells)
        own->rows().addCell(snapshot->rows, row, offset + cell);
    return objectOf(*subtype->layout, own->get(), own->rows().rowCount() - 1, 0, fresh);
}

ObjectSession::Objects ObjectSession::readObjects(const Reading &reading, const Select &query, Objects &fresh,
                                                  const Note &note)
{
    ensureTransaction();
    Result result = connection_.execute(query);
    Objects objects;
    std::map<std::pair<Record *, std::size_t>, Objects> related; // of relationships that come along
    std::unordered_set<const void *> seen;
    std::size_t cells = 0, bytes = 0;
    for (;;) {
        const SnapshotHold snapshot;
        snapshot.rows().reserve(cells, bytes);
        if (!result.fetch(snapshot.rows(), rowsOfBatch))
            break;
        const RowBatch &rows = snapshot.rows();
        cells = rows.rowCount() * rows.columnCount();
        bytes = rows.arenaSize();
        SubtypeRows ofSubtypes;
        for (std::size_t row = 0; row < rows.rowCount(); ++row) {
            std::shared_ptr<void> object = objectIn(reading, snapshot.get(), row, 0, ofSubtypes, fresh);
            if (note)
                note(rows, row, object);
            if (!reading.joined.empty()) {
                Record *owner = recordOf(object.get());
                for (const JoinedRelation &joined : reading.joined) {
                    Objects &list = related[{owner, joined.relation}];
                    if (!rows.isNull(row, joined.offset + joined.reading.layout->keyColumns.front())) {
                        auto other = objectIn(joined.reading, snapshot.get(), row, joined.offset, ofSubtypes, fresh);
                        if (std::ranges::find(list, other) == list.end())
                            list.push_back(std::move(other));
                    }
                }
                if (!seen.insert(object.get()).second)
                    continue;
            }
            objects.push_back(std::move(object));
        }
    }
    for (auto &[where, list] : related)
        if (!where.first->related[where.second].isLoaded)
            setRelated(*where.first, where.second, std::move(list));
    return objects;
}

/// The conditions of a query; those on joined relationships in a subquery, so that an object comes once.
Select ObjectSession::filtered(const EntityMap &entity, const detail::QueryParts &parts, Select query)
{
    if (entity.base && entity.parts.size() == 1) {
        std::vector<Expr> kinds{bind(entity.discriminatorValue)};
        for (const EntityMap *subtype : entity.subtypes)
            kinds.push_back(bind(subtype->discriminatorValue));
        query = std::move(query).where(in(Source(entity.table())[entity.discriminator], std::move(kinds)));
    }
    if (parts.joins.empty())
        return std::move(query).where(parts.where);
    const EntityMap::Part &root = entity.parts.front();
    std::vector<Expr> keys;
    for (const std::string &key : root.keyColumns)
        keys.push_back(Source(root.table)[key]);
    Select inner = schemawright::select(keys).from(readingOf(layoutOf(entity), true).source);
    std::vector<const Table *> joined;
    for (const EntityMap::Part &part : entity.parts)
        joined.push_back(part.table.get());
    for (const std::string &name : parts.joins) {
        const Relation &relation = entity.relations[entity.relationNamed(name)];
        const bool isThere = std::ranges::find(joined, relation.other->table().get()) != joined.end();
        const Source other = isThere ? relation.again : Source(relation.other->table());
        joined.push_back(relation.other->table().get());
        if (relation.kind == Relation::Kind::ManyToMany) {
            const Source association(relation.association);
            inner = std::move(inner).join(association,
                                          relationCondition(relation, entity, association));
            std::vector<Expr> on;
            for (std::size_t k = 0; k < relation.others.size(); ++k)
                on.push_back(association[relation.others[k]] == other[relation.other->parts.back().keyColumns[k]]);
            inner = std::move(inner).join(other, and_(std::move(on)));
        } else
            inner = std::move(inner).join(other, relationCondition(relation, entity, other));
    }
    return std::move(query).where(in(oneOrTuple(std::move(keys)), std::move(inner).where(parts.where)));
}

ObjectSession::Objects ObjectSession::queryObjects(const EntityMap &entity, const detail::QueryParts &parts)
{
    autoflush();
    sweep();
    Layout &layout = layoutOf(entity);
    Reading reading = readingOf(layout, true);
    for (std::size_t i = 0; i < entity.relations.size(); ++i) {
        const Relation &relation = entity.relations[i];
        Loading loading = relation.loading;
        for (const auto &[path, given] : parts.loading)
            if (path == relation.name)
                loading = given;
        if (loading != Loading::Joined || !canJoin(relation, parts))
            continue;
        Reading other = readingOf(layoutOf(*relation.other), true, "related_" + std::to_string(i));
        const Source &target = other.root;
        if (relation.kind == Relation::Kind::ManyToMany) {
            const Source association = Source(relation.association).alias("through_" + std::to_string(i));
            std::vector<Expr> on;
            for (std::size_t k = 0; k < relation.others.size(); ++k)
                on.push_back(association[relation.others[k]] == target[relation.other->parts.back().keyColumns[k]]);
            reading.source =
                reading.source.leftJoin(association, relationCondition(relation, entity, association));
            reading.source = reading.source.leftJoin(target, and_(std::move(on)));
        } else
            reading.source = reading.source.leftJoin(target, relationCondition(relation, entity, target));
        for (const auto &[table, on] : other.others)
            reading.source = reading.source.leftJoin(table, on);
        const std::size_t offset = reading.columns.size();
        reading.columns.insert(reading.columns.end(), other.columns.begin(), other.columns.end());
        reading.joined.push_back({i, std::move(other), offset});
    }
    Select query = filtered(entity, parts, schemawright::select(reading.columns).from(reading.source));
    query = std::move(query).orderBy(parts.order);
    if (parts.limit)
        query = std::move(query).limit(*parts.limit);
    if (parts.offset)
        query = std::move(query).offset(*parts.offset);
    Objects fresh;
    Objects objects = readObjects(reading, query, fresh);
    loadEager(objects, fresh, parts);
    return objects;
}

std::int64_t ObjectSession::countObjects(const EntityMap &entity, const detail::QueryParts &parts)
{
    autoflush();
    ensureTransaction();
    const Reading reading = readingOf(layoutOf(entity), !parts.where.isEmpty()); // which may be on what derives from it
    return connection_.execute(filtered(entity, parts, schemawright::select({func::count()}).from(reading.source)))
        .scalar()
        .get<std::int64_t>();
}

Expr ObjectSession::matching(const Layout &layout, const std::vector<Value> &key) const
{
    const EntityMap::Part &root = layout.entity->parts.front();
    std::vector<Expr> all;
    for (std::size_t i = 0; i < key.size(); ++i)
        all.push_back(Source(root.table)[root.keyColumns[i]] == bind(key[i]));
    return and_(std::move(all));
}

std::shared_ptr<void> ObjectSession::getObject(const EntityMap &entity, const std::vector<Value> &key)
{
    if (key.size() != entity.key.size())
        throw Error(ErrorKind::Misuse,
                    "the key of " + entity.name + " has " + std::to_string(entity.key.size()) + " values");
    Layout &layout = layoutOf(entity);
    if (Record *known = layout.identity->find(keyOf(layout, key)))
        if (std::shared_ptr<void> object = known->object.lock(); object && !known->isExpired)
            return known->state == ObjectState::Deleted || !known->entity().isA(entity) ? nullptr : object;
    detail::QueryParts parts;
    parts.entity = &entity;
    parts.where = matching(layout, key);
    const Objects found = queryObjects(entity, parts);
    return found.empty() ? nullptr : found.front();
}

/// The row of a key as it is now, if there is one.
std::optional<detail::Image> ObjectSession::readImage(Layout &layout, const std::vector<Value> &key)
{
    ensureTransaction();
    const Reading reading = readingOf(layout, false);
    Result result = connection_.execute(
        schemawright::select(reading.columns).from(reading.source).where(matching(layout, key)));
    const SnapshotHold snapshot;
    if (!result.fetch(snapshot.rows(), rowsOfBatch))
        return std::nullopt;
    return Image(snapshot.get(), 0, 0, layout.eager);
}

/// As if no relationship of it had ever been read.
void ObjectSession::forgetRelated(Record &record, void *object)
{
    for (std::size_t i = 0; i < record.related.size(); ++i) {
        pin(record.related[i], {});
        record.related[i].isLoaded = false;
        record.entity().relations[i].access->set(object, {});
    }
}

void ObjectSession::refreshObject(const void *address)
{
    Record *record = recordOf(address);
    const std::shared_ptr<void> object = record ? record->object.lock() : nullptr;
    if (!object || !record->isRow())
        throw Error(ErrorKind::Misuse, "an object is read again that is no row");
    forgetRelated(*record, object.get());
    refreshRecords(*record->layout, {record});
    for (const auto &event : record->entity().afterLoad)
        event(object.get());
}

/// Reads rows again and fills their objects. Throws Error(NotFound) when one is gone. With `areChanged` references that
/// are others now lead to others.
void ObjectSession::refreshRecords(Layout &layout, const std::vector<Record *> &records, bool areChanged)
{
    ensureTransaction();
    Reading reading = readingOf(layout, false);
    const EntityMap::Part &root = layout.entity->parts.front();
    std::vector<Expr> keys;
    for (const std::string &key : root.keyColumns)
        keys.push_back(Source(root.table)[key]);
    std::size_t found = 0;
    for (std::size_t start = 0; start < records.size(); start += mostInList) {
        std::vector<Expr> wanted;
        for (std::size_t i = start; i < std::min(records.size(), start + mostInList); ++i) {
            std::vector<Expr> parts;
            for (const Value &value : keyValues(layout, records[i]->image))
                parts.push_back(bind(value));
            wanted.push_back(oneOrTuple(std::move(parts)));
        }
        Result result = connection_.execute(
            schemawright::select(reading.columns).from(reading.source).where(in(oneOrTuple(keys), std::move(wanted))));
        for (;;) {
            const SnapshotHold snapshot;
            if (!result.fetch(snapshot.rows(), rowsOfBatch))
                break;
            for (std::size_t row = 0; row < snapshot.rows().rowCount(); ++row) {
                Image image(snapshot.get(), row, 0, layout.eager);
                Record *record = layout.identity->find(keyOf(layout, image));
                if (!record)
                    continue;
                ++found;
                auto more = std::make_unique<Undo::More>();
                more->before = std::exchange(record->image, std::move(image));
                const Image &before = undo_.emplace_back(Undo{Undo::What::Update, record, std::move(more)}).more->before;
                const std::shared_ptr<void> object = record->object.lock();
                if (object && std::exchange(record->isExpired, false))
                    forgetRelated(*record, object.get());
                if (object && areChanged)
                    followRow(*record, Image(before));
                if (object)
                    readMembers(*record, object.get());
            }
        }
    }
    if (found < records.size())
        throw Error(ErrorKind::NotFound, "the row of an object of " + layout.entity->name + " is gone");
}

/// Reads the deferred columns of one object; what was set meanwhile stays.
void ObjectSession::loadDeferred(const void *address)
{
    Record *record = recordOf(address);
    const std::shared_ptr<void> object = record ? record->object.lock() : nullptr;
    if (!object || !record->isRow())
        throw Error(ErrorKind::Misuse, "an object is asked for what was not loaded, and its session knows it not");
    Layout &layout = *record->layout;
    const EntityMap &entity = *layout.entity;
    if (record->image.has(layout.columns.size() - 1))
        return;
    ensureTransaction();
    std::vector<Expr> columns;
    for (std::size_t i = layout.eager; i < layout.columns.size(); ++i)
        columns.push_back(Source(entity.parts[layout.columns[i].part].table)[layout.columns[i].name]);
    Result result = connection_.execute(schemawright::select(std::move(columns))
                                            .from(readingOf(layout, false).source)
                                            .where(matching(layout, keyValues(layout, record->image))));
    RowBatch read;
    if (!result.fetch(read))
        throw Error(ErrorKind::NotFound, "the row of an object of " + entity.name + " is gone");
    const SnapshotHold whole;
    whole.rows().start(layout.heads);
    for (std::size_t i = 0; i < layout.eager; ++i)
        whole.rows().addCell(record->image.rows(), record->image.row(), record->image.cell(i));
    for (std::size_t i = layout.eager; i < layout.columns.size(); ++i)
        whole.rows().addCell(read, 0, i - layout.eager);
    record->image = Image(whole.get(), 0, 0, layout.columns.size());
    for (std::size_t i = layout.eager; i < layout.columns.size(); ++i)
        if (const FieldAccess &access = *entity.fields[layout.columns[i].field].access; !access.isLoaded(object.get()))
            access.read(object.get(), whole.rows(), 0, i);
}

} // namespace schemawright
