// How related objects are read: by request, when a lazy member is asked for, or with their owners.

#include "schemawright/orm/object_read.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace schemawright {

namespace {

std::string nameOf(const detail::ObjectKey &key) { return key.isNumber ? std::to_string(key.number) : key.text; }

} // namespace

Expr relationCondition(const Relation &relation, const EntityMap &owner, const Source &other)
{
    std::vector<Expr> on;
    const Source mine(owner.parts.front().table);
    const std::vector<std::string> &keys = owner.parts.front().keyColumns;
    if (relation.kind == Relation::Kind::ManyToOne)
        for (std::size_t k = 0; k < relation.columns.size(); ++k)
            on.push_back(Source(owner.parts[owner.partOf(relation.columns[k])].table)[relation.columns[k]] ==
                         other[relation.other->parts.back().keyColumns[k]]);
    else {
        const std::vector<std::string> &columns = relation.kind == Relation::Kind::ManyToMany
                                                      ? relation.columns
                                                      : relation.other->relations[*relation.inverse].columns;
        for (std::size_t k = 0; k < columns.size(); ++k)
            on.push_back(mine[keys[k]] == other[columns[k]]);
    }
    return and_(std::move(on));
}

bool ObjectSession::canJoin(const Relation &relation, const detail::QueryParts &parts) const
{
    return !relation.other->base && (!relation.isToMany() || (!parts.limit && !parts.offset));
}

void ObjectSession::setRelated(Record &owner, std::size_t index, Objects objects)
{
    const Relation &relation = owner.entity().relations[index];
    const std::shared_ptr<void> held = owner.object.lock();
    std::vector<Record *> records;
    for (const auto &each : objects) {
        Record *other = recordOf(each.get());
        records.push_back(other);
        if (!relation.isOwnedByOther())
            continue;
        // Both sides name each other.
        const Relation &back = other->entity().relations[*relation.inverse];
        if (back.access->isKnown(each.get()) && back.access->size(each.get()) > 0)
            continue;
        back.access->set(each.get(), {held});
        pin(other->related[*relation.inverse], {&owner});
        other->related[*relation.inverse].isLoaded = true;
    }
    pin(owner.related[index], std::move(records));
    owner.related[index].isLoaded = true;
    relation.access->set(held.get(), std::move(objects));
}

void ObjectSession::loadPath(const EntityMap &entity, const Objects &owners, std::string_view path)
{
    const std::size_t dot = path.find('.');
    const std::size_t index = entity.relationNamed(path.substr(0, dot));
    const Objects targets = loadRelation(entity, owners, index);
    if (dot != std::string_view::npos && !targets.empty())
        loadPath(*entity.relations[index].other, targets, path.substr(dot + 1));
}

/// Fills one relationship of all owners by one query for each few hundred keys; returns what they are related to.
ObjectSession::Objects ObjectSession::loadRelation(const EntityMap &entity, const Objects &owners, std::size_t index)
{
    autoflush();
    const Relation &relation = entity.relations[index];
    const bool isToOne = relation.kind == Relation::Kind::ManyToOne;
    Layout &target = layoutOf(*relation.other);
    std::unordered_map<std::string, Objects> byKey;
    std::vector<std::pair<Record *, std::string>> sides; // each owner and the key it looks for
    std::vector<Expr> wanted;
    std::set<std::string> seen;
    for (const std::shared_ptr<void> &owner : owners) {
        Record *record = recordOf(owner.get());
        if (!record || !record->isRow())
            throw Error(ErrorKind::Misuse, "a relationship is loaded of an object that is not in the database yet");
        std::vector<Value> side;
        if (isToOne)
            for (const std::size_t column : record->layout->relationColumns[index])
                side.push_back(record->image.value(column));
        else
            side = keyValues(*record->layout, record->image);
        if (std::ranges::any_of(side, &Value::isNull)) {
            sides.emplace_back(record, std::string());
            continue;
        }
        const detail::ObjectKey key = keyOf(isToOne ? target : *record->layout, side);
        sides.emplace_back(record, nameOf(key));
        if (!seen.insert(sides.back().second).second)
            continue;
        if (isToOne)
            if (Record *known = target.identity->find(key); known && !known->isExpired)
                if (std::shared_ptr<void> object = known->object.lock()) {
                    byKey[sides.back().second].push_back(std::move(object));
                    continue;
                }
        std::vector<Expr> parts;
        for (const Value &value : side)
            parts.push_back(bind(value));
        wanted.push_back(oneOrTuple(std::move(parts)));
    }
    Objects fresh;
    if (!wanted.empty()) {
        Reading reading = readingOf(target, true);
        const Source mine(relation.other->parts.front().table);
        std::vector<Expr> columns;
        if (relation.kind == Relation::Kind::ManyToMany) {
            const Source association(relation.association);
            std::vector<Expr> on;
            for (std::size_t k = 0; k < relation.others.size(); ++k)
                on.push_back(association[relation.others[k]] == mine[relation.other->parts.front().keyColumns[k]]);
            reading.source = reading.source.join(association, and_(std::move(on)));
            for (const std::string &each : relation.columns)
                columns.push_back(association[each]);
        } else if (isToOne)
            for (const std::string &key : relation.other->parts.front().keyColumns)
                columns.push_back(mine[key]);
        else
            for (const std::string &each : relation.other->relations[*relation.inverse].columns)
                columns.push_back(columnNamed(*relation.other, each));
        const std::size_t keyCell = reading.columns.size();
        reading.columns.insert(reading.columns.end(), columns.begin(), columns.end());
        std::vector<Expr> order;
        for (const std::string &key : relation.other->parts.front().keyColumns)
            order.push_back(mine[key]);
        // Objects come with the owner's key behind their columns.
        const Layout &keyed = isToOne ? target : layoutOf(entity);
        const auto note = [&](const RowBatch &rows, std::size_t row, const std::shared_ptr<void> &object) {
            std::vector<Value> side;
            for (std::size_t k = 0; k < columns.size(); ++k)
                side.push_back(rows.value(row, keyCell + k));
            byKey[nameOf(keyOf(keyed, side))].push_back(object);
        };
        for (std::size_t start = 0; start < wanted.size(); start += mostInList) {
            const auto begin = wanted.begin() + static_cast<std::ptrdiff_t>(start);
            const std::vector<Expr> part(begin, wanted.size() - start > mostInList
                                                    ? begin + static_cast<std::ptrdiff_t>(mostInList)
                                                    : wanted.end());
            readObjects(reading,
                        schemawright::select(reading.columns)
                            .from(reading.source)
                            .where(in(oneOrTuple(columns), part))
                            .orderBy(order),
                        fresh, note);
        }
    }
    Objects all;
    std::set<const void *> given;
    for (const auto &[record, key] : sides) {
        const auto found = byKey.find(key);
        const Objects objects = found == byKey.end() ? Objects() : found->second;
        for (const auto &each : objects)
            if (given.insert(each.get()).second)
                all.push_back(each);
        // A reference to a row that is not there stays as it is.
        const bool isDangling = isToOne && objects.empty() && !key.empty();
        if (isDangling)
            relation.access->set(record->object.lock().get(), {});
        else
            setRelated(*record, index, objects);
    }
    loadEager({}, fresh, {});
    return all;
}

/// What a query's options and the mappings say comes with the objects.
void ObjectSession::loadEager(const Objects &owners, const Objects &fresh, const detail::QueryParts &parts)
{
    if (!hasRelations_)
        return;
    std::set<std::string> said;
    for (const auto &[path, loading] : parts.loading) {
        said.insert(path);
        if (owners.empty())
            continue;
        const EntityMap &entity = *parts.entity;
        const std::size_t index = entity.relationNamed(std::string_view(path).substr(0, path.find('.')));
        const Relation &relation = entity.relations[index];
        if (loading == Loading::SelectIn || (loading == Loading::Joined && !canJoin(relation, parts)) ||
            path.find('.') != std::string::npos)
            loadPath(entity, owners, path);
        else if (relation.access->isLazy() && loading != Loading::Joined)
            for (const auto &owner : owners)
                if (!recordOf(owner.get())->related[index].isLoaded)
                    relation.access->attach(owner.get(), slot_, index, loading != Loading::Raise);
    }
    std::map<Layout *, Objects> byLayout;
    for (const auto &object : fresh)
        if (Record *record = recordOf(object.get()); record && !record->related.empty())
            byLayout[record->layout].push_back(object);
    for (const auto &[layout, objects] : byLayout)
        for (std::size_t i = 0; i < layout->entity->relations.size(); ++i) {
            const Relation &relation = layout->entity->relations[i];
            if ((relation.loading != Loading::SelectIn && relation.loading != Loading::Joined) ||
                (said.contains(relation.name) && parts.entity && layout->entity->isA(*parts.entity)))
                continue;
            Objects open;
            for (const auto &object : objects)
                if (!recordOf(object.get())->related[i].isLoaded)
                    open.push_back(object);
            if (!open.empty())
                loadRelation(*layout->entity, open, i);
        }
}

} // namespace schemawright
