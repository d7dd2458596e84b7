#include "schemawright/engine/pool.h"

#include "schemawright/base/blocking.h"
#include "schemawright/base/error.h"

#include <algorithm>

namespace schemawright {

using Clock = std::chrono::steady_clock;

Pool::Lease::Lease(std::shared_ptr<Pool> pool, std::unique_ptr<DriverConnection> connection, std::uint64_t generation,
                   Clock::time_point opened)
    : pool_(std::move(pool)), connection_(std::move(connection)), generation_(generation), opened_(opened)
{}

Pool::Lease::~Lease()
{
    if (pool_)
        pool_->giveBack(std::move(connection_), generation_, opened_, usable_);
}

Pool::Pool(PoolOptions options, Open open, Ping ping)
    : options_(options), open_(std::move(open)), ping_(std::move(ping))
{}

bool Pool::isFresh(Idle &idle) const
{
    if (!idle.connection->isUsable())
        return false;
    if (options_.recycle.count() > 0 && Clock::now() - idle.opened > options_.recycle)
        return false;
    if (!options_.prePing)
        return true;
    try {
        ping_(*idle.connection);
        return true;
    } catch (const Error &) {
        return false;
    }
}

Pool::Lease Pool::acquire()
{
    assertMayBlock();
    const std::size_t limit = options_.kind == PoolOptions::Kind::Single ? 1 : options_.size + options_.overflow;
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, options_.timeout, [&] { return lent_ < limit; }))
        throw Error(ErrorKind::Timeout, "all connections of the pool are in use")
            .withHint("Give connections back sooner, or raise the pool's size or overflow.");
    ++lent_;
    const std::uint64_t generation = generation_;
    std::list<Idle> candidates;
    candidates.swap(idle_);
    lock.unlock(); // a ping or an open may take long and must not hold up others

    Idle chosen;
    while (!candidates.empty() && !chosen.connection) {
        Idle idle = std::move(candidates.front());
        candidates.pop_front();
        if (isFresh(idle))
            chosen = std::move(idle);
    }
    if (!candidates.empty()) {
        const std::scoped_lock again(mutex_);
        if (generation == generation_)
            idle_.splice(idle_.end(), candidates);
    }
    try {
        if (!chosen.connection)
            chosen = {open_(), Clock::now()};
    } catch (...) {
        const std::scoped_lock again(mutex_);
        --lent_;
        returned_.notify_one();
        throw;
    }
    return Lease(shared_from_this(), std::move(chosen.connection), generation, chosen.opened);
}

void Pool::giveBack(std::unique_ptr<DriverConnection> connection, std::uint64_t generation, Clock::time_point opened,
                    bool usable) noexcept
{
    try {
        if (usable && connection->isUsable() && connection->inTransaction()) {
            if (options_.resetOnReturn)
                connection->executeScript("ROLLBACK");
            else
                usable = false;
        }
    } catch (...) {
        usable = false;
    }
    const bool isLost = !connection->isUsable();
    usable = usable && !isLost && options_.kind != PoolOptions::Kind::Null;
    std::list<Idle> closing; // closed outside the lock
    {
        const std::scoped_lock lock(mutex_);
        --lent_;
        if (isLost && generation == generation_) {
            ++generation_;
            closing.swap(idle_);
        }
        if (usable && generation == generation_ && idle_.size() < options_.size)
            idle_.push_front({std::move(connection), opened}); // last used, first lent: the warm one
    }
    returned_.notify_one();
}

void Pool::fill(std::size_t count)
{
    std::list<Idle> opened;
    const std::size_t most = options_.kind == PoolOptions::Kind::Null     ? 0
                             : options_.kind == PoolOptions::Kind::Single ? 1
                                                                          : options_.size;
    const Status now = status();
    const std::size_t alone = options_.kind == PoolOptions::Kind::Single ? now.lent : 0;
    for (std::size_t kept = now.idle + alone; kept < std::min(count, most); ++kept)
        opened.push_back({open_(), Clock::now()});
    const std::scoped_lock lock(mutex_);
    idle_.splice(idle_.end(), opened);
}

void Pool::dispose()
{
    std::list<Idle> closing; // closed outside the lock
    const std::scoped_lock lock(mutex_);
    ++generation_;
    closing.swap(idle_);
}

Pool::Status Pool::status() const
{
    const std::scoped_lock lock(mutex_);
    return {idle_.size(), lent_};
}

} // namespace schemawright
