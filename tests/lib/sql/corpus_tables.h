#pragma once

// The tables that the cases of the corpus are about (see meta.setup_python there).

#include "schemawright/sql/statement.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace corpus {

using namespace schemawright;

using ColumnList = std::vector<std::pair<const char *, Type>>;
struct Reference
{
    const char *column, *table, *referred;
};

inline Source makeTable(const char *schema, const char *name, const ColumnList &columns, std::vector<std::string> key,
                        const std::vector<Reference> &references = {})
{
    auto table = std::make_shared<Table>();
    table->name = {schema, name};
    for (const auto &[columnName, type] : columns) {
        Column column;
        column.name = columnName;
        column.type = type;
        table->columns.push_back(std::move(column));
    }
    if (!key.empty())
        table->primaryKey = PrimaryKey{{}, std::move(key), false, false, {}, {}};
    for (const Reference &reference : references) {
        ForeignKey foreign;
        foreign.columns = {reference.column};
        foreign.referred = {"", reference.table};
        foreign.referredColumns = {reference.referred};
        table->foreignKeys.push_back(std::move(foreign));
    }
    return Source(TablePtr(std::move(table)));
}

struct Tables
{
    Source users = makeTable("", "users",
                             {{"id", types::integer()},
                              {"name", types::string(50)},
                              {"fullname", types::string(100)},
                              {"age", types::integer()},
                              {"active", types::boolean()},
                              {"created", types::dateTime()},
                              {"balance", types::numeric(10, 2)},
                              {"data", types::json()}},
                             {"id"});
    Source addresses = makeTable("", "addresses",
                                 {{"id", types::integer()},
                                  {"user_id", types::integer()},
                                  {"email", types::string(100)},
                                  {"kind", types::string(20)}},
                                 {"id"}, {{"user_id", "users", "id"}});
    Source orders = makeTable("", "orders",
                              {{"id", types::integer()},
                               {"user_id", types::integer()},
                               {"total", types::numeric(12, 2)},
                               {"status", types::enumeration("order_status", {"new", "paid", "shipped"})},
                               {"placed_on", types::date()}},
                              {"id"}, {{"user_id", "users", "id"}});
    Source products = makeTable("", "products",
                                {{"id", types::integer()},
                                 {"name", types::string(80)},
                                 {"price", types::doublePrecision()},
                                 {"category_id", types::integer()}},
                                {"id"}, {{"category_id", "categories", "id"}});
    Source categories = makeTable(
        "", "categories", {{"id", types::integer()}, {"parent_id", types::integer()}, {"name", types::string(40)}},
        {"id"}, {{"parent_id", "categories", "id"}});
    Source items = makeTable("", "items",
                             {{"order_id", types::integer()},
                              {"line_no", types::integer()},
                              {"product_id", types::integer()},
                              {"qty", types::integer()},
                              {"price", types::numeric(10, 2)}},
                             {"order_id", "line_no"}, {{"order_id", "orders", "id"}, {"product_id", "products", "id"}});
    Source odd = makeTable("", "Order Details",
                           {{"select", types::integer()},
                            {"Unit Price", types::numeric(8, 2)},
                            {"group", types::string(10)},
                            {"lower", types::string(10)},
                            {"it's", types::string(10)},
                            {"a%b", types::integer()}},
                           {"select"});
    Source log = makeTable(
        "audit", "log", {{"id", types::integer()}, {"msg", types::text()}, {"level", types::smallInteger()}}, {"id"});
    Source docs = makeTable("", "docs",
                            {{"id", types::uuid()},
                             {"body", types::text()},
                             {"raw", types::largeBinary()},
                             {"at", types::time()},
                             {"span", types::interval()},
                             {"big", types::bigInteger()}},
                            {"id"});
    Source u2 = users.alias("u2");
    Source mgr = categories.alias("mgr");
    Source a1 = addresses.alias();
    Source sub = select({addresses["user_id"], count().label("n")})
                     .from(addresses)
                     .groupBy({addresses["user_id"]})
                     .subquery("sub");
};

/// The same tables with some rows, for running queries.
inline std::vector<std::string> setupScript(bool postgres)
{
    std::vector<std::string> script;
    if (postgres) {
        script = {"DROP TABLE IF EXISTS items, orders, addresses, users, products, categories, \"Order Details\", docs "
                  "CASCADE",
                  "DROP SCHEMA IF EXISTS audit CASCADE", "DROP TYPE IF EXISTS order_status",
                  "CREATE TYPE order_status AS ENUM ('new', 'paid', 'shipped')", "CREATE SCHEMA audit"};
    } else
        script = {"ATTACH ':memory:' AS audit"};
    const std::string status = postgres ? "order_status" : "VARCHAR(7)", json = postgres ? "JSON" : "JSON",
                      blob = postgres ? "BYTEA" : "BLOB", stamp = postgres ? "TIMESTAMP" : "DATETIME",
                      uuid = postgres ? "UUID" : "CHAR(32)", interval = postgres ? "INTERVAL" : "DATETIME";
    const std::vector<std::string> rest = {
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, fullname VARCHAR(100), age INTEGER, "
        "active BOOLEAN DEFAULT true, created " +
            stamp + ", balance NUMERIC(10, 2), data " + json + ")",
        "CREATE TABLE addresses (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), email "
        "VARCHAR(100) NOT NULL, kind VARCHAR(20))",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE, total "
        "NUMERIC(12, 2), status " +
            status + ", placed_on DATE)",
        "CREATE TABLE categories (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES categories (id), name "
        "VARCHAR(40))",
        "CREATE TABLE products (id INTEGER PRIMARY KEY, name VARCHAR(80) NOT NULL, price FLOAT, category_id INTEGER "
        "REFERENCES categories (id))",
        "CREATE TABLE items (order_id INTEGER REFERENCES orders (id), line_no INTEGER, product_id INTEGER REFERENCES "
        "products (id), qty INTEGER DEFAULT 1, "
        "price NUMERIC(10, 2), PRIMARY KEY (order_id, line_no))",
        "CREATE TABLE \"Order Details\" (\"select\" INTEGER PRIMARY KEY, \"Unit Price\" NUMERIC(8, 2), \"group\" "
        "VARCHAR(10), lower VARCHAR(10), \"it's\" "
        "VARCHAR(10), \"a%b\" INTEGER)",
        "CREATE TABLE audit.log (id INTEGER PRIMARY KEY, msg TEXT, level SMALLINT)",
        "CREATE TABLE docs (id " + uuid + " PRIMARY KEY, body TEXT, raw " + blob + ", at TIME, span " + interval +
            ", big BIGINT)",
        "INSERT INTO users VALUES (1, 'ab', 'Ada Byron', 1, true, '1815-12-10 08:30:00', 10.50, '{\"a\": {\"b\": [7, "
        "8]}}'),"
        "(2, 'yz', NULL, 2, false, '1912-06-23 00:00:00', NULL, '{\"a\": \"text\"}'),"
        "(3, 'x', 'mn', 4, true, NULL, 0, NULL),"
        "(4, 'amnz', '50%_/x', 6, NULL, '2024-02-29 23:59:59', -3.25, '{\"a\": null}'),"
        "(5, 'ABcd', 'ab', NULL, false, '2000-01-01 12:00:00', 100, '{\"b\": 1}'),"
        "(6, '50%_/xy', 'x', 30, true, '2001-01-01 00:00:01', 7, '{\"a\": {\"b\": [0]}}'),"
        "(7, 'mn', 'yz', 70, true, '2001-05-05 05:05:05', 7, NULL)",
        "INSERT INTO addresses VALUES (1, 1, 'a@example.org', 'home'), (2, 1, 'b@example.org', 'work'), (3, 3, "
        "'c@example.org', NULL)",
        "INSERT INTO orders VALUES (1, 1, 9.99, 'new', '2024-01-01'), (2, 1, 20, 'paid', '2024-02-01'), (3, 2, 3, "
        "'shipped', '2024-03-01'),"
        "(4, NULL, 5, NULL, NULL), (5, 6, 50.25, 'new', '2024-05-01')",
        "INSERT INTO categories VALUES (1, NULL, 'root'), (2, 1, 'left'), (3, 1, 'right'), (4, 2, 'leaf')",
        "INSERT INTO products VALUES (1, 'pen', 1.5, 2), (2, 'ink', 4.25, 3), (3, 'ab', NULL, NULL)",
        "INSERT INTO items VALUES (1, 1, 1, 3, 1.5), (1, 2, 2, 1, 4), (2, 3, 1, 1, 1.25), (2, 1, 3, NULL, NULL)",
        "INSERT INTO \"Order Details\" VALUES (1, 4, 'g1', 'l1', 'i1', 1), (2, 8.5, 'g0', 'l2', 'i2', 2), (3, 6, NULL, "
        "'l3', NULL, NULL)",
        "INSERT INTO audit.log VALUES (1, 'one', 1), (2, 'two', 2), (3, 'three', 3)",
        "INSERT INTO docs (id, body, big) VALUES ('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'doc', 9007199254740993)",
    };
    script.insert(script.end(), rest.begin(), rest.end());
    return script;
}

} // namespace corpus
