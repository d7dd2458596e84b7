#pragma once

#include "schemawright/driver/driver.h"

namespace schemawright {

/// MySQL and MariaDB through Qt SQL's QMYSQL, the plugin of which must be installed (libqt6sql6-mysql).
///
/// Qt SQL opens the connection; statements run on its native handle (QSqlDriver::handle) by the prepared, binary
/// protocol. A QVariant has no place for 0000-00-00, 838:59:59, a decimal of 40 digits or the exact bits of a FLOAT,
/// and Qt SQL keeps whole results in memory. The plugin must use MariaDB's client library, as Debian's does.
///
/// `host` may be a socket's path. Options:
///   connect_timeout=10     seconds
///   sslmode=require        refuse a connection that is not encrypted; sslrootcert, sslcert, sslkey name files
///   time_zone=%2B00:00     of the session, in which TIMESTAMPs are shown; else the server's
///
/// How values travel: BIGINT UNSIGNED beyond 2^63-1 and DECIMAL are Decimals, BIT is its number, dates and times that
/// no calendar has are text, GEOMETRY is its bytes. An infinite double is refused. The session is strict
/// (STRICT_ALL_TABLES), so that a value that does not fit is an error instead of another value, and 0 is 0 in a column
/// that counts (NO_AUTO_VALUE_ON_ZERO).
///
/// affectedRows() counts the rows that a condition matched; -1 for what is neither INSERT, UPDATE, DELETE, REPLACE nor
/// CALL. A cancel is a KILL QUERY over a connection of its own.
class MysqlDriver final : public Driver
{
public:
    std::unique_ptr<DriverConnection> open(const ConnectArguments &arguments) const override;
};

/// Makes mysql:// URLs known to Engine::open(). To be called once, before threads start.
void addQtSqlBackends();

} // namespace schemawright
