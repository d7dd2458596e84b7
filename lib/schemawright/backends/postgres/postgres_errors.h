#pragma once

#include "schemawright/base/error.h"

#include <string>
#include <string_view>

namespace schemawright::postgres {

/// What the server says of an error, field by field.
struct ServerError
{
    std::string sqlstate; ///< empty for a fault of the client library: the connection is lost
    std::string message, detail, hint;
    std::string context; ///< the call stack of functions, as the server prints it
    std::string schema, table, column, type, constraint;
    int position = 0;         ///< in characters
    bool cancelAsked = false; ///< somebody used our Canceller on this statement
};

/// The Error for what the server says. Pure; the caller adds statement and context.
Error makeError(const ServerError &said);

/// The kind for an SQLSTATE.
ErrorKind kindOf(std::string_view sqlstate);

/// An Error from the text of a failed connect, made with verbose verbosity: "… FATAL:  28P01: password…\nLOCATION: …".
Error makeConnectError(std::string_view text);

} // namespace schemawright::postgres
