#pragma once

#include "schemawright/schema/table.h"

#include <string>
#include <vector>

namespace schemawright {

enum class RelationshipKind { ManyToOne, OneToMany, OneToOne, ManyToMany };

/// A way from one entity to another, as plain data.
struct RelationshipInfo
{
    std::string name;
    std::string derivedName; ///< the name without overrides, by which they find it
    RelationshipKind kind = RelationshipKind::ManyToOne;
    QualifiedName target;
    std::vector<std::string> columns;       ///< of this table; empty for many-to-many
    std::vector<std::string> targetColumns; ///< paired with `columns`
    std::string backPopulates;              ///< name of the other side
    bool ownsKey = false;                   ///< the foreign key is in this table
    QualifiedName through;                  ///< the association table of a many-to-many
    bool viewOnly = false;             ///< the association has data of its own: written as an object, not through here
    bool postUpdate = false;           ///< the tables refer to each other: written in two steps
    std::vector<std::string> overlaps; ///< relationships that write a column of this one too
};

/// A table as a class sees it. A value; made by automap().
struct Entity
{
    QualifiedName table;
    std::vector<std::string> attributes; ///< the columns, in order
    std::vector<RelationshipInfo> relationships;

    /// Null when there is none of that name.
    const RelationshipInfo *relationship(std::string_view name) const noexcept
    {
        for (const RelationshipInfo &one : relationships)
            if (one.name == name)
                return &one;
        return nullptr;
    }
};

} // namespace schemawright
