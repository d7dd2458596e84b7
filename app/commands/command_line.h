#pragma once

#include <string_view>

namespace schemawright {

/// True for the words that run without a window: "inspect", "ddl", "query".
bool isCommandWord(std::string_view word);

/// Runs one command; returns the exit status: 0 done, 2 the command line is wrong, 3 the database, file or network said
/// no, 4 done in part, 130 cancelled. Data goes to standard output, messages to standard error. Needs no display and no
/// Qt.
int runCommand(int argc, char **argv);

} // namespace schemawright
