#pragma once

#include "schemawright/orm/session.h"

#include <QString>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemawright::ui {

/// A way from the rows of a table to those that they refer to, or that refer to them.
struct Relation
{
    enum class Direction { Parent, Children };
    Direction direction = Direction::Parent;
    QualifiedName table;                                      ///< where it leads
    std::vector<std::pair<std::string, std::string>> columns; ///< here, there

    /// "genus by genus_id"
    QString title() const;
    /// True when this column here takes part.
    bool uses(const std::string &column) const;
};

/// What a table refers to, in the order of its foreign keys, then what refers to it.
std::vector<Relation> relationsOf(const MetaData &metadata, const Table &table);

/// Where a relation leads from one row.
struct RelatedRows
{
    QString filter;                  ///< as it is typed into a filter line
    std::optional<RowTarget> newRow; ///< a pending row, which no filter finds
    QString whyNot;                  ///< empty when it can be followed
    bool canFollow() const { return whyNot.isEmpty(); }
};

/// The row as the database has it (nothing for a new one) and as it is shown, pending edits laid over it. Rows that are
/// only pending, or whose keys are being changed, are found as well.
RelatedRows follow(const Relation &relation, const Session &session, const std::optional<RowTarget> &row,
                   const RowImage &inDatabase, const RowImage &shown);

/// The filter that finds one row by its key: "id" = '5'.
QString filterFor(const RowTarget &row);

} // namespace schemawright::ui
