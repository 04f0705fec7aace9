#pragma once

#include "grids/first_failure.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>

namespace valleyflux {

/// When to report: at first, then every twentieth of a second, however long the work between takes.
class Pace {
 public:
  bool due() {
    const auto now = Clock::now();
    if (now < next_) return false;
    next_ = now + std::chrono::milliseconds(50);
    return true;
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point next_ = Clock::now();
};

/// Work that threads share, until one of them fails or somebody tells all of them to stop.
class SharedWork {
 public:
  /// Calls body(0), ..., body(shares - 1), each once, on the threads of OpenMP; rethrows the first exception, which
  /// stops the others.
  template <typename Body>
  void run(std::ptrdiff_t shares, const Body& body) {
    FirstFailure failure;
#pragma omp parallel for schedule(dynamic, 1)
    for (std::ptrdiff_t k = 0; k < shares; ++k)
      failure.guard([&] {
        try {
          body(k);
        } catch (...) {
          goes_on_ = false;
          throw;
        }
      });
    failure.rethrow();
  }

  /// Calls told() while no other thread does; if it returns false all are to stop. Returns whether to go on.
  template <typename Told>
  bool report(const Told& told) {
    const std::lock_guard guard(lock_);
    if (!told()) goes_on_ = false;
    return goes_on_;
  }

  bool goes_on() const {
    return goes_on_;
  }

 private:
  std::atomic<bool> goes_on_{true};
  std::mutex lock_;
};

}  // namespace valleyflux
