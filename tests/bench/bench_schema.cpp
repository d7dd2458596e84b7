// Reflection and scripts of large schemas: 5,000 tables of ten columns, a foreign key and an index each.

#include "bench/bench.h"

#include "schemawright/backends/dialects.h"
#include "schemawright/engine/engine.h"
#include "schemawright/engine/inspector.h"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <QTemporaryDir>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>

namespace schemawright::bench {

namespace {

std::string tableSql(int i)
{
    std::string sql = fmt::format("CREATE TABLE t{} (id integer PRIMARY KEY, parent_id integer REFERENCES t{} (id)", i,
                                  i > 0 ? i - 1 : 0);
    for (int column = 2; column < 10; ++column)
        sql += fmt::format(", c{} {}", column,
                           column % 4 == 0   ? "varchar(50) NOT NULL DEFAULT 'x'"
                           : column % 4 == 1 ? "numeric(10,2)"
                           : column % 4 == 2 ? "timestamp"
                                             : "text");
    return sql + fmt::format("); CREATE INDEX t{0}_by_c4 ON t{0} (c4, c5);\n", i);
}

std::string script(int tables)
{
    std::string sql = "BEGIN;\n";
    for (int i = 0; i < tables; ++i)
        sql += tableSql(i);
    return sql + "COMMIT";
}

/// Reads every cell of a query, as the C library gives it.
std::size_t drain(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement = nullptr;
    std::size_t bytes = 0;
    sqlite3_prepare_v2(database, sql, -1, &statement, nullptr);
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int column = 0; column < sqlite3_column_count(statement); ++column)
            if (const unsigned char *text = sqlite3_column_text(statement, column))
                bytes += std::string(reinterpret_cast<const char *>(text)).size();
    sqlite3_finalize(statement);
    return bytes;
}

std::size_t drain(PGconn *connection, const char *sql)
{
    PGresult *result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        const std::string why = PQerrorMessage(connection);
        PQclear(result);
        throw Skip{why};
    }
    std::size_t bytes = 0;
    for (int row = 0; row < PQntuples(result); ++row)
        for (int column = 0; column < PQnfields(result); ++column)
            bytes += std::string(PQgetvalue(result, row, column)).size();
    PQclear(result);
    return bytes;
}

Benchmark reflectSqlite(const Size &size)
{
    const auto folder = std::make_shared<QTemporaryDir>();
    const std::string path = folder->filePath(QStringLiteral("many.db")).toStdString();
    sqlite3 *database = nullptr;
    sqlite3_open(path.c_str(), &database);
    sqlite3_exec(database, script(size.rows(5000)).c_str(), nullptr, nullptr, nullptr);
    Benchmark benchmark;
    benchmark.note = "the same rows from sqlite_schema and the pragma functions, by the C library";
    const auto engine = std::make_shared<Engine>(Engine::open("sqlite:///" + path));
    benchmark.ours = [engine, folder] {
        Connection connection = engine->connect();
        if (Inspector(connection).reflect().tableCount() == 0)
            throw Skip{"nothing was reflected"};
    };
    benchmark.limit = [database] {
        drain(database, "SELECT name, type, wr, strict FROM pragma_table_list");
        drain(database, "SELECT type, name, tbl_name, sql FROM sqlite_schema");
        drain(database, "SELECT m.name, x.* FROM sqlite_schema m, pragma_table_xinfo(m.name) x WHERE m.type = 'table'");
        drain(database, "SELECT m.name, i.*, x.* FROM sqlite_schema m, pragma_index_list(m.name) i, "
                        "pragma_index_xinfo(i.name) x WHERE m.type = 'table'");
        drain(database,
              "SELECT m.name, f.* FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'");
    };
    benchmark.tearDown = [database] { sqlite3_close(database); };
    return benchmark;
}

/// A database of the benchmark's own; throws Skip without a server.
PGconn *postgres(const char *database)
{
    const char *host = std::getenv("PGHOST");
    if (!host || !*host)
        throw Skip{"no PostgreSQL server (PGHOST)"};
    const std::string arguments = std::string("dbname=") + database;
    PGconn *connection = PQconnectdb(arguments.c_str());
    if (PQstatus(connection) != CONNECTION_OK) {
        const std::string why = PQerrorMessage(connection);
        PQfinish(connection);
        throw Skip{why};
    }
    return connection;
}

Benchmark reflectPostgres(const Size &size)
{
    PGconn *server = postgres("postgres");
    PQclear(PQexec(server, "DROP DATABASE IF EXISTS sw_bench_schema WITH (FORCE)"));
    PQclear(PQexec(server, "CREATE DATABASE sw_bench_schema"));
    PGconn *connection = postgres("sw_bench_schema");
    const int tables = size.rows(5000);
    for (int i = 0; i < tables;) { // a transaction holds a lock for each table
        std::string sql;
        for (const int end = std::min(tables, i + 100); i < end; ++i)
            sql += tableSql(i);
        PQclear(PQexec(connection, sql.c_str()));
    }
    PQclear(PQexec(connection, "VACUUM ANALYZE"));
    Benchmark benchmark;
    benchmark.note = "the same rows and columns from the catalog, by libpq";
    const std::string url = fmt::format("postgresql://{}@/sw_bench_schema?host={}&port={}",
                                        std::getenv("PGUSER") ? std::getenv("PGUSER") : "", std::getenv("PGHOST"),
                                        std::getenv("PGPORT") ? std::getenv("PGPORT") : "5432");
    const auto engine = std::make_shared<Engine>(Engine::open(url));
    benchmark.ours = [engine] {
        Connection own = engine->connect();
        if (Inspector(own).reflect().tableCount() == 0)
            throw Skip{"nothing was reflected"};
    };
    benchmark.limit = [connection] {
        for (const char *sql :
             {"SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence, c.relispartition, c.relreplident, "
              "c.relrowsecurity, c.relforcerowsecurity, c.reloftype, c.relispopulated, c.reltype, c.reloptions, "
              "c.reltablespace, c.relam, c.relacl, c.relnatts, c.reltoastrelid FROM pg_class c WHERE c.relnamespace = "
              "2200 "
              "AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')",
              "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, format_type(a.atttypid, a.atttypmod), "
              "a.attnotnull, a.attidentity, a.attgenerated, a.attcollation, a.attislocal, a.attstorage, "
              "a.attstattarget, "
              "a.attoptions, a.attfdwoptions, a.attcompression FROM pg_attribute a JOIN pg_class c ON c.oid = "
              "a.attrelid "
              "WHERE c.relnamespace = 2200 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT "
              "a.attisdropped",
              "SELECT d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d",
              "SELECT i.indexrelid, i.indrelid, c.relname, i.indisunique, i.indisclustered, i.indisreplident, "
              "i.indisvalid, "
              "i.indnullsnotdistinct, i.indnkeyatts, i.indkey, i.indclass, i.indcollation, i.indoption, c.relam, "
              "c.reloptions, c.reltablespace, c.relnamespace, c.relkind FROM pg_index i JOIN pg_class c ON c.oid = "
              "i.indexrelid WHERE c.relnamespace = 2200",
              "SELECT k.oid, k.conname, k.conrelid, k.contype, k.condeferrable, k.condeferred, k.convalidated, "
              "k.conindid, "
              "k.confrelid, k.confupdtype, k.confdeltype, k.confmatchtype, k.conkey, k.confkey, k.conislocal, "
              "k.connoinherit, k.conparentid, k.confdelsetcols FROM pg_constraint k WHERE k.conrelid <> 0",
              "SELECT classoid, objoid, objsubid, description FROM pg_description WHERE objoid >= 16384",
              "SELECT t.oid, t.tgname, t.tgrelid FROM pg_trigger t WHERE NOT t.tgisinternal"})
            drain(connection, sql);
    };
    benchmark.tearDown = [server, connection, engine] {
        engine->pool().dispose();
        PQfinish(connection);
        PQclear(PQexec(server, "DROP DATABASE IF EXISTS sw_bench_schema WITH (FORCE)"));
        PQfinish(server);
    };
    return benchmark;
}

Benchmark ddl(const Size &size)
{
    const Engine engine = Engine::open("sqlite://");
    Connection connection = engine.connect();
    const int tables = size.rows(5000);
    connection.executeScript(script(tables));
    auto metadata = std::make_shared<MetaData>(Inspector(connection).reflect());
    MetaData built = *metadata; // written from the model, not from kept texts
    built.dialect.clear();
    for (const TablePtr &table : metadata->tables()) {
        Table copy = *table;
        copy.definition.reset();
        for (Index &index : copy.indexes)
            index.definition.reset();
        for (Column &column : copy.columns)
            column.type.native.clear();
        built.add(std::move(copy));
    }
    *metadata = std::move(built);
    Benchmark benchmark;
    benchmark.note = "formatting the bare text";
    benchmark.ours = [metadata] {
        if (dialectNamed("postgresql")->createScript(*metadata, {}).text().size() < 1000)
            throw Skip{"no script"};
    };
    benchmark.limit = [tables] {
        if (script(tables).size() < 1000)
            throw Skip{"no script"};
    };
    return benchmark;
}

} // namespace

std::vector<Entry> schemaBenchmarks()
{
    return {{"reflect_sqlite_5000", reflectSqlite}, {"reflect_postgresql_5000", reflectPostgres}, {"ddl_5000", ddl}};
}

} // namespace schemawright::bench
