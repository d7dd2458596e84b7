#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/sql/statement.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace schemawright::ui {

/// One column to sort by.
struct SortColumn
{
    std::string column;
    bool descending = false;
    friend bool operator==(const SortColumn &, const SortColumn &) = default;
};

/// Makes the SELECTs that page through a table by key, and remembers where pages begin and end.
///
/// Pages next to a known one are found by its first or last key, whatever their number: no cursor is held and nothing
/// before them is read. A jump goes from the nearest known row, from the start or from the end by OFFSET. Pure: runs
/// nothing.
class RowPager
{
public:
    static constexpr std::int64_t pageSize = 200;

    RowPager() = default;
    RowPager(const Dialect &dialect, TablePtr table, RowIdentity identity, std::vector<SortColumn> sort, Expr filter);

    /// The columns that a page holds: those of the table, then hidden identity columns.
    const std::vector<std::string> &columns() const noexcept { return columns_; }

    struct Request
    {
        Compiled statement;
        bool isReversed = false; ///< the rows come last first
    };
    /// The statement for page `page`; `total` is the number of rows when it is known.
    Request page(std::int64_t page, std::optional<std::int64_t> total) const;
    Compiled countRows() const;

    /// Remembers the keys of a page that has arrived, its rows in order.
    void learn(std::int64_t page, const std::vector<std::vector<Value>> &rows);
    /// Rows may stand elsewhere now.
    void forget() { anchors_.clear(); }

private:
    struct Key
    {
        std::string column;
        bool descending = false;
        bool nullable = true;
        std::size_t index = 0; ///< in columns()
    };

    Expr columnOf(const std::string &name) const { return column(table_, name); }
    Expr beyond(const std::vector<Value> &anchor, bool backwards) const;
    Expr beyondOne(const Key &key, const Value &value, bool backwards) const;
    std::vector<Expr> order(bool backwards) const;
    bool nullsFirst(bool descending) const;

    const Dialect *dialect_ = nullptr;
    TablePtr table_;
    Expr filter_;
    std::vector<std::string> columns_;
    std::vector<Key> keys_;
    bool canSeek_ = false;                               ///< the keys tell all rows apart
    std::map<std::int64_t, std::vector<Value>> anchors_; ///< number of a row -> its keys
};

} // namespace schemawright::ui
