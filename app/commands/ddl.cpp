#include "app/commands/commands.h"

#include "schemawright/backends/builtin.h"

namespace schemawright {

int ddl(const DdlArguments &arguments)
{
    const MetaData metadata = readMetaData(arguments.source, arguments.selection);
    const std::string dialect = arguments.dialect.empty() ? metadata.dialect : arguments.dialect;
    const Backend *backend = builtinBackends().find(dialect);
    if (!backend)
        throw Error(ErrorKind::Misuse, "there is no dialect named '" + dialect + "'");
    const Script script =
        backend->dialect->createScript(metadata, {.ifNotExists = arguments.ifNotExists, .drop = arguments.drop});
    writeOutput(arguments.output, script.text());
    return reportRemarks(metadata) ? DoneInPart : Done;
}

} // namespace schemawright
