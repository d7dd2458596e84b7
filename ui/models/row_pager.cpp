#include "ui/models/row_pager.h"

#include <algorithm>

namespace schemawright::ui {

RowPager::RowPager(const Dialect &dialect, TablePtr table, RowIdentity identity, std::vector<SortColumn> sort,
                   Expr filter)
    : dialect_(&dialect), table_(std::move(table)), filter_(std::move(filter))
{
    for (const Column &each : table_->columns)
        if (!each.hidden)
            columns_.push_back(each.name);
    const bool isShort = identity.kind == RowIdentity::Kind::Key || identity.kind == RowIdentity::Kind::RowId;
    if (isShort)
        for (const std::string &name : identity.columns)
            if (std::ranges::find(columns_, name) == columns_.end())
                columns_.push_back(name);
    const auto addKey = [this](const std::string &name, bool descending) {
        if (std::ranges::find(keys_, name, &Key::column) != keys_.end())
            return;
        const auto at = std::ranges::find(columns_, name);
        if (at == columns_.end())
            return;
        const Column *known = table_->column(name);
        keys_.push_back({name, descending, known && known->nullable, static_cast<std::size_t>(at - columns_.begin())});
    };
    for (const SortColumn &each : sort)
        addKey(each.column, each.descending);
    if (isShort)
        for (const std::string &name : identity.columns) {
            addKey(name, false);
            if (const auto key = std::ranges::find(keys_, name, &Key::column); key != keys_.end())
                key->nullable = false;
        }
    canSeek_ = isShort;
}

bool RowPager::nullsFirst(bool descending) const { return dialect_->capabilities().nullsSortFirst != descending; }

std::vector<Expr> RowPager::order(bool backwards) const
{
    std::vector<Expr> all;
    for (const Key &key : keys_)
        all.push_back(key.descending != backwards ? columnOf(key.column).desc() : columnOf(key.column).asc());
    return all;
}

/// Rows that come after one with this value, as far as this key alone tells.
Expr RowPager::beyondOne(const Key &key, const Value &value, bool backwards) const
{
    const bool descending = key.descending != backwards;
    const Expr left = columnOf(key.column);
    if (value.isNull())
        return nullsFirst(descending) ? isNotNull(left) : in(left, {});
    const Expr greater = descending ? left < bind(value) : left > bind(value);
    return key.nullable && !nullsFirst(descending) ? greater || isNull(left) : greater;
}

Expr RowPager::beyond(const std::vector<Value> &anchor, bool backwards) const
{
    const bool isUniform = std::ranges::all_of(
        keys_, [this](const Key &key) { return !key.nullable && key.descending == keys_.front().descending; });
    if (keys_.size() > 1 && isUniform && dialect_->capabilities().rowValueComparison) {
        std::vector<Expr> left, right;
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            left.push_back(columnOf(keys_[i].column));
            right.push_back(bind(anchor[i]));
        }
        const bool descending = keys_.front().descending != backwards;
        return descending ? tuple(left) < tuple(right) : tuple(left) > tuple(right);
    }
    std::vector<Expr> cases;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        std::vector<Expr> all;
        for (std::size_t k = 0; k < i; ++k) {
            const Expr left = columnOf(keys_[k].column);
            all.push_back(anchor[k].isNull() ? isNull(left) : left == bind(anchor[k]));
        }
        all.push_back(beyondOne(keys_[i], anchor[i], backwards));
        cases.push_back(and_(std::move(all)));
    }
    return or_(std::move(cases));
}

RowPager::Request RowPager::page(std::int64_t page, std::optional<std::int64_t> total) const
{
    const std::int64_t first = page * pageSize;
    const std::int64_t count = total ? std::clamp<std::int64_t>(*total - first, 1, pageSize) : pageSize;
    const std::int64_t last = first + count; // one behind

    std::vector<Expr> shown;
    for (const std::string &name : columns_)
        shown.push_back(columnOf(name));
    const Select base = select(shown).from(table_).where(filter_);

    // The start is an anchor that is always known; the end is one when the number of rows is.
    std::int64_t best = first, skip = first;
    bool isReversed = false;
    const std::vector<Value> *anchor = nullptr;
    if (canSeek_) {
        if (total && *total - last < best) {
            best = skip = std::max<std::int64_t>(0, *total - last);
            isReversed = true;
        }
        if (auto above = anchors_.lower_bound(first); above != anchors_.begin()) {
            --above;
            if (first - above->first - 1 < best) {
                best = skip = first - above->first - 1;
                isReversed = false;
                anchor = &above->second;
            }
        }
        if (const auto below = anchors_.lower_bound(last); below != anchors_.end() && below->first - last < best) {
            best = skip = below->first - last;
            isReversed = true;
            anchor = &below->second;
        }
    }
    Select statement = base.orderBy(order(isReversed)).limit(count);
    if (anchor)
        statement = statement.where(beyond(*anchor, isReversed));
    if (skip > 0)
        statement = statement.offset(skip);
    return {dialect_->compile(statement), isReversed};
}

Compiled RowPager::countRows() const { return dialect_->compile(select({count()}).from(table_).where(filter_)); }

void RowPager::learn(std::int64_t page, const std::vector<std::vector<Value>> &rows)
{
    if (!canSeek_ || rows.empty())
        return;
    const auto remember = [&](std::int64_t number, const std::vector<Value> &row) {
        std::vector<Value> values;
        for (const Key &key : keys_)
            values.push_back(row[key.index]);
        anchors_[number] = std::move(values);
    };
    remember(page * pageSize, rows.front());
    remember(page * pageSize + static_cast<std::int64_t>(rows.size()) - 1, rows.back());
}

} // namespace schemawright::ui
