#pragma once

#include <chrono>
#include <string>

namespace valleyflux {

/// A bar on the standard error stream; silent unless that is a terminal.
class Progress {
 public:
  Progress(bool wanted, std::string label);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Clears the line.
  ~Progress();
  /// fraction: 0 to 1. Draws at most ten times a second.
  void update(double fraction, const std::string& extra = "");

 private:
  bool shown_;
  std::string label_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace valleyflux
