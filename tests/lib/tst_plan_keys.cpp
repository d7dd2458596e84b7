// Keys that the database makes, for rows that wait for them: rings, rows that refer to themselves, and what no order
// can do.

#include "support/session_world.h"

using namespace schemawright;
using test::SessionWorld;

namespace {

std::string made(bool isServer)
{
    return isServer ? "id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY" : "id INTEGER PRIMARY KEY AUTOINCREMENT";
}

} // namespace

class tst_PlanKeys : public QObject
{
    Q_OBJECT

private:
    static void bothAndDeferring()
    {
        QTest::addColumn<bool>("isServer");
        QTest::addColumn<QString>("defers");
        for (const char *defers : {"", "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"}) {
            QTest::addRow("sqlite %s", defers) << false << QString::fromLatin1(defers);
            if (test::postgresServer())
                QTest::addRow("postgresql %s", defers) << true << QString::fromLatin1(defers);
        }
    }
    /// The tables node and node_group, which refer to each other, and nodes to nodes.
    static std::string groups(bool isServer, const QString &defers, const std::string &null = {})
    {
        const std::string says = " " + defers.toStdString();
        return "CREATE TABLE node (" + made(isServer) + ", n INTEGER, up INTEGER " + null + " REFERENCES node (id)" +
               says + ", group_id INTEGER " + null + (isServer ? "" : " REFERENCES node_group (id)" + says) +
               "); CREATE TABLE node_group (" + made(isServer) + ", leader_id INTEGER " + null +
               " REFERENCES node (id)" + says + ");" +
               (isServer ? "ALTER TABLE node ADD FOREIGN KEY (group_id) REFERENCES node_group (id)" + says : "");
    }

private Q_SLOTS:
    void keysThatTheDatabaseHandsOn_data() { test::bothDatabases(); }
    void keysThatTheDatabaseHandsOn()
    {
        QFETCH(bool, isServer);
        const std::string refers = "city VARCHAR(5) NOT NULL REFERENCES city (code) ON UPDATE CASCADE";
        SessionWorld world(isServer,
                           "CREATE TABLE city (code VARCHAR(5) NOT NULL PRIMARY KEY, name TEXT);"
                           "CREATE TABLE office (id INTEGER PRIMARY KEY, name TEXT, " +
                               refers +
                               ");"
                               "CREATE TABLE stock (" +
                               refers +
                               ", ware VARCHAR(5) NOT NULL, n INTEGER, "
                               "PRIMARY KEY (city, ware));"
                               "INSERT INTO city VALUES ('ber', 'Berlin'), ('bon', 'Bonn');"
                               "INSERT INTO office VALUES (1, 'north', 'ber'), (2, 'south', 'ber');"
                               "INSERT INTO stock VALUES ('ber', 'tea', 1), ('ber', 'salt', 2), ('bon', 'tea', 3)");
        const auto all = [&] {
            return world.read("SELECT code FROM city ORDER BY 1") +
                   world.read("SELECT id, name, city FROM office ORDER BY 1") +
                   world.read("SELECT city, ware, n FROM stock ORDER BY 3");
        };
        // A key and what depends on it in one commit: rows that have the key in theirs, and others.
        world.set("city", world.row("city", "code", Value("ber")), "code", Value("bln"));
        world.set("stock", world.row("stock", "n", Value(1)), "n", Value(5));
        world.set("office", 1, "name", Value("west"));
        world.remove("stock", world.row("stock", "n", Value(2)));
        world.commit();
        QCOMPARE(all(), std::string("bln / bon / 1 west bln / 2 south bln / bon tea 3 / bln tea 5 / "));
        // The same by hand, which is no conflict with oneself.
        world.session->setBaseline(world.reflect());
        world.set("city", world.row("city", "code", Value("bln")), "code", Value("b"));
        world.set("office", 1, "city", Value("b"));
        world.set("stock", world.row("stock", "n", Value(5)), "city", Value("b"));
        world.set("stock", world.row("stock", "n", Value(5)), "n", Value(6));
        world.commit();
        QCOMPARE(all(), std::string("b / bon / 1 west b / 2 south b / bon tea 3 / b tea 6 / "));
    }

    /// What a trigger makes of a key that was given is what children get.
    void aTriggerReplacesAGivenKey_data() { test::bothDatabases(); }
    void aTriggerReplacesAGivenKey()
    {
        QFETCH(bool, isServer);
        const std::string schema =
            std::string("CREATE TABLE club (id INTEGER PRIMARY KEY, name TEXT);"
                        "CREATE TABLE member (id INTEGER PRIMARY KEY, club_id INTEGER NOT NULL REFERENCES club);"
                        "CREATE TABLE log (said TEXT);") +
            (isServer ? "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id := NEW.id + 100; RETURN "
                        "NEW; END'; CREATE TRIGGER t BEFORE INSERT ON club FOR EACH ROW EXECUTE FUNCTION f();"
                      : "CREATE TRIGGER t BEFORE INSERT ON club BEGIN INSERT INTO log VALUES (NEW.name); END;");
        SessionWorld world(isServer, schema);
        const RowTarget first = world.add("club", {{"id", Value(1)}, {"name", Value("one")}});
        const RowTarget second = world.add("club", {{"id", Value(2)}, {"name", Value("two")}});
        world.add("member", {{"id", Value(7)}, {"club_id", KeyOf{second.newRow, "id"}}});
        world.add("member", {{"id", Value(8)}, {"club_id", KeyOf{first.newRow, "id"}}});
        const char *state = "SELECT member.id, club.name FROM member JOIN club ON club_id = club.id ORDER BY 1";
        const std::string wanted = "7 two / 8 one / ";
        SessionWorld copy(isServer, schema, "copy");
        copy.connection.executeScript(scriptText(world.engine.dialect(), world.session->plan()));
        QCOMPARE(copy.read(state), wanted);
        QVERIFY(runPlan(world.connection, world.session->plan(), RunMode::Rehearse).isClean());
        const Report report = world.commit();
        QCOMPARE(world.read(state), wanted);
        QCOMPARE(report.keys.at({first.newRow, "id"}), Value(isServer ? 101 : 1));
    }

    void newRowsInARing_data() { bothAndDeferring(); }
    void newRowsInARing()
    {
        QFETCH(bool, isServer);
        QFETCH(QString, defers);
        SessionWorld world(isServer, groups(isServer, defers));
        for (int i = 0; i < 3; ++i) {
            const RowTarget node = world.add("node", {{"n", Value(i)}});
            const RowTarget group = world.add("node_group", {{"leader_id", KeyOf{node.newRow, "id"}}});
            world.session->setCell(node, "group_id", KeyOf{group.newRow, "id"}, {});
        }
        const std::string script = scriptText(world.engine.dialect(), world.session->plan());
        world.commit();
        const char *state = "SELECT n, node.id = leader_id, group_id = node_group.id FROM node JOIN node_group ON "
                            "node.id = leader_id ORDER BY n";
        const std::string committed = world.read(state);
        QVERIFY2(committed == "0 1 1 / 1 1 1 / 2 1 1 / " || committed == "0 true true / 1 true true / 2 true true / ",
                 committed.c_str());
        SessionWorld copy(isServer, groups(isServer, defers));
        copy.connection.executeScript(script);
        QCOMPARE(copy.read(state), committed);
    }

    void aNewRowThatIsItsOwnParent_data() { bothAndDeferring(); }
    void aNewRowThatIsItsOwnParent()
    {
        QFETCH(bool, isServer);
        QFETCH(QString, defers);
        SessionWorld world(isServer, groups(isServer, defers));
        const RowTarget own = world.add("node", {{"n", Value(1)}});
        world.session->setCell(own, "up", KeyOf{own.newRow, "id"}, {});
        const RowTarget below = world.add("node", {{"n", Value(2)}, {"up", KeyOf{own.newRow, "id"}}});
        const RowTarget both = world.add("node", {{"n", Value(3)}, {"up", KeyOf{below.newRow, "id"}}});
        world.session->setCell(below, "up", KeyOf{both.newRow, "id"}, {});
        const Report rehearsal = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
        QVERIFY2(rehearsal.isClean(), rehearsal.error ? rehearsal.error->describe().c_str() : "");
        world.commit();
        QCOMPARE(world.read("SELECT a.n, b.n FROM node a JOIN node b ON a.up = b.id ORDER BY 1"),
                 std::string("1 1 / 2 3 / 3 2 / "));
    }

    void whatNoOrderCanDoIsNamed_data() { bothAndDeferring(); }
    void whatNoOrderCanDoIsNamed()
    {
        QFETCH(bool, isServer);
        QFETCH(QString, defers);
        SessionWorld world(isServer, groups(isServer, defers, "NOT NULL"));
        const RowTarget own = world.add("node", {{"n", Value(1)}});
        const RowTarget group = world.add("node_group", {{"leader_id", KeyOf{own.newRow, "id"}}});
        world.session->setCell(own, "group_id", KeyOf{group.newRow, "id"}, {});
        world.session->setCell(own, "up", KeyOf{own.newRow, "id"}, {});
        const Report report = world.flush();
        QVERIFY(!report.committed && report.error);
        QCOMPARE(toString(report.error->kind), toString(ErrorKind::Unsupported));
        QVERIFY2(report.error->message.find("new node " + std::to_string(own.newRow)) != std::string::npos,
                 report.error->message.c_str());
        QCOMPARE(world.pending(), std::size_t{2});
        QCOMPARE(world.read("SELECT count(*) FROM node"), std::string("0 / "));
        // Keys of one's own are another matter where the check can be put off.
        if (isServer)
            return; // GENERATED ALWAYS
        world.session->setCell(own, "id", Value(50), {});
        world.commit();
        QCOMPARE(world.read("SELECT id, up FROM node"), std::string("50 50 / "));
    }

    void rowsThatSwapWhatTheyReferTo_data() { bothAndDeferring(); }
    void rowsThatSwapWhatTheyReferTo()
    {
        QFETCH(bool, isServer);
        QFETCH(QString, defers);
        for (const char *null : {"", "NOT NULL"}) {
            SessionWorld world(isServer, "CREATE TABLE room (id INTEGER PRIMARY KEY); INSERT INTO room VALUES (1), (2);"
                                         "CREATE TABLE guest (id INTEGER PRIMARY KEY, room_id INTEGER " +
                                             std::string(null) + " UNIQUE REFERENCES room (id) " +
                                             defers.toStdString() + "); INSERT INTO guest VALUES (1, 1), (2, 2);");
            world.set("guest", 1, "room_id", Value(2));
            world.set("guest", 2, "room_id", Value(1));
            if (isServer && defers.isEmpty() && *null) { // no value is free for a while
                const Plan plan = world.session->plan();
                QVERIFY(!plan.isRunnable());
                const std::string why = plan.problems.front().error.message;
                QVERIFY2(why.find("guest 1") != std::string::npos && why.find("guest 2") != std::string::npos,
                         why.c_str());
                continue;
            }
            world.commit();
            QCOMPARE(world.read("SELECT id, room_id FROM guest ORDER BY id"), std::string("1 2 / 2 1 / "));
        }
    }

    /// Written in several parts, each of which finds its row by the key that it has by then.
    void rowsThatSwapKeysAndReferToEachOther_data() { bothAndDeferring(); }
    void rowsThatSwapKeysAndReferToEachOther()
    {
        QFETCH(bool, isServer);
        QFETCH(QString, defers);
        for (const bool isReversed : {false, true})
            for (const bool isRing : {false, true}) {
                SessionWorld world(isServer,
                                   "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, up INTEGER REFERENCES t "
                                   "(id) " +
                                       defers.toStdString() +
                                       "); INSERT INTO t VALUES (1, 10, NULL); INSERT INTO t VALUES (2, 20, "
                                       "1), (3, 30, 1);" +
                                       (isRing ? "UPDATE t SET up = 2 WHERE id = 1" : ""));
                const auto first = [&] {
                    const RowImage row = world.row("t", "n", Value(10));
                    world.set("t", row, "id", Value(2));
                    if (isRing)
                        world.set("t", row, "up", Value(1));
                };
                const auto second = [&] {
                    const RowImage row = world.row("t", "n", Value(20));
                    world.set("t", row, "id", Value(1));
                    world.set("t", row, "up", Value(2));
                };
                if (isReversed)
                    second();
                first();
                world.remove("t", world.row("t", "n", Value(30)));
                if (!isReversed)
                    second();
                world.commit();
                QCOMPARE(world.read("SELECT n, id, up FROM t ORDER BY n"),
                         std::string(isRing ? "10 2 1 / 20 1 2 / " : "10 2 - / 20 1 2 / "));
            }
    }

    void keysThatAreGivenBesideMadeOnes_data() { test::bothDatabases(); }
    void keysThatAreGivenBesideMadeOnes()
    {
        QFETCH(bool, isServer);
        const std::string key =
            isServer ? "id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" : "id INTEGER PRIMARY KEY";
        SessionWorld world(isServer, "CREATE TABLE a (" + key + ", n INTEGER); INSERT INTO a (n) VALUES (1), (2)");
        world.add("a", {{"n", Value(3)}}); // the database would make 3 of it
        world.add("a", {{"id", Value(3)}, {"n", Value(4)}});
        world.commit();
        QCOMPARE(world.read("SELECT id, n FROM a ORDER BY n"), std::string("1 1 / 2 2 / 4 3 / 3 4 / "));
        for (int i = 0; i < 3; ++i) { // many of both
            world.add("a", {{"n", Value(10 + i)}});
            world.add("a", {{"id", Value(5 + i)}, {"n", Value(20 + i)}});
        }
        world.commit();
        QCOMPARE(world.read("SELECT count(*), count(DISTINCT id) FROM a"), std::string("10 10 / "));
        QCOMPARE(world.read("SELECT id FROM a WHERE n >= 20 ORDER BY n"), std::string("5 / 6 / 7 / "));
    }

    void aSequenceThatIsBehindIsNamed()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
        SessionWorld world(true, "CREATE TABLE a (id SERIAL PRIMARY KEY, n INTEGER);"
                                 "INSERT INTO a SELECT i, i FROM generate_series(1, 50) i");
        world.add("a", {{"n", Value(3)}});
        const Report report = world.flush();
        QVERIFY(!report.committed && report.error);
        QVERIFY2(report.error->message.find("a_pkey") != std::string::npos, report.error->message.c_str());
        QVERIFY2(report.error->hint.find("setval()") != std::string::npos, report.error->hint.c_str());
        QVERIFY(report.steps.back().error && !report.steps.back().error->hint.empty());
        QCOMPARE(world.pending(), std::size_t{1});
    }

    void aKeyInAColumnThatIsNoForeignKey_data() { test::bothDatabases(); }
    void aKeyInAColumnThatIsNoForeignKey()
    {
        QFETCH(bool, isServer);
        SessionWorld world(isServer, "CREATE TABLE a (" + made(isServer) +
                                         ", n INTEGER); CREATE TABLE note (id INTEGER "
                                         "PRIMARY KEY, about INTEGER)");
        const RowTarget row = world.add("a", {{"n", Value(1)}});
        world.session->deleteRow(row, {});
        const RowTarget note = world.add("note", {{"id", Value(1)}});
        const RowTarget later = world.add("a", {{"n", Value(2)}});
        world.session->setCell(note, "about", KeyOf{later.newRow, "id"}, {});
        const Report report = world.commit();
        QCOMPARE(world.read("SELECT about FROM note"), report.keys.at({later.newRow, "id"}).text() + " / ");
    }
};

QTEST_GUILESS_MAIN(tst_PlanKeys)
#include "tst_plan_keys.moc"
