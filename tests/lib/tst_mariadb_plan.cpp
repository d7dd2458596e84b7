// How plans run on MariaDB: its foreign keys are checked row by row, its RETURNING tells keys of every kind, and some
// of its errors end the whole transaction.

#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/orm/object_session.h"

#include "support/session_world.h"

#include <QTest>

#include <algorithm>
#include <set>
#include <thread>

using namespace schemawright;

namespace {

struct Page
{
    std::int64_t id = 0;
    std::string body;
};

struct Node
{
    std::int64_t id = 0;
    std::shared_ptr<Node> up;
};

class World : public test::SessionWorld
{
public:
    explicit World(const std::string &script)
        : SessionWorld(std::make_shared<test::FreshDatabase>(std::make_unique<test::MariadbDatabase>("plan")), script)
    {}
};

} // namespace

class tst_MariadbPlan : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!test::mariadbServer())
            QSKIP("no MariaDB server");
    }

    void removesWhatRefersToItself()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, r INTEGER REFERENCES t (id));"
                    "CREATE TABLE held (id INTEGER PRIMARY KEY, r INTEGER NOT NULL REFERENCES held (id));"
                    "CREATE TABLE taken (id INTEGER PRIMARY KEY, r INTEGER NOT NULL, "
                    "FOREIGN KEY (r) REFERENCES taken (id) ON DELETE CASCADE);"
                    "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4);"
                    "INSERT INTO held VALUES (1, 1), (2, 2); INSERT INTO taken VALUES (1, 1), (2, 2)");
        world.remove("t", world.row("t", "id", Value(1)));
        world.set("t", 2, "id", Value(20)); // and refers to itself again
        world.set("t", world.row("t", "id", Value(2)), "r", Value(20));
        world.set("t", 3, "id", Value(30));
        world.set("t", world.row("t", "id", Value(3)), "r", Value());
        world.set("t", 4, "n", Value(40));
        world.remove("taken", world.row("taken", "id", Value(1)));
        world.commit();
        QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("4 40 4 / 20 2 20 / 30 3 - / "));
        QCOMPARE(world.read("SELECT * FROM taken"), std::string("2 2 / "));
        // What must refer to a row, and to no other, cannot let go.
        world.remove("held", world.row("held", "id", Value(1)));
        const Plan plan = world.session->plan();
        QCOMPARE(plan.problems.size(), std::size_t{1});
        QCOMPARE(toString(plan.problems.front().error.kind), toString(ErrorKind::Unsupported));
        QVERIFY(plan.problems.front().error.message.find("held 1") != std::string::npos);
        world.set("held", 2, "r", Value(1));
        world.session->unitOfWork().discardAll();
        world.set("held", 1, "r", Value(2));
        world.commit();
        world.remove("held", world.row("held", "id", Value(1)));
        world.commit();
        QCOMPARE(world.read("SELECT * FROM held"), std::string("2 2 / "));
    }

    /// Where rows wait for each other in a ring, a reference is NULL for a while; all of it comes back.
    void keepsAReferenceThatHasToGoForAWhile()
    {
        World world(
            "CREATE TABLE n (a INTEGER, b INTEGER, u VARCHAR(5) UNIQUE, ra INTEGER, rb INTEGER, PRIMARY KEY (a, "
            "b), FOREIGN KEY (ra, rb) REFERENCES n (a, b));"
            "INSERT INTO n VALUES (1, 1, 'x', NULL, NULL), (2, 1, 'y', 1, 1), (3, 1, 'z', NULL, NULL);"
            "CREATE TABLE p (id INTEGER PRIMARY KEY);"
            "CREATE TABLE c (id INTEGER PRIMARY KEY, u VARCHAR(5) UNIQUE, r INTEGER, FOREIGN KEY (r) REFERENCES "
            "p (id) ON UPDATE CASCADE); INSERT INTO p VALUES (5); "
            "INSERT INTO c VALUES (1, 'a', 5), (2, 'b', NULL)");
        // One half of the reference changes, and the row takes what its parent gives up by going.
        const RowImage child = world.row("n", "a", Value(2));
        world.set("n", child, "ra", Value(3));
        world.set("n", child, "u", Value("x"));
        world.remove("n", world.row("n", "a", Value(1)));
        // The reference is handed on by the parent, and not written at all.
        world.set("p", 5, "id", Value(6));
        world.set("c", 1, "u", Value("b"));
        world.set("c", 2, "u", Value("z"));
        world.set("c", 2, "r", Value(6));
        world.commit();
        QCOMPARE(world.read("SELECT * FROM n ORDER BY a"), std::string("2 1 x 3 1 / 3 1 z - - / "));
        QCOMPARE(world.read("SELECT * FROM c ORDER BY id"), std::string("1 b 6 / 2 z 6 / "));
    }

    void rehearsesEveryRowOfABatch()
    {
        World world("CREATE TABLE p (id INTEGER PRIMARY KEY AUTO_INCREMENT, u INTEGER UNIQUE, n INTEGER NOT NULL CHECK "
                    "(n > 0)); CREATE TABLE c (id INTEGER PRIMARY KEY AUTO_INCREMENT, p_id INTEGER NOT NULL REFERENCES "
                    "p (id)); INSERT INTO p VALUES (1, 1, 1), (2, 2, 2)");
        std::set<ChangeId> expected;
        const auto guilty = [&](const RowTarget &row) { expected.insert(world.session->change(row)->id); };
        std::vector<RowTarget> parents;
        for (int i = 0; i < 30; ++i) {
            // Every tenth takes a value that is taken, or one that may not be, and its child goes without a parent.
            const bool isTaken = i % 10 == 3, isLow = i % 10 == 7;
            parents.push_back(
                world.add("p", {{"u", isTaken ? Value(1) : Value(100 + i)}, {"n", Value(isLow ? 0 : 1)}}));
            const RowTarget child = world.add("c", {{"p_id", KeyOf{parents.back().newRow, "id"}}});
            if (isTaken || isLow) {
                guilty(parents.back());
                guilty(child);
            }
        }
        guilty(world.add("c", {{"p_id", Value(99)}}));
        world.set("p", 1, "n", Value(-1));
        expected.insert(world.session->unitOfWork().changes().back()->id);
        world.set("p", 2, "n", Value(22));
        const std::string state = "SELECT (SELECT count(*) FROM p), (SELECT count(*) FROM c), (SELECT sum(n) FROM p)";
        const std::string before = world.read(state);
        const Report report = runPlan(world.connection, world.session->plan(), RunMode::Rehearse);
        std::set<ChangeId> found;
        for (const StepReport &step : report.steps)
            if (step.error)
                found.insert(step.change);
        QCOMPARE(found, expected);
        QVERIFY(!world.connection.inTransaction());
        QCOMPARE(world.read(state), before);
        for (const ChangeId id : expected)
            world.session->unitOfWork().revert(id);
        QVERIFY(runPlan(world.connection, world.session->plan(), RunMode::Rehearse).isClean());
        QCOMPARE(world.read(state), before);
        world.commit();
        QCOMPARE(world.read(state), std::string("26 24 47 / "));
    }

    /// A deadlock ends the whole transaction: what comes behind it must not be written by itself.
    void stopsARehearsalThatIsATransactionNoMore()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); CREATE TABLE more (id INTEGER PRIMARY KEY);"
                    "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)");
        Connection other = world.engine.connect();
        Transaction theirs = other.begin();
        for (int i = 0; i < 50; ++i) // who has done more goes on
            other.execute("INSERT INTO more VALUES (" + std::to_string(i) + ")");
        other.execute("UPDATE t SET n = 20 WHERE id = 2");
        for (const int id : {1, 2, 3})
            world.set("t", id, "n", Value(id * 100));
        std::jthread waiting;
        const Report report =
            runPlan(world.connection, world.session->plan(), RunMode::Rehearse, {}, [&](std::size_t step) {
                if (step != 1)
                    return;
                waiting = std::jthread([&] { other.execute("UPDATE t SET n = 10 WHERE id = 1"); });
                std::this_thread::sleep_for(std::chrono::milliseconds(200));
            });
        waiting.join();
        theirs.rollback();
        QVERIFY(report.error.has_value());
        QCOMPARE(toString(report.error->kind), toString(ErrorKind::Busy));
        QVERIFY(!world.connection.inTransaction());
        QCOMPARE(world.read("SELECT * FROM t ORDER BY id"), std::string("1 1 / 2 2 / 3 3 / "));
    }

    void nestsSavepoints()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER UNIQUE)");
        Connection &connection = world.connection;
        try {
            connection.savepoint();
            QFAIL("a savepoint outside of a transaction was taken");
        } catch (const Error &error) {
            QCOMPARE(toString(error.kind), toString(ErrorKind::Misuse));
        }
        Transaction transaction = connection.begin();
        connection.execute("INSERT INTO t (n) VALUES (1)");
        {
            Savepoint outer = connection.savepoint();
            connection.execute("INSERT INTO t (n) VALUES (2)");
            for (const bool isKept : {true, false}) {
                Savepoint inner = connection.savepoint();
                connection.execute(isKept ? "INSERT INTO t (n) VALUES (3)" : "INSERT INTO t (n) VALUES (4)");
                try {
                    connection.execute("INSERT INTO t (n) VALUES (1)");
                    QFAIL("a value was taken twice");
                } catch (const Error &error) {
                    QCOMPARE(toString(error.kind), toString(ErrorKind::Constraint));
                }
                isKept ? inner.release() : inner.rollback();
            }
            QCOMPARE(world.read("SELECT n FROM t ORDER BY n"), std::string("1 / 2 / 3 / "));
            Savepoint last = connection.savepoint();
            connection.execute("INSERT INTO t (n) VALUES (5)");
            outer.rollback(); // and the inner ones with it
        }
        QCOMPARE(world.read("SELECT n FROM t ORDER BY n"), std::string("1 / "));
        QVERIFY(connection.inTransaction());
        transaction.commit();
        QCOMPARE(world.read("SELECT n FROM t ORDER BY n"), std::string("1 / "));
    }

    void tellsKeysOfEveryKind()
    {
        World world(
            "CREATE SEQUENCE s START WITH 500;"
            "CREATE TABLE counted (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER) AUTO_INCREMENT = 40;"
            "CREATE TABLE token (id UUID PRIMARY KEY DEFAULT uuid(), n INTEGER);"
            "CREATE TABLE drawn (id INTEGER PRIMARY KEY DEFAULT nextval(s), n INTEGER);"
            "CREATE TABLE pair (a INTEGER DEFAULT nextval(s), b VARCHAR(36) DEFAULT uuid(), n INTEGER, "
            "PRIMARY KEY (a, b));"
            "CREATE TABLE child (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER, counted_id INTEGER REFERENCES "
            "counted (id), token_id UUID REFERENCES token (id), drawn_id INTEGER REFERENCES drawn (id), "
            "a INTEGER, b VARCHAR(36), FOREIGN KEY (a, b) REFERENCES pair (a, b))");
        constexpr int count = 50;
        for (int i = 0; i < count; ++i) {
            RowImage child{{"n", Value(i)}};
            for (const char *table : {"counted", "token", "drawn"})
                child[std::string(table) + "_id"] = KeyOf{world.add(table, {{"n", Value(i)}}).newRow, "id"};
            const RowTarget pair = world.add("pair", {{"n", Value(i)}});
            child["a"] = KeyOf{pair.newRow, "a"};
            child["b"] = KeyOf{pair.newRow, "b"};
            world.add("child", child);
        }
        QCOMPARE(world.session->plan().steps.size(), std::size_t{5}); // one statement for each table
        const Report report = world.commit();
        QCOMPARE(report.keys.size(), std::size_t{6 * count});
        QCOMPARE(
            world.read("SELECT count(*) FROM child c JOIN counted USING (n) JOIN token USING (n) JOIN drawn USING "
                       "(n) JOIN pair USING (n) WHERE counted_id = counted.id AND token_id = token.id AND drawn_id "
                       "= drawn.id AND c.a = pair.a AND c.b = pair.b"),
            std::to_string(count) + " / ");
        QCOMPARE(world.read("SELECT min(id), max(id) FROM counted"), std::string("40 89 / "));
    }

    /// What a trigger does to new rows, or beside them, does not mix up who got which key.
    void tellsKeysBesideTriggers()
    {
        World world(
            "CREATE TABLE log (id INTEGER PRIMARY KEY AUTO_INCREMENT, what INTEGER) AUTO_INCREMENT = 700;"
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER);"
            "CREATE TABLE named (id VARCHAR(20) PRIMARY KEY DEFAULT 'none', n INTEGER);"
            "CREATE TABLE child (t_id INTEGER REFERENCES t (id), named_id VARCHAR(20) REFERENCES named (id), n "
            "INTEGER);"
            "CREATE TRIGGER after_t AFTER INSERT ON t FOR EACH ROW INSERT INTO log (what) VALUES (NEW.n), (NEW.n);"
            "CREATE TRIGGER before_t BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n + 1000;"
            "CREATE TRIGGER before_named BEFORE INSERT ON named FOR EACH ROW SET NEW.id = CONCAT('row ', NEW.n)");
        for (int i = 0; i < 20; ++i) {
            const RowTarget t = world.add("t", {{"n", Value(i)}}), named = world.add("named", {{"n", Value(i)}});
            world.add("child",
                      {{"t_id", KeyOf{t.newRow, "id"}}, {"named_id", KeyOf{named.newRow, "id"}}, {"n", Value(i)}});
        }
        QCOMPARE(world.session->plan().steps.size(), std::size_t{3});
        world.commit();
        QCOMPARE(
            world.read("SELECT count(*) FROM child c JOIN t ON t.id = t_id JOIN named ON named.id = named_id WHERE "
                       "t.n = c.n + 1000 AND named.n = c.n AND named.id = CONCAT('row ', c.n)"),
            std::string("20 / "));
        QCOMPARE(world.read("SELECT count(*) FROM log"), std::string("40 / "));
    }

    /// A server takes no statement beyond its max_allowed_packet, and closes the connection upon one.
    void insertsManyLargeRows()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY AUTO_INCREMENT, body LONGTEXT)");
        constexpr int count = 24;
        const std::string large(1'000'000, 'x');
        for (int i = 0; i < count; ++i)
            world.add("t", {{"body", Value(large)}});
        world.add("t", {{"body", Value("small")}});
        world.commit();
        std::vector<std::vector<Value>> rows(count, {Value(large)});
        world.connection.insertMany(world.table("t"), {"body"}, rows);
        Mappings mappings(world.reflect());
        mappings.map<Page>("t").key("id", &Page::id).field("body", &Page::body);
        ObjectSession session(world.connection, mappings);
        std::vector<std::shared_ptr<Page>> pages;
        for (int i = 0; i < count; ++i) {
            pages.push_back(std::make_shared<Page>());
            pages.back()->body = std::to_string(i) + large;
            session.add(pages.back());
        }
        session.commit();
        for (int i = 0; i < count; ++i)
            QCOMPARE(world.read("SELECT id FROM t WHERE body LIKE '" + std::to_string(i) + "x%'"),
                     std::to_string(pages[static_cast<std::size_t>(i)]->id) + " / ");
        QCOMPARE(world.read("SELECT count(*) FROM t"), std::to_string(3 * count + 1) + " / ");
    }

    /// Objects that refer to themselves go, and their keys are told in the order in which they were added.
    void removesObjectsThatReferToThemselves()
    {
        World world("CREATE TABLE t (id INTEGER PRIMARY KEY AUTO_INCREMENT, body TEXT, up INTEGER REFERENCES t (id))");
        Mappings mappings(world.reflect());
        mappings.map<Node>("t").key("id", &Node::id).manyToOne("up", &Node::up, {"up"});
        ObjectSession session(world.connection, mappings);
        std::vector<std::shared_ptr<Node>> nodes;
        for (int i = 0; i < 3; ++i)
            session.add(nodes.emplace_back(std::make_shared<Node>()));
        session.commit();
        QVERIFY(nodes[0]->id < nodes[1]->id && nodes[1]->id < nodes[2]->id);
        nodes[0]->up = nodes[0];
        nodes[1]->up = nodes[2];
        nodes[2]->up = nodes[1];
        session.commit();
        for (const auto &node : nodes)
            session.remove(node);
        session.commit();
        QCOMPARE(world.read("SELECT count(*) FROM t"), std::string("0 / "));
        for (const auto &node : nodes) // which hold each other
            node->up.reset();
    }

    /// MySQL has no RETURNING: there a number comes by the client library, one row after the other.
    void tellsNumbersWithoutReturning()
    {
        const MysqlDialect mysql;
        QVERIFY(!mysql.forServer("8.0.36") && !mysql.forServer("10.4.30-MariaDB") && !mysql.forServer("5.7.44-log"));
        for (const char *version : {"10.5.0-MariaDB", "10.11.19-MariaDB-0+deb12u1", "11.4.2-MariaDB"})
            QVERIFY(mysql.forServer(version) && mysql.forServer(version)->capabilities().returning);
        World world(
            "CREATE TABLE p (id INTEGER PRIMARY KEY AUTO_INCREMENT, n INTEGER);"
            "CREATE TABLE c (id INTEGER PRIMARY KEY AUTO_INCREMENT, p_id INTEGER REFERENCES p (id), n INTEGER)");
        QVERIFY(world.engine.dialect().capabilities().returning);
        world.session->setDialect(std::make_shared<MysqlDialect>());
        for (int i = 0; i < 5; ++i)
            world.add("c", {{"p_id", KeyOf{world.add("p", {{"n", Value(i)}}).newRow, "id"}}, {"n", Value(i)}});
        const Plan plan = world.session->plan();
        QCOMPARE(plan.steps.size(), std::size_t{10});
        QVERIFY(std::ranges::none_of(
            plan.steps, [](const Step &step) { return step.statement.sql.find("RETURNING") != std::string::npos; }));
        world.commit();
        QCOMPARE(world.read("SELECT count(*) FROM c JOIN p ON p.id = p_id AND p.n = c.n"), std::string("5 / "));
    }
};

QTEST_GUILESS_MAIN(tst_MariadbPlan)
#include "tst_mariadb_plan.moc"
