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
