#pragma once

#include "schemawright/engine/connection.h"
#include "schemawright/orm/mapper.h"
#include "schemawright/sql/statement.h"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace schemawright {

enum class ObjectState {
    Transient,  ///< the session knows nothing of it
    Pending,    ///< added, to be inserted by the next flush
    Persistent, ///< a row of the database
    Deleted     ///< removed, to be deleted by the next flush, or deleted in this transaction
};

/// Mapped objects and the rows they are. Hands out the same object for the same row, notes nothing while objects are
/// changed, and finds at flush() what is new, different or removed: parents before their children, many rows of a table
/// in one statement, keys that the database makes passed on to what refers to them.
///
/// Works in one transaction at a time, begun by the first statement and ended by commit() or rollback(). Objects belong
/// to the program: the session holds a persistent one weakly, so what was changed in an object that nobody holds any
/// more is lost. Borrows connection and mappings. For one thread.
///
///     ObjectSession session(connection, mappings);
///     auto ada = std::make_shared<Author>(Author{.name = "Ada"});
///     session.add(ada);
///     session.commit();                                        // ada->id is there now
///     for (const auto &book : session.query<Book>(session.column<Book>("year") > 1840)) …
class ObjectSession
{
public:
    /// Throws Error(Misuse) for mappings that do not fit their tables.
    ObjectSession(Connection &connection, Mappings &mappings);
    /// Rolls back what was not committed.
    ~ObjectSession();
    ObjectSession(const ObjectSession &) = delete;
    ObjectSession &operator=(const ObjectSession &) = delete;

    /// New objects and what is reachable from them.
    template <class T> void add(const std::shared_ptr<T> &object) { addObject(mappings_.of<T>(), object); }
    template <class T> void remove(const std::shared_ptr<T> &object) { removeObject(mappings_.of<T>(), object); }
    /// The object of a key, from memory if it is there; null when there is no such row. `key` as values, in order.
    template <class T> std::shared_ptr<T> get(const std::vector<Value> &key)
    {
        return std::static_pointer_cast<T>(getObject(mappings_.of<T>(), key));
    }
    template <class T> std::shared_ptr<T> get(const Value &key) { return get<T>(std::vector<Value>{key}); }

    /// A column of the struct's table, for conditions and orders.
    template <class T> Expr column(std::string_view name) const
    {
        return schemawright::column(mappings_.of<T>().table, name);
    }
    /// The objects of all rows that match. Flushes first unless that is off.
    template <class T>
    std::vector<std::shared_ptr<T>> query(const Expr &where = {}, std::vector<Expr> order = {},
                                          std::optional<std::int64_t> limit = {})
    {
        const EntityMap &entity = mappings_.of<T>();
        return cast<T>(queryObjects(entity, selectOf(entity).where(where).orderBy(std::move(order)), limit));
    }

    /// Fills a relationship of one object, by one query.
    template <class T> void load(const std::shared_ptr<T> &owner, std::string_view relation)
    {
        loadObjects(mappings_.of<T>(), {owner}, relation);
    }
    /// The same for many, by one query for all of them (select in).
    template <class T> void load(const std::vector<std::shared_ptr<T>> &owners, std::string_view relation)
    {
        loadObjects(mappings_.of<T>(), {owners.begin(), owners.end()}, relation);
    }

    /// Reads the object's row again and forgets what was changed. Throws Error(NotFound) when it is gone.
    template <class T> void refresh(const std::shared_ptr<T> &object) { refreshObject(mappings_.of<T>(), object); }
    /// The session forgets the object, which stays as it is.
    template <class T> void expunge(const std::shared_ptr<T> &object) { forget(object.get()); }
    /// Copies the members of an object from elsewhere onto the one with its key, which is loaded or added; returns
    /// that.
    template <class T> std::shared_ptr<T> merge(const T &other)
    {
        return std::static_pointer_cast<T>(mergeObject(mappings_.of<T>(), &other));
    }

    /// Writes what is new, changed and removed. On an error the transaction is rolled back, objects included. Throws
    /// Error(Conflict) when a row that was changed or removed is another now, or gone.
    void flush();
    void commit();
    /// Back to the last commit: in the database and in the objects.
    void rollback();

    /// A part of a transaction that can be taken back alone, objects included, by a savepoint.
    class Nested
    {
    public:
        ~Nested();
        Nested(Nested &&other) noexcept;
        Nested &operator=(Nested &&) = delete;
        /// Flushes and keeps it.
        void commit();
        void rollback();

    private:
        friend class ObjectSession;
        Nested(ObjectSession &session, Savepoint savepoint, std::size_t mark)
            : session_(&session), savepoint_(std::move(savepoint)), mark_(mark)
        {}
        ObjectSession *session_;
        std::optional<Savepoint> savepoint_;
        std::size_t mark_;
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

    template <class T> ObjectState state(const std::shared_ptr<T> &object) const { return stateOf(object.get()); }
    template <class T> bool isDirty(const std::shared_ptr<T> &object) const { return isDirtyObject(object.get()); }
    std::size_t newCount() const;
    std::size_t dirtyCount() const;
    std::size_t deletedCount() const;

    /// Called before and after each flush that has something to do.
    std::vector<std::function<void(ObjectSession &)>> beforeFlush, afterFlush;

private:
    struct Record
    {
        const EntityMap *entity = nullptr;
        std::weak_ptr<void> object;
        std::shared_ptr<void> held; ///< while it is new or removed
        ObjectState state = ObjectState::Persistent;
        std::vector<Value> image; ///< the columns as the database has them
        std::vector<std::optional<std::vector<std::shared_ptr<void>>>> related; ///< of to-many relations, once loaded
        std::size_t order = 0;                                                  ///< of being added
        std::uint64_t written = 0; ///< the flush that inserted it, which need not look for changes
    };
    /// The columns that an entity writes: its fields, then the columns of relationships that no field has.
    struct Layout
    {
        std::vector<std::string> columns;
        std::vector<std::vector<std::size_t>> relationColumns; ///< positions in `columns`, for each many-to-one
        std::optional<std::size_t> generatedKey;               ///< a column that the database counts
    };
    struct Key
    {
        const EntityMap *entity;
        std::vector<Value> values;
        friend bool operator==(const Key &, const Key &) = default;
    };
    struct KeyHash
    {
        std::size_t operator()(const Key &key) const noexcept;
    };

    template <class T> static std::vector<std::shared_ptr<T>> cast(std::vector<std::shared_ptr<void>> objects)
    {
        std::vector<std::shared_ptr<T>> all;
        all.reserve(objects.size());
        for (auto &object : objects)
            all.push_back(std::static_pointer_cast<T>(std::move(object)));
        return all;
    }

    void addObject(const EntityMap &entity, const std::shared_ptr<void> &object);
    void removeObject(const EntityMap &entity, const std::shared_ptr<void> &object);
    std::shared_ptr<void> getObject(const EntityMap &entity, const std::vector<Value> &key);
    Select selectOf(const EntityMap &entity) const;
    std::vector<std::shared_ptr<void>> queryObjects(const EntityMap &entity, Select query,
                                                    std::optional<std::int64_t> limit);
    std::shared_ptr<void> objectOf(const EntityMap &entity, const RowBatch &batch, std::size_t row);
    void loadObjects(const EntityMap &entity, const std::vector<std::shared_ptr<void>> &owners, std::string_view name);
    void refreshObject(const EntityMap &entity, const std::shared_ptr<void> &object);
    std::shared_ptr<void> mergeObject(const EntityMap &entity, const void *other);
    void forget(const void *object);
    ObjectState stateOf(const void *object) const;
    bool isDirtyObject(const void *object) const;

    void ensureTransaction();
    void autoflush();
    void cascade();
    void removeOrphans();
    void insertNew();
    void insertBatch(const EntityMap &entity, const std::vector<Record *> &records, bool hasKeys);
    void updateChanged();
    void writeUpdate(Record &record, void *object, const std::vector<Value> &now);
    void writeAssociations();
    void deleteRemoved();
    const Layout &layoutOf(const EntityMap &entity) const;
    std::vector<Value> imageOf(const EntityMap &entity, const void *object, bool *refersToNew = nullptr) const;
    std::vector<Value> keyOf(const EntityMap &entity, const std::vector<Value> &image) const;
    std::vector<Value> keyOfObject(const EntityMap &entity, const void *object) const;
    Expr matching(const EntityMap &entity, const std::vector<Value> &key) const;
    void writeMembers(Record &record, void *object, const std::vector<Value> &image) const;
    void readMembers(Record &record, void *object) const;
    void undoable(std::function<void()> undo) { undo_.push_back(std::move(undo)); }
    void undoTo(std::size_t mark);
    Record &track(const EntityMap &entity, const std::shared_ptr<void> &object, ObjectState state);

    Connection &connection_;
    Mappings &mappings_;
    std::unordered_map<const void *, Record> records_; ///< by address; nodes stay where they are
    std::unordered_map<Key, const void *, KeyHash> identity_;
    mutable std::map<const EntityMap *, Layout> layouts_;
    std::map<std::pair<const EntityMap *, std::vector<bool>>, std::string> updates_; ///< SQL by the columns set
    std::optional<Transaction> transaction_;
    std::vector<std::function<void()>> undo_; ///< how objects become what they were, last first
    std::vector<const void *> new_,
        removed_; ///< addresses that may be pending or removed, so that not all are looked at
    std::uint64_t flushes_ = 0;
    bool hasRelations_ = false;
    int autoflushOff_ = 0;
    bool isFlushing_ = false;
    std::size_t added_ = 0;
};

} // namespace schemawright
