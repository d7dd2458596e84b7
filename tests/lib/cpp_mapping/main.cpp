// One generated header, filled and read back: see tst_cpp_mapping.cpp.
#include "model.h"
#include <schemawright/schemawright.h>
#include <schemawright/orm/object_session.h>
#include <cstdio>
#define CHECK(that) if (!(that)) { std::printf("%d: %s\n", __LINE__, #that); return 1; }
int main(int, char **argv)
try {
    const schemawright::Engine engine = schemawright::Engine::open("sqlite://");
    schemawright::Connection connection = engine.connect();
    connection.executeScript(argv[1]);
    connection.executeScript("PRAGMA foreign_keys = ON");
    const auto text = [&](const char *sql) { return connection.execute(sql).scalar().text(); };
    schemawright::Mappings mappings = model::mapped(schemawright::Inspector(connection).reflect());
#include BODY
    return 0;
} catch (const std::exception &error) {
    std::printf("%s\n", error.what());
    return 2;
}
