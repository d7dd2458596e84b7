#pragma once

#include "schemawright/orm/object_session.h"

#include <unordered_map>

namespace schemawright {

namespace detail {

inline Error staleRow(const EntityMap &entity)
{
    return Error(ErrorKind::Conflict, "the row of an object of " + entity.name + " was changed or removed by others")
        .withHint("Refresh the object and apply the change again.");
}

inline Error unknownObject(const EntityMap &entity, const std::string &column)
{
    return Error(ErrorKind::Misuse, "the column " + column + " of an object of " + entity.name +
                                        " is to refer to an object that the session does not know")
        .withHint("Add that object, or let the relationship's cascade do so.");
}

} // namespace detail

/// Where the value of one column comes from when an object is written.
struct ObjectSession::Cell
{
    enum class From : std::uint8_t {
        Member,
        Old, ///< what the row has: the column's relationship has not been read
        Null,
        Key,     ///< of the object that a relationship refers to
        Unknown, ///< the same, of an object that nobody added
        Fixed    ///< the discriminator
    };
    From from = From::Member;
    const detail::Image *key = nullptr;
    std::size_t keyColumn = 0;
};

/// What a flush would write, and whose it is.
struct ObjectSession::Collected
{
    std::vector<Change> changes;
    std::unordered_map<const Record *, std::uint64_t> numbers; ///< of new rows: that of their first table
    std::vector<Record *> updated;
};

} // namespace schemawright
