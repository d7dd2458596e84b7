// How an ObjectSession writes: what is new, what differs, what was removed.

#include "schemawright/base/topological.h"
#include "schemawright/orm/object_session.h"

#include <algorithm>
#include <set>

namespace schemawright {

/// What is reachable from a known object is known too, and both sides of a relationship say the same.
void ObjectSession::cascade()
{
    if (!hasRelations_)
        return;
    std::vector<const void *> open;
    for (const auto &[address, record] : records_)
        if (!record.entity->relations.empty() && !record.object.expired())
            open.push_back(address);
    while (!open.empty()) {
        const void *address = open.back();
        open.pop_back();
        const auto found = records_.find(address);
        if (found == records_.end() || found->second.state == ObjectState::Deleted)
            continue;
        const EntityMap &entity = *found->second.entity;
        const std::shared_ptr<void> owner = found->second.object.lock();
        for (const Relation &relation : entity.relations) {
            const EntityMap &other = mappings_.of(relation.target);
            for (const std::shared_ptr<void> &each : relation.get(address)) {
                if (relation.kind == Relation::Kind::OneToMany || relation.kind == Relation::Kind::OneToOne) {
                    const Relation &inverse = other.relations[relation.inverse];
                    if (const auto now = inverse.get(each.get()); now.empty() || now.front() != owner)
                        inverse.set(each.get(), {owner});
                }
                if (relation.cascade.saveUpdate && !records_.contains(each.get())) {
                    addObject(other, each);
                    if (!other.relations.empty())
                        open.push_back(each.get());
                }
            }
        }
    }
}

/// Objects that left a loaded to-many relationship lose their owner, or go with it.
void ObjectSession::removeOrphans()
{
    if (!hasRelations_)
        return;
    std::vector<std::pair<const EntityMap *, std::shared_ptr<void>>> orphans;
    for (auto &[address, record] : records_) {
        if (record.state != ObjectState::Persistent || record.object.expired())
            continue;
        for (std::size_t i = 0; i < record.entity->relations.size(); ++i) {
            const Relation &relation = record.entity->relations[i];
            const bool isToMany =
                relation.kind == Relation::Kind::OneToMany || relation.kind == Relation::Kind::OneToOne;
            if (!isToMany || !record.related[i])
                continue;
            const auto now = relation.get(address);
            for (const std::shared_ptr<void> &before : *record.related[i]) {
                if (std::ranges::find(now, before) != now.end())
                    continue;
                const EntityMap &other = mappings_.of(relation.target);
                const auto owner = other.relations[relation.inverse].get(before.get());
                if (!owner.empty() && owner.front().get() != address)
                    continue; // it has another owner by now
                other.relations[relation.inverse].set(before.get(), {});
                if (const auto known = records_.find(before.get()); known != records_.end())
                    known->second.related[relation.inverse] = std::vector<std::shared_ptr<void>>{};
                if (relation.cascade.removeOrphan)
                    orphans.emplace_back(&other, before);
            }
            record.related[i] = now;
        }
    }
    for (const auto &[entity, object] : orphans)
        if (records_.contains(object.get()))
            removeObject(*entity, object);
}

void ObjectSession::flush()
{
    if (isFlushing_)
        return;
    isFlushing_ = true;
    try {
        cascade();
        removeOrphans();
        ++flushes_;
        const bool hasWork = !new_.empty() || !removed_.empty() || hasRelations_ || dirtyCount() > 0;
        if (hasWork) {
            ensureTransaction();
            for (const auto &event : beforeFlush)
                event(*this);
            deleteRemoved(); // first: their unique values may be taken again
            insertNew();
            updateChanged();
            writeAssociations();
            for (const auto &event : afterFlush)
                event(*this);
        }
    } catch (...) {
        isFlushing_ = false;
        rollback();
        throw;
    }
    isFlushing_ = false;
}

void ObjectSession::insertNew()
{
    std::map<const EntityMap *, std::vector<Record *>> fresh;
    for (const void *address : std::exchange(new_, {}))
        if (const auto at = records_.find(address); at != records_.end() && at->second.state == ObjectState::Pending)
            fresh[at->second.entity].push_back(&at->second);
    for (const EntityMap *entity : mappings_.sorted()) {
        const auto found = fresh.find(entity);
        if (found == fresh.end())
            continue;
        std::vector<Record *> &records = found->second;
        std::ranges::sort(records, {}, &Record::order);
        // Those that refer to others of the same table come behind them.
        std::map<const void *, std::size_t> places;
        for (std::size_t i = 0; i < records.size(); ++i)
            if (std::ranges::any_of(entity->relations, [&](const Relation &r) { return r.target == entity->type; }))
                places[records[i]->held.get()] = i;
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (std::size_t i = 0; !places.empty() && i < records.size(); ++i)
            for (const Relation &relation : entity->relations)
                if (relation.kind == Relation::Kind::ManyToOne && relation.target == entity->type)
                    for (const auto &parent : relation.get(records[i]->held.get()))
                        if (const auto at = places.find(parent.get()); at != places.end())
                            edges.emplace_back(at->second, i);
        std::vector<Record *> ordered = records;
        std::vector<std::size_t> level(records.size(), 0);
        if (!edges.empty()) {
            const TopologicalOrder sorted = topologicalSort(records.size(), edges);
            ordered.clear();
            std::multimap<std::size_t, std::size_t> parents;
            for (const auto &[parent, child] : edges)
                parents.emplace(child, parent);
            for (const std::size_t at : sorted.order) {
                for (auto [one, end] = parents.equal_range(at); one != end; ++one)
                    if (one->second != at)
                        level[at] = std::max(level[at], level[one->second] + 1);
                ordered.push_back(records[at]);
            }
        }
        for (Record *record : records)
            for (const auto &event : entity->beforeInsert)
                event(record->held.get());
        // Batches of the same level and the same columns.
        const Layout &layout = layoutOf(*entity);
        const auto hasKey = [&](const Record &record) {
            if (!layout.generatedKey)
                return true;
            const Value key = entity->fields[*layout.generatedKey].access->get(record.held.get());
            return !key.isNull() && key != Value(0);
        };
        const auto levelOf = [&](const Record *record) {
            const auto at = places.find(record->held.get());
            return at == places.end() ? std::size_t{0} : level[at->second];
        };
        std::size_t maxLevel = 0;
        for (const std::size_t each : level)
            maxLevel = std::max(maxLevel, each);
        for (std::size_t now = 0; now <= maxLevel; ++now) {
            std::vector<Record *> batch;
            bool batchHasKeys = true;
            for (Record *record : ordered) {
                if (levelOf(record) != now)
                    continue;
                const bool keyed = hasKey(*record);
                if (!batch.empty() && keyed != batchHasKeys) {
                    insertBatch(*entity, batch, batchHasKeys);
                    batch.clear();
                }
                batchHasKeys = keyed;
                batch.push_back(record);
            }
            if (!batch.empty())
                insertBatch(*entity, batch, batchHasKeys);
        }
        for (Record *record : records)
            for (const auto &event : entity->afterInsert)
                event(record->object.lock().get());
    }
}

void ObjectSession::insertBatch(const EntityMap &entity, const std::vector<Record *> &records, bool hasKeys)
{
    const Layout &layout = layoutOf(entity);
    std::vector<std::string> columns;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < layout.columns.size(); ++i)
        if (hasKeys || i != layout.generatedKey) {
            columns.push_back(layout.columns[i]);
            places.push_back(i);
        }
    const Dialect &dialect = connection_.dialect();
    const std::size_t wanted = dialect.capabilities().schemas ? 1000 : 100;
    const auto most = static_cast<std::size_t>(dialect.capabilities().maxParameters);
    const bool canReturn = dialect.capabilities().returning;
    const std::size_t atOnce =
        !hasKeys && !canReturn ? 1
                               : std::clamp<std::size_t>(most / std::max<std::size_t>(columns.size(), 1), 1, wanted);
    std::string sql;
    std::size_t rowsOfSql = 0;
    std::vector<Value> values;
    std::vector<std::vector<Value>> images;
    for (std::size_t start = 0; start < records.size();) {
        const std::size_t count = std::min(atOnce, records.size() - start);
        if (count != rowsOfSql) {
            const std::vector<std::vector<Expr>> cells(count, std::vector<Expr>(columns.size(), bind(Value(0))));
            Insert statement = insert(entity.table).rows(columns, cells);
            if (!hasKeys && canReturn)
                statement = std::move(statement).returning(
                    {schemawright::column(entity.table, layout.columns[*layout.generatedKey])});
            sql = dialect.compile(statement).sql;
            rowsOfSql = count;
        }
        values.clear();
        images.clear();
        for (std::size_t i = start; i < start + count; ++i) {
            if (entity.version)
                entity.fields[*entity.version].access->set(records[i]->held.get(), Value(1));
            std::vector<Value> image = imageOf(entity, records[i]->held.get());
            for (const std::size_t place : places)
                values.push_back(std::move(image[place])); // and back, when they have been sent
            images.push_back(std::move(image));
        }
        Result result = connection_.execute(sql, values);
        for (std::size_t i = 0, next = 0; i < count; ++i)
            for (const std::size_t place : places)
                images[i][place] = std::move(values[next++]);
        std::vector<Value> keys;
        if (!hasKeys) {
            // Both databases count upwards in the order of the rows, whatever the order in which they tell.
            if (canReturn)
                keys = result.scalars();
            std::ranges::sort(keys, {}, [](const Value &key) { return key.get<std::int64_t>(); });
            if (keys.size() != count)
                throw Error(ErrorKind::Conflict, "the database made " + std::to_string(keys.size()) + " rows of " +
                                                     std::to_string(count) + " in " + entity.name);
        }
        for (std::size_t i = 0; i < count; ++i) {
            Record &record = *records[start + i];
            const std::shared_ptr<void> object = std::exchange(record.held, nullptr);
            record.image = std::move(images[i]);
            if (!hasKeys) {
                const MappedField &field = entity.fields[*layout.generatedKey];
                const Value before = field.access->get(object.get());
                field.access->set(object.get(), keys[i]);
                record.image[*layout.generatedKey] = keys[i];
                undoable([object, &field, before] { field.access->set(object.get(), before); });
            }
            record.state = ObjectState::Persistent;
            record.written = flushes_;
            for (std::size_t r = 0; r < entity.relations.size(); ++r) {
                const auto kind = entity.relations[r].kind;
                record.related[r] = kind == Relation::Kind::ManyToOne || kind == Relation::Kind::ManyToMany
                                        ? std::vector<std::shared_ptr<void>>{}
                                        : entity.relations[r].get(object.get());
            }
            identity_[{&entity, keyOf(entity, record.image)}] = object.get();
        }
        start += count;
    }
}

void ObjectSession::updateChanged()
{
    for (auto &[address, record] : records_) {
        if (record.state != ObjectState::Persistent || record.written == flushes_)
            continue;
        const std::shared_ptr<void> object = record.object.lock();
        if (!object)
            continue;
        std::vector<Value> now = imageOf(*record.entity, object.get());
        if (now == record.image)
            continue;
        if (!record.entity->beforeUpdate.empty()) {
            for (const auto &event : record.entity->beforeUpdate)
                event(object.get());
            now = imageOf(*record.entity, object.get());
        }
        writeUpdate(record, object.get(), now);
        for (const auto &event : record.entity->afterUpdate)
            event(object.get());
    }
}

void ObjectSession::writeUpdate(Record &record, void *object, const std::vector<Value> &wanted)
{
    const EntityMap &entity = *record.entity;
    const Layout &layout = layoutOf(entity);
    std::vector<Value> now = wanted;
    if (entity.version) {
        const Value next(record.image[*entity.version].get<std::int64_t>() + 1);
        entity.fields[*entity.version].access->set(object, next);
        now[*entity.version] = next;
    }
    std::vector<bool> changed;
    std::vector<Value> values;
    for (std::size_t i = 0; i < now.size(); ++i) {
        changed.push_back(now[i] != record.image[i]);
        if (changed.back())
            values.push_back(now[i]);
    }
    const auto [at, isNew] = updates_.try_emplace({&entity, changed});
    if (isNew) {
        std::vector<Expr> match;
        for (const std::size_t key : entity.key)
            match.push_back(schemawright::column(entity.table, layout.columns[key]) == bind(Value(0)));
        if (entity.version)
            match.push_back(schemawright::column(entity.table, layout.columns[*entity.version]) == bind(Value(0)));
        Update statement = update(entity.table).where(and_(std::move(match)));
        for (std::size_t i = 0; i < now.size(); ++i)
            if (changed[i])
                statement = std::move(statement).set(layout.columns[i], bind(Value(0)));
        at->second = connection_.dialect().compile(statement).sql;
    }
    for (const Value &key : keyOf(entity, record.image))
        values.push_back(key);
    if (entity.version)
        values.push_back(record.image[*entity.version]);
    Result result = connection_.execute(at->second, values);
    if (result.affectedRows() != 1)
        throw Error(ErrorKind::Conflict, "the row of an object of " + entity.name + " was changed or removed by others")
            .withHint("Refresh the object and apply the change again.");
    if (keyOf(entity, now) != keyOf(entity, record.image)) {
        identity_.erase({&entity, keyOf(entity, record.image)});
        identity_[{&entity, keyOf(entity, now)}] = object;
    }
    undoable([this, address = static_cast<const void *>(object), before = record.image] {
        const auto found = records_.find(address);
        const std::shared_ptr<void> again = found == records_.end() ? nullptr : found->second.object.lock();
        if (!again)
            return;
        const EntityMap &of = *found->second.entity;
        identity_.erase({&of, keyOf(of, found->second.image)});
        found->second.image = before;
        identity_[{&of, keyOf(of, before)}] = address;
        writeMembers(found->second, again.get(), before);
    });
    record.image = std::move(now);
}

void ObjectSession::writeAssociations()
{
    if (!hasRelations_)
        return;
    for (auto &[address, record] : records_) {
        if (record.state != ObjectState::Persistent || record.object.expired())
            continue;
        const EntityMap &entity = *record.entity;
        for (std::size_t i = 0; i < entity.relations.size(); ++i) {
            const Relation &relation = entity.relations[i];
            if (relation.kind != Relation::Kind::ManyToMany || !record.related[i])
                continue;
            const EntityMap &other = mappings_.of(relation.target);
            const auto now = relation.get(address);
            const auto before = *record.related[i];
            const std::vector<Value> mine = keyOf(entity, record.image);
            std::vector<std::string> columns = relation.columns;
            columns.insert(columns.end(), relation.others.begin(), relation.others.end());
            const auto rowOf = [&](const std::shared_ptr<void> &object) {
                std::vector<Value> row = mine;
                const std::vector<Value> theirs = keyOf(other, records_.at(object.get()).image);
                row.insert(row.end(), theirs.begin(), theirs.end());
                return row;
            };
            std::vector<std::vector<Value>> added;
            for (const std::shared_ptr<void> &each : now)
                if (std::ranges::find(before, each) == before.end())
                    added.push_back(rowOf(each));
            for (const std::shared_ptr<void> &each : before) {
                if (std::ranges::find(now, each) != now.end())
                    continue;
                const std::vector<Value> row = rowOf(each);
                std::vector<Expr> match;
                for (std::size_t k = 0; k < columns.size(); ++k)
                    match.push_back(schemawright::column(relation.association, columns[k]) == bind(row[k]));
                connection_.execute(delete_(relation.association).where(and_(std::move(match))));
            }
            if (!added.empty())
                connection_.insertMany(relation.association, columns, added);
            if (now == before)
                continue;
            record.related[i] = now;
            undoable([this, owner = address, i, before] {
                if (const auto found = records_.find(owner); found != records_.end())
                    found->second.related[i] = before;
            });
        }
    }
}

void ObjectSession::deleteRemoved()
{
    std::map<const EntityMap *, std::vector<Record *>> gone;
    for (const void *address : std::exchange(removed_, {}))
        if (const auto at = records_.find(address);
            at != records_.end() && at->second.state == ObjectState::Deleted && at->second.held)
            gone[at->second.entity].push_back(&at->second);
    if (gone.empty())
        return;
    std::vector<const EntityMap *> order = mappings_.sorted();
    std::ranges::reverse(order); // children before their parents
    for (const EntityMap *entity : order) {
        const auto found = gone.find(entity);
        if (found == gone.end())
            continue;
        std::vector<Record *> &records = found->second;
        // Of one table, what refers to another goes before it.
        std::ranges::sort(records, std::greater(), &Record::order);
        std::map<const void *, std::size_t> places;
        for (std::size_t i = 0; i < records.size(); ++i)
            places[records[i]->held.get()] = i;
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (std::size_t i = 0; i < records.size(); ++i)
            for (const Relation &relation : entity->relations)
                if (relation.kind == Relation::Kind::ManyToOne && relation.target == entity->type)
                    for (const auto &parent : relation.get(records[i]->held.get()))
                        if (const auto at = places.find(parent.get()); at != places.end())
                            edges.emplace_back(i, at->second);
        for (const std::size_t at : topologicalSort(records.size(), edges).order) {
            Record &record = *records[at];
            const std::shared_ptr<void> object = record.held;
            for (const auto &event : entity->beforeDelete)
                event(object.get());
            const std::vector<Value> key = keyOf(*entity, record.image);
            for (const Relation &relation : entity->relations)
                if (relation.kind == Relation::Kind::ManyToMany) {
                    std::vector<Expr> match;
                    for (std::size_t k = 0; k < relation.columns.size(); ++k)
                        match.push_back(schemawright::column(relation.association, relation.columns[k]) ==
                                        bind(key[k]));
                    connection_.execute(delete_(relation.association).where(and_(std::move(match))));
                }
            Expr match = matching(*entity, key);
            if (entity->version)
                match = match && schemawright::column(entity->table, entity->fields[*entity->version].column) ==
                                     bind(record.image[*entity->version]);
            Result result = connection_.execute(delete_(entity->table).where(match));
            if (result.affectedRows() != 1)
                throw Error(ErrorKind::Conflict,
                            "the row of an object of " + entity->name + " was changed or removed by others")
                    .withHint("Refresh the object and remove it again.");
            identity_.erase({entity, key});
            record.held.reset();
            undoable([this, object, entity, key] {
                if (const auto again = records_.find(object.get()); again != records_.end()) {
                    again->second.held = object; // the removal itself is taken back after this
                    identity_[{entity, key}] = object.get();
                }
            });
            for (const auto &event : entity->afterDelete)
                event(object.get());
        }
    }
}

void ObjectSession::undoTo(std::size_t mark)
{
    while (undo_.size() > mark) {
        const auto undo = std::move(undo_.back());
        undo_.pop_back();
        undo();
    }
}

void ObjectSession::commit()
{
    flush();
    if (transaction_)
        transaction_->commit();
    transaction_.reset();
    undo_.clear();
    // What was deleted is nothing to the session any more; what nobody holds is forgotten.
    std::erase_if(records_, [&](const auto &each) {
        const bool isGone = each.second.state == ObjectState::Deleted || each.second.object.expired();
        if (isGone && !each.second.image.empty() && each.second.state != ObjectState::Deleted)
            if (const auto known = identity_.find({each.second.entity, keyOf(*each.second.entity, each.second.image)});
                known != identity_.end() && known->second == each.first)
                identity_.erase(known);
        return isGone;
    });
}

void ObjectSession::rollback()
{
    if (transaction_)
        transaction_->rollback();
    transaction_.reset();
    undoTo(0);
    // Changes that no flush has seen are taken back as well.
    for (auto &[address, record] : records_)
        if (const std::shared_ptr<void> object = record.object.lock();
            object && record.state == ObjectState::Persistent && !record.image.empty())
            writeMembers(record, object.get(), record.image);
}

ObjectSession::Nested ObjectSession::nested()
{
    flush();
    ensureTransaction();
    return Nested(*this, connection_.savepoint(), undo_.size());
}

ObjectSession::Nested::Nested(Nested &&other) noexcept
    : session_(std::exchange(other.session_, nullptr)), savepoint_(std::move(other.savepoint_)), mark_(other.mark_)
{}

ObjectSession::Nested::~Nested()
{
    try {
        rollback();
    } catch (const Error &) { // the transaction is gone, and this with it
    }
}

void ObjectSession::Nested::commit()
{
    ObjectSession *session = session_;
    if (!session)
        return;
    session->flush();
    savepoint_->release();
    session_ = nullptr;
}

void ObjectSession::Nested::rollback()
{
    ObjectSession *session = std::exchange(session_, nullptr);
    if (!session)
        return;
    savepoint_->rollback();
    session->undoTo(std::min(mark_, session->undo_.size()));
    for (auto &[address, record] : session->records_)
        if (const std::shared_ptr<void> object = record.object.lock();
            object && record.state == ObjectState::Persistent && !record.image.empty())
            session->writeMembers(record, object.get(), record.image);
}

} // namespace schemawright
