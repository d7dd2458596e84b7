#pragma once

#include "schemawright/sql/select.h"
#include "ui/models/query_draft.h"
#include "ui/workspace/workspace.h"

#include <QWidget>

#include <memory>
#include <optional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QStringListModel;
class QTableView;
class QToolButton;

namespace schemawright::ui {

class QueryCanvas;
class QueryLinesModel;
class ResultModel;
class SqlView;

/// A query built by hand: tables on a canvas, a grid of output columns, the SQL for each dialect beside it, and the
/// rows when it is run. All SQL comes from the expression language.
class QueryBuilderPanel : public QWidget
{
    Q_OBJECT
public:
    explicit QueryBuilderPanel(Workspace &workspace, QWidget *parent = nullptr);
    ~QueryBuilderPanel() override;

    const QueryDraft &draft() const;
    const ResultModel &results() const noexcept { return *results_; }
    bool isRunning() const { return job_.isActive(); }

    /// Adds a table, joined to those there by its foreign keys; asks when there are several.
    void addTable(const QualifiedName &table, const std::optional<QPointF> &position = {});
    void save(const QString &path);
    void open(const QString &path);

private:
    QWidget *buildBar();
    QWidget *buildSql();
    QWidget *buildLines();
    QWidget *buildRows();
    void takeSchema();
    void addTyped();
    void join(const std::string &alias);
    void nextJoinKind(std::size_t join);
    void toggleColumn(const std::string &alias, const std::string &column);
    void showDraft();
    void showSql();
    void run();
    void showRunning();
    void askToSave();
    void askToOpen();
    void copyCpp();
    void removeLines();

    Workspace &workspace_;
    std::unique_ptr<Lane> lane_; ///< its own, so that a slow query holds up nothing; null for a memory database
    QueryLinesModel *lines_;
    ResultModel *results_;
    QueryCanvas *canvas_;
    QTableView *linesView_, *rowsView_;
    QLineEdit *add_;
    QStringListModel *names_;
    QCheckBox *distinct_;
    QSpinBox *limit_;
    QPushButton *run_, *cancel_;
    QComboBox *dialect_;
    SqlView *sql_;
    QLabel *problem_, *status_;
    std::optional<Select> query_;
    Job job_;
    bool isShowing_ = false;
};

} // namespace schemawright::ui
