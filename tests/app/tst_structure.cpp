// Tables are made, renamed, changed and dropped in the window, by mouse and keys: in the tree and in the inspector.
// What is in the file afterwards is asked over SQLite's own C API.

#include "app/application.h"
#include "app/main_window.h"
#include "schemawright/base/blocking.h"
#include "support/sqlite_file.h"
#include "support/structure_driver.h"
#include "ui/models/changes_model.h"
#include "ui/models/columns_model.h"
#include "ui/models/indexes_model.h"
#include "ui/models/keys_model.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QStandardPaths>
#include <QTest>
#include <QTreeView>

#include <memory>

using namespace schemawright;
using test::StructureDriver;
using test::WindowDriver;
using ui::ColumnsModel;
using ui::IndexesModel;
using ui::KeysModel;
using ui::Mark;

class tst_Structure : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::SqliteFile> file_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    void open(const char *script)
    {
        file_ = std::make_unique<test::SqliteFile>(script);
        window_ = application_->openText(QString::fromStdString(file_->path()), false);
        window_->resize(1280, 800);
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        QVERIFY(WindowDriver(*window_).waitUntilRead());
    }
    void openShop()
    {
        open("create table author(id integer primary key, name text not null, born int);"
             "create table book(id integer primary key, author_id int references author(id), title text,"
             " price real default 1, check (price >= 0));"
             "create index book_title on book(title);"
             "insert into author values (1, 'Ana', 1970), (2, 'Bo', null);"
             "insert into book values (1, 1, 'Tea', 2), (2, 1, 'Cake', 3), (3, 2, 'Bread', 4)");
    }
    UnitOfWork &pending() { return window_->workspace()->session().unitOfWork(); }
    std::string whyPending()
    {
        std::string why;
        for (const Change *change : pending().changes())
            why += change->error ? change->error->describe() + "\n" : "no error\n";
        return why + window_->findChild<QLabel *>(QStringLiteral("runReport"))->text().toStdString();
    }
    std::string fact(const char *sql) { return file_->fact(sql); }

private Q_SLOTS:
    void initTestCase()
    {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Schemawright tests"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_structure"));
        forbidBlockingOnThisThread();
        application_ = std::make_unique<Application>();
    }
    void cleanup()
    {
        if (window_)
            pending().discardAll();
        delete std::exchange(window_, nullptr);
        QVERIFY(ui::Lane::waitForThreads(10'000));
        file_.reset();
    }

    void makesATableAndFillsItInOneCommit()
    {
        openShop();
        StructureDriver person(*window_);
        QTest::keyClick(window_, Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(person.typeName(QStringLiteral("shelf")));
        QCOMPARE(pending().size(), std::size_t{1});
        QCOMPARE(person.mark(person.line(QStringLiteral("shelf"))), Mark::New);
        QTableView *columns = person.page("structureColumns");
        const QAbstractItemModelTester tester(columns->model());
        QCOMPARE(columns->model()->rowCount(), 1);
        QVERIFY(person.press("structureColumnsAdd"));
        QVERIFY(person.typeOn(columns, QStringLiteral("place")));
        QVERIFY(person.type(columns, 1, ColumnsModel::TypeName, QStringLiteral("varchar(20)")));
        QVERIFY(person.tick(columns, 1, ColumnsModel::NotNull));
        QVERIFY(person.type(columns, 1, ColumnsModel::Default, QStringLiteral("'here'")));
        QCOMPARE(pending().size(), std::size_t{1}); // all of it is one thing
        QVERIFY2(person.create().contains(QStringLiteral("place varchar(20)")), qPrintable(person.create()));
        // It is open in the grid, empty, and takes rows.
        WindowDriver grid(*window_);
        QCOMPARE(window_->grid()->tabText(window_->grid()->currentIndex()), QStringLiteral("shelf"));
        QCOMPARE(grid.page()->model().rowCount(), 0);
        QTest::mouseClick(grid.page()->findChild<QToolButton *>(QStringLiteral("addRow")), Qt::LeftButton);
        grid.typeIntoCell(grid.cell(0, "place"), QStringLiteral("attic"));
        QCOMPARE(pending().size(), std::size_t{2});
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select group_concat(id || place) from shelf"), std::string("1attic"));
        QCOMPARE(fact("select \"notnull\" || dflt_value from pragma_table_info('shelf') where name = 'place'"),
                 std::string("1'here'"));
        QCOMPARE(window_->workspace()->currentTable()->name, std::string("shelf"));
        QCOMPARE(person.mark(person.line(QStringLiteral("shelf"))), Mark::None);
        QCOMPARE(grid.page()->model().rowCount(), 1);
        QVERIFY(person.click(person.line(QStringLiteral("shelf"))));
    }

    void addsAColumnThatMustNotBeNullFillsItAndCommits()
    {
        openShop();
        StructureDriver person(*window_);
        WindowDriver grid(*window_);
        QVERIFY(grid.openTable(QStringLiteral("author")));
        QTableView *columns = person.page("structureColumns");
        QVERIFY(person.press("structureColumnsAdd"));
        QVERIFY(person.typeOn(columns, QStringLiteral("mail")));
        const int row = person.rowOf(columns, QStringLiteral("mail"));
        QCOMPARE(columns->model()->index(row, 0).data(ui::PartsModel::MarkRole).toInt(), static_cast<int>(Mark::New));
        QVERIFY(person.tick(columns, row, ColumnsModel::NotNull));
        // The pending list asks for what the rows need.
        auto *list = grid.find<QTreeView>("changes");
        const auto asked = [list] {
            QString text;
            for (QModelIndex at = list->model()->index(0, 0); at.isValid(); at = list->indexBelow(at))
                text += at.siblingAtColumn(ui::ChangesModel::ResultColumn).data().toString();
            return text;
        };
        QVERIFY(QTest::qWaitFor([&] { return asked().contains(QStringLiteral("'mail'")); }));
        // The grid shows it at once; not filled, it is refused with all kept.
        QCOMPARE(grid.page()->model().columnNames().back(), std::string("mail"));
        QVERIFY(person.commit());
        QVERIFY(!pending().isEmpty());
        QCOMPARE(fact("select count(*) from pragma_table_info('author')"), std::string("3"));
        for (int each = 0; each < 2; ++each)
            grid.typeIntoCell(grid.cell(each, "mail"), QStringLiteral("m%1").arg(each));
        QCOMPARE(pending().size(), std::size_t{3});
        QVERIFY(QTest::qWaitFor([&] { return !asked().contains(QStringLiteral("need a value")); }));
        QVERIFY(person.commit());
        QVERIFY(pending().isEmpty());
        QCOMPARE(fact("select group_concat(mail) from author"), std::string("m0,m1"));
        QCOMPARE(fact("select \"notnull\" from pragma_table_info('author') where name = 'mail'"), std::string("1"));
        QCOMPARE(grid.page()->model().index(1, 3).data().toString(), QStringLiteral("m1"));
        QCOMPARE(window_->workspace()->currentTable()->name, std::string("author"));
        QCOMPARE(person.rowOf(columns, QStringLiteral("mail")), 3);
    }

    void renamesInTheTreeWithUndoAndRedo()
    {
        openShop();
        StructureDriver person(*window_);
        WindowDriver grid(*window_);
        QVERIFY(grid.openTable(QStringLiteral("author")));
        QVERIFY(person.rename(person.line(QStringLiteral("author")), QStringLiteral("writer")));
        QCOMPARE(person.mark(person.line(QStringLiteral("writer"))), Mark::Changed);
        QCOMPARE(window_->workspace()->currentTable()->name, std::string("writer"));
        QCOMPARE(window_->grid()->tabText(0), QStringLiteral("writer"));
        QVERIFY(
            person.rename(person.line(QStringLiteral("writer"), QStringLiteral("name")), QStringLiteral("full_name")));
        QCOMPARE(pending().size(), std::size_t{1});
        QCOMPARE(grid.page()->model().headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("full_name"));
        grid.typeIntoCell(grid.cell(0, "name"), QStringLiteral("Anna")); // its cells go by the database's name
        person.undo();
        person.undo();
        QVERIFY(person.line(QStringLiteral("writer"), QStringLiteral("name")).isValid());
        person.undo();
        QVERIFY(pending().isEmpty());
        QCOMPARE(window_->workspace()->currentTable()->name, std::string("author"));
        QCOMPARE(window_->grid()->tabText(0), QStringLiteral("author"));
        for (int step = 0; step < 3; ++step)
            person.redo();
        QCOMPARE(pending().size(), std::size_t{2});
        QVERIFY(person.commit());
        QVERIFY(pending().isEmpty());
        QCOMPARE(fact("select group_concat(full_name) from writer"), std::string("Anna,Bo"));
        QVERIFY(fact("select sql from sqlite_master where name = 'book'").find("writer") != std::string::npos);
        QCOMPARE(window_->workspace()->currentTable()->name, std::string("writer"));
        QCOMPARE(grid.page()->model().index(0, 1).data().toString(), QStringLiteral("Anna"));
        // What has another name in the database by now goes on being edited under it.
        grid.typeIntoCell(grid.cell(1, "full_name"), QStringLiteral("Bob"));
        QVERIFY(person.commit());
        QCOMPARE(fact("select full_name from writer where id = 2"), std::string("Bob"));
    }

    void saysWhatCannotBeAndLosesNothing()
    {
        openShop();
        StructureDriver person(*window_);
        QVERIFY(person.rename(person.line(QStringLiteral("author")), QStringLiteral("book")));
        QVERIFY(person.problem("schemaProblem").contains(QStringLiteral("book already")));
        QCOMPARE(person.giveUpName(), QStringLiteral("book")); // as typed, to be mended
        QVERIFY(person.problem("schemaProblem").isEmpty());
        QVERIFY(person.line(QStringLiteral("author")).isValid());
        QVERIFY(person.rename(person.line(QStringLiteral("author")), QString()));
        QVERIFY(person.problem("schemaProblem").contains(QStringLiteral("needs a name")));
        QVERIFY(person.typeName(QStringLiteral("book")));
        QVERIFY(person.problem("schemaProblem").contains(QStringLiteral("book already")));
        QVERIFY(person.typeName(QStringLiteral("writer"))); // mended where it stands
        QVERIFY(person.problem("schemaProblem").isEmpty());
        QVERIFY(person.line(QStringLiteral("writer")).isValid());
        person.undo();
        QVERIFY(person.drop(person.line(QStringLiteral("author"))));
        QVERIFY(person.problem("schemaProblem").contains(QStringLiteral("book (author_id) refers to it")));
        QVERIFY(person.click(person.line(QStringLiteral("author"))));
        QTableView *columns = person.page("structureColumns");
        QVERIFY(person.type(columns, 1, ColumnsModel::Name, QStringLiteral("born")));
        QVERIFY(person.problem("structureColumnsProblem").contains(QStringLiteral("born already")));
        QCOMPARE(columns->model()->index(1, 0).data().toString(), QStringLiteral("born")); // as typed, to be mended
        QVERIFY(person.type(columns, 1, ColumnsModel::Name, QStringLiteral("name")));
        QVERIFY(person.problem("structureColumnsProblem").isEmpty());
        QVERIFY(person.click(person.line(QStringLiteral("book"))));
        QTableView *keys = person.page("structureKeys");
        const int row = person.rowOf(keys, QStringLiteral("author_id"), KeysModel::Columns);
        QVERIFY(row >= 0);
        QVERIFY(person.type(keys, row, KeysModel::RefersTo, QStringLiteral("nobody")));
        QVERIFY(person.problem("structureKeysProblem").contains(QStringLiteral("no table named nobody")));
        QVERIFY(person.type(keys, row, KeysModel::Columns, QStringLiteral("titel")));
        QVERIFY(person.problem("structureKeysProblem").contains(QStringLiteral("no column named titel")));
        QVERIFY(pending().isEmpty());
    }

    void editsKeysChecksAndIndexes()
    {
        openShop();
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("book"))));
        QTableView *keys = person.page("structureKeys");
        const QAbstractItemModelTester tester(keys->model());
        const int foreign = person.rowOf(keys, QStringLiteral("author_id"), KeysModel::Columns);
        QVERIFY(person.choose(keys, foreign, KeysModel::OnDelete, QStringLiteral("cascade")));
        QVERIFY2(person.create().contains(QStringLiteral("ON DELETE CASCADE"), Qt::CaseInsensitive),
                 qPrintable(person.create()));
        QVERIFY(person.pick("structureKeysAdd", KeysModel::Unique));
        QVERIFY(person.typeOn(keys, QStringLiteral("title, price")));
        QCOMPARE(pending().size(), std::size_t{1});
        QTableView *checks = person.page("structureChecks");
        QVERIFY(person.press("structureChecksAdd"));
        QVERIFY(person.typeOn(checks, QStringLiteral("length(title) > 1")));
        QTableView *indexes = person.page("structureIndexes");
        QVERIFY(person.press("structureIndexesAdd"));
        QVERIFY(person.typeOn(indexes, QStringLiteral("price desc, lower(title)")));
        const int index = indexes->model()->rowCount() - 1;
        QVERIFY(person.type(indexes, index, IndexesModel::Name, QStringLiteral("by_price")));
        QVERIFY(person.tick(indexes, index, IndexesModel::Unique));
        QVERIFY(person.type(indexes, index, IndexesModel::Where, QStringLiteral("price > 0")));
        const int old = person.rowOf(indexes, QStringLiteral("book_title"));
        QTest::mouseClick(indexes->viewport(), Qt::LeftButton, {},
                          indexes->visualRect(indexes->model()->index(old, 0)).center());
        QVERIFY(person.press("structureIndexesRemove"));
        QCOMPARE(indexes->model()
                     ->index(person.rowOf(indexes, QStringLiteral("book_title")), 0)
                     .data(ui::PartsModel::MarkRole)
                     .toInt(),
                 static_cast<int>(Mark::Dropped));
        QCOMPARE(pending().size(), std::size_t{1});
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select on_delete from pragma_foreign_key_list('book')"), std::string("CASCADE"));
        QCOMPARE(fact("select group_concat(name) from (select name from sqlite_master where type = 'index' and "
                      "sql is not null order by name)"),
                 std::string("by_price"));
        const std::string sql = fact("select sql from sqlite_master where name = 'by_price'");
        QVERIFY2(sql.find("lower(title)") != std::string::npos && sql.find("UNIQUE") != std::string::npos, sql.c_str());
        const std::string table = fact("select sql from sqlite_master where name = 'book'");
        QVERIFY2(table.find("length(title) > 1") != std::string::npos, table.c_str());
        QCOMPARE(fact("select count(*) from pragma_index_list('book') where origin = 'u'"), std::string("1"));
        QCOMPARE(fact("select count(*) || sum(price) from book"), std::string("39.0"));
    }

    void dropsAndPutsBack()
    {
        openShop();
        StructureDriver person(*window_);
        WindowDriver grid(*window_);
        QVERIFY(grid.openTable(QStringLiteral("book")));
        QVERIFY(person.drop(person.line(QStringLiteral("book"), QStringLiteral("price"))));
        QCOMPARE(person.mark(person.line(QStringLiteral("book"), QStringLiteral("price"))), Mark::Dropped);
        QCOMPARE(grid.page()->model().columnMark(3), Mark::Dropped);
        QVERIFY(!grid.page()->model().whyNotEditable(0, 3).isEmpty());
        QTableView *columns = person.page("structureColumns");
        const int row = person.rowOf(columns, QStringLiteral("price"));
        QCOMPARE(row, 3);
        QTest::mouseClick(columns->viewport(), Qt::LeftButton, {},
                          columns->visualRect(columns->model()->index(row, 0)).center());
        QVERIFY(person.press("structureColumnsRemove")); // put back, with the check that went with it
        QVERIFY(pending().isEmpty());
        QVERIFY(person.drop(person.line(QStringLiteral("book"), QStringLiteral("title"))));
        QVERIFY(person.commit());
        QCOMPARE(fact("select group_concat(name) from pragma_table_info('book')"), std::string("id,author_id,price"));
        QVERIFY(fact("select sql from sqlite_master where name = 'book'").find("price >= 0") != std::string::npos);
        QCOMPARE(grid.page()->model().columnCount(), 3);
        QVERIFY(person.drop(person.line(QStringLiteral("book"))));
        QCOMPARE(person.mark(person.line(QStringLiteral("book"))), Mark::Dropped);
        QVERIFY(person.press("structureRevert"));
        QVERIFY(pending().isEmpty());
        QVERIFY(person.drop(person.line(QStringLiteral("book"))));
        QVERIFY(person.commit());
        QCOMPARE(fact("select count(*) from sqlite_master where name = 'book'"), std::string("0"));
        QVERIFY(!person.line(QStringLiteral("book")).isValid());
        QCOMPARE(window_->grid()->count(), 0);
    }

    void showsTheTextForFiveDialects()
    {
        openShop();
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("book"))));
        person.page("structureColumns");
        QVERIFY(person.create().startsWith(QStringLiteral("CREATE TABLE book"), Qt::CaseInsensitive));
        QVERIFY(person.rename(person.line(QStringLiteral("book")), QStringLiteral("volume")));
        QTest::keyClick(window_, Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(person.typeName(QStringLiteral("shelf")));
        for (const char *dialect : {"sqlite", "postgresql", "mysql", "mssql", "oracle"}) {
            const QString all = person.create(dialect, 1);
            QVERIFY2(all.contains(QStringLiteral("volume")) && all.contains(QStringLiteral("shelf")), qPrintable(all));
            QVERIFY2(!all.contains(QStringLiteral("born")), qPrintable(all)); // of a table that is as it was
            const QString one = person.create(dialect, 0);
            QVERIFY2(one.contains(QStringLiteral("shelf")) && !one.contains(QStringLiteral("volume")), qPrintable(one));
        }
        QVERIFY(person.create("mssql").contains(QStringLiteral("INT")));
        // Copied and saved as it is shown.
        const QString all = person.create("oracle", 1);
        QVERIFY(person.press("createCopy"));
        QCOMPARE(QGuiApplication::clipboard()->text(), all);
        QVERIFY(person.press("createSave"));
        const QString path = file_->folder() + QStringLiteral("/all.sql");
        QVERIFY(WindowDriver(*window_).saveAs("createDialog", path));
        QCOMPARE(QString::fromStdString(WindowDriver::textOf(path)), all + u'\n');
    }

    void isDoneWithKeysAlone()
    {
        openShop();
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("author"))));
        QTableView *columns = person.page("structureColumns");
        columns->setFocus();
        QTest::keyClick(columns, Qt::Key_I, Qt::ControlModifier);
        person.settle();
        QVERIFY(person.typeOn(columns, QStringLiteral("note"), Qt::Key_Tab)); // on to the type
        QCOMPARE(columns->currentIndex().column(), static_cast<int>(ColumnsModel::TypeName));
        QVERIFY(person.typeOn(columns, QStringLiteral("varchar(9)"), Qt::Key_Tab));
        QCOMPARE(columns->currentIndex().column(), static_cast<int>(ColumnsModel::NotNull));
        QTest::keyClick(columns, Qt::Key_Space);
        QTest::keyClick(columns, Qt::Key_Tab);
        QTest::keyClick(columns, Qt::Key_Tab);
        QCOMPARE(columns->currentIndex().column(), static_cast<int>(ColumnsModel::Default));
        QTest::keyClick(columns, Qt::Key_Return);
        QVERIFY(person.typeOn(columns, QStringLiteral("'-'")));
        person.settle();
        const TablePtr author = window_->workspace()->session().draft().after.table({"main", "author"});
        const Column *note = author->column("note");
        QVERIFY(note && note->type.native == "varchar(9)" && !note->nullable && note->defaultSql == "'-'");
        QTest::keyClick(columns, Qt::Key_Delete); // takes the default away
        QVERIFY(!window_->workspace()->session().draft().after.table({"main", "author"})->column("note")->defaultSql);
        // What was refused is given up with Escape.
        columns->setCurrentIndex(columns->model()->index(3, ColumnsModel::Name));
        QTest::keyClick(columns, Qt::Key_F2);
        QVERIFY(person.typeOn(columns, QStringLiteral("born")));
        QVERIFY(!person.problem("structureColumnsProblem").isEmpty());
        QTest::keyClick(columns, Qt::Key_Escape);
        QVERIFY(person.problem("structureColumnsProblem").isEmpty());
        QCOMPARE(columns->currentIndex().data().toString(), QStringLiteral("note"));
        person.activate(); // the list of completions may have left no window active
        columns->setFocus();
        QTest::keyClick(columns, Qt::Key_Delete, Qt::ControlModifier);
        person.settle();
        QVERIFY(pending().isEmpty());
    }

    void dropsATableWithWhatRefersToIt()
    {
        openShop();
        file_->run("create view names as select name from author; create view short as select substr(name, 1, 1) from "
                   "names");
        QVERIFY(QTest::qWaitFor([] { return true; }));
        QTest::keyClick(window_, Qt::Key_F5);
        QVERIFY(WindowDriver(*window_).waitUntilRead());
        StructureDriver person(*window_);
        QVERIFY(QTest::qWaitFor([&] { return person.line(QStringLiteral("short")).isValid(); }));
        QVERIFY(person.drop(person.line(QStringLiteral("author"))));
        const QString why = person.problem("schemaProblem");
        QVERIFY2(why.contains(QStringLiteral("the view names reads it")), qPrintable(why));
        QVERIFY(pending().isEmpty());
        QVERIFY(person.press("schemaDropWith"));
        QCOMPARE(pending().size(), std::size_t{4}); // the table, two views and the other table's key
        QCOMPARE(person.mark(person.line(QStringLiteral("names"))), Mark::Dropped);
        QCOMPARE(person.mark(person.line(QStringLiteral("book"))), Mark::Changed);
        person.undo();
        QVERIFY(pending().isEmpty()); // one step
        person.redo();
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(
            fact("select group_concat(name) from (select name from sqlite_master where type <> 'index' order by 1)"),
            std::string("book"));
        QCOMPARE(fact("select count(*) from pragma_foreign_key_list('book')"), std::string("0"));
        QCOMPARE(fact("select group_concat(author_id) from book"), std::string("1,1,2"));
    }

    void dropsKeysWithWhatRefersToThem()
    {
        open("create table author(id integer primary key, code text unique, tag text, boss text references "
             "author(code));"
             "create unique index by_tag on author(tag);"
             "create table book(id integer primary key, author text references author(code), tag text references "
             "author(tag)); create table note(id integer primary key, author text references author(code));"
             "insert into author values (1, 'a', 't', null), (2, 'b', 'u', 'a'); insert into book values (1, 'a', 'u');"
             "insert into note values (1, 'b')");
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("author"))));
        QTableView *keys = person.page("structureKeys");
        const int unique = person.rowOf(keys, QStringLiteral("Unique"));
        QVERIFY(unique >= 0);
        // Its columns cannot be others while somebody refers to these.
        QVERIFY(person.type(keys, unique, KeysModel::Columns, QStringLiteral("tag")));
        QVERIFY2(person.problem("structureKeysProblem").contains(QStringLiteral("book (author) refers to it")),
                 qPrintable(person.problem("structureKeysProblem")));
        QVERIFY(pending().isEmpty());
        person.select(keys, unique);
        QVERIFY(person.press("structureKeysRemove"));
        QCOMPARE(
            person.problem("structureKeysProblem"),
            QStringLiteral("The foreign key of author (boss) refers to it, the foreign key of book (author) refers "
                           "to it, the foreign key of note (author) refers to it."));
        QVERIFY(pending().isEmpty());
        QVERIFY(person.press("structureKeysDropWith"));
        QCOMPARE(pending().size(), std::size_t{3}); // three tables
        QVERIFY(person.problem("structureKeysProblem").isEmpty());
        QCOMPARE(person.mark(person.line(QStringLiteral("note"))), Mark::Changed);
        person.undo();
        QVERIFY(pending().isEmpty()); // one step
        person.redo();
        // A unique index is a key as well.
        QTableView *indexes = person.page("structureIndexes");
        person.select(indexes, person.rowOf(indexes, QStringLiteral("by_tag")));
        QVERIFY(person.press("structureIndexesRemove"));
        QCOMPARE(person.problem("structureIndexesProblem"),
                 QStringLiteral("The foreign key of book (tag) refers to it."));
        QVERIFY(person.press("structureIndexesDropWith"));
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select count(*) from pragma_foreign_key_list('book')"), std::string("0"));
        QCOMPARE(fact("select count(*) from pragma_foreign_key_list('note')"), std::string("0"));
        QCOMPARE(fact("select count(*) from pragma_foreign_key_list('author')"), std::string("0"));
        QCOMPARE(fact("select count(*) from pragma_index_list('author')"), std::string("0"));
        QCOMPARE(fact("select group_concat(id || code || tag) from author"), std::string("1at,2bu"));
        QCOMPARE(fact("select author || tag from book"), std::string("au"));
    }

    void dropsAColumnWithWhatReadsIt()
    {
        open("create table t(id integer primary key, a text, b int, twice int as (b * 2));"
             "create view v as select a, b from t; insert into t values (1, 'x', 2)");
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("t"))));
        QTableView *columns = person.page("structureColumns");
        person.select(columns, 2);
        QVERIFY(person.press("structureColumnsRemove"));
        const QString why = person.problem("structureColumnsProblem");
        QVERIFY2(why.contains(QStringLiteral("view v reads it")) &&
                     why.contains(QStringLiteral("column twice is generated from it")),
                 qPrintable(why));
        QVERIFY(pending().isEmpty());
        QVERIFY(person.press("structureColumnsDropWith"));
        QCOMPARE(pending().size(), std::size_t{2});
        QVERIFY(person.problem("structureColumnsProblem").isEmpty());
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select group_concat(name) from pragma_table_xinfo('t')"), std::string("id,a"));
        QCOMPARE(fact("select count(*) from sqlite_master where name = 'v'"), std::string("0"));
    }

    void dropsAViewAndThoseOverIt()
    {
        open("create table t(id integer primary key); create view v as select id from t; create view w as select id "
             "from v");
        StructureDriver person(*window_);
        QVERIFY(person.drop(person.line(QStringLiteral("v"))));
        QVERIFY(person.problem("schemaProblem").contains(QStringLiteral("The view w reads it")));
        QVERIFY(person.press("schemaDropWith"));
        QCOMPARE(pending().size(), std::size_t{2});
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select group_concat(name) from sqlite_master"), std::string("t"));
    }

    void columnsAreMadeByTheDatabase()
    {
        openShop();
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("book"))));
        QTableView *columns = person.page("structureColumns");
        QVERIFY(person.press("structureColumnsAdd"));
        QVERIFY(person.typeOn(columns, QStringLiteral("gross")));
        QVERIFY(person.type(columns, 4, ColumnsModel::Made, QStringLiteral("price * 2")));
        QVERIFY(person.problem("structureColumnsProblem").contains(QStringLiteral("= and an expression")));
        QVERIFY(person.type(columns, 4, ColumnsModel::Made, QStringLiteral("= price * 2 stored")));
        QVERIFY(person.type(columns, 0, ColumnsModel::Made, QStringLiteral("autoincrement")));
        QVERIFY2(person.create().contains(QStringLiteral("AUTOINCREMENT")), qPrintable(person.create()));
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select group_concat(gross) from book"), std::string("4.0,6.0,8.0"));
        QCOMPARE(fact("select seq from sqlite_sequence where name = 'book'"), std::string("3"));
        QCOMPARE(fact("select hidden from pragma_table_xinfo('book') where name = 'gross'"), std::string("3"));
        // Its values stay when it is generated no more.
        QVERIFY(person.type(columns, 4, ColumnsModel::Made, QString()));
        QVERIFY(person.type(columns, 4, ColumnsModel::Default, QStringLiteral("0")));
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(
            fact("select group_concat(gross) || (select hidden from pragma_table_xinfo('book') where name = 'gross')"
                 " from book"),
            std::string("4.0,6.0,8.00"));
    }

    void countsWhatCannotBeConvertedBefore()
    {
        openShop();
        file_->run("update book set title = '12' where id = 1");
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("book"))));
        QTableView *columns = person.page("structureColumns");
        QVERIFY(columns->isColumnHidden(ColumnsModel::Convert));
        QVERIFY(person.type(columns, 2, ColumnsModel::TypeName, QStringLiteral("integer")));
        QVERIFY(!columns->isColumnHidden(ColumnsModel::Convert));
        QVERIFY2(person.note().contains(QStringLiteral("2 values of title cannot be converted, such as ")),
                 qPrintable(person.note()));
        QVERIFY(person.type(columns, 2, ColumnsModel::Convert, QStringLiteral("length(title)")));
        QVERIFY2(person.note().contains(QStringLiteral("All values of title can be converted")),
                 qPrintable(person.note()));
        QCOMPARE(pending().size(), std::size_t{1});
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select group_concat(title || typeof(title)) from book"),
                 std::string("2integer,4integer,5integer"));
        QVERIFY(person.note().isEmpty());
        QVERIFY(columns->isColumnHidden(ColumnsModel::Convert));
    }

    void oddTablesAreRebuilt_data()
    {
        QTest::addColumn<QString>("table");
        QTest::addColumn<QString>("kept");
        const auto row = [](const char *name, const char *table, const char *kept) {
            QTest::addRow("%s", name) << QString::fromLatin1(table) << QString::fromLatin1(kept);
        };
        row("check", "create table t(a int, b int, check (b > 5))", "check (b > 5)");
        row("strict", "create table t(a int, b int, primary key (a)) strict, without rowid", "strict, without rowid");
        row("counting", "create table t(a integer primary key autoincrement, b int)", "autoincrement");
        row("collation", "create table t(a int, b text collate nocase)", "b text collate nocase");
        row("conflict", "create table t(a int unique on conflict replace, b int)", "unique on conflict replace");
        row("generated", "create table t(a int, b int, v as (b + 1), s as (b + 2) stored)",
            "v as (b + 1), s as (b + 2) stored");
        row("no type", "create table t(a, b)", "(a, b");
        row("comments", "create table t(a int, -- the first\n b int /* and last */\n)", "-- the first");
    }
    void oddTablesAreRebuilt()
    {
        QFETCH(QString, table);
        QFETCH(QString, kept);
        open(qPrintable(table +
                        QStringLiteral("; insert into t(a, b) values (1, 7), (5, 9); create index i on t(b collate "
                                       "nocase desc); create unique index p on t(a) where b > 6; create view v1 "
                                       "as select b from t; create table log(x); create trigger g after insert on "
                                       "t begin insert into log values (new.b); end")));
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("t"))));
        QTableView *checks = person.page("structureChecks");
        QVERIFY(person.press("structureChecksAdd"));
        QVERIFY(person.typeOn(checks, QStringLiteral("a < 100")));
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        const std::string sql = fact("select sql from sqlite_master where name = 't'");
        QVERIFY2(sql.find(kept.toStdString()) != std::string::npos && sql.find("a < 100") != std::string::npos,
                 sql.c_str());
        QCOMPARE(fact("select group_concat(a || '-' || b) from (select * from t order by a)"), std::string("1-7,5-9"));
        QCOMPARE(
            fact("select group_concat(name) from (select name from sqlite_master where sql is not null and name in "
                 "('i', 'p', 'v1', 'g') order by 1)"),
            std::string("g,i,p,v1"));
        file_->run("insert into t(a, b) values (6, 8)");
        QCOMPARE(fact("select x || (select count(*) from v1) from log"), std::string("83"));
        QCOMPARE(fact("select count(*) from sqlite_master where name like '%schemawright%'"), std::string("0"));
    }

    void aTriggersColumnIsRenamedAndAParentDeletedWithARebuild()
    {
        open("create table parent(id integer primary key, a text, b int);"
             "create table child(id integer primary key, parent_id int references parent(id) on delete cascade);"
             "create table log(x);"
             "create trigger g after update of a on parent begin insert into log values (old.a || new.a); end;"
             "insert into parent values (1, 'x', 1), (2, 'y', 2); insert into child values (1, 1), (2, 2)");
        StructureDriver person(*window_);
        WindowDriver grid(*window_);
        QVERIFY(grid.openTable(QStringLiteral("parent")));
        QTableView *columns = person.page("structureColumns");
        QVERIFY(person.type(columns, 1, ColumnsModel::Name, QStringLiteral("label")));
        QVERIFY(person.tick(columns, 2, ColumnsModel::NotNull));
        grid.clickCell(grid.cell(0, "id"));
        QTest::mouseClick(grid.page()->findChild<QToolButton *>(QStringLiteral("deleteRows")), Qt::LeftButton);
        QCOMPARE(pending().size(), std::size_t{2});
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select group_concat(id) from child"), std::string("2"));
        file_->run("update parent set label = 'z'");
        QCOMPARE(fact("select group_concat(x) from log"), std::string("yz"));
    }

    void aRebuildKeepsAll()
    {
        open("create table parent(id integer primary key autoincrement, a text collate nocase, b int, c, "
             "d generated always as (b * 2) virtual, check (b > 5), unique (a) on conflict replace);"
             "create table child(id integer primary key, parent_id int references parent(id) on delete cascade);"
             "create unique index part on parent(b) where b > 6; create index low on parent(lower(a));"
             "create table log(what); create view v as select a, b from parent; create view w as select a from v;"
             "create trigger t after insert on parent begin insert into log values (new.a); end;"
             "create trigger u after insert on child begin insert into log select a from parent where id = "
             "new.parent_id; end;"
             "insert into parent(id, a, b) values (1, 'x', 7), (9, 'y', 8); delete from parent where id = 9;"
             "insert into child values (1, 1), (2, 1); delete from log");
        StructureDriver person(*window_);
        QVERIFY(person.click(person.line(QStringLiteral("parent"))));
        QTableView *columns = person.page("structureColumns");
        QVERIFY(person.type(columns, 2, ColumnsModel::TypeName, QStringLiteral("bigint")));
        QVERIFY(person.tick(columns, 2, ColumnsModel::NotNull));
        // The views that it touches are named before, those over views as well.
        const QString note = person.note();
        QVERIFY2(note.contains(QStringLiteral("tried before the commit ends: w, v.")), qPrintable(note));
        test::picture(*window_, "rebuild-views");
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
        QCOMPARE(fact("select type || \"notnull\" from pragma_table_info('parent') where name = 'b'"),
                 std::string("bigint1"));
        QCOMPARE(fact("select count(*) from child"), std::string("2"));
        QCOMPARE(fact("select seq from sqlite_sequence where name = 'parent'"), std::string("9"));
        QCOMPARE(fact("select d from parent"), std::string("14"));
        const std::string sql = fact("select sql from sqlite_master where name = 'parent'");
        for (const char *kept : {"AUTOINCREMENT", "NOCASE", "b > 5", "REPLACE"})
            QVERIFY2(QString::fromStdString(sql).contains(QString::fromLatin1(kept), Qt::CaseInsensitive), sql.c_str());
        file_->run("insert into parent(a, b) values ('z', 20); insert into child values (3, 1)");
        QCOMPARE(fact("select group_concat(what) from log"), std::string("z,x"));
        QCOMPARE(fact("select group_concat(a) from w"), std::string("x,z"));
        QCOMPARE(fact("select max(id) from parent"), std::string("10"));
        QCOMPARE(fact("select count(*) from sqlite_master where name in ('part', 'low', 't', 'u', 'v', 'w')"),
                 std::string("6"));
        QCOMPARE(fact("select count(*) from sqlite_master where type = 'table'"), std::string("4"));
    }
};

QTEST_MAIN(tst_Structure)
#include "tst_structure.moc"
