#pragma once

#include <string>

namespace schemawright {

/// The path of the sample database in the user's data folder, which is built there when it is missing. Blocks for about
/// a second when it builds: not for the GUI thread. Throws Error. An existing file is left as it is, with the user's
/// edits.
std::string samplePath();

} // namespace schemawright
