#include "ui/async/lane.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPointer>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace schemawright::ui {

namespace {

Error cancelledError() { return Error(ErrorKind::Cancelled, "cancelled"); }

// Threads outlive their Lane when a driver does not come back at once; main() waits for them at its end.
std::mutex liveMutex;
std::condition_variable liveChanged;
int liveThreads = 0;

} // namespace

/// What the GUI thread and the lane's thread share about one job. Fields without a note belong to the GUI thread.
struct Job::State
{
    std::shared_ptr<LaneThread> thread;
    QPointer<QObject> receiver;
    bool hadReceiver = false;
    QString title;
    Lane::ErasedWork work; // touched by the lane's thread once started
    Lane::ErasedDone done;
    Lane::Failed failed;
    std::stop_source stop; // thread-safe by itself
    bool finished = false;

    // Written by the lane's thread before the job is handed back under the mutex, read after.
    std::shared_ptr<void> result;
    std::optional<Error> error;
};

/// The side of a lane that its thread uses; both sides hold it, so that neither has to wait for the other to die.
class LaneThread
{
public:
    LaneThread(Engine engine, Lane *lane) : engine_(std::move(engine)), lane_(lane) {}

    void start(const std::shared_ptr<LaneThread> &self)
    {
        {
            const std::scoped_lock lock(liveMutex);
            ++liveThreads;
        }
        std::thread([self] {
            self->loop();
            self->connection_.reset(); // before the count goes down: closing may take long
            const std::scoped_lock lock(liveMutex);
            --liveThreads;
            liveChanged.notify_all();
        }).detach();
    }

    void push(std::shared_ptr<Job::State> job)
    {
        const std::scoped_lock lock(mutex_);
        waiting_.push_back(std::move(job));
        wake_.notify_one();
    }

    /// True when the job was still waiting and has been taken out.
    bool cancel(const std::shared_ptr<Job::State> &job)
    {
        const std::scoped_lock lock(mutex_);
        job->stop.request_stop();
        if (running_ == job && canceller_)
            canceller_->cancel();
        return std::erase(waiting_, job) > 0;
    }

    void closeDown()
    {
        const std::scoped_lock lock(mutex_);
        closing_ = true;
        lane_ = nullptr;
        waiting_.clear();
        if (running_) {
            running_->stop.request_stop();
            if (canceller_)
                canceller_->cancel();
        }
        wake_.notify_one();
    }

    std::vector<std::shared_ptr<Job::State>> all() const
    {
        const std::scoped_lock lock(mutex_);
        std::vector<std::shared_ptr<Job::State>> jobs(waiting_.begin(), waiting_.end());
        if (running_)
            jobs.push_back(running_);
        return jobs;
    }

    std::deque<std::shared_ptr<Job::State>> takeFinished()
    {
        const std::scoped_lock lock(mutex_);
        return std::exchange(finished_, {});
    }

    bool isBusy() const
    {
        const std::scoped_lock lock(mutex_);
        return running_ || !waiting_.empty() || !finished_.empty();
    }

    QString title() const
    {
        const std::scoped_lock lock(mutex_);
        return running_ ? running_->title : QString();
    }

    void requestReconnect()
    {
        const std::scoped_lock lock(mutex_);
        reconnect_ = true;
    }

private:
    void loop()
    {
        for (;;) {
            std::shared_ptr<Job::State> job;
            bool reconnect = false;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
                if (closing_)
                    return;
                job = waiting_.front();
                waiting_.pop_front();
                running_ = job;
                reconnect = std::exchange(reconnect_, false);
                notify();
            }
            if (reconnect)
                dropConnection();
            try {
                perform(*job);
            } catch (const Error &error) {
                job->error = error;
            } catch (const std::exception &error) {
                job->error = Error(ErrorKind::Internal, error.what());
            }
            job->work = nullptr; // what it held may be large: here nobody waits for its end
            if (connection_ && !connection_->isUsable())
                dropConnection();
            {
                const std::scoped_lock lock(mutex_);
                running_ = nullptr;
                if (!closing_)
                    finished_.push_back(std::move(job));
                notify();
            }
        }
    }

    void perform(Job::State &job)
    {
        if (!connection_) {
            connection_.emplace(engine_.connect());
            const std::scoped_lock lock(mutex_);
            canceller_ = connection_->canceller();
        }
        if (job.stop.stop_requested())
            throw cancelledError();
        job.result = job.work(*connection_, job.stop.get_token());
    }

    void dropConnection()
    {
        {
            const std::scoped_lock lock(mutex_);
            canceller_ = nullptr;
        }
        connection_.reset();
    }

    // Called with the mutex held, so the lane cannot be destroyed meanwhile. The event carries nothing: what it tells
    // of is taken from the queue.
    void notify()
    {
        if (lane_)
            QCoreApplication::postEvent(lane_, new QEvent(QEvent::User));
    }

    Engine engine_; // used by the lane's thread only
    std::optional<Connection> connection_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    Lane *lane_;
    std::deque<std::shared_ptr<Job::State>> waiting_, finished_;
    std::shared_ptr<Job::State> running_;
    std::shared_ptr<Canceller> canceller_;
    bool closing_ = false;
    bool reconnect_ = false;
};

void Job::cancel()
{
    if (!isActive())
        return;
    if (state_->thread->cancel(state_)) {
        // It never ran: report it here, but not from inside the caller.
        state_->finished = true;
        if (QObject *receiver = state_->receiver; receiver || !state_->hadReceiver) {
            const auto failed = state_->failed;
            QMetaObject::invokeMethod(
                receiver ? receiver : qApp, [failed] { failed(cancelledError()); }, Qt::QueuedConnection);
        }
    }
}

void Job::abandon()
{
    if (!isActive())
        return;
    state_->finished = true;
    state_->thread->cancel(state_);
}

bool Job::isActive() const { return state_ && !state_->finished && (state_->receiver || !state_->hadReceiver); }

Lane::Lane(Engine engine, QObject *parent)
    : QObject(parent), thread_(std::make_shared<LaneThread>(std::move(engine), this))
{
    thread_->start(thread_);
}

Lane::~Lane() { thread_->closeDown(); }

Job Lane::enqueue(QObject *receiver, const QString &title, ErasedWork work, ErasedDone done, Failed failed)
{
    auto state = std::make_shared<Job::State>();
    state->thread = thread_;
    state->receiver = receiver;
    state->hadReceiver = receiver != nullptr;
    state->title = title;
    state->work = std::move(work);
    state->done = std::move(done);
    state->failed = std::move(failed);
    thread_->push(state);
    return Job(state);
}

bool Lane::event(QEvent *event)
{
    if (event->type() != QEvent::User)
        return QObject::event(event);
    const QPointer<Lane> self(this);
    deliver();
    if (self)
        Q_EMIT activityChanged();
    return true;
}

void Lane::deliver()
{
    for (const auto &job : thread_->takeFinished()) {
        if (job->finished || (job->hadReceiver && !job->receiver))
            continue;
        job->finished = true;
        if (job->error)
            job->failed(*job->error);
        else
            job->done(job->result);
    }
}

void Lane::cancelAll()
{
    for (const auto &job : thread_->all())
        Job(job).cancel();
}

bool Lane::isBusy() const { return thread_->isBusy(); }

QString Lane::currentTitle() const { return thread_->title(); }

void Lane::reconnect() { thread_->requestReconnect(); }

bool Lane::waitForThreads(int milliseconds)
{
    std::unique_lock lock(liveMutex);
    return liveChanged.wait_for(lock, std::chrono::milliseconds(milliseconds), [] { return liveThreads == 0; });
}

} // namespace schemawright::ui
