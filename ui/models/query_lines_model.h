#pragma once

#include "ui/models/query_draft.h"

#include <QAbstractTableModel>

#include <functional>
#include <vector>

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
    /// Both can be undone.
    void setDraft(QueryDraft draft);
    /// Changes the draft and tells.
    void edit(const std::function<void(QueryDraft &)> &change);
    bool canUndo() const noexcept { return !undo_.empty(); }
    bool canRedo() const noexcept { return !redo_.empty(); }
    void undo() { step(undo_, redo_); }
    void redo() { step(redo_, undo_); }
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
    void show(QueryDraft draft);
    void remember();
    void step(std::vector<QueryDraft> &from, std::vector<QueryDraft> &to);

    QueryDraft draft_;
    std::vector<QueryDraft> undo_, redo_; ///< the last one is the next to come
    DraftProblem problem_;
};

} // namespace schemawright::ui
