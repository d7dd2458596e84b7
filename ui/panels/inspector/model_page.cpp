#include "ui/panels/inspector/model_page.h"

#include "ui/adapt/text.h"
#include "ui/theme/theme.h"
#include "ui/widgets/cpp_view.h"
#include "ui/workspace/workspace.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace schemawright::ui {

ModelPage::ModelPage(Workspace &workspace, QWidget *parent)
    : QWidget(parent), workspace_(workspace), model_(new EntityModel(this)), pages_(new QStackedWidget),
      none_(new QLabel), problem_(new QLabel), list_(new QTreeView), code_(new CppView)
{
    setObjectName(QStringLiteral("modelPage"));
    none_->setObjectName(QStringLiteral("modelNone"));
    none_->setAlignment(Qt::AlignCenter);
    none_->setWordWrap(true);
    none_->setTextFormat(Qt::PlainText);
    none_->setMargin(24);
    none_->setProperty("role", QStringLiteral("muted"));

    list_->setObjectName(QStringLiteral("modelMembers"));
    list_->setModel(model_);
    list_->setRootIsDecorated(false);
    list_->setUniformRowHeights(true);
    list_->setFrameShape(QFrame::NoFrame);
    list_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                           QAbstractItemView::SelectedClicked);
    list_->header()->setStretchLastSection(true);
    list_->header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    list_->setColumnWidth(EntityModel::Name, 114);
    list_->setColumnWidth(EntityModel::Type, 112);

    problem_->setObjectName(QStringLiteral("modelProblem"));
    problem_->setWordWrap(true);
    problem_->setTextFormat(Qt::PlainText);
    problem_->setMargin(6);
    problem_->hide();

    code_->setObjectName(QStringLiteral("modelCode"));
    auto *title = new QLabel(tr("C++"));
    title->setProperty("role", QStringLiteral("muted"));
    auto *copy = new QToolButton;
    copy->setObjectName(QStringLiteral("modelCopy"));
    copy->setText(tr("Copy"));
    connect(copy, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(code_->text()); });
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(10, 4, 4, 4);
    bar->addWidget(title);
    bar->addStretch(1);
    bar->addWidget(copy);

    auto *top = new QWidget;
    auto *topLayout = new QVBoxLayout(top);
    topLayout->setContentsMargins(0, 0, 0, 0);
    topLayout->setSpacing(0);
    topLayout->addWidget(list_, 1);
    topLayout->addWidget(problem_);
    auto *bottom = new QWidget;
    auto *bottomLayout = new QVBoxLayout(bottom);
    bottomLayout->setContentsMargins(0, 0, 0, 0);
    bottomLayout->setSpacing(0);
    bottomLayout->addLayout(bar);
    bottomLayout->addWidget(code_, 1);
    auto *splitter = new QSplitter(Qt::Vertical);
    splitter->setObjectName(QStringLiteral("modelSplitter"));
    splitter->addWidget(top);
    splitter->addWidget(bottom);
    splitter->setChildrenCollapsible(false);

    pages_->addWidget(none_);
    pages_->addWidget(splitter);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(pages_);

    connect(model_, &EntityModel::mappingEdited, this, &ModelPage::put, Qt::QueuedConnection);
    connect(model_, &EntityModel::refused, this, [this](const QString &why) {
        problem_->setVisible(!why.isEmpty());
        problem_->setText(why);
        problem_->setStyleSheet(QStringLiteral("color: %1; background: %2")
                                    .arg(theme().colors().error.name(), theme().colors().errorTint.name()));
    });
    connect(&workspace, &Workspace::currentTableChanged, this, &ModelPage::refresh);
    connect(&workspace, &Workspace::metadataChanged, this, &ModelPage::refresh);
    connect(&workspace, &Workspace::pendingChanged, this, &ModelPage::refresh);
}

void ModelPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    refresh();
}

QString ModelPage::whyNoClass(const TablePtr &table) const
{
    if (!table)
        return tr("Select a table to see the class that is mapped on it.");
    if (!table->isBaseTable())
        return tr("Only tables are mapped; %1 is a view.").arg(toQString(table->name.name));
    if (table->kind == TableKind::Partition)
        return tr("%1 is a part of a table, which is mapped as a whole.").arg(toQString(table->name.name));
    if (!table->primaryKey && table->keyColumns().empty())
        return tr("%1 has no key, so its rows cannot be objects.").arg(toQString(table->name.name));
    return tr("%1 only joins two tables: their classes have a many-to-many relationship.")
        .arg(toQString(table->name.name));
}

void ModelPage::refresh()
{
    if (!isVisible()) // what nobody sees is not worked out
        return;
    Session &session = workspace_.session();
    const auto &current = workspace_.currentTable();
    const Draft &draft = session.draft();
    const TablePtr table = current ? draft.after.table(*current) : nullptr;
    std::shared_ptr<const CppMapping> code;
    EntityMapping mapping;
    if (table) {
        EntityMappings names;
        for (const auto &[name, each] : workspace_.mappings()) {
            const auto now = draft.tableNames.find(name);
            names[now == draft.tableNames.end() ? name : now->second] = each;
        }
        table_ = table->name;
        for (const auto &[first, now] : draft.tableNames)
            if (now == table->name)
                table_ = first;
        mapping = names[table->name];
        code = std::make_shared<const CppMapping>(draft.after, automap(draft.after, names));
    }
    const bool isMapped = code && code->entity(table->name);
    pages_->setCurrentIndex(isMapped ? 1 : 0);
    if (!isMapped) {
        none_->setText(whyNoClass(table));
        model_->setEntity(nullptr, {}, {});
        return;
    }
    const QPersistentModelIndex kept = list_->currentIndex();
    const int row = kept.isValid() ? kept.row() : -1;
    model_->setEditable(!session.unitOfWork().isFrozen());
    code_->setText(toQString(code->text(table->name)));
    model_->setEntity(std::move(code), table->name, std::move(mapping));
    if (row >= 0 && row < model_->rowCount())
        list_->setCurrentIndex(model_->index(row, EntityModel::Name));
}

void ModelPage::put(const EntityMapping &mapping)
{
    const auto wanted = mapping == EntityMapping() ? std::nullopt : std::optional(mapping);
    const auto &kept = workspace_.keptMappings();
    const auto before = kept.find(table_);
    try {
        workspace_.session().putMapping(table_, before == kept.end() ? std::nullopt : std::optional(before->second),
                                        wanted);
    } catch (const Error &error) {
        workspace_.notify(error);
    }
}

} // namespace schemawright::ui
