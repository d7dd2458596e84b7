#include "schemawright/orm/change.h"

namespace schemawright {

std::size_t RowTarget::hash() const noexcept
{
    std::size_t seed = std::hash<std::string>()(table.name) ^ newRow;
    for (const auto &[column, value] : key)
        seed = seed * 1099511628211u + value.hash();
    return seed;
}

} // namespace schemawright
