#include "ui/models/query_lines_model.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

#include <algorithm>

namespace schemawright::ui {

QString QueryLinesModel::aggregateText(QueryDraft::Aggregate aggregate)
{
    return aggregate == QueryDraft::Aggregate::None ? QString() : tr(nameOf(aggregate));
}

QString QueryLinesModel::sortText(QueryDraft::Sort sort)
{
    return sort == QueryDraft::Sort::None        ? QString()
           : sort == QueryDraft::Sort::Ascending ? tr("Ascending")
                                                 : tr("Descending");
}

void QueryLinesModel::setDraft(QueryDraft draft)
{
    if (draft == draft_)
        return;
    remember();
    show(std::move(draft));
}

void QueryLinesModel::show(QueryDraft draft)
{
    beginResetModel();
    draft_ = std::move(draft);
    problem_ = {};
    endResetModel();
    Q_EMIT draftChanged();
}

void QueryLinesModel::remember()
{
    constexpr std::size_t mostSteps = 200;
    undo_.push_back(draft_);
    if (undo_.size() > mostSteps)
        undo_.erase(undo_.begin());
    redo_.clear();
}

void QueryLinesModel::step(std::vector<QueryDraft> &from, std::vector<QueryDraft> &to)
{
    if (from.empty())
        return;
    to.push_back(draft_);
    QueryDraft draft = std::move(from.back());
    from.pop_back();
    show(std::move(draft));
}

void QueryLinesModel::edit(const std::function<void(QueryDraft &)> &change)
{
    QueryDraft changed = draft_;
    change(changed);
    if (changed == draft_)
        return;
    remember();
    if (changed.lines.size() == draft_.lines.size() + 1 &&
        std::equal(draft_.lines.begin(), draft_.lines.end(), changed.lines.begin())) {
        const int last = static_cast<int>(draft_.lines.size());
        beginInsertRows({}, last, last);
        draft_ = std::move(changed);
        endInsertRows();
        Q_EMIT draftChanged();
        return;
    }
    if (changed.lines.size() != draft_.lines.size())
        return show(std::move(changed));
    draft_ = std::move(changed);
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    Q_EMIT draftChanged();
}

void QueryLinesModel::setProblem(const DraftProblem &problem)
{
    problem_ = problem;
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void QueryLinesModel::moveLine(int from, int to)
{
    if (from < 0 || to < 0 || std::max(from, to) >= static_cast<int>(draft_.lines.size()) || from == to)
        return;
    edit([&](QueryDraft &draft) {
        std::swap(draft.lines[static_cast<std::size_t>(from)], draft.lines[static_cast<std::size_t>(to)]);
    });
}

void QueryLinesModel::removeLine(int row)
{
    if (row >= 0 && row < static_cast<int>(draft_.lines.size()))
        edit([&](QueryDraft &draft) { draft.lines.erase(draft.lines.begin() + row); });
}

int QueryLinesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(draft_.lines.size()) + 1;
}
int QueryLinesModel::columnCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : ColumnCount; }

Qt::ItemFlags QueryLinesModel::flags(const QModelIndex &index) const
{
    Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    const bool isNew = index.row() >= static_cast<int>(draft_.lines.size());
    if (index.column() == Shown)
        return isNew ? flags : flags | Qt::ItemIsUserCheckable;
    return isNew && index.column() != Expression ? flags : flags | Qt::ItemIsEditable;
}

QVariant QueryLinesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const bool isProblem = problem_.line == index.row() &&
                           index.column() == (problem_.condition < 0 ? Expression : Condition + problem_.condition);
    if (row >= draft_.lines.size()) {
        if (role == Qt::DisplayRole && index.column() == Expression)
            return tr("Column or expression");
        if (role == Qt::ForegroundRole)
            return theme().colors().mutedText;
        return role == Qt::EditRole ? QVariant(QString()) : QVariant();
    }
    const QueryDraft::Line &line = draft_.lines[row];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::EditRole:
        switch (index.column()) {
        case Expression:
            return toQString(line.expression);
        case Alias:
            return toQString(line.alias);
        case Sort:
            return sortText(line.sort);
        case Aggregate:
            return aggregateText(line.aggregate);
        case Shown:
            return {};
        default: {
            const auto at = static_cast<std::size_t>(index.column() - Condition);
            return at < line.conditions.size() ? toQString(line.conditions[at]) : QString();
        }
        }
    case Qt::CheckStateRole:
        return index.column() == Shown ? QVariant(line.isShown ? Qt::Checked : Qt::Unchecked) : QVariant();
    case ChoicesRole: {
        QStringList choices;
        if (index.column() == Sort)
            for (int i = 0; i <= static_cast<int>(QueryDraft::Sort::Descending); ++i)
                choices << sortText(static_cast<QueryDraft::Sort>(i));
        if (index.column() == Aggregate)
            for (int i = 0; i <= static_cast<int>(QueryDraft::Aggregate::Maximum); ++i)
                choices << aggregateText(static_cast<QueryDraft::Aggregate>(i));
        return choices.isEmpty() ? QVariant() : QVariant(choices);
    }
    case Qt::BackgroundRole:
        return isProblem ? QVariant(theme().colors().errorTint) : QVariant();
    case Qt::ToolTipRole:
        return isProblem ? QVariant(tipText(toQString(problem_.message))) : QVariant();
    case Qt::FontRole:
        return index.column() == Expression || index.column() >= Condition ? QVariant(theme().monospaceFont())
                                                                           : QVariant();
    default:
        return {};
    }
}

bool QueryLinesModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || (role != Qt::EditRole && role != Qt::CheckStateRole))
        return false;
    const auto row = static_cast<std::size_t>(index.row());
    const std::string text = value.toString().trimmed().toStdString();
    if (row >= draft_.lines.size()) {
        if (text.empty() || index.column() != Expression)
            return false;
        edit([&](QueryDraft &draft) { draft.lines.emplace_back().expression = text; });
        return true;
    }
    edit([&](QueryDraft &draft) {
        QueryDraft::Line &line = draft.lines[row];
        switch (index.column()) {
        case Expression:
            line.expression = text;
            break;
        case Alias:
            line.alias = text;
            break;
        case Shown:
            line.isShown = value.toInt() == Qt::Checked;
            break;
        case Sort: {
            const bool wasNone = line.sort == QueryDraft::Sort::None;
            for (int i = 0; i <= static_cast<int>(QueryDraft::Sort::Descending); ++i)
                if (sortText(static_cast<QueryDraft::Sort>(i)) == value.toString())
                    line.sort = static_cast<QueryDraft::Sort>(i);
            if (wasNone) // behind those that were there
                for (const QueryDraft::Line &each : draft.lines)
                    line.sortRank = std::max(line.sortRank, each.sortRank + 1);
            break;
        }
        case Aggregate:
            for (int i = 0; i <= static_cast<int>(QueryDraft::Aggregate::Maximum); ++i)
                if (aggregateText(static_cast<QueryDraft::Aggregate>(i)) == value.toString())
                    line.aggregate = static_cast<QueryDraft::Aggregate>(i);
            break;
        default: {
            const auto at = static_cast<std::size_t>(index.column() - Condition);
            line.conditions.resize(std::max(line.conditions.size(), at + 1));
            line.conditions[at] = text;
            while (!line.conditions.empty() && line.conditions.back().empty())
                line.conditions.pop_back();
        }
        }
    });
    return true;
}

QVariant QueryLinesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (role != Qt::DisplayRole)
        return {};
    if (orientation == Qt::Vertical)
        return section < static_cast<int>(draft_.lines.size()) ? QVariant(section + 1) : QVariant(QStringLiteral("*"));
    static const char *const names[] = {QT_TR_NOOP("Expression"), QT_TR_NOOP("Alias"),     QT_TR_NOOP("Shown"),
                                        QT_TR_NOOP("Sort"),       QT_TR_NOOP("Aggregate"), QT_TR_NOOP("Condition"),
                                        QT_TR_NOOP("Or"),         QT_TR_NOOP("Or")};
    return tr(names[section]);
}

} // namespace schemawright::ui
