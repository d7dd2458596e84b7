#pragma once

#include "schemawright/orm/mapping.h"
#include "schemawright/sql/expr.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

class ObjectSession;

namespace detail {

struct QueryParts
{
    Expr where;
    std::vector<Expr> order;
    std::optional<std::int64_t> limit, offset;
    std::vector<std::pair<std::string, Loading>> loading; ///< by relationship, or by a path of them
    std::vector<std::string> joins;
    const EntityMap *entity = nullptr;
};

} // namespace detail

/// A SELECT that gives objects. Each call changes it and returns it; nothing is read before all(), first(), one() or
/// count(). Borrows its session.
template <class T> class ObjectQuery
{
public:
    ObjectQuery(ObjectSession &session, const EntityMap &entity) : session_(session), entity_(entity)
    {
        parts_.entity = &entity;
    }

    /// Added to earlier conditions with AND.
    ObjectQuery &where(const Expr &condition)
    {
        parts_.where = parts_.where.isEmpty() ? condition : parts_.where && condition;
        return *this;
    }
    ObjectQuery &orderBy(std::vector<Expr> order)
    {
        parts_.order = std::move(order);
        return *this;
    }
    ObjectQuery &limit(std::int64_t rows)
    {
        parts_.limit = rows;
        return *this;
    }
    ObjectQuery &offset(std::int64_t rows)
    {
        parts_.offset = rows;
        return *this;
    }
    /// Joins a relationship's table, for conditions on its columns; an object comes once however many match. A table
    /// that the query has already is asked for by ObjectSession::joined(). Throws Error(Misuse) when it is read and
    /// there is no such relationship.
    ObjectQuery &join(std::string relation)
    {
        parts_.joins.push_back(std::move(relation));
        return *this;
    }
    /// How a relationship is loaded this time: "books", or with a path "books.tags".
    ObjectQuery &with(std::string path, Loading loading = Loading::SelectIn)
    {
        parts_.loading.emplace_back(std::move(path), loading);
        return *this;
    }

    std::vector<std::shared_ptr<T>> all();
    /// The first, or null.
    std::shared_ptr<T> first();
    /// Exactly one; throws Error(NotFound) for none, Error(Conflict) for more.
    std::shared_ptr<T> one();
    std::int64_t count();

private:
    ObjectSession &session_;
    const EntityMap &entity_;
    detail::QueryParts parts_;
};

} // namespace schemawright
