#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace schemawright {

/// Keeps a slot connected to a Signal for as long as it lives. Movable; may outlive the signal.
class Subscription
{
public:
    Subscription() = default;
    explicit Subscription(std::shared_ptr<void> token) : token_(std::move(token)) {}

private:
    std::shared_ptr<void> token_;
};

/// A list of callbacks, for objects of one thread (no locks). Callbacks may subscribe and unsubscribe while it fires.
template <class... Args> class Signal
{
public:
    using Slot = std::function<void(Args...)>;

    [[nodiscard]] Subscription subscribe(Slot slot)
    {
        auto shared = std::make_shared<Slot>(std::move(slot));
        slots_.push_back(shared);
        return Subscription(shared);
    }

    void operator()(Args... args)
    {
        const auto current = slots_;
        for (const auto &weak : current)
            if (auto slot = weak.lock())
                (*slot)(args...);
        std::erase_if(slots_, [](const auto &weak) { return weak.expired(); });
    }

private:
    std::vector<std::weak_ptr<Slot>> slots_;
};

} // namespace schemawright
