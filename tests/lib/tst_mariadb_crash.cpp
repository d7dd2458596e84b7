// A MariaDB server that is killed, or a connection to it, between the statements of a commit and in the middle of
// COMMIT: what was written is told rightly, nothing that is pending is lost, nothing is written twice. It does not
// remember its transactions, so the rows have to tell.

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/session.h"

#include "support/own_mariadb.h"

#include <QTest>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

using namespace schemawright;

class tst_MariadbCrash : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::OwnMariadb> server_;
    std::unique_ptr<Engine> engine_;
    std::function<void()> beforeCommit_; ///< called once, before a COMMIT is sent

    void open()
    {
        engine_ = std::make_unique<Engine>(Engine::open(server_->url()));
        engine_->log().observeBefore([this](const StatementEvent &event) {
            if (event.sql == "COMMIT" && beforeCommit_)
                std::exchange(beforeCommit_, nullptr)();
        });
    }

    /// Tables whose keys the database makes, and what is pending on them: an insert, an update and a delete.
    struct Pending
    {
        Connection connection;
        Session session;

        explicit Pending(const Engine &engine)
            : connection(engine.connect()), session(engine.sharedDialect(), Inspector(connection).reflect())
        {
            const auto table = [&](const char *name) { return session.baseline().table({"crash", name}); };
            const RowTarget parent = session.addRow(*table("p"), {{"n", Value(7)}});
            session.addRow(*table("c"), {{"p_id", KeyOf{parent.newRow, "id"}}});
            session.addRow(*table("c"), {{"p_id", KeyOf{parent.newRow, "id"}}});
            const RowImage first{{"id", Value(1)}, {"n", Value(1)}}, second{{"id", Value(2)}, {"n", Value(2)}};
            session.setCell(session.target(*table("p"), first), "n", Value(10), first);
            session.deleteRow(session.target(*table("p"), second), second);
        }
        std::vector<Change> changes() const
        {
            std::vector<Change> all;
            for (const Change *change : session.unitOfWork().changes())
                all.push_back(*change);
            return all;
        }
    };
    static constexpr std::size_t pendingChanges = 5;
    static constexpr const char *untouched = "1:1 2:2 / 0", *written = "1:10 3:7 / 2";

    void makeTables()
    {
        engine_->connect().executeScript(
            "DROP TABLE IF EXISTS c, p;"
            "CREATE TABLE p (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER);"
            "CREATE TABLE c (id INTEGER PRIMARY KEY AUTO_INCREMENT, p_id INTEGER NOT NULL REFERENCES p (id));"
            "INSERT INTO p VALUES (1, 1), (2, 2)");
    }
    std::string state()
    {
        Connection connection = engine_->connect();
        return connection.execute("SELECT group_concat(concat(id, ':', n) ORDER BY n = 7, id SEPARATOR ' ') FROM p")
                   .scalar()
                   .text() +
               " / " + connection.execute("SELECT count(*) FROM c").scalar().text();
    }
    /// Does this once a COMMIT waits in this state; `control` must have been made before. True when it came to that.
    static bool whenCommitWaits(Connection &control, const std::string &state, const std::function<void()> &then)
    {
        for (int i = 0; i < 1'000; ++i) {
            if (!control
                     .execute("SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO = 'COMMIT' AND STATE LIKE ?",
                              {Value(state)})
                     .all()
                     .empty()) {
                then();
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }

private Q_SLOTS:
    void initTestCase();
    void betweenTheSteps();
    void inCommitBeforeItIsWritten();
    void inCommitWhenItIsWritten();
    void withoutTheConnectionBetweenTheSteps();
    void withoutTheConnectionInCommit();
    void whileTheServerIsStillAtIt();
};

void tst_MariadbCrash::initTestCase()
{
    const QString program = test::mariadbProgram();
    if (program.isEmpty())
        QSKIP("no MariaDB server is installed: mariadbd was not found");
    server_ = std::make_unique<test::OwnMariadb>(program);
    open();
}

void tst_MariadbCrash::betweenTheSteps()
{
    makeTables();
    Pending pending(*engine_);
    const Plan plan = pending.session.plan();
    QVERIFY2(plan.steps.size() >= 4, plan.isRunnable() ? "" : plan.problems.front().error.describe().c_str());
    for (std::size_t k = 0; k < plan.steps.size(); ++k) {
        Connection connection = engine_->connect();
        const Report report = runPlan(connection, pending.session.plan(), RunMode::Commit, {}, [&](std::size_t step) {
            if (step == k)
                server_->kill();
        });
        QVERIFY(!report.committed && report.error);
        QVERIFY(!report.inDoubt); // COMMIT was not sent
        QCOMPARE(toString(report.error->kind), toString(ErrorKind::Connect));
        pending.session.settle(report);
        QCOMPARE(pending.session.unitOfWork().size(), pendingChanges);
        server_->start();
        open();
        QCOMPARE(state(), std::string(untouched));
    }
    Connection connection = engine_->connect();
    QVERIFY(pending.session.flush(connection).committed);
    QVERIFY(pending.session.unitOfWork().isEmpty());
    QVERIFY(state().starts_with("1:10 ") && state().ends_with(":7 / 2"));
}

void tst_MariadbCrash::inCommitBeforeItIsWritten()
{
    makeTables();
    Pending pending(*engine_);
    // COMMIT waits for another that holds up all writing.
    Connection holder = engine_->connect(), control = engine_->connect();
    beforeCommit_ = [&] { holder.execute("FLUSH TABLES WITH READ LOCK"); };
    std::atomic<bool> hasWaited = false;
    std::jthread killer(
        [&] { hasWaited = whenCommitWaits(control, "Waiting for backup lock", [&] { server_->kill(); }); });
    const Report report = pending.session.flush(pending.connection);
    killer.join();
    QVERIFY(hasWaited);
    QVERIFY(!report.committed && report.inDoubt);
    QCOMPARE(pending.session.unitOfWork().size(), pendingChanges);
    server_->start();
    open();
    Connection again = engine_->connect();
    QVERIFY(pending.session.settleDoubt(again, report) == DoubtOutcome::NotCommitted);
    QCOMPARE(state(), std::string(untouched));
    QCOMPARE(pending.session.unitOfWork().size(), pendingChanges);
    QVERIFY(pending.session.flush(again).committed);
    QVERIFY(state().ends_with(" / 2"));
}

void tst_MariadbCrash::inCommitWhenItIsWritten()
{
    makeTables();
    // COMMIT waits for a replica that never comes, when the transaction is in the log already.
    for (const char *point : {"AFTER_SYNC", "AFTER_COMMIT"}) {
        server_->start({QStringLiteral("--rpl-semi-sync-master-enabled=ON"),
                        QStringLiteral("--rpl-semi-sync-master-timeout=600000"),
                        QStringLiteral("--rpl-semi-sync-master-wait-point=") + QLatin1String(point)});
        open();
        Connection control = engine_->connect();
        Pending pending(*engine_);
        std::atomic<bool> hasWaited = false;
        std::jthread killer([&] { hasWaited = whenCommitWaits(control, "%semi-sync%", [&] { server_->kill(); }); });
        const Report report = pending.session.flush(pending.connection);
        killer.join();
        QVERIFY(hasWaited);
        QVERIFY(!report.committed && report.inDoubt);
        QCOMPARE(pending.session.unitOfWork().size(), pendingChanges);
        server_->start();
        open();
        QCOMPARE(state(), std::string(written));
        Connection again = engine_->connect();
        QVERIFY(pending.session.settleDoubt(again, report) == DoubtOutcome::Committed);
        QVERIFY(pending.session.unitOfWork().isEmpty());
        QCOMPARE(state(), std::string(written));
        makeTables();
    }
}

void tst_MariadbCrash::withoutTheConnectionBetweenTheSteps()
{
    makeTables();
    Pending pending(*engine_);
    Connection control = engine_->connect();
    const std::size_t steps = pending.session.plan().steps.size();
    for (std::size_t k = 0; k < steps; ++k) {
        Connection connection = engine_->connect();
        const std::string id = connection.execute("SELECT CONNECTION_ID()").scalar().text();
        const Report report = runPlan(connection, pending.session.plan(), RunMode::Commit, {}, [&](std::size_t step) {
            if (step == k)
                control.execute("KILL CONNECTION " + id);
        });
        QVERIFY(!report.committed && report.error && !report.inDoubt);
        QCOMPARE(toString(report.error->kind), toString(ErrorKind::Connect));
        pending.session.settle(report);
        QCOMPARE(pending.session.unitOfWork().size(), pendingChanges);
        QCOMPARE(state(), std::string(untouched));
    }
    Connection connection = engine_->connect();
    QVERIFY(pending.session.flush(connection).committed);
    QVERIFY(state().ends_with(" / 2"));
}

void tst_MariadbCrash::withoutTheConnectionInCommit()
{
    makeTables();
    Pending pending(*engine_);
    Connection holder = engine_->connect(), control = engine_->connect();
    const std::string id = pending.connection.execute("SELECT CONNECTION_ID()").scalar().text();
    beforeCommit_ = [&] { holder.execute("FLUSH TABLES WITH READ LOCK"); };
    std::atomic<bool> hasWaited = false;
    std::jthread killer([&] {
        hasWaited =
            whenCommitWaits(control, "Waiting for backup lock", [&] { control.execute("KILL CONNECTION " + id); });
    });
    const Report report = pending.session.flush(pending.connection);
    killer.join();
    QVERIFY(hasWaited);
    QVERIFY(!report.committed && report.inDoubt);
    QCOMPARE(pending.session.unitOfWork().size(), pendingChanges);
    holder.execute("UNLOCK TABLES");
    Connection again = engine_->connect();
    QVERIFY(pending.session.settleDoubt(again, report) == DoubtOutcome::NotCommitted);
    QCOMPARE(state(), std::string(untouched));
    QVERIFY(pending.session.flush(again).committed);
    QVERIFY(state().ends_with(" / 2"));
}

void tst_MariadbCrash::whileTheServerIsStillAtIt()
{
    makeTables();
    // Another connection is at its COMMIT, which nobody will hear of: the one who asks waits for the end of it.
    Connection holder = engine_->connect(), control = engine_->connect();
    Pending pending(*engine_);
    const std::vector<Change> changes = pending.changes();
    beforeCommit_ = [&] { holder.execute("FLUSH TABLES WITH READ LOCK"); };
    Report report;
    std::jthread committing([&] { report = runPlan(pending.connection, pending.session.plan(), RunMode::Commit); });
    QVERIFY(whenCommitWaits(control, "Waiting for backup lock", [] {}));
    Report lost;
    lost.inDoubt = true;
    lost.keys = {{{1, "id"}, Value(3)}, {{2, "id"}, Value(1)}, {{3, "id"}, Value(2)}};
    std::jthread releasing([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
        holder.execute("UNLOCK TABLES");
    });
    Connection asking = engine_->connect();
    QVERIFY(resolveInDoubt(asking, pending.session.baseline(), changes, lost) == DoubtOutcome::Committed);
    committing.join();
    QVERIFY(report.committed);
    QCOMPARE(state(), std::string(written));
}

QTEST_GUILESS_MAIN(tst_MariadbCrash)
#include "tst_mariadb_crash.moc"
