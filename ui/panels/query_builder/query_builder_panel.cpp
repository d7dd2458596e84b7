#include "ui/panels/query_builder/query_builder_panel.h"

#include "schemawright/base/error.h"
#include "schemawright/sql/cpp_text.h"
#include "schemawright/sql/lint.h"
#include "ui/adapt/text.h"
#include "ui/models/query_lines_model.h"
#include "ui/models/result_model.h"
#include "ui/panels/query_builder/query_canvas.h"
#include "ui/theme/theme.h"
#include "ui/widgets/cell_painter.h"
#include "ui/widgets/choice_delegate.h"
#include "ui/widgets/sql_view.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QCompleter>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSaveFile>
#include <QSpinBox>
#include <QSplitter>
#include <QStringListModel>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace schemawright::ui {

namespace {

constexpr std::size_t mostRows = 10'000; // shown at once: more is for an export

/// What a run brings back.
struct Rows
{
    std::vector<ColumnHead> columns;
    std::vector<RowBatch> batches;
    bool isCut = false;
};

QString nameIn(const MetaData &metadata, const QualifiedName &table)
{
    return table.schema.empty() || table.schema == metadata.defaultSchema ? toQString(table.name)
                                                                          : toQString(table.text());
}

} // namespace

QueryBuilderPanel::QueryBuilderPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), lines_(new QueryLinesModel(this)), results_(new ResultModel(this)),
      canvas_(new QueryCanvas)
{
    if (!workspace.engine().url().isMemory())
        lane_ = std::make_unique<Lane>(workspace.engine());

    auto *upper = new QSplitter(Qt::Horizontal);
    upper->setObjectName(QStringLiteral("queryUpper"));
    upper->addWidget(canvas_);
    upper->addWidget(buildSql());
    upper->setSizes({620, 340});
    upper->setChildrenCollapsible(false);
    auto *whole = new QSplitter(Qt::Vertical);
    whole->setObjectName(QStringLiteral("queryWhole"));
    whole->addWidget(upper);
    whole->addWidget(buildLines());
    whole->addWidget(buildRows());
    whole->setSizes({300, 170, 180});
    whole->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildBar());
    layout->addWidget(whole, 1);

    connect(lines_, &QueryLinesModel::draftChanged, this, &QueryBuilderPanel::showDraft);
    connect(canvas_, &QueryCanvas::tableDropped, this,
            [this](const QualifiedName &table, const QPointF &at) { addTable(table, at); });
    connect(canvas_, &QueryCanvas::boxMoved, this, [this](const std::string &alias, const QPointF &at) {
        lines_->edit([&](QueryDraft &draft) {
            for (QueryDraft::Box &box : draft.boxes)
                if (box.alias == alias) {
                    box.x = at.x();
                    box.y = at.y();
                }
        });
    });
    connect(canvas_, &QueryCanvas::boxClosed, this,
            [this](const std::string &alias) { lines_->edit([&](QueryDraft &draft) { draft.removeBox(alias); }); });
    connect(canvas_, &QueryCanvas::columnToggled, this, &QueryBuilderPanel::toggleColumn);
    connect(canvas_, &QueryCanvas::joinClicked, this, &QueryBuilderPanel::nextJoinKind);
    connect(canvas_, &QueryCanvas::joinRemoved, this, [this](std::size_t join) {
        lines_->edit([&](QueryDraft &draft) {
            if (join < draft.joins.size())
                draft.joins.erase(draft.joins.begin() + static_cast<std::ptrdiff_t>(join));
        });
    });
    connect(&workspace, &Workspace::metadataChanged, this, &QueryBuilderPanel::takeSchema);
    connect(&theme(), &Theme::changed, this, &QueryBuilderPanel::showDraft);
    takeSchema();
}

QueryBuilderPanel::~QueryBuilderPanel() { job_.abandon(); }

const QueryDraft &QueryBuilderPanel::draft() const { return lines_->draft(); }

QWidget *QueryBuilderPanel::buildBar()
{
    add_ = new QLineEdit;
    add_->setObjectName(QStringLiteral("queryAdd"));
    add_->setPlaceholderText(tr("Add a table"));
    add_->setClearButtonEnabled(true);
    add_->setMaximumWidth(240);
    names_ = new QStringListModel(this);
    auto *completer = new QCompleter(names_, this);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    completer->setFilterMode(Qt::MatchContains);
    add_->setCompleter(completer);
    connect(add_, &QLineEdit::returnPressed, this, &QueryBuilderPanel::addTyped);
    connect(completer, QOverload<const QString &>::of(&QCompleter::activated), this, &QueryBuilderPanel::addTyped,
            Qt::QueuedConnection);

    distinct_ = new QCheckBox(tr("Distinct"));
    distinct_->setObjectName(QStringLiteral("queryDistinct"));
    distinct_->setToolTip(tr("Each row once"));
    connect(distinct_, &QCheckBox::toggled, this,
            [this](bool on) { lines_->edit([&](QueryDraft &draft) { draft.distinct = on; }); });
    limit_ = new QSpinBox;
    limit_->setObjectName(QStringLiteral("queryLimit"));
    limit_->setRange(0, 1'000'000'000);
    limit_->setSpecialValueText(tr("All rows"));
    limit_->setPrefix(tr("First "));
    limit_->setKeyboardTracking(false);
    limit_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    limit_->setToolTip(tr("How many rows at most"));
    connect(limit_, &QSpinBox::valueChanged, this, [this](int rows) {
        lines_->edit([&](QueryDraft &draft) { draft.limit = rows ? std::optional<std::int64_t>(rows) : std::nullopt; });
    });

    run_ = new QPushButton(tr("Run"));
    run_->setObjectName(QStringLiteral("queryRun"));
    run_->setProperty("primary", true);
    run_->setToolTip(tr("Run the query (Ctrl+Return)"));
    auto *shortcut = new QAction(this);
    shortcut->setShortcuts({QKeySequence(QStringLiteral("Ctrl+Return")), QKeySequence(QStringLiteral("Ctrl+Enter"))});
    shortcut->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(shortcut);
    connect(shortcut, &QAction::triggered, this, &QueryBuilderPanel::run);
    connect(run_, &QPushButton::clicked, this, &QueryBuilderPanel::run);
    cancel_ = new QPushButton(tr("Cancel"));
    cancel_->setObjectName(QStringLiteral("queryCancel"));
    cancel_->hide();
    connect(cancel_, &QPushButton::clicked, this, [this] { job_.cancel(); });

    const auto button = [this](const char *name, const QString &text, const QString &tip, auto slot) {
        auto *made = new QPushButton(text);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        connect(made, &QPushButton::clicked, this, slot);
        return made;
    };
    auto *bar = new QWidget;
    auto *row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 8, 8, 8);
    row->setSpacing(8);
    row->addWidget(add_);
    row->addWidget(distinct_);
    row->addWidget(limit_);
    row->addStretch(1);
    row->addWidget(button("queryNew", tr("New"), tr("Begin another query"), [this] { lines_->setDraft({}); }));
    row->addWidget(button("queryOpen", tr("Open…"), tr("Open a saved query"), &QueryBuilderPanel::askToOpen));
    row->addWidget(button("querySave", tr("Save…"), tr("Save the query to a file"), &QueryBuilderPanel::askToSave));
    row->addWidget(cancel_);
    row->addWidget(run_);
    return bar;
}

QWidget *QueryBuilderPanel::buildSql()
{
    dialect_ = new QComboBox;
    dialect_->setObjectName(QStringLiteral("queryDialect"));
    dialect_->setToolTip(tr("The database for which the SQL is shown; it runs on the one that is open"));
    for (const Dialect *each : Workspace::knownDialects())
        dialect_->addItem(toQString(each->name()));
    dialect_->setCurrentIndex(std::max(0, dialect_->findText(toQString(workspace_.dialect().name()))));
    connect(dialect_, &QComboBox::currentIndexChanged, this, &QueryBuilderPanel::showSql);
    const auto copy = [this](const char *name, const QString &text, const QString &tip, auto slot) {
        auto *made = new QPushButton(text);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        connect(made, &QPushButton::clicked, this, slot);
        return made;
    };
    auto *top = new QHBoxLayout;
    top->setContentsMargins(8, 0, 8, 8);
    top->setSpacing(8);
    top->addWidget(dialect_);
    top->addStretch(1);
    top->addWidget(copy("queryCopySql", tr("Copy SQL"), tr("Copy the SQL that is shown"),
                        [this] { QGuiApplication::clipboard()->setText(sql_->sql()); }));
    top->addWidget(
        copy("queryCopyCpp", tr("Copy C++"), tr("Copy the C++ that builds this query"), &QueryBuilderPanel::copyCpp));
    sql_ = new SqlView;
    problem_ = new QLabel;
    problem_->setObjectName(QStringLiteral("queryProblem"));
    problem_->setWordWrap(true);
    problem_->setMargin(8);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    problem_->hide();
    auto *side = new QWidget;
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(sql_, 1);
    column->addWidget(problem_);
    return side;
}

QWidget *QueryBuilderPanel::buildLines()
{
    linesView_ = new QTableView;
    linesView_->setObjectName(QStringLiteral("queryLines"));
    linesView_->setModel(lines_);
    linesView_->setItemDelegate(new ChoiceDelegate(QueryLinesModel::ChoicesRole, linesView_));
    linesView_->setFrameShape(QFrame::NoFrame);
    linesView_->verticalHeader()->setDefaultSectionSize(26);
    linesView_->setEditTriggers(QAbstractItemView::AllEditTriggers);
    linesView_->horizontalHeader()->setHighlightSections(false);
    linesView_->horizontalHeader()->setStretchLastSection(true);
    const int widths[] = {220, 110, 60, 100, 120, 170, 120, 100};
    for (int i = 0; i < QueryLinesModel::ColumnCount; ++i)
        linesView_->setColumnWidth(i, widths[i]);
    const auto action = [this](const QString &text, const QKeySequence &key, auto slot) {
        auto *made = new QAction(text, linesView_);
        made->setShortcut(key);
        made->setShortcutContext(Qt::WidgetShortcut);
        connect(made, &QAction::triggered, this, slot);
        linesView_->addAction(made);
    };
    action(tr("Remove"), QKeySequence(Qt::Key_Delete), &QueryBuilderPanel::removeLines);
    action(tr("Move Up"), QKeySequence(QStringLiteral("Alt+Up")), [this] {
        const QModelIndex at = linesView_->currentIndex();
        lines_->moveLine(at.row(), at.row() - 1);
        linesView_->setCurrentIndex(lines_->index(std::max(0, at.row() - 1), at.column()));
    });
    action(tr("Move Down"), QKeySequence(QStringLiteral("Alt+Down")), [this] {
        const QModelIndex at = linesView_->currentIndex();
        lines_->moveLine(at.row(), at.row() + 1);
        linesView_->setCurrentIndex(lines_->index(at.row() + 1, at.column()));
    });
    linesView_->setContextMenuPolicy(Qt::ActionsContextMenu);
    return linesView_;
}

QWidget *QueryBuilderPanel::buildRows()
{
    rowsView_ = new QTableView;
    rowsView_->setObjectName(QStringLiteral("queryRows"));
    rowsView_->setModel(results_);
    rowsView_->setItemDelegate(new CellPainter(rowsView_));
    rowsView_->setFrameShape(QFrame::NoFrame);
    rowsView_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    rowsView_->verticalHeader()->setDefaultSectionSize(26);
    rowsView_->horizontalHeader()->setHighlightSections(false);
    rowsView_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    status_ = new QLabel(tr("Not run yet"));
    status_->setObjectName(QStringLiteral("queryStatus"));
    status_->setProperty("role", QStringLiteral("muted"));
    status_->setContentsMargins(8, 4, 8, 4);
    status_->setWordWrap(true);
    auto *below = new QWidget;
    auto *column = new QVBoxLayout(below);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(rowsView_, 1);
    column->addWidget(status_);
    return below;
}

void QueryBuilderPanel::takeSchema()
{
    QStringList names;
    for (const TablePtr &table : workspace_.metadata().tables())
        names << nameIn(workspace_.metadata(), table->name);
    names_->setStringList(names);
    showDraft();
}

void QueryBuilderPanel::addTyped()
{
    const QString typed = add_->text().trimmed();
    if (typed.isEmpty())
        return;
    for (const TablePtr &table : workspace_.metadata().tables())
        if (nameIn(workspace_.metadata(), table->name).compare(typed, Qt::CaseInsensitive) == 0) {
            add_->clear();
            addTable(table->name);
            return;
        }
    problem_->setText(tr("There is no table “%1”.").arg(typed));
    problem_->show();
}

void QueryBuilderPanel::addTable(const QualifiedName &name, const std::optional<QPointF> &position)
{
    const TablePtr table = workspace_.metadata().table(name);
    if (!table)
        return;
    std::string alias;
    lines_->edit([&](QueryDraft &draft) {
        alias = draft.addBox(*table);
        QueryDraft::Box &box = draft.boxes.back();
        // Beside the last one, so that the joins run from left to right.
        const auto index = static_cast<double>(draft.boxes.size() - 1);
        box.x = position ? position->x() : 20 + index * 310;
        box.y = position ? position->y() : 20;
    });
    join(alias);
}

/// Joins a new box by the foreign key between it and those that are there; by a choice where there are several.
void QueryBuilderPanel::join(const std::string &alias)
{
    const std::vector<QueryDraft::Join> possible = draft().possibleJoins(alias, workspace_.metadata());
    const auto add = [this, alias](QueryDraft::Join made) {
        lines_->edit([&](QueryDraft &draft) {
            // Behind a table whose rows may be missing, an inner join would take away the rows that were kept.
            const std::string &other = made.left == alias ? made.right : made.left;
            if (std::ranges::any_of(draft.joins,
                                    [&](const auto &each) { return each.isLeft && each.right == other; })) {
                if (made.left == alias) {
                    std::swap(made.left, made.right);
                    for (auto &[left, right] : made.columns)
                        std::swap(left, right);
                }
                made.isLeft = true;
            }
            draft.joins.push_back(made);
        });
    };
    if (possible.empty())
        return;
    if (possible.size() == 1)
        return add(possible.front());
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("queryJoinMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addSection(tr("Join by"));
    for (const QueryDraft::Join &each : possible) {
        QStringList pairs;
        for (const auto &[left, right] : each.columns)
            pairs << QStringLiteral("%1.%2 = %3.%4")
                         .arg(toQString(each.left), toQString(left), toQString(each.right), toQString(right));
        connect(menu->addAction(pairs.join(tr(" and "))), &QAction::triggered, this, [add, each] { add(each); });
    }
    menu->addSeparator();
    menu->addAction(tr("No Join"));
    menu->popup(add_->mapToGlobal(QPoint(0, add_->height())));
}

/// inner → all rows of one side → all of the other → inner
void QueryBuilderPanel::nextJoinKind(std::size_t index)
{
    lines_->edit([&](QueryDraft &draft) {
        if (index >= draft.joins.size())
            return;
        QueryDraft::Join &join = draft.joins[index];
        const auto swap = [&] {
            std::swap(join.left, join.right);
            for (auto &[left, right] : join.columns)
                std::swap(left, right);
        };
        // First all rows of the side that stands to the left on the canvas.
        const auto isFirst = [&](const std::string &alias) {
            const QueryDraft::Box *one = draft.box(alias),
                                  *other = draft.box(alias == join.left ? join.right : join.left);
            return one && other && one->x <= other->x;
        };
        if (!join.isLeft) {
            if (!isFirst(join.left))
                swap();
            join.isLeft = true;
        } else if (isFirst(join.left))
            swap();
        else
            join.isLeft = false;
    });
}

void QueryBuilderPanel::toggleColumn(const std::string &alias, const std::string &column)
{
    const std::string expression = columnText(alias, column);
    lines_->edit([&](QueryDraft &draft) {
        if (!std::erase_if(draft.lines, [&](const auto &line) { return line.expression == expression; }))
            draft.lines.emplace_back().expression = expression;
    });
}

void QueryBuilderPanel::showDraft()
{
    if (isShowing_)
        return;
    isShowing_ = true;
    canvas_->show(draft(), workspace_.metadata());
    distinct_->setChecked(draft().distinct);
    limit_->setValue(static_cast<int>(draft().limit.value_or(0)));
    isShowing_ = false;
    showSql();
}

void QueryBuilderPanel::showSql()
{
    query_.reset();
    QString trouble;
    bool isError = false;
    lines_->clearProblem();
    try {
        query_ = compose(draft(), workspace_.metadata());
        QStringList warnings;
        for (const Lint &each : lint(*query_))
            warnings << toQString(each.message);
        trouble = warnings.join(QLatin1Char('\n'));
        const Dialect *shown = Workspace::knownDialects()[static_cast<std::size_t>(dialect_->currentIndex())];
        sql_->setSql(toQString(shown->literalSql(*query_, true)));
    } catch (const DraftProblem &problem) {
        lines_->setProblem(problem);
        trouble = toQString(problem.message);
        isError = true;
        sql_->setSql({});
    } catch (const Error &error) { // this dialect has no such construct
        trouble = toQString(error.message);
        isError = true;
        sql_->setSql({});
    }
    const Colors &colors = theme().colors();
    problem_->setText(trouble);
    problem_->setStyleSheet(QStringLiteral("background: %1; color: %2;")
                                .arg((isError ? colors.errorTint : colors.warningTint).name(),
                                     (isError ? colors.error : colors.warning).name()));
    problem_->setVisible(!trouble.isEmpty());
    run_->setEnabled(query_.has_value());
}

void QueryBuilderPanel::run()
{
    if (!query_ || isRunning())
        return;
    Compiled compiled;
    try {
        compiled = workspace_.dialect().compile(*query_);
    } catch (const Error &error) {
        status_->setText(toQString(error.message));
        return;
    }
    Lane &lane = lane_ ? *lane_ : workspace_.lane();
    const auto started = std::chrono::steady_clock::now();
    job_ = lane.run(
        this, tr("Running the query"),
        [compiled](Connection &connection, const std::stop_token &) {
            Result result = connection.execute(compiled);
            Rows rows;
            rows.columns = result.columns();
            std::size_t count = 0;
            for (RowBatch batch; result.fetch(batch); batch = RowBatch()) {
                count += batch.rowCount();
                rows.batches.push_back(std::move(batch));
                if (count >= mostRows) {
                    rows.isCut = true;
                    break;
                }
            }
            return rows;
        },
        [this, started](Rows rows) {
            results_->setColumns(rows.columns);
            for (RowBatch &batch : rows.batches)
                results_->addBatch(std::move(batch));
            rowsView_->resizeColumnsToContents();
            for (int i = 0; i < results_->columnCount(); ++i)
                rowsView_->setColumnWidth(i, std::clamp(rowsView_->columnWidth(i) + 16, 80, 320));
            const auto took =
                std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started);
            const QString count = grouped(results_->rowCount());
            status_->setText(rows.isCut ? tr("The first %1 rows, in %2 ms").arg(count).arg(took.count())
                                        : tr("%1 rows, in %2 ms").arg(count).arg(took.count()));
            showRunning();
        },
        [this](const Error &error) {
            status_->setText(error.kind == ErrorKind::Cancelled ? tr("Cancelled") : toQString(error.describe()));
            showRunning();
        });
    status_->setText(tr("Running…"));
    showRunning();
}

void QueryBuilderPanel::showRunning()
{
    cancel_->setVisible(isRunning());
    run_->setVisible(!isRunning());
}

void QueryBuilderPanel::removeLines()
{
    std::vector<int> rows;
    for (const QModelIndex &index : linesView_->selectionModel()->selectedIndexes())
        rows.push_back(index.row());
    std::ranges::sort(rows, std::greater());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    for (const int row : rows)
        lines_->removeLine(row);
}

void QueryBuilderPanel::copyCpp()
{
    if (!query_)
        return;
    try {
        QGuiApplication::clipboard()->setText(toQString(cppText(*query_)));
        status_->setText(tr("The C++ is on the clipboard"));
    } catch (const Error &error) {
        status_->setText(toQString(error.message));
    }
}

void QueryBuilderPanel::save(const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray::fromStdString(draft().toJson())) < 0 ||
        !file.commit())
        workspace_.notify(Notice{Notice::Severity::Error, tr("The query could not be saved"), file.errorString()});
    else
        status_->setText(tr("Saved to %1").arg(path));
}

void QueryBuilderPanel::open(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return workspace_.notify(
            Notice{Notice::Severity::Error, tr("The query could not be opened"), file.errorString()});
    try {
        lines_->setDraft(QueryDraft::fromJson(file.readAll().toStdString()));
    } catch (const Error &error) {
        workspace_.notify(error);
    }
}

void QueryBuilderPanel::askToSave()
{
    auto *dialog = new QFileDialog(this, tr("Save Query"), {}, tr("Queries (*.swquery)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("swquery"));
    connect(dialog, &QFileDialog::fileSelected, this, &QueryBuilderPanel::save);
    dialog->open();
}

void QueryBuilderPanel::askToOpen()
{
    auto *dialog = new QFileDialog(this, tr("Open Query"), {}, tr("Queries (*.swquery)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, &QueryBuilderPanel::open);
    dialog->open();
}

} // namespace schemawright::ui
