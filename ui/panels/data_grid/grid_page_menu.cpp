#include "ui/panels/data_grid/grid_page.h"

#include "ui/adapt/text.h"
#include "ui/models/change_text.h"
#include "ui/models/changes_model.h"
#include "ui/theme/theme.h"
#include "ui/workspace/workspace.h"

#include <QAction>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>

#include <algorithm>

// The actions of a page, its context menu, and the ways from a row to its relations.

namespace schemawright::ui {

namespace {

QString menuText(QString text) { return text.replace(u'&', QStringLiteral("&&")); }

/// A new row as a person knows it among others: by what it was given.
QString newRowText(const Change &change, const Session &session)
{
    constexpr qsizetype longest = 60;
    const QString given = changeSummary(change, session).after;
    return given.isEmpty() ? rowTitle(change)
                           : QStringLiteral("%1   (%2)")
                                 .arg(rowTitle(change),
                                      given.size() > longest ? given.left(longest).trimmed() + QChar(0x2026) : given);
}

} // namespace

void GridPage::buildActions()
{
    const auto action = [this](const QString &text, const QKeySequence &shortcut, auto slot) {
        auto *made = new QAction(text, this);
        made->setShortcut(shortcut);
        made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(made, &QAction::triggered, this, slot);
        addAction(made);
        return made;
    };
    action(tr("Add Row"), QKeySequence(QStringLiteral("Ctrl+I")), &GridPage::addRow);
    action(tr("Duplicate Row"), QKeySequence(QStringLiteral("Ctrl+D")), &GridPage::duplicateRow);
    action(tr("Delete Rows"), QKeySequence(QStringLiteral("Ctrl+Del")), &GridPage::deleteRows);
    action(tr("Revert Rows"), QKeySequence(QStringLiteral("Ctrl+Alt+Z")), &GridPage::revertRows);
    action(tr("Set to NULL"), QKeySequence(QStringLiteral("Ctrl+0")), [this] { setSelected(Value()); });
    action(tr("Set to Default"), QKeySequence(QStringLiteral("Ctrl+Shift+0")), [this] { setSelected(DefaultValue{}); });
    action(tr("Set to Empty Text"), QKeySequence(QStringLiteral("Ctrl+Alt+0")),
           [this] { setSelected(Value(std::string())); });
    action(tr("Filter Rows"), QKeySequence(QStringLiteral("Ctrl+F")), [this] { filter_->setFocus(); });
    parent_ = action(tr("Go to Parent Row"), QKeySequence(QStringLiteral("Ctrl+Return")),
                     [this] { followFromCell(Relation::Direction::Parent); });
    children_ = action(tr("Show Children"), QKeySequence(QStringLiteral("Ctrl+Shift+Return")),
                       [this] { followFromCell(Relation::Direction::Children); });
    back_ = action(tr("Back"), QKeySequence(QStringLiteral("Alt+Left")), &GridPage::backWanted);
    forward_ = action(tr("Forward"), QKeySequence(QStringLiteral("Alt+Right")), &GridPage::forwardWanted);
    for (QAction *each : {back_, forward_})
        each->setEnabled(false);
}

std::vector<std::pair<Relation, RelatedRows>> GridPage::relationsFrom(int row, Relation::Direction direction) const
{
    std::vector<std::pair<Relation, RelatedRows>> found;
    const auto shown = model_->shownRow(row);
    if (!shown)
        return found;
    const RowImage inDatabase = model_->baselineRow(row).value_or(RowImage());
    for (Relation &relation : relationsOf(workspace_.metadata(), *model_->table()))
        if (relation.direction == direction) {
            RelatedRows rows = follow(relation, workspace_.session(), model_->target(row), inDatabase, *shown);
            found.emplace_back(std::move(relation), std::move(rows));
        }
    return found;
}

void GridPage::goTo(const Relation &relation, const RelatedRows &rows)
{
    if (rows.newRow)
        workspace_.showRow(*rows.newRow);
    else
        workspace_.showTable(workspace_.draftName(relation.table), rows.filter);
}

/// By key: the one way that there is, or the one of the current column; else a menu to choose from.
void GridPage::followFromCell(Relation::Direction direction)
{
    const QModelIndex current = view_->currentIndex();
    if (!current.isValid())
        return;
    const bool isParent = direction == Relation::Direction::Parent;
    auto all = relationsFrom(current.row(), direction);
    const std::string &column = model_->columnNames()[static_cast<std::size_t>(current.column())];
    if (isParent && std::ranges::any_of(all, [&](const auto &each) { return each.first.uses(column); }))
        std::erase_if(all, [&](const auto &each) { return !each.first.uses(column); });
    if (all.empty())
        return workspace_.notify({Notice::Severity::Info,
                                  (isParent ? tr("%1 refers to no other table.") : tr("No table refers to %1."))
                                      .arg(toQString(model_->table()->name.name)),
                                  {}});
    if (all.size() == 1 && all.front().second.canFollow())
        return goTo(all.front().first, all.front().second);
    if (all.size() == 1)
        return workspace_.notify(
            {Notice::Severity::Info, tr("%1: %2.").arg(all.front().first.title(), all.front().second.whyNot), {}});
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("relationMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addRelations(menu, all);
    menu->popup(view_->viewport()->mapToGlobal(view_->visualRect(current).bottomLeft()));
    for (QAction *each : menu->actions())
        if (each->isEnabled()) {
            menu->setActiveAction(each);
            break;
        }
}

void GridPage::addRelations(QMenu *menu, const std::vector<std::pair<Relation, RelatedRows>> &all)
{
    for (const auto &[relation, rows] : all) {
        const QString title = menuText(relation.title());
        QAction *way =
            menu->addAction(theme().icon(QStringLiteral("table")),
                            rows.canFollow() ? title : QStringLiteral("%1   (%2)").arg(title, menuText(rows.whyNot)),
                            this, [this, relation = relation, rows = rows] { goTo(relation, rows); });
        way->setEnabled(rows.canFollow());
    }
}

/// A reference to a row that is not in the database yet: its key comes with the commit.
void GridPage::addNewParents(QMenu *menu, const QModelIndex &index)
{
    const std::string &column = model_->columnNames()[static_cast<std::size_t>(index.column())];
    for (const Relation &relation : relationsOf(workspace_.metadata(), *model_->table())) {
        if (relation.direction != Relation::Direction::Parent || relation.columns.size() != 1 || !relation.uses(column))
            continue;
        QMenu *rows = nullptr;
        for (const Change *change : workspace_.session().newRows(relation.table)) {
            if (change->row() == model_->target(index.row()))
                continue;
            if (!rows)
                rows = menu->addMenu(tr("Refer to New Row"));
            // What the new row is given already is taken as it is; else the database makes it.
            const auto given = change->after->find(relation.columns.front().second);
            const Cell cell = given != change->after->end() && std::holds_alternative<Value>(given->second)
                                  ? given->second
                                  : Cell(KeyOf{change->row().newRow, relation.columns.front().second});
            rows->addAction(menuText(newRowText(*change, workspace_.session())), this,
                            [this, index = QPersistentModelIndex(index), cell] {
                                if (index.isValid())
                                    edit([&] { model_->setCell(index.row(), index.column(), cell); });
                            });
        }
    }
}

void GridPage::showMenu(const QPoint &position)
{
    const QModelIndex index = view_->indexAt(position);
    if (index.isValid() && !view_->selectionModel()->isSelected(index))
        view_->setCurrentIndex(index);
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("rowMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString why = index.isValid() ? model_->whyNotEditable(index.row(), index.column()) : QString();
    if (index.isValid()) {
        const auto addWays = [&](Relation::Direction direction, const QString &title, const char *name) {
            const auto ways = relationsFrom(index.row(), direction);
            QMenu *sub = menu->addMenu(title);
            sub->setObjectName(QLatin1String(name));
            sub->setEnabled(!ways.empty());
            addRelations(sub, ways);
        };
        addWays(Relation::Direction::Parent, tr("Go to Parent"), "parentMenu");
        addWays(Relation::Direction::Children, tr("Referenced By"), "childrenMenu");
        if (why.isEmpty())
            addNewParents(menu, index);
        menu->addSeparator();
    }
    for (QAction *each : actions()) {
        if (each == parent_ || each == children_ || each == back_ || each == forward_)
            continue;
        each->setEnabled(index.isValid() || each->text() == tr("Add Row"));
        menu->addAction(each);
        if (each->text() == tr("Revert Rows") || each->text() == tr("Set to Empty Text"))
            menu->addSeparator();
    }
    menu->addSeparator();
    menu->addAction(theme().icon(QStringLiteral("copy")), tr("Copy"), QKeySequence::Copy, this, &GridPage::copy);
    menu->addAction(tr("Paste"), QKeySequence::Paste, this, &GridPage::paste);
    menu->addAction(tr("Load Value from File…"), this, &GridPage::loadFile)->setEnabled(why.isEmpty());
    menu->addAction(tr("Save Value as File…"), this, &GridPage::saveFile);
    if (!why.isEmpty()) {
        menu->addSeparator();
        menu->addAction(why)->setEnabled(false);
    }
    // The shortcuts must work again once the menu is gone.
    connect(menu, &QMenu::aboutToHide, this, [this] {
        for (QAction *each : actions())
            if (each != back_ && each != forward_)
                each->setEnabled(true);
    });
    menu->popup(view_->viewport()->mapToGlobal(position));
}

} // namespace schemawright::ui
