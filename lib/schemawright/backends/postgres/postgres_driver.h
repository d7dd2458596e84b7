#pragma once

#include "schemawright/driver/driver.h"

namespace schemawright {

/// Opens PostgreSQL databases (servers 12 and later) through libpq.
///
/// `host` may be a socket directory. Options are libpq's keywords (sslmode, connect_timeout, application_name…), and
/// statement_cache_size (64; 0 for a pooler that does not keep a session together). Reads stream row by row; when
/// another statement begins meanwhile, the rest of the rows is taken into memory. Values come as the server prints
/// them, with ISO dates and all digits; what no Value can hold exactly stays text.
class PostgresDriver final : public Driver
{
public:
    std::unique_ptr<DriverConnection> open(const ConnectArguments &arguments) const override;
};

} // namespace schemawright
