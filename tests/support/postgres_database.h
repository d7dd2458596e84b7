#pragma once

#include "schemawright/backends/postgres/postgres_driver.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/url.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

namespace schemawright::test {

/// Where the tests' PostgreSQL server is: SCHEMAWRIGHT_TEST_PG_URL, else PGHOST, PGPORT and PGUSER; nothing without.
inline std::optional<ConnectArguments> postgresServer()
{
    if (const char *url = std::getenv("SCHEMAWRIGHT_TEST_PG_URL"); url && *url)
        return Url::parse(url).arguments;
    const char *host = std::getenv("PGHOST");
    if (!host || !*host)
        return std::nullopt;
    ConnectArguments arguments;
    arguments.host = host;
    if (const char *port = std::getenv("PGPORT"))
        arguments.port = std::atoi(port);
    if (const char *user = std::getenv("PGUSER"))
        arguments.user = user;
    arguments.database = "postgres";
    return arguments;
}

/// A database of the test's own, dropped with it.
class PostgresDatabase
{
public:
    explicit PostgresDatabase(const std::string &name) : PostgresDatabase(name, postgresServer().value()) {}
    PostgresDatabase(const std::string &name, ConnectArguments server)
        : server_(std::move(server)), name_("sw_test_" + name + "_" + std::to_string(::getpid()))
    {
        const auto connection = PostgresDriver().open(server_);
        connection->execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
        connection->execute("CREATE DATABASE " + name_ + " TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'");
    }
    PostgresDatabase(const PostgresDatabase &) = delete;
    ~PostgresDatabase()
    {
        try {
            PostgresDriver().open(server_)->execute("DROP DATABASE IF EXISTS " + name_ + " WITH (FORCE)");
        } catch (const Error &) { // the server is gone, and the database with it
        }
    }

    ConnectArguments arguments() const
    {
        ConnectArguments own = server_;
        own.database = name_;
        return own;
    }
    /// For programs that are told by URL.
    std::string url() const
    {
        const bool isSocket = server_.host.starts_with('/');
        return "postgresql://" + server_.user + (server_.password.empty() ? "" : ":" + server_.password) + "@" +
               (isSocket ? "" : server_.host + ":" + std::to_string(server_.port)) + "/" + name_ +
               (isSocket ? "?host=" + server_.host + "&port=" + std::to_string(server_.port) : "");
    }
    std::unique_ptr<DriverConnection> connect() const { return PostgresDriver().open(arguments()); }

private:
    ConnectArguments server_;
    std::string name_;
};

} // namespace schemawright::test
