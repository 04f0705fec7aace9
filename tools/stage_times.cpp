#include "tools/stage_times.hpp"

#include "output/terminal_text.hpp"

#include <sys/resource.h>

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace valleyflux {

namespace {

/// Seconds that all threads of the process have been at work.
double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The largest memory since forget_peak(), in bytes; 0 where the system does not tell.
double peak_memory() {
  std::ifstream in("/proc/self/status");
  std::string key;
  while (in >> key) {
    double kilobytes = 0.0;
    if (key == "VmHWM:" && in >> kilobytes) return 1024.0 * kilobytes;
    std::getline(in, key);
  }
  return 0.0;
}

void forget_peak() {
  constexpr const char* peak = "5";
  std::ofstream("/proc/self/clear_refs") << peak;
}

}  // namespace

StageTimes::StageTimes(const std::string& first) : processor_(processor_seconds()) {
  stages_.push_back({first});
  forget_peak();
}

void StageTimes::account() {
  Stage& stage = stages_[current_];
  const Clock::time_point now = Clock::now();
  const double processor = processor_seconds();
  stage.seconds += std::chrono::duration<double>(now - begun_).count();
  stage.processor += processor - processor_;
  stage.peak = std::max(stage.peak, peak_memory());
  begun_ = now;
  processor_ = processor;
}

void StageTimes::enter(const std::string& stage) {
  const std::string name = stage.substr(0, stage.find_first_of(",:"));
  if (name == stages_[current_].name) return;
  account();
  forget_peak();
  const auto known = std::find_if(stages_.begin(), stages_.end(), [&](const Stage& one) { return one.name == name; });
  current_ = static_cast<std::size_t>(known - stages_.begin());
  if (known == stages_.end()) stages_.push_back({name});
}

std::string StageTimes::text() {
  account();
  std::vector<std::vector<std::string>> rows{{"stage", "seconds", "processor", "peak memory"}};
  Stage all{"all"};
  const auto row = [&](const Stage& stage) {
    rows.push_back({stage.name, fmt::format("{:.3f}", stage.seconds), fmt::format("{:.3f}", stage.processor),
                    stage.peak > 0.0 ? fmt::format("{:.0f} MB", stage.peak / 1e6) : "-"});
  };
  for (const Stage& stage : stages_) {
    row(stage);
    all.seconds += stage.seconds;
    all.processor += stage.processor;
    all.peak = std::max(all.peak, stage.peak);
  }
  row(all);
  return aligned(rows);
}

}  // namespace valleyflux
