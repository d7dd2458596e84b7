#pragma once

#include "schemawright/orm/entity.h"
#include "schemawright/orm/lazy.h"
#include "schemawright/orm/mapping.h"

#include <memory>
#include <string_view>
#include <vector>

namespace schemawright {

/// A row of a table that was mapped without a struct, by Mappings::automap(): its attributes and relationships by the
/// names that automap() gives them. What was never set is left to the column's default. Relationships are read when
/// they are asked for; they belong to the session, and are empty once that has ended or forgets the record.
///
///     Mappings mappings(reflected);
///     mappings.automap();
///     ObjectSession session(connection, mappings);
///     auto album = mappings.make("Album");
///     album->set("title", "Brilliant Corners");
///     album->setOne("artist", session.select("Artist").where(session.column("Artist", "name") == "Monk").one());
///     session.add(album);
///     session.commit();
class AutoRecord
{
public:
    using List = std::vector<std::shared_ptr<AutoRecord>>;

    explicit AutoRecord(const EntityMap &map);
    AutoRecord(const AutoRecord &) = delete;
    AutoRecord &operator=(const AutoRecord &) = delete;

    const Entity &entity() const noexcept { return *map_.entity; }
    const EntityMap &map() const noexcept { return map_; }

    /// An attribute by its name or its column's. Throws Error(NotFound).
    const Value &get(std::string_view attribute) const { return values_[attributeNamed(attribute)]; }
    void set(std::string_view attribute, Value value);

    /// The related object, or null. Throws Error(Misuse) for a relationship to many, or for none of that name.
    std::shared_ptr<AutoRecord> one(std::string_view relationship) const;
    void setOne(std::string_view relationship, std::shared_ptr<AutoRecord> other);
    /// Related objects; may be added to and taken from. Throws Error(Misuse) for a relationship to one.
    List &many(std::string_view relationship);

private:
    friend class AutoField;
    friend class AutoRelation;
    std::size_t attributeNamed(std::string_view name) const;
    std::size_t relationNamed(std::string_view name, bool isToMany) const;

    const EntityMap &map_;
    std::vector<Value> values_; ///< in the order of the entity's attributes
    std::vector<bool> isGiven_; ///< set, or read from the row
    std::vector<LazyList<AutoRecord>> related_;
};

/// The maps of automap's entities, in their order, paired with one another.
std::vector<std::unique_ptr<EntityMap>> autoMaps(const MetaData &metadata, std::vector<Entity> entities);

} // namespace schemawright
