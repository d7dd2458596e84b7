#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/orm/change.h"
#include "schemawright/orm/draft.h"
#include "schemawright/orm/plan.h"
#include "schemawright/orm/sameness.h"
#include "schemawright/orm/unique_key.h"
#include "schemawright/sql/expr.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace schemawright {

/// Some cells of a row by the positions of their columns, ascending. The cells belong to the changes, or to who plans.
class RowCells
{
public:
    struct Entry
    {
        std::uint32_t column;
        const Cell *cell;
    };

    using Memory = std::pmr::memory_resource;
    /// `memory` outlives it and what is moved from it; copies are on the heap.
    explicit RowCells(Memory *memory = std::pmr::get_default_resource()) : entries_(memory) {}

    /// Null when it is not among them.
    const Cell *find(std::uint32_t column) const noexcept;
    bool contains(std::uint32_t column) const noexcept { return find(column) != nullptr; }
    /// Puts a cell in or replaces it.
    void set(std::uint32_t column, const Cell *cell);
    /// Puts it in unless one is there.
    void add(std::uint32_t column, const Cell *cell);
    void erase(std::uint32_t column);
    void clear() noexcept { entries_.clear(); }
    void reserve(std::size_t count) { entries_.reserve(count); }
    bool empty() const noexcept { return entries_.empty(); }
    std::size_t size() const noexcept { return entries_.size(); }
    auto begin() const noexcept { return entries_.begin(); }
    auto end() const noexcept { return entries_.end(); }

private:
    std::pmr::vector<Entry>::iterator place(std::uint32_t column);
    std::pmr::vector<Entry> entries_;
};

/// What planning must know of a table whose rows are written, worked out once.
struct PlanTable
{
    static constexpr std::uint32_t nowhere = static_cast<std::uint32_t>(-1);
    static constexpr std::uint32_t dropped = nowhere - 1;

    /// Columns by which rows are referred to or must be unique.
    struct Columns
    {
        std::vector<std::uint32_t> columns;
        std::vector<Sameness> sameness; ///< of each
        std::uint32_t number = 0;       ///< told apart from those of all tables
        bool isUnique = false;
        bool isPartial = false;
        bool countsNull = false;              ///< NULL is a value like others
        bool isDeferrable = false;            ///< checked at the end where that is asked for
        std::optional<Expr> where = {};       ///< of some rows only; nothing where nobody knows which
        std::vector<std::uint32_t> read = {}; ///< by `where`
        /// Of all rows, and without NULL: what a foreign key may refer to.
        bool isPlain() const noexcept { return !countsNull && !isPartial; }
    };
    struct Reference
    {
        const ForeignKey *key = nullptr;
        std::vector<std::uint32_t> columns;
        std::vector<Sameness> sameness; ///< of the parent's columns
        std::uint32_t number = 0;       ///< of the parent's Columns
    };
    struct Position
    {
        std::uint32_t column = nowhere;
        bool isKnown = true; ///< false: only the draft has it
    };

    TablePtr table; ///< of the draft
    RowIdentity identity;
    std::vector<std::uint32_t> identityColumns; ///< when one row is found by few columns
    std::vector<std::string> returning;         ///< their names, where an INSERT gives them back
    bool keyIsTold = false;                     ///< by the client library, one row at a time, instead of by RETURNING
    bool mayReplaceKeys = false;                ///< a trigger may give a new row another key than was given
    std::vector<std::pair<std::string_view, Position>> positions; ///< by the names that edits use, sorted
    std::uint32_t version = nowhere;                              ///< the column that counts a row's changes
    std::uint32_t number = 0;                                     ///< 1, 2, 3… among the tables of a plan
    std::vector<Columns> lists;
    std::vector<Reference> references;
    bool isReferred = false; ///< by any table, also one whose rows are not touched

    /// Names are mostly asked for in their order: `next` is where one is looked for first, and is moved behind it.
    Position position(std::string_view name, std::size_t &next) const;
    Position position(std::string_view name) const;
    /// The hidden row number stands behind the columns.
    const std::string &columnName(std::uint32_t column) const;
    /// Null for the hidden row number.
    const Column *column(std::uint32_t position) const;
};

/// The tables whose rows a plan writes, each by the name that its rows' targets have.
class PlanTables
{
public:
    /// `versions` names the columns that count the changes of a row, by the same names of tables.
    PlanTables(const Dialect &dialect, const Draft &draft, const std::map<QualifiedName, std::string> &versions)
        : dialect_(dialect), draft_(draft), versions_(versions)
    {}
    /// Null when the draft has no such table.
    const PlanTable *find(const QualifiedName &name);
    /// Once all are there: how they refer to each other. The foreign keys from and to them that may be checked late.
    std::vector<PlanReference> link();

private:
    struct NameHash
    {
        std::size_t operator()(const QualifiedName &name) const noexcept
        {
            return std::hash<std::string>()(name.name) ^ (std::hash<std::string>()(name.schema) << 1);
        }
    };
    std::unique_ptr<PlanTable> make(const QualifiedName &name) const;
    PlanTable::Columns &listOf(PlanTable &table, const std::vector<std::string> &columns);
    void addUnique(PlanTable &table, const UniqueKey &key);

    const Dialect &dialect_;
    const Draft &draft_;
    const std::map<QualifiedName, std::string> &versions_;
    std::unordered_map<QualifiedName, std::unique_ptr<PlanTable>, NameHash> tables_;
    std::vector<PlanTable *> inOrder_; ///< in which they were asked for
    const QualifiedName *lastName_ = nullptr;
    const PlanTable *last_ = nullptr;
    std::uint32_t lists_ = 0;
};

/// A step of row work before it is SQL: what it does to one row, or to some columns of it.
struct RowStep
{
    explicit RowStep(RowCells::Memory *memory) : old(memory), set(memory), key(memory), match(memory) {}

    const Change *change = nullptr;
    enum class Kind { Insert, Update, Delete } kind = Kind::Update;
    const PlanTable *table = nullptr;
    RowCells old;           ///< all that is known of the row before this step
    RowCells set;           ///< what this step writes
    RowCells key;           ///< the identity by which it finds its row, as it is when this step runs
    RowCells match;         ///< old values that must still be there
    bool mayBeGone = false; ///< a deletion that another step may have done already

    /// Whether it inserts a row whose key the database makes.
    bool makesKey() const noexcept;
    /// The cell of a column before or after this step; null when it is not known.
    const Cell *oldCell(std::uint32_t column) const noexcept { return old.find(column); }
    const Cell *newCell(std::uint32_t column) const noexcept
    {
        const Cell *written = set.find(column);
        return written || kind == Kind::Insert ? written : old.find(column);
    }
};

/// Why one step must run before another.
struct RowEdge
{
    std::size_t before = 0, after = 0;
    enum class Reason {
        Reference, ///< `after` refers to what `before` makes
        Release,   ///< `before` gives up a reference to what `after` removes
        Unique,    ///< `before` gives up unique values that `after` takes
        Key,       ///< `after` writes the key that the database makes for `before`, which may be itself
    } reason = Reason::Reference;
    const PlanTable::Reference *reference = nullptr; ///< of the first two
    const PlanTable::Columns *unique = nullptr;      ///< of unique values
    std::uint32_t column = 0;                        ///< of a key: where it is written
};

/// Takes out of the steps what ON UPDATE CASCADE does anyway, as another step gives a parent a new key.
void leaveToCascades(std::vector<RowStep> &steps);

/// The references by which a row refers to itself and which hold up this step, where keys are checked row by row: it
/// removes the row, or gives it another key.
std::vector<const PlanTable::Reference *> referencesToItself(const RowStep &step);

/// All reasons among these steps, found by what each frees and takes. Linear in the number of steps.
std::vector<RowEdge> rowEdges(const std::vector<RowStep> &steps);

} // namespace schemawright
