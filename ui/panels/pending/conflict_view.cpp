#include "ui/panels/pending/conflict_view.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"

#include <QAbstractButton>
#include <QApplication>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace schemawright::ui {

namespace {

QString shown(const std::optional<Cell> &cell, int longest = 60)
{
    return cell ? cellText(*cell, longest).text : QString(QChar(0x2013));
}

QLabel *label(const QString &text, bool muted = true)
{
    auto *made = new QLabel(text);
    made->setTextFormat(Qt::PlainText);
    if (muted)
        made->setProperty("role", QStringLiteral("muted"));
    return made;
}

/// A value that is chosen by a click on it; as much of it as there is room for.
class ChoiceButton : public QPushButton
{
public:
    ChoiceButton(const Cell &cell, const QString &tip, const QString &name) : value_(cellText(cell, 200).text)
    {
        setObjectName(name);
        setToolTip(tipText(tip + u'\n' + cellText(cell, 1000).text));
        setFont(theme().monospaceFont());
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setMinimumWidth(50);
        setProperty("choice", true);
        fit();
    }
    QSize sizeHint() const override { return {120, QPushButton::sizeHint().height()}; }
    QSize minimumSizeHint() const override { return {50, QPushButton::minimumSizeHint().height()}; }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QPushButton::resizeEvent(event);
        fit();
    }

private:
    void fit()
    {
        constexpr int padding = 22;
        QString text = fontMetrics().elidedText(value_, Qt::ElideRight, std::max(30, width() - padding));
        setText(text.replace(u'&', QStringLiteral("&&")));
    }
    QString value_;
};

bool isSettled(const Session::ConflictColumn &each) { return each.base == each.theirs; }

} // namespace

ConflictView::ConflictView(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), title_(new QLabel), keep_(new QPushButton(tr("Keep Mine"))),
      take_(new QPushButton(tr("Take Theirs")))
{
    setObjectName(QStringLiteral("conflict"));
    title_->setObjectName(QStringLiteral("conflictTitle"));
    title_->setWordWrap(true);
    keep_->setToolTip(tr("Lay my whole edit over the row as it is now"));
    keep_->setObjectName(QStringLiteral("keepMine"));
    take_->setToolTip(tr("Forget my whole edit of this row"));
    take_->setObjectName(QStringLiteral("takeTheirs"));
    connect(keep_, &QPushButton::clicked, this, [this] { settleAll(true); });
    connect(take_, &QPushButton::clicked, this, [this] { settleAll(false); });
    auto *bar = new QHBoxLayout;
    bar->addWidget(title_, 1);
    bar->addWidget(keep_);
    bar->addWidget(take_);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(bar);
    // Another run finds conflicts anew: the rows are read again.
    connect(&workspace, &Workspace::runStarted, this, [this] { theirs_.clear(); });
    connect(&theme(), &Theme::changed, this, &ConflictView::fill);
    hide();
}

bool ConflictView::isOpen(ChangeId id) const
{
    const Change *change = workspace_.session().unitOfWork().find(id);
    if (!change || !change->isRow() || workspace_.isRunning())
        return false;
    if (change->error)
        return change->error->kind == ErrorKind::Conflict;
    return isUnsettled(id);
}

/// Settled in part: the error is gone with the first column, the rest is still to be decided.
bool ConflictView::isUnsettled(ChangeId id) const
{
    const Change *change = workspace_.session().unitOfWork().find(id);
    const auto known = theirs_.find(id);
    if (!change || known == theirs_.end() || !known->second || !change->isUpdate())
        return false;
    return std::ranges::any_of(workspace_.session().conflict(id, *known->second),
                               [](const auto &each) { return each.mine && !isSettled(each); });
}

bool ConflictView::showChange(ChangeId id)
{
    id_ = id;
    const bool hadFocus = hasFocusInside();
    const bool open = isOpen(id);
    if (!open)
        theirs_.erase(id);
    else if (const Change *change = workspace_.session().unitOfWork().find(id); !theirs_.contains(id))
        read(*change);
    setVisible(open);
    fill();
    if (hadFocus && !open)
        Q_EMIT closed();
    return open;
}

bool ConflictView::hasFocusInside() const
{
    const QWidget *focus = QApplication::focusWidget();
    return focus && isAncestorOf(focus);
}

void ConflictView::read(const Change &change)
{
    const TablePtr table = workspace_.metadata().table(change.table());
    if (!table || reading_[change.id].isActive() || change.row().isNew())
        return;
    RowImage key;
    for (const auto &[column, value] : change.row().key)
        key[column] = value;
    reading_[change.id] = workspace_.lane().run(
        this, tr("Reading the row as it is now"),
        [table, key](Connection &connection, std::stop_token) { return readRow(connection, table, key); },
        [this, id = change.id](const Theirs &theirs) {
            theirs_[id] = theirs;
            if (id == id_)
                showChange(id);
        },
        [this](const Error &error) { workspace_.notify(error); });
}

void ConflictView::fill()
{
    const bool hadFocus = hasFocusInside();
    delete std::exchange(lines_, nullptr);
    const Change *change = workspace_.session().unitOfWork().find(id_);
    const auto known = theirs_.find(id_);
    const bool isKnown = isVisibleTo(parentWidget()) && change && known != theirs_.end();
    keep_->setEnabled(isKnown);
    take_->setEnabled(isKnown);
    if (!isKnown)
        return title_->setText(
            change && change->isRow() && change->row().isNew() ? QString() : tr("Reading the row as it is now…"));
    const Theirs &theirs = known->second;
    if (!theirs)
        return title_->setText(change->isDelete() ? tr("The row is gone already.")
                                                  : tr("The row is gone. Keep Mine makes it again, with my edits."));
    title_->setText(change->isDelete() ? tr("The row that is to be deleted was changed meanwhile.")
                                       : tr("Changed meanwhile: choose a value for each column."));

    auto *content = new QWidget;
    auto *grid = new QGridLayout(content);
    grid->setContentsMargins(0, 0, 6, 0);
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(2);
    int at = 0;
    for (const QString &text : {tr("Column"), tr("Base"), tr("Mine"), tr("Theirs")})
        grid->addWidget(label(text), 0, at++);
    grid->setColumnStretch(1, 2);
    grid->setColumnStretch(2, 3);
    grid->setColumnStretch(3, 3);
    auto *area = new QScrollArea;
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidget(content);
    lines_ = area;
    static_cast<QVBoxLayout *>(layout())->addWidget(area, 1);

    const TablePtr table = workspace_.metadata().table(change->table());
    int line = 1;
    if (change->isUpdate()) {
        auto columns = workspace_.session().conflict(id_, *theirs);
        const auto place = [&](const auto &each) { // as the grid has them, those that are mine to decide first
            return std::pair(!each.mine, table ? table->columnIndex(each.column) : std::nullopt);
        };
        std::ranges::stable_sort(columns, {}, place);
        for (const auto &each : columns)
            if (!isSettled(each))
                addLine(line++, each, table ? table->column(each.column) : nullptr);
    } else if (change->isDelete())
        for (const auto &[column, now] : *theirs)
            if (const auto was = change->before->find(column); was == change->before->end() || was->second != now)
                addLine(line++,
                        {column, was == change->before->end() ? std::nullopt : std::optional(was->second), std::nullopt,
                         now},
                        nullptr);
    grid->setRowStretch(line, 1);
    QWidget *before = take_; // the keys go through the choices in the order in which they stand
    for (auto *each : content->findChildren<QAbstractButton *>()) {
        QWidget::setTabOrder(before, each);
        before = each;
    }
    if (hadFocus && !hasFocusInside()) // the keys go on with what is still to be chosen
        if (auto *next = content->findChild<QPushButton *>())
            next->setFocus();
}

void ConflictView::addLine(int line, const Session::ConflictColumn &each, const Column *column)
{
    auto *grid = static_cast<QGridLayout *>(static_cast<QScrollArea *>(lines_)->widget()->layout());
    const QString name = toQString(each.column);
    grid->addWidget(label(name, false), line, 0);
    auto *base = label(shown(each.base));
    base->setFont(theme().monospaceFont());
    base->setObjectName(QStringLiteral("base:") + name);
    grid->addWidget(base, line, 1);
    if (!each.mine) { // not mine to decide: it stays as they made it
        auto *theirs = label(shown(each.theirs));
        theirs->setFont(theme().monospaceFont());
        grid->addWidget(label(QString(QChar(0x2013))), line, 2);
        grid->addWidget(theirs, line, 3);
        return;
    }
    auto *mine = new ChoiceButton(*each.mine, tr("Keep mine"), QStringLiteral("mine:") + name);
    auto *theirs = new ChoiceButton(*each.theirs, tr("Take theirs"), QStringLiteral("theirs:") + name);
    auto *write = new QToolButton;
    write->setIcon(theme().icon(QStringLiteral("update")));
    write->setToolTip(tr("Write another value"));
    write->setObjectName(QStringLiteral("edit:") + name);
    grid->addWidget(mine, line, 2);
    grid->addWidget(theirs, line, 3);
    grid->addWidget(write, line, 4);
    connect(mine, &QPushButton::clicked, this,
            [this, column = each.column] { settle(column, Session::Resolution::KeepMine); });
    connect(theirs, &QPushButton::clicked, this,
            [this, column = each.column] { settle(column, Session::Resolution::TakeTheirs); });
    const Value *value = std::get_if<Value>(&*each.mine);
    write->setEnabled(column && value && isTextEditable(*value));
    connect(write, &QToolButton::clicked, this,
            [this, grid, line, mine, each, column, value = value ? *value : Value()] {
                auto *editor = new QLineEdit(editText(value));
                editor->setObjectName(QStringLiteral("editor:") + toQString(each.column));
                editor->setFont(theme().monospaceFont());
                mine->hide();
                grid->addWidget(editor, line, 2);
                editor->selectAll();
                editor->setFocus();
                connect(editor, &QLineEdit::returnPressed, this, [this, editor, each, type = column->type] {
                    try {
                        const Value typed = workspace_.dialect().parseCell(type, editor->text().toStdString());
                        settle(each.column, Session::Resolution::Edit, typed);
                    } catch (const Error &error) {
                        editor->setProperty("invalid", true);
                        editor->setToolTip(tipText(toQString(error.message)));
                        editor->style()->unpolish(editor);
                        editor->style()->polish(editor);
                    }
                });
            });
}

/// Later: the button that was clicked goes with the lines.
void ConflictView::act(const std::function<void()> &work)
{
    QMetaObject::invokeMethod(
        this,
        [this, work] {
            try {
                work();
            } catch (const Error &error) {
                workspace_.notify(error);
            }
            showChange(id_);
            Q_EMIT workspace_.rowsChanged();
        },
        Qt::QueuedConnection);
}

void ConflictView::settle(const std::string &column, Session::Resolution how, const Cell &edited)
{
    act([this, id = id_, column, how, edited] {
        const auto theirs = theirs_.find(id);
        UnitOfWork &unit = workspace_.session().unitOfWork();
        const Change *change = unit.find(id);
        if (!change || theirs == theirs_.end() || !theirs->second)
            return;
        const std::optional<Error> conflict = change->error;
        workspace_.session().resolve(id, column, how, *theirs->second, edited);
        if (conflict && isUnsettled(id)) // the list and the grid mark it until the last column
            unit.setError(id, *conflict);
    });
}

void ConflictView::settleAll(bool keepMine)
{
    act([this, id = id_, keepMine] {
        const auto found = theirs_.find(id);
        if (found == theirs_.end())
            return;
        const Theirs theirs = found->second;
        theirs_.erase(id);
        if (keepMine)
            workspace_.session().keepMine(id, theirs);
        else
            workspace_.session().unitOfWork().revert(id);
    });
}

} // namespace schemawright::ui
