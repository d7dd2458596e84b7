#pragma once

#include "schemawright/engine/statement_log.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace schemawright::ui {

/// The last statements an engine ran, newest at the end; not those of reflection. Observes a StatementLog, whose events
/// come from other threads: they wait in a locked queue until the GUI thread takes them, a few times a second.
class LogModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { TimeColumn, DurationColumn, RowsColumn, SqlColumn, ColumnCount };
    enum Role { IsErrorRole = Qt::UserRole + 1, EventTextRole };
    static constexpr std::size_t limit = 2000;

    explicit LogModel(StatementLog &log, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void clear();
    /// Takes what other threads have left; happens by itself, public for tests.
    void takeArrived();

private:
    struct Inbox
    {
        std::mutex mutex;
        std::vector<StatementEvent> events;
    };
    std::shared_ptr<Inbox> inbox_; // shared with the observer, which may outlive this model
    std::deque<StatementEvent> events_;
    QTimer timer_;
};

} // namespace schemawright::ui
