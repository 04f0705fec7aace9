#include "solver/multilevel/aggregates.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace valleyflux {

namespace {

using Position = FlowGraph::Position;

std::size_t index(std::int32_t node) {
  return static_cast<std::size_t>(node);
}

std::int32_t determinant(const Position& a, const Position& b) {
  return a[0] * b[1] - a[1] * b[0];
}

/// Pairs that exchange less are no group: across the ridge between two valleys the correction would be blind to it.
constexpr double weak = 0.1;

/// How nodes are grouped at the flows of x.
class Grouping {
 public:
  Grouping(FlowGraph& graph, const Eigen::VectorXd& x, int axis) : graph_(graph), x_(x), axis_(axis) {}

  Aggregates run() {
    find_direction();
    constexpr double few = 0.75, hardly_fewer = 0.97;
    const auto nodes = static_cast<double>(graph_.nodes());
    for (int tried = 0; tried < 2; ++tried) {
      halve_along_axis();
      if (groups_.count < few * nodes) break;
      axis_ = 1 - axis_;
    }
    const bool on_lattice = groups_.count < few * nodes;
    if (!on_lattice) match_greedily();
    if (groups_.count > hardly_fewer * nodes) groups_.count = graph_.nodes();
    groups_.position.resize(index(groups_.count));
    if (groups_.count < graph_.nodes())
      for (std::int32_t i = 0; i < graph_.nodes(); ++i) {
        Position& coarse = groups_.position[index(groups_.of[i])];
        coarse = graph_.position[index(i)];
        if (on_lattice) coarse[index(axis_)] = half(coarse[index(axis_)]);
      }
    groups_.axis = 1 - axis_;
    return std::move(groups_);
  }

 private:
  static std::int32_t half(std::int32_t coordinate) { return coordinate >> 1; }  // rounded down, of negative ones too

  /// Mean flow of an entry's pair over what flows through the node that it matters more to.
  double strength(std::int32_t i, std::int32_t entry) const {
    const std::int32_t j = graph_.neighbour[entry];
    const double flow = 0.5 * (graph_.rate[entry] * x_[j] + graph_.back(entry) * x_[i]);
    const double through = std::min(graph_.outflow[i] * x_[i], graph_.outflow[j] * x_[j]);
    return through > 0 ? flow / through : 1.0;  // what has underflowed goes with anything
  }

  /// Makes the lattice direction of the strongest exchange an axis.
  void find_direction() {
    struct Mean {
      double sum = 0.0;
      long count = 0;
    };
    std::map<Position, Mean> directions;
    constexpr std::int32_t sample = 20000;
    const std::int32_t stride = std::max(1, graph_.nodes() / sample);
    for (std::int32_t i = 0; i < graph_.nodes(); i += stride)
      for (std::int32_t k = graph_.begin[i]; k < graph_.begin[i + 1]; ++k) {
        const std::int32_t j = graph_.neighbour[k];
        Position step{graph_.position[index(j)][0] - graph_.position[index(i)][0],
                      graph_.position[index(j)][1] - graph_.position[index(i)][1]};
        if (step < Position{0, 0}) step = {-step[0], -step[1]};
        if (std::gcd(step[0], step[1]) != 1) continue;
        Mean& mean = directions[step];
        mean.sum += strength(i, k);
        ++mean.count;
      }
    long most = 0;
    for (const auto& [step, mean] : directions) most = std::max(most, mean.count);
    std::vector<std::pair<double, Position>> ranked;
    for (const auto& [step, mean] : directions) {
      constexpr double rare = 0.1;  // as across the seam of a periodic axis
      if (static_cast<double>(mean.count) < rare * static_cast<double>(most)) continue;
      constexpr double in_turn = 1.001;
      const bool next = step == unit(axis_);
      ranked.emplace_back(mean.sum / static_cast<double>(mean.count) * (next ? in_turn : 1.0), step);
    }
    if (ranked.empty()) return;
    std::sort(ranked.rbegin(), ranked.rend());
    const Position& first = ranked.front().second;
    for (const int k : {0, 1})
      if (first == unit(k)) {
        axis_ = k;
        return;
      }
    const auto second = std::find_if(ranked.begin(), ranked.end(), [&](const auto& other) {
      return std::abs(determinant(first, other.second)) == 1;
    });
    change_basis(first, second != ranked.end() ? second->second : complement(first));
  }

  static Position unit(int axis) { return axis == 0 ? Position{1, 0} : Position{0, 1}; }

  /// A short vector that spans the lattice together with a primitive one.
  static Position complement(const Position& first) {
    for (std::int32_t reach = 1;; ++reach)
      for (std::int32_t a = -reach; a <= reach; ++a)
        for (std::int32_t b = -reach; b <= reach; ++b)
          if (std::abs(determinant(first, {a, b})) == 1) return {a, b};
  }

  void change_basis(const Position& first, const Position& second) {
    const std::int32_t orientation = determinant(first, second);
    for (Position& at : graph_.position)
      at = {determinant(at, second) / orientation, determinant(first, at) / orientation};
    axis_ = 0;
  }

  bool halve_to_same(std::int32_t i, std::int32_t j) const {
    const Position &a = graph_.position[index(i)], &b = graph_.position[index(j)];
    return half(a[index(axis_)]) == half(b[index(axis_)]) && a[index(1 - axis_)] == b[index(1 - axis_)];
  }

  /// Pairs choose each other: first among all, then among those whose choice was taken.
  void halve_along_axis() {
    const std::int32_t nodes = graph_.nodes();
    Entries<std::int32_t> mate(nodes), choice(nodes);
    mate.setConstant(-1);
    bool open = true;
    constexpr int rounds = 4;
    for (int round = 0; round < rounds && open; ++round) {
#pragma omp parallel for schedule(static) if (nodes > worth_a_team)
      for (std::int32_t i = 0; i < nodes; ++i)
        if (mate[i] < 0 && (round == 0 || choice[i] >= 0))
          choice[i] = strongest(i, [&](std::int32_t j) { return mate[j] < 0 && halve_to_same(i, j); });
      open = false;
#pragma omp parallel for schedule(static) reduction(|| : open) if (nodes > worth_a_team)
      for (std::int32_t i = 0; i < nodes; ++i) {
        if (mate[i] >= 0 || choice[i] < 0) continue;
        if (choice[choice[i]] == i)
          mate[i] = choice[i];
        else
          open = true;
      }
    }
    number(mate);
  }

  /// Two mates have one number; who has none has it alone.
  void number(const Entries<std::int32_t>& mate) {
    groups_.of.resize(mate.size());
    groups_.count = 0;
    for (Index i = 0; i < mate.size(); ++i)
      groups_.of[i] = mate[i] >= 0 && mate[i] < i ? groups_.of[mate[i]] : groups_.count++;
  }

  /// The neighbour of the strongest exchange among those that `fits` takes; -1 if all are weak.
  template <class Fits>
  std::int32_t strongest(std::int32_t i, const Fits& fits) const {
    constexpr double ties = 1.0001;
    double best = weak;
    std::int32_t found = -1;
    for (std::int32_t k = graph_.begin[i]; k < graph_.begin[i + 1]; ++k) {
      const std::int32_t j = graph_.neighbour[k];
      if (!fits(j)) continue;
      const double s = strength(i, k);
      if (s <= best * ties) continue;
      best = s;
      found = j;
    }
    return found;
  }

  /// Those left over go with their strongest neighbour's pair.
  void match_greedily() {
    const std::int32_t nodes = graph_.nodes();
    Entries<std::int32_t> mate(nodes);
    mate.setConstant(-1);
    for (std::int32_t i = 0; i < nodes; ++i) {
      if (mate[i] >= 0) continue;
      const std::int32_t j = strongest(i, [&](std::int32_t other) { return mate[other] < 0; });
      if (j < 0) continue;
      mate[i] = j;
      mate[j] = i;
    }
    groups_.of.setConstant(nodes, -1);
    groups_.count = 0;
    for (std::int32_t i = 0; i < nodes; ++i)
      if (mate[i] >= 0 && groups_.of[i] < 0) groups_.of[i] = groups_.of[mate[i]] = groups_.count++;
    for (std::int32_t i = 0; i < nodes; ++i) {
      if (mate[i] >= 0) continue;
      const std::int32_t j = strongest(i, [&](std::int32_t other) { return mate[other] >= 0; });
      groups_.of[i] = j >= 0 ? groups_.of[j] : groups_.count++;
    }
  }

  FlowGraph& graph_;
  const Eigen::VectorXd& x_;
  int axis_;
  Aggregates groups_;
};

}  // namespace

Aggregates aggregate(FlowGraph& graph, const Eigen::VectorXd& x, int axis) {
  return Grouping(graph, x, axis).run();
}

}  // namespace valleyflux
