#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <vector>

namespace valleyflux {

/// Calls body(0) ... body(count - 1), which are independent of each other, on several threads; within one of them one
/// after the other. A failure keeps later ones from beginning; of several that of the first one is rethrown.
template <typename Body>
void side_by_side(std::size_t count, const Body& body) {
  std::vector<std::exception_ptr> failures(count);
  std::atomic<std::size_t> first{count};  // that failed
#pragma omp parallel for schedule(dynamic, 1) if (count > 1)
  for (std::size_t k = 0; k < count; ++k) {
    if (k > first) continue;
    try {
      body(k);
    } catch (...) {
      failures[k] = std::current_exception();
      std::size_t known = first;
      while (k < known && !first.compare_exchange_weak(known, k)) continue;
    }
  }
  if (first < count) std::rethrow_exception(failures[first]);
}

}  // namespace valleyflux
