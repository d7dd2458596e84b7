#pragma once

#include <QCoreApplication>
#include <QEvent>
#include <QObject>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace schemawright::ui {

/// Where the result of work in the background arrives: a child of its receiver, gone with it or with the delivery. The
/// event that wakes it carries nothing; what it delivers is kept under a lock.
class BackgroundReply : public QObject
{
public:
    /// What the two threads share; outlives the reply when the work takes longer than its receiver lives.
    struct Shared
    {
        std::mutex mutex;
        BackgroundReply *reply = nullptr; ///< null once nobody waits any more
        std::function<void()> deliver;    ///< set when the work is done
    };

    explicit BackgroundReply(QObject *receiver) : QObject(receiver), shared_(std::make_shared<Shared>())
    {
        shared_->reply = this;
    }
    ~BackgroundReply() override
    {
        const std::scoped_lock lock(shared_->mutex);
        shared_->reply = nullptr;
    }
    const std::shared_ptr<Shared> &shared() const noexcept { return shared_; }

    /// Any thread.
    static void finish(const std::shared_ptr<Shared> &shared, std::function<void()> deliver)
    {
        const std::scoped_lock lock(shared->mutex);
        shared->deliver = std::move(deliver);
        if (shared->reply)
            QCoreApplication::postEvent(shared->reply, new QEvent(QEvent::User));
    }

    bool event(QEvent *event) override
    {
        if (event->type() != QEvent::User)
            return QObject::event(event);
        std::function<void()> deliver;
        {
            const std::scoped_lock lock(shared_->mutex);
            deliver = std::move(shared_->deliver);
        }
        deleteLater(); // before: the receiver may not survive what is delivered
        deliver();
        return true;
    }

private:
    std::shared_ptr<Shared> shared_;
};

/// Runs `work() -> R` on a thread of the pool and calls `done(R)` on the receiver's thread, unless the receiver is gone
/// by then. For long work that needs no database; `work` captures values only and must not throw.
template <class Work, class Done> void runInBackground(QObject *receiver, Work work, Done done)
{
    using R = std::invoke_result_t<Work &>;
    const auto shared = (new BackgroundReply(receiver))->shared();
    auto sharedDone = std::make_shared<Done>(std::move(done));
    QThreadPool::globalInstance()->start(
        [shared, sharedDone, work = std::make_shared<Work>(std::move(work))]() mutable {
            auto result = std::make_shared<R>((*work)());
            work.reset(); // here, where nobody waits for it
            BackgroundReply::finish(shared, [sharedDone, result] { (*sharedDone)(std::move(*result)); });
        });
}

/// Gives up what is large where nobody waits for that.
template <class T> void dropInBackground(T value)
{
    QThreadPool::globalInstance()->start([held = std::make_shared<T>(std::move(value))]() mutable { held.reset(); });
}

} // namespace schemawright::ui
