#pragma once

#include "schemawright/schema/table_diff.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace schemawright {

/// Something that cannot be what it is once a table or a column is gone.
struct Dependant
{
    enum class Kind { View, Trigger, ForeignKey, Generated };
    Kind kind = Kind::View;
    QualifiedName table; ///< the view, or the table on which the trigger, key or generated column is
    std::string name;    ///< of the trigger, key (may be empty) or column
    std::size_t at = 0;  ///< where a foreign key stands in its table's list
    /// False when the name stands there but may be that of another table's column.
    bool isCertain = true;
    /// "the view v", "the trigger t on a", "the foreign key a (b)".
    std::string text;
};

/// What depends on a table, or on one of its columns: views and those over them, triggers of other tables (of a column,
/// of its own too), foreign keys of other tables, generated columns. What goes with the table or column by itself (its
/// own keys, checks and indexes) is not listed. Views first, each before those that it reads.
std::vector<Dependant> dependantsOf(const MetaData &metadata, const QualifiedName &table,
                                    const std::string &column = {});

/// Throws Error(Conflict), which names both, when something needs the table or a column that the diff drops, or
/// (`ofKey`) its primary key, of what `stays` says that it is not dropped or changed beside it. What is not certain to
/// need it is left to the database.
void refuseWhatIsNeeded(const MetaData &before, const TableDiff &diff,
                        const std::function<bool(const Dependant &)> &stays, const std::vector<Dependant> &ofKey = {});

/// What a key or unique index of the table stood for, and none does in `after`, its state to come: views that group by
/// the primary key and select more of its row, with those over them, each before those that it reads; then foreign keys
/// of other tables, and its own as `after` has them.
std::vector<Dependant> keysLeftWithout(const MetaData &metadata, const Table &after);

/// True when this name stands in the text as an identifier. `foldsCase` as the database compares names.
bool mentionsName(std::string_view sql, std::string_view name, bool foldsCase);
/// Takes a table's own key, constraints and indexes out that name a column which is there no more.
void leaveWithColumn(Table &table, const std::string &column);

} // namespace schemawright
