#pragma once

#include "schemawright/sql/insert.h"

namespace schemawright {

/// UPDATE table SET … FROM … WHERE … RETURNING. Each call returns a changed copy.
class Update : public Statement
{
public:
    using Statement::Statement;

    Update set(std::string column, Expr value) &&;
    Update set(std::string column, Expr value) const &
    {
        return Update(*this).set(std::move(column), std::move(value));
    }
    Update set(std::vector<Assignment> all) &&;
    Update set(std::vector<Assignment> all) const & { return Update(*this).set(std::move(all)); }
    /// Sets a column that may be another table's, of MySQL.
    Update setColumn(const Expr &column, Expr value) &&;
    Update setColumn(const Expr &column, Expr value) const &
    {
        return Update(*this).setColumn(column, std::move(value));
    }
    Update from(Source source) &&;
    Update from(Source source) const & { return Update(*this).from(std::move(source)); }
    /// Added to earlier conditions with AND; an empty one changes nothing.
    Update where(const Expr &condition) &&;
    Update where(const Expr &condition) const & { return Update(*this).where(condition); }
    Update returning(std::vector<Expr> columns) &&;
    Update returning(std::vector<Expr> columns) const & { return Update(*this).returning(std::move(columns)); }
    /// ORDER BY and LIMIT of an UPDATE, of MySQL.
    Update orderBy(std::vector<Expr> order) &&;
    Update orderBy(std::vector<Expr> order) const & { return Update(*this).orderBy(std::move(order)); }
    Update limit(const Expr &rows) &&;
    Update limit(const Expr &rows) const & { return Update(*this).limit(rows); }
    Update with(const Source &cte) &&;
    Update with(const Source &cte) const & { return Update(*this).with(cte); }
    Update prefix(std::string sql, std::string dialect = {}) &&;
    Update prefix(std::string sql, std::string dialect = {}) const &
    {
        return Update(*this).prefix(std::move(sql), std::move(dialect));
    }
    Update hint(std::string sql, std::string dialect = {}) &&;
    Update hint(std::string sql, std::string dialect = {}) const &
    {
        return Update(*this).hint(std::move(sql), std::move(dialect));
    }
    Source cte(std::string name) const { return schemawright::cte(std::move(name), *this); }
};
Update update(Source table);

} // namespace schemawright
