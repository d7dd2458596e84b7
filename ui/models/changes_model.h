#pragma once

#include "schemawright/orm/session.h"

#include <QAbstractItemModel>

#include <memory>
#include <optional>
#include <vector>

namespace schemawright::ui {

/// The pending edits as a list that a person reviews: by table, each change with its cells, or in the order in which Commit
/// will run them.
class ChangesModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum class Arrangement { ByTable, InOrder };
    enum class Kind { Table, Change, Cell };
    enum Column { WhatColumn, BeforeColumn, AfterColumn, ColumnCount };
    enum Role { KindRole = Qt::UserRole + 1, ChangeIdRole, StateRole, HasErrorRole };
    enum class State { None, Inserted, Updated, Deleted };

    explicit ChangesModel(QObject *parent = nullptr);
    ~ChangesModel() override;

    void setArrangement(Arrangement arrangement) { arrangement_ = arrangement; }
    Arrangement arrangement() const noexcept { return arrangement_; }
    /// Takes what is pending now; `plan` gives the order of execution.
    void setChanges(const Session &session, const Plan &plan);
    QModelIndex indexOf(ChangeId id) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;
    Node *nodeOf(const QModelIndex &index) const;
    Node *add(Node *parent, Kind kind) const;
    void addChange(Node *parent, const Session &session, const Change &change, const QString &prefix);
    void fillCells(Node *node) const;

    Arrangement arrangement_ = Arrangement::ByTable;
    std::unique_ptr<Node> root_;
};

/// A change in few words: "taxon 42", "new taxon 3".
QString rowTitle(const Change &change);

} // namespace schemawright::ui
