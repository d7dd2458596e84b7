#include "ui/panels/inspector/inspector_panel.h"

#include "schemawright/sql/statement.h"
#include "ui/adapt/text.h"
#include "ui/panels/inspector/model_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/sql_view.h"
#include "ui/workspace/workspace.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace schemawright::ui {

namespace {

constexpr int schemaRole = Qt::UserRole + 1; // where a reference leads to
constexpr int tableRole = Qt::UserRole + 2;

QString joined(const std::vector<std::string> &names)
{
    QStringList all;
    for (const std::string &name : names)
        all << toQString(name);
    return all.join(QStringLiteral(", "));
}

QTreeWidget *makeList(const QStringList &heads)
{
    auto *list = new QTreeWidget;
    list->setHeaderLabels(heads);
    list->setRootIsDecorated(false);
    list->setFrameShape(QFrame::NoFrame);
    list->setUniformRowHeights(true);
    list->setSelectionMode(QAbstractItemView::SingleSelection);
    list->header()->setStretchLastSection(true);
    list->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    return list;
}

QTreeWidgetItem *add(QTreeWidget *list, const QString &icon, const QStringList &texts)
{
    auto *item = new QTreeWidgetItem(list);
    item->setIcon(0, theme().icon(icon));
    for (int column = 0; column < texts.size(); ++column) {
        item->setText(column, texts[column].simplified());
        item->setToolTip(column, texts[column]);
        if (column > 0)
            item->setForeground(column, theme().colors().mutedText);
    }
    return item;
}

void addHeading(QTreeWidget *list, const QString &text)
{
    auto *item = new QTreeWidgetItem(list, {text});
    item->setFlags(Qt::NoItemFlags);
    item->setFirstColumnSpanned(true);
    QFont font = list->font();
    font.setWeight(QFont::DemiBold);
    item->setFont(0, font);
    item->setForeground(0, theme().colors().mutedText);
}

QString actionsText(const ForeignKey &key)
{
    QStringList parts;
    if (key.onDelete)
        parts << InspectorPanel::tr("on delete %1").arg(toQString(*key.onDelete).toLower());
    if (key.onUpdate)
        parts << InspectorPanel::tr("on update %1").arg(toQString(*key.onUpdate).toLower());
    if (key.deferrable)
        parts << (key.initiallyDeferred ? InspectorPanel::tr("deferred") : InspectorPanel::tr("deferrable"));
    if (!key.validated)
        parts << InspectorPanel::tr("not validated");
    return parts.join(QStringLiteral(", "));
}

QString about(const Column &column)
{
    QStringList parts;
    if (!column.nullable)
        parts << InspectorPanel::tr("not null");
    if (column.generated)
        parts << InspectorPanel::tr("generated: %1").arg(toQString(column.generated->expression));
    else if (column.identity)
        parts << (column.identity->always ? InspectorPanel::tr("identity always") : InspectorPanel::tr("identity"));
    else if (column.defaultSql)
        parts << InspectorPanel::tr("default %1").arg(toQString(*column.defaultSql));
    if (column.autoincrement)
        parts << InspectorPanel::tr("autoincrement");
    if (column.collation)
        parts << InspectorPanel::tr("collate %1").arg(toQString(*column.collation));
    if (column.comment)
        parts << toQString(*column.comment);
    return parts.join(QStringLiteral(", "));
}

} // namespace

InspectorPanel::InspectorPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), pages_(new QStackedWidget), name_(new QLabel), about_(new QLabel),
      count_(new QToolButton), tabs_(new QTabWidget),
      columns_(makeList({tr("Column"), tr("Type"), tr("Properties")})),
      relations_(makeList({tr("Columns"), tr("Refers to"), tr("Properties")})),
      indexes_(makeList({tr("Name"), tr("On"), tr("Properties")})), ddl_(new SqlView)
{
    auto *empty = new QLabel(tr("Select a table or view to see what it is made of."));
    empty->setAlignment(Qt::AlignCenter);
    empty->setWordWrap(true);
    empty->setProperty("role", QStringLiteral("muted"));
    empty->setMargin(24);

    name_->setProperty("role", QStringLiteral("title"));
    name_->setObjectName(QStringLiteral("inspectedName"));
    name_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    about_->setProperty("role", QStringLiteral("muted"));
    about_->setWordWrap(true);
    count_->setText(tr("Count Rows"));
    count_->setToolTip(tr("Ask the database how many rows there are"));
    auto *top = new QHBoxLayout;
    top->addWidget(name_, 1);
    top->addWidget(count_);
    auto *head = new QVBoxLayout;
    head->setContentsMargins(12, 10, 8, 8);
    head->setSpacing(2);
    head->addLayout(top);
    head->addWidget(about_);

    auto *ddlPage = new QWidget;
    auto *copy = new QToolButton;
    copy->setText(tr("Copy"));
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(ddl_->sql()); });
    auto *ddlBar = new QHBoxLayout;
    ddlBar->setContentsMargins(8, 4, 4, 4);
    ddlBar->addStretch(1);
    ddlBar->addWidget(copy);
    auto *ddlLayout = new QVBoxLayout(ddlPage);
    ddlLayout->setContentsMargins(0, 0, 0, 0);
    ddlLayout->setSpacing(0);
    ddlLayout->addLayout(ddlBar);
    ddlLayout->addWidget(ddl_, 1);

    tabs_->setObjectName(QStringLiteral("inspectorTabs"));
    tabs_->setDocumentMode(true);
    tabs_->setUsesScrollButtons(true);
    tabs_->tabBar()->setStyleSheet(QStringLiteral("QTabBar::tab { padding-left: 7px; padding-right: 7px; }")); // all in view
    tabs_->addTab(columns_, tr("Columns"));
    tabs_->addTab(relations_, tr("Relations"));
    tabs_->addTab(indexes_, tr("Indexes"));
    tabs_->addTab(ddlPage, tr("DDL"));
    tabs_->addTab(new ModelPage(workspace), tr("Model"));

    auto *page = new QWidget;
    auto *pageLayout = new QVBoxLayout(page);
    pageLayout->setContentsMargins(0, 0, 0, 0);
    pageLayout->setSpacing(0);
    pageLayout->addLayout(head);
    pageLayout->addWidget(tabs_, 1);
    pages_->addWidget(empty);
    pages_->addWidget(page);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pages_);

    columns_->setColumnWidth(0, 130);
    columns_->setColumnWidth(1, 100);
    relations_->setColumnWidth(0, 120);
    relations_->setColumnWidth(1, 150);
    indexes_->setColumnWidth(0, 130);
    indexes_->setColumnWidth(1, 130);
    relations_->setToolTip(tr("Double-click to go to the other table"));

    connect(relations_, &QTreeWidget::itemActivated, this, [this](const QTreeWidgetItem *item) {
        if (item->data(0, tableRole).isValid())
            workspace_.setCurrentTable(QualifiedName{item->data(0, schemaRole).toString().toStdString(),
                                                     item->data(0, tableRole).toString().toStdString()});
    });
    connect(count_, &QToolButton::clicked, this, &InspectorPanel::countRows);
    connect(&workspace, &Workspace::currentTableChanged, this, &InspectorPanel::showCurrent);
    connect(&workspace, &Workspace::metadataChanged, this, &InspectorPanel::showCurrent);
    connect(&theme(), &Theme::changed, this, [this] { show(std::exchange(shown_, nullptr)); });
    showCurrent();
}

void InspectorPanel::showCurrent()
{
    const auto &current = workspace_.currentTable();
    show(current ? workspace_.metadata().table(*current) : nullptr);
}

void InspectorPanel::show(const TablePtr &table)
{
    if (table && table == shown_)
        return;
    const bool isOther = !shown_ || !table || shown_->name != table->name;
    shown_ = table;
    pages_->setCurrentIndex(table ? 1 : 0);
    if (!table)
        return;
    name_->setText(toQString(table->name.name));
    QString text = toQString(toString(table->kind)).replace(u'_', u' ');
    text += tr(" in %1").arg(toQString(table->name.schema));
    if (!table->columns.empty())
        text += tr(", %1 columns").arg(table->columns.size());
    for (const auto &[option, value] : table->options)
        text += QStringLiteral(", ") + toQString(option).replace(u'_', u' ');
    if (table->comment)
        text += u'\n' + toQString(*table->comment);
    about_->setText(text);
    if (isOther)
        count_->setText(tr("Count Rows"));
    fillColumns(*table);
    fillRelations(*table);
    fillIndexes(*table);
    ddl_->setSql(toQString(workspace_.dialect().createText(*table)));
}

void InspectorPanel::fillColumns(const Table &table)
{
    columns_->clear();
    for (const Column &column : table.columns) {
        const auto holds = [&](const std::vector<std::string> &names) {
            return std::ranges::find(names, column.name) != names.end();
        };
        const bool isKey = table.primaryKey && holds(table.primaryKey->columns);
        const bool isReference =
            std::ranges::any_of(table.foreignKeys, [&](const ForeignKey &key) { return holds(key.columns); });
        const QString icon = isKey ? QStringLiteral("key") : isReference ? QStringLiteral("foreign-key") : QStringLiteral("column");
        add(columns_, icon, {toQString(column.name), toQString(column.type.native), about(column)});
    }
}

void InspectorPanel::fillRelations(const Table &table)
{
    relations_->clear();
    const auto leadTo = [](QTreeWidgetItem *item, const QualifiedName &name) {
        item->setData(0, schemaRole, toQString(name.schema));
        item->setData(0, tableRole, toQString(name.name));
        item->setForeground(1, theme().colors().accent);
    };
    if (table.primaryKey) {
        addHeading(relations_, tr("Primary key"));
        add(relations_, QStringLiteral("key"),
            {joined(table.primaryKey->columns), {}, table.primaryKey->name ? toQString(*table.primaryKey->name) : QString()});
    }
    if (!table.foreignKeys.empty())
        addHeading(relations_, tr("Refers to"));
    for (const ForeignKey &key : table.foreignKeys)
        leadTo(add(relations_, QStringLiteral("foreign-key"),
                   {joined(key.columns),
                    QStringLiteral("%1 (%2)").arg(toQString(key.referred.name), joined(key.referredColumns)), actionsText(key)}),
               key.referred);
    const auto references = workspace_.metadata().referencesTo(table.name);
    if (!references.empty())
        addHeading(relations_, tr("Referred to by"));
    for (const auto &[other, key] : references)
        leadTo(add(relations_, QStringLiteral("foreign-key"),
                   {joined(key->referredColumns),
                    QStringLiteral("%1 (%2)").arg(toQString(other->name.name), joined(key->columns)), actionsText(*key)}),
               other->name);
    if (relations_->topLevelItemCount() == 0)
        addHeading(relations_, tr("No keys and no references"));
}

void InspectorPanel::fillIndexes(const Table &table)
{
    indexes_->clear();
    if (!table.indexes.empty())
        addHeading(indexes_, tr("Indexes"));
    for (const Index &index : table.indexes) {
        QStringList elements, properties;
        for (const IndexElement &element : index.elements)
            elements << toQString(element.column.value_or(element.expression.value_or(""))) +
                            (element.descending ? tr(" descending") : QString());
        if (index.unique)
            properties << tr("unique");
        if (index.method && *index.method != "btree")
            properties << toQString(*index.method);
        if (index.where)
            properties << tr("where %1").arg(toQString(*index.where));
        add(indexes_, QStringLiteral("index"),
            {toQString(index.name), elements.join(QStringLiteral(", ")), properties.join(QStringLiteral(", "))});
    }
    if (!table.uniques.empty() || !table.checks.empty() || !table.exclusions.empty())
        addHeading(indexes_, tr("Constraints"));
    for (const UniqueConstraint &unique : table.uniques)
        add(indexes_, QStringLiteral("constraint"),
            {unique.name ? toQString(*unique.name) : tr("unique"), joined(unique.columns), tr("unique")});
    for (const CheckConstraint &check : table.checks)
        add(indexes_, QStringLiteral("constraint"),
            {check.name ? toQString(*check.name) : tr("check"), toQString(check.expression), tr("check")});
    for (const ExclusionConstraint &exclusion : table.exclusions)
        add(indexes_, QStringLiteral("constraint"), {toQString(exclusion.name), toQString(exclusion.definition), {}});
    if (!table.triggers.empty())
        addHeading(indexes_, tr("Triggers"));
    for (const Trigger &trigger : table.triggers)
        add(indexes_, QStringLiteral("trigger"), {toQString(trigger.name), {}, {}})
            ->setToolTip(0, toQString(trigger.definition));
    if (indexes_->topLevelItemCount() == 0)
        addHeading(indexes_, tr("No indexes and no constraints"));
}

void InspectorPanel::countRows()
{
    if (!shown_)
        return;
    const Compiled counting = workspace_.dialect().compile(select({schemawright::count()}).from(shown_));
    workspace_.lane().run(
        this, tr("Counting rows of %1").arg(toQString(shown_->name.name)),
        [counting](Connection &connection, std::stop_token) { return connection.execute(counting).scalar(); },
        [this, table = shown_->name](const Value &rows) {
            const auto *number = rows.as<std::int64_t>();
            if (number && shown_ && shown_->name == table)
                count_->setText(*number == 1 ? tr("1 row") : tr("%1 rows").arg(grouped(*number)));
        },
        [this](const Error &error) { workspace_.notify(error); });
}

} // namespace schemawright::ui
