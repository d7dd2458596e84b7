#pragma once

#include "support/postgres_database.h"
#include "support/server_for_window.h"

#include <string>

namespace schemawright::test {

class PostgresForWindow : public ServerForWindow<PostgresDatabase>
{
public:
    explicit PostgresForWindow(const std::string &name) : ServerForWindow("postgresql", name) {}
    void endAllConnections() const
    {
        ask("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid "
            "<> pg_backend_pid()");
    }
    /// Sessions that keep a transaction open while nobody works in it.
    std::string idleInTransaction() const
    {
        return ask(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'");
    }
};

} // namespace schemawright::test
