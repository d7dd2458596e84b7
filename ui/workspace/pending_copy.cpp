#include "ui/workspace/pending_copy.h"

#include <algorithm>

namespace schemawright::ui {

namespace {

constexpr std::size_t atOnce = 1000; // changes; takes far less than a frame

} // namespace

PendingCopy::PendingCopy(const Session &session, QObject *parent) : QObject(parent), session_(session)
{
    timer_.setInterval(0);
    connect(&timer_, &QTimer::timeout, this, [this] {
        if (!copySlice())
            finish();
    });
}

void PendingCopy::take(Done done)
{
    cancel();
    done_ = std::move(done);
    begin();
    if (from_.size() <= atOnce)
        finish();
    else
        timer_.start();
}

void PendingCopy::begin()
{
    revision_ = session_.unitOfWork().revision();
    from_ = session_.unitOfWork().changes();
    copied_.clear();
    copied_.reserve(from_.size());
}

bool PendingCopy::copySlice()
{
    if (revision_ != session_.unitOfWork().revision()) // the pointers may be stale
        begin();
    ++slices_;
    const std::size_t end = std::min(from_.size(), copied_.size() + atOnce);
    for (std::size_t i = copied_.size(); i < end; ++i)
        copied_.push_back(*from_[i]);
    return copied_.size() < from_.size();
}

void PendingCopy::finish()
{
    if (!done_)
        return;
    while (copySlice()) {
    }
    timer_.stop();
    from_.clear();
    const Done done = std::exchange(done_, nullptr);
    done(std::exchange(copied_, {}));
}

void PendingCopy::cancel()
{
    timer_.stop();
    done_ = nullptr;
    from_.clear();
    copied_.clear();
}

} // namespace schemawright::ui
