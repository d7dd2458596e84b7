#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/orm/auto_record.h"
#include "schemawright/orm/mapper.h"
#include "schemawright/orm/object_query.h"
#include "schemawright/orm/object_record.h"
#include "schemawright/orm/plan.h"
#include "schemawright/sql/statement.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace schemawright {

struct Report;

/// Mapped objects and the rows they are. Hands out the same object for the same row, notes nothing while objects are
/// changed, and finds at flush() what is new, different or removed: parents before their children, many rows of a table
/// at once, keys that the database makes passed on to what refers to them.
///
/// Works in one transaction at a time, begun by the first statement and ended by commit() or rollback(); within one that
/// the program has begun, in a savepoint of it. Objects belong to the program: the session holds a persistent one weakly,
/// so what was changed in an object that nobody holds any more is lost. Borrows connection and mappings. For one thread.
///
///     ObjectSession session(connection, mappings);
///     auto ada = std::make_shared<Author>(Author{.name = "Ada"});
///     session.add(ada);
///     session.commit();                                        // ada->id is there now
///     for (const auto &book : session.select<Book>().where(session.column(&Book::year) > 1840).all()) …
class ObjectSession
{
public:
    /// Throws Error(Misuse) for mappings that do not fit their tables.
    ObjectSession(Connection &connection, Mappings &mappings);
    /// Rolls back in the database what was not committed; objects stay as they are.
    ~ObjectSession();
    ObjectSession(const ObjectSession &) = delete;
    ObjectSession &operator=(const ObjectSession &) = delete;

    /// New objects and what is reachable from them. One that derives from T is known as such by virtual functions; one
    /// without must be added by its own type. Takes back a remove() that no flush has seen, and an expunge(); throws
    /// Error(Misuse) for what was deleted in this transaction.
    template <class T> void add(const std::shared_ptr<T> &object)
    {
        if constexpr (std::same_as<T, AutoRecord>)
            addObject(layoutOf(mapOf(object.get())), object);
        else
            addObject(layoutOf(detail::typeOf(object.get()), typeid(T)), object);
    }
    /// To be deleted by the next flush, with what its relationships' cascades say; other children lose their owner. The
    /// lists of objects in memory lose it then, and what the database deletes or empties along with it is known.
    template <class T> void remove(const std::shared_ptr<T> &object) { removeObject(mapOf(object.get()), object); }
    /// The object of a key, from memory if it is there; null when there is no such row. `key` as values, in order.
    template <class T> std::shared_ptr<T> get(const std::vector<Value> &key)
    {
        return std::static_pointer_cast<T>(getObject(mappings_.of<T>(), key));
    }
    template <class T> std::shared_ptr<T> get(const Value &key) { return get<T>(std::vector<Value>{key}); }
    /// The same for AutoRecords, by the name of their class or table.
    std::shared_ptr<AutoRecord> get(std::string_view name, const std::vector<Value> &key)
    {
        return std::static_pointer_cast<AutoRecord>(getObject(mappings_.record(name), key));
    }

    /// A column by its member, or by its name, for conditions and orders.
    template <class T, class M> Expr column(M T::*member) const { return mappings_.column(member); }
    template <class T> Expr column(std::string_view name) const { return columnNamed(mappings_.of<T>(), name); }
    Expr column(std::string_view record, std::string_view name) const
    {
        return columnNamed(mappings_.record(record), name);
    }
    /// A column of what a query's join() leads to, where the query has that table already: since it is T's own, or since
    /// another join() leads there.
    template <class T, class M, class O> Expr joined(std::string_view relation, M O::*member) const
    {
        return mappings_.joined(mappings_.of<T>(), relation, mappings_.of<O>().fieldOf(member).column);
    }
    /// Objects by conditions. Reading flushes first unless that is off.
    template <class T> ObjectQuery<T> select() { return ObjectQuery<T>(*this, mappings_.of<T>()); }
    ObjectQuery<AutoRecord> select(std::string_view record)
    {
        return ObjectQuery<AutoRecord>(*this, mappings_.record(record));
    }

    /// Fills a relationship of one object, by one query. A path ("books.tags") goes on from there.
    template <class T> void load(const std::shared_ptr<T> &owner, std::string_view path)
    {
        loadPath(mapOf(owner.get()), {owner}, path);
    }
    /// The same for many, by one query for all of them (select in).
    template <class T> void load(const std::vector<std::shared_ptr<T>> &owners, std::string_view path)
    {
        if (!owners.empty())
            loadPath(mapOf(owners.front().get()), {owners.begin(), owners.end()}, path);
    }

    /// Reads the object's row again and forgets what was changed. Throws Error(NotFound) when it is gone.
    template <class T> void refresh(const std::shared_ptr<T> &object) { refreshObject(object.get()); }
    /// What was changed in it is forgotten; the next query or get() that meets its row reads it anew.
    template <class T> void expire(const std::shared_ptr<T> &object) { expireObject(object.get()); }
    void expireAll();
    /// The session forgets the object, which stays as it is.
    template <class T> void expunge(const std::shared_ptr<T> &object) { expungeObject(object.get()); }
    /// Copies the members of an object from elsewhere, and of what it is related to where that cascades, onto the ones
    /// with their keys, which are loaded or added; returns that. Lists become what they are there, but those that are
    /// empty there stay as they are. Throws Error(Conflict) when its version is another than the row's.
    template <class T> std::shared_ptr<T> merge(const T &other)
    {
        autoflush();
        const NoAutoflush off(*this);
        std::map<const void *, std::shared_ptr<void>> done;
        return std::static_pointer_cast<T>(mergeObject(mapOf(&other), &other, done));
    }

    /// Inserts objects without keeping them: no cascades, no events, keys not told. The fastest way for many.
    template <class T> void insertAll(std::span<const T> objects)
    {
        insertPlain(mappings_.of<T>(), addresses(objects));
    }
    /// Updates the rows with the keys of these objects to what they hold. Throws Error(Conflict) when one is not there.
    template <class T> void updateAll(std::span<const T> objects)
    {
        updatePlain(mappings_.of<T>(), addresses(objects));
    }
    /// UPDATE … SET by a condition, in whatever tables of a hierarchy have the columns; the number of rows. A version
    /// that is not among the values grows. Objects of those rows are read again.
    template <class T> std::int64_t update(const Expr &where, const std::vector<Assignment> &values)
    {
        return updateWhere(mappings_.of<T>(), where, values);
    }
    /// DELETE by a condition, no cascades but the database's and the rows of what derives; the number of rows. Their
    /// objects are detached.
    template <class T> std::int64_t deleteWhere(const Expr &where) { return deleteWhere(mappings_.of<T>(), where); }

    /// Both sides of the relationships that were changed on one side say the same; also done by flush().
    void synchronize();
    /// What flush() would write, as the changes of a unit of work, and as its plan: to be shown, rehearsed or saved as
    /// a script. Nothing is written, no event is called. Asks for the association rows of removed objects.
    std::vector<Change> changes();
    Plan plan();
    /// Writes what is new, changed and removed. On an error the innermost open nested() is rolled back, or the whole
    /// transaction where there is none, objects included. Throws Error(Conflict) when a row that was changed or removed
    /// is another now, or gone.
    void flush();
    void commit();
    /// Back to the last commit: in the database and in the objects.
    void rollback();

    /// A part of a transaction that can be taken back alone, objects included, by a savepoint. Over when it is committed
    /// or rolled back, when a flush in it fails, and with what it is a part of.
    class Nested
    {
    public:
        /// Rolls back what is not over.
        ~Nested();
        Nested(Nested &&other) noexcept = default;
        Nested &operator=(Nested &&) = delete;
        /// Flushes and keeps it. Throws Error(Misuse) when it is over.
        void commit();
        void rollback();

    private:
        friend class ObjectSession;
        struct Part;
        explicit Nested(std::shared_ptr<Part> part) : part_(std::move(part)) {}
        std::shared_ptr<Part> part_;
    };
    Nested nested();

    /// Queries do not flush while it lives.
    class NoAutoflush
    {
    public:
        explicit NoAutoflush(ObjectSession &session) : session_(session) { ++session_.autoflushOff_; }
        ~NoAutoflush() { --session_.autoflushOff_; }
        NoAutoflush(const NoAutoflush &) = delete;

    private:
        ObjectSession &session_;
    };
    NoAutoflush noAutoflush() { return NoAutoflush(*this); }

    template <class T> ObjectState state(const std::shared_ptr<T> &object) const { return stateOf(object.get()); }
    /// True when a flush would write it.
    template <class T> bool isDirty(const std::shared_ptr<T> &object) { return isDirtyObject(object.get()); }
    /// Objects to be inserted, updated, deleted by the next flush.
    template <class T> std::vector<std::shared_ptr<T>> newObjects() { return listed<T>(ObjectState::Pending); }
    template <class T> std::vector<std::shared_ptr<T>> dirtyObjects() { return listed<T>(ObjectState::Persistent); }
    template <class T> std::vector<std::shared_ptr<T>> deletedObjects() { return listed<T>(ObjectState::Deleted); }
    std::size_t newCount() { return list(ObjectState::Pending, nullptr).size(); }
    std::size_t dirtyCount() { return list(ObjectState::Persistent, nullptr).size(); }
    std::size_t deletedCount() { return list(ObjectState::Deleted, nullptr).size(); }

    /// Called before and after each flush that has something to do.
    std::vector<std::function<void(ObjectSession &)>> beforeFlush, afterFlush;

private:
    template <class T> friend class ObjectQuery;
    using Layout = detail::ObjectLayout;
    using Record = detail::Record;
    using Image = detail::Image;
    using Objects = std::vector<std::shared_ptr<void>>;
    struct Cell;
    struct Collected;

    template <class T> static std::vector<const void *> addresses(std::span<const T> objects)
    {
        std::vector<const void *> all;
        for (const T &each : objects)
            all.push_back(&each);
        return all;
    }
    template <class T> std::vector<std::shared_ptr<T>> listed(ObjectState state)
    {
        return detail::listOf<T>(list(state, &mappings_.of<T>()));
    }
    template <class T> const EntityMap &mapOf(const T *object) const
    {
        if constexpr (std::same_as<T, AutoRecord>)
            return object->map();
        else
            return mappings_.of<T>();
    }
    Objects list(ObjectState state, const EntityMap *entity);

    // object_session.cpp: what the session knows of objects.
    void addObject(Layout &layout, const std::shared_ptr<void> &object);
    bool attachAgain(Layout &layout, const std::shared_ptr<void> &object);
    void keepAfterAll(Record &record, const std::shared_ptr<void> &object);
    void removeObject(const EntityMap &entity, const std::shared_ptr<void> &object);
    std::shared_ptr<void> mergeObject(const EntityMap &entity, const void *other,
                                      std::map<const void *, std::shared_ptr<void>> &done);
    void expireObject(const void *object);
    void expungeObject(const void *object);
    ObjectState stateOf(const void *object) const;
    bool isDirtyObject(const void *object);
    Record *recordOf(const void *object) const;
    Record &track(Layout &layout, const std::shared_ptr<void> &object, ObjectState state);
    void forget(Record &record, bool isNewAgain = false);
    static void release(const EntityMap &entity, void *object);
    static void release(Record &record);
    void holdUntilWritten(Record &record, std::shared_ptr<void> object);
    void sweep();
    std::shared_ptr<void> revived(Record &record);

    // object_layout.cpp: columns and keys.
    Layout &layoutOf(const EntityMap &entity);
    Layout &layoutOf(std::type_index type, std::type_index otherwise);
    const EntityMap &entityOf(const EntityMap &entity, const void *object) const;
    Expr columnNamed(const EntityMap &entity, std::string_view name) const;
    detail::IdentityMap &identityOf(const EntityMap &entity) { return identities_[entity.root]; }
    detail::ObjectKey keyOf(const Layout &layout, const Image &image) const;
    detail::ObjectKey keyOf(const Layout &layout, const std::vector<Value> &values) const;
    std::vector<Value> keyValues(const Layout &layout, const Image &image) const;
    std::vector<Value> keyValues(const Layout &layout, const void *object) const;

    // object_read.cpp: rows to objects.
    struct Reading;
    struct JoinedRelation;
    using SubtypeRows = std::map<Layout *, std::unique_ptr<detail::SnapshotHold>>;
    Reading readingOf(Layout &layout, bool withSubtypes, const std::string &alias = {});
    Objects queryObjects(const EntityMap &entity, const detail::QueryParts &parts);
    std::int64_t countObjects(const EntityMap &entity, const detail::QueryParts &parts);
    Select filtered(const EntityMap &entity, const detail::QueryParts &parts, Select query);
    using Note = std::function<void(const RowBatch &rows, std::size_t row, const std::shared_ptr<void> &object)>;
    Objects readObjects(const Reading &reading, const Select &query, Objects &fresh, const Note &note = {});
    std::shared_ptr<void> objectOf(Layout &layout, detail::Snapshot *snapshot, std::size_t row, std::size_t offset,
                                   Objects &fresh);
    std::shared_ptr<void> objectIn(const Reading &reading, detail::Snapshot *snapshot, std::size_t row,
                                   std::size_t offset, SubtypeRows &ofSubtypes, Objects &fresh);
    void readMembers(Record &record, void *object);
    std::shared_ptr<void> getObject(const EntityMap &entity, const std::vector<Value> &key);
    void refreshObject(const void *object);
    void refreshRecords(Layout &layout, const std::vector<Record *> &records, bool areChanged = false);
    std::optional<Image> readImage(Layout &layout, const std::vector<Value> &key);
    void forgetRelated(Record &record, void *object);
    void loadDeferred(const void *object);
    Expr matching(const Layout &layout, const std::vector<Value> &key) const;

    // object_load.cpp: related objects.
    void loadPath(const EntityMap &entity, const Objects &owners, std::string_view path);
    Objects loadRelation(const EntityMap &entity, const Objects &owners, std::size_t relation);
    void setRelated(Record &owner, std::size_t relation, Objects objects);
    void loadEager(const Objects &owners, const Objects &fresh, const detail::QueryParts &parts);
    bool canJoin(const Relation &relation, const detail::QueryParts &parts) const;

    // object_relations.cpp: relationships in memory.
    void cascade();
    void keepRelated(Record &record, std::size_t relation, bool isLoaded);
    void pin(detail::Related &related, std::vector<Record *> records);
    void keepInStep(detail::Related &related, std::optional<std::vector<Record *>> records);
    std::vector<Record *> recordsNow(const Record &record, const Relation &relation) const;
    using Orphans = std::vector<std::pair<Record *, std::size_t>>; ///< and which relationship led to the owner
    void listChanged(Record &record, std::size_t relation, Orphans &orphans);
    void ownerChanged(Record &record, std::size_t relation, Orphans &orphans);
    void loseOwner(Record &record, const Relation &list, Orphans &orphans);
    void readOne(Record &owner, std::size_t relation);
    bool listHas(const Record &owner, const Relation &relation, const void *object) const;
    void addTo(Record &owner, std::size_t relation, const std::shared_ptr<void> &object);
    void takeFrom(Record &owner, std::size_t relation, const void *object);
    struct Link ///< a row of an association
    {
        const Relation *relation = nullptr;
        std::vector<Value> row;
    };
    std::vector<Link> associationLinks(bool areNew);
    void deleteAssociations();
    void insertAssociations();
    void keepRelations();

    // object_flush.cpp, object_insert.cpp: rows.
    void ensureTransaction();
    void autoflush();
    bool sourcesOf(const Record &record, std::vector<Cell> &cells) const;
    bool differs(const Record &record, const void *object, std::vector<Cell> &cells, std::string *changed) const;
    void append(RowBatch &rows, const Record &record, void *object, const std::vector<Cell> &cells) const;
    std::vector<Record *> dirtyRecords();
    std::vector<Record *> insertOrder(std::size_t &given);
    std::vector<Record *> prepareNew(std::size_t &given);
    void mustHaveKey(const Record &record) const;
    void insertNew(const std::vector<Record *> &records, std::size_t given);
    void insertBatch(Layout &layout, std::span<Record *const> records, bool hasKeys, std::string omitted,
                     std::size_t given);
    void insertRows(Layout &layout, RowBatch &rows, bool hasKeys, const std::string &omitted = {});
    void insertPart(Layout &layout, std::size_t part, RowBatch &rows, bool hasKeys, const std::string &omitted);
    static std::string omittedColumns(const Layout &layout, const void *object);
    std::size_t rowsAtOnce(const Layout &layout) const;
    bool hasKey(const Layout &layout, const void *object) const;
    static bool isToBeMade(const Layout &layout, const void *object, std::size_t column);
    void updateRecords(const std::vector<Record *> &records);
    void writeRecords(const std::vector<Record *> &records);
    void writeUpdates(Layout &layout, const std::string &changed, detail::Snapshot *rows,
                      const std::vector<Record *> &records);
    void writeParts(Layout &layout, const std::string &changed, const RowBatch &rows);
    void detachFromRemoved(const std::vector<Record *> &dirty);
    void deleteRemoved();
    Record *referredByRow(const Record &record, std::size_t relation);
    void emptyReference(const Record &record, std::size_t relation);
    RowsDone deleteByKeys(Layout &layout, const std::vector<Record *> &records, const TablePtr &table,
                          const std::vector<std::string> &columns, bool checksVersion);
    void deleteLinks(Layout &layout, const std::vector<Record *> &records);
    void deleteRows(Layout &layout, const std::vector<Record *> &records);
    void noteDeleted(Record &record);

    // object_bulk.cpp: many rows without their objects.
    void insertPlain(const EntityMap &entity, const std::vector<const void *> &objects);
    void updatePlain(const EntityMap &entity, const std::vector<const void *> &objects);
    std::int64_t updateWhere(const EntityMap &entity, const Expr &where, const std::vector<Assignment> &values);
    std::int64_t deleteWhere(const EntityMap &entity, const Expr &where);
    std::vector<std::vector<Value>> matchingKeys(const EntityMap &entity, const Expr &where);
    std::vector<Record *> recordsOf(const EntityMap &entity, const std::vector<std::vector<Value>> &keys);
    static std::int64_t forKeys(const EntityMap::Part &part, const std::vector<std::vector<Value>> &keys,
                                const std::function<Result(const Expr &)> &run);

    // object_changes.cpp, object_planned.cpp: rows in the order of a plan.
    class ChangeList;
    Collected collect();
    Plan planOf(const std::vector<Change> &changes) const;
    bool mustOrder(const std::vector<Record *> &dirty);
    void flushByPlan(const std::vector<Record *> &dirty);
    void takeOver(const Collected &collected, const Report &report);

    // object_undo.cpp
    void undoTo(std::size_t mark);
    static bool hasStaleKeys(const Record &record, const void *object);
    void restoreAll();
    void releaseMoved();
    void takeBackFlush();
    void takeBack(const Nested::Part &from);
    void closeParts(bool keep);

    // object_keys.cpp: what the database does by itself to rows that refer to others.
    struct Referring;
    bool enforcesKeys();
    std::vector<Referring> referringTo(const Layout &layout, const std::vector<Image> &rows,
                                       std::optional<std::string> ForeignKey::*rule, std::string_view action);
    void handOnKeys(const Layout &layout, const std::vector<std::pair<Image, Image>> &keys);
    void goneWith(const Layout &layout, const std::vector<Image> &rows);
    void noteGone(Record &record);
    void setCells(Record &record, const std::vector<std::pair<std::size_t, Value>> &cells);
    void followRow(Record &record, const Image &before);
    void leaveLists();

    Connection &connection_;
    Mappings &mappings_;
    detail::RecordPool pool_;
    mutable detail::RecordMap addresses_;
    mutable std::vector<Record *> unindexed_; ///< not in addresses_ yet: who only reads never asks by address
    std::map<const EntityMap *, detail::IdentityMap> identities_; ///< by the root of each hierarchy
    std::map<const EntityMap *, Layout> layouts_;
    Layout *lastLayout_ = nullptr; ///< of lastType_: objects mostly come of one type
    std::pair<std::type_index, std::type_index> lastType_{typeid(void), typeid(void)};
    std::optional<Transaction> transaction_;
    std::optional<Savepoint> within_; ///< in a transaction that is the program's
    std::vector<std::shared_ptr<Nested::Part>> parts_;
    std::unordered_map<const void *, std::weak_ptr<void>> detached_; ///< once rows that were known
    std::vector<std::pair<std::weak_ptr<void>, const EntityMap *>> returned_; ///< new again, by a rollback
    std::vector<detail::Undo> undo_; ///< how objects become what they were, last first
    std::vector<Record *> new_, removed_;
    std::vector<Record *> moved_; ///< held until they are written, for their lists may have been all that held them
    std::shared_ptr<detail::LazySlot> slot_;
    bool hasRelations_ = false;
    bool hasDefaultKeys_ = false; ///< of some struct the database makes keys that it does not count
    int autoflushOff_ = 0;
    bool isFlushing_ = false;
    std::uint32_t added_ = 0;
    std::size_t sweepAt_ = 10'000;
};

} // namespace schemawright

#include "schemawright/orm/object_query_impl.h"
