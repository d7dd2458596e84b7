#pragma once

#include "schemawright/orm/change.h"
#include "schemawright/orm/entity.h"
#include "schemawright/schema/metadata.h"

#include <map>
#include <vector>

namespace schemawright {

/// Names chosen by persons, by table.
using EntityMappings = std::map<QualifiedName, EntityMapping>;

/// The entities of all base tables that have a key, pure association tables and partitions left out; by table.
///
/// Class names are the tables' in PascalCase, attributes the columns' in camelCase; nothing is made singular. Of tables
/// whose names become the same, the one in the default schema keeps it, others put their schema in front.
///
/// A relationship is named from its foreign key's columns only, so it keeps its name when another key appears:
/// author_id gives `author`, and on the other side `post_by_author` (`blog_post_by_author` when the post is in another
/// schema). A key column without "_id" gives `country_country`, since the bare name is the attribute. Of two keys over
/// the same columns the second adds the table it refers to. One-to-one is a key whose columns hold a whole primary key,
/// unique constraint or unique index. Keys to tables that are not mapped are left out.
///
/// A table is an association, and its two ends get a many-to-many beside what leads to the table itself, when two of
/// its keys together are its primary key; or are NOT NULL and together one unique key; or are its only keys and its
/// name is made of the names of both ends (user_role, roles_users, a_b). Two keys alone make none: an order line refers
/// to an order and to a product and associates nothing. It is pure, and no entity, when it has no other columns, is
/// referred to by nothing, and its keys share no column; else the many-to-many is for reading only.
///
/// A person's choice that is taken by another name of the class gets a number behind it, as derived names do. Pure.
std::vector<Entity> automap(const MetaData &metadata, const EntityMappings &mappings = {});

} // namespace schemawright
