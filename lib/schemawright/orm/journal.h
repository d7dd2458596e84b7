#pragma once

#include "schemawright/orm/change.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace schemawright {

/// Pending edits kept in a file, so that they outlive the program, however it ends.
///
/// One file a database, JSON, replaced as a whole by an atomic rename after an fsync: a reader sees the list as it was
/// after some edit, never half of one. Values are exact: 64-bit integers, blobs, text that is no UTF-8, every float.
/// While it lives it holds a lock, so that two programs on one database don't write over each other.
class Journal
{
public:
    /// `folder` is made when missing; `database` is the URL without its password. Throws Error(Busy) when another
    /// program holds the journal of this database, Error(Permission) when the folder cannot be written.
    Journal(std::filesystem::path folder, std::string database);
    ~Journal();
    Journal(const Journal &) = delete;
    Journal &operator=(const Journal &) = delete;

    /// Makes these the kept edits; none removes the file. May block on the disk. Throws Error(Permission).
    void write(const std::vector<const Change *> &changes);

    struct Kept
    {
        std::string database;
        std::string savedAt; ///< ISO 8601, UTC
        std::vector<Change> changes;
    };
    /// What an earlier program left; nothing when there is no file. Throws Error(Corrupt) for one that cannot be read,
    /// which is left where it is.
    std::optional<Kept> read() const;

    const std::filesystem::path &path() const noexcept { return path_; }

private:
    std::string database_;
    std::filesystem::path path_;
    int lock_ = -1;
};

/// The changes as JSON text, and back. Throws Error(Corrupt).
std::string changesToJson(const std::vector<const Change *> &changes);
std::vector<Change> changesFromJson(const std::string &text);

} // namespace schemawright
