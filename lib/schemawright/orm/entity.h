#pragma once

#include "schemawright/schema/table.h"

#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

enum class RelationshipKind { ManyToOne, OneToMany, OneToOne, ManyToMany };
/// "many to one", "one to many"…
const char *toString(RelationshipKind kind) noexcept;

/// A column as a member of a class.
struct AttributeInfo
{
    std::string name;        ///< in the program
    std::string derivedName; ///< the same without a person's choice
    std::string column;
    bool isKey = false;
    /// The one relationship that alone writes this column, by name; empty when there is none, or more than one. Such a
    /// column needs no member of its own: it is what the related object's key is.
    std::string relationship;
};

/// A way from one entity to another, as plain data.
struct RelationshipInfo
{
    std::string name;        ///< in the program
    std::string derivedName; ///< in the words of the database, from the key's columns: by it a person's choice is found
    RelationshipKind kind = RelationshipKind::ManyToOne;
    QualifiedName target;
    std::vector<std::string> columns;       ///< of this table; of a many-to-many those of `through` that refer to it
    std::vector<std::string> targetColumns; ///< paired with `columns`; of a many-to-many those that refer to the target
    std::string backPopulates;              ///< name of the other side
    bool ownsKey = false;                   ///< the foreign key is in this table
    bool byKey = true;           ///< it leads to the other's key (or from the own one), not to another unique column
    bool isRequired = false;     ///< the foreign key's columns are NOT NULL
    bool cascadesDelete = false; ///< ON DELETE CASCADE
    QualifiedName through;       ///< the association table of a many-to-many
    bool viewOnly = false;       ///< the association is an entity itself: written as an object, not through here
    bool postUpdate = false;     ///< the tables refer to each other: written in two steps
    std::vector<std::string> overlaps; ///< relationships that write a column of this one too, by name
};

/// A table as a class sees it. A value; made by automap().
struct Entity
{
    QualifiedName table;
    std::string className;
    std::string derivedClassName;          ///< the same without a person's choice
    std::vector<std::string> key;          ///< the columns of the primary key, else of a unique key that is NOT NULL
    std::vector<AttributeInfo> attributes; ///< in the order of the columns
    std::vector<RelationshipInfo> relationships;

    /// Null when there is none of that name, in the program or in the words of the database.
    const RelationshipInfo *relationship(std::string_view name) const noexcept;
    /// Null when there is no such column.
    const AttributeInfo *attribute(std::string_view column) const noexcept;
};

} // namespace schemawright
