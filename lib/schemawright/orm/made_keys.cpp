#include "schemawright/orm/made_keys.h"

namespace schemawright {

bool isMadeBySequence(const Column &column)
{
    return column.autoincrement || column.identity || (column.defaultSql && column.defaultSql->starts_with("nextval("));
}

bool isTakenKey(const Table &table, const Error &error)
{
    if (error.kind != ErrorKind::Constraint || !table.primaryKey || table.primaryKey->columns.size() != 1)
        return false;
    const Column *key = table.column(table.primaryKey->columns.front());
    if (!key || !isMadeBySequence(*key) || error.constraint.empty())
        return false;
    // One that was not named has the database's usual name.
    return error.constraint == table.primaryKey->name.value_or(table.name.name + "_pkey");
}

Error withSequenceHint(Error error, const Table &table)
{
    if (error.hint.empty() && isTakenKey(table, error))
        error.hint = "The sequence that makes the keys of " + table.name.text() +
                     " is behind keys that rows have already: set it past them by setval(), or try again, for it "
                     "goes on by one each time.";
    return error;
}

} // namespace schemawright
