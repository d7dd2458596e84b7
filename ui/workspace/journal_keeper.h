#pragma once

#include "schemawright/orm/journal.h"
#include "ui/workspace/pending_copy.h"

#include <QObject>
#include <QTimer>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace schemawright::ui {

class Workspace;

/// Keeps the pending edits of a workspace in its journal: written behind the user's back, at most a third of a second
/// after an edit, on a thread of its own. Offers what an earlier run left.
class JournalKeeper : public QObject
{
    Q_OBJECT
public:
    /// `folder` is where journals are. Trouble with the journal is told to the user and stops nothing.
    JournalKeeper(Workspace &workspace, const std::filesystem::path &folder, QObject *parent = nullptr);
    ~JournalKeeper() override;

    /// What an earlier run left and nobody has decided on yet.
    const std::optional<Journal::Kept> &kept() const noexcept { return kept_; }
    /// Takes the kept edits into the list, which must be empty, or forgets them.
    void restore();
    void forget();
    /// Writes now and waits; for the end.
    void flush();

private:
    void schedule();
    void hand(std::vector<Change> changes);
    void writeLoop(const std::stop_token &stop);

    Workspace &workspace_;
    std::unique_ptr<Journal> journal_;
    std::optional<Journal::Kept> kept_;
    QTimer timer_;
    PendingCopy copy_;

    std::mutex mutex_;
    std::condition_variable_any wake_, written_;
    std::optional<std::vector<Change>> waiting_; ///< the newest list that is not written yet
    bool isWriting_ = false;
    std::optional<Error> trouble_;
    std::jthread writer_; ///< last: it uses what stands above
};

} // namespace schemawright::ui
