#include "output/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace valleyflux {

Progress::Progress(bool wanted, std::string label)
    : shown_(wanted && ::isatty(STDERR_FILENO) == 1), label_(std::move(label)) {}

Progress::~Progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void Progress::update(double fraction, const std::string& extra) {
  if (!shown_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  constexpr int width = 30;
  const int filled = std::clamp(static_cast<int>(fraction * width), 0, width);
  // A terminal that went away is no reason to stop.
  std::fputs(fmt::format("\r{} [{}{}] {:3.0f} % {}\033[K", label_, std::string(static_cast<std::size_t>(filled), '#'),
                         std::string(static_cast<std::size_t>(width - filled), '.'), 100.0 * fraction, extra)
                 .c_str(),
             stderr);
  std::fflush(stderr);
}

}  // namespace valleyflux
