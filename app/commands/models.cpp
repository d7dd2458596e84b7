#include "app/commands/commands.h"

#include "schemawright/generate/cpp_mapping.h"

namespace schemawright {

int models(const ModelsArguments &arguments)
{
    if (arguments.language != "cpp")
        throw Error(ErrorKind::Misuse, "models in " + arguments.language + " are not available yet")
            .withHint("There is cpp.");
    const MetaData metadata = readMetaData(arguments.source, arguments.selection);
    writeOutput(arguments.output, CppMapping(metadata, automap(metadata)).text());
    return reportRemarks(metadata) ? DoneInPart : Done;
}

} // namespace schemawright
