#pragma once

#include "schemawright/orm/object_session.h"

namespace schemawright {

/// Where the value of one column comes from when an object is written.
struct ObjectSession::Cell
{
    enum class From : std::uint8_t {
        Member,
        Old, ///< what the row has: the column's relationship has not been read
        Null,
        Key,  ///< of the object that a relationship refers to
        Fixed ///< the discriminator
    };
    From from = From::Member;
    const detail::Image *key = nullptr;
    std::size_t keyColumn = 0;
};

} // namespace schemawright
