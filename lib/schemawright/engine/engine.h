#pragma once

#include "schemawright/dialect/registry.h"
#include "schemawright/engine/connection.h"
#include "schemawright/engine/pool.h"
#include "schemawright/engine/statement_log.h"
#include "schemawright/engine/url.h"

#include <functional>
#include <memory>
#include <string_view>

namespace schemawright {

/// How an Engine behaves beyond its URL.
struct EngineOptions
{
    PoolOptions pool;
    bool readOnly = false;
    ConnectionOptions connection; ///< what each connection begins with
    /// Called with each connection that is opened, before its first use: PRAGMAs, SET search_path… What it throws,
    /// connect() throws.
    std::function<void(DriverConnection &)> onConnect;
    /// Where the URL's scheme is looked up; null for the built-in backends.
    const Registry *registry = nullptr;
};

/// The way to a database: its URL, dialect, pool of connections and statement log. Opens no connection until asked to.
/// Thread-safe; must outlive nothing: connections keep what they need.
///
///     Engine engine = Engine::open("sqlite:///music.db");
///     Value n = engine.connect().execute("SELECT count(*) FROM track").scalar();
class Engine
{
public:
    /// Throws Error(Misuse) for a URL that cannot be understood, Error(Unsupported) for an unknown database or driver.
    static Engine open(std::string_view url, EngineOptions options = {});
    static Engine open(Url url, EngineOptions options = {});

    /// Blocks; throws Error(Connect, Auth, NotFound, Permission, Corrupt, Busy, Timeout).
    Connection connect() const;

    const Url &url() const noexcept { return url_; }
    /// That of the server, once a connection has told which it is; before, what all of its kind have in common.
    const Dialect &dialect() const noexcept { return *sharedDialect(); } // both live as long as the engine
    std::shared_ptr<const Dialect> sharedDialect() const noexcept;
    StatementLog &log() const noexcept { return *log_; }
    Pool &pool() const noexcept { return *pool_; }

private:
    Engine() = default;
    Url url_;
    struct Dialects;
    std::shared_ptr<Dialects> dialects_;
    std::shared_ptr<StatementLog> log_;
    std::shared_ptr<Pool> pool_;
    ConnectionOptions connection_;
};

} // namespace schemawright
