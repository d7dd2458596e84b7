// The Inspector's questions, asked of each database named in SCHEMAWRIGHT_TEST_URLS (SQLite alone without): what it
// answers, and in how many statements.

#include "support/suite_databases.h"

#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/schema/table_diff.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <functional>

using namespace schemawright;

namespace {

using Names = std::vector<std::string>;

/// Something for each question, for both databases.
const char *const common = R"(
CREATE TABLE dept (id integer PRIMARY KEY, code varchar(10) NOT NULL, site integer,
    CONSTRAINT one_code UNIQUE (code, site));
CREATE TABLE emp (id integer CONSTRAINT emp_key PRIMARY KEY, name text DEFAULT 'it''s' NOT NULL, code varchar(10),
    site integer, boss integer CONSTRAINT to_boss REFERENCES emp (id) ON DELETE SET NULL,
    CONSTRAINT to_dept FOREIGN KEY (code, site) REFERENCES dept (code, site) ON UPDATE CASCADE DEFERRABLE INITIALLY
    DEFERRED, CONSTRAINT named CHECK (name <> ''));
CREATE INDEX by_name ON emp (lower(name), id DESC) WHERE site > 1;
CREATE UNIQUE INDEX one_name ON emp (name);
CREATE VIEW people AS SELECT id, name FROM emp;
CREATE TEMPORARY TABLE passing (a integer);
CREATE TEMPORARY VIEW glance AS SELECT 1 AS one;
INSERT INTO dept VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1);
)";
const char *const sqliteOnly = R"(
CREATE TABLE tight (a INTEGER PRIMARY KEY, b TEXT) STRICT, WITHOUT ROWID;
CREATE TRIGGER noted AFTER INSERT ON emp BEGIN SELECT 1; END;
CREATE TABLE temp.emp (other);
ATTACH ':memory:' AS second;
CREATE TABLE second.far (a INTEGER PRIMARY KEY);
CREATE VIEW second.far_view AS SELECT a FROM far;
ANALYZE;
)";
const char *const postgresOnly = R"(
CREATE UNLOGGED TABLE tight (a integer) WITH (fillfactor = 70);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER noted AFTER INSERT ON emp FOR EACH ROW EXECUTE FUNCTION note();
CREATE SCHEMA second;
CREATE TABLE second.far (a integer PRIMARY KEY);
CREATE VIEW second.far_view AS SELECT a FROM second.far;
CREATE TYPE second.far_mood AS ENUM ('c');
CREATE SEQUENCE counter;
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE DOMAIN small AS integer DEFAULT 3 CHECK (VALUE < 10);
CREATE MATERIALIZED VIEW kept AS SELECT 1 AS one;
COMMENT ON TABLE emp IS 'people';
COMMENT ON COLUMN emp.name IS 'their names';
GRANT SELECT, UPDATE (name) ON emp TO PUBLIC;
ANALYZE;
)";

/// MariaDB has schemas that are databases, which other programs would meet: there is one only.
const char *const mariadbAlone = R"(
CREATE TABLE dept (id integer PRIMARY KEY, code varchar(10) NOT NULL, site integer,
    CONSTRAINT one_code UNIQUE (code, site));
CREATE TABLE emp (id integer PRIMARY KEY, name varchar(40) DEFAULT 'it''s' NOT NULL COMMENT 'their names',
    code varchar(10), site integer, boss integer, KEY by_boss (boss), KEY by_dept (code, site),
    CONSTRAINT to_boss FOREIGN KEY (boss) REFERENCES emp (id) ON DELETE SET NULL,
    CONSTRAINT to_dept FOREIGN KEY (code, site) REFERENCES dept (code, site) ON UPDATE CASCADE,
    CONSTRAINT named CHECK (name <> '')) COMMENT 'people';
CREATE INDEX by_name ON emp (name, id DESC);
CREATE UNIQUE INDEX one_name ON emp (name, code);
CREATE VIEW people AS SELECT id, name FROM emp;
CREATE TABLE tight (a integer) ROW_FORMAT=DYNAMIC;
CREATE TRIGGER noted AFTER INSERT ON emp FOR EACH ROW SET @seen = 1;
CREATE SEQUENCE counter;
INSERT INTO dept VALUES (1, 'a', 1), (2, 'b', 1), (3, 'c', 1);
ANALYZE TABLE dept;
)";

} // namespace

class tst_Inspector : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<test::SuiteDatabases> databases_;

    static bool isPostgres(const Connection &connection) { return connection.dialect().name() == "postgresql"; }
    static bool isMariadb(const Connection &connection) { return connection.dialect().name() == "mysql"; }

    /// A connection to a database that holds the fixture and nothing else.
    Connection prepared(const Engine &engine) const
    {
        Connection connection = engine.connect();
        clear(connection);
        if (isMariadb(connection)) {
            connection.executeScript(mariadbAlone);
            return connection;
        }
        connection.executeScript(common);
        connection.executeScript(isPostgres(connection) ? postgresOnly : sqliteOnly);
        return connection;
    }
    static void clear(Connection &connection)
    {
        if (isPostgres(connection))
            connection.executeScript(
                "DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA IF EXISTS second "
                "CASCADE; DROP TABLE IF EXISTS pg_temp.passing; DROP VIEW IF EXISTS pg_temp.glance");
        else
            for (const std::string &statement :
                 connection.dialect()
                     .createScript(
                         Inspector(connection).reflect(isMariadb(connection) ? ReflectOptions() : ofSchema("main")),
                         {.ifNotExists = true, .drop = true})
                     .statements)
                connection.executeScript(statement);
    }
    static ReflectOptions ofSchema(const char *name)
    {
        ReflectOptions options;
        options.schemas = {name};
        return options;
    }
    static bool has(const Names &names, const char *name) { return std::ranges::find(names, name) != names.end(); }
    template <class Objects> static Names namesOf(const Objects &objects)
    {
        Names names;
        for (const auto &each : objects)
            names.push_back(each.name.name);
        return names;
    }

    static void namesInMariadb(Inspector &inspector, const std::string &database)
    {
        QCOMPARE(inspector.defaultSchema(), database);
        QCOMPARE(inspector.schemaNames(), Names{database});
        QCOMPARE(inspector.tableNames(), (Names{"dept", "emp", "tight"}));
        QCOMPARE(inspector.viewNames(), Names{"people"});
        QCOMPARE(inspector.materializedViewNames(), Names{});
        QCOMPARE(inspector.sequenceNames(), Names{"counter"});
        QVERIFY(inspector.hasSchema(database) && !inspector.hasSchema("nowhere"));
        QVERIFY(inspector.hasTable({"", "emp"}) && inspector.hasTable({database, "emp"}));
        QVERIFY(!inspector.hasTable({"", "far"}));
        QVERIFY(inspector.hasColumn({"", "emp"}, "name") && !inspector.hasColumn({"", "none"}, "name"));
        QVERIFY(inspector.hasIndex({"", "emp"}, "by_name") && !inspector.hasIndex({"", "dept"}, "by_name"));
        QVERIFY(inspector.hasSequence({"", "counter"}) && !inspector.hasSequence({"", "emp"}));
    }
    static void answersOfMariadb(Inspector &inspector)
    {
        const QualifiedName emp{"", "emp"}, dept{"", "dept"};
        const auto columns = inspector.columns(emp);
        QCOMPARE(columns.size(), std::size_t{5});
        QCOMPARE(columns[1].name, std::string("name"));
        QVERIFY(!columns[1].nullable && columns[2].nullable);
        QCOMPARE(columns[1].defaultSql.value_or(""), std::string("'it''s'"));
        QCOMPARE(columns[1].comment.value_or(""), std::string("their names"));
        QCOMPARE(inspector.primaryKey(emp)->columns, Names{"id"});
        QVERIFY(!inspector.primaryKey({"", "people"}));
        std::vector<ForeignKey> keys = inspector.foreignKeys(emp);
        QCOMPARE(keys.size(), std::size_t{2});
        std::ranges::sort(keys, {}, &ForeignKey::name);
        QCOMPARE(keys[0].name.value_or(""), std::string("to_boss"));
        QCOMPARE(keys[0].onDelete.value_or(""), std::string("SET NULL"));
        QVERIFY(!keys[0].onUpdate && !keys[0].deferrable);
        QCOMPARE(keys[1].columns, (Names{"code", "site"}));
        QCOMPARE(keys[1].referred, (QualifiedName{inspector.defaultSchema(), "dept"}));
        QCOMPARE(keys[1].onUpdate.value_or(""), std::string("CASCADE"));
        QVERIFY(inspector.foreignKeys(dept).empty());
        auto indexes = inspector.indexes(emp);
        std::erase_if(indexes, [](const Index &each) { return each.name != "by_name"; });
        QCOMPARE(indexes.size(), std::size_t{1});
        QVERIFY(indexes[0].elements.size() == 2 && indexes[0].elements[1].descending);
        QVERIFY(inspector.indexes(dept).empty());
        QCOMPARE(inspector.uniqueConstraints(dept)[0].columns, (Names{"code", "site"}));
        QCOMPARE(inspector.uniqueConstraints(emp)[0].name.value_or(""), std::string("one_name"));
        QCOMPARE(inspector.checkConstraints(emp).size(), std::size_t{1});
        QVERIFY(inspector.checkConstraints(emp)[0].expression.find("<> ''") != std::string::npos);
        QCOMPARE(inspector.comment(emp), std::optional<std::string>("people"));
        QVERIFY(!inspector.comment(dept));
        QCOMPARE(inspector.options({"", "tight"}).at("row_format"), std::string("DYNAMIC"));
        QVERIFY(inspector.definition({"", "people"})->find("emp") != std::string::npos);
        QCOMPARE(inspector.triggers(emp).size(), std::size_t{1});
        QCOMPARE(inspector.triggers(emp)[0].name, std::string("noted"));
        QVERIFY(inspector.triggers(dept).empty());
        const MetaData all = inspector.reflect();
        for (const QualifiedName &name : {emp, dept, {"", "people"}})
            QVERIFY2(*inspector.table(name) == *all.table(name), name.name.c_str());
    }

private Q_SLOTS:
    void initTestCase() { databases_ = std::make_unique<test::SuiteDatabases>("inspector", true); }
    void cleanupTestCase() { databases_.reset(); }

    void namesWhatThereIs_data() { databases_->addRows(); }
    void namesWhatThereIs()
    {
        const Engine engine = Engine::open(databases_->current());
        Connection connection = prepared(engine);
        const bool postgres = isPostgres(connection);
        Inspector inspector(connection);
        if (isMariadb(connection))
            return namesInMariadb(inspector, engine.url().arguments.database);
        QCOMPARE(inspector.defaultSchema(), std::string(postgres ? "public" : "main"));
        QCOMPARE(inspector.schemaNames(), postgres ? (Names{"public", "second"}) : (Names{"main", "temp", "second"}));
        QCOMPARE(inspector.tableNames(), (Names{"dept", "emp", "tight"}));
        QCOMPARE(inspector.tableNames("second"), Names{"far"});
        QCOMPARE(inspector.temporaryTableNames(), postgres ? Names{"passing"} : (Names{"emp", "passing"}));
        QCOMPARE(inspector.viewNames(), Names{"people"});
        QCOMPARE(inspector.viewNames("second"), Names{"far_view"});
        QCOMPARE(inspector.materializedViewNames(), postgres ? Names{"kept"} : Names{});
        QCOMPARE(inspector.sequenceNames(), postgres ? Names{"counter"} : Names{});
        QCOMPARE(inspector.sequenceNames("second"), Names{});
        QVERIFY(inspector.hasSchema("second"));
        QVERIFY(!inspector.hasSchema("nowhere"));
        QVERIFY(inspector.hasTable({"", "emp"}) && inspector.hasTable({"second", "far"}));
        QVERIFY(!inspector.hasTable({"", "far"}) && !inspector.hasTable({"second", "emp"}));
        QVERIFY(inspector.hasColumn({"", "emp"}, "name"));
        QVERIFY(!inspector.hasColumn({"", "emp"}, "Name"));
        QVERIFY(!inspector.hasColumn({"", "none"}, "name"));
        QVERIFY(inspector.hasIndex({"", "emp"}, "by_name"));
        QVERIFY(!inspector.hasIndex({"", "dept"}, "by_name"));
        QCOMPARE(inspector.hasSequence({"", "counter"}), postgres);
        QVERIFY(!inspector.hasSequence({"second", "counter"}));
    }

    void answersQuestions_data() { databases_->addRows(); }
    void answersQuestions()
    {
        const Engine engine = Engine::open(databases_->current());
        Connection connection = prepared(engine);
        const bool postgres = isPostgres(connection);
        Inspector inspector(connection);
        if (isMariadb(connection))
            return answersOfMariadb(inspector);
        const QualifiedName emp{"", "emp"}, dept{"", "dept"};

        const auto columns = inspector.columns(emp);
        QCOMPARE(columns.size(), std::size_t{5});
        QCOMPARE(columns[1].name, std::string("name"));
        QCOMPARE(columns[1].type.kind, TypeKind::Text);
        QVERIFY(!columns[1].nullable && columns[2].nullable);
        QCOMPARE(columns[1].defaultSql.value_or(""), std::string(postgres ? "'it''s'::text" : "'it''s'"));
        QCOMPARE(columns[1].comment.value_or(""), std::string(postgres ? "their names" : ""));
        QCOMPARE(inspector.primaryKey(emp)->columns, Names{"id"});
        QCOMPARE(inspector.primaryKey(emp)->name.value_or(""), std::string("emp_key"));
        QVERIFY(!inspector.primaryKey({"", "people"}));

        std::vector<ForeignKey> keys = inspector.foreignKeys(emp);
        QCOMPARE(keys.size(), std::size_t{2});
        std::ranges::sort(keys, {}, &ForeignKey::name);
        const ForeignKey &toBoss = keys[0], &toDept = keys[1];
        QCOMPARE(toBoss.name.value_or(""), std::string("to_boss"));
        QCOMPARE(toBoss.columns, Names{"boss"});
        QCOMPARE(toBoss.referred.name, std::string("emp"));
        QCOMPARE(toBoss.referredColumns, Names{"id"});
        QCOMPARE(toBoss.onDelete.value_or(""), std::string("SET NULL"));
        QVERIFY(!toBoss.onUpdate && !toBoss.deferrable && !toBoss.initiallyDeferred);
        QCOMPARE(toDept.name.value_or(""), std::string("to_dept"));
        QCOMPARE(toDept.columns, (Names{"code", "site"}));
        QCOMPARE(toDept.referred.schema, inspector.defaultSchema());
        QCOMPARE(toDept.referred.name, std::string("dept"));
        QCOMPARE(toDept.referredColumns, (Names{"code", "site"}));
        QCOMPARE(toDept.onUpdate.value_or(""), std::string("CASCADE"));
        QVERIFY(!toDept.onDelete && toDept.deferrable && toDept.initiallyDeferred);
        QVERIFY(inspector.foreignKeys(dept).empty());

        const auto indexes = inspector.indexes(emp);
        QCOMPARE(indexes.size(), std::size_t{2});
        QCOMPARE(indexes[0].name, std::string("by_name"));
        QVERIFY(!indexes[0].unique && indexes[1].unique);
        QCOMPARE(indexes[0].elements.size(), std::size_t{2});
        QCOMPARE(indexes[0].elements[0].expression.value_or(""), std::string("lower(name)"));
        QCOMPARE(indexes[0].elements[1].column.value_or(""), std::string("id"));
        QVERIFY(indexes[0].elements[1].descending);
        QCOMPARE(
            QString::fromStdString(indexes[0].where.value_or("")).remove(QLatin1Char('(')).remove(QLatin1Char(')')),
            QStringLiteral("site > 1"));
        QVERIFY(inspector.indexes(dept).empty()); // a constraint's own is not repeated

        QCOMPARE(inspector.uniqueConstraints(dept).size(), std::size_t{1});
        QCOMPARE(inspector.uniqueConstraints(dept)[0].name.value_or(""), std::string("one_code"));
        QCOMPARE(inspector.uniqueConstraints(dept)[0].columns, (Names{"code", "site"}));
        QVERIFY(inspector.uniqueConstraints(emp).empty());
        QCOMPARE(inspector.checkConstraints(emp).size(), std::size_t{1});
        QCOMPARE(inspector.checkConstraints(emp)[0].name.value_or(""), std::string("named"));
        QVERIFY(inspector.checkConstraints(emp)[0].expression.find("name <> ''") != std::string::npos);
        QVERIFY(inspector.checkConstraints(dept).empty());

        QCOMPARE(inspector.comment(emp), postgres ? std::optional<std::string>("people") : std::nullopt);
        QVERIFY(!inspector.comment(dept));
        using Options = std::map<std::string, std::string>;
        QCOMPARE(inspector.options({"", "tight"}), postgres ? (Options{{"unlogged", "true"}, {"fillfactor", "70"}})
                                                            : (Options{{"strict", "true"}, {"without_rowid", "true"}}));
        QVERIFY(inspector.options(dept).empty());
        QVERIFY(inspector.definition({"", "people"})->find("FROM emp") != std::string::npos);
        QVERIFY(inspector.definition({"second", "far_view"})->find("far") != std::string::npos);
        QCOMPARE(inspector.triggers(emp).size(), std::size_t{1});
        QCOMPARE(inspector.triggers(emp)[0].name, std::string("noted"));
        QVERIFY(inspector.triggers(emp)[0].definition.find("AFTER INSERT ON") != std::string::npos);
        QVERIFY(inspector.triggers(dept).empty());

        QCOMPARE(namesOf(inspector.enums()), postgres ? Names{"mood"} : Names{});
        QCOMPARE(namesOf(inspector.enums("second")), postgres ? Names{"far_mood"} : Names{});
        QCOMPARE(namesOf(inspector.domains()), postgres ? Names{"small"} : Names{});
        if (postgres) {
            QCOMPARE(inspector.enums()[0].labels, (Names{"a", "b"}));
            QCOMPARE(inspector.domains()[0].type, std::string("integer"));
            QCOMPARE(inspector.domains()[0].defaultSql.value_or(""), std::string("3"));
            QCOMPARE(inspector.domains()[0].checks.size(), std::size_t{1});
        }
        for (const auto &ask :
             std::initializer_list<std::function<void()>>{[&] {
                                                              inspector.columns({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.primaryKey({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.foreignKeys({"second", "emp"});
                                                          },
                                                          [&] {
                                                              inspector.indexes({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.uniqueConstraints({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.checkConstraints({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.triggers({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.comment({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.options({"", "none"});
                                                          },
                                                          [&] {
                                                              inspector.definition({"", "none"});
                                                          }})
            try {
                ask();
                QFAIL("a table that is not there was described");
            } catch (const Error &error) {
                QCOMPARE(error.kind, ErrorKind::NotFound);
            }
        // What is asked of one table is what is said of it among all.
        const MetaData all = inspector.reflect();
        for (const QualifiedName &name : {emp, dept, {"", "people"}, {"second", "far"}})
            QVERIFY2(*inspector.table(name) == *all.table(name), name.name.c_str());
    }

    void measures_data() { databases_->addRows(); }
    void measures()
    {
        const Engine engine = Engine::open(databases_->current());
        Connection connection = prepared(engine);
        Inspector inspector(connection);
        const auto sizeOf = [](const std::vector<TableSize> &sizes, const QualifiedName &name) {
            const auto found = std::ranges::find(sizes, name, &TableSize::table);
            return found == sizes.end() ? TableSize{} : *found;
        };
        const std::string schema = inspector.defaultSchema();
        const std::vector<TableSize> all = inspector.sizes();
        const TableSize dept = sizeOf(all, {schema, "dept"});
        QCOMPARE(dept.rows, std::optional<std::int64_t>(3));
        QVERIFY(dept.bytes.value_or(0) > 0 && dept.indexBytes.value_or(0) > 0);
        QVERIFY(sizeOf(all, {schema, "people"}).table.name.empty()); // a view has none
        if (!isMariadb(connection)) {
            QVERIFY(sizeOf(all, {"second", "far"}).bytes.has_value());
            const std::vector<TableSize> some = inspector.sizes(ofSchema("second"));
            QCOMPARE(some.size(), std::size_t{1});
            QCOMPARE(some[0].table, (QualifiedName{"second", "far"}));
        }
        ReflectOptions ofDept;
        ofDept.tables = {"dept"};
        QCOMPARE(inspector.sizes(ofDept).size(), std::size_t{1});
    }

    void tellsWhoMayDoWhat_data() { databases_->addRows(); }
    void tellsWhoMayDoWhat()
    {
        const Engine engine = Engine::open(databases_->current());
        Connection connection = prepared(engine);
        const auto privileges = Inspector(connection).privileges();
        if (!isPostgres(connection)) { // the tests' user of MariaDB may give none
            QVERIFY(privileges.empty());
            return;
        }
        const auto may = [&](const char *table, const char *column, const char *privilege) {
            return std::ranges::any_of(privileges, [&](const Privilege &each) {
                return each.table == QualifiedName{"public", table} && each.grantee == "PUBLIC" &&
                       each.column.value_or("") == column && each.privilege == privilege && !each.isGrantable;
            });
        };
        QVERIFY(may("emp", "", "SELECT") && may("emp", "name", "UPDATE"));
        QVERIFY(!may("emp", "", "UPDATE") && !may("emp", "id", "UPDATE") && !may("dept", "", "SELECT"));
    }

    void readsATableAloneAsAmongAll_data() { databases_->addRows(); }
    void readsATableAloneAsAmongAll()
    {
        const Engine engine = Engine::open(databases_->current());
        Connection connection = prepared(engine);
        if (engine.dialect().name() != "mysql") // the columns, and here the spelling, are the parent's to tell
            connection.executeScript("CREATE TABLE implied (a integer REFERENCES DEPT)");
        const MetaData all = Inspector(connection).reflect();
        const DiffRules rules = DiffRules::of(all.dialect, all.defaultSchema);
        QVERIFY(all.table({"", "emp"}));
        for (const TablePtr &table : all.tables()) {
            ReflectOptions options;
            options.tables = {table->name.name};
            const TablePtr alone = Inspector(connection).reflect(options).table(table->name);
            QVERIFY2(alone, table->name.text().c_str());
            QVERIFY(diffTables(table, alone, rules).isEmpty());
        }
    }

    void asksTheSameNumberOfStatements_data() { databases_->addRows(); }
    /// Whatever the number of tables: for all of them, for each bulk question and for one table.
    void asksTheSameNumberOfStatements()
    {
        const Engine engine = Engine::open(databases_->current());
        Connection connection = engine.connect();
        const bool postgres = isPostgres(connection), mariadb = isMariadb(connection);
        std::atomic<int> begun = 0, ended = 0;
        engine.log().observeBefore([&](const StatementEvent &) { ++begun; });
        engine.log().observe([&](const StatementEvent &event) { ended += event.ofReflection; });
        const std::vector<std::pair<const char *, std::function<void(Inspector &)>>> questions{
            {"reflection", [](Inspector &inspector) { inspector.reflect(); }},
            {"names", [](Inspector &inspector) { inspector.names(); }},
            {"schema names", [](Inspector &inspector) { inspector.schemaNames(); }},
            {"table names", [](Inspector &inspector) { inspector.tableNames(); }},
            {"temporary table names", [](Inspector &inspector) { inspector.temporaryTableNames(); }},
            {"view names", [](Inspector &inspector) { inspector.viewNames(); }},
            {"materialized view names", [](Inspector &inspector) { inspector.materializedViewNames(); }},
            {"sequence names", [](Inspector &inspector) { inspector.sequenceNames(); }},
            {"enums", [](Inspector &inspector) { inspector.enums(); }},
            {"domains", [](Inspector &inspector) { inspector.domains(); }},
            {"sizes", [](Inspector &inspector) { inspector.sizes(); }},
            {"privileges", [](Inspector &inspector) { inspector.privileges(); }},
            {"columns of one",
             [](Inspector &inspector) {
                 inspector.columns({"", "t1"});
             }},
            {"foreign keys of one",
             [](Inspector &inspector) {
                 inspector.foreignKeys({"", "t2"});
             }},
        };
        const auto counted = [&](int tables) {
            clear(connection);
            std::string script = "CREATE TABLE t0 (id integer PRIMARY KEY, a text);";
            for (int i = 1; i < tables; ++i) {
                const std::string n = std::to_string(i);
                script += "CREATE TABLE t" + n + " (id integer PRIMARY KEY, a " + (mariadb ? "varchar(20)" : "text") +
                          " DEFAULT 'x' CHECK (a <> ''), up integer "
                          "REFERENCES t" +
                          std::to_string(i - 1) + " (id), UNIQUE (a, up)); CREATE INDEX ix" + n + " ON t" + n +
                          (mariadb ? " (a, up);" : " (lower(a), up) WHERE up > 1;") + "CREATE VIEW v" + n +
                          " AS SELECT a FROM t" + n + ";";
                script += mariadb ? "CREATE TRIGGER g" + n + " AFTER INSERT ON t" + n +
                                        " FOR EACH ROW SET @seen = 1; CREATE SEQUENCE s" + n + ";"
                          : postgres ? "COMMENT ON TABLE t" + n + " IS 'x'; GRANT SELECT (a) ON t" + n +
                                           " TO PUBLIC; "
                                           "CREATE MATERIALIZED VIEW m" +
                                           n + " AS SELECT id FROM t" + n +
                                           "; CREATE TYPE "
                                           "e" +
                                           n + " AS ENUM ('a'); CREATE DOMAIN d" + n + " AS e" + n +
                                           " DEFAULT 'a'; "
                                           "CREATE TABLE p" +
                                           n + " (x serial, y int GENERATED ALWAYS AS IDENTITY, d d" + n +
                                           ") PARTITION BY LIST (x); CREATE TABLE q" + n + " PARTITION OF p" + n +
                                           " DEFAULT; CREATE TABLE h" + n + " () INHERITS (t" + n +
                                           "); CREATE RULE r AS ON "
                                           "DELETE TO t" +
                                           n + " DO NOTHING; CREATE POLICY p ON t" + n + " USING (true);"
                                     : "CREATE TRIGGER g" + n + " AFTER INSERT ON t" + n +
                                           " BEGIN SELECT 1; END; CREATE "
                                           "VIRTUAL TABLE f" +
                                           n + " USING rtree(id, x, y);";
            }
            connection.executeScript(script);
            std::vector<int> counts;
            for (const auto &[name, ask] : questions) {
                Inspector inspector(connection);
                begun = ended = 0;
                ask(inspector);
                if (begun != ended)
                    qFatal("%s: %d statements begun, %d ended", name, begun.load(), ended.load());
                counts.push_back(begun);
            }
            return counts;
        };
        const std::vector<int> few = counted(10), many = counted(100);
        for (std::size_t i = 0; i < questions.size(); ++i)
            QVERIFY2(few[i] == many[i], qPrintable(QStringLiteral("%1: %2 and %3 statements")
                                                       .arg(QLatin1String(questions[i].first))
                                                       .arg(few[i])
                                                       .arg(many[i])));
        QVERIFY(few[0] > few[1] && few[1] > 0); // they are counted at all
        clear(connection);
    }
};

QTEST_GUILESS_MAIN(tst_Inspector)
#include "tst_inspector.moc"
