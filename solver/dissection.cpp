#include "solver/dissection.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace valleyflux {

namespace {

struct Adjacency {
  std::vector<std::int32_t> begin, neighbours;

  explicit Adjacency(const Generator& generator) {
    begin.assign(static_cast<std::size_t>(generator.states) + 1, 0);
    for (std::size_t e = 0; e < generator.from.size(); ++e) {
      ++begin[static_cast<std::size_t>(generator.from[e]) + 1];
      ++begin[static_cast<std::size_t>(generator.to[e]) + 1];
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    neighbours.resize(static_cast<std::size_t>(begin.back()));
    std::vector<std::int32_t> next(begin.begin(), begin.end() - 1);
    for (std::size_t e = 0; e < generator.from.size(); ++e) {
      const auto i = static_cast<std::size_t>(generator.from[e]), j = static_cast<std::size_t>(generator.to[e]);
      neighbours[static_cast<std::size_t>(next[i]++)] = generator.to[e];
      neighbours[static_cast<std::size_t>(next[j]++)] = generator.from[e];
    }
  }
};

/// A set of states with the two sets that its separator leaves.
struct Part {
  std::vector<std::int32_t> states;  // the separator, or the whole of a leaf
  std::vector<Part> halves;
};

class Splitter {
 public:
  Splitter(const Adjacency& graph, const Eigen::Ref<const Eigen::MatrixXi>& positions, std::size_t leaf)
      : graph_(graph), positions_(positions), leaf_(leaf), side_(static_cast<std::size_t>(positions.cols()), 0) {}

  /// `label`: unique among the sets that are being split at the same time (it marks their states).
  void split(std::vector<std::int32_t> states, std::int32_t label, Part& part) {
    if (states.size() <= leaf_) {
      part.states = std::move(states);
      return;
    }
    const auto [axis, plane, extent] = middle(states);
    if (extent == 0) {  // all at one place: nothing to split by
      part.states = std::move(states);
      return;
    }
    const std::int32_t left = 2 * label, right = 2 * label + 1;
    for (const auto s : states)
      side_[static_cast<std::size_t>(s)] = positions_(axis, s) < plane ? left : right;
    std::array<std::vector<std::int32_t>, 2> layer, inner;
    for (const auto s : states) {
      const std::int32_t own = side_[static_cast<std::size_t>(s)], other = own ^ 1;
      bool touches = false;
      for (auto k = graph_.begin[static_cast<std::size_t>(s)]; k < graph_.begin[static_cast<std::size_t>(s) + 1]; ++k)
        if (side_[static_cast<std::size_t>(graph_.neighbours[static_cast<std::size_t>(k)])] == other) {
          touches = true;
          break;
        }
      (touches ? layer : inner)[own == right].push_back(s);
    }
    const std::size_t thin = layer[1].size() < layer[0].size();
    part.states = std::move(layer[thin]);
    inner[1 - thin].insert(inner[1 - thin].end(), layer[1 - thin].begin(), layer[1 - thin].end());
    for (const auto s : part.states) side_[static_cast<std::size_t>(s)] = 0;
    part.halves.resize(2);
    const bool worth_a_task = states.size() > 20000;
#pragma omp task default(shared) if (worth_a_task)
    split(std::move(inner[0]), left, part.halves[0]);
    split(std::move(inner[1]), right, part.halves[1]);
#pragma omp taskwait
  }

 private:
  struct Plane {
    Index axis;
    int plane;
    int extent;
  };

  Plane middle(const std::vector<std::int32_t>& states) const {
    Plane best{0, 0, -1};
    int low = 0;
    for (Index axis = 0; axis < positions_.rows(); ++axis) {
      int smallest = positions_(axis, states[0]), largest = smallest;
      for (const auto s : states) {
        smallest = std::min(smallest, positions_(axis, s));
        largest = std::max(largest, positions_(axis, s));
      }
      if (largest - smallest > best.extent) {
        best = {axis, 0, largest - smallest};
        low = smallest;
      }
    }
    std::vector<std::size_t> count(static_cast<std::size_t>(best.extent) + 1, 0);
    for (const auto s : states) ++count[static_cast<std::size_t>(positions_(best.axis, s) - low)];
    std::size_t below = 0;
    int plane = low;
    while (below + count[static_cast<std::size_t>(plane - low)] <= states.size() / 2)
      below += count[static_cast<std::size_t>(plane++ - low)];
    best.plane = std::max(plane, low + 1);  // both sides hold something
    return best;
  }

  const Adjacency& graph_;
  const Eigen::Ref<const Eigen::MatrixXi>& positions_;
  std::size_t leaf_;
  std::vector<std::int32_t> side_;
};

/// Numbers the states and fronts, halves first. open: fronts without a parent so far; a part without a separator (its
/// halves do not touch) leaves those of its halves open.
void number(const Part& part, Dissection& tree, std::vector<std::int32_t>& open) {
  Front front;
  for (const Part& half : part.halves)
    if (!half.states.empty() || !half.halves.empty()) number(half, tree, front.children);
  if (part.states.empty()) {
    open.insert(open.end(), front.children.begin(), front.children.end());
    return;
  }
  front.first = static_cast<std::int32_t>(tree.order.size());
  front.pivots = static_cast<std::int32_t>(part.states.size());
  for (const auto state : part.states) {
    tree.position[static_cast<std::size_t>(state)] = static_cast<std::int32_t>(tree.order.size());
    tree.order.push_back(state);
  }
  const auto index = static_cast<std::int32_t>(tree.fronts.size());
  for (const auto child : front.children) tree.fronts[static_cast<std::size_t>(child)].parent = index;
  open.push_back(index);
  tree.fronts.push_back(std::move(front));
}

void find_boundaries(const Adjacency& graph, Dissection& tree) {
  std::vector<std::int32_t> mark(tree.order.size(), -1);
  for (std::size_t f = 0; f < tree.fronts.size(); ++f) {
    Front& front = tree.fronts[f];
    const std::int32_t end = front.first + front.pivots;
    const auto add = [&](std::int32_t at) {
      auto& seen = mark[static_cast<std::size_t>(at)];
      if (at < end || seen == static_cast<std::int32_t>(f)) return;
      seen = static_cast<std::int32_t>(f);
      front.boundary.push_back(at);
    };
    for (std::int32_t at = front.first; at < end; ++at) {
      const auto state = static_cast<std::size_t>(tree.order[static_cast<std::size_t>(at)]);
      for (auto k = graph.begin[state]; k < graph.begin[state + 1]; ++k)
        add(tree.position[static_cast<std::size_t>(graph.neighbours[static_cast<std::size_t>(k)])]);
    }
    front.work = 0.0;
    for (const auto child : front.children) {
      const Front& below = tree.fronts[static_cast<std::size_t>(child)];
      for (const auto at : below.boundary) add(at);
      front.work += below.work;
    }
    std::sort(front.boundary.begin(), front.boundary.end());
    const double p = front.pivots, m = p + static_cast<double>(front.boundary.size());
    front.work += p * m * m;
    for (const auto child : front.children) {
      Front& below = tree.fronts[static_cast<std::size_t>(child)];
      below.in_parent.reserve(below.boundary.size());
      std::size_t k = 0;
      for (const auto at : below.boundary) {
        if (at < end) {
          below.in_parent.push_back(at - front.first);
          continue;
        }
        while (front.boundary[k] != at) ++k;
        below.in_parent.push_back(front.pivots + static_cast<std::int32_t>(k));
      }
    }
  }
}

}  // namespace

Dissection dissect(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions, Index leaf_states) {
  const Adjacency graph(generator);
  Part whole;
  std::vector<std::int32_t> states(static_cast<std::size_t>(generator.states));
  std::iota(states.begin(), states.end(), 0);
  Splitter splitter(graph, positions, static_cast<std::size_t>(std::max<Index>(leaf_states, 1)));
  const bool team = generator.states > 100000;
#pragma omp parallel default(shared) if (team)
#pragma omp single
  splitter.split(std::move(states), 1, whole);

  Dissection tree;
  tree.order.reserve(static_cast<std::size_t>(generator.states));
  tree.position.resize(static_cast<std::size_t>(generator.states));
  number(whole, tree, tree.roots);
  find_boundaries(graph, tree);

  std::vector<std::int32_t> front_of(tree.order.size());
  for (std::size_t f = 0; f < tree.fronts.size(); ++f)
    std::fill_n(front_of.begin() + tree.fronts[f].first, tree.fronts[f].pivots, static_cast<std::int32_t>(f));
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    const auto earlier = std::min(tree.position[static_cast<std::size_t>(generator.from[e])],
                                  tree.position[static_cast<std::size_t>(generator.to[e])]);
    tree.fronts[static_cast<std::size_t>(front_of[static_cast<std::size_t>(earlier)])].edges.push_back(
        static_cast<std::int32_t>(e));
  }
  return tree;
}

}  // namespace valleyflux
