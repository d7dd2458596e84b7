#include "ui/workspace/journal_keeper.h"

#include "ui/workspace/workspace.h"

namespace schemawright::ui {

JournalKeeper::JournalKeeper(Workspace &workspace, const std::filesystem::path &folder, QObject *parent)
    : QObject(parent), workspace_(workspace), copy_(workspace.session())
{
    try {
        journal_ = std::make_unique<Journal>(folder, workspace.engine().url().text());
        kept_ = journal_->read();
    } catch (const Error &error) {
        workspace.notify({Notice::Severity::Warning, QString::fromStdString(error.message),
                          QString::fromStdString(error.describe())});
    }
    timer_.setSingleShot(true);
    timer_.setInterval(300);
    connect(&timer_, &QTimer::timeout, this,
            [this] { copy_.take([this](std::vector<Change> changes) { hand(std::move(changes)); }); });
    connect(&workspace, &Workspace::pendingChanged, this, &JournalKeeper::schedule);
    if (journal_)
        writer_ = std::jthread([this](const std::stop_token &stop) { writeLoop(stop); });
}

JournalKeeper::~JournalKeeper() { flush(); }

void JournalKeeper::schedule()
{
    if (journal_ && !timer_.isActive())
        timer_.start();
}

void JournalKeeper::hand(std::vector<Change> changes)
{
    if (kept_) // not decided on yet: they must not be lost by what is edited meanwhile
        changes.insert(changes.begin(), kept_->changes.begin(), kept_->changes.end());
    std::optional<Error> trouble;
    {
        const std::scoped_lock lock(mutex_);
        waiting_ = std::move(changes);
        trouble = std::exchange(trouble_, std::nullopt);
    }
    wake_.notify_one();
    if (trouble)
        workspace_.notify(*trouble);
}

void JournalKeeper::writeLoop(const std::stop_token &stop)
{
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [this] { return waiting_.has_value(); })) {
        const std::vector<Change> changes = *std::exchange(waiting_, std::nullopt);
        isWriting_ = true;
        lock.unlock();
        std::optional<Error> trouble;
        std::vector<const Change *> pointers;
        for (const Change &change : changes)
            pointers.push_back(&change);
        try {
            journal_->write(pointers);
        } catch (const Error &error) {
            trouble = error;
        }
        lock.lock();
        isWriting_ = false;
        if (trouble)
            trouble_ = trouble;
        written_.notify_all();
    }
}

void JournalKeeper::flush()
{
    if (!journal_ || (!timer_.isActive() && !copy_.isActive()))
        return;
    if (timer_.isActive()) {
        timer_.stop();
        copy_.take([this](std::vector<Change> changes) { hand(std::move(changes)); });
    }
    copy_.finish();
    std::unique_lock lock(mutex_);
    written_.wait_for(lock, std::chrono::seconds(2), [this] { return !waiting_ && !isWriting_; });
}

void JournalKeeper::restore()
{
    if (!kept_)
        return;
    if (!workspace_.session().unitOfWork().isEmpty())
        return workspace_.notify(
            {Notice::Severity::Warning, tr("Commit or discard the edits made meanwhile first."), {}});
    std::vector<Change> changes = std::move(kept_->changes);
    kept_.reset();
    workspace_.session().unitOfWork().restore(std::move(changes));
}

void JournalKeeper::forget()
{
    kept_.reset();
    schedule();
}

} // namespace schemawright::ui
