#pragma once

#include <QFuture>
#include <QObject>
#include <QPromise>
#include <QThreadPool>

#include <memory>
#include <type_traits>
#include <utility>

namespace schemawright::ui {

/// Runs `work() -> R` on a thread of the pool and calls `done(R)` on the receiver's thread, unless the receiver is gone
/// by then. For long work that needs no database; `work` captures values only and must not throw.
template <class Work, class Done> void runInBackground(QObject *receiver, Work work, Done done)
{
    using R = std::invoke_result_t<Work &>;
    const auto promise = std::make_shared<QPromise<std::shared_ptr<R>>>();
    QFuture<std::shared_ptr<R>> future = promise->future();
    promise->start();
    future.then(receiver, [done = std::move(done)](const std::shared_ptr<R> &result) { done(std::move(*result)); });
    QThreadPool::globalInstance()->start([promise, work = std::make_shared<Work>(std::move(work))] {
        promise->addResult(std::make_shared<R>((*work)()));
        promise->finish();
    });
}

} // namespace schemawright::ui
