#pragma once

#include "grids/point.hpp"

#include <functional>
#include <vector>

namespace valleyflux {

/// Minima of heights over the nodes of a graph, and how they join as the level rises. Equal heights are told apart by
/// the nodes' numbers.
struct MergeTree {
  struct Minimum {
    Index node;
    double persistence;  // of the lowest pass to a deeper minimum above its own; infinite where there is none
    Index pass;          // the node of that pass; -1 where there is none
    int neighbour;       // the minimum beyond it that the pass descends to; -1 where there is none
  };
  std::vector<Minimum> minima;   // deepest first
  std::vector<int> minimum_of;   // every node's, by steps to the lowest neighbour; -1 where the height is NaN
  std::vector<Index> ascending;  // all nodes that have a height, lowest first

  /// For every minimum the kept one that it belongs to: itself, or the one that passes lead to from minimum to
  /// minimum, each over its lowest; -1 where none is kept on that way.
  std::vector<int> keepers(const std::vector<char>& kept) const;
};

/// Appends the neighbours of a node; they must be mutual.
using Neighbours = std::function<void(Index node, std::vector<Index>& neighbours)>;

/// Sorts the nodes and joins them from below, O(n log n). Nodes whose height is NaN are not there.
MergeTree merge_tree(const std::vector<double>& heights, const Neighbours& neighbours);

}  // namespace valleyflux
