#include "schemawright/base/topological.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace schemawright {

namespace {

/// Tarjan's algorithm without recursion: the strongly connected component of each node.
std::vector<std::size_t> components(const std::vector<std::vector<std::size_t>> &next, std::size_t &componentCount)
{
    const std::size_t n = next.size();
    constexpr std::size_t unset = static_cast<std::size_t>(-1);
    std::vector<std::size_t> index(n, unset), low(n, 0), component(n, unset), stack;
    std::vector<std::pair<std::size_t, std::size_t>> work;
    std::size_t counter = 0;
    componentCount = 0;
    for (std::size_t root = 0; root < n; ++root) {
        if (index[root] != unset)
            continue;
        work.emplace_back(root, 0);
        while (!work.empty()) {
            auto &[node, edge] = work.back();
            if (edge == 0) {
                index[node] = low[node] = counter++;
                stack.push_back(node);
            }
            if (edge < next[node].size()) {
                const std::size_t to = next[node][edge++];
                if (index[to] == unset)
                    work.emplace_back(to, 0);
                else if (component[to] == unset)
                    low[node] = std::min(low[node], index[to]);
                continue;
            }
            const std::size_t done = node;
            if (low[done] == index[done]) {
                for (std::size_t member = unset; member != done;) {
                    member = stack.back();
                    stack.pop_back();
                    component[member] = componentCount;
                }
                ++componentCount;
            }
            work.pop_back();
            if (!work.empty())
                low[work.back().first] = std::min(low[work.back().first], low[done]);
        }
    }
    return component;
}

} // namespace

TopologicalOrder topologicalSort(std::size_t count, const std::vector<std::pair<std::size_t, std::size_t>> &edges)
{
    std::vector<std::vector<std::size_t>> next(count);
    for (const auto &[before, after] : edges)
        if (before != after)
            next[before].push_back(after);

    std::size_t componentCount = 0;
    const auto component = components(next, componentCount);

    std::vector<std::vector<std::size_t>> members(componentCount), componentNext(componentCount);
    std::vector<std::size_t> waiting(componentCount, 0);
    for (std::size_t node = 0; node < count; ++node)
        members[component[node]].push_back(node);
    for (std::size_t node = 0; node < count; ++node)
        for (const std::size_t to : next[node])
            if (component[node] != component[to]) {
                componentNext[component[node]].push_back(component[to]);
                ++waiting[component[to]];
            }

    // Among the ready components the one with the first given node goes first, so the given order is kept where it may be.
    using Ready = std::pair<std::size_t, std::size_t>;
    std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
    for (std::size_t c = 0; c < componentCount; ++c)
        if (waiting[c] == 0)
            ready.emplace(members[c].front(), c);

    TopologicalOrder result;
    result.order.reserve(count);
    while (!ready.empty()) {
        const std::size_t c = ready.top().second;
        ready.pop();
        result.order.insert(result.order.end(), members[c].begin(), members[c].end());
        if (members[c].size() > 1)
            result.cycles.push_back(members[c]);
        for (const std::size_t to : componentNext[c])
            if (--waiting[to] == 0)
                ready.emplace(members[to].front(), to);
    }
    return result;
}

} // namespace schemawright
