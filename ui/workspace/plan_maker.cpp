#include "ui/workspace/plan_maker.h"

#include "ui/async/background.h"

namespace schemawright::ui {

namespace {

constexpr std::size_t plannedAtOnce = 200; // takes no longer than a frame

} // namespace

PlanInput PlanInput::of(std::shared_ptr<const Dialect> dialect, const Session &session)
{
    PlanInput input{std::move(dialect), session.baseline(), {}, session.versionColumns()};
    const auto changes = session.unitOfWork().changes();
    input.changes.reserve(changes.size());
    for (const Change *change : changes)
        input.changes.push_back(*change);
    return input;
}

Plan PlanInput::make() const
{
    std::vector<const Change *> pointers;
    pointers.reserve(changes.size());
    for (const Change &change : changes)
        pointers.push_back(&change);
    try {
        return buildPlan(*dialect, baseline, pointers, versions);
    } catch (const Error &error) {
        Plan plan;
        plan.problems.push_back({changes.empty() ? ChangeId::None : changes.front().id, error});
        return plan;
    }
}

PlanMaker::PlanMaker(std::shared_ptr<const Dialect> dialect, const Session &session, QObject *parent)
    : QObject(parent), dialect_(std::move(dialect)), session_(session)
{}

void PlanMaker::make()
{
    const std::uint64_t mine = ++wanted_;
    isReady_ = false;
    PlanInput input = PlanInput::of(dialect_, session_);
    const auto take = [this, mine](Plan plan) {
        if (mine != wanted_)
            return;
        plan_ = std::make_shared<const Plan>(std::move(plan));
        isPlanning_ = false;
        isReady_ = true;
        Q_EMIT planned();
    };
    isPlanning_ = true;
    if (input.changes.size() <= plannedAtOnce)
        return take(input.make());
    plan_ = std::make_shared<const Plan>();
    runInBackground(
        this, [input = std::move(input)] { return input.make(); }, take);
}

void PlanMaker::cancel()
{
    if (!isPlanning_)
        return;
    ++wanted_;
    isPlanning_ = false;
    Q_EMIT planned();
}

} // namespace schemawright::ui
