// Engine, pool, transactions and create_all, asked of each database named in SCHEMAWRIGHT_TEST_URLS
// (separated by blanks; SQLite in memory without).

#include "support/suite_databases.h"

#include "schemawright/base/error.h"
#include "schemawright/engine/create_all.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/schema/table_builder.h"
#include "schemawright/sql/source.h"

#include <QTest>

#include <fstream>
#include <thread>

#include <unistd.h>

using namespace schemawright;

class tst_Engine : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::SuiteDatabases> databases_;

    template <class Work> static std::optional<Error> errorOf(Work work)
    {
        try {
            work();
        } catch (const Error &error) {
            return error;
        }
        return std::nullopt;
    }

    /// What is said differently by each database.
    static std::string said(const Connection &connection, const char *sqlite, const char *postgres, const char *mariadb)
    {
        const std::string_view name = connection.dialect().name();
        return name == "sqlite" ? sqlite : name == "postgresql" ? postgres : mariadb;
    }
    /// A statement that runs until it is cancelled.
    static std::string endless(const Connection &connection)
    {
        return said(connection,
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                    "SELECT pg_sleep(60)", "SELECT sum(a.seq * b.seq) FROM seq_1_to_1000000 a, seq_1_to_1000000 b");
    }

    /// Two tables that refer to each other, and two more beside them with a table between.
    static MetaData ring()
    {
        MetaData metadata;
        metadata.add(TableBuilder("sw_emp")
                         .column("id", types::integer())
                         .primaryKey()
                         .column("dept_id", types::integer())
                         .references("sw_dept"));
        metadata.add(TableBuilder("sw_dept")
                         .column("id", types::integer())
                         .primaryKey()
                         .column("head_id", types::integer())
                         .references("sw_emp"));
        metadata.add(TableBuilder("sw_roles").column("id", types::integer()).primaryKey());
        metadata.add(TableBuilder("sw_roles_users")
                         .column("user_id", types::integer())
                         .primaryKey()
                         .references("sw_users")
                         .column("role_id", types::integer())
                         .primaryKey()
                         .references("sw_roles"));
        metadata.add(TableBuilder("sw_users")
                         .column("id", types::integer())
                         .primaryKey()
                         .column("name", types::string(40))
                         .notNull()
                         .defaultTo("it's")
                         .index()
                         .check("name <> ''", "sw_named"));
        return metadata;
    }

    /// What this program has in memory now.
    static std::int64_t residentMegabytes()
    {
        std::ifstream file("/proc/self/statm");
        std::int64_t all = 0, resident = 0;
        file >> all >> resident;
        return resident * ::sysconf(_SC_PAGESIZE) / 1'000'000;
    }

    Engine open(EngineOptions options = {}) const { return Engine::open(databases_->current(), std::move(options)); }

private Q_SLOTS:
    void initTestCase() { databases_ = std::make_unique<test::SuiteDatabases>("engine", true); }
    void cleanupTestCase() { databases_.reset(); }

    void callsHooks_data() { databases_->addRows(); }
    void callsHooks()
    {
        int opened = 0;
        EngineOptions options;
        options.onConnect = [&](DriverConnection &connection) {
            ++opened;
            connection.execute("SELECT 1");
        };
        const Engine engine = open(options);
        std::vector<std::string> before, after, failed;
        engine.log().observeBefore([&](const StatementEvent &event) { before.push_back(event.sql); });
        engine.log().observe([&](const StatementEvent &event) { after.push_back(event.sql); });
        engine.log().observeErrors([&](const StatementEvent &event) { failed.push_back(event.sql); });
        {
            Connection connection = engine.connect();
            connection.execute("SELECT 2").scalar();
            QVERIFY(errorOf([&] { connection.execute("SELECT nonsense FROM nowhere"); }));
        }
        engine.connect().execute("SELECT 3").scalar();
        QCOMPARE(opened, 1); // kept, and lent again
        QCOMPARE(before, (std::vector<std::string>{"SELECT 2", "SELECT nonsense FROM nowhere", "SELECT 3"}));
        QCOMPARE(after, before);
        QCOMPARE(failed, std::vector<std::string>{"SELECT nonsense FROM nowhere"});
    }

    void stopsAStatementThatTakesTooLong_data() { databases_->addRows(); }
    void stopsAStatementThatTakesTooLong()
    {
        EngineOptions options;
        options.connection.statementTimeout = std::chrono::milliseconds(50);
        const Engine engine = open(options);
        Connection connection = engine.connect();
        const auto error = errorOf([&] { connection.execute(endless(connection)).all(); });
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::Timeout);
        // One in time is left alone, also after the limit of an earlier one.
        QCOMPARE(connection.execute("SELECT 5").scalar(), Value(5));
        std::this_thread::sleep_for(std::chrono::milliseconds(80));
        QCOMPARE(connection.execute("SELECT 6").scalar(), Value(6));
    }

    void beginsByItselfWithoutAutocommit_data() { databases_->addRows(); }
    void beginsByItselfWithoutAutocommit()
    {
        EngineOptions options;
        options.connection.autocommit = false;
        const Engine engine = open(options);
        Connection connection = engine.connect();
        connection.executeScript("DROP TABLE IF EXISTS sw_auto");
        connection.executeScript("CREATE TABLE sw_auto (a integer)");
        connection.commit();
        QVERIFY(!connection.inTransaction());
        connection.execute("INSERT INTO sw_auto VALUES (1)");
        QVERIFY(connection.inTransaction());
        connection.rollback();
        connection.execute("INSERT INTO sw_auto VALUES (2)");
        connection.commit();
        QCOMPARE(connection.execute("SELECT a FROM sw_auto").scalars(), std::vector<Value>{Value(2)});
        connection.executeScript("DROP TABLE sw_auto");
        connection.commit();
    }

    void usesTheIsolationOfItsOptions_data() { databases_->addRows(); }
    void usesTheIsolationOfItsOptions()
    {
        using Isolation = TransactionOptions::Isolation;
        EngineOptions options;
        options.connection.transaction.isolation = Isolation::Serializable;
        const Engine engine = open(options);
        Connection connection = engine.connect();
        if (connection.dialect().name() == "sqlite")
            QSKIP("skipped: this database has one level of isolation");
        const std::string sql = said(connection, "", "SHOW transaction_isolation",
                                     "SELECT lower(trx_isolation_level) FROM information_schema.INNODB_TRX, "
                                     "sw_isolated WHERE trx_mysql_thread_id = connection_id()");
        connection.executeScript("DROP TABLE IF EXISTS sw_isolated; CREATE TABLE sw_isolated (a integer); "
                                 "INSERT INTO sw_isolated VALUES (1)");
        const auto levelOf = [&](Connection &of) {
            of.execute("SELECT * FROM sw_isolated").all(); // with the first row that it reads it is a transaction
            if (of.dialect().name() == "mysql")            // which looks at its transactions ten times a second at most
                std::this_thread::sleep_for(std::chrono::milliseconds(120));
            return of.execute(sql).scalar();
        };
        const auto level = [&] { return levelOf(connection); };
        {
            const Transaction transaction = connection.begin();
            QCOMPARE(level(), Value("serializable"));
        }
        // A transaction says its own; a connection has its own; neither is left for the next user.
        for (const auto &[isolation, name] : {std::pair{Isolation::ReadUncommitted, "read uncommitted"},
                                              {Isolation::ReadCommitted, "read committed"},
                                              {Isolation::RepeatableRead, "repeatable read"},
                                              {Isolation::Serializable, "serializable"}}) {
            const Transaction transaction = connection.begin({.isolation = isolation});
            QCOMPARE(level(), Value(name));
        }
        ConnectionOptions own;
        own.transaction.isolation = Isolation::RepeatableRead;
        own.autocommit = false;
        connection.setOptions(own);
        QCOMPARE(level(), Value("repeatable read"));
        QVERIFY(connection.inTransaction());
        connection.rollback();
        Connection other = engine.connect();
        const Transaction transaction = other.begin();
        QCOMPARE(levelOf(other), Value("serializable"));
    }

    void refusesWritesInAReadOnlyTransaction_data() { databases_->addRows(); }
    void refusesWritesInAReadOnlyTransaction()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        connection.executeScript("DROP TABLE IF EXISTS sw_read");
        connection.executeScript("CREATE TABLE sw_read (a integer)");
        {
            const Transaction transaction = connection.begin({.readOnly = true});
            QCOMPARE(connection.execute("SELECT count(*) FROM sw_read").scalar(), Value(0));
            const auto error = errorOf([&] { connection.execute("INSERT INTO sw_read VALUES (1)"); });
            QVERIFY(error);
            QCOMPARE(error->kind, ErrorKind::Permission);
        }
        connection.execute("INSERT INTO sw_read VALUES (2)"); // that is over
        QCOMPARE(connection.execute("SELECT a FROM sw_read").scalars(), std::vector<Value>{Value(2)});
        connection.executeScript("DROP TABLE sw_read");
    }

    void streamsWithoutKeepingRows_data() { databases_->addRows(); }
    void streamsWithoutKeepingRows()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        constexpr std::int64_t rows = 400'000; // of 1,000 bytes each
        const std::string sql = said(connection,
                                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 400000) "
                                     "SELECT i, printf('%.*c', 1000, 'x') FROM n",
                                     "SELECT i, repeat('x', 1000) FROM generate_series(1, 400000) i",
                                     "SELECT seq, repeat('x', 1000) FROM seq_1_to_400000");
        Result result = connection.execute(sql);
        RowBatch batch;
        std::int64_t sum = 0, bytes = 0;
        const std::int64_t before = residentMegabytes();
        std::int64_t most = before;
        for (int batches = 0; result.fetch(batch); ++batches) {
            for (std::size_t row = 0; row < batch.rowCount(); ++row) {
                sum += batch.integer(row, 0);
                bytes += static_cast<std::int64_t>(batch.bytes(row, 1).size());
            }
            if (batches % 50 == 0)
                most = std::max(most, residentMegabytes());
        }
        QCOMPARE(sum, rows * (rows + 1) / 2);
        QCOMPARE(bytes, rows * 1000);
        QVERIFY2(most - before < 32, qPrintable(QStringLiteral("%1 MB more").arg(most - before)));
        // Left in the middle, the rest is not read to be thrown away one day.
        {
            Result left = connection.execute(sql);
            left.first();
        }
        QVERIFY(residentMegabytes() - before < 32);
        QCOMPARE(connection.execute("SELECT 7").scalar(), Value(7));
    }

    void preparesAStatementOnce_data() { databases_->addRows(); }
    void preparesAStatementOnce()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        const bool isPostgres = connection.dialect().name() == "postgresql";
        const std::string place = isPostgres ? "$1" : "?";
        connection.executeScript("DROP TABLE IF EXISTS sw_cached");
        connection.executeScript("CREATE TABLE sw_cached (a integer, b integer)");
        connection.execute("INSERT INTO sw_cached VALUES (1, 10)");
        const std::string one = "SELECT b FROM sw_cached WHERE a = " + place;
        for (int i = 0; i < 5; ++i)
            QCOMPARE(connection.execute(one, {1}).scalar(), Value(10));
        if (isPostgres)
            QCOMPARE(connection
                         .execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE "
                                  "'%sw_cached WHERE%' AND statement NOT LIKE '%pg_prepared%'")
                         .scalar(),
                     Value(1));
        // The number kept has a bound, in a long transaction too, and the one used all the time stays among them.
        const auto useMany = [&](const std::string &condition) {
            for (int i = 0; i < 300; ++i) {
                const std::string other = "SELECT a + " + std::to_string(i) + " FROM sw_cached WHERE a = " + place;
                connection.execute(other + condition, {1}).scalar();
                QCOMPARE(connection.execute(one, {1}).scalar(), Value(10));
            }
            if (isPostgres)
                QCOMPARE(connection.execute("SELECT count(*) <= 100 FROM pg_prepared_statements").scalar(),
                         Value(true));
        };
        useMany("");
        {
            const Transaction transaction = connection.begin();
            useMany(" AND b = 10");
        }
        // A statement prepared before the table changed gives what the table is now.
        connection.executeScript("ALTER TABLE sw_cached RENAME COLUMN b TO c");
        QCOMPARE(errorOf([&] { connection.execute(one, {1}).scalar(); })->kind, ErrorKind::NotFound);
        connection.executeScript("ALTER TABLE sw_cached ADD COLUMN b text DEFAULT 'new'");
        QCOMPARE(connection.execute(one, {1}).scalar(), Value("new"));
        const std::string all = "SELECT * FROM sw_cached WHERE a = " + place;
        QCOMPARE(connection.execute(all, {1}).one().size(), std::size_t{3});
        connection.executeScript("ALTER TABLE sw_cached ADD COLUMN d integer");
        QCOMPARE(connection.execute(all, {1}).one().size(), std::size_t{4});
        // The same in a transaction, where PostgreSQL could not simply try again.
        {
            const Transaction transaction = connection.begin();
            connection.execute(all, {1}).one();
            connection.executeScript("ALTER TABLE sw_cached ADD COLUMN e integer");
            QCOMPARE(connection.execute(all, {1}).one().size(), std::size_t{5});
        }
        QCOMPARE(connection.execute(all, {1}).one().size(),
                 std::size_t(connection.dialect().capabilities().transactionalDdl ? 4 : 5));
        connection.executeScript("DROP TABLE sw_cached");
    }

    void cancelsAResultThatIsBeingRead_data() { databases_->addRows(); }
    void cancelsAResultThatIsBeingRead()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        Result result = connection.execute(
            said(connection, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n",
                 "SELECT generate_series(1, 2000000000)", "SELECT seq FROM seq_1_to_2000000000"));
        RowBatch batch;
        QVERIFY(result.fetch(batch));
        std::jthread canceller([canceller = connection.canceller()] { canceller->cancel(); });
        const auto error = errorOf([&] {
            while (result.fetch(batch)) {
            }
        });
        canceller.join();
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::Cancelled);
        QCOMPARE(connection.execute("SELECT 8").scalar(), Value(8));
    }

    void createsAndDropsARing_data() { databases_->addRows(); }
    void createsAndDropsARing()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        dropAll(connection, ring());
        createAll(connection, ring());
        const Script again = createAll(connection, ring()); // looks first
        QVERIFY2(again.statements.empty(), again.text().c_str());
        Inspector inspector(connection);
        for (const char *name : {"sw_emp", "sw_dept", "sw_users", "sw_roles", "sw_roles_users"})
            QVERIFY2(inspector.hasTable({"", name}), name);
        QCOMPARE(inspector.foreignKeys({"", "sw_emp"}).size(), std::size_t{1});
        QCOMPARE(inspector.foreignKeys({"", "sw_dept"}).at(0).referred.name, std::string("sw_emp"));
        QCOMPARE(inspector.foreignKeys({"", "sw_roles_users"}).size(), std::size_t{2});
        // Rows that hold each other do not keep the tables.
        connection.execute("INSERT INTO sw_dept (id) VALUES (1)");
        connection.execute("INSERT INTO sw_emp (id, dept_id) VALUES (1, 1)");
        connection.execute("UPDATE sw_dept SET head_id = 1");
        dropAll(connection, ring());
        inspector.forget();
        for (const char *name : {"sw_emp", "sw_dept", "sw_users", "sw_roles", "sw_roles_users"})
            QVERIFY2(!inspector.hasTable({"", name}), name);
        QVERIFY(dropAll(connection, ring()).statements.empty());
        const auto error = errorOf([&] { dropAll(connection, ring(), {.checkFirst = false, .tables = {}}); });
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::NotFound);
    }

    void createsSomeTablesOnly_data() { databases_->addRows(); }
    void createsSomeTablesOnly()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        createAll(connection, ring(), {.checkFirst = true, .tables = {{"", "sw_users"}}});
        Inspector inspector(connection);
        QVERIFY(inspector.hasTable({"", "sw_users"}));
        QVERIFY(!inspector.hasTable({"", "sw_roles"}));
        dropAll(connection, ring());
        const auto error = errorOf([&] { createAll(connection, ring(), {.checkFirst = true, .tables = {{"", "x"}}}); });
        QVERIFY(error);
        QCOMPARE(error->kind, ErrorKind::NotFound);
    }

    void createsAllOrNothing_data() { databases_->addRows(); }
    void createsAllOrNothing()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        MetaData broken = ring();
        broken.add(TableBuilder("sw_zz").column("a", types::integer()).check("no_such_function(a) > 1"));
        const auto error = errorOf([&] { createAll(connection, broken); });
        if (connection.dialect().name() == "sqlite")
            QSKIP("skipped: SQLite looks for the function when a row is checked");
        QVERIFY(error);
        QVERIFY(error->sql.find("no_such_function") != std::string::npos);
        if (!connection.dialect().capabilities().transactionalDdl) {
            dropAll(connection, ring());
            QSKIP("skipped: each table is there at once");
        }
        QVERIFY(!Inspector(connection).hasTable({"", "sw_users"}));
    }

    void keepsNoConnectionOfALostServer_data() { databases_->addRows(); }
    void keepsNoConnectionOfALostServer()
    {
        const Engine engine = open();
        if (engine.dialect().name() == "sqlite")
            QSKIP("skipped: an embedded database has no server to lose");
        {
            Connection one = engine.connect(), two = engine.connect(), three = engine.connect();
            const Value pid = two.execute(said(two, "", "SELECT pg_backend_pid()", "SELECT connection_id()")).scalar();
            one.executeScript(said(one, "", "SELECT pg_terminate_backend(", "KILL CONNECTION (") + pid.text() + ")");
            {
                const Connection idle = std::move(three);
            } // kept
            QVERIFY(errorOf([&] { two.execute("SELECT 1").all(); }));
        }
        // Those kept before the loss are closed; the ones given back later were of the same generation.
        QCOMPARE(engine.pool().status().lent, std::size_t{0});
        QCOMPARE(engine.connect().execute("SELECT 1").scalar(), Value(1));
    }

    void insertsManyRows_data() { databases_->addRows(); }
    void insertsManyRows()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        dropAll(connection, ring());
        createAll(connection, ring(), {.checkFirst = true, .tables = {{"", "sw_users"}}});
        std::vector<std::vector<Value>> rows;
        for (int i = 0; i < 2345; ++i)
            rows.push_back({Value(i), i % 7 ? Value("name " + std::to_string(i)) : Value("it's")});
        const Source users(ring().table({"", "sw_users"}));
        QCOMPARE(connection.insertMany(users, {"id", "name"}, rows), std::int64_t{2345});
        QCOMPARE(connection.execute("SELECT count(*), sum(id) FROM sw_users").one()[0], Value(2345));
        QCOMPARE(connection.execute("SELECT name FROM sw_users WHERE id = 2344").scalar(), Value("name 2344"));
        // One bad row, and none is there.
        rows = {{Value(9000), Value("a")}, {Value(9001), Value()}, {Value(9002), Value("c")}};
        QVERIFY(errorOf([&] { connection.insertMany(users, {"id", "name"}, rows); }));
        QVERIFY(!connection.inTransaction());
        QCOMPARE(connection.execute("SELECT count(*) FROM sw_users WHERE id >= 9000").scalar(), Value(0));
        rows = {{Value(1)}};
        QCOMPARE(errorOf([&] { connection.insertMany(users, {"id", "name"}, rows); })->kind, ErrorKind::Misuse);
        dropAll(connection, ring());
    }

    void sharesOneMemoryDatabase_data() { databases_->addRows(); }
    void sharesOneMemoryDatabase()
    {
        EngineOptions options;
        options.pool.timeout = std::chrono::milliseconds(10);
        options.pool.kind = PoolOptions::Kind::Null; // which a memory database would not survive
        const Engine engine = open(options);
        if (!engine.url().isMemory())
            QSKIP("skipped: not a memory database");
        engine.connect().executeScript("CREATE TABLE kept (a)");
        engine.connect().execute("INSERT INTO kept VALUES (1)");
        Connection connection = engine.connect();
        QCOMPARE(connection.execute("SELECT count(*) FROM kept").scalar(), Value(1));
        QCOMPARE(errorOf([&] { engine.connect(); })->kind, ErrorKind::Timeout);
    }

    void rollsBackWhatIsLeftOpen_data() { databases_->addRows(); }
    void rollsBackWhatIsLeftOpen()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        connection.executeScript("DROP TABLE IF EXISTS sw_left");
        connection.executeScript("CREATE TABLE sw_left (a integer)");
        const auto count = [&] { return connection.execute("SELECT count(*) FROM sw_left").scalar(); };
        {
            const Transaction transaction = connection.begin();
            connection.execute("INSERT INTO sw_left VALUES (1)");
        }
        QVERIFY(!connection.inTransaction());
        QCOMPARE(count(), Value(0));
        Transaction transaction = connection.begin();
        QCOMPARE(errorOf([&] { connection.begin(); })->kind, ErrorKind::Misuse);
        connection.execute("INSERT INTO sw_left VALUES (1)");
        {
            Savepoint outer = connection.savepoint();
            connection.execute("INSERT INTO sw_left VALUES (2)");
            {
                const Savepoint inner = connection.savepoint();
                connection.execute("INSERT INTO sw_left VALUES (3)");
                QVERIFY(errorOf([&] { connection.execute("INSERT INTO sw_nowhere VALUES (1)"); }));
            }
            QCOMPARE(count(), Value(2));
            outer.release();
        }
        QCOMPARE(count(), Value(2));
        {
            Savepoint savepoint = connection.savepoint();
            connection.execute("INSERT INTO sw_left VALUES (4)");
            QVERIFY(errorOf([&] { connection.execute("INSERT INTO sw_nowhere VALUES (1)"); }));
            if (connection.dialect().name() == "postgresql") // refused, and then rolled back all the same
                QVERIFY(errorOf([&] { savepoint.release(); }));
            else
                savepoint.rollback();
        }
        QCOMPARE(count(), Value(2));
        transaction.commit();
        QVERIFY(!transaction.isActive());
        QCOMPARE(errorOf([&] { transaction.commit(); })->kind, ErrorKind::Misuse);
        QCOMPARE(count(), Value(2));
        connection.executeScript("DROP TABLE sw_left");
    }

    void saysThatACommitDidNotHappen_data() { databases_->addRows(); }
    void saysThatACommitDidNotHappen()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        if (connection.dialect().name() != "postgresql")
            QSKIP("skipped: a failed statement does not end the transaction here");
        connection.executeScript("DROP TABLE IF EXISTS sw_commit; CREATE TABLE sw_commit (a integer)");
        Transaction transaction = connection.begin();
        connection.execute("INSERT INTO sw_commit VALUES (1)");
        QVERIFY(errorOf([&] { connection.execute("INSERT INTO sw_nowhere VALUES (1)"); }));
        const auto error = errorOf([&] { transaction.commit(); });
        QVERIFY(error);
        QCOMPARE(error->nativeCode, std::string("25P02"));
        QVERIFY(!connection.inTransaction());
        QCOMPARE(connection.execute("SELECT count(*) FROM sw_commit").scalar(), Value(0));
        connection.executeScript("DROP TABLE sw_commit");
    }

    void givesRowsInEveryForm_data() { databases_->addRows(); }
    void givesRowsInEveryForm()
    {
        const Engine engine = open();
        Connection connection = engine.connect();
        const auto rows = [&](const std::string &condition) {
            return connection.execute(
                "SELECT * FROM (SELECT 1 AS n, 'a' AS t UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 'c') x WHERE " +
                condition + " ORDER BY n");
        };
        const auto kindOf = [&](auto work) {
            const auto error = errorOf(work);
            return error ? error->kind : ErrorKind::Internal;
        };
        QCOMPARE(rows("n = 2").one()["t"], Value());
        QCOMPARE(kindOf([&] { rows("n > 1").one(); }), ErrorKind::Conflict);
        QCOMPARE(kindOf([&] { rows("n > 9").one(); }), ErrorKind::NotFound);
        QVERIFY(!rows("n > 9").oneOrNone());
        QCOMPARE(kindOf([&] { rows("n > 1").oneOrNone(); }), ErrorKind::Conflict);
        QCOMPARE((*rows("n > 1").first())["n"], Value(2));
        QVERIFY(!rows("n > 9").first());
        QCOMPARE(rows("n < 3").all().size(), std::size_t{2});
        QCOMPARE(rows("n = 3").scalar(), Value(3));
        QCOMPARE(kindOf([&] { rows("n > 9").scalar(); }), ErrorKind::NotFound);
        QCOMPARE(rows("n > 1").scalars(), (std::vector<Value>{Value(2), Value(3)}));
        const auto mappings = rows("n <> 2").mappings();
        QCOMPARE(mappings.size(), std::size_t{2});
        QCOMPARE(mappings.at(1).at("t"), Value("c"));
        std::vector<std::size_t> sizes;
        rows("n > 0").partitions(2, [&](const RowBatch &batch) {
            sizes.push_back(batch.rowCount());
            return true;
        });
        QCOMPARE(sizes, (std::vector<std::size_t>{2, 1}));
        // What was read to its end, or left, is over.
        Result result = rows("n > 0");
        QCOMPARE((*result.first())["n"], Value(1));
        QVERIFY(!result.next());
        QVERIFY(result.all().empty());
        result.affectedRows();
        QCOMPARE(kindOf([&] { rows("n = 1").one()["nothing"]; }), ErrorKind::NotFound);
        QCOMPARE(kindOf([&] { rows("n = 1").one()[7]; }), ErrorKind::NotFound);
    }

    void opensAheadAndDisposes_data() { databases_->addRows(); }
    void opensAheadAndDisposes()
    {
        const Engine engine = open();
        engine.pool().fill(3);
        QCOMPARE(engine.pool().status().idle, std::size_t(engine.url().isMemory() ? 1 : 3));
        engine.pool().dispose();
        QCOMPARE(engine.pool().status().idle, std::size_t{0});
    }
};

QTEST_GUILESS_MAIN(tst_Engine)
#include "tst_engine.moc"
