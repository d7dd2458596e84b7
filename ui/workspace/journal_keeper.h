#pragma once

#include "schemawright/orm/change_list.h"
#include "schemawright/orm/journal.h"

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
/// after an edit, on a thread of its own, which at first reads what an earlier run left, to be offered.
class JournalKeeper : public QObject
{
    Q_OBJECT
public:
    /// `folder` is where journals are. Trouble with the journal is told to the user and stops nothing.
    JournalKeeper(Workspace &workspace, const std::filesystem::path &folder, QObject *parent = nullptr);
    ~JournalKeeper() override;

    /// What an earlier run left and nobody has decided on yet; null without, and until it is read.
    const std::shared_ptr<const Journal::Kept> &kept() const noexcept { return kept_; }
    /// Takes the kept edits into the list, or offers them again when that is not empty. A long list is there later.
    void restore();
    void forget();
    /// Writes now and waits; for the end.
    void flush();

Q_SIGNALS:
    /// There is something kept that is to be decided on; `why` it was not taken when that was tried.
    void offered(const QString &why);

protected:
    bool event(QEvent *event) override;

private:
    struct Waiting
    {
        std::shared_ptr<const Journal::Kept> kept; ///< stands before the changes
        std::vector<ChangePtr> changes;
    };
    void schedule();
    void takeRead();
    void adopt(ChangeList list);
    void hand();
    void read();
    void writeLoop(const std::stop_token &stop);

    Workspace &workspace_;
    std::unique_ptr<Journal> journal_;
    std::shared_ptr<const Journal::Kept> kept_;
    QTimer timer_;
    bool isTaken_ = false; ///< what was read

    std::mutex mutex_;
    std::condition_variable_any wake_, done_;
    bool isRead_ = false;
    std::shared_ptr<const Journal::Kept> found_;
    std::optional<Waiting> waiting_; ///< the newest list that is not written yet
    bool isWriting_ = false;
    std::optional<Error> trouble_;
    std::jthread writer_; ///< last: it uses what stands above
};

} // namespace schemawright::ui
