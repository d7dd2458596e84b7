#pragma once

#include "schemawright/base/error.h"

#include <string_view>

namespace schemawright::mysql {

/// The kind for an error number of the server or of the client library.
ErrorKind kindOf(unsigned code);
/// Whether there is no connection any more after this error.
bool endsConnection(unsigned code);
/// The Error for what the server says of a statement: kind, number, constraint, position, a hint what to do. Pure.
Error makeError(unsigned code, std::string_view sqlstate, std::string_view message, std::string_view sql);

} // namespace schemawright::mysql
