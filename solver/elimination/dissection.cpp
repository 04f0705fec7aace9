#include "solver/elimination/dissection.hpp"

#include "grids/first_failure.hpp"
#include "solver/elimination/front_layout.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <numeric>
#include <utility>

namespace valleyflux {

namespace {

std::size_t at(std::int32_t index) {
  return static_cast<std::size_t>(index);
}

/// A set of states, contiguous in the order of elimination: two halves, each a Part, then their separator.
struct Part {
  std::int32_t separator = 0, end = 0;  // without halves, everything is in the separator
  std::vector<Part> halves;
};

class Splitter {
 public:
  Splitter(const Adjacency& graph, const Eigen::Ref<const Eigen::MatrixXi>& positions, std::int32_t leaf)
      : graph_(graph),
        positions_(positions),
        leaf_(leaf),
        order_(static_cast<std::size_t>(positions.cols())),
        place_(order_.size()),
        moved_(order_.size()),
        side_(order_.size()),
        reach_(positions.rows(), positions.cols()) {
    std::iota(order_.begin(), order_.end(), 0);
    std::iota(place_.begin(), place_.end(), 0);
    for (const std::int32_t state : order_) {
      reach_.col(state).setZero();
      for (const Neighbour& other : graph.of(state))
        reach_.col(state) = reach_.col(state).cwiseMax((positions.col(other.state) - positions.col(state)).cwiseAbs());
    }
  }

  /// Orders the states at begin ... end - 1.
  Part split(std::int32_t begin, std::int32_t end) {
    Part part{begin, end, {}};
    if (end - begin <= leaf_) return part;
    const auto [axis, plane, extent] = middle(begin, end);
    if (extent == 0) return part;  // all in one place: nothing to split by
    std::array<std::int32_t, 4> count{};
    for (std::int32_t k = begin; k < end; ++k) {
      const std::int32_t state = order_[at(k)];
      const Side side = side_of(state, axis, plane, begin, end);
      side_[at(k)] = side;
      ++count[side];
    }
    // The smaller layer is the separator; the other one goes back to its side.
    const bool upper = count[upper_layer] < count[lower_layer];
    const Side separator = upper ? upper_layer : lower_layer;
    const std::int32_t middle = begin + count[lower] + (upper ? count[lower_layer] : 0);
    part.separator = end - count[separator];
    std::array<std::int32_t, 4> next{};
    next[separator] = part.separator;
    std::int32_t next_lower = begin, next_upper = middle;
    for (std::int32_t k = begin; k < end; ++k) {
      const Side side = side_[at(k)];
      std::int32_t& to = side == separator                      ? next[separator]
                         : side == lower || side == lower_layer ? next_lower
                                                                : next_upper;
      moved_[at(to++)] = order_[at(k)];
    }
    for (std::int32_t k = begin; k < end; ++k) {
      order_[at(k)] = moved_[at(k)];
      std::atomic_ref(place_[at(order_[at(k)])]).store(k, std::memory_order_relaxed);
    }
    part.halves.resize(2);
    const std::int32_t last = part.separator;
    if (end - begin > states_of_a_task) {
      FirstFailure failure;
#pragma omp task default(shared) firstprivate(begin, middle)
      failure.guard([&] { part.halves[0] = split(begin, middle); });
      failure.guard([&] { part.halves[1] = split(middle, last); });
#pragma omp taskwait
      failure.rethrow();
    } else {
      part.halves[0] = split(begin, middle);
      part.halves[1] = split(middle, last);
    }
    return part;
  }

  std::vector<std::int32_t> take_order() {
    return std::move(order_);
  }
  const std::vector<std::int32_t>& places() const {
    return place_;
  }  // state -> place in the order

 private:
  static constexpr std::int32_t states_of_a_task = 10000;

  /// Of a plane; a layer holds the states that have a neighbour (of the same set) on the other side.
  enum Side : unsigned char { lower, upper, lower_layer, upper_layer };

  struct Plane {
    Index axis;
    int plane;
    int extent;
  };

  Side side_of(std::int32_t state, Index axis, int plane, std::int32_t begin, std::int32_t end) {
    const int x = positions_(axis, state);
    const bool above = x >= plane;
    if (above ? x - reach_(axis, state) < plane : x + reach_(axis, state) >= plane)
      for (const Neighbour& other : graph_.of(state)) {
        // Places of other sets change meanwhile, but stay among themselves.
        const std::int32_t there = std::atomic_ref(place_[at(other.state)]).load(std::memory_order_relaxed);
        if (there >= begin && there < end && (positions_(axis, other.state) >= plane) != above)
          return above ? upper_layer : lower_layer;
      }
    return above ? upper : lower;
  }

  /// The median along the axis of the longest extent; both sides hold something.
  Plane middle(std::int32_t begin, std::int32_t end) const {
    Eigen::VectorXi low = positions_.col(order_[at(begin)]), high = low;
    for (std::int32_t k = begin; k < end; ++k) {
      const int* x = positions_.data() + positions_.outerStride() * order_[at(k)];
      for (Index axis = 0; axis < low.size(); ++axis) {
        low[axis] = std::min(low[axis], x[axis]);
        high[axis] = std::max(high[axis], x[axis]);
      }
    }
    Plane best{0, 0, 0};
    best.extent = (high - low).maxCoeff(&best.axis);
    const int first = low[best.axis];
    std::vector<std::int32_t> count(at(best.extent) + 2, 0);
    for (std::int32_t k = begin; k < end; ++k) ++count[at(positions_(best.axis, order_[at(k)]) - first)];
    std::int32_t below = count[0];
    int planes = 1;
    while (below + count[at(planes)] <= (end - begin) / 2) below += count[at(planes++)];
    best.plane = first + planes;
    return best;
  }

  const Adjacency& graph_;
  const Eigen::Ref<const Eigen::MatrixXi>& positions_;
  std::int32_t leaf_;
  std::vector<std::int32_t> order_, place_, moved_;
  std::vector<Side> side_;
  Eigen::MatrixXi reach_;  // how far each state's neighbours are, per axis
};

/// Makes the fronts of a part, halves first. open: the last of the fronts that have no parent yet, linked as siblings;
/// a part without a separator (its halves do not touch) leaves those of its halves there.
void make_fronts(const Part& part, std::vector<Front>& fronts, std::int32_t& open) {
  Front front;
  if (part.separator == part.end) {
    for (const Part& half : part.halves) make_fronts(half, fronts, open);
    return;
  }
  front.subtree = static_cast<std::int32_t>(fronts.size());
  for (const Part& half : part.halves) make_fronts(half, fronts, front.first_child);
  front.first = part.separator;
  front.shape.pivots = part.end - part.separator;
  front.next_sibling = open;
  open = static_cast<std::int32_t>(fronts.size());
  fronts.push_back(front);
}

/// Finds the boundaries of the fronts.
void find_boundaries(const Adjacency& graph, const std::vector<std::int32_t>& place, Dissection& tree) {
  std::vector<std::int32_t> seen(tree.order.size(), -1);  // the last front that had this place in its boundary
  std::vector<std::int32_t> found, sum;
  for (std::size_t f = 0; f < tree.fronts.size(); ++f) {
    Front& front = tree.fronts[f];
    const auto end = static_cast<std::int32_t>(front.first + front.shape.pivots);
    found.clear();
    for (std::int32_t here = front.first; here < end; ++here)
      for (const Neighbour& other : graph.of(tree.order[at(here)])) {
        const std::int32_t there = place[at(other.state)];
        if (there < end || seen[at(there)] == static_cast<std::int32_t>(f)) continue;
        seen[at(there)] = static_cast<std::int32_t>(f);
        found.push_back(there);
      }
    std::sort(found.begin(), found.end());
    for (std::int32_t c = front.first_child; c >= 0; c = tree.fronts[at(c)].next_sibling) {
      const auto below = tree.boundary_of(tree.fronts[at(c)]);
      sum.clear();
      std::set_union(found.begin(), found.end(), std::lower_bound(below.begin(), below.end(), end), below.end(),
                     std::back_inserter(sum));
      found.swap(sum);
    }
    front.shape.boundary = static_cast<std::ptrdiff_t>(found.size());
    front.boundary = tree.boundaries.size();
    tree.boundaries.insert(tree.boundaries.end(), found.begin(), found.end());
  }
}

}  // namespace

std::span<const std::int32_t> Dissection::boundary_of(const Front& front) const {
  return std::span(boundaries).subspan(front.boundary, static_cast<std::size_t>(front.shape.boundary));
}

std::span<const std::int32_t> Dissection::in_parent_of(const Front& front) const {
  return std::span(in_parent).subspan(front.boundary, static_cast<std::size_t>(front.shape.boundary));
}

Dissection dissect(const Generator& generator, const Eigen::Ref<const Eigen::MatrixXi>& positions, Index leaf_states) {
  const Adjacency graph(generator);
  const auto states = static_cast<std::int32_t>(generator.states);
  Splitter splitter(graph, positions, static_cast<std::int32_t>(std::clamp<Index>(leaf_states, 1, generator.states)));
  Part whole;
  const bool team = states > 100000;
  FirstFailure failure;
#pragma omp parallel default(shared) if (team)
#pragma omp single
  failure.guard([&] { whole = splitter.split(0, states); });
  failure.rethrow();

  Dissection tree;
  make_fronts(whole, tree.fronts, tree.first_root);
  tree.order = splitter.take_order();
  find_boundaries(graph, splitter.places(), tree);
  tree.fronts.shrink_to_fit();
  tree.boundaries.shrink_to_fit();
  complete(graph, generator, splitter.places(), tree);
  return tree;
}

}  // namespace valleyflux
