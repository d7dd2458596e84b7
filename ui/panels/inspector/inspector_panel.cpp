#include "ui/panels/inspector/inspector_panel.h"

#include "schemawright/orm/conversion.h"
#include "schemawright/schema/dependants.h"
#include "schemawright/sql/statement.h"
#include "ui/adapt/text.h"
#include "ui/models/columns_model.h"
#include "ui/models/indexes_model.h"
#include "ui/models/keys_model.h"
#include "ui/panels/inspector/create_pane.h"
#include "ui/panels/inspector/model_page.h"
#include "ui/panels/inspector/parts_page.h"
#include "ui/theme/theme.h"
#include "ui/workspace/structure_edits.h"
#include "ui/workspace/workspace.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace schemawright::ui {

namespace {

QString sentence(const Error &error)
{
    QString text = toQString(error.message);
    if (!text.isEmpty())
        text[0] = text[0].toUpper();
    return error.hint.empty() ? text : text + QStringLiteral(". ") + toQString(error.hint);
}

} // namespace

InspectorPanel::InspectorPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), pages_(new QStackedWidget), name_(new QLineEdit), comment_(new QLineEdit),
      about_(new QLabel), state_(new QLabel), problem_(new QLabel), fixed_(new QLabel), count_(new QToolButton),
      restore_(new QToolButton), tabs_(new QTabWidget), create_(new CreatePane(workspace))
{
    auto *empty = new QLabel(tr("Select a table or view to see what it is made of."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setProperty("role", QStringLiteral("muted"));
    empty->setMargin(24);
    auto *page = new QWidget;
    buildHead(page);

    tabs_->setObjectName(QStringLiteral("inspectorTabs"));
    tabs_->setDocumentMode(true);
    tabs_->setUsesScrollButtons(true);
    tabs_->tabBar()->setStyleSheet(
        QStringLiteral("QTabBar::tab { padding-left: 7px; padding-right: 7px; }")); // all in view
    const auto edits = [this](const std::function<QString(Table &)> &change) { return edit(change); };
    const auto addPage = [&](PartsModel *model, const char *name, const QString &title) {
        auto *made = new PartsPage(model, QString::fromLatin1(name));
        connect(made, &PartsPage::refreshWanted, this, &InspectorPanel::refresh);
        connect(made, &PartsPage::tableWanted, this,
                [this](const QualifiedName &table) { workspace_.setCurrentTable(table); });
        connect(made, &PartsPage::dropWithWanted, this, [this, made, isColumn = parts_.empty()] {
            if (!shown_)
                return;
            const std::string column = made->model().refusedName().toStdString();
            const auto erase = [made](Table &table) { return made->model().eraseRefused(table); };
            made->tell(isColumn && !column.empty() ? structure::dropWithDependants(workspace_, shown_->name, column)
                                                   : structure::editWithReferrers(workspace_, shown_->name, erase));
        });
        tabs_->addTab(made, title);
        parts_.push_back(made);
    };
    addPage(new ColumnsModel(edits), "structureColumns", tr("Columns"));
    addPage(new KeysModel(edits), "structureKeys", tr("Keys"));
    addPage(new ChecksModel(edits), "structureChecks", tr("Checks"));
    addPage(new IndexesModel(edits), "structureIndexes", tr("Indexes"));
    tabs_->addTab(new ModelPage(workspace), tr("Model"));

    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(QStringLiteral("structureSplitter"));
    splitter->addWidget(tabs_);
    splitter->addWidget(create_);
    splitter->setChildrenCollapsible(false);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    page->layout()->addWidget(splitter);
    static_cast<QVBoxLayout *>(page->layout())->setStretchFactor(splitter, 1);
    pages_->addWidget(empty);
    pages_->addWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pages_);

    // The Model page shows its own text: the class.
    connect(tabs_, &QTabWidget::currentChanged, this,
            [this](int tab) { create_->setVisible(tab < static_cast<int>(parts_.size())); });
    refreshTimer_.setSingleShot(true);
    refreshTimer_.setInterval(0); // one refresh for what one edit fires; never amid a delegate's work
    connect(&refreshTimer_, &QTimer::timeout, this, &InspectorPanel::refresh);
    connect(&workspace, &Workspace::pendingChanged, &refreshTimer_, qOverload<>(&QTimer::start));
    connect(&workspace, &Workspace::currentTableChanged, this, &InspectorPanel::refresh);
    connect(&workspace, &Workspace::metadataChanged, this, &InspectorPanel::refresh);
    connect(&theme(), &Theme::changed, this, &InspectorPanel::refresh);
    refresh();
}

void InspectorPanel::buildHead(QWidget *page)
{
    name_->setObjectName(QStringLiteral("inspectedName"));
    name_->setFrame(false);
    name_->setStyleSheet(QStringLiteral(
        "QLineEdit { background: transparent; border: 1px solid transparent; padding: 1px 3px; font-size: 15px; "
        "font-weight: 600; } QLineEdit:focus { border: 1px solid palette(highlight); background: palette(base); }"));
    name_->setToolTip(tr("The table's name; type over it to rename"));
    comment_->setObjectName(QStringLiteral("inspectedComment"));
    comment_->setFrame(false);
    comment_->setPlaceholderText(tr("Comment"));
    comment_->setStyleSheet(
        QStringLiteral("QLineEdit { background: transparent; border: 1px solid transparent; padding: 1px 3px; } "
                       "QLineEdit:focus { border: 1px solid palette(highlight); background: palette(base); }"));
    about_->setObjectName(QStringLiteral("aboutTable"));
    about_->setProperty("role", QStringLiteral("muted"));
    about_->setWordWrap(true);
    about_->setTextFormat(Qt::PlainText);
    about_->setContentsMargins(4, 0, 0, 0);
    state_->setObjectName(QStringLiteral("structureState"));
    restore_->setText(tr("Revert"));
    restore_->setObjectName(QStringLiteral("structureRevert"));
    restore_->setToolTip(tr("Take back what is pending on the structure of this table"));
    count_->setText(tr("Count Rows"));
    count_->setToolTip(tr("Ask the database how many rows there are"));
    problem_->setObjectName(QStringLiteral("structureProblem"));
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setMargin(6);
    problem_->hide();
    fixed_->setObjectName(QStringLiteral("structureFixed"));
    fixed_->setWordWrap(true);
    fixed_->setMargin(6);
    fixed_->setTextFormat(Qt::RichText);
    fixed_->setTextInteractionFlags(Qt::TextBrowserInteraction);
    connect(fixed_, &QLabel::linkActivated, this, [this](const QString &link) {
        const QStringList parts = QUrl::fromPercentEncoding(link.toLatin1()).split(u'\n');
        workspace_.setCurrentTable(QualifiedName{parts[0].toStdString(), parts[1].toStdString()});
    });

    auto *top = new QHBoxLayout;
    top->addWidget(name_, 1);
    top->addWidget(count_);
    auto *second = new QHBoxLayout;
    second->addWidget(about_, 1);
    second->addWidget(state_, 0, Qt::AlignTop);
    second->addWidget(restore_, 0, Qt::AlignTop);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(8, 8, 8, 6);
    head->setSpacing(2);
    head->addLayout(top);
    head->addWidget(problem_);
    head->addLayout(second);
    head->addWidget(comment_);
    head->addWidget(fixed_);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(head);

    connect(name_, &QLineEdit::editingFinished, this, &InspectorPanel::takeName);
    connect(comment_, &QLineEdit::editingFinished, this, &InspectorPanel::takeComment);
    connect(count_, &QToolButton::clicked, this, &InspectorPanel::countRows);
    connect(restore_, &QToolButton::clicked, this, [this] {
        if (shown_)
            tell(structure::revert(workspace_, shown_->name));
    });
}

QString InspectorPanel::edit(const std::function<QString(Table &)> &change)
{
    return shown_ ? structure::edit(workspace_, shown_->name, change) : QString();
}

void InspectorPanel::refresh()
{
    refreshTimer_.stop();
    const auto &current = workspace_.currentTable();
    const Draft &draft = workspace_.session().draft();
    TablePtr table = current ? draft.after.table(*current) : nullptr;
    const bool isDropped = current && !table;
    if (isDropped)
        table = draft.before.table(*current);
    if (!shown_ || !table || shown_->name != table->name) {
        tell({});
        count_->setText(tr("Count Rows"));
    }
    shown_ = table;
    pages_->setCurrentIndex(table ? 1 : 0);
    if (!table) {
        create_->show(nullptr);
        return;
    }
    whyFixed_ = structure::whyNot(workspace_, table);
    if (workspace_.session().unitOfWork().isFrozen())
        whyFixed_ = tr("A commit is running.");
    PartsModel::Context context;
    context.table = table;
    context.before = table->id == TableId::None ? draft.before.table(table->name) : draft.before.table(table->id);
    context.draft = draft.after;
    context.dialect = &workspace_.dialect();
    context.isEditable = whyFixed_.isEmpty() && !isDropped && !table->columns.empty();
    for (PartsPage *page : parts_) {
        page->model().show(context);
        page->showState();
    }
    const bool hasComments = workspace_.dialect().capabilities().comments;
    parts_[0]->view()->setColumnHidden(ColumnsModel::Comment, !hasComments);
    parts_[0]->view()->setColumnHidden(ColumnsModel::Convert, [&] { // while no type changes there is nothing to say
        const QAbstractItemModel &model = parts_[0]->model();
        for (int row = 0; row < model.rowCount(); ++row)
            if (!model.index(row, ColumnsModel::Convert).data().toString().isEmpty())
                return false;
        return true;
    }());
    parts_[0]->showState();
    showConsequences();
    showHead(table, isDropped);
    showPartitions(*table);
    showCounts();
    create_->show(isDropped ? nullptr : table);
}

void InspectorPanel::showHead(const TablePtr &table, bool isDropped)
{
    const bool isEditable = parts_[0]->model().context().isEditable;
    name_->setReadOnly(!isEditable);
    comment_->setReadOnly(!isEditable);
    if (!name_->hasFocus() && problem_->isHidden())
        name_->setText(toQString(table->name.name));
    if (!comment_->hasFocus())
        comment_->setText(toQString(table->comment.value_or("")));
    comment_->setVisible(table->comment || (isEditable && workspace_.dialect().capabilities().comments));
    QString text = toQString(toString(table->kind)).replace(u'_', u' ');
    if (table->kind != TableKind::Table && !table->isView() && table->kind != TableKind::Partition)
        text += tr(" table");
    text += tr(" in %1").arg(toQString(table->name.schema));
    if (!table->columns.empty())
        text += table->columns.size() == 1 ? tr(", 1 column") : tr(", %1 columns").arg(table->columns.size());
    QStringList tips; // what a table is, it says at once; what it has, when it is asked
    for (const auto &[option, value] : table->options) {
        const QString name = toQString(option).replace(u'_', u' ');
        if (value == "true")
            text += QStringLiteral(", ") + name;
        else
            tips << name + u' ' + toQString(value);
    }
    about_->setText(text);
    if (!whyFixed_.isEmpty())
        tips << whyFixed_;
    about_->setToolTip(tipText(tips.join(u'\n')));

    const TablePtr before = parts_[0]->model().context().before;
    const Draft &draft = workspace_.session().draft();
    const bool isChanged = std::ranges::any_of(
        draft.diffs, [&](const TableDiff &diff) { return diff.after && diff.after->name == table->name; });
    const Colors &colors = theme().colors();
    const auto badge = [&](const QString &word, const QColor &ink, const QColor &ground) {
        state_->setText(word);
        state_->setStyleSheet(QStringLiteral("color: %1; background: %2; border-radius: 8px; padding: 1px 8px;")
                                  .arg(ink.name(), ground.name()));
    };
    if (isDropped)
        badge(tr("to be dropped"), colors.deleted, colors.deletedTint);
    else if (!before)
        badge(tr("new"), colors.inserted, colors.insertedTint);
    else if (isChanged)
        badge(tr("changed"), colors.updated, colors.updatedTint);
    const bool isPending = isDropped || !before || isChanged;
    state_->setVisible(isPending);
    restore_->setVisible(isPending);
    count_->setVisible(before != nullptr);
}

/// Why a table has no form, what becomes of the edits in it, and how it hangs together with others.
void InspectorPanel::showPartitions(const Table &table)
{
    constexpr std::size_t named = 4;
    const auto link = [&](const QualifiedName &name) {
        const QString target = toQString(name.schema) + u'\n' + toQString(name.name);
        const bool isNear = name.schema == table.name.schema;
        return QStringLiteral("<a style=\"color: %1\" href=\"%2\">%3</a>")
            .arg(theme().colors().keyword.name(), QString::fromLatin1(QUrl::toPercentEncoding(target)),
                 toQString(isNear ? name.name : name.text()).toHtmlEscaped());
    };
    QStringList lines;
    for (const Remark &error : workspace_.metadata().errors)
        if (error.isAbout(table.name))
            lines << tr("It could not be read as a whole: %1").arg(toQString(error.what).toHtmlEscaped());
    if (table.kind != TableKind::Table && !table.isView() && !whyFixed_.isEmpty())
        lines << whyFixed_.toHtmlEscaped();
    if (parts_[0]->model().context().isEditable && !workspace_.dialect().capabilities().transactionalDdl)
        lines << tr("Changes of tables are saved as a script here, not committed: this database could not take them "
                    "back.");
    if (table.partition.of)
        lines << tr("Partition of %1, %2")
                     .arg(link(*table.partition.of), toQString(table.partition.bound.value_or("")).toHtmlEscaped());
    if (table.partition.by) {
        std::vector<TablePtr> partitions;
        for (const TablePtr &each : workspace_.session().draft().after.tables())
            if (each->partition.of && *each->partition.of == table.name)
                partitions.push_back(each);
        lines << tr("Partitioned by %1, %2")
                     .arg(toQString(*table.partition.by).toHtmlEscaped(),
                          partitions.empty()       ? tr("no partitions yet: no row can be inserted")
                          : partitions.size() == 1 ? tr("1 partition")
                                                   : tr("%1 partitions").arg(partitions.size()));
        for (std::size_t i = 0; i < partitions.size() && i < named; ++i)
            lines << QStringLiteral("%1 &nbsp; %2")
                         .arg(link(partitions[i]->name),
                              toQString(partitions[i]->partition.bound.value_or("")).toHtmlEscaped());
        if (partitions.size() > named)
            lines << tr("and %1 more, in the tree").arg(partitions.size() - named);
    }
    fixed_->setVisible(!lines.isEmpty());
    fixed_->setText(lines.join(QStringLiteral("<br>")));
    fixed_->setStyleSheet(QStringLiteral("background: %1").arg(theme().colors().infoTint.name()));
}

void InspectorPanel::showCounts()
{
    const QStringList titles{tr("Columns"), tr("Keys"), tr("Checks"), tr("Indexes")};
    for (int i = 0; i < static_cast<int>(parts_.size()); ++i) {
        PartsModel &model = parts_[static_cast<std::size_t>(i)]->model();
        bool isMarked = false;
        for (int row = 0; row < model.rowCount(); ++row)
            isMarked = isMarked || model.markAt(row) != Mark::None;
        tabs_->setTabText(i, isMarked ? titles[i] + QStringLiteral(" •") : titles[i]);
    }
}

/// What a commit does beyond what was asked for, and what it cannot do: known before it is run.
void InspectorPanel::showConsequences()
{
    const Draft &draft = workspace_.session().draft();
    const auto diff = std::ranges::find_if(draft.diffs, [&](const TableDiff &each) {
        return shown_ && (each.after ? each.after->name == shown_->name : each.before->name == shown_->name);
    });
    if (diff == draft.diffs.end() || !diff->before) {
        conversions_.clear();
        parts_[0]->setNotes({});
        return;
    }
    std::vector<std::pair<QString, bool>> notes;
    const auto at = static_cast<std::size_t>(diff - draft.diffs.begin());
    const Migration migration = workspace_.dialect().migrate(draft.before, draft.after, draft.diffs);
    for (const MigrationProblem &problem : migration.problems)
        if (problem.diff == at)
            notes.emplace_back(sentence(problem.error), true);
    QStringList views, checked;
    for (const RemadeView &each : migration.remadeViews)
        if (each.diff == at)
            views << toQString(each.view.name);
    const bool isVerified = std::ranges::any_of(
        migration.steps, [&](const MigrationStep &step) { return step.diff == at && step.phase == Phase::Verify; });
    if (isVerified && views.isEmpty())
        for (const Dependant &each : dependantsOf(draft.before, diff->before->name))
            if (each.kind == Dependant::Kind::View && draft.after.table(each.table))
                checked << toQString(each.table.name);
    if (!checked.isEmpty())
        notes.emplace_back(
            tr("The table is made anew; views that read it stay, and are tried before the commit ends: %1.")
                .arg(checked.join(QStringLiteral(", "))),
            false);
    if (!views.isEmpty())
        notes.emplace_back(
            tr("Dropped and made again, with their grants and comments: %1.").arg(views.join(QStringLiteral(", "))),
            false);
    for (const DiffItem &item : diff->items)
        if (item.subject == DiffSubject::Generated && item.before && item.after &&
            diff->after->columns[*item.after].generated && !diff->before->columns[*item.before].generated)
            notes.emplace_back(tr("The values of %1 give way to computed ones.").arg(toQString(item.name)), true);
    noteConversions(*diff, notes);
    parts_[0]->setNotes(notes);
}

void InspectorPanel::noteConversions(const TableDiff &diff, std::vector<std::pair<QString, bool>> &notes)
{
    for (std::size_t i = 0; diff.after && i < diff.after->columns.size(); ++i) {
        const auto way = workspace_.dialect().conversion(diff, i);
        if (!way)
            continue;
        const QString column = toQString(diff.after->columns[i].name);
        const QString looking = tr("Looking at the values of %1…").arg(column);
        const std::string key = way->count + '\n' + way->expression;
        if (const auto known = conversions_.find(key); known != conversions_.end()) {
            const auto &[text, isBad] = known->second;
            notes.emplace_back(text.isEmpty() ? looking : text, isBad);
            continue;
        }
        conversions_[key] = {};
        notes.emplace_back(looking, false);
        const auto keep = [this, key](const QString &text, bool isBad) {
            if (const auto asked = conversions_.find(key); asked != conversions_.end()) {
                asked->second = {text, isBad};
                refreshTimer_.start();
            }
        };
        workspace_.lane().run(
            this, tr("Looking at the values of %1").arg(column),
            [way = *way](Connection &connection, std::stop_token) { return countUnconvertible(connection, way); },
            [keep, column](const Unconvertible &found) {
                if (found.error)
                    return keep(tr("%1 cannot be converted like that: %2").arg(column, toQString(found.error->message)),
                                true);
                if (found.rows == 0)
                    return keep(tr("All values of %1 can be converted.").arg(column), false);
                QStringList examples;
                for (const std::string &each : found.examples)
                    examples << toQString(each);
                const QString some = examples.join(QStringLiteral(", "));
                keep(
                    found.rows == 1
                        ? tr("1 value of %1 cannot be converted: %2.").arg(column, some)
                        : tr("%1 values of %2 cannot be converted, such as %3.").arg(grouped(found.rows), column, some),
                    true);
            },
            [keep](const Error &error) { keep(toQString(error.describe()), true); });
    }
}

void InspectorPanel::tell(const QString &why)
{
    problem_->setVisible(!why.isEmpty());
    problem_->setText(why);
    problem_->setStyleSheet(QStringLiteral("color: %1; background: %2")
                                .arg(theme().colors().error.name(), theme().colors().errorTint.name()));
}

void InspectorPanel::takeName()
{
    if (!shown_ || name_->isReadOnly() || name_->text().trimmed() == toQString(shown_->name.name))
        return tell({});
    tell(structure::rename(workspace_, shown_->name, name_->text()));
}

void InspectorPanel::takeComment()
{
    const QString text = comment_->text().trimmed();
    if (!shown_ || comment_->isReadOnly() || text == toQString(shown_->comment.value_or("")))
        return;
    tell(edit([&](Table &table) {
        table.comment = text.isEmpty() ? std::nullopt : std::optional(text.toStdString());
        return QString();
    }));
}

void InspectorPanel::countRows()
{
    const TablePtr table = shown_ ? parts_[0]->model().context().before : nullptr;
    if (!table)
        return;
    const Compiled counting = workspace_.dialect().compile(select({schemawright::count()}).from(table));
    workspace_.lane().run(
        this, tr("Counting rows of %1").arg(toQString(table->name.name)),
        [counting](Connection &connection, std::stop_token) { return connection.execute(counting).scalar(); },
        [this, name = table->name](const Value &rows) {
            const auto *number = rows.as<std::int64_t>();
            const TablePtr now = parts_[0]->model().context().before;
            if (number && now && now->name == name)
                count_->setText(*number == 1 ? tr("1 row") : tr("%1 rows").arg(grouped(*number)));
        },
        [this](const Error &error) { workspace_.notify(error); });
}

} // namespace schemawright::ui
