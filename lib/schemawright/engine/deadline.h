#pragma once

#include "schemawright/driver/driver.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace schemawright {

/// Cancels a connection's statement when it takes longer than it may. One for each connection; its thread exists only
/// while a timeout is set. arm() and disarm() belong to the connection's thread.
class Deadline
{
public:
    explicit Deadline(std::shared_ptr<Canceller> canceller);
    ~Deadline();
    Deadline(const Deadline &) = delete;
    Deadline &operator=(const Deadline &) = delete;

    /// From now on until disarm(), or until `limit` is over and the statement is cancelled.
    void arm(std::chrono::milliseconds limit);
    void disarm() noexcept;
    /// True when the statement that was armed last was cancelled for its time.
    bool hasExpired() const;

private:
    using Clock = std::chrono::steady_clock;
    void watch();

    const std::shared_ptr<Canceller> canceller_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Clock::time_point> end_;
    bool expired_ = false;
    bool stopping_ = false;
    std::thread thread_; // the last: it uses all of the above
};

} // namespace schemawright
