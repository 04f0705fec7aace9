#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace valleyflux {

/// What each stage of a run takes. Stages of the same name are one, wherever they are entered again.
class StageTimes {
 public:
  /// Begins with what happens before the first stage that is told.
  explicit StageTimes(const std::string& first);
  /// Ends the stage before; what stands behind a comma or a colon of the name is told of its progress.
  void enter(const std::string& stage);
  /// Ends the last stage and shows all: seconds of the clock, seconds of all processors, and the largest memory that
  /// the process held meanwhile, where the system tells.
  std::string text();

 private:
  using Clock = std::chrono::steady_clock;

  struct Stage {
    std::string name;
    double seconds = 0.0, processor = 0.0, peak = 0.0;  // s, s, bytes
  };

  void account();

  std::vector<Stage> stages_;
  std::size_t current_ = 0;
  Clock::time_point begun_ = Clock::now();
  double processor_ = 0.0;
};

}  // namespace valleyflux
