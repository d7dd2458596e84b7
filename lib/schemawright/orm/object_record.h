#pragma once

// What an ObjectSession keeps for each object. Not for programs.

#include "schemawright/orm/mapping.h"
#include "schemawright/orm/sameness.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace schemawright {

enum class ObjectState {
    Transient,  ///< the session knows nothing of it
    Pending,    ///< added, to be inserted by the next flush
    Persistent, ///< a row of the database
    Deleted,    ///< removed, to be deleted by the next flush, or deleted in this transaction
    Detached    ///< a row once, of no session any more
};

namespace detail {

class IdentityMap;

/// Where the columns of a mapped struct stand: in the rows that a session reads and in those it writes. First what
/// fields have, then what only relationships have, the discriminator, and last what is deferred.
struct ObjectLayout
{
    struct Column
    {
        std::string name;
        std::size_t part = 0;                             ///< which table has it
        std::size_t field = static_cast<std::size_t>(-1); ///< or none
        bool isReadOnly = false;
    };
    /// Columns whose values no two rows share, as far as they are mapped.
    struct Unique
    {
        std::uint64_t id = 0; ///< the same for all that are mapped on the table
        std::vector<std::size_t> columns;
        std::vector<Sameness> sameness; ///< of each
        bool countsNull = false;
        std::vector<std::size_t> read; ///< by the condition of an index over some rows
    };
    const EntityMap *entity = nullptr;
    std::vector<Column> columns;
    std::vector<Unique> uniques;
    std::vector<std::size_t> fieldColumns;                 ///< of each field
    std::vector<std::vector<std::size_t>> relationColumns; ///< of each many-to-one
    std::vector<std::size_t> keyColumns;
    std::optional<std::size_t> discriminator;
    std::size_t eager = 0;                   ///< so many columns are read with a row
    std::optional<std::size_t> generatedKey; ///< the column that the database counts
    std::vector<std::size_t> defaultKeys;    ///< else those of the key that have a default or are counted
    bool hasIntegerKey = false;
    bool hasLinks = false; ///< lazy or deferred members
    bool hasReadOnly = false;
    bool handsOnKeys = false;                                   ///< others get its new keys by ON UPDATE CASCADE
    bool mayOmit = false;                                       ///< new rows may be written without some columns
    std::size_t bytesOfRow = 16;                                ///< of the rows written last, to ask memory once
    bool hasManyToOne = false;                                  ///< some of its columns come from related objects
    std::shared_ptr<const std::vector<ColumnHead>> heads;       ///< of rows that the session makes
    std::shared_ptr<const std::vector<ColumnHead>> updateHeads; ///< the same, and the old key and version behind
    IdentityMap *identity = nullptr;                            ///< of its hierarchy
    std::unordered_map<std::string, std::string> statements;    ///< SQL by what it is for

    static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

/// Rows as the database has them, shared by the objects that were read from them.
struct Snapshot
{
    RowBatch rows;
    std::uint32_t uses = 0;
};

/// One object's part of a Snapshot: `width` cells of a row, in the order of its layout. Counts uses without atomics,
/// for a session has one thread.
class Image
{
public:
    Image() = default;
    Image(Snapshot *snapshot, std::size_t row, std::size_t offset, std::size_t width)
        : snapshot_(snapshot), row_(static_cast<std::uint32_t>(row)), offset_(static_cast<std::uint16_t>(offset)),
          width_(static_cast<std::uint16_t>(width))
    {
        ++snapshot_->uses;
    }
    Image(const Image &other) noexcept
        : snapshot_(other.snapshot_), row_(other.row_), offset_(other.offset_), width_(other.width_)
    {
        if (snapshot_)
            ++snapshot_->uses;
    }
    Image(Image &&other) noexcept { swap(other); }
    Image &operator=(Image other) noexcept
    {
        swap(other);
        return *this;
    }
    ~Image()
    {
        if (snapshot_ && --snapshot_->uses == 0)
            delete snapshot_;
    }
    bool isEmpty() const noexcept { return !snapshot_; }
    bool has(std::size_t column) const noexcept { return column < width_; }
    const RowBatch &rows() const { return snapshot_->rows; }
    RowBatch &rows() { return snapshot_->rows; }
    std::size_t row() const noexcept { return row_; }
    std::size_t cell(std::size_t column) const noexcept { return offset_ + column; }
    std::size_t width() const noexcept { return width_; }
    Value value(std::size_t column) const { return rows().value(row_, cell(column)); }
    bool isNull(std::size_t column) const { return rows().isNull(row_, cell(column)); }

private:
    void swap(Image &other) noexcept
    {
        std::swap(snapshot_, other.snapshot_);
        std::swap(row_, other.row_);
        std::swap(offset_, other.offset_);
        std::swap(width_, other.width_);
    }
    Snapshot *snapshot_ = nullptr;
    std::uint32_t row_ = 0;
    std::uint16_t offset_ = 0, width_ = 0;
};

/// Keeps a Snapshot while it is being filled.
class SnapshotHold
{
public:
    SnapshotHold() : snapshot_(new Snapshot) { ++snapshot_->uses; }
    ~SnapshotHold()
    {
        if (--snapshot_->uses == 0)
            delete snapshot_;
    }
    SnapshotHold(const SnapshotHold &) = delete;
    Snapshot *get() const noexcept { return snapshot_; }
    RowBatch &rows() const noexcept { return snapshot_->rows; }

private:
    Snapshot *const snapshot_;
};

struct Record;

/// A relationship of one object as the last flush left it, and as both sides were last brought in step.
struct Related
{
    bool isLoaded = false;
    std::vector<Record *> records;
    std::optional<std::vector<Record *>> inStep = std::nullopt; ///< nothing: as the last flush left it

    const std::vector<Record *> &latest() const { return inStep ? *inStep : records; }
};

struct Record
{
    ObjectLayout *layout = nullptr;
    const void *address = nullptr;
    std::weak_ptr<void> object;
    std::shared_ptr<void> held; ///< while it is new or removed
    Image image;                ///< empty while it is no row
    std::vector<Related> related;
    std::uint32_t order = 0; ///< of being added
    std::uint32_t pins = 0;  ///< of Related lists that have it
    ObjectState state = ObjectState::Persistent;
    bool refersToNew = false; ///< was written before what it refers to had a key
    bool isExpired = false;   ///< to be read again before it is used
    bool isFlushed = false;   ///< inserted or looked at by the flush that runs
    bool hasMadeKey = false;  ///< the database made its key in this transaction

    const EntityMap &entity() const { return *layout->entity; }
    bool isRow() const noexcept { return !image.isEmpty(); }
};

/// A hash map from numbers to records: open addressing, no node for an entry. Numbers that follow one another stand
/// beside one another, for keys and addresses mostly come in order.
class RecordMap
{
public:
    Record *find(std::uint64_t key) const noexcept
    {
        if (slots_.empty())
            return nullptr;
        for (std::size_t i = home(key); slots_[i].record; i = (i + 1) & mask())
            if (slots_[i].key == key)
                return slots_[i].record;
        return nullptr;
    }
    void insert(std::uint64_t key, Record *record)
    {
        if (2 * (count_ + 1) > slots_.size())
            grow();
        std::size_t i = home(key);
        for (; slots_[i].record; i = (i + 1) & mask())
            if (slots_[i].key == key) {
                slots_[i].record = record;
                return;
            }
        slots_[i] = {key, record};
        ++count_;
    }
    void erase(std::uint64_t key) noexcept
    {
        if (slots_.empty())
            return;
        std::size_t hole = home(key);
        while (slots_[hole].record && slots_[hole].key != key)
            hole = (hole + 1) & mask();
        if (!slots_[hole].record)
            return;
        --count_;
        // What stands behind and would be found no more moves up.
        for (std::size_t i = (hole + 1) & mask(); slots_[i].record; i = (i + 1) & mask())
            if (((i - home(slots_[i].key)) & mask()) >= ((i - hole) & mask())) {
                slots_[hole] = slots_[i];
                hole = i;
            }
        slots_[hole] = {};
    }
    void reserve(std::size_t count)
    {
        while (slots_.size() < 2 * count)
            grow();
    }

private:
    struct Slot
    {
        std::uint64_t key = 0;
        Record *record = nullptr;
    };
    std::size_t mask() const noexcept { return slots_.size() - 1; }
    std::size_t home(std::uint64_t key) const noexcept
    {
        const std::uint64_t block = (key >> bits_) * 0x9E3779B97F4A7C15u; // strides that skip most slots spread by this
        return (key + (block >> 32)) & mask();
    }
    void grow()
    {
        std::vector<Slot> old(slots_.empty() ? 64 : 4 * slots_.size());
        old.swap(slots_);
        bits_ = std::countr_zero(slots_.size());
        count_ = 0;
        for (const Slot &slot : old)
            if (slot.record)
                insert(slot.key, slot.record);
    }
    std::vector<Slot> slots_;
    std::size_t count_ = 0;
    int bits_ = 0;
};

/// The key of a row as a session looks it up: a number, or any values as text.
struct ObjectKey
{
    bool isNumber = false;
    std::int64_t number = 0;
    std::string text;
};

/// The records of one hierarchy of structs by their keys.
class IdentityMap
{
public:
    Record *find(const ObjectKey &key) const
    {
        if (key.isNumber)
            return numbers_.find(static_cast<std::uint64_t>(key.number));
        const auto found = texts_.find(key.text);
        return found == texts_.end() ? nullptr : found->second;
    }
    void insert(const ObjectKey &key, Record *record)
    {
        if (key.isNumber)
            numbers_.insert(static_cast<std::uint64_t>(key.number), record);
        else
            texts_[key.text] = record;
    }
    /// Only when it is this record's still.
    void erase(const ObjectKey &key, const Record *record)
    {
        if (find(key) != record)
            return;
        if (key.isNumber)
            numbers_.erase(static_cast<std::uint64_t>(key.number));
        else
            texts_.erase(key.text);
    }
    RecordMap &numbers() noexcept { return numbers_; }

private:
    RecordMap numbers_;
    std::unordered_map<std::string, Record *> texts_;
};

/// All records of a session. They stay where they are.
class RecordPool
{
public:
    Record *make()
    {
        if (!free_.empty()) {
            Record *record = free_.back();
            free_.pop_back();
            return record;
        }
        if (made_ == blocks_.size() * blockSize)
            blocks_.push_back(std::make_unique<Record[]>(blockSize));
        return &at(made_++);
    }
    void release(Record *record)
    {
        *record = Record();
        free_.push_back(record);
    }
    /// Calls `use` with each record that is in use; those made meanwhile come too.
    template <class Use> void forEach(Use use)
    {
        for (std::size_t i = 0; i < made_; ++i)
            if (Record &record = at(i); record.layout)
                use(record);
    }
    std::size_t count() const noexcept { return made_ - free_.size(); }

private:
    static constexpr std::size_t blockSize = 256;
    Record &at(std::size_t i) const { return blocks_[i / blockSize][i % blockSize]; }

    std::vector<std::unique_ptr<Record[]>> blocks_;
    std::size_t made_ = 0;
    std::vector<Record *> free_;
};

/// What a rollback takes back, last first.
struct Undo
{
    enum class What : std::uint8_t { Add, Update, Remove, Delete, Relate };
    struct More
    {
        Image before;                 ///< of Update
        std::shared_ptr<void> object; ///< of Delete
        std::size_t relation = 0;     ///< of Relate
        Related related = {};
    };
    What what;
    Record *record = nullptr;
    std::unique_ptr<More> more = nullptr;
};

} // namespace detail
} // namespace schemawright
