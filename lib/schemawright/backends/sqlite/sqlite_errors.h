#pragma once

#include "schemawright/base/error.h"

#include <string>
#include <string_view>

namespace schemawright::sqlite {

/// "SQLITE_BUSY_SNAPSHOT (517)" for an extended result code.
std::string codeName(int extendedCode);

/// The Error for a result code and SQLite's own message: kind, code, constraint and a hint what to do. Pure; knows no
/// connection. The caller adds statement, position and context.
Error makeError(int extendedCode, std::string_view message);

} // namespace schemawright::sqlite
