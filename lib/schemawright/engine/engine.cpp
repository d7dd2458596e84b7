#include "schemawright/engine/engine.h"

#include "schemawright/backends/builtin.h"

#include <mutex>

namespace schemawright {

/// That of the kind of database, and that of the first server which was met.
struct Engine::Dialects
{
    explicit Dialects(std::shared_ptr<const Dialect> dialect) : common(std::move(dialect)) {}

    const std::shared_ptr<const Dialect> common;
    std::mutex mutex;
    std::shared_ptr<const Dialect> known;
};

Engine Engine::open(std::string_view url, EngineOptions options) { return open(Url::parse(url), std::move(options)); }

Engine Engine::open(Url url, EngineOptions options)
{
    const Registry &registry = options.registry ? *options.registry : builtinBackends();
    const Backend *backend = registry.find(url.driver.empty() ? url.scheme : url.scheme + "+" + url.driver);
    if (!backend || !backend->driver) {
        std::string known;
        for (const Backend &each : registry.backends())
            if (each.driver)
                known += (known.empty() ? "" : ", ") + each.scheme;
        throw Error(ErrorKind::Unsupported, "no driver for '" + url.scheme + "' databases")
            .withHint("Known here: " + known + ".");
    }
    if (options.readOnly)
        url.arguments.readOnly = true;
    if (url.isMemory())
        options.pool.kind = PoolOptions::Kind::Single;

    Engine engine;
    engine.url_ = url;
    engine.dialects_ = std::make_shared<Dialects>(backend->dialect);
    engine.log_ = std::make_shared<StatementLog>();
    engine.connection_ = options.connection;
    const auto connect = [driver = backend->driver, arguments = url.arguments, onConnect = options.onConnect] {
        auto connection = driver->open(arguments);
        if (onConnect)
            onConnect(*connection);
        return connection;
    };
    const auto ping = [](DriverConnection &connection) { connection.execute("SELECT 1"); };
    engine.pool_ = std::make_shared<Pool>(options.pool, connect, ping);
    return engine;
}

Connection Engine::connect() const
{
    Pool::Lease lease = pool_->acquire();
    std::shared_ptr<const Dialect> dialect = dialects_->common->forServer(lease->serverVersion());
    if (!dialect)
        dialect = dialects_->common;
    {
        const std::scoped_lock lock(dialects_->mutex);
        if (!dialects_->known)
            dialects_->known = dialect;
    }
    return Connection(std::move(lease), std::move(dialect), log_, connection_);
}

std::shared_ptr<const Dialect> Engine::sharedDialect() const noexcept
{
    const std::scoped_lock lock(dialects_->mutex);
    return dialects_->known ? dialects_->known : dialects_->common;
}

} // namespace schemawright
