#pragma once

#include "schemawright/orm/session.h"
#include "ui/workspace/plan_maker.h"

#include <QAbstractItemModel>

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace schemawright::ui {

/// How a change went when it was last run.
struct ChangeOutcome
{
    std::int64_t rows = 0;
    std::chrono::microseconds duration{};
    std::optional<Error> error;
};

/// The pending edits as a list that a person reviews: by table, each change with its cells, or in the order in which
/// Commit will run them. Works out only what is looked at, and folds a long list into ranges that are opened one by
/// one, so that a list of any length opens at once: a view lays out every line of it. Reads the session, which must
/// outlive it, on the GUI thread.
class ChangesModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum class Arrangement { ByTable, InOrder };
    enum class Kind { Table, Range, Change, Cell };
    enum Column { WhatColumn, BeforeColumn, AfterColumn, ResultColumn, ColumnCount };
    enum Role { KindRole = Qt::UserRole + 1, ChangeIdRole, StateRole, HasErrorRole };
    enum class State { None, Inserted, Updated, Deleted };

    explicit ChangesModel(QObject *parent = nullptr);
    ~ChangesModel() override;

    void setArrangement(Arrangement arrangement) { arrangement_ = arrangement; }
    Arrangement arrangement() const noexcept { return arrangement_; }
    /// Lists that are longer are folded into ranges of so many changes.
    static constexpr std::size_t rangeLength = 1000;
    /// Takes what is pending now; the plan says what cannot be carried out, and the order how it is run. Without an
    /// order the changes stand as they were made.
    void setChanges(const Session &session, const Plan &plan, const PlanOrder &order);
    /// Takes a plan of the changes that are shown already; false when that needs another list.
    bool setPlan(const Plan &plan);
    /// How the last run went; empty when it is too old to be true. A view of a long list must be painted anew then.
    using Outcomes = std::unordered_map<ChangeId, ChangeOutcome>;
    void setOutcomes(Outcomes outcomes);
    bool hasOutcomes() const noexcept { return !outcomes_.empty(); }
    QModelIndex indexOf(ChangeId id) const;
    /// The next change behind `after` that failed or cannot be planned, round the end; invalid when none did.
    QModelIndex nextProblem(const QModelIndex &after) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node;
    Node *nodeOf(const QModelIndex &index) const;
    Node *add(Node *parent, Kind kind, ChangeId id = ChangeId::None) const;
    const Change *changeOf(const Node &node) const;
    std::vector<Node *> parents() const;
    void fold(Node *parent) const;
    Node *childAt(Node *parent, std::size_t row) const;
    QModelIndex indexAt(Node *parent, std::size_t row) const;
    const Error *errorOf(ChangeId id) const;
    QString text(const Node &node, int column) const;
    QString tip(const Node &node, int column) const;
    QVariant icon(const Node &node) const;
    void fillCells(Node *node) const;
    void takeProblems(const Plan &plan);
    void tellAll();

    Arrangement arrangement_ = Arrangement::ByTable;
    const Session *session_ = nullptr;
    std::uint64_t revision_ = 0; ///< of what is shown
    std::map<ChangeId, Error> problems_;
    std::map<ChangeId, QString> notes_;
    Outcomes outcomes_;
    std::unique_ptr<Node> root_;
};

/// A change in few words: "taxon 42", "new taxon 3"; of each value of a key so many characters.
QString rowTitle(const Change &change, int longest = 30);

} // namespace schemawright::ui
