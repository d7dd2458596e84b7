#pragma once

#include "schemawright/backends/qtsql/mysql_driver.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/url.h"

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include <unistd.h>

namespace schemawright::test {

/// Where the tests' MariaDB server is: MYSQL_SOCKET, MYSQL_USER and MYSQL_PWD; nothing without.
inline std::optional<ConnectArguments> mariadbServer()
{
    const auto given = [](const char *name) {
        const char *value = std::getenv(name);
        return std::string(value ? value : "");
    };
    ConnectArguments arguments;
    arguments.host = given("MYSQL_SOCKET");
    arguments.user = given("MYSQL_USER");
    arguments.password = given("MYSQL_PWD");
    if (arguments.host.empty())
        return std::nullopt;
    return arguments;
}

/// A database of the test's own, dropped with it.
class MariadbDatabase
{
public:
    explicit MariadbDatabase(const std::string &name) : MariadbDatabase(name, mariadbServer().value()) {}
    MariadbDatabase(const std::string &name, ConnectArguments server)
        : server_(std::move(server)), name_("sw_test_" + name + "_" + std::to_string(::getpid()))
    {
        addQtSqlBackends();
        server_.database.clear();
        const auto connection = MysqlDriver().open(server_);
        connection->execute("DROP DATABASE IF EXISTS " + name_);
        connection->execute("CREATE DATABASE " + name_ + " CHARACTER SET utf8mb4");
    }
    MariadbDatabase(const MariadbDatabase &) = delete;
    ~MariadbDatabase()
    {
        try {
            MysqlDriver().open(server_)->execute("DROP DATABASE IF EXISTS " + name_);
        } catch (const Error &) { // the server is gone, and the database with it
        }
    }

    const std::string &name() const { return name_; }
    ConnectArguments arguments() const
    {
        ConnectArguments own = server_;
        own.database = name_;
        return own;
    }
    Url url() const
    {
        Url url;
        url.scheme = "mysql";
        url.arguments = arguments();
        return url;
    }
    /// For programs that are told by URL.
    std::string urlText() const
    {
        return "mysql://" + server_.user + ":" + server_.password + "@/" + name_ + "?host=" + server_.host;
    }
    std::unique_ptr<DriverConnection> connect() const { return MysqlDriver().open(arguments()); }

private:
    ConnectArguments server_;
    std::string name_;
};

} // namespace schemawright::test
