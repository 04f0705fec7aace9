#pragma once

#include <atomic>
#include <exception>
#include <mutex>

namespace valleyflux {

/// Carries the first exception out of a parallel region, which none may leave by itself: every share of the work is
/// guarded, what comes after a failure is left out, and rethrow() is called behind the region.
class FirstFailure {
 public:
  template <typename Body>
  void guard(const Body& body) {
    if (failed_) return;
    try {
      body();
    } catch (...) {
      const std::lock_guard lock(lock_);
      if (!failure_) failure_ = std::current_exception();
      failed_ = true;
    }
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  std::atomic<bool> failed_{false};
  std::mutex lock_;
  std::exception_ptr failure_;
};

}  // namespace valleyflux
