#include "ui/panels/inspector/create_pane.h"

#include "ui/adapt/text.h"
#include "ui/widgets/sql_view.h"
#include "ui/workspace/workspace.h"

#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QSaveFile>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace schemawright::ui {

namespace {

/// What is changed is not what the database's own text of it says.
TablePtr withoutOldText(const TablePtr &table)
{
    if (!table || !table->definition || table->isView() || table->id == TableId::None)
        return table;
    Table copy = *table;
    copy.definition.reset();
    return std::make_shared<const Table>(std::move(copy));
}

/// The database's other things with only the tables that are new or changed.
MetaData pendingOf(const Draft &draft)
{
    MetaData some = draft.after;
    for (const TablePtr &table : draft.after.tables())
        some.remove(table->name);
    for (const TableDiff &diff : draft.diffs)
        if (diff.after)
            some.add(withoutOldText(diff.after));
    some.schemas.clear();
    some.sequences.clear();
    some.domains.clear();
    some.functions.clear();
    some.others.clear();
    some.dependencies.clear();
    some.notCarried.clear();
    some.errors.clear();
    std::erase_if(some.enums, [&](const EnumType &type) { // those that its tables use
        const auto tables = some.tables();
        return std::ranges::none_of(tables, [&](const TablePtr &table) {
            return std::ranges::any_of(table->columns, [&](const Column &column) {
                return column.type.name == type.name.name || column.type.native == type.name.name;
            });
        });
    });
    return some;
}

} // namespace

CreatePane::CreatePane(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), scope_(new QComboBox), dialect_(new QComboBox), sql_(new SqlView),
      report_(new QLabel)
{
    setObjectName(QStringLiteral("createPane"));
    scope_->setObjectName(QStringLiteral("createScope"));
    scope_->addItems({tr("This table"), tr("All pending")});
    scope_->setToolTip(tr("This table as it will be, or every table that is new or changed, as one script"));
    dialect_->setObjectName(QStringLiteral("createDialect"));
    dialect_->setToolTip(tr("The database for which the text is written"));
    for (const Dialect *each : Workspace::knownDialects())
        dialect_->addItem(dialectTitle(each->name()), toQString(each->name()));
    dialect_->setCurrentIndex(std::max(0, dialect_->findData(toQString(workspace_.dialect().name()))));
    sql_->setObjectName(QStringLiteral("createSql"));
    auto *copy = new QToolButton;
    copy->setText(tr("Copy"));
    copy->setObjectName(QStringLiteral("createCopy"));
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(sql_->sql()); });
    copy->setToolTip(tr("Copy the whole text"));
    auto *save = new QToolButton;
    save->setText(tr("Save…"));
    save->setObjectName(QStringLiteral("createSave"));
    save->setToolTip(tr("Save the whole text as a script"));
    connect(save, &QToolButton::clicked, this, &CreatePane::save);
    report_->setObjectName(QStringLiteral("createReport"));
    report_->setProperty("role", QStringLiteral("muted"));
    report_->setContentsMargins(8, 2, 8, 4);
    report_->setWordWrap(true);
    report_->setTextFormat(Qt::PlainText);
    report_->hide();
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(8, 4, 4, 4);
    bar->setSpacing(6);
    bar->addWidget(scope_);
    bar->addWidget(dialect_);
    bar->addStretch(1);
    bar->addWidget(copy);
    bar->addWidget(save);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(bar);
    layout->addWidget(sql_, 1);
    layout->addWidget(report_);
    connect(scope_, &QComboBox::currentIndexChanged, this, &CreatePane::refresh);
    connect(dialect_, &QComboBox::currentIndexChanged, this, &CreatePane::refresh);
}

void CreatePane::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

void CreatePane::show(TablePtr table)
{
    table_ = std::move(table);
    refresh();
}

void CreatePane::save()
{
    auto *dialog = new QFileDialog(this, tr("Save Create Script"));
    dialog->setObjectName(QStringLiteral("createDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("sql"));
    dialog->setNameFilters({tr("SQL scripts (*.sql)"), tr("All files (*)")});
    const bool isOne = scope_->currentIndex() == 0 && table_;
    dialog->selectFile((isOne ? toQString(table_->name.name) : tr("pending")) + QStringLiteral(".sql"));
    connect(dialog, &QFileDialog::fileSelected, this, &CreatePane::write);
    dialog->open();
}

void CreatePane::write(const QString &path)
{
    const QByteArray text = sql_->sql().toUtf8() + '\n';
    QSaveFile file(path);
    const bool isSaved = file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit();
    report_->setText(isSaved ? tr("Saved as %1.").arg(path) : tr("Not saved: %1").arg(file.errorString()));
    report_->show();
}

void CreatePane::refresh()
{
    report_->hide();
    if (!isVisible()) // what nobody sees is not worked out
        return;
    const Dialect &dialect = *Workspace::knownDialects()[static_cast<std::size_t>(dialect_->currentIndex())];
    const Draft &draft = workspace_.session().draft();
    try {
        if (scope_->currentIndex() == 1) {
            const MetaData pending = pendingOf(draft);
            sql_->setSql(pending.tableCount() == 0 ? tr("-- No table is new or changed.")
                                                   : toQString(dialect.createScript(pending).text()));
        } else if (!table_)
            sql_->setSql({});
        else if (dialect.name() == workspace_.dialect().name())
            sql_->setSql(toQString(dialect.createText(*withoutOldText(table_))));
        else {
            Draft one;
            one.after = draft.after;
            one.diffs.push_back({nullptr, table_, {}});
            sql_->setSql(toQString(dialect.createScript(pendingOf(one)).text()));
        }
    } catch (const Error &error) { // this dialect has no such construct
        sql_->setSql(QStringLiteral("-- ") + toQString(error.describe()).replace(u'\n', QStringLiteral("\n-- ")));
    }
}

} // namespace schemawright::ui
