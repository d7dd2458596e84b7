#pragma once

// What a person does to the main window, with real key and mouse events.

#include "app/application.h"
#include "app/main_window.h"
#include "schemawright/base/blocking.h"
#include "ui/async/lane.h"
#include "ui/models/rows_model.h"
#include "ui/models/schema_model.h"
#include "ui/panels/data_grid/data_grid_panel.h"
#include "ui/panels/data_grid/grid_page.h"
#include "ui/panels/schema_tree/schema_tree_panel.h"
#include "ui/workspace/workspace.h"

#include <QAbstractButton>
#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QStandardPaths>
#include <QTableView>
#include <QTest>
#include <QTreeView>

namespace schemawright::test {

/// Once for a program of tests: settings and journals of its own, and a GUI thread that may not wait for a database.
inline std::unique_ptr<Application> startApplication(const char *name)
{
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setOrganizationName(QStringLiteral("Schemawright tests"));
    QCoreApplication::setApplicationName(QString::fromLatin1(name));
    forbidBlockingOnThisThread();
    return std::make_unique<Application>();
}

/// The running test and, where there is one, its row of data, as a file can be called.
inline QString testFileName(const char *suffix)
{
    QString name = QString::fromLatin1(QTest::currentTestFunction());
    if (const char *row = QTest::currentDataTag())
        name += u'-' + QString::fromUtf8(row);
    for (QChar &c : name)
        if (!c.isLetterOrNumber() && c != u'-')
            c = u'_';
    return name + QString::fromLatin1(suffix);
}

/// Closes a window without a question about what is pending, and waits for the threads that it leaves behind.
inline bool closeWindow(MainWindow *&window)
{
    if (window && window->workspace() && !window->workspace()->isRunning())
        window->workspace()->session().unitOfWork().discardAll();
    delete std::exchange(window, nullptr);
    return ui::Lane::waitForThreads(15'000);
}

/// A picture of the screen into the folder that SCHEMAWRIGHT_TEST_PICTURES names, to be looked at; else nothing.
inline void picture(QWidget &window, const char *name)
{
    const QByteArray folder = qgetenv("SCHEMAWRIGHT_TEST_PICTURES");
    if (folder.isEmpty())
        return;
    QTest::qWait(150);
    const QString path = QString::fromLocal8Bit(folder) + u'/' + QString::fromLatin1(name);
    int number = 0;
    for (QWidget *each : QApplication::topLevelWidgets()) // offscreen there is no other picture of a menu
        if (each != &window && each->isVisible() && each->windowType() == Qt::Popup)
            each->grab().save(path + QStringLiteral("-popup%1.png").arg(++number));
    window.grab().save(path + QStringLiteral(".png"));
}

class WindowDriver
{
public:
    explicit WindowDriver(MainWindow &window) : window_(window) {}

    bool waitUntilRead()
    {
        return QTest::qWaitFor(
            [this] {
                return window_.workspace() && window_.workspace()->isSchemaRead() &&
                       !window_.workspace()->lane().isBusy();
            },
            20'000);
    }
    bool waitUntilIdle()
    {
        QTest::qWait(0);
        return QTest::qWaitFor([this] { return !window_.workspace()->lane().isBusy(); }, 20'000);
    }

    template <class Widget> Widget *find(const char *name)
    {
        return window_.findChild<Widget *>(QString::fromLatin1(name));
    }
    /// Clicks a button once it is there and can be pressed; false when it never can.
    bool click(const char *name)
    {
        QAbstractButton *button = nullptr;
        const auto canBePressed = [&] { // each page of the grid has its own
            for (auto *each : window_.findChildren<QAbstractButton *>(QString::fromLatin1(name)))
                if (each->isEnabled() && each->isVisible())
                    button = each;
            return button != nullptr;
        };
        if (!QTest::qWaitFor(canBePressed, 20'000))
            return false;
        QTest::mouseClick(button, Qt::LeftButton);
        QTest::qWait(20);
        return true;
    }
    /// Waits until the last commit or rehearsal is told of like this.
    bool waitForReport(const QString &start)
    {
        auto *report = find<QLabel>("runReport");
        return QTest::qWaitFor([&] { return report->isVisible() && report->text().startsWith(start); }, 30'000);
    }
    QString report() { return find<QLabel>("runReport")->text(); }

    /// The line of the tree that shows this name; of a table, schema or of what could not be read.
    QModelIndex treeLine(const QString &name)
    {
        auto *tree = find<QTreeView>("schemaTree");
        for (QModelIndex index = tree->model()->index(0, 0); index.isValid(); index = tree->indexBelow(index))
            if (index.data().toString() == name)
                return index;
        return {};
    }
    /// Double-clicks a table in the tree; its page once it shows rows.
    ui::GridPage *openTable(const QString &name)
    {
        auto *tree = find<QTreeView>("schemaTree");
        for (QModelIndex index = tree->model()->index(0, 0); index.isValid(); index = tree->indexBelow(index)) {
            if (index.data().toString() != name || index.data(ui::SchemaModel::TableNameRole).toString() != name)
                continue;
            tree->scrollTo(index);
            const QPoint at = tree->visualRect(index).center();
            QTest::mouseClick(tree->viewport(), Qt::LeftButton, {}, at);
            QTest::mouseDClick(tree->viewport(), Qt::LeftButton, {}, at);
            waitUntilIdle();
            return page();
        }
        return nullptr;
    }

    ui::GridPage *page() { return qobject_cast<ui::GridPage *>(window_.grid()->currentWidget()); }

    void filterRows(const QString &text)
    {
        auto *line = page()->findChild<QLineEdit *>(QStringLiteral("rowFilter"));
        QTest::mouseClick(line, Qt::LeftButton);
        line->selectAll();
        QTest::keyClick(line, Qt::Key_Delete);
        QTest::keyClicks(line, text);
        QTest::keyClick(line, Qt::Key_Return);
        waitUntilIdle();
    }

    QModelIndex cell(int row, const char *column)
    {
        const auto &names = page()->model().columnNames();
        const auto at = std::find(names.begin(), names.end(), column) - names.begin();
        return page()->model().index(row, static_cast<int>(at));
    }

    void clickCell(const QModelIndex &index)
    {
        QTableView *view = page()->view();
        view->scrollTo(index);
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, view->visualRect(index).center());
    }

    /// Types over a cell, as a person does: click, type, Enter.
    void typeIntoCell(const QModelIndex &index, const QString &text)
    {
        clickCell(index);
        QTest::keyClick(page()->view(), Qt::Key_F2);
        QWidget *editor = page()->view()->findChild<QWidget *>(QStringLiteral("cellEditor"));
        if (!editor)
            return;
        QTest::keyClicks(editor, text);
        QTest::keyClick(editor, Qt::Key_Return);
        QTest::qWait(0);
    }

    /// Opens each cell of so many rows and leaves it again; the first that this changed, by its column's name.
    std::string changedByLooking(int rows)
    {
        for (int row = 0; row < rows; ++row)
            for (int column = 0; column < page()->model().columnCount(); ++column) {
                clickCell(page()->model().index(row, column));
                QTest::keyClick(page()->view(), Qt::Key_F2);
                if (auto *editor = page()->view()->findChild<QWidget *>(QStringLiteral("cellEditor")))
                    QTest::keyClick(editor, Qt::Key_Return, Qt::ControlModifier);
                QTest::qWait(0);
                if (!pending().isEmpty())
                    return page()->model().columnNames()[static_cast<std::size_t>(column)];
            }
        return {};
    }
    /// Answers a dialog that asks for a file to write; false when there is none.
    bool saveAs(const char *dialogName, const QString &path)
    {
        auto *dialog = find<QFileDialog>(dialogName);
        if (!dialog || !QTest::qWaitFor([dialog] { return dialog->isVisible(); }))
            return false;
        auto *name = dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"));
        name->setText(path);
        QTest::keyClick(name, Qt::Key_Return);
        return QTest::qWaitFor([&] { return QFile::exists(path); });
    }
    /// All that stands in a file.
    static std::string textOf(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
    }

    UnitOfWork &pending() { return window_.workspace()->session().unitOfWork(); }

private:
    MainWindow &window_;
};

} // namespace schemawright::test
