#pragma once

#include "schemawright/orm/session.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <vector>

namespace schemawright::ui {

/// Copies what is pending for another thread: a short list at once, a long one in slices between the events of the
/// window, so that nobody waits for it. Begins again when the list changes meanwhile. GUI thread.
class PendingCopy : public QObject
{
    Q_OBJECT
public:
    using Done = std::function<void(std::vector<Change>)>;

    explicit PendingCopy(const Session &session, QObject *parent = nullptr);

    /// Calls `done` with the copy, before this returns when the list is short. A copy that is being made is given up.
    void take(Done done);
    /// Brings a copy that is being made to its end, now.
    void finish();
    void cancel();
    bool isActive() const noexcept { return done_ != nullptr; }
    /// Slices that were copied so far, for tests.
    int slices() const noexcept { return slices_; }

private:
    void begin();
    /// False when nothing is left to be copied.
    bool copySlice();

    const Session &session_;
    QTimer timer_;
    Done done_;
    std::uint64_t revision_ = 0;
    std::vector<const Change *> from_;
    std::vector<Change> copied_;
    int slices_ = 0;
};

} // namespace schemawright::ui
