#pragma once

#include "schemawright/dialect/dialect.h"

#include <set>
#include <string>
#include <vector>

namespace schemawright {

/// Writes create_all and drop_all from a model that its dialect can hold (see translate()). The base says what
/// databases have in common; a dialect's subclass overrides what it says differently. Made for one script; what it is
/// made of must outlive it.
///
/// Tables come before those that refer to them. Where tables refer to each other in a ring, the keys that close it are
/// added behind all tables and dropped before them; such a key without a name gets one that depends on its columns
/// only, so that a later drop_all knows it.
class DdlWriter
{
public:
    DdlWriter(const Dialect &dialect, const MetaData &metadata, const ScriptOptions &options)
        : dialect_(dialect), metadata_(metadata), options_(options)
    {}
    virtual ~DdlWriter() = default;
    DdlWriter(const DdlWriter &) = delete;
    DdlWriter &operator=(const DdlWriter &) = delete;

    Script create();
    Script drop();
    /// One table with its indexes and comments, all its foreign keys inside.
    std::vector<std::string> table(const Table &table);

    // Single parts, also for those who alter tables.

    virtual std::string columnSql(const Table &table, const Column &column) = 0;
    virtual std::string createTable(const Table &table, const std::vector<const ForeignKey *> &inlineKeys);
    virtual std::string createIndex(const Table &table, const Index &index);
    virtual std::string foreignKeySql(const ForeignKey &key);
    virtual std::string primaryKeySql(const Table &table, const PrimaryKey &key);
    virtual std::string uniqueSql(const UniqueConstraint &unique);
    virtual std::string checkSql(const CheckConstraint &check);

protected:
    /// The primary key stands in its column's line.
    virtual bool hasInlineKey(const Table &) const { return false; }
    /// Foreign keys may name tables that are not there yet.
    virtual bool takesEarlyKeys() const { return false; }
    /// A key that closes a ring is dropped by name; false where drop_all has another way.
    virtual bool dropsRingKeys() const { return true; }
    virtual std::string tableOptions(const Table &) const { return {}; }
    virtual std::vector<std::string> indexLines(const Table &) { return {}; } ///< inside of CREATE TABLE
    virtual bool putsIndexesInside() const { return false; }
    virtual std::vector<std::string> createSchema(const Schema &schema);
    virtual std::string createSequence(const Sequence &sequence);
    virtual std::vector<std::string> comments(const Table &) { return {}; }
    virtual std::string addForeignKey(const Table &table, const ForeignKey &key);
    virtual std::string dropForeignKey(const Table &table, const ForeignKey &key);
    virtual std::string dropTable(const Table &table);
    virtual std::string dropView(const Table &view);
    /// The statement so that nothing happens when the thing is there already.
    virtual std::string guarded(std::string statement, const Table &table, const std::string &name);
    virtual std::vector<std::string> header(bool /*drops*/) { return {}; }
    virtual std::vector<std::string> footer(bool /*drops*/) { return {}; }
    /// The views, triggers and others of a model of this dialect, which are kept as text.
    virtual void ownObjects(Script &) {}
    /// The statement of a table that is kept as its text; empty when it is written from the model.
    virtual std::string ownDefinition(const Table &) const { return {}; }

    std::string named(const std::optional<std::string> &name) const;
    std::string names(const std::vector<std::string> &columns) const;
    std::string quote(std::string_view name) const { return dialect_.quote(name); }
    /// A table's name: bare in the default schema.
    virtual std::string quote(const QualifiedName &name) const
    {
        return name.schema == metadata_.defaultSchema ? dialect_.quote(name.name) : dialect_.quote(name);
    }
    /// A table's name behind REFERENCES.
    virtual std::string referredName(const QualifiedName &name) const { return quote(name); }
    /// The name of a ring's key, its own or one made of its columns.
    std::string ringName(const Table &table, const ForeignKey &key) const;
    QualifiedName resolved(const QualifiedName &name) const;
    bool isForeign() const { return !metadata_.dialect.empty() && metadata_.dialect != dialect_.name(); }
    const MetaData &metadata() const { return metadata_; }
    const ScriptOptions &options() const { return options_; }

    const Dialect &dialect_;

private:
    bool needsIndexFirst(const ForeignKey &key) const;
    const MetaData &metadata_;
    const ScriptOptions &options_;
};

} // namespace schemawright
