#include "schemawright/sql/statement.h"

namespace schemawright {

namespace {

/// A copy of a statement with one part changed.
template <class S, class Change> S changed(const S &statement, Change change)
{
    S copy = statement;
    change(copy);
    return copy;
}

} // namespace

Select select(std::vector<Expr> columns)
{
    Select statement;
    statement.parts_.columns = std::move(columns);
    return statement;
}

Select Select::from(TablePtr table) const
{
    return changed(*this, [&](Select &s) { s.parts_.table = std::move(table); });
}

Select Select::where(const Expr &condition) const
{
    return changed(*this, [&](Select &s) { s.parts_.condition = and_({s.parts_.condition, condition}); });
}

Select Select::orderBy(std::vector<Expr> order) const
{
    return changed(*this, [&](Select &s) { s.parts_.order = std::move(order); });
}

Select Select::limit(std::int64_t rows) const
{
    return changed(*this, [&](Select &s) { s.parts_.limit = rows; });
}

Select Select::offset(std::int64_t rows) const
{
    return changed(*this, [&](Select &s) { s.parts_.offset = rows; });
}

Insert insert(TablePtr table)
{
    Insert statement;
    statement.parts_.table = std::move(table);
    return statement;
}

Insert Insert::value(std::string column, Expr value) const
{
    return changed(*this, [&](Insert &s) { s.parts_.values.emplace_back(std::move(column), std::move(value)); });
}

Insert Insert::returning(std::vector<Expr> columns) const
{
    return changed(*this, [&](Insert &s) { s.parts_.returning = std::move(columns); });
}

Update update(TablePtr table)
{
    Update statement;
    statement.parts_.table = std::move(table);
    return statement;
}

Update Update::set(std::string column, Expr value) const
{
    return changed(*this, [&](Update &s) { s.parts_.values.emplace_back(std::move(column), std::move(value)); });
}

Update Update::where(const Expr &condition) const
{
    return changed(*this, [&](Update &s) { s.parts_.condition = and_({s.parts_.condition, condition}); });
}

Update Update::returning(std::vector<Expr> columns) const
{
    return changed(*this, [&](Update &s) { s.parts_.returning = std::move(columns); });
}

Delete delete_(TablePtr table)
{
    Delete statement;
    statement.parts_.table = std::move(table);
    return statement;
}

Delete Delete::where(const Expr &condition) const
{
    return changed(*this, [&](Delete &s) { s.parts_.condition = and_({s.parts_.condition, condition}); });
}

Delete Delete::returning(std::vector<Expr> columns) const
{
    return changed(*this, [&](Delete &s) { s.parts_.returning = std::move(columns); });
}

} // namespace schemawright
