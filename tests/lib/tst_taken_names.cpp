// Names that change hands: what a name means before and after is not the same thing, or the same thing has it in
// another case. Each on SQLite and PostgreSQL, as a diff of two databases and as edits of one.
#include "schemawright/backends/dialects.h"
#include "schemawright/schema/metadata_diff.h"

#include "support/session_world.h"

#include <QTest>

using namespace schemawright;
using test::SessionWorld;

namespace {

/// Runs what makes the first like the second; what is different afterwards, or why it did not go.
std::string brought(SessionWorld &from, const MetaData &to)
{
    const MetaData before = from.reflect();
    const MetaDataDiff diff = diffMetaData(before, to);
    const Migration migration = from.engine.dialect().migrate(before, to, diff.tables);
    for (const MigrationProblem &each : migration.problems)
        return each.error.message;
    try {
        for (const bool inside : {false, true}) {
            std::optional<Transaction> transaction;
            if (inside)
                transaction.emplace(from.connection.begin());
            for (const MigrationStep &step : migration.steps)
                if ((step.phase == Phase::Before) != inside && step.phase != Phase::After)
                    from.connection.execute(step.sql);
            if (transaction)
                transaction->commit();
        }
        for (const MigrationStep &step : migration.steps)
            if (step.phase == Phase::After)
                from.connection.execute(step.sql);
    } catch (const Error &error) {
        return error.describe() + " " + error.sql;
    }
    std::string left;
    for (const TableDiff &each : diffMetaData(from.reflect(), to).tables)
        left += (each.before ? each.before : each.after)->name.text() + " differs. ";
    return left;
}

Table &named(Table &table, const char *name)
{
    table.name.name = name;
    return table;
}

} // namespace

class tst_TakenNames : public QObject
{
    Q_OBJECT

private slots:
    void aDiffTakesNames_data()
    {
        QTest::addColumn<bool>("isServer");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        const std::pair<const char *, std::pair<const char *, const char *>> cases[] = {
            {"indexes",
             {"create table a (id int primary key, x int); create table b (id int primary key, y int);"
              "create index i on a (x); create index k on b (y);",
              "create table a (id int primary key, x int); create table b (id int primary key, y int);"
              "create index i on b (y); create index k on a (x);"}},
            {"rebuilt tables that exchange names, with indexes and triggers",
             {"create table a (id int primary key, x int); create table b (id int primary key, y int);"
              "create index ia on a (x); create unique index ib on b (y) where y > 0;",
              "create table b (id int primary key, x int check (x > 0)); create table a (id int primary key, y int "
              "check (y > 1)); create index ia on b (x); create unique index ib on a (y) where y > 0;"}},
            {"an index of a table that goes",
             {"create table a (x int); create table b (y int); create index i on b (y);",
              "create table a (x int); create index i on a (x);"}},
            {"tables and views",
             {"create table t (id int primary key); create table a (id int primary key);"
              "create view v as select id from a; create table w (id int);",
              "create table a (id int primary key); create view t as select id from a; create table v (id int);"
              "create view w as select id from a;"}},
        };
        for (const bool isServer : {false, true})
            for (const auto &[name, texts] : cases)
                if (!isServer || test::postgresServer())
                    QTest::addRow("%s, %s", name, isServer ? "postgresql" : "sqlite")
                        << isServer << QString(texts.first) << QString(texts.second);
    }
    void aDiffTakesNames()
    {
        QFETCH(bool, isServer);
        QFETCH(QString, from);
        QFETCH(QString, to);
        SessionWorld first(isServer, from.toStdString(), "names_a"), second(isServer, to.toStdString(), "names_b");
        QVERIFY(!diffMetaData(first.reflect(), second.reflect()).isEmpty());
        QCOMPARE(brought(first, second.reflect()), "");
    }

    /// Relations of all kinds share names, and so do types with the row types of relations.
    void kindsTakeNames_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        const std::pair<const char *, const char *> kinds[] = {
            {"table", "create table %1 (id int primary key, x int);"},
            {"serial table", "create table %1 (id serial primary key);"},
            {"view", "create view %1 as select 1 as one;"},
            {"materialized view", "create materialized view %1 as select 1 as one;"},
            {"sequence", "create sequence %1;"},
            {"index", "create table of_%1 (x int); create index %1 on of_%1 (x);"},
            {"constraint", "create table of_%1 (x int constraint %1 primary key);"},
            {"enum", "create type %1 as enum ('a', 'b');"},
            {"domain", "create domain %1 as text check (value <> '');"},
            {"composite type", "create type %1 as (a int, b text);"},
            {"used enum", "create type %1 as enum ('a', 'b'); create table of_enum_%1 (x %1 default 'a');"},
            {"used composite type", "create type %1 as (a int); create table of_composite_type_%1 (x %1);"},
            {"used sequence", "create sequence %1; create table of_sequence_%1 (x int default nextval('%1'));"},
            {"used view", "create view %1 as select 1 as one; create view of_view_%1 as select * from %1;"},
            {"used table", "create table %1 (id int primary key); create table of_table_%1 (x int references %1);"},
            // Of tables that stay.
            {"enum of a column", "create type %1 as enum ('a'); create table stays (x %1);"},
            {"composite type of a column", "create type %1 as (a int); create table holds (x %1);"},
            {"domain of a column", "create domain %1 as text; create table checked (x %1);"},
            {"sequence of a default", "create sequence %1; create table counts (x int default nextval('%1'));"},
            {"index of one", "create table indexed (x int); create index %1 on indexed (x);"},
            {"key of one", "create table keyed (x int constraint %1 primary key);"},
            {"parent of one", "create table %1 (id int primary key); create table refers (x int references %1);"},
        };
        const auto with = [](const char *script, const char *name) { return QString(script).arg(name); };
        // Each pair one way or the other, or both at once; all of that for a nightly run.
        const bool isAll = qEnvironmentVariableIsSet("SCHEMAWRIGHT_TEST_SEQUENCES");
        for (std::size_t i = 0; i < std::size(kinds); ++i)
            for (std::size_t j = 0; j < std::size(kinds); ++j) {
                const auto &[was, before] = kinds[i];
                const auto &[is, after] = kinds[j];
                const auto isComposite = [](std::string_view kind) { return kind.starts_with("composite"); };
                if (i != j && (isAll || (i + j) % 3 == (i < j ? 0 : 1)))
                    QTest::addRow("%s, then %s", was, is) << with(before, "n") << with(after, "n");
                // Another composite type takes no values of the first.
                if (i < j && !isComposite(was) && !isComposite(is) && (isAll || (i + j) % 3 == 2))
                    QTest::addRow("%s and %s exchange", was, is)
                        << with(before, "n") + with(after, "m") << with(before, "m") + with(after, "n");
            }
    }
    void kindsTakeNames()
    {
        if (!test::postgresServer())
            QSKIP("no PostgreSQL server");
        QFETCH(QString, from);
        QFETCH(QString, to);
        static SessionWorld first(true, {}, "kinds_a"), second(true, {}, "kinds_b");
        for (SessionWorld *each : {&first, &second}) {
            each->connection.executeScript("drop schema public cascade; create schema public;");
            each->connection.executeScript((each == &first ? from : to).toStdString());
            each->connection.executeScript(
                "set client_min_messages = error; create table if not exists stays (x text); create table if not "
                "exists holds (x text); create table if not exists checked (x text); create table if not exists counts "
                "(x int); create table if not exists indexed (x int); create table if not exists keyed (x int not "
                "null); create table if not exists refers (x int);");
        }
        const MetaData before = first.reflect(), wanted = second.reflect();
        const MetaDataDiff diff = diffMetaData(before, wanted);
        const WholeMigration whole = first.engine.dialect().migrateWhole(before, wanted, diff);
        for (const MigrationProblem &each : whole.tables.problems)
            QFAIL(each.error.message.c_str());
        for (const ObjectMigration::Problem &each : whole.objects.problems)
            QFAIL(each.why.c_str());
        std::string script;
        for (const WholeMigration::Step &step : whole.script)
            script += step.sql + ";\n";
        try {
            first.connection.executeScript("begin;" + script + "commit");
        } catch (const Error &error) {
            if (first.connection.inTransaction())
                first.connection.executeScript("rollback");
            QFAIL((error.message + "\n" + script).c_str());
        }
        const MetaDataDiff left = diffMetaData(first.reflect(), wanted);
        QVERIFY2(left.isEmpty(), script.c_str());
    }

    void aCaseIsNoOtherName()
    {
        SessionWorld world(false, "create table users (id integer primary key, name text unique, note);"
                                  "create index ix on users (name); create view v as select name from users;"
                                  "create table c (u references users); create table log (x);"
                                  "create trigger tr after insert on users begin insert into log values (1); end;"
                                  "insert into users values (1, 'a', 2); insert into c values (1);");
        SessionWorld other(false, "create table Users (id integer primary key, Name text unique, note int);"
                                  "create index IX on Users (Name); create view V as select Name from Users;"
                                  "create table c (u references Users); create table log (x);"
                                  "create trigger TR after insert on Users begin insert into log values (1); end;");
        QCOMPARE(brought(world, other.reflect()), "");
        QCOMPARE(world.read("select type, name, tbl_name from sqlite_schema where name not like 'sqlite%' order by 2"),
                 "index IX Users / trigger TR Users / table Users Users / view V V / table c c / table log log / ");
        QCOMPARE(world.read("select Id, NAME, note from Users join c on u = id"), "1 a 2 / ");
        QCOMPARE(world.read("select count(*) from log"), "1 / "); // one from before: rows did not come anew
    }

    void editsTakeNames_data() { test::bothDatabases(); }
    void editsTakeNames()
    {
        QFETCH(bool, isServer);
        SessionWorld world(isServer, "create table a (id int primary key, x int); create index ia on a (x);"
                                     "create table b (id int primary key, y int); create index ib on b (y);"
                                     "create table c (id int primary key, a_id int references a);"
                                     "create table d (id int primary key, z int);"
                                     "insert into a values (1, 10); insert into b values (2, 20);"
                                     "insert into c values (3, 1); insert into d values (4, 40);");
        Session &session = *world.session;
        // a and b exchange their names over a third one, as a person has to type it.
        Table a = session.editTable(world.name("a"));
        session.putTable(named(a, "middle"));
        Table b = session.editTable(world.name("b"));
        session.putTable(named(b, "a"));
        Table middle = session.editTable(world.name("middle"));
        session.putTable(named(middle, "b"));
        // d goes, and a new table has its name.
        session.dropTable(world.name("d"));
        Table fresh;
        fresh.name = world.name("d");
        Column only;
        only.name = "fresh";
        only.type = types::integer();
        fresh.columns.push_back(only);
        session.putTable(fresh);
        world.commit();
        QCOMPARE(world.read("select id, y from a"), "2 20 / ");
        QCOMPARE(world.read("select id, x from b"), "1 10 / ");
        QCOMPARE(world.read("select c.id, b.x from c join b on c.a_id = b.id"), "3 10 / ");
        QCOMPARE(world.read("select count(fresh) from d"), "0 / ");
        const MetaData now = world.reflect();
        QCOMPARE(now.table(world.name("c"))->foreignKeys.at(0).referred.name, "b");
        QCOMPARE(now.table(world.name("a"))->indexes.at(0).name, "ib");
        QCOMPARE(now.tables().size(), std::size_t(4));
    }

    /// Indexes and triggers are kept by their texts, which know old names only.
    void rebuiltTablesExchangeNames_data()
    {
        QTest::addColumn<bool>("isLate"); // rows are written before the rebuild
        QTest::newRow("before the rows") << false;
        QTest::newRow("behind the rows") << true;
    }
    void rebuiltTablesExchangeNames()
    {
        QFETCH(bool, isLate);
        SessionWorld world(
            false, "create table a (id integer primary key, x int, gone int); create index ia on a (x) where x > 0;"
                   "create table b (id integer primary key, y int, gone int); create index ib on b (lower(y));"
                   "create table c (id integer primary key, z int); create table log (said text);"
                   "create trigger ta after insert on a begin insert into log select 'a ' || new.x || count(*) from b; "
                   "end; create trigger tb after update of y on b begin update c set z = new.y; end;"
                   "create trigger tc after delete on c begin insert into a (x) values (old.z); end;"
                   "create view v as select a.x, b.y from a join b on a.id = b.id;"
                   "insert into a values (1, 10, 0); insert into b values (1, 20, 0); insert into c values (1, 30);"
                   "delete from log;");
        Session &session = *world.session;
        const auto change = [&](const char *from, const char *to, const char *column, const char *renamed) {
            Table table = session.editTable(world.name(from));
            table.columns[1].name = renamed;
            if (isLate)
                table.columns[1].nullable = false;
            else
                table.columns.erase(table.columns.begin() + 2);
            table.uniques.clear();
            std::swap(table.columns[0], table.columns[1]); // another order takes a rebuild
            Q_UNUSED(column);
            session.putTable(named(table, to));
        };
        change("a", "middle", "x", "ex");
        change("b", "a", "y", "why");
        Table middle = session.editTable(world.name("middle"));
        session.putTable(named(middle, "b"));
        Table c = session.editTable(world.name("c"));
        c.columns[1].name = "zed";
        c.columns[1].type = types::text();
        session.putTable(c);
        if (isLate)
            world.set("a", 1, "x", Value(11));
        world.commit();
        QCOMPARE(world.read("select ex from b"), isLate ? "11 / " : "10 / ");
        QCOMPARE(world.read("select why from a"), "20 / ");
        QCOMPARE(world.read("select name, tbl_name from sqlite_schema where type in ('index', 'trigger') order by 1"),
                 "ia b / ib a / ta b / tb a / tc c / ");
        world.connection.execute("insert into b (ex) values (5)");
        QCOMPARE(world.read("select said from log"), "a 51 / ");
        world.connection.execute("update a set why = 21");
        QCOMPARE(world.read("select zed, typeof(zed) from c"), "21 text / ");
        world.connection.execute("delete from c");
        QCOMPARE(world.read("select count(*) from b where ex = '21'"), "1 / ");
        QCOMPARE(world.read("select * from v"), isLate ? "11 21 / " : "10 21 / ");
        QCOMPARE(world.read("select count(*) from sqlite_schema where name like 'schemawright%'"), "0 / ");
        QCOMPARE(world.read("select count(*) from pragma_integrity_check where integrity_check <> 'ok'"), "0 / ");
    }

    /// A new table has the old name of one that is rebuilt, a new column that of one that is renamed.
    void aRebuiltTableLeavesItsNames()
    {
        SessionWorld world(false, "create table a (id integer primary key, x int, y int); create index ia on a (x);"
                                  "create trigger ta after insert on a begin update a set y = new.x; end;"
                                  "insert into a values (1, 2, 3);");
        Session &session = *world.session;
        Table a = session.editTable(world.name("a"));
        a.columns[1].name = "was_x";
        a.indexes.at(0).elements.at(0).column = "was_x"; // else it would be one of the new x
        a.columns[2].nullable = false;
        Column fresh;
        fresh.name = "x";
        fresh.type = types::text();
        a.columns.push_back(fresh);
        session.putTable(named(a, "b"));
        Table other;
        other.name = world.name("a");
        other.columns.push_back(fresh);
        session.putTable(other);
        world.commit();
        QCOMPARE(world.read("select id, was_x, y, x from b"), "1 2 2 - / "); // as the trigger made it
        QCOMPARE(world.read("select count(x) from a"), "0 / ");
        QCOMPARE(world.read("select name from pragma_index_info('ia')"), "was_x / ");
        world.connection.execute("insert into b values (2, 7, 0, 'new')");
        QCOMPARE(world.read("select y, x from b order by id"), "7 - / 7 new / ");
    }

    void aTableGetsTheNameOfOneThatGoes_data() { test::bothDatabases(); }
    void aTableGetsTheNameOfOneThatGoes()
    {
        QFETCH(bool, isServer);
        SessionWorld world(isServer,
                           "create table old (id int primary key); create table new (id int primary key, x int);"
                           "insert into new values (1, 2);");
        world.session->dropTable(world.name("old"));
        Table table = world.session->editTable(world.name("new"));
        world.session->putTable(named(table, "old"));
        world.commit();
        QCOMPARE(world.read("select id, x from old"), "1 2 / ");
        QCOMPARE(world.reflect().tables().size(), std::size_t(1));
    }

    void columnsGoRound_data() { test::bothDatabases(); }
    void columnsGoRound()
    {
        QFETCH(bool, isServer);
        SessionWorld world(isServer, "create table t (a int, b int, c int, d int); insert into t values (1, 2, 3, 4);");
        Table table = world.session->editTable(world.name("t"));
        const char *names[] = {"b", "c", "a", "e"};
        for (std::size_t i = 0; i < 4; ++i)
            table.columns[i].name = names[i];
        world.session->putTable(table);
        world.commit();
        QCOMPARE(world.read("select b, c, a, e from t"), "1 2 3 4 / ");
    }

    void onlyTheCaseOfATableChanges()
    {
        SessionWorld world(false, "create table users (id integer primary key, Name text check (Name <> ''));"
                                  "create index ix on users (Name); create table c (u references users);"
                                  "insert into users values (1, 'a'); insert into c values (1);");
        Table table = world.session->editTable(world.name("users"));
        table.columns[1].name = "name";
        table.columns[1].nullable = false;
        world.session->putTable(named(table, "Users"));
        world.commit();
        QCOMPARE(world.read("select name from sqlite_schema where type = 'table' order by 1"), "Users / c / ");
        QCOMPARE(world.read("select id, name from users"), "1 a / ");
        QCOMPARE(world.read("select count(*) from pragma_foreign_key_check"), "0 / ");
    }
};

QTEST_GUILESS_MAIN(tst_TakenNames)
#include "tst_taken_names.moc"
