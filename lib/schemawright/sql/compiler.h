#pragma once

#include "schemawright/sql/compiled.h"
#include "schemawright/sql/statement.h"

#include <string>
#include <string_view>

namespace schemawright {

/// Turns a statement into SQL and parameters. The base says what databases have in common; a dialect's subclass
/// overrides the constructs that it says differently. Made for one statement.
class Compiler
{
public:
    virtual ~Compiler() = default;
    /// Throws Error(Unsupported) that names the construct, Error(Misuse) for a statement that cannot be written.
    Compiled compile(const Statement &statement);

protected:
    virtual std::string quote(std::string_view identifier) const = 0;
    virtual std::string typeSql(const Type &type) const = 0;
    /// Writes the placeholder of the parameter that was just added.
    virtual void placeholder() { write("?"); }
    virtual void distinctFrom(const Expr &a, const Expr &b, bool negated);
    virtual void like(const ExprNode &node);
    virtual void emptyIn() { write("1 = 0"); }

    void write(std::string_view text) { compiled_.sql += text; }
    /// Writes an operand, in parentheses when it binds looser than `precedence`.
    void operand(const Expr &e, int precedence);
    void expr(const Expr &e);
    void list(const std::vector<Expr> &all);
    std::size_t parameterCount() const { return compiled_.parameters.size(); }

private:
    void tableName(const TablePtr &table);
    void where(const Expr &condition);
    void returning(const std::vector<Expr> &columns);
    void rawText(const ExprNode &node);
    void select(const Select::Parts &parts);
    void insert(const Insert::Parts &parts);
    void update(const Update::Parts &parts);
    void delete_(const Delete::Parts &parts);

    Compiled compiled_;
};

} // namespace schemawright
