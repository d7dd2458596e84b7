// What every backend must do, asked of each database named in SCHEMAWRIGHT_TEST_URLS (separated by blanks; SQLite in
// memory and in a file when it is not set). Cases ask capabilities, never the dialect's name.

#include "support/suite_databases.h"

#include "schemawright/engine/engine.h"
#include "schemawright/sql/named_parameters.h"

#include <QTest>

#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

using namespace schemawright;

class tst_DriverSuite : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::SuiteDatabases> databases_;
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Connection> connection_;

    Result run(std::string_view sql, const std::map<std::string, Value> &values = {})
    {
        return connection_->execute(bindNamed(sql, values, engine_->dialect().capabilities().placeholder));
    }

    template <class Work> Error errorOf(Work work)
    {
        try {
            work();
        } catch (const Error &error) {
            return error;
        }
        return Error(ErrorKind::Internal, "no error was thrown");
    }

    std::string typeSql(const Type &type) const { return engine_->dialect().typeSql(type); }

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase() { databases_.reset(); }

    void everyBackend_data();
    void readsWhatItWasGiven_data() { everyBackend_data(); }
    void readsWhatItWasGiven();
    void keepsIntegersExact_data() { everyBackend_data(); }
    void keepsIntegersExact();
    void tellsNullFromEmpty_data() { everyBackend_data(); }
    void tellsNullFromEmpty();
    void keepsBlobsByteForByte_data() { everyBackend_data(); }
    void keepsBlobsByteForByte();
    void keepsFloatsToTheBit_data() { everyBackend_data(); }
    void keepsFloatsToTheBit();
    void namesColumns_data() { everyBackend_data(); }
    void namesColumns();
    void streamsInBatches_data() { everyBackend_data(); }
    void streamsInBatches();
    void countsAffectedRows_data() { everyBackend_data(); }
    void countsAffectedRows();
    void runsManyRows_data() { everyBackend_data(); }
    void runsManyRows();
    void stopsAScriptAtItsFirstFault_data() { everyBackend_data(); }
    void stopsAScriptAtItsFirstFault();
    void rollsBackWhatIsNotCommitted_data() { everyBackend_data(); }
    void rollsBackWhatIsNotCommitted();
    void rollsBackToASavepoint_data() { everyBackend_data(); }
    void rollsBackToASavepoint();
    void saysWhatIsWrong_data() { everyBackend_data(); }
    void saysWhatIsWrong();
    void worksOnAfterAnError_data() { everyBackend_data(); }
    void worksOnAfterAnError();
    void cancelsFromAnotherThread_data() { everyBackend_data(); }
    void cancelsFromAnotherThread();
    void ignoresACancelWhenIdle_data() { everyBackend_data(); }
    void ignoresACancelWhenIdle();
    void refusesWritesWhenReadOnly_data() { everyBackend_data(); }
    void refusesWritesWhenReadOnly();
    void givesBackACleanConnection_data() { everyBackend_data(); }
    void givesBackACleanConnection();
    void tellsTheLog_data() { everyBackend_data(); }
    void tellsTheLog();
};

void tst_DriverSuite::initTestCase() { databases_ = std::make_unique<test::SuiteDatabases>("driver", true); }

void tst_DriverSuite::everyBackend_data() { databases_->addRows(); }

void tst_DriverSuite::init()
{
    engine_ = std::make_unique<Engine>(Engine::open(databases_->current()));
    connection_ = std::make_unique<Connection>(engine_->connect());
    connection_->executeScript("DROP TABLE IF EXISTS suite_child; DROP TABLE IF EXISTS suite");
}

void tst_DriverSuite::cleanup()
{
    if (connection_)
        connection_->executeScript("DROP TABLE IF EXISTS suite_child; DROP TABLE IF EXISTS suite");
    connection_.reset();
    engine_.reset();
}

void tst_DriverSuite::readsWhatItWasGiven()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + " PRIMARY KEY, t " + typeSql(types::text()) + ", b " +
        typeSql(types::boolean()) + ")");
    const std::string text = "d\u00e9j\u00e0 vu \u65e5\u672c 'quoted' \"twice\" \\ back; -- and $1 ? :x";
    run("INSERT INTO suite VALUES (:id, :t, :b)", {{"id", 1}, {"t", text}, {"b", true}});
    const Row row = run("SELECT id, t, b FROM suite WHERE t = :t", {{"t", text}}).one();
    QCOMPARE(row["id"].get<std::int64_t>(), 1);
    QCOMPARE(row["t"].get<std::string>(), text);
    QVERIFY(row["b"] == Value(true) || row["b"] == Value(1));
}

void tst_DriverSuite::keepsIntegersExact()
{
    run("CREATE TABLE suite (n " + typeSql(types::bigInteger()) + ")");
    for (const std::int64_t n : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                 std::int64_t{1254071346418286654}, std::numeric_limits<std::int64_t>::max()}) {
        run("DELETE FROM suite");
        run("INSERT INTO suite VALUES (:n)", {{"n", n}});
        QCOMPARE(run("SELECT n FROM suite WHERE n = :n", {{"n", n}}).scalar().get<std::int64_t>(), n);
    }
}

void tst_DriverSuite::tellsNullFromEmpty()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ", t " + typeSql(types::text()) + ")");
    run("INSERT INTO suite VALUES (1, :t)", {{"t", nullptr}});
    run("INSERT INTO suite VALUES (2, :t)", {{"t", ""}});
    const auto values = run("SELECT t FROM suite ORDER BY id").scalars();
    QCOMPARE(values.size(), std::size_t{2});
    QVERIFY(values[0].isNull());
    QCOMPARE(values[1].get<std::string>(), std::string());
}

void tst_DriverSuite::keepsBlobsByteForByte()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ", b " + typeSql(types::largeBinary()) + ")");
    Bytes all;
    for (int byte = 0; byte < 256; ++byte)
        all.data += static_cast<char>(byte);
    run("INSERT INTO suite VALUES (1, :b)", {{"b", all}});
    run("INSERT INTO suite VALUES (2, :b)", {{"b", Bytes{}}});
    const auto values = run("SELECT b FROM suite ORDER BY id").scalars();
    QCOMPARE(values[0].get<Bytes>().data, all.data);
    QCOMPARE(values[1].get<Bytes>().data, std::string());
}

void tst_DriverSuite::keepsFloatsToTheBit()
{
    run("CREATE TABLE suite (d " + typeSql(types::doublePrecision()) + ")");
    for (const double d :
         {0.1, 8.30, 1e-320, 1.7976931348623157e308, std::numeric_limits<double>::infinity(), 1.0 / 3.0, 100.0}) {
        if (std::isinf(d) && !engine_->dialect().capabilities().infiniteNumbers) {
            QCOMPARE(toString(errorOf([&] {
                                  run("INSERT INTO suite VALUES (:d)", {{"d", d}});
                              }).kind),
                     toString(ErrorKind::Conversion));
            continue;
        }
        run("DELETE FROM suite");
        run("INSERT INTO suite VALUES (:d)", {{"d", d}});
        QCOMPARE(run("SELECT d FROM suite").scalar().text(), Value(d).text());
    }
}

void tst_DriverSuite::namesColumns()
{
    const std::string odd = engine_->dialect().quote("Odd \"Name");
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ", " + odd + " " + typeSql(types::text()) + ")");
    Result result = run("SELECT id, " + odd + " AS other, 1 + 1 FROM suite");
    QCOMPARE(result.columns().size(), std::size_t{3});
    QCOMPARE(result.columns()[0].name, std::string("id"));
    QCOMPARE(result.columns()[0].column, std::string("id"));
    QCOMPARE(result.columns()[0].table, std::string("suite"));
    QCOMPARE(result.columns()[1].name, std::string("other"));
    QCOMPARE(result.columns()[1].column, std::string("Odd \"Name"));
    QCOMPARE(result.columns()[2].table, std::string());
    QVERIFY(result.all().empty());
}

void tst_DriverSuite::streamsInBatches()
{
    Result result = run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT i FROM n ORDER BY i");
    RowBatch batch;
    std::int64_t expected = 0;
    while (result.fetch(batch, 64)) {
        QVERIFY(batch.rowCount() <= 64);
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            QCOMPARE(batch.integer(row, 0), ++expected);
    }
    QCOMPARE(expected, 1000);
    QVERIFY(!result.fetch(batch));
}

void tst_DriverSuite::countsAffectedRows()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ")");
    QCOMPARE(run("INSERT INTO suite VALUES (1), (2), (3)").affectedRows(), 3);
    QCOMPARE(run("UPDATE suite SET id = id + 10 WHERE id > 1").affectedRows(), 2);
    QCOMPARE(run("DELETE FROM suite WHERE id = 99").affectedRows(), 0);
    if (!engine_->dialect().capabilities().returning)
        QSKIP("this dialect has no RETURNING");
    Result inserted = run("INSERT INTO suite VALUES (7), (8) RETURNING id");
    QCOMPARE(inserted.scalars(), (std::vector<Value>{7, 8}));
}

void tst_DriverSuite::runsManyRows()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ", t " + typeSql(types::text()) + ")");
    std::vector<std::vector<Value>> rows;
    for (int i = 0; i < 500; ++i)
        rows.push_back({i, i % 7 ? Value("row " + std::to_string(i)) : Value()});
    const Compiled insert = bindNamed("INSERT INTO suite VALUES (:id, :t)", {{"id", 0}, {"t", ""}},
                                      engine_->dialect().capabilities().placeholder);
    QCOMPARE(connection_->executeMany(insert.sql, rows), 500);
    QCOMPARE(run("SELECT count(*) FROM suite WHERE t IS NULL").scalar(), Value(72));
    QCOMPARE(run("SELECT t FROM suite WHERE id = 499").scalar(), Value("row 499"));
}

void tst_DriverSuite::stopsAScriptAtItsFirstFault()
{
    const Error error = errorOf([&] {
        connection_->executeScript("CREATE TABLE suite (id INTEGER); INSERT INTO nowhere VALUES (1); DROP TABLE suite");
    });
    QCOMPARE(toString(error.kind), toString(ErrorKind::NotFound));
    QVERIFY(!connection_->inTransaction());
}

void tst_DriverSuite::rollsBackWhatIsNotCommitted()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ")");
    {
        Transaction transaction = connection_->begin();
        run("INSERT INTO suite VALUES (1)");
        QVERIFY(connection_->inTransaction());
    }
    QVERIFY(!connection_->inTransaction());
    QCOMPARE(run("SELECT count(*) FROM suite").scalar(), Value(0));
    Transaction transaction = connection_->begin();
    run("INSERT INTO suite VALUES (2)");
    transaction.commit();
    QCOMPARE(run("SELECT count(*) FROM suite").scalar(), Value(1));
    QCOMPARE(toString(errorOf([&] { transaction.commit(); }).kind), toString(ErrorKind::Misuse));
}

void tst_DriverSuite::rollsBackToASavepoint()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + " PRIMARY KEY)");
    Transaction transaction = connection_->begin();
    run("INSERT INTO suite VALUES (1)");
    {
        Savepoint savepoint = connection_->savepoint();
        run("INSERT INTO suite VALUES (2)");
        QCOMPARE(toString(errorOf([&] { run("INSERT INTO suite VALUES (1)"); }).kind), toString(ErrorKind::Constraint));
    }
    Savepoint kept = connection_->savepoint();
    run("INSERT INTO suite VALUES (3)");
    kept.release();
    transaction.commit();
    QCOMPARE(run("SELECT id FROM suite ORDER BY id").scalars(), (std::vector<Value>{1, 3}));
}

void tst_DriverSuite::saysWhatIsWrong()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + " PRIMARY KEY, n " + typeSql(types::integer()) +
        " NOT NULL, CONSTRAINT n_is_positive CHECK (n > 0))");
    run("CREATE TABLE suite_child (id " + typeSql(types::integer()) + " REFERENCES suite (id))");
    run("INSERT INTO suite VALUES (1, 1)");

    const Error syntax = errorOf([&] { run("SELEKT 1"); });
    QCOMPARE(toString(syntax.kind), toString(ErrorKind::Syntax));
    QCOMPARE(syntax.sql, std::string("SELEKT 1"));
    QCOMPARE(syntax.position, 1);
    QVERIFY(!syntax.nativeCode.empty());
    QVERIFY(!syntax.message.empty());

    QCOMPARE(toString(errorOf([&] { run("SELECT * FROM nowhere"); }).kind), toString(ErrorKind::NotFound));
    QCOMPARE(toString(errorOf([&] { run("SELECT no_such_thing FROM suite"); }).kind), toString(ErrorKind::NotFound));

    const Error check = errorOf([&] { run("INSERT INTO suite VALUES (2, 0)"); });
    QCOMPARE(toString(check.kind), toString(ErrorKind::Constraint));
    QVERIFY2(check.constraint.find("n_is_positive") != std::string::npos, check.constraint.c_str());
    QCOMPARE(toString(errorOf([&] { run("INSERT INTO suite VALUES (1, 5)"); }).kind), toString(ErrorKind::Constraint));
    QCOMPARE(toString(errorOf([&] { run("INSERT INTO suite VALUES (3, NULL)"); }).kind),
             toString(ErrorKind::Constraint));
    QCOMPARE(toString(errorOf([&] { run("INSERT INTO suite_child VALUES (99)"); }).kind),
             toString(ErrorKind::Constraint));
}

void tst_DriverSuite::worksOnAfterAnError()
{
    errorOf([&] { run("SELECT * FROM nowhere"); });
    QVERIFY(connection_->isUsable());
    QCOMPARE(run("SELECT 42").scalar(), Value(42));
    {
        Transaction transaction = connection_->begin();
        errorOf([&] { run("SELECT * FROM nowhere"); });
    }
    QCOMPARE(run("SELECT 43").scalar(), Value(43));
}

void tst_DriverSuite::cancelsFromAnotherThread()
{
    const auto canceller = connection_->canceller();
    std::jthread other([canceller](const std::stop_token &stop) {
        while (!stop.stop_requested()) { // the statement may not have begun yet: try until it is over
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            if (!stop.stop_requested())
                canceller->cancel();
        }
    });
    const Error error = errorOf([&] {
        run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
            "SELECT count(*) FROM n a, n b, n c, n d WHERE a.i + b.i + c.i <> d.i")
            .scalar();
    });
    other.request_stop();
    other.join();
    QCOMPARE(toString(error.kind), toString(ErrorKind::Cancelled));
    // A cancel that was on its way may still hit the next statement, never the connection.
    for (int attempt = 0; attempt < 20; ++attempt)
        if (errorOf([&] { QCOMPARE(run("SELECT 1").scalar(), Value(1)); }).kind != ErrorKind::Cancelled)
            break;
    QCOMPARE(run("SELECT 1").scalar(), Value(1));
}

void tst_DriverSuite::ignoresACancelWhenIdle()
{
    const auto canceller = connection_->canceller();
    canceller->cancel();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    QCOMPARE(run("SELECT 1").scalar(), Value(1));
    connection_.reset();
    engine_.reset();
    canceller->cancel(); // the connection is gone: nothing to stop, and nothing to crash on
}

void tst_DriverSuite::refusesWritesWhenReadOnly()
{
    if (engine_->url().isMemory())
        QSKIP("a memory database that cannot be written to would stay empty");
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ")");
    Url url = engine_->url();
    url.arguments.readOnly = true;
    const Engine readOnly = Engine::open(url);
    Connection connection = readOnly.connect();
    QCOMPARE(connection.execute("SELECT count(*) FROM suite").scalar(), Value(0));
    const Error error = errorOf([&] { connection.execute("INSERT INTO suite VALUES (1)"); });
    QCOMPARE(toString(error.kind), toString(ErrorKind::Permission));
    QCOMPARE(toString(errorOf([&] { connection.execute("DROP TABLE suite"); }).kind), toString(ErrorKind::Permission));
    QCOMPARE(run("SELECT count(*) FROM suite").scalar(), Value(0));
}

void tst_DriverSuite::givesBackACleanConnection()
{
    run("CREATE TABLE suite (id " + typeSql(types::integer()) + ")");
    connection_->executeScript("BEGIN");
    run("INSERT INTO suite VALUES (1)");
    connection_.reset(); // given back to the pool in the middle of a transaction
    connection_ = std::make_unique<Connection>(engine_->connect());
    QVERIFY(!connection_->inTransaction());
    QCOMPARE(run("SELECT count(*) FROM suite").scalar(), Value(0));
    QCOMPARE(engine_->pool().status().lent, std::size_t{1});
}

void tst_DriverSuite::tellsTheLog()
{
    auto events = std::make_shared<std::vector<StatementEvent>>();
    engine_->log().observe([events](const StatementEvent &event) { events->push_back(event); });
    run("SELECT :n", {{"n", 5}}).all();
    errorOf([&] { run("SELECT * FROM nowhere"); });
    QCOMPARE(events->size(), std::size_t{2});
    QCOMPARE(events->at(0).rows, 1);
    QCOMPARE(events->at(0).parameters, (std::vector<Value>{5}));
    QVERIFY(!events->at(0).error);
    QVERIFY(events->at(1).error.has_value());
    QCOMPARE(events->at(1).sql, std::string("SELECT * FROM nowhere"));
}

QTEST_GUILESS_MAIN(tst_DriverSuite)
#include "tst_driver_suite.moc"
