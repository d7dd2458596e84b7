#include "schemawright/engine/deadline.h"

#include <utility>

namespace schemawright {

Deadline::Deadline(std::shared_ptr<Canceller> canceller)
    : canceller_(std::move(canceller)), thread_([this] { watch(); })
{}

Deadline::~Deadline()
{
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void Deadline::arm(std::chrono::milliseconds limit)
{
    {
        const std::scoped_lock lock(mutex_);
        end_ = Clock::now() + limit;
        expired_ = false;
    }
    changed_.notify_one();
}

void Deadline::disarm() noexcept
{
    const std::scoped_lock lock(mutex_);
    end_.reset();
}

bool Deadline::hasExpired() const
{
    const std::scoped_lock lock(mutex_);
    return expired_;
}

void Deadline::watch()
{
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (!end_) {
            changed_.wait(lock);
            continue;
        }
        const Clock::time_point end = *end_;
        if (Clock::now() < end) {
            changed_.wait_until(lock, end);
            continue;
        }
        end_.reset();
        expired_ = true;
        // The lock is kept, so that what is cancelled is this statement and not the one after it.
        canceller_->cancel();
    }
}

} // namespace schemawright
