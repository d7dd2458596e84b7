// Plans against real databases: the order of rows, what is refused, and that nothing is written when anything fails.

#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/journal.h"
#include "schemawright/orm/session.h"

#include "support/postgres_database.h"

#include <QTest>

#include <memory>

using namespace schemawright;

class tst_Plan : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Engine> engine_;
    std::unique_ptr<Connection> connection_;
    std::unique_ptr<Session> session_;

    void build(const char *script)
    {
        session_.reset();
        connection_.reset();
        engine_ = std::make_unique<Engine>(Engine::open("sqlite://"));
        connection_ = std::make_unique<Connection>(engine_->connect());
        connection_->executeScript(script);
        session_ = std::make_unique<Session>(engine_->sharedDialect(), Inspector(*connection_).reflect());
    }
    TablePtr table(const char *name) { return session_->baseline().table({"main", name}); }
    RowImage rowOf(const char *name, int key)
    {
        const TablePtr found = table(name);
        return *readRow(*connection_, found, {{session_->identity(*found).columns.front(), Value(key)}});
    }
    void set(const char *name, int key, const char *column, Value value)
    {
        const RowImage image = rowOf(name, key);
        session_->setCell(session_->target(*table(name), image), column, std::move(value), image);
    }
    void remove(const char *name, int key)
    {
        const RowImage image = rowOf(name, key);
        session_->deleteRow(session_->target(*table(name), image), image);
    }
    std::string dump(const char *sql)
    {
        std::string text;
        for (const Row &row : connection_->execute(sql).all()) {
            for (const Value &value : row.values())
                text += (value.isNull() ? "-" : value.text()) + " ";
            text += "/ ";
        }
        return text;
    }
    std::vector<std::string> previews()
    {
        std::vector<std::string> all;
        for (const Step &step : session_->plan().steps)
            all.push_back(previewSql(engine_->dialect(), step));
        return all;
    }
    void mustCommit()
    {
        const Report report = session_->flush(*connection_);
        QVERIFY2(report.committed, report.error ? report.error->describe().c_str() : "");
        QVERIFY(session_->unitOfWork().isEmpty());
    }

private Q_SLOTS:
    void insertsParentsBeforeChildren();
    void passesKeysMadeByTheDatabase();
    void deletesChildrenBeforeParents();
    void givesUpAUniqueValueBeforeItIsTaken();
    void swapsUniqueValues();
    void swapsPrimaryKeys();
    void writesARingOfReferences();
    void changesOneRowOfACompositeKey();
    void usesTheOldKeyInWhere();
    void sendsOnlyWhatWasTouched();
    void seesARowThatChangedMeanwhile();
    void seesARowThatIsGone();
    void refusesTwoRowsThatAreTheSame();
    void rehearsesAndReportsEveryFailure();
    void leavesAllAsItWasWhenAnyStepFails();
    void theScriptDoesWhatTheCommitDoes();
    void joinsInsertsThatFollowEachOther();
    void joinsInsertsThatStandApart();
    void canBeGivenUp();
    void namesTheGuiltyRowOfABatch();
    void waitsForKeysOfItsOwnBatch();
    void theScriptPassesKeysOn_data();
    void theScriptPassesKeysOn();
    void comparesTheVersionInstead();
    void keepsOddTypesWhenAnotherCellIsEdited();
    void refusesWhatTheTableCanNeverHold();
    void staysLinear();
};

void tst_Plan::insertsParentsBeforeChildren()
{
    build("CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id));"
          "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT)");
    session_->addRow(*table("child"), {{"id", Value(1)}, {"parent_id", Value(7)}});
    session_->addRow(*table("parent"), {{"id", Value(7)}, {"name", Value("p")}});
    QCOMPARE(previews().front(), std::string("INSERT INTO main.parent (id, name) VALUES (7, 'p') RETURNING id"));
    mustCommit();
    QCOMPARE(dump("SELECT id, parent_id FROM child"), std::string("1 7 / "));
}

void tst_Plan::passesKeysMadeByTheDatabase()
{
    build("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO parent VALUES (41, 'old');"
          "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent (id))");
    const RowTarget parent = session_->addRow(*table("parent"), {{"name", Value("new")}});
    session_->addRow(*table("child"), {{"parent_id", KeyOf{parent.newRow, "id"}}});
    QCOMPARE(previews().back(),
             std::string("INSERT INTO main.child (parent_id) VALUES (<id of new parent 1>) RETURNING id"));
    mustCommit();
    QCOMPARE(dump("SELECT parent_id FROM child"), std::string("42 / "));
}

void tst_Plan::deletesChildrenBeforeParents()
{
    build("CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER "
          "REFERENCES parent (id)); INSERT INTO parent VALUES (1); INSERT INTO child VALUES (5, 1)");
    remove("parent", 1);
    remove("child", 5);
    mustCommit();
    QCOMPARE(dump("SELECT * FROM parent") + dump("SELECT * FROM child"), std::string());
}

void tst_Plan::givesUpAUniqueValueBeforeItIsTaken()
{
    build(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code TEXT UNIQUE); INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
    session_->addRow(*table("t"), {{"id", Value(9)}, {"code", Value("c")}});
    set("t", 2, "code", "a");
    set("t", 1, "code", "z");
    remove("t", 3);
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t ORDER BY id"), std::string("1 z / 2 a / 9 c / "));
}

void tst_Plan::swapsUniqueValues()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, place INTEGER NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE);"
          "INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')");
    set("t", 1, "place", 20);
    set("t", 2, "place", 30);
    set("t", 3, "place", 10);
    set("t", 1, "name", "b");
    set("t", 2, "name", "a");
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t ORDER BY id"), std::string("1 20 b / 2 30 a / 3 10 c / "));
}

void tst_Plan::swapsPrimaryKeys()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'one'), (2, 'two')");
    set("t", 1, "id", 2);
    set("t", 2, "id", 1);
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t ORDER BY id"), std::string("1 two / 2 one / "));
}

void tst_Plan::writesARingOfReferences()
{
    build("CREATE TABLE emp (id INTEGER PRIMARY KEY, dept_id INTEGER REFERENCES dept (id));"
          "CREATE TABLE dept (id INTEGER PRIMARY KEY, head_id INTEGER REFERENCES emp (id))");
    session_->addRow(*table("emp"), {{"id", Value(1)}, {"dept_id", Value(2)}});
    session_->addRow(*table("dept"), {{"id", Value(2)}, {"head_id", Value(1)}});
    mustCommit();
    QCOMPARE(dump("SELECT * FROM emp") + dump("SELECT * FROM dept"), std::string("1 2 / 2 1 / "));
    remove("emp", 1);
    remove("dept", 2);
    mustCommit();
    QCOMPARE(dump("SELECT * FROM emp") + dump("SELECT * FROM dept"), std::string());
}

void tst_Plan::changesOneRowOfACompositeKey()
{
    build("CREATE TABLE t (s TEXT, k TEXT, v TEXT, PRIMARY KEY (s, k)) WITHOUT ROWID;"
          "INSERT INTO t VALUES ('it''s', 'a', 'x'), ('it''s', 'b', 'x')");
    const RowImage image = *readRow(*connection_, table("t"), {{"s", Value("it's")}, {"k", Value("a")}});
    session_->setCell(session_->target(*table("t"), image), "v", Value("y"), image);
    mustCommit();
    QCOMPARE(dump("SELECT v FROM t ORDER BY k"), std::string("y / x / "));
}

void tst_Plan::usesTheOldKeyInWhere()
{
    build("CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 2), "
          "(1, 3)");
    const RowImage image = *readRow(*connection_, table("t"), {{"a", Value(1)}, {"b", Value(2)}});
    session_->setCell(session_->target(*table("t"), image), "b", Value(3), image);
    const Report refused = session_->flush(*connection_);
    QVERIFY(!refused.committed);
    QCOMPARE(toString(refused.error->kind), toString(ErrorKind::Constraint));
    QCOMPARE(dump("SELECT * FROM t ORDER BY b"), std::string("1 2 / 1 3 / "));
    session_->setCell(session_->target(*table("t"), image), "b", Value(9), image);
    QCOMPARE(previews().front(), std::string("UPDATE main.t SET b = 9 WHERE a = 1 AND b = 2"));
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t ORDER BY b"), std::string("1 3 / 1 9 / "));
}

void tst_Plan::sendsOnlyWhatWasTouched()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT DEFAULT 'd', b TEXT, c TEXT AS (a || 'x'))");
    const RowTarget fresh = session_->addRow(*table("t"));
    QCOMPARE(previews().front(), std::string("INSERT INTO main.t DEFAULT VALUES RETURNING id"));
    session_->setCell(fresh, "id", Value(5), {});
    session_->setCell(fresh, "b", Value("first"), {});
    session_->setCell(fresh, "b", Value(""), {});
    QCOMPARE(previews().size(), std::size_t{1});
    QCOMPARE(previews().front(), std::string("INSERT INTO main.t (id, b) VALUES (5, '') RETURNING id"));
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t"), std::string("5 d  dx / "));
}

void tst_Plan::seesARowThatChangedMeanwhile()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'old', 'x')");
    set("t", 1, "a", "mine");
    connection_->execute("UPDATE t SET a = 'theirs'");
    const Report report = session_->flush(*connection_);
    QCOMPARE(toString(report.error->kind), toString(ErrorKind::Conflict));
    QCOMPARE(dump("SELECT a FROM t"), std::string("theirs / "));
    const Change &change = *session_->unitOfWork().changes().front();
    QVERIFY(change.error.has_value());
    session_->keepMine(change.id, rowOf("t", 1));
    mustCommit();
    QCOMPARE(dump("SELECT a FROM t"), std::string("mine / "));
    // Another column of the same row is nobody's conflict.
    set("t", 1, "a", "again");
    connection_->execute("UPDATE t SET b = 'y'");
    mustCommit();
    QCOMPARE(dump("SELECT a, b FROM t"), std::string("again y / "));
    // But a row that others changed is not deleted unseen.
    remove("t", 1);
    connection_->execute("UPDATE t SET b = 'z'");
    QCOMPARE(toString(session_->flush(*connection_).error->kind), toString(ErrorKind::Conflict));
}

void tst_Plan::seesARowThatIsGone()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    set("t", 1, "a", "x");
    set("t", 2, "a", "y");
    connection_->execute("DELETE FROM t WHERE id = 2");
    const Report report = session_->flush(*connection_);
    QCOMPARE(toString(report.error->kind), toString(ErrorKind::Conflict));
    QCOMPARE(dump("SELECT a FROM t"), std::string("a / "));
    QCOMPARE(session_->unitOfWork().size(), std::size_t{2});
}

void tst_Plan::refusesTwoRowsThatAreTheSame()
{
    build(
        "CREATE TABLE t (rowid TEXT, _rowid_ TEXT, oid TEXT); INSERT INTO t VALUES ('a', 'b', NULL), ('a', 'b', NULL)");
    const RowImage image{{"rowid", Value("a")}, {"_rowid_", Value("b")}, {"oid", Value()}};
    session_->setCell(session_->target(*table("t"), image), "oid", Value("x"), image);
    const Report report = session_->flush(*connection_);
    QCOMPARE(toString(report.error->kind), toString(ErrorKind::Conflict));
    QVERIFY(report.error->message.find("2 rows") != std::string::npos);
    QCOMPARE(dump("SELECT count(*) FROM t WHERE oid IS NULL"), std::string("2 / "));
}

void tst_Plan::rehearsesAndReportsEveryFailure()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0)); INSERT INTO t VALUES (1, 1), (2, 2), (3, "
          "3)");
    set("t", 1, "n", -1);
    set("t", 2, "n", 20);
    set("t", 3, "n", -3);
    const Report report = runPlan(*connection_, session_->plan(), RunMode::Rehearse);
    QVERIFY(!report.committed);
    QCOMPARE(report.steps.size(), std::size_t{3});
    QVERIFY(report.steps[0].error && !report.steps[1].error && report.steps[2].error);
    QCOMPARE(report.steps[1].rows, 1);
    QCOMPARE(dump("SELECT n FROM t ORDER BY id"), std::string("1 / 2 / 3 / "));
    QVERIFY(!connection_->inTransaction());
    session_->settle(report);
    QVERIFY(session_->unitOfWork().changes()[2]->error.has_value());
    QCOMPARE(session_->unitOfWork().size(), std::size_t{3});
}

void tst_Plan::leavesAllAsItWasWhenAnyStepFails()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, 4)");
    set("t", 1, "n", 10);
    remove("t", 2);
    session_->addRow(*table("t"), {{"id", Value(9)}, {"n", Value(9)}});
    set("t", 4, "n", 40);
    const std::string database = dump("SELECT * FROM t ORDER BY id");
    const Plan plan = session_->plan();
    for (std::size_t k = 0; k < plan.steps.size(); ++k) {
        Plan broken = plan;
        broken.steps[k].statement.sql = "UPDATE no_such_table SET x = 1";
        broken.steps[k].statement.parameters.clear();
        const Report report = runPlan(*connection_, broken, RunMode::Commit);
        QVERIFY(!report.committed);
        QCOMPARE(report.steps.size(), k + 1);
        QVERIFY(report.steps[k].error.has_value());
        session_->settle(report);
        QCOMPARE(dump("SELECT * FROM t ORDER BY id"), database);
        QCOMPARE(session_->unitOfWork().size(), std::size_t{4});
        QVERIFY(!connection_->inTransaction());
    }
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t ORDER BY id"), std::string("1 10 / 3 3 / 4 40 / 9 9 / "));
}

void tst_Plan::theScriptDoesWhatTheCommitDoes()
{
    const char *schema = "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT, b BLOB, d REAL);"
                         "INSERT INTO t VALUES (1, 'it''s', X'00ff', 0.1), (2, NULL, NULL, 2.5), (3, 'x', X'', 1e300)";
    build(schema);
    set("t", 1, "s", "semi;colon -- and 'quotes' \\ back\nline");
    set("t", 1, "b", Bytes{std::string("\0\1\2", 3)});
    set("t", 2, "d", -1e-320);
    remove("t", 3);
    session_->addRow(*table("t"),
                     {{"id", Value(4)}, {"s", Value("日本")}, {"d", Value(std::numeric_limits<double>::infinity())}});
    const std::string script = scriptText(engine_->dialect(), session_->plan());
    mustCommit();
    const std::string committed = dump("SELECT id, s, hex(b), d FROM t ORDER BY id");
    build(schema);
    connection_->executeScript(script);
    QCOMPARE(dump("SELECT id, s, hex(b), d FROM t ORDER BY id"), committed);
}

void tst_Plan::joinsInsertsThatFollowEachOther()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT); INSERT INTO t VALUES (7, 0, '')");
    std::vector<RowTarget> targets;
    for (int i = 0; i < 250; ++i)
        targets.push_back(session_->addRow(*table("t"), {{"n", Value(i)}, {"s", i % 2 ? Value("x") : Value()}}));
    session_->addRow(*table("t"), {{"s", Value("other columns")}});
    const Plan plan = session_->plan();
    QCOMPARE(plan.steps.size(), std::size_t{4}); // 100, 100, 50 and the last
    QCOMPARE(plan.steps.front().batch.size(), std::size_t{100});
    QVERIFY(plan.steps[1].isAbout(session_->change(targets[150])->id));
    QVERIFY(previewSql(engine_->dialect(), plan.steps[2])
                .starts_with("INSERT INTO main.t (n, s) VALUES (200, NULL), (201, 'x'), (202, NULL)"));
    QCOMPARE(previewSql(engine_->dialect(), plan.steps[1].rowStep(3)),
             std::string("INSERT INTO main.t (n, s) VALUES (103, 'x') RETURNING id"));
    const Report report = runPlan(*connection_, plan, RunMode::Commit);
    QVERIFY2(report.committed, report.error ? report.error->describe().c_str() : "");
    QCOMPARE(report.steps.size(), std::size_t{251});
    for (int i = 0; i < 250; ++i)
        QCOMPARE(report.keys.at({targets[static_cast<std::size_t>(i)].newRow, "id"}), Value(8 + i));
    QCOMPARE(dump("SELECT count(*), sum(n = id - 8) FROM t WHERE id BETWEEN 8 AND 257"), std::string("250 250 / "));
}

void tst_Plan::joinsInsertsThatStandApart()
{
    build(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER NOT "
        "NULL REFERENCES p (id), n INTEGER); INSERT INTO p VALUES (100, 0)");
    set("p", 100, "n", 7);
    for (int i = 0; i < 30; ++i) {
        const RowTarget parent = session_->addRow(*table("p"), {{"n", Value(i)}});
        session_->addRow(*table("c"), {{"n", Value(i)}, {"p_id", KeyOf{parent.newRow, "id"}}});
    }
    const Plan plan = session_->plan();
    QCOMPARE(plan.steps.size(), std::size_t{3});
    QCOMPARE(plan.steps[1].batch.size(), std::size_t{30});
    QCOMPARE(plan.steps[2].batch.size(), std::size_t{30});
    mustCommit();
    // In the order that they were given in, each with its own parent.
    QCOMPARE(dump("SELECT count(*), sum(p.n = c.n), sum(p.id = 101 + p.n), sum(c.id = 1 + c.n) FROM c JOIN p ON p.id = "
                  "c.p_id"),
             std::string("30 30 30 30 / "));
}

void tst_Plan::canBeGivenUp()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY)");
    for (int i = 0; i < 3'000; ++i)
        session_->addRow(*table("t"), {{"id", Value(i)}});
    std::stop_source stop;
    const auto planned = [&] {
        return buildPlan(engine_->dialect(), session_->baseline(), session_->unitOfWork().changes(), {},
                         stop.get_token());
    };
    QCOMPARE(planned().steps.size(), std::size_t{30});
    stop.request_stop();
    try {
        planned();
        QFAIL("it went on");
    } catch (const Error &error) {
        QCOMPARE(toString(error.kind), toString(ErrorKind::Cancelled));
    }
}

void tst_Plan::namesTheGuiltyRowOfABatch()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE CHECK (n > 0))");
    std::vector<ChangeId> ids;
    for (const int n : {1, 2, -3, 4, 2, 6})
        ids.push_back(session_->change(session_->addRow(*table("t"), {{"n", Value(n)}}))->id);
    QCOMPARE(session_->plan().steps.size(), std::size_t{1});
    const Report rehearsal = runPlan(*connection_, session_->plan(), RunMode::Rehearse);
    QCOMPARE(rehearsal.steps.size(), std::size_t{6});
    for (std::size_t i = 0; i < 6; ++i) {
        QVERIFY(rehearsal.steps[i].change == ids[i]);
        QCOMPARE(rehearsal.steps[i].error.has_value(), i == 2 || i == 4);
    }
    const Report report = session_->flush(*connection_);
    QVERIFY(!report.committed);
    QVERIFY(session_->unitOfWork().find(ids[2])->error.has_value());
    QVERIFY(!session_->unitOfWork().find(ids[1])->error.has_value());
    QCOMPARE(session_->unitOfWork().size(), std::size_t{6});
    QCOMPARE(dump("SELECT * FROM t"), std::string());
}

void tst_Plan::waitsForKeysOfItsOwnBatch()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t (id))");
    const RowTarget first = session_->addRow(*table("t"), {{"up", Value()}});
    const RowTarget second = session_->addRow(*table("t"), {{"up", KeyOf{first.newRow, "id"}}});
    session_->addRow(*table("t"), {{"up", KeyOf{second.newRow, "id"}}});
    session_->addRow(*table("t"), {{"up", KeyOf{first.newRow, "id"}}});
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t ORDER BY id"), std::string("1 - / 2 1 / 3 2 / 4 1 / "));
}

void tst_Plan::theScriptPassesKeysOn_data()
{
    QTest::addColumn<bool>("onPostgres");
    QTest::newRow("sqlite") << false;
    if (test::postgresServer())
        QTest::newRow("postgresql") << true;
}

void tst_Plan::theScriptPassesKeysOn()
{
    QFETCH(bool, onPostgres);
    const std::string schema =
        std::string("CREATE TABLE parent (id ") +
        (onPostgres ? "INTEGER GENERATED BY DEFAULT AS IDENTITY (START 40) PRIMARY KEY" : "INTEGER PRIMARY KEY") +
        ", name TEXT); CREATE TABLE child (parent_id INTEGER NOT NULL REFERENCES parent (id), n INTEGER NOT NULL, "
        "up_parent INTEGER, up_n INTEGER, PRIMARY KEY (parent_id, n), FOREIGN KEY (up_parent, up_n) REFERENCES child "
        "(parent_id, n))";
    std::string states[2];
    for (const bool byScript : {false, true}) {
        std::optional<test::PostgresDatabase> server;
        Url url = Url::parse("sqlite://");
        if (onPostgres) {
            server.emplace("plan_script");
            url.scheme = "postgresql";
            url.arguments = server->arguments();
        }
        const Engine engine = Engine::open(url);
        Connection connection = engine.connect();
        connection.executeScript(schema);
        Session session(engine.sharedDialect(), Inspector(connection).reflect());
        const auto named = [&](const char *name) {
            return *session.baseline().table({session.baseline().defaultSchema, name});
        };
        std::vector<std::uint64_t> parents;
        for (const char *name : {"a", "b's <id of new parent 1>", "c"})
            parents.push_back(session.addRow(named("parent"), {{"name", Value(name)}}).newRow);
        for (const std::uint64_t parent : parents)
            session.addRow(named("child"), {{"parent_id", KeyOf{parent, "id"}}, {"n", Value(1)}});
        session.addRow(named("child"), {{"parent_id", KeyOf{parents[1], "id"}},
                                        {"n", Value(2)},
                                        {"up_parent", KeyOf{parents[2], "id"}},
                                        {"up_n", Value(1)}});
        if (byScript)
            connection.executeScript(scriptText(engine.dialect(), session.plan()));
        else if (const Report report = session.flush(connection); report.error)
            throw *report.error;
        std::string &state = states[byScript];
        for (const char *sql : {"SELECT * FROM parent ORDER BY id", "SELECT * FROM child ORDER BY parent_id, n"})
            for (const Row &row : connection.execute(sql).all()) {
                for (const Value &value : row.values())
                    state += (value.isNull() ? "-" : value.text()) + " ";
                state += "/ ";
            }
    }
    QCOMPARE(states[1], states[0]);
    QVERIFY(states[0].find(onPostgres ? "41 2 42 1 / " : "2 2 3 1 / ") != std::string::npos);
}

void tst_Plan::comparesTheVersionInstead()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT, v INTEGER NOT NULL);"
          "INSERT INTO t VALUES (1, 'a', 'b', 5), (2, 'a', 'b', 1)");
    EntityMapping mapping;
    mapping.versionColumn = "v";
    session_->setMappings({{{"main", "t"}, mapping}});
    set("t", 1, "a", "mine");
    remove("t", 2);
    QCOMPARE(previews(), (std::vector<std::string>{"UPDATE main.t SET a = 'mine', v = 6 WHERE id = 1 AND v = 5",
                                                   "DELETE FROM main.t WHERE id = 2 AND v = 1"}));
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t"), std::string("1 mine b 6 / "));
    // Another column was changed and counted: a conflict, which old values would not have seen.
    set("t", 1, "a", "again");
    connection_->execute("UPDATE t SET b = 'theirs', v = 7");
    QCOMPARE(toString(session_->flush(*connection_).error->kind), toString(ErrorKind::Conflict));
    const ChangeId id = session_->unitOfWork().changes().front()->id;
    session_->resolve(id, "a", Session::Resolution::KeepMine, rowOf("t", 1));
    mustCommit();
    QCOMPARE(dump("SELECT * FROM t"), std::string("1 again theirs 8 / "));
    const auto kept = changesFromJson([&] {
        session_->putMapping({"main", "t"}, mapping, std::nullopt);
        return changesToJson(session_->unitOfWork().changes());
    }());
    QCOMPARE(kept.front().mappingBefore->versionColumn, std::string("v"));
    set("t", 1, "a", "free");
    QCOMPARE(previews().front(), std::string("UPDATE main.t SET a = 'free' WHERE id = 1 AND a = 'again'"));
}

void tst_Plan::keepsOddTypesWhenAnotherCellIsEdited()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, n, j JSON, d DATE, v TEXT);"
          "INSERT INTO t VALUES (1, 5, '{\"a\": 1, \"a\": 2}', 'no date', 'x'), (2, X'00', NULL, '2024-02-29', 'y')");
    set("t", 1, "v", "z");
    remove("t", 2);
    mustCommit();
    QCOMPARE(dump("SELECT typeof(n), n, j, d, v FROM t"), std::string("integer 5 {\"a\": 1, \"a\": 2} no date z / "));
}

void tst_Plan::refusesWhatTheTableCanNeverHold()
{
    build("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, g TEXT AS (a || '!')); INSERT INTO t (id, a) "
          "VALUES (1, 'a');"
          "CREATE VIEW v AS SELECT * FROM t");
    const RowImage image = rowOf("t", 1);
    const RowTarget target = session_->target(*table("t"), image);
    QVERIFY_EXCEPTION_THROWN(session_->setCell(target, "a", Value(), image), Error);
    QVERIFY_EXCEPTION_THROWN(session_->setCell(target, "g", Value("x"), image), Error);
    QVERIFY_EXCEPTION_THROWN(session_->setCell(target, "nowhere", Value("x"), image), Error);
    QVERIFY(session_->unitOfWork().isEmpty());
    QVERIFY(!session_->whyNotEditable(*table("v"), "a").empty());
    QVERIFY_EXCEPTION_THROWN(session_->target(*table("v"), image), Error);
}

void tst_Plan::staysLinear()
{
    // Not timed: a plan that compared every row with every other would not come back within the test's limit.
    build("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p "
          "(id))");
    for (int i = 20'000; i > 0; --i) {
        session_->addRow(*table("c"), {{"id", Value(i)}, {"p_id", Value(i)}});
        session_->addRow(*table("p"), {{"id", Value(i)}});
    }
    const Plan plan = session_->plan();
    QCOMPARE(plan.steps.size(), std::size_t{400}); // batches of 100
    mustCommit();
    QCOMPARE(dump("SELECT count(*) FROM c"), std::string("20000 / "));
}

QTEST_GUILESS_MAIN(tst_Plan)
#include "tst_plan.moc"
