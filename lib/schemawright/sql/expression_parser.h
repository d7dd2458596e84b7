#pragma once

#include "schemawright/schema/table.h"
#include "schemawright/sql/expr.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace schemawright {

/// Reads the expression of a check, a default, a generated column or an index, as one database wrote it, into the
/// expression language, so that another database's compiler can say the same. Nothing when a part of it (a function, an
/// operator, a type) means something only there: never a guess.
///
/// `dialect` is where it was written ("" reads what all have in common). Names are looked up in `table`, as the
/// database does: exactly, or whatever their case. Pure.
class ExpressionParser
{
public:
    /// What a name stands for instead of the column of the table; nothing when it is just that.
    using Names = std::function<std::optional<Expr>(std::string_view)>;

    ExpressionParser(std::string_view dialect, const Table &table, Names names = {})
        : dialect_(dialect), table_(table), names_(std::move(names))
    {}

    std::optional<Expr> parse(std::string_view sql) const;

private:
    std::string dialect_;
    const Table &table_;
    Names names_;
};

/// The type names that casts are written with, where they have a generic meaning: "character varying", "INTEGER".
TypeKind castKind(std::string_view typeName);

} // namespace schemawright
