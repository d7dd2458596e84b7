#include "ui/workspace/plan_maker.h"

#include "ui/async/background.h"

#include <unordered_map>
#include <unordered_set>

namespace schemawright::ui {

namespace {

constexpr std::size_t plannedAtOnce = 200; // takes no longer than a frame

} // namespace

PlanInput PlanInput::of(const Session &session)
{
    return {session.sharedDialect(), session.baseline(), session.unitOfWork().sharedChanges(),
            session.versionColumns()};
}

Plan PlanInput::make(const std::stop_token &stop) const
{
    std::vector<const Change *> pointers;
    pointers.reserve(changes.size());
    for (const ChangePtr &change : changes)
        pointers.push_back(change.get());
    try {
        return buildPlan(*dialect, baseline, pointers, versions, stop);
    } catch (const Error &error) {
        if (error.kind == ErrorKind::Cancelled)
            throw;
        Plan plan;
        plan.problems.push_back({changes.empty() ? ChangeId::None : changes.front()->id, error});
        return plan;
    }
}

PlanOrder PlanOrder::of(const Plan &plan, const std::vector<ChangePtr> &changes)
{
    PlanOrder order;
    order.ids.reserve(changes.size());
    order.numbers.reserve(changes.size());
    std::unordered_set<ChangeId> planned;
    planned.reserve(changes.size());
    // What is set and looked at before and behind the changes of tables is no part of the order, where they have more.
    std::unordered_map<ChangeId, const Step *> lastOf; // of those that do the work
    const auto isAround = [](const Step &step) {
        return step.phase == Phase::Before || step.phase == Phase::Verify || step.phase == Phase::After;
    };
    for (const Step &step : plan.steps)
        if (step.change != ChangeId::None && !isAround(step))
            lastOf[step.change] = &step;
    std::unordered_set<ChangeId> drops; // a table is dropped by one of its statements, the last
    for (const ChangePtr &change : changes)
        if (change->isTable() && !change->tableAfter)
            drops.insert(change->id);
    int number = 0;
    const auto add = [&](ChangeId id) {
        if (id == ChangeId::None)
            return;
        planned.insert(id);
        order.ids.push_back(id);
        order.numbers.push_back(number);
    };
    ChangeId last = ChangeId::None;
    for (const Step &step : plan.steps) {
        const bool isOfLast = step.batch.empty() && step.change == last; // statements that belong together
        const bool isNobodys = step.batch.empty() && step.change == ChangeId::None;
        const auto known = lastOf.find(step.change);
        const bool isOnTheWay = known != lastOf.end() && known->second != &step && drops.contains(step.change);
        if (isNobodys || isOfLast || isOnTheWay || (isAround(step) && known != lastOf.end()))
            continue;
        last = step.batch.empty() ? step.change : step.batch.back().change;
        ++number;
        if (step.batch.empty())
            add(step.change);
        for (const BatchRow &row : step.batch) // one statement, so one number
            add(row.change);
    }
    for (const ChangePtr &change : changes) // what cannot be planned must still be seen
        if (!planned.contains(change->id))
            order.ids.push_back(change->id);
    order.numbers.resize(order.ids.size());
    return order;
}

PlanMaker::PlanMaker(const Session &session, QObject *parent) : QObject(parent), session_(session) {}

PlanMaker::Planned PlanMaker::makeAll(const PlanInput &input, const std::stop_token &stop)
{
    Planned result;
    result.plan = input.make(stop);
    result.order = PlanOrder::of(result.plan, input.changes);
    return result;
}

void PlanMaker::setPlan(Planned planned)
{
    if (order_->ids.size() > plannedAtOnce)
        dropInBackground(std::pair(std::move(plan_), std::move(order_)));
    plan_ = std::make_shared<const Plan>(std::move(planned.plan));
    order_ = std::make_shared<const PlanOrder>(std::move(planned.order));
}

PlanMaker::~PlanMaker() { stop_.request_stop(); }

/// Ends the work on an older list.
void PlanMaker::stop()
{
    stop_.request_stop();
    stop_ = std::stop_source();
}

void PlanMaker::make()
{
    stop();
    isReady_ = false;
    isPlanning_ = true;
    const auto take = [this, mine = stop_.get_token()](Planned made) {
        if (mine.stop_requested()) // a newer list is planned, or none is wanted
            return dropInBackground(std::move(made));
        setPlan(std::move(made));
        isPlanning_ = false;
        isReady_ = true;
        Q_EMIT planned();
    };
    const bool isShort = session_.unitOfWork().size() <= plannedAtOnce;
    if (!isShort)
        setPlan({});
    PlanInput input = PlanInput::of(session_);
    if (isShort)
        return take(makeAll(input, {}));
    runInBackground(
        this,
        [input = std::move(input), mine = stop_.get_token()] {
            try {
                return makeAll(input, mine);
            } catch (const Error &) { // given up
                return Planned();
            }
        },
        take);
}

void PlanMaker::cancel()
{
    if (!isPlanning_)
        return;
    stop();
    isPlanning_ = false;
    Q_EMIT planned();
}

} // namespace schemawright::ui
