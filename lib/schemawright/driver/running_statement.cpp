#include "schemawright/driver/running_statement.h"

#include <thread>

namespace schemawright {

void StatementCanceller::cancel() noexcept
{
    const std::uint64_t number = state_->running;
    if (number == 0)
        return;
    state_->cancelled = number;
    try {
        // It connects, and waits for that, which no caller of this should.
        std::thread([state = state_, number] {
            const std::scoped_lock lock(state->firing);
            if (state->running == number)
                state->kill();
        }).detach();
    } catch (...) { // no thread to be had: the statement goes on
    }
}

} // namespace schemawright
