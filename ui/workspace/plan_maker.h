#pragma once

#include "schemawright/orm/session.h"

#include <QObject>

#include <memory>
#include <stop_token>

namespace schemawright::ui {

/// All that a plan is made of, as another thread can work on it.
struct PlanInput
{
    std::shared_ptr<const Dialect> dialect;
    MetaData baseline;
    std::vector<ChangePtr> changes;
    std::map<QualifiedName, std::string> versions;

    static PlanInput of(const Session &session);
    /// What cannot be planned at all is a problem of the first change. Any thread. Throws Error(Cancelled) when `stop`
    /// is asked for.
    Plan make(const std::stop_token &stop = {}) const;
};

/// The pending changes as Commit runs them.
struct PlanOrder
{
    std::vector<ChangeId> ids; ///< those that cannot be planned last; one that is written in two steps stands twice
    std::vector<int> numbers;  ///< of the statement that writes each; 0 for those that cannot be planned

    static PlanOrder of(const Plan &plan, const std::vector<ChangePtr> &changes);
};

/// Keeps the plan of what is pending. Short lists are planned at once, long ones on another thread, so that the window
/// never waits for them; a newer list replaces one that is being planned. GUI thread.
class PlanMaker : public QObject
{
    Q_OBJECT
public:
    explicit PlanMaker(const Session &session, QObject *parent = nullptr);
    ~PlanMaker() override;

    /// Plans what is pending now; planned() tells when it is there, before this returns for a short list.
    void make();
    /// Gives up the plan that is being made.
    void cancel();
    bool isPlanning() const noexcept { return isPlanning_; }
    /// Of what was pending at the last make(); empty until it is there.
    bool isReady() const noexcept { return isReady_; }
    const Plan &plan() const noexcept { return *plan_; }
    std::shared_ptr<const Plan> sharedPlan() const noexcept { return plan_; }
    /// Of the same plan.
    const PlanOrder &order() const noexcept { return *order_; }

Q_SIGNALS:
    void planned();

private:
    struct Planned
    {
        Plan plan;
        PlanOrder order;
    };
    static Planned makeAll(const PlanInput &input, const std::stop_token &stop);
    void setPlan(Planned planned);
    void stop();

    const Session &session_;
    std::shared_ptr<const Plan> plan_ = std::make_shared<const Plan>();
    std::shared_ptr<const PlanOrder> order_ = std::make_shared<const PlanOrder>();
    std::stop_source stop_; ///< of the plan that is being made
    bool isPlanning_ = false, isReady_ = false;
};

} // namespace schemawright::ui
