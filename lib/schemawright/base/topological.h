#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace schemawright {

/// The outcome of sorting nodes 0..n-1.
struct TopologicalOrder
{
    std::vector<std::size_t> order;               ///< every node once; nodes of one cycle stand together
    std::vector<std::vector<std::size_t>> cycles; ///< strongly connected sets of more than one node
};

/// Sorts so that for each edge (before, after) `before` comes first, and otherwise keeps the given order.
///
/// A cycle never disturbs nodes outside it. Self-edges are ignored. Runs in O((n + e) log n).
///
/// `groups` may give each node a number: those of one number, but 0, follow each other as far as the edges let them.
TopologicalOrder topologicalSort(std::size_t count, const std::vector<std::pair<std::size_t, std::size_t>> &edges,
                                 const std::vector<std::uint32_t> &groups = {});

} // namespace schemawright
