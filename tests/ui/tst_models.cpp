// The item models under Qt's own tester, while what they show changes.

#include "schemawright/base/blocking.h"
#include "support/sqlite_file.h"
#include "ui/adapt/text.h"
#include "ui/async/lane.h"
#include "ui/models/changes_model.h"
#include "ui/models/dependent_changes.h"
#include "ui/models/filter_expression.h"
#include "ui/models/log_model.h"
#include "ui/models/rows_model.h"
#include "ui/workspace/workspace.h"

#include <QAbstractItemModelTester>
#include <QTest>

#include <memory>
#include <thread>

using namespace schemawright;

namespace {

constexpr auto numbers =
    "CREATE TABLE n (id INTEGER PRIMARY KEY, square INTEGER, word TEXT, half REAL);"
    "INSERT INTO n SELECT value, value * value, CASE value % 3 WHEN 0 THEN NULL WHEN 1 THEN 'w' || value "
    "% 10 ELSE '' END, value / 2.0 FROM (WITH RECURSIVE g(value) AS (SELECT 1 UNION ALL SELECT value + 1 "
    "FROM g WHERE value < 1000) SELECT value FROM g);"
    "CREATE TABLE pair (a TEXT, b INTEGER, v TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;"
    "INSERT INTO pair SELECT char(97 + id % 7), id, id FROM n;"
    "CREATE TABLE visit (id INTEGER PRIMARY KEY, at TIMESTAMP, said TEXT);"
    "INSERT INTO visit VALUES (1, '2024-03-31 02:30:00', 'hello'), (2, '2024-03-31 02:30:01', 'hello there'),"
    "(3, '2024-03-31', '02:30:00'), (4, NULL, '2024-03-31 02:30:00');";

} // namespace

class tst_Models : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::SqliteFile> file_;
    std::unique_ptr<ui::Workspace> workspace_;

    bool waitUntilIdle()
    {
        return QTest::qWaitFor([this] { return !workspace_->lane().isBusy(); }, 20'000);
    }
    TablePtr table(const char *name) { return workspace_->metadata().table({"main", name}); }
    /// The cell once it has been read.
    QString shown(ui::RowsModel &model, int row, int column)
    {
        const QModelIndex index = model.index(row, column);
        (void)QTest::qWaitFor([&] { return index.data(ui::RowsModel::IsLoadedRole).toBool(); }, 10'000);
        return index.data().toString();
    }
    void takeChanges(ui::ChangesModel &model)
    {
        const Session &session = workspace_->session();
        const Plan plan = session.plan();
        model.setChanges(session, plan, ui::PlanOrder::of(plan, session.unitOfWork().sharedChanges()));
    }
    Expr filter(const char *text, const char *name = "n")
    {
        const auto parsed = ui::FilterExpression::parse(QString::fromUtf8(text), table(name), workspace_->dialect());
        return parsed.error.isEmpty() ? parsed.condition : throw Error(ErrorKind::Syntax, parsed.error.toStdString());
    }

private Q_SLOTS:
    void initTestCase() { forbidBlockingOnThisThread(); }
    void init()
    {
        file_ = std::make_unique<test::SqliteFile>(numbers);
        workspace_ = std::make_unique<ui::Workspace>(Engine::open(file_->path()));
        workspace_->open();
        QVERIFY(QTest::qWaitFor([this] { return workspace_->isSchemaRead() && !workspace_->lane().isBusy(); }, 10'000));
    }
    void cleanup()
    {
        workspace_.reset();
        QVERIFY(ui::Lane::waitForThreads(10'000));
    }

    void rowsKeepTheRulesOfAModel()
    {
        ui::RowsModel model(*workspace_, table("n"));
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        QVERIFY(waitUntilIdle());
        QCOMPARE(model.rowCount(), 1000);
        model.addRow();
        model.addRow();
        QCOMPARE(model.rowCount(), 1002);
        model.setCell(3, 2, Value("edited"));
        model.deleteRows({5, 1001});
        QCOMPARE(model.rowCount(), 1001);
        workspace_->session().unitOfWork().undo();
        QCOMPARE(model.rowCount(), 1002);
        model.setSort({{"word", true}});
        QVERIFY(waitUntilIdle());
        model.setFilter(filter("square > 100"));
        QVERIFY(waitUntilIdle());
        QCOMPARE(model.rowCount(), 990 + 2);
        workspace_->session().unitOfWork().discardAll();
        QCOMPARE(model.rowCount(), 990);
    }

    void pagesAreTheSameFromWhereverTheyAreReached_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("column");
        QTest::addColumn<bool>("descending");
        for (const bool descending : {false, true}) {
            QTest::addRow("by key %d", descending) << "n"
                                                   << "id" << descending;
            QTest::addRow("with NULLs %d", descending) << "n"
                                                       << "word" << descending;
            QTest::addRow("floats %d", descending) << "n"
                                                   << "half" << descending;
            QTest::addRow("composite key %d", descending) << "pair"
                                                          << "a" << descending;
        }
    }
    void pagesAreTheSameFromWhereverTheyAreReached()
    {
        QFETCH(QString, name);
        QFETCH(QString, column);
        QFETCH(bool, descending);
        const TablePtr shownTable = table(qPrintable(name));
        const std::string key = name == QLatin1String("n") ? "id" : "b";
        // What the database says, in one read.
        const std::string order = column.toStdString() + (descending ? " DESC" : "") +
                                  (name == QLatin1String("n")     ? ", id"
                                   : column == QLatin1String("a") ? ", b"
                                                                  : "");
        const std::string expected = file_->fact(("SELECT group_concat(" + key + ") FROM (SELECT " + key + " FROM " +
                                                  name.toStdString() + " ORDER BY " + order + ")")
                                                     .c_str());
        const QStringList keys = QString::fromStdString(expected).split(u',');
        QCOMPARE(keys.size(), 1000);
        const int keyColumn = static_cast<int>(*shownTable->columnIndex(key));
        // Forwards, backwards, and by jumps: the same rows each time.
        for (const std::vector<int> &way :
             {std::vector{0, 200, 400, 600, 800}, {999, 700, 500, 300, 100}, {555, 20, 950, 333}}) {
            ui::RowsModel model(*workspace_, shownTable);
            model.setSort({{column.toStdString(), descending}});
            QVERIFY(waitUntilIdle());
            for (const int row : way) {
                QCOMPARE(shown(model, row, keyColumn), keys[row]);
                QVERIFY(waitUntilIdle());
            }
        }
    }

    void filtersAsTyped_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("condition");
        const auto row = [](const char *text, const char *condition) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(condition);
        };
        row("square = 25", "square = 25");
        row("square != 25", "square IS NOT 25");
        row("id >= 10 and id < 20", "id >= 10 AND id < 20");
        row("id = 1 or id = 2 or word = w7", "id IN (1, 2) OR word = 'w7'");
        row("(id < 5 or id > 995) and not word is null", "(id < 5 OR id > 995) AND word IS NOT NULL");
        row("word is null", "word IS NULL");
        row("word = ''", "word = ''");
        row("word in (w1, 'w4')", "word IN ('w1', 'w4')");
        row("word ~ W1", "word LIKE '%w1%'");
        row("word like w%", "word LIKE 'w%'");
        row("\"id\" = '7'", "id = 7");
        row("w7", "word LIKE '%w7%'");
        row("99 w",
            "(id LIKE '%99%' OR square LIKE '%99%' OR word LIKE '%99%' OR half LIKE '%99%') AND word LIKE '%w%'");
        row("100%", "0");
    }
    void filtersAsTyped()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, condition);
        ui::RowsModel model(*workspace_, table("n"));
        model.setFilter(filter(text.constData()));
        QVERIFY(waitUntilIdle());
        QVERIFY(!model.error());
        QCOMPARE(std::to_string(model.total().value()),
                 file_->fact(("SELECT count(*) FROM n WHERE " + condition).constData()));
    }

    void readsAPointInTimeAsOneValue_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("condition");
        const auto row = [](const char *text, const char *condition) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(condition);
        };
        row("at = 2024-03-31 02:30:00", "at = '2024-03-31 02:30:00'");
        row("at = '2024-03-31 02:30:00' hello", "id = 1");
        row("at >= 2024-03-31 02:30:00 and id < 3", "id IN (1, 2)");
        row("at in (2024-03-31 02:30:00, 2024-03-31 02:30:01)", "id IN (1, 2)");
        row("at = 2024-03-31 02:30:01 said ~ there", "id = 2");
        row("said = 2024-03-31 02:30:00", "id = 4");
        row("id = 2 hello", "id = 2");
        row("said = 'hello there' or said = hello", "id IN (1, 2)");
    }
    void readsAPointInTimeAsOneValue()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, condition);
        ui::RowsModel model(*workspace_, table("visit"));
        model.setFilter(filter(text.constData(), "visit"));
        QVERIFY(waitUntilIdle());
        QVERIFY(!model.error());
        const std::string expected = file_->fact(("SELECT count(*) FROM visit WHERE " + condition).constData());
        QVERIFY(expected != "0");
        QCOMPARE(std::to_string(model.total().value()), expected);
    }

    void asksForQuotesAroundBlanks()
    {
        const auto error = [this](const char *text) {
            return ui::FilterExpression::parse(QString::fromUtf8(text), table("visit"), workspace_->dialect()).error;
        };
        for (const char *text : {"said = hello there", "said like hello t%", "said ~ hello there", "said in (a b, c)",
                                 "at = 2024-03-31 tomorrow"})
            QVERIFY2(error(text).contains(QStringLiteral("quotes")), text);
        QVERIFY(error("said = hello there").contains(QStringLiteral("'hello there'")));
    }

    void saysWhatIsWrongInAFilter_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text :
             {"nowhere = 1", "id =", "id > abc", "(id = 1", "word = 'open", "id is 5", "id in 5", "= 5", "id = 1 or"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void saysWhatIsWrongInAFilter()
    {
        QFETCH(QString, text);
        const auto parsed = ui::FilterExpression::parse(text, table("n"), workspace_->dialect());
        QVERIFY(!parsed.error.isEmpty());
        QVERIFY(parsed.errorAt <= text.size());
    }

    void changesKeepTheRulesOfAModel()
    {
        Session &session = workspace_->session();
        ui::ChangesModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        for (const auto arrangement :
             {ui::ChangesModel::Arrangement::ByTable, ui::ChangesModel::Arrangement::InOrder}) {
            model.setArrangement(arrangement);
            session.unitOfWork().discardAll();
            const RowImage row{{"id", Value(1)}, {"square", Value(1)}, {"word", Value("w1")}, {"half", Value(0.5)}};
            session.setCell(session.target(*table("n"), row), "word", Value(), row);
            session.setCell(session.target(*table("n"), row), "square", Value(2), row);
            session.addRow(*table("pair"), {{"a", Value("x")}, {"b", Value(1)}});
            session.addRow(*table("pair"));
            takeChanges(model);
            const bool isByTable = arrangement == ui::ChangesModel::Arrangement::ByTable;
            QCOMPARE(model.rowCount(), isByTable ? 2 : 3);
            const QModelIndex update = model.indexOf(session.unitOfWork().changes().front()->id);
            QCOMPARE(model.rowCount(update), 2);
            const QModelIndex square = model.index(0, 0, update);
            QCOMPARE(square.data().toString(), QStringLiteral("square"));
            QCOMPARE(square.siblingAtColumn(ui::ChangesModel::BeforeColumn).data().toString(), QStringLiteral("1"));
            QCOMPARE(square.siblingAtColumn(ui::ChangesModel::AfterColumn).data().toString(), QStringLiteral("2"));
            QCOMPARE(model.index(1, ui::ChangesModel::AfterColumn, update).data().toString(), QStringLiteral("NULL"));
        }
        session.unitOfWork().discardAll();
        takeChanges(model);
        QCOMPARE(model.rowCount(), 0);
    }

    void namesObjectsThatAreNoTables()
    {
        using Model = ui::ChangesModel;
        Session &session = workspace_->session();
        session.putObject(EnumType{{"main", "size"}, {"small", "large"}, std::nullopt});
        session.putObject(Function{{"main", "twice"}, "n integer", "CREATE …", "function", std::nullopt});
        Table shirt;
        shirt.name = {"main", "shirt"};
        Column column;
        column.name = "size";
        column.type.kind = TypeKind::Enum;
        column.type.name = "\"size\"";
        shirt.columns = {column};
        session.putTable(shirt);
        Model model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        takeChanges(model);
        const auto changes = session.unitOfWork().changes();
        const QModelIndex size = model.indexOf(changes[0]->id);
        QCOMPARE(size.data().toString(), QStringLiteral("enum size  create"));
        QCOMPARE(size.data(Model::StateRole).toInt(), static_cast<int>(Model::State::Inserted));
        QCOMPARE(size.siblingAtColumn(Model::AfterColumn).data().toString(), QStringLiteral("'small', 'large'"));
        QCOMPARE(model.indexOf(changes[1]->id).data().toString(), QStringLiteral("function twice(n integer)  create"));
        // What goes with the enum when it is reverted.
        QCOMPARE(ui::dependentChanges(session, changes[0]->id), std::vector<ChangeId>{changes[2]->id});
        QVERIFY(ui::dependentChanges(session, changes[1]->id).empty());
    }

    void foldsALongListIntoRanges()
    {
        using Model = ui::ChangesModel;
        Session &session = workspace_->session();
        constexpr int many = 2500;
        std::vector<ChangeId> made;
        for (int i = 0; i < many; ++i) // the parents last, so that the order is not that of the edits
            session.addRow(*table("n"), {{"id", Value(5000 + i)}, {"square", Value(i)}});
        const RowImage one{{"id", Value(1)}, {"square", Value(1)}, {"word", Value("w1")}, {"half", Value(0.5)}};
        session.deleteRow(session.target(*table("n"), one), one);
        session.addRow(*table("n"),
                       {{"id", Value(1)}, {"square", Value("no number")}}); // takes the key of the one above
        Model model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        model.setArrangement(Model::Arrangement::InOrder);
        takeChanges(model);
        QCOMPARE(model.rowCount(), 3);
        QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("Changes 1 to 1,000"));
        QCOMPARE(model.index(2, 0).data().toString(), QStringLiteral("Changes 2,001 to 2,502"));
        // Every change stands there once, in the order of the plan.
        std::vector<ChangeId> shown;
        int last = 0;
        for (int range = 0; range < model.rowCount(); ++range) {
            const QModelIndex above = model.index(range, 0);
            QCOMPARE(above.data(Model::KindRole).toInt(), static_cast<int>(Model::Kind::Range));
            for (int row = 0; row < model.rowCount(above); ++row) {
                const QModelIndex index = model.index(row, 0, above);
                shown.push_back(static_cast<ChangeId>(index.data(Model::ChangeIdRole).toULongLong()));
                QCOMPARE(model.indexOf(shown.back()), index);
                const QString text = index.data().toString();
                const int number = QString(text.left(text.indexOf(u'.'))).remove(u',').toInt();
                QVERIFY2(number >= last, qPrintable(text));
                last = number;
            }
        }
        std::vector<ChangeId> planned;
        const Plan plan = session.plan();
        for (const Step &step : plan.steps) {
            if (step.batch.empty() && step.change != ChangeId::None)
                planned.push_back(step.change);
            for (const BatchRow &row : step.batch)
                planned.push_back(row.change);
        }
        QCOMPARE(shown.size(), std::size_t{many + 2});
        QVERIFY(shown == planned);
        // A failure deep inside is found from outside.
        const ChangeId bad = shown[2345];
        session.unitOfWork().setError(bad, Error(ErrorKind::Constraint, "no"));
        QCOMPARE(model.nextProblem({}), model.indexOf(bad));
        QVERIFY(!model.index(2, 0).data(Qt::DecorationRole).isNull());
        QVERIFY(model.index(1, 0).data(Qt::DecorationRole).isNull());
        // The table of a long list is folded in the same way.
        model.setArrangement(Model::Arrangement::ByTable);
        takeChanges(model);
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.rowCount(model.index(0, 0)), 3);
        QCOMPARE(model.indexOf(bad).parent().parent(), model.index(0, 0));
    }

    void theLogKeepsTheRulesOfAModel()
    {
        StatementLog log;
        ui::LogModel model(log);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        std::jthread other([&log] { // statements are told from other threads
            for (int i = 0; i < 3000; ++i)
                log.add({"statement " + std::to_string(i), {i}, {}, {}, i, {}});
        });
        other.join();
        model.takeArrived();
        QCOMPARE(model.rowCount(), static_cast<int>(ui::LogModel::limit));
        QCOMPARE(model.index(model.rowCount() - 1, ui::LogModel::SqlColumn).data().toString(),
                 QStringLiteral("statement 2999"));
        log.add({"bad", {}, {}, {}, -1, Error(ErrorKind::Syntax, "no")});
        model.takeArrived();
        const QModelIndex last = model.index(model.rowCount() - 1, ui::LogModel::SqlColumn);
        QVERIFY(last.data(ui::LogModel::IsErrorRole).toBool());
        QVERIFY(last.data(ui::LogModel::EventTextRole).toString().contains(QLatin1String("error: no")));
        model.clear();
        QCOMPARE(model.rowCount(), 0);
    }

    void showsValuesWithoutChangingThem_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("editable");
        QTest::newRow("plain") << QByteArray("abc") << QStringLiteral("abc") << true;
        QTest::newRow("empty") << QByteArray("") << QString() << true;
        QTest::newRow("newline") << QByteArray("a\nb") << QStringLiteral("a↵b") << true;
        QTest::newRow("NUL") << QByteArray("a\0b", 3) << QStringLiteral("a␀b") << false;
        QTest::newRow("not UTF-8") << QByteArray("a\xff") << QStringLiteral("a\uFFFD") << false;
        QTest::newRow("the text NULL") << QByteArray("NULL") << QStringLiteral("NULL") << true;
    }
    void showsValuesWithoutChangingThem()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QFETCH(bool, editable);
        const Value value(bytes.toStdString());
        QCOMPARE(ui::cellText(value).text, text);
        QVERIFY(ui::cellText(value).kind != ui::CellText::Kind::Null);
        QCOMPARE(ui::isTextEditable(value), editable);
        if (editable)
            QCOMPARE(ui::editText(value).toUtf8(), bytes);
    }

    void namesTheServerByWhatItSays()
    {
        QCOMPARE(ui::serverTitle("mysql", "10.11.6-MariaDB-0+deb12u1"), QStringLiteral("MariaDB 10.11.6"));
        QCOMPARE(ui::serverTitle("mysql", "8.0.36-0ubuntu0.22.04.1"), QStringLiteral("MySQL 8.0.36-0ubuntu0.22.04.1"));
        QCOMPARE(ui::serverTitle("sqlite", "3.40.1"), QStringLiteral("SQLite 3.40.1"));
    }

    void showsLongAndOddValues()
    {
        QVERIFY(ui::cellText(Value()).kind == ui::CellText::Kind::Null);
        QCOMPARE(ui::cellText(Value(std::numeric_limits<std::int64_t>::min())).text,
                 QStringLiteral("-9223372036854775808"));
        QCOMPARE(ui::cellText(Value(0.1)).text, QStringLiteral("0.1"));
        QCOMPARE(ui::cellText(Value(-0.0)).text, QStringLiteral("-0.0"));
        QCOMPARE(ui::cellText(Value(Decimal("8.30"))).text, QStringLiteral("8.30"));
        QVERIFY(ui::cellText(Value(std::string(1'400'000, 'x'))).text.size() < 400);
        QVERIFY(ui::editText(Value(std::string(40'000, 'x'))).size() == 40'000);
        QCOMPARE(ui::cellText(Value(Bytes{std::string(1500, 'B')})).text, QStringLiteral("blob 1.5 kB"));
        QVERIFY(ui::imageFormat(Bytes{"BMD"}).isEmpty());
        QVERIFY(!ui::isTextEditable(Value(Bytes{"abc"})));
    }
};

QTEST_MAIN(tst_Models)
#include "tst_models.moc"
