// Holds each of the 173 cases of ../shared/corpus/compile/expressions.json against what we compile: the same meaning
// and the same parameters for five dialects, and the same rows on SQLite and PostgreSQL. Skipped where the corpus is
// not there.

#include "lib/sql/corpus_cases.h"
#include "lib/sql/sql_tokens.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/backends/postgres/postgres_driver.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"

#include <QFile>
#include <QProcess>
#include <QTest>

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>

using namespace schemawright;

namespace {

/// Where we say something else on purpose, with the reason; "unsupported" where we refuse.
struct Difference
{
    const char *id, *dialects, *ours, *why;
};

constexpr const char *unsupported = "unsupported";
constexpr const char *conditionsAreNoValues = "a condition is no value there; NULL stays NULL";
constexpr const char *peerWritesWhatIsNotThere = "the peer writes SQL that this database does not know";

const Difference differences[] = {
    {"select.for_update", "sqlite mssql", unsupported, "the peer leaves the lock out without a word"},
    {"limit.offset", "sqlite", "SELECT users.id FROM users ORDER BY users.id LIMIT -1 OFFSET ?",
     "the -1 needs no parameter"},
    {"limit.offset", "postgresql", "SELECT users.id FROM users ORDER BY users.id OFFSET ?", "LIMIT ALL says nothing"},
    {"select.order_by_kinds", "mysql mssql",
     "SELECT users.id FROM users ORDER BY users.name DESC, users.age ASC, users.created DESC, users.balance",
     "NULLS FIRST is unknown there; this is the order that was asked for, since NULLs are lowest"},
    {"select.schema_table", "oracle",
     "SELECT \"audit\".log.id, \"audit\".log.msg FROM \"audit\".log WHERE \"audit\".log.\"level\" > ?",
     "AUDIT is a reserved word of Oracle"},
    {"join.schema", "oracle",
     "SELECT \"audit\".log.msg, users.name FROM \"audit\".log JOIN users ON users.id = \"audit\".log.\"level\"",
     "as above"},
    {"insert.schema", "oracle", "INSERT INTO \"audit\".log (msg) VALUES (?)", "as above"},
    {"func.sequence_schema", "oracle", "SELECT \"audit\".my_seq.nextval FROM DUAL", "as above"},
    {"limit.in_subquery", "mysql",
     "SELECT orders.id FROM orders WHERE orders.user_id IN (SELECT * FROM (SELECT users.id FROM users ORDER BY "
     "users.id "
     "LIMIT ?) AS part)",
     "a LIMIT has no place directly behind IN there"},
    {"limit.fetch_percent", "sqlite postgresql mysql", unsupported, peerWritesWhatIsNotThere},
    {"op.regexp_flags", "sqlite", unsupported, "the peer drops the flag and matches something else"},
    {"bool.select_expr", "mssql oracle",
     "SELECT CASE WHEN users.age > ? THEN 1 WHEN users.age <= ? THEN 0 END AS older, CASE WHEN users.age > ? AND "
     "users.name = ? THEN 1 WHEN NOT (users.age > ? AND users.name = ?) THEN 0 END FROM users",
     conditionsAreNoValues},
    {"bool.compare_of_bool", "mssql oracle",
     "SELECT users.id FROM users WHERE CASE WHEN users.age > ? THEN 1 WHEN users.age <= ? THEN 0 END = CASE WHEN "
     "users.id > ? THEN 1 WHEN users.id <= ? THEN 0 END",
     conditionsAreNoValues},
    {"exists.in_columns", "mssql oracle",
     "SELECT users.id, CASE WHEN EXISTS (SELECT orders.id FROM orders WHERE orders.user_id = users.id) THEN 1 ELSE 0 "
     "END AS has FROM users",
     conditionsAreNoValues},
    {"bool.where_false", "mysql", "SELECT users.id FROM users WHERE false", "false = 1 is false"},
    {"join.cross_true", "mysql", "SELECT users.id FROM users JOIN orders ON true", "true = 1 is true"},
    {"in.not_empty", "sqlite mssql oracle", "SELECT users.id FROM users WHERE 1 = 1", "nothing is in an empty list"},
    {"in.not_empty", "postgresql mysql", "SELECT users.id FROM users WHERE true", "nothing is in an empty list"},
    {"in.tuple_empty", "sqlite mssql oracle", "SELECT items.qty FROM items WHERE 0 = 1", "nothing is in an empty list"},
    {"in.tuple_empty", "postgresql mysql", "SELECT items.qty FROM items WHERE false", "nothing is in an empty list"},
    {"in.tuple", "mssql",
     "SELECT items.qty FROM items WHERE ((items.order_id = ? AND items.line_no = ?) OR (items.order_id = ? AND "
     "items.line_no = ?))",
     "SQL Server has no row values"},
    {"between.symmetric", "sqlite mysql mssql oracle", unsupported, peerWritesWhatIsNotThere},
    {"case.no_else", "sqlite mysql mssql oracle", "SELECT CASE WHEN users.active = 1 THEN ? END AS c FROM users",
     "a condition as everywhere else; SQL Server and Oracle need it"},
    {"win.filter", "sqlite",
     "SELECT count(users.id) FILTER (WHERE users.active = 1) OVER (PARTITION BY users.age) FROM users", "as above"},
    {"win.filter", "mysql mssql oracle", unsupported, peerWritesWhatIsNotThere},
    {"func.filter", "mysql mssql oracle", unsupported, peerWritesWhatIsNotThere},
    {"func.within_group", "sqlite mysql", unsupported, peerWritesWhatIsNotThere},
    {"func.grouping_sets", "sqlite mysql", unsupported, peerWritesWhatIsNotThere},
    {"func.generic", "sqlite oracle", unsupported, peerWritesWhatIsNotThere},
    {"func.generic", "mssql",
     "SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, CAST(GETDATE() AS DATE), CAST(GETDATE() AS TIME), CAST(GETDATE() AS "
     "TIME), CURRENT_USER, "
     "LEN(users.name) FROM users",
     "a date is no moment, and CURRENT_TIME and LOCALTIME are not known there"},
    {"func.concat", "mssql",
     "SELECT concat(users.name, ?, users.age), lower(users.name), upper(?), LEN(users.name), SUBSTRING(users.name, ?, "
     "?) FROM users",
     "substr is not known there"},
    {"func.extract", "mysql",
     "SELECT EXTRACT(year FROM users.created), EXTRACT(month FROM users.created), (DAYOFWEEK(users.created) - 1), "
     "UNIX_TIMESTAMP(users.created) FROM users",
     "dow and epoch are not known there"},
    {"func.extract", "mssql",
     "SELECT DATEPART(year, users.created), DATEPART(month, users.created), ((DATEPART(weekday, users.created) + "
     "@@DATEFIRST + 6) % 7), "
     "DATEDIFF_BIG(second, '1970-01-01', users.created) FROM users",
     "epoch is not known there, and Sunday is 0"},
    {"func.extract", "oracle", unsupported, peerWritesWhatIsNotThere},
    {"cast.types", "sqlite",
     "SELECT CAST(users.age AS VARCHAR), CAST(users.age AS VARCHAR(10)), CAST(users.name AS INTEGER), CAST(users.name "
     "AS NUMERIC(10, 2)), CAST(users.name AS "
     "DOUBLE), CAST(users.name AS DATE), CAST(users.name AS DATETIME), CAST(users.name AS TIME) FROM users",
     "FLOAT and DOUBLE are the same affinity"},
    {"cast.types", "postgresql",
     "SELECT CAST(users.age AS character varying), CAST(users.age AS character varying(10)), CAST(users.name AS "
     "integer), CAST(users.name AS numeric(10, 2)), "
     "CAST(users.name AS double precision), CAST(users.name AS date), CAST(users.name AS timestamp without time zone), "
     "CAST(users.name AS time without time "
     "zone) FROM users",
     "the full names of the same types"},
    {"cast.types", "mysql",
     "SELECT CAST(users.age AS CHAR), CAST(users.age AS CHAR(10)), CAST(users.name AS SIGNED INTEGER), CAST(users.name "
     "AS DECIMAL(10, 2)), CAST(users.name AS "
     "DOUBLE), CAST(users.name AS DATE), CAST(users.name AS DATETIME), CAST(users.name AS TIME) FROM users",
     "DOUBLE is what was asked for, and MariaDB takes no FLOAT here"},
    {"cast.types", "mssql",
     "SELECT CAST(users.age AS NVARCHAR(max)), CAST(users.age AS NVARCHAR(10)), CAST(users.name AS INTEGER), "
     "CAST(users.name AS NUMERIC(10, 2)), "
     "CAST(users.name AS FLOAT), CAST(users.name AS DATE), CAST(users.name AS DATETIME2), CAST(users.name AS TIME) "
     "FROM users",
     "texts keep every letter, moments their microseconds"},
    {"cast.types", "oracle", unsupported, "Oracle has no type for a time of day"},
    {"join.full", "mysql", unsupported, peerWritesWhatIsNotThere},
    {"join.lateral", "sqlite", unsupported, peerWritesWhatIsNotThere},
    {"join.lateral", "mssql",
     "SELECT users.id, top1.total FROM users CROSS APPLY (SELECT TOP 1 orders.total FROM orders WHERE orders.user_id = "
     "users.id ORDER BY orders.total DESC) AS "
     "top1",
     "LATERAL is called APPLY there"},
    {"sub.values", "sqlite",
     "SELECT v.a, v.b FROM (SELECT column1 AS a, column2 AS b FROM (VALUES (?, ?), (?, ?))) AS v",
     "SQLite names no columns of VALUES"},
    {"sub.values", "mysql", "SELECT v.a, v.b FROM (SELECT ? AS a, ? AS b UNION ALL SELECT ?, ?) AS v",
     "MySQL and MariaDB spell VALUES differently"},
    {"sub.values", "oracle", "SELECT v.a, v.b FROM (SELECT ? AS a, ? AS b FROM DUAL UNION ALL SELECT ?, ? FROM DUAL) v",
     "Oracle 19 has no VALUES"},
    {"cte.prefix_materialized", "mysql mssql oracle", unsupported,
     "the Python asks for it on PostgreSQL only; here it is asked for everywhere"},
    {"cte.prefix_materialized", "sqlite", "WITH m AS MATERIALIZED (SELECT users.id FROM users) SELECT m.id FROM m",
     "as above"},
    {"cte.recursive_union", "mssql oracle", unsupported, "a recursive CTE knows only UNION ALL there"},
    {"set.union_all_order", "mssql",
     "SELECT users.name FROM users UNION ALL SELECT products.name FROM products ORDER BY name OFFSET 0 ROWS FETCH "
     "FIRST ? ROWS ONLY",
     "the peer loses the limit"},
    {"set.nested_union", "sqlite",
     "SELECT * FROM (SELECT users.id FROM users UNION ALL SELECT orders.id FROM orders) UNION SELECT products.id FROM "
     "products",
     "SQLite takes no parentheses there"},
    {"set.limited_parts", "sqlite",
     "SELECT * FROM (SELECT users.id FROM users ORDER BY users.id LIMIT ?) UNION ALL SELECT * FROM (SELECT orders.id "
     "FROM orders ORDER BY orders.id LIMIT ?)",
     "SQLite takes no parentheses there"},
    {"set.limited_parts", "mssql",
     "SELECT * FROM (SELECT TOP 2 users.id FROM users ORDER BY users.id) AS part UNION ALL SELECT * FROM (SELECT TOP 3 "
     "orders.id FROM orders ORDER BY "
     "orders.id) AS part",
     "an ORDER BY cannot stand in parentheses there"},
    {"set.except_all", "sqlite mssql oracle", unsupported, peerWritesWhatIsNotThere},
    {"insert.from_select_defaults", "*",
     "INSERT INTO addresses (user_id, email, kind) SELECT users.id, users.name, ? FROM users",
     "defaults of a program, not of the database, are the program's own; the parameter's label is no matter"},
    {"insert.from_select_defaults", "oracle",
     "INSERT INTO addresses (user_id, email, kind) SELECT users.id, users.name, ? FROM users", "as above"},
    {"update.returning", "mysql", unsupported, "neither MySQL nor MariaDB has it"},
    {"update.mysql_limit", "sqlite postgresql mssql oracle", unsupported,
     "the Python asks for it on MySQL only; here it is asked for everywhere"},
    {"upsert.pg_update_where", "postgresql",
     "INSERT INTO users (id, name) VALUES (?, ?) ON CONFLICT (name) WHERE age > 5 DO UPDATE SET name = excluded.name "
     "WHERE users.active = true",
     "the condition of an index is compared as text: a parameter would not find it in a generic plan"},
    {"upsert.mysql_values", "mysql",
     "INSERT INTO users (id, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = ?, fullname = upper(?)",
     "MariaDB knows no AS new, and nothing here uses it"},
    {"json.path", "sqlite",
     "SELECT JSON_QUOTE(JSON_EXTRACT(users.data, ?)), CAST(JSON_EXTRACT(users.data, ?) AS TEXT), "
     "CAST(JSON_EXTRACT(users.data, ?) AS INTEGER) FROM users",
     "TEXT is the same affinity as VARCHAR"},
    {"json.path", "postgresql",
     "SELECT users.data -> ?, users.data ->> ?, CAST(users.data #>> ? AS integer) FROM users", "->> is a text already"},
    {"json.path", "mssql",
     "SELECT JSON_QUERY(users.data, ?), JSON_VALUE(users.data, ?), CAST(JSON_VALUE(users.data, ?) AS INTEGER) FROM "
     "users",
     "CASE x WHEN NULL never matches"},
    {"json.path", "oracle",
     "SELECT JSON_QUERY(users.data, '$.\"a\"'), JSON_VALUE(users.data, '$.\"a\"' RETURNING VARCHAR2(4000)), "
     "JSON_VALUE(users.data, '$.\"a\".\"b\"[0]' RETURNING "
     "INTEGER) FROM users",
     "a path that is not there is NULL, as on the other databases"},
    {"pg.array_col", "postgresql",
     "SELECT t.tags[?], t.tags[? : ?] FROM t WHERE t.tags @> ARRAY[?] AND t.tags && ARRAY[?] AND ? = ANY (t.tags)",
     "an array is written as its elements"},
    {"pg.range", "postgresql", "SELECT t.r FROM t WHERE t.r @> ? AND t.r && CAST(? AS int4range)",
     "the range is a text that is cast"},
    {"oracle.hint", "oracle", "SELECT /*+ INDEX(users ix) */ users.id FROM users",
     "the peer puts a comment into a comment"},
    {"quote.quoted_name", "oracle", "SELECT lower.id FROM lower",
     "quotes without need are not asked for; lower case is Oracle's plain spelling here"},
    {"quote.dots", "mssql", "SELECT [x.y].[a.b].[c.d] FROM [x.y].[a.b]",
     "the schema is called x.y; the peer takes it for a database and a schema"},
    {"select.text_bind", "*", "SELECT * FROM users WHERE id = ? AND name <> ':notabind' AND x = :esc",
     "names are not looked for in raw SQL"},
};

const Difference *differenceOf(const std::string &id, std::string_view dialect)
{
    for (const Difference &d : differences)
        if (d.id == id &&
            (std::string_view(d.dialects) == "*" ||
             (" " + std::string(d.dialects) + " ").find(" " + std::string(dialect) + " ") != std::string::npos))
            return &d;
    return nullptr;
}

/// Cases whose parameters are other values on purpose.
bool hasOwnParameters(const std::string &id, std::string_view dialect)
{
    return id.starts_with("json.path") || id.starts_with("pg.") || id == "upsert.pg_update_where" || id == "lit.json" ||
           id == "select.text_bind" || (id.starts_with("bool.") && (dialect == "mssql" || dialect == "oracle")) ||
           id == "insert.from_select_defaults" || (id == "limit.offset" && dialect == "sqlite") ||
           (id == "set.union_all_order" && dialect == "mssql") || (id == "in.tuple" && dialect == "mssql");
}

std::string valueText(const nlohmann::json &value)
{
    if (value.is_null())
        return "NULL";
    if (value.is_object())
        return value.begin().value().get<std::string>();
    if (value.is_string())
        return value.get<std::string>();
    return value.dump();
}

Value valueOf(const nlohmann::json &value)
{
    if (value.is_boolean())
        return Value(value.get<bool>());
    if (value.is_number_integer())
        return Value(value.get<std::int64_t>());
    if (value.is_number())
        return Value(value.get<double>());
    return value.is_null() ? Value() : Value(valueText(value));
}

QString shown(const std::string &text) { return QString::fromStdString(text); }

} // namespace

class tst_SqlCorpus : public QObject
{
    Q_OBJECT

private:
    nlohmann::json peer_;
    corpus::Tables tables_;
    std::unique_ptr<Engine> sqlite_, postgres_;

    static QString corpusFile()
    {
        const QString given = qEnvironmentVariable("SCHEMAWRIGHT_CORPUS");
        for (const QString &folder : {given, QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/../shared/corpus"),
                                      QStringLiteral(SCHEMAWRIGHT_SOURCE_DIR "/../../shared/corpus")})
            if (const QString file = folder + QStringLiteral("/compile/expressions.json");
                !folder.isEmpty() && QFile::exists(file))
                return file;
        return {};
    }

    static std::vector<std::vector<std::string>> rowsOf(Connection &connection, const std::string &sql,
                                                        const std::vector<Value> &values);
    void compareRows(Engine &engine, const std::string &dialect);
    void eachCase();

private Q_SLOTS:
    void initTestCase();
    void everyCaseHasAConstruction();
    void saysTheSame_data() { eachCase(); }
    void saysTheSame();
    void literalsMeanTheSame_data() { eachCase(); }
    void literalsMeanTheSame();
    void givesTheSameRowsOnSqlite() { compareRows(*sqlite_, "sqlite"); }
    void givesTheSameRowsOnPostgres();
    void givesTheSameRowsOnMariaDb();
};

void tst_SqlCorpus::initTestCase()
{
    const QString file = corpusFile();
    if (file.isEmpty())
        QSKIP("the corpus is not there (../shared/corpus/compile/expressions.json)");
    QFile opened(file);
    QVERIFY(opened.open(QIODevice::ReadOnly));
    peer_ = nlohmann::json::parse(opened.readAll().toStdString());
    sqlite_ = std::make_unique<Engine>(Engine::open("sqlite://"));
}

void tst_SqlCorpus::eachCase()
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < peer_["cases"].size(); ++i)
        QTest::newRow(peer_["cases"][i]["id"].get<std::string>().c_str()) << static_cast<int>(i);
}

void tst_SqlCorpus::everyCaseHasAConstruction()
{
    for (const auto &one : peer_["cases"]) {
        const auto id = one["id"].get<std::string>();
        QVERIFY2(corpus::cases().contains(id), id.c_str());
    }
    for (const Difference &d : differences)
        QVERIFY2(corpus::cases().contains(d.id), d.id);
}

void tst_SqlCorpus::saysTheSame()
{
    QFETCH(int, index);
    const auto &one = peer_["cases"][static_cast<std::size_t>(index)];
    const auto id = one["id"].get<std::string>();
    const Statement statement = corpus::cases().at(id)(tables_);
    for (const Dialect *dialect : allDialects()) {
        const std::string name(dialect->name());
        if (!one["dialects"].contains(name))
            continue;
        const auto &theirs = one["dialects"][name];
        const Difference *difference = differenceOf(id, name);
        const bool isRefused =
            theirs.contains("error") || (difference && std::string_view(difference->ours) == unsupported);
        Compiled ours;
        try {
            ours = dialect->compile(statement);
            QVERIFY2(!isRefused, (name + " should refuse: " + ours.sql).c_str());
        } catch (const Error &error) {
            QVERIFY2(isRefused, (name + ": " + error.message).c_str());
            QCOMPARE(error.kind, ErrorKind::Unsupported);
            QVERIFY2(error.message.starts_with(name + " has no "), error.message.c_str());
            continue;
        }
        // The text.
        const sqltext::Tokens mine = sqltext::plain(sqltext::tokensOf(ours.sql), name);
        if (difference) {
            QCOMPARE(shown(sqltext::joined(mine)),
                     shown(sqltext::joined(sqltext::plain(sqltext::tokensOf(difference->ours), name))));
        } else {
            const bool wantsRows = one["python"].get<std::string>().find("returning(") != std::string::npos;
            sqltext::Tokens peer = sqltext::tokensOf(theirs["sql"].get<std::string>());
            if (!wantsRows)
                sqltext::dropImplicitReturning(peer);
            peer = sqltext::plain(peer, name);
            QCOMPARE(shown(sqltext::joined(mine)), shown(sqltext::joined(peer)));
        }
        // The parameters, in the order of the text.
        if (hasOwnParameters(id, name))
            continue;
        std::vector<std::string> mineValues, peerValues;
        for (const std::size_t at : sqltext::parameterOrder(ours.sql, ours.parameters))
            mineValues.push_back(ours.parameters[at].value.isNull() ? "NULL" : ours.parameters[at].value.text());
        sqltext::Tokens peer = sqltext::tokensOf(theirs["sql"].get<std::string>());
        for (const std::string &parameter : sqltext::namedParameters(peer)) {
            const auto &value = theirs["params"][parameter];
            const bool isNoOffset = name == "sqlite" && value == 0 && parameter.starts_with("param_") &&
                                    ours.sql.find("OFFSET") == std::string::npos &&
                                    theirs["sql"].get<std::string>().find("OFFSET :" + parameter) != std::string::npos;
            if (!isNoOffset && !parameter.starts_with("ret_"))
                peerValues.push_back(valueText(value));
        }

        if (name == "oracle" && id.find("returning") != std::string::npos)
            std::erase(mineValues, "NULL"); // what the statement gives back

        std::string a, b;
        for (const auto &v : mineValues)
            a += v + "|";
        for (const auto &v : peerValues)
            b += v + "|";
        QCOMPARE(shown(name + ": " + a), shown(name + ": " + b));
    }
}

void tst_SqlCorpus::literalsMeanTheSame()
{
    // What is shown with literals has no placeholder left, and the literals are the peer's.
    QFETCH(int, index);
    const auto &one = peer_["cases"][static_cast<std::size_t>(index)];
    const auto id = one["id"].get<std::string>();
    const Statement statement = corpus::cases().at(id)(tables_);
    for (const Dialect *dialect : allDialects()) {
        const std::string name(dialect->name());
        if (!one["dialects"].contains(name) || one["dialects"][name].contains("error") || differenceOf(id, name))
            continue;
        const auto &theirs = one["dialects"][name];
        const std::string shownSql = dialect->literalSql(statement);
        for (const std::string &token : sqltext::tokensOf(shownSql))
            QVERIFY2(token != "?" && !token.starts_with("$"), shownSql.c_str());
        if (!theirs.contains("literal") || id == "lit.uuid" || id == "lit.json" ||
            id.starts_with("upsert.sqlite_expr") || (id == "lit.strings" && name == "postgresql"))
            continue; // a UUID is a text here, with its hyphens; a backslash stands in E'…'
        const bool wantsRows = one["python"].get<std::string>().find("returning(") != std::string::npos;
        sqltext::Tokens peer = sqltext::tokensOf(theirs["literal"].get<std::string>());
        if (!wantsRows)
            sqltext::dropImplicitReturning(peer);
        if (!sqltext::namedParameters(peer).empty())
            continue; // the peer leaves some parameters in
        if (id.starts_with("update.null_bind") || id == "select.text_columns" || id.starts_with("update.no_values") ||
            id.starts_with("insert.from_select_d"))
            continue; // a named parameter without a value is shown as <name>
        const sqltext::Tokens mine = sqltext::plain(sqltext::tokensOf(shownSql), name);
        QCOMPARE(shown(sqltext::joined(mine)), shown(sqltext::joined(sqltext::plain(peer, name))));
    }
}

std::vector<std::vector<std::string>> tst_SqlCorpus::rowsOf(Connection &connection, const std::string &sql,
                                                            const std::vector<Value> &values)
{
    std::vector<std::vector<std::string>> rows;
    Result result = connection.execute(sql, std::span<const Value>(values));
    while (const auto row = result.next()) {
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < result.columns().size(); ++i) {
            const Value &value = (*row)[i];
            // 7 and 7.0 are the same number, however it was carried; an untyped parameter of the peer comes back as
            // text.
            char *end = nullptr;
            const std::string text = value.isNull() ? "NULL" : value.text();
            const double number = std::strtod(text.c_str(), &end);
            cells.push_back(end && !*end && !text.empty() ? std::to_string(std::round(number * 1e6) / 1e6) : text);
        }
        rows.push_back(std::move(cells));
    }
    if (sql.find("ORDER BY") == std::string::npos)
        std::ranges::sort(rows);
    return rows;
}

void tst_SqlCorpus::compareRows(Engine &engine, const std::string &name)
{
    Connection connection = engine.connect();
    for (const std::string &sql : corpus::setupScript(name == "postgresql"))
        connection.executeScript(sql);
    int compared = 0;
    for (const auto &one : peer_["cases"]) {
        const auto id = one["id"].get<std::string>();
        const auto &theirs = one["dialects"].contains(name) ? one["dialects"][name] : nlohmann::json();
        if (!theirs.contains("executed") || theirs["executed"] != "ok")
            continue;
        const Statement statement = corpus::cases().at(id)(tables_);
        const bool isQuery =
            statement.kind() == Statement::Kind::Select || statement.kind() == Statement::Kind::Compound;
        if (!isQuery || (name == "sqlite" && (id.starts_with("op.regexp") || id == "select.for_update")) ||
            id == "func.generic" || id == "select.text_columns" || id == "func.sequence_schema" || id == "lit.uuid" ||
            id == "cast.types" || id == "json.path")
            continue; // no regexp function; no lock; the time goes on; a parameter without a value; the peer stores
                      // UUIDs in its own way; the names are no numbers; a path is a list there
        const Compiled ours = dialectNamed(name)->compile(statement);
        try {
            const auto mine = rowsOf(connection, ours.sql, ours.values());
            std::vector<Value> values;
            for (const auto &value : theirs.value("native_params", nlohmann::json::array()))
                values.push_back(valueOf(value));
            std::vector<std::vector<std::string>> peers;
            try {
                peers = rowsOf(connection, theirs.value("native_sql", theirs["sql"].get<std::string>()), values);
            } catch (const Error &) {
                // The peer's driver tells the types of its parameters and ours does not: its literals then.
                if (!theirs.contains("literal"))
                    continue;
                peers = rowsOf(connection, theirs["literal"].get<std::string>(), {});
            }
            if (id.starts_with("win.rows")) // NULLs of an empty frame apart, the order of equal rows is free
                QCOMPARE(mine.size(), peers.size());
            else
                QVERIFY2(mine == peers, (id + ": other rows from " + ours.sql).c_str());
            ++compared;
        } catch (const Error &error) {
            QFAIL((id + ": " + error.describe() + "\n" + ours.sql).c_str());
        }
        // With literals it is the same query.
        if (id != "lit.strings") {
            const auto mine = rowsOf(connection, ours.sql, ours.values());
            QVERIFY2(mine == rowsOf(connection, dialectNamed(name)->literalSql(statement), {}),
                     (id + ": other rows with literals").c_str());
        }
    }
    qInfo("%d queries gave the same rows", compared);
    QVERIFY(compared > 80);
}

void tst_SqlCorpus::givesTheSameRowsOnPostgres()
{
    const QByteArray url = qgetenv("SCHEMAWRIGHT_TEST_PG_URL");
    if (url.isEmpty())
        QSKIP("no PostgreSQL (SCHEMAWRIGHT_TEST_PG_URL is not set)");
    // With the dialect under test, whichever is registered.
    Registry registry;
    registry.add({"postgresql", std::shared_ptr<const Dialect>(dialectNamed("postgresql"), [](const Dialect *) {}),
                  std::make_shared<PostgresDriver>()});
    EngineOptions options;
    options.registry = &registry;
    postgres_ = std::make_unique<Engine>(Engine::open(url.toStdString(), options));
    compareRows(*postgres_, "postgresql");
}

namespace {

/// What MariaDB's own shell prints for a script, rows sorted unless the query says an order; nothing when it fails.
std::optional<QByteArrayList> mariaRows(const QByteArray &script, const QByteArray &database)
{
    QProcess process;
    process.start(QStringLiteral("mariadb"),
                  {QStringLiteral("--no-defaults"), QStringLiteral("--batch"), QStringLiteral("--skip-column-names"),
                   QStringLiteral("--default-character-set=utf8mb4"),
                   QStringLiteral("--socket=") + qEnvironmentVariable("MYSQL_SOCKET"),
                   QStringLiteral("--user=") + qEnvironmentVariable("MYSQL_USER"), QString::fromUtf8(database)});
    process.write(script);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitCode() != 0)
        return std::nullopt;
    QByteArrayList rows = process.readAllStandardOutput().split('\n');
    if (!script.contains("ORDER BY"))
        std::ranges::sort(rows);
    return rows;
}

/// The peer's SQL with its parameters, :name, as literals.
std::string withNamedLiterals(const std::string &sql, const nlohmann::json &values, const Dialect &dialect)
{
    std::string text;
    char quote = 0;
    for (std::size_t i = 0; i < sql.size(); ++i) {
        const char c = sql[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '\'' || c == '`')
            quote = c;
        std::size_t end = i + 1;
        while (end < sql.size() && (std::isalnum(static_cast<unsigned char>(sql[end])) || sql[end] == '_'))
            ++end;
        if (quote || c != ':' || end == i + 1 || !values.contains(sql.substr(i + 1, end - i - 1))) {
            text += c;
            continue;
        }
        text += dialect.literal(valueOf(values[sql.substr(i + 1, end - i - 1)]));
        i = end - 1;
    }
    return text;
}

} // namespace

void tst_SqlCorpus::givesTheSameRowsOnMariaDb()
{
    if (qEnvironmentVariable("MYSQL_SOCKET").isEmpty())
        QSKIP("skipped: no MariaDB (MYSQL_SOCKET is not set)");
    const Dialect &dialect = *dialectNamed("mysql");
    QByteArray setup =
        "SET sql_mode = 'ANSI_QUOTES'; SET FOREIGN_KEY_CHECKS = 0; DROP DATABASE IF EXISTS sw_corpus; DROP "
        "DATABASE IF EXISTS audit; CREATE DATABASE sw_corpus; CREATE DATABASE audit; USE sw_corpus;\n";
    for (const std::string &sql : corpus::setupScript(false))
        if (!sql.starts_with("ATTACH"))
            setup += QByteArray::fromStdString(sql) + ";\n";
    QVERIFY(mariaRows(setup, {}));
    std::string faults;
    int compared = 0;
    for (const auto &one : peer_["cases"]) {
        const auto id = one["id"].get<std::string>();
        const auto &theirs = one["dialects"].contains("mysql") ? one["dialects"]["mysql"] : nlohmann::json();
        if (!theirs.contains("sql"))
            continue;
        const Statement statement = corpus::cases().at(id)(tables_);
        if ((statement.kind() != Statement::Kind::Select && statement.kind() != Statement::Kind::Compound) ||
            id == "func.generic" || id == "select.text_columns" || id.starts_with("win.rows"))
            continue; // the time goes on; a parameter without a value; the order of equal rows is free
        const std::string sql =
            theirs.contains("literal")
                ? theirs["literal"].get<std::string>()
                : withNamedLiterals(theirs["sql"], theirs.value("params", nlohmann::json::object()), dialect);
        const auto peers = mariaRows(QByteArray::fromStdString(sql), "sw_corpus");
        if (!peers) // MySQL knows more than MariaDB
            continue;
        std::string ours;
        try {
            ours = dialect.literalSql(statement);
        } catch (const Error &error) {
            QCOMPARE(error.kind, ErrorKind::Unsupported); // where the peer leaves out what was asked for
            continue;
        }
        const auto mine = mariaRows(QByteArray::fromStdString(ours), "sw_corpus");
        if (!mine)
            faults += id + " does not run: " + ours + "\n";
        else if (*mine != *peers)
            faults += id + ": other rows from " + ours + "\nthan from " + sql + "\n" + mine->join('\n').toStdString() +
                      "\n" + peers->join('\n').toStdString() + "\n";
        else
            ++compared;
    }
    QVERIFY2(faults.empty(), faults.c_str());
    qInfo("%d queries gave the same rows", compared);
    QVERIFY(compared > 80);
}

QTEST_GUILESS_MAIN(tst_SqlCorpus)
#include "tst_sql_corpus.moc"
