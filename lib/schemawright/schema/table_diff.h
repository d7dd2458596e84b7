#pragma once

#include "schemawright/schema/metadata.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

enum class DiffAction { Add, Drop, Alter, Rename };
enum class DiffSubject {
    Table,
    Column,
    Type,
    Nullable,
    Default,
    Identity,
    Autoincrement,
    Generated,
    Collation,
    Comment,
    PrimaryKey,
    ForeignKey,
    Unique,
    Check,
    Exclusion,
    Index,
    Trigger,
    Options,
    Definition,
};
/// "add", "drop", "alter", "rename".
const char *toString(DiffAction action) noexcept;
/// "table", "column", "type", "nullable", "default", "primary_key"…
const char *toString(DiffSubject subject) noexcept;

/// One difference between two states of a table.
struct DiffItem
{
    DiffAction action = DiffAction::Alter;
    DiffSubject subject = DiffSubject::Table;
    std::string name; ///< of the column (as it is before, where it is), constraint, index, trigger or option
    std::optional<std::string> from, to; ///< for showing
    /// Where the part stands in its list (columns, foreignKeys…) before and after.
    std::optional<std::size_t> before, after;
};

/// What is the same thing in two spellings differs between databases.
struct DiffRules
{
    std::string defaultSchema;
    bool truthIsNumber = false; ///< true and 1 are the same
    bool foldsNames = false;    ///< column names are compared without case inside expressions
    bool foldsObjects = false;  ///< what is named alike but for case is the same thing, renamed
    /// Rules for a dialect by its name and a database's default schema.
    static DiffRules of(std::string_view dialect, std::string defaultSchema);
};

/// From one state of a table to another: no before is a create, no after a drop. A value; runs nothing.
struct TableDiff
{
    TablePtr before, after;
    std::vector<DiffItem> items; ///< empty for a create, a drop, and for tables that are the same
    /// When rows are written in the same transaction: while columns have their types from before, so that what is
    /// written is converted with the rest, or when they have those of after. Free is what a database does best.
    enum class Writing { Free, BeforeTypes, AfterTypes };
    Writing writing = Writing::Free;

    bool isCreate() const noexcept { return !before && after; }
    bool isDrop() const noexcept { return before && !after; }
    bool isEmpty() const noexcept { return before && after && items.empty(); }
    bool has(DiffSubject subject) const noexcept;
    /// Columns that have another name: before to after.
    std::map<std::string, std::string> renamedColumns() const;
};

/// Columns are the same by their ColumnId, where both have one, else by name; constraints by name, else by what they
/// say. Spellings of one type, default or check are no difference. Either may be null.
TableDiff diffTables(TablePtr before, TablePtr after, const DiffRules &rules);

/// An expression in a form in which equal ones are equal: casts of literals, blanks, outer parentheses, letters' case
/// and the ways to write one default are left out.
std::string normalisedExpression(std::string_view sql, const DiffRules &rules,
                                 const std::map<std::string, std::string> &renamed = {});
/// The table with its own keys, constraints and indexes following columns that were renamed; a name that is still a
/// column's is left alone.
void followRenames(Table &table, const std::map<std::string, std::string> &renamed);
/// True when both say the same type.
bool sameType(const Type &a, const Type &b);

} // namespace schemawright
