#include "schemawright/orm/journal.h"
#include "schemawright/orm/unit_of_work.h"

#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace schemawright;

namespace {

ChangeTarget row(int id) { return RowTarget{{"main", "t"}, {{"id", Value(id)}}, 0}; }
RowImage cell(const char *column, Value value) { return {{column, std::move(value)}}; }

/// What the list holds, as text that can be compared; ids left out.
std::string pictureOf(const UnitOfWork &unit) { return changesToJson(unit.changes()); }

} // namespace

class tst_UnitOfWork : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void keepsTheFirstBeforeAndTheLastAfter();
    void forgetsWhatIsAsItWas();
    void anInsertThatIsDeletedLeavesNothing();
    void aDeleteOfAnEditedRowKeepsTheWholeRow();
    void undoesAndRedoesInGroups();
    void revertsOneAndCanUndoThat();
    void discardsAllInAnyPlaceOfTheHistory();
    void sharesWhatNeverAlters();
    void restoresIntoAnEmptyListWithoutAPast();
    void refusesEditsWhileFrozen();
    void undoOfAllIsEmptyAndRedoIsTheSame();
    void journalKeepsEveryValueExactly();
    void journalIsHeldByOne();
    void journalSaysWhenItIsDamaged();
    void journalSurvivesBeingKilledAtAnyMoment();
};

void tst_UnitOfWork::keepsTheFirstBeforeAndTheLastAfter()
{
    UnitOfWork unit;
    unit.put(row(1), cell("price", Decimal("9.99")), cell("price", Decimal("10")));
    unit.put(row(1), cell("price", Decimal("10")), cell("price", Decimal("12.50")));
    QCOMPARE(unit.size(), std::size_t{1});
    const Change &change = *unit.changes().front();
    QVERIFY(change.before->at("price") == Cell(Value(Decimal("9.99"))));
    QVERIFY(change.after->at("price") == Cell(Value(Decimal("12.50"))));
    // A second column joins the same change.
    unit.put(row(1), cell("name", "a"), RowImage{{"price", Value(Decimal("12.50"))}, {"name", Value("b")}});
    QCOMPARE(unit.size(), std::size_t{1});
    QCOMPARE(unit.changes().front()->before->size(), std::size_t{2});
}

void tst_UnitOfWork::forgetsWhatIsAsItWas()
{
    UnitOfWork unit;
    unit.put(row(1), cell("a", 1), cell("a", 1));
    QVERIFY(unit.isEmpty());
    unit.put(row(1), cell("a", 1), cell("a", 2));
    unit.put(row(1), cell("a", 1), cell("a", 1));
    QVERIFY(unit.isEmpty());
    unit.put(row(1), cell("a", nullptr), cell("a", ""));
    QCOMPARE(unit.size(), std::size_t{1}); // NULL is not the empty text
}

void tst_UnitOfWork::anInsertThatIsDeletedLeavesNothing()
{
    UnitOfWork unit;
    const ChangeTarget fresh = RowTarget{{"main", "t"}, {}, unit.nextNewRow()};
    unit.put(fresh, std::nullopt, RowImage());
    QCOMPARE(unit.size(), std::size_t{1}); // a row of nothing but defaults is a row
    unit.put(fresh, std::nullopt, cell("a", 1));
    unit.put(fresh, std::nullopt, cell("a", 2));
    QVERIFY(unit.changes().front()->after->at("a") == Cell(Value(2)));
    unit.put(fresh, std::nullopt, std::nullopt);
    QVERIFY(unit.isEmpty());
}

void tst_UnitOfWork::aDeleteOfAnEditedRowKeepsTheWholeRow()
{
    UnitOfWork unit;
    unit.put(row(1), cell("a", 1), cell("a", 2));
    unit.put(row(1), RowImage{{"a", Value(1)}, {"b", Value(5)}}, std::nullopt);
    QVERIFY(unit.changes().front()->isDelete());
    QCOMPARE(unit.changes().front()->before->size(), std::size_t{2});
    QVERIFY(unit.changes().front()->before->at("a") == Cell(Value(1)));
}

void tst_UnitOfWork::undoesAndRedoesInGroups()
{
    UnitOfWork unit;
    {
        const UnitOfWork::Group group(unit);
        for (int i = 0; i < 50; ++i)
            unit.put(row(i), cell("a", 0), cell("a", i + 1));
    }
    unit.put(row(7), cell("a", 0), cell("a", 99));
    QCOMPARE(unit.size(), std::size_t{50});
    unit.undo();
    QVERIFY(unit.find(row(7))->after->at("a") == Cell(Value(8)));
    unit.undo();
    QVERIFY(unit.isEmpty());
    QVERIFY(!unit.canUndo());
    unit.redo();
    QCOMPARE(unit.size(), std::size_t{50});
    unit.put(row(60), cell("a", 0), cell("a", 1));
    QVERIFY(!unit.canRedo());
}

void tst_UnitOfWork::revertsOneAndCanUndoThat()
{
    UnitOfWork unit;
    unit.put(row(1), cell("a", 1), cell("a", 2));
    unit.put(row(2), cell("a", 1), cell("a", 3));
    const std::string before = pictureOf(unit);
    unit.revert(unit.find(row(1))->id);
    QCOMPARE(unit.size(), std::size_t{1});
    unit.undo();
    QCOMPARE(pictureOf(unit), before); // in its old place
    unit.discardAll();
    QVERIFY(unit.isEmpty());
    unit.undo();
    QCOMPARE(pictureOf(unit), before);
}

void tst_UnitOfWork::discardsAllInAnyPlaceOfTheHistory()
{
    UnitOfWork unit;
    for (int i = 0; i < 5; ++i)
        unit.put(row(i), cell("a", 0), cell("a", i + 1));
    unit.revert(unit.find(row(3))->id);
    const std::string five = pictureOf(unit);
    unit.discardAll();
    QCOMPARE(unit.undoSteps(1).front().size(), std::size_t{4});
    unit.put(row(3), cell("a", 0), cell("a", 33)); // one of those that were there
    {
        const UnitOfWork::Group group(unit);
        unit.put(row(9), cell("a", 0), cell("a", 9));
        unit.discardAll(); // in one step with what else is in the group
    }
    QVERIFY(unit.isEmpty());
    QCOMPARE(unit.undoSteps(1).front().size(), std::size_t{3});
    unit.undo();
    QCOMPARE(unit.size(), std::size_t{1});
    QVERIFY(unit.find(row(3))->after->at("a") == Cell(Value(33)));
    unit.undo();
    unit.undo();
    QCOMPARE(pictureOf(unit), five);
    QCOMPARE(unit.redoSteps(1).front().size(), std::size_t{4});
    QCOMPARE(unit.counts().at({"main", "t"}), (ChangeList::Count{4, 4}));
    unit.undo(); // the revert, into its old place
    QCOMPARE(unit.changes()[3], unit.find(row(3)));
    unit.redo();
    unit.redo();
    QVERIFY(unit.isEmpty() && unit.counts().empty());
    unit.undo();
    QCOMPARE(pictureOf(unit), five);
}

void tst_UnitOfWork::sharesWhatNeverAlters()
{
    UnitOfWork unit;
    unit.put(row(1), cell("a", 1), cell("a", 2));
    unit.put(row(2), cell("a", 1), cell("a", 2));
    const ChangeId id = unit.find(row(1))->id;
    const std::vector<ChangePtr> then = unit.sharedChanges();
    unit.put(row(1), cell("a", 2), cell("a", 3));
    unit.setError(id, Error(ErrorKind::Constraint, "refused"));
    QVERIFY(then[0]->after->at("a") == Cell(Value(2)) && !then[0]->error);
    QVERIFY(unit.find(id)->after->at("a") == Cell(Value(3)) && unit.find(id)->error);
    QCOMPARE(unit.changes().front(), unit.find(id));
    unit.clearErrors();
    QVERIFY(!unit.find(id)->error);
    std::shared_ptr<void> given;
    unit.dispose = [&given](std::shared_ptr<void> what) { given = std::move(what); };
    unit.clear();
    QVERIFY(given && unit.isEmpty());
    QVERIFY(then[1]->after->at("a") == Cell(Value(2)));
}

void tst_UnitOfWork::restoresIntoAnEmptyListWithoutAPast()
{
    UnitOfWork unit;
    unit.put(row(1), cell("a", 1), cell("a", 2));
    std::vector<Change> kept;
    for (const Change *change : unit.changes())
        kept.push_back(*change);
    Change fresh;
    fresh.target = RowTarget{{"main", "t"}, {}, 7};
    fresh.after = RowImage();
    kept.push_back(fresh);
    QVERIFY_EXCEPTION_THROWN(unit.restore(kept), Error);
    unit.discardAll();
    unit.restore(kept);
    QCOMPARE(unit.size(), std::size_t{2});
    QVERIFY(!unit.canUndo() && !unit.canRedo()); // the discarded edit is of the same row
    QCOMPARE(unit.nextNewRow(), std::uint64_t{8});
    QCOMPARE(unit.newRows({"main", "t"}).size(), std::size_t{1});
    QVERIFY(unit.newRows({"main", "other"}).empty());
    unit.put(row(3), cell("a", 1), cell("a", 2));
    QCOMPARE(unit.changes().back(), unit.find(row(3)));
}

void tst_UnitOfWork::refusesEditsWhileFrozen()
{
    UnitOfWork unit;
    unit.put(row(1), cell("a", 1), cell("a", 2));
    unit.freeze();
    QVERIFY_EXCEPTION_THROWN(unit.put(row(1), cell("a", 1), cell("a", 3)), Error);
    QVERIFY_EXCEPTION_THROWN(unit.undo(), Error);
    QVERIFY_EXCEPTION_THROWN(unit.clear(), Error);
    QVERIFY(!unit.canUndo());
    unit.thaw();
    unit.undo();
    QVERIFY(unit.isEmpty());
}

void tst_UnitOfWork::undoOfAllIsEmptyAndRedoIsTheSame()
{
    QRandomGenerator random(20);
    for (int round = 0; round < 100; ++round) {
        UnitOfWork unit;
        for (int i = 0; i < 40; ++i) {
            const int id = random.bounded(6);
            const char *column = random.bounded(2) ? "a" : "b";
            const Change *known = unit.find(row(id));
            switch (random.bounded(5)) {
            case 0:
                unit.put(row(id), RowImage{{"a", Value(0)}, {"b", Value(0)}}, std::nullopt);
                break;
            case 1:
                if (unit.canUndo())
                    unit.undo();
                break;
            case 2:
                if (known)
                    unit.revert(known->id);
                break;
            default: {
                RowImage after = known && known->after ? *known->after : RowImage();
                after[column] = Value(random.bounded(3));
                unit.put(row(id), cell(column, 0), after);
            }
            }
        }
        const std::string end = pictureOf(unit);
        int steps = 0;
        for (; unit.canUndo(); ++steps)
            unit.undo();
        QVERIFY(unit.isEmpty());
        for (; steps > 0; --steps)
            unit.redo();
        QCOMPARE(pictureOf(unit), end);
    }
}

void tst_UnitOfWork::journalKeepsEveryValueExactly()
{
    const std::vector<Value> values{nullptr,
                                    true,
                                    std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max(),
                                    0.1,
                                    -0.0,
                                    1e-320,
                                    std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN(),
                                    Decimal("8.30"),
                                    Decimal("123456789012345678901234567890.5"),
                                    "",
                                    "text",
                                    std::string("a\0b", 3),
                                    "not utf-8 \xff\xfe",
                                    Bytes{std::string("\0\1\xff", 3)},
                                    Bytes{},
                                    *Date::parse("0044-03-15 BC"),
                                    *Date::parse("infinity"),
                                    *Time::parse("24:00:00"),
                                    *DateTime::parse("290000-12-31 23:59:59.999999"),
                                    *DateTime::parse("2024-02-29 12:00:00.000001+05:30")};
    UnitOfWork unit;
    for (std::size_t i = 0; i < values.size(); ++i)
        unit.put(row(static_cast<int>(i)), cell("v", "before"), cell("v", values[i]));
    const ChangeTarget fresh = RowTarget{{"main", "t"}, {}, unit.nextNewRow()};
    unit.put(fresh, std::nullopt, RowImage{{"d", DefaultValue{}}, {"k", KeyOf{7, "id"}}});

    const std::vector<Change> again = changesFromJson(changesToJson(unit.changes()));
    QCOMPARE(again.size(), values.size() + 1);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const Value &kept = std::get<Value>(again[i].after->at("v"));
        QVERIFY2(kept == values[i], values[i].text().c_str());
    }
    QVERIFY(again.back().after->at("k") == Cell(KeyOf{7, "id"}));
    QVERIFY(again.back().after->at("d") == Cell(DefaultValue{}));
}

void tst_UnitOfWork::journalIsHeldByOne()
{
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    const Journal first(path, "sqlite:////tmp/a.db");
    const Journal other(path, "sqlite:////tmp/b.db");
    try {
        const Journal second(path, "sqlite:////tmp/a.db");
        QFAIL("two programs hold one journal");
    } catch (const Error &error) {
        QCOMPARE(toString(error.kind), toString(ErrorKind::Busy));
    }
}

void tst_UnitOfWork::journalSaysWhenItIsDamaged()
{
    QTemporaryDir folder;
    Journal journal(folder.path().toStdString(), "sqlite:////tmp/a.db");
    QVERIFY(!journal.read());
    for (const char *content :
         {"", "{", "[]", "{\"format\":1,\"database\":\"x\",\"saved_at\":\"\",\"changes\":[{}]}"}) {
        QFile file(QString::fromStdString(journal.path().string()));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(content);
        file.close();
        QVERIFY_EXCEPTION_THROWN(journal.read(), Error);
        QVERIFY(file.exists());
    }
}

void tst_UnitOfWork::journalSurvivesBeingKilledAtAnyMoment()
{
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    QRandomGenerator random(5);
    for (int round = 0; round < 20; ++round) {
        const pid_t child = ::fork();
        if (child == 0) { // edits and writes for ever; the n-th edit changes row n
            UnitOfWork unit;
            Journal journal(path, "sqlite:////tmp/a.db");
            for (int i = 0;; ++i) {
                unit.put(row(i), cell("a", 0), cell("a", i + 1));
                journal.write(unit.changes());
            }
        }
        ::usleep(static_cast<useconds_t>(2000 + random.bounded(30'000)));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        Journal journal(path, "sqlite:////tmp/a.db");
        const auto kept = journal.read(); // never damaged
        if (!kept)
            continue;
        for (std::size_t i = 0; i < kept->changes.size(); ++i) { // a prefix of the edits
            QVERIFY(kept->changes[i].row().key[0].second == Value(static_cast<int>(i)));
            QVERIFY(kept->changes[i].after->at("a") == Cell(Value(static_cast<int>(i) + 1)));
        }
        if (round > 0)
            QVERIFY(!kept->changes.empty());
    }
}

QTEST_GUILESS_MAIN(tst_UnitOfWork)
#include "tst_unit_of_work.moc"
