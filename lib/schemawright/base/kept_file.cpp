#include "schemawright/base/kept_file.h"

#include "schemawright/base/error.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace schemawright {

namespace {

Error cannotWrite(const std::filesystem::path &path)
{
    return Error(ErrorKind::Permission, std::strerror(errno)).withContext("writing " + path.string());
}

/// False, with errno, when the disk is full or worse.
bool writeAll(int file, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file) == 0;
}

} // namespace

void writeKeptFile(const std::filesystem::path &path, std::string_view text)
{
    const std::string temporary = path.string() + ".new";
    const int file = ::open(temporary.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        throw cannotWrite(path);
    if (!writeAll(file, text)) {
        const Error error = cannotWrite(path);
        ::close(file);
        throw error;
    }
    if (::close(file) != 0 || std::rename(temporary.c_str(), path.c_str()) != 0)
        throw cannotWrite(path);
}

std::string keptFileName(std::string_view what, std::string_view suffix)
{
    std::uint64_t hash = 14695981039346656037u; // FNV-1a
    std::string readable;
    for (const char c : what) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
        readable += isPlain ? c : '_';
    }
    constexpr std::size_t longest = 60;
    if (readable.size() > longest)
        readable.erase(0, readable.size() - longest);
    return fmt::format("{}-{:016x}{}", readable, hash, suffix);
}

} // namespace schemawright
