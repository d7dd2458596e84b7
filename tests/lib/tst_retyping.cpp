// A column gets another type in the commit that writes its rows: which comes first is told by the values. What has no
// way into the new type is corrected or deleted before, what only the new type holds is written behind it.
#include "schemawright/dialect/migration.h"

#include "support/session_world.h"

#include <QTest>

using namespace schemawright;
using test::SessionWorld;

namespace {

const char *const schema =
    "create table t (id int primary key, x text not null default '0', n numeric(6, 2), s varchar(3), d text);"
    "create table child (id int primary key, t_id int references t);"
    "insert into t values (1, '10', 1.25, 'abc', '01.02.2024'), (2, 'abc', 2.5, 'de', 'none'), (3, '30', 3, 'f', null);"
    "insert into child values (7, 2);";

struct World : SessionWorld
{
    explicit World(bool isServer, const std::string &more = {}, const char *name = "retyping")
        : SessionWorld(isServer, schema + more, name)
    {}

    void retype(const char *column, Type type, const std::string &conversion = {})
    {
        Table changed = session->editTable(name("t"));
        Column &now = changed.columns[*changed.columnIndex(column)];
        now.type = std::move(type);
        if (now.defaultSql)
            now.defaultSql = "0";
        if (!conversion.empty())
            now.options[conversionOption] = conversion;
        session->putTable(changed);
    }
    /// What a script of the plan makes of a copy, read as by `sql`.
    std::string afterScript(const std::string &sql, const std::string &more = {}) const
    {
        World copy(isServer(), more, "retyping_copy");
        copy.connection.executeScript(scriptText(engine.dialect(), session->plan()));
        return copy.read(sql);
    }
};

} // namespace

class tst_Retyping : public QObject
{
    Q_OBJECT

private slots:
    void whatIsBadIsCorrectedFirst_data() { test::bothDatabases(); }
    void whatIsBadIsCorrectedFirst()
    {
        QFETCH(bool, isServer);
        World world(isServer);
        world.retype("x", types::integer());
        world.set("t", 2, "x", Value("12"));
        world.set("t", 3, "x", Value(31));
        const std::string sql = "select id, x, x + 1 from t order by 1";
        const std::string wanted = "1 10 11 / 2 12 13 / 3 31 32 / ";
        QCOMPARE(world.afterScript(sql), wanted);
        QVERIFY(runPlan(world.connection, world.session->plan(), RunMode::Rehearse).isClean());
        QCOMPARE(world.read("select x from t where id = 2"), "abc / ");
        world.commit();
        QCOMPARE(world.read(sql), wanted);
        QCOMPARE(world.table("t")->columns[1].type.isText(), true); // the baseline is as it was read
        QVERIFY(world.reflect().table(world.name("t"))->columns[1].type.isInteger());
    }

    void whatIsBadIsDeletedFirst_data() { test::bothDatabases(); }
    void whatIsBadIsDeletedFirst()
    {
        QFETCH(bool, isServer);
        World world(isServer);
        world.retype("x", types::integer());
        world.remove("child", world.row("child", "id", Value(7)));
        world.remove("t", world.row("t", "id", Value(2)));
        world.add("t", {{"id", Value(4)}, {"x", Value(40)}});
        world.commit();
        QCOMPARE(world.read("select id, x + 1 from t order by 1"), "1 11 / 3 31 / 4 41 / ");
    }

    /// A cell that holds the old type no more is written when the new one is there.
    void whatIsNewIsWrittenBehind_data() { test::bothDatabases(); }
    void whatIsNewIsWrittenBehind()
    {
        QFETCH(bool, isServer);
        World world(isServer);
        world.retype("n", types::numeric(8, 4));
        world.retype("s", types::string(20));
        world.set("t", 1, "n", Value(Decimal("1.2345")));
        world.set("t", 2, "s", Value("something longer"));
        world.set("t", 3, "n", Value(Decimal("7.5")));
        const std::string sql = "select id, n * 10000 = 12345, s from t where id < 3 order by 1";
        const std::string wanted =
            isServer ? "1 true abc / 2 false something longer / " : "1 1 abc / 2 0 something longer / ";
        QCOMPARE(world.afterScript(sql), wanted);
        QVERIFY(runPlan(world.connection, world.session->plan(), RunMode::Rehearse).isClean());
        world.commit();
        QCOMPARE(world.read(sql), wanted);
        QCOMPARE(world.read("select count(*) from t where n = 7.5 and id = 3"), "1 / ");
    }

    /// A number becomes a text that is none, where a strict table would refuse it before.
    void aNumberBecomesAText_data() { test::bothDatabases(); }
    void aNumberBecomesAText()
    {
        QFETCH(bool, isServer);
        const std::string more = std::string("create table u (id int primary key, x int)") +
                                 (isServer ? "" : " strict") + "; insert into u values (1, 5), (2, 6);";
        World world(isServer, more);
        Table changed = world.session->editTable(world.name("u"));
        changed.columns[1].type = types::text();
        world.session->putTable(changed);
        world.set("u", 1, "x", Value("007"));
        const std::string sql = "select id, x from u order by 1";
        QCOMPARE(world.afterScript(sql, more), "1 007 / 2 6 / ");
        world.commit();
        QCOMPARE(world.read(sql), "1 007 / 2 6 / ");
    }

    /// A way that a person gives is for the values that are there, and those typed as they are there.
    void aGivenWayConvertsOldValuesOnly_data() { test::bothDatabases(); }
    void aGivenWayConvertsOldValuesOnly()
    {
        QFETCH(bool, isServer);
        const std::string way = isServer ? "x::integer * 100" : "CAST(x AS INTEGER) * 100";
        const auto worldWith = [&](const Value &value) {
            auto world = std::make_unique<World>(isServer, "update t set x = '20' where id = 2;");
            world->retype("x", types::integer(), way);
            world->set("t", 2, "x", value);
            world->commit();
            return world->read("select x from t order by id");
        };
        QCOMPARE(worldWith(Value(12)), "1000 / 12 / 3000 / ");
        QCOMPARE(worldWith(Value("12")), "1000 / 1200 / 3000 / ");
    }

    /// The old value is in the way of the conversion and the new one is of the new type.
    void anOldValueIsOutOfTheWay_data() { test::bothDatabases(); }
    void anOldValueIsOutOfTheWay()
    {
        QFETCH(bool, isServer);
        const std::string way =
            isServer ? "to_date(d, 'DD.MM.YYYY')" : "substr(d, 7) || '-' || substr(d, 4, 2) || '-' || substr(d, 1, 2)";
        World world(isServer);
        world.retype("d", types::date(), way);
        world.set("t", 2, "d", Value(*Date::parse("2024-03-04")));
        QVERIFY(runPlan(world.connection, world.session->plan(), RunMode::Rehearse).isClean());
        const std::string sql = "select id, d from t order by 1";
        QCOMPARE(world.afterScript(sql), "1 2024-02-01 / 2 2024-03-04 / 3 - / ");
        world.commit();
        QCOMPARE(world.read(sql), "1 2024-02-01 / 2 2024-03-04 / 3 - / ");
    }

    void bothWaysAreNoneAtOnce_data() { test::bothDatabases(); }
    void bothWaysAreNoneAtOnce()
    {
        QFETCH(bool, isServer);
        World world(isServer);
        world.retype("x", types::integer(), isServer ? "x::integer * 100" : "CAST(x AS INTEGER) * 100");
        world.set("t", 1, "x", Value(12));
        world.set("t", 2, "x", Value("12"));
        const Plan plan = world.session->plan();
        QCOMPARE(plan.problems.size(), std::size_t(1));
        QVERIFY(plan.problems.front().error.message.find("old type") != std::string::npos);
    }

    /// Somebody else has changed the row: whichever comes first, that is seen, and nothing is written.
    void conflictsAreSeen_data()
    {
        QTest::addColumn<bool>("isServer");
        QTest::addColumn<int>("kind");
        for (int kind = 0; kind < 4; ++kind) {
            QTest::addRow("sqlite %d", kind) << false << kind;
            if (test::postgresServer())
                QTest::addRow("postgresql %d", kind) << true << kind;
        }
    }
    void conflictsAreSeen()
    {
        QFETCH(bool, isServer);
        QFETCH(int, kind);
        World world(isServer, "update t set x = '20' where id = 2; delete from child;");
        if (kind == 0) { // rows first
            world.retype("x", types::integer());
            world.set("t", 2, "x", Value("12"));
        } else if (kind == 1) { // types first, and the row is looked at before
            world.retype("s", types::string(20));
            world.set("t", 2, "s", Value("something longer"));
        } else if (kind == 2) { // types first, and the old value is taken out of the way
            world.retype("d", types::date(), isServer ? "null::date" : "null");
            world.set("t", 2, "d", Value(*Date::parse("2024-03-04")));
        } else {
            world.retype("s", types::string(20));
            world.set("t", 1, "s", Value("something longer"));
            world.remove("t", world.row("t", "id", Value(2)));
        }
        {
            SessionWorld other(world);
            other.connection.execute("update t set x = '21', s = 'xyz', d = 'late' where id = 2");
        }
        const Report report = world.flush();
        QVERIFY(report.error);
        QVERIFY2(report.error->kind == ErrorKind::Conflict, report.error->describe().c_str());
        QCOMPARE(world.read("select x, s, d from t where id = 2"), "21 xyz late / ");
        QVERIFY(world.table("t")->columns[1].type.isText());
        QVERIFY(world.reflect().table(world.name("t"))->columns[1].type.isText());
        QVERIFY(world.pending() > 1);
        world.connection.execute("insert into t (id, x) values (9, 'still text')");
    }

    void aKeyGetsAnotherType_data() { test::bothDatabases(); }
    void aKeyGetsAnotherType()
    {
        QFETCH(bool, isServer);
        const std::string more = "create table k (id varchar(9) primary key, note text);"
                                 "insert into k values ('1', 'a'), ('two', 'b'), ('3', 'c');";
        World world(isServer, more);
        Table changed = world.session->editTable(world.name("k"));
        changed.columns[0].type = types::integer();
        world.session->putTable(changed);
        const RowImage two = world.row("k", "id", Value("two")), three = world.row("k", "id", Value("3"));
        world.set(world.table("k"), two, "id", Value("2"));
        world.set(world.table("k"), two, "note", Value("beta"));
        world.remove("k", three);
        world.commit();
        QCOMPARE(world.read("select id + 1, note from k order by 1"), "2 a / 3 beta / ");
    }
};

QTEST_GUILESS_MAIN(tst_Retyping)
#include "tst_retyping.moc"
