#include "solver/elimination/front_layout.hpp"

#include <numeric>

namespace valleyflux {

namespace {

std::size_t index_of(std::int32_t index) {
  return static_cast<std::size_t>(index);
}

}  // namespace

Adjacency::Adjacency(const Generator& generator)
    : begin_(static_cast<std::size_t>(generator.states) + 1, 0), neighbours_(2 * generator.from.size()) {
  const std::size_t edges = generator.from.size();
  for (std::size_t e = 0; e < edges; ++e) {
    ++begin_[index_of(generator.from[e])];
    ++begin_[index_of(generator.to[e])];
  }
  std::partial_sum(begin_.begin(), begin_.end(), begin_.begin());
  for (std::size_t e = edges; e-- > 0;) {
    neighbours_[index_of(--begin_[index_of(generator.to[e])])] = {generator.from[e], static_cast<std::int32_t>(e)};
    neighbours_[index_of(--begin_[index_of(generator.from[e])])] = {generator.to[e], static_cast<std::int32_t>(e)};
  }
}

void complete(const Adjacency& graph, const Generator& generator, const std::vector<std::int32_t>& place,
              Dissection& tree) {
  std::vector<std::int32_t> row(tree.order.size());  // of places, in the front at hand
  tree.in_parent.resize(tree.boundaries.size());
  tree.edges.reserve(generator.from.size());
  for (Front& front : tree.fronts) {
    const auto end = static_cast<std::int32_t>(front.first + front.shape.pivots);
    auto next_row = static_cast<std::int32_t>(front.shape.pivot_rows());
    for (const std::int32_t there : tree.boundary_of(front)) row[index_of(there)] = next_row++;
    for (std::int32_t here = front.first; here < end; ++here) row[index_of(here)] = here - front.first;
    for (std::int32_t c = front.first_child; c >= 0; c = tree.fronts[index_of(c)].next_sibling) {
      const Front& child = tree.fronts[index_of(c)];
      for (std::size_t k = child.boundary; k < child.boundary + static_cast<std::size_t>(child.shape.boundary); ++k)
        tree.in_parent[k] = row[index_of(tree.boundaries[k])];
      front.work += child.work;
    }
    front.edges_begin = tree.edges.size();
    for (std::int32_t here = front.first; here < end; ++here) {
      const std::int32_t state = tree.order[index_of(here)];
      for (const Neighbour& other : graph.of(state)) {
        const std::int32_t there = place[index_of(other.state)];
        if (there < here) continue;
        const bool forward = generator.from[index_of(other.edge)] == state;
        tree.edges.push_back(
            {other.edge, row[index_of(forward ? here : there)], row[index_of(forward ? there : here)]});
      }
    }
    front.edges_end = tree.edges.size();
    front.factor = tree.factor_size;
    tree.factor_size += static_cast<std::size_t>(front.shape.left_size() + front.shape.top_size());
    front.symmetric_factor = tree.symmetric_size;
    tree.symmetric_size += static_cast<std::size_t>(front.symmetric_shape().left_size());
    const auto p = static_cast<double>(front.shape.pivots), m = p + static_cast<double>(front.shape.boundary);
    front.work += p * m * m;
  }
  for (std::int32_t root = tree.first_root; root >= 0; root = tree.fronts[index_of(root)].next_sibling)
    tree.work += tree.fronts[index_of(root)].work;
}

}  // namespace valleyflux
