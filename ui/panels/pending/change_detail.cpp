#include "ui/panels/pending/change_detail.h"

#include "ui/adapt/text.h"
#include "ui/panels/pending/conflict_view.h"
#include "ui/widgets/sql_view.h"
#include "ui/workspace/plan_maker.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

namespace schemawright::ui {

namespace {

/// Of a statement that makes many rows the row that is looked at, or as many as can be read.
QString statementText(const Dialect &dialect, const Step &step, ChangeId id)
{
    constexpr std::size_t readable = 20;
    if (step.batch.empty() || (id == ChangeId::None && step.batch.size() <= readable))
        return toQString(previewSql(dialect, step)) + u';';
    std::size_t row = 0;
    while (id != ChangeId::None && row + 1 < step.batch.size() && step.batch[row].change != id)
        ++row;
    QString text = toQString(previewSql(dialect, step.rowStep(row))) + u';';
    if (id == ChangeId::None)
        text += ChangeDetail::tr("\n-- and %1 rows more: Save as Script has them all")
                    .arg(grouped(static_cast<std::int64_t>(step.batch.size() - 1)));
    return text;
}

} // namespace

ChangeDetail::ChangeDetail(Workspace &workspace, const PlanMaker &plans, QWidget *parent)
    : QWidget(parent), workspace_(workspace), plans_(plans), problem_(new QLabel), title_(new QLabel),
      conflict_(new ConflictView(workspace)), sqlBox_(new QWidget), sql_(new SqlView)
{
    problem_->setObjectName(QStringLiteral("changeProblem"));
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    problem_->setProperty("severity", QStringLiteral("error"));
    problem_->hide();

    connect(conflict_, &ConflictView::closed, this, &ChangeDetail::conflictClosed);
    title_->setProperty("role", QStringLiteral("muted"));
    sql_->setObjectName(QStringLiteral("pendingSql"));
    auto *copy = new QToolButton;
    copy->setText(tr("Copy"));
    copy->setToolTip(tr("Copy the SQL that is shown"));
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(sql_->sql()); });
    auto *bar = new QHBoxLayout;
    bar->addWidget(title_, 1);
    bar->addWidget(copy);
    auto *sqlLayout = new QVBoxLayout(sqlBox_);
    sqlLayout->setContentsMargins(0, 0, 0, 0);
    sqlLayout->setSpacing(2);
    sqlLayout->addLayout(bar);
    sqlLayout->addWidget(sql_, 1);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 0, 4, 4);
    layout->setSpacing(4);
    layout->addWidget(problem_);
    layout->addWidget(conflict_, 2);
    layout->addWidget(sqlBox_, 1);
}

QString ChangeDetail::sqlOf(ChangeId id) const
{
    constexpr qsizetype longest = 200; // more is a script to save, not to read
    const Change *change = workspace_.session().unitOfWork().find(id);
    if (change && change->isMapping())
        return tr("-- names of the model: kept in the project file, no SQL");
    Plan own; // while the whole is being planned, or cannot be
    const Plan *plan = &plans_.plan();
    if (change && !plans_.isReady()) {
        own = buildPlan(workspace_.dialect(), workspace_.metadata(), {change}, workspace_.session().versionColumns());
        plan = &own;
    }
    QStringList statements;
    qsizetype rest = 0;
    for (const Step &step : plan->steps)
        if (id == ChangeId::None || step.isAbout(id)) {
            if (statements.size() < longest)
                statements << statementText(workspace_.dialect(), step, id);
            else
                ++rest;
        }
    if (rest)
        statements << tr("-- and %1 more: Save as Script has them all").arg(grouped(rest));
    return statements.join(u'\n');
}

bool ChangeDetail::showChange(ChangeId id)
{
    const Change *change = workspace_.session().unitOfWork().find(id);
    title_->setText(change ? tr("SQL of this change") : tr("SQL of all changes, in order"));
    sql_->setSql(sqlOf(change ? id : ChangeId::None));
    const Error *error = change && change->error ? &*change->error : nullptr;
    if (!error && change)
        for (const PlanProblem &problem : plans_.plan().problems)
            if (problem.change == id)
                error = &problem.error;
    const bool isConflict = conflict_->showChange(change ? id : ChangeId::None);
    QStringList notes;
    for (const PlanNote &note : plans_.plan().notes)
        if (change && note.change == id)
            notes << toQString(note.text);
    // A conflict says what it is by itself, and needs the room.
    problem_->setVisible((error || !notes.isEmpty()) && !isConflict);
    sqlBox_->setVisible(!isConflict);
    setSeverity(problem_, error ? "error" : "warning");
    problem_->setText(error ? toQString(error->describe()) : notes.join(u'\n'));
    return isConflict;
}

void setSeverity(QLabel *label, const char *severity)
{
    label->setProperty("severity", QLatin1String(severity));
    label->style()->unpolish(label);
    label->style()->polish(label);
}

} // namespace schemawright::ui
