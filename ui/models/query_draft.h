#pragma once

#include "schemawright/schema/metadata.h"
#include "schemawright/sql/select.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemawright::ui {

/// A query as it is drawn: tables, joins and a line for each output column. A value; compose() makes the statement.
struct QueryDraft
{
    /// A table on the canvas, under a name that no other has.
    struct Box
    {
        QualifiedName table;
        std::string alias; ///< equal to the table's name where that is free
        double x = 0, y = 0;
        friend bool operator==(const Box &, const Box &) = default;
    };
    /// Two boxes by their aliases; the left one keeps its rows in a left join.
    struct Join
    {
        std::string left, right;
        std::vector<std::pair<std::string, std::string>> columns; ///< of left and right
        bool isLeft = false;
        friend bool operator==(const Join &, const Join &) = default;
    };
    enum class Sort { None, Ascending, Descending };
    enum class Aggregate { None, Group, Count, CountDistinct, Sum, Average, Minimum, Maximum };
    struct Line
    {
        std::string expression, alias;
        bool isShown = true;
        Sort sort = Sort::None;
        int sortRank = 0; ///< the smaller, the more it counts
        Aggregate aggregate = Aggregate::None;
        std::vector<std::string>
            conditions; ///< those in the same place of all lines hold together, places are alternatives
        friend bool operator==(const Line &, const Line &) = default;
    };

    std::vector<Box> boxes;
    std::vector<Join> joins;
    std::vector<Line> lines;
    bool distinct = false;
    std::optional<std::int64_t> limit;
    friend bool operator==(const QueryDraft &, const QueryDraft &) = default;

    /// Adds a table; the same one again gets another alias. Returns the alias.
    std::string addBox(const Table &table);
    /// With its joins and the lines that are a column of it.
    void removeBox(const std::string &alias);
    /// The ways in which this box can be joined to those that were there before it: one for each foreign key.
    std::vector<Join> possibleJoins(const std::string &alias, const MetaData &metadata) const;
    const Box *box(const std::string &alias) const;
    /// Joins two boxes by a pair of columns; beside other pairs of the same two it holds together with them. False when
    /// it is there already.
    bool addJoin(const Join &join);
    /// Joins the box `added` to others by a foreign key: keeping their rows where theirs may be missing already, since
    /// an inner join would take away the rows that were kept.
    void addKeyJoin(Join join, const std::string &added);

    /// For a file. fromJson() throws Error(Conversion) for what is no query.
    std::string toJson() const;
    static QueryDraft fromJson(const std::string &json);
};

/// A column as it stands in an expression, in quotes where its names need them: Track.Name, "Order Details"."Unit
/// Price".
std::string columnText(const std::string &alias, const std::string &column);

/// Why a draft is no query, and where.
struct DraftProblem
{
    std::string message;
    int line = -1;      ///< -1: the whole
    int condition = -1; ///< -1: the expression
};

/// The statement of a draft. Typed values of conditions become bound parameters. Throws DraftProblem.
Select compose(const QueryDraft &draft, const MetaData &metadata);

/// The word for an aggregate as the grid shows it, in English; translated where it is shown.
const char *nameOf(QueryDraft::Aggregate aggregate) noexcept;

} // namespace schemawright::ui
