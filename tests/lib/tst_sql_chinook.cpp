// Each construct of the expression language over the Chinook music store, on SQLite, PostgreSQL and MariaDB: the same
// rows everywhere, or a refusal that names construct and dialect. The tables are made and filled by what is under test.

#include "support/corpus.h"
#include "support/postgres_database.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"
#include "schemawright/sql/statement.h"
#include "schemawright/sql/statement_node.h"

#include <QProcess>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

using namespace schemawright;

namespace {

using Cells = std::vector<std::string>;
using Rows = std::vector<Cells>;

struct Chinook
{
    explicit Chinook(const MetaData &metadata)
    {
        for (auto &[name, source] :
             std::initializer_list<std::pair<const char *, Source *>>{{"Artist", &artist},
                                                                      {"Album", &album},
                                                                      {"Track", &track},
                                                                      {"Genre", &genre},
                                                                      {"Playlist", &playlist},
                                                                      {"PlaylistTrack", &playlistTrack},
                                                                      {"Customer", &customer},
                                                                      {"Employee", &employee},
                                                                      {"Invoice", &invoice},
                                                                      {"InvoiceLine", &line}}) {
            Table plain = *metadata.table({metadata.defaultSchema, name});
            plain.name.schema.clear();
            for (ForeignKey &key : plain.foreignKeys)
                key.referred.schema.clear();
            *source = Source(std::make_shared<const Table>(std::move(plain)));
        }
        boss = employee.alias("boss");
    }
    Source artist, album, track, genre, playlist, playlistTrack, customer, employee, invoice, line, boss;
};

/// What is asked, and which of the databases has no such thing: "postgresql mysql" for those that the compiler refuses,
/// "mariadb" for what MySQL knows and MariaDB does not; "not-sqlite" and "not-mysql" for what is not asked there.
struct Question
{
    const char *name;
    std::function<Statement(const Chinook &)> ask;
    const char *lacking = "";
};

std::vector<Question> questions();

bool isAlike(const std::string &a, const std::string &b)
{
    if (a == b)
        return true;
    char *endA = nullptr, *endB = nullptr;
    const double x = std::strtod(a.c_str(), &endA), y = std::strtod(b.c_str(), &endB);
    return !a.empty() && !b.empty() && !*endA && !*endB && std::abs(x - y) <= 1e-4 * std::max(1.0, std::abs(x));
}

bool isAlike(const Rows &a, const Rows &b)
{
    return std::ranges::equal(a, b, [](const Cells &x, const Cells &y) {
        return std::ranges::equal(x, y, [](const std::string &p, const std::string &q) { return isAlike(p, q); });
    });
}

Rows rowsOf(Connection &connection, const Compiled &query)
{
    Rows rows;
    Result result = connection.execute(query);
    while (const auto row = result.next()) {
        Cells &cells = rows.emplace_back();
        for (std::size_t i = 0; i < result.columns().size(); ++i) {
            const Value value = (*row)[i];
            cells.push_back(value.isNull()     ? "NULL"
                            : value.is<bool>() ? (*value.as<bool>() ? "1" : "0")
                                               : value.text());
        }
    }
    return rows;
}

/// What MariaDB's own shell prints; nothing and its message when it fails.
std::optional<Rows> mariaRows(const QByteArray &script, const QString &database, QByteArray &message)
{
    QProcess process;
    process.start(QStringLiteral("mariadb"),
                  {QStringLiteral("--no-defaults"), QStringLiteral("--batch"), QStringLiteral("--skip-column-names"),
                   QStringLiteral("--default-character-set=utf8mb4"),
                   QStringLiteral("--socket=") + qEnvironmentVariable("MYSQL_SOCKET"),
                   QStringLiteral("--user=") + qEnvironmentVariable("MYSQL_USER"), database});
    process.write(script);
    process.closeWriteChannel();
    if (!process.waitForFinished(120'000) || process.exitCode() != 0) {
        message = process.readAllStandardError();
        return std::nullopt;
    }
    Rows rows;
    QList<QByteArray> lines = process.readAllStandardOutput().split('\n');
    lines.removeLast();
    for (const QByteArray &text : lines) {
        Cells &cells = rows.emplace_back();
        for (const QByteArray &cell : text.split('\t'))
            cells.push_back(cell.toStdString());
    }
    return rows;
}

} // namespace

class tst_SqlChinook : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<Engine> sqlite_, postgres_;
    std::unique_ptr<test::PostgresDatabase> database_;
    std::unique_ptr<Chinook> chinook_;
    std::vector<Question> questions_ = questions();
    bool hasMaria_ = false;
    const QString maria_ = QStringLiteral("sw_chinook");

    /// The rows of every table as statements of another database.
    std::string content(Connection &from, const MetaData &metadata, const Dialect &dialect)
    {
        std::string script;
        for (const TablePtr &table : metadata.sortedTables().order) {
            Table plain = *table;
            plain.name.schema.clear();
            const Source source(std::make_shared<const Table>(plain));
            std::vector<std::string> names;
            for (const Column &column : plain.columns)
                names.push_back(column.name);
            std::vector<std::vector<Expr>> rows;
            Result result = from.execute(dialectNamed("sqlite")->compile(select(source)));
            while (const auto row = result.next()) {
                auto &cells = rows.emplace_back();
                for (std::size_t i = 0; i < names.size(); ++i)
                    cells.emplace_back((*row)[i]);
            }
            if (rows.empty())
                continue;
            for (const Insert &part : insert(source).rows(names, rows).split(20'000))
                script += dialect.literalSql(part) + ";\n";
        }
        return script;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (test::corpusFile("schemas/chinook.sqlite.sql").isEmpty())
            QSKIP("skipped: the corpus is not there");
        sqlite_ = std::make_unique<Engine>(Engine::open("sqlite://"));
        Connection connection = sqlite_->connect();
        connection.executeScript(test::corpusText("schemas/chinook.sqlite.sql"));
        const MetaData metadata = Inspector(connection).reflect();
        chinook_ = std::make_unique<Chinook>(metadata);
        if (!qEnvironmentVariable("PGHOST").isEmpty()) {
            database_ = std::make_unique<test::PostgresDatabase>("sql_chinook");
            Url url;
            url.scheme = "postgresql";
            url.arguments = database_->arguments();
            postgres_ = std::make_unique<Engine>(Engine::open(url));
            Connection target = postgres_->connect();
            target.executeScript(dialectNamed("postgresql")->createScript(metadata, {}).text());
            target.executeScript(content(connection, metadata, *dialectNamed("postgresql")));
        }
        if (qEnvironmentVariable("MYSQL_SOCKET").isEmpty())
            return;
        const Dialect &mysql = *dialectNamed("mysql");
        QByteArray message;
        QVERIFY(mariaRows("DROP DATABASE IF EXISTS sw_chinook; CREATE DATABASE sw_chinook", {}, message));
        QVERIFY2(mariaRows("SET FOREIGN_KEY_CHECKS = 0;\n" +
                               QByteArray::fromStdString(mysql.createScript(metadata, {}).text() + "\n" +
                                                         content(connection, metadata, mysql)),
                           maria_, message),
                 message.constData());
        hasMaria_ = true;
    }
    void cleanupTestCase()
    {
        postgres_.reset();
        QByteArray message;
        if (hasMaria_)
            QVERIFY(mariaRows("DROP DATABASE sw_chinook", {}, message));
    }

    void givesTheSameRows_data()
    {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < questions_.size(); ++i)
            QTest::newRow(questions_[i].name) << static_cast<int>(i);
    }
    void givesTheSameRows()
    {
        QFETCH(int, index);
        const Question &question = questions_[static_cast<std::size_t>(index)];
        const Statement statement = question.ask(*chinook_);
        const std::string lacking = " " + std::string(question.lacking) + " ";
        const auto lacks = [&](const char *database) {
            return lacking.find(" " + std::string(database) + " ") != std::string::npos;
        };
        std::vector<std::pair<std::string, Rows>> answers;
        for (const char *name : {"sqlite", "postgresql", "mysql"}) {
            if (lacks(("not-" + std::string(name)).c_str()))
                continue;
            const Dialect &dialect = *dialectNamed(name);
            Compiled compiled;
            try {
                compiled = dialect.compile(statement);
            } catch (const Error &error) {
                QVERIFY2(lacks(name) && error.kind == ErrorKind::Unsupported, error.message.c_str());
                QVERIFY2(error.message.starts_with(std::string(name) + " has no "), error.message.c_str());
                continue;
            }
            QVERIFY2(!lacks(name), compiled.sql.c_str());
            Rows rows;
            if (std::string_view(name) == "mysql") {
                if (!hasMaria_)
                    continue;
                QByteArray message;
                const std::string sql = dialect.literalSql(statement);
                const auto found = mariaRows(QByteArray::fromStdString(sql), maria_, message);
                if (lacks("mariadb")) {
                    QVERIFY2(!found, "MariaDB knows it by now");
                    continue;
                }
                QVERIFY2(found, (message + "\n" + QByteArray::fromStdString(sql)).constData());
                rows = *found;
            } else {
                Engine *const engine = std::string_view(name) == "sqlite" ? sqlite_.get() : postgres_.get();
                if (!engine)
                    continue;
                Connection connection = engine->connect();
                try {
                    rows = rowsOf(connection, compiled);
                    // With literals it is the same query.
                    Rows literal = rowsOf(connection, Compiled{dialect.literalSql(statement), {}});
                    if (compiled.sql.find("ORDER BY") == std::string::npos)
                        std::ranges::sort(literal);
                    Rows sorted = rows;
                    if (compiled.sql.find("ORDER BY") == std::string::npos)
                        std::ranges::sort(sorted);
                    QVERIFY2(isAlike(sorted, literal), dialect.literalSql(statement).c_str());
                } catch (const Error &error) {
                    QFAIL((error.describe() + "\n" + compiled.sql).c_str());
                }
            }
            const bool isSorted = statement.kind() == Statement::Kind::Select &&
                                  !static_cast<const SelectNode &>(statement.node()).tail.order.empty();
            if (!isSorted)
                std::ranges::sort(rows);
            QVERIFY2(!rows.empty(), ("no row of " + std::string(name) + " says anything: " + compiled.sql).c_str());
            answers.emplace_back(name, std::move(rows));
        }
        QVERIFY(!answers.empty());
        for (const auto &[name, rows] : answers)
            if (!isAlike(rows, answers.front().second)) {
                std::string shown = answers.front().first + " and " + name +
                                    " differ: " + dialectNamed(name)->literalSql(statement) + "\n";
                for (std::size_t i = 0; i < std::max(rows.size(), answers.front().second.size()) && i < 40; ++i) {
                    const auto line = [&](const Rows &all) {
                        std::string text;
                        for (const std::string &cell : i < all.size() ? all[i] : Cells())
                            text += cell + " | ";
                        return text;
                    };
                    if (line(rows) != line(answers.front().second))
                        shown += line(answers.front().second) + "   <->   " + line(rows) + "\n";
                }
                QFAIL(shown.c_str());
            }
    }
};

namespace {

std::vector<Question> questions()
{
    using C = const Chinook &;
    return {
        // SELECT and its clauses.
        {"columns, label, where, order, limit",
         [](C c) {
             return select({c.track["TrackId"], c.track["Name"].label("title")})
                 .where(c.track["Milliseconds"] > 2'000'000)
                 .orderBy({c.track["TrackId"]})
                 .limit(7)
                 .offset(2);
         }},
        {"distinct", [](C c) { return select({c.customer["Country"]}).distinct(); }},
        {"distinct on",
         [](C c) {
             return select({c.invoice["CustomerId"], c.invoice["InvoiceId"]})
                 .distinctOn({c.invoice["CustomerId"]})
                 .orderBy({c.invoice["CustomerId"], c.invoice["InvoiceId"]});
         },
         "sqlite mysql"},
        {"group by, having",
         [](C c) {
             return select({c.track["GenreId"], count(), func::sum(c.track["Milliseconds"])})
                 .groupBy({c.track["GenreId"]})
                 .having(count() >= 50);
         }},
        {"group by an expression with a value",
         [](C c) {
             const auto key = [&] { return c.track["Milliseconds"] % 7; };
             return select({key().label("k"), count()}).groupBy({key()}).having(key() != 3).orderBy({key()});
         },
         "mariadb"}, // HAVING takes no column that is no key itself
        {"group by a case",
         [](C c) {
             const Expr size =
                 case_({{c.invoice["Total"] < 2, "small"}, {c.invoice["Total"] < 10, "medium"}}, "large").label("size");
             return select({size, count(), func::sum(c.invoice["Total"])}).groupBy({size});
         }},
        {"nulls first and last",
         [](C c) {
             return select({c.employee["EmployeeId"], c.employee["ReportsTo"]})
                 .orderBy({c.employee["ReportsTo"].desc().nullsFirst(), c.employee["EmployeeId"]});
         }},
        {"nulls last of a rising order",
         [](C c) {
             return select({c.employee["EmployeeId"]})
                 .orderBy({c.employee["ReportsTo"].asc().nullsLast(), c.employee["EmployeeId"].desc()});
         }},
        {"order by a label",
         [](C c) {
             const Expr seconds = floorDivide(c.track["Milliseconds"], 1000).label("seconds");
             return select({seconds, c.track["TrackId"]})
                 .where(c.track["AlbumId"] == 1)
                 .orderBy({seconds.desc(), c.track["TrackId"]});
         }},
        {"fetch", [](C c) { return select({c.artist["ArtistId"]}).orderBy({c.artist["ArtistId"]}).fetch(3); }},
        {"fetch with ties",
         [](C c) { return select({c.invoice["InvoiceId"]}).orderBy({c.invoice["Total"].desc()}).fetch(3, true); },
         "sqlite mysql"},
        {"for update", [](C c) { return select({c.genre["GenreId"]}).forUpdate(); }, "sqlite"},
        {"for update of, skip locked",
         [](C c) {
             return select({c.genre["GenreId"]}).forUpdate({.wait = RowLock::Wait::SkipLocked, .of = {c.genre}});
         },
         "sqlite mariadb"},
        {"for share, no wait",
         [](C c) {
             return select({c.genre["GenreId"]})
                 .forUpdate({.strength = RowLock::Strength::Share, .wait = RowLock::Wait::NoWait});
         },
         "sqlite mariadb"},
        // Joins.
        {"joins along foreign keys",
         [](C c) {
             return select({c.track["Name"], c.album["Title"], c.artist["Name"], c.genre["Name"]})
                 .from(c.track)
                 .join(c.album)
                 .join(c.artist)
                 .join(c.genre, c.track["GenreId"] == c.genre["GenreId"])
                 .where(c.track["TrackId"] < 40);
         }},
        {"left join",
         [](C c) {
             return select({c.artist["ArtistId"], c.album["AlbumId"]})
                 .from(c.artist)
                 .leftJoin(c.album)
                 .where(c.album["AlbumId"] == nullptr);
         }},
        {"right join",
         [](C c) {
             return select({c.artist["ArtistId"], c.album["AlbumId"]}).from(c.album).rightJoin(c.artist);
         }},
        {"full join",
         [](C c) {
             return select({c.customer["CustomerId"], c.employee["EmployeeId"]})
                 .from(c.customer)
                 .fullJoin(c.employee, c.customer["SupportRepId"] == c.employee["EmployeeId"]);
         },
         "mysql"},
        {"cross join",
         [](C c) {
             return select({c.genre["GenreId"], c.employee["EmployeeId"]}).from(c.genre).crossJoin(c.employee);
         }},
        {"self join",
         [](C c) {
             return select({c.employee["LastName"], c.boss["LastName"]})
                 .from(c.employee)
                 .leftJoin(c.boss, c.employee["ReportsTo"] == c.boss["EmployeeId"]);
         }},
        {"join of a join",
         [](C c) {
             return select({c.customer["CustomerId"], c.line["InvoiceLineId"]})
                 .from(c.customer.leftJoin(c.invoice.join(c.line), c.customer["CustomerId"] == c.invoice["CustomerId"]))
                 .where(c.customer["CustomerId"] < 4);
         }},
        {"lateral",
         [](C c) {
             const Source best = select({c.invoice["Total"]})
                                     .where(c.invoice["CustomerId"] == c.customer["CustomerId"])
                                     .orderBy({c.invoice["Total"].desc()})
                                     .limit(1)
                                     .lateral("best");
             return select({c.customer["CustomerId"], best["Total"]}).from(c.customer).leftJoin(best, true_());
         },
         "sqlite mariadb"},
        // Subqueries.
        {"subquery in from",
         [](C c) {
             const Source spent = select({c.invoice["CustomerId"], func::sum(c.invoice["Total"]).label("spent")})
                                      .groupBy({c.invoice["CustomerId"]})
                                      .subquery("s");
             return select({c.customer["LastName"], spent["spent"]}).from(c.customer).join(spent);
         }},
        {"scalar, correlated",
         [](C c) {
             return select(
                        {c.artist["ArtistId"],
                         select({count()}).from(c.album).where(c.album["ArtistId"] == c.artist["ArtistId"]).scalar()})
                 .from(c.artist);
         }},
        {"exists and not exists",
         [](C c) {
             const auto albums = select({star()}).from(c.album).where(c.album["ArtistId"] == c.artist["ArtistId"]);
             return select({c.artist["ArtistId"]}).where(!exists(albums) && c.artist["ArtistId"] > 20);
         }},
        {"exists as a value",
         [](C c) {
             const auto albums = select({star()}).from(c.album).where(c.album["ArtistId"] == c.artist["ArtistId"]);
             return select({c.artist["ArtistId"], exists(albums).label("has")}).from(c.artist);
         }},
        {"in values",
         [](C c) {
             return select({c.genre["Name"]}).where(in(c.genre["GenreId"], {1, 2, 99}));
         }},
        {"in a query",
         [](C c) {
             return select({c.customer["CustomerId"]})
                 .where(in(c.customer["CustomerId"], select({c.invoice["CustomerId"]}).where(c.invoice["Total"] > 20)));
         }},
        {"in a query with a limit",
         [](C c) {
             return select({c.customer["LastName"]})
                 .where(in(c.customer["CustomerId"],
                           select({c.invoice["CustomerId"]}).orderBy({c.invoice["InvoiceId"]}).limit(4)));
         }},
        {"in nothing",
         [](C c) {
             return select({count()})
                 .from(c.employee)
                 .where(in(c.employee["ReportsTo"], {}) || notIn(c.employee["ReportsTo"], {}));
         }},
        {"in rows",
         [](C c) {
             return select({c.playlistTrack["TrackId"]})
                 .where(in(tuple({c.playlistTrack["PlaylistId"], c.playlistTrack["TrackId"]}),
                           {tuple({1, 3402}), tuple({1, 3389}), tuple({18, 597})}));
         }},
        {"rows compared",
         [](C c) {
             return select({count()})
                 .from(c.playlistTrack)
                 .where(tuple({c.playlistTrack["PlaylistId"], c.playlistTrack["TrackId"]}) > tuple({8, 3000}));
         }},
        {"any",
         [](C c) {
             return select({c.customer["CustomerId"]})
                 .where(c.customer["CustomerId"] ==
                        any_(select({c.invoice["CustomerId"]}).where(c.invoice["Total"] > 20)));
         },
         "sqlite"},
        {"all",
         [](C c) {
             const Source other = c.invoice.alias("other");
             return select({c.invoice["InvoiceId"]}).where(c.invoice["Total"] >= all_(select({other["Total"]})));
         },
         "sqlite"},
        // CTEs.
        {"common tables",
         [](C c) {
             const Source long_ = select({c.track["TrackId"], c.track["AlbumId"]})
                                      .where(c.track["Milliseconds"] > 2'500'000)
                                      .cte("longTracks");
             const Source albums =
                 select({long_["AlbumId"], count().label("n")}).groupBy({long_["AlbumId"]}).cte("albums");
             return select({c.album["Title"], albums["n"]})
                 .from(c.album)
                 .join(albums, albums["AlbumId"] == c.album["AlbumId"]);
         }},
        {"recursive",
         [](C c) {
             const Source chain =
                 recursiveCte("chain",
                              select({c.employee["EmployeeId"].label("id"), bind(0).label("depth")})
                                  .where(c.employee["ReportsTo"] == nullptr),
                              [&](const Source &self) {
                                  return select({c.employee["EmployeeId"], self["depth"] + 1})
                                      .from(c.employee.join(self, c.employee["ReportsTo"] == self["id"]));
                              });
             return select({chain["id"], chain["depth"]}).where(chain["depth"] > 0);
         }},
        {"recursive without doubles",
         [](C) {
             const Source numbers = recursiveCte(
                 "numbers", select({bind(1).label("n")}),
                 [](const Source &self) { return select({self["n"] % 5 + 1}).from(self); }, true);
             return select({numbers["n"]});
         }},
        {"materialized",
         [](C c) {
             return select(
                 {select({c.genre["GenreId"]}).cte("g", {.materialized = CteOptions::Materialized::Yes})["GenreId"]});
         },
         "mysql"},
        // Sets.
        {"union",
         [](C c) {
             return union_({select({c.customer["Country"]}), select({c.employee["Country"]})});
         }},
        {"union all, sorted and limited",
         [](C c) {
             return unionAll({select({c.artist["ArtistId"].label("id")}), select({c.album["AlbumId"]})})
                 .orderBy({column("id").desc()})
                 .limit(5);
         }},
        {"intersect",
         [](C c) {
             return intersect({select({c.artist["Name"]}), select({c.track["Name"]})});
         }},
        {"except",
         [](C c) {
             return except({select({c.customer["Country"]}),
                            select({c.invoice["BillingCountry"]}).where(c.invoice["Total"] > 15)});
         }},
        {"except all",
         [](C c) {
             return exceptAll({select({c.customer["Country"]}),
                               select({c.customer["Country"]}).where(c.customer["CustomerId"] > 20)});
         },
         "sqlite"},
        {"parts with limits",
         [](C c) {
             return unionAll({select({c.artist["ArtistId"]}).orderBy({c.artist["ArtistId"]}).limit(2),
                              select({c.album["AlbumId"]}).orderBy({c.album["AlbumId"].desc()}).limit(2)});
         }},
        {"sets in sets",
         [](C c) {
             return except({union_({select({c.artist["ArtistId"]}), select({c.album["AlbumId"]})}),
                            select({c.genre["GenreId"]})});
         },
         ""},
        // Windows.
        {"rank of a partition",
         [](C c) {
             return select({c.track["TrackId"],
                            func::rank().over(window()
                                                  .partitionBy({c.track["AlbumId"]})
                                                  .orderBy({c.track["Milliseconds"].desc(), c.track["TrackId"]}))})
                 .where(c.track["AlbumId"] < 10);
         }},
        {"running total",
         [](C c) {
             return select(
                        {c.invoice["InvoiceId"],
                         func::sum(c.invoice["Total"])
                             .over(
                                 window().partitionBy({c.invoice["CustomerId"]}).orderBy({c.invoice["InvoiceDate"]}))})
                 .where(c.invoice["CustomerId"] <= 3);
         }},
        {"frame of rows",
         [](C c) {
             return select({c.invoice["InvoiceId"],
                            func::avg(c.invoice["Total"])
                                .over(window().orderBy({c.invoice["InvoiceId"]}).rows(preceding(2), following(1)))});
         }},
        {"frame of a range",
         [](C c) {
             return select({c.genre["GenreId"],
                            func::sum(c.genre["GenreId"])
                                .over(window().orderBy({c.genre["GenreId"]}).range(preceding(3), currentRow()))});
         }},
        {"frame of groups, with an exclusion",
         [](C c) {
             return select({c.employee["EmployeeId"], count().over(window()
                                                                       .orderBy({c.employee["ReportsTo"].nullsFirst()})
                                                                       .groups(preceding(1), following(1))
                                                                       .excludeCurrentRow())});
         },
         "mysql"},
        {"lag and lead",
         [](C c) {
             const Window byDate = window().orderBy({c.invoice["InvoiceId"]});
             return select({c.invoice["InvoiceId"], func::lag(c.invoice["Total"]).over(byDate),
                            func::lead(c.invoice["Total"], 2).over(byDate)})
                 .where(c.invoice["InvoiceId"] < 30);
         }},
        {"lag with something else",
         [](C c) { return select({func::lag(c.genre["GenreId"], 1, 0).over(window().orderBy({c.genre["GenreId"]}))}); },
         "mariadb"},
        {"first, last, nth, ntile",
         [](C c) {
             const Window all = window().orderBy({c.genre["GenreId"]}).rows(unboundedPreceding(), unboundedFollowing());
             return select({func::firstValue(c.genre["Name"]).over(all), func::lastValue(c.genre["Name"]).over(all),
                            func::nthValue(c.genre["Name"], 3).over(all),
                            func::ntile(4).over(window().orderBy({c.genre["GenreId"]}))});
         }},
        {"a window over groups",
         [](C c) {
             return select({c.invoice["CustomerId"],
                            func::sum(func::sum(c.invoice["Total"])).over(window().orderBy({c.invoice["CustomerId"]}))})
                 .groupBy({c.invoice["CustomerId"]});
         }},
        {"filter",
         [](C c) {
             return select({count().filter(c.track["Composer"] == nullptr),
                            func::sum(c.track["Bytes"]).filter(c.track["GenreId"] == 2)})
                 .from(c.track);
         },
         "mysql"},
        {"within group",
         [](C c) {
             return select({function("percentile_disc", inlined(0.5)).withinGroup({c.track["Milliseconds"]})})
                 .from(c.track);
         },
         "sqlite mysql"},
        // Expressions.
        {"case with an operand",
         [](C c) {
             return select({c.track["TrackId"], caseOf(c.track["MediaTypeId"], {{1, "mp3"}, {2, "aac"}}, "?")})
                 .where(c.track["TrackId"] < 20);
         }},
        {"cast",
         [](C c) {
             return select({cast(c.track["TrackId"], types::string()),
                            cast(c.customer["CustomerId"], types::numeric(8, 2)), cast("12", types::integer()) + 1})
                 .from(c.track)
                 .join(c.customer, c.track["TrackId"] == c.customer["CustomerId"]);
         }},
        {"extract",
         [](C c) {
             return select({extract("year", c.invoice["InvoiceDate"]), extract("month", c.invoice["InvoiceDate"]),
                            extract("dow", c.invoice["InvoiceDate"]), extract("doy", c.invoice["InvoiceDate"])})
                 .where(c.invoice["InvoiceId"] < 60);
         }},
        {"quotients and remainders",
         [](C c) {
             return select({c.track["TrackId"], c.track["Milliseconds"] / 1000,
                            floorDivide(c.track["Milliseconds"], 1000), c.track["Milliseconds"] % 1000,
                            c.track["UnitPrice"] * 3 - 1})
                 .where(c.track["TrackId"] <= 25);
         }},
        {"bits",
         [](C c) {
             return select({bitAnd(c.track["TrackId"], 12), bitOr(c.track["TrackId"], 3),
                            shiftLeft(c.track["TrackId"], 2), shiftRight(c.track["TrackId"], 1)})
                 .where(c.track["TrackId"] < 40);
         }},
        {"texts one behind the other",
         [](C c) {
             return select({c.customer["FirstName"] + " " + c.customer["LastName"] + ", " + c.customer["Company"]});
         }},
        {"like and its relatives",
         [](C c) {
             const Expr name = func::lower(c.track["Name"]);
             return select({c.track["TrackId"]})
                 .where((startsWith(name, "the ") && !endsWith(name, "e")) || contains(name, "50%") ||
                        like(name, "a_/_%", "/") || contains(name, "'"));
         }},
        {"ilike",
         [](C c) {
             return select({c.track["TrackId"]})
                 .where(ilike(c.track["Name"], "%LOVE%") || istartsWith(c.track["Name"], "zo"));
         }},
        {"between, and its negation",
         [](C c) {
             return select({c.track["TrackId"]})
                 .where(between(c.track["Milliseconds"], 240'000, 242'000) && !between(c.track["TrackId"], 100, 2'000));
         }},
        {"distinct from",
         [](C c) {
             return select({c.employee["EmployeeId"]})
                 .where(isDistinctFrom(c.employee["ReportsTo"], 2) &&
                        !isDistinctFrom(c.employee["Title"], c.employee["Title"]));
         }},
        {"logic of NULL",
         [](C c) {
             const Expr boss = c.employee["ReportsTo"];
             return select({c.employee["EmployeeId"], boss == nullptr, boss > 1, !(boss > 1), boss > 1 || true_(),
                            boss == 2 && boss == nullptr, func::coalesce({boss, -1}), func::nullif(boss, 2)});
         }},
        {"conditions as values",
         [](C c) {
             return select({c.track["TrackId"], c.track["Composer"] != nullptr, c.track["Milliseconds"] > 300'000,
                            in(c.track["GenreId"], {1, 3})})
                 .where(c.track["TrackId"] < 30)
                 .orderBy({(c.track["Milliseconds"] > 300'000).desc(), c.track["TrackId"]});
         }},
        {"regular expressions",
         [](C c) { return select({c.genre["Name"]}).where(regexpMatch(func::lower(c.genre["Name"]), "^r.*k")); },
         "not-sqlite"},
        {"functions by name",
         [](C c) {
             return select({func::upper(c.genre["Name"]), func::length(c.genre["Name"]),
                            function("substr", c.genre["Name"], 2, 3), function("replace", c.genre["Name"], "o", "0"),
                            func::round(c.genre["GenreId"] / 3, 2), func::abs(-c.genre["GenreId"])});
         }},
        {"aggregates",
         [](C c) {
             return select({count(), count(c.track["Composer"]), func::countDistinct(c.track["GenreId"]),
                            func::min(c.track["Name"]), func::max(c.track["Bytes"]), func::avg(c.track["UnitPrice"])})
                 .from(c.track)
                 .where(c.track["TrackId"] < 900);
         }},
        {"texts of a group",
         [](C c) {
             return select({func::aggregateStrings(c.genre["Name"], "; ")})
                 .from(c.genre)
                 .where(c.genre["GenreId"] == 5);
         }},
        {"rollup",
         [](C c) {
             return select({c.customer["SupportRepId"], count()}).groupBy({func::rollup({c.customer["SupportRepId"]})});
         },
         "sqlite"},
        {"grouping sets",
         [](C c) {
             return select({c.customer["SupportRepId"], count()})
                 .groupBy({func::groupingSets({tuple({c.customer["SupportRepId"]}), tuple({})})});
         },
         "sqlite mysql"},
        {"json",
         [](C) {
             const Expr document = bind(R"({"a": {"b": [7, 8.5, "x"]}, "t": true})");
             return select({jsonInteger(document, {"a", "b", 0}), jsonDouble(document, {"a", "b", 1}),
                            jsonText(document, {"a", "b", 2})});
         },
         "not-postgresql"}, // there a text is no document
        // Sources.
        {"values",
         [](C c) {
             const Source wanted = values({"id", "why"}, {{1, "first"}, {25, "last"}}, "wanted");
             return select({c.genre["Name"], wanted["why"]})
                 .from(c.genre.join(wanted, wanted["id"] == c.genre["GenreId"]));
         }},
        {"text with values",
         [](C c) {
             return select({text("1 + ?", {Value(2)}), c.genre["Name"]}).where(text("\"GenreId\" = ?", {Value(3)}));
         },
         "not-mysql"},
        {"an anonymous alias",
         [](C c) {
             const Source a = c.genre.alias(), b = c.genre.alias();
             return select({a["GenreId"], b["GenreId"]}).from(a.join(b, a["GenreId"] + 1 == b["GenreId"]));
         }},
        {"names that are taken",
         [](C c) {
             return select({c.album["AlbumId"], c.track["AlbumId"], c.track["Name"].label("select")})
                 .from(c.album.join(c.track))
                 .where(c.album["AlbumId"] < 3);
         }},
    };
}

} // namespace

QTEST_GUILESS_MAIN(tst_SqlChinook)
#include "tst_sql_chinook.moc"
