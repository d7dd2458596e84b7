// A server that is killed, between the statements of a commit and in the middle of COMMIT, and started again: what was
// written is told rightly, nothing that is pending is lost, nothing is written twice.

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/session.h"

#include "support/own_postgres.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <thread>

using namespace schemawright;

class tst_ServerCrash : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::OwnPostgres> server_;
    std::unique_ptr<Engine> engine_;

    /// Tables whose keys the database makes, and what is pending on them.
    struct Pending
    {
        Connection connection;
        Session session;
        RowTarget parent;

        explicit Pending(const Engine &engine)
            : connection(engine.connect()), session(engine.sharedDialect(), Inspector(connection).reflect())
        {
            const TablePtr p = session.baseline().table({"public", "p"}), c = session.baseline().table({"public", "c"});
            parent = session.addRow(*p, {{"n", Value(7)}});
            session.addRow(*c, {{"p_id", KeyOf{parent.newRow, "id"}}});
            session.addRow(*c, {{"p_id", KeyOf{parent.newRow, "id"}}});
        }
    };

    void restart(const QString &options = {})
    {
        server_->start(options);
        engine_ = std::make_unique<Engine>(Engine::open(server_->url()));
    }
    void makeTables()
    {
        engine_->connect().executeScript(
            "DROP TABLE IF EXISTS c, p; DROP FUNCTION IF EXISTS wait CASCADE;"
            "CREATE TABLE p (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n INTEGER);"
            "CREATE TABLE c (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, p_id INTEGER NOT NULL REFERENCES p)");
    }
    std::string counts()
    {
        Connection connection = engine_->connect();
        return connection.execute("SELECT (SELECT count(*) FROM p) || ' ' || (SELECT count(*) FROM c)")
            .first()
            ->values()[0]
            .text();
    }
    /// Kills the server as soon as a COMMIT waits for this; the thread ends when it has.
    std::jthread killerAt(const char *event)
    {
        return std::jthread([this, event, control = std::make_shared<Connection>(engine_->connect())] {
            for (int i = 0; i < 1'000; ++i) {
                const auto waits = control
                                       ->execute(std::string("SELECT 1 FROM pg_stat_activity WHERE query = 'COMMIT' "
                                                             "AND wait_event = '") +
                                                 event + "'")
                                       .all();
                if (!waits.empty())
                    return server_->kill();
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        });
    }

private Q_SLOTS:
    void initTestCase();
    void whileConnectionsAreKept();
    void betweenTheSteps();
    void inCommitBeforeItIsWritten();
    void inCommitWhenItIsWritten();
    void whileTheServerIsStillAtIt();
};

void tst_ServerCrash::initTestCase()
{
    const QString binaries = test::postgresBinaries();
    if (binaries.isEmpty())
        QSKIP("no PostgreSQL server is installed: initdb and pg_ctl were not found");
    server_ = std::make_unique<test::OwnPostgres>(binaries);
    engine_ = std::make_unique<Engine>(Engine::open(server_->url()));
}

void tst_ServerCrash::whileConnectionsAreKept()
{
    for (const bool prePing : {false, true}) {
        EngineOptions options;
        options.pool.prePing = prePing;
        const Engine engine = Engine::open(server_->url(), options);
        engine.pool().fill(4);
        server_->kill();
        bool isUnreachable = false;
        try {
            engine.connect().execute("SELECT 1").scalar(); // a kept one is found dead, or none can be opened
        } catch (const Error &error) {
            isUnreachable = error.kind == ErrorKind::Connect;
        }
        QVERIFY(isUnreachable);
        server_->start();
        for (int i = 0; i < 5; ++i)
            QCOMPARE(engine.connect().execute("SELECT 1").scalar(), Value(1));

        // A dead one that was kept is not even lent: its socket holds the server's farewell.
        engine.pool().fill(4);
        server_->kill();
        server_->start();
        for (int i = 0; i < 5; ++i)
            QCOMPARE(engine.connect().execute("SELECT 1").scalar(), Value(1));
    }
}

void tst_ServerCrash::betweenTheSteps()
{
    makeTables();
    Pending pending(*engine_);
    const std::size_t steps = pending.session.plan().steps.size();
    QVERIFY(steps >= 2);
    for (std::size_t k = 0; k < steps; ++k) {
        Connection connection = engine_->connect();
        const Report report = runPlan(connection, pending.session.plan(), RunMode::Commit, {}, [&](std::size_t step) {
            if (step == k)
                server_->kill();
        });
        QVERIFY(!report.committed && report.error);
        QVERIFY(!report.inDoubt); // COMMIT was not sent
        pending.session.settle(report);
        QCOMPARE(pending.session.unitOfWork().size(), std::size_t{3});
        restart();
        QCOMPARE(counts(), std::string("0 0"));
    }
    Connection connection = engine_->connect();
    QVERIFY(pending.session.flush(connection).committed);
    QCOMPARE(counts(), std::string("1 2"));
    QVERIFY(pending.session.unitOfWork().isEmpty());
}

void tst_ServerCrash::inCommitBeforeItIsWritten()
{
    makeTables();
    engine_->connect().executeScript(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON p DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
        "wait()");
    Pending pending(*engine_);
    std::jthread killer = killerAt("PgSleep");
    const Report report = pending.session.flush(pending.connection);
    killer.join();
    QVERIFY(!report.committed && report.inDoubt);
    QCOMPARE(pending.session.unitOfWork().size(), std::size_t{3});
    restart();
    Connection again = engine_->connect();
    QVERIFY(pending.session.settleDoubt(again, report) == DoubtOutcome::NotCommitted);
    QCOMPARE(counts(), std::string("0 0"));
    QCOMPARE(pending.session.unitOfWork().size(), std::size_t{3});
    // A crash forgets numbers of transactions of which nothing was written: that of ours may go to another, which is
    // committed. That is never taken for ours.
    const long long lost = std::stoll(report.transaction);
    for (long long number = 0; number < lost;)
        number = again.execute("SELECT txid_current()").first()->values()[0].get<std::int64_t>();
    std::vector<Change> changes;
    for (const Change *change : pending.session.unitOfWork().changes())
        changes.push_back(*change);
    QVERIFY(resolveInDoubt(again, pending.session.baseline(), changes, report) != DoubtOutcome::Committed);
    again.executeScript("DROP TRIGGER waits ON p");
    QVERIFY(pending.session.flush(again).committed);
    QCOMPARE(counts(), std::string("1 2"));
}

void tst_ServerCrash::inCommitWhenItIsWritten()
{
    makeTables();
    // COMMIT waits for a standby that never comes, when the transaction is in the log already.
    server_->kill();
    restart(QStringLiteral("-c synchronous_standby_names=nobody"));
    Pending pending(*engine_);
    std::jthread killer = killerAt("SyncRep");
    const Report report = pending.session.flush(pending.connection);
    killer.join();
    QVERIFY(!report.committed && report.inDoubt);
    QCOMPARE(pending.session.unitOfWork().size(), std::size_t{3});
    restart();
    Connection again = engine_->connect();
    QVERIFY(pending.session.settleDoubt(again, report) == DoubtOutcome::Committed);
    QVERIFY(pending.session.unitOfWork().isEmpty());
    QCOMPARE(counts(), std::string("1 2"));
    // Without the name of the transaction the keys that were made tell it as well.
    Pending other(*engine_);
    Report done = other.session.flush(again);
    QVERIFY(done.committed && !done.transaction.empty());
    Pending same(*engine_);
    std::vector<Change> changes;
    for (const Change *change : same.session.unitOfWork().changes())
        changes.push_back(*change);
    done.transaction.clear();
    QVERIFY(resolveInDoubt(again, same.session.baseline(), changes, done) == DoubtOutcome::Committed);
    again.executeScript("DELETE FROM c; DELETE FROM p");
    QVERIFY(resolveInDoubt(again, same.session.baseline(), changes, done) == DoubtOutcome::NotCommitted);
}

void tst_ServerCrash::whileTheServerIsStillAtIt()
{
    makeTables();
    engine_->connect().executeScript(
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$;"
        "CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON p DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "
        "wait()");
    // Another connection is at its COMMIT: the one who asks waits for the end of it.
    Connection slow = engine_->connect();
    Session session(engine_->sharedDialect(), Inspector(slow).reflect());
    const RowTarget row = session.addRow(*session.baseline().table({"public", "p"}), {{"n", Value(1)}});
    const std::vector<Change> changes{*session.change(row)};
    Transaction transaction = slow.begin();
    Report report;
    report.inDoubt = true;
    report.keys[{row.newRow, "id"}] = slow.execute("INSERT INTO p (n) VALUES (1) RETURNING id").first()->values()[0];
    report.transaction = slow.execute(slow.dialect().transactionIdSql()).first()->values()[0].text();
    std::jthread committing([&] { transaction.commit(); });
    Connection asking = engine_->connect();
    QVERIFY(resolveInDoubt(asking, session.baseline(), changes, report) == DoubtOutcome::Committed);
    committing.join();
    QCOMPARE(counts(), std::string("1 0"));
}

QTEST_GUILESS_MAIN(tst_ServerCrash)
#include "tst_server_crash.moc"
