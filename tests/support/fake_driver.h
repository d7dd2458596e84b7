#pragma once

// A driver that answers when one likes: SQLite behind a gate in front of every call.

#include "schemawright/backends/sqlite/sqlite_dialect.h"
#include "schemawright/backends/sqlite/sqlite_driver.h"
#include "schemawright/base/blocking.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace schemawright::test {

/// What a test and the threads of the driver share. While it is held no call comes back, as when the server is far
/// away or busy: a thread that waits for one waits until the test lets it go, or cancels.
struct SlowCalls
{
    std::atomic<int> cancelled{0};
    /// Called with the SQL before it runs, on the lane's thread; may throw.
    std::function<void(std::string_view)> before;

    void hold()
    {
        const std::scoped_lock lock(mutex_);
        isHeld_ = true;
    }
    void letGo()
    {
        const std::scoped_lock lock(mutex_);
        isHeld_ = false;
        wake_.notify_all();
    }
    /// Lets the call that waits, or the next one, come back; those after it wait again.
    void letOne()
    {
        const std::scoped_lock lock(mutex_);
        ++allowed_;
        wake_.notify_all();
    }
    /// Calls that wait now.
    int waiting() const { return waiting_; }
    /// Calls that came back.
    int made() const { return made_; }

    void pass()
    {
        assertMayBlock();
        std::unique_lock lock(mutex_);
        wantsEnd_ = false;
        ++waiting_;
        wake_.wait(lock, [this] { return !isHeld_ || allowed_ > 0 || wantsEnd_; });
        --waiting_;
        if (wantsEnd_) {
            ++cancelled;
            throw Error(ErrorKind::Cancelled, "cancelled by the test's driver");
        }
        if (isHeld_)
            --allowed_;
        ++made_;
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
    bool isHeld_ = false, wantsEnd_ = false;
    int allowed_ = 0;
    std::atomic<int> waiting_{0}, made_{0};
};

class SlowConnection final : public DriverConnection
{
public:
    SlowConnection(std::unique_ptr<DriverConnection> real, std::shared_ptr<SlowCalls> calls)
        : real_(std::move(real)), calls_(std::move(calls))
    {}
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
        calls_->pass();
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
        calls_->pass();
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
