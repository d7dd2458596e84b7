#pragma once

#include "schemawright/sql/insert.h"

namespace schemawright {

/// MERGE, of PostgreSQL 15, SQL Server and Oracle. Each call returns a changed copy; the branches are tried in order.
///
///     merge(stock).using_(delivery, stock["id"] == delivery["id"])
///         .whenMatchedUpdate({{"amount", stock["amount"] + delivery["amount"]}})
///         .whenNotMatchedInsert({{"id", delivery["id"]}, {"amount", delivery["amount"]}});
class Merge : public Statement
{
public:
    using Statement::Statement;

    Merge using_(Source source, const Expr &on) &&;
    Merge using_(Source source, const Expr &on) const & { return Merge(*this).using_(std::move(source), on); }
    Merge whenMatchedUpdate(std::vector<Assignment> set, Expr condition = {}) &&;
    Merge whenMatchedUpdate(std::vector<Assignment> set, Expr condition = {}) const &
    {
        return Merge(*this).whenMatchedUpdate(std::move(set), std::move(condition));
    }
    Merge whenMatchedDelete(Expr condition = {}) &&;
    Merge whenMatchedDelete(Expr condition = {}) const &
    {
        return Merge(*this).whenMatchedDelete(std::move(condition));
    }
    Merge whenMatchedDoNothing(Expr condition = {}) &&;
    Merge whenMatchedDoNothing(Expr condition = {}) const &
    {
        return Merge(*this).whenMatchedDoNothing(std::move(condition));
    }
    Merge whenNotMatchedInsert(std::vector<Assignment> values, Expr condition = {}) &&;
    Merge whenNotMatchedInsert(std::vector<Assignment> values, Expr condition = {}) const &
    {
        return Merge(*this).whenNotMatchedInsert(std::move(values), std::move(condition));
    }
    Merge with(const Source &cte) &&;
    Merge with(const Source &cte) const & { return Merge(*this).with(cte); }
};
Merge merge(Source target);

} // namespace schemawright
