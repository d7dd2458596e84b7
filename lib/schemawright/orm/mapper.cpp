#include "schemawright/orm/mapper.h"

#include "schemawright/orm/auto_record.h"
#include "schemawright/sql/source.h"

#include <algorithm>

namespace schemawright {

bool EntityMap::isA(const EntityMap &other) const
{
    for (const EntityMap *each = this; each; each = each->base)
        if (each == &other)
            return true;
    return false;
}

std::size_t EntityMap::partOf(std::string_view column) const
{
    for (std::size_t part = parts.size(); part-- > 0;)
        if (parts[part].table->column(column))
            return part;
    return 0;
}

std::size_t EntityMap::fieldNamed(std::string_view column) const
{
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].column == column)
            return i;
    throw Error(ErrorKind::NotFound, "the struct mapped on " + name + " has no member for " + std::string(column));
}

std::size_t EntityMap::relationNamed(std::string_view relation) const
{
    const auto found = std::ranges::find(relations, relation, &Relation::name);
    if (found == relations.end())
        throw Error(ErrorKind::Misuse, name + " has no relationship " + std::string(relation));
    return static_cast<std::size_t>(found - relations.begin());
}

EntityMap &Mappings::add(std::type_index type, const QualifiedName &name)
{
    const TablePtr table = metadata_.table(name);
    if (!table)
        throw Error(ErrorKind::NotFound, "there is no table " + name.text() + " to map a struct on");
    auto &entity = entities_[type];
    if (entity)
        throw Error(ErrorKind::Misuse, "the struct for " + name.text() + " is mapped already");
    entity = std::make_unique<EntityMap>();
    entity->type = type;
    entity->name = table->name.name;
    entity->parts.push_back({table, {}});
    entity->root = entity.get();
    added_.push_back(entity.get());
    return *entity;
}

const EntityMap &Mappings::of(std::type_index type) const
{
    const auto found = entities_.find(type);
    if (found == entities_.end())
        throw Error(ErrorKind::Misuse, std::string("a struct is not mapped: ") + type.name());
    return *found->second;
}

const EntityMap &Mappings::of(std::type_index type, const EntityMap &otherwise) const
{
    const auto found = entities_.find(type);
    return found == entities_.end() ? otherwise : *found->second;
}

void Mappings::automap(const EntityMappings &names)
{
    if (!records_.empty())
        throw Error(ErrorKind::Misuse, "the tables are mapped by automap() already");
    records_ = autoMaps(metadata_, schemawright::automap(metadata_, names));
    for (const auto &entity : records_)
        added_.push_back(entity.get());
}

const EntityMap &Mappings::record(std::string_view name) const
{
    for (const auto &each : records_)
        if (each->name == name || each->entity->table.name == name || each->entity->table.text() == name)
            return *each;
    throw Error(ErrorKind::NotFound, "automap() found no class or table named " + std::string(name));
}

std::shared_ptr<AutoRecord> Mappings::make(std::string_view name) const
{
    return std::make_shared<AutoRecord>(record(name));
}

Expr Mappings::columnOf(const EntityMap &entity, const MappedField &field)
{
    return Source(entity.parts.at(field.part).table)[field.column];
}

/// What the base has comes before what the struct says itself.
void Mappings::inherit(EntityMap &entity)
{
    const EntityMap &base = *entity.base;
    if (base.discriminator.empty())
        throw Error(ErrorKind::Misuse, entity.name + " derives from " + base.name + ", which is not polymorphic()");
    if (!entity.parts.empty() && entity.parts.front().keyColumns.size() != base.key.size())
        throw Error(ErrorKind::Misuse, "the table " + entity.name + " needs as many key columns as its base");
    const std::size_t part = base.parts.size() - (entity.parts.empty() ? 1 : 0);
    for (MappedField &field : entity.fields)
        field.part = part;
    if (entity.version)
        throw Error(ErrorKind::Misuse, "the version of " + entity.name + " is its base's to say");
    entity.parts.insert(entity.parts.begin(), base.parts.begin(), base.parts.end());
    entity.fields.insert(entity.fields.begin(), base.fields.begin(), base.fields.end());
    entity.relations.insert(entity.relations.begin(), base.relations.begin(), base.relations.end());
    entity.key = base.key;
    entity.version = base.version;
    entity.root = base.root;
    entity.discriminator = base.discriminator;
    const auto before = [](EntityMap::Events &mine, const EntityMap::Events &theirs) {
        mine.insert(mine.begin(), theirs.begin(), theirs.end());
    };
    before(entity.beforeInsert, base.beforeInsert);
    before(entity.afterInsert, base.afterInsert);
    before(entity.beforeUpdate, base.beforeUpdate);
    before(entity.afterUpdate, base.afterUpdate);
    before(entity.beforeDelete, base.beforeDelete);
    before(entity.afterDelete, base.afterDelete);
    before(entity.afterLoad, base.afterLoad);
}

namespace {

void mustHave(const Table &table, const std::string &column)
{
    if (!table.column(column))
        throw Error(ErrorKind::Misuse, "the table " + table.name.text() + " has no column " + column);
}

} // namespace

void Mappings::checkFields(const EntityMap &entity) const
{
    if (entity.key.empty())
        throw Error(ErrorKind::Misuse, "the struct mapped on " + entity.name + " has no key");
    for (const MappedField &field : entity.fields)
        mustHave(*entity.parts[field.part].table, field.column);
    for (const EntityMap::Part &part : entity.parts)
        for (const std::string &column : part.keyColumns)
            mustHave(*part.table, column);
    if (!entity.discriminator.empty()) {
        mustHave(*entity.parts.front().table, entity.discriminator);
        if (std::ranges::find(entity.fields, entity.discriminator, &MappedField::column) != entity.fields.end())
            throw Error(ErrorKind::Misuse, "the discriminator of " + entity.name + " is a member too");
    }
}

const EntityMap &Mappings::targetOf(const Relation &relation) const
{
    return relation.other ? *relation.other : of(relation.target);
}

void Mappings::pair(EntityMap &entity, Relation &relation) const
{
    using Kind = Relation::Kind;
    const EntityMap &other = targetOf(relation);
    relation.other = &other;
    relation.again = Source(other.table()).alias(relation.name);
    const std::string what = "the relationship " + relation.name + " of " + entity.name;
    const bool hasColumns = !relation.isOwnedByOther();
    const std::size_t wanted = relation.kind == Kind::ManyToOne ? other.key.size() : entity.key.size();
    if (hasColumns && relation.columns.size() != wanted)
        throw Error(ErrorKind::Misuse, what + " names " + std::to_string(relation.columns.size()) +
                                           " columns for a key of " + std::to_string(wanted));
    if (relation.kind == Kind::ManyToMany && relation.others.size() != other.key.size())
        throw Error(ErrorKind::Misuse, what + " names " + std::to_string(relation.others.size()) +
                                           " columns of the other side for a key of " +
                                           std::to_string(other.key.size()));
    if (relation.kind == Kind::ManyToOne)
        for (const std::string &column : relation.columns)
            if (std::ranges::none_of(entity.parts, [&](const auto &part) { return part.table->column(column); }))
                mustHave(*entity.table(), column);
    if (relation.kind == Kind::ManyToMany)
        for (const auto &columns : {relation.columns, relation.others})
            for (const std::string &column : columns)
                mustHave(*relation.association, column);
    if ((relation.loading == Loading::Lazy || relation.loading == Loading::Raise) && !relation.access->isLazy())
        throw Error(ErrorKind::Misuse, what + " cannot load by being asked: its member is no Lazy or LazyList");
    const auto isOtherSide = [&](const Relation &side) {
        if (relation.kind == Kind::ManyToMany)
            return side.kind == Kind::ManyToMany && &side != &relation && side.association == relation.association &&
                   side.columns == relation.others && side.others == relation.columns;
        if (relation.kind == Kind::ManyToOne)
            return side.isOwnedByOther() && side.inverseName == relation.name && entity.isA(targetOf(side));
        return side.kind == Kind::ManyToOne && side.name == relation.inverseName && entity.isA(targetOf(side));
    };
    const auto found = std::ranges::find_if(other.relations, isOtherSide);
    if (found != other.relations.end())
        relation.inverse = static_cast<std::size_t>(found - other.relations.begin());
    else if (relation.isOwnedByOther())
        throw Error(ErrorKind::Misuse, what + " has no other side named " + relation.inverseName + " in " + other.name);
}

void Mappings::sort()
{
    order_.clear();
    for (const TablePtr &table : metadata_.sortedTables().order)
        forEach([&](const EntityMap &entity) {
            if (entity.table() == table)
                order_.push_back(&entity);
        });
}

void Mappings::check()
{
    const std::scoped_lock lock(checking_);
    if (added_.empty())
        return;
    for (EntityMap *entity : added_)
        if (entity->base)
            inherit(*entity);
        else
            for (const std::size_t key : entity->key)
                entity->parts.front().keyColumns.push_back(entity->fields[key].column);
    for (EntityMap *entity : added_) {
        checkFields(*entity);
        for (const EntityMap *base = entity->base; base; base = base->base)
            entities_.at(base->type)->subtypes.push_back(entity);
    }
    forEach([&](EntityMap &entity) {
        for (Relation &relation : entity.relations)
            pair(entity, relation);
    });
    sort();
    added_.clear();
}

} // namespace schemawright
