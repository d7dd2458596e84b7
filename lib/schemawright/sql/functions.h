#pragma once

#include "schemawright/sql/expr.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace schemawright {

struct WindowNode;

// Functions by name; function(), count() and cast() are in sql/expr.h.

namespace func {
inline Expr count() { return schemawright::count(); }
inline Expr count(const Expr &a) { return schemawright::count(a); }
/// count(DISTINCT a)
Expr countDistinct(const Expr &a);
Expr sum(const Expr &a);
Expr avg(const Expr &a);
Expr min(const Expr &a);
Expr max(const Expr &a);
Expr lower(const Expr &a);
Expr upper(const Expr &a);
Expr trim(const Expr &a);
Expr abs(const Expr &a);
Expr round(const Expr &a, const Expr &digits = {});
/// The length of a text in characters.
Expr charLength(const Expr &a);
Expr length(const Expr &a);
Expr coalesce(std::vector<Expr> parts);
Expr nullif(const Expr &a, const Expr &b);
Expr now();
Expr currentTimestamp();
Expr currentDate();
Expr currentTime();
Expr localtime();
Expr currentUser();
Expr rowNumber();
Expr rank();
Expr denseRank();
Expr percentRank();
Expr cumeDist();
Expr ntile(const Expr &n);
Expr lag(const Expr &a, const Expr &offset = {}, const Expr &otherwise = {});
Expr lead(const Expr &a, const Expr &offset = {}, const Expr &otherwise = {});
Expr firstValue(const Expr &a);
Expr lastValue(const Expr &a);
Expr nthValue(const Expr &a, const Expr &n);
/// Texts of a group in one, with a separator: group_concat, string_agg, LISTAGG.
Expr aggregateStrings(const Expr &a, const Expr &separator);
Expr groupingSets(std::vector<Expr> sets);
Expr cube(std::vector<Expr> keys);
Expr rollup(std::vector<Expr> keys);
} // namespace func

/// DISTINCT before the argument of an aggregate.
Expr distinct(const Expr &a);
/// An aggregate's argument with an order: array_agg(a ORDER BY b).
Expr aggregateOrder(const Expr &a, std::vector<Expr> order);
/// The next value of a sequence.
Expr nextValue(std::string sequence, std::string schema = {});
/// EXTRACT(field FROM a).
Expr extract(std::string field, const Expr &a);
Expr collate(const Expr &a, std::string collation);
/// Full text search in the way of the database: MATCH, @@ plainto_tsquery(…), CONTAINS.
Expr match(const Expr &a, const Expr &what);
/// Full text search of MySQL: MATCH (a, b) AGAINST (what IN BOOLEAN MODE).
Expr matchAgainst(std::vector<Expr> columns, const Expr &what, std::string modifier = {});

// CASE.

using Branch = std::pair<Expr, Expr>;
/// CASE WHEN condition THEN value … ELSE rest END.
Expr case_(std::vector<Branch> branches);
Expr case_(std::vector<Branch> branches, const Expr &otherwise);
/// CASE operand WHEN value THEN value … END.
Expr caseOf(const Expr &operand, std::vector<Branch> branches);
Expr caseOf(const Expr &operand, std::vector<Branch> branches, const Expr &otherwise);

// Windows.

struct FrameEnd
{
    enum class Kind : std::uint8_t { UnboundedPreceding, Preceding, CurrentRow, Following, UnboundedFollowing };
    Kind kind;
    Expr offset = {};
};
inline FrameEnd unboundedPreceding() { return {FrameEnd::Kind::UnboundedPreceding}; }
inline FrameEnd unboundedFollowing() { return {FrameEnd::Kind::UnboundedFollowing}; }
inline FrameEnd currentRow() { return {FrameEnd::Kind::CurrentRow}; }
inline FrameEnd preceding(Expr n) { return {FrameEnd::Kind::Preceding, std::move(n)}; }
inline FrameEnd following(Expr n) { return {FrameEnd::Kind::Following, std::move(n)}; }

/// What a window function looks at: window().partitionBy({a}).orderBy({b}).rows(preceding(1), currentRow()).
class Window
{
public:
    Window();
    Window partitionBy(std::vector<Expr> keys) const;
    Window orderBy(std::vector<Expr> order) const;
    Window rows(FrameEnd from, FrameEnd to = currentRow()) const;
    Window range(FrameEnd from, FrameEnd to = currentRow()) const;
    Window groups(FrameEnd from, FrameEnd to = currentRow()) const;
    /// EXCLUDE CURRENT ROW, GROUP, TIES of the frame that was given before.
    Window excludeCurrentRow() const;
    Window excludeGroup() const;
    Window excludeTies() const;
    const std::shared_ptr<const WindowNode> &share() const noexcept { return node_; }

private:
    Window framed(std::uint8_t unit, FrameEnd from, FrameEnd to) const;
    Window excluding(std::uint8_t what) const;
    std::shared_ptr<const WindowNode> node_;
};
inline Window window() { return {}; }

// JSON.

using JsonStep = std::variant<std::string, std::int64_t>;
/// A path into a JSON document: {"address", "lines", 0}.
class JsonPath
{
public:
    JsonPath(std::initializer_list<JsonPath> steps);
    JsonPath(const char *key) : steps_{JsonStep(std::string(key))} {}
    JsonPath(std::string key) : steps_{JsonStep(std::move(key))} {}
    JsonPath(int index) : steps_{JsonStep(std::int64_t{index})} {}
    JsonPath(std::vector<JsonStep> steps) : steps_(std::move(steps)) {}
    const std::vector<JsonStep> &steps() const noexcept { return steps_; }

private:
    std::vector<JsonStep> steps_;
};
/// What stands at a path, as JSON, as text, or as a value of a type.
Expr json(const Expr &document, const JsonPath &path);
Expr jsonText(const Expr &document, const JsonPath &path);
Expr jsonInteger(const Expr &document, const JsonPath &path);
Expr jsonDouble(const Expr &document, const JsonPath &path);
Expr jsonBoolean(const Expr &document, const JsonPath &path);

// Arrays, of PostgreSQL.

Expr array(std::vector<Expr> elements);
/// a[index]
Expr element(const Expr &a, const Expr &index);
/// a[first:last]
Expr slice(const Expr &a, const Expr &first, const Expr &last);
/// a @> b, a <@ b, a && b: for arrays, ranges and jsonb.
Expr containsAll(const Expr &a, const Expr &b);
Expr containedBy(const Expr &a, const Expr &b);
Expr overlaps(const Expr &a, const Expr &b);

} // namespace schemawright
