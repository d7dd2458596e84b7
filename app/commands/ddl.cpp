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
    const Script script = wanted->createScript(
        metadata,
        {.ifNotExists = arguments.ifNotExists, .drop = arguments.drop, .privileges = !arguments.noPrivileges});
    std::string text = script.text();
    // Without a statement that reads there would be no file, and an empty database is one all the same.
    if (script.statements.empty() && !arguments.drop && dialect == "sqlite")
        text += "-- Nothing to create.\nSELECT name FROM sqlite_schema WHERE false;\n";
    writeOutput(arguments.output, text);
    return reportRemarks(metadata) ? DoneInPart : Done;
}

} // namespace schemawright
