#pragma once

#include "grids/first_failure.hpp"
#include "solver/elimination/dissection.hpp"

#include <cstddef>
#include <cstdint>

namespace valleyflux {

/// Calls f(place, child) for every child of a front, subtrees worth a task in parallel, and waits for all.
template <typename F>
void for_each_child(const Dissection& tree, const Front& front, double worth, const F& f) {
  std::size_t place = 0;
  bool waiting = false;
  FirstFailure failure;  // no child may outlive this call
  for (std::int32_t c = front.first_child; c >= 0; ++place) {
    const Front* const child = &tree.fronts[static_cast<std::size_t>(c)];
    c = child->next_sibling;
    if (c >= 0 && child->work > worth) {
      waiting = true;
#pragma omp task default(shared) firstprivate(place, child)
      failure.guard([&] { f(place, *child); });
    } else {
      failure.guard([&] { f(place, *child); });
    }
  }
  if (waiting) {
#pragma omp taskwait
  }
  failure.rethrow();
}

inline std::size_t children(const Dissection& tree, const Front& front) {
  std::size_t count = 0;
  for (std::int32_t c = front.first_child; c >= 0; c = tree.fronts[static_cast<std::size_t>(c)].next_sibling) ++count;
  return count;
}

/// All roots as children of one front without states.
inline Front above_roots(const Dissection& tree) {
  Front above;
  above.first_child = tree.first_root;
  return above;
}

}  // namespace valleyflux
