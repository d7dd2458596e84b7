#include "ui/panels/schema_tree/structure_actions.h"

#include "ui/adapt/text.h"
#include "ui/models/columns_model.h"
#include "ui/theme/theme.h"
#include "ui/workspace/structure_edits.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QWidget>

namespace schemawright::ui {

StructureActions::StructureActions(Workspace &workspace, std::function<Target()> target, QWidget *owner)
    : QObject(owner), workspace_(workspace), target_(std::move(target)), owner_(owner)
{
    newTable_ = add("add-row", tr("New Table"), "Ctrl+Shift+N", [this] { makeTable(); });
    newTable_->setShortcutContext(Qt::WindowShortcut);
    newTable_->setObjectName(QStringLiteral("newTable"));
    newColumn_ = add("column", tr("New Column"), "Ctrl+Shift+I", [this] { addColumn(); });
    newColumn_->setShortcutContext(Qt::WindowShortcut);
    newColumn_->setObjectName(QStringLiteral("newColumn"));
    rename_ = add("", tr("Rename"), "F2", [this] {
        const Target at = target_();
        if (at.table)
            Q_EMIT nameWanted(at.table->name, toQString(at.column));
    });
    rename_->setObjectName(QStringLiteral("renameStructure"));
    drop_ = add("delete", tr("Drop"), "Ctrl+Del", [this] { drop(); });
    drop_->setObjectName(QStringLiteral("dropStructure"));
    revert_ = add("revert", tr("Revert Structure"), "Ctrl+Alt+Z", [this] { revert(); });
    revert_->setObjectName(QStringLiteral("revertStructure"));
}

QAction *StructureActions::add(const char *icon, const QString &text, const char *shortcut, std::function<void()> slot)
{
    auto *made = new QAction(text, this);
    made->setShortcut(QKeySequence(QString::fromLatin1(shortcut)));
    made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    if (*icon) {
        const auto show = [made, name = QString::fromLatin1(icon)] { made->setIcon(theme().icon(name)); };
        show();
        connect(&theme(), &Theme::changed, made, show);
    }
    connect(made, &QAction::triggered, this, std::move(slot));
    owner_->addAction(made);
    all_ << made;
    return made;
}

void StructureActions::showState()
{
    const Target at = target_();
    const bool isOpen =
        workspace_.isSchemaRead() && !workspace_.isReadOnly() && !workspace_.session().unitOfWork().isFrozen();
    const bool canEdit = isOpen && at.table && structure::whyNot(workspace_, at.table).isEmpty();
    const bool isColumn = !at.column.empty();
    newTable_->setEnabled(isOpen);
    const bool isScriptOnly = !workspace_.dialect().capabilities().transactionalDdl;
    newTable_->setToolTip(tr("%1 (%2)%3")
                              .arg(newTable_->text(), newTable_->shortcut().toString(QKeySequence::NativeText),
                                   isScriptOnly ? tr(": saved as a script here, not committed") : QString()));
    newColumn_->setEnabled(canEdit && (isColumn || !at.isDropped));
    rename_->setEnabled(canEdit && !at.isDropped);
    const bool isWholeView = isOpen && at.table && at.table->isView() && !isColumn;
    drop_->setEnabled((canEdit || isWholeView) && !at.isDropped);
    drop_->setText(
        !at.table ? tr("Drop")
        : isColumn
            ? tr("Drop Column %1").arg(toQString(at.column))
            : (at.table->isView() ? tr("Drop View %1") : tr("Drop Table %1")).arg(toQString(at.table->name.name)));
    bool isPending = false;
    if (at.table)
        for (const Change *change : workspace_.session().unitOfWork().structureChanges())
            isPending = isPending || (change->isTable() && (change->tableAfter ? change->tableAfter->name
                                                                               : change->table()) == at.table->name);
    revert_->setEnabled(isOpen && isPending);
}

void StructureActions::makeTable()
{
    QualifiedName made;
    const QString why = structure::create(workspace_, target_().schema, made);
    Q_EMIT refused(why);
    if (!why.isEmpty())
        return;
    workspace_.showTable(made);
    Q_EMIT nameWanted(made, {});
}

void StructureActions::addColumn()
{
    const Target at = target_();
    if (!at.table)
        return;
    std::string name;
    const QString why = structure::edit(workspace_, at.table->name, [&](Table &table) {
        Column column;
        column.name = name = freeColumnName(table);
        column.type = workspace_.dialect().parseType(workspace_.dialect().typeSql(types::text()));
        table.columns.push_back(std::move(column));
        return QString();
    });
    Q_EMIT refused(why);
    if (why.isEmpty())
        Q_EMIT nameWanted(at.table->name, toQString(name));
}

void StructureActions::renameTo(const QualifiedName &table, const QString &column, const QString &name)
{
    const QString why = column.isEmpty() ? structure::rename(workspace_, table, name)
                                         : structure::edit(workspace_, table, [&](Table &copy) {
                                               const auto at = copy.columnIndex(column.toStdString());
                                               return at ? renameColumn(copy, *at, name)
                                                         : tr("There is no column named %1 any more.").arg(column);
                                           });
    if (why.isEmpty())
        Q_EMIT refused({});
    else
        Q_EMIT nameRefused(table, column, name, why);
}

void StructureActions::drop()
{
    const Target at = target_();
    if (!at.table || at.isDropped)
        return;
    if (const QString needed = structure::dependantsText(workspace_, at.table->name, at.column); !needed.isEmpty()) {
        refused_ = at;
        Q_EMIT refused(needed);
        Q_EMIT dependantsFound();
        return;
    }
    if (at.column.empty()) {
        Q_EMIT refused(structure::drop(workspace_, at.table->name));
        return;
    }
    const MetaData draft = workspace_.session().draft().after;
    Q_EMIT refused(structure::edit(workspace_, at.table->name, [&](Table &copy) {
        const auto index = copy.columnIndex(at.column);
        return index ? eraseColumn(copy, *index, draft) : QString();
    }));
}

void StructureActions::dropWithDependants()
{
    if (const Target at = std::exchange(refused_, {}); at.table)
        Q_EMIT refused(structure::dropWithDependants(workspace_, at.table->name, at.column));
}

void StructureActions::revert()
{
    if (const Target at = target_(); at.table)
        Q_EMIT refused(structure::revert(workspace_, at.table->name));
}

} // namespace schemawright::ui
