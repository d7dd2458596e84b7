#pragma once

#include "schemawright/schema/metadata.h"
#include "schemawright/value/value.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <vector>

namespace schemawright {

/// One column of a mapped struct: reads and writes a member without knowing its type.
class FieldAccess
{
public:
    virtual ~FieldAccess() = default;
    virtual Value get(const void *object) const = 0;
    /// Throws Error(Conversion).
    virtual void set(void *object, const Value &value) const = 0;
};

struct MappedField
{
    std::string column;
    std::shared_ptr<const FieldAccess> access;
    const void *identity = nullptr; ///< tells fields apart by their members, see Mapping::fieldOf()
};

/// What happens to related objects.
struct Cascade
{
    bool saveUpdate = true;    ///< what is reachable from an added object is added too
    bool remove = false;       ///< they are deleted with their owner
    bool removeOrphan = false; ///< they are deleted when they leave their owner
};

struct EntityMap;

/// A relationship, seen from the side that holds the member.
struct Relation
{
    enum class Kind {
        ManyToOne, ///< a shared_ptr member; `columns` of this table refer to the other
        OneToMany, ///< a vector of shared_ptr; `inverse` is the other side's ManyToOne
        OneToOne,  ///< a shared_ptr member whose other side has the columns
        ManyToMany ///< a vector of shared_ptr, by rows of `association`
    };
    Kind kind = Kind::ManyToOne;
    std::string name; ///< for messages
    std::type_index target = typeid(void);
    std::vector<std::string> columns; ///< of this table, or of the association that refer to this one
    std::vector<std::string> others;  ///< of the association that refer to the other
    TablePtr association;
    Cascade cascade;
    std::size_t inverse = 0; ///< of OneToMany and OneToOne: the position in the other entity's relations
    std::string inverseName;
    /// The related objects of an owner, and the way back.
    std::function<std::vector<std::shared_ptr<void>>(const void *)> get;
    std::function<void(void *, std::vector<std::shared_ptr<void>>)> set;
};

/// A mapped struct without its type.
struct EntityMap
{
    std::type_index type = typeid(void);
    std::string name;
    TablePtr table;
    std::vector<MappedField> fields;
    std::vector<std::size_t> key;       ///< positions in `fields`, in the order of the primary key
    std::optional<std::size_t> version; ///< a number that grows with every update
    std::vector<Relation> relations;
    std::function<std::shared_ptr<void>()> make;
    /// Called before and after what the name says; may change the object before it is written.
    std::vector<std::function<void(void *)>> beforeInsert, afterInsert, beforeUpdate, afterUpdate, beforeDelete,
        afterDelete, afterLoad;

    /// Throws Error(NotFound).
    std::size_t fieldNamed(std::string_view column) const;
};

} // namespace schemawright
