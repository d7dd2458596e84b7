#include "schemawright/orm/automap.h"

#include <algorithm>

namespace schemawright {

namespace {

bool contains(const std::vector<std::string> &all, const std::string &one)
{
    return std::find(all.begin(), all.end(), one) != all.end();
}

bool includes(const std::vector<std::string> &all, const std::vector<std::string> &part)
{
    return !part.empty() && std::all_of(part.begin(), part.end(), [&](const auto &one) { return contains(all, one); });
}

std::string derivedName(const Table &table, const ForeignKey &key)
{
    std::string name;
    bool stripped = false;
    for (std::string part : key.columns) {
        for (const std::string_view suffix : {"_id", "Id", "_fk"})
            if (part.size() > suffix.size() && part.ends_with(suffix)) {
                part.resize(part.size() - suffix.size());
                stripped = true;
                break;
            }
        name += (name.empty() ? "" : "_") + part;
    }
    if (!stripped) // the bare column is an attribute already
        name += "_" + key.referred.name;
    while (table.column(name))
        name += "_object";
    return name;
}

bool isUnique(const Table &table, const ForeignKey &key)
{
    return (table.primaryKey && includes(key.columns, table.primaryKey->columns)) ||
           std::any_of(table.uniques.begin(), table.uniques.end(),
                       [&](const UniqueConstraint &unique) { return includes(key.columns, unique.columns); });
}

/// Nothing in it but two keys, which together are its primary key.
bool isPureAssociation(const Table &table)
{
    return table.foreignKeys.size() == 2 && table.primaryKey &&
           std::all_of(table.columns.begin(), table.columns.end(), [&](const Column &column) {
               return contains(table.primaryKey->columns, column.name) &&
                      (contains(table.foreignKeys[0].columns, column.name) ||
                       contains(table.foreignKeys[1].columns, column.name));
           });
}

} // namespace

std::vector<Entity> automap(const MetaData &metadata, const RelationshipNames &names)
{
    std::map<QualifiedName, Entity> entities;
    for (const TablePtr &table : metadata.tables())
        if (table->isBaseTable() && table->primaryKey && !isPureAssociation(*table)) {
            Entity &entity = entities[table->name];
            entity.table = table->name;
            for (const Column &column : table->columns)
                entity.attributes.push_back(column.name);
        }
    const auto named = [&](const QualifiedName &table, const std::string &derived) {
        const auto found = names.find({table, derived});
        return found == names.end() ? derived : found->second;
    };
    const auto add = [&](const QualifiedName &owner, RelationshipInfo info) {
        info.name = named(owner, info.derivedName);
        entities[owner].relationships.push_back(std::move(info));
    };
    const auto cycles = metadata.sortedTables().cycles;
    const auto inOneCycle = [&](const TablePtr &a, const TablePtr &b) {
        return a != b && std::any_of(cycles.begin(), cycles.end(), [&](const auto &ring) {
                   return std::find(ring.begin(), ring.end(), a) != ring.end() &&
                          std::find(ring.begin(), ring.end(), b) != ring.end();
               });
    };
    for (const TablePtr &table : metadata.tables()) {
        std::vector<std::pair<const ForeignKey *, TablePtr>> keys;
        for (const ForeignKey &key : table->foreignKeys)
            if (const TablePtr target = metadata.table(key.referred); target && entities.contains(target->name))
                keys.emplace_back(&key, target);
        if (entities.contains(table->name))
            for (const auto &[key, target] : keys) {
                const bool single = isUnique(*table, *key);
                RelationshipInfo here, there;
                here.derivedName = derivedName(*table, *key);
                there.derivedName = table->name.name + "_by_" + here.derivedName;
                here.kind = single ? RelationshipKind::OneToOne : RelationshipKind::ManyToOne;
                there.kind = single ? RelationshipKind::OneToOne : RelationshipKind::OneToMany;
                here.ownsKey = true;
                here.target = target->name;
                there.target = table->name;
                here.columns = there.targetColumns = key->columns;
                here.targetColumns = there.columns = key->referredColumns;
                here.backPopulates = named(target->name, there.derivedName);
                there.backPopulates = named(table->name, here.derivedName);
                here.postUpdate = there.postUpdate = inOneCycle(table, target);
                for (const auto &[other, unused] : keys)
                    if (other != key && std::any_of(key->columns.begin(), key->columns.end(),
                                                    [&](const auto &one) { return contains(other->columns, one); }))
                        here.overlaps.push_back(named(table->name, derivedName(*table, *other)));
                add(table->name, std::move(here));
                add(target->name, std::move(there));
            }
        if (keys.size() == 2 && table->foreignKeys.size() == 2)
            for (const int side : {0, 1}) {
                const auto &[nearKey, nearTable] = keys[static_cast<std::size_t>(side)];
                const auto &[farKey, farTable] = keys[static_cast<std::size_t>(1 - side)];
                RelationshipInfo info;
                info.kind = RelationshipKind::ManyToMany;
                info.derivedName = derivedName(*table, *farKey) + "_via_" + table->name.name;
                info.target = farTable->name;
                info.through = table->name;
                info.backPopulates = named(farTable->name, derivedName(*table, *nearKey) + "_via_" + table->name.name);
                info.viewOnly = !isPureAssociation(*table);
                add(nearTable->name, std::move(info));
            }
    }
    std::vector<Entity> result;
    for (auto &[name, entity] : entities)
        result.push_back(std::move(entity));
    return result;
}

} // namespace schemawright
