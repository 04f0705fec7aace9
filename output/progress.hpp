#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace valleyflux {

/// What a stage of work shows on a line of at most `columns` characters: fraction: done of it, from 0 to 1, nothing
/// where that is unknown; seconds: since it began.
std::string progress_line(const std::string& label, std::optional<double> fraction, const std::string& stage,
                          double seconds, int columns);

/// A line on the standard error stream about what is done and how long it will take; silent unless that is a terminal,
/// and through the first second. Drawn by a thread of its own, so that work that reports nothing shows its time.
class Progress {
 public:
  Progress(bool wanted, std::string label);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Clears the line.
  ~Progress();
  /// fraction: of the stage, 0 to 1, nothing where it is unknown. One that is not above the last begins a new stage.
  void update(std::optional<double> fraction, const std::string& stage);

 private:
  using Clock = std::chrono::steady_clock;

  void draw_until_stopped(const std::stop_token& stop);

  std::string label_, stage_;
  std::optional<double> fraction_;
  Clock::time_point begun_ = Clock::now();
  bool drawn_ = false;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace valleyflux
