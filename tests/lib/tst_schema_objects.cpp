// Enums, sequences, domains, functions and views among the pending changes: planned with the tables and rows that need
// them, committed together, undone, kept and written as a script.
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/journal.h"
#include "schemawright/orm/session.h"

#include "support/postgres_database.h"

#include <QTest>

#include <memory>

using namespace schemawright;

namespace {

constexpr const char *script = R"(
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN grade AS integer CHECK (VALUE > 0);
CREATE SEQUENCE ticket START 5;
CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 2';
CREATE TABLE person (id integer PRIMARY KEY, feels mood, level grade);
CREATE VIEW glad_person AS SELECT id FROM person WHERE feels = 'glad';
INSERT INTO person VALUES (1, 'sad', 1);
)";

Column column(const char *name, Type type, bool nullable = true)
{
    Column made;
    made.name = name;
    made.type = std::move(type);
    made.nullable = nullable;
    return made;
}

QualifiedName named(const char *name) { return {"public", name}; }
ObjectReference mood() { return {"enum", named("mood"), ""}; }

/// A database of its own, and a session on it.
struct World
{
    explicit World(const std::string &name)
        : database(name), engine(Engine::open(Url::parse(database.url()))), connection(engine.connect())
    {
        connection.executeScript(script);
        session = std::make_unique<Session>(engine.sharedDialect(), now());
    }
    MetaData now() { return Inspector(connection).reflect({}); }
    EnumType labels(std::vector<std::string> all)
    {
        auto type = std::get<EnumType>(session->editObject(mood()));
        type.labels = std::move(all);
        return type;
    }
    std::string read(const std::string &sql)
    {
        std::string text;
        for (const Row &row : connection.execute(sql).all())
            for (const Value &value : row.values())
                text += (value.isNull() ? "-" : value.text()) + " ";
        return text;
    }
    void flush()
    {
        if (const Report report = session->flush(connection); report.error)
            throw *report.error;
        session->setBaseline(now());
    }
    RowImage row(int id)
    {
        return *readRow(connection, session->baseline().table(named("person")), {{"id", Value(id)}});
    }
    void feel(int id, const char *label)
    {
        const RowImage image = row(id);
        session->setCell(session->target(*session->baseline().table(named("person")), image), "feels", Value(label),
                         image);
    }

    test::PostgresDatabase database;
    Engine engine;
    Connection connection;
    std::unique_ptr<Session> session;
};

/// New objects of each kind, a table that needs them, and a row of it.
void createMuch(Session &session)
{
    CheckConstraint isEven;
    isEven.name = "even_check";
    isEven.expression = "VALUE % 2 = 0";
    Identity from100;
    from100.start = 100;
    session.putObject(EnumType{named("size"), {"small", "large"}, "of shirts"});
    session.putObject(Domain{named("even"), "integer", true, std::nullopt, std::nullopt, {isEven}, std::nullopt});
    session.putObject(Sequence{named("counter"), "bigint", from100, std::nullopt, std::nullopt, {}});
    session.putObject(
        Function{named("thrice"), "integer",
                 "CREATE FUNCTION public.thrice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 3'", "function",
                 std::nullopt});
    Type size;
    size.kind = TypeKind::Enum;
    size.native = size.name = "size";
    size.labels = {"small", "large"};
    Type even;
    even.kind = TypeKind::Unknown;
    even.native = even.name = "even";
    Table shirt;
    shirt.name = named("shirt");
    shirt.columns = {column("id", types::bigInteger(), false), column("size", size), column("pairs", even),
                     column("triple", types::integer())};
    shirt.columns[0].defaultSql = "nextval('counter'::regclass)";
    shirt.columns[3].defaultSql = "thrice(7)";
    shirt.primaryKey = PrimaryKey{{}, {"id"}, false, false, {}, {}};
    session.putTable(shirt);
    Table view;
    view.name = named("large_shirt");
    view.kind = TableKind::View;
    view.definition = "SELECT id FROM shirt WHERE size = 'large'";
    view.dependsOn = {named("shirt")};
    session.putTable(view);
    session.addRow(shirt, {{"size", Value("large")}, {"pairs", Value(4)}});
}

constexpr const char *shirts = "SELECT id, size::text, pairs, triple FROM shirt";

} // namespace

class tst_SchemaObjects : public QObject
{
    Q_OBJECT

    std::unique_ptr<World> world() { return std::make_unique<World>("schema_objects" + std::to_string(++count_)); }
    int count_ = 0;

private Q_SLOTS:
    void init()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL: set SCHEMAWRIGHT_TEST_PG_URL or PGHOST");
    }

    void createsWithTheTablesAndRowsThatNeedThem()
    {
        const auto w = world();
        createMuch(*w->session);
        QVERIFY(w->session->plan().isRunnable());
        // A rehearsal writes nothing.
        const Report rehearsed = runPlan(w->connection, w->session->plan(), RunMode::Rehearse);
        QVERIFY2(!rehearsed.error, rehearsed.error ? rehearsed.error->describe().c_str() : "");
        QVERIFY(!objectOf(w->now(), {"enum", named("size"), ""}));
        w->flush();
        QCOMPARE(w->read(shirts), "100 large 4 21 ");
        QCOMPARE(w->read("SELECT * FROM large_shirt"), "100 ");
        QVERIFY_THROWS_EXCEPTION(Error, w->connection.execute("INSERT INTO shirt (pairs) VALUES (3)").all());
        const auto made = objectOf(w->now(), {"enum", named("size"), ""});
        QVERIFY(made);
        QCOMPARE(std::get<EnumType>(*made).labels, (std::vector<std::string>{"small", "large"}));
        QCOMPARE(*std::get<EnumType>(*made).comment, std::string("of shirts"));
        QVERIFY(w->session->unitOfWork().isEmpty());
    }

    void scriptDoesWhatTheCommitDoes()
    {
        const auto w = world(), copy = world();
        createMuch(*w->session);
        w->session->putObject(w->labels({"sad", "happy"}));
        const std::string text = scriptText(w->engine.dialect(), w->session->plan());
        w->flush();
        copy->connection.executeScript(text);
        QCOMPARE(copy->read(shirts), w->read(shirts));
        QVERIFY(diffMetaData(copy->now(), w->now()).isEmpty());
    }

    void altersAndDrops()
    {
        const auto w = world();
        Session &session = *w->session;
        session.putObject(w->labels({"sad", "happy"})); // called otherwise: rows keep it
        auto grade = std::get<Domain>(session.editObject({"domain", named("grade"), ""}));
        grade.nullable = false;
        session.putObject(grade);
        auto ticket = std::get<Sequence>(session.editObject({"sequence", named("ticket"), ""}));
        ticket.properties.increment = 10;
        session.putObject(ticket);
        session.dropObject({"function", named("twice"), "n integer"});
        session.dropTable(named("glad_person"));
        QCOMPARE(session.unitOfWork().size(), 5u);
        w->flush();
        QCOMPARE(std::get<EnumType>(session.editObject(mood())).labels, (std::vector<std::string>{"sad", "happy"}));
        QCOMPARE(w->read("SELECT feels::text FROM person"), "sad ");
        QCOMPARE(w->read("SELECT nextval('ticket'), nextval('ticket')"), "5 15 ");
        QVERIFY_THROWS_EXCEPTION(Error, w->connection.execute("SELECT twice(1)").all());
        QVERIFY_THROWS_EXCEPTION(Error, w->connection.execute("INSERT INTO person VALUES (2, 'sad', NULL)").all());
        QVERIFY(!w->now().table(named("glad_person")));
    }

    void takesTableColumnsAlong()
    {
        const auto w = world();
        Session &session = *w->session;
        // The column gives its type up in the commit that drops it.
        Table person = session.editTable(named("person"));
        person.columns[1].type = types::text();
        session.dropTable(named("glad_person"));
        session.putTable(person);
        session.dropObject(mood());
        w->flush();
        QCOMPARE(w->read("SELECT feels FROM person"), "sad ");
        QVERIFY(!objectOf(w->now(), mood()));
    }

    void coalescesAndIsUndone()
    {
        const auto w = world();
        Session &session = *w->session;
        UnitOfWork &unit = session.unitOfWork();
        session.putObject(w->labels({"sad", "glad", "wild"}));
        session.putObject(w->labels({"sad", "glad", "wild", "calm"}));
        QCOMPARE(unit.size(), 1u);
        QVERIFY(unit.changes()[0]->isObject());
        QCOMPARE(unit.changes()[0]->table(), named("mood"));
        unit.undo();
        QCOMPARE(std::get<EnumType>(session.editObject(mood())).labels.size(), 3u);
        unit.redo();
        session.putObject(w->labels({"sad", "glad"})); // as it was
        QVERIFY(unit.isEmpty());
        unit.undo();
        QCOMPARE(std::get<EnumType>(session.editObject(mood())).labels.size(), 4u);
        unit.revert(unit.changes()[0]->id);
        QCOMPARE(std::get<EnumType>(session.editObject(mood())).labels.size(), 2u);
        // A new one that is dropped leaves nothing.
        session.putObject(EnumType{named("fresh"), {"a"}, std::nullopt});
        session.dropObject({"enum", named("fresh"), ""});
        QVERIFY(unit.isEmpty());
        QVERIFY_THROWS_EXCEPTION(Error, session.dropObject({"enum", named("fresh"), ""}));
    }

    void journalKeepsObjects()
    {
        const auto w = world();
        createMuch(*w->session);
        w->session->putObject(w->labels({"sad", "happy"}));
        w->session->dropObject({"function", named("twice"), "n integer"});
        const std::string kept = changesToJson(w->session->unitOfWork().changes());
        Session other(w->engine.sharedDialect(), w->now());
        other.unitOfWork().restore(changesFromJson(kept));
        QCOMPARE(changesToJson(other.unitOfWork().changes()), kept);
        const Report report = other.flush(w->connection);
        QVERIFY2(!report.error, report.error ? report.error->describe().c_str() : "");
        QCOMPARE(w->read(shirts), "100 large 4 21 ");
    }

    void refusesRowsWithAFreshLabel()
    {
        const auto w = world();
        w->session->putObject(w->labels({"sad", "glad", "wild"}));
        w->feel(1, "wild");
        const Plan plan = w->session->plan();
        QCOMPARE(plan.problems.size(), 1u);
        QCOMPARE(plan.problems[0].change, w->session->unitOfWork().changes()[1]->id);
        QVERIFY2(plan.problems[0].error.message.find("'wild'") != std::string::npos,
                 plan.problems[0].error.message.c_str());
        // The label alone is written, and then the row.
        w->session->unitOfWork().undo();
        QVERIFY(w->session->plan().isRunnable());
        w->flush();
        w->feel(1, "wild");
        w->flush();
        QCOMPARE(w->read("SELECT feels::text FROM person"), "wild ");
    }

    void correctsRowsBeforeTheirLabelGoes()
    {
        const auto w = world();
        constexpr auto more = "DROP VIEW glad_person; INSERT INTO person VALUES (2, 'glad', 1), (3, 'glad', 2)";
        w->connection.executeScript(more); // the view asks for the label
        w->connection.executeScript("CREATE TABLE pet (id integer PRIMARY KEY, owner integer REFERENCES person "
                                    "DEFERRABLE INITIALLY DEFERRED); INSERT INTO pet VALUES (1, 2)");
        w->session->setBaseline(w->now());
        w->session->putObject(w->labels({"sad"}));
        w->feel(2, "sad");
        const RowImage third = w->row(3);
        w->session->deleteRow(w->session->target(*w->session->baseline().table(named("person")), third), third);
        const std::string text = scriptText(w->engine.dialect(), w->session->plan());
        w->flush();
        QCOMPARE(w->read("SELECT id, feels::text FROM person ORDER BY id"), "1 sad 2 sad ");
        QCOMPARE(std::get<EnumType>(w->session->editObject(mood())).labels, std::vector<std::string>{"sad"});
        const auto copy = world();
        copy->connection.executeScript(more);
        copy->connection.executeScript(text);
        QCOMPARE(copy->read("SELECT id, feels::text FROM person ORDER BY id"), "1 sad 2 sad ");
    }

    void renamesALabelThatEditedRowsHave()
    {
        const auto w = world();
        w->session->putObject(w->labels({"blue", "glad"}));
        w->feel(1, "glad");
        w->flush();
        QCOMPARE(w->read("SELECT feels::text FROM person"), "glad ");
        // One that rows are to have is there before them.
        w->session->putObject(w->labels({"blue", "happy"}));
        const RowImage image = w->row(1);
        w->session->setCell(w->session->target(*w->session->baseline().table(named("person")), image), "level",
                            Value(2), image);
        Table person = *w->session->baseline().table(named("person"));
        w->session->addRow(person, {{"id", Value(2)}, {"feels", Value("happy")}});
        w->flush();
        QCOMPARE(w->read("SELECT feels::text, level FROM person ORDER BY id"), "happy 2 happy - ");
    }

    void failsAsAWhole()
    {
        const auto w = world();
        createMuch(*w->session);
        w->session->dropObject(mood()); // which a column still has
        const MetaData before = w->now();
        const Report report = w->session->flush(w->connection);
        QVERIFY(report.error);
        QVERIFY(diffMetaData(before, w->now()).isEmpty());
        const Change *guilty = w->session->unitOfWork().find(ChangeTarget(ObjectTarget{mood()}));
        QVERIFY(guilty && guilty->error);
        QCOMPARE(guilty->error->nativeCode, std::string("2BP01"));
        w->session->unitOfWork().revert(guilty->id);
        w->flush();
        QCOMPARE(w->read(shirts), "100 large 4 21 ");
    }

    void losesNothingOfWhatOthersDid()
    {
        const auto w = world();
        w->session->putObject(w->labels({"sad", "happy"}));
        w->connection.executeScript("ALTER TYPE mood ADD VALUE 'wild'");
        const Report report = w->session->flush(w->connection);
        QVERIFY(report.error);
        QCOMPARE(report.error->kind, ErrorKind::Conflict);
        w->session->setBaseline(w->now());
        w->session->rebaseStructure();
        QCOMPARE(std::get<EnumType>(*w->session->unitOfWork().changes()[0]->objectBefore).labels.size(), 3u);
        w->session->putObject(w->labels({"sad", "happy", "wild"}));
        w->flush();
        QCOMPARE(std::get<EnumType>(w->session->editObject(mood())).labels,
                 (std::vector<std::string>{"sad", "happy", "wild"}));
    }

    void isRefusedWhereThereAreNone()
    {
        const Engine engine = Engine::open("sqlite://");
        Session session(engine.sharedDialect());
        session.putObject(Sequence{{"main", "counter"}, "", {}, std::nullopt, std::nullopt, {}});
        const Plan plan = session.plan();
        QCOMPARE(plan.problems.size(), 1u);
        QCOMPARE(plan.problems[0].error.kind, ErrorKind::Unsupported);
        QVERIFY(!plan.isRunnable());
    }
};

QTEST_GUILESS_MAIN(tst_SchemaObjects)
#include "tst_schema_objects.moc"
