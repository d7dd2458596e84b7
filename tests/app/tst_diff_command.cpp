// The diff command: what it prints, run on FROM, brings it to TO; the rows stay; and nothing is left to be said.

#include "support/postgres_database.h"

#include "schemawright/engine/engine.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace schemawright;

namespace {

const QString program = QStringLiteral(SCHEMAWRIGHT_BINARY_DIR "/bin/schemawright");

QByteArray run(const QStringList &arguments, int *status = nullptr)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(60'000))
        process.kill();
    if (status)
        *status = process.exitCode();
    return process.readAllStandardOutput();
}

QJsonObject differences(const QString &from, const QString &to)
{
    return QJsonDocument::fromJson(run({QStringLiteral("diff"), from, to, QStringLiteral("--json")})).object();
}

void row(const char *name, const std::string &from, const std::string &to) { QTest::newRow(name) << from << to; }

/// What the script could not do is said in comments; it holds none when everything is done.
QByteArray whatIsLeft(const QString &from, const QString &to)
{
    const QJsonObject found = differences(from, to);
    QJsonArray left = found[QLatin1String("changes")].toArray();
    for (const QJsonValue &each : found[QLatin1String("cannot_compare")].toArray())
        left.append(each);
    return QJsonDocument(left).toJson(QJsonDocument::Compact);
}

} // namespace

class tst_DiffCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sqlite_data();
    void sqlite();
    void postgres_data();
    void postgres();
    void seesBothFromOneSchema_data();
    void seesBothFromOneSchema();
    void saysWhatHasNoWay();
};

void tst_DiffCommand::sqlite_data()
{
    QTest::addColumn<std::string>("from");
    QTest::addColumn<std::string>("to");
    row("rebuild with children",
        "CREATE TABLE kept(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE, b INT CHECK (b > 0));"
        "CREATE TABLE child(k REFERENCES kept ON DELETE CASCADE); CREATE VIEW v AS SELECT a FROM kept;"
        "INSERT INTO kept VALUES (7, 'x', 1), (9, 'y', 2); INSERT INTO child VALUES (7);",
        "CREATE TABLE kept(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE NOT NULL, b INT CHECK (b > "
        "-1) UNIQUE, c INT DEFAULT 5);"
        "CREATE TABLE child(k REFERENCES kept ON DELETE SET NULL); CREATE VIEW v AS SELECT a, c FROM kept;");
    row("keys that nothing answers",
        "PRAGMA foreign_keys = OFF; CREATE TABLE kept(id INTEGER PRIMARY KEY, a TEXT, b INT); CREATE TABLE bad(x "
        "REFERENCES kept(b), y REFERENCES "
        "v "
        "(a)); CREATE VIEW v AS SELECT a FROM kept; CREATE TABLE child(k REFERENCES kept, n REFERENCES nowhere); "
        "CREATE "
        "TABLE gone(a); INSERT INTO kept VALUES (1, 'x', 5); INSERT INTO child VALUES (1, 2);",
        "CREATE TABLE kept(id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT); CREATE TABLE bad(x REFERENCES kept(b), y); "
        "CREATE VIEW v AS SELECT a FROM kept; CREATE TABLE child(k REFERENCES kept NOT NULL);");
    row("index and trigger",
        "CREATE TABLE kept(id INTEGER PRIMARY KEY, a); CREATE INDEX i ON kept(a);"
        "CREATE TRIGGER t AFTER INSERT ON kept BEGIN SELECT 1; END; INSERT INTO kept VALUES (1, 'it''s'), (2, NULL);",
        "CREATE TABLE kept(id INTEGER PRIMARY KEY, a); CREATE UNIQUE INDEX i ON kept(a DESC) WHERE a > 'b';"
        "CREATE TRIGGER t AFTER DELETE ON kept BEGIN SELECT 2; END; CREATE TABLE fresh(x REFERENCES kept);");
}

void tst_DiffCommand::sqlite()
{
    QFETCH(std::string, from);
    QFETCH(std::string, to);
    QTemporaryDir folder;
    const QString a = folder.filePath(QStringLiteral("a.db")), b = folder.filePath(QStringLiteral("b.db"));
    const auto open = [](const QString &path) {
        return Engine::open("sqlite:///" + path.toStdString() + "?create=true").connect();
    };
    open(a).executeScript(from);
    open(b).executeScript(to);
    QVERIFY(whatIsLeft(a, b) != "[]");
    const auto rows = [&] { return open(a).execute("SELECT id, a FROM kept ORDER BY id").all(); };
    const std::vector<Row> before = rows();
    const QByteArray script = run({QStringLiteral("diff"), a, b});
    open(a).executeScript(script.toStdString());
    QCOMPARE(whatIsLeft(a, b), QByteArray("[]"));
    const std::vector<Row> after = rows();
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i)
        QVERIFY(after[i].values() == before[i].values());
}

void tst_DiffCommand::postgres_data()
{
    QTest::addColumn<std::string>("from");
    QTest::addColumn<std::string>("to");
    const std::string types = "CREATE TABLE kept(id int PRIMARY KEY, a e DEFAULT 'a', b e[]);"
                              "INSERT INTO kept VALUES (1, 'a', '{a,c}'), (2, 'c', NULL);";
    row("enum label added", "CREATE TYPE e AS ENUM ('a', 'c');" + types,
        "CREATE TYPE e AS ENUM ('0', 'a', 'it''s', 'c', 'd');" + types);
    row("enum label renamed", "CREATE TYPE e AS ENUM ('a', 'b', 'c');" + types,
        "CREATE TYPE e AS ENUM ('a', 'bb', 'c'); COMMENT ON TYPE e IS 'x';" + types);
    row("enum label gone", "CREATE TYPE e AS ENUM ('a', 'b', 'c');" + types,
        "CREATE TYPE e AS ENUM ('c', 'a');" + types);
    const std::string table = "CREATE TABLE kept(id int PRIMARY KEY, a text); INSERT INTO kept VALUES (1, 'x');";
    row("new type in a new schema", table,
        table + "CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a'); CREATE DOMAIN s.d AS int CHECK (VALUE > 0); "
                "CREATE TYPE s.c AS (x int, y s.e); CREATE FUNCTION s.f(s.d) RETURNS int LANGUAGE sql IMMUTABLE AS "
                "'SELECT 1'; CREATE DOMAIN s.dd AS s.d CHECK (s.f(VALUE) > 0); CREATE SEQUENCE s.q; "
                "CREATE TABLE s.t (a s.e DEFAULT 'a', b s.dd, c s.c, d int DEFAULT nextval('s.q')); "
                "ALTER SEQUENCE s.q OWNED BY s.t.d; COMMENT ON SCHEMA s IS 'new';");
    row("old things go",
        table + "CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a'); CREATE TABLE s.t(a s.e, id serial); CREATE "
                "SEQUENCE q; CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE DOMAIN d AS int;",
        table);
    row("sequence and domain",
        table + "CREATE SEQUENCE q INCREMENT 2 MAXVALUE 50 CYCLE; CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > "
                "0) CONSTRAINT g CHECK (VALUE < 9); CREATE TABLE u(x d);",
        table + "CREATE SEQUENCE q AS smallint START 3 CACHE 4; COMMENT ON SEQUENCE q IS 's'; CREATE DOMAIN d AS int "
                "DEFAULT 5 NOT NULL CONSTRAINT c CHECK (VALUE > 1); COMMENT ON DOMAIN d IS 'd'; CREATE TABLE u(x d);");
    row("functions",
        table + "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION g(a int) RETURNS "
                "int LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE s(int) (SFUNC = int4pl, STYPE = int);",
        table + "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 2'; COMMENT ON FUNCTION f(int) IS 'f'; "
                "CREATE FUNCTION g(b int) RETURNS text LANGUAGE sql AS $$SELECT 'x;'$$; CREATE TABLE t2(a int); "
                "CREATE FUNCTION h() RETURNS SETOF t2 LANGUAGE sql AS 'SELECT * FROM t2'; CREATE AGGREGATE s(int) "
                "(SFUNC = int4pl, STYPE = int, INITCOND = '0');");
    row("policies, rules, statistics, extensions",
        table + "ALTER TABLE kept ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON kept USING (id > 1); CREATE RULE r "
                "AS ON DELETE TO kept DO ALSO NOTHING; CREATE STATISTICS st ON id, a FROM kept;",
        table + "ALTER TABLE kept ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON kept USING (id > 2 OR a = ';'); "
                "CREATE RULE r2 AS ON DELETE TO kept DO INSTEAD NOTHING; CREATE STATISTICS st (ndistinct) ON id, a "
                "FROM kept; CREATE EXTENSION citext; ALTER TABLE kept ADD c citext;");
    row("a view over a new column", table + "CREATE VIEW v AS SELECT a FROM kept; CREATE VIEW w AS SELECT * FROM v;",
        "CREATE TABLE kept(id int PRIMARY KEY, a varchar(9), b int); CREATE VIEW v AS SELECT a, b FROM kept; CREATE "
        "VIEW w AS SELECT * FROM v; CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
        "END'; CREATE TRIGGER t BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION f();");
}

void tst_DiffCommand::postgres()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL server");
    QFETCH(std::string, from);
    QFETCH(std::string, to);
    test::PostgresDatabase a("diff_a"), b("diff_b");
    a.connect()->executeScript(from);
    b.connect()->executeScript(to);
    const QString urlA = QString::fromStdString(a.url()), urlB = QString::fromStdString(b.url());
    QVERIFY(whatIsLeft(urlA, urlB) != "[]");
    const auto rows = [&] {
        return Engine::open(a.url()).connect().execute("SELECT id, a::text FROM kept ORDER BY id").all();
    };
    const std::vector<Row> before = rows();
    const QByteArray script = run({QStringLiteral("diff"), urlA, urlB});
    try {
        a.connect()->executeScript(script.toStdString());
    } catch (const Error &error) {
        QFAIL((error.message + "\n" + script.toStdString()).c_str());
    }
    QCOMPARE(whatIsLeft(urlA, urlB), QByteArray("[]"));
    const std::vector<Row> after = rows();
    QCOMPARE(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i)
        QVERIFY(after[i].values() == before[i].values());
}

void tst_DiffCommand::seesBothFromOneSchema_data()
{
    QTest::addColumn<std::string>("pathA");
    QTest::addColumn<std::string>("pathB");
    row("public, sales", "public", "sales");
    row("sales before public", "public", "sales, public");
    row("the other way", "sales, public", "public, sales");
    row("sales alone", "sales", "\"$user\", public");
    row("none", "''''", "public");
    row("none for the other", "sales", "''''");
    row("none that is there", "nowhere", "sales, public");
}

/// Where a database, a role or a connection has another search path, what is the same is the same.
void tst_DiffCommand::seesBothFromOneSchema()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL server");
    QFETCH(std::string, pathA);
    QFETCH(std::string, pathB);
    const std::string schema =
        "CREATE SCHEMA sales; CREATE TYPE public.mood AS ENUM ('a', 'b'); CREATE TYPE sales.mood AS ENUM ('c'); CREATE "
        "FUNCTION public.f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; CREATE FUNCTION sales.f(int) RETURNS "
        "int LANGUAGE sql IMMUTABLE AS 'SELECT 2'; CREATE SEQUENCE sales.q; CREATE DOMAIN sales.d AS public.mood "
        "DEFAULT "
        "'a' CHECK (VALUE <> 'b'); CREATE TABLE public.kept (id int PRIMARY KEY DEFAULT nextval('sales.q'), a "
        "sales.mood DEFAULT 'c', b public.mood DEFAULT 'a' CHECK (b <> 'b'), c int GENERATED ALWAYS AS (sales.f(1)) "
        "STORED, d sales.d); CREATE TABLE sales.kept (id serial PRIMARY KEY, a int DEFAULT sales.f(1) CHECK "
        "(public.f(a) > 0), k int REFERENCES public.kept); CREATE INDEX ON sales.kept (sales.f(a)) WHERE public.f(a) > "
        "1; CREATE VIEW public.v AS SELECT k.a, sales.f(1) FROM public.kept k; CREATE VIEW sales.v AS SELECT v.*, k.id "
        "FROM "
        "public.v, sales.kept k; CREATE FUNCTION sales.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
        "END'; "
        "CREATE TRIGGER t BEFORE UPDATE ON public.kept FOR EACH ROW WHEN (sales.f(NEW.id) > 1) EXECUTE FUNCTION "
        "sales.t(); CREATE POLICY p ON sales.kept USING (public.f(a) > sales.f(1)); CREATE RULE r AS ON DELETE TO "
        "public.kept DO ALSO DELETE FROM sales.kept; CREATE AGGREGATE sales.g (sales.mood) (SFUNC = array_append, "
        "STYPE "
        "= sales.mood[]);";
    const std::string more =
        "CREATE FUNCTION sales.fresh(sales.mood) RETURNS public.mood LANGUAGE sql AS 'SELECT NULL::public.mood'; "
        "ALTER TABLE public.kept ADD e sales.mood DEFAULT 'c', ADD f int DEFAULT sales.f(1), ADD g "
        "int DEFAULT public.f(1); CREATE VIEW sales.w AS SELECT * FROM public.v; CREATE SEQUENCE public.q; CREATE TYPE "
        "public.pair AS (a public.mood, b sales.mood); CREATE COLLATION public.bytes FROM \"POSIX\"; CREATE OPERATOR "
        "public.<~ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4lt); CREATE TEXT SEARCH CONFIGURATION public.words "
        "(COPY = pg_catalog.simple); CREATE DOMAIN public.small AS int CHECK (VALUE OPERATOR(public.<~) public.f(9)); "
        "ALTER TABLE public.kept ADD h public.mood[] DEFAULT '{a}', ADD i int DEFAULT nextval('public.q'), ADD j "
        "public.pair, ADD k text COLLATE public.bytes, ADD l public.small, ADD m tsvector GENERATED ALWAYS AS "
        "(to_tsvector('public.words', 'a')) STORED, ADD CHECK (f OPERATOR(public.<~) g), ALTER c DROP EXPRESSION, "
        "ALTER c TYPE public.small; ALTER TABLE sales.kept ALTER k TYPE bigint, ALTER a SET DEFAULT public.f(2); "
        "CREATE INDEX ON public.kept (k COLLATE public.bytes) WHERE i OPERATOR(public.<~) 3;";
    test::PostgresDatabase a("diff_a"), b("diff_b");
    const auto prepare = [](const test::PostgresDatabase &database, const std::string &script,
                            const std::string &path) {
        database.connect()->executeScript(script);
        database.connect()->executeScript("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = " + path +
                                          "', current_database()); END $$");
    };
    prepare(a, schema, pathA);
    prepare(b, schema, pathB);
    const QString urlA = QString::fromStdString(a.url()), urlB = QString::fromStdString(b.url());
    QCOMPARE(whatIsLeft(urlA, urlB), QByteArray("[]"));
    QCOMPARE(whatIsLeft(urlB, urlA), QByteArray("[]"));
    // What differs means the same where it is run.
    b.connect()->executeScript(more);
    const QByteArray script = run({QStringLiteral("diff"), urlA, urlB});
    try {
        a.connect()->executeScript(script.toStdString());
    } catch (const Error &error) {
        QFAIL((error.message + "\n" + script.toStdString()).c_str());
    }
    QCOMPARE(whatIsLeft(urlA, urlB), QByteArray("[]"));
    QCOMPARE(whatIsLeft(urlB, urlA), QByteArray("[]"));
}

/// A label that cannot be taken away is named, and no statement for it is printed.
void tst_DiffCommand::saysWhatHasNoWay()
{
    if (!test::postgresServer())
        QSKIP("no PostgreSQL server");
    test::PostgresDatabase a("diff_a"), b("diff_b");
    const std::string table = "CREATE TABLE t(x e); CREATE VIEW v AS SELECT x FROM t;";
    a.connect()->executeScript("CREATE TYPE e AS ENUM ('a', 'b');" + table);
    b.connect()->executeScript("CREATE TYPE e AS ENUM ('b');" + table);
    const QString urlA = QString::fromStdString(a.url()), urlB = QString::fromStdString(b.url());
    const QByteArray script = run({QStringLiteral("diff"), urlA, urlB});
    QVERIFY(script.contains("the view public.v uses public.t.x"));
    QVERIFY(!script.contains("ALTER"));
    // The other way a label is added: there is a way, and none back.
    const QJsonObject change = differences(urlB, urlA)[QLatin1String("changes")].toArray().at(0).toObject();
    QCOMPARE(change[QLatin1String("up")].toArray().at(0).toString(),
             QStringLiteral("ALTER TYPE public.e ADD VALUE 'a' BEFORE 'b'"));
    QVERIFY(change[QLatin1String("down")].isNull());
}

QTEST_GUILESS_MAIN(tst_DiffCommand)
#include "tst_diff_command.moc"
