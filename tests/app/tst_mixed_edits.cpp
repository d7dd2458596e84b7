// What a person does in the first hour: rows and structure of the same tables edited in turn, blocks copied and pasted,
// parents deleted with their children, and all of it taken back. With keys and mouse, on an SQLite file.

#include "app/application.h"
#include "app/main_window.h"
#include "support/sqlite_file.h"
#include "support/structure_driver.h"
#include "ui/models/changes_model.h"
#include "ui/models/columns_model.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace schemawright;
using test::runSqlite;
using test::sqliteFact;
using test::StructureDriver;
using test::WindowDriver;
using ui::ColumnsModel;
using ui::Mark;

namespace {

constexpr auto script =
    "PRAGMA foreign_keys = ON;"
    "CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL, born INTEGER, note TEXT);"
    "CREATE TABLE book (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author, title TEXT, price NUMERIC(8,2),"
    " sold DATE, cover BLOB, twice AS (price * 2));"
    "INSERT INTO author VALUES (1, 'Ana', 1970, NULL), (2, 'Bo', NULL, ''), (3, 'Cy', 1990, 'x');"
    "INSERT INTO book (id, author_id, title, price, sold, cover) VALUES (1, 1, 'Tea', 2.5, '2024-01-02', x'00ff'),"
    " (2, 1, NULL, NULL, NULL, NULL), (3, 2, 'Bread', 4, '2024-03-04', NULL), (4, NULL, '', 1, NULL, NULL)";

} // namespace

class tst_MixedEdits : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::string path_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;

    UnitOfWork &pending() { return window_->workspace()->session().unitOfWork(); }
    std::string whyPending()
    {
        std::string why;
        for (const Change *change : pending().changes())
            why += change->error ? change->error->describe() + "\n" : "no error\n";
        return why + WindowDriver(*window_).report().toStdString();
    }
    std::string fact(const char *sql) { return sqliteFact(path_, sql); }
    /// Marks a block of cells with the mouse and Shift.
    void mark(const QModelIndex &from, const QModelIndex &to)
    {
        WindowDriver person(*window_);
        person.clickCell(from);
        QTableView *view = person.page()->view();
        QTest::mouseClick(view->viewport(), Qt::LeftButton, Qt::ShiftModifier, view->visualRect(to).center());
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::ControlModifier)
    {
        QTest::keyClick(WindowDriver(*window_).page()->view(), key, modifiers);
        QTest::qWait(1);
    }
    QString said()
    {
        const auto *text = window_->findChild<QLabel *>(QStringLiteral("messageText"));
        return text->isVisible() ? text->text() : QString();
    }
    void commits()
    {
        StructureDriver person(*window_);
        QVERIFY(person.commit());
        QVERIFY2(pending().isEmpty(), whyPending().c_str());
    }

private Q_SLOTS:
    void initTestCase() { application_ = test::startApplication("tst_mixed_edits"); }
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

    void copiesABlockWithWhatItsTextCannotTell()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable(QStringLiteral("book")));
        // NULL, a blob and an empty text arrive as they are.
        mark(person.cell(0, "title"), person.cell(1, "cover"));
        press(Qt::Key_C);
        person.clickCell(person.cell(2, "title"));
        press(Qt::Key_V);
        QCOMPARE(said(), QString());
        QCOMPARE(pending().size(), std::size_t{2});
        StructureDriver(*window_).undo();
        QVERIFY(pending().isEmpty()); // one step
        StructureDriver(*window_).redo();
        commits();
        QCOMPARE(fact("SELECT group_concat(quote(title) || quote(price) || quote(sold) || quote(cover), ' ') FROM book "
                      "WHERE id > 2"),
                 std::string("'Tea'2.5'2024-01-02'X'00FF' NULLNULLNULLNULL"));
        QCOMPARE(fact("SELECT author_id FROM book WHERE id = 3"), std::string("2"));
    }

    void pastesWhatComesFromElsewhere()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable(QStringLiteral("book")));
        QGuiApplication::clipboard()->setText(QStringLiteral("\"a\tb\"\t7.25\t2020-02-29\n\t\t\nlast\t1\t\n"));
        person.clickCell(person.cell(2, "title"));
        press(Qt::Key_V);
        QCOMPARE(said(), QString());
        QCOMPARE(pending().size(), std::size_t{3}); // the third line is a new row
        commits();
        QCOMPARE(fact("SELECT group_concat(quote(title) || quote(price) || quote(sold), ' ') FROM book WHERE id > 2"),
                 std::string("'a\tb'7.25'2020-02-29' ''NULLNULL 'last'1NULL"));
    }

    void pastesTheWholeBlockOrNothing()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable(QStringLiteral("book")));
        QGuiApplication::clipboard()->setText(QStringLiteral("one\t1\ntwo\tmany\n"));
        person.clickCell(person.cell(0, "title"));
        press(Qt::Key_V);
        QVERIFY2(said().contains(QStringLiteral("many")), qPrintable(said()));
        QVERIFY(pending().isEmpty());
        // Across a generated column, too; and where rows would have to be made.
        QGuiApplication::clipboard()->setText(QStringLiteral("2024-05-06\t\t9\n2024-05-07\t\t9\n"));
        person.clickCell(person.cell(3, "sold"));
        press(Qt::Key_V);
        QVERIFY2(said().contains(QStringLiteral("twice")), qPrintable(said()));
        QVERIFY(pending().isEmpty());
        QCOMPARE(person.page()->model().rowCount(), 4);
    }

    void renamesATableThatHasEdits()
    {
        WindowDriver person(*window_);
        StructureDriver structure(*window_);
        QVERIFY(person.openTable(QStringLiteral("author")));
        person.typeIntoCell(person.cell(0, "name"), QStringLiteral("Anna"));
        person.clickCell(person.cell(2, "name"));
        press(Qt::Key_Delete); // Cy goes
        press(Qt::Key_I);
        person.typeIntoCell(person.cell(3, "name"), QStringLiteral("Di"));
        QCOMPARE(pending().size(), std::size_t{3});
        QVERIFY(structure.rename(structure.line(QStringLiteral("author")), QStringLiteral("writer")));
        QVERIFY(structure.rename(structure.line(QStringLiteral("writer"), QStringLiteral("name")),
                                 QStringLiteral("full name")));
        QCOMPARE(pending().size(), std::size_t{4});
        QCOMPARE(person.page()->model().rowCount(), 4);
        QCOMPARE(person.cell(0, "name").data().toString(), QStringLiteral("Anna"));
        QCOMPARE(structure.line(QStringLiteral("writer")).data(ui::SchemaModel::PendingRole).toInt(), 4);
        commits();
        QCOMPARE(fact("SELECT group_concat(\"full name\") FROM writer"), std::string("Anna,Bo,Di"));
        QCOMPARE(fact("SELECT count(*) FROM pragma_foreign_key_check"), std::string("0"));
    }

    void dropsAColumnThatHasEdits()
    {
        WindowDriver person(*window_);
        StructureDriver structure(*window_);
        QVERIFY(person.openTable(QStringLiteral("author")));
        person.typeIntoCell(person.cell(0, "note"), QStringLiteral("of no use"));
        person.typeIntoCell(person.cell(0, "born"), QStringLiteral("1971"));
        person.typeIntoCell(person.cell(1, "note"), QStringLiteral("of no use either"));
        press(Qt::Key_I);
        person.typeIntoCell(person.cell(3, "name"), QStringLiteral("Di"));
        person.typeIntoCell(person.cell(3, "note"), QStringLiteral("gone"));
        QVERIFY(structure.drop(structure.line(QStringLiteral("author"), QStringLiteral("note"))));
        QCOMPARE(structure.mark(structure.line(QStringLiteral("author"), QStringLiteral("note"))), Mark::Dropped);
        // Taken back, the edits of the column are there again.
        structure.undo();
        QCOMPARE(person.cell(0, "note").data().toString(), QStringLiteral("of no use"));
        structure.redo();
        commits();
        QCOMPARE(fact("SELECT group_concat(name || ifnull(born, '-')) FROM author"),
                 std::string("Ana1971,Bo-,Cy1990,Di-"));
        QCOMPARE(fact("SELECT count(*) FROM pragma_table_info('author')"), std::string("3"));
    }

    void changesColumnsUnderEditedRows()
    {
        WindowDriver person(*window_);
        StructureDriver structure(*window_);
        QVERIFY(person.openTable(QStringLiteral("author")));
        person.typeIntoCell(person.cell(1, "born"), QStringLiteral("1980"));
        person.typeIntoCell(person.cell(0, "note"), QStringLiteral("noted"));
        QTableView *columns = structure.page("structureColumns");
        const int born = structure.rowOf(columns, QStringLiteral("born"));
        const int note = structure.rowOf(columns, QStringLiteral("note"));
        const int name = structure.rowOf(columns, QStringLiteral("name"));
        QVERIFY(structure.type(columns, born, ColumnsModel::TypeName, QStringLiteral("TEXT")));
        QVERIFY(structure.tick(columns, born, ColumnsModel::NotNull));
        QVERIFY(structure.type(columns, born, ColumnsModel::Default, QStringLiteral("'unknown'")));
        QVERIFY(structure.tick(columns, note, ColumnsModel::NotNull));
        QVERIFY(structure.tick(columns, name, ColumnsModel::NotNull)); // may be NULL from now on
        QVERIFY2(structure.create().contains(QStringLiteral("'unknown'")), qPrintable(structure.create()));
        QCOMPARE(pending().size(), std::size_t{3});
        commits();
        QCOMPARE(fact("SELECT group_concat(name || ':' || type || \"notnull\" || ifnull(dflt_value, '-'), ' ') FROM "
                      "pragma_table_info('author')"),
                 std::string("id:INTEGER0- name:TEXT0- born:TEXT1'unknown' note:TEXT1-"));
        QCOMPARE(fact("SELECT group_concat(quote(born) || quote(note), ' ') FROM author"),
                 std::string("'1970''noted' '1980''' '1990''x'"));
        QCOMPARE(fact("SELECT count(*) FROM pragma_foreign_key_check"), std::string("0"));
    }

    void showsEveryHeadingOfTheForm()
    {
        StructureDriver structure(*window_);
        QVERIFY(structure.click(structure.line(QStringLiteral("book"))));
        QTableView *columns = structure.page("structureColumns");
        const int price = structure.rowOf(columns, QStringLiteral("price"));
        QVERIFY(structure.type(columns, price, ColumnsModel::TypeName, QStringLiteral("timestamp without time zone")));
        QTest::qWait(20);
        for (int field = 0; field < columns->model()->columnCount(); ++field)
            QVERIFY2(columns->isColumnHidden(field) ||
                         columns->columnWidth(field) >= columns->horizontalHeader()->sectionSizeHint(field),
                     qPrintable(columns->model()->headerData(field, Qt::Horizontal).toString()));
        QVERIFY(columns->columnWidth(0) >= columns->sizeHintForIndex(columns->model()->index(price, 0)).width());
    }

    void dropsATableThatHasEdits()
    {
        WindowDriver person(*window_);
        StructureDriver structure(*window_);
        QVERIFY(person.openTable(QStringLiteral("book")));
        person.typeIntoCell(person.cell(0, "title"), QStringLiteral("of no use"));
        press(Qt::Key_I);
        person.typeIntoCell(person.cell(4, "title"), QStringLiteral("gone"));
        QVERIFY(structure.drop(structure.line(QStringLiteral("book"))));
        QVERIFY(person.openTable(QStringLiteral("author")));
        person.typeIntoCell(person.cell(0, "name"), QStringLiteral("Anna"));
        // Each change stands once in the order, however many statements it takes.
        QVERIFY(person.click("inOrder"));
        const auto *changes = person.find<QTreeView>("changes")->model();
        QStringList order;
        for (int row = 0; row < changes->rowCount(); ++row)
            order << changes->index(row, 0).data().toString();
        QCOMPARE(order.filter(QStringLiteral("table book")).size(), 1);
        QVERIFY2(order.front().startsWith(QStringLiteral("1.  ")), qPrintable(order.join(u'|')));
        QCOMPARE(order.size(), static_cast<int>(pending().size()));
        commits();
        QCOMPARE(fact("SELECT count(*) FROM sqlite_master WHERE name = 'book'"), std::string("0"));
        QCOMPARE(fact("SELECT name FROM author WHERE id = 1"), std::string("Anna"));
    }

    void losesNothingOfWhatOthersDidToATable()
    {
        WindowDriver person(*window_);
        StructureDriver structure(*window_);
        QVERIFY(person.openTable(QStringLiteral("author")));
        QVERIFY(structure.rename(structure.line(QStringLiteral("author"), QStringLiteral("note")),
                                 QStringLiteral("remark")));
        person.typeIntoCell(person.cell(0, "name"), QStringLiteral("Anna"));
        QCOMPARE(pending().size(), std::size_t{2});
        runSqlite(path_, "ALTER TABLE author ADD COLUMN secret TEXT; UPDATE author SET secret = 'kept'");
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("Nothing was written")), qPrintable(person.report()));
        QCOMPARE(pending().size(), std::size_t{2});
        QVERIFY2(whyPending().find("add column secret") != std::string::npos, whyPending().c_str());
        QTest::keyClick(window_, Qt::Key_F5);
        QVERIFY(person.waitUntilRead());
        QVERIFY(QTest::qWaitFor([this] { return !pending().changes().front()->error; }));
        QVERIFY(structure.line(QStringLiteral("author"), QStringLiteral("secret")).isValid());
        commits();
        QCOMPARE(fact("SELECT group_concat(name || secret || ifnull(remark, '-'), ' ') FROM author"),
                 std::string("Annakept- Bokept Cykeptx"));
    }

    void deletesAParentWithItsChildren()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable(QStringLiteral("author")));
        person.clickCell(person.cell(0, "name"));
        press(Qt::Key_Delete);
        QVERIFY(person.click("commit"));
        QVERIFY2(person.waitForReport(QStringLiteral("Nothing was written")), qPrintable(person.report()));
        QCOMPARE(pending().size(), std::size_t{1});
        QVERIFY(pending().changes().front()->error.has_value());
        // Its books go as well, whatever is said first.
        QVERIFY(person.openTable(QStringLiteral("book")));
        mark(person.cell(0, "title"), person.cell(1, "title"));
        press(Qt::Key_Delete);
        QCOMPARE(pending().size(), std::size_t{3});
        commits();
        QCOMPARE(fact("SELECT (SELECT group_concat(id) FROM author) || ' ' || (SELECT group_concat(id) FROM book)"),
                 std::string("2,3 3,4"));
    }

    void hidesAReportThatIsMended()
    {
        WindowDriver person(*window_);
        QVERIFY(person.openTable(QStringLiteral("author")));
        person.clickCell(person.cell(0, "name"));
        press(Qt::Key_Delete);
        QVERIFY(person.click("commit"));
        QVERIFY(person.waitForReport(QStringLiteral("Nothing was written")));
        person.typeIntoCell(person.cell(1, "name"), QStringLiteral("Bob")); // the failure is there still
        QTest::qWait(50);
        QVERIFY(window_->findChild<QLabel *>(QStringLiteral("runReport"))->isVisible());
        auto *list = person.find<QTreeView>("changes");
        const auto *model = static_cast<ui::ChangesModel *>(list->model());
        const QModelIndex failed = model->nextProblem({});
        QVERIFY(failed.isValid());
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(failed).center());
        QTest::keyClick(list, Qt::Key_Delete);
        QTest::qWait(50);
        QCOMPARE(pending().size(), std::size_t{1});
        QVERIFY(!window_->findChild<QLabel *>(QStringLiteral("runReport"))->isVisible());
    }

    void keepsTheKindOfAValueWithoutADeclaredType()
    {
        runSqlite(path_,
                  "CREATE TABLE loose (id INTEGER PRIMARY KEY, x CHECK (typeof(x) = 'integer'), y, picture BLOB);"
                  "INSERT INTO loose VALUES (1, 5, 'five', 'BMD'), (2, 6, 2.5, x'424d44')");
        WindowDriver person(*window_);
        QTest::keyClick(window_, Qt::Key_F5);
        QVERIFY(QTest::qWaitFor([&] { return person.treeLine(QStringLiteral("loose")).isValid(); }, 10'000));
        QVERIFY(person.openTable(QStringLiteral("loose")));
        QCOMPARE(person.cell(0, "picture").data().toString(), QStringLiteral("BMD")); // a text, and no picture
        person.typeIntoCell(person.cell(0, "x"), QStringLiteral("7"));
        person.typeIntoCell(person.cell(0, "y"), QStringLiteral("8"));
        person.typeIntoCell(person.cell(1, "y"), QStringLiteral("seven"));
        commits();
        QCOMPARE(fact("SELECT group_concat(quote(x) || typeof(x) || quote(y) || quote(picture), ' ') FROM loose"),
                 std::string("7integer8'BMD' 6integer'seven'X'424D44'"));
    }

    void takesAllOfItBack()
    {
        WindowDriver person(*window_);
        StructureDriver structure(*window_);
        QVERIFY(person.openTable(QStringLiteral("author")));
        person.typeIntoCell(person.cell(0, "name"), QStringLiteral("Anna"));
        QVERIFY(structure.rename(structure.line(QStringLiteral("author")), QStringLiteral("writer")));
        person.clickCell(person.cell(0, "name"));
        press(Qt::Key_I);
        person.typeIntoCell(person.cell(3, "name"), QStringLiteral("Di"));
        QVERIFY(structure.drop(structure.line(QStringLiteral("writer"), QStringLiteral("note"))));
        QVERIFY(person.openTable(QStringLiteral("book")));
        QGuiApplication::clipboard()->setText(QStringLiteral("a\nb\nc"));
        person.clickCell(person.cell(0, "title"));
        press(Qt::Key_V);
        mark(person.cell(2, "title"), person.cell(3, "title"));
        press(Qt::Key_Delete);
        const std::size_t all = pending().size();
        QVERIFY(all >= 6);
        int steps = 0;
        for (; !pending().isEmpty() && steps < 20; ++steps)
            structure.undo();
        QVERIFY(pending().isEmpty());
        QVERIFY(!pending().canUndo());
        QVERIFY(structure.line(QStringLiteral("author"), QStringLiteral("note")).isValid());
        QCOMPARE(structure.mark(structure.line(QStringLiteral("author"))), Mark::None);
        QCOMPARE(person.cell(0, "title").data().toString(), QStringLiteral("Tea"));
        for (int step = 0; step < steps; ++step)
            structure.redo();
        QCOMPARE(pending().size(), all);
        commits();
        QCOMPARE(fact("SELECT group_concat(name) FROM writer"), std::string("Anna,Bo,Cy,Di"));
        QCOMPARE(fact("SELECT group_concat(title) FROM book"), std::string("a,b"));
    }
};

QTEST_MAIN(tst_MixedEdits)
#include "tst_mixed_edits.moc"
