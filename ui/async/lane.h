#pragma once

#include "schemawright/engine/engine.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace schemawright::ui {

/// A job given to a Lane. Copyable; cancelling after the end does nothing.
class Job
{
public:
    Job() = default;
    /// Stops the job: one that waits never runs, one that runs is interrupted in the database. Its `failed` is called
    /// with Error(Cancelled) unless it had finished already. Never blocks; GUI thread.
    void cancel();
    /// Stops the job and forgets its receiver: neither `done` nor `failed` will be called.
    void abandon();
    /// True until its `done` or `failed` was called, or it was abandoned.
    bool isActive() const;

private:
    friend class Lane;
    friend class LaneThread;
    struct State;
    explicit Job(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
};

/// One thread with one pooled connection that runs jobs first in, first out, so that no database call is ever made on
/// the GUI thread. A job captures values only and gets the connection; its result comes back as a value on the GUI
/// thread, and is dropped when the receiver is gone. The connection is opened by the first job, and opened again after
/// it was lost.
///
/// Lives on the GUI thread. Destroying it cancels what runs and does not wait for it.
///
///     lane.run(this, tr("Counting rows"),
///              [sql](Connection &connection, std::stop_token) { return connection.execute(sql).scalar(); },
///              [this](Value count) { show(count); }, [this](const Error &error) { show(error); });
class Lane : public QObject
{
    Q_OBJECT
public:
    using Failed = std::function<void(const Error &)>;

    explicit Lane(Engine engine, QObject *parent = nullptr);
    ~Lane() override;

    /// Queues `work(Connection &, std::stop_token) -> R`; then calls `done(R)`, or `done()` when R is void, or
    /// `failed`.
    template <class Work, class Done>
    Job run(QObject *receiver, const QString &title, Work work, Done done, Failed failed)
    {
        using R = std::invoke_result_t<Work &, Connection &, std::stop_token>;
        // Shared, so that move-only captures and results fit into copyable functions.
        auto sharedWork = std::make_shared<Work>(std::move(work));
        auto sharedDone = std::make_shared<Done>(std::move(done));
        if constexpr (std::is_void_v<R>)
            return enqueue(
                receiver, title,
                [sharedWork](Connection &connection, std::stop_token stop) {
                    (*sharedWork)(connection, stop);
                    return std::shared_ptr<void>();
                },
                [sharedDone](const std::shared_ptr<void> &) { (*sharedDone)(); }, std::move(failed));
        else
            return enqueue(
                receiver, title,
                [sharedWork](Connection &connection, std::stop_token stop) -> std::shared_ptr<void> {
                    return std::make_shared<R>((*sharedWork)(connection, stop));
                },
                [sharedDone](const std::shared_ptr<void> &result) {
                    (*sharedDone)(std::move(*static_cast<R *>(result.get())));
                },
                std::move(failed));
    }

    /// Cancels the running and all waiting jobs.
    void cancelAll();
    /// True until the last reply was delivered.
    bool isBusy() const;
    /// The title of what runs now; empty when idle.
    QString currentTitle() const;
    /// Gives the connection back before the next job, which then opens a new one.
    void reconnect();

    /// For the end of main(): waits until the threads of all destroyed lanes are gone; false when some did not end in
    /// time.
    static bool waitForThreads(int milliseconds);

Q_SIGNALS:
    /// A job started or ended. GUI thread.
    void activityChanged();

protected:
    bool event(QEvent *event) override;

private:
    using ErasedWork = std::function<std::shared_ptr<void>(Connection &, std::stop_token)>;
    using ErasedDone = std::function<void(const std::shared_ptr<void> &)>;
    friend class LaneThread;
    friend struct Job::State;
    Job enqueue(QObject *receiver, const QString &title, ErasedWork work, ErasedDone done, Failed failed);
    void deliver();

    std::shared_ptr<class LaneThread> thread_;
};

} // namespace schemawright::ui
