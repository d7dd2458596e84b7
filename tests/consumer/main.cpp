// Uses the installed library as a stranger would; exits 0 only when what it computes is right.
#include <schemawright/base/error.h>
#include <schemawright/base/topological.h>

#include <cstdio>

int main()
{
    const auto sorted = schemawright::topologicalSort(3, {{2, 1}, {1, 0}});
    const bool right = sorted.order == std::vector<std::size_t>{2, 1, 0} && sorted.cycles.empty();
    std::printf("order %s\n", right ? "right" : "wrong");
    return right ? 0 : 1;
}
