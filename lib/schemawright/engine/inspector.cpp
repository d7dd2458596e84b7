#include "schemawright/engine/inspector.h"

namespace schemawright {

MetaData Inspector::names()
{
    ReflectOptions options;
    options.namesOnly = true;
    return reflect(options);
}

MetaData Inspector::reflect(const ReflectOptions &options)
{
    return connection_.dialect().reflect(connection_.driverConnection(), options);
}

TablePtr Inspector::table(const QualifiedName &name)
{
    ReflectOptions options;
    if (!name.schema.empty())
        options.schemas = {name.schema};
    options.tables = {name.name};
    return reflect(options).table(name);
}

} // namespace schemawright
