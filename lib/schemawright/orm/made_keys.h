#pragma once

// Keys that a sequence makes, beside keys that are given: a sequence knows nothing of the latter.

#include "schemawright/engine/connection.h"
#include "schemawright/schema/table.h"

#include <cstddef>

namespace schemawright {

bool isMadeBySequence(const Column &column);

/// Whether an INSERT failed for a key that a sequence made, which another row has.
bool isTakenKey(const Table &table, const Error &error);

/// Says what to do then.
Error withSequenceHint(Error error, const Table &table);

/// Runs an INSERT whose keys the database makes, and again while its sequence comes to one of the keys that were given
/// to `given` rows of the same transaction. Throws Error, with a hint when the sequence is further behind.
template <class Run> auto insertPastGivenKeys(Connection &connection, const Table &table, std::size_t given, Run run)
{
    for (; given > 0 && connection.dialect().capabilities().savepoints; --given) {
        Savepoint savepoint = connection.savepoint();
        try {
            auto result = run();
            savepoint.release();
            return result;
        } catch (const Error &error) {
            if (!connection.isUsable() || !isTakenKey(table, error))
                throw;
            savepoint.rollback();
        }
    }
    try {
        return run();
    } catch (const Error &error) {
        throw withSequenceHint(error, table);
    }
}

} // namespace schemawright
