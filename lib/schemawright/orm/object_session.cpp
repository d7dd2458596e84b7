#include "schemawright/orm/object_session.h"

#include "schemawright/base/topological.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace schemawright {

std::size_t ObjectSession::KeyHash::operator()(const Key &key) const noexcept
{
    std::size_t seed = std::hash<const void *>()(key.entity);
    for (const Value &value : key.values)
        seed = seed * 31 + std::hash<Value>()(value);
    return seed;
}

ObjectSession::ObjectSession(Connection &connection, Mappings &mappings) : connection_(connection), mappings_(mappings)
{
    mappings_.check();
    for (const EntityMap *entity : mappings_.sorted())
        hasRelations_ = hasRelations_ || !entity->relations.empty();
}

ObjectSession::~ObjectSession()
{
    try {
        rollback();
    } catch (const Error &) { // the connection is lost, and the transaction with it
    }
}

const ObjectSession::Layout &ObjectSession::layoutOf(const EntityMap &entity) const
{
    const auto [at, isNew] = layouts_.try_emplace(&entity);
    Layout &layout = at->second;
    if (!isNew)
        return layout;
    for (const MappedField &field : entity.fields)
        layout.columns.push_back(field.column);
    for (const Relation &relation : entity.relations) {
        std::vector<std::size_t> places;
        if (relation.kind == Relation::Kind::ManyToOne)
            for (const std::string &column : relation.columns) {
                const auto found = std::ranges::find(layout.columns, column);
                places.push_back(static_cast<std::size_t>(found - layout.columns.begin()));
                if (found == layout.columns.end())
                    layout.columns.push_back(column);
            }
        layout.relationColumns.push_back(std::move(places));
    }
    if (entity.key.size() == 1) {
        const std::string &column = entity.fields[entity.key.front()].column;
        const Column *known = entity.table->column(column);
        std::string native = known->type.native;
        std::ranges::transform(native, native.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
        const bool isRowId = connection_.dialect().name() == "sqlite" && known->type.isInteger() &&
                             (native.empty() || native == "INTEGER") && !entity.table->hasOption("without_rowid");
        if (known->autoincrement || known->identity || isRowId ||
            (known->defaultSql && known->defaultSql->starts_with("nextval(")))
            layout.generatedKey = entity.key.front();
    }
    return layout;
}

ObjectSession::Record &ObjectSession::track(const EntityMap &entity, const std::shared_ptr<void> &object,
                                            ObjectState state)
{
    forget(object.get()); // of an object that was at this address before
    Record &record = records_[object.get()];
    record.entity = &entity;
    record.object = object;
    record.state = state;
    record.related.resize(entity.relations.size());
    record.order = ++added_;
    return record;
}

void ObjectSession::addObject(const EntityMap &entity, const std::shared_ptr<void> &object)
{
    if (!object)
        throw Error(ErrorKind::Misuse, "nothing was added: the pointer is null");
    if (const auto found = records_.find(object.get()); found != records_.end() && !found->second.object.expired()) {
        Record &record = found->second;
        if (record.state == ObjectState::Deleted && !record.image.empty()) { // taken back
            record.state = ObjectState::Persistent;
            record.held.reset();
        }
        return;
    }
    Record &record = track(entity, object, ObjectState::Pending);
    record.held = object;
    new_.push_back(object.get());
    undoable([this, address = static_cast<const void *>(object.get())] { forget(address); });
}

void ObjectSession::removeObject(const EntityMap &entity, const std::shared_ptr<void> &object)
{
    const auto found = records_.find(object.get());
    if (found == records_.end())
        throw Error(ErrorKind::Misuse, "an object of " + entity.name + " is removed that the session does not know");
    Record &record = found->second;
    if (record.state == ObjectState::Pending)
        return forget(object.get());
    if (record.state == ObjectState::Deleted)
        return;
    record.state = ObjectState::Deleted;
    record.held = object;
    removed_.push_back(object.get());
    undoable([this, address = static_cast<const void *>(object.get())] {
        if (const auto again = records_.find(address); again != records_.end()) {
            again->second.state = ObjectState::Persistent;
            again->second.held.reset();
        }
    });
    for (std::size_t i = 0; i < entity.relations.size(); ++i) {
        const Relation &relation = entity.relations[i];
        if (!relation.cascade.remove)
            continue;
        const EntityMap &other = mappings_.of(relation.target);
        if (relation.kind != Relation::Kind::ManyToOne && !record.related[i])
            loadObjects(entity, {object}, relation.name);
        for (const auto &each : relation.get(object.get()))
            if (records_.contains(each.get()))
                removeObject(other, each);
    }
}

void ObjectSession::forget(const void *object)
{
    const auto found = records_.find(object);
    if (found == records_.end())
        return;
    if (!found->second.image.empty())
        identity_.erase({found->second.entity, keyOf(*found->second.entity, found->second.image)});
    records_.erase(found);
}

ObjectState ObjectSession::stateOf(const void *object) const
{
    const auto found = records_.find(object);
    return found == records_.end() || found->second.object.expired() ? ObjectState::Transient : found->second.state;
}

bool ObjectSession::isDirtyObject(const void *object) const
{
    const auto found = records_.find(object);
    return found != records_.end() && found->second.state == ObjectState::Persistent &&
           imageOf(*found->second.entity, object) != found->second.image;
}

std::size_t ObjectSession::newCount() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(records_, [](const auto &each) { return each.second.state == ObjectState::Pending; }));
}
std::size_t ObjectSession::dirtyCount() const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        records_, [this](const auto &each) { return !each.second.object.expired() && isDirtyObject(each.first); }));
}
std::size_t ObjectSession::deletedCount() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(records_, [](const auto &each) { return each.second.state == ObjectState::Deleted; }));
}

/// The values of all columns that the entity writes. What refers to an object without a key yet is NULL and told.
std::vector<Value> ObjectSession::imageOf(const EntityMap &entity, const void *object, bool *refersToNew) const
{
    const Layout &layout = layoutOf(entity);
    std::vector<Value> image;
    image.reserve(layout.columns.size());
    for (const MappedField &field : entity.fields)
        image.push_back(field.access->get(object));
    image.resize(layout.columns.size());
    for (std::size_t i = 0; i < entity.relations.size(); ++i) {
        const Relation &relation = entity.relations[i];
        if (relation.kind != Relation::Kind::ManyToOne)
            continue;
        const auto others = relation.get(object);
        const auto &places = layout.relationColumns[i];
        if (others.empty()) {
            // Not loaded, and not changed: the columns stay. Columns that are members too speak for themselves.
            const auto known = records_.find(object);
            for (const std::size_t place : places)
                if (place >= entity.fields.size())
                    if (known != records_.end() && !known->second.image.empty() && !known->second.related[i])
                        image[place] = known->second.image[place];
            continue;
        }
        const EntityMap &other = mappings_.of(relation.target);
        const auto record = records_.find(others.front().get());
        const bool hasKey = record != records_.end() && !record->second.image.empty();
        const std::vector<Value> key = hasKey ? keyOf(other, record->second.image) : std::vector<Value>(places.size());
        if (!hasKey && refersToNew)
            *refersToNew = true;
        for (std::size_t k = 0; k < places.size(); ++k)
            image[places[k]] = key[k];
    }
    return image;
}

std::vector<Value> ObjectSession::keyOf(const EntityMap &entity, const std::vector<Value> &image) const
{
    std::vector<Value> key;
    for (const std::size_t at : entity.key)
        key.push_back(image[at]);
    return key;
}

std::vector<Value> ObjectSession::keyOfObject(const EntityMap &entity, const void *object) const
{
    std::vector<Value> key;
    for (const std::size_t at : entity.key)
        key.push_back(entity.fields[at].access->get(object));
    return key;
}

Expr ObjectSession::matching(const EntityMap &entity, const std::vector<Value> &key) const
{
    std::vector<Expr> all;
    for (std::size_t i = 0; i < entity.key.size(); ++i)
        all.push_back(schemawright::column(entity.table, entity.fields[entity.key[i]].column) == bind(key[i]));
    return and_(std::move(all));
}

void ObjectSession::writeMembers(Record &record, void *object, const std::vector<Value> &image) const
{
    for (std::size_t i = 0; i < record.entity->fields.size(); ++i)
        record.entity->fields[i].access->set(object, image[i]);
}

/// Fills the members from a row, and keeps as its image what they give back: a date that SQLite has as text is a date.
void ObjectSession::readMembers(Record &record, void *object) const
{
    writeMembers(record, object, record.image);
    for (std::size_t i = 0; i < record.entity->fields.size(); ++i)
        record.image[i] = record.entity->fields[i].access->get(object);
}

void ObjectSession::ensureTransaction()
{
    if (!transaction_ && !connection_.inTransaction())
        transaction_.emplace(connection_.begin());
}

void ObjectSession::autoflush()
{
    if (!isFlushing_ && autoflushOff_ == 0)
        flush();
}

Select ObjectSession::selectOf(const EntityMap &entity) const
{
    std::vector<Expr> columns;
    for (const std::string &name : layoutOf(entity).columns)
        columns.push_back(schemawright::column(entity.table, name));
    return select(std::move(columns)).from(entity.table);
}

std::vector<std::shared_ptr<void>> ObjectSession::queryObjects(const EntityMap &entity, Select query,
                                                               std::optional<std::int64_t> limit)
{
    autoflush();
    ensureTransaction();
    if (limit)
        query = std::move(query).limit(*limit);
    std::vector<std::shared_ptr<void>> objects;
    Result result = connection_.execute(query);
    RowBatch batch;
    while (result.fetch(batch))
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            objects.push_back(objectOf(entity, batch, row));
    return objects;
}

/// The object of a row: the one that is there for its key, as it is, or a new one.
std::shared_ptr<void> ObjectSession::objectOf(const EntityMap &entity, const RowBatch &batch, std::size_t row)
{
    const std::size_t width = layoutOf(entity).columns.size(); // an association's columns may stand behind
    std::vector<Value> image;
    image.reserve(width);
    for (std::size_t column = 0; column < width; ++column)
        image.push_back(batch.value(row, column));
    Key key{&entity, keyOf(entity, image)};
    if (const auto known = identity_.find(key); known != identity_.end())
        if (const auto record = records_.find(known->second); record != records_.end())
            if (std::shared_ptr<void> object = record->second.object.lock())
                return object;
    std::shared_ptr<void> object = entity.make();
    Record &record = track(entity, object, ObjectState::Persistent);
    record.image = std::move(image);
    readMembers(record, object.get());
    identity_[std::move(key)] = object.get();
    for (const auto &event : entity.afterLoad)
        event(object.get());
    return object;
}

std::shared_ptr<void> ObjectSession::getObject(const EntityMap &entity, const std::vector<Value> &key)
{
    if (key.size() != entity.key.size())
        throw Error(ErrorKind::Misuse,
                    "the key of " + entity.name + " has " + std::to_string(entity.key.size()) + " values");
    if (const auto known = identity_.find({&entity, key}); known != identity_.end())
        if (const auto record = records_.find(known->second); record != records_.end())
            if (std::shared_ptr<void> object = record->second.object.lock())
                return record->second.state == ObjectState::Deleted ? nullptr : object;
    const auto found = queryObjects(entity, selectOf(entity).where(matching(entity, key)), std::nullopt);
    return found.empty() ? nullptr : found.front();
}

void ObjectSession::loadObjects(const EntityMap &entity, const std::vector<std::shared_ptr<void>> &owners,
                                std::string_view name)
{
    const auto found = std::ranges::find(entity.relations, name, &Relation::name);
    if (found == entity.relations.end())
        throw Error(ErrorKind::Misuse, entity.name + " has no relationship " + std::string(name));
    autoflush();
    ensureTransaction();
    const Relation &relation = *found;
    const auto index = static_cast<std::size_t>(found - entity.relations.begin());
    const EntityMap &other = mappings_.of(relation.target);
    std::map<std::vector<std::string>, std::vector<std::shared_ptr<void>>> byKey; // keys as text: equal ones meet
    const auto textOf = [](const std::vector<Value> &values) {
        std::vector<std::string> texts;
        for (const Value &value : values)
            texts.push_back(value.text());
        return texts;
    };
    const auto placesOf = [&](const EntityMap &of, std::size_t which) -> const std::vector<std::size_t> & {
        return layoutOf(of).relationColumns[which];
    };
    // The values on the owners' side that the other side is looked for by.
    std::vector<Expr> wanted;
    std::set<std::vector<std::string>> seen;
    const auto sideOf = [&](const std::shared_ptr<void> &owner) -> std::vector<Value> {
        const auto record = records_.find(owner.get());
        if (record == records_.end() || record->second.image.empty())
            throw Error(ErrorKind::Misuse, "a relationship is loaded of an object that is not in the database yet");
        if (relation.kind != Relation::Kind::ManyToOne)
            return keyOf(entity, record->second.image);
        std::vector<Value> side;
        for (const std::size_t place : placesOf(entity, index))
            side.push_back(record->second.image[place]);
        return side;
    };
    for (const auto &owner : owners) {
        const std::vector<Value> side = sideOf(owner);
        if (std::ranges::any_of(side, &Value::isNull) || !seen.insert(textOf(side)).second)
            continue;
        std::vector<Expr> parts;
        for (const Value &value : side)
            parts.push_back(bind(value));
        wanted.push_back(parts.size() == 1 ? parts.front() : tuple(std::move(parts)));
    }
    const auto oneOrTuple = [](std::vector<Expr> columns) {
        return columns.size() == 1 ? columns.front() : tuple(std::move(columns));
    };
    constexpr std::size_t most = 500; // values in one IN
    for (std::size_t start = 0; start < wanted.size(); start += most) {
        const std::vector<Expr> part(wanted.begin() + static_cast<std::ptrdiff_t>(start),
                                     wanted.begin() +
                                         static_cast<std::ptrdiff_t>(std::min(wanted.size(), start + most)));
        std::vector<Expr> columns;
        Select query = selectOf(other);
        std::size_t extra = 0;
        if (relation.kind == Relation::Kind::ManyToOne)
            for (const std::size_t at : other.key)
                columns.push_back(schemawright::column(other.table, other.fields[at].column));
        else if (relation.kind == Relation::Kind::ManyToMany) {
            std::vector<Expr> on, more;
            for (std::size_t i = 0; i < other.key.size(); ++i)
                on.push_back(schemawright::column(relation.association, relation.others[i]) ==
                             schemawright::column(other.table, other.fields[other.key[i]].column));
            for (const std::string &each : relation.columns)
                columns.push_back(schemawright::column(relation.association, each));
            more = columns;
            extra = more.size();
            query = std::move(query).columns(std::move(more));
            query = std::move(query).join(Source(relation.association), and_(std::move(on)));
        } else
            for (const std::string &each : other.relations[relation.inverse].columns)
                columns.push_back(schemawright::column(other.table, each));
        std::vector<Expr> order;
        for (const std::size_t at : other.key)
            order.push_back(schemawright::column(other.table, other.fields[at].column));
        query = std::move(query).where(in(oneOrTuple(std::move(columns)), part)).orderBy(std::move(order));
        Result result = connection_.execute(query);
        RowBatch batch;
        const std::size_t width = layoutOf(other).columns.size();
        while (result.fetch(batch))
            for (std::size_t row = 0; row < batch.rowCount(); ++row) {
                const std::shared_ptr<void> object = objectOf(other, batch, row);
                std::vector<Value> side;
                if (relation.kind == Relation::Kind::ManyToMany)
                    for (std::size_t i = 0; i < extra; ++i)
                        side.push_back(batch.value(row, width + i));
                else if (relation.kind == Relation::Kind::ManyToOne)
                    side = keyOf(other, records_.at(object.get()).image);
                else
                    for (const std::size_t place : placesOf(other, relation.inverse))
                        side.push_back(batch.value(row, place));
                byKey[textOf(side)].push_back(object);
            }
    }
    for (const auto &owner : owners) {
        const auto objects = byKey.find(textOf(sideOf(owner)));
        auto all = objects == byKey.end() ? std::vector<std::shared_ptr<void>>() : objects->second;
        // Both sides name each other.
        if (relation.kind == Relation::Kind::OneToMany || relation.kind == Relation::Kind::OneToOne)
            for (const auto &each : all) {
                other.relations[relation.inverse].set(each.get(), {owner});
                records_.at(each.get()).related[relation.inverse] = std::vector<std::shared_ptr<void>>{};
            }
        records_.at(owner.get()).related[index] =
            relation.kind == Relation::Kind::ManyToOne ? std::vector<std::shared_ptr<void>>{} : all;
        relation.set(owner.get(), std::move(all));
    }
}

void ObjectSession::refreshObject(const EntityMap &entity, const std::shared_ptr<void> &object)
{
    const auto found = records_.find(object.get());
    if (found == records_.end() || found->second.image.empty())
        throw Error(ErrorKind::Misuse, "an object of " + entity.name + " is read again that is no row");
    const NoAutoflush off(*this);
    ensureTransaction();
    Result result = connection_.execute(selectOf(entity).where(matching(entity, keyOf(entity, found->second.image))));
    RowBatch batch;
    if (!result.fetch(batch) || batch.rowCount() == 0)
        throw Error(ErrorKind::NotFound, "the row of an object of " + entity.name + " is gone");
    found->second.image = batch.row(0);
    readMembers(found->second, object.get());
    for (const auto &event : entity.afterLoad)
        event(object.get());
}

std::shared_ptr<void> ObjectSession::mergeObject(const EntityMap &entity, const void *other)
{
    std::shared_ptr<void> mine = getObject(entity, keyOfObject(entity, other));
    const bool isNew = !mine;
    if (isNew)
        mine = entity.make();
    for (const MappedField &field : entity.fields)
        field.access->set(mine.get(), field.access->get(other));
    if (isNew)
        addObject(entity, mine);
    return mine;
}

} // namespace schemawright
