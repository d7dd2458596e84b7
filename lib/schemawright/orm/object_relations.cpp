// Relationships in memory: what is reachable, both sides in step, and the rows of associations.

#include "schemawright/orm/object_session.h"

#include <algorithm>
#include <set>

namespace schemawright {

using detail::Related;
using detail::Undo;

/// Makes these the records of a list; a record is kept while lists have it.
void ObjectSession::pin(Related &related, std::vector<Record *> records)
{
    for (Record *record : records)
        ++record->pins;
    for (Record *record : related.records)
        --record->pins;
    related.records = std::move(records);
    keepInStep(related, std::nullopt);
}

/// The same for what a list was when both sides last said the same.
void ObjectSession::keepInStep(Related &related, std::optional<std::vector<Record *>> records)
{
    if (records)
        for (Record *record : *records)
            ++record->pins;
    if (related.inStep)
        for (Record *record : *related.inStep)
            --record->pins;
    related.inStep = std::move(records);
}

std::vector<ObjectSession::Record *> ObjectSession::recordsNow(const Record &record, const Relation &relation) const
{
    std::vector<Record *> now;
    const std::size_t size = relation.access->size(record.address);
    for (std::size_t i = 0; i < size; ++i)
        if (Record *other = recordOf(relation.access->at(record.address, i)))
            now.push_back(other);
    return now;
}

/// Notes a relationship as it stands now, so that the next flush sees what differs.
void ObjectSession::keepRelated(Record &record, std::size_t index, bool isLoaded)
{
    const Relation &relation = record.entity().relations[index];
    std::vector<Record *> now = recordsNow(record, relation);
    Related &related = record.related[index];
    keepInStep(related, std::nullopt);
    if (related.isLoaded == isLoaded && related.records == now)
        return;
    auto more = std::make_unique<Undo::More>();
    more->relation = index;
    more->related = related;
    for (Record *each : related.records)
        ++each->pins;
    undo_.push_back({Undo::What::Relate, &record, std::move(more)});
    pin(related, std::move(now));
    related.isLoaded = isLoaded;
}

/// What is reachable from a known object is known too.
void ObjectSession::cascade()
{
    std::vector<Record *> open;
    pool_.forEach([&](Record &record) {
        if (!record.related.empty() && record.state != ObjectState::Deleted && !record.object.expired())
            open.push_back(&record);
    });
    while (!open.empty()) {
        Record &record = *open.back();
        open.pop_back();
        for (const Relation &relation : record.entity().relations) {
            if (!relation.cascade.saveUpdate || relation.isViewOnly)
                continue;
            const std::size_t size = relation.access->size(record.address);
            for (std::size_t i = 0; i < size; ++i) {
                const void *each = relation.access->at(record.address, i);
                if (!each || recordOf(each))
                    continue;
                addObject(layoutOf(mappings_.of(relation.access->typeAt(record.address, i), *relation.other)),
                          relation.access->share(record.address, i));
                if (Record *added = recordOf(each); added && !added->related.empty())
                    open.push_back(added);
            }
        }
    }
}

void ObjectSession::holdUntilWritten(Record &record, std::shared_ptr<void> object)
{
    if (record.held)
        return;
    record.held = std::move(object);
    moved_.push_back(&record);
}

bool ObjectSession::listHas(const Record &owner, const Relation &relation, const void *object) const
{
    const std::size_t size = relation.access->size(owner.address);
    for (std::size_t i = 0; i < size; ++i)
        if (relation.access->at(owner.address, i) == object)
            return true;
    return false;
}

void ObjectSession::addTo(Record &owner, std::size_t index, const std::shared_ptr<void> &object)
{
    const Relation &relation = owner.entity().relations[index];
    const std::shared_ptr<void> held = owner.object.lock();
    const bool isWhole = owner.related[index].isLoaded || !owner.isRow(); // else its member says nothing of the rest
    if (!held || !isWhole || !relation.access->isKnown(owner.address) || listHas(owner, relation, object.get()))
        return;
    Objects objects;
    if (relation.isToMany())
        for (std::size_t i = 0; i < relation.access->size(owner.address); ++i)
            objects.push_back(relation.access->share(owner.address, i));
    objects.push_back(object);
    relation.access->set(held.get(), std::move(objects));
}

void ObjectSession::takeFrom(Record &owner, std::size_t index, const void *object)
{
    const Relation &relation = owner.entity().relations[index];
    const std::shared_ptr<void> held = owner.object.lock();
    if (!held || !relation.access->isKnown(owner.address) || !listHas(owner, relation, object))
        return;
    Objects objects;
    for (std::size_t i = 0; i < relation.access->size(owner.address); ++i)
        if (relation.access->at(owner.address, i) != object)
            objects.push_back(relation.access->share(owner.address, i));
    relation.access->set(held.get(), std::move(objects));
}

/// Leaves an owner for none; by its list's cascade it goes with that.
void ObjectSession::loseOwner(Record &record, const Relation &list, Orphans &orphans)
{
    const std::shared_ptr<void> child = revived(record);
    record.entity().relations[*list.inverse].access->set(child.get(), {});
    holdUntilWritten(record, child);
    record.related[*list.inverse].isLoaded = true;
    if (list.cascade.removeOrphan)
        orphans.emplace_back(&record, *list.inverse);
}

/// What a to-one relationship refers to by another's key, where another is put in its place before it was read.
void ObjectSession::readOne(Record &owner, std::size_t index)
{
    const Relation &relation = owner.entity().relations[index];
    if (relation.kind != Relation::Kind::OneToOne || owner.related[index].isLoaded || !owner.isRow())
        return;
    const std::shared_ptr<void> held = owner.object.lock();
    const bool isSet = relation.access->isKnown(held.get()) && relation.access->size(held.get()) > 0;
    const std::shared_ptr<void> now = isSet ? relation.access->share(held.get(), 0) : nullptr;
    const NoAutoflush off(*this);
    loadRelation(owner.entity(), {held}, index);
    if (now)
        relation.access->set(held.get(), {now});
}

/// A list that differs from what it was says so to the other side.
void ObjectSession::listChanged(Record &record, std::size_t index, Orphans &orphans)
{
    const Relation &relation = record.entity().relations[index];
    const std::shared_ptr<void> owner = record.object.lock();
    if (!owner || relation.isViewOnly || !relation.access->isKnown(record.address))
        return;
    if (relation.kind == Relation::Kind::OneToOne && relation.access->size(record.address) > 0)
        readOne(record, index);
    const std::vector<Record *> before = record.related[index].latest();
    // By their records, for the address of one that is gone may be another's by now.
    const std::vector<Record *> list = recordsNow(record, relation);
    const std::set<const Record *> now(list.begin(), list.end()), old(before.begin(), before.end());
    const std::size_t size = relation.access->size(record.address);
    if (now == old && list.size() == size)
        return;
    for (std::size_t i = 0; i < size; ++i) {
        const std::shared_ptr<void> each = relation.access->share(record.address, i);
        if (!each || !relation.inverse || old.contains(recordOf(each.get())))
            continue;
        if (relation.kind == Relation::Kind::ManyToMany) {
            if (Record *other = recordOf(each.get()))
                addTo(*other, *relation.inverse, owner);
        } else if (const Relation &back = relation.other->relations[*relation.inverse];
                   back.access->size(each.get()) == 0 || back.access->at(each.get(), 0) != owner.get())
            back.access->set(each.get(), {owner});
    }
    for (Record *each : before) {
        if (now.contains(each) || each->state == ObjectState::Deleted || each->state == ObjectState::Detached)
            continue;
        if (relation.kind == Relation::Kind::ManyToMany) {
            if (relation.inverse)
                takeFrom(*each, *relation.inverse, owner.get());
            continue;
        }
        const std::shared_ptr<void> child = revived(*each);
        const Relation &back = relation.other->relations[*relation.inverse];
        const void *ownerNow = back.access->size(child.get()) ? back.access->at(child.get(), 0) : nullptr;
        if (!ownerNow || ownerNow == owner.get()) // else it has another by now
            loseOwner(*each, relation, orphans);
    }
}

/// A reference that differs from what it was says so to the lists of both owners.
void ObjectSession::ownerChanged(Record &record, std::size_t index, Orphans &orphans)
{
    const Relation &relation = record.entity().relations[index];
    const std::shared_ptr<void> object = record.object.lock();
    if (!object || !relation.inverse || !relation.access->isKnown(record.address))
        return;
    const std::vector<Record *> list = recordsNow(record, relation);
    const std::vector<Record *> before = record.related[index].latest();
    if (list == before)
        return;
    holdUntilWritten(record, object);
    if (!before.empty())
        takeFrom(*before.front(), *relation.inverse, object.get());
    if (list.empty()) {
        if (!before.empty() && before.front()->entity().relations[*relation.inverse].cascade.removeOrphan)
            orphans.emplace_back(&record, index);
        return;
    }
    Record &owner = *list.front();
    const Relation &inverse = owner.entity().relations[*relation.inverse];
    readOne(owner, *relation.inverse);
    if (inverse.kind == Relation::Kind::OneToOne) // who was there leaves
        for (Record *each : recordsNow(owner, inverse))
            if (each != &record && each->state != ObjectState::Deleted && recordsNow(*each, relation) == list)
                loseOwner(*each, inverse, orphans);
    addTo(owner, *relation.inverse, object);
}

void ObjectSession::synchronize()
{
    if (!hasRelations_)
        return;
    cascade();
    Orphans orphans;
    const auto each = [&](bool lists) {
        pool_.forEach([&](Record &record) {
            if (record.state == ObjectState::Deleted || record.isExpired)
                return;
            for (std::size_t i = 0; i < record.related.size(); ++i)
                if (record.entity().relations[i].kind == Relation::Kind::ManyToOne) {
                    if (!lists)
                        ownerChanged(record, i, orphans);
                } else if (lists)
                    listChanged(record, i, orphans);
        });
    };
    each(true);
    each(false);
    for (const auto &[record, relation] : orphans) // but those that another owner has taken meanwhile
        if (const std::shared_ptr<void> object = record->object.lock();
            object && record->entity().relations[relation].access->size(object.get()) == 0)
            removeObject(record->entity(), object);
    cascade(); // what was added to the other side
    pool_.forEach([&](Record &record) {
        if (record.state == ObjectState::Deleted || record.isExpired || record.object.expired())
            return;
        for (std::size_t i = 0; i < record.related.size(); ++i) {
            const Relation &relation = record.entity().relations[i];
            if (relation.isViewOnly || !relation.access->isKnown(record.address))
                continue;
            std::vector<Record *> now = recordsNow(record, relation);
            if (now != record.related[i].latest())
                keepInStep(record.related[i], std::move(now));
        }
    });
}

/// Rows of associations that are to be made, or to go: each once, however many sides of it are mapped.
std::vector<ObjectSession::Link> ObjectSession::associationLinks(bool areNew)
{
    std::vector<Link> links;
    std::set<std::tuple<const Table *, const Record *, const Record *>> seen;
    pool_.forEach([&](Record &record) {
        if (record.related.empty() || record.state != ObjectState::Persistent || record.object.expired() ||
            record.isExpired)
            return;
        for (std::size_t i = 0; i < record.related.size(); ++i) {
            const Relation &relation = record.entity().relations[i];
            if (relation.kind != Relation::Kind::ManyToMany || relation.isViewOnly ||
                !relation.access->isKnown(record.address))
                continue;
            std::vector<Record *> now;
            for (std::size_t k = 0; k < relation.access->size(record.address); ++k)
                if (Record *other = recordOf(relation.access->at(record.address, k));
                    other && other->isRow() && other->state != ObjectState::Deleted)
                    now.push_back(other);
            const std::vector<Record *> &before = record.related[i].records;
            const auto note = [&](Record &other) {
                const bool isForward = relation.columns < relation.others; // either side tells the same
                const auto name =
                    isForward ? std::tuple(relation.association.get(), &std::as_const(record), &std::as_const(other))
                              : std::tuple(relation.association.get(), &std::as_const(other), &std::as_const(record));
                if (!seen.insert(name).second)
                    return;
                std::vector<Value> row = keyValues(*record.layout, record.image);
                for (Value &value : keyValues(*other.layout, other.image))
                    row.push_back(std::move(value));
                links.push_back({&relation, std::move(row)});
            };
            const std::vector<Record *> &less = areNew ? before : now;
            const std::set<const Record *> known(less.begin(), less.end());
            for (Record *other : areNew ? now : before)
                if (!known.contains(other) && other->isRow())
                    note(*other);
        }
    });
    return links;
}

namespace {

std::vector<std::string> columnsOf(const Relation &relation)
{
    std::vector<std::string> columns = relation.columns;
    columns.insert(columns.end(), relation.others.begin(), relation.others.end());
    return columns;
}

} // namespace

/// Before rows go that they refer to.
void ObjectSession::deleteAssociations()
{
    if (!hasRelations_)
        return;
    for (const Link &link : associationLinks(false)) {
        std::vector<Expr> match;
        const std::vector<std::string> columns = columnsOf(*link.relation);
        for (std::size_t k = 0; k < columns.size(); ++k)
            match.push_back(schemawright::column(link.relation->association, columns[k]) == bind(link.row[k]));
        connection_.execute(delete_(link.relation->association).where(and_(std::move(match))));
    }
}

/// When all rows are there.
void ObjectSession::insertAssociations()
{
    if (!hasRelations_)
        return;
    std::map<const Relation *, std::vector<std::vector<Value>>> rows;
    for (Link &link : associationLinks(true))
        rows[link.relation].push_back(std::move(link.row));
    for (const auto &[relation, all] : rows)
        connection_.insertMany(relation->association, columnsOf(*relation), all);
}

/// Every relationship is as it was left.
void ObjectSession::keepRelations()
{
    if (!hasRelations_)
        return;
    pool_.forEach([&](Record &record) {
        if (record.state != ObjectState::Persistent || record.object.expired() || record.isExpired)
            return;
        for (std::size_t i = 0; i < record.related.size(); ++i) {
            const Relation &relation = record.entity().relations[i];
            if (relation.isViewOnly || !relation.access->isKnown(record.address))
                continue;
            // A list that was not read says nothing of the rows that it lacks.
            const bool isOne = relation.kind == Relation::Kind::ManyToOne;
            const bool isSet = relation.access->size(record.address) > 0;
            const bool isLoaded = record.related[i].isLoaded || record.isFlushed || (isOne && isSet);
            if (isLoaded || isSet)
                keepRelated(record, i, isLoaded);
        }
    });
}

} // namespace schemawright
