#pragma once

// A driver that is as slow as one likes: SQLite behind a sleep in front of every call.

#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_driver.h"
#include "schemawright/base/blocking.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace schemawright::test {

/// What a test and the threads of the driver share.
struct SlowCalls
{
    std::atomic<int> milliseconds{0}; ///< how long each call takes from now on
    std::atomic<int> made{0};
    std::atomic<int> cancelled{0};
    /// Called with the SQL before it runs, on the lane's thread; may throw.
    std::function<void(std::string_view)> before;

    /// As a network does it: blocks the thread it is called on until the time is over or somebody cancels.
    void sleep()
    {
        assertMayBlock();
        ++made;
        std::unique_lock lock(mutex_);
        wantsEnd_ = false;
        if (wake_.wait_for(lock, std::chrono::milliseconds(milliseconds.load()), [this] { return wantsEnd_; })) {
            ++cancelled;
            throw Error(ErrorKind::Cancelled, "cancelled by the test's driver");
        }
    }
    void cancel() noexcept
    {
        const std::scoped_lock lock(mutex_);
        wantsEnd_ = true;
        wake_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable wake_;
    bool wantsEnd_ = false;
};

class SlowConnection final : public DriverConnection
{
public:
    SlowConnection(std::unique_ptr<DriverConnection> real, std::shared_ptr<SlowCalls> calls)
        : real_(std::move(real)), calls_(std::move(calls))
    {
    }
    std::unique_ptr<Cursor> execute(std::string_view sql, std::span<const Value> parameters) override
    {
        wait(sql);
        return real_->execute(sql, parameters);
    }
    void executeScript(std::string_view sql) override
    {
        wait(sql);
        real_->executeScript(sql);
    }
    std::int64_t executeMany(std::string_view sql, std::span<const std::vector<Value>> rows) override
    {
        wait(sql);
        return real_->executeMany(sql, rows);
    }
    std::shared_ptr<Canceller> canceller() const override
    {
        struct Both final : Canceller
        {
            std::shared_ptr<Canceller> real;
            std::shared_ptr<SlowCalls> calls;
            void cancel() noexcept override
            {
                real->cancel();
                calls->cancel();
            }
        };
        auto both = std::make_shared<Both>();
        both->real = real_->canceller();
        both->calls = calls_;
        return both;
    }
    std::string serverVersion() const override { return real_->serverVersion(); }
    bool isUsable() const noexcept override { return real_->isUsable(); }
    bool inTransaction() const noexcept override { return real_->inTransaction(); }

private:
    void wait(std::string_view sql)
    {
        calls_->sleep();
        if (calls_->before)
            calls_->before(sql);
    }

    std::unique_ptr<DriverConnection> real_;
    std::shared_ptr<SlowCalls> calls_;
};

class SlowDriver final : public Driver
{
public:
    explicit SlowDriver(std::shared_ptr<SlowCalls> calls) : calls_(std::move(calls)) {}
    std::unique_ptr<DriverConnection> open(const ConnectArguments &arguments) const override
    {
        calls_->sleep();
        return std::make_unique<SlowConnection>(SqliteDriver().open(arguments), calls_);
    }

private:
    std::shared_ptr<SlowCalls> calls_;
};

/// An engine on the SQLite file `path` whose calls go through `calls`.
inline Engine slowEngine(const std::string &path, const std::shared_ptr<SlowCalls> &calls)
{
    // Lives on: the engine's pool keeps the driver, not the registry.
    Registry registry;
    registry.add({"sqlite", std::make_shared<SqliteDialect>(), std::make_shared<SlowDriver>(calls)});
    EngineOptions options;
    options.registry = &registry;
    return Engine::open("sqlite:///" + path, options);
}

} // namespace schemawright::test
