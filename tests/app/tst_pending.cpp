// The unit of work as a person meets it: the list of all that is pending, rehearsed, settled, reverted, saved as a
// script, and the ways between the rows that it is about. What is in the file is asked of the sqlite3 C API.

#include "app/application.h"
#include "app/main_window.h"
#include "support/sqlite_file.h"
#include "support/window_driver.h"
#include "ui/models/changes_model.h"
#include "ui/widgets/sql_view.h"

#include <QApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>

#include <filesystem>
#include <memory>

using namespace schemawright;
using test::runSqlite;
using test::sqliteFact;
using test::WindowDriver;
using ui::ChangesModel;

namespace {

const char *const script = R"sql(
CREATE TABLE genus (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, size INTEGER CHECK (size < 100));
CREATE TABLE plant (id INTEGER PRIMARY KEY, genus_id INTEGER REFERENCES genus, parent_id INTEGER REFERENCES plant,
                    name TEXT DEFAULT 'unnamed', note TEXT, height REAL,
                    label TEXT GENERATED ALWAYS AS (name || '!') VIRTUAL);
CREATE TABLE bed (garden TEXT, number INTEGER, soil TEXT, PRIMARY KEY (garden, number));
CREATE TABLE planting (id INTEGER PRIMARY KEY, garden TEXT, bed_number INTEGER, plant_id INTEGER NOT NULL REFERENCES plant,
                       FOREIGN KEY (garden, bed_number) REFERENCES bed (garden, number));
CREATE TRIGGER stamp AFTER INSERT ON plant BEGIN UPDATE plant SET note = 'stamped' WHERE id = new.id; END;
INSERT INTO genus VALUES (1, 'Acer', 10), (2, 'Betula', 20), (3, 'Rosa', 30);
INSERT INTO plant (id, genus_id, parent_id, name) VALUES (1, 1, NULL, 'maple'), (2, 1, 1, 'small maple'),
                  (3, 2, NULL, 'birch'), (4, NULL, 1, 'unknown');
INSERT INTO bed VALUES ('north', 1, 'sand'), ('north', 2, 'clay'), ('south', 1, 'peat');
INSERT INTO planting VALUES (1, 'north', 2, 1), (2, 'north', 1, 2), (3, 'south', 1, 3), (4, NULL, 1, 3);
)sql";

} // namespace

class tst_Pending : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::string path_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    template <class Widget> Widget *find(const char *name)
    {
        return window_->findChild<Widget *>(QString::fromLatin1(name));
    }
    bool waitForReport(const QString &start) { return WindowDriver(*window_).waitForReport(start); }
    void click(const char *button) { QVERIFY2(WindowDriver(*window_).click(button), button); }
    QString pendingSql() { return find<ui::SqlView>("pendingSql")->sql(); }
    QTreeView *list() { return find<QTreeView>("changes"); }
    /// Clicks the first line of the list that begins so; its index.
    QModelIndex clickChange(const QString &title)
    {
        QTest::qWait(20);
        const auto *model = list()->model();
        for (QModelIndex index = model->index(0, 0); index.isValid(); index = list()->indexBelow(index))
            if (index.data(ChangesModel::KindRole).toInt() == static_cast<int>(ChangesModel::Kind::Change) &&
                index.data().toString().contains(title)) {
                list()->scrollTo(index);
                QTest::mouseClick(list()->viewport(), Qt::LeftButton, {}, list()->visualRect(index).center());
                return index;
            }
        return {};
    }
    QString textOf(const QModelIndex &index, int column) { return index.siblingAtColumn(column).data().toString(); }
    /// Opens the context menu of the current cell and a menu inside it, and clicks the entry that begins so.
    bool chooseFromMenu(const char *submenu, const QString &entry)
    {
        WindowDriver person(*window_);
        QTableView *view = person.page()->view();
        const QPoint at = view->visualRect(view->currentIndex()).center();
        Q_EMIT view->customContextMenuRequested(at);
        auto *menu = person.page()->findChild<QMenu *>(QStringLiteral("rowMenu"));
        QMenu *inner = menu ? menu->findChild<QMenu *>(QString::fromLatin1(submenu)) : nullptr;
        if (!inner)
            return false;
        QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(inner->menuAction()).center());
        if (!QTest::qWaitFor([inner] { return inner->isVisible(); }))
            return false;
        for (QAction *each : inner->actions())
            if (each->text().startsWith(entry)) {
                const bool canBe = each->isEnabled();
                QTest::mouseClick(inner, Qt::LeftButton, {}, inner->actionGeometry(each).center());
                if (!canBe)
                    menu->close();
                QTest::qWait(20);
                person.waitUntilIdle();
                return canBe;
            }
        menu->close();
        return false;
    }
    QString filterText() { return WindowDriver(*window_).page()->findChild<QLineEdit *>("rowFilter")->text(); }
    QString tableName() { return QString::fromStdString(WindowDriver(*window_).page()->model().table()->name.name); }
    QStringList column(const char *name)
    {
        WindowDriver person(*window_);
        QStringList all;
        for (int row = 0; row < person.page()->model().rowCount(); ++row)
            all << person.cell(row, name).data().toString();
        return all;
    }

private Q_SLOTS:
    void initTestCase() { application_ = test::startApplication("tst_pending"); }
    void init()
    {
        path_ = folder_.filePath(test::testFileName(".db")).toStdString();
        runSqlite(path_, script);
        window_ = application_->openText(QString::fromStdString(path_), false);
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        window_->resize(1280, 800);
        QVERIFY(WindowDriver(*window_).waitUntilRead());
    }
    void cleanup() { QVERIFY(test::closeWindow(window_)); }

    void showsRowsTablesAndModelsInOneList();
    void saysWholeWhatIsCut();
    void marksEveryFailureOfARehearsal();
    void settlesAConflictColumnByColumn();
    void settlesAConflictByKeys();
    void makesARowAgainThatIsGone();
    void followsRelationsThereAndBack();
    void followsCompositeKeysAndTheTableItself();
    void followsRowsThatAreOnlyPending();
    void namesWhatDependsOnAChange();
    void showsTheStepsOfUndo();
    void savesAScriptThatDoesTheSame();
    void keepsFourStatesOfACellApart();
    void showsWhatTheDatabaseMadeOfIt();
    void losesNothingWhileTheViewChanges();
    void letsOthersWriteWhileEditsWait();
    void stopsALongRun();
    void takesALongList();
    void offersKeptEditsUntilTheyCanBeTaken();
};

void tst_Pending::showsRowsTablesAndModelsInOneList()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("Acer L."));
    Session &session = window_->workspace()->session();
    Table genus = session.editTable({"main", "genus"});
    Column wide;
    wide.name = "origin";
    wide.type = types::text();
    wide.type.native = "TEXT";
    genus.columns.push_back(wide);
    session.putTable(genus);
    EntityMapping names;
    names.className = "Kind";
    session.putMapping({"main", "genus"}, std::nullopt, names);

    QModelIndex row = clickChange(QStringLiteral("genus 1"));
    QVERIFY(row.isValid());
    QCOMPARE(textOf(row, ChangesModel::BeforeColumn), QStringLiteral("Acer"));
    QCOMPARE(textOf(row, ChangesModel::AfterColumn), QStringLiteral("Acer L."));
    QVERIFY2(pendingSql().startsWith(QStringLiteral("UPDATE main.genus SET name = 'Acer L.'")),
             qPrintable(pendingSql()));
    const QModelIndex table = clickChange(QStringLiteral("table genus"));
    QVERIFY(table.isValid());
    QVERIFY2(textOf(table, ChangesModel::WhatColumn).contains(QStringLiteral("add column origin")),
             qPrintable(textOf(table, ChangesModel::WhatColumn)));
    QVERIFY2(pendingSql().contains(QStringLiteral("ADD COLUMN origin")), qPrintable(pendingSql()));
    const QModelIndex model = clickChange(QStringLiteral("model of genus"));
    QVERIFY(model.isValid());
    QCOMPARE(textOf(model, ChangesModel::AfterColumn), QStringLiteral("Kind"));

    click("inOrder");
    const auto *changes = list()->model();
    QStringList order;
    for (int i = 0; i < changes->rowCount(); ++i)
        order << changes->index(i, 0).data().toString();
    QCOMPARE(order.size(), 3);
    QVERIFY2(order[0].startsWith(QStringLiteral("1.  table genus")), qPrintable(order.join(u'|')));
    QVERIFY2(order[1].startsWith(QStringLiteral("2.  genus 1")), qPrintable(order.join(u'|')));
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT name || ifnull(origin, '-') FROM genus WHERE id = 1"), std::string("Acer L.-"));
}

void tst_Pending::saysWholeWhatIsCut()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("plant")));
    const QString name = QStringLiteral("<b>Acer</b> ") + QStringLiteral("with many words ").repeated(30).trimmed();
    person.typeIntoCell(person.cell(0, "name"), name);
    person.typeIntoCell(person.cell(0, "note"), QStringLiteral("a note"));
    person.typeIntoCell(person.cell(0, "height"), QStringLiteral("2.5"));
    const QModelIndex change = clickChange(QStringLiteral("plant 1"));
    QVERIFY(change.isValid());
    const auto tip = [&](int column) { return change.siblingAtColumn(column).data(Qt::ToolTipRole).toString(); };
    // Every character, and no HTML of its own.
    QVERIFY2(tip(ChangesModel::AfterColumn).contains(name.toHtmlEscaped()), qPrintable(tip(ChangesModel::AfterColumn)));
    QVERIFY(!tip(ChangesModel::AfterColumn).contains(QStringLiteral("<b>")));
    QVERIFY(tip(ChangesModel::AfterColumn).contains(QStringLiteral("note: a note")));
    QCOMPARE(tip(ChangesModel::BeforeColumn), QStringLiteral("name: maple\nnote: stamped\nheight: NULL"));
    QVERIFY(tip(ChangesModel::WhatColumn).contains(QStringLiteral("height: NULL → 2.5")));
    QCOMPARE(find<QLabel>("changeTitle")->text(), QStringLiteral("plant 1: name, note, height"));
    QVERIFY(pendingSql().contains(name));
    // What is short takes no room from what is long.
    QHeaderView *header = list()->header();
    QTest::qWait(20);
    QVERIFY2(header->sectionSize(ChangesModel::WhatColumn) >=
                 static_cast<QAbstractItemView *>(list())->sizeHintForColumn(ChangesModel::WhatColumn),
             qPrintable(QString::number(header->sectionSize(ChangesModel::WhatColumn))));
    QVERIFY(header->sectionSize(ChangesModel::AfterColumn) > header->sectionSize(ChangesModel::BeforeColumn));
    // As the grid says the value.
    const QString cell = person.cell(0, "name").data(Qt::ToolTipRole).toString();
    QVERIFY2(cell.contains(name.toHtmlEscaped()) && !cell.contains(QStringLiteral("<b>")), qPrintable(cell));
    // Nor does any label that says what a database or a person says take it for HTML.
    for (const char *each : {"changeTitle", "changeProblem", "runReport", "revertQuestion", "messageText", "schemaHint",
                             "schemaProblem", "structureProblem", "modelProblem", "queryProblem", "failureText"}) {
        const auto *label = find<QLabel>(each);
        QVERIFY2(label && label->textFormat() == Qt::PlainText, each);
    }
}

void tst_Pending::marksEveryFailureOfARehearsal()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(0, "size"), QStringLiteral("500")); // the check
    person.typeIntoCell(person.cell(1, "size"), QStringLiteral("50"));
    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.typeIntoCell(person.cell(2, "genus_id"), QStringLiteral("77")); // no such genus
    click("rehearse");
    QVERIFY(waitForReport(QStringLiteral("Rehearsed: ")));
    int failed = 0;
    for (const Change *change : person.pending().changes())
        failed += change->error ? 1 : 0;
    QCOMPARE(failed, 2);
    QVERIFY2(find<QLabel>("runReport")->text().startsWith(QStringLiteral("Rehearsed: 2 of 3 changes failed")),
             qPrintable(find<QLabel>("runReport")->text()));
    // Each stands on its change, and what worked says its rows and its time.
    QVERIFY(
        textOf(clickChange(QStringLiteral("genus 1")), ChangesModel::ResultColumn).contains(QStringLiteral("CHECK")));
    QVERIFY(find<QLabel>("changeProblem")->isVisible());
    QVERIFY(textOf(clickChange(QStringLiteral("genus 2")), ChangesModel::ResultColumn)
                .startsWith(QStringLiteral("1 row ")));
    QVERIFY(!find<QLabel>("changeProblem")->isVisible());
    QVERIFY(textOf(clickChange(QStringLiteral("plant 3")), ChangesModel::ResultColumn)
                .contains(QStringLiteral("FOREIGN KEY")));
    click("nextProblem");
    QVERIFY(list()->currentIndex().siblingAtColumn(0).data().toString().startsWith(QStringLiteral("genus 1")));
    click("nextProblem");
    QVERIFY(list()->currentIndex().siblingAtColumn(0).data().toString().startsWith(QStringLiteral("plant 3")));
    QCOMPARE(sqliteFact(path_, "SELECT group_concat(size) FROM genus"), std::string("10,20,30"));
    QCOMPARE(person.pending().size(), std::size_t{3});
}

void tst_Pending::settlesAConflictColumnByColumn()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("mine"));
    person.typeIntoCell(person.cell(0, "note"), QStringLiteral("my note"));
    person.typeIntoCell(person.cell(0, "height"), QStringLiteral("1.5"));
    runSqlite(path_, "UPDATE plant SET name = 'theirs', note = 'their note', height = 9, parent_id = 3 WHERE id = 1");
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Nothing was written")));
    QVERIFY(QTest::qWaitFor([&] { return find<QPushButton>("theirs:name") != nullptr; }));
    QCOMPARE(find<QLabel>("base:name")->text(), QStringLiteral("maple"));
    QCOMPARE(find<QPushButton>("mine:name")->text(), QStringLiteral("mine"));
    QCOMPARE(find<QPushButton>("theirs:name")->text(), QStringLiteral("theirs"));
    QCOMPARE(find<QPushButton>("mine:parent_id"), nullptr); // they changed it, I did not
    click("theirs:name");
    QCOMPARE(find<QPushButton>("mine:name"), nullptr);
    QVERIFY(find<QPushButton>("mine:note"));
    const auto isMarked = [&] { return person.pending().changes().front()->error.has_value(); };
    QVERIFY(isMarked()); // until the last column is settled
    click("mine:note");
    QVERIFY(isMarked());
    click("edit:height");
    auto *editor = find<QLineEdit>("editor:height");
    QVERIFY(editor);
    editor->selectAll();
    QTest::keyClicks(editor, QStringLiteral("no number"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTest::qWait(20);
    editor = find<QLineEdit>("editor:height");
    editor->selectAll();
    QTest::keyClicks(editor, QStringLiteral("4.25"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_VERIFY(!isMarked());
    QTest::qWait(20);
    QVERIFY(!find<QWidget>("conflict")->isVisible());
    QVERIFY(person.waitUntilIdle());
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(
        sqliteFact(path_, "SELECT name || '|' || note || '|' || height || '|' || parent_id FROM plant WHERE id = 1"),
        std::string("theirs|my note|4.25|3"));
}

void tst_Pending::settlesAConflictByKeys()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("mine"));
    person.typeIntoCell(person.cell(0, "note"), QStringLiteral("my note"));
    runSqlite(path_, "UPDATE plant SET name = 'theirs', note = 'their note' WHERE id = 1");
    window_->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(window_));
    QTest::keyClick(window_, Qt::Key_S, Qt::ControlModifier);
    QVERIFY(waitForReport(QStringLiteral("Nothing was written")));
    QVERIFY(QTest::qWaitFor([&] {
        const auto *theirs = find<QPushButton>("theirs:name");
        return theirs && theirs->isVisible();
    }));
    const auto focused = [] {
        const QWidget *widget = QApplication::focusWidget();
        return widget ? widget->objectName() : QString();
    };
    QStringList way;
    const auto tabTo = [&](const QString &name) {
        for (int i = 0; i < 12 && focused() != name; ++i) {
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
            way << focused();
        }
        return focused() == name;
    };
    QTest::keyClick(window_, Qt::Key_3, Qt::AltModifier);
    QCOMPARE(focused(), QStringLiteral("changes"));
    QVERIFY2(tabTo(QStringLiteral("theirs:name")), qPrintable(way.join(u' ')));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
    // The keys go on with the column that is left.
    QVERIFY2(QTest::qWaitFor([&] { return focused() == QStringLiteral("mine:note"); }), qPrintable(focused()));
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Space);
    QVERIFY2(QTest::qWaitFor([&] { return focused() == QStringLiteral("changes"); }), qPrintable(focused()));
    QVERIFY(person.waitUntilIdle());
    QTest::keyClick(window_, Qt::Key_S, Qt::ControlModifier);
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT name || note FROM plant WHERE id = 1"), std::string("theirsmy note"));
}

void tst_Pending::makesARowAgainThatIsGone()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(2, "name"), QStringLiteral("Rosa L."));
    runSqlite(path_, "DELETE FROM genus WHERE id = 3");
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Nothing was written")));
    click("keepMine");
    QVERIFY(person.waitUntilIdle());
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT id || name || size FROM genus WHERE name = 'Rosa L.'"),
             std::string("3Rosa L.30"));
}

void tst_Pending::followsRelationsThereAndBack()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.filterRows(QStringLiteral("birch"));
    person.clickCell(person.cell(0, "genus_id"));
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("genus"));
    QCOMPARE(filterText(), QStringLiteral("\"id\" = '2'"));
    QCOMPARE(column("name"), QStringList{QStringLiteral("Betula")});
    // From the genus to its plants, by the menu.
    person.filterRows(QStringLiteral("Acer"));
    person.clickCell(person.cell(0, "name"));
    QVERIFY(chooseFromMenu("childrenMenu", QStringLiteral("plant by genus_id")));
    QCOMPARE(tableName(), QStringLiteral("plant"));
    QCOMPARE(column("name"), (QStringList{QStringLiteral("maple"), QStringLiteral("small maple")}));

    QTest::mouseClick(person.page()->findChild<QToolButton *>("goBack"), Qt::LeftButton);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("genus"));
    QCOMPARE(filterText(), QStringLiteral("Acer"));
    QTest::keyClick(person.page()->view(), Qt::Key_Left, Qt::AltModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("plant"));
    QCOMPARE(filterText(), QStringLiteral("birch"));
    QCOMPARE(person.page()->view()->currentIndex(), person.cell(0, "genus_id"));
    QTest::keyClick(person.page()->view(), Qt::Key_Right, Qt::AltModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("genus"));
    // A key that is NULL leads nowhere, and says so.
    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.filterRows(QStringLiteral("name = unknown"));
    person.clickCell(person.cell(0, "genus_id"));
    QVERIFY(!chooseFromMenu("parentMenu", QStringLiteral("genus by genus_id")));
    QCOMPARE(tableName(), QStringLiteral("plant"));
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(tableName(), QStringLiteral("plant"));
    QVERIFY(find<QLabel>("messageText")->text().contains(QStringLiteral("genus_id is NULL")));
}

void tst_Pending::followsCompositeKeysAndTheTableItself()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("planting")));
    person.clickCell(person.cell(0, "bed_number"));
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("bed"));
    QCOMPARE(column("soil"), QStringList{QStringLiteral("clay")});
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("planting"));
    QCOMPARE(column("id"), QStringList{QStringLiteral("1")});

    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.clickCell(person.cell(0, "name"));
    QVERIFY(chooseFromMenu("childrenMenu", QStringLiteral("plant by parent_id")));
    QCOMPARE(column("name"), (QStringList{QStringLiteral("small maple"), QStringLiteral("unknown")}));
    person.clickCell(person.cell(1, "parent_id"));
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(column("name"), QStringList{QStringLiteral("maple")});
    QTRY_VERIFY(person.page()->view()->currentIndex().isValid()); // the keys go on from there
}

void tst_Pending::followsRowsThatAreOnlyPending()
{
    WindowDriver person(*window_);
    // The parent's key is being changed: the database still has the old one.
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(2, "id"), QStringLiteral("33"));
    QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
    person.typeIntoCell(person.cell(3, "name"), QStringLiteral("Salix"));
    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.typeIntoCell(person.cell(2, "genus_id"), QStringLiteral("33"));
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("genus"));
    QCOMPARE(person.cell(0, "name").data().toString(), QStringLiteral("Rosa"));
    // And back to the child that refers to it since a moment ago.
    person.clickCell(person.cell(0, "name"));
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(column("name"), QStringList{QStringLiteral("birch")});
    // A row whose key only the commit makes.
    person.filterRows({});
    person.clickCell(person.cell(3, "genus_id"));
    Q_EMIT person.page()->view()->customContextMenuRequested(
        person.page()->view()->visualRect(person.page()->view()->currentIndex()).center());
    auto *menu = person.page()->findChild<QMenu *>(QStringLiteral("rowMenu"));
    QAction *refer = nullptr;
    for (QAction *each : menu->actions())
        if (each->menu() && each->text() == QLatin1String("Refer to New Row"))
            refer = each->menu()->actions().front();
    QVERIFY(refer);
    QVERIFY2(refer->text().contains(QStringLiteral("Salix")), qPrintable(refer->text())); // told from other new rows
    refer->trigger();
    menu->close();
    window_->activateWindow(); // no window manager gives the focus back here
    QVERIFY(QTest::qWaitForWindowActive(window_));
    QTest::qWait(20);
    QVERIFY(std::holds_alternative<KeyOf>(person.page()->model().cell(3, person.cell(3, "genus_id").column())));
    person.clickCell(person.cell(3, "genus_id"));
    QTest::keyClick(person.page()->view(), Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(person.waitUntilIdle());
    QCOMPARE(tableName(), QStringLiteral("genus"));
    const QModelIndex current = person.page()->view()->currentIndex();
    QCOMPARE(person.cell(current.row(), "name").data().toString(), QStringLiteral("Salix"));
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT g.name FROM plant p JOIN genus g ON g.id = p.genus_id WHERE p.id = 4"),
             std::string("Salix"));
    QCOMPARE(sqliteFact(path_, "SELECT g.name FROM plant p JOIN genus g ON g.id = p.genus_id WHERE p.id = 3"),
             std::string("Rosa"));
}

void tst_Pending::namesWhatDependsOnAChange()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("genus")));
    QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
    person.typeIntoCell(person.cell(3, "id"), QStringLiteral("9"));
    person.typeIntoCell(person.cell(3, "name"), QStringLiteral("Tilia"));
    QVERIFY(person.openTable(QStringLiteral("plant")));
    QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
    person.typeIntoCell(person.cell(4, "genus_id"), QStringLiteral("9"));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("other"));
    QCOMPARE(person.pending().size(), std::size_t{3});
    QVERIFY(clickChange(QStringLiteral("new genus")).isValid());
    QTest::keyClick(list(), Qt::Key_Delete);
    auto *question = find<QLabel>("revertQuestion");
    QVERIFY(question->isVisible());
    QVERIFY2(question->text().contains(QStringLiteral("new plant")), qPrintable(question->text()));
    QVERIFY2(!question->text().contains(QStringLiteral("plant 1")), qPrintable(question->text()));
    QCOMPARE(person.pending().size(), std::size_t{3});
    click("revertCancel");
    QCOMPARE(person.pending().size(), std::size_t{3});
    click("revertChange");
    click("revertAll");
    QCOMPARE(person.pending().size(), std::size_t{1});
    click("undoSteps"); // one step brings both back
    QCOMPARE(person.pending().size(), std::size_t{3});
}

void tst_Pending::showsTheStepsOfUndo()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("One"));
    person.page()->view()->selectAll();
    QTest::mouseClick(person.page()->findChild<QToolButton *>("deleteRows"), Qt::LeftButton);
    QTest::qWait(20);
    auto *undo = find<QToolButton>("undoSteps");
    QCOMPARE(undo->toolTip(), QStringLiteral("Undo 3 edits in genus"));
    Q_EMIT undo->menu()->aboutToShow();
    QStringList steps;
    for (const QAction *each : undo->menu()->actions())
        steps << each->text();
    QCOMPARE(steps, (QStringList{QStringLiteral("3 edits in genus"), QStringLiteral("genus 1")}));
    undo->menu()->actions().back()->trigger();
    QVERIFY(person.pending().isEmpty());
    QTest::qWait(20);
    QCOMPARE(find<QToolButton>("redoSteps")->toolTip(), QStringLiteral("Redo genus 1"));
}

void tst_Pending::savesAScriptThatDoesTheSame()
{
    const std::string copy = path_ + ".copy";
    std::filesystem::copy_file(path_, copy, std::filesystem::copy_options::overwrite_existing);
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("it's"));
    QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
    person.typeIntoCell(person.cell(3, "name"), QStringLiteral("Ulmus"));
    QTest::qWait(20);
    click("saveScript");
    const QString path = folder_.filePath(QStringLiteral("pending.sql"));
    QVERIFY(person.saveAs("scriptDialog", path));
    QVERIFY(waitForReport(QStringLiteral("Saved as")));
    runSqlite(copy, person.textOf(path));
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    const char *all = "SELECT group_concat(id || name || ifnull(size, '-')) FROM genus";
    QCOMPARE(sqliteFact(copy, all), sqliteFact(path_, all));
    QVERIFY(sqliteFact(copy, all).find("it's") != std::string::npos);
    QVERIFY(sqliteFact(copy, all).find("Ulmus") != std::string::npos);
}

void tst_Pending::keepsFourStatesOfACellApart()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("plant")));
    const auto addRow = [&] {
        QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
        return person.page()->model().rowCount() - 1;
    };
    const int untouched = addRow();
    person.typeIntoCell(person.cell(untouched, "height"), QStringLiteral("1"));
    const int null = addRow();
    person.typeIntoCell(person.cell(null, "height"), QStringLiteral("2"));
    person.clickCell(person.cell(null, "name"));
    QTest::keyClick(person.page()->view(), Qt::Key_0, Qt::ControlModifier);
    const int word = addRow();
    person.typeIntoCell(person.cell(word, "height"), QStringLiteral("3"));
    person.typeIntoCell(person.cell(word, "name"), QStringLiteral("NULL"));
    // Looking into a NULL cell changes nothing.
    const std::size_t before = person.pending().size();
    person.clickCell(person.cell(0, "note"));
    QTest::keyClick(person.page()->view(), Qt::Key_F2);
    QTest::keyClick(person.page()->view()->findChild<QWidget *>("cellEditor"), Qt::Key_Return);
    QCOMPARE(person.pending().size(), before);
    QTest::qWait(20);
    const QString sql = pendingSql();
    QVERIFY2(sql.contains(QStringLiteral("INSERT INTO main.plant (height)")), qPrintable(sql));
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT name FROM plant WHERE height = 1"), std::string("unnamed"));
    QCOMPARE(sqliteFact(path_, "SELECT typeof(name) FROM plant WHERE height = 2"), std::string("null"));
    QCOMPARE(sqliteFact(path_, "SELECT typeof(name) || name FROM plant WHERE height = 3"), std::string("textNULL"));
}

void tst_Pending::showsWhatTheDatabaseMadeOfIt()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("plant")));
    QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
    person.typeIntoCell(person.cell(4, "height"), QStringLiteral("7"));
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QVERIFY(person.waitUntilIdle());
    QTest::qWait(20);
    QCOMPARE(person.page()->model().rowCount(), 5);
    QCOMPARE(person.cell(4, "id").data().toString(), QStringLiteral("5"));
    QCOMPARE(person.cell(4, "name").data().toString(), QStringLiteral("unnamed"));
    QCOMPARE(person.cell(4, "note").data().toString(), QStringLiteral("stamped"));
    QCOMPARE(person.cell(4, "label").data().toString(), QStringLiteral("unnamed!"));
}

void tst_Pending::losesNothingWhileTheViewChanges()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("plant")));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("edited"));
    QTest::mouseClick(person.page()->findChild<QToolButton *>("addRow"), Qt::LeftButton);
    person.typeIntoCell(person.cell(4, "name"), QStringLiteral("added"));
    person.clickCell(person.cell(3, "name"));
    QTest::mouseClick(person.page()->findChild<QToolButton *>("deleteRows"), Qt::LeftButton);
    auto *header = person.page()->view()->horizontalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                      QPoint(header->sectionViewportPosition(person.cell(0, "name").column()) + 10, 10));
    QVERIFY(person.waitUntilIdle());
    person.filterRows(QStringLiteral("name = birch")); // the edited row is out of sight
    QTest::keyClick(window_, Qt::Key_F5);
    QVERIFY(person.waitUntilIdle());
    QVERIFY(person.openTable(QStringLiteral("bed")));
    window_->workspace()->lane().reconnect();
    QCOMPARE(person.pending().size(), std::size_t{3});
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed: 3 statements, 3 rows")));
    QCOMPARE(sqliteFact(path_, "SELECT group_concat(name) FROM (SELECT name FROM plant ORDER BY id)"),
             std::string("edited,small maple,birch,added"));
}

void tst_Pending::letsOthersWriteWhileEditsWait()
{
    WindowDriver person(*window_);
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(0, "name"), QStringLiteral("Waiting"));
    QVERIFY(person.waitUntilIdle());
    runSqlite(path_, "UPDATE genus SET size = 11 WHERE id = 2");
    auto other = std::make_unique<test::SqliteLock>(path_);
    click("commit");
    QTest::qWait(300);
    window_->workspace()->cancelRun();
    QVERIFY(waitForReport(QStringLiteral("Nothing was written")));
    QCOMPARE(person.pending().size(), std::size_t{1});
    other.reset();
    click("commit");
    QVERIFY(waitForReport(QStringLiteral("Committed")));
    QCOMPARE(sqliteFact(path_, "SELECT name || (SELECT size FROM genus WHERE id = 2) FROM genus WHERE id = 1"),
             std::string("Waiting11"));
}

void tst_Pending::stopsALongRun()
{
    // Each row takes so long that the whole would take minutes.
    runSqlite(path_, "CREATE TRIGGER slow AFTER INSERT ON genus BEGIN SELECT count(*) FROM (WITH RECURSIVE n(i) AS "
                     "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT i FROM n); END");
    const std::string before = sqliteFact(path_, "SELECT count(*) || group_concat(name) FROM genus");
    WindowDriver person(*window_);
    Session &session = window_->workspace()->session();
    const TablePtr genus = window_->workspace()->metadata().table({"main", "genus"});
    constexpr int many = 5000;
    {
        const UnitOfWork::Group group(session.unitOfWork());
        for (int i = 0; i < many; ++i)
            session.addRow(*genus, {{"id", Value(1000 + i)}, {"name", Value("n" + std::to_string(i))}});
    }
    for (const char *button : {"rehearse", "commit"}) {
        click(button);
        QVERIFY(QTest::qWaitFor([&] { return window_->workspace()->lane().isBusy(); }, 20'000));
        QVERIFY(person.click("cancelActivity"));
        QVERIFY2(waitForReport(QStringLiteral("Nothing was written: cancelled")), qPrintable(person.report()));
        QVERIFY(!window_->workspace()->isRunning() && !person.pending().isFrozen());
        QCOMPARE(person.pending().size(), std::size_t{many});
        QCOMPARE(sqliteFact(path_, "SELECT count(*) || group_concat(name) FROM genus"), before);
    }
    // And the list can be worked with as before.
    runSqlite(path_, "DROP TRIGGER slow");
    click("commit");
    QVERIFY2(waitForReport(QStringLiteral("Committed: ")), qPrintable(person.report()));
    QCOMPARE(sqliteFact(path_, "SELECT count(*) FROM genus WHERE id >= 1000"), std::to_string(many));
}

void tst_Pending::takesALongList()
{
    WindowDriver person(*window_);
    Session &session = window_->workspace()->session();
    const TablePtr genus = window_->workspace()->metadata().table({"main", "genus"});
    constexpr int many = 100'000;
    {
        const UnitOfWork::Group group(session.unitOfWork());
        for (int i = 0; i < many; ++i)
            session.addRow(*genus, {{"id", Value(1000 + i)}, {"name", Value("n" + std::to_string(i))}});
    }
    // The window turns while another thread plans the list.
    int turns = 0;
    QTimer idle;
    connect(&idle, &QTimer::timeout, this, [&turns] { ++turns; });
    idle.start(0);
    auto *summary = find<QLabel>("pendingSummary");
    QVERIFY(QTest::qWaitFor([&] { return summary->text().startsWith(QStringLiteral("Planning")); }, 30'000));
    auto *cancel = find<QToolButton>("cancelPlan");
    QVERIFY(cancel->isVisible());
    QTest::mouseClick(cancel, Qt::LeftButton);
    QVERIFY(!cancel->isVisible());
    QCOMPARE(summary->text(), QStringLiteral("100,000 changes"));
    // Planned again with the next edit.
    turns = 0;
    session.addRow(*genus, {{"name", Value("last")}});
    const auto isPlanned = [&] {
        return !cancel->isVisible() && pendingSql().contains(QStringLiteral("more: Save as Script has them all"));
    };
    QVERIFY(QTest::qWaitFor(isPlanned, 120'000));
    QVERIFY2(turns > 3, qPrintable(QString::number(turns)));
    idle.stop();
    click("inOrder");
    // In ranges, of which the first is open; with the keys to the end of the last.
    const auto *changes = list()->model();
    int all = 0;
    for (int range = 0; range < changes->rowCount(); ++range)
        all += changes->rowCount(changes->index(range, 0));
    QCOMPARE(all, many + 1);
    QVERIFY(list()->isExpanded(changes->index(0, 0)));
    QVERIFY(!list()->isExpanded(changes->index(1, 0)));
    list()->scrollToBottom();
    QTest::mouseClick(list()->viewport(), Qt::LeftButton, {}, QPoint(60, 60));
    QTest::keyClick(list(), Qt::Key_End);
    QCOMPARE(list()->currentIndex().row(), changes->rowCount() - 1);
    QTest::keyClick(list(), Qt::Key_Right);
    QTest::keyClick(list(), Qt::Key_End);
    const QModelIndex last = list()->currentIndex().siblingAtColumn(0);
    QCOMPARE(last.parent().row(), changes->rowCount() - 1);
    QVERIFY2(pendingSql().contains(QStringLiteral("VALUES")), qPrintable(pendingSql()));
    QVERIFY(person.pending().find(static_cast<ChangeId>(last.data(ChangesModel::ChangeIdRole).toULongLong())));
}

void tst_Pending::offersKeptEditsUntilTheyCanBeTaken()
{
    Session *session = &window_->workspace()->session();
    constexpr int many = 3000; // more than are taken at once
    {
        const TablePtr genus = session->baseline().table({"main", "genus"});
        const UnitOfWork::Group group(session->unitOfWork());
        for (int i = 0; i < many; ++i)
            session->addRow(*genus, {{"id", Value(1000 + i)}, {"name", Value("n" + std::to_string(i))}});
    }
    delete std::exchange(window_, nullptr); // with all of it pending
    QVERIFY(ui::Lane::waitForThreads(15'000));
    window_ = application_->openText(QString::fromStdString(path_), false);
    WindowDriver person(*window_);
    QVERIFY(person.waitUntilRead());
    const auto offer = [&]() -> QPushButton * {
        for (auto *each : window_->findChildren<QPushButton *>())
            if (each->isVisible() && each->text() == QLatin1String("Restore"))
                return each;
        return nullptr;
    };
    QVERIFY(QTest::qWaitFor([&] { return offer() != nullptr; }, 20'000));
    QVERIFY2(find<QLabel>("messageText")->text().startsWith(QStringLiteral("3,000 edits")),
             qPrintable(find<QLabel>("messageText")->text()));
    QVERIFY(person.openTable(QStringLiteral("genus")));
    person.typeIntoCell(person.cell(0, "size"), QStringLiteral("11"));
    QCOMPARE(person.pending().size(), std::size_t{1});
    QTest::mouseClick(offer(), Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return offer() != nullptr; }, 5'000));
    QVERIFY(find<QLabel>("messageText")->text().contains(QStringLiteral("discard the edits made meanwhile")));
    QCOMPARE(person.pending().size(), std::size_t{1});
    click("discardAll");
    QTest::mouseClick(offer(), Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return person.pending().size() == many; }, 20'000));
    QVERIFY(!person.pending().canUndo());
}

QTEST_MAIN(tst_Pending)
#include "tst_pending.moc"
