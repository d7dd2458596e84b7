// The query builder, used as a person does: tables dragged or picked, columns ticked, joins clicked, cells typed. The
// questions over the Chinook music store have known answers.

#include "app/application.h"
#include "app/main_window.h"
#include "schemawright/base/blocking.h"
#include "schemawright/base/error.h"
#include "schemawright/schema/table_builder.h"
#include "schemawright/sql/cpp_text.h"
#include "support/corpus.h"
#include "support/sqlite_file.h"
#include "support/window_driver.h"
#include "ui/models/query_draft.h"
#include "ui/models/query_lines_model.h"
#include "ui/models/result_model.h"
#include "ui/panels/query_builder/query_builder_panel.h"
#include "ui/panels/query_builder/query_canvas.h"
#include "ui/widgets/sql_view.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QCompleter>
#include <QDropEvent>
#include <QHeaderView>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QToolBar>
#include <QToolButton>

#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>
#include <sqlite3.h>

using namespace schemawright;
using Json = nlohmann::json;
using test::WindowDriver;
using ui::QueryLinesModel;

class tst_QueryBuilder : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir folder_;
    std::string path_;
    std::unique_ptr<Application> application_;
    MainWindow *window_ = nullptr;
    ui::QueryBuilderPanel *panel_ = nullptr;
    ui::QueryCanvas *canvas_ = nullptr;
    QTableView *lines_ = nullptr;

    template <class Widget> Widget *find(const char *name)
    {
        return panel_->findChild<Widget *>(QString::fromLatin1(name));
    }

    /// Types a table's name and Return; of several foreign keys the one that holds `key`.
    void addTable(const char *name, const char *key = "")
    {
        auto *line = find<QLineEdit>("queryAdd");
        QTest::mouseClick(line, Qt::LeftButton);
        QTest::keyClicks(line, QString::fromLatin1(name));
        QTest::keyClick(line, Qt::Key_Return);
        QTest::qWait(1);
        if (auto *menu = panel_->findChild<QMenu *>(QStringLiteral("queryJoinMenu")); menu && menu->isVisible()) {
            for (QAction *action : menu->actions())
                if (!action->isSeparator() && action->text().contains(QString::fromLatin1(key))) {
                    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
                    break;
                }
            QTest::qWait(1);
        }
    }
    void tickColumn(const char *alias, const char *column)
    {
        const QPoint at = canvas_->columnPosition(alias, column);
        canvas_->ensureVisible(QRectF(canvas_->mapToScene(at), QSizeF(1, 1)));
        QTest::mouseClick(canvas_->viewport(), Qt::LeftButton, {}, canvas_->columnPosition(alias, column));
        QTest::qWait(1);
    }
    void clickJoin(std::size_t join)
    {
        canvas_->ensureVisible(QRectF(canvas_->mapToScene(canvas_->joinPosition(join)), QSizeF(1, 1)));
        QTest::mouseClick(canvas_->viewport(), Qt::LeftButton, {}, canvas_->joinPosition(join));
        QTest::qWait(1);
    }
    QPoint cellPosition(int row, int column)
    {
        const QModelIndex index = lines_->model()->index(row, column);
        lines_->scrollTo(index);
        return lines_->visualRect(index).center();
    }
    /// Types over a cell of the grid of lines.
    void type(int row, int column, const char *text)
    {
        QTest::mouseClick(lines_->viewport(), Qt::LeftButton, {}, cellPosition(row, column));
        if (!lines_->findChild<QWidget *>(QStringLiteral("lineEditor")))
            QTest::mouseDClick(lines_->viewport(), Qt::LeftButton, {}, cellPosition(row, column));
        auto *editor = lines_->findChild<QLineEdit *>(QStringLiteral("lineEditor"));
        QVERIFY(editor);
        editor->selectAll();
        QTest::keyClicks(editor, QString::fromUtf8(text));
        QTest::keyClick(editor, Qt::Key_Return);
        QTest::qWait(1);
    }
    void choose(int row, int column, const char *word)
    {
        QTest::mouseClick(lines_->viewport(), Qt::LeftButton, {}, cellPosition(row, column));
        if (!lines_->findChild<QComboBox *>(QStringLiteral("choiceEditor")))
            QTest::mouseDClick(lines_->viewport(), Qt::LeftButton, {}, cellPosition(row, column));
        auto *combo = lines_->findChild<QComboBox *>(QStringLiteral("choiceEditor"));
        QVERIFY(combo);
        QVERIFY(QTest::qWaitFor([combo] { return combo->view()->isVisible(); }));
        const int wanted = combo->findText(QString::fromLatin1(word));
        QVERIFY2(wanted >= 0, word);
        for (int at = combo->currentIndex(); at != wanted; at += at < wanted ? 1 : -1)
            QTest::keyClick(combo->view(), at < wanted ? Qt::Key_Down : Qt::Key_Up);
        QTest::keyClick(combo->view(), Qt::Key_Return);
        QTRY_VERIFY(!lines_->findChild<QComboBox *>(QStringLiteral("choiceEditor")));
    }
    void hide(int row)
    {
        const QModelIndex index = lines_->model()->index(row, QueryLinesModel::Shown);
        const QRect cell = lines_->visualRect(index);
        QStyleOptionViewItem option;
        option.initFrom(lines_);
        option.rect = cell;
        option.features = QStyleOptionViewItem::HasCheckIndicator;
        const QRect tick = lines_->style()->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &option, lines_);
        QTest::mouseClick(lines_->viewport(), Qt::LeftButton, {}, tick.center());
        QCOMPARE(index.data(Qt::CheckStateRole).toInt(), static_cast<int>(Qt::Unchecked));
    }
    void limitTo(int rows)
    {
        auto *box = find<QSpinBox>("queryLimit");
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, QString::number(rows));
        QTest::keyClick(box, Qt::Key_Tab);
    }
    Json run()
    {
        auto *button = find<QPushButton>("queryRun");
        if (!button->isEnabled())
            qWarning("%s", qPrintable(find<QLabel>("queryProblem")->text()));
        QTest::mouseClick(button, Qt::LeftButton);
        [&] { QVERIFY(QTest::qWaitFor([this] { return !panel_->isRunning(); }, 20'000)); }();
        Json rows = Json::array();
        const ui::ResultModel &results = panel_->results();
        for (int row = 0; row < results.rowCount(); ++row) {
            Json cells = Json::array();
            for (int column = 0; column < results.columnCount(); ++column)
                cells.push_back(shown(results.value(row, column)));
            rows.push_back(cells);
        }
        return rows;
    }
    /// Numbers as numbers to two decimals, so that 14628, 14628.0 and "2021" beside 2021 are the same.
    static std::string shown(const Value &value)
    {
        if (value.isNull())
            return "NULL";
        return shown(value.text());
    }
    static std::string shown(const std::string &text)
    {
        char *end = nullptr;
        const double number = std::strtod(text.c_str(), &end);
        if (!text.empty() && end == text.c_str() + text.size())
            return QString::number(number, 'f', 2).toStdString();
        return text;
    }
    static Json expected(std::size_t question)
    {
        QFile file(test::corpusFile("SOURCES.md")
                       .replace(QStringLiteral("corpus/SOURCES.md"), QStringLiteral("QUESTIONS.json")));
        [&] { QVERIFY(file.open(QIODevice::ReadOnly)); }();
        const Json questions = Json::parse(file.readAll().toStdString());
        Json rows = Json::array();
        for (const Json &row : questions[question - 1]["rows"]) {
            Json cells = Json::array();
            for (const Json &cell : row)
                cells.push_back(cell.is_null() ? "NULL"
                                               : shown(cell.is_string() ? cell.get<std::string>() : cell.dump()));
            rows.push_back(cells);
        }
        return rows;
    }
    void mustAnswer(std::size_t question)
    {
        const Json rows = run();
        const Json right = expected(question);
        QVERIFY2(rows == right, (panel_->findChild<ui::SqlView *>()->sql().toStdString() + "\n" +
                                 rows.dump().substr(0, 1500) + "\n" + right.dump().substr(0, 1500))
                                    .c_str());
    }

    void openOn(const std::string &path)
    {
        window_ = application_->openText(QString::fromStdString(path), false);
        window_->resize(1280, 800);
        QVERIFY(QTest::qWaitForWindowExposed(window_));
        QVERIFY(WindowDriver(*window_).waitUntilRead());
        auto *page = window_->findChild<QAction *>(QStringLiteral("queryPage"));
        QVERIFY(page);
        auto *button = window_->findChild<QToolBar *>(QStringLiteral("mainToolBar"))->widgetForAction(page);
        QTest::mouseClick(button, Qt::LeftButton);
        panel_ = window_->findChild<ui::QueryBuilderPanel *>();
        QVERIFY(panel_ && panel_->isVisible());
        canvas_ = find<ui::QueryCanvas>("queryCanvas");
        lines_ = find<QTableView>("queryLines");
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (test::corpusFile("schemas/chinook.sqlite.sql").isEmpty())
            QSKIP("skipped: the corpus is not there");
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Schemawright tests"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_query_builder"));
        path_ = folder_.filePath(QStringLiteral("chinook.db")).toStdString();
        sqlite3 *database = nullptr;
        sqlite3_open(path_.c_str(), &database);
        const std::string script = test::corpusText("schemas/chinook.sqlite.sql");
        QCOMPARE(sqlite3_exec(database, script.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(database);
        forbidBlockingOnThisThread();
        application_ = std::make_unique<Application>();
    }
    void init() { openOn(path_); }
    void cleanup()
    {
        delete window_;
        window_ = nullptr;
        QVERIFY(ui::Lane::waitForThreads(10'000));
    }

    void theTenLongestTracks()
    {
        addTable("Track");
        addTable("Album");
        addTable("Artist");
        tickColumn("Track", "Name");
        tickColumn("Album", "Title");
        tickColumn("Artist", "Name");
        tickColumn("Track", "Milliseconds");
        choose(3, QueryLinesModel::Sort, "Descending");
        limitTo(10);
        mustAnswer(1);
    }
    void tracksOfEachGenre()
    {
        addTable("Genre");
        addTable("Track");
        tickColumn("Genre", "Name");
        tickColumn("Track", "TrackId");
        choose(0, QueryLinesModel::Aggregate, "Group by");
        choose(1, QueryLinesModel::Aggregate, "Count");
        choose(1, QueryLinesModel::Sort, "Descending");
        type(1, QueryLinesModel::Condition, ">= 50");
        mustAnswer(2);
    }
    void artistsWithoutAnAlbum()
    {
        addTable("Artist");
        addTable("Album");
        clickJoin(0); // all artists
        tickColumn("Artist", "Name");
        tickColumn("Album", "AlbumId");
        hide(1);
        type(1, QueryLinesModel::Condition, "is null");
        choose(0, QueryLinesModel::Sort, "Ascending");
        mustAnswer(3);
    }
    void whoReportsToWhom()
    {
        addTable("Employee");
        addTable("Employee", "Employee.ReportsTo = Employee2");
        QCOMPARE(panel_->draft().boxes.size(), std::size_t{2});
        QCOMPARE(panel_->draft().boxes[1].alias, std::string("Employee2"));
        clickJoin(0);
        tickColumn("Employee", "LastName");
        tickColumn("Employee2", "LastName");
        tickColumn("Employee", "EmployeeId");
        hide(2);
        choose(2, QueryLinesModel::Sort, "Ascending");
        mustAnswer(4);
    }
    void revenueOfEachCountry()
    {
        addTable("Customer");
        addTable("Invoice");
        tickColumn("Customer", "Country");
        tickColumn("Invoice", "Total");
        choose(0, QueryLinesModel::Aggregate, "Group by");
        choose(1, QueryLinesModel::Aggregate, "Sum");
        choose(1, QueryLinesModel::Sort, "Descending");
        choose(0, QueryLinesModel::Sort, "Ascending");
        mustAnswer(5);
    }
    void customersWhoSpentMost()
    {
        addTable("Customer");
        addTable("Employee");
        addTable("Invoice");
        tickColumn("Customer", "FirstName");
        tickColumn("Customer", "LastName");
        tickColumn("Employee", "LastName");
        tickColumn("Invoice", "Total");
        tickColumn("Customer", "CustomerId");
        hide(4);
        for (const int row : {0, 1, 2, 4})
            choose(row, QueryLinesModel::Aggregate, "Group by");
        choose(3, QueryLinesModel::Aggregate, "Sum");
        choose(3, QueryLinesModel::Sort, "Descending");
        choose(4, QueryLinesModel::Sort, "Ascending");
        limitTo(5);
        mustAnswer(6);
    }
    void invoicesOfEachYear()
    {
        addTable("Invoice");
        type(0, QueryLinesModel::Expression, "year(InvoiceDate)");
        choose(0, QueryLinesModel::Aggregate, "Group by");
        choose(0, QueryLinesModel::Sort, "Ascending");
        type(1, QueryLinesModel::Expression, "count(*)");
        type(2, QueryLinesModel::Expression, "sum(Total)");
        mustAnswer(7);
    }
    void tracksNeverSold()
    {
        addTable("Track");
        addTable("InvoiceLine");
        clickJoin(0);
        tickColumn("Track", "TrackId");
        choose(0, QueryLinesModel::Aggregate, "Count");
        tickColumn("InvoiceLine", "InvoiceLineId");
        hide(1);
        type(1, QueryLinesModel::Condition, "is null");
        mustAnswer(8);
    }
    void playlistsWithTheirLength()
    {
        addTable("Playlist");
        addTable("PlaylistTrack");
        clickJoin(0);
        addTable("Track"); // its join keeps the empty playlists as well
        QVERIFY(panel_->draft().joins[1].isLeft);
        tickColumn("Playlist", "PlaylistId");
        tickColumn("Playlist", "Name");
        tickColumn("Track", "TrackId");
        type(3, QueryLinesModel::Expression, "coalesce(div(sum(Track.Milliseconds), 60000), 0)");
        type(3, QueryLinesModel::Alias, "minutes");
        choose(0, QueryLinesModel::Aggregate, "Group by");
        choose(1, QueryLinesModel::Aggregate, "Group by");
        choose(2, QueryLinesModel::Aggregate, "Count");
        choose(0, QueryLinesModel::Sort, "Ascending");
        mustAnswer(9);
    }
    void customersOfThreeCountries()
    {
        addTable("Customer");
        tickColumn("Customer", "FirstName");
        tickColumn("Customer", "LastName");
        tickColumn("Customer", "Country");
        tickColumn("Customer", "Company");
        hide(3);
        type(2, QueryLinesModel::Condition, "in ('Brazil', 'Portugal', 'Canada')");
        type(3, QueryLinesModel::Condition, "is null");
        choose(1, QueryLinesModel::Sort, "Ascending");
        mustAnswer(10);
    }
    void tracksOfAnUnknownComposer()
    {
        addTable("Track");
        tickColumn("Track", "TrackId");
        choose(0, QueryLinesModel::Aggregate, "Count");
        tickColumn("Track", "Composer");
        tickColumn("Track", "Milliseconds");
        hide(1);
        hide(2);
        type(1, QueryLinesModel::Condition, "is null");
        type(2, QueryLinesModel::Condition, "between 240000 and 300000");
        mustAnswer(11);
    }
    void albumsOfSeveralGenres()
    {
        addTable("Album");
        addTable("Track");
        tickColumn("Album", "Title");
        tickColumn("Track", "GenreId");
        tickColumn("Album", "AlbumId");
        hide(2);
        choose(0, QueryLinesModel::Aggregate, "Group by");
        choose(2, QueryLinesModel::Aggregate, "Group by");
        choose(1, QueryLinesModel::Aggregate, "Count distinct");
        type(1, QueryLinesModel::Condition, "> 1");
        choose(1, QueryLinesModel::Sort, "Descending");
        choose(0, QueryLinesModel::Sort, "Ascending");
        mustAnswer(12);
    }
    void customersWhoBoughtJazz()
    {
        addTable("Customer");
        addTable("Invoice");
        addTable("InvoiceLine");
        addTable("Track");
        addTable("Genre");
        tickColumn("Customer", "LastName");
        tickColumn("Customer", "FirstName");
        tickColumn("Genre", "Name");
        hide(2);
        type(2, QueryLinesModel::Condition, "Jazz");
        choose(0, QueryLinesModel::Sort, "Ascending");
        QTest::mouseClick(find<QCheckBox>("queryDistinct"), Qt::LeftButton, {},
                          QPoint(8, find<QCheckBox>("queryDistinct")->height() / 2));
        mustAnswer(14);
        // The typed value is a parameter of what runs, and a literal of what is shown.
        QVERIFY(panel_->findChild<ui::SqlView *>()->sql().contains(QStringLiteral("'Jazz'")));
    }

    void aTableIsDroppedFromTheTree()
    {
        auto *tree = window_->findChild<QTreeView *>(QStringLiteral("schemaTree"));
        QModelIndex found;
        for (QModelIndex index = tree->model()->index(0, 0); index.isValid(); index = tree->indexBelow(index))
            if (index.data(ui::SchemaModel::TableNameRole).toString() == QStringLiteral("Genre"))
                found = found.isValid() ? found : index;
        QVERIFY(found.isValid());
        QVERIFY(tree->model()->flags(found) & Qt::ItemIsDragEnabled);
        const std::unique_ptr<QMimeData> data(tree->model()->mimeData({found}));
        QVERIFY(data);
        QDragEnterEvent enter(QPoint(60, 60), Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(canvas_->viewport(), &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(60, 60), Qt::CopyAction, data.get(), Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(canvas_->viewport(), &drop);
        QTest::qWait(1);
        QCOMPARE(panel_->draft().boxes.size(), std::size_t{1});
        QCOMPARE(panel_->draft().boxes[0].alias, std::string("Genre"));
        // And it goes again by its cross.
        QTest::mouseClick(canvas_->viewport(), Qt::LeftButton, {}, canvas_->closePosition("Genre"));
        QTest::qWait(1);
        QVERIFY(panel_->draft().boxes.empty());
    }

    void aJoinIsDrawnByHand()
    {
        addTable("Customer");
        addTable("Employee"); // by SupportRepId
        addTable("Artist");
        QCOMPARE(panel_->draft().joins.size(), std::size_t{1});
        const auto drag = [this](const char *from, const char *fromColumn, const char *to, const char *toColumn) {
            const QPoint start = canvas_->columnPosition(from, fromColumn), end = canvas_->columnPosition(to, toColumn);
            QTest::mousePress(canvas_->viewport(), Qt::LeftButton, {}, start);
            for (int step = 1; step <= 4; ++step) {
                QMouseEvent move(QEvent::MouseMove, start + (end - start) * step / 4,
                                 canvas_->viewport()->mapToGlobal(start + (end - start) * step / 4), Qt::NoButton,
                                 Qt::LeftButton, Qt::NoModifier);
                QApplication::sendEvent(canvas_->viewport(), &move);
            }
            QTest::mouseRelease(canvas_->viewport(), Qt::LeftButton, {}, end);
            QTest::qWait(1);
        };
        drag("Customer", "CustomerId", "Employee", "EmployeeId");
        // A second pair of the same two boxes holds together with the first.
        QCOMPARE(panel_->draft().joins.size(), std::size_t{1});
        QCOMPARE(panel_->draft().joins[0].columns.size(), std::size_t{2});
        drag("Customer", "LastName", "Artist", "Name");
        QCOMPARE(panel_->draft().joins.size(), std::size_t{2});
        // The drag ticked nothing, and one that ends beside the boxes changes nothing.
        QVERIFY(panel_->draft().lines.empty());
        const ui::QueryDraft before = panel_->draft();
        drag("Customer", "LastName", "Customer", "FirstName");
        QVERIFY(panel_->draft() == before);
        tickColumn("Artist", "Name");
        const QString sql = panel_->findChild<ui::SqlView *>()->sql();
        QVERIFY2(sql.contains(QStringLiteral("Customer.SupportRepId = Employee.EmployeeId AND Customer.CustomerId = "
                                             "Employee.EmployeeId")),
                 qPrintable(sql));
        QVERIFY2(sql.contains(QStringLiteral("Customer.LastName = Artist.Name")), qPrintable(sql));
    }

    void asksByWhichOfSeveralKeys()
    {
        cleanup();
        const std::string path = folder_.filePath(QStringLiteral("games.db")).toStdString();
        test::runSqlite(path, "CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE game (id INTEGER "
                              "PRIMARY KEY, home_id INTEGER REFERENCES team, away_id INTEGER REFERENCES team);"
                              "INSERT INTO team VALUES (1, 'red'), (2, 'blue'); INSERT INTO game VALUES (1, 1, 2)");
        openOn(path);
        const auto ask = [this](const char *table) {
            auto *line = find<QLineEdit>("queryAdd");
            QTest::mouseClick(line, Qt::LeftButton);
            QTest::keyClicks(line, QString::fromLatin1(table));
            QTest::keyClick(line, Qt::Key_Return);
            QTest::qWait(1);
            return panel_->findChild<QMenu *>(QStringLiteral("queryJoinMenu"));
        };
        QVERIFY(!ask("game"));
        QMenu *menu = ask("team");
        QVERIFY(menu && QTest::qWaitForWindowExposed(menu));
        // It says what it asks, and stands beside the table that it asks about.
        const auto *heading = menu->findChild<QLabel *>(QStringLiteral("queryJoinHeading"));
        QVERIFY(heading && heading->isVisible() && heading->height() >= heading->fontMetrics().height());
        QCOMPARE(QApplication::activePopupWidget(), menu);
        QVERIFY(!find<QLineEdit>("queryAdd")->completer()->popup()->isVisible());
        test::picture(*window_, "join-menu");
        QCOMPARE(heading->text(), QStringLiteral("Join team by"));
        const QPoint close = canvas_->viewport()->mapToGlobal(canvas_->closePosition("team"));
        QVERIFY2(menu->geometry().adjusted(-40, -40, 40, 40).contains(close), "the menu is elsewhere");
        QVERIFY(panel_->draft().joins.empty());
        // The keys and "No Join" are there; the second key is taken by the keyboard.
        QStringList entries;
        for (const QAction *each : menu->actions())
            if (!each->isSeparator() && !each->text().isEmpty())
                entries << each->text();
        QCOMPARE(entries, (QStringList{"game.home_id = team.id", "game.away_id = team.id", "No Join"}));
        QTest::keyClick(menu, Qt::Key_Down);
        QTest::keyClick(menu, Qt::Key_Down);
        QTest::keyClick(menu, Qt::Key_Return);
        QTest::qWait(1);
        QCOMPARE(panel_->draft().joins.size(), std::size_t{1});
        tickColumn("team", "name");
        const Json rows = run();
        QCOMPARE(rows.dump(), std::string(R"([["blue"]])"));
        // A second box of the same table is joined by the other key, by mouse.
        addTable("team", "home_id");
        QCOMPARE(panel_->draft().joins.size(), std::size_t{2});
        QVERIFY(panel_->draft().joins[0].columns != panel_->draft().joins[1].columns);
        // Escape leaves the box without a join.
        menu = ask("team");
        QVERIFY(menu && QTest::qWaitForWindowExposed(menu));
        QTest::keyClick(menu, Qt::Key_Escape);
        QTest::qWait(1);
        QCOMPARE(panel_->draft().boxes.size(), std::size_t{4});
        QCOMPARE(panel_->draft().joins.size(), std::size_t{2});
    }

    void isUndoneAndRedone()
    {
        addTable("Track");
        addTable("Album");
        tickColumn("Track", "Name");
        type(0, QueryLinesModel::Condition, "like 'A%'");
        const ui::QueryDraft last = panel_->draft();
        QVERIFY(window_->findChild<QAction *>(QStringLiteral("queryUndo"))->isEnabled());
        lines_->setFocus();
        QTest::keyClick(lines_, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(panel_->draft().lines[0].conditions.empty());
        QTest::keyClick(lines_, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(panel_->draft().lines.empty());
        QTest::keyClick(lines_, Qt::Key_Z, Qt::ControlModifier);
        // A table and its join are one step.
        QCOMPARE(panel_->draft().boxes.size(), std::size_t{1});
        QVERIFY(panel_->draft().joins.empty());
        for (int i = 0; i < 3; ++i)
            QTest::keyClick(lines_, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(panel_->draft() == last);
        QVERIFY(!window_->findChild<QAction *>(QStringLiteral("queryRedo"))->isEnabled());
        // Even a new query is.
        QTest::mouseClick(find<QPushButton>("queryNew"), Qt::LeftButton);
        QVERIFY(panel_->draft().boxes.empty());
        QTest::keyClick(lines_, Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(panel_->draft() == last);
    }

    void saysThatThereAreMoreRows()
    {
        addTable("Track");
        addTable("Genre");
        clickJoin(0);
        QTest::mouseClick(canvas_->viewport(), Qt::RightButton, {}, canvas_->joinPosition(0));
        QTest::qWait(1);
        QVERIFY(panel_->draft().joins.empty());
        tickColumn("Track", "Name");
        tickColumn("Genre", "Name");
        auto *all = find<QPushButton>("queryAllRows");
        run();
        QVERIFY(panel_->results().rowCount() < 3503 * 25);
        QVERIFY2(find<QLabel>("queryStatus")->text().contains(QStringLiteral("more")),
                 qPrintable(find<QLabel>("queryStatus")->text()));
        QVERIFY(all->isVisible());
        QTest::mouseClick(all, Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([this] { return !panel_->isRunning(); }, 20'000));
        QCOMPARE(panel_->results().rowCount(), 3503 * 25);
        QVERIFY(!all->isVisible());
        // And what is selected can be taken along.
        auto *rows = find<QTableView>("queryRows");
        rows->setFocus();
        rows->setCurrentIndex(rows->model()->index(0, 1));
        QTest::keyClick(rows, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("Rock"));
    }

    void aLongQueryIsCancelled()
    {
        for (int i = 0; i < 3; ++i)
            addTable("Track"); // 43 thousand million rows
        QVERIFY(panel_->draft().joins.empty());
        tickColumn("Track", "TrackId");
        choose(0, QueryLinesModel::Aggregate, "Count");
        QTest::mouseClick(find<QPushButton>("queryRun"), Qt::LeftButton);
        auto *cancel = find<QPushButton>("queryCancel");
        QVERIFY(cancel->isVisible());
        QVERIFY(!find<QPushButton>("queryRun")->isVisible());
        QTest::qWait(50); // it may be cancelled before it begins, but is to be cancelled while it runs
        QTest::mouseClick(cancel, Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([this] { return !panel_->isRunning(); }, 60'000));
        QCOMPARE(find<QLabel>("queryStatus")->text(), QStringLiteral("Cancelled"));
        QVERIFY(find<QPushButton>("queryRun")->isVisible());
        // And the next one runs.
        QTest::mouseClick(find<QPushButton>("queryNew"), Qt::LeftButton);
        addTable("Genre");
        tickColumn("Genre", "Name");
        QCOMPARE(run().size(), std::size_t{25});
    }

    void saysWhatADatabaseCannotDo()
    {
        addTable("Invoice");
        type(0, QueryLinesModel::Expression, "localtime()");
        auto *problem = find<QLabel>("queryProblem");
        QVERIFY(problem->isVisible());
        QCOMPARE(problem->text(), QStringLiteral("sqlite has no localtime"));
        QVERIFY(panel_->findChild<ui::SqlView *>()->sql().isEmpty());
        // Another one can.
        auto *dialect = find<QComboBox>("queryDialect");
        dialect->setFocus();
        while (dialect->currentData().toString() != QStringLiteral("postgresql"))
            QTest::keyClick(dialect, Qt::Key_Down);
        QVERIFY(!problem->isVisible());
        QVERIFY(panel_->findChild<ui::SqlView *>()->sql().contains(QStringLiteral("LOCALTIME")));
    }

    void warnsWhileBuilding()
    {
        auto *problem = find<QLabel>("queryProblem");
        addTable("Genre");
        addTable("Customer"); // no foreign key between them
        tickColumn("Genre", "Name");
        tickColumn("Customer", "LastName");
        QVERIFY2(problem->isVisible(), "a cartesian product");
        QVERIFY(find<QPushButton>("queryRun")->isEnabled());
        choose(0, QueryLinesModel::Aggregate, "Count");
        QVERIFY2(problem->text().contains(QStringLiteral("LastName")), qPrintable(problem->text()));
        type(1, QueryLinesModel::Condition, "between 1");
        QVERIFY(problem->text().contains(QStringLiteral("and")));
        QVERIFY(!find<QPushButton>("queryRun")->isEnabled());
        type(0, QueryLinesModel::Expression, "Nonsense");
        QVERIFY2(problem->text().contains(QStringLiteral("Nonsense")), qPrintable(problem->text()));
    }

    void showsTheSqlOfOtherDialects()
    {
        addTable("Track");
        tickColumn("Track", "Name");
        limitTo(3);
        auto *dialect = find<QComboBox>("queryDialect");
        const auto sqlFor = [&](const char *name) {
            dialect->setFocus();
            while (dialect->currentData().toString() != QString::fromLatin1(name))
                QTest::keyClick(dialect, dialect->currentIndex() < dialect->findData(QString::fromLatin1(name))
                                             ? Qt::Key_Down
                                             : Qt::Key_Up);
            return panel_->findChild<ui::SqlView *>()->sql();
        };
        QVERIFY(sqlFor("sqlite").contains(QStringLiteral("LIMIT 3")));
        QVERIFY(sqlFor("mssql").contains(QStringLiteral("TOP")));
        QVERIFY(sqlFor("oracle").contains(QStringLiteral("FETCH FIRST 3")));
        QVERIFY(sqlFor("mysql").contains(QStringLiteral("LIMIT")));
        QVERIFY(sqlFor("postgresql").contains(QStringLiteral("\"Name\"")));
        QTest::mouseClick(find<QPushButton>("queryCopySql"), Qt::LeftButton);
        QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("\"Track\"")));
        QTest::mouseClick(find<QPushButton>("queryCopyCpp"), Qt::LeftButton);
        const QString cpp = QGuiApplication::clipboard()->text();
        QVERIFY2(cpp.contains(QStringLiteral("const Source track = metadata.table({\"\", \"Track\"});")),
                 qPrintable(cpp));
        QVERIFY(cpp.contains(QStringLiteral("select({track[\"Name\"]})")));
        QVERIFY(cpp.contains(QStringLiteral(".limit(3)")));
    }

    void oddNamesAndMixedConditions()
    {
        MetaData metadata;
        metadata.add(
            TableBuilder("Order Details").column("Unit Price", types::integer()).column("or", types::integer()));
        ui::QueryDraft draft;
        const std::string alias = draft.addBox(*metadata.table({"", "Order Details"}));
        for (const char *column : {"Unit Price", "or"})
            draft.lines.emplace_back().expression = ui::columnText(alias, column);
        (void)ui::compose(draft, metadata); // throws for a name that cannot be read back
        // A condition with an aggregate in it is one on groups, whatever its line is.
        draft.lines[0].aggregate = ui::QueryDraft::Aggregate::Group;
        draft.lines[0].conditions = {"> avg(\"or\")"};
        draft.lines[1].isShown = false;
        (void)ui::compose(draft, metadata);
        // Conditions on rows in one place and on groups in another cannot be said by WHERE and HAVING.
        draft.lines[0].conditions = {"> 1", "> 2"};
        draft.lines[1].aggregate = ui::QueryDraft::Aggregate::Sum;
        draft.lines[1].conditions = {"> 5"};
        try {
            (void)ui::compose(draft, metadata);
            QFAIL("alternatives were taken for one");
        } catch (const ui::DraftProblem &problem) {
            QVERIFY(!problem.message.empty());
        }
        // What is computed stays when its table goes; what is a column of it goes too.
        draft.lines.emplace_back().expression = ui::columnText(alias, "or") + " + 1";
        draft.removeBox(alias);
        QCOMPARE(draft.lines.size(), std::size_t{1});
    }

    void isSavedAndOpened()
    {
        addTable("Album");
        addTable("Artist");
        tickColumn("Artist", "Name");
        type(0, QueryLinesModel::Condition, "like 'A%'");
        clickJoin(0);
        const ui::QueryDraft before = panel_->draft();
        const QString file = folder_.filePath(QStringLiteral("a.swquery"));
        panel_->save(file);
        QTest::mouseClick(find<QPushButton>("queryNew"), Qt::LeftButton);
        QVERIFY(panel_->draft().boxes.empty());
        panel_->open(file);
        QVERIFY(panel_->draft() == before);
        // What is no query changes nothing.
        QFile broken(folder_.filePath(QStringLiteral("b.swquery")));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("{\"format\": 1, \"tables\": 5}");
        broken.close();
        panel_->open(broken.fileName());
        QVERIFY(panel_->draft() == before);
    }
};

QTEST_MAIN(tst_QueryBuilder)
#include "tst_query_builder.moc"
