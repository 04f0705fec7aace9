#include "problems/valleys/merge_tree.hpp"

#include "grids/disjoint_sets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace valleyflux {

MergeTree merge_tree(const std::vector<double>& heights, const Neighbours& neighbours) {
  MergeTree tree;
  std::vector<std::pair<double, Index>> nodes;
  for (std::size_t node = 0; node < heights.size(); ++node)
    if (!std::isnan(heights[node])) nodes.emplace_back(heights[node], static_cast<Index>(node));
  std::sort(nodes.begin(), nodes.end());
  for (const auto& [height, node] : nodes) tree.ascending.push_back(node);
  const auto height = [&](Index node) { return heights[static_cast<std::size_t>(node)]; };

  // Every node that has been reached descends to a minimum: parts of the graph are sets of minima, named by their
  // deepest, which has the smallest number.
  tree.minimum_of.assign(heights.size(), -1);
  DisjointSets parts;
  const auto deepest = [&parts](int minimum) { return static_cast<int>(parts.root(minimum)); };
  std::vector<Index> around;
  for (const Index node : tree.ascending) {
    around.clear();
    neighbours(node, around);
    const auto reached = [&](Index other) { return tree.minimum_of[static_cast<std::size_t>(other)]; };
    Index lowest = -1;
    for (const Index other : around)
      if (reached(other) >= 0 &&
          (lowest < 0 || height(other) < height(lowest) || (height(other) == height(lowest) && other < lowest)))
        lowest = other;
    int& own = tree.minimum_of[static_cast<std::size_t>(node)];
    if (lowest < 0) {
      own = static_cast<int>(tree.minima.size());
      parts.add();
      tree.minima.push_back({node, std::numeric_limits<double>::infinity(), -1, -1});
      continue;
    }
    const int descends_to = reached(lowest);
    for (const Index other : around) {
      if (reached(other) < 0) continue;
      std::pair<int, int> sides{descends_to, reached(other)};  // shallower part first
      if (deepest(sides.first) == deepest(sides.second)) continue;
      if (deepest(sides.first) < deepest(sides.second)) std::swap(sides.first, sides.second);
      const int shallow = deepest(sides.first);
      MergeTree::Minimum& minimum = tree.minima[static_cast<std::size_t>(shallow)];
      minimum.persistence = height(node) - height(minimum.node);
      minimum.pass = node;
      minimum.neighbour = sides.second;
      parts.join(shallow, sides.second);
    }
    own = descends_to;
  }
  return tree;
}

std::vector<int> MergeTree::keepers(const std::vector<char>& kept) const {
  constexpr int unknown = -2;
  std::vector<int> keeper(minima.size(), unknown);
  std::vector<std::size_t> way;
  for (std::size_t start = 0; start < minima.size(); ++start) {
    way.clear();
    int at = static_cast<int>(start);
    // The passes make no circle: each joined two parts.
    while (at >= 0 && keeper[static_cast<std::size_t>(at)] == unknown && !kept[static_cast<std::size_t>(at)]) {
      way.push_back(static_cast<std::size_t>(at));
      at = minima[static_cast<std::size_t>(at)].neighbour;
    }
    int found = at;
    if (at >= 0 && !kept[static_cast<std::size_t>(at)]) found = keeper[static_cast<std::size_t>(at)];
    if (at >= 0) keeper[static_cast<std::size_t>(at)] = found;
    for (const std::size_t minimum : way) keeper[minimum] = found;
  }
  return keeper;
}

}  // namespace valleyflux
