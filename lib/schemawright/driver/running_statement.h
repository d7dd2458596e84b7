#pragma once

#include "schemawright/driver/driver.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace schemawright {

/// What a connection to a server and its cancellers share, so that a cancel may come from any thread and after the end.
struct CancelState
{
    virtual ~CancelState() = default;
    /// Ends what runs. Blocks while it connects.
    virtual void kill() noexcept = 0;

    std::mutex firing;                        ///< held while a cancel is on its way
    std::atomic<std::uint64_t> running = 0;   ///< the number of the running statement, 0 when idle
    std::atomic<std::uint64_t> cancelled = 0; ///< the number of the last statement that was to be cancelled
};

/// Cancels over a connection of its own, on a thread of its own.
class StatementCanceller final : public Canceller
{
public:
    explicit StatementCanceller(std::shared_ptr<CancelState> state) : state_(std::move(state)) {}
    void cancel() noexcept override;

private:
    std::shared_ptr<CancelState> state_;
};

/// Whoever reads the rows of the running statement; asked to take them all when another statement wants the connection.
class RowReader
{
public:
    virtual void takeAll() noexcept = 0;

protected:
    ~RowReader() = default;
};

/// The one who reads from a connection now, if anybody does.
class CurrentReader
{
public:
    void attach(RowReader *reader) noexcept { reader_ = reader; }
    void detach(const RowReader *reader) noexcept
    {
        if (reader_ == reader)
            reader_ = nullptr;
    }
    explicit operator bool() const noexcept { return reader_ != nullptr; }
    /// Another statement wants the connection.
    void takeAll() noexcept
    {
        if (reader_)
            reader_->takeAll();
        reader_ = nullptr;
    }

private:
    RowReader *reader_ = nullptr;
};

} // namespace schemawright
