#pragma once

// A PostgreSQL database for tests of the window, whose own thread may not wait for one: everything is asked on another.

#include "schemawright/engine/engine.h"
#include "support/postgres_database.h"

#include <future>
#include <memory>
#include <string>

namespace schemawright::test {

class PostgresForWindow
{
public:
    explicit PostgresForWindow(const std::string &name)
        : database_(std::async(std::launch::async, [name] { return std::make_unique<PostgresDatabase>(name); }).get())
    {
        url_.scheme = "postgresql";
        url_.arguments = database_->arguments();
    }
    PostgresForWindow(const PostgresForWindow &) = delete;
    ~PostgresForWindow()
    {
        std::async(std::launch::async, [this] { database_.reset(); }).get();
    }

    const Url &url() const noexcept { return url_; }
    ConnectArguments arguments() const { return url_.arguments; }
    void script(const std::string &sql) const
    {
        std::async(std::launch::async, [&] { Engine::open(url_).connect().executeScript(sql); }).get();
    }
    /// The first value of what a statement gives back.
    std::string ask(const std::string &sql) const
    {
        return std::async(std::launch::async,
                          [&] {
                              Connection connection = Engine::open(url_).connect();
                              Result result = connection.execute(sql);
                              const auto row = result.returnsRows() ? result.next() : std::nullopt;
                              return row ? (*row)[0].text() : std::string();
                          })
            .get();
    }
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

private:
    std::unique_ptr<PostgresDatabase> database_;
    Url url_;
};

} // namespace schemawright::test
