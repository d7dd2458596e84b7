#pragma once

#include "schemawright/base/error.h"
#include "schemawright/driver/driver.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// A row of a result, its values owned. Columns are found by position or by name.
class Row
{
public:
    Row(std::shared_ptr<const std::vector<ColumnHead>> heads, std::vector<Value> values)
        : heads_(std::move(heads)), values_(std::move(values))
    {}
    std::size_t size() const noexcept { return values_.size(); }
    /// Throws Error(NotFound) past the end.
    const Value &operator[](std::size_t column) const;
    /// Throws Error(NotFound) when no column, or more than one, has that name.
    const Value &operator[](std::string_view name) const;
    const std::vector<Value> &values() const noexcept { return values_; }
    const std::vector<ColumnHead> &columns() const noexcept { return *heads_; }

private:
    std::shared_ptr<const std::vector<ColumnHead>> heads_;
    std::vector<Value> values_;
};

/// The rows of one statement, streamed: at most one batch is in memory unless all() is asked for. Move-only; belongs to
/// the thread of its Connection and must not outlive it. Destroying it ends the statement.
///
///     Result people = connection.execute("SELECT name, age FROM person WHERE age > ?", {{18}});
///     RowBatch batch;
///     while (people.fetch(batch))
///         for (std::size_t row = 0; row < batch.rowCount(); ++row)
///             use(batch.bytes(row, 0), batch.integer(row, 1));
class Result
{
public:
    /// Called once when the statement is over, with the number of rows read or affected, or the error, which it may
    /// complete.
    using Finished = std::function<void(std::int64_t rows, Error *error)>;

    Result(std::unique_ptr<Cursor> cursor, Finished finished);
    ~Result();
    Result(Result &&) noexcept;
    Result &operator=(Result &&) noexcept;

    static constexpr std::size_t defaultBatch = 512;

    const std::vector<ColumnHead> &columns() const { return *heads_; }
    bool returnsRows() const { return !heads_->empty(); }
    /// Rows changed by an INSERT, UPDATE or DELETE; -1 when the database does not say. Reads what is left first.
    std::int64_t affectedRows();
    /// The number that an INSERT's row was given, where the client library tells it: see Capabilities::insertedKey.
    std::optional<std::int64_t> insertedKey() const { return insertedKey_; }
    /// Replaces the content of `batch` by the next rows; false when there are no more. Fastest way to read.
    bool fetch(RowBatch &batch, std::size_t maxRows = defaultBatch);
    /// The next row, or nothing at the end.
    std::optional<Row> next();

    /// All rows that are left.
    std::vector<Row> all();
    /// The first row, or nothing; the rest is thrown away.
    std::optional<Row> first();
    /// Exactly one row; throws Error(NotFound) for none, Error(Conflict) for more.
    Row one();
    /// One row or nothing; throws Error(Conflict) for more.
    std::optional<Row> oneOrNone();
    /// The first column of the one row. Throws as one().
    Value scalar();
    /// The first column of all rows.
    std::vector<Value> scalars();
    /// All rows as name -> value.
    std::vector<std::map<std::string, Value>> mappings();
    /// Calls `use` with batches of at most `size` rows until it returns false or the rows end.
    void partitions(std::size_t size, const std::function<bool(const RowBatch &)> &use);

private:
    void finish(Error *error) noexcept;

    std::unique_ptr<Cursor> cursor_;
    Finished finished_;
    std::shared_ptr<const std::vector<ColumnHead>> heads_;
    RowBatch pending_; // for next(): rows fetched and not yet given
    std::size_t position_ = 0;
    std::int64_t rowsRead_ = 0;
    std::optional<std::int64_t> insertedKey_;
    std::int64_t affected_ = -1; // what the cursor said, once it is closed
};

} // namespace schemawright
