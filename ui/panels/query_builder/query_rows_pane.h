#pragma once

#include "schemawright/sql/compiled.h"
#include "ui/workspace/workspace.h"

#include <QWidget>

#include <memory>

class QLabel;
class QPushButton;
class QTableView;

namespace schemawright::ui {

class ResultModel;

/// Runs a query and shows its rows. The first ten thousand at once; a button brings the rest where there are more.
class QueryRowsPane : public QWidget
{
    Q_OBJECT
public:
    explicit QueryRowsPane(Workspace &workspace, QWidget *parent = nullptr);
    ~QueryRowsPane() override;

    const ResultModel &results() const noexcept { return *results_; }
    bool isRunning() const { return job_.isActive(); }
    /// Does nothing while one runs.
    void run(const Compiled &query, bool wantsAll = false);
    void cancel() { job_.cancel(); }
    void say(const QString &text);

Q_SIGNALS:
    void runningChanged();

private:
    void copy();

    Workspace &workspace_;
    std::unique_ptr<Lane> lane_; ///< its own, so that a slow query holds up nothing; null for a memory database
    ResultModel *results_;
    QTableView *view_;
    QLabel *status_;
    QPushButton *all_;
    Compiled last_;
    Job job_;
};

} // namespace schemawright::ui
