#include "schemawright/base/topological.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <queue>
#include <span>

namespace schemawright {

namespace {

using Node = std::uint32_t;
using Edges = std::vector<std::pair<std::size_t, std::size_t>>;

/// The edges by where they start, in two arrays.
class Successors
{
public:
    /// `place` says which node an end of an edge is; edges from a node to itself are left out.
    template <class Place> Successors(std::size_t count, const Edges &edges, Place place) : starts_(count + 1, 0)
    {
        for (const auto &[before, after] : edges)
            if (place(before) != place(after))
                ++starts_[place(before) + 1];
        std::partial_sum(starts_.begin(), starts_.end(), starts_.begin());
        targets_.resize(starts_.back());
        std::vector<std::size_t> next(starts_.begin(), starts_.end() - 1);
        for (const auto &[before, after] : edges)
            if (place(before) != place(after))
                targets_[next[place(before)]++] = static_cast<Node>(place(after));
    }
    std::span<const Node> operator[](std::size_t node) const
    {
        return {targets_.data() + starts_[node], targets_.data() + starts_[node + 1]};
    }

private:
    std::vector<std::size_t> starts_;
    std::vector<Node> targets_;
};

/// Tarjan's algorithm without recursion: the strongly connected component of each node.
std::vector<std::size_t> components(std::size_t n, const Successors &next, std::size_t &componentCount)
{
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

/// What may go next. Numbers are places of components by their first node: the least goes first, but for those of the
/// group that is under way.
class Ready
{
public:
    explicit Ready(std::vector<std::uint32_t> groups) : groups_(std::move(groups))
    {
        if (groups_.empty())
            return;
        ofGroup_.resize(*std::ranges::max_element(groups_) + std::size_t{1});
        isTaken_.resize(groups_.size(), false);
    }
    void add(Node node)
    {
        all_.push(node);
        if (!groups_.empty() && groups_[node])
            ofGroup_[groups_[node]].push(node);
    }
    /// False when there is none.
    bool take(Node &node)
    {
        if (groups_.empty()) {
            if (all_.empty())
                return false;
            node = popped(all_);
            return true;
        }
        if (group_ && !ofGroup_[group_].empty()) {
            node = popped(ofGroup_[group_]);
            isTaken_[node] = true;
            return true;
        }
        while (!all_.empty()) {
            node = popped(all_);
            if (isTaken_[node])
                continue;
            group_ = groups_[node];
            if (group_) // it is the least of its group as well
                ofGroup_[group_].pop();
            isTaken_[node] = true;
            return true;
        }
        return false;
    }

private:
    using Queue = std::priority_queue<Node, std::vector<Node>, std::greater<>>;
    static Node popped(Queue &queue)
    {
        const Node node = queue.top();
        queue.pop();
        return node;
    }

    std::vector<std::uint32_t> groups_;
    std::vector<bool> isTaken_;
    Queue all_;
    std::vector<Queue> ofGroup_;
    std::uint32_t group_ = 0;
};

} // namespace

TopologicalOrder topologicalSort(std::size_t count, const Edges &edges, const std::vector<std::uint32_t> &groups)
{
    TopologicalOrder result;
    result.order.reserve(count);
    const bool isInOrder = std::ranges::all_of(edges, [](const auto &edge) { return edge.first <= edge.second; });
    if (isInOrder && groups.empty()) {
        result.order.resize(count);
        std::iota(result.order.begin(), result.order.end(), std::size_t{0});
        return result;
    }

    // Components are called by the place of their first node, so that the given order is kept where it may be.
    std::vector<Node> component(count), first;
    std::size_t componentCount = count;
    if (isInOrder)
        std::iota(component.begin(), component.end(), Node{0});
    else {
        const auto found = components(count, Successors(count, edges, std::identity()), componentCount);
        constexpr Node unset = static_cast<Node>(-1);
        std::vector<Node> places(componentCount, unset);
        componentCount = 0;
        for (std::size_t node = 0; node < count; ++node) {
            Node &place = places[found[node]];
            if (place == unset)
                place = static_cast<Node>(componentCount++);
            component[node] = place;
        }
    }
    std::vector<std::size_t> sizes(componentCount + 1, 0);
    for (const Node place : component)
        ++sizes[place + 1];
    std::partial_sum(sizes.begin(), sizes.end(), sizes.begin());
    std::vector<std::size_t> members(count), filled(sizes.begin(), sizes.end() - 1);
    for (std::size_t node = 0; node < count; ++node)
        members[filled[component[node]]++] = node;

    std::vector<std::uint32_t> componentGroups;
    if (!groups.empty()) {
        componentGroups.resize(componentCount, 0);
        for (std::size_t place = 0; place < componentCount; ++place)
            if (sizes[place + 1] - sizes[place] == 1)
                componentGroups[place] = groups[members[sizes[place]]];
    }
    const Successors next(componentCount, edges, [&](std::size_t node) { return component[node]; });
    std::vector<std::uint32_t> waiting(componentCount, 0);
    for (std::size_t place = 0; place < componentCount; ++place)
        for (const Node to : next[place])
            ++waiting[to];
    Ready ready(std::move(componentGroups));
    for (std::size_t place = 0; place < componentCount; ++place)
        if (waiting[place] == 0)
            ready.add(static_cast<Node>(place));
    for (Node place = 0; ready.take(place);) {
        const std::span<const std::size_t> own(members.data() + sizes[place], members.data() + sizes[place + 1]);
        result.order.insert(result.order.end(), own.begin(), own.end());
        if (own.size() > 1)
            result.cycles.emplace_back(own.begin(), own.end());
        for (const Node to : next[place])
            if (--waiting[to] == 0)
                ready.add(to);
    }
    return result;
}

} // namespace schemawright
