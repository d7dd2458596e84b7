#pragma once

#include "schemawright/orm/object_session.h"
#include "schemawright/sql/source.h"

namespace schemawright {

/// How objects of one struct, and of those that derive from it, stand in the rows of a query.
struct ObjectSession::Reading
{
    struct Subtype
    {
        Layout *layout = nullptr;
        std::vector<std::size_t> cells; ///< of its columns in a row
    };
    Layout *layout = nullptr;
    Source root;                                 ///< the first table
    Source source;                               ///< all of them
    std::vector<std::pair<Source, Expr>> others; ///< the tables of `source` but the first, and how they are joined
    std::vector<Expr> columns;
    std::size_t discriminator = 0;
    std::vector<Subtype> subtypes; ///< those of other structs than the one that was asked for
    std::vector<JoinedRelation> joined;
};

/// A to-one or to-many relationship whose rows come with those of their owners.
struct ObjectSession::JoinedRelation
{
    std::size_t relation = 0;
    Reading reading;
    std::size_t offset = 0; ///< of its columns in a row
};

inline constexpr std::size_t mostInList = 500; ///< values in one IN

/// The columns of both sides of a relationship being equal; of a many-to-many, those of the association and its owner.
Expr relationCondition(const Relation &relation, const EntityMap &owner, const Source &other);
/// One column, or a tuple of them.
Expr oneOrTuple(std::vector<Expr> parts);

} // namespace schemawright
