// What is read of a MariaDB server: held against what it says itself, against another system, and against a second
// database that is made from the script of the first.

#include "support/corpus.h"
#include "support/mariadb_database.h"

#include "schemawright/backends/mysql/mysql_dialect.h"
#include "schemawright/backends/mysql/mysql_text.h"
#include "schemawright/schema/metadata_diff.h"
#include "schemawright/schema/metadata_json.h"
#include "schemawright/schema/table_builder.h"

#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <nlohmann/json.hpp>

using namespace schemawright;
using test::MariadbDatabase;

namespace {

const MysqlDialect dialect;

/// Something of every kind, in shapes that are easily lost. Each is one statement.
const char *const fixture[] = {
    R"(CREATE TABLE e1 (a enum('back\\slash','it''s','"d"','n\nl','表','a,b'), `x y` set('p','q\\'),
        c varchar(20) COLLATE utf8mb4_bin DEFAULT 'a\nb', t longtext COMPRESSED, v int AS (1+1) INVISIBLE,
        w int DEFAULT (1+1) COMMENT 'cc' CHECK (w > 0), rr varchar(30) DEFAULT (concat('it''s', '\\', "q")),
        j json, l json CHECK (json_length(l) > 0), PRIMARY KEY (a DESC, `x y`)) COMMENT 'it''s' STATS_PERSISTENT=1)",
    R"(CREATE TABLE sv (id int PRIMARY KEY, s timestamp(6) GENERATED ALWAYS AS ROW START,
        e timestamp(6) GENERATED ALWAYS AS ROW END, x int WITHOUT SYSTEM VERSIONING,
        PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING)",
    "CREATE TABLE sv2 (id int PRIMARY KEY) WITH SYSTEM VERSIONING",
    "CREATE TABLE pre (b blob, c varchar(700), PRIMARY KEY (b(20), c(10) DESC), UNIQUE (c), UNIQUE KEY hashed (b))",
    R"(CREATE TABLE mem (a int, b int, PRIMARY KEY USING BTREE (a), KEY (b), KEY bt USING BTREE (b),
        UNIQUE KEY ub USING BTREE (b), UNIQUE KEY uh (a, b)) ENGINE=MEMORY)",
    "CREATE TABLE parent (id int unsigned AUTO_INCREMENT PRIMARY KEY, u int UNIQUE) AUTO_INCREMENT=70",
    R"(CREATE TABLE child (id int PRIMARY KEY, p int unsigned, q int,
        FOREIGN KEY (p) REFERENCES parent (id) ON DELETE SET NULL ON UPDATE CASCADE,
        CONSTRAINT c2 FOREIGN KEY (q) REFERENCES parent (u)))",
    "CREATE TABLE ring_a (id int PRIMARY KEY, b int)",
    "CREATE TABLE ring_b (id int PRIMARY KEY, a int, CONSTRAINT r1 FOREIGN KEY (a) REFERENCES ring_a (id))",
    "ALTER TABLE ring_a ADD CONSTRAINT r2 FOREIGN KEY (b) REFERENCES ring_b (id)",
    R"(CREATE TABLE sub (id int, d date) PARTITION BY RANGE (year(d)) SUBPARTITION BY HASH (to_days(d))
        SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (1990) COMMENT 'it''s', PARTITION p1 VALUES LESS THAN MAXVALUE))",
    R"(CREATE TABLE lst (a int, b varchar(5)) PARTITION BY LIST COLUMNS (b) (PARTITION x VALUES IN ('a','it''s'),
        PARTITION y VALUES IN ('c'), PARTITION z DEFAULT))",
    R"(CREATE TABLE rc (a int, b int) PARTITION BY RANGE COLUMNS (a, b) (PARTITION x VALUES LESS THAN (1, 5),
        PARTITION y VALUES LESS THAN (MAXVALUE, MAXVALUE)))",
    "CREATE TABLE ky (a int PRIMARY KEY) PARTITION BY KEY () PARTITIONS 3",
    "CREATE TABLE hs (a int) PARTITION BY LINEAR HASH (a) PARTITIONS 2",
    "CREATE SEQUENCE s1",
    "CREATE SEQUENCE s2 INCREMENT -5",
    "CREATE SEQUENCE s3 START 10 MINVALUE 5 MAXVALUE 20 CYCLE NOCACHE",
    "CREATE TABLE useq (a int DEFAULT nextval(s1), b int DEFAULT (nextval(s3)))",
    R"(CREATE TABLE zd (d datetime DEFAULT '0000-00-00 00:00:00', t timestamp NOT NULL DEFAULT '2000-01-01 00:00:01',
        t2 timestamp(6) NULL ON UPDATE current_timestamp(6), e char(5) NOT NULL DEFAULT '', n double DEFAULT 1e10,
        b blob DEFAULT x'00ff', v varbinary(5) DEFAULT 0x61, o varchar(9) CHARACTER SET latin1, u uuid DEFAULT uuid(),
        i inet6, p point NOT NULL, f text, SPATIAL KEY (p), FULLTEXT KEY (f), KEY ig (t) COMMENT 'c' IGNORED))",
    "CREATE TABLE `od``d \"t\" 'x' \\\\ таблица 表` (`sel``ect` int PRIMARY KEY, `a.b` int COMMENT 'it''s \\\\', "
    "`per%c; --` int, CONSTRAINT `ck 'x' ``y``` CHECK (`a.b` <> 7), KEY `k ``y``` (`a.b`))",
    "CREATE VIEW al AS SELECT c.id FROM child c WHERE id > 0 WITH CASCADED CHECK OPTION",
    "CREATE VIEW aa AS SELECT * FROM al", // which comes after it in the script
    "CREATE ALGORITHM=TEMPTABLE SQL SECURITY INVOKER VIEW vt (`a``b`) AS SELECT id FROM parent UNION SELECT 1",
    R"(CREATE FUNCTION ff(a varchar(5) CHARSET latin1, b enum('x','y')) RETURNS varchar(10) CHARSET latin1
        READS SQL DATA SQL SECURITY INVOKER COMMENT 'it''s' RETURN a)",
    "CREATE PROCEDURE pp(IN a int, INOUT `b c` int) MODIFIES SQL DATA BEGIN SELECT 1; SELECT ';'; END",
    R"(CREATE EVENT ev ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00' ENDS '2031-01-01'
        ON COMPLETION PRESERVE DISABLE COMMENT 'e' DO DELETE FROM child)",
    "CREATE EVENT ev1 ON SCHEDULE AT '2035-01-01 00:00:00' DO DELETE FROM child",
    "CREATE TRIGGER t2 BEFORE INSERT ON child FOR EACH ROW SET NEW.p = 1",
    "CREATE TRIGGER t1 BEFORE INSERT ON child FOR EACH ROW FOLLOWS t2 SET NEW.p = 2",
    "CREATE TRIGGER t0 BEFORE INSERT ON child FOR EACH ROW PRECEDES t2 BEGIN DECLARE x varchar(9); SET x = ';'; END",
};

std::vector<std::string> rows(DriverConnection &connection, const std::string &sql, std::size_t column = 0)
{
    std::vector<std::string> all;
    const auto cursor = connection.execute(sql);
    RowBatch batch;
    while (cursor->fetch(batch, 100))
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            all.push_back(batch.value(row, column).text());
    return all;
}

/// What the server itself says of everything in a database: its own CREATE statements, the lines of one sorted, since
/// indexes may come in another order.
std::set<std::string> truth(DriverConnection &connection, const std::string &database)
{
    std::set<std::string> said;
    const auto show = [&](const char *kind, const std::string &name, std::size_t column) {
        std::string text = rows(connection, std::string("SHOW CREATE ") + kind + " " + dialect.quote(name), column)[0];
        if (const std::size_t counter = text.find(" AUTO_INCREMENT="); counter != std::string::npos)
            text.erase(counter, text.find(' ', counter + 1) - counter);
        // NO ACTION is what is meant where nothing is said, and InnoDB has no hashes.
        for (const char *silent : {" ON DELETE NO ACTION", " ON UPDATE NO ACTION", " USING HASH"})
            for (std::size_t at = text.find(silent);
                 at != std::string::npos && text.find("ENGINE=InnoDB") != std::string::npos; at = text.find(silent))
                text.erase(at, std::string(silent).size());
        for (std::size_t at = text.find(database); at != std::string::npos; at = text.find(database, at))
            text.replace(at, database.size(), "DB");
        QStringList lines = QString::fromStdString(text).split(QLatin1Char('\n'));
        for (QString &line : lines)
            if (line.endsWith(QLatin1Char(',')))
                line.chop(1);
        lines.sort();
        said.insert(kind + lines.join(QLatin1Char('\n')).toStdString());
    };
    for (const std::string &name : rows(connection, "SHOW FULL TABLES WHERE Table_type IN ('BASE TABLE', 'SYSTEM "
                                                    "VERSIONED', 'SEQUENCE')"))
        show("TABLE", name, 1);
    for (const std::string &name : rows(connection, "SHOW FULL TABLES WHERE Table_type = 'VIEW'"))
        show("VIEW", name, 1);
    // Of these SHOW keeps the first spelling.
    for (const std::string &trigger :
         rows(connection, "SELECT CONCAT_WS('|', TRIGGER_NAME, EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, "
                          "ACTION_ORDER, ACTION_STATEMENT, DEFINER) FROM information_schema.TRIGGERS WHERE "
                          "TRIGGER_SCHEMA = DATABASE()"))
        said.insert(trigger);
    for (const std::string &routine :
         rows(connection, "SELECT CONCAT_WS('|', ROUTINE_TYPE, ROUTINE_NAME, DTD_IDENTIFIER, ROUTINE_DEFINITION, "
                          "IS_DETERMINISTIC, SQL_DATA_ACCESS, SECURITY_TYPE, ROUTINE_COMMENT, (SELECT "
                          "GROUP_CONCAT(CONCAT_WS(' ', PARAMETER_MODE, PARAMETER_NAME, DTD_IDENTIFIER, "
                          "CHARACTER_SET_NAME) ORDER BY ORDINAL_POSITION) FROM information_schema.PARAMETERS p WHERE "
                          "p.SPECIFIC_SCHEMA = ROUTINE_SCHEMA AND p.SPECIFIC_NAME = r.SPECIFIC_NAME)) FROM "
                          "information_schema.ROUTINES r WHERE ROUTINE_SCHEMA = DATABASE()"))
        said.insert(routine);
    for (const std::string &name : rows(connection, "SHOW EVENTS", 1))
        show("EVENT", name, 3);
    return said;
}

QString shown(const std::set<std::string> &only)
{
    QString text;
    for (const std::string &each : only)
        text += QString::fromStdString(each) + QLatin1Char('\n');
    return text;
}

void run(DriverConnection &connection, const Script &script)
{
    for (const std::string &statement : script.statements)
        connection.execute(statement);
}

} // namespace

class tst_MysqlReflect : public QObject
{
    Q_OBJECT

private:
    /// Loads a script of the mariadb client's language.
    static void load(const MariadbDatabase &database, const std::string &script)
    {
        const ConnectArguments to = database.arguments();
        QProcess client;
        client.setProcessChannelMode(QProcess::MergedChannels);
        client.start(QStringLiteral("mariadb"),
                     {QStringLiteral("--no-defaults"), QStringLiteral("--default-character-set=utf8mb4"),
                      QStringLiteral("--user=") + QString::fromStdString(to.user),
                      QStringLiteral("--socket=") + QString::fromStdString(to.host),
                      QString::fromStdString(to.database)});
        client.write(QByteArray::fromStdString(script));
        client.closeWriteChannel();
        QVERIFY(client.waitForFinished(120'000));
        QVERIFY2(client.exitCode() == 0, client.readAll().constData());
    }

    std::map<QString, std::unique_ptr<MariadbDatabase>> public_; ///< loaded

    /// Loads a schema of the corpus once; false when it is not there.
    bool isLoaded(const QString &name)
    {
        const std::string script = test::corpusText(qPrintable("schemas/" + name + ".mysql.sql"));
        if (script.empty() || public_.contains(name))
            return !script.empty();
        public_[name] = std::make_unique<MariadbDatabase>(name.toStdString());
        load(*public_[name], "SET autocommit = 0;\n" + script + "\nCOMMIT;\n");
        return true;
    }

    /// Made again from its script, a database is the same to the server, and to us.
    static void comesBack(const MariadbDatabase &database, bool alsoByClient)
    {
        const auto connection = database.connect();
        const MetaData metadata = dialect.reflect(*connection, {});
        const MariadbDatabase copy("copy");
        const auto there = copy.connect();
        const Script script = dialect.createScript(metadata, {});
        run(*there, script);
        std::set<std::string> was = truth(*connection, database.name()), is = truth(*there, copy.name()), lost, gained;
        std::ranges::set_difference(was, is, std::inserter(lost, lost.end()));
        std::ranges::set_difference(is, was, std::inserter(gained, gained.end()));
        std::erase_if(lost, [](const std::string &each) { return each.find("v_broken") != std::string::npos; });
        QVERIFY2(lost.empty() && gained.empty(), qPrintable("lost " + shown(lost) + "\ngained " + shown(gained)));
        QVERIFY(was.size() > 5);

        MetaData again = dialect.reflect(*there, {});
        QCOMPARE(QString::fromStdString(dialect.createScript(again, {}).text()),
                 QString::fromStdString(script.text()).remove(QRegularExpression(QStringLiteral("^-- not.*\n\n"))));
        const MetaDataDiff diff =
            diffMetaData(metadata.without({"", "v_broken"}), again.withDefaultSchema(metadata.defaultSchema));
        QVERIFY2(diff.isEmpty(), diff.tables.empty() ? "an object" : diff.tables[0].before->name.name.c_str());
        if (!alsoByClient)
            return;
        // The client cuts the text as it is meant, and drop_all leaves nothing.
        const MariadbDatabase byClient("client");
        load(byClient, script.text());
        const auto third = byClient.connect();
        QVERIFY(truth(*third, byClient.name()) == is);
        run(*third, dialect.createScript(again, {.drop = true}));
        QVERIFY2(truth(*third, byClient.name()).empty(), qPrintable(shown(truth(*third, byClient.name()))));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (!test::mariadbServer())
            QSKIP("skipped: MariaDB (MYSQL_SOCKET) is not there; the test script starts one");
    }

    void cleanupTestCase() { public_.clear(); }

    void comesBackTheSame()
    {
        const MariadbDatabase database("reflect");
        const auto connection = database.connect();
        for (const char *statement : fixture)
            connection->execute(statement);
        const MetaData metadata = dialect.reflect(*connection, {});
        QVERIFY2(metadata.errors.empty(), metadata.errors.empty() ? "" : metadata.errors.front().what.c_str());
        QVERIFY(metadata.notCarried.empty());
        comesBack(database, true);
    }

    void publicSchemasComeBackTheSame_data()
    {
        QTest::addColumn<QString>("name");
        for (const char *name : {"zoo", "chinook", "camunda", "mediawiki"})
            QTest::newRow(name) << QString::fromUtf8(name);
    }
    void publicSchemasComeBackTheSame()
    {
        QFETCH(QString, name);
        if (!isLoaded(name))
            QSKIP("skipped: the corpus is not there");
        const MariadbDatabase &database = *public_[name];
        comesBack(database, name == QStringLiteral("zoo"));
    }

    void saysWhatThePeerSaysOrMore_data() { publicSchemasComeBackTheSame_data(); }
    /// Another system's reflection of the same schema. It prints a column's collation inside its type and what is done
    /// ON UPDATE inside its default, loses some defaults and halves no backquotes; there the server's own words, which
    /// the round trip is held against, are right.
    void saysWhatThePeerSaysOrMore()
    {
        QFETCH(QString, name);
        if (!isLoaded(name))
            QSKIP("skipped: the corpus is not there");
        const MariadbDatabase &database = *public_[name];
        const MetaData metadata = dialect.reflect(*database.connect(), {});
        const auto golden = nlohmann::json::parse(test::corpusText(qPrintable("goldens/" + name + ".mysql.json")));
        const auto &schema = golden["schemas"][golden["default_schema"].get<std::string>()];
        const auto text = [](const nlohmann::json &json) {
            return json.is_string() ? QString::fromStdString(json.get<std::string>()) : QString();
        };
        const auto ours = [](const std::optional<std::string> &said) {
            return QString::fromStdString(said.value_or(""));
        };
        const auto halved = [&](const nlohmann::json &json) {
            return text(json).replace(QStringLiteral("``"), QStringLiteral("`")).toStdString();
        };
        QStringList differences;
        int facts = 0;
        const auto compare = [&](const QString &what, const QString &theirs, const QString &mine) {
            ++facts;
            if (theirs != mine)
                differences << what + QStringLiteral(": they say ") + theirs + QStringLiteral(", here ") + mine;
        };
        const auto typeOf = [&](const nlohmann::json &json) {
            return text(json)
                .toLower()
                .remove(QRegularExpression(QStringLiteral(" (character set|collate) \\w+")))
                .replace(QRegularExpression(QStringLiteral("^integer")), QStringLiteral("int"))
                .replace(QStringLiteral("numeric"), QStringLiteral("decimal"))
                .replace(QStringLiteral(", "), QStringLiteral(","));
        };
        std::size_t tables = 0, views = 0;
        for (const TablePtr &table : metadata.tables())
            ++(table->isView() ? views : tables);
        QCOMPARE(tables, schema["tables"].size());
        QCOMPARE(views, schema["views"].size());
        for (const auto &[tableName, theirs] : schema["tables"].items()) {
            const TablePtr found = metadata.table({"", tableName});
            QVERIFY2(found, tableName.c_str());
            const Table &table = *found;
            const QString at = QString::fromStdString(tableName) + QLatin1Char('.');
            QCOMPARE(table.columns.size(), theirs["columns"].size());
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                const Column &column = table.columns[i];
                const auto &column_ = theirs["columns"][i];
                const QString where = at + QString::fromStdString(column.name);
                compare(where, QString::fromStdString(halved(column_["name"])), QString::fromStdString(column.name));
                compare(where + " nullable", column_["nullable"].dump().c_str(), column.nullable ? "true" : "false");
                const QString type = typeOf(column_["type"]["sql"]);
                if (!type.isEmpty() && column.type.kind != TypeKind::Json)
                    compare(where + " type", type, typeOf(column.type.native));
                QString usual = text(column_["default"]).section(QStringLiteral(" ON UPDATE"), 0, 0);
                const QString is = column.generated ? QString() : ours(column.defaultSql);
                if (!usual.isEmpty() && !is.startsWith(usual)) // it cuts some at a blank
                    compare(where + " default", usual, is);
                compare(where + " comment", text(column_["comment"]), ours(column.comment));
                if (column_.contains("computed") && column.generated)
                    compare(where + " generated",
                            QString::fromStdString(
                                mysql::withoutParentheses(text(column_["computed"]["sqltext"]).toStdString())),
                            QString::fromStdString(column.generated->expression));
                compare(where + " is generated", column_.contains("computed") ? "yes" : "no",
                        column.generated ? "yes" : "no");
                if (column_.contains("autoincrement") && column_["autoincrement"].is_boolean())
                    compare(where + " counts", column_["autoincrement"].dump().c_str(),
                            column.autoincrement ? "true" : "false");
            }
            const auto list = [](const std::vector<std::string> &names) { return nlohmann::json(names).dump(); };
            compare(at + "pk", theirs["pk"]["constrained_columns"].dump().c_str(),
                    list(table.primaryKey ? table.primaryKey->columns : std::vector<std::string>()).c_str());
            QCOMPARE(table.foreignKeys.size(), theirs["foreign_keys"].size());
            for (const auto &key : theirs["foreign_keys"]) {
                const auto mine =
                    std::ranges::find(table.foreignKeys, std::optional(halved(key["name"])), &ForeignKey::name);
                QVERIFY2(mine != table.foreignKeys.end(), key.dump().c_str());
                compare(at + "fk", key["constrained_columns"].dump().c_str(), list(mine->columns).c_str());
                compare(at + "fk", text(key["referred_table"]), QString::fromStdString(mine->referred.name));
                compare(at + "fk", key["referred_columns"].dump().c_str(), list(mine->referredColumns).c_str());
                for (const auto &[option, action] :
                     {std::pair{"ondelete", mine->onDelete}, {"onupdate", mine->onUpdate}})
                    compare(at + option,
                            text(key["options"].value(option, nlohmann::json())).remove(QStringLiteral("NO ACTION")),
                            ours(action));
            }
            for (const auto &index : theirs["indexes"]) {
                const std::string called = halved(index["name"]);
                std::vector<std::string> columns;
                bool isUnique = false;
                for (const Index &mine : table.indexes)
                    if (mine.name == called) {
                        isUnique = mine.unique;
                        for (const IndexElement &element : mine.elements)
                            columns.push_back(element.column.value_or(""));
                    }
                for (const UniqueConstraint &mine : table.uniques)
                    if (mine.name == called) {
                        isUnique = true;
                        columns = mine.columns;
                    }
                compare(at + QString::fromStdString(called), index["column_names"].dump().c_str(),
                        list(columns).c_str());
                compare(at + QString::fromStdString(called), index["unique"].dump().c_str(),
                        isUnique ? "true" : "false");
            }
            for (const auto &check : theirs["check_constraints"]) {
                const auto mine =
                    std::ranges::find(table.checks, std::optional(halved(check["name"])), &CheckConstraint::name);
                QVERIFY2(mine != table.checks.end(), check.dump().c_str());
                compare(at + "check", text(check["sqltext"]), QString::fromStdString(mine->expression));
            }
            compare(at + "comment", text(theirs["comment"].is_object() ? theirs["comment"]["text"] : theirs["comment"]),
                    ours(table.comment));
        }
        QVERIFY2(differences.isEmpty(), qPrintable(differences.join(QLatin1Char('\n'))));
        QVERIFY(facts > 100);
    }

    void saysWhatIsThere()
    {
        const MariadbDatabase database("facts");
        const auto connection = database.connect();
        for (const char *statement : fixture)
            connection->execute(statement);
        const MetaData metadata = dialect.reflect(*connection, {});
        QCOMPARE(metadata.dialect, std::string("mysql"));
        QCOMPARE(metadata.defaultSchema, database.name());
        const auto table = [&](const char *name) { return *metadata.table({"", name}); };
        const Table e1 = table("e1");
        QCOMPARE(e1.columns[0].type.labels,
                 (std::vector<std::string>{"back\\slash", "it's", "\"d\"", "n\nl", "表", "a,b"}));
        QCOMPARE(e1.column("c")->collation, std::optional<std::string>("utf8mb4_bin"));
        QCOMPARE(e1.column("a")->collation, std::nullopt);
        QCOMPARE(e1.column("j")->type.kind, TypeKind::Json);
        QCOMPARE(e1.column("j")->type.native, std::string("json"));
        QCOMPARE(e1.column("v")->generated->expression, std::string("1 + 1"));
        QVERIFY(e1.column("v")->options.contains("invisible"));
        QCOMPARE(e1.comment, std::optional<std::string>("it's"));
        QCOMPARE(e1.column("l")->type.native, std::string("longtext")); // without the check of JSON it is none
        QCOMPARE(e1.checks.size(), std::size_t(2));                     // that of json_valid is the type's
        QCOMPARE(e1.checks[1].column, std::optional<std::string>("w"));
        QCOMPARE(table("parent").options["auto_increment"], std::string("70"));
        QVERIFY(table("parent").column("id")->autoincrement);
        QCOMPARE(table("parent").uniques.size(), std::size_t(1));
        const Table child = table("child");
        QCOMPARE(child.foreignKeys.size(), std::size_t(2));
        QCOMPARE(child.foreignKeys[1].onDelete, std::optional<std::string>("SET NULL"));
        QCOMPARE(child.foreignKeys[1].onUpdate, std::optional<std::string>("CASCADE"));
        QCOMPARE(child.foreignKeys[0].onDelete, std::nullopt);
        QCOMPARE(child.foreignKeys[0].referred, (QualifiedName{database.name(), "parent"}));
        QCOMPARE(child.triggers.size(), std::size_t(3));
        QCOMPARE(child.triggers[0].name, std::string("t0")); // in the order in which they run
        QCOMPARE(child.triggers[1].name, std::string("t2"));
        QCOMPARE(table("sub").kind, TableKind::Partitioned);
        QCOMPARE(table("zd").column("t2")->options.at("on_update"), std::string("current_timestamp(6)"));
        QCOMPARE(table("zd").column("o")->collation, std::optional<std::string>("latin1_swedish_ci"));
        QCOMPARE(table("aa").dependsOn, (std::vector<QualifiedName>{{database.name(), "al"}}));
        QCOMPARE(metadata.sequences.size(), std::size_t(3));
        QCOMPARE(metadata.sequences[2].properties.max, std::optional<std::int64_t>(20));
        QVERIFY(metadata.sequences[2].properties.cycle);
        QCOMPARE(dialect.rowIdentity(table("al")).kind, RowIdentity::Kind::AllColumns);
        QCOMPARE(dialect.rowIdentity(table("vt")).kind, RowIdentity::Kind::None);

        ReflectOptions options;
        options.namesOnly = true;
        const MetaData names = dialect.reflect(*connection, options);
        QCOMPARE(names.tableCount(), metadata.tableCount());
        QVERIFY(names.table({"", "aa"})->isView() && names.table({"", "e1"})->columns.empty());
        options = {};
        options.tables = {"child", "aa"};
        const MetaData some = dialect.reflect(*connection, options);
        QCOMPARE(some.tableCount(), std::size_t(2));
        QVERIFY(*some.table({"", "child"}) == child);
        options.tables = {"e1"};
        QVERIFY(*dialect.reflect(*connection, options).table({"", "e1"}) == e1);
    }

    void commandLineSaysTheSame()
    {
        const MariadbDatabase database("command");
        const auto connection = database.connect();
        for (const char *statement : fixture)
            connection->execute(statement);
        connection->execute("INSERT INTO parent (id) VALUES (1), (2)");
        connection->execute("INSERT INTO child (id, q) VALUES (7, NULL)");
        const QString url = QString::fromStdString(database.urlText());
        const auto said = [&](const QStringList &arguments) {
            QProcess program;
            program.start(QStringLiteral(SCHEMAWRIGHT_BINARY_DIR "/bin/schemawright"), arguments);
            [&] { QVERIFY(program.waitForFinished(60'000)); }();
            [&] { QVERIFY2(program.exitCode() == 0, program.readAllStandardError().constData()); }();
            return program.readAllStandardOutput().toStdString();
        };
        const MetaData metadata = dialect.reflect(*connection, {});
        QVERIFY(nlohmann::json::parse(said({"inspect", url, "--json"})) == nlohmann::json::parse(toJson(metadata)));
        QCOMPARE(said({"ddl", url}), dialect.createScript(metadata, {}).text());
        QCOMPARE(nlohmann::json::parse(said({"query", url, "SELECT id, p, q FROM child WHERE id = :k", "--param", "k=7",
                                             "--format", "json"}))
                     .dump(),
                 std::string(R"([{"id":7,"p":2,"q":null}])"));
        QVERIFY(said({"models", url, "--language", "cpp"}).find("struct Child") != std::string::npos);
        QVERIFY(said({"ddl", url, "--dialect", "postgresql"}).find("CREATE TABLE child") != std::string::npos);

        // What diff says brings an empty database there, by way of the client.
        const MariadbDatabase empty("empty");
        const QString other = QString::fromStdString(empty.urlText());
        load(empty, said({"diff", other, url}));
        QCOMPARE(said({"diff", other, url}), std::string());
    }

    /// Databases beside one another, with keys and views across; and a connection that has chosen none.
    void readsSeveralSchemas()
    {
        const MariadbDatabase one("one"), two("two");
        const auto connection = one.connect();
        connection->execute("CREATE TABLE p (id int PRIMARY KEY)");
        connection->execute("CREATE TABLE " + two.name() + ".q (id int PRIMARY KEY, CONSTRAINT far FOREIGN KEY (id) " +
                            "REFERENCES " + one.name() + ".p (id), KEY k (id))");
        connection->execute("CREATE VIEW v AS SELECT q.id FROM " + two.name() + ".q JOIN p ON p.id = q.id");
        QCOMPARE(dialect.reflect(*connection, {}).schemas.size(), std::size_t(1));
        ReflectOptions options;
        options.schemas = {one.name(), two.name()};
        const MetaData both = dialect.reflect(*connection, options);
        QCOMPARE(both.table({two.name(), "q"})->foreignKeys[0].referred, (QualifiedName{one.name(), "p"}));
        QCOMPARE(both.table({"", "v"})->dependsOn, (std::vector<QualifiedName>{{one.name(), "p"}, {two.name(), "q"}}));
        const Script script = dialect.createScript(both, {.ifNotExists = true});
        const std::string text = script.text();
        QVERIFY(text.find("REFERENCES " + one.name() + ".p (id)") != std::string::npos);
        run(*connection, script); // all is there already
        run(*connection, dialect.createScript(both, {.drop = true}));
        run(*connection, dialect.createScript(both, {.ifNotExists = true}));
        const MetaData again = dialect.reflect(*connection, options);
        QVERIFY(diffMetaData(both, again).isEmpty());

        ConnectArguments none = one.arguments();
        none.database.clear();
        const MetaData all = dialect.reflect(*MysqlDriver().open(none), {});
        QCOMPARE(all.defaultSchema, std::string());
        QVERIFY(all.table({one.name(), "p"}) && all.table({two.name(), "q"}));
        QVERIFY(!all.table({"mysql", "user"}));
        QVERIFY(std::ranges::none_of(all.schemas, [](const Schema &schema) { return schema.name == "sys"; }));
        // The key is in the way of dropping the databases in their order.
        connection->execute("DROP TABLE " + two.name() + ".q");
    }

    void goesOnWithoutWhatIsBroken()
    {
        const MariadbDatabase database("broken");
        const auto connection = database.connect();
        connection->execute("CREATE TABLE t (a int)");
        connection->execute("CREATE TABLE u (a int)");
        connection->execute("CREATE VIEW v AS SELECT a FROM t");
        connection->execute("DROP TABLE t");
        const MetaData metadata = dialect.reflect(*connection, {});
        QCOMPARE(metadata.errors.size(), std::size_t(1));
        QCOMPARE(metadata.errors[0].object, database.name() + ".v");
        QVERIFY(metadata.errors[0].what.find("invalid") != std::string::npos);
        QCOMPARE(metadata.table({"", "u"})->columns.size(), std::size_t(1));
        const Script script = dialect.createScript(metadata, {});
        QCOMPARE(script.notCarried.size(), std::size_t(1));
        const MariadbDatabase copy("copy");
        run(*copy.connect(), script);
    }

    void differsWhereItDiffers()
    {
        const MariadbDatabase database("differs");
        const auto connection = database.connect();
        connection->execute("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a tinyint, f bool, KEY k (a))");
        const MetaData before = dialect.reflect(*connection, {});
        connection->execute("INSERT INTO t (a) VALUES (1), (2)"); // moves the counter only
        QVERIFY(diffMetaData(before, dialect.reflect(*connection, {})).isEmpty());
        connection->execute("ALTER TABLE t MODIFY a smallint, DROP KEY k, ADD UNIQUE k (a)");
        const MetaDataDiff diff = diffMetaData(before, dialect.reflect(*connection, {}));
        QCOMPARE(diff.tables.size(), std::size_t(1));
        QVERIFY(diff.tables[0].has(DiffSubject::Type));
        QVERIFY(diff.tables[0].has(DiffSubject::Unique));
        QVERIFY(diff.tables[0].has(DiffSubject::Index));
    }

    /// A model in code, made, is the same model when it is read.
    void modelsInCodeComeBack()
    {
        const MariadbDatabase database("model");
        const auto connection = database.connect();
        MetaData model;
        model.add(
            TableBuilder("artist").column("id", types::integer()).primaryKey().column("name", types::string(120)));
        model.add(TableBuilder("album")
                      .column("id", types::bigInteger())
                      .primaryKey()
                      .column("artist", types::integer())
                      .notNull()
                      .references("artist")
                      .onDelete("CASCADE")
                      .column("price", types::numeric(10, 2))
                      .defaultTo(0)
                      .column("live", types::boolean())
                      .column("made", types::dateTime(false, 6))
                      .column("data", types::json())
                      .column("note", types::text()));
        run(*connection, dialect.createScript(model, {}));
        const MetaData made = dialect.reflect(*connection, {});
        for (const TablePtr &table : model.tables())
            for (const Column &column : table->columns) {
                const Column *is = made.table({"", table->name.name})->column(column.name);
                QVERIFY2(is && sameType(column.type, is->type) && column.nullable == is->nullable, column.name.c_str());
            }
        QCOMPARE(made.table({"", "album"})->foreignKeys[0].onDelete, std::optional<std::string>("CASCADE"));
    }

    void readsSizesAndPrivileges()
    {
        const MariadbDatabase database("sizes");
        const auto connection = database.connect();
        connection->execute("CREATE TABLE t (id int PRIMARY KEY, a varchar(100), KEY (a)) ENGINE=MyISAM");
        connection->execute("CREATE TABLE u (id int)");
        connection->execute("CREATE VIEW v AS SELECT * FROM t");
        connection->execute("INSERT INTO t SELECT seq, repeat('x', 100) FROM seq_1_to_1000");
        const auto sizes = dialect.tableSizes(*connection, {});
        QCOMPARE(sizes.size(), std::size_t(2));
        const auto t = std::ranges::find(sizes, QualifiedName{database.name(), "t"}, &TableSize::table);
        QVERIFY(t != sizes.end());
        QCOMPARE(t->rows, std::optional<std::int64_t>(1000));
        QVERIFY(*t->bytes > 100'000 && *t->indexBytes > 1000);
        ReflectOptions options;
        options.tables = {"u"};
        QCOMPARE(dialect.tableSizes(*connection, options).size(), std::size_t(1));
        dialect.privileges(*connection, {}); // the tests' user is given none on a single table
    }

    /// What is typed into a cell comes back from the server as the value that was bound.
    void typedCellsComeBack_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("typed");
        for (const auto &[type, typed] : std::initializer_list<std::pair<const char *, const char *>>{
                 {"tinyint(1)", "5"},
                 {"bigint unsigned", "18446744073709551615"},
                 {"bigint", "-9223372036854775808"},
                 {"int unsigned zerofill", "7"},
                 {"year", "2155"},
                 {"year", "0"},
                 {"bit(5)", "b'10101'"},
                 {"bit(64)", "18446744073709551615"},
                 {"decimal(40,10)", "-123456789012345678901234567890.0123456789"},
                 {"double", "1.7976931348623157e308"},
                 {"float", "0.1"},
                 {"date", "0000-00-00"},
                 {"date", "2024-02-00"},
                 {"date", "9999-12-31"},
                 {"time", "838:59:59"},
                 {"time", "-838:59:59"},
                 {"time", "24:00:00"},
                 {"time", "9:05"},
                 {"time(6)", "-00:00:00.000001"},
                 {"datetime(6)", "2024-12-31 23:59:59.999999"},
                 {"datetime", "2024-12-31T23:59"},
                 {"datetime", "2024-12-31"},
                 {"datetime", "0000-00-00 00:00:00"},
                 {"binary(3)", "01"},
                 {"varbinary(3)", "0x00FF"},
                 {"longblob", ""},
                 {"enum('a','B')", "b"},
                 {"set('x','y z','q')", "q,X"},
                 {"varchar(9)", "it's 🐘\\"},
                 {"json", "{\"a\": [1, null]}"},
                 {"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"},
                 {"inet6", "::1"}})
            QTest::addRow("%s: %s", type, typed) << QString::fromUtf8(type) << QString::fromUtf8(typed);
    }
    void typedCellsComeBack()
    {
        QFETCH(QString, type);
        QFETCH(QString, typed);
        static const MariadbDatabase database("cells");
        const auto connection = database.connect();
        connection->execute("CREATE OR REPLACE TABLE t (v " + type.toStdString() + ")");
        const MetaData metadata = dialect.reflect(*connection, {});
        const Type &read = metadata.table({"", "t"})->columns[0].type;
        const Value value = dialect.parseCell(read, typed.toStdString());
        connection->execute("INSERT INTO t VALUES (?)", std::vector{value});
        const auto cursor = connection->execute("SELECT v FROM t");
        RowBatch batch;
        QVERIFY(cursor->fetch(batch, 10));
        const Value back = batch.value(0, 0);
        const bool isExact = value.is<Decimal>() || value == back || read.kind == TypeKind::Real;
        QVERIFY2(isExact && (value.text() == back.text()),
                 (value.text() + " " + value.kindName() + ", " + back.text() + " " + back.kindName()).c_str());
        QVERIFY(dialect.parseCell(read, back.text()).text() == back.text());
    }
};

QTEST_GUILESS_MAIN(tst_MysqlReflect)
#include "tst_mysql_reflect.moc"
