#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/schema/metadata.h"

#include <string_view>

namespace schemawright {

/// Asks a database what is in it. Works in bulk: a fixed number of queries, whatever the number of tables.
/// Borrows the connection; everything blocks and throws Error.
class Inspector
{
public:
    explicit Inspector(Connection &connection) : connection_(connection) {}

    /// All tables and views with name and kind but without columns: milliseconds, for a first sight.
    MetaData names();
    /// Everything, or what `options` narrow it to. What cannot be read stands in MetaData::errors.
    MetaData reflect(const ReflectOptions &options = {});
    /// One table or view; null when there is none.
    TablePtr table(const QualifiedName &name);
    bool hasTable(const QualifiedName &name) { return table(name) != nullptr; }

private:
    Connection &connection_;
};

} // namespace schemawright
