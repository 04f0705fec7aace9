#include "output/progress.hpp"

#include "output/terminal_text.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace valleyflux {

namespace {

std::string duration(double seconds) {
  constexpr double minute = 60.0, hour = 3600.0;
  if (seconds < 2.0 * minute) return fmt::format("{:.0f} s", seconds);
  return seconds < 2.0 * hour ? fmt::format("{:.0f} min", seconds / minute) : fmt::format("{:.0f} h", seconds / hour);
}

int columns_of_terminal() {
  winsize size{};
  constexpr int standard = 80;
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : standard;
}

}  // namespace

std::string progress_line(const std::string& label, std::optional<double> fraction, const std::string& stage,
                          double seconds, int columns) {
  constexpr double least_fraction = 0.03, least_seconds = 2.0;  // to tell the time left from
  std::string times = duration(seconds), bar, percentage;
  if (fraction) {
    const double done = std::clamp(*fraction, 0.0, 1.0);
    if (done >= least_fraction && seconds >= least_seconds)
      times += fmt::format(", about {} left", duration(seconds * (1.0 - done) / done));
    constexpr int width = 20;
    const auto filled = static_cast<int>(done * width);
    bar = fmt::format(" [{:#<{}}{:.<{}}]", "", filled, "", width - filled);
    percentage = fmt::format(" {:3.0f} %", 100.0 * done);
  }
  // Of a line that is too long the stage can be cut; then the least that is said goes, the percentage last.
  const auto room = static_cast<std::size_t>(std::max(0, columns));
  const std::string whole = fmt::format("{}:{}{} {{}} ({})", label, bar, percentage, times);
  if (const std::size_t others = text_width(whole) - 2; others < room)
    return fmt::format("{}:{}{} {} ({})", label, bar, percentage, cut_to_width(stage, room - others), times);
  const std::string least = fraction ? percentage.substr(percentage.find_first_not_of(' ')) : times;
  for (const std::string& line :
       {fmt::format("{}:{}{} ({})", label, bar, percentage, times), fmt::format("{}:{} ({})", label, percentage, times),
        fmt::format("{}:{}", label, percentage)})
    if (text_width(line) <= room && (fraction || line.ends_with(')'))) return line;
  return cut_to_width(least, room);
}

Progress::Progress(bool wanted, std::string label) : label_(std::move(label)) {
  if (wanted && ::isatty(STDERR_FILENO) == 1)
    thread_ = std::jthread([this](const std::stop_token& stop) { draw_until_stopped(stop); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void Progress::update(std::optional<double> fraction, const std::string& stage) {
  if (!thread_.joinable()) return;
  const std::lock_guard lock(mutex_);
  const bool onward = fraction && fraction_ && *fraction > *fraction_;
  if (!onward && (fraction != fraction_ || stage != stage_)) begun_ = Clock::now();
  fraction_ = fraction;
  stage_ = stage;
}

void Progress::draw_until_stopped(const std::stop_token& stop) {
  constexpr auto patience = std::chrono::seconds(1);
  constexpr auto interval = std::chrono::milliseconds(200);
  std::unique_lock lock(mutex_);
  const auto stopped = [&] { return stop.stop_requested(); };
  auto wait = std::chrono::milliseconds(patience);
  while (!changed_.wait_for(lock, stop, wait, stopped)) {
    wait = interval;
    if (stage_.empty()) continue;
    const double seconds = std::chrono::duration<double>(Clock::now() - begun_).count();
    // A terminal that went away is no reason to stop. Its last column is left free: some terminals wrap there.
    std::fputs(("\r" + progress_line(label_, fraction_, stage_, seconds, columns_of_terminal() - 1) + "\033[K").c_str(),
               stderr);
    std::fflush(stderr);
    drawn_ = true;
  }
}

}  // namespace valleyflux
