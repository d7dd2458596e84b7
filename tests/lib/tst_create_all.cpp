// create_all for five dialects: what others emit for the same models, and what each dialect must not say.

#include "schemawright/backends/dialects.h"
#include "schemawright/backends/oracle/oracle_dialect.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/create_all.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/schema/naming_convention.h"
#include "schemawright/schema/table_builder.h"

#include "lib/sql/ddl_facts.h"
#include "support/corpus.h"

#include <QTest>

#include <nlohmann/json.hpp>

using namespace schemawright;
using nlohmann::json;

class tst_CreateAll : public QObject
{
    Q_OBJECT

private:
    static Script script(const MetaData &metadata, std::string_view dialect, ScriptOptions options = {})
    {
        return dialectNamed(dialect)->createScript(metadata, options);
    }
    static bool holds(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

    static MetaData chinook(const char *file)
    {
        Connection connection = Engine::open("sqlite://").connect();
        connection.executeScript(test::corpusText(file));
        return Inspector(connection).reflect();
    }

    void eachDialect()
    {
        QTest::addColumn<QString>("dialect");
        for (const Dialect *dialect : allDialects())
            QTest::newRow(std::string(dialect->name()).c_str())
                << QString::fromUtf8(dialect->name().data(), static_cast<qsizetype>(dialect->name().size()));
    }

    /// The model behind one of the peer's cases, built in code; nothing for those that are about its own API.
    static std::optional<MetaData> modelOf(const std::string &id)
    {
        MetaData m;
        const auto integer = types::integer();
        if (id == "type.strings_len") // without what names one database's collation
            m.add(TableBuilder("t")
                      .column("a", types::string(10))
                      .column("c", types::text())
                      .column("d", types::string(20))
                      .column("e", types::text())
                      .column("f", types::character(3))
                      .column("i", types::text())
                      .column("j", types::string(5000))
                      .column("k", types::string(20)));
        else if (id == "type.misc")
            m.add(TableBuilder("t")
                      .column("a", types::boolean())
                      .column("b", types::largeBinary())
                      .column("c", types::largeBinary())
                      .column("d", types::json())
                      .column("e", types::uuid())
                      .column("f", types::character(32))
                      .column("g", types::largeBinary())
                      .column("h", types::largeBinary())
                      .column("i", types::largeBinary()));
        else if (id == "pk.bigint_small") {
            m.add(TableBuilder("t").column("id", types::bigInteger()).primaryKey());
            m.add(TableBuilder("u").column("id", types::smallInteger()).primaryKey());
        } else if (id == "pk.composite_auto")
            m.add(TableBuilder("t")
                      .column("id", integer)
                      .primaryKey()
                      .counted()
                      .column("rev", integer)
                      .primaryKey()
                      .column("v", integer));
        else if (id == "identity.always") {
            Identity is;
            is.always = true;
            is.start = 5;
            is.increment = 2;
            is.min = 1;
            is.max = 1000;
            is.cycle = true;
            is.cache = 3;
            m.add(TableBuilder("t").column("id", integer).primaryKey().identity(is));
        } else if (id == "computed.virtual_stored")
            m.add(TableBuilder("t")
                      .column("id", integer)
                      .primaryKey()
                      .column("w", integer)
                      .column("a", integer)
                      .generatedAs("w * 2", false)
                      .column("b", integer)
                      .generatedAs("w + 1", true));
        else if (id == "computed.virtual")
            m.add(TableBuilder("t").column("w", integer).column("a", integer).generatedAs("w * 2", false));
        else if (id == "default.kinds")
            m.add(TableBuilder("t")
                      .column("a", integer)
                      .defaultSql("'5'")
                      .column("b", types::string(9))
                      .defaultTo("it's")
                      .column("c", types::dateTime())
                      .defaultSql("now()")
                      .column("d", integer)
                      .defaultSql("(1 + 2)")
                      .column("e", types::boolean())
                      .defaultTo(true)
                      .column("f", types::string(5))
                      .defaultTo("")
                      .column("g", integer)
                      .column("h", types::string(20))
                      .defaultTo("a, (b)")
                      .column("i", integer)
                      .defaultTo(0));
        else if (id == "fk.inline") {
            m.add(TableBuilder("p").column("id", integer).primaryKey());
            m.add(TableBuilder("c").column("id", integer).primaryKey().column("p_id", integer).references("p", "id"));
        } else if (id == "fk.cycle" || id == "fk.cycle_unnamed") {
            const bool isNamed = id == "fk.cycle";
            m.add(TableBuilder("a")
                      .column("id", integer)
                      .primaryKey()
                      .column("b_id", integer)
                      .foreignKey({"b_id"}, {"", "b"}, {"id"}, isNamed ? "fk_ab" : ""));
            m.add(TableBuilder("b")
                      .column("id", integer)
                      .primaryKey()
                      .column("a_id", integer)
                      .foreignKey({"a_id"}, {"", "a"}, {"id"}, isNamed ? "fk_ba" : ""));
        } else if (id == "index.partial")
            m.add(TableBuilder("t")
                      .column("a", integer)
                      .column("b", types::string(9))
                      .index({"a"}, "ix_p", false, "b = 'x'"));
        else if (id == "index.long_name")
            m.add(TableBuilder("a_table_with_a_quite_long_name_indeed")
                      .column("a_column_with_a_quite_long_name_as_well_here", integer)
                      .index()
                      .column("another_long_column_name_for_the_naming_convention", integer)
                      .unique());
        else if (id == "naming.convention") {
            m.naming = {{"ix", "ix_%(column_0_label)s"},
                        {"uq", "uq_%(table_name)s_%(column_0_name)s"},
                        {"ck", "ck_%(table_name)s_%(constraint_name)s"},
                        {"fk", "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s"},
                        {"pk", "pk_%(table_name)s"}};
            m.add(TableBuilder("p").column("id", integer).primaryKey());
            m.add(TableBuilder("c")
                      .column("id", integer)
                      .primaryKey()
                      .column("p_id", integer)
                      .references("p", "id")
                      .index()
                      .column("u", integer)
                      .unique()
                      .check("u > 0", "pos"));
        } else if (id == "unique.sqlite_conflict")
            m.add(TableBuilder("t")
                      .column("id", integer)
                      .primaryKey()
                      .column("a", integer)
                      .unique()
                      .column("b", integer)
                      .notNull()
                      .unique({"a", "b"}));
        else
            return std::nullopt;
        return m;
    }

private Q_SLOTS:
    void saysWhatThePeerSays_data()
    {
        QTest::addColumn<QString>("dialect");
        QTest::addColumn<QString>("id");
        const json peer = json::parse(test::corpusText("compile/ddl_constructs.json"), nullptr, false);
        if (peer.is_discarded())
            return;
        for (const json &each : peer["cases"])
            for (const auto &[dialect, said] : each["dialects"].items())
                if (modelOf(each["id"]) && said.contains("create") && said["create"].is_array())
                    QTest::newRow((each["id"].get<std::string>() + " " + dialect).c_str())
                        << QString::fromStdString(dialect) << QString::fromStdString(each["id"]);
    }
    void saysWhatThePeerSays()
    {
        const json peer = json::parse(test::corpusText("compile/ddl_constructs.json"), nullptr, false);
        if (peer.is_discarded())
            QSKIP("skipped: the corpus is not there");
        QFETCH(QString, dialect);
        QFETCH(QString, id);
        const auto said =
            std::ranges::find_if(peer["cases"], [&](const json &each) { return each["id"] == id.toStdString(); });
        const std::vector<std::string> theirs = (*said)["dialects"][dialect.toStdString()]["create"];
        const Script ours = script(*modelOf(id.toStdString()), dialect.toStdString());
        std::string difference = test::difference(test::ddlFacts(ours.statements), test::ddlFacts(theirs));
        // Where ours says more: booleans that are numbers are held to 0 and 1.
        if (dialect == QStringLiteral("oracle"))
            for (const char *column : {"a", "e"})
                if (const std::string line = std::string("t checks: only ours: ") + column + "in(0,1)\n";
                    holds(difference, line))
                    difference.erase(difference.find(line), line.size());
        QVERIFY2(difference.empty(), (difference + ours.text()).c_str());
    }

    void saysOfWholeSchemasWhatThePeerSays_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"chinook", "northwind"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void saysOfWholeSchemasWhatThePeerSays()
    {
        QFETCH(QString, name);
        const std::string text =
            test::corpusText(("compile/create_all." + name.toStdString() + "_from_sqlite.json").c_str());
        if (text.empty())
            QSKIP("skipped: the corpus is not there");
        const MetaData metadata = chinook(("schemas/" + name.toStdString() + ".sqlite.sql").c_str());
        const json peer = json::parse(text)["dialects"];
        for (const auto &[dialect, said] : peer.items()) {
            auto theirs = test::ddlFacts(said["create"].get<std::vector<std::string>>());
            const Script script = tst_CreateAll::script(metadata, dialect);
            auto ours = test::ddlFacts(script.statements);
            // The peer drops all checks before it writes.
            for (auto &[table, facts] : ours)
                facts.checks.clear();
            // Referential actions are said apart: dialects differ in them, see below.
            const auto withoutActions = [](std::map<std::string, test::TableFacts> &all) {
                for (auto &[table, facts] : all) {
                    std::set<std::string> keys;
                    for (const std::string &key : facts.keys)
                        keys.insert(key.substr(0, key.find(")on") + (holds(key, ")on") ? 1 : 0)));
                    facts.keys = std::move(keys);
                }
            };
            withoutActions(ours);
            withoutActions(theirs);
            const std::string difference = test::difference(ours, theirs);
            QVERIFY2(difference.empty(), (dialect + "\n" + difference + script.text()).c_str());
        }
    }

    void aRingDoesNotDisturbOthers_data() { eachDialect(); }
    void aRingDoesNotDisturbOthers()
    {
        QFETCH(QString, dialect);
        MetaData m;
        m.add(TableBuilder("emp")
                  .column("id", types::integer())
                  .primaryKey()
                  .column("dept_id", types::integer())
                  .references("dept"));
        m.add(TableBuilder("dept")
                  .column("id", types::integer())
                  .primaryKey()
                  .column("head_id", types::integer())
                  .references("emp"));
        m.add(TableBuilder("a_roles_users")
                  .column("user_id", types::integer())
                  .references("users")
                  .column("role_id", types::integer())
                  .references("roles"));
        m.add(TableBuilder("users").column("id", types::integer()).primaryKey());
        m.add(TableBuilder("roles").column("id", types::integer()).primaryKey());
        const std::string create = script(m, dialect.toStdString()).text();
        const std::string drop = script(m, dialect.toStdString(), {.drop = true}).text();
        const auto at = [&](const std::string &text, const char *part) {
            const std::size_t found = text.find(part);
            [&] { QVERIFY2(found != std::string::npos, (part + ("\n" + text)).c_str()); }();
            return found;
        };
        QVERIFY(at(create, "CREATE TABLE a_roles_users") > at(create, "CREATE TABLE users"));
        QVERIFY(at(create, "CREATE TABLE a_roles_users") > at(create, "CREATE TABLE roles"));
        QVERIFY(at(drop, "DROP TABLE a_roles_users") < at(drop, "DROP TABLE users"));
        QVERIFY(at(drop, "DROP TABLE a_roles_users") < at(drop, "DROP TABLE roles"));
        if (dialect == QStringLiteral("sqlite"))
            QVERIFY(!holds(create, "ALTER TABLE"));
        else
            QVERIFY(holds(create, "ALTER TABLE"));
    }

    void dialectsLackWhatTheyLack()
    {
        MetaData m;
        m.add(TableBuilder("p").column("id", types::integer()).primaryKey().column("x", types::integer()).unique());
        m.add(TableBuilder("c")
                  .column("id", types::integer())
                  .primaryKey()
                  .column("name", types::string(9))
                  .notNull()
                  .defaultTo("it's, \\ --")
                  .comment("a */ comment, -- of two parts")
                  .column("a", types::integer())
                  .references("p", "id")
                  .onDelete("RESTRICT")
                  .onUpdate("CASCADE")
                  .deferrable(true)
                  .column("flag", types::boolean())
                  .defaultTo(false)
                  .column("mood", types::enumeration("mood", {"it's", "b"})));
        const std::string oracle = script(m, "oracle").text(), mssql = script(m, "mssql").text(),
                          mysql = script(m, "mysql").text(), sqlite = script(m, "sqlite").text(),
                          postgres = script(m, "postgresql").text();
        const auto createOf = [](const std::string &text) { return text.substr(text.find("CREATE TABLE c")); };
        QVERIFY(!holds(createOf(oracle), "ON UPDATE") && !holds(createOf(oracle), "RESTRICT"));
        QVERIFY2(holds(oracle, "-- not carried: c: ON UPDATE CASCADE"), oracle.c_str());
        QVERIFY(holds(oracle, "DEFAULT 'it''s, \\ --' NOT NULL"));
        QVERIFY(holds(oracle, "DEFERRABLE INITIALLY DEFERRED"));
        QVERIFY(holds(oracle, "CHECK (flag IN (0, 1))"));
        QVERIFY(holds(oracle, "COMMENT ON COLUMN c.name IS 'a */ comment, -- of two parts'"));
        QVERIFY(!holds(createOf(mssql), "RESTRICT") && !holds(createOf(mssql), "DEFERRABLE"));
        QVERIFY(holds(mssql, "-- not carried: c: DEFERRABLE"));
        QVERIFY(holds(mssql, "ON UPDATE CASCADE"));
        QVERIFY(holds(mssql, "CHECK (mood IN ('it''s', 'b'))"));
        QVERIFY(!holds(createOf(mysql), "DEFERRABLE"));
        QVERIFY(holds(mysql, "DEFAULT 'it''s, \\\\ --'"));
        QVERIFY(holds(mysql, "ENUM('it''s','b')"));
        QVERIFY(holds(mysql, "COMMENT 'a */ comment, -- of two parts'"));
        QVERIFY(holds(postgres, "CREATE TYPE mood AS ENUM ("));
        QVERIFY(holds(sqlite, "ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED"));
        QVERIFY(holds(sqlite, "-- not carried: c: the comment of name"));
    }

    void mysqlChecksNoCounter() // and says so, also where a domain brings the check
    {
        MetaData m;
        m.dialect = "postgresql";
        Domain positive;
        positive.name = {"public", "positive"};
        positive.type = "bigint";
        positive.checks.push_back({});
        positive.checks.back().name = "above";
        positive.checks.back().expression = "VALUE > 0";
        m.domains.push_back(positive);
        Type type = types::bigInteger();
        type.native = "positive";
        Table table;
        table.name = {"public", "t"};
        for (const char *name : {"id", "valid"}) {
            Column &column = table.columns.emplace_back();
            column.name = name;
            column.type = type;
        }
        table.columns.front().identity.emplace();
        table.columns.front().nullable = false;
        table.primaryKey.emplace().columns = {"id"};
        for (const char *name : {"id", "valid"})
            table.checks.emplace_back().expression = std::string(name) + " < 1000";
        m.add(table);
        const std::string mysql = script(m, "mysql").text(), mssql = script(m, "mssql").text();
        QVERIFY2(holds(mysql, "valid > 0") && holds(mysql, "valid < 1000"), mysql.c_str());
        QVERIFY2(holds(mysql, "-- not carried: public.t: its check above_id (id > 0)"), mysql.c_str());
        QVERIFY2(holds(mysql, "-- not carried: public.t: its check (id < 1000)"), mysql.c_str());
        QVERIFY2(holds(mssql, "id > 0") && holds(mssql, "id < 1000"), mssql.c_str());
    }

    void keysDoNotChangeGeneratedColumns()
    {
        MetaData m;
        m.dialect = "sqlite";
        m.defaultSchema = "main";
        m.add(TableBuilder("p").column("id", types::integer()).primaryKey());
        m.add(TableBuilder("c")
                  .column("a", types::integer())
                  .column("g", types::integer())
                  .generatedAs("a + 1")
                  .references("p")
                  .onDelete("SET NULL")
                  .onUpdate("CASCADE"));
        for (const char *dialect : {"postgresql", "mysql", "mssql", "oracle"}) {
            const std::string text = script(m, dialect).text();
            QVERIFY2(holds(text, "-- not carried: c: ON DELETE SET NULL of its foreign key (g)"), text.c_str());
            const std::string create = text.substr(text.find("CREATE TABLE"));
            QVERIFY2(!holds(create, "SET NULL") && !holds(create, "CASCADE"), text.c_str());
        }
    }

    /// What compares texts with numbers is not for PostgreSQL, and said so.
    void strictTypesTakeNoMixture()
    {
        MetaData m;
        m.dialect = "sqlite";
        m.defaultSchema = "main";
        Table t = TableBuilder("t")
                      .column("a", types::integer())
                      .column("b", types::string(10))
                      .column("c", types::native(""))
                      .column("g", types::string(10))
                      .generatedAs("a || a");
        for (const char *check : {"b", "b > 5", "a = 'x'", "a || a > 'x'", "c > 0", "a IN ('x', 'y')", "a > 0",
                                  "b || a > 'y'", "c <> 'z'", "length(b) > 3"}) {
            t.checks.emplace_back();
            t.checks.back().expression = check;
        }
        m.add(t);
        const Script made = script(m, "postgresql");
        const std::string text = made.text();
        for (const char *said :
             {"its check (b)", "its check (b > 5)", "its check (a = 'x')", "its check (a || a > 'x')",
              "its check (c > 0)", "its check (a IN ('x', 'y'))", "how g is generated: a || a"})
            QVERIFY2(holds(text, said), (said + ("\n" + text)).c_str());
        QVERIFY2(made.notCarried.size() == 8, text.c_str());
        QVERIFY2(holds(text, "CHECK (a > 0)") && holds(text, "CHECK (char_length(b) > 3)"), text.c_str());
        QVERIFY(holds(script(m, "mysql").text(), "CHECK (b > 5)"));
    }

    /// Each domain is what its own name says, though the type below it is called the same.
    void domainsCalledAsTypesAreTranslated()
    {
        MetaData m;
        m.dialect = "postgresql";
        m.serverVersion = "15.4";
        m.defaultSchema = "public";
        for (const char *schema : {"public", "other"}) {
            Domain domain;
            domain.name = {schema, "text"};
            domain.type = "text";
            domain.checks.resize(1);
            domain.checks[0].expression = std::string("VALUE <> '") + schema + "'";
            m.domains.push_back(domain);
        }
        Table table = TableBuilder("t").column("a", types::text()).column("b", types::text());
        table.name.schema = "public";
        table.columns[0].type.native = table.columns[0].type.name = "other.text";
        table.columns[1].type.native = "text";
        m.add(table);
        for (const char *dialect : {"sqlite", "mysql", "mssql", "oracle"}) {
            const std::string text = script(m, dialect).text();
            QVERIFY2(holds(text, "'other'") && !holds(text, "'public'"), text.c_str());
        }
    }

    void commentsOfPartsAreKeptOrNamed()
    {
        MetaData m;
        m.dialect = "postgresql";
        m.defaultSchema = "public";
        Table table = TableBuilder("t")
                          .column("a", types::integer())
                          .primaryKey()
                          .column("b", types::integer())
                          .unique()
                          .check("b > 0", "t_c")
                          .index({"b"}, "t_i");
        table.name.schema = "public";
        table.foreignKeys.resize(1);
        table.foreignKeys[0].name = "t_f";
        table.foreignKeys[0].columns = {"b"};
        table.foreignKeys[0].referred = {"public", "t"};
        table.foreignKeys[0].referredColumns = {"a"};
        table.primaryKey->options["comment"] = "of the key";
        table.uniques.at(0).options["comment"] = "of the unique";
        table.foreignKeys[0].comment = "of the foreign key";
        table.checks.at(0).comment = "of the check";
        table.indexes.at(0).comment = "of the index";
        m.add(table);
        for (const char *dialect : {"sqlite", "mysql", "mssql", "oracle"}) {
            const std::string text = script(m, dialect).text();
            for (const char *said :
                 {"of the key", "of the unique", "of the foreign key", "of the check", "of the index"})
                QVERIFY2(holds(text, said), (dialect + std::string(" lacks ") + said + "\n" + text).c_str());
        }
        QVERIFY(holds(script(m, "mysql").text(), "KEY `t_i` (`b`) COMMENT 'of the index'") ||
                holds(script(m, "mysql").text(), "KEY t_i (b) COMMENT 'of the index'"));
        QVERIFY(
            holds(script(m, "oracle").text(), "-- not carried: public.t: the comment of the index t_i: of the index"));
    }

    void oddNames_data() { eachDialect(); }
    void oddNames()
    {
        QFETCH(QString, dialect);
        const Dialect &here = *dialectNamed(dialect.toStdString());
        const std::string umlauts = "ä" + std::string(61, 'x') + "ö"; // 63 characters, the last on the border of bytes
        MetaData m;
        m.add(TableBuilder("User Id")
                  .column("SELECT", types::integer())
                  .primaryKey()
                  .column("a.b", types::integer())
                  .index({"a.b"}, "ix\"1")
                  .column("ord\"er", types::integer())
                  .index({"ord\"er"}, umlauts)
                  .index({"ord\"er"}, "ix_x_is_default"));
        const Script script = tst_CreateAll::script(m, dialect.toStdString());
        const std::string text = script.text();
        for (const char *name : {"User Id", "SELECT", "a.b", "ix\"1", "ord\"er", "ix_x_is_default"})
            QVERIFY2(holds(text, here.quote(name)), text.c_str());
        const NameLimit limit = here.capabilities().nameLimit();
        const std::string cut = shortenedName(umlauts, limit);
        QVERIFY(limit.length == 0 || limit.countsCharacters || cut.size() <= limit.length);
        QVERIFY2(holds(text, here.quote(cut)), text.c_str());
        QCOMPARE(QString::fromStdString(cut).toStdString(), cut); // no character is cut in two
    }

    void namesAreCutTheSameWayAlways()
    {
        const std::string longName(80, 'n');
        QCOMPARE(shortenedName(longName, 63), shortenedName(longName, 63));
        QCOMPARE(shortenedName(longName, 63).size(), std::size_t{63});
        QVERIFY(shortenedName(longName, 63) != shortenedName(longName + "m", 63));
        QCOMPARE(shortenedName(longName, 0), longName);
        QCOMPARE(shortenedName("short", 63), std::string("short"));
        // Forever: what a script made once is found by the name of another.
        QCOMPARE(shortenedName(longName, 63), std::string(54, 'n') + "_eafb2c05");
    }

    /// Each database counts its own way, and no character is cut in two.
    void namesAreCutAtTheLimitOfTheDialect_data()
    {
        QTest::addColumn<QString>("dialect");
        QTest::addColumn<QString>("longest");
        const auto add = [](const char *dialect, const char *what, const QString &longest) {
            QTest::addRow("%s, %s", dialect, what) << QString::fromUtf8(dialect) << longest;
        };
        const QString elephant = QStringLiteral("🐘"); // 4 bytes, 2 units of UTF-16
        add("postgresql", "letters", QString(63, QLatin1Char('x')));
        add("postgresql", "umlauts", QString(31, QChar(u'ä')) + QLatin1Char('x'));
        add("postgresql", "elephants", elephant.repeated(15) + QStringLiteral("xyz"));
        add("mysql", "letters", QString(64, QLatin1Char('x')));
        add("mysql", "Chinese", QString(64, QChar(u'表')));
        add("mssql", "umlauts", QString(128, QChar(u'ä')));
        add("mssql", "elephants", elephant.repeated(64));
        add("oracle", "umlauts", QString(64, QChar(u'ä')));
        add("oracle", "Chinese", QString(42, QChar(u'表')) + QStringLiteral("xy"));
        add("oracle before 12.2", "letters", QString(30, QLatin1Char('x')));
        add("oracle before 12.2", "Chinese", QString(10, QChar(u'表')));
    }
    void namesAreCutAtTheLimitOfTheDialect()
    {
        QFETCH(QString, dialect);
        QFETCH(QString, longest);
        const OracleDialect older(OracleDialect::longestNameBefore12_2);
        const Dialect *const known = dialectNamed(dialect.toStdString());
        const Dialect &here = known ? *known : older;
        const NameLimit limit = here.capabilities().nameLimit();
        QCOMPARE(shortenedName(longest.toStdString(), limit), longest.toStdString());
        for (const QString &more : {QStringLiteral("x"), QStringLiteral("ä"), QStringLiteral("表")}) {
            const QString cut = QString::fromStdString(shortenedName((longest + more).toStdString(), limit));
            QVERIFY(!cut.contains(QChar::ReplacementCharacter) && cut != longest + more);
            const qsizetype used = limit.countsCharacters ? cut.size() : cut.toUtf8().size();
            QVERIFY2(used <= qsizetype(limit.length) && used > qsizetype(limit.length) - 4, qPrintable(cut));
            const QString kept = cut.left(cut.size() - 9);
            QVERIFY2((longest + more).startsWith(kept), qPrintable(cut));
            // The script has it so.
            MetaData m;
            m.add(TableBuilder("t").column("a", types::integer()).check("a > 0", (longest + more).toStdString()));
            const std::string text = here.createScript(m).text();
            QVERIFY2(holds(text, here.quote(cut.toStdString())), text.c_str());
        }
    }

    void namingRulesFillEachToken_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("name");
        const auto add = [](const char *kind, const char *rule, const char *name) {
            QTest::addRow("%s %s", kind, rule) << kind << rule << name;
        };
        add("pk", "pk_%(table_name)s", "pk_c");
        add("pk", "%(column_0_name)s", "k1");
        add("pk", "%(column_0N_name)s", "k1k2");
        add("pk", "%(column_0_N_name)s", "k1_k2");
        add("pk", "%(column_1_key)s", "k2");
        add("uq", "%(column_0_label)s", "c_x");
        add("uq", "%(column_0N_label)s", "c_xc_y");
        add("uq", "%(column_0_N_label)s", "c_x_c_y");
        add("uq", "%(column_1_N_name)s", "y");
        add("uq", "%(column_0_N_key)s!", "x_y!");
        add("fk", "%(table_name)s-%(referred_table_name)s", "c-p");
        add("fk", "%(referred_column_0_name)s", "a");
        add("fk", "%(referred_column_0_N_name)s", "a_b");
        add("fk", "%(referred_column_0N_name)s", "ab");
        add("fk", "%(referred_column_1_label)s", "p_b");
        add("ck", "ck_%(table_name)s_%(constraint_name)s", "ck_c_positive");
        add("ix", "%(column_0_N_name)s 100%", "y_x 100%");
    }
    void namingRulesFillEachToken()
    {
        QFETCH(QString, kind);
        QFETCH(QString, rule);
        QFETCH(QString, name);
        MetaData m;
        m.naming = {{kind.toStdString(), rule.toStdString()}};
        m.add(TableBuilder("p")
                  .column("a", types::integer())
                  .column("b", types::integer())
                  .primaryKey(std::vector<std::string>{"a", "b"}));
        m.add(TableBuilder("c")
                  .column("k1", types::integer())
                  .column("k2", types::integer())
                  .column("x", types::integer())
                  .column("y", types::integer())
                  .primaryKey(std::vector<std::string>{"k1", "k2"})
                  .unique({"x", "y"})
                  .foreignKey({"x", "y"}, {"", "p"}) // to the primary key, whose columns nobody named
                  .check("x > 0", "positive")
                  .index({"y", "x"}));
        for (int again = 0; again < 2; ++again) {
            const TablePtr c = withNames(m, 63).table({"", "c"});
            const std::optional<std::string> made = kind == QLatin1String("pk")   ? c->primaryKey->name
                                                    : kind == QLatin1String("uq") ? c->uniques.at(0).name
                                                    : kind == QLatin1String("fk") ? c->foreignKeys.at(0).name
                                                    : kind == QLatin1String("ck") ? c->checks.at(0).name
                                                                                  : c->indexes.at(0).name;
            QCOMPARE(QString::fromStdString(made.value_or("")), name);
        }
    }

    void namingRulesKnowTheirTokens()
    {
        MetaData m;
        m.naming = {{"uq", "u_%(table_name)s_%(column_0_N_name)s"},
                    {"fk", "%(column_0N_name)s_to_%(referred_table_name)s_%(referred_column_0_name)s"},
                    {"ix", "%(column_1_label)s"}};
        m.add(TableBuilder("p").column("a", types::integer()).column("b", types::integer()).unique({"a", "b"}));
        m.add(TableBuilder("c")
                  .column("x", types::integer())
                  .column("y", types::integer())
                  .foreignKey({"x", "y"}, {"", "p"}, {"a", "b"})
                  .index({"x", "y"}));
        const MetaData named = withNames(m, 63);
        QCOMPARE(named.table({"", "p"})->uniques.at(0).name.value_or(""), std::string("u_p_a_b"));
        QCOMPARE(named.table({"", "c"})->foreignKeys.at(0).name.value_or(""), std::string("xy_to_p_a"));
        QCOMPARE(named.table({"", "c"})->indexes.at(0).name, std::string("c_y"));
        for (const char *rule : {"%(nonsense)s", "%(column_7_name)s", "%(constraint_name)s"}) {
            m.naming["uq"] = rule;
            try {
                withNames(m, 63);
                QFAIL(rule);
            } catch (const Error &error) {
                QCOMPARE(error.kind, ErrorKind::Misuse);
            }
        }
    }

    void whatCannotBeATableIsRefused()
    {
        const auto refuses = [](auto build) {
            try {
                build();
            } catch (const Error &error) {
                return error.kind == ErrorKind::Misuse;
            }
            return false;
        };
        QVERIFY(refuses([] { TableBuilder("t").column("a", types::text()).column("a", types::text()).build(); }));
        QVERIFY(refuses([] { TableBuilder("t").column("a", types::text()).primaryKey({"b"}).build(); }));
        QVERIFY(refuses([] {
            TableBuilder("t").column("a", types::text()).foreignKey({"a"}, {"", "p"}, {"x", "y"}).build();
        }));
        QVERIFY(refuses([] { TableBuilder("t").notNull(); }));
    }
};

QTEST_GUILESS_MAIN(tst_CreateAll)
#include "tst_create_all.moc"
