#pragma once

#include "schemawright/base/error.h"
#include "schemawright/schema/metadata.h"
#include "schemawright/sql/source.h"
#include "schemawright/value/row_batch.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <vector>

namespace schemawright {

namespace detail {
struct LazySlot;
}

/// One column of a mapped struct: reads and writes a member without knowing its type.
class FieldAccess
{
public:
    virtual ~FieldAccess() = default;
    virtual Value get(const void *object) const = 0;
    /// Throws Error(Conversion).
    virtual void set(void *object, const Value &value) const = 0;
    /// What get() returns after set(value): a date that SQLite has as text is a date.
    virtual Value normal(const Value &value) const = 0;

    // The same with cells instead of values; the types that most members have need no Value for it.

    virtual void read(void *object, const RowBatch &rows, std::size_t row, std::size_t column) const
    {
        set(object, rows.value(row, column));
    }
    virtual void append(const void *object, RowBatch &rows) const { rows.addValue(get(object)); }
    virtual bool equals(const void *object, const RowBatch &rows, std::size_t row, std::size_t column) const
    {
        return get(object) == normal(rows.value(row, column));
    }
    /// A key that the database is to make: nothing, zero, or an empty text.
    virtual bool isUnset(const void *object) const
    {
        const Value held = get(object);
        return held.isNull() || held == Value(0) || held == Value("");
    }
    /// A member that is a whole number and nothing else.
    virtual bool isInteger() const { return false; }
    /// What it holds while it has no value yet.
    virtual Value unset() const { return isInteger() ? Value(0) : Value(); }
    /// Members that a new row may be written without, so that the column's default fills it; and when they are.
    virtual bool mayOmit() const { return false; }
    virtual bool isOmitted(const void * /*object*/) const { return false; }
    /// True when `member` points to a member pointer of type `type` that is this one.
    virtual bool isMember(const std::type_info & /*type*/, const void * /*member*/) const { return false; }

    // Of Deferred members.

    virtual bool isDeferred() const { return false; }
    /// False while its column has neither been read nor set.
    virtual bool isLoaded(const void * /*object*/) const { return true; }
    virtual void attach(void * /*object*/, const std::shared_ptr<detail::LazySlot> & /*slot*/) const {}
};

struct MappedField
{
    std::string column;
    std::shared_ptr<const FieldAccess> access;
    bool isReadOnly = false; ///< the database makes its value: a generated column, an identity that cannot be given
    std::size_t part = 0;    ///< which of the entity's tables has the column
};

/// What happens to related objects.
struct Cascade
{
    bool saveUpdate = true;    ///< what is reachable from an added object is added too
    bool remove = false;       ///< they are deleted with their owner
    bool removeOrphan = false; ///< they are deleted when they leave their owner
    bool merge = true;         ///< they are merged with their owner
};

/// When related objects are read.
enum class Loading : std::uint8_t {
    OnRequest, ///< by ObjectSession::load(), or a query's with()
    Lazy,      ///< when a member of type Lazy or LazyList is asked for
    Joined,    ///< in the query of their owners, by outer joins; as SelectIn for lists under a limit, and derived structs
    SelectIn,  ///< right behind the query of their owners, by one query for all of them
    Raise      ///< asking a Lazy or LazyList for what was not loaded is an Error(Misuse)
};

/// The member that holds related objects, whatever holds them: one or many, lazily or not.
class RelationAccess
{
public:
    virtual ~RelationAccess() = default;
    /// Related objects in memory; none where the member has not been loaded.
    virtual std::size_t size(const void *owner) const = 0;
    virtual const void *at(const void *owner, std::size_t index) const = 0;
    virtual std::shared_ptr<void> share(const void *owner, std::size_t index) const = 0;
    /// The struct that it really is, where it has virtual functions to tell.
    virtual std::type_index typeAt(const void *owner, std::size_t index) const = 0;
    virtual void set(void *owner, std::vector<std::shared_ptr<void>> objects) const = 0;
    /// False where the member says nothing: lazy and not asked for, or a weak pointer whose object is gone.
    virtual bool isKnown(const void * /*owner*/) const { return true; }
    /// Of lazy members only: loads when asked for, or refuses to.
    virtual bool isLazy() const { return false; }
    virtual void attach(void * /*owner*/, const std::shared_ptr<detail::LazySlot> & /*slot*/, std::size_t /*relation*/,
                        bool /*mayLoad*/) const
    {}
    /// Called when the session ends or forgets the owner.
    virtual void release(void * /*owner*/) const {}
};

struct Entity;
struct EntityMap;

/// A relationship, seen from the side that holds the member.
struct Relation
{
    enum class Kind {
        ManyToOne, ///< one object; `columns` of this table refer to the other
        OneToMany, ///< many objects; `inverse` is the other side's ManyToOne
        OneToOne,  ///< one object whose side has the columns
        ManyToMany ///< many objects, by rows of `association`
    };
    Kind kind = Kind::ManyToOne;
    std::string name; ///< for messages
    std::type_index target = typeid(void);
    const EntityMap *other = nullptr; ///< the map of `target`
    std::vector<std::string> columns; ///< of this table, or of the association that refer to this one
    std::vector<std::string> others;  ///< of the association that refer to the other
    TablePtr association;
    Cascade cascade;
    Loading loading = Loading::OnRequest;
    bool isViewOnly = false; ///< read, never written
    Source again; ///< the other's table by the name of the relationship, for a query that has it already
    std::string inverseName;
    std::optional<std::size_t> inverse; ///< the other side's position among the other's relations, where it has one
    std::shared_ptr<const RelationAccess> access;

    bool isToMany() const { return kind == Kind::OneToMany || kind == Kind::ManyToMany; }
    bool isOwnedByOther() const { return kind == Kind::OneToMany || kind == Kind::OneToOne; }
};

/// A mapped struct without its type.
struct EntityMap
{
    /// A table that has some of the columns; joined inheritance has one for each level.
    struct Part
    {
        TablePtr table;
        std::vector<std::string> keyColumns; ///< in the order of the key
    };

    std::type_index type = typeid(void);
    std::string name;
    std::vector<Part> parts;
    std::vector<MappedField> fields;    ///< those of the base first
    std::vector<std::size_t> key;       ///< positions in `fields`, in the order of the primary key
    std::optional<std::size_t> version; ///< a number that grows with every update
    std::vector<Relation> relations;    ///< those of the base first
    std::function<std::shared_ptr<void>()> make;
    std::shared_ptr<const Entity> entity; ///< of an AutoRecord: its names

    const EntityMap *base = nullptr;         ///< inheritance: the struct this one derives from
    const EntityMap *root = nullptr;         ///< its base's base… or itself; rows are the same by the root's key
    std::vector<const EntityMap *> subtypes; ///< all that derive from it, however far
    std::string discriminator;               ///< the column of the root's table that says which struct a row is
    Value discriminatorValue;

    using Events = std::vector<std::function<void(void *)>>;
    /// Called before and after what the name says; may change the object before it is written.
    Events beforeInsert, afterInsert, beforeUpdate, afterUpdate, beforeDelete, afterDelete, afterLoad;

    const TablePtr &table() const { return parts.back().table; }
    bool isA(const EntityMap &other) const;
    /// The table that has a column: the struct's own before those of its bases, the first where none has it.
    std::size_t partOf(std::string_view column) const;
    /// Throws Error(NotFound).
    std::size_t fieldNamed(std::string_view column) const;
    /// The field of a member. Throws Error(NotFound).
    template <class Member> const MappedField &fieldOf(Member member) const
    {
        for (const MappedField &field : fields)
            if (field.access->isMember(typeid(member), &member))
                return field;
        throw Error(ErrorKind::NotFound, "a member of " + name + " is no column of it");
    }
    /// Throws Error(Misuse).
    std::size_t relationNamed(std::string_view relation) const;
};

} // namespace schemawright
