// Reading a million rows of eight columns through Connection and Result, against the raw loop of the C library that
// touches each column in the same way.

#include "bench/bench.h"

#include "schemawright/engine/engine.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

namespace schemawright::bench {

namespace {

constexpr const char *selectAll = "SELECT id, name, amount, score, created, note, flag, code FROM wide";

// What both sides compute from every cell, so that neither can skip the work; compared at the end of each run.
struct Sum
{
    std::uint64_t integers = 0;
    double floats = 0;
    std::uint64_t bytes = 0;
    std::uint64_t nulls = 0;

    void text(const char *data, std::size_t length)
    {
        bytes += length;
        if (length)
            integers += static_cast<unsigned char>(data[length - 1]);
    }
    friend bool operator==(const Sum &, const Sum &) = default;
};

void mustBeEqual(const Sum &ours, const Sum &theirs)
{
    if (ours != theirs)
        throw Error(ErrorKind::Internal, "both sides read different data");
}

void makeSqlite(const std::string &path, int rows)
{
    std::filesystem::remove(path);
    sqlite3 *database = nullptr;
    sqlite3_open(path.c_str(), &database);
    const std::string sql = fmt::format(
        "CREATE TABLE wide(id INTEGER PRIMARY KEY, name TEXT, amount INTEGER, score REAL, created TEXT, note TEXT, "
        "flag "
        "INTEGER, code TEXT);"
        "INSERT INTO wide WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) "
        "SELECT i, 'customer number ' || i, i * 7919 % 1000003, i / 7.0, '2024-03-0' || (i % 9 + 1) || ' 12:00:00', "
        "CASE WHEN i % 5 THEN 'a note of middling length, row ' || i END, i % 2, 'C' || (i % 1000) FROM n;",
        rows);
    char *message = nullptr;
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK)
        throw Error(ErrorKind::Internal, message);
    sqlite3_close(database);
}

Sum rawSqlite(sqlite3 *database)
{
    Sum sum;
    sqlite3_stmt *statement = nullptr;
    sqlite3_prepare_v2(database, selectAll, -1, &statement, nullptr);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int column = 0; column < 8; ++column)
            switch (sqlite3_column_type(statement, column)) {
            case SQLITE_INTEGER:
                sum.integers += static_cast<std::uint64_t>(sqlite3_column_int64(statement, column));
                break;
            case SQLITE_FLOAT:
                sum.floats += sqlite3_column_double(statement, column);
                break;
            case SQLITE_NULL:
                ++sum.nulls;
                break;
            default: {
                const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(statement, column));
                sum.text(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
            }
            }
    sqlite3_finalize(statement);
    return sum;
}

/// The same through the library: a batch, filled again and again.
Sum throughResult(const Engine &engine)
{
    Sum sum;
    Connection connection = engine.connect();
    Result result = connection.execute(selectAll);
    RowBatch batch;
    while (result.fetch(batch))
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            for (std::size_t column = 0; column < 8; ++column)
                switch (batch.storage(row, column)) {
                case RowBatch::Storage::Integer:
                    sum.integers += static_cast<std::uint64_t>(batch.integer(row, column));
                    break;
                case RowBatch::Storage::Float:
                    sum.floats += batch.number(row, column);
                    break;
                case RowBatch::Storage::Null:
                    ++sum.nulls;
                    break;
                default: {
                    const std::string_view bytes = batch.bytes(row, column);
                    sum.text(bytes.data(), bytes.size());
                }
                }
    return sum;
}

Benchmark fetchSqlite(const Size &size)
{
    const std::string path =
        (std::filesystem::temp_directory_path() / fmt::format("schemawright-bench-{}.db", ::getpid())).string();
    makeSqlite(path, size.rows(1'000'000));
    sqlite3 *database = nullptr;
    sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    auto engine = std::make_shared<Engine>(Engine::open(path));
    const Sum expected = rawSqlite(database);
    Benchmark benchmark;
    benchmark.note = "sqlite3_step loop without mutex that touches each column";
    benchmark.ours = [engine, expected] { mustBeEqual(throughResult(*engine), expected); };
    benchmark.limit = [database, expected] { mustBeEqual(rawSqlite(database), expected); };
    benchmark.tearDown = [database, path] {
        sqlite3_close(database);
        std::filesystem::remove(path);
    };
    return benchmark;
}

void check(PGconn *connection, const PGresult *result)
{
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE)
        throw Error(ErrorKind::Internal, PQerrorMessage(connection));
}

void run(PGconn *connection, const std::string &sql)
{
    PGresult *result = PQexec(connection, sql.c_str());
    check(connection, result);
    PQclear(result);
}

/// The quickest way there is to read a number, so that the limit is a real one.
template <class Number> Number number(const char *text, std::size_t length)
{
    Number parsed{};
    std::from_chars(text, text + length, parsed);
    return parsed;
}

/// What the library makes of a text cell of this type, done by hand.
Sum rawPostgres(PGconn *connection)
{
    Sum sum;
    if (!PQsendQueryParams(connection, selectAll, 0, nullptr, nullptr, nullptr, nullptr, 0))
        throw Error(ErrorKind::Internal, PQerrorMessage(connection));
    PQsetSingleRowMode(connection);
    while (PGresult *result = PQgetResult(connection)) {
        check(connection, result);
        for (int row = 0; row < PQntuples(result); ++row)
            for (int column = 0; column < 8; ++column) {
                if (PQgetisnull(result, row, column)) {
                    ++sum.nulls;
                    continue;
                }
                const char *text = PQgetvalue(result, row, column);
                const auto length = static_cast<std::size_t>(PQgetlength(result, row, column));
                switch (column) {
                case 0:
                case 2:
                case 6:
                    sum.integers += static_cast<std::uint64_t>(number<std::int64_t>(text, length));
                    break;
                case 3:
                    sum.floats += number<double>(text, length);
                    break;
                default:
                    sum.text(text, length);
                }
            }
        PQclear(result);
    }
    return sum;
}

Sum throughResultOfPostgres(const Engine &engine)
{
    Sum sum;
    Connection connection = engine.connect();
    Result result = connection.execute(selectAll);
    RowBatch batch;
    while (result.fetch(batch))
        for (std::size_t row = 0; row < batch.rowCount(); ++row)
            for (std::size_t column = 0; column < 8; ++column) {
                if (batch.isNull(row, column)) {
                    ++sum.nulls;
                    continue;
                }
                switch (column) {
                case 0:
                case 2:
                case 6:
                    sum.integers += static_cast<std::uint64_t>(batch.integer(row, column));
                    break;
                case 3:
                    sum.floats += batch.number(row, column);
                    break;
                default: {
                    const std::string_view bytes = batch.bytes(row, column);
                    sum.text(bytes.data(), bytes.size());
                }
                }
            }
    return sum;
}

Benchmark fetchPostgres(const Size &size)
{
    const char *host = std::getenv("PGHOST");
    const char *port = std::getenv("PGPORT");
    const char *user = std::getenv("PGUSER");
    if (!host)
        throw Skip{"no PostgreSQL server: PGHOST is not set"};
    PGconn *connection = PQconnectdb("dbname=postgres");
    if (PQstatus(connection) != CONNECTION_OK) {
        const std::string why = PQerrorMessage(connection);
        PQfinish(connection);
        throw Skip{why};
    }
    run(connection, "SET client_min_messages = warning");
    run(connection, "DROP TABLE IF EXISTS wide");
    run(connection, fmt::format("CREATE TABLE wide AS SELECT i AS id, 'customer number ' || i AS name, "
                                "i::bigint * 7919 % 1000003 AS amount, i / 7.0::float8 AS score, "
                                "timestamp '2024-03-01 12:00' + (i % 9) * interval '1 day' AS created, "
                                "CASE WHEN i % 5 <> 0 THEN 'a note of middling length, row ' || i END AS note, "
                                "i % 2 AS flag, 'C' || (i % 1000) AS code FROM generate_series(1, {}) AS i",
                                size.rows(1'000'000)));
    run(connection, "VACUUM ANALYZE wide"); // so that no run pays for setting hint bits
    Url url;
    url.scheme = "postgresql";
    url.arguments.host = host;
    url.arguments.port = port ? std::atoi(port) : 0;
    url.arguments.user = user ? user : "";
    url.arguments.database = "postgres";
    auto engine = std::make_shared<Engine>(Engine::open(url));
    const Sum expected = rawPostgres(connection);
    Benchmark benchmark;
    benchmark.note = "PQgetResult loop in single-row mode that touches each column";
    benchmark.ours = [engine, expected] { mustBeEqual(throughResultOfPostgres(*engine), expected); };
    benchmark.limit = [connection, expected] { mustBeEqual(rawPostgres(connection), expected); };
    benchmark.tearDown = [connection] {
        run(connection, "DROP TABLE wide");
        PQfinish(connection);
    };
    return benchmark;
}

} // namespace

std::vector<Entry> fetchBenchmarks() { return {{"fetch_sqlite", fetchSqlite}, {"fetch_postgresql", fetchPostgres}}; }

} // namespace schemawright::bench
