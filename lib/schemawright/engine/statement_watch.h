#pragma once

#include "schemawright/engine/statement_log.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemawright {

/// Measures one statement from its making to report().
struct StatementWatch
{
    using SystemClock = std::chrono::system_clock;
    using SteadyClock = std::chrono::steady_clock;

    SystemClock::time_point wall = SystemClock::now();
    SteadyClock::time_point start = SteadyClock::now();

    void report(const StatementLog &log, std::string sql, std::vector<Value> parameters, std::int64_t rows,
                const Error *error, bool ofReflection = false) const
    {
        const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - start);
        log.add({std::move(sql), std::move(parameters), wall, duration, rows,
                 error ? std::optional<Error>(*error) : std::nullopt, ofReflection});
    }
};

} // namespace schemawright
