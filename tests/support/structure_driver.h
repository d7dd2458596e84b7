#pragma once

// What a person does to the structure of tables in the window: with the tree and the pages of the inspector.

#include "support/window_driver.h"
#include "ui/panels/inspector/parts_page.h"
#include "ui/widgets/sql_view.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAction>
#include <QComboBox>
#include <QMenu>
#include <QStyle>
#include <QStyleOptionViewItem>
#include <QTabBar>
#include <QTabWidget>
#include <QTimer>
#include <QToolButton>

namespace schemawright::test {

class StructureDriver
{
public:
    explicit StructureDriver(MainWindow &window) : window_(window) {}

    QTreeView *tree() { return window_.findChild<QTreeView *>(QStringLiteral("schemaTree")); }

    /// The line of a table, or of one of its columns, as it is shown.
    QModelIndex line(const QString &table, const QString &column = {})
    {
        for (QModelIndex index = tree()->model()->index(0, 0); index.isValid(); index = tree()->indexBelow(index)) {
            if (index.data(ui::SchemaModel::TableNameRole).toString() != table)
                continue;
            const auto kind = static_cast<ui::SchemaModel::NodeKind>(index.data(ui::SchemaModel::KindRole).toInt());
            if (column.isEmpty() ? kind == ui::SchemaModel::NodeKind::Table
                                 : kind == ui::SchemaModel::NodeKind::Column && index.data().toString() == column)
                return index;
            if (!column.isEmpty() && kind == ui::SchemaModel::NodeKind::Table)
                tree()->expand(index);
        }
        return {};
    }
    bool click(const QModelIndex &index)
    {
        if (!index.isValid())
            return false;
        tree()->scrollTo(index);
        QTest::mouseClick(tree()->viewport(), Qt::LeftButton, {}, tree()->visualRect(index).center());
        return true;
    }
    ui::Mark mark(const QModelIndex &index)
    {
        return static_cast<ui::Mark>(index.data(ui::SchemaModel::MarkRole).toInt());
    }
    /// Types over the name that is being edited in the tree.
    bool typeName(const QString &name)
    {
        auto *editor = tree()->viewport()->findChild<QLineEdit *>();
        if (!editor)
            return false;
        editor->selectAll();
        QTest::keyClicks(editor, name);
        if (name.isEmpty())
            QTest::keyClick(editor, Qt::Key_Delete);
        QTest::keyClick(editor, Qt::Key_Return);
        settle();
        return true;
    }
    /// What stands in the editor of a name that was refused; gives it up.
    QString giveUpName()
    {
        auto *editor = tree()->viewport()->findChild<QLineEdit *>();
        if (!editor)
            return QStringLiteral("no editor");
        const QString text = editor->text();
        QTest::keyClick(editor, Qt::Key_Escape);
        settle();
        return text;
    }
    bool rename(const QModelIndex &index, const QString &name)
    {
        if (!click(index))
            return false;
        QTest::keyClick(tree(), Qt::Key_F2);
        return typeName(name);
    }
    bool drop(const QModelIndex &index)
    {
        if (!click(index))
            return false;
        QTest::keyClick(tree(), Qt::Key_Delete, Qt::ControlModifier);
        settle();
        return true;
    }

    /// Opens a page of the inspector.
    QTableView *page(const char *name)
    {
        auto *view = window_.findChild<QTableView *>(QString::fromLatin1(name));
        auto *tabs = window_.findChild<QTabWidget *>(QStringLiteral("inspectorTabs"));
        const int at = tabs->indexOf(view->parentWidget());
        QTest::mouseClick(tabs->tabBar(), Qt::LeftButton, {}, tabs->tabBar()->tabRect(at).center());
        settle();
        return view;
    }
    int rowOf(QTableView *view, const QString &text, int field = 0)
    {
        for (int row = 0; row < view->model()->rowCount(); ++row)
            if (view->model()->index(row, field).data(Qt::EditRole).toString() == text)
                return row;
        return -1;
    }
    bool press(const char *button)
    {
        auto *found = window_.findChild<QAbstractButton *>(QString::fromLatin1(button));
        if (!found || !found->isEnabled() || !found->isVisible())
            return false;
        if (const auto *tool = qobject_cast<QToolButton *>(found); tool && tool->menu())
            return false;
        QTest::mouseClick(found, Qt::LeftButton);
        settle();
        return true;
    }
    /// Picks an entry of a button's menu with the keys.
    bool pick(const char *button, int entry)
    {
        auto *found = window_.findChild<QToolButton *>(QString::fromLatin1(button));
        if (!found || !found->menu() || !found->isEnabled())
            return false;
        QTimer::singleShot(0, found, [found, entry] {
            for (int at = 0; at <= entry; ++at)
                QTest::keyClick(found->menu(), Qt::Key_Down);
            QTest::keyClick(found->menu(), Qt::Key_Return);
        });
        QTest::mouseClick(found, Qt::LeftButton);
        settle();
        return true;
    }
    /// Types into the editor that is open in a page.
    bool typeOn(QTableView *view, const QString &text, Qt::Key end = Qt::Key_Return)
    {
        auto *editor = view->viewport()->findChild<QLineEdit *>(QStringLiteral("lineEditor"));
        if (!editor)
            return false;
        editor->selectAll();
        if (text.isEmpty())
            QTest::keyClick(editor, Qt::Key_Delete);
        QTest::keyClicks(editor, text);
        QTest::keyClick(editor, end);
        settle();
        return true;
    }
    bool type(QTableView *view, int row, int field, const QString &text)
    {
        const QModelIndex index = view->model()->index(row, field);
        if (!index.isValid())
            return false;
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
        QTest::keyClick(view, Qt::Key_F2);
        return typeOn(view, text);
    }
    bool tick(QTableView *view, int row, int field)
    {
        const QModelIndex index = view->model()->index(row, field);
        if (!index.isValid())
            return false;
        view->scrollTo(index);
        QStyleOptionViewItem option;
        option.initFrom(view);
        option.rect = view->visualRect(index);
        option.features = QStyleOptionViewItem::HasCheckIndicator;
        const QRect box = view->style()->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &option, view);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, box.center());
        settle();
        return true;
    }
    bool choose(QTableView *view, int row, int field, const QString &word)
    {
        const QModelIndex index = view->model()->index(row, field);
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
        QTest::keyClick(view, Qt::Key_F2);
        auto *combo = view->findChild<QComboBox *>(QStringLiteral("choiceEditor"));
        if (!combo || !QTest::qWaitFor([combo] { return combo->view()->isVisible(); }))
            return false;
        const int wanted = combo->findText(word);
        for (int at = combo->currentIndex(); wanted >= 0 && at != wanted; at += at < wanted ? 1 : -1)
            QTest::keyClick(combo->view(), at < wanted ? Qt::Key_Down : Qt::Key_Up);
        QTest::keyClick(combo->view(), Qt::Key_Return);
        settle();
        return wanted >= 0;
    }
    /// Clicks a part in a page.
    void select(QTableView *view, int row, int field = 0)
    {
        const QModelIndex index = view->model()->index(row, field);
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
    }
    /// What is said below the columns, once all has been looked at.
    QString note()
    {
        auto *found = window_.findChild<QLabel *>(QStringLiteral("structureColumnsNote"));
        const auto isKnown = [found] { return !found->text().contains(QStringLiteral("Looking")); };
        return QTest::qWaitFor(isKnown, 10'000) && found->isVisible() ? found->text() : QString();
    }
    QString problem(const char *label)
    {
        auto *found = window_.findChild<QLabel *>(QString::fromLatin1(label));
        return found->isVisible() ? found->text() : QString();
    }
    QString create(const char *dialect = nullptr, int scope = 0)
    {
        auto *box = window_.findChild<QComboBox *>(QStringLiteral("createScope"));
        box->setCurrentIndex(scope);
        if (dialect) {
            auto *dialects = window_.findChild<QComboBox *>(QStringLiteral("createDialect"));
            dialects->setCurrentIndex(dialects->findData(QString::fromLatin1(dialect)));
        }
        return window_.findChild<ui::SqlView *>(QStringLiteral("createSql"))->sql();
    }
    bool commit()
    {
        activate();
        QTest::keyClick(&window_, Qt::Key_S, Qt::ControlModifier);
        return QTest::qWaitFor([this] { return !window_.workspace()->isRunning(); }, 20'000) &&
               WindowDriver(window_).waitUntilIdle();
    }
    void undo()
    {
        activate();
        QTest::keyClick(&window_, Qt::Key_Z, Qt::ControlModifier);
        settle();
    }
    void redo()
    {
        activate();
        QTest::keyClick(&window_, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        settle();
    }
    /// Without a window manager a popup that goes may leave no window active.
    void activate()
    {
        window_.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window_));
    }
    void settle()
    {
        QTest::qWait(1);
        QCoreApplication::processEvents();
    }

private:
    MainWindow &window_;
};

} // namespace schemawright::test
