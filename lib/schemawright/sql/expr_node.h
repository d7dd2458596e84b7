#pragma once

#include "schemawright/sql/expr.h"

#include <optional>

namespace schemawright {

struct SourceNode;

enum class ExprKind : std::uint8_t {
    Column,    ///< `text` of `table` or of `source`, or alone
    Bind,      ///< `value`
    Parameter, ///< `text`, and `value` unless it must be given
    Literal,   ///< `value`
    Text,      ///< `text` with arguments at its question marks
    Constant,  ///< `op`: Null, True, False, Default, Star
    Unary,     ///< `op`
    Binary,    ///< `op` with two arguments
    Nary,      ///< `op`: And, Or, Concat
    Custom,    ///< `text` is the operator, with one or two arguments
    Like,      ///< arguments: text, pattern; `value` the escape; `wildcards`
    Regexp,    ///< arguments: text, pattern; `value` the flags
    RegexpReplace,
    Between,
    In,         ///< arguments: what, then the values; or `query`
    Exists,     ///< `query`
    Subquery,   ///< `query`
    Quantified, ///< `text` is ANY or ALL; `query` or one argument
    Case,       ///< arguments: when, then, …, and the rest if `hasElse`; the value comes first if `hasOperand`
    Cast,       ///< `type`
    Extract,    ///< `text` is the field
    Collate,    ///< `text` is the collation
    Function,   ///< `text` is the name
    Filter,     ///< arguments: aggregate, condition
    Over,       ///< arguments: function; `window`
    WithinGroup,
    AggregateOrder, ///< arguments: the expression, then the order
    Tuple,
    Array,
    Element, ///< arguments: array, index
    Slice,   ///< arguments: array, first, last
    Json,    ///< arguments: document, then the steps as literals; `op` says as what it is wanted
    Label,
    Order,
    NextValue, ///< `text` is the sequence, `schema` in `value`
    Excluded,  ///< the value that an upsert wanted to insert in the column `text`
    MatchAgainst,
    Match, ///< arguments: text, what is searched for
};

enum class Operator : std::uint8_t {
    None,
    Or,
    And,
    Not,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Same,     ///< IS NOT DISTINCT FROM
    Distinct, ///< IS DISTINCT FROM
    IsNull,
    IsNotNull,
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Negate,
    Concat,
    BitAnd,
    BitOr,
    BitXor,
    BitNot,
    ShiftLeft,
    ShiftRight,
    DistinctValues, ///< DISTINCT before an argument of an aggregate
    Null,
    True,
    False,
    Default,
    Star,
    JsonValue,
    JsonText,
    JsonInteger,
    JsonDouble,
    JsonBoolean,
    PostgresOnly, ///< of Custom: an operator that only PostgreSQL has
};

inline bool isComparison(Operator op) { return op >= Operator::Equal && op <= Operator::GreaterEqual; }

/// How tightly an expression binds, loosest first. Where dialects differ (||, bit operators) the level is one that
/// needs parentheses in each of them.
namespace precedence {
constexpr std::uint8_t Loosest = 0, Or = 10, And = 20, Not = 30, Compare = 40, Other = 50, Add = 60, Multiply = 70,
                       Sign = 80, Atom = 100;
}

enum class NullsOrder : std::uint8_t { Unsaid, First, Last };

/// One end of a window's frame.
struct FrameBound
{
    enum class Kind : std::uint8_t { UnboundedPreceding, Preceding, CurrentRow, Following, UnboundedFollowing };
    Kind kind = Kind::CurrentRow;
    Expr offset = {};
};

struct WindowFrame
{
    enum class Unit : std::uint8_t { Rows, Range, Groups };
    enum class Exclude : std::uint8_t { Nothing, CurrentRow, Group, Ties };
    Unit unit = Unit::Rows;
    FrameBound from, to;
    Exclude exclude = Exclude::Nothing;
};

struct WindowNode
{
    std::vector<Expr> partition;
    std::vector<Expr> order;
    std::optional<WindowFrame> frame;
};

/// The inside of an Expr, for compilers: immutable once shared.
struct ExprNode
{
    ExprKind kind = ExprKind::Text;
    Operator op = Operator::None;
    std::uint8_t precedence = precedence::Atom;
    TypeKind yields = TypeKind::Unknown; ///< what the value is, where it is known
    NullsOrder nulls = NullsOrder::Unsaid;
    bool negated = false;
    bool descending = false;
    bool ascending = false; ///< ASC was asked for by name
    bool ignoreCase = false;
    bool symmetric = false;
    bool hasElse = false;
    bool hasOperand = false;
    bool wildBefore = false, wildAfter = false; ///< of Like: the pattern is '%' || argument || '%'
    bool hasAggregate = false;                  ///< in itself, subqueries and windows apart
    bool hasWindow = false;
    bool hasQuery = false; ///< a subquery somewhere inside
    std::string text = {};
    std::vector<Expr> arguments = {};
    Value value = {};
    TablePtr table = {};
    std::shared_ptr<const SourceNode> source = {};
    std::shared_ptr<const Type> type = {};
    std::shared_ptr<const StatementNode> query = {};
    std::shared_ptr<const WindowNode> window = {};
};

/// Shares the node, after noting what its arguments hold.
Expr makeExpr(ExprNode node);
/// A comparison as it stands: NULL and true are no special cases.
Expr compareExpr(Operator op, const Expr &a, const Expr &b);
/// True for a function that makes one value of many rows.
bool isAggregateName(std::string_view function, std::size_t arguments);
/// True when both are written alike, with equal values or with whatever values. Subqueries and windows are alike only
/// when they are the same.
bool isSameExpr(const Expr &a, const Expr &b);
bool isSameShape(const Expr &a, const Expr &b);
/// True for an expression with a bound value or a parameter in it, subqueries apart.
bool holdsValues(const Expr &e);
/// The expression below labels and orders.
const Expr &unlabelled(const Expr &e);

} // namespace schemawright
