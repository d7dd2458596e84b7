// What a rehearsal reports: every failing change, also those that only COMMIT would find, and nothing is written.

#include "support/session_world.h"

#include <map>
#include <set>

using namespace schemawright;
using test::SessionWorld;

namespace {

using Ids = std::set<ChangeId>;

Ids guilty(const Report &report)
{
    Ids ids;
    for (const StepReport &step : report.steps)
        if (step.error)
            ids.insert(step.change);
    return ids;
}

ChangeId idOf(const SessionWorld &world, const RowTarget &row) { return world.session->change(row)->id; }

} // namespace

class tst_Rehearsal : public QObject
{
    Q_OBJECT

private:
    /// Rehearses and commits: both blame these changes, and nothing is written.
    static void blames(SessionWorld &world, const Ids &expected, const std::string &state)
    {
        const std::string before = world.read(state);
        const std::size_t pending = world.pending();
        const Report rehearsal = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
        QVERIFY(!rehearsal.committed && rehearsal.error);
        QCOMPARE(guilty(rehearsal), expected);
        QCOMPARE(world.read(state), before);
        const Report commit = world.flush();
        QVERIFY(!commit.committed && !commit.inDoubt && commit.error);
        QCOMPARE(toString(commit.error->kind), toString(ErrorKind::Constraint));
        Ids marked;
        for (const Change *change : world.session->unitOfWork().changes())
            if (change->error)
                marked.insert(change->id);
        QCOMPARE(marked, expected);
        QCOMPARE(world.read(state), before);
        QCOMPARE(world.pending(), pending);
        QVERIFY(!world.connection.inTransaction());
    }

private Q_SLOTS:
    void reportsEveryFailure_data() { test::bothDatabases(); }
    void reportsEveryFailure();
    void blamesAChildWithoutAParent_data() { test::bothDatabases(); }
    void blamesAChildWithoutAParent();
    void blamesTheParentThatGoes_data() { test::bothDatabases(); }
    void blamesTheParentThatGoes();
    void blamesAMovedKeyAndACompositeOne_data() { test::bothDatabases(); }
    void blamesAMovedKeyAndACompositeOne();
    void blamesNobodyForWhatWasBrokenBefore();
    void blamesRowsOfABatch_data() { test::bothDatabases(); }
    void blamesRowsOfABatch();
    void blamesRowsBesideTables_data() { test::bothDatabases(); }
    void blamesRowsBesideTables();
    void blamesAUniqueValueThatIsCheckedLate();
    void blamesWhatATriggerRefuses();
    void leavesAGoodPlanAlone_data() { test::bothDatabases(); }
    void leavesAGoodPlanAlone();
};

namespace {

constexpr const char *family = "CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE c (id INTEGER PRIMARY "
                               "KEY, n INTEGER, p_id INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);"
                               "INSERT INTO p VALUES (1, 1), (2, 2), (3, 3); INSERT INTO c VALUES (1, 1, 1), (2, 2, 2)";
constexpr const char *familyState = "SELECT 0, id, n, 0 FROM p UNION ALL SELECT 1, id, n, p_id FROM c ORDER BY 1, 2";

} // namespace

void tst_Rehearsal::reportsEveryFailure()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0));"
                                 "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
    world.set("t", 1, "n", Value(-1));
    world.set("t", 2, "n", Value(20));
    world.set("t", 3, "n", Value(-3));
    const RowTarget twice = world.add("t", {{"id", Value(2)}});
    const auto changes = world.session->unitOfWork().changes();
    const Report report = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
    QCOMPARE(guilty(report), (Ids{changes[0]->id, changes[2]->id, idOf(world, twice)}));
    QCOMPARE(report.steps.size(), std::size_t{4});
    for (const StepReport &step : report.steps)
        QCOMPARE(step.rows, step.error ? std::int64_t{-1} : std::int64_t{1});
    QCOMPARE(world.read("SELECT n FROM t ORDER BY id"), std::string("1 / 2 / 3 / "));
    QVERIFY(!world.connection.inTransaction());
}

void tst_Rehearsal::blamesAChildWithoutAParent()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, family);
    world.add("p", {{"id", Value(9)}});
    world.add("c", {{"id", Value(10)}, {"p_id", Value(9)}});
    const RowTarget lost = world.add("c", {{"id", Value(11)}, {"p_id", Value(77)}});
    world.set("c", 1, "p_id", Value(78));
    world.set("c", 2, "n", Value(20));
    const ChangeId moved = world.session->change(world.session->target(*world.table("c"), {{"id", Value(1)}}))->id;
    blames(world, {idOf(world, lost), moved}, familyState);
    if (QTest::currentTestFailed())
        return;
    const Change *change = world.session->unitOfWork().find(moved);
    QVERIFY2(change->error->detail.find("c.p_id = 78 is not in p") != std::string::npos,
             change->error->describe().c_str());
    world.session->setCell(lost, "p_id", Value(1), {});
    world.set("c", 1, "p_id", Value(3));
    world.commit();
    QCOMPARE(world.read("SELECT p_id FROM c ORDER BY id"), std::string("3 / 2 / 9 / 1 / "));
}

void tst_Rehearsal::blamesTheParentThatGoes()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, family);
    world.remove("p", world.row("p", "id", Value(1))); // c 1 refers to it, which nobody edits
    world.remove("p", world.row("p", "id", Value(2))); // c 2 goes as well
    world.remove("c", world.row("c", "id", Value(2)));
    world.remove("p", world.row("p", "id", Value(3)));
    const ChangeId gone = world.session->unitOfWork().changes()[0]->id;
    blames(world, {gone}, familyState);
    if (QTest::currentTestFailed())
        return;
    // With another edit of that child, the parent is still to blame.
    world.set("c", 1, "n", Value(10));
    blames(world, {gone}, familyState);
    world.set("c", 1, "p_id", Value());
    world.commit();
    QCOMPARE(world.read("SELECT count(*) FROM p"), std::string("0 / "));
}

void tst_Rehearsal::blamesAMovedKeyAndACompositeOne()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer,
                       "CREATE TABLE p (a INTEGER NOT NULL, b VARCHAR(9) NOT NULL, n INTEGER, PRIMARY KEY (a, "
                       "b)); CREATE TABLE c (id INTEGER PRIMARY KEY, a INTEGER, b VARCHAR(9), FOREIGN KEY (b, "
                       "a) REFERENCES p (b, a) DEFERRABLE INITIALLY DEFERRED);"
                       "INSERT INTO p VALUES (1, 'x', 1), (1, 'y', 2), (2, 'x', 3);"
                       "INSERT INTO c VALUES (1, 1, 'x'), (2, 2, 'x'), (3, NULL, 'z')");
    const char *state = "SELECT a, b, n FROM p UNION ALL SELECT a, b, id FROM c ORDER BY 3, 2, 1";
    world.set("p", world.row("p", "n", Value(1)), "b", Value("moved"));
    world.set("p", world.row("p", "n", Value(3)), "a", Value(5)); // its child follows
    world.set("c", 2, "a", Value(5));
    const ChangeId moved = world.session->unitOfWork().changes()[0]->id;
    blames(world, {moved}, state);
    if (QTest::currentTestFailed())
        return;
    world.set("c", 1, "b", Value("moved"));
    world.set("c", 3, "a", Value(8));
    const ChangeId third = world.session->unitOfWork().changes().back()->id;
    blames(world, {third}, state);
    world.set("c", 3, "a", Value());
    world.commit();
    QCOMPARE(world.read("SELECT a, b FROM c ORDER BY id"), std::string("1 moved / 5 x / - z / "));
}

void tst_Rehearsal::blamesNobodyForWhatWasBrokenBefore()
{
    SessionWorld world(false, std::string("PRAGMA foreign_keys = OFF;") + family +
                                  "; INSERT INTO c VALUES (5, 5, 55); PRAGMA foreign_keys = ON");
    world.set("c", 5, "n", Value(50));
    const RowTarget lost = world.add("c", {{"id", Value(11)}, {"p_id", Value(77)}});
    blames(world, {idOf(world, lost)}, familyState);
    if (QTest::currentTestFailed())
        return;
    world.session->unitOfWork().revert(idOf(world, lost));
    world.commit();
    QCOMPARE(world.read("SELECT n, p_id FROM c WHERE id = 5"), std::string("50 55 / "));
}

void tst_Rehearsal::blamesRowsOfABatch()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer,
                       std::string("CREATE TABLE p (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO p VALUES (1, 1);") +
                           (isServer ? "CREATE TABLE c (id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"
                                     : "CREATE TABLE c (id INTEGER PRIMARY KEY") +
                           ", p_id INTEGER REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)");
    Ids expected;
    for (int i = 0; i < 40; ++i) {
        const RowTarget row = world.add("c", {{"p_id", Value(i % 10 == 3 ? 100 + i : 1)}});
        if (i % 10 == 3)
            expected.insert(idOf(world, row));
    }
    QCOMPARE(world.session->plan().steps.size(), std::size_t{1});
    blames(world, expected, "SELECT count(*) FROM c");
}

void tst_Rehearsal::blamesRowsBesideTables()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, family);
    Table table = world.session->editTable(world.name("c"));
    Column added;
    added.name = "mark";
    added.type = types::integer();
    added.nullable = false;
    table.columns.push_back(added);
    world.session->putTable(table);
    world.set("c", 1, "mark", Value(1));
    world.set("c", 2, "mark", Value(2));
    const RowTarget lost = world.add("c", {{"id", Value(11)}, {"p_id", Value(77)}, {"mark", Value(3)}});
    const std::string before = world.read(familyState);
    const Report rehearsal = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
    const Ids blamed = guilty(rehearsal);
    QVERIFY(blamed.contains(idOf(world, lost)));
    if (isServer) // the rest is rehearsed without it, and is right
        QCOMPARE(blamed.size(), std::size_t{1});
    QCOMPARE(world.read(familyState), before);
    QVERIFY(!world.flush().committed);
    QVERIFY(world.session->change(lost)->error.has_value());
    QCOMPARE(world.read(familyState), before);
    world.session->setCell(lost, "p_id", Value(3), {});
    world.commit();
    QCOMPARE(world.read("SELECT mark, p_id FROM c ORDER BY id"), std::string("1 1 / 2 2 / 3 3 / "));
}

void tst_Rehearsal::blamesAUniqueValueThatIsCheckedLate()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true, "CREATE TABLE t (id INTEGER PRIMARY KEY, u INTEGER, UNIQUE (u) DEFERRABLE INITIALLY "
                             "DEFERRED); INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
    world.set("t", 1, "u", Value(10));
    world.set("t", 2, "u", Value(3)); // that of 3, which nobody edits
    const RowTarget added = world.add("t", {{"id", Value(4)}, {"u", Value(3)}});
    const auto changes = world.session->unitOfWork().changes();
    blames(world, {changes[1]->id, idOf(world, added)}, "SELECT * FROM t ORDER BY id");
}

void tst_Rehearsal::blamesWhatATriggerRefuses()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    SessionWorld world(true,
                       "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO t VALUES (1, 1), (2, 2);"
                       "CREATE FUNCTION few() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT sum(n) FROM "
                       "t) > 10 THEN RAISE EXCEPTION 'too much' USING ERRCODE = 'check_violation'; END IF; RETURN "
                       "NULL; END $$;"
                       "CREATE CONSTRAINT TRIGGER sums AFTER INSERT OR UPDATE ON t DEFERRABLE INITIALLY DEFERRED "
                       "FOR EACH ROW EXECUTE FUNCTION few()");
    world.set("t", 1, "n", Value(3));
    world.set("t", 2, "n", Value(9));
    const ChangeId second = world.session->unitOfWork().changes()[1]->id;
    blames(world, {second}, "SELECT * FROM t ORDER BY id");
}

void tst_Rehearsal::leavesAGoodPlanAlone()
{
    QFETCH(bool, isServer);
    SessionWorld world(isServer, std::string("CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER NOT NULL);") +
                                     (isServer ? "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL "
                                                 "REFERENCES a (id) DEFERRABLE);"
                                                 "ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b (id) DEFERRABLE"
                                               : "CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL "
                                                 "REFERENCES a (id)); DROP TABLE a; CREATE TABLE a (id INTEGER PRIMARY "
                                                 "KEY, b_id INTEGER NOT NULL REFERENCES b (id))"));
    world.session->setBaseline(world.reflect());
    world.add("a", {{"id", Value(1)}, {"b_id", Value(2)}});
    world.add("b", {{"id", Value(2)}, {"a_id", Value(1)}});
    const Report rehearsal = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
    QVERIFY2(rehearsal.isClean(), rehearsal.error ? rehearsal.error->describe().c_str() : "");
    QCOMPARE(world.read("SELECT count(*) FROM a"), std::string("0 / "));
    world.commit();
    QCOMPARE(world.read("SELECT a.id, b.id FROM a JOIN b ON b.a_id = a.id AND a.b_id = b.id"), std::string("1 2 / "));
}

QTEST_GUILESS_MAIN(tst_Rehearsal)
#include "tst_rehearsal.moc"
