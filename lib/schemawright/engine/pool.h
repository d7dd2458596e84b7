#pragma once

#include "schemawright/driver/driver.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

namespace schemawright {

/// How connections are kept.
struct PoolOptions
{
    enum class Kind {
        Queue,  ///< kept open and lent out again
        Null,   ///< opened for each use and closed after it
        Single, ///< one connection for all, lent to one user at a time: a memory database
    };
    Kind kind = Kind::Queue;
    std::size_t size = 5;                      ///< kept open
    std::size_t overflow = 10;                 ///< opened beyond that when all are lent, closed on return
    std::chrono::milliseconds timeout{30'000}; ///< how long acquire() waits when all are lent
    std::chrono::seconds recycle{0};           ///< replaced when older; 0 never
    bool prePing = false;                      ///< ask a kept connection for a sign of life before lending it
    bool resetOnReturn = true; ///< roll back what was left open when a connection comes back; else it is closed
};

/// Lends out connections. Thread-safe; lives as long as somebody holds a lent connection.
class Pool : public std::enable_shared_from_this<Pool>
{
public:
    using Open = std::function<std::unique_ptr<DriverConnection>()>;
    /// Runs a statement that must succeed; throws when the connection is dead.
    using Ping = std::function<void(DriverConnection &)>;

    Pool(PoolOptions options, Open open, Ping ping);

    /// One connection, given back when destroyed: an open transaction is rolled back, a dead connection thrown away,
    /// and with it all that are kept, since the server that ended one has ended them all.
    class Lease
    {
    public:
        Lease(std::shared_ptr<Pool> pool, std::unique_ptr<DriverConnection> connection, std::uint64_t generation,
              std::chrono::steady_clock::time_point opened);
        ~Lease();
        Lease(Lease &&) = default;
        Lease &operator=(Lease &&) = delete;
        DriverConnection &operator*() const noexcept { return *connection_; }
        DriverConnection *operator->() const noexcept { return connection_.get(); }
        /// It will be closed, not kept, when given back.
        void invalidate() noexcept { usable_ = false; }

    private:
        std::shared_ptr<Pool> pool_;
        std::unique_ptr<DriverConnection> connection_;
        std::uint64_t generation_;
        std::chrono::steady_clock::time_point opened_;
        bool usable_ = true;
    };

    /// Throws Error(Timeout) when none gets free in time, or what opening throws.
    Lease acquire();
    /// Opens connections ahead of their use, as many as are kept at most. Throws what opening throws.
    void fill(std::size_t count);
    /// Closes what is kept; lent connections are closed when they come back. acquire() opens anew.
    void dispose();

    struct Status
    {
        std::size_t idle = 0, lent = 0;
    };
    Status status() const;

private:
    struct Idle
    {
        std::unique_ptr<DriverConnection> connection;
        std::chrono::steady_clock::time_point opened;
    };
    void giveBack(std::unique_ptr<DriverConnection> connection, std::uint64_t generation,
                  std::chrono::steady_clock::time_point opened, bool usable) noexcept;
    bool isFresh(Idle &idle) const;

    const PoolOptions options_;
    const Open open_;
    const Ping ping_;
    mutable std::mutex mutex_;
    std::condition_variable returned_;
    std::list<Idle> idle_;
    std::size_t lent_ = 0;
    std::uint64_t generation_ = 0; // dispose() makes all older connections stale
};

} // namespace schemawright
