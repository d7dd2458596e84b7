// What can go wrong with a commit: others who edit the same rows, a connection that is lost, a program that is killed.

#include "schemawright/orm/journal.h"

#include "support/session_world.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

using namespace schemawright;
using test::SessionWorld;

namespace {

/// A row of the table t, as a plain value.
struct Plain
{
    int a = 0, b = 0;
    int &of(const std::string &column) { return column == "a" ? a : b; }
    friend bool operator==(const Plain &, const Plain &) = default;
};
using PlainTable = std::map<int, Plain>;

struct Edit
{
    int id;
    const char *column; ///< null: the row is deleted
};

RowImage imageOf(int id, const Plain &row) { return {{"id", Value(id)}, {"a", Value(row.a)}, {"b", Value(row.b)}}; }

/// One of two users: reads a row and edits it, and commits that some time later.
struct User
{
    explicit User(const SessionWorld &first) : world(first) {}

    /// False when the row is gone: there is nothing to edit.
    bool read(const Edit &edit, int value)
    {
        now = edit;
        mine = value;
        known = readRow(world.connection, world.table("t"), {{"id", Value(edit.id)}});
        if (!known)
            return false;
        const RowTarget target = world.session->target(*world.table("t"), *known);
        if (edit.column)
            world.session->setCell(target, edit.column, Value(value), *known);
        else
            world.session->deleteRow(target, *known);
        return true;
    }

    SessionWorld world;
    Edit now{};
    int mine = 0;
    std::optional<RowImage> known;
};

} // namespace

class tst_Commit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoSessionsInAllInterleavings_data() { test::bothDatabases(); }
    void twoSessionsInAllInterleavings();
    void saysWhetherALostCommitHappened();
    void keepsAPrefixWhenKilled();
};

void tst_Commit::twoSessionsInAllInterleavings()
{
    QFETCH(bool, isServer);
    SessionWorld control(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)");
    if (!isServer) // as quick as it gets: nobody pulls the plug here
        control.connection.executeScript("PRAGMA journal_mode = MEMORY");
    User first(control), second(control);
    const std::array<User *, 2> users{&first, &second};
    for (User *user : users)
        if (!isServer)
            user->world.connection.executeScript("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
    // They meet on one cell, on two cells of one row, and where one deletes what the other edits.
    const std::array<std::array<Edit, 3>, 2> edits{
        {{{{1, "a"}, {2, "a"}, {2, nullptr}}}, {{{1, "a"}, {2, "b"}, {2, "a"}}}}};
    // Each edit is two actions, for what is read may be old when it is written: 12 over 6 interleavings.
    std::vector<int> order{0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1};
    int interleavings = 0, conflicts = 0, goneConflicts = 0;
    do {
        ++interleavings;
        control.connection.executeScript("DELETE FROM t; INSERT INTO t VALUES (1, 0, 0), (2, 0, 0)");
        PlainTable table{{1, {}}, {2, {}}}; // what the database must hold
        std::array<std::size_t, 2> actions{0, 0};
        for (const int who : order) {
            User &user = *users[static_cast<std::size_t>(who)];
            const std::size_t action = actions[static_cast<std::size_t>(who)]++;
            const Edit edit = edits[static_cast<std::size_t>(who)][action / 2];
            const auto row = table.find(edit.id);
            if (action % 2 == 0) {
                const int value = 100 * (who + 1) + static_cast<int>(action);
                QCOMPARE(user.read(edit, value), row != table.end());
                continue;
            }
            if (!user.known)
                continue;
            Session &session = *user.world.session;
            bool isStale = row == table.end();
            if (!isStale && edit.column)
                isStale = user.known->at(edit.column) != Cell(Value(row->second.of(edit.column)));
            else if (!isStale)
                isStale = *user.known != imageOf(edit.id, row->second);
            const Report report = user.world.flush();
            QCOMPARE(report.committed, !isStale);
            if (isStale) { // mine is kept, over theirs
                ++conflicts;
                goneConflicts += row == table.end();
                QCOMPARE(toString(report.error->kind), toString(ErrorKind::Conflict));
                QCOMPARE(session.unitOfWork().size(), std::size_t{1});
                const ChangeId id = session.unitOfWork().changes().front()->id;
                const auto theirs = readRow(user.world.connection, user.world.table("t"), {{"id", Value(edit.id)}});
                QCOMPARE(theirs.has_value(), row != table.end());
                if (theirs && edit.column) {
                    const auto columns = session.conflict(id, *theirs);
                    const auto met = std::ranges::find(columns, edit.column, &Session::ConflictColumn::column);
                    QVERIFY(met != columns.end());
                    QCOMPARE(met->theirs, std::optional(Cell(Value(row->second.of(edit.column)))));
                }
                session.keepMine(id, theirs);
                QVERIFY(user.world.flush().committed);
            }
            if (!edit.column)
                table.erase(edit.id);
            else if (row != table.end())
                row->second.of(edit.column) = user.mine;
            else { // gone meanwhile: it is as it was known, with the edit
                Plain &again = table[edit.id];
                again.a = static_cast<int>(std::get<Value>(user.known->at("a")).get<std::int64_t>());
                again.b = static_cast<int>(std::get<Value>(user.known->at("b")).get<std::int64_t>());
                again.of(edit.column) = user.mine;
            }
            QVERIFY(session.unitOfWork().isEmpty());
        }
        PlainTable now;
        for (const RowImage &row : control.rows(control.table("t"))) {
            const auto number = [&](const char *column) {
                return static_cast<int>(std::get<Value>(row.at(column)).get<std::int64_t>());
            };
            now[number("id")] = {number("a"), number("b")};
        }
        QVERIFY2(now == table, ("interleaving " + std::to_string(interleavings)).c_str());
    } while (std::ranges::next_permutation(order).found);
    QCOMPARE(interleavings, 924);
    QVERIFY(conflicts > 100 && goneConflicts > 10);
}

void tst_Commit::saysWhetherALostCommitHappened()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    // A check that waits at COMMIT, so that the server's process can be ended in the middle of it.
    SessionWorld control(
        true,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER); INSERT INTO t VALUES (1, 0, 0), (2, 0, 0);"
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER waits AFTER UPDATE ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
        "wait()");
    SessionWorld user(control);
    user.set("t", 1, "a", Value(5));
    user.remove("t", user.row("t", "id", Value(2)));
    user.add("t", {{"id", Value(3)}, {"a", Value(7)}});
    std::jthread killer([&] {
        for (int i = 0; i < 500; ++i) {
            const auto ended = control.connection
                                   .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                                            "current_database() AND query = 'COMMIT' AND wait_event = 'PgSleep'")
                                   .all();
            if (!ended.empty())
                return;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    Report report = user.flush();
    killer.join();
    QVERIFY(!report.committed);
    QVERIFY(report.inDoubt);
    QCOMPARE(user.pending(), std::size_t{3});
    std::vector<Change> changes;
    for (const Change *change : user.session->unitOfWork().changes())
        changes.push_back(*change);
    Connection again = user.engine.connect();
    QVERIFY(resolveInDoubt(again, user.session->baseline(), changes, report) == DoubtOutcome::NotCommitted);
    // The rows say the same, where a database does not remember its transactions.
    report.transaction.clear();
    QVERIFY(resolveInDoubt(again, user.session->baseline(), changes, report) == DoubtOutcome::NotCommitted);
    again.executeScript("DROP TRIGGER waits ON t");
    QVERIFY(user.session->flush(again).committed);
    QVERIFY(resolveInDoubt(again, user.session->baseline(), changes) == DoubtOutcome::Committed);
    QCOMPARE(control.read("SELECT sum(id * 100 + a) FROM t"), std::string("412 / "));
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
