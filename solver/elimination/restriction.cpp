#include "solver/elimination/dissection.hpp"
#include "solver/elimination/front_layout.hpp"

namespace valleyflux {

namespace {

/// Siblings, linked from the first to the last of them; -1: none.
struct Siblings {
  std::int32_t first = -1, last = -1;
};

}  // namespace

Dissection restricted(const Dissection& whole, const Generator& part, std::span<const std::int32_t> states) {
  std::vector<std::int32_t> state_of(whole.order.size(), -1);  // in the part, by state of the whole
  for (std::size_t k = 0; k < states.size(); ++k)
    state_of[static_cast<std::size_t>(states[k])] = static_cast<std::int32_t>(k);
  Dissection tree;
  tree.order.reserve(states.size());
  std::vector<std::int32_t> place(states.size());
  // Of the places of the whole, how many before each are kept: the new place of one that is.
  std::vector<std::int32_t> before{0};
  before.reserve(whole.order.size() + 1);
  for (const std::int32_t old : whole.order) {
    const std::int32_t state = state_of[static_cast<std::size_t>(old)];
    if (state >= 0) {
      place[static_cast<std::size_t>(state)] = before.back();
      tree.order.push_back(state);
    }
    before.push_back(before.back() + (state >= 0 ? 1 : 0));
  }

  // A front that keeps no state leaves its children in its place.
  tree.fronts.reserve(whole.fronts.size());
  tree.boundaries.reserve(whole.boundaries.size());
  std::vector<Siblings> left_of(whole.fronts.size());
  std::vector<std::int32_t> fronts_before(whole.fronts.size());
  const auto left_of_all = [&](std::int32_t sibling) {
    Siblings all;
    for (; sibling >= 0; sibling = whole.fronts[static_cast<std::size_t>(sibling)].next_sibling) {
      const Siblings& more = left_of[static_cast<std::size_t>(sibling)];
      if (more.first < 0) continue;
      (all.first < 0 ? all.first : tree.fronts[static_cast<std::size_t>(all.last)].next_sibling) = more.first;
      all.last = more.last;
    }
    return all;
  };
  for (std::size_t f = 0; f < whole.fronts.size(); ++f) {
    const Front& old = whole.fronts[f];
    const auto here = static_cast<std::int32_t>(tree.fronts.size());
    fronts_before[f] = here;
    const Siblings below = left_of_all(old.first_child);
    const auto first = static_cast<std::size_t>(old.first);
    Front front;
    front.first = before[first];
    front.shape.pivots = before[first + static_cast<std::size_t>(old.shape.pivots)] - front.first;
    if (front.shape.pivots == 0) {
      left_of[f] = below;
      continue;
    }
    front.first_child = below.first;
    front.subtree = fronts_before[static_cast<std::size_t>(old.subtree)];
    front.boundary = tree.boundaries.size();
    for (const std::int32_t there : whole.boundary_of(old))
      if (before[static_cast<std::size_t>(there) + 1] > before[static_cast<std::size_t>(there)])
        tree.boundaries.push_back(before[static_cast<std::size_t>(there)]);
    front.shape.boundary = static_cast<std::ptrdiff_t>(tree.boundaries.size() - front.boundary);
    left_of[f] = {here, here};
    tree.fronts.push_back(front);
  }
  tree.first_root = left_of_all(whole.first_root).first;
  complete(Adjacency(part), part, place, tree);
  return tree;
}

}  // namespace valleyflux
