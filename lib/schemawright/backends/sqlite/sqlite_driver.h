#pragma once

#include "schemawright/driver/driver.h"

namespace schemawright {

/// SQLite through its C API. The only place that knows sqlite3.h.
///
/// `database` is a file path in UTF-8, or ":memory:". A connection has foreign keys on and is verified before open()
/// returns: a file that is none of SQLite's, is cut short, is locked or not there is told at once. Options:
///   create=true        make the file when it is not there (else Error(NotFound))
///   busy_timeout=5000  milliseconds to wait for another program's lock; a cancel ends the wait
///   foreign_keys=off   do not enforce them
///
/// How values travel: nothing is changed on the way out, whatever the declared type of a column says. On the way in,
/// booleans become 0 and 1, dates and times ISO text. A Decimal is bound as text: a column with a numeric affinity makes
/// the number of it that SQLite would make of the same digits in SQL, and a TEXT column keeps them as they are. A NaN is
/// refused, since SQLite would store NULL in its place.
///
/// affectedRows() counts what the statement itself changed, not its triggers; -1 for an INSTEAD OF trigger on a view,
/// of which SQLite does not say, and for what is neither INSERT, UPDATE, DELETE nor REPLACE.
class SqliteDriver final : public Driver
{
public:
    std::unique_ptr<DriverConnection> open(const ConnectArguments &arguments) const override;
};

} // namespace schemawright
