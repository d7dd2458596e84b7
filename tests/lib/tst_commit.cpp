// What can go wrong with a commit: others who edit the same rows, a connection that is lost, a program that is killed.

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/journal.h"
#include "schemawright/orm/session.h"

#include "support/postgres_database.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace schemawright;

namespace {

/// One user at one database, who knows the rows as they were when last read.
struct User
{
    explicit User(const Engine &engine)
        : connection(engine.connect()), session(engine.sharedDialect(), Inspector(connection).reflect()),
          table(session.baseline().table({session.baseline().defaultSchema, "t"}))
    {
        for (int id : {1, 2})
            look(id);
    }
    void look(int id) { known[id] = *readRow(connection, table, {{"id", Value(id)}}); }
    Report edit(int id, const std::string &column, int value)
    {
        session.setCell(session.target(*table, known[id]), column, Value(value), known[id]);
        return session.flush(connection);
    }

    Connection connection;
    Session session;
    TablePtr table;
    std::map<int, RowImage> known;
};

} // namespace

class tst_Commit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoSessionsInAllInterleavings_data();
    void twoSessionsInAllInterleavings();
    void saysWhetherALostCommitHappened();
    void losesNothingWhenTheConnectionEndsBetweenStatements();
    void keepsAPrefixWhenKilled();
};

void tst_Commit::twoSessionsInAllInterleavings_data()
{
    QTest::addColumn<bool>("onPostgres");
    QTest::newRow("sqlite") << false;
    if (test::postgresServer())
        QTest::newRow("postgresql") << true;
}

void tst_Commit::twoSessionsInAllInterleavings()
{
    QFETCH(bool, onPostgres);
    struct Edit
    {
        int id;
        const char *column;
    };
    // The second and third edits meet: one on the same cell, one on another cell of the same row.
    const std::array<std::vector<Edit>, 2> edits{{{{1, "a"}, {2, "a"}, {1, "b"}}, {{1, "a"}, {2, "b"}, {1, "b"}}}};
    QTemporaryDir folder;
    std::optional<test::PostgresDatabase> server;
    QFile file(folder.filePath(QStringLiteral("two.db"))); // no database is made by a wrong name
    QVERIFY(file.open(QIODevice::WriteOnly));
    Url url = Url::parse("sqlite:///" + file.fileName().toStdString());
    if (onPostgres) {
        server.emplace("commit_two");
        url = Url::parse("postgresql:///x");
        url.arguments = server->arguments();
    }
    const Engine engine = Engine::open(url);
    std::vector<int> order{0, 0, 0, 1, 1, 1};
    int interleavings = 0, conflicts = 0;
    do {
        ++interleavings;
        Connection control = engine.connect();
        control.executeScript("DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER);"
                              "INSERT INTO t VALUES (1, 0, 0), (2, 0, 0)");
        User first(engine), second(engine);
        std::array<User *, 2> users{&first, &second};
        std::map<std::pair<int, std::string>, int> now; // what the database must hold
        std::array<std::size_t, 2> next{0, 0};
        for (const int who : order) {
            User &user = *users[static_cast<std::size_t>(who)];
            const std::size_t turn = next[static_cast<std::size_t>(who)]++;
            const Edit edit = edits[static_cast<std::size_t>(who)][turn];
            const int value = 100 * (who + 1) + static_cast<int>(turn);
            int &cell = now[{edit.id, edit.column}];
            const bool isStale = user.known[edit.id].at(edit.column) != Cell(Value(cell));
            const Report report = user.edit(edit.id, edit.column, value);
            QCOMPARE(report.committed, !isStale);
            if (isStale) { // keep mine, over theirs
                ++conflicts;
                QCOMPARE(toString(report.error->kind), toString(ErrorKind::Conflict));
                user.look(edit.id);
                const ChangeId id = user.session.unitOfWork().changes().front()->id;
                const auto columns = user.session.conflict(id, user.known[edit.id]);
                const auto met = std::ranges::find(columns, edit.column, &Session::ConflictColumn::column);
                QVERIFY(met != columns.end());
                QCOMPARE(met->theirs, std::optional(Cell(Value(cell))));
                user.session.keepMine(id, user.known[edit.id]);
                QVERIFY(user.session.flush(user.connection).committed);
            }
            cell = value;
            user.look(edit.id);
        }
        for (const auto &[place, value] : now)
            QCOMPARE(control.execute("SELECT " + place.second + " FROM t WHERE id = " + std::to_string(place.first))
                         .first()
                         ->
                         operator[](0),
                     Value(value));
    } while (std::ranges::next_permutation(order).found);
    QCOMPARE(interleavings, 20);
    QVERIFY(conflicts > 0);
}

void tst_Commit::saysWhetherALostCommitHappened()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    const test::PostgresDatabase database("commit_lost");
    Url url = Url::parse("postgresql:///x");
    url.arguments = database.arguments();
    const Engine engine = Engine::open(url);
    Connection control = engine.connect();
    // A check that waits at COMMIT, so that the server's process can be ended in the middle of it.
    control.executeScript(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER); INSERT INTO t VALUES (1, 0, 0), (2, 0, 0);"
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER waits AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
        "wait()");
    User user(engine);
    user.session.setCell(user.session.target(*user.table, user.known[1]), "a", Value(5), user.known[1]);
    user.session.deleteRow(user.session.target(*user.table, user.known[2]), user.known[2]);
    user.session.addRow(*user.table, {{"id", Value(3)}, {"a", Value(7)}});
    std::jthread killer([&] {
        for (int i = 0; i < 500; ++i) {
            const auto ended = control
                                   .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                                            "current_database() AND query = 'COMMIT' AND wait_event = 'PgSleep'")
                                   .all();
            if (!ended.empty())
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    const Report report = user.session.flush(user.connection);
    killer.join();
    QVERIFY(!report.committed);
    QVERIFY(report.inDoubt);
    QCOMPARE(user.session.unitOfWork().size(), std::size_t{3});
    std::vector<Change> changes;
    for (const Change *change : user.session.unitOfWork().changes())
        changes.push_back(*change);
    Connection again = engine.connect();
    QVERIFY(resolveInDoubt(again, user.session.baseline(), changes) == DoubtOutcome::NotCommitted);
    again.executeScript("DROP TRIGGER waits ON t");
    QVERIFY(user.session.flush(again).committed);
    QVERIFY(resolveInDoubt(again, user.session.baseline(), changes) == DoubtOutcome::Committed);
    QCOMPARE(again.execute("SELECT sum(id * 100 + a) FROM t").first()->operator[](0).text(), std::string("412"));
}

void tst_Commit::losesNothingWhenTheConnectionEndsBetweenStatements()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    const test::PostgresDatabase database("commit_ended");
    Url url = Url::parse("postgresql:///x");
    url.arguments = database.arguments();
    const Engine engine = Engine::open(url);
    Connection control = engine.connect();
    control.executeScript("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER);"
                          "INSERT INTO t VALUES (1, 0, 0), (2, 0, 0)");
    User user(engine);
    for (int id : {1, 2})
        user.session.setCell(user.session.target(*user.table, user.known[id]), "a", Value(5), user.known[id]);
    const auto pid = user.connection.execute("SELECT pg_backend_pid()").first()->operator[](0).text();
    const Report report = runPlan(user.connection, user.session.plan(), RunMode::Commit, {}, [&](std::size_t step) {
        if (step == 1)
            control.execute("SELECT pg_terminate_backend(" + pid + ", 5000)").all();
    });
    QVERIFY(!report.committed && report.error && !report.inDoubt);
    user.session.settle(report);
    QCOMPARE(user.session.unitOfWork().size(), std::size_t{2});
    QCOMPARE(control.execute("SELECT sum(a) FROM t").first()->operator[](0).text(), std::string("0"));
    Connection again = engine.connect();
    QVERIFY(user.session.flush(again).committed);
    QCOMPARE(control.execute("SELECT sum(a) FROM t").first()->operator[](0).text(), std::string("10"));
}

void tst_Commit::keepsAPrefixWhenKilled()
{
    QTemporaryDir folder;
    std::mt19937 random(7);
    std::size_t most = 0;
    for (int round = 0; round < 25; ++round) {
        const std::filesystem::path place = folder.filePath(QString::number(round)).toStdString();
        const pid_t child = ::fork();
        QVERIFY(child >= 0);
        if (child == 0) { // edits and keeps, as fast as it can, until it is killed
            Journal journal(place, "db");
            UnitOfWork unit;
            for (int i = 1; i < 100'000; ++i) {
                RowTarget target;
                target.table = {"main", "t"};
                target.newRow = unit.nextNewRow();
                unit.put(ChangeTarget(target), std::nullopt, RowImage{{"n", Value(i)}});
                journal.write(unit.changes());
            }
            ::_exit(0);
        }
        std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<int>(500, 60'000)(random)));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        const auto kept = Journal(place, "db").read();
        if (!kept)
            continue; // killed before the first edit was kept
        for (std::size_t i = 0; i < kept->changes.size(); ++i)
            QCOMPARE(kept->changes[i].after->at("n"), Cell(Value(static_cast<int>(i) + 1)));
        most = std::max(most, kept->changes.size());
    }
    QVERIFY(most > 0);
}

QTEST_GUILESS_MAIN(tst_Commit)
#include "tst_commit.moc"
