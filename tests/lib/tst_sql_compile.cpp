// What the expression language promises beside the corpus: errors that say what and where, the cache, lints, what each
// dialect makes of upserts, MERGE, joins and names.

#include "lib/sql/corpus_tables.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/backends/sqlite/sqlite_compiler.h"
#include "schemawright/base/error.h"
#include "schemawright/sql/compile_cache.h"
#include "schemawright/sql/lint.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace schemawright;

namespace {

std::string compiled(const Statement &statement, const char *dialect = "sqlite")
{
    return dialectNamed(dialect)->compile(statement).sql;
}

template <class Work> Error errorOf(Work work)
{
    try {
        work();
    } catch (const Error &error) {
        return error;
    }
    return Error(ErrorKind::Internal, "no error was thrown");
}

std::vector<std::string> texts(const Compiled &compiled)
{
    std::vector<std::string> all;
    for (const Parameter &parameter : compiled.parameters)
        all.push_back(parameter.name.empty() ? parameter.value.text() : parameter.name);
    return all;
}

using Texts = std::vector<std::string>;

} // namespace

class tst_SqlCompile : public QObject
{
    Q_OBJECT

private:
    corpus::Tables t_;

private Q_SLOTS:
    void saysWhichTableIsMissing();
    void saysWhyAJoinIsNoJoin();
    void refusesAggregatesInWhere();
    void refusesTooManyParameters();
    void refusesBadNames();
    void refusesUnknownColumns();
    void joinsAlongForeignKeys();
    void upsertsInEachDialect();
    void mergesWhereThereIsMerge();
    void parenthesesOnlyWhereNeeded();
    void negatesWithoutNot();
    void conditionsAsValues();
    void comparesRows();
    void sortsByWhatIsSelected();
    void groupsByTheSameValues();
    void searchesTexts();
    void namesColumnsFromInside();
    void refusesWhatADatabaseLacks();
    void nullIsNoValue();
    void quotesWhatMustBeQuoted();
    void copiesAreIndependent();
    void ctesCarryThemselves();
    void changesDataInCtes();
    void locksAndFetches();
    void textsKeepTheirQuestionMarks();
    void writesLines();
    void writesNastyLiterals();
    void cacheKeepsShapesApart();
    void cacheGivesTheNewValues();
    void ordersJoinedTexts();
    void namesTheColumnsOfValues();
    void returnsAllColumns();
    void refusesDefaultWhereItIsNoValue();
    void lintsProducts();
    void lintsUngroupedColumns();
};

void tst_SqlCompile::saysWhichTableIsMissing()
{
    const Error error =
        errorOf([&] { compiled(select({t_.users["id"]}).from(t_.users).where(t_.orders["total"] > 5)); });
    QCOMPARE(error.kind, ErrorKind::Misuse);
    QCOMPARE(QString::fromStdString(error.message),
             QStringLiteral("the column orders.total stands in WHERE, but orders is not in FROM"));
    // An alias is another table than the one it renames, and a subquery in FROM does not see its neighbours.
    QCOMPARE(errorOf([&] { compiled(select({t_.users["id"]}).from(t_.u2)); }).kind, ErrorKind::Misuse);
    const Source inner =
        select({t_.orders["id"]}).from(t_.orders).where(t_.orders["user_id"] == t_.users["id"]).subquery("i");
    QCOMPARE(errorOf([&] { compiled(select({inner["id"]}).from(t_.users).from(inner)); }).kind, ErrorKind::Misuse);
    QCOMPARE(errorOf([&] { compiled(select({t_.users["id"]}).from(t_.users).from(t_.users)); }).kind,
             ErrorKind::Misuse);
    // In a subquery the tables around it count.
    QCOMPARE(
        compiled(select({t_.users["id"]})
                     .from(t_.users)
                     .where(exists(select({star()}).from(t_.orders).where(t_.orders["user_id"] == t_.users["id"])))),
        std::string("SELECT users.id FROM users WHERE EXISTS (SELECT * FROM orders WHERE orders.user_id = users.id)"));
}

void tst_SqlCompile::saysWhyAJoinIsNoJoin()
{
    const Error none = errorOf([&] { select({t_.users["id"]}).from(t_.users).join(t_.products); });
    QCOMPARE(none.kind, ErrorKind::Misuse);
    QVERIFY(none.message.find("no foreign key") != std::string::npos &&
            none.message.find("products") != std::string::npos);
    const Source matches = corpus::makeTable(
        "", "matches", {{"id", types::integer()}, {"home_id", types::integer()}, {"guest_id", types::integer()}},
        {"id"}, {{"home_id", "users", "id"}, {"guest_id", "users", "id"}});
    const Error several = errorOf([&] { t_.users.join(matches); });
    QCOMPARE(several.kind, ErrorKind::Misuse);
    QVERIFY(several.message.find("ambiguous") != std::string::npos &&
            several.message.find("home_id") != std::string::npos &&
            several.message.find("guest_id") != std::string::npos);
    QCOMPARE(joinConditions(t_.users, matches).size(), std::size_t{2});
}

void tst_SqlCompile::refusesAggregatesInWhere()
{
    const Error error =
        errorOf([&] { compiled(select({t_.users["name"]}).from(t_.users).where(count(t_.users["id"]) > 1)); });
    QCOMPARE(error.kind, ErrorKind::Misuse);
    QVERIFY(error.message.find("WHERE") != std::string::npos && error.message.find("HAVING") != std::string::npos);
    QCOMPARE(errorOf([&] { compiled(select({t_.users["name"]}).from(t_.users).where(func::rank().over() == 1)); }).kind,
             ErrorKind::Misuse);
    QCOMPARE(errorOf([&] { compiled(update(t_.users).set("age", 1).where(func::max(t_.users["age"]) > 3)); }).kind,
             ErrorKind::Misuse);
    // One row's own maximum is none, and a subquery has aggregates of its own.
    compiled(select({t_.users["name"]}).from(t_.users).where(function("max", t_.users["age"], 3) > 1));
    compiled(select({t_.users["name"]})
                 .from(t_.users)
                 .where(t_.users["age"] == select({func::max(t_.users["age"])}).from(t_.users).scalar()));
    compiled(select({t_.users["name"]}).from(t_.users).groupBy({t_.users["name"]}).having(count() > 1));
}

void tst_SqlCompile::refusesTooManyParameters()
{
    std::vector<std::vector<Expr>> rows;
    for (int i = 0; i < 825; ++i)
        rows.push_back({i, "name", i, i});
    const Insert many = insert(t_.users).rows({"id", "name", "age", "balance"}, rows);
    const Error error = errorOf([&] { compiled(many, "mssql"); });
    QCOMPARE(error.kind, ErrorKind::Unsupported);
    QVERIFY(error.message.find("3300") != std::string::npos && error.message.find("2100") != std::string::npos);
    std::size_t values = 0;
    for (const Insert &part : many.split(2100)) {
        const Compiled one = dialectNamed("mssql")->compile(part);
        QVERIFY(one.parameters.size() <= 2100);
        values += one.parameters.size();
    }
    QCOMPARE(values, std::size_t{3300});
    QCOMPARE(errorOf([&] { many.split(2); }).kind, ErrorKind::Misuse);
    QCOMPARE(insert(t_.users).rows({"id"}, std::vector<std::vector<Expr>>(1500, {1})).split(2100).size(),
             std::size_t{2});
}

void tst_SqlCompile::refusesBadNames()
{
    const std::string nul("a\0b", 3);
    for (const Dialect *dialect : allDialects()) {
        const Error error = errorOf([&] { dialect->compile(select({column(nul)})); });
        QCOMPARE(error.kind, ErrorKind::Misuse);
        QVERIFY(error.message.find("NUL") != std::string::npos);
    }
    // Wherever a name can stand.
    const Source odd = namedTable(nul, {"x"}), schema = namedTable("t", {"x"}, nul), strange = namedTable("t", {nul});
    const std::pair<const char *, Statement> places[] = {
        {"table", select({odd["x"]})},
        {"schema", select({schema["x"]})},
        {"column", select({strange[nul]})},
        {"alias", select({t_.users.alias(nul)["id"]})},
        {"label", select({t_.users["id"].label(nul)})},
        {"subquery", select({select({t_.users["id"]}).subquery(nul)["id"]})},
        {"common table", select({select({t_.users["id"]}).cte(nul)["id"]})},
        {"function", select({function(nul)})},
        {"column of VALUES", select({values({nul}, {{1}}, "v")[nul]})},
        {"collation", select({collate(t_.users["name"], nul)})},
        {"inserted column", insert(namedTable("t")).value(nul, 1)},
        {"updated column", update(namedTable("t")).set(nul, 1)},
        {"target", delete_(odd)},
    };
    for (const auto &[place, statement] : places)
        for (const Dialect *dialect : allDialects()) {
            const Error error = errorOf([&, &what = statement] { dialect->compile(what); });
            const std::string said = std::string(place) + " on " + std::string(dialect->name()) + ": " + error.message;
            QVERIFY2(error.kind == ErrorKind::Misuse || error.kind == ErrorKind::Unsupported, said.c_str());
            if (error.kind == ErrorKind::Misuse) {
                QVERIFY2(error.message.find("'a…' holds a NUL") != std::string::npos ||
                             error.message.find("no name of a collation") != std::string::npos,
                         said.c_str());
                QVERIFY2(error.context.find("compiling for " + std::string(dialect->name())) == 0, said.c_str());
            }
        }
    QCOMPARE(errorOf([] { extract("year FROM x); --", column("a")); }).kind, ErrorKind::Misuse);
    QCOMPARE(compiled(select({function("evil(); --")})), std::string("SELECT \"evil(); --\"()"));
}

void tst_SqlCompile::refusesUnknownColumns()
{
    QCOMPARE(errorOf([&] { t_.users["nope"]; }).kind, ErrorKind::NotFound);
    QCOMPARE(errorOf([&] { t_.sub["nope"]; }).kind, ErrorKind::NotFound);
    QCOMPARE(errorOf([&] { compiled(insert(t_.users).value("nope", 1)); }).kind, ErrorKind::NotFound);
    QCOMPARE(errorOf([&] { compiled(update(t_.users).set("nope", 1)); }).kind, ErrorKind::NotFound);
    QCOMPARE(errorOf([&] { insert(t_.users).rows({"id"}, {{1, 2}}); }).kind, ErrorKind::Misuse);
    QCOMPARE(errorOf([&] {
                 union_({select({t_.users["id"]}), select({t_.users["id"], t_.users["name"]})});
             }).kind,
             ErrorKind::Misuse);
}

void tst_SqlCompile::joinsAlongForeignKeys()
{
    QCOMPARE(compiled(select({t_.users["name"]}).from(t_.users).join(t_.orders).leftJoin(t_.items)),
             std::string("SELECT users.name FROM users JOIN orders ON users.id = orders.user_id LEFT OUTER JOIN items "
                         "ON orders.id = items.order_id"));
    const Source boss = t_.users.alias();
    QCOMPARE(compiled(select({boss["name"]}).from(t_.orders).join(boss)),
             std::string("SELECT users_1.name FROM orders JOIN users AS users_1 ON users_1.id = orders.user_id"));
    // A subquery that shows the key can be joined by it.
    QCOMPARE(compiled(select({t_.users["name"], t_.sub["n"]}).from(t_.users.join(t_.sub))),
             std::string("SELECT users.name, sub.n FROM users JOIN (SELECT addresses.user_id, count(*) AS n FROM "
                         "addresses GROUP BY addresses.user_id) AS sub ON "
                         "users.id = sub.user_id"));
    QCOMPARE(compiled(select({t_.users["id"], t_.orders["id"]}).from(t_.users).crossJoin(t_.orders)),
             std::string("SELECT users.id, orders.id AS id_1 FROM users CROSS JOIN orders"));
}

void tst_SqlCompile::upsertsInEachDialect()
{
    const Insert upsert = insert(t_.users)
                              .value("id", 1)
                              .value("name", "x")
                              .onConflictDoUpdate({t_.users["id"]}, {{"name", excluded("name")}});
    QCOMPARE(
        compiled(upsert),
        std::string("INSERT INTO users (id, name) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name"));
    QCOMPARE(compiled(upsert, "postgresql"),
             std::string(
                 "INSERT INTO users (id, name) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET name = excluded.name"));
    QCOMPARE(compiled(upsert, "mysql"),
             std::string("INSERT INTO users (id, name) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)"));
    QCOMPARE(
        compiled(upsert, "mssql"),
        std::string("MERGE INTO users WITH (HOLDLOCK) USING (VALUES (?, ?)) AS excluded (id, name) ON (users.id = "
                    "excluded.id) WHEN MATCHED THEN UPDATE SET name "
                    "= excluded.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (excluded.id, excluded.name);"));
    QCOMPARE(compiled(upsert, "oracle"),
             std::string("MERGE INTO users USING (SELECT :1 AS id, :2 AS name FROM DUAL) excluded ON (users.id = "
                         "excluded.id) WHEN MATCHED THEN UPDATE SET name = "
                         "excluded.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (excluded.id, excluded.name)"));
    const Insert nothing = insert(t_.users).value("id", 1).onConflictDoNothing();
    QCOMPARE(compiled(nothing, "mysql"),
             std::string("INSERT INTO users (id) VALUES (?) ON DUPLICATE KEY UPDATE id = users.id"));
    QCOMPARE(errorOf([&] { compiled(nothing, "mssql"); }).kind, ErrorKind::Unsupported);
}

void tst_SqlCompile::mergesWhereThereIsMerge()
{
    const Merge statement = merge(t_.orders)
                                .using_(t_.users, t_.orders["user_id"] == t_.users["id"])
                                .whenMatchedUpdate({{"total", t_.users["balance"]}})
                                .whenNotMatchedInsert({{"user_id", t_.users["id"]}, {"total", 0}});
    QCOMPARE(compiled(statement, "postgresql"),
             std::string("MERGE INTO orders USING users ON (orders.user_id = users.id) WHEN MATCHED THEN UPDATE SET "
                         "total = users.balance WHEN NOT MATCHED THEN INSERT "
                         "(user_id, total) VALUES (users.id, $1)"));
    for (const char *dialect : {"sqlite", "mysql"}) {
        const Error error = errorOf([&] { compiled(statement, dialect); });
        QCOMPARE(error.kind, ErrorKind::Unsupported);
        QCOMPARE(error.message, std::string(dialect) + " has no MERGE");
    }
}

void tst_SqlCompile::parenthesesOnlyWhereNeeded()
{
    const Expr a = column("a"), b = column("b"), c = column("c");
    const auto text = [](const Expr &e) { return compiled(select({e})).substr(7); };
    QCOMPARE(text(a + b * c), std::string("a + b * c"));
    QCOMPARE(text((a + b) * c), std::string("(a + b) * c"));
    QCOMPARE(text(a - b - c), std::string("a - b - c"));
    QCOMPARE(text(a - (b - c)), std::string("a - (b - c)"));
    QCOMPARE(text(-(-a)), std::string("-(-a)"));
    QCOMPARE(text(-(a + b)), std::string("-(a + b)"));
    QCOMPARE(text(a == 1 && (b == 2 || c == 3)), std::string("a = ? AND (b = ? OR c = ?)"));
    QCOMPARE(text((a == 1 && b == 2) || c == 3), std::string("a = ? AND b = ? OR c = ?"));
    QCOMPARE(text(!(a == 1 || b == 2)), std::string("NOT (a = ? OR b = ?)"));
    QCOMPARE(text((a > b) == (b > c)), std::string("(a > b) = (b > c)"));
    QCOMPARE(text(concat({a, b + c})), std::string("a || (b + c)"));
    QCOMPARE(dialectNamed("sqlite")->literalSql(select({-bind(-5), a - bind(-5)})),
             std::string("SELECT -(-5), a - -5"));
}

void tst_SqlCompile::negatesWithoutNot()
{
    const auto text = [](const Expr &e) { return compiled(select({e})).substr(7); };
    const Expr a = column("a");
    QCOMPARE(text(!(a > 1)), std::string("a <= ?"));
    QCOMPARE(text(!in(a, {1})), std::string("a NOT IN (?)"));
    QCOMPARE(text(!between(a, 1, 2)), std::string("a NOT BETWEEN ? AND ?"));
    QCOMPARE(text(!!(a == 1)), std::string("a = ?"));
    QCOMPARE(text(!(a == nullptr)), std::string("a IS NOT NULL"));
    // a > ALL is not the opposite of a <= ALL.
    const Select query = select({t_.users["age"]}).from(t_.users);
    QCOMPARE(compiled(select({t_.orders["id"]}).where(!(t_.orders["id"] > all_(query))), "postgresql"),
             std::string("SELECT orders.id FROM orders WHERE NOT orders.id > ALL (SELECT users.age FROM users)"));
}

void tst_SqlCompile::conditionsAsValues()
{
    // NULL > 3 is neither true nor false, and stays NULL where a condition is no value.
    const Statement older = select({(t_.users["age"] > 3).label("older")}).orderBy({t_.users["name"] == nullptr});
    QCOMPARE(compiled(older), "SELECT users.age > ? AS older FROM users ORDER BY users.name IS NULL");
    QCOMPARE(compiled(older, "mssql"),
             "SELECT CASE WHEN users.age > ? THEN 1 WHEN users.age <= ? THEN 0 END AS older FROM users ORDER BY CASE "
             "WHEN users.name IS NULL THEN 1 ELSE 0 END");
    QCOMPARE(compiled(update(t_.users).set("active", t_.users["age"] > 3), "oracle"),
             "UPDATE users SET active = CASE WHEN age > :1 THEN 1 WHEN age <= :2 THEN 0 END");
    QCOMPARE(compiled(select({notExists(select({t_.orders["id"]})), in(t_.users["id"], {})}).from(t_.users), "mssql"),
             "SELECT CASE WHEN NOT EXISTS (SELECT orders.id FROM orders) THEN 1 ELSE 0 END, 0 FROM users");
    // In a place for conditions it stays one, also below a label.
    QCOMPARE(compiled(select({t_.users["id"]}).where((t_.users["age"] > 3).label("older")), "mssql"),
             "SELECT users.id FROM users WHERE users.age > ?");
    QCOMPARE(compiled(select({t_.users["id"]}).where(t_.users["active"].label("a"))),
             "SELECT users.id FROM users WHERE users.active = 1");
    // The values come twice where the text does.
    QCOMPARE(texts(dialectNamed("mssql")->compile(older)), (Texts{"3", "3"}));
}

void tst_SqlCompile::comparesRows()
{
    const Expr row = tuple({t_.items["order_id"], t_.items["line_no"]});
    const auto where = [&](const Expr &e, const char *dialect) {
        const std::string sql = compiled(select({t_.items["qty"]}).where(e), dialect);
        return sql.substr(sql.find("WHERE ") + 6);
    };
    QCOMPARE(where(row > tuple({1, 2}), "sqlite"), "(items.order_id, items.line_no) > (?, ?)");
    QCOMPARE(where(row > tuple({1, 2}), "mssql"), "(items.order_id > ? OR items.order_id = ? AND items.line_no > ?)");
    QCOMPARE(where(row <= tuple({1, 2}), "oracle"),
             "(items.order_id < :1 OR items.order_id = :2 AND items.line_no <= :3)");
    QCOMPARE(where(row != tuple({1, 2}), "mssql"), "(items.order_id != ? OR items.line_no != ?)");
    QCOMPARE(errorOf([&] { where(row == tuple({1}), "mssql"); }).kind, ErrorKind::Misuse);
}

void tst_SqlCompile::sortsByWhatIsSelected()
{
    const Expr twice = (t_.users["age"] * 2).label("twice");
    QCOMPARE(compiled(select({twice}).where(twice > 5).orderBy({twice.desc()})),
             "SELECT users.age * ? AS twice FROM users WHERE users.age * ? > ? ORDER BY twice DESC");
    // A label of another query is only its expression, and a window has no names.
    QCOMPARE(compiled(select({t_.users["id"]}).orderBy({twice})), "SELECT users.id FROM users ORDER BY users.age * ?");
    QCOMPARE(compiled(select({twice, func::rank().over(window().orderBy({twice}))})),
             "SELECT users.age * ? AS twice, rank() OVER (ORDER BY users.age * ?) FROM users");
    // The rows of a UNION have the names of its first part and no table.
    const Expr id = t_.users["id"].label("ident");
    for (const Expr &key : {id, column("ident")})
        QCOMPARE(compiled(union_({select({id}), select({t_.orders["id"]})}).orderBy({key.desc()})),
                 "SELECT users.id AS ident FROM users UNION SELECT orders.id FROM orders ORDER BY ident DESC");
    QCOMPARE(compiled(union_({select({t_.users["id"]}), select({t_.orders["id"]})}).orderBy({t_.users["id"]})),
             "SELECT users.id FROM users UNION SELECT orders.id FROM orders ORDER BY id");
}

void tst_SqlCompile::groupsByTheSameValues()
{
    // Two parameters are two values to the server, and what is selected would be no key of the groups.
    const auto key = [&] { return t_.users["age"] % 10; };
    const Statement grouped = select({key().label("k"), count()}).groupBy({key()}).having(count() > 1);
    QCOMPARE(compiled(grouped, "postgresql"),
             "SELECT users.age % $1 AS k, count(*) FROM users GROUP BY users.age % $1 HAVING count(*) > $2");
    QCOMPARE(compiled(grouped, "oracle"),
             "SELECT mod(users.age, :1) AS k, count(*) FROM users GROUP BY mod(users.age, :1) HAVING count(*) > :2");
    QCOMPARE(compiled(grouped, "mssql"),
             "SELECT users.age % 10 AS k, count(*) FROM users GROUP BY users.age % 10 HAVING count(*) > ?");
    QCOMPARE(texts(dialectNamed("postgresql")->compile(grouped)), (Texts{"10", "1"}));
    QCOMPARE(compiled(select({key()}).distinct().orderBy({key()}), "postgresql"),
             "SELECT DISTINCT users.age % $1 FROM users ORDER BY users.age % $1");
    QCOMPARE(compiled(select({count()}).from(t_.users).groupBy({key()}).having(key() > 3), "postgresql"),
             "SELECT count(*) FROM users GROUP BY users.age % $1 HAVING users.age % $1 > $2");
    // Other values are another key, also out of the cache.
    for (const int divisor : {3, 4}) {
        const Statement other = select({t_.users["age"] % divisor, count()}).groupBy({t_.users["age"] % divisor});
        QCOMPARE(texts(dialectNamed("postgresql")->compile(other)), (Texts{std::to_string(divisor)}));
        QVERIFY(compiled(other, "mysql").ends_with("GROUP BY users.age % " + std::to_string(divisor)));
    }
}

void tst_SqlCompile::searchesTexts()
{
    const Statement found = select({t_.users["id"]}).where(match(t_.users["name"], "x"));
    const auto where = [&](const char *dialect) {
        const std::string sql = compiled(found, dialect);
        return sql.substr(sql.find("WHERE ") + 6);
    };
    QCOMPARE(where("sqlite"), "users.name MATCH ?");
    QCOMPARE(where("postgresql"), "users.name @@ plainto_tsquery($1)");
    QCOMPARE(where("mysql"), "MATCH (users.name) AGAINST (? IN BOOLEAN MODE)");
    QCOMPARE(where("mssql"), "CONTAINS (users.name, ?)");
    QCOMPARE(where("oracle"), "CONTAINS (users.name, :1) > 0");
}

void tst_SqlCompile::namesColumnsFromInside()
{
    // A bare id inside of the subquery would be that of orders.
    const Expr spent =
        select({func::sum(t_.orders["total"])}).from(t_.orders).where(t_.orders["user_id"] == t_.users["id"]).scalar();
    QCOMPARE(compiled(update(t_.users).set("balance", spent).returning({t_.users["id"]}), "mssql"),
             "UPDATE users SET balance = (SELECT sum(orders.total) FROM orders WHERE orders.user_id = users.id) OUTPUT "
             "inserted.id");
    QCOMPARE(compiled(update(t_.users).set("balance", spent).limit(3), "mysql"),
             "UPDATE users SET balance = (SELECT sum(orders.total) FROM orders WHERE orders.user_id = users.id) LIMIT "
             "?");
    QCOMPARE(compiled(insert(t_.users).value("name", "x").returning({t_.users["id"], spent})),
             "INSERT INTO users (name) VALUES (?) RETURNING id, (SELECT sum(orders.total) FROM orders WHERE "
             "orders.user_id = users.id)");
    const Update moved = update(t_.users)
                             .set("balance", t_.orders["total"])
                             .from(t_.orders)
                             .where(t_.users["id"] == t_.orders["user_id"])
                             .returning({t_.users["id"], t_.orders["id"]});
    QCOMPARE(
        compiled(moved, "mssql"),
        "UPDATE users SET balance = orders.total OUTPUT inserted.id, orders.id FROM users, orders WHERE users.id = "
        "orders.user_id");
    QCOMPARE(errorOf([&] { compiled(moved); }).kind, ErrorKind::Unsupported);
    QCOMPARE(compiled(update(t_.u2).set("age", 2).where(t_.u2["id"] == 1), "mssql"),
             "UPDATE u2 SET age = ? FROM users AS u2 WHERE id = ?");
    QCOMPARE(compiled(delete_(t_.u2).where(t_.u2["id"] == 1), "mysql"),
             "DELETE FROM u2 USING users AS u2 WHERE id = ?");
}

void tst_SqlCompile::refusesWhatADatabaseLacks()
{
    std::vector<std::vector<Expr>> many(1001, {1});
    const Expr names = func::aggregateStrings(distinct(t_.users["name"]), "; ");
    const Insert row = insert(t_.users).values({{"id", 1}, {"name", "x"}});
    const struct
    {
        Statement statement;
        const char *dialect, *construct;
    } all[] = {
        {select({names}), "sqlite", "separator"},
        {select({names}), "mssql", "DISTINCT in string_agg"},
        {select({count()}).from(t_.users).groupBy({t_.users["id"], func::rollup({t_.users["age"]})}), "mysql",
         "ROLLUP"},
        {row.upsert({.constraint = "users_pkey", .set = {{"name", "y"}}}), "sqlite", "users_pkey"},
        {row.upsert({.constraint = "users_pkey", .set = {{"name", "y"}}}), "mysql", "users_pkey"},
        {row.onDuplicateKeyUpdate({{"name", "y"}}), "postgresql", "upsert"},
        {insert(t_.users).rows({"id"}, many), "mssql", "1001"},
        {select({t_.users["id"]}).limit(3).forUpdate(), "oracle", "FOR UPDATE of a query with FETCH"},
        {insert(t_.users).rows({"id"}, {{1}, {defaultValue()}}), "oracle", "DEFAULT"},
        {delete_(t_.orders).using_(t_.users).where(t_.orders["user_id"] == t_.users["id"]).returning({star()}), "mysql",
         "RETURNING"},
    };
    for (const auto &each : all) {
        const Error error = errorOf([&] { compiled(each.statement, each.dialect); });
        QVERIFY2(error.kind == ErrorKind::Unsupported, error.message.c_str());
        QVERIFY2(error.message.starts_with(std::string(each.dialect) + " has no ") &&
                     error.message.find(each.construct) != std::string::npos,
                 error.message.c_str());
    }
    QCOMPARE(compiled(select({func::aggregateStrings(distinct(t_.users["name"]), ",")})),
             "SELECT group_concat(DISTINCT users.name) FROM users");
    QCOMPARE(errorOf([&] { compiled(select({func::aggregateStrings(distinct(t_.users["name"]), "|")})); }).kind,
             ErrorKind::Unsupported);
    // Each dialect looks at what an UPDATE sets and where.
    for (const Dialect *dialect : allDialects()) {
        QCOMPARE(errorOf([&] { dialect->compile(update(t_.u2).set("nope", 1)); }).kind, ErrorKind::NotFound);
        QCOMPARE(errorOf([&] { dialect->compile(update(t_.users).set("age", count(t_.users["id"]))); }).kind,
                 ErrorKind::Misuse);
        QCOMPARE(errorOf([&] { dialect->compile(delete_(t_.u2).where(func::max(t_.u2["id"]) > 1)); }).kind,
                 ErrorKind::Misuse);
    }
}

void tst_SqlCompile::nullIsNoValue()
{
    const Expr a = column("a");
    const auto text = [](const Expr &e) { return compiled(select({e})).substr(7); };
    QCOMPARE(text(a == nullptr), std::string("a IS NULL"));
    QCOMPARE(text(a != Value()), std::string("a IS NOT NULL"));
    QCOMPARE(text(isNotDistinctFrom(a, nullptr)), std::string("a IS NULL"));
    QVERIFY(and_({}).isEmpty());
    QCOMPARE(text(and_({true_(), a == 1})), std::string("a = ?"));
    QCOMPARE(text(or_({true_(), a == 1})), std::string("1"));
}

void tst_SqlCompile::quotesWhatMustBeQuoted()
{
    const auto quoted = [](const char *name, const char *dialect) { return dialectNamed(dialect)->quote(name); };
    for (const char *name : {"ix\"1", "User Id", "a.b", "SELECT", "order", "1a", "b'c", "é"})
        for (const Dialect *dialect : allDialects()) {
            const std::string text = dialect->quote(name);
            QVERIFY2(text.front() == '"' || text.front() == '`' || text.front() == '[', text.c_str());
        }
    QCOMPARE(quoted("ix\"1", "sqlite"), std::string("\"ix\"\"1\""));
    QCOMPARE(quoted("a`b", "mysql"), std::string("`a``b`"));
    QCOMPARE(quoted("a]b", "mssql"), std::string("[a]]b]"));
    QCOMPARE(quoted("plain_name", "oracle"), std::string("plain_name"));
    QCOMPARE(compiled(select({column("a").label("'b'c'")})), std::string("SELECT a AS \"'b'c'\""));
}

void tst_SqlCompile::copiesAreIndependent()
{
    const Select base = select({t_.users["id"]}).from(t_.users);
    const Select narrow = base.where(t_.users["age"] > 1);
    const Select other = base.where(t_.users["age"] > 2).limit(3);
    QCOMPARE(compiled(base), std::string("SELECT users.id FROM users"));
    QCOMPARE(compiled(narrow), std::string("SELECT users.id FROM users WHERE users.age > ?"));
    QCOMPARE(compiled(other), std::string("SELECT users.id FROM users WHERE users.age > ? LIMIT ?"));
    const Statement sliced = narrow;
    QCOMPARE(compiled(sliced), compiled(narrow));
}

void tst_SqlCompile::ctesCarryThemselves()
{
    const Source first = select({t_.users["id"]}).where(t_.users["age"] > 1).cte("first");
    const Source second = select({first["id"]}).where(first["id"] > 2).cte("second");
    QCOMPARE(compiled(select({second["id"]}).where(in(second["id"], select({first["id"]}).from(first)))),
             std::string("WITH first AS (SELECT users.id FROM users WHERE users.age > ?), second AS (SELECT first.id "
                         "FROM first WHERE first.id > ?) SELECT second.id "
                         "FROM second WHERE second.id IN (SELECT first.id FROM first)"));
    const Source twin = select({t_.orders["id"]}).cte("first");
    QCOMPARE(errorOf([&] { compiled(select({first["id"], twin["id"]})); }).kind, ErrorKind::Misuse);
}

void tst_SqlCompile::changesDataInCtes()
{
    const Source gone = delete_(t_.orders).where(t_.orders["total"] == 0).returning({t_.orders["user_id"]}).cte("gone");
    QCOMPARE(compiled(select({gone["user_id"]}), "postgresql"),
             std::string(
                 "WITH gone AS (DELETE FROM orders WHERE total = $1 RETURNING user_id) SELECT gone.user_id FROM gone"));
    QCOMPARE(errorOf([&] { compiled(select({gone["user_id"]})); }).kind, ErrorKind::Unsupported);
    const Source added = insert(t_.log).value("msg", "x").cte("added");
    QCOMPARE(compiled(select({t_.users["id"]}).from(t_.users).with(added), "postgresql"),
             std::string("WITH added AS (INSERT INTO audit.log (msg) VALUES ($1)) SELECT users.id FROM users"));
}

void tst_SqlCompile::locksAndFetches()
{
    const Select query = select({t_.users["id"]}).from(t_.users);
    QCOMPARE(compiled(query.forUpdate({.wait = RowLock::Wait::SkipLocked, .of = {t_.users}}), "postgresql"),
             std::string("SELECT users.id FROM users FOR UPDATE OF users SKIP LOCKED"));
    QCOMPARE(compiled(query.forUpdate({.strength = RowLock::Strength::Share}), "mysql"),
             std::string("SELECT users.id FROM users LOCK IN SHARE MODE"));
    const Select tied = query.orderBy({t_.users["age"]}).fetch(3, true);
    QCOMPARE(compiled(tied, "postgresql"),
             std::string("SELECT users.id FROM users ORDER BY users.age FETCH FIRST ($1) ROWS WITH TIES"));
    QCOMPARE(compiled(tied, "mssql"), std::string("SELECT TOP 3 WITH TIES users.id FROM users ORDER BY users.age"));
    QCOMPARE(compiled(tied, "oracle"),
             std::string("SELECT users.id FROM users ORDER BY users.age FETCH FIRST 3 ROWS WITH TIES"));
    QCOMPARE(errorOf([&] { compiled(tied); }).kind, ErrorKind::Unsupported);
    QCOMPARE(compiled(query.limit(5).offset(2), "mssql"),
             std::string("SELECT users.id FROM users ORDER BY (SELECT NULL) OFFSET ? ROWS FETCH FIRST ? ROWS ONLY"));
}

void tst_SqlCompile::textsKeepTheirQuestionMarks()
{
    const Compiled done =
        dialectNamed("postgresql")
            ->compile(select({t_.users["id"]}).where(text("name <> '?' AND age > ? -- ?\n", {Value(3)})));
    QCOMPARE(done.sql, std::string("SELECT users.id FROM users WHERE name <> '?' AND age > $1 -- ?\n"));
    QCOMPARE(texts(done), (Texts{"3"}));
    QCOMPARE(errorOf([&] { compiled(select({text("a", {Value(1)})})); }).kind, ErrorKind::Misuse);
}

void tst_SqlCompile::writesLines()
{
    QCOMPARE(
        dialectNamed("sqlite")->literalSql(
            select({t_.users["id"]})
                .from(t_.users)
                .where(in(t_.users["id"], select({t_.orders["user_id"]}).from(t_.orders)))
                .limit(3),
            true),
        std::string("SELECT users.id\nFROM users\nWHERE users.id IN (SELECT orders.user_id FROM orders)\nLIMIT 3"));
}

void tst_SqlCompile::writesNastyLiterals()
{
    const auto literal = [](const char *dialect, const Value &value) -> std::string {
        try {
            return dialectNamed(dialect)->literal(value);
        } catch (const Error &error) {
            return error.kind == ErrorKind::Conversion ? "refused" : "another error";
        }
    };
    struct Row
    {
        Value value;
        const char *sqlite, *postgresql, *mysql, *mssql, *oracle;
    };
    const double infinity = std::numeric_limits<double>::infinity();
    const Row rows[] = {
        {Value("it's"), "'it''s'", "'it''s'", "'it''s'", "'it''s'", "'it''s'"},
        {Value("a\\'"), R"('a\''')", R"(E'a\\''')", R"('a\\''')", R"('a\''')", R"('a\''')"},
        {Value(std::string("a\0b", 3)), "CAST(X'610062' AS TEXT)", "refused", "_utf8mb4 X'610062'", "refused",
         "refused"},
        {Value("ž"), "'ž'", "'ž'", "'ž'", "N'ž'", "'ž'"},
        {Value(infinity), "9e999", "'Infinity'", "refused", "refused", "refused"},
        {Value(std::nan("")), "refused", "'NaN'", "refused", "refused", "refused"},
        {Value(Decimal("NaN")), "'NaN'", "'NaN'", "refused", "refused", "refused"},
        {Value(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808", "'-9223372036854775808'",
         "-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
        {Value(Bytes{std::string("\0'\xff", 3)}), "X'0027ff'", R"('\x0027ff')", "X'0027ff'", "0x0027ff",
         "HEXTORAW('0027ff')"},
        {Value(*Date::parse("2024-02-29")), "'2024-02-29'", "'2024-02-29'", "'2024-02-29'", "'2024-02-29'",
         "DATE '2024-02-29'"},
        {Value(*Time::parse("13:14:15.5")), "'13:14:15.5'", "'13:14:15.5'", "'13:14:15.5'", "'13:14:15.5'",
         "'13:14:15.5'"},
        {Value(*DateTime::parse("2024-02-29 13:14:15.5+05:30")), "'2024-02-29 13:14:15.5+05:30'",
         "'2024-02-29 13:14:15.5+05:30'", "'2024-02-29 13:14:15.5+05:30'", "'2024-02-29 13:14:15.5+05:30'",
         "TIMESTAMP '2024-02-29 13:14:15.5 +05:30'"},
        {Value(*DateTime::parse("infinity")), "'infinity'", "'infinity'", "refused", "refused", "refused"},
        {Value(R"({"a": "\"x\""})"), R"('{"a": "\"x\""}')", R"(E'{"a": "\\"x\\""}')", R"('{"a": "\\"x\\""}')",
         R"('{"a": "\"x\""}')", R"('{"a": "\"x\""}')"},
    };
    for (const Row &row : rows) {
        QCOMPARE(literal("sqlite", row.value), row.sqlite);
        QCOMPARE(literal("postgresql", row.value), row.postgresql);
        QCOMPARE(literal("mysql", row.value), row.mysql);
        QCOMPARE(literal("mssql", row.value), row.mssql);
        QCOMPARE(literal("oracle", row.value), row.oracle);
    }
    // What looks like a placeholder inside of a literal stays what it is.
    for (const Dialect *dialect : allDialects())
        QVERIFY(dialect->literalSql(select({bind("? $1 :x"), bind(7)})).starts_with("SELECT '? $1 :x', 7"));
}

void tst_SqlCompile::cacheKeepsShapesApart()
{
    // Each pair differs in one thing that the text depends on, or in which places share a parameter.
    const Expr id = t_.users["id"], one = bind(1);
    const auto where = [&](const Expr &e) { return select({id}).from(t_.users).where(e); };
    std::vector<Statement> all{where(id == 1),
                               where(id != 1),
                               where(id == 1.5),
                               where(id == "1"),
                               where(id == inlined(1)),
                               where(id == inlined(2)),
                               where(in(id, {1, 2})),
                               where(in(id, {1, 2, 3})),
                               where(notIn(id, {1, 2})),
                               where(in(id, {one, one})),
                               where(id == parameter("a")),
                               where(id == parameter("b")),
                               where(like(t_.users["name"], "a")),
                               where(like(t_.users["name"], "a", "/")),
                               where(contains(t_.users["name"], "a")),
                               where(startsWith(t_.users["name"], "a")),
                               where(t_.users["age"] == 1),
                               where(id == 1).limit(1),
                               where(id == 1).limit(7),
                               where(id == 1).offset(1),
                               where(id == 1).distinct(),
                               where(id == 1).orderBy({id}),
                               where(id == 1).orderBy({id.desc()}),
                               where(id == 1).orderBy({id.nullsLast()}),
                               select({id.label("x")}).from(t_.users),
                               select({id.label("y")}).from(t_.users),
                               select({t_.u2["id"]}).from(t_.u2),
                               select({cast(id, types::integer())}).from(t_.users),
                               select({cast(id, types::numeric(4, 2))}).from(t_.users),
                               select({cast(id, types::numeric(4, 3))}).from(t_.users),
                               select({parameter("q", 1), parameter("q", 1)}),
                               select({parameter("q", 1), parameter("q", 2)}),
                               select({one + one}),
                               select({bind(1) + bind(1)}),
                               update(t_.users).set("age", 1),
                               update(t_.users).set("name", 1),
                               delete_(t_.users).where(id == 1),
                               insert(t_.users).value("id", 1),
                               insert(t_.users).value("id", 1).onConflictDoNothing()};
    for (const Dialect *dialect : allDialects())
        for (int round = 0; round < 2; ++round)
            for (const Statement &statement : all) {
                Compiled fresh;
                try {
                    fresh = dialect->compileAs(statement, {});
                } catch (const Error &error) {
                    QCOMPARE(errorOf([&] { dialect->compile(statement); }).message, error.message);
                    continue;
                }
                const Compiled cached = dialect->compile(statement);
                QCOMPARE(cached.sql, fresh.sql);
                QVERIFY(cached.parameters == fresh.parameters);
            }
    // A table of the same name with other content is another table.
    CompileCache cache(4);
    const auto flag = [](Type type) { return corpus::makeTable("", "f", {{"x", std::move(type)}}, {}); };
    const Source text = flag(types::text()), truth = flag(types::boolean());
    QCOMPARE(cache.compile<SqliteCompiler>(select({text["x"]}).where(text["x"])).sql,
             std::string("SELECT f.x FROM f WHERE f.x"));
    QCOMPARE(cache.compile<SqliteCompiler>(select({truth["x"]}).where(truth["x"])).sql,
             std::string("SELECT f.x FROM f WHERE f.x = 1"));
}

void tst_SqlCompile::cacheGivesTheNewValues()
{
    CompileCache cache(4);
    const Source first = t_.users.alias("u");
    for (int i = 0; i < 20; ++i) {
        const Select query =
            select({first["id"]})
                .from(first)
                .where(first["age"] > i && first["name"] == std::to_string(i) && in(first["id"], {i, i + 1}))
                .limit(i)
                .offset(parameter("skip", i * 2));
        const Compiled done = cache.compile<SqliteCompiler>(query);
        QCOMPARE(texts(done), (Texts{std::to_string(i), std::to_string(i), std::to_string(i), std::to_string(i + 1),
                                     std::to_string(i), "skip"}));
        QCOMPARE(done.parameters.back().value, Value(i * 2));
    }
    QCOMPARE(cache.misses(), std::size_t{1});
    QCOMPARE(cache.hits(), std::size_t{19});
    // The same expression at two places shares its value; two that are alike do not.
    const Expr one = bind(1);
    QCOMPARE(texts(cache.compile<SqliteCompiler>(select({one, one}))), (Texts{"1", "1"}));
    QCOMPARE(texts(cache.compile<SqliteCompiler>(select({bind(1), bind(2)}))), (Texts{"1", "2"}));
    for (int i = 0; i < 10; ++i) // more shapes than it holds
        cache.compile<SqliteCompiler>(select({column("c" + std::to_string(i))}));
    QCOMPARE(cache.compile<SqliteCompiler>(select({column("c0")})).sql, std::string("SELECT c0"));
}

void tst_SqlCompile::ordersJoinedTexts()
{
    const Statement names =
        select({func::aggregateStrings(aggregateOrder(t_.users["name"], {t_.users["id"].desc()}), "; ")});
    QCOMPARE(compiled(names, "postgresql"), "SELECT string_agg(users.name, $1 ORDER BY users.id DESC) FROM users");
    QCOMPARE(compiled(names, "mysql"),
             "SELECT group_concat(users.name ORDER BY users.id DESC SEPARATOR '; ') FROM users");
    QCOMPARE(compiled(names, "mssql"),
             "SELECT string_agg(users.name, ?) WITHIN GROUP (ORDER BY users.id DESC) FROM users");
    QCOMPARE(compiled(names, "oracle"),
             "SELECT LISTAGG(users.name, :1) WITHIN GROUP (ORDER BY users.id DESC) FROM users");
    QCOMPARE(errorOf([&] { compiled(names); }).kind, ErrorKind::Unsupported);
}

void tst_SqlCompile::namesTheColumnsOfValues()
{
    const Values rows = valuesQuery({{1, "a"}, {2, "b"}}, {"k", "s"});
    const Source common = rows.cte("v"), inFrom = rows.subquery("v");
    QCOMPARE(compiled(select({common["s"]})), "WITH v (k, s) AS (VALUES (?, ?), (?, ?)) SELECT v.s FROM v");
    QCOMPARE(compiled(select({common["s"]}), "mysql"),
             "WITH v (k, s) AS (SELECT ?, ? UNION ALL SELECT ?, ?) SELECT v.s FROM v");
    for (const char *dialect : {"sqlite", "postgresql", "mysql", "mssql", "oracle"}) {
        const Source direct = values({"k", "s"}, {{1, "a"}, {2, "b"}}, "v");
        QCOMPARE(compiled(select({inFrom["s"]}), dialect), compiled(select({direct["s"]}), dialect));
    }
}

void tst_SqlCompile::returnsAllColumns()
{
    const Statement added = insert(t_.log).value("msg", "x").returning({star()});
    QCOMPARE(compiled(added, "mssql"), "INSERT INTO audit.log (msg) OUTPUT inserted.* VALUES (?)");
    QCOMPARE(compiled(added), "INSERT INTO audit.log (msg) VALUES (?) RETURNING *");
    QVERIFY(compiled(added, "oracle").ends_with(" INTO :ret_0, :ret_1, :ret_2"));
    QCOMPARE(compiled(delete_(t_.log).returning({star()}), "mssql"), "DELETE FROM audit.log OUTPUT deleted.*");
}

void tst_SqlCompile::refusesDefaultWhereItIsNoValue()
{
    const Statement reset = update(t_.users).set("active", defaultValue());
    QCOMPARE(compiled(reset, "postgresql"), "UPDATE users SET active = DEFAULT");
    const Error error = errorOf([&] { compiled(reset); });
    QCOMPARE(error.kind, ErrorKind::Unsupported);
    QVERIFY(error.message.find("DEFAULT") != std::string::npos);
}

void tst_SqlCompile::lintsProducts()
{
    const std::vector<Lint> found = lint(select({t_.users["id"], t_.orders["id"]}));
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found.front().kind, Lint::Kind::CartesianProduct);
    QCOMPARE(found.front().names, (Texts{"users", "orders"}));
    const auto isClean = [](const Statement &statement) { return lint(statement).empty(); };
    QVERIFY(isClean(select({t_.users["id"], t_.orders["id"]}).where(t_.users["id"] == t_.orders["user_id"])));
    QVERIFY(isClean(select({t_.users["id"]}).from(t_.users).crossJoin(t_.orders)));
    QVERIFY(isClean(select({t_.users["id"]}).from(t_.users).join(t_.orders, true_())));
    QVERIFY(isClean(select({t_.users["id"]}).from(t_.users).join(t_.orders)));
    QVERIFY(!isClean(select({t_.users["id"]}).from(t_.users).join(t_.orders, t_.orders["total"] > 5)));
    QVERIFY(!isClean(
        select({t_.users["id"]}).from(t_.users).from(t_.orders).where(t_.users["id"] == 1 && t_.orders["id"] == 1)));
    // Also in a subquery.
    QVERIFY(
        !isClean(select({t_.docs["id"]}).from(t_.docs).where(exists(select({star()}).from(t_.users).from(t_.orders)))));
    QVERIFY(
        isClean(select({t_.users["id"]})
                    .from(t_.users)
                    .where(exists(select({star()}).from(t_.orders).where(t_.orders["user_id"] == t_.users["id"])))));
}

void tst_SqlCompile::lintsUngroupedColumns()
{
    const std::vector<Lint> found = lint(select({t_.users["name"], count()}).from(t_.users));
    QCOMPARE(found.size(), std::size_t{1});
    QCOMPARE(found.front().kind, Lint::Kind::UngroupedColumn);
    QCOMPARE(found.front().names, (Texts{"users.name"}));
    const auto isClean = [](const Statement &statement) { return lint(statement).empty(); };
    QVERIFY(isClean(select({t_.users["name"], count()}).from(t_.users).groupBy({t_.users["name"]})));
    QVERIFY(isClean(
        select({t_.users["name"], count()}).from(t_.users).groupBy({t_.users["id"]}))); // the key decides the name
    QVERIFY(isClean(select({func::lower(t_.users["name"]).label("l"), count()}).from(t_.users).groupBy({column("l")})));
    QVERIFY(!isClean(select({t_.users["age"] + 1, count()}).from(t_.users).groupBy({t_.users["name"]})));
    QVERIFY(isClean(select({func::sum(t_.users["age"]).over()}).from(t_.users)));
}

QTEST_GUILESS_MAIN(tst_SqlCompile)
#include "tst_sql_compile.moc"
