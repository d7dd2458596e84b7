#pragma once

#include "schemawright/value/value.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// Turns the text that a database printed into the Value it means; keeps the text itself when that cannot be parsed, so
/// nothing is lost. A plain function: usable from any thread.
using TextDecoder = Value (*)(std::string_view text);

/// What is known of a result's column.
struct ColumnHead
{
    std::string name;
    std::string typeName;          ///< the native type ("numeric(10,2)"), or empty when the database does not say
    std::string table;             ///< the table it comes from, or empty when unknown or computed
    std::string schema;            ///< that table's schema, or empty
    std::string column;            ///< the column of that table, or empty
    TextDecoder decoder = nullptr; ///< for cells of storage Encoded
};

/// Some rows of a result, flat in memory: one 16-byte cell a value, text and blobs behind one another in one arena.
///
/// Reading a million rows allocates per batch, not per cell; a Value is made only for a cell that is asked for.
/// Movable, and refilled by Cursor::fetch without giving memory back. Not for two threads at once; fine to hand from
/// one to another.
class RowBatch
{
public:
    enum class Storage : std::uint8_t { Null, Integer, Float, Text, Blob, Encoded };

    const std::vector<ColumnHead> &columns() const noexcept { return heads_ ? *heads_ : noColumns(); }
    std::size_t columnCount() const noexcept { return width_; }
    std::size_t rowCount() const noexcept { return width_ ? cells_.size() / width_ : 0; }

    bool isNull(std::size_t row, std::size_t column) const { return at(row, column).storage == Storage::Null; }
    Storage storage(std::size_t row, std::size_t column) const { return at(row, column).storage; }
    /// The cell as a Value.
    Value value(std::size_t row, std::size_t column) const;
    /// The bytes of a text, blob or encoded cell without a copy, valid until the batch changes; empty for others.
    std::string_view bytes(std::size_t row, std::size_t column) const
    {
        const Cell &cell = at(row, column);
        return cell.storage >= Storage::Text ? std::string_view(arena_.data() + cell.payload.offset, cell.length)
                                             : std::string_view();
    }
    /// The cell as a 64-bit integer; throws Error(Conversion) when it is none.
    std::int64_t integer(std::size_t row, std::size_t column) const
    {
        const Cell &cell = at(row, column);
        return cell.storage == Storage::Integer ? cell.payload.integer : parseInteger(row, column);
    }
    /// The cell as a double; throws Error(Conversion) when it is no number.
    double number(std::size_t row, std::size_t column) const
    {
        const Cell &cell = at(row, column);
        return cell.storage == Storage::Float ? cell.payload.number : parseNumber(row, column);
    }
    /// All values of a row.
    std::vector<Value> row(std::size_t row) const;

    // For cursors, which fill a batch cell by cell, row after row.

    /// Forgets all rows and takes new column heads.
    void start(std::shared_ptr<const std::vector<ColumnHead>> heads)
    {
        width_ = heads->size();
        heads_ = std::move(heads);
        cells_.clear();
        arena_.clear();
    }
    void addNull() { cells_.push_back({Storage::Null, 0, {}}); }
    void addInteger(std::int64_t value) { cells_.push_back({Storage::Integer, 0, {.integer = value}}); }
    void addFloat(double value) { cells_.push_back({Storage::Float, 0, {.number = value}}); }
    void addBytes(Storage storage, const char *data, std::size_t length)
    {
        cells_.push_back({storage, static_cast<std::uint32_t>(length), {.offset = arena_.size()}});
        arena_.append(data, length);
    }
    /// Adds a cell that holds `value`; the slow way, for drivers that have Values. Its column must have no decoder.
    void addValue(const Value &value);
    /// Adds a copy of another batch's cell.
    void addCell(const RowBatch &from, std::size_t row, std::size_t column);
    /// Puts a number where one was left open, such as a key that the database has made meanwhile.
    void setInteger(std::size_t row, std::size_t column, std::int64_t value)
    {
        cells_[row * width_ + column] = {Storage::Integer, 0, {.integer = value}};
    }
    void reserve(std::size_t cells, std::size_t bytes)
    {
        cells_.reserve(cells);
        arena_.reserve(bytes);
    }
    /// Bytes of text and blobs held, to bound a batch by memory.
    std::size_t arenaSize() const noexcept { return arena_.size(); }

private:
    struct Cell
    {
        Storage storage;
        std::uint32_t length;
        union {
            std::int64_t integer;
            double number;
            std::size_t offset;
        } payload;
    };
    const Cell &at(std::size_t row, std::size_t column) const { return cells_[row * width_ + column]; }
    std::int64_t parseInteger(std::size_t row, std::size_t column) const;
    double parseNumber(std::size_t row, std::size_t column) const;
    static const std::vector<ColumnHead> &noColumns();

    std::shared_ptr<const std::vector<ColumnHead>> heads_;
    std::size_t width_ = 0;
    std::vector<Cell> cells_;
    std::string arena_;
};

} // namespace schemawright
