#pragma once

#include "schemawright/sql/expr.h"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace schemawright {

/// A statement as a value: knows tables and expressions, never a connection. Dialect::compile turns it into text.
class Statement
{
public:
    enum class Kind { Select, Insert, Update, Delete };
    virtual ~Statement() = default;
    virtual Kind kind() const noexcept = 0;

protected:
    Statement() = default;
    Statement(const Statement &) = default;
    Statement &operator=(const Statement &) = default;
};

/// SELECT columns FROM table WHERE … ORDER BY … LIMIT … OFFSET. Each call returns a changed copy.
class Select : public Statement
{
public:
    Kind kind() const noexcept override { return Kind::Select; }
    Select from(TablePtr table) const;
    /// Added to earlier conditions with AND; an empty one changes nothing.
    Select where(const Expr &condition) const;
    Select orderBy(std::vector<Expr> order) const;
    Select limit(std::int64_t rows) const;
    Select offset(std::int64_t rows) const;

    struct Parts
    {
        std::vector<Expr> columns;
        TablePtr table;
        Expr condition;
        std::vector<Expr> order;
        std::optional<std::int64_t> limit, offset;
    };
    const Parts &parts() const noexcept { return parts_; }

private:
    friend Select select(std::vector<Expr> columns);
    Parts parts_;
};
Select select(std::vector<Expr> columns);

/// INSERT INTO table (columns) VALUES (…) RETURNING. Without values: DEFAULT VALUES.
class Insert : public Statement
{
public:
    Kind kind() const noexcept override { return Kind::Insert; }
    Insert value(std::string column, Expr value) const;
    Insert returning(std::vector<Expr> columns) const;

    struct Parts
    {
        TablePtr table;
        std::vector<std::pair<std::string, Expr>> values;
        std::vector<Expr> returning;
    };
    const Parts &parts() const noexcept { return parts_; }

private:
    friend Insert insert(TablePtr table);
    Parts parts_;
};
Insert insert(TablePtr table);

/// UPDATE table SET … WHERE … RETURNING.
class Update : public Statement
{
public:
    Kind kind() const noexcept override { return Kind::Update; }
    Update set(std::string column, Expr value) const;
    Update where(const Expr &condition) const;
    Update returning(std::vector<Expr> columns) const;

    struct Parts
    {
        TablePtr table;
        std::vector<std::pair<std::string, Expr>> values;
        Expr condition;
        std::vector<Expr> returning;
    };
    const Parts &parts() const noexcept { return parts_; }

private:
    friend Update update(TablePtr table);
    Parts parts_;
};
Update update(TablePtr table);

/// DELETE FROM table WHERE … RETURNING.
class Delete : public Statement
{
public:
    Kind kind() const noexcept override { return Kind::Delete; }
    Delete where(const Expr &condition) const;
    Delete returning(std::vector<Expr> columns) const;

    struct Parts
    {
        TablePtr table;
        Expr condition;
        std::vector<Expr> returning;
    };
    const Parts &parts() const noexcept { return parts_; }

private:
    friend Delete delete_(TablePtr table);
    Parts parts_;
};
Delete delete_(TablePtr table);

} // namespace schemawright
