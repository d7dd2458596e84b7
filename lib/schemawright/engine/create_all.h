#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/schema/metadata.h"

#include <vector>

namespace schemawright {

/// What createAll() and dropAll() do.
struct CreateOptions
{
    /// Looks first: what is there already is left as it is, what is gone already is not dropped.
    bool checkFirst = true;
    std::vector<QualifiedName> tables; ///< only these; empty: all
};

/// Makes the tables of a model, and what belongs to them, in an order in which each finds what it needs. In one
/// transaction where the database can: all of it or nothing. Returns what was run.
///
/// Throws Error: what the database says, with the statement. Without a connection: Dialect::createScript().
Script createAll(Connection &connection, const MetaData &metadata, const CreateOptions &options = {});
/// The reverse. Keys that close a ring go first; nobody has to name one.
Script dropAll(Connection &connection, const MetaData &metadata, const CreateOptions &options = {});

} // namespace schemawright
