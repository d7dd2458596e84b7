// Cases that other tools got wrong, each through a Session: the right row is written, and nothing that is pending is
// lost. Those about values are in tst_session_values.cpp.

#include "support/session_world.h"
#include "support/sqlite_file.h"

#include <algorithm>

using namespace schemawright;
using test::SessionWorld;

namespace {

bool isKind(const Report &report, ErrorKind kind) { return report.error && report.error->kind == kind; }

/// Statements that are not empty and hold this.
std::size_t statementsWith(const SessionWorld &world, const std::string &text)
{
    const auto all = world.statements();
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [&](const std::string &sql) { return sql.find(text) != std::string::npos; }));
}

} // namespace

class tst_SessionCases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addANotNullColumnFillItCommit_data() { test::bothDatabases(); }
    void addANotNullColumnFillItCommit();
    void whatNamesADroppedColumnGoesWithIt_data() { test::bothDatabases(); }
    void whatNamesADroppedColumnGoesWithIt();
    void oneRowOfACompositeKey_data() { test::bothDatabases(); }
    void oneRowOfACompositeKey();
    void aTextKeyWithAQuote_data() { test::bothDatabases(); }
    void aTextKeyWithAQuote();
    void aNewRowWhoseKeyIsEditedIsOneInsert_data() { test::bothDatabases(); }
    void aNewRowWhoseKeyIsEditedIsOneInsert();
    void aCellEditedTwiceIsOneUpdate_data() { test::bothDatabases(); }
    void aCellEditedTwiceIsOneUpdate();
    void aCompositeKeyIsFoundByTheOldOne_data() { test::bothDatabases(); }
    void aCompositeKeyIsFoundByTheOldOne();
    void twoIdenticalRows_data() { test::bothDatabases(); }
    void twoIdenticalRows();
    void identicalRowsAreDeletedOneByOne();
    void nullsInAPrimaryKeyOfSqlite();
    void columnsNamedLikeTheRowId();
    void aKeyOfBytes_data() { test::bothDatabases(); }
    void aKeyOfBytes();
    void aTriggerThatKeepsTheRowAsItIs_data() { test::bothDatabases(); }
    void aTriggerThatKeepsTheRowAsItIs();
    void rowSecurityThatHidesTheRow();
    void editInsertAndDeleteThroughEverything_data() { test::bothDatabases(); }
    void editInsertAndDeleteThroughEverything();
    void theServerEndsTheConnectionBeforeTheCommit();
    void theServerEndsTheConnectionBetweenStatements();
    void theFileIsLocked();
    void othersCanWriteWhileEditsArePending_data() { test::bothDatabases(); }
    void othersCanWriteWhileEditsArePending();
    void oneNameInTwoSchemas();
    void aTableThatMayNotBeRead();
    void aViewWithTriggersIsEdited_data() { test::bothDatabases(); }
    void aViewWithTriggersIsEdited();
    void virtualTablesAreEditedAndTheirShadowsAreNot();
};

void tst_SessionCases::addANotNullColumnFillItCommit()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
    Table table = world.session->editTable(world.name("t"));
    Column added;
    added.name = "c";
    added.type = types::text();
    added.nullable = false;
    table.columns.push_back(added);
    world.session->putTable(table);
    // Nothing fills it: said, named, and nothing is written.
    world.set("t", 1, "c", Value("one"));
    const Report missing = world.flush();
    QVERIFY(isKind(missing, ErrorKind::Constraint) || isKind(missing, ErrorKind::Unsupported));
    QVERIFY2(missing.error->message.find("c") != std::string::npos, missing.error->message.c_str());
    QVERIFY2(missing.error->hint.find("fill") != std::string::npos, missing.error->hint.c_str());
    QCOMPARE(world.pending(), std::size_t{2});
    QVERIFY(!world.reflect().table(world.name("t"))->column("c"));
    world.set("t", 2, "c", Value(""));
    world.commit();
    QCOMPARE(world.read("SELECT id, c FROM t ORDER BY id"), std::string("1 one / 2  / "));
    QVERIFY(!world.reflect().table(world.name("t"))->column("c")->nullable);
}

void tst_SessionCases::whatNamesADroppedColumnGoesWithIt()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer,
                       "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER REFERENCES t, b INTEGER, CHECK (a < "
                       "b), CHECK (b > 0), UNIQUE (a, b)); CREATE INDEX pair ON t (b, a);"
                       "CREATE INDEX part ON t (b) WHERE a > 1; CREATE INDEX total ON t ((b + a));"
                       "CREATE UNIQUE INDEX kept ON t (b); INSERT INTO t VALUES (1, 1, 2), (2, 1, 3)");
    Table table = world.session->editTable(world.name("t"));
    std::erase_if(table.columns, [](const Column &column) { return column.name == "a"; });
    world.set("t", 1, "b", Value(3));
    world.set("t", 2, "b", Value(2));
    world.session->putTable(table);
    QCOMPARE(world.session->draft().after.table(world.name("t"))->indexes.size(), std::size_t{1});
    world.session->unitOfWork().undo();
    QCOMPARE(world.session->draft().after.table(world.name("t"))->indexes.size(), std::size_t{4});
    world.session->unitOfWork().redo();
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("1 3 / 2 2 / "));
    const TablePtr now = world.reflect().table(world.name("t"));
    QVERIFY(now->uniques.empty() && now->foreignKeys.empty());
    QCOMPARE(now->checks.size(), std::size_t{1});
    QCOMPARE(now->indexes.size(), std::size_t{1});
    QCOMPARE(now->indexes.front().name, std::string("kept"));
}

void tst_SessionCases::oneRowOfACompositeKey()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, std::string("CREATE TABLE t (s TEXT NOT NULL, k INTEGER NOT NULL, n INTEGER, PRIMARY "
                                             "KEY (s, k))") +
                                     (isServer ? "" : " WITHOUT ROWID") +
                                     "; INSERT INTO t VALUES ('a', 1, 1), ('a', 2, 2), ('b', 1, 3)");
    world.set("t", world.row("t", "n", Value(2)), "n", Value(20));
    world.remove("t", world.row("t", "n", Value(3)));
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY s, k"), std::string("a 1 1 / a 2 20 / "));
}

void tst_SessionCases::aTextKeyWithAQuote()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (k VARCHAR(20) PRIMARY KEY, n INTEGER);"
                                 "INSERT INTO t VALUES ('it''s', 1), ('it', 2), ('''', 3), ('%', 4)");
    world.set("t", world.row("t", "k", Value("it's")), "n", Value(10));
    world.remove("t", world.row("t", "k", Value("'")));
    world.commit();
    QCOMPARE(world.read("SELECT n FROM t ORDER BY n"), std::string("2 / 4 / 10 / "));
    world.set("t", world.row("t", "n", Value(10)), "k", Value("x' OR ''='"));
    world.commit();
    QCOMPARE(world.read("SELECT count(*) FROM t WHERE k = 'x'' OR ''''='''"), std::string("1 / "));
    QCOMPARE(world.read("SELECT count(*) FROM t"), std::string("3 / "));
}

void tst_SessionCases::aNewRowWhoseKeyIsEditedIsOneInsert()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT)");
    const RowTarget row = world.add("t", {{"id", Value(1)}});
    world.session->setCell(row, "id", Value(5), {});
    world.session->setCell(row, "s", Value("x"), {});
    world.session->setCell(row, "id", Value(6), {});
    world.session->setCell(row, "s", Value("last"), {});
    QCOMPARE(world.statements().size(), std::size_t{1});
    QCOMPARE(statementsWith(world, "INSERT INTO"), std::size_t{1});
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t"), std::string("6 - last / "));
}

void tst_SessionCases::aCellEditedTwiceIsOneUpdate()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1)");
    const RowImage row = world.row("t", "id", Value(1)); // read once
    world.set("t", row, "n", Value(2));
    world.set("t", row, "n", Value(3));
    QCOMPARE(world.statements().size(), std::size_t{1});
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t"), std::string("1 3 / "));
    // And the key twice.
    const RowImage now = world.row("t", "id", Value(1));
    world.set("t", now, "id", Value(8));
    world.set("t", now, "id", Value(9));
    QCOMPARE(world.statements().size(), std::size_t{1});
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t"), std::string("9 3 / "));
}

void tst_SessionCases::aCompositeKeyIsFoundByTheOldOne()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (a INTEGER NOT NULL, b INTEGER NOT NULL, s TEXT, PRIMARY KEY (a, b));"
                                 "INSERT INTO t VALUES (1, 2, 'mine'), (1, 3, 'other')");
    world.set("t", world.row("t", "s", Value("mine")), "b", Value(9));
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY b"), std::string("1 3 other / 1 9 mine / "));
    world.set("t", world.row("t", "s", Value("mine")), "b", Value(3));
    const Report report = world.flush();
    QVERIFY(isKind(report, ErrorKind::Constraint));
    QCOMPARE(world.read("SELECT * FROM t ORDER BY b"), std::string("1 3 other / 1 9 mine / "));
    QCOMPARE(world.pending(), std::size_t{1});
    QVERIFY(world.session->unitOfWork().changes().front()->error.has_value());
}

void tst_SessionCases::twoIdenticalRows()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (a INTEGER, s TEXT);"
                                 "INSERT INTO t VALUES (1, 'x'), (1, 'x'), (2, NULL), (2, NULL), (3, 'one')");
    world.set("t", world.row("t", "a", Value(3)), "s", Value("two"));
    world.commit();
    QCOMPARE(world.read("SELECT a FROM t WHERE s = 'two'"), std::string("3 / "));
    for (const int a : {1, 2}) {
        const std::string before = world.read("SELECT * FROM t ORDER BY a, s");
        world.set("t", world.row("t", "a", Value(a)), "s", Value("changed"));
        const Report report = world.flush();
        if (!isServer) { // the hidden row number tells them apart
            QVERIFY(report.committed);
            QCOMPARE(world.read("SELECT count(*) FROM t WHERE s = 'changed' AND a = " + std::to_string(a)),
                     std::string("1 / "));
            continue;
        }
        QVERIFY(isKind(report, ErrorKind::Conflict));
        QVERIFY(report.error->message.find("2 rows") != std::string::npos);
        QVERIFY(!report.error->hint.empty());
        QCOMPARE(world.read("SELECT * FROM t ORDER BY a, s"), before);
        QCOMPARE(world.pending(), std::size_t{1});
        world.session->unitOfWork().discardAll();
    }
}

void tst_SessionCases::identicalRowsAreDeletedOneByOne()
{
    SessionWorld world(false, "CREATE TABLE t (a INTEGER, s TEXT); INSERT INTO t VALUES (1, 'x'), (1, 'x'), (1, 'x')");
    const std::vector<RowImage> rows = world.rows(world.table("t"));
    QCOMPARE(rows.size(), std::size_t{3});
    world.remove("t", rows[1]);
    world.set("t", rows[2], "s", Value("kept"));
    world.commit();
    QCOMPARE(world.read("SELECT s FROM t ORDER BY rowid"), std::string("x / kept / "));
}

void tst_SessionCases::nullsInAPrimaryKeyOfSqlite()
{
    SessionWorld world(false, "CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER);"
                              "INSERT INTO t VALUES (NULL, 1), (NULL, 2), ('x', 3)");
    world.set("t", world.row("t", "n", Value(2)), "n", Value(20));
    world.remove("t", world.row("t", "n", Value(1)));
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY n"), std::string("x 3 / - 20 / "));
    world.set("t", world.row("t", "n", Value(20)), "k", Value("now"));
    world.commit();
    QCOMPARE(world.read("SELECT k FROM t WHERE n = 20"), std::string("now / "));
}

void tst_SessionCases::columnsNamedLikeTheRowId()
{
    SessionWorld world(false, "CREATE TABLE two (rowid TEXT, oid TEXT); INSERT INTO two VALUES ('a', 'b'), ('a', 'b');"
                              "CREATE TABLE all3 (rowid TEXT, _rowid_ TEXT, oid TEXT);"
                              "INSERT INTO all3 VALUES ('a', 'b', NULL), ('a', 'b', NULL), ('a', 'b', 'c')");
    // One name is left, by which the two are told apart.
    world.set("two", world.rows(world.table("two")).front(), "rowid", Value("A"));
    world.commit();
    QCOMPARE(world.read("SELECT rowid, oid FROM two ORDER BY rowid"), std::string("A b / a b / "));
    // No name is left: the whole row, where that names one.
    world.set("all3", world.row("all3", "oid", Value("c")), "rowid", Value("A"));
    world.commit();
    QCOMPARE(world.read("SELECT * FROM all3 ORDER BY rowid"), std::string("A b c / a b - / a b - / "));
    world.set("all3", world.row("all3", "oid", Value()), "rowid", Value("B"));
    QVERIFY(isKind(world.flush(), ErrorKind::Conflict));
    QCOMPARE(world.read("SELECT count(*) FROM all3 WHERE rowid = 'B'"), std::string("0 / "));
}

void tst_SessionCases::aKeyOfBytes()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, isServer ? "CREATE TABLE t (k BYTEA PRIMARY KEY, n INTEGER);"
                                            "INSERT INTO t VALUES ('\\x00ff27', 1), ('\\x00ff', 2), ('\\x', 3)"
                                          : "CREATE TABLE t (k BLOB PRIMARY KEY, n INTEGER);"
                                            "INSERT INTO t VALUES (X'00ff27', 1), (X'00ff', 2), (X'', 3)");
    world.set("t", world.row("t", "n", Value(1)), "n", Value(10));
    world.remove("t", world.row("t", "n", Value(3)));
    world.set("t", world.row("t", "n", Value(2)), "k", Bytes{std::string("\0'\xfe", 3)});
    world.commit();
    const RowImage row = world.row("t", "n", Value(2));
    QVERIFY(row.at("k") == Cell(Value(Bytes{std::string("\0'\xfe", 3)})));
    QCOMPARE(world.read("SELECT n FROM t ORDER BY n"), std::string("2 / 10 / "));
}

void tst_SessionCases::aTriggerThatKeepsTheRowAsItIs()
{
    QFETCH(bool, isServer);
    SessionWorld world(
        isServer,
        std::string("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1), (2, 2);") +
            (isServer ? "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.id = 2 THEN RETURN "
                        "NULL; END IF; RETURN NEW; END $$;"
                        "CREATE TRIGGER keeps BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION keep()"
                      : "CREATE TRIGGER keeps BEFORE UPDATE ON t WHEN OLD.id = 2 BEGIN SELECT RAISE(IGNORE); END"));
    world.set("t", 1, "n", Value(10));
    world.set("t", 2, "n", Value(20));
    const Report report = world.flush();
    QVERIFY(isKind(report, ErrorKind::Conflict));
    QCOMPARE(world.read("SELECT n FROM t ORDER BY id"), std::string("1 / 2 / ")); // the first is rolled back as well
    QCOMPARE(world.pending(), std::size_t{2});
    const auto changes = world.session->unitOfWork().changes();
    QVERIFY(!changes[0]->error && changes[1]->error);
    world.connection.executeScript(isServer ? "DROP TRIGGER keeps ON t" : "DROP TRIGGER keeps");
    world.commit();
    QCOMPARE(world.read("SELECT n FROM t ORDER BY id"), std::string("10 / 20 / "));
}

void tst_SessionCases::rowSecurityThatHidesTheRow()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true, "CREATE TABLE t (id INTEGER PRIMARY KEY, owner TEXT, n INTEGER);"
                             "INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2);"
                             "CREATE POLICY sees ON t FOR SELECT USING (true);"
                             "CREATE POLICY writes ON t FOR UPDATE USING (owner = 'a');"
                             "CREATE POLICY removes ON t FOR DELETE USING (owner = 'a');"
                             "ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY");
    const std::string role = "sw_case_role_" + std::to_string(::getpid());
    world.connection.executeScript("CREATE ROLE " + role + "; GRANT ALL ON t TO " + role + "; SET ROLE " + role);
    const auto clean = [&] {
        world.connection.executeScript("RESET ROLE; DROP OWNED BY " + role + "; DROP ROLE " + role);
    };
    world.set("t", 1, "n", Value(10));
    world.set("t", 2, "n", Value(20));
    const Report update = world.flush();
    const std::string afterUpdate = world.read("SELECT n FROM t ORDER BY id");
    const std::size_t pending = world.pending();
    world.session->unitOfWork().discardAll();
    world.remove("t", world.row("t", "id", Value(2)));
    const Report removal = world.flush();
    const std::string afterDelete = world.read("SELECT n FROM t ORDER BY id");
    clean();
    QVERIFY(isKind(update, ErrorKind::Conflict));
    QCOMPARE(afterUpdate, std::string("1 / 2 / "));
    QCOMPARE(pending, std::size_t{2});
    QVERIFY(isKind(removal, ErrorKind::Conflict));
    QCOMPARE(afterDelete, std::string("1 / 2 / "));
    QCOMPARE(world.pending(), std::size_t{1});
}

void tst_SessionCases::editInsertAndDeleteThroughEverything()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);"
                                 "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
    world.set("t", 1, "n", Value(10));
    world.add("t", {{"id", Value(4)}, {"n", Value(40)}});
    world.remove("t", world.row("t", "id", Value(2)));
    // Read again, filtered and sorted otherwise; the picture of the schema is renewed; another connection.
    QCOMPARE(world.read("SELECT id FROM t WHERE n > 1 ORDER BY id DESC"), std::string("3 / 2 / "));
    world.session->setBaseline(world.reflect());
    Connection again = world.engine.connect();
    world.session->setBaseline(Inspector(again).reflect());
    QCOMPARE(world.pending(), std::size_t{3});
    const Report report = world.session->flush(again);
    QVERIFY2(report.committed, report.error ? report.error->describe().c_str() : "");
    QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("1 10 / 3 3 / 4 40 / "));
}

void tst_SessionCases::theServerEndsTheConnectionBeforeTheCommit()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1)");
    Connection control = world.engine.connect();
    world.set("t", 1, "n", Value(10));
    const std::string pid = world.connection.execute("SELECT pg_backend_pid()").first()->values()[0].text();
    control.execute("SELECT pg_terminate_backend(" + pid + ", 5000)").all();
    const Report report = world.flush();
    QVERIFY(!report.committed && report.error && !report.inDoubt);
    QVERIFY(!report.error->message.empty());
    QCOMPARE(world.pending(), std::size_t{1});
    const Report mended = world.session->flush(control);
    QVERIFY(mended.committed);
    QCOMPARE(control.execute("SELECT n FROM t").first()->values()[0], Value(10));
}

void tst_SessionCases::theServerEndsTheConnectionBetweenStatements()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);"
                             "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
    for (const int id : {1, 2, 3})
        world.set("t", id, "n", Value(id * 10));
    Connection control = world.engine.connect();
    const Plan plan = world.session->plan();
    for (std::size_t k = 0; k < plan.steps.size(); ++k) {
        Connection own = world.engine.connect();
        const std::string pid = own.execute("SELECT pg_backend_pid()").first()->values()[0].text();
        const Report report = runPlan(own, plan, RunMode::Commit, {}, [&](std::size_t step) {
            if (step == k)
                control.execute("SELECT pg_terminate_backend(" + pid + ", 5000)").all();
        });
        QVERIFY(!report.committed && report.error && !report.inDoubt);
        world.session->settle(report);
        QCOMPARE(world.pending(), std::size_t{3});
        QCOMPARE(control.execute("SELECT sum(n) FROM t").first()->values()[0].text(), std::string("6"));
    }
    QVERIFY(world.session->flush(control).committed);
    QCOMPARE(control.execute("SELECT sum(n) FROM t").first()->values()[0].text(), std::string("60"));
}

void tst_SessionCases::theFileIsLocked()
{
    const test::SqliteFile file("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1)");
    const Engine engine = Engine::open("sqlite:///" + file.path() + "?busy_timeout=50");
    Connection connection = engine.connect();
    Session session(engine.sharedDialect(), Inspector(connection).reflect());
    const TablePtr table = session.baseline().table({"main", "t"});
    const RowImage row = *readRow(connection, table, {{"id", Value(1)}});
    session.setCell(session.target(*table, row), "n", Value(10), row);
    sqlite3 *other = nullptr;
    QCOMPARE(sqlite3_open(file.path().c_str(), &other), SQLITE_OK);
    QCOMPARE(sqlite3_exec(other, "BEGIN EXCLUSIVE; UPDATE t SET id = id", nullptr, nullptr, nullptr), SQLITE_OK);
    const Report report = session.flush(connection);
    QVERIFY(isKind(report, ErrorKind::Busy));
    QCOMPARE(session.unitOfWork().size(), std::size_t{1});
    QVERIFY(!connection.inTransaction());
    sqlite3_exec(other, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(other);
    QVERIFY(session.flush(connection).committed);
    QCOMPARE(file.fact("SELECT n FROM t"), std::string("10"));
}

void tst_SessionCases::othersCanWriteWhileEditsArePending()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1)");
    world.set("t", 1, "n", Value(10));
    world.add("t", {{"id", Value(2)}});
    // Planned, rehearsed and refused: none of it leaves a transaction open.
    QVERIFY(runPlan(world.connection, world.session->plan(), RunMode::Rehearse).isClean());
    SessionWorld other(world);
    other.connection.executeScript("INSERT INTO t VALUES (2, 99)");
    QVERIFY(isKind(world.flush(), ErrorKind::Constraint));
    other.connection.executeScript("DELETE FROM t WHERE id = 2; INSERT INTO t VALUES (7, 7)");
    if (isServer)
        QCOMPARE(other.read("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE "
                            "'idle in transaction%'"),
                 std::string("0 / "));
    QVERIFY(!world.connection.inTransaction());
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("1 10 / 2 - / 7 7 / "));
}

void tst_SessionCases::oneNameInTwoSchemas()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true, "CREATE SCHEMA other; CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);"
                             "CREATE TABLE other.t (id INTEGER PRIMARY KEY, n INTEGER, s TEXT);"
                             "INSERT INTO t VALUES (1, 1); INSERT INTO other.t VALUES (1, 1, 'x')");
    const TablePtr there = world.session->baseline().table({"other", "t"});
    world.set("t", 1, "n", Value(10));
    const RowImage row = world.row(there, "id", Value(1));
    world.set(there, row, "n", Value(20));
    QCOMPARE(world.pending(), std::size_t{2});
    world.commit();
    QCOMPARE(world.read("SELECT n FROM public.t"), std::string("10 / "));
    QCOMPARE(world.read("SELECT n, s FROM other.t"), std::string("20 x / "));
    const RowImage again = world.row(there, "id", Value(1));
    world.session->deleteRow(world.session->target(*there, again), again);
    world.commit();
    QCOMPARE(world.read("SELECT count(*) FROM public.t"), std::string("1 / "));
    QCOMPARE(world.read("SELECT count(*) FROM other.t"), std::string("0 / "));
}

void tst_SessionCases::aTableThatMayNotBeRead()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true,
                       "CREATE TABLE mine (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO mine VALUES (1, 1);"
                       "CREATE TABLE secret (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO secret VALUES (1, 1)");
    const RowImage secret = world.row("secret", "id", Value(1));
    const std::string role = "sw_case_reader_" + std::to_string(::getpid());
    world.connection.executeScript("CREATE ROLE " + role + "; GRANT ALL ON mine TO " + role + "; SET ROLE " + role);
    world.session->setBaseline(world.reflect()); // others are reflected all the same
    const bool isThere = world.table("mine") != nullptr;
    world.set("mine", 1, "n", Value(10));
    world.set("secret", secret, "n", Value(20));
    const Report refused = world.flush();
    const auto changes = world.session->unitOfWork().changes();
    const bool isOnItsChange = changes.size() == 2 && !changes[0]->error && changes[1]->error;
    if (isOnItsChange)
        world.session->unitOfWork().revert(changes[1]->id);
    const Report rest = world.flush();
    world.connection.executeScript("RESET ROLE; DROP OWNED BY " + role + "; DROP ROLE " + role);
    QVERIFY(isThere);
    QVERIFY(isKind(refused, ErrorKind::Permission));
    QVERIFY(isOnItsChange);
    QVERIFY(rest.committed);
    QCOMPARE(world.read("SELECT n FROM mine"), std::string("10 / "));
    QCOMPARE(world.read("SELECT n FROM secret"), std::string("1 / "));
}

void tst_SessionCases::aViewWithTriggersIsEdited()
{
    QFETCH(bool, isServer);
    const std::string tables =
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1), (2, 2);"
        "CREATE VIEW v AS SELECT id, n * 10 AS tens FROM t; CREATE VIEW plain AS SELECT * FROM t;";
    SessionWorld world(
        isServer,
        tables + (isServer
                      ? "CREATE FUNCTION put() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        "IF TG_OP = 'DELETE' THEN DELETE FROM t WHERE id = OLD.id; RETURN OLD; END IF;"
                        "IF TG_OP = 'INSERT' THEN INSERT INTO t VALUES (NEW.id, NEW.tens / 10); RETURN NEW; END IF;"
                        "UPDATE t SET n = NEW.tens / 10 WHERE id = OLD.id; RETURN NEW; END $$;"
                        "CREATE TRIGGER puts INSTEAD OF INSERT OR UPDATE OR DELETE ON v FOR EACH ROW EXECUTE FUNCTION "
                        "put()"
                      : "CREATE TRIGGER puts INSTEAD OF UPDATE ON v BEGIN UPDATE t SET n = NEW.tens / 10 WHERE id = "
                        "OLD.id; END;"
                        "CREATE TRIGGER adds INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (NEW.id, NEW.tens / "
                        "10); END;"
                        "CREATE TRIGGER removes INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE id = OLD.id; END"));
    QVERIFY(world.session->whyNotEditable(*world.table("v"), "tens").empty());
    QVERIFY(!world.session->whyNotEditable(*world.table("plain"), "n").empty());
    world.set("v", world.row("v", "id", Value(1)), "tens", Value(50));
    world.remove("v", world.row("v", "id", Value(2)));
    world.add("v", {{"id", Value(3)}, {"tens", Value(70)}});
    world.commit();
    QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("1 5 / 3 7 / "));
}

void tst_SessionCases::virtualTablesAreEditedAndTheirShadowsAreNot()
{
    SessionWorld world(false, "CREATE VIRTUAL TABLE note USING fts5(title, body);"
                              "INSERT INTO note VALUES ('a', 'first words'), ('b', 'other words');"
                              "CREATE VIRTUAL TABLE box USING rtree(id, x0, x1);"
                              "INSERT INTO box VALUES (1, 0, 1), (2, 5, 6)");
    world.set("note", world.row("note", "title", Value("a")), "body", Value("new text"));
    world.remove("note", world.row("note", "title", Value("b")));
    world.add("note", {{"title", Value("c")}, {"body", Value("third")}});
    world.set("box", world.row("box", "id", Value(2)), "x1", Value(9.0));
    world.commit();
    QCOMPARE(world.read("SELECT title FROM note WHERE note MATCH 'text'"), std::string("a / "));
    QCOMPARE(world.read("SELECT count(*) FROM note WHERE note MATCH 'words'"), std::string("0 / "));
    QCOMPARE(world.read("SELECT id FROM box WHERE x1 > 8"), std::string("2 / "));
    const TablePtr shadow = world.table("note_content");
    QVERIFY(shadow && shadow->kind == TableKind::Shadow);
    QVERIFY(!world.session->whyNotEditable(*shadow, shadow->columns.front().name).empty());
    QVERIFY_EXCEPTION_THROWN(world.session->addRow(*shadow), Error);
}

QTEST_GUILESS_MAIN(tst_SessionCases)
#include "tst_session_cases.moc"
