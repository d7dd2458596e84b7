#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/orm/plan.h"
#include "schemawright/orm/row_order.h"
#include "schemawright/sql/expr.h"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace schemawright {

/// The condition that a column of this table holds this value: NULL is NULL, and types that a database cannot compare
/// are compared as text. `exactly`: and no other that its collation takes for the same.
Expr holds(const Dialect &dialect, const TablePtr &table, const std::string &column, const Value &value,
           bool exactly = false);

/// Makes the statements of row steps. Steps of one shape (table, kind, columns, kinds of values) share one that is
/// compiled once.
class RowStatements
{
public:
    explicit RowStatements(const Dialect &dialect) : dialect_(dialect) {}

    /// The pending new rows, which keys to come are named by. All must be told before compile().
    void addNewRow(const RowTarget &target) { newRows_[target.newRow].table = &target.table.name; }

    /// Throws Error for what the dialect cannot say, and NotFound for the key of a row that is not pending.
    Step compile(const RowStep &row);
    /// Inserts that follow each other into one table with the same columns, none of which needs the key of another:
    /// one statement of many rows for all of them. `rows` are at least two, and what join() allows.
    Step compileBatch(const std::vector<const RowStep *> &rows);
    /// Adds a row to those that may become one statement. False, and nothing is done, when it must not stand there.
    bool join(std::vector<const RowStep *> &rows, const RowStep &next);

private:
    using Shape = std::vector<std::uint32_t>;
    struct ShapeHash
    {
        std::size_t operator()(const Shape &shape) const noexcept;
    };

    /// Valid until the next call.
    const Shape &shapeOf(const RowStep &row);
    Compiled compileInsert(const std::vector<const RowStep *> &rows) const;
    Compiled compileFresh(const RowStep &row) const;
    void addParameters(const RowStep &row, std::vector<Parameter> &parameters) const;
    Parameter parameterOf(const Cell &cell) const;
    Expr expression(const Column &column, const Cell &cell) const;
    Expr keyExpression(const KeyOf &key) const;
    /// The text, when it has as many parameters as this. Throws Error(Internal).
    static std::string sqlOf(const Compiled &compiled, std::size_t parameters);
    Expr condition(const RowStep &row) const;
    Expr equality(const RowStep &row, std::uint32_t position, const Cell &cell, bool exactly) const;
    Step stepFor(const RowStep &row) const;

    const Dialect &dialect_;
    struct NewRow
    {
        const std::string *table = nullptr;
        std::size_t batch = 0; ///< the last that it was joined to
    };
    std::unordered_map<std::uint64_t, NewRow> newRows_;
    std::size_t lastBatch_ = 0;
    std::size_t batchBytes_ = 0; ///< of texts and blobs in it
    mutable std::size_t lastKey_ = 0;
    std::unordered_map<Shape, std::string, ShapeHash> shared_;
    Shape shape_;
    std::unordered_map<Shape, std::string, ShapeHash> batches_;
};

} // namespace schemawright
