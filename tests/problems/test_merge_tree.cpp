#include "problems/valleys/merge_tree.hpp"

#include "tests/relative.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

using namespace valleyflux;

namespace {

/// A table of columns x rows nodes, with or without diagonal neighbours, each axis periodic or not.
struct SmallTable {
  int columns, rows;
  bool diagonal, wraps_x, wraps_y;

  void operator()(Index node, std::vector<Index>& neighbours) const {
    const int x = static_cast<int>(node) % columns, y = static_cast<int>(node) / columns;
    std::set<Index> found;
    for (int v = -1; v <= 1; ++v)
      for (int u = -1; u <= 1; ++u) {
        if ((u == 0 && v == 0) || (!diagonal && u != 0 && v != 0)) continue;
        int i = x + u, j = y + v;
        if (wraps_x) i = (i + columns) % columns;
        if (wraps_y) j = (j + rows) % rows;
        if (i >= 0 && i < columns && j >= 0 && j < rows && j * columns + i != node) found.insert(j * columns + i);
      }
    neighbours.insert(neighbours.end(), found.begin(), found.end());
  }
};

/// What is reached from a node without rising above a level.
std::vector<char> flooded(const std::vector<double>& heights, const SmallTable& table, Index from, double level) {
  std::vector<char> wet(heights.size(), 0);
  std::vector<Index> stack{from}, around;
  wet[static_cast<std::size_t>(from)] = 1;
  while (!stack.empty()) {
    const Index node = stack.back();
    stack.pop_back();
    around.clear();
    table(node, around);
    for (const Index other : around) {
      const auto o = static_cast<std::size_t>(other);
      if (wet[o] || !(heights[o] <= level)) continue;
      wet[o] = 1;
      stack.push_back(other);
    }
  }
  return wet;
}

/// Height of the lowest pass from a node to a lower one, by flooding to every level there is; infinite for none.
double lowest_pass(const std::vector<double>& heights, const SmallTable& table, Index from) {
  std::vector<double> levels;
  for (const double height : heights)
    if (height >= heights[static_cast<std::size_t>(from)]) levels.push_back(height);
  std::sort(levels.begin(), levels.end());
  for (const double level : levels) {
    const std::vector<char> wet = flooded(heights, table, from, level);
    for (std::size_t node = 0; node < heights.size(); ++node)
      if (wet[node] && heights[node] < heights[static_cast<std::size_t>(from)]) return level;
  }
  return std::numeric_limits<double>::infinity();
}

/// The minimum that steps to the lowest neighbour lead to.
Index descended(const std::vector<double>& heights, const SmallTable& table, Index node) {
  for (;;) {
    std::vector<Index> around;
    table(node, around);
    Index lowest = node;
    for (const Index other : around)
      if (heights[static_cast<std::size_t>(other)] < heights[static_cast<std::size_t>(lowest)]) lowest = other;
    if (lowest == node) return node;
    node = lowest;
  }
}

}  // namespace

TEST_CASE("persistence and descent are those of floods and of walks downhill on small random tables") {
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> uniform;
  for (const SmallTable& table : {SmallTable{7, 5, true, false, false}, SmallTable{6, 6, false, false, false},
                                  SmallTable{8, 5, true, true, false}, SmallTable{5, 7, false, true, true},
                                  SmallTable{40, 1, false, false, false}, SmallTable{40, 1, false, true, false}})
    for (int trial = 0; trial < 20; ++trial) {
      std::vector<double> heights(static_cast<std::size_t>(table.columns * table.rows));
      for (double& height : heights)
        height = uniform(generator) < 0.1 ? std::numeric_limits<double>::quiet_NaN() : uniform(generator);
      const MergeTree tree = merge_tree(heights, table);
      for (std::size_t node = 0; node < heights.size(); ++node) {
        const int minimum = tree.minimum_of[node];
        CHECK((minimum < 0) == std::isnan(heights[node]));
        if (minimum >= 0)
          CHECK(tree.minima[static_cast<std::size_t>(minimum)].node ==
                descended(heights, table, static_cast<Index>(node)));
      }
      for (const MergeTree::Minimum& minimum : tree.minima) {
        const double pass = lowest_pass(heights, table, minimum.node);
        CHECK(minimum.persistence == pass - heights[static_cast<std::size_t>(minimum.node)]);
        if (minimum.pass < 0) continue;
        CHECK(heights[static_cast<std::size_t>(minimum.pass)] == pass);
        // Beyond the pass, and below it.
        const std::vector<char> wet = flooded(heights, table, minimum.node, pass);
        CHECK(wet[static_cast<std::size_t>(tree.minima[static_cast<std::size_t>(minimum.neighbour)].node)] != 0);
      }
    }
}

TEST_CASE("shallow minima go to the kept one that floods join them to first") {
  std::mt19937 generator(2);
  std::uniform_real_distribution<double> uniform;
  const SmallTable table{9, 9, true, false, true};
  for (int trial = 0; trial < 30; ++trial) {
    std::vector<double> heights(81);
    for (double& height : heights) height = uniform(generator);
    const MergeTree tree = merge_tree(heights, table);
    constexpr double depth = 0.3;
    std::vector<char> kept;
    for (const auto& minimum : tree.minima) kept.push_back(minimum.persistence >= depth);
    const std::vector<int> keeper = tree.keepers(kept);
    for (std::size_t m = 0; m < tree.minima.size(); ++m) {
      REQUIRE(keeper[m] >= 0);
      const auto k = static_cast<std::size_t>(keeper[m]);
      CHECK(kept[k] != 0);
      if (kept[m]) {
        CHECK(k == m);
        continue;
      }
      // The lowest level at which any kept minimum is reached is one at which its keeper is.
      double level = std::numeric_limits<double>::infinity();
      for (const double at : heights) {
        const std::vector<char> wet = flooded(heights, table, tree.minima[m].node, at);
        for (std::size_t other = 0; other < tree.minima.size(); ++other)
          if (kept[other] && wet[static_cast<std::size_t>(tree.minima[other].node)]) level = std::min(level, at);
      }
      CHECK(flooded(heights, table, tree.minima[m].node, level)[static_cast<std::size_t>(tree.minima[k].node)] != 0);
    }
  }
}

TEST_CASE("the depth of a tilted double well is its barrier from the shallower side") {
  // x^4/4 - x^2/2 + x/10: the zeros of x^3 - x + 1/10 in closed form.
  const auto at = [](double x) { return x * x * x * x / 4 - x * x / 2 + x / 10; };
  const auto zero = [](int k) {
    return 2.0 / std::sqrt(3.0) * std::cos((std::acos(-0.15 * std::sqrt(3.0)) - 2.0 * std::acos(-1.0) * k) / 3.0);
  };
  constexpr int nodes = 4001;
  std::vector<double> heights;
  for (int i = 0; i < nodes; ++i) heights.push_back(at(-2.0 + 4.0 * i / (nodes - 1)));
  const MergeTree tree = merge_tree(heights, SmallTable{nodes, 1, false, false, false});
  REQUIRE(tree.minima.size() == 2);
  CHECK(std::isinf(tree.minima[0].persistence));
  CHECK(tree.minima[1].neighbour == 0);
  // The well on the right is shallower; the maximum lies between.
  CHECK(relative_error(tree.minima[1].persistence, at(zero(1)) - at(zero(0))) < 1e-5);
}

TEST_CASE("a plateau is one minimum, and without heights there is none") {
  CHECK(merge_tree(std::vector<double>(25, 1.0), SmallTable{5, 5, true, false, false}).minima.size() == 1);
  CHECK(merge_tree({}, SmallTable{0, 0, true, false, false}).minima.empty());
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  CHECK(merge_tree({nothing, nothing}, SmallTable{2, 1, true, false, false}).minima.empty());
}
