#pragma once

#include "schemawright/sql/query.h"

#include <initializer_list>
#include <string>
#include <vector>

namespace schemawright {

/// FOR UPDATE and its relatives.
struct RowLock
{
    enum class Strength : std::uint8_t { Update, NoKeyUpdate, Share, KeyShare };
    enum class Wait : std::uint8_t { Block, NoWait, SkipLocked };
    Strength strength = Strength::Update;
    Wait wait = Wait::Block;
    /// Only rows of these tables, or, where the database wants columns, of the tables of these columns.
    std::vector<Source> of = {};
    std::vector<Expr> ofColumns = {};
};

/// SELECT. Each call returns a changed copy (in place when called on a temporary).
///
///     select({users["name"], func::count().label("n")})
///         .from(users).join(orders)
///         .where(users["age"] > 18)
///         .groupBy({users["name"]}).orderBy({column("n").desc()}).limit(10);
///
/// Without from() the tables are those of the selected columns. A column of a table that is not in FROM is an error
/// when it is compiled; in a subquery the tables around it count too.
class Select : public Query
{
public:
    using Query::Query;

    Select columns(std::vector<Expr> more) &&;
    Select columns(std::vector<Expr> more) const & { return Select(*this).columns(std::move(more)); }

    /// Added to those before, with a comma.
    Select from(Source source) &&;
    Select from(Source source) const & { return Select(*this).from(std::move(source)); }

    /// Joins on what is in FROM by now; without a condition along the foreign key.
    Select join(Source right, Expr on = {}) &&
    {
        return std::move(*this).joinAs(JoinKind::Inner, std::move(right), std::move(on));
    }
    Select join(Source right, Expr on = {}) const & { return Select(*this).join(std::move(right), std::move(on)); }
    Select leftJoin(Source right, Expr on = {}) &&
    {
        return std::move(*this).joinAs(JoinKind::Left, std::move(right), std::move(on));
    }
    Select leftJoin(Source right, Expr on = {}) const &
    {
        return Select(*this).leftJoin(std::move(right), std::move(on));
    }
    Select rightJoin(Source right, Expr on = {}) &&
    {
        return std::move(*this).joinAs(JoinKind::Right, std::move(right), std::move(on));
    }
    Select rightJoin(Source right, Expr on = {}) const &
    {
        return Select(*this).rightJoin(std::move(right), std::move(on));
    }
    Select fullJoin(Source right, Expr on = {}) &&
    {
        return std::move(*this).joinAs(JoinKind::Full, std::move(right), std::move(on));
    }
    Select fullJoin(Source right, Expr on = {}) const &
    {
        return Select(*this).fullJoin(std::move(right), std::move(on));
    }
    Select crossJoin(Source right) && { return std::move(*this).joinAs(JoinKind::Cross, std::move(right), {}); }
    Select crossJoin(Source right) const & { return Select(*this).crossJoin(std::move(right)); }
    Select joinAs(JoinKind kind, Source right, Expr on) &&;

    /// Added to earlier conditions with AND; an empty one changes nothing.
    Select where(const Expr &condition) &&;
    Select where(const Expr &condition) const & { return Select(*this).where(condition); }
    Select groupBy(std::vector<Expr> keys) &&;
    Select groupBy(std::vector<Expr> keys) const & { return Select(*this).groupBy(std::move(keys)); }
    Select having(const Expr &condition) &&;
    Select having(const Expr &condition) const & { return Select(*this).having(condition); }
    /// Added to earlier ones; an empty list takes them away.
    Select orderBy(std::vector<Expr> order) &&;
    Select orderBy(std::vector<Expr> order) const & { return Select(*this).orderBy(std::move(order)); }
    Select limit(const Expr &rows) &&;
    Select limit(const Expr &rows) const & { return Select(*this).limit(rows); }
    Select offset(const Expr &rows) &&;
    Select offset(const Expr &rows) const & { return Select(*this).offset(rows); }
    /// FETCH FIRST n [PERCENT] ROWS ONLY or WITH TIES.
    Select fetch(const Expr &rows, bool withTies = false, bool percent = false) &&;
    Select fetch(const Expr &rows, bool withTies = false, bool percent = false) const &
    {
        return Select(*this).fetch(rows, withTies, percent);
    }
    Select distinct() &&;
    Select distinct() const & { return Select(*this).distinct(); }
    /// DISTINCT ON (…), of PostgreSQL.
    Select distinctOn(std::vector<Expr> keys) &&;
    Select distinctOn(std::vector<Expr> keys) const & { return Select(*this).distinctOn(std::move(keys)); }
    Select forUpdate(RowLock lock = {}) &&;
    Select forUpdate(RowLock lock = {}) const & { return Select(*this).forUpdate(std::move(lock)); }
    /// Carries a CTE that nothing reads.
    Select with(const Source &cte) &&;
    Select with(const Source &cte) const & { return Select(*this).with(cte); }
    /// Raw SQL behind SELECT, or at the end; for one dialect or for all.
    Select prefix(std::string sql, std::string dialect = {}) &&;
    Select prefix(std::string sql, std::string dialect = {}) const &
    {
        return Select(*this).prefix(std::move(sql), std::move(dialect));
    }
    Select suffix(std::string sql, std::string dialect = {}) &&;
    Select suffix(std::string sql, std::string dialect = {}) const &
    {
        return Select(*this).suffix(std::move(sql), std::move(dialect));
    }
    /// A hint on a table: behind its name (WITH (NOLOCK), USE INDEX…); on Oracle in a comment behind SELECT.
    Select hint(const Source &table, std::string sql, std::string dialect = {}) &&;
    Select hint(const Source &table, std::string sql, std::string dialect = {}) const &
    {
        return Select(*this).hint(table, std::move(sql), std::move(dialect));
    }
    /// Column labels with the table's name before: users_id.
    Select labelledByTable() &&;
    Select labelledByTable() const & { return Select(*this).labelledByTable(); }
};

Select select(std::vector<Expr> columns);
/// All columns of a table, subquery…
Select select(const Source &source);

} // namespace schemawright
