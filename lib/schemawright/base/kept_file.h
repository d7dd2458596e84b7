#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace schemawright {

/// Makes `text` the whole content of a file, readable by its owner only: written beside it, brought to the disk and
/// renamed over it, so that a reader sees the old content or the new one and never a part. The folder must be there.
/// Throws Error(Permission).
void writeKeptFile(const std::filesystem::path &path, std::string_view text);

/// A name for a file that is kept for `what`: its end in readable letters, told apart by a hash of the whole.
std::string keptFileName(std::string_view what, std::string_view suffix);

} // namespace schemawright
