#pragma once

#include "schemawright/orm/session.h"

#include <QObject>

#include <memory>

namespace schemawright::ui {

/// A copy of all that a plan is made of, which another thread can work on.
struct PlanInput
{
    std::shared_ptr<const Dialect> dialect;
    MetaData baseline;
    std::vector<Change> changes;
    std::map<QualifiedName, std::string> versions;

    static PlanInput of(std::shared_ptr<const Dialect> dialect, const Session &session);
    /// What cannot be planned at all is a problem of the first change. Any thread.
    Plan make() const;
};

/// Keeps the plan of what is pending. Short lists are planned at once, long ones on another thread, so that the window
/// never waits for them; a newer list replaces one that is being planned. GUI thread.
class PlanMaker : public QObject
{
    Q_OBJECT
public:
    PlanMaker(std::shared_ptr<const Dialect> dialect, const Session &session, QObject *parent = nullptr);

    /// Plans what is pending now; planned() tells when it is there, before this returns for a short list.
    void make();
    /// Gives up the plan that is being made.
    void cancel();
    bool isPlanning() const noexcept { return isPlanning_; }
    /// Of what was pending at the last make(); empty until it is there.
    bool isReady() const noexcept { return isReady_; }
    const Plan &plan() const noexcept { return *plan_; }
    std::shared_ptr<const Plan> sharedPlan() const noexcept { return plan_; }

Q_SIGNALS:
    void planned();

private:
    std::shared_ptr<const Dialect> dialect_;
    const Session &session_;
    std::shared_ptr<const Plan> plan_ = std::make_shared<const Plan>();
    std::uint64_t wanted_ = 0; ///< grows with each make() and cancel(): an older plan is thrown away
    bool isPlanning_ = false, isReady_ = false;
};

} // namespace schemawright::ui
