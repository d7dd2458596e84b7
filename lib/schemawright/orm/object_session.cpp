// What a session knows of objects: their records, states and identity.

#include "schemawright/orm/object_cell.h"

#include <algorithm>

namespace schemawright {

using detail::Undo;

namespace {

/// Neighbours in memory are mostly a few dozen bytes apart: as numbers they are to follow one another closely.
std::uint64_t addressOf(const void *object) noexcept
{
    return std::rotr(static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(object)), 4);
}

} // namespace

ObjectSession::ObjectSession(Connection &connection, Mappings &mappings)
    : connection_(connection), mappings_(mappings), slot_(std::make_shared<detail::LazySlot>())
{
    mappings_.check();
    for (const EntityMap *entity : mappings_.sorted())
        hasRelations_ = hasRelations_ || !entity->relations.empty();
    slot_->loadDeferred = [this](const void *object) { loadDeferred(object); };
    slot_->loadRelation = [this](const void *object, std::size_t relation) {
        Record *record = recordOf(object);
        const std::shared_ptr<void> owner = record ? record->object.lock() : nullptr;
        if (!owner)
            throw Error(ErrorKind::Misuse, "an object is asked for what was not loaded, and its session knows it not");
        loadRelation(record->entity(), {owner}, relation);
    };
}

ObjectSession::~ObjectSession()
{
    slot_->loadRelation = nullptr;
    slot_->loadDeferred = nullptr;
    if (hasRelations_)
        pool_.forEach([](Record &record) { release(record); });
    for (const auto &[object, entity] : returned_)
        if (const std::shared_ptr<void> held = object.lock(); held && !recordOf(held.get()))
            release(*entity, held.get());
    try {
        closeParts(false);
        if (transaction_)
            transaction_->rollback();
    } catch (const Error &) { // the connection is lost, and the transaction with it
    }
}

/// The record of an object that is there; an address may be another's by now.
ObjectSession::Record *ObjectSession::recordOf(const void *object) const
{
    for (Record *record : unindexed_)
        addresses_.insert(addressOf(record->address), record);
    unindexed_.clear();
    Record *record = addresses_.find(addressOf(object));
    return record && !record->object.expired() ? record : nullptr;
}

ObjectSession::Record &ObjectSession::track(Layout &layout, const std::shared_ptr<void> &object, ObjectState state)
{
    Record &record = *pool_.make();
    record.layout = &layout;
    record.address = object.get();
    record.object = object;
    record.state = state;
    if (!layout.entity->relations.empty())
        record.related.resize(layout.entity->relations.size());
    record.order = ++added_;
    unindexed_.push_back(&record);
    if (!detached_.empty())
        detached_.erase(object.get());
    return record;
}

void ObjectSession::release(const EntityMap &entity, void *object)
{
    for (const Relation &relation : entity.relations)
        relation.access->release(object);
}

void ObjectSession::release(Record &record)
{
    if (const std::shared_ptr<void> object = record.object.lock())
        release(record.entity(), object.get());
}

/// As if it had never been known. The record stays while others' lists have it. What is new again keeps what it is
/// related to, until the session ends.
void ObjectSession::forget(Record &record, bool isNewAgain)
{
    if (record.isRow())
        identityOf(record.entity()).erase(keyOf(*record.layout, record.image), &record);
    recordOf(nullptr); // the index is whole
    if (addresses_.find(addressOf(record.address)) == &record)
        addresses_.erase(addressOf(record.address));
    for (detail::Related &related : record.related)
        pin(related, {});
    if (isNewAgain && !record.related.empty())
        returned_.emplace_back(record.object, &record.entity());
    else
        release(record);
    if (!isNewAgain && record.isRow() && !record.object.expired())
        detached_[record.address] = record.object;
    record.image = Image();
    record.held.reset();
    record.object.reset();
    record.state = ObjectState::Detached;
    if (record.pins == 0)
        pool_.release(&record);
}

/// Forgets what nobody holds any more. Only while nothing could want it back.
void ObjectSession::sweep()
{
    if (!undo_.empty() || pool_.count() < sweepAt_)
        return;
    pool_.forEach([&](Record &record) {
        if (record.pins == 0 && record.object.expired())
            forget(record);
    });
    std::erase_if(detached_, [](const auto &each) { return each.second.expired(); });
    sweepAt_ = std::max<std::size_t>(10'000, 2 * pool_.count());
}

/// The object of a record, made again from its row when nobody held it.
std::shared_ptr<void> ObjectSession::revived(Record &record)
{
    if (std::shared_ptr<void> object = record.object.lock())
        return object;
    const std::shared_ptr<void> object = record.entity().make();
    recordOf(nullptr);
    if (addresses_.find(addressOf(record.address)) == &record)
        addresses_.erase(addressOf(record.address));
    record.object = object;
    record.address = object.get();
    addresses_.insert(addressOf(object.get()), &record);
    readMembers(record, object.get());
    for (std::size_t i = 0; i < record.related.size(); ++i)
        if (const Relation &relation = record.entity().relations[i];
            relation.kind == Relation::Kind::ManyToOne && record.related[i].isLoaded)
            for (const Record *each : record.related[i].records)
                if (std::shared_ptr<void> other = each->object.lock())
                    relation.access->set(object.get(), {std::move(other)});
    return object;
}

void ObjectSession::addObject(Layout &layout, const std::shared_ptr<void> &object)
{
    if (!object)
        throw Error(ErrorKind::Misuse, "nothing was added: the pointer is null");
    if (Record *known = recordOf(object.get())) {
        if (known->state != ObjectState::Deleted)
            return;
        if (!known->held)
            throw Error(ErrorKind::Misuse,
                        "an object of " + known->entity().name + " is added that was deleted in this transaction")
                .withHint("Commit first; it is a new object then.");
        return keepAfterAll(*known, object);
    }
    if (!detached_.empty() && detached_.contains(object.get()) && attachAgain(layout, object))
        return;
    Record &record = track(layout, object, ObjectState::Pending);
    record.held = object;
    new_.push_back(&record);
    undo_.push_back({Undo::What::Add, &record});
}

/// An object that was a row of this session is it again, with what was changed meanwhile; false when the row is gone.
bool ObjectSession::attachAgain(Layout &layout, const std::shared_ptr<void> &object)
{
    const EntityMap &entity = *layout.entity;
    const std::vector<Value> key = keyValues(layout, object.get());
    if (Record *other = layout.identity->find(keyOf(layout, key))) {
        if (!other->object.expired())
            throw Error(ErrorKind::Misuse, "an object of " + entity.name +
                                               " is added whose row is another object of the session by now")
                .withHint("Merge it.");
        forget(*other);
    }
    std::optional<detail::Image> image = readImage(layout, key);
    if (!image)
        return false;
    Record &record = track(layout, object, ObjectState::Persistent);
    record.image = std::move(*image);
    layout.identity->insert(keyOf(layout, record.image), &record);
    return true;
}

/// Takes a removal back that no flush has seen, with what went along.
void ObjectSession::keepAfterAll(Record &record, const std::shared_ptr<void> &object)
{
    record.state = ObjectState::Persistent;
    record.held.reset();
    std::erase(removed_, &record);
    for (const Relation &relation : record.entity().relations)
        for (std::size_t i = 0; !relation.isViewOnly && i < relation.access->size(object.get()); ++i) {
            const std::shared_ptr<void> each = relation.access->share(object.get(), i);
            Record *other = recordOf(each.get());
            if (other && other->state == ObjectState::Deleted && other->held && relation.cascade.saveUpdate)
                keepAfterAll(*other, each);
            if (!other || !relation.isOwnedByOther())
                continue;
            const Relation &back = other->entity().relations[*relation.inverse];
            if (back.access->size(each.get()) == 0)
                back.access->set(each.get(), {object});
        }
}

void ObjectSession::removeObject(const EntityMap &said, const std::shared_ptr<void> &object)
{
    Record *found = recordOf(object.get());
    if (!found)
        throw Error(ErrorKind::Misuse, "an object of " + said.name + " is removed that the session does not know");
    Record &record = *found;
    if (record.state == ObjectState::Pending) {
        std::erase(new_, &record);
        std::erase_if(undo_, [&](const Undo &undo) { return undo.record == &record; });
        return forget(record);
    }
    if (record.state == ObjectState::Deleted)
        return;
    record.state = ObjectState::Deleted;
    record.held = object;
    removed_.push_back(&record);
    undo_.push_back({Undo::What::Remove, &record});
    const EntityMap &entity = record.entity();
    const NoAutoflush off(*this); // nothing is deleted before all is known that goes with it
    for (std::size_t i = 0; i < entity.relations.size(); ++i) {
        const Relation &relation = entity.relations[i];
        if (!relation.cascade.remove && !relation.isOwnedByOther())
            continue;
        if (relation.isViewOnly)
            continue;
        if (!record.related[i].isLoaded)
            loadRelation(entity, {object}, i);
        for (std::size_t k = 0; k < relation.access->size(object.get()); ++k) {
            const std::shared_ptr<void> each = relation.access->share(object.get(), k);
            Record *other = recordOf(each.get());
            if (!other)
                continue;
            if (relation.cascade.remove)
                removeObject(*relation.other, each);
            else if (const Relation &back = other->entity().relations[*relation.inverse];
                     back.access->size(each.get()) && back.access->at(each.get(), 0) == object.get()) {
                back.access->set(each.get(), {});
                holdUntilWritten(*other, each);
            }
        }
    }
}

void ObjectSession::expungeObject(const void *object)
{
    Record *record = recordOf(object);
    if (!record)
        return;
    std::erase(new_, record);
    std::erase(removed_, record);
    std::erase(moved_, record);
    std::erase_if(undo_, [&](const Undo &undo) { return undo.record == record; });
    forget(*record);
}

void ObjectSession::expireObject(const void *object)
{
    Record *record = recordOf(object);
    if (!record || !record->isRow())
        throw Error(ErrorKind::Misuse, "an object is expired that is no row");
    record->isExpired = true;
    for (detail::Related &related : record->related) {
        pin(related, {});
        related.isLoaded = false;
    }
}

void ObjectSession::expireAll()
{
    pool_.forEach([&](Record &record) {
        if (record.state == ObjectState::Persistent && record.isRow() && !record.object.expired())
            expireObject(record.address);
    });
}

ObjectState ObjectSession::stateOf(const void *object) const
{
    if (const Record *record = recordOf(object))
        return record->state;
    const auto once = detached_.find(object);
    return once == detached_.end() || once->second.expired() ? ObjectState::Transient : ObjectState::Detached;
}

bool ObjectSession::isDirtyObject(const void *object)
{
    const Record *record = recordOf(object);
    if (!record || record->state != ObjectState::Persistent || record->isExpired)
        return false;
    std::vector<Cell> cells;
    return differs(*record, object, cells, nullptr);
}

ObjectSession::Objects ObjectSession::list(ObjectState state, const EntityMap *entity)
{
    Objects objects;
    std::vector<Record *> records;
    if (state == ObjectState::Persistent)
        records = dirtyRecords();
    else
        for (Record *record : state == ObjectState::Pending ? new_ : removed_)
            if (record->state == state)
                records.push_back(record);
    for (Record *record : records)
        if (!entity || record->entity().isA(*entity))
            if (std::shared_ptr<void> object = record->object.lock())
                objects.push_back(std::move(object));
    return objects;
}

std::shared_ptr<void> ObjectSession::mergeObject(const EntityMap &entity, const void *other,
                                                 std::map<const void *, std::shared_ptr<void>> &done)
{
    if (const auto known = done.find(other); known != done.end())
        return known->second;
    Layout &layout = layoutOf(entity);
    const std::vector<Value> key = keyValues(layout, other);
    std::shared_ptr<void> mine = hasKey(layout, other) ? getObject(entity, key) : nullptr;
    const bool isNew = !mine;
    if (isNew)
        mine = entity.make();
    done[other] = mine;
    const FieldAccess *version = entity.version ? entity.fields[*entity.version].access.get() : nullptr;
    if (version && !isNew && !version->isUnset(other) && version->get(other) != version->get(mine.get()))
        throw detail::staleRow(entity);
    for (const MappedField &field : entity.fields)
        if (field.access.get() != version && field.access->isLoaded(other) && !field.access->isOmitted(other))
            field.access->set(mine.get(), field.access->get(other));
    for (std::size_t index = 0; index < entity.relations.size(); ++index) {
        const Relation &relation = entity.relations[index];
        if (!relation.cascade.merge || relation.isViewOnly || relation.access->size(other) == 0)
            continue;
        if (const Record *record = isNew ? nullptr : recordOf(mine.get());
            record && relation.kind != Relation::Kind::ManyToOne && !record->related[index].isLoaded)
            loadRelation(record->entity(), {mine}, index);
        Objects merged;
        for (std::size_t i = 0; i < relation.access->size(other); ++i)
            merged.push_back(mergeObject(mappings_.of(relation.access->typeAt(other, i), *relation.other),
                                         relation.access->at(other, i), done));
        relation.access->set(mine.get(), std::move(merged));
    }
    if (isNew)
        addObject(layout, mine);
    return mine;
}

} // namespace schemawright
