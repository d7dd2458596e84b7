#pragma once

#include "schemawright/schema/table.h"
#include "schemawright/sql/expr.h"
#include "schemawright/sql/expr_node.h"

#include <optional>
#include <string>

namespace schemawright::expression {

/// What an expression ends in, as the expression language says it. All throw NotPortable for what means something in
/// one database only.
inline bool isLiteral(const Expr &e) { return e.node().kind == ExprKind::Literal; }
bool isTextKind(TypeKind kind);
/// '\\x00ff', as PostgreSQL prints bytes.
Bytes bytesOf(const std::string &text);
Expr columnNamed(const Column &column);
/// 1 beside a boolean is true; what else is beside it stays as it is.
Expr fitted(const Expr &value, const Expr &other);
/// The type as castKind() knows it; a cast that changes nothing is left out.
Expr castOf(const Expr &e, const std::string &type);
Expr numberOf(const std::string &text);
/// CURRENT_TIMESTAMP and its like, by their words in small letters.
std::optional<Expr> momentNamed(const std::string &word);

} // namespace schemawright::expression
