#pragma once

#include "schemawright/orm/entity.h"
#include "schemawright/schema/metadata.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

/// Names chosen by a person: (table, derived name) -> name.
using RelationshipNames = std::map<std::pair<QualifiedName, std::string>, std::string>;

/// The entities of all base tables that have a primary key, pure association tables left out.
///
/// A relationship is named from its foreign key's columns only, so it keeps its name when another key appears:
/// author_id gives `author`, and `post_by_author` on the other side. A key that is the whole primary key is one-to-one.
/// Keys to tables that are not mapped are left out. Pure.
std::vector<Entity> automap(const MetaData &metadata, const RelationshipNames &names = {});

} // namespace schemawright
