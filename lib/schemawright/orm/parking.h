#pragma once

#include "schemawright/dialect/dialect.h"
#include "schemawright/orm/row_order.h"
#include "schemawright/schema/metadata.h"
#include "schemawright/sql/expr.h"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

namespace schemawright {

/// Finds values for rows that are to be moved out of each other's way for a while: such as the column takes, that keep
/// its checks as far as they can be read, and that no row is likely to hold. If one does, the database says so and
/// nothing is written.
class Parking
{
public:
    Parking(const Dialect &dialect, const MetaData &metadata, const std::vector<RowStep> &steps)
        : dialect_(dialect), metadata_(metadata), steps_(steps)
    {}

    /// For a column that the step writes; nothing when there is none. NULL where `mayBeNull`.
    std::optional<Value> valueFor(const RowStep &step, std::uint32_t position, bool mayBeNull);

private:
    const std::vector<Expr> &checksOf(const PlanTable &table);
    std::vector<Expr> domainChecks(const PlanTable &table, const Column &column) const;
    bool keepsTo(const std::vector<Expr> &checks, const RowStep &step, std::uint32_t position,
                 const Value &value) const;
    std::unordered_set<std::size_t> &known(const PlanTable &table, std::uint32_t position, Sameness sameness);

    const Dialect &dialect_;
    const MetaData &metadata_;
    const std::vector<RowStep> &steps_;
    std::int64_t parked_ = 0;
    std::map<const PlanTable *, std::vector<Expr>> checks_;
    std::map<std::pair<const PlanTable *, std::uint32_t>, std::unordered_set<std::size_t>> known_;
};

} // namespace schemawright
