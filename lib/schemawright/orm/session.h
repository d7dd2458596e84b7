#pragma once

#include "schemawright/orm/draft.h"
#include "schemawright/orm/plan_runner.h"
#include "schemawright/orm/unit_of_work.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace schemawright {

/// Keeps entity mappings outside of the database, in a project file.
class MappingStore
{
public:
    virtual ~MappingStore() = default;
    /// Writes these; called again with the same after a failure, so it must bear that. Throws Error.
    virtual void write(const QualifiedName &table, const std::optional<EntityMapping> &mapping) = 0;
};

/// What a user or a program edits through: a baseline picture of the database and the unit of work upon it.
///
/// Works with rows of tables it has never seen. Runs no SQL by itself except in flush(). Belongs to one thread; holds
/// no locks. Setting a new baseline keeps all pending edits.
///
///     Session session(engine.sharedDialect(), metadata);
///     session.setCell(session.target(*table, row), "name", Value("Ana"), row);
///     Report report = session.flush(connection);
class Session
{
public:
    explicit Session(std::shared_ptr<const Dialect> dialect, MetaData baseline = {});

    const Dialect &dialect() const noexcept { return *dialect_; }
    std::shared_ptr<const Dialect> sharedDialect() const noexcept { return dialect_; }
    /// Another of the same name, as Engine::sharedDialect() is when a server has told what it can do.
    void setDialect(std::shared_ptr<const Dialect> dialect) { dialect_ = std::move(dialect); }
    const MetaData &baseline() const noexcept { return baseline_; }
    void setBaseline(MetaData baseline);
    /// Lays pending changes of tables and other objects upon what the baseline says of them now, where others changed
    /// it: what only one side changed is as that side says, else the pending change counts. One of what is gone becomes
    /// a new one. Only for a baseline that was read whole.
    void rebaseStructure();
    UnitOfWork &unitOfWork() noexcept { return unitOfWork_; }
    const UnitOfWork &unitOfWork() const noexcept { return unitOfWork_; }

    /// The database as it will be: the baseline and the pending changes of tables. Kept until the next edit.
    const Draft &draft() const;
    /// A copy of a table as it is in the draft, to be changed and put back. Its columns have ids: a column whose name
    /// changes is renamed, one without an id is new. Throws Error(NotFound).
    Table editTable(const QualifiedName &draftName) const;
    /// Makes this a pending change of the table of that id, or a new table when it has none. Its own keys, constraints
    /// and indexes follow the columns that it renames, and go with those that it drops. Throws Error(Constraint) for a
    /// name that is taken, Error(Misuse) for a table without columns or with one name twice.
    TableId putTable(Table after);
    /// Drops it, with the pending edits of its rows. Throws Error(NotFound).
    void dropTable(const QualifiedName &draftName);
    /// An enum, sequence, domain, function or other object that is no table, as it is in the draft. Throws
    /// Error(NotFound).
    SchemaObject editObject(const ObjectReference &object) const;
    /// Makes this a pending change of the object of its name and kind, or a new one where there is none. It cannot get
    /// another name. Throws Error(Misuse) for one without a name.
    void putObject(SchemaObject after);
    /// Throws Error(NotFound).
    void dropObject(const ObjectReference &object);
    /// Names for a table's entity; nothing takes the override away.
    void putMapping(const QualifiedName &table, std::optional<EntityMapping> before, std::optional<EntityMapping> after)
    {
        unitOfWork_.putMapping({table}, std::move(before), std::move(after));
    }
    /// Mappings that are in force, as a project file keeps them; pending ones stand above them.
    void setMappings(std::map<QualifiedName, EntityMapping> mappings) { mappings_ = std::move(mappings); }
    /// The column that counts the changes of a table's rows, as mapped or pending; empty for none.
    std::string versionColumn(const QualifiedName &table) const;
    /// All of them by table, as buildPlan() wants them.
    std::map<QualifiedName, std::string> versionColumns() const;
    /// Where pending mappings are written after a commit; must outlive the session. Null: they go with the commit.
    void setMappingStore(MappingStore *store) noexcept { mappingStore_ = store; }

    /// How rows of this table are told apart. Cached for the baseline.
    const RowIdentity &identity(const Table &table) const;
    /// The target that names a fetched row, which must hold the identity columns. Throws Error(Misuse) when one is
    /// missing, Error(Unsupported) when rows of this table cannot be told apart.
    RowTarget target(const Table &table, const RowImage &row) const;

    /// Why this column's cells cannot be edited, as a sentence; empty when they can.
    std::string whyNotEditable(const Table &table, const std::string &column) const;

    /// Throws Error(Constraint, Conversion, Unsupported) for what the table can never hold, before any SQL runs.
    void setCell(const RowTarget &target, const std::string &column, Cell cell, const RowImage &baselineRow);
    /// A new row whose columns are all left to the database until they are set.
    RowTarget addRow(const Table &table, RowImage cells = {});
    /// Deletes a row, or takes a new one back.
    void deleteRow(const RowTarget &target, const RowImage &baselineRow);
    /// A new row like this one, without what must differ: keys that the database makes, generated columns.
    RowTarget duplicateRow(const Table &table, const RowImage &row);

    /// The pending change of a row; null when it has none.
    const Change *change(const RowTarget &target) const { return unitOfWork_.find(ChangeTarget(target)); }
    /// Pending new rows of a table, in the order in which they were added.
    std::vector<const Change *> newRows(const QualifiedName &table) const { return unitOfWork_.newRows(table); }
    /// How many pending changes a table has.
    std::size_t pendingCount(const QualifiedName &table) const;

    /// What a commit would do now.
    Plan plan() const;
    /// Takes the outcome of running the plan: empties the list after a commit, marks the guilty changes after a
    /// failure.
    void settle(const Report &report);
    /// plan(), runPlan() and settle() on this thread, for programs without a window.
    Report flush(Connection &connection);
    /// After a commit in doubt, on a new connection: finds out what became of it and settles that. What is unclear
    /// stays pending. Throws Error.
    DoubtOutcome settleDoubt(Connection &connection, Report report);

    /// After a conflict: the edit stays and is laid over the row as it is now, `theirs`. A row that is gone becomes a
    /// new one.
    void keepMine(ChangeId id, const std::optional<RowImage> &theirs);

    /// One column of an update whose row was changed meanwhile.
    struct ConflictColumn
    {
        std::string column;
        std::optional<Cell> base, mine, theirs; ///< nothing: not known, or not edited
    };
    /// The edited columns of an update, and those that others changed, beside the row as it is now.
    std::vector<ConflictColumn> conflict(ChangeId id, const RowImage &theirs) const;
    enum class Resolution { KeepMine, TakeTheirs, Edit };
    /// Settles one column of a conflict; the others stay as they are. The change keeps its id, or leaves the list when
    /// nothing of it is left. Throws Error(Misuse) for what is no update, or when `theirs` lacks the column.
    void resolve(ChangeId id, const std::string &column, Resolution how, const RowImage &theirs, Cell edited = Value());

private:
    std::shared_ptr<const Dialect> dialect_;
    MetaData baseline_;
    UnitOfWork unitOfWork_;
    mutable std::map<QualifiedName, RowIdentity> identities_;
    mutable std::map<TableId, RowIdentity> draftIdentities_;
    mutable std::optional<Draft> draft_;
    mutable std::uint64_t draftRevision_ = 0;
    mutable std::uint64_t lastId_ = 0; ///< of tables and columns
    MappingStore *mappingStore_ = nullptr;
    std::map<QualifiedName, EntityMapping> mappings_;
    /// Tables that were given ids, by baseline name: an id is kept through a revert and a new baseline.
    mutable std::map<QualifiedName, TablePtr> identified_;
    /// New ids are given behind those of changes that came from a journal.
    void keepIdsApart() const;
    TablePtr identified(const TablePtr &baselineTable) const;
};

} // namespace schemawright
