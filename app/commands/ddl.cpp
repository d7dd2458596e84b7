#include "app/commands/commands.h"

#include "schemawright/backends/dialects.h"

namespace schemawright {

int ddl(const DdlArguments &arguments)
{
    const MetaData metadata = readMetaData(arguments.source, arguments.selection);
    const std::string dialect = arguments.dialect.empty() ? metadata.dialect : arguments.dialect;
    const Dialect *wanted = dialectNamed(dialect);
    if (!wanted)
        throw Error(ErrorKind::Misuse, "there is no dialect named '" + dialect + "'")
            .withHint("There are sqlite, postgresql, mysql, mssql and oracle.");
    const Script script =
        wanted->createScript(metadata, {.ifNotExists = arguments.ifNotExists, .drop = arguments.drop});
    writeOutput(arguments.output, script.text());
    return reportRemarks(metadata) ? DoneInPart : Done;
}

} // namespace schemawright
