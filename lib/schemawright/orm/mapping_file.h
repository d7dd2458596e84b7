#pragma once

#include "schemawright/orm/automap.h"
#include "schemawright/orm/session.h"

#include <filesystem>

namespace schemawright {

/// The names that persons chose for the entities of one database, in a JSON file of their own.
///
/// Each write reads the file again and replaces it as a whole by an atomic rename after an fsync, so that two programs
/// on one database keep each other's names, and writing the same twice changes nothing. A file that cannot be read is
/// never written over. Blocks on the disk; for one thread.
class MappingFile : public MappingStore
{
public:
    /// `folder` is made when something is written; `database` is the URL without its password. Reads nothing yet.
    MappingFile(std::filesystem::path folder, std::string database);

    /// Reads the file; nothing chosen when there is none. Throws Error(Corrupt), and keeps what it knew.
    void read();
    const EntityMappings &mappings() const noexcept { return mappings_; }
    /// Throws Error(Permission) when it cannot be written, Error(Corrupt) for a file that is none.
    void write(const QualifiedName &table, const std::optional<EntityMapping> &mapping) override;

    const std::filesystem::path &path() const noexcept { return path_; }

private:
    std::string database_;
    std::filesystem::path path_;
    EntityMappings mappings_;
};

} // namespace schemawright
