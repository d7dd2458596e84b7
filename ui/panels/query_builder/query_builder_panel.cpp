#include "ui/panels/query_builder/query_builder_panel.h"

#include "schemawright/base/error.h"
#include "ui/adapt/text.h"
#include "ui/models/query_lines_model.h"
#include "ui/panels/query_builder/query_canvas.h"
#include "ui/panels/query_builder/query_rows_pane.h"
#include "ui/panels/query_builder/query_sql_pane.h"
#include "ui/theme/theme.h"
#include "ui/widgets/choice_delegate.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCheckBox>
#include <QCompleter>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
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
#include <QWidgetAction>

#include <algorithm>

namespace schemawright::ui {

namespace {

QString nameIn(const MetaData &metadata, const QualifiedName &table)
{
    return table.schema.empty() || table.schema == metadata.defaultSchema ? toQString(table.name)
                                                                          : toQString(table.text());
}

} // namespace

QueryBuilderPanel::QueryBuilderPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), lines_(new QueryLinesModel(this)), canvas_(new QueryCanvas),
      sql_(new QuerySqlPane(workspace.dialect())), rows_(new QueryRowsPane(workspace))
{
    auto *upper = new QSplitter(Qt::Horizontal);
    upper->setObjectName(QStringLiteral("queryUpper"));
    upper->addWidget(canvas_);
    upper->addWidget(sql_);
    upper->setSizes({620, 340});
    upper->setChildrenCollapsible(false);
    auto *whole = new QSplitter(Qt::Vertical);
    whole->setObjectName(QStringLiteral("queryWhole"));
    whole->addWidget(upper);
    whole->addWidget(buildLines());
    whole->addWidget(rows_);
    whole->setSizes({300, 170, 180});
    whole->setChildrenCollapsible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildBar());
    layout->addWidget(whole, 1);

    connectCanvas();
    connect(lines_, &QueryLinesModel::draftChanged, this, &QueryBuilderPanel::showDraft);
    connect(sql_, &QuerySqlPane::said, rows_, &QueryRowsPane::say);
    connect(rows_, &QueryRowsPane::runningChanged, this, &QueryBuilderPanel::showRunning);
    connect(&workspace, &Workspace::metadataChanged, this, &QueryBuilderPanel::takeSchema);
    connect(&theme(), &Theme::changed, this, &QueryBuilderPanel::showDraft);
    takeSchema();
}

const QueryDraft &QueryBuilderPanel::draft() const { return lines_->draft(); }
const ResultModel &QueryBuilderPanel::results() const { return rows_->results(); }
bool QueryBuilderPanel::isRunning() const { return rows_->isRunning(); }

void QueryBuilderPanel::connectCanvas()
{
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
    connect(canvas_, &QueryCanvas::joinDrawn, this,
            [this](const std::string &fromAlias, const std::string &fromColumn, const std::string &toAlias,
                   const std::string &toColumn) {
                lines_->edit([&](QueryDraft &draft) {
                    draft.addJoin({fromAlias, toAlias, {{fromColumn, toColumn}}, false});
                });
            });
    connect(canvas_, &QueryCanvas::joinClicked, this, &QueryBuilderPanel::nextJoinKind);
    connect(canvas_, &QueryCanvas::joinRemoved, this, [this](std::size_t join) {
        lines_->edit([&](QueryDraft &draft) {
            if (join < draft.joins.size())
                draft.joins.erase(draft.joins.begin() + static_cast<std::ptrdiff_t>(join));
        });
    });
}

/// Undo and redo mean the query while the focus is in here, whatever they mean to the window.
bool QueryBuilderPanel::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        QAction *const wanted = key->matches(QKeySequence::Undo)   ? undo_
                                : key->matches(QKeySequence::Redo) ? redo_
                                                                   : nullptr;
        if (wanted) {
            key->accept();
            if (event->type() == QEvent::KeyPress)
                wanted->trigger();
            return true;
        }
    }
    return QWidget::event(event);
}

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
    connect(cancel_, &QPushButton::clicked, rows_, &QueryRowsPane::cancel);

    const auto step = [this](const char *name, const QString &text, const char *icon, auto slot) {
        auto *made = new QAction(theme().icon(QString::fromLatin1(icon)), text, this);
        made->setObjectName(QString::fromLatin1(name));
        connect(made, &QAction::triggered, lines_, slot);
        return made;
    };
    undo_ = step("queryUndo", tr("Undo in the query"), "undo", &QueryLinesModel::undo);
    redo_ = step("queryRedo", tr("Redo in the query"), "redo", &QueryLinesModel::redo);

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
    for (QAction *each : {undo_, redo_}) {
        auto *tool = new QToolButton;
        tool->setDefaultAction(each);
        tool->setAutoRaise(true);
        tool->setFocusPolicy(Qt::NoFocus);
        row->addWidget(tool);
    }
    row->addStretch(1);
    row->addWidget(button("queryNew", tr("New"), tr("Begin another query"), [this] { lines_->setDraft({}); }));
    row->addWidget(button("queryOpen", tr("Open…"), tr("Open a saved query"), &QueryBuilderPanel::askToOpen));
    row->addWidget(button("querySave", tr("Save…"), tr("Save the query to a file"), &QueryBuilderPanel::askToSave));
    row->addWidget(cancel_);
    row->addWidget(run_);
    return bar;
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
    sql_->showTrouble(tr("There is no table “%1”.").arg(typed));
}

void QueryBuilderPanel::addTable(const QualifiedName &name, const std::optional<QPointF> &position)
{
    const TablePtr table = workspace_.metadata().table(name);
    if (!table)
        return;
    std::vector<QueryDraft::Join> possible;
    lines_->edit([&](QueryDraft &draft) {
        const std::string alias = draft.addBox(*table);
        const QPointF place = canvas_->freePlace(*table, position);
        draft.boxes.back().x = place.x();
        draft.boxes.back().y = place.y();
        possible = draft.possibleJoins(alias, workspace_.metadata());
        if (possible.size() == 1)
            draft.addKeyJoin(possible.front(), alias);
    });
    if (possible.size() > 1)
        askForJoin(possible, draft().boxes.back().alias);
}

/// Which foreign key is to join the new box to those that are there.
void QueryBuilderPanel::askForJoin(const std::vector<QueryDraft::Join> &possible, const std::string &alias)
{
    add_->completer()->popup()->hide(); // it would lie over the question
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("queryJoinMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto *heading = new QLabel(tr("Join %1 by").arg(toQString(alias)));
    heading->setObjectName(QStringLiteral("queryJoinHeading"));
    heading->setProperty("role", QStringLiteral("muted"));
    heading->setContentsMargins(12, 4, 12, 4);
    auto *title = new QWidgetAction(menu); // sections of a menu have no text in this style
    title->setDefaultWidget(heading);
    title->setEnabled(false); // keys pass over it
    menu->addAction(title);
    for (const QueryDraft::Join &each : possible) {
        QStringList pairs;
        for (const auto &[left, right] : each.columns)
            pairs << QStringLiteral("%1.%2 = %3.%4")
                         .arg(toQString(each.left), toQString(left), toQString(each.right), toQString(right));
        connect(menu->addAction(pairs.join(tr(" and "))), &QAction::triggered, this,
                [this, each, alias] { lines_->edit([&](QueryDraft &draft) { draft.addKeyJoin(each, alias); }); });
    }
    menu->addSeparator();
    menu->addAction(tr("No Join"));
    menu->popup(canvas_->viewport()->mapToGlobal(canvas_->besidePosition(alias)));
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
    undo_->setEnabled(lines_->canUndo());
    redo_->setEnabled(lines_->canRedo());
    isShowing_ = false;
    showSql();
}

void QueryBuilderPanel::showSql()
{
    query_.reset();
    lines_->clearProblem();
    QString trouble;
    try {
        query_ = compose(draft(), workspace_.metadata());
    } catch (const DraftProblem &problem) {
        lines_->setProblem(problem);
        trouble = toQString(problem.message);
    }
    sql_->showQuery(query_, trouble, draft().boxes.empty() ? QString() : tr("Tick the columns you want to see."));
    run_->setEnabled(query_.has_value());
}

void QueryBuilderPanel::run()
{
    if (!query_ || isRunning())
        return;
    try {
        rows_->run(workspace_.dialect().compile(*query_));
    } catch (const Error &error) {
        rows_->say(toQString(error.message));
    }
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

void QueryBuilderPanel::save(const QString &path)
{
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(QByteArray::fromStdString(draft().toJson())) < 0 ||
        !file.commit())
        workspace_.notify(Notice{Notice::Severity::Error, tr("The query could not be saved"), file.errorString()});
    else
        rows_->say(tr("Saved to %1").arg(path));
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
