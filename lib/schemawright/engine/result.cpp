#include "schemawright/engine/result.h"

#include "schemawright/base/error.h"

#include <utility>

namespace schemawright {

const Value &Row::operator[](std::size_t column) const
{
    if (column >= values_.size())
        throw Error(ErrorKind::NotFound, "the row has no column " + std::to_string(column));
    return values_[column];
}

const Value &Row::operator[](std::string_view name) const
{
    const Value *found = nullptr;
    for (std::size_t i = 0; i < values_.size(); ++i)
        if ((*heads_)[i].name == name) {
            if (found)
                throw Error(ErrorKind::NotFound, "more than one column is named '" + std::string(name) + "'");
            found = &values_[i];
        }
    if (!found)
        throw Error(ErrorKind::NotFound, "the row has no column named '" + std::string(name) + "'");
    return *found;
}

Result::Result(std::unique_ptr<Cursor> cursor, Finished finished)
    : cursor_(std::move(cursor)), finished_(std::move(finished)),
      heads_(std::make_shared<const std::vector<ColumnHead>>(cursor_->columns())), insertedKey_(cursor_->insertedKey())
{
    if (!returnsRows())
        finish(nullptr);
}

Result::~Result() { finish(nullptr); }

Result::Result(Result &&other) noexcept
    : cursor_(std::move(other.cursor_)), finished_(std::exchange(other.finished_, nullptr)),
      heads_(std::move(other.heads_)), pending_(std::move(other.pending_)), position_(other.position_),
      rowsRead_(other.rowsRead_), insertedKey_(other.insertedKey_), affected_(other.affected_)
{}

Result &Result::operator=(Result &&other) noexcept
{
    if (this != &other) {
        finish(nullptr);
        cursor_ = std::move(other.cursor_);
        finished_ = std::exchange(other.finished_, nullptr);
        heads_ = std::move(other.heads_);
        pending_ = std::move(other.pending_);
        position_ = other.position_;
        rowsRead_ = other.rowsRead_;
        insertedKey_ = other.insertedKey_;
        affected_ = other.affected_;
    }
    return *this;
}

void Result::finish(Error *error) noexcept
{
    if (const Finished finished = std::exchange(finished_, nullptr)) {
        try {
            finished(returnsRows() || !cursor_ ? rowsRead_ : cursor_->affectedRows(), error);
        } catch (...) { // a log that fails must not fail the statement
        }
    }
}

bool Result::fetch(RowBatch &batch, std::size_t maxRows)
{
    if (position_ < pending_.rowCount())
        throw Error(ErrorKind::Misuse, "fetch() after next(): rows were already taken one by one");
    try {
        const bool more = cursor_ && returnsRows() && cursor_->fetch(batch, maxRows);
        if (more)
            rowsRead_ += static_cast<std::int64_t>(batch.rowCount());
        else
            finish(nullptr);
        return more;
    } catch (Error &error) {
        finish(&error);
        throw;
    }
}

std::int64_t Result::affectedRows()
{
    RowBatch rest;
    position_ = pending_.rowCount();
    while (returnsRows() && fetch(rest)) {
    }
    return affected_ = cursor_ ? cursor_->affectedRows() : affected_;
}

std::optional<Row> Result::next()
{
    if (position_ == pending_.rowCount()) {
        if (!fetch(pending_))
            return std::nullopt;
        position_ = 0;
    }
    return Row(heads_, pending_.row(position_++));
}

std::vector<Row> Result::all()
{
    std::vector<Row> rows;
    while (auto row = next())
        rows.push_back(std::move(*row));
    return rows;
}

std::optional<Row> Result::first()
{
    auto row = next();
    finish(nullptr);
    if (cursor_)
        affected_ = cursor_->affectedRows();
    cursor_.reset();
    position_ = pending_.rowCount();
    return row;
}

std::optional<Row> Result::oneOrNone()
{
    auto row = next();
    if (row && next())
        throw Error(ErrorKind::Conflict, "more than one row where one was expected");
    return row;
}

Row Result::one()
{
    auto row = oneOrNone();
    if (!row)
        throw Error(ErrorKind::NotFound, "no row where one was expected");
    return std::move(*row);
}

Value Result::scalar() { return one()[0]; }

std::vector<Value> Result::scalars()
{
    std::vector<Value> values;
    while (auto row = next())
        values.push_back((*row)[0]);
    return values;
}

std::vector<std::map<std::string, Value>> Result::mappings()
{
    std::vector<std::map<std::string, Value>> rows;
    while (auto row = next()) {
        auto &mapping = rows.emplace_back();
        for (std::size_t i = 0; i < row->size(); ++i)
            mapping[(*heads_)[i].name] = (*row)[i];
    }
    return rows;
}

void Result::partitions(std::size_t size, const std::function<bool(const RowBatch &)> &use)
{
    RowBatch batch;
    while (fetch(batch, size) && use(batch)) {
    }
}

} // namespace schemawright
