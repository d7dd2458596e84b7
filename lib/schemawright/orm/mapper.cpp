#include "schemawright/orm/mapper.h"

#include <algorithm>

namespace schemawright {

std::size_t EntityMap::fieldNamed(std::string_view column) const
{
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].column == column)
            return i;
    throw Error(ErrorKind::NotFound, "the struct mapped on " + name + " has no member for " + std::string(column));
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
    entity->table = table;
    return *entity;
}

const EntityMap &Mappings::of(std::type_index type) const
{
    const auto found = entities_.find(type);
    if (found == entities_.end())
        throw Error(ErrorKind::Misuse, std::string("a struct is not mapped: ") + type.name());
    return *found->second;
}

std::vector<const EntityMap *> Mappings::sorted() const
{
    std::vector<const EntityMap *> all;
    for (const TablePtr &table : metadata_.sortedTables().order)
        for (const auto &[type, entity] : entities_)
            if (entity->table == table)
                all.push_back(entity.get());
    return all;
}

void Mappings::check()
{
    for (const auto &[type, entity] : entities_) {
        const auto mustHave = [](const Table &table, const std::string &column) {
            if (!table.column(column))
                throw Error(ErrorKind::Misuse, "the table " + table.name.text() + " has no column " + column);
        };
        for (const MappedField &field : entity->fields)
            mustHave(*entity->table, field.column);
        if (entity->key.empty())
            throw Error(ErrorKind::Misuse, "the struct mapped on " + entity->name + " has no key");
        for (Relation &relation : entity->relations) {
            const EntityMap &other = of(relation.target);
            const std::size_t wanted =
                relation.kind == Relation::Kind::ManyToOne ? other.key.size() : entity->key.size();
            const bool hasColumns =
                relation.kind == Relation::Kind::ManyToOne || relation.kind == Relation::Kind::ManyToMany;
            if (hasColumns && relation.columns.size() != wanted)
                throw Error(ErrorKind::Misuse, "the relationship " + relation.name + " of " + entity->name + " names " +
                                                   std::to_string(relation.columns.size()) + " columns for a key of " +
                                                   std::to_string(wanted));
            if (relation.kind == Relation::Kind::ManyToOne)
                for (const std::string &column : relation.columns)
                    mustHave(*entity->table, column);
            if (relation.kind == Relation::Kind::ManyToMany)
                for (const auto &columns : {relation.columns, relation.others})
                    for (const std::string &column : columns)
                        mustHave(*relation.association, column);
            if (hasColumns)
                continue;
            const auto inverse = std::ranges::find(other.relations, relation.inverseName, &Relation::name);
            if (inverse == other.relations.end() || inverse->kind != Relation::Kind::ManyToOne ||
                inverse->target != entity->type)
                throw Error(ErrorKind::Misuse, "the relationship " + relation.name + " of " + entity->name +
                                                   " has no other side named " + relation.inverseName + " in " +
                                                   other.name);
            relation.inverse = static_cast<std::size_t>(inverse - other.relations.begin());
        }
    }
}

} // namespace schemawright
