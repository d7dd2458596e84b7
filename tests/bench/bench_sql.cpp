// The expression language: what building and compiling costs, and what an insert through it costs beside the prepared
// statement of the C library.

#include "bench/bench.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/base/error.h"
#include "schemawright/engine/engine.h"
#include "schemawright/sql/compiler.h"
#include "schemawright/sql/statement.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <cstdlib>
#include <memory>

namespace schemawright::bench {

namespace {

struct Shop
{
    Source customers = table("customers", {"id", "name", "city", "age", "active"});
    Source orders = table("orders", {"id", "customer_id", "placed", "status"}, "customer_id", "customers");
    Source lines = table("lines", {"id", "order_id", "article_id", "amount", "price"}, "order_id", "orders");
    Source articles = table("articles", {"id", "name", "kind"});

    static Source table(const char *name, const std::vector<const char *> &columns, const char *key = nullptr,
                        const char *referred = nullptr)
    {
        auto made = std::make_shared<Table>();
        made->name.name = name;
        for (const char *column : columns) {
            Column added;
            added.name = column;
            added.type = types::integer();
            made->columns.push_back(std::move(added));
        }
        if (key) {
            ForeignKey foreign;
            foreign.columns = {key};
            foreign.referred.name = referred;
            foreign.referredColumns = {"id"};
            made->foreignKeys.push_back(std::move(foreign));
        }
        return Source(TablePtr(std::move(made)));
    }

    /// Three joins, ten conditions.
    Select query(int n) const
    {
        const Expr customer = customers["id"], price = lines["price"];
        return select({customers["name"], articles["name"], price * lines["amount"]})
            .from(customers.join(orders, customer == orders["customer_id"])
                      .join(lines, orders["id"] == lines["order_id"])
                      .join(articles, lines["article_id"] == articles["id"]))
            .where(and_({customers["age"] > n,
                         customers["age"]<n + 50, customers["city"] == "Ghent", customers["active"] == 1,
                                          orders["status"] != "new", orders["placed"] >= n * 2, price> 10,
                         lines["amount"] <= 7, articles["kind"] == "book", in(articles["id"], {n, n + 1, n + 2})}))
            .orderBy({customers["name"]})
            .limit(100);
    }
};

Benchmark compileSelect(const Size &size)
{
    const auto shop = std::make_shared<Shop>();
    Benchmark benchmark;
    benchmark.inMicroseconds = true;
    benchmark.repeat = size.quick ? 200 : 20'000;
    benchmark.note = "build and compile a select of 3 joins and 10 conditions, without the cache; the goal is 20 us";
    benchmark.ours = [shop] {
        if (dialectNamed("sqlite")->compileAs(shop->query(3), {}).parameters.size() != 13)
            throw Error(ErrorKind::Internal, "compiled otherwise");
    };
    return benchmark;
}

Benchmark compileCached(const Size &size)
{
    const auto shop = std::make_shared<Shop>();
    // The same shape with other values each time, built beforehand: what is measured is compiling.
    const auto queries = std::make_shared<std::vector<Select>>();
    for (int n = 0; n < 64; ++n)
        queries->push_back(shop->query(n));
    Benchmark benchmark;
    benchmark.inMicroseconds = true;
    benchmark.repeat = size.quick ? 200 : 100'000;
    benchmark.note = "compile the same shape with other values, from the cache; the goal is 2 us";
    benchmark.ours = [queries, n = std::size_t{0}]() mutable {
        if (dialectNamed("sqlite")->compile((*queries)[n++ % queries->size()]).parameters.size() != 13)
            throw Error(ErrorKind::Internal, "compiled otherwise");
    };
    return benchmark;
}

Benchmark insertCoreSqlite(const Size &size)
{
    const int count = size.rows(1'000'000);
    const auto rows = std::make_shared<std::vector<std::vector<Value>>>();
    for (int i = 0; i < count; ++i)
        rows->push_back({Value(i), Value("customer " + std::to_string(i)), Value(i % 90), Value(i * 0.5)});
    const auto engine = std::make_shared<Engine>(Engine::open("sqlite://"));
    const auto connection = std::make_shared<Connection>(engine->connect());
    const char *const create = "DROP TABLE IF EXISTS people; CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, "
                               "age INTEGER, balance REAL)";
    const Source people = Shop::table("people", {"id", "name", "age", "balance"});
    sqlite3 *raw = nullptr;
    sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Benchmark benchmark;
    benchmark.note = "one sqlite3 prepared statement, bound and stepped for each row in a transaction";
    benchmark.ours = [=] {
        connection->executeScript(create);
        connection->executeScript("BEGIN");
        const Insert statement = insert(people)
                                     .value("id", parameter("id"))
                                     .value("name", parameter("name"))
                                     .value("age", parameter("age"))
                                     .value("balance", parameter("balance"));
        const std::int64_t done = connection->executeMany(connection->dialect().compile(statement).sql, *rows);
        connection->executeScript("COMMIT");
        if (done != count)
            throw Error(ErrorKind::Internal, "inserted otherwise");
    };
    benchmark.limit = [=] {
        sqlite3_exec(raw, create, nullptr, nullptr, nullptr);
        sqlite3_exec(raw, "BEGIN", nullptr, nullptr, nullptr);
        sqlite3_stmt *statement = nullptr;
        sqlite3_prepare_v2(raw, "INSERT INTO people (id, name, age, balance) VALUES (?, ?, ?, ?)", -1, &statement,
                           nullptr);
        for (const std::vector<Value> &row : *rows) {
            const std::string &name = row[1].get<std::string>();
            sqlite3_bind_int64(statement, 1, row[0].get<std::int64_t>());
            sqlite3_bind_text(statement, 2, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
            sqlite3_bind_int64(statement, 3, row[2].get<std::int64_t>());
            sqlite3_bind_double(statement, 4, row[3].get<double>());
            sqlite3_step(statement);
            sqlite3_reset(statement);
        }
        sqlite3_finalize(statement);
        sqlite3_exec(raw, "COMMIT", nullptr, nullptr, nullptr);
    };
    benchmark.tearDown = [raw] { sqlite3_close(raw); };
    return benchmark;
}

Benchmark insertCorePostgres(const Size &size)
{
    const char *host = std::getenv("PGHOST");
    if (!host || !*host)
        throw Skip{"no PostgreSQL server (PGHOST)"};
    const int count = size.rows(1'000'000);
    const auto rows = std::make_shared<std::vector<std::vector<Value>>>();
    for (int i = 0; i < count; ++i)
        rows->push_back({Value(i), Value("customer " + std::to_string(i)), Value(i % 90), Value(i * 0.5)});
    Url url;
    url.scheme = "postgresql";
    url.arguments.host = host;
    url.arguments.port = std::getenv("PGPORT") ? std::atoi(std::getenv("PGPORT")) : 0;
    url.arguments.user = std::getenv("PGUSER") ? std::getenv("PGUSER") : "";
    url.arguments.database = "postgres";
    const auto engine = std::make_shared<Engine>(Engine::open(url));
    const auto connection = std::make_shared<Connection>(engine->connect());
    PGconn *raw = PQconnectdb("dbname=postgres");
    const auto create = [](const char *name) {
        return std::string("DROP TABLE IF EXISTS ") + name + "; CREATE UNLOGGED TABLE " + name +
               " (id integer PRIMARY KEY, name text, age integer, balance float8)";
    };
    const Source people = Shop::table("sw_bench_people", {"id", "name", "age", "balance"});
    Benchmark benchmark;
    benchmark.note = "one libpq prepared statement, sent for each row in pipeline mode in a transaction";
    benchmark.ours = [=] {
        connection->executeScript(create("sw_bench_people"));
        if (connection->insertMany(people, {"id", "name", "age", "balance"}, *rows) != count)
            throw Error(ErrorKind::Internal, "inserted otherwise");
    };
    benchmark.limit = [=] {
        PQclear(PQexec(raw, create("sw_bench_raw").c_str()));
        PQclear(PQexec(raw, "BEGIN"));
        PQclear(PQexec(raw, "DEALLOCATE ALL"));
        PQclear(PQprepare(raw, "i", "INSERT INTO sw_bench_raw VALUES ($1, $2, $3, $4)", 0, nullptr));
        PQenterPipelineMode(raw);
        int sent = 0;
        const auto drain = [&] {
            PQpipelineSync(raw);
            for (bool synced = false; !synced;)
                if (PGresult *result = PQgetResult(raw)) {
                    synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
                    PQclear(result);
                }
        };
        for (const std::vector<Value> &row : *rows) {
            const std::string id = std::to_string(row[0].get<std::int64_t>()),
                              age = std::to_string(row[2].get<std::int64_t>()),
                              balance = std::to_string(row[3].get<double>());
            const char *const values[] = {id.c_str(), row[1].get<std::string>().c_str(), age.c_str(), balance.c_str()};
            PQsendQueryPrepared(raw, "i", 4, values, nullptr, nullptr, 0);
            if (++sent % 1000 == 0)
                drain();
        }
        drain();
        PQexitPipelineMode(raw);
        PQclear(PQexec(raw, "COMMIT"));
    };
    benchmark.tearDown = [=] {
        PQclear(PQexec(raw, "DROP TABLE IF EXISTS sw_bench_people, sw_bench_raw"));
        PQfinish(raw);
    };
    return benchmark;
}

} // namespace

std::vector<Entry> sqlBenchmarks()
{
    return {{"compile_select", compileSelect},
            {"compile_cached", compileCached},
            {"insert_core_sqlite", insertCoreSqlite},
            {"insert_core_postgresql", insertCorePostgres}};
}

} // namespace schemawright::bench
