#include "ui/models/log_model.h"

#include "ui/adapt/text.h"

#include <QColor>
#include <QDateTime>
#include <QLocale>

namespace schemawright::ui {

namespace {

QString durationText(std::chrono::microseconds duration)
{
    const double milliseconds = static_cast<double>(duration.count()) / 1000;
    if (milliseconds >= 1000)
        return LogModel::tr("%1 s").arg(milliseconds / 1000, 0, 'f', 2);
    return LogModel::tr("%1 ms").arg(milliseconds, 0, 'f', milliseconds < 10 ? 2 : 0);
}

QString oneLine(const std::string &sql)
{
    constexpr qsizetype longest = 400; // what a row can show; the whole stands in the tooltip and in a copy
    return QString::fromUtf8(sql.data(), static_cast<qsizetype>(sql.size())).simplified().left(longest);
}

QString wholeText(const StatementEvent &event)
{
    QString text = QString::fromStdString(event.sql);
    QStringList values;
    for (const Value &value : event.parameters)
        values << (value.isNull() ? QStringLiteral("NULL") : QString::fromStdString(value.text()).left(80));
    if (!values.isEmpty())
        text += LogModel::tr("\n-- parameters: %1").arg(values.join(QStringLiteral(", ")));
    if (event.error)
        text += LogModel::tr("\n-- error: %1").arg(QString::fromStdString(event.error->describe()));
    return text;
}

} // namespace

LogModel::LogModel(StatementLog &log, QObject *parent) : QAbstractTableModel(parent), inbox_(std::make_shared<Inbox>())
{
    log.observe([inbox = std::weak_ptr(inbox_)](const StatementEvent &event) {
        if (event.ofReflection) // dozens at each look into the catalog, which would bury what the user had run
            return;
        if (const auto alive = inbox.lock()) {
            const std::scoped_lock lock(alive->mutex);
            alive->events.push_back(event);
        }
    });
    timer_.setInterval(150);
    connect(&timer_, &QTimer::timeout, this, &LogModel::takeArrived);
    timer_.start();
}

void LogModel::takeArrived()
{
    std::vector<StatementEvent> arrived;
    {
        const std::scoped_lock lock(inbox_->mutex);
        arrived.swap(inbox_->events);
    }
    if (arrived.empty())
        return;
    if (arrived.size() > limit)
        arrived.erase(arrived.begin(), arrived.end() - limit);
    if (const std::size_t total = events_.size() + arrived.size(); total > limit) {
        const auto surplus = static_cast<int>(total - limit);
        beginRemoveRows({}, 0, surplus - 1);
        events_.erase(events_.begin(), events_.begin() + surplus);
        endRemoveRows();
    }
    const int first = static_cast<int>(events_.size());
    beginInsertRows({}, first, first + static_cast<int>(arrived.size()) - 1);
    events_.insert(events_.end(), std::make_move_iterator(arrived.begin()), std::make_move_iterator(arrived.end()));
    endInsertRows();
}

void LogModel::clear()
{
    beginResetModel();
    events_.clear();
    endResetModel();
}

int LogModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(events_.size());
}

int LogModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

QVariant LogModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const StatementEvent &event = events_[static_cast<std::size_t>(index.row())];
    switch (role) {
    case IsErrorRole:
        return event.error.has_value();
    case EventTextRole:
        return wholeText(event);
    case Qt::ToolTipRole:
        return tipText(wholeText(event));
    case Qt::TextAlignmentRole:
        if (index.column() == DurationColumn || index.column() == RowsColumn)
            return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case TimeColumn: {
        const auto sinceEpoch = std::chrono::duration_cast<std::chrono::milliseconds>(event.start.time_since_epoch());
        return QDateTime::fromMSecsSinceEpoch(sinceEpoch.count()).toString(QStringLiteral("HH:mm:ss.zzz"));
    }
    case DurationColumn:
        return durationText(event.duration);
    case RowsColumn:
        return event.rows < 0 ? QString() : QLocale(QLocale::English).toString(static_cast<qlonglong>(event.rows));
    default:
        return event.error
                   ? tr("%1  ✕ %2").arg(oneLine(event.sql), QString::fromStdString(event.error->message).simplified())
                   : oneLine(event.sql);
    }
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case TimeColumn:
        return tr("Time");
    case DurationColumn:
        return tr("Took");
    case RowsColumn:
        return tr("Rows");
    default:
        return tr("Statement");
    }
}

} // namespace schemawright::ui
