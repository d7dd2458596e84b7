// Uses the installed library as a stranger would; exits 0 only when what the database says is right.
#include <schemawright/schemawright.h>

#include <cstdio>

using namespace schemawright;

int main()
{
    const Engine engine = Engine::open("sqlite://");
    Connection connection = engine.connect();
    connection.executeScript("CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent);"
                             "CREATE TABLE parent (id INTEGER PRIMARY KEY); INSERT INTO parent VALUES (42)");
    const auto order = Inspector(connection).reflect().sortedTables().order;
    const bool right = order.size() == 2 && order[0]->name.name == "parent" && order[1]->name.name == "child" &&
                       connection.execute("SELECT id FROM parent").scalar() == Value(42);
    std::printf("%s\n", right ? "right" : "wrong");
    return right ? 0 : 1;
}
