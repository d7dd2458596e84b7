#include "schemawright/orm/automap.h"

#include "schemawright/orm/entity_names.h"
#include "schemawright/orm/unique_key.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace schemawright {

const char *toString(RelationshipKind kind) noexcept
{
    switch (kind) {
    case RelationshipKind::ManyToOne:
        return "many to one";
    case RelationshipKind::OneToMany:
        return "one to many";
    case RelationshipKind::OneToOne:
        return "one to one";
    case RelationshipKind::ManyToMany:
        return "many to many";
    }
    return "";
}

const RelationshipInfo *Entity::relationship(std::string_view name) const noexcept
{
    for (const RelationshipInfo &one : relationships)
        if (one.name == name || one.derivedName == name)
            return &one;
    return nullptr;
}

const AttributeInfo *Entity::attribute(std::string_view column) const noexcept
{
    const auto found = std::ranges::find(attributes, column, &AttributeInfo::column);
    return found == attributes.end() ? nullptr : &*found;
}

namespace {

using Names = std::vector<std::string>;

bool contains(const Names &all, const std::string &one) { return std::ranges::find(all, one) != all.end(); }

bool includes(const Names &all, const Names &part)
{
    return !part.empty() && std::ranges::all_of(part, [&](const auto &one) { return contains(all, one); });
}

bool isSameSet(const Names &a, const Names &b)
{
    return std::set<std::string>(a.begin(), a.end()) == std::set<std::string>(b.begin(), b.end());
}

bool share(const Names &a, const Names &b)
{
    return std::ranges::any_of(a, [&](const auto &one) { return contains(b, one); });
}

/// The primary key, also one that SQLite lets be NULL: what is mapped has a key.
Names keyOf(const Table &table)
{
    return table.primaryKey && !table.primaryKey->columns.empty() ? table.primaryKey->columns : table.keyColumns();
}

bool isNotNull(const Table &table, const Names &columns)
{
    return std::ranges::all_of(columns, [&](const auto &name) {
        const Column *column = table.column(name);
        const bool isKey = table.primaryKey && contains(table.primaryKey->columns, name);
        return column && (!column->nullable || isKey);
    });
}

/// Whether `name` ends with `suffix`, in any case; "Id" and "ID" only where a small letter or digit stands before.
bool endsWithId(std::string_view name, std::string_view suffix)
{
    if (name.size() <= suffix.size())
        return false;
    const std::string_view end = name.substr(name.size() - suffix.size());
    if (suffix.front() == '_')
        return std::ranges::equal(end, suffix, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
    const char before = name[name.size() - suffix.size() - 1];
    return end == suffix && ((before >= 'a' && before <= 'z') || (before >= '0' && before <= '9'));
}

std::string nameOf(const Table &table, const ForeignKey &key)
{
    std::string name;
    bool isStripped = false;
    for (std::string part : key.columns) {
        for (const std::string_view suffix : {"_id", "_fk", "Id", "ID"})
            if (endsWithId(part, suffix)) {
                part.resize(part.size() - suffix.size());
                isStripped = true;
                break;
            }
        name += (name.empty() ? "" : "_") + part;
    }
    if (!isStripped) // the bare column is an attribute already
        name += "_" + key.referred.name;
    while (table.column(name))
        name += "_object";
    return name;
}

bool isUnique(const Table &table, const Names &columns)
{
    return std::ranges::any_of(uniqueLists(table), [&](const Names &unique) { return includes(columns, unique); });
}

/// A word without the ending of its plural, so that roles_users is made of role and user.
std::string singular(std::string word)
{
    if (word.size() > 3 && word.ends_with("ies"))
        return word.substr(0, word.size() - 3) + "y";
    if (word.size() > 2 && word.ends_with("s") && !word.ends_with("ss"))
        word.pop_back();
    return word;
}

Names singularWords(const std::string &name)
{
    Names words = wordsOf(name);
    for (std::string &word : words)
        word = singular(std::move(word));
    return words;
}

bool isNamedAfter(const std::string &name, const std::string &one, const std::string &other)
{
    const Names whole = singularWords(name), a = singularWords(one), b = singularWords(other);
    const auto isBoth = [&](Names first, const Names &second) {
        first.insert(first.end(), second.begin(), second.end());
        return whole == first;
    };
    return isBoth(a, b) || isBoth(b, a);
}

/// One foreign key to a mapped table.
struct Link
{
    ForeignKey key; ///< with the columns it refers to, also where a model leaves them to the primary key
    TablePtr target;
    std::string derivedName;
};

struct Association
{
    std::size_t near = 0, far = 0; ///< positions among the links
    bool isPure = false;
};

class Automapper
{
public:
    Automapper(const MetaData &metadata, const EntityMappings &mappings) : metadata_(metadata), mappings_(mappings) {}

    std::vector<Entity> run()
    {
        for (const TablePtr &table : metadata_.tables())
            if (table->isBaseTable() && table->kind != TableKind::Partition && !keyOf(*table).empty())
                mapped_.insert(table->name);
        for (const TablePtr &table : metadata_.tables())
            for (const ForeignKey &key : table->foreignKeys)
                if (const TablePtr target = metadata_.table(key.referred))
                    referred_.insert(target->name);
        for (const QualifiedName &name : std::set(mapped_)) {
            const TablePtr table = metadata_.table(name);
            links_[name] = linksOf(*table);
            if (const auto found = associationOf(*table, links_[name])) {
                associations_[name] = *found;
                if (found->isPure)
                    mapped_.erase(name);
            }
        }
        // What refers to a pure association would keep it from being one, so no link is lost by that.
        for (const QualifiedName &name : mapped_) {
            const TablePtr table = metadata_.table(name);
            Entity &entity = entities_[name];
            entity.table = name;
            entity.key = keyOf(*table);
            for (const Column &column : table->columns)
                entity.attributes.push_back({{}, {}, column.name, contains(entity.key, column.name), {}});
        }
        findCycles();
        for (const auto &[name, entity] : entities_)
            relate(*metadata_.table(name));
        for (const auto &[name, association] : associations_)
            associate(*metadata_.table(name), association);
        nameClasses();
        for (auto &[name, entity] : entities_)
            nameMembers(entity);
        std::vector<Entity> result;
        for (auto &[name, entity] : entities_) {
            finish(entity);
            result.push_back(entity);
        }
        return result;
    }

private:
    std::vector<Link> linksOf(const Table &table) const
    {
        std::vector<Link> links;
        std::set<std::string> taken;
        for (ForeignKey key : table.foreignKeys) {
            const TablePtr target = metadata_.table(key.referred);
            if (target && key.referredColumns.empty())
                key.referredColumns = keyOf(*target);
            if (!target || !mapped_.contains(target->name) || key.columns.size() != key.referredColumns.size())
                continue;
            const bool isKnown = std::ranges::any_of(links, [&](const Link &link) {
                return link.target == target && link.key.columns == key.columns &&
                       link.key.referredColumns == key.referredColumns;
            });
            if (isKnown) // the same key twice, under two names
                continue;
            std::string name = nameOf(table, key);
            if (taken.contains(name))
                name += "_" + target->name.name;
            links.push_back({key, target, claimName(taken, name)});
        }
        return links;
    }

    bool leadsToKey(const Link &link) const { return isSameSet(link.key.referredColumns, keyOf(*link.target)); }

    std::optional<Association> associationOf(const Table &table, const std::vector<Link> &links) const
    {
        const auto unique = uniqueLists(table);
        for (std::size_t near = 0; near < links.size(); ++near)
            for (std::size_t far = near + 1; far < links.size(); ++far) {
                const Names &a = links[near].key.columns, &b = links[far].key.columns;
                if (includes(a, b) || includes(b, a))
                    continue;
                Names both = a;
                both.insert(both.end(), b.begin(), b.end());
                const bool isKey = table.primaryKey && isSameSet(table.primaryKey->columns, both);
                const bool isUniqueKey =
                    isNotNull(table, both) &&
                    std::ranges::any_of(unique, [&](const Names &columns) { return isSameSet(columns, both); });
                const bool isNamed =
                    links.size() == 2 && table.foreignKeys.size() == 2 &&
                    isNamedAfter(table.name.name, links[near].target->name.name, links[far].target->name.name);
                if (!isKey && !isUniqueKey && !isNamed)
                    continue;
                const bool hasMore = std::ranges::any_of(
                    table.columns, [&](const Column &column) { return !contains(both, column.name); });
                return Association{near, far,
                                   isKey && !hasMore && !share(a, b) && !referred_.contains(table.name) &&
                                       table.foreignKeys.size() == 2 && leadsToKey(links[near]) &&
                                       leadsToKey(links[far])};
            }
        return std::nullopt;
    }

    void findCycles()
    {
        std::size_t ring = 0;
        for (const auto &cycle : metadata_.sortedTables().cycles) {
            ++ring;
            for (const TablePtr &table : cycle)
                rings_[table->name] = ring;
        }
    }
    bool areInOneCycle(const QualifiedName &a, const QualifiedName &b) const
    {
        const auto one = rings_.find(a), other = rings_.find(b);
        return a != b && one != rings_.end() && other != rings_.end() && one->second == other->second;
    }

    /// The derived name of what leads back to `from`.
    static std::string backName(const QualifiedName &from, const QualifiedName &owner, const std::string &forward)
    {
        return (from.schema == owner.schema ? "" : from.schema + "_") + from.name + "_by_" + forward;
    }

    void relate(const Table &table)
    {
        const auto &links = links_[table.name];
        for (const Link &link : links) {
            const ForeignKey &key = link.key;
            const bool isSingle = isUnique(table, key.columns);
            RelationshipInfo here, there;
            here.derivedName = link.derivedName;
            there.derivedName = backName(table.name, link.target->name, here.derivedName);
            here.kind = isSingle ? RelationshipKind::OneToOne : RelationshipKind::ManyToOne;
            there.kind = isSingle ? RelationshipKind::OneToOne : RelationshipKind::OneToMany;
            here.ownsKey = true;
            here.target = link.target->name;
            there.target = table.name;
            here.columns = there.targetColumns = key.columns;
            here.targetColumns = there.columns = key.referredColumns;
            here.backPopulates = there.derivedName; // names in the program come later
            there.backPopulates = here.derivedName;
            here.byKey = there.byKey = leadsToKey(link);
            here.isRequired = there.isRequired = isNotNull(table, key.columns);
            here.cascadesDelete = there.cascadesDelete = key.onDelete && *key.onDelete == "CASCADE";
            here.postUpdate = there.postUpdate = areInOneCycle(table.name, link.target->name);
            for (const Link &other : links)
                if (&other != &link && share(key.columns, other.key.columns))
                    here.overlaps.push_back(other.derivedName);
            entities_[table.name].relationships.push_back(std::move(here));
            backward_[link.target->name].push_back(std::move(there));
        }
    }

    void associate(const Table &table, const Association &association)
    {
        const auto &links = links_[table.name];
        for (const bool isBack : {false, true}) {
            const Link &near = links[isBack ? association.far : association.near];
            const Link &far = links[isBack ? association.near : association.far];
            RelationshipInfo info;
            info.kind = RelationshipKind::ManyToMany;
            info.derivedName = far.derivedName + "_via_" + table.name.name;
            info.target = far.target->name;
            info.through = table.name;
            info.columns = near.key.columns;
            info.targetColumns = far.key.columns;
            info.backPopulates = near.derivedName + "_via_" + table.name.name;
            info.viewOnly = !association.isPure;
            info.byKey = leadsToKey(near) && leadsToKey(far);
            backward_[near.target->name].push_back(std::move(info));
        }
    }

    const EntityMapping *mappingOf(const QualifiedName &table) const
    {
        const auto found = mappings_.find(table);
        return found == mappings_.end() ? nullptr : &found->second;
    }

    void nameClasses()
    {
        std::set<std::string> taken;
        const auto isInDefault = [&](const Entity &entity) {
            return entity.table.schema.empty() || entity.table.schema == metadata_.defaultSchema;
        };
        // The default schema's tables come first to the names; a person's choice before all.
        std::vector<Entity *> order;
        for (const bool isDefault : {true, false})
            for (auto &[name, entity] : entities_)
                if (isInDefault(entity) == isDefault)
                    order.push_back(&entity);
        std::set<std::string> derived;
        for (Entity *entity : order) {
            std::string name = className(entity->table.name);
            if (derived.contains(name) && !isInDefault(*entity))
                name = className(entity->table.schema + "_" + entity->table.name);
            entity->derivedClassName = claimName(derived, name);
        }
        for (const bool isChosen : {true, false})
            for (Entity *entity : order) {
                const EntityMapping *mapping = mappingOf(entity->table);
                const bool hasChoice = mapping && !mapping->className.empty();
                if (hasChoice == isChosen)
                    entity->className = claimName(taken, hasChoice ? mapping->className : entity->derivedClassName);
            }
    }

    void nameMembers(Entity &entity)
    {
        for (RelationshipInfo &info : backward_[entity.table])
            entity.relationships.push_back(std::move(info));
        std::set<std::string> derivedTaken; // in the words of the database
        for (RelationshipInfo &info : entity.relationships)
            info.derivedName = claimName(derivedTaken, info.derivedName);
        const EntityMapping *mapping = mappingOf(entity.table);
        const auto chosen = [](const std::map<std::string, std::string> &names, const std::string &by) {
            const auto found = names.find(by);
            return found == names.end() ? std::string() : found->second;
        };
        std::set<std::string> taken{entity.className}; // a member of that name would be a constructor
        if (mapping) {
            for (AttributeInfo &attribute : entity.attributes)
                if (const std::string name = chosen(mapping->attributes, attribute.column); !name.empty())
                    attribute.name = claimName(taken, name);
            for (RelationshipInfo &info : entity.relationships)
                if (const std::string name = chosen(mapping->relationships, info.derivedName); !name.empty())
                    info.name = claimName(taken, name);
        }
        std::set<std::string> derived{entity.className};
        for (AttributeInfo &attribute : entity.attributes) {
            attribute.derivedName = claimName(derived, memberName(attribute.column));
            if (attribute.name.empty())
                attribute.name = claimName(taken, attribute.derivedName);
        }
        for (RelationshipInfo &info : entity.relationships)
            if (info.name.empty())
                info.name = claimName(taken, memberName(info.derivedName, "relation"));
    }

    static const RelationshipInfo *derived(const Entity &entity, const std::string &name)
    {
        const auto found = std::ranges::find(entity.relationships, name, &RelationshipInfo::derivedName);
        return found == entity.relationships.end() ? nullptr : &*found;
    }

    /// Puts names of the program where names of the database were needed so far.
    void finish(Entity &entity) const
    {
        for (RelationshipInfo &info : entity.relationships) {
            if (const auto other = entities_.find(info.target); other != entities_.end())
                if (const RelationshipInfo *back = derived(other->second, info.backPopulates))
                    info.backPopulates = back->name;
            for (std::string &overlap : info.overlaps)
                if (const RelationshipInfo *other = derived(entity, overlap))
                    overlap = other->name;
        }
        for (AttributeInfo &attribute : entity.attributes) {
            std::vector<const RelationshipInfo *> writers;
            for (const RelationshipInfo &info : entity.relationships)
                if (info.ownsKey && info.byKey && contains(info.columns, attribute.column))
                    writers.push_back(&info);
            if (writers.size() == 1 && !attribute.isKey)
                attribute.relationship = writers.front()->name;
        }
    }

    const MetaData &metadata_;
    const EntityMappings &mappings_;
    std::set<QualifiedName> mapped_, referred_;
    std::map<QualifiedName, std::vector<Link>> links_;
    std::map<QualifiedName, Association> associations_;
    std::map<QualifiedName, Entity> entities_;
    std::map<QualifiedName, std::size_t> rings_;
    std::map<QualifiedName, std::vector<RelationshipInfo>> backward_; ///< those of keys in other tables
};

} // namespace

std::vector<Entity> automap(const MetaData &metadata, const EntityMappings &mappings)
{
    return Automapper(metadata, mappings).run();
}

} // namespace schemawright
