#pragma once

#include "schemawright/base/error.h"
#include "schemawright/value/value.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

/// One statement that was sent to a database.
struct StatementEvent
{
    std::string sql;
    std::vector<Value> parameters; ///< of the first row only for an executemany
    std::chrono::system_clock::time_point start;
    std::chrono::microseconds duration{};
    std::int64_t rows = -1; ///< read or affected; -1 unknown
    std::optional<Error> error;
    bool ofReflection = false; ///< asked to learn what is in the database, not by whoever uses the connection
};

/// Tells observers of every statement an engine runs: what the program does can be seen. Thread-safe; observers are
/// called on the thread that ran the statement, must not throw and must not block.
class StatementLog
{
public:
    using Observer = std::function<void(const StatementEvent &)>;

    /// Called after each statement. Observers stay for the life of the log.
    void observe(Observer observer) { keep(after_, std::move(observer)); }
    /// Called before each statement, with its text, parameters and start.
    void observeBefore(Observer observer) { keep(before_, std::move(observer)); }
    /// Called after each statement that failed.
    void observeErrors(Observer observer)
    {
        observe([observer = std::move(observer)](const StatementEvent &event) {
            if (event.error)
                observer(event);
        });
    }
    bool isObserved() const
    {
        const std::scoped_lock lock(mutex_);
        return !after_.empty();
    }
    bool isObservedBefore() const
    {
        const std::scoped_lock lock(mutex_);
        return !before_.empty();
    }
    void add(const StatementEvent &event) const { tell(after_, event); }
    void addBefore(const StatementEvent &event) const { tell(before_, event); }

private:
    void keep(std::vector<Observer> &observers, Observer observer)
    {
        const std::scoped_lock lock(mutex_);
        observers.push_back(std::move(observer));
    }
    void tell(const std::vector<Observer> &observers, const StatementEvent &event) const
    {
        std::vector<Observer> current;
        {
            const std::scoped_lock lock(mutex_);
            current = observers;
        }
        for (const Observer &observer : current)
            observer(event);
    }

    mutable std::mutex mutex_;
    std::vector<Observer> before_, after_;
};

} // namespace schemawright
