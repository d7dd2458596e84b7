#pragma once

// A server's database for tests of the window, whose own thread may not wait for one: everything is asked on another.

#include "schemawright/engine/engine.h"

#include <future>
#include <memory>
#include <string>

namespace schemawright::test {

/// `Database` is a PostgresDatabase or a MariadbDatabase.
template <class Database> class ServerForWindow
{
public:
    ServerForWindow(const std::string &scheme, const std::string &name)
        : database_(std::async(std::launch::async, [name] { return std::make_unique<Database>(name); }).get())
    {
        url_.scheme = scheme;
        url_.arguments = database_->arguments();
    }
    ServerForWindow(const ServerForWindow &) = delete;
    ~ServerForWindow()
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

private:
    std::unique_ptr<Database> database_;
    Url url_;
};

} // namespace schemawright::test
