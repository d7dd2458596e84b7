#include "ui/panels/pending/change_detail.h"

#include "ui/adapt/text.h"
#include "ui/models/change_text.h"
#include "ui/models/changes_model.h"
#include "ui/panels/pending/conflict_view.h"
#include "ui/widgets/sql_view.h"
#include "ui/workspace/plan_maker.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
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

/// What the list may have cut, with as much of it as leaves room for the SQL, which has every value.
QString titleOf(const Change &change, const Session &session)
{
    constexpr qsizetype longest = 300;
    QString what = change.isRow() ? changeSummary(change, session).what
                                  : changeText(change, session, ChangePart::All).replace(u'\n', QStringLiteral("; "));
    what = (what.isEmpty() ? rowTitle(change, 200) : QStringLiteral("%1: %2").arg(rowTitle(change, 200), what));
    return what.size() > longest ? what.left(longest) + QChar(0x2026) : what;
}

/// As high as its text where there is room, else scrolled: what a database says may be long.
class TextArea : public QScrollArea
{
public:
    explicit TextArea(QLabel *label) : label_(label)
    {
        setWidget(label);
        setWidgetResizable(true);
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Maximum);
        policy.setHeightForWidth(true);
        setSizePolicy(policy);
    }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return label_->heightForWidth(width); }
    QSize sizeHint() const override { return {200, label_->heightForWidth(width())}; }
    QSize minimumSizeHint() const override { return {60, fontMetrics().lineSpacing() * 3}; }

private:
    QLabel *label_;
};

} // namespace

ChangeDetail::ChangeDetail(Workspace &workspace, const PlanMaker &plans, QWidget *parent)
    : QWidget(parent), workspace_(workspace), plans_(plans), problem_(new QLabel), title_(new QLabel),
      problemArea_(new TextArea(problem_)), conflict_(new ConflictView(workspace)), sqlBox_(new QWidget),
      sql_(new SqlView)
{
    problem_->setObjectName(QStringLiteral("changeProblem"));
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    problem_->setProperty("severity", QStringLiteral("error"));
    problemArea_->hide();

    connect(conflict_, &ConflictView::closed, this, &ChangeDetail::conflictClosed);
    title_->setObjectName(QStringLiteral("changeTitle"));
    title_->setProperty("role", QStringLiteral("muted"));
    title_->setTextFormat(Qt::PlainText);
    title_->setWordWrap(true);
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
    layout->addWidget(problemArea_);
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
    title_->setText(change ? titleOf(*change, workspace_.session()) : tr("SQL of all changes, in order"));
    title_->setToolTip(
        change ? tipText(rowTitle(*change, 1000) + u'\n' + changeText(*change, workspace_.session(), ChangePart::All))
               : QString());
    sql_->setSql(sqlOf(change ? id : ChangeId::None));
    const Error *error = change && change->error ? &*change->error : nullptr;
    if (!error && change)
        for (const PlanProblem &problem : plans_.plan().problems)
            if (problem.change == id && !problem.isOfCommit) // that is said above the list
                error = &problem.error;
    const bool isConflict = conflict_->showChange(change ? id : ChangeId::None);
    QStringList notes;
    for (const PlanNote &note : plans_.plan().notes)
        if (change && note.change == id)
            notes << toQString(note.text);
    // A conflict says what it is by itself, and needs the room.
    problemArea_->setVisible((error || !notes.isEmpty()) && !isConflict);
    sqlBox_->setVisible(!isConflict);
    setSeverity(problem_, error ? "error" : "warning");
    problem_->setText(error ? toQString(error->describe()) : notes.join(u'\n'));
    problemArea_->updateGeometry();
    return isConflict;
}

void setSeverity(QLabel *label, const char *severity)
{
    label->setProperty("severity", QLatin1String(severity));
    label->style()->unpolish(label);
    label->style()->polish(label);
}

} // namespace schemawright::ui
