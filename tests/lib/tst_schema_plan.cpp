// Tables and rows in one list: what is edited, planned, run, undone and kept.
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/orm/journal.h"
#include "schemawright/orm/session.h"
#include "schemawright/schema/metadata_diff.h"

#include "support/postgres_database.h"

#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace schemawright;

namespace {

constexpr const char *script = R"(
CREATE TABLE dept (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);
CREATE TABLE emp (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, pay INTEGER,
  dept_id INTEGER REFERENCES dept (id));
INSERT INTO dept VALUES (1, 'one'), (2, 'two');
INSERT INTO emp VALUES (1, 'Ana', 10, 1), (2, 'Bo', 20, 2);
)";

Column newColumn(const char *name, Type type, bool nullable = true)
{
    Column column;
    column.name = name;
    column.type = std::move(type);
    column.nullable = nullable;
    return column;
}

/// One open database with a session on it.
struct World
{
    explicit World(Engine opened) : engine(std::move(opened)), connection(engine.connect())
    {
        connection.executeScript(script);
        session = std::make_unique<Session>(engine.sharedDialect(), Inspector(connection).reflect({}));
    }
    QualifiedName name(const char *table) const { return {session->baseline().defaultSchema, table}; }
    RowImage row(const char *table, int key)
    {
        return *readRow(connection, session->baseline().table(name(table)), {{"id", Value(key)}});
    }
    void set(const char *table, int key, const char *column, Value value)
    {
        const RowImage image = row(table, key);
        session->setCell(session->target(*session->baseline().table(name(table)), image), column, std::move(value),
                         image);
    }
    std::string read(const std::string &sql)
    {
        std::string text;
        for (const Row &row : connection.execute(sql).all()) {
            for (const Value &value : row.values())
                text += (value.isNull() ? "-" : value.text()) + " ";
            text += "/ ";
        }
        return text;
    }
    MetaData now() { return Inspector(connection).reflect({}); }
    void flush()
    {
        const Plan plan = session->plan();
        const Report report = session->flush(connection);
        if (report.error)
            throw *report.error;
    }
    std::string rows() { return read("SELECT * FROM dept ORDER BY id") + read("SELECT * FROM emp ORDER BY id"); }

    Engine engine;
    Connection connection;
    std::unique_ptr<Session> session;
};

/// Edits of all kinds in one list.
void editMuch(World &world)
{
    Session &session = *world.session;
    Table emp = session.editTable(world.name("emp"));
    emp.name.name = "person";
    emp.columns[1].name = "full_name";
    emp.columns.push_back(newColumn("mail", types::text(), false));
    emp.uniques.push_back({"person_mail", {"mail"}, false, false, false, {}, {}});
    session.putTable(emp);
    world.set("emp", 1, "mail", "a@x");
    world.set("emp", 2, "mail", "b@x");
    world.set("emp", 2, "name", "Bob");
    Table task;
    task.name = world.name("task");
    task.columns = {newColumn("id", types::integer(), false), newColumn("person_id", types::integer())};
    task.primaryKey = PrimaryKey{{}, {"id"}, false, false, {}, {}};
    ForeignKey key;
    key.columns = {"person_id"};
    key.referred = world.name("person");
    key.referredColumns = {"id"};
    task.foreignKeys.push_back(key);
    session.putTable(task);
    session.addRow(task, {{"id", Value(1)}, {"person_id", Value(2)}});
}

} // namespace

class tst_SchemaPlan : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::PostgresDatabase> postgres_;
    int schemas_ = 0;

    /// A fresh database of the kind that the row of the test names.
    std::unique_ptr<World> world()
    {
        QFETCH(bool, isServer);
        if (!isServer)
            return std::make_unique<World>(Engine::open("sqlite://"));
        postgres_.reset();
        postgres_ = std::make_unique<test::PostgresDatabase>("schema_plan" + std::to_string(++schemas_));
        Url url = Url::parse("postgresql:///x");
        url.arguments = postgres_->arguments();
        return std::make_unique<World>(Engine::open(url));
    }
    void both()
    {
        QTest::addColumn<bool>("isServer");
        QTest::newRow("sqlite") << false;
        if (test::postgresServer())
            QTest::newRow("postgresql") << true;
    }

private slots:
    void addFillCommit_data() { both(); }
    void addFillCommit()
    {
        const auto w = world();
        Table emp = w->session->editTable(w->name("emp"));
        emp.columns.push_back(newColumn("mail", types::text(), false));
        w->session->putTable(emp);
        QVERIFY(!w->session->draft().after.table(w->name("emp"))->column("mail")->nullable);
        // The plan asks for what rows would need, until something gives it.
        const Plan asking = w->session->plan();
        QCOMPARE(asking.notes.size(), 1u);
        QVERIFY(asking.isRunnable());
        QCOMPARE(asking.notes[0].column, std::string("mail"));
        QVERIFY2(asking.notes[0].text.find("'mail'") != std::string::npos, asking.notes[0].text.c_str());
        QCOMPARE(asking.notes[0].change, w->session->unitOfWork().changes().at(0)->id);
        w->set("emp", 1, "mail", "a@x");
        QVERIFY(w->session->plan().notes.empty());
        // One row is still without: nothing is written, and the edits stay.
        QVERIFY(w->session->flush(w->connection).error);
        QVERIFY(!w->now().table(w->name("emp"))->column("mail"));
        QCOMPARE(w->session->unitOfWork().size(), 2u);
        w->set("emp", 2, "mail", "b@x");
        w->flush();
        QCOMPARE(w->read("SELECT mail FROM emp ORDER BY id"), "a@x / b@x / ");
        QVERIFY(!w->now().table(w->name("emp"))->column("mail")->nullable);
        QVERIFY(w->session->unitOfWork().isEmpty());
    }

    void asksForWhatRowsNeed_data() { both(); }
    void asksForWhatRowsNeed()
    {
        const auto w = world();
        Table emp = w->session->editTable(w->name("emp"));
        emp.columns.push_back(newColumn("mail", types::text(), false));
        emp.columns.back().defaultSql = "'none'";
        emp.columns.push_back(newColumn("phone", types::text()));
        w->session->putTable(emp);
        QVERIFY(w->session->plan().notes.empty()); // a default fills the one, and the other may be empty
        emp = w->session->editTable(w->name("emp"));
        for (Column &column : emp.columns)
            if (column.name == "id" || column.name == "pay" || column.name == "phone") // the key has none
                column.nullable = false;
        w->session->putTable(emp);
        std::vector<std::string> columns;
        for (const PlanNote &note : w->session->plan().notes)
            columns.push_back(note.column);
        std::ranges::sort(columns);
        QCOMPARE(columns, (std::vector<std::string>{"pay", "phone"}));
        // A new table has no rows.
        Table fresh;
        fresh.name = w->name("fresh");
        fresh.columns = {newColumn("id", types::integer(), false)};
        w->session->unitOfWork().discardAll();
        w->session->putTable(fresh);
        QVERIFY(w->session->plan().notes.empty());
    }

    void allInOneList_data() { both(); }
    void allInOneList()
    {
        const auto w = world();
        editMuch(*w);
        const MetaData draft = w->session->draft().after;
        w->flush();
        QCOMPARE(w->read("SELECT id, full_name, mail FROM person ORDER BY id"), "1 Ana a@x / 2 Bob b@x / ");
        QCOMPARE(w->read("SELECT id, person_id FROM task"), "1 2 / ");
        // What came of it is what the draft promised.
        const MetaData now = w->now();
        for (const char *name : {"person", "task", "dept"}) {
            const TableDiff diff = diffTables(draft.table(w->name(name)), now.table(w->name(name)),
                                              DiffRules::of(now.dialect, now.defaultSchema));
            for (const DiffItem &item : diff.items)
                qWarning("%s: %s %s %s: %s -> %s", name, toString(item.action), toString(item.subject),
                         item.name.c_str(), item.from.value_or("-").c_str(), item.to.value_or("-").c_str());
            QVERIFY(diff.isEmpty());
        }
        QVERIFY(!now.table(w->name("emp")));
    }

    void scriptDoesWhatTheCommitDoes_data() { both(); }
    void scriptDoesWhatTheCommitDoes()
    {
        std::string text, committed;
        const char *rows = "SELECT * FROM person ORDER BY id";
        {
            const auto w = world();
            editMuch(*w);
            text = scriptText(w->engine.dialect(), w->session->plan());
            w->flush();
            committed = w->read(rows) + w->read("SELECT * FROM task");
        }
        const auto copy = world();
        copy->connection.executeScript(text);
        QCOMPARE(copy->read(rows) + copy->read("SELECT * FROM task"), committed);
        QVERIFY(!copy->now().table(copy->name("person"))->column("mail")->nullable);
    }

    void everyStepFails_data() { both(); }
    void everyStepFails()
    {
        const auto w = world();
        editMuch(*w);
        const Plan plan = w->session->plan();
        QVERIFY(plan.isRunnable());
        QVERIFY(plan.steps.size() > 8);
        const std::string rows = w->rows();
        const MetaData before = w->now();
        const auto size = w->session->unitOfWork().size();
        for (std::size_t k = 0; k < plan.steps.size(); ++k) {
            if (plan.steps[k].phase == Phase::After)
                continue;
            Plan broken = plan;
            broken.steps[k].statement = {};
            broken.steps[k].statement.sql = "SELECT no_such_column FROM no_such_table";
            const Report report = runPlan(w->connection, broken, RunMode::Commit);
            QVERIFY(report.error && !report.committed);
            w->session->settle(report);
            QCOMPARE(w->rows(), rows);
            QVERIFY(diffMetaData(before, w->now()).isEmpty());
            QCOMPARE(w->session->unitOfWork().size(), size);
            if (before.dialect == "sqlite")
                QCOMPARE(w->read("PRAGMA foreign_keys"), "1 / ");
        }
        w->flush();
        QCOMPARE(w->read("SELECT id, full_name, mail FROM person ORDER BY id"), "1 Ana a@x / 2 Bob b@x / ");
    }

    void rehearsalChangesNothing_data() { both(); }
    void rehearsalChangesNothing()
    {
        const auto w = world();
        editMuch(*w);
        const std::string rows = w->rows();
        const MetaData before = w->now();
        const Report report = runPlan(w->connection, w->session->plan(), RunMode::Rehearse);
        QVERIFY2(report.isClean(), report.error ? report.error->describe().c_str() : "");
        QCOMPARE(w->rows(), rows);
        QVERIFY(diffMetaData(before, w->now()).isEmpty());
    }

    void conflictIsResolvedByColumn_data() { both(); }
    void conflictIsResolvedByColumn()
    {
        const auto w = world();
        Session &session = *w->session;
        w->set("emp", 1, "name", "Anna");
        w->set("emp", 1, "pay", Value(11));
        w->set("emp", 1, "dept_id", Value(2));
        const ChangeId id = session.unitOfWork().changes().front()->id;
        // Somebody else is faster.
        w->connection.execute("UPDATE emp SET name = 'Anne', pay = 15, dept_id = NULL WHERE id = 1");
        const Report report = session.flush(w->connection);
        QVERIFY(report.error && report.error->kind == ErrorKind::Conflict);
        const RowImage theirs = w->row("emp", 1);
        const auto columns = session.conflict(id, theirs);
        QCOMPARE(columns.size(), 3u);
        QCOMPARE(columns[1].column, "name");
        QVERIFY(columns[1].base == Cell(Value("Ana")) && columns[1].mine == Cell(Value("Anna")) &&
                columns[1].theirs == Cell(Value("Anne")));
        session.resolve(id, "name", Session::Resolution::TakeTheirs, theirs);
        session.resolve(id, "pay", Session::Resolution::KeepMine, theirs);
        session.resolve(id, "dept_id", Session::Resolution::Edit, theirs, Value(1));
        QCOMPARE(session.unitOfWork().find(id)->after->size(), 2u);
        w->flush();
        QCOMPARE(w->read("SELECT name, pay, dept_id FROM emp WHERE id = 1"), "Anne 11 1 / ");
        session.setBaseline(w->now());
        w->set("emp", 1, "pay", Value(12));
        const ChangeId second = session.unitOfWork().changes().front()->id;
        session.resolve(second, "pay", Session::Resolution::TakeTheirs, w->row("emp", 1));
        QVERIFY(session.unitOfWork().isEmpty());
        session.unitOfWork().undo();
        QCOMPARE(session.unitOfWork().size(), 1u);
    }

    void undoAndCoalescing()
    {
        World w(Engine::open("sqlite://"));
        Session &session = *w.session;
        UnitOfWork &unit = session.unitOfWork();
        Table emp = session.editTable(w.name("emp"));
        emp.columns[2].name = "salary";
        session.putTable(emp);
        emp = session.editTable(w.name("emp"));
        emp.columns[2].name = "wage";
        session.putTable(emp);
        QCOMPARE(unit.size(), 1u);
        QCOMPARE(session.draft().diffs.size(), 1u);
        QCOMPARE(session.draft().diffs[0].renamedColumns().at("pay"), "wage");
        unit.undo();
        QCOMPARE(session.draft().diffs[0].renamedColumns().at("pay"), "salary");
        unit.redo();
        emp = session.editTable(w.name("emp"));
        emp.columns[2].name = "pay";
        session.putTable(emp);
        QVERIFY(unit.isEmpty()); // back to what it was
        QVERIFY_THROWS_EXCEPTION(Error, {
            Table taken = session.editTable(w.name("emp"));
            taken.name.name = "dept";
            session.putTable(taken);
        });
        w.set("emp", 1, "pay", Value(11));
        session.dropTable(w.name("emp"));
        QCOMPARE(unit.size(), 1u);
        QVERIFY(!session.draft().after.table(w.name("emp")));
        unit.undo();
        QCOMPARE(unit.size(), 1u);
        QVERIFY(unit.changes().front()->isRow());
        session.dropTable(w.name("emp"));
        w.flush();
        QVERIFY(!w.now().table(w.name("emp")));
    }

    void newColumnRenamedWhileFilled()
    {
        World w(Engine::open("sqlite://"));
        Table emp = w.session->editTable(w.name("emp"));
        emp.columns.push_back(newColumn("mail", types::text()));
        w.session->putTable(emp);
        w.set("emp", 1, "mail", "a@x");
        emp = w.session->editTable(w.name("emp"));
        emp.columns.back().name = "address";
        w.session->putTable(emp);
        w.flush();
        QCOMPARE(w.read("SELECT address FROM emp ORDER BY id"), "a@x / - / ");
    }

    void referencesFollowARename_data() { both(); }
    void referencesFollowARename()
    {
        const auto w = world();
        Table dept = w->session->editTable(w->name("dept"));
        dept.name.name = "unit";
        dept.columns[0].name = "number";
        w->session->putTable(dept);
        QCOMPARE(w->session->draft().diffs.size(), 1u);
        QCOMPARE(w->session->draft().after.table(w->name("emp"))->foreignKeys[0].referred.name, "unit");
        w->flush();
        const ForeignKey key = w->now().table(w->name("emp"))->foreignKeys[0];
        QCOMPARE(key.referred.name, "unit");
        QCOMPARE(key.referredColumns, std::vector<std::string>{"number"});
    }

    void losesNothingOfWhatOthersDidToATable_data() { both(); }
    void losesNothingOfWhatOthersDidToATable()
    {
        const auto w = world();
        Table emp = w->session->editTable(w->name("emp"));
        emp.columns[2].nullable = false; // a rebuild on SQLite, which writes the columns that it knows
        emp.columns.push_back(newColumn("mail", types::text()));
        w->session->putTable(emp);
        w->set("emp", 1, "mail", "a@x");
        w->connection.executeScript("ALTER TABLE emp ADD COLUMN secret TEXT; UPDATE emp SET secret = 'kept';");
        const MetaData before = w->now();
        for (const RunMode mode : {RunMode::Rehearse, RunMode::Commit}) {
            const Report report = runPlan(w->connection, w->session->plan(), mode);
            QVERIFY(report.error && !report.committed);
            QCOMPARE(report.error->kind, ErrorKind::Conflict);
            QVERIFY2(report.error->message.find("add column secret") != std::string::npos,
                     report.error->message.c_str());
            w->session->settle(report);
            QVERIFY(w->session->unitOfWork().changes().front()->error);
            QVERIFY(diffMetaData(before, w->now()).isEmpty());
        }
        w->session->setBaseline(w->now());
        w->session->rebaseStructure();
        QVERIFY(!w->session->unitOfWork().changes().front()->error);
        w->flush();
        QCOMPARE(w->read("SELECT id, pay, mail, secret FROM emp ORDER BY id"), "1 10 a@x kept / 2 20 - kept / ");
        QVERIFY(!w->now().table(w->name("emp"))->column("pay")->nullable);
    }

    void laysAChangeUponWhatOthersDid_data() { both(); }
    void laysAChangeUponWhatOthersDid()
    {
        const auto w = world();
        const auto readAgain = [&] {
            w->session->setBaseline(w->now());
            w->session->rebaseStructure();
        };
        w->connection.executeScript("ALTER TABLE emp ADD COLUMN note TEXT");
        readAgain();
        Table emp = w->session->editTable(w->name("emp"));
        emp.columns[1].name = "full_name";
        emp.columns[2].nullable = false;
        w->session->putTable(emp);
        Table dept = w->session->editTable(w->name("dept"));
        dept.columns.push_back(newColumn("floor", types::integer()));
        w->session->putTable(dept);
        const ChangeId ofEmp = w->session->unitOfWork().changes()[0]->id;
        readAgain(); // nothing has changed
        QCOMPARE(w->session->unitOfWork().changes()[0]->id, ofEmp);
        QCOMPARE(w->session->draft().diffs[0].items.size(), 2u);
        // A column that is only theirs goes, an index comes; what both changed is as it is pending.
        w->connection.executeScript("ALTER TABLE emp DROP COLUMN note; CREATE INDEX by_pay ON emp (pay);"
                                    "ALTER TABLE dept ADD COLUMN floor TEXT");
        readAgain();
        QVERIFY(!w->session->draft().after.table(w->name("emp"))->column("note"));
        w->flush();
        const TablePtr now = w->now().table(w->name("emp"));
        QCOMPARE(now->columns.size(), 4u);
        QVERIFY(now->column("full_name") && !now->column("pay")->nullable);
        QCOMPARE(now->indexes.size(), 1u);
        QCOMPARE(w->now().table(w->name("dept"))->columns.size(), 3u);
        // What is gone is made anew, and need not be dropped.
        readAgain();
        emp = w->session->editTable(w->name("emp"));
        emp.columns[1].name = "called";
        emp.foreignKeys.clear();
        w->session->putTable(emp);
        w->session->dropTable(w->name("dept"));
        w->connection.executeScript("DROP TABLE emp; DROP TABLE dept");
        QCOMPARE(w->session->flush(w->connection).error->kind, ErrorKind::Conflict);
        readAgain();
        QCOMPARE(w->session->unitOfWork().size(), 1u);
        w->flush();
        QCOMPARE(w->now().table(w->name("emp"))->columns[1].name, std::string("called"));
        QVERIFY(!w->now().table(w->name("dept")));
    }

    void journalKeepsTables()
    {
        World w(Engine::open("sqlite://"));
        editMuch(w);
        w.session->putMapping(w.name("emp"), std::nullopt, EntityMapping{"Person", {{"pay", "wage"}}, {}});
        const std::string kept = changesToJson(w.session->unitOfWork().changes());
        Session other(w.engine.sharedDialect(), w.now());
        other.unitOfWork().restore(changesFromJson(kept));
        QCOMPARE(changesToJson(other.unitOfWork().changes()), kept);
        Table third;
        third.name = w.name("third");
        third.columns = {newColumn("x", types::integer())};
        const TableId id = other.putTable(third);
        for (const Change *change : w.session->unitOfWork().changes())
            if (change->tableAfter)
                QVERIFY(change->tableAfter->id != id);
        const Report report = other.flush(w.connection);
        QVERIFY2(report.committed, report.error ? report.error->describe().c_str() : "");
        QCOMPARE(w.read("SELECT id, full_name, mail FROM person ORDER BY id"), "1 Ana a@x / 2 Bob b@x / ");
    }

    void mappingsAreWrittenAfterTheCommit()
    {
        struct Store : MappingStore
        {
            bool fails = true;
            std::map<QualifiedName, std::optional<EntityMapping>> kept;
            void write(const QualifiedName &table, const std::optional<EntityMapping> &mapping) override
            {
                if (fails)
                    throw Error(ErrorKind::Permission, "the disk is full");
                kept[table] = mapping;
            }
        } store;
        World w(Engine::open("sqlite://"));
        w.session->setMappingStore(&store);
        w.session->putMapping(w.name("emp"), std::nullopt, EntityMapping{"Person", {}, {}});
        w.set("emp", 1, "pay", Value(99));
        w.flush();
        QCOMPARE(w.read("SELECT pay FROM emp WHERE id = 1"), "99 / ");
        QCOMPARE(w.session->unitOfWork().size(), 1u);
        QVERIFY(w.session->unitOfWork().changes().front()->error);
        store.fails = false;
        w.flush();
        QVERIFY(w.session->unitOfWork().isEmpty());
        QCOMPARE(store.kept.at(w.name("emp"))->className, "Person");
    }
};

QTEST_GUILESS_MAIN(tst_SchemaPlan)
#include "tst_schema_plan.moc"
