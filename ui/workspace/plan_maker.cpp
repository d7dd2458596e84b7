#include "ui/workspace/plan_maker.h"

#include "ui/async/background.h"

namespace schemawright::ui {

namespace {

constexpr std::size_t plannedAtOnce = 200; // takes no longer than a frame

} // namespace

PlanInput PlanInput::of(std::shared_ptr<const Dialect> dialect, const Session &session, std::vector<Change> changes)
{
    return {std::move(dialect), session.baseline(), std::move(changes), session.versionColumns()};
}

Plan PlanInput::make(const std::stop_token &stop) const
{
    std::vector<const Change *> pointers;
    pointers.reserve(changes.size());
    for (const Change &change : changes)
        pointers.push_back(&change);
    try {
        return buildPlan(*dialect, baseline, pointers, versions, stop);
    } catch (const Error &error) {
        if (error.kind == ErrorKind::Cancelled)
            throw;
        Plan plan;
        plan.problems.push_back({changes.empty() ? ChangeId::None : changes.front().id, error});
        return plan;
    }
}

PlanMaker::PlanMaker(std::shared_ptr<const Dialect> dialect, const Session &session, QObject *parent)
    : QObject(parent), dialect_(std::move(dialect)), session_(session), copy_(session)
{}

void PlanMaker::setPlan(Plan plan)
{
    if (plan_->steps.size() > plannedAtOnce)
        dropInBackground(std::move(plan_));
    plan_ = std::make_shared<const Plan>(std::move(plan));
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
    const auto take = [this, mine = stop_.get_token()](Plan plan) {
        if (mine.stop_requested()) // a newer list is planned, or none is wanted
            return dropInBackground(std::move(plan));
        setPlan(std::move(plan));
        isPlanning_ = false;
        isReady_ = true;
        Q_EMIT planned();
    };
    const bool isShort = session_.unitOfWork().size() <= plannedAtOnce;
    if (!isShort)
        setPlan({});
    copy_.take([this, isShort, take](std::vector<Change> changes) {
        PlanInput input = PlanInput::of(dialect_, session_, std::move(changes));
        if (isShort)
            return take(input.make());
        runInBackground(
            this,
            [input = std::move(input), mine = stop_.get_token()] {
                try {
                    return input.make(mine);
                } catch (const Error &) { // given up
                    return Plan();
                }
            },
            take);
    });
}

void PlanMaker::cancel()
{
    if (!isPlanning_)
        return;
    stop();
    copy_.cancel();
    isPlanning_ = false;
    Q_EMIT planned();
}

} // namespace schemawright::ui
