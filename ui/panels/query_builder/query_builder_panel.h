#pragma once

#include "schemawright/sql/select.h"
#include "ui/models/query_draft.h"
#include "ui/workspace/workspace.h"

#include <QWidget>

#include <optional>

class QAction;
class QCheckBox;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QStringListModel;
class QTableView;

namespace schemawright::ui {

class QueryCanvas;
class QueryLinesModel;
class QueryRowsPane;
class QuerySqlPane;
class ResultModel;

/// A query built by hand: tables on a canvas, a grid of output columns, the SQL for each dialect beside it, and the
/// rows when it is run. All SQL comes from the expression language. What is done to the query can be undone here; that
/// is apart from the edits of the database.
class QueryBuilderPanel : public QWidget
{
    Q_OBJECT
public:
    explicit QueryBuilderPanel(Workspace &workspace, QWidget *parent = nullptr);

    const QueryDraft &draft() const;
    const ResultModel &results() const;
    bool isRunning() const;

    /// Adds a table, joined to those there by its foreign keys; asks when there are several.
    void addTable(const QualifiedName &table, const std::optional<QPointF> &position = {});
    void save(const QString &path);
    void open(const QString &path);

protected:
    bool event(QEvent *event) override;

private:
    QWidget *buildBar();
    QWidget *buildLines();
    void connectCanvas();
    void takeSchema();
    void addTyped();
    void askForJoin(const std::vector<QueryDraft::Join> &possible, const std::string &alias);
    void nextJoinKind(std::size_t join);
    void toggleColumn(const std::string &alias, const std::string &column);
    void showDraft();
    void showSql();
    void run();
    void showRunning();
    void askToSave();
    void askToOpen();
    void removeLines();

    Workspace &workspace_;
    QueryLinesModel *lines_;
    QueryCanvas *canvas_;
    QuerySqlPane *sql_;
    QueryRowsPane *rows_;
    QTableView *linesView_;
    QLineEdit *add_;
    QStringListModel *names_;
    QCheckBox *distinct_;
    QSpinBox *limit_;
    QAction *undo_, *redo_;
    QPushButton *run_, *cancel_;
    std::optional<Select> query_;
    bool isShowing_ = false;
};

} // namespace schemawright::ui
