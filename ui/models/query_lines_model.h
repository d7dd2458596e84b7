#pragma once

#include "ui/models/query_draft.h"

#include <QAbstractTableModel>

#include <functional>

namespace schemawright::ui {

/// The lines of a draft as a grid, with an empty one at the end that becomes a line when something is typed into it.
/// The draft belongs to the panel; every edit goes through `edit`, which changes it and tells who watches.
class QueryLinesModel : public QAbstractTableModel
{
    Q_OBJECT
public:
    enum Column { Expression, Alias, Shown, Sort, Aggregate, Condition, Or1, Or2, ColumnCount };
    enum Role { ChoicesRole = Qt::UserRole + 1 }; ///< the words that a cell can be

    explicit QueryLinesModel(QObject *parent = nullptr) : QAbstractTableModel(parent) {}

    const QueryDraft &draft() const noexcept { return draft_; }
    void setDraft(QueryDraft draft);
    /// Changes the draft and tells.
    void edit(const std::function<void(QueryDraft &)> &change);
    /// Marks what compose() could not understand; nothing for a line of -1.
    void setProblem(const DraftProblem &problem);
    void clearProblem() { setProblem({}); }
    void moveLine(int from, int to);
    void removeLine(int row);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    static QString aggregateText(QueryDraft::Aggregate aggregate);
    static QString sortText(QueryDraft::Sort sort);

Q_SIGNALS:
    void draftChanged();

private:
    QueryDraft draft_;
    DraftProblem problem_;
};

} // namespace schemawright::ui
