#pragma once

#include "schemawright/sql/query.h"

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

using Assignment = std::pair<std::string, Expr>;

/// What to do when a row that is inserted meets one that is there: INSERT … ON CONFLICT on SQLite and PostgreSQL, ON
/// DUPLICATE KEY UPDATE on MySQL, MERGE on SQL Server and Oracle.
struct Upsert
{
    /// The columns (or expressions) of the key. MySQL knows none and takes any key; SQL Server and Oracle need them.
    std::vector<Expr> target = {};
    /// A partial index's condition.
    Expr targetWhere = {};
    /// ON CONSTRAINT name instead of `target`, of PostgreSQL.
    std::string constraint = {};
    /// What is set in the row that is there; nothing: that row stays as it is.
    std::vector<Assignment> set = {};
    /// Only for rows of which this is true.
    Expr where = {};
};

/// The value that an upsert wanted to insert: excluded.name on SQLite and PostgreSQL, VALUES(name) on MySQL.
Expr excluded(std::string column);

/// INSERT. Without values: DEFAULT VALUES. Each call returns a changed copy.
///
///     insert(users).value("name", "Ada").value("age", 36).returning({users["id"]});
///     insert(users).rows({"name", "age"}, {{"Ada", 36}, {"Alan", 41}});
///     insert(users).fromSelect({"name"}, select({old["name"]}));
class Insert : public Statement
{
public:
    using Statement::Statement;

    Insert value(std::string column, Expr value) &&;
    Insert value(std::string column, Expr value) const &
    {
        return Insert(*this).value(std::move(column), std::move(value));
    }
    Insert values(std::vector<Assignment> all) &&;
    Insert values(std::vector<Assignment> all) const & { return Insert(*this).values(std::move(all)); }
    /// Many rows of the same columns, added to those before. Throws Error(Misuse) for a row of another length.
    Insert rows(std::vector<std::string> columns, std::vector<std::vector<Expr>> rows) &&;
    Insert rows(std::vector<std::string> columns, std::vector<std::vector<Expr>> rows) const &
    {
        return Insert(*this).rows(std::move(columns), std::move(rows));
    }
    Insert fromSelect(std::vector<std::string> columns, const Query &query) &&;
    Insert fromSelect(std::vector<std::string> columns, const Query &query) const &
    {
        return Insert(*this).fromSelect(std::move(columns), query);
    }
    Insert returning(std::vector<Expr> columns) &&;
    Insert returning(std::vector<Expr> columns) const & { return Insert(*this).returning(std::move(columns)); }
    Insert upsert(Upsert upsert) &&;
    Insert upsert(Upsert upsert) const & { return Insert(*this).upsert(std::move(upsert)); }
    Insert onConflictDoNothing(std::vector<Expr> target = {}, Expr targetWhere = {}) &&
    {
        return std::move(*this).upsert({.target = std::move(target), .targetWhere = std::move(targetWhere)});
    }
    Insert onConflictDoNothing(std::vector<Expr> target = {}, Expr targetWhere = {}) const &
    {
        return Insert(*this).onConflictDoNothing(std::move(target), std::move(targetWhere));
    }
    Insert onConflictDoUpdate(std::vector<Expr> target, std::vector<Assignment> set, Expr where = {}) &&
    {
        return std::move(*this).upsert({.target = std::move(target), .set = std::move(set), .where = std::move(where)});
    }
    Insert onConflictDoUpdate(std::vector<Expr> target, std::vector<Assignment> set, Expr where = {}) const &
    {
        return Insert(*this).onConflictDoUpdate(std::move(target), std::move(set), std::move(where));
    }
    Insert onDuplicateKeyUpdate(std::vector<Assignment> set) &&
    {
        return std::move(*this).upsert({.set = std::move(set)});
    }
    Insert onDuplicateKeyUpdate(std::vector<Assignment> set) const &
    {
        return Insert(*this).onDuplicateKeyUpdate(std::move(set));
    }
    Insert with(const Source &cte) &&;
    Insert with(const Source &cte) const & { return Insert(*this).with(cte); }
    /// Raw SQL behind INSERT ("OR REPLACE", "IGNORE"), for one dialect or for all.
    Insert prefix(std::string sql, std::string dialect = {}) &&;
    Insert prefix(std::string sql, std::string dialect = {}) const &
    {
        return Insert(*this).prefix(std::move(sql), std::move(dialect));
    }

    /// As a table for other statements, with what it returns: WITH name AS (INSERT … RETURNING …).
    Source cte(std::string name) const { return schemawright::cte(std::move(name), *this); }
    /// The same rows in statements of at most so many parameters and a thousand rows each. Throws Error(Misuse) when
    /// one row has more.
    std::vector<Insert> split(std::size_t maxParameters) const;
};
Insert insert(Source table);

} // namespace schemawright
