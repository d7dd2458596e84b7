#include "ui/workspace/journal_keeper.h"

#include "ui/async/background.h"
#include "ui/workspace/workspace.h"

namespace schemawright::ui {

namespace {

constexpr std::size_t restoredAtOnce = 1000; // changes; takes far less than a frame

} // namespace

JournalKeeper::JournalKeeper(Workspace &workspace, const std::filesystem::path &folder, QObject *parent)
    : QObject(parent), workspace_(workspace)
{
    timer_.setSingleShot(true);
    timer_.setInterval(300);
    connect(&timer_, &QTimer::timeout, this, &JournalKeeper::hand);
    connect(&workspace, &Workspace::pendingChanged, this, &JournalKeeper::schedule);
    try {
        journal_ = std::make_unique<Journal>(folder, workspace.engine().url().text());
    } catch (const Error &error) {
        workspace.notify({Notice::Severity::Warning, QString::fromStdString(error.message),
                          QString::fromStdString(error.describe())});
        return;
    }
    writer_ = std::jthread([this](const std::stop_token &stop) { writeLoop(stop); });
}

JournalKeeper::~JournalKeeper() { flush(); }

void JournalKeeper::schedule()
{
    if (journal_ && isTaken_ && !timer_.isActive())
        timer_.start();
}

/// The writer has read what was kept: an event that carries nothing.
bool JournalKeeper::event(QEvent *event)
{
    if (event->type() != QEvent::User)
        return QObject::event(event);
    takeRead();
    return true;
}

void JournalKeeper::takeRead()
{
    std::optional<Error> trouble;
    {
        const std::scoped_lock lock(mutex_);
        if (!isRead_ || std::exchange(isTaken_, true))
            return;
        kept_ = std::move(found_);
        trouble = std::exchange(trouble_, std::nullopt);
    }
    if (trouble)
        workspace_.notify({Notice::Severity::Warning, QString::fromStdString(trouble->message),
                           QString::fromStdString(trouble->describe())});
    if (!workspace_.session().unitOfWork().isEmpty()) // edited meanwhile
        schedule();
    if (kept_)
        Q_EMIT offered({});
}

void JournalKeeper::hand()
{
    Waiting next{kept_, workspace_.session().unitOfWork().sharedChanges()};
    std::optional<Error> trouble;
    {
        const std::scoped_lock lock(mutex_);
        if (waiting_)
            dropInBackground(*std::move(waiting_));
        waiting_ = std::move(next);
        trouble = std::exchange(trouble_, std::nullopt);
    }
    wake_.notify_one();
    if (trouble)
        workspace_.notify(*trouble);
}

void JournalKeeper::read()
{
    std::shared_ptr<const Journal::Kept> found;
    std::optional<Error> trouble;
    try {
        if (auto kept = journal_->read())
            found = std::make_shared<const Journal::Kept>(*std::move(kept));
    } catch (const Error &error) {
        trouble = error;
    }
    const std::scoped_lock lock(mutex_);
    found_ = std::move(found);
    trouble_ = std::move(trouble);
    isRead_ = true;
    done_.notify_all();
    QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

void JournalKeeper::writeLoop(const std::stop_token &stop)
{
    read();
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [this] { return waiting_.has_value(); })) {
        Waiting next = *std::exchange(waiting_, std::nullopt);
        isWriting_ = true;
        lock.unlock();
        std::optional<Error> trouble;
        std::vector<const Change *> changes;
        if (next.kept) // not decided on yet: they must not be lost by what is edited meanwhile
            for (const Change &change : next.kept->changes)
                changes.push_back(&change);
        for (const ChangePtr &change : next.changes)
            changes.push_back(change.get());
        try {
            journal_->write(changes);
        } catch (const Error &error) {
            trouble = error;
        }
        next = {};
        lock.lock();
        isWriting_ = false;
        if (trouble)
            trouble_ = trouble;
        done_.notify_all();
    }
}

void JournalKeeper::flush()
{
    constexpr std::chrono::seconds longest(2);
    if (!journal_)
        return;
    if (!isTaken_ && !workspace_.session().unitOfWork().isEmpty()) {
        std::unique_lock lock(mutex_);
        done_.wait_for(lock, longest, [this] { return isRead_; });
        lock.unlock();
        takeRead();
    }
    if (timer_.isActive()) {
        timer_.stop();
        hand();
    }
    std::unique_lock lock(mutex_);
    done_.wait_for(lock, longest, [this] { return !waiting_ && !isWriting_; });
}

void JournalKeeper::restore()
{
    if (!kept_)
        return;
    UnitOfWork &unit = workspace_.session().unitOfWork();
    const ChangeId first = unit.reserveIds(kept_->changes.size());
    if (kept_->changes.size() <= restoredAtOnce || !unit.isEmpty())
        return adopt(unit.isEmpty() ? ChangeList::of(kept_->changes, first) : ChangeList());
    runInBackground(
        this, [kept = kept_, first] { return ChangeList::of(kept->changes, first); },
        [this](ChangeList list) { adopt(std::move(list)); });
}

void JournalKeeper::adopt(ChangeList list)
{
    if (!kept_) // forgotten meanwhile
        return dropInBackground(std::move(list));
    if (!workspace_.session().unitOfWork().isEmpty()) {
        dropInBackground(std::move(list));
        Q_EMIT offered(tr("Commit or discard the edits made meanwhile first."));
        return;
    }
    dropInBackground(std::exchange(kept_, nullptr));
    workspace_.session().unitOfWork().restore(std::move(list));
}

void JournalKeeper::forget()
{
    kept_.reset();
    schedule();
}

} // namespace schemawright::ui
