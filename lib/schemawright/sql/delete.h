#pragma once

#include "schemawright/sql/query.h"

namespace schemawright {

/// DELETE FROM table USING … WHERE … RETURNING. Each call returns a changed copy.
class Delete : public Statement
{
public:
    using Statement::Statement;

    Delete using_(Source source) &&;
    Delete using_(Source source) const & { return Delete(*this).using_(std::move(source)); }
    /// Added to earlier conditions with AND; an empty one changes nothing.
    Delete where(const Expr &condition) &&;
    Delete where(const Expr &condition) const & { return Delete(*this).where(condition); }
    Delete returning(std::vector<Expr> columns) &&;
    Delete returning(std::vector<Expr> columns) const & { return Delete(*this).returning(std::move(columns)); }
    /// ORDER BY and LIMIT of a DELETE, of MySQL.
    Delete orderBy(std::vector<Expr> order) &&;
    Delete orderBy(std::vector<Expr> order) const & { return Delete(*this).orderBy(std::move(order)); }
    Delete limit(const Expr &rows) &&;
    Delete limit(const Expr &rows) const & { return Delete(*this).limit(rows); }
    Delete with(const Source &cte) &&;
    Delete with(const Source &cte) const & { return Delete(*this).with(cte); }
    Delete prefix(std::string sql, std::string dialect = {}) &&;
    Delete prefix(std::string sql, std::string dialect = {}) const &
    {
        return Delete(*this).prefix(std::move(sql), std::move(dialect));
    }
    Source cte(std::string name) const { return schemawright::cte(std::move(name), *this); }
};
Delete delete_(Source table);

} // namespace schemawright
