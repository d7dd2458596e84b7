#include "schemawright/orm/auto_record.h"

#include <algorithm>

namespace schemawright {

/// One attribute of an AutoRecord.
class AutoField final : public FieldAccess
{
public:
    AutoField(std::size_t index, bool isInteger, bool mayOmit) : index_(index), isInteger_(isInteger), mayOmit_(mayOmit)
    {}
    Value get(const void *object) const override { return of(object).values_[index_]; }
    void set(void *object, const Value &value) const override
    {
        auto &record = *static_cast<AutoRecord *>(object);
        record.values_[index_] = value;
        record.isGiven_[index_] = true;
    }
    Value normal(const Value &value) const override { return value; }
    bool isInteger() const override { return isInteger_; }
    Value unset() const override { return {}; }
    bool mayOmit() const override { return mayOmit_; }
    bool isOmitted(const void *object) const override { return mayOmit_ && !of(object).isGiven_[index_]; }

private:
    static const AutoRecord &of(const void *object) { return *static_cast<const AutoRecord *>(object); }
    std::size_t index_;
    bool isInteger_, mayOmit_;
};

/// One relationship of an AutoRecord, to one or to many.
class AutoRelation final : public RelationAccess
{
public:
    explicit AutoRelation(std::size_t index) : index_(index) {}
    std::size_t size(const void *owner) const override { return isKnown(owner) ? of(owner).get().size() : 0; }
    const void *at(const void *owner, std::size_t index) const override { return of(owner)[index].get(); }
    std::shared_ptr<void> share(const void *owner, std::size_t index) const override { return of(owner)[index]; }
    std::type_index typeAt(const void *, std::size_t) const override { return typeid(AutoRecord); }
    void set(void *owner, std::vector<std::shared_ptr<void>> objects) const override
    {
        AutoRecord::List list;
        for (std::shared_ptr<void> &each : objects)
            list.push_back(std::static_pointer_cast<AutoRecord>(std::move(each)));
        of(owner) = std::move(list);
    }
    bool isKnown(const void *owner) const override { return of(owner).isLoaded(); }
    bool isLazy() const override { return true; }
    void attach(void *owner, const std::shared_ptr<detail::LazySlot> &slot, std::size_t relation,
                bool mayLoad) const override
    {
        of(owner).link().attach(slot, owner, relation, mayLoad);
    }
    /// Records hold one another from both sides, and would never go.
    void release(void *owner) const override { of(owner) = AutoRecord::List(); }

private:
    LazyList<AutoRecord> &of(void *owner) const { return static_cast<AutoRecord *>(owner)->related_[index_]; }
    const LazyList<AutoRecord> &of(const void *owner) const
    {
        return static_cast<const AutoRecord *>(owner)->related_[index_];
    }
    std::size_t index_;
};

AutoRecord::AutoRecord(const EntityMap &map)
    : map_(map), values_(map.fields.size()), isGiven_(map.fields.size()), related_(map.relations.size())
{}

std::size_t AutoRecord::attributeNamed(std::string_view name) const
{
    const std::vector<AttributeInfo> &all = entity().attributes;
    auto found = std::ranges::find(all, name, &AttributeInfo::name);
    if (found == all.end())
        found = std::ranges::find(all, name, &AttributeInfo::column);
    if (found == all.end())
        throw Error(ErrorKind::NotFound, entity().className + " has no attribute " + std::string(name));
    return static_cast<std::size_t>(found - all.begin());
}

std::size_t AutoRecord::relationNamed(std::string_view name, bool isToMany) const
{
    const RelationshipInfo *known = entity().relationship(name);
    const std::size_t index = map_.relationNamed(known ? known->name : name);
    if (map_.relations[index].isToMany() != isToMany)
        throw Error(ErrorKind::Misuse, entity().className + "." + std::string(name) + " leads to " +
                                           (isToMany ? "one object, not to many" : "many objects, not to one"));
    return index;
}

void AutoRecord::set(std::string_view attribute, Value value)
{
    const std::size_t index = attributeNamed(attribute);
    values_[index] = std::move(value);
    isGiven_[index] = true;
}

std::shared_ptr<AutoRecord> AutoRecord::one(std::string_view relationship) const
{
    const List &list = related_[relationNamed(relationship, false)].get();
    return list.empty() ? nullptr : list.front();
}

void AutoRecord::setOne(std::string_view relationship, std::shared_ptr<AutoRecord> other)
{
    LazyList<AutoRecord> &list = related_[relationNamed(relationship, false)];
    list = other ? List{std::move(other)} : List();
}

AutoRecord::List &AutoRecord::many(std::string_view relationship)
{
    return related_[relationNamed(relationship, true)].list();
}

namespace {

/// `columns` in the order in which `key` has those they are paired with; empty when they are paired with others.
std::vector<std::string> inOrder(const std::vector<std::string> &key, const std::vector<std::string> &paired,
                                 const std::vector<std::string> &columns)
{
    if (paired.empty() && key.size() == columns.size()) // REFERENCES without columns: its key
        return columns;
    std::vector<std::string> ordered;
    for (const std::string &each : key) {
        const auto found = std::ranges::find(paired, each);
        if (found == paired.end() || key.size() != paired.size())
            return {};
        ordered.push_back(columns[static_cast<std::size_t>(found - paired.begin())]);
    }
    return ordered;
}

Relation::Kind kindOf(RelationshipKind kind, bool ownsKey)
{
    switch (kind) {
    case RelationshipKind::OneToMany:
        return Relation::Kind::OneToMany;
    case RelationshipKind::OneToOne:
        return ownsKey ? Relation::Kind::ManyToOne : Relation::Kind::OneToOne;
    case RelationshipKind::ManyToMany:
        return Relation::Kind::ManyToMany;
    case RelationshipKind::ManyToOne:
        break;
    }
    return Relation::Kind::ManyToOne;
}

void addFields(EntityMap &map, const Table &table)
{
    for (const AttributeInfo &attribute : map.entity->attributes) {
        const Column &column = *table.column(attribute.column);
        const std::size_t index = map.fields.size();
        const bool isMade = column.generated || (column.identity && column.identity->always && !attribute.isKey);
        map.fields.push_back({column.name,
                              std::make_shared<AutoField>(index, column.type.isInteger(), !attribute.isKey && !isMade),
                              isMade});
    }
    for (const std::string &key : map.entity->key)
        map.key.push_back(map.fieldNamed(key));
}

void addRelation(EntityMap &map, const RelationshipInfo &info, const EntityMap &target, const MetaData &metadata)
{
    Relation made;
    made.kind = kindOf(info.kind, info.ownsKey);
    made.name = info.name;
    made.target = typeid(AutoRecord);
    made.other = &target;
    made.loading = Loading::Lazy;
    made.isViewOnly = info.viewOnly;
    made.inverseName = info.backPopulates;
    made.access = std::make_shared<AutoRelation>(map.relations.size());
    if (made.kind == Relation::Kind::ManyToOne)
        made.columns = inOrder(target.entity->key, info.targetColumns, info.columns);
    else if (made.kind == Relation::Kind::ManyToMany) {
        made.association = metadata.table(info.through);
        const auto paired = [&](const EntityMap &side, const std::vector<std::string> &columns) {
            for (const ForeignKey &key : made.association->foreignKeys)
                if (key.columns == columns && key.referred == side.entity->table)
                    return inOrder(side.entity->key, key.referredColumns, columns);
            return columns;
        };
        made.columns = paired(map, info.columns);
        made.others = paired(target, info.targetColumns);
    }
    map.relations.push_back(std::move(made));
}

} // namespace

std::vector<std::unique_ptr<EntityMap>> autoMaps(const MetaData &metadata, std::vector<Entity> entities)
{
    std::vector<std::unique_ptr<EntityMap>> maps;
    for (Entity &entity : entities) {
        auto map = std::make_unique<EntityMap>();
        map->type = typeid(AutoRecord);
        map->name = entity.className;
        map->entity = std::make_shared<const Entity>(std::move(entity));
        map->parts.push_back({metadata.table(map->entity->table), {}});
        map->root = map.get();
        map->make = [self = map.get()] { return std::make_shared<AutoRecord>(*self); };
        addFields(*map, *map->table());
        maps.push_back(std::move(map));
    }
    for (const auto &map : maps)
        for (const RelationshipInfo &info : map->entity->relationships) {
            const auto target =
                std::ranges::find(maps, info.target, [](const auto &each) { return each->entity->table; });
            // Sessions go by keys; what leads to another unique column can be asked by a condition.
            if (info.byKey && target != maps.end())
                addRelation(*map, info, **target, metadata);
        }
    return maps;
}

} // namespace schemawright
