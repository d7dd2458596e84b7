#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/schema/metadata.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace schemawright::sqlite {

/// Tables that refer to each other in a ring by ON DELETE CASCADE. A trigger does not run for what it does itself, even
/// by way of others, so one for each key would stop after one round: here one trigger for a table finds all that goes
/// with a row, in all tables of the ring, before any of it is deleted.
class KeyRings
{
public:
    using Binds = std::function<bool(const Table &, const ForeignKey &)>;
    KeyRings(const Dialect &dialect, const MetaData &metadata, const Binds &binds);

    /// Whether a key is one of a ring, which is not to be looked after by itself.
    bool has(const Table &child, const Table &parent) const;
    /// Each table of a ring, and what its trigger does when a row goes.
    std::vector<std::pair<std::string, std::string>> deletions() const;
    /// What they need around them.
    std::string create() const;
    std::string drop() const;

private:
    struct Key
    {
        const Table *child, *parent;
        std::vector<std::string> columns, referred;
    };
    bool isTogether(const Table *a, const Table *b) const;
    std::string rowName(const Table &table) const;
    std::string bodyOf(const Table &gone) const;

    const Dialect &dialect_;
    std::vector<Key> keys_;
    std::map<const Table *, std::vector<const Table *>> reached_; ///< by way of keys, from parents to children
};

} // namespace schemawright::sqlite
