#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <limits>
#include <string>

/// How every tool of the suite is timed and judged, and the line of JSON by which it tells the driver.
namespace suite {

/// Processor time of all threads.
inline double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds of the fastest of the runs that eight seconds allow, three at most: what else the machine does only adds.
/// Work that is shorter than 20 ms is repeated as long, and its mean is taken: clocks of virtual machines may stand
/// still.
template <typename Work>
double seconds_of(const Work& work) {
  double best = std::numeric_limits<double>::infinity(), spent = 0.0;
  for (int run = 0; run < 3 && spent < 8.0; ++run) {
    const double begin = processor_seconds();
    double seconds = 0.0;
    int times = 0;
    for (; seconds < 0.02; ++times) {
      work();
      seconds = processor_seconds() - begin;
    }
    best = std::min(best, seconds / times);
    spent += seconds;
  }
  return best;
}

/// Infinite where an entry is no number.
template <typename Given, typename Exact>
double largest_relative_error(const Given& given, const Exact& exact) {
  double largest = 0.0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double error = std::abs(given[i] / exact[i] - 1.0);
    if (!(error <= largest)) largest = std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
  }
  return largest;
}

template <typename Given, typename Exact>
double l1_error(const Given& given, const Exact& exact) {
  double sum = 0.0;
  for (std::size_t i = 0; i < exact.size(); ++i) sum += std::abs(given[i] - exact[i]);
  return sum;
}

struct Outcome {
  double seconds = 0.0;
  double error = 0.0;
  std::string version;
  std::string note = {};  // how it was done
};

inline void tell(const Outcome& outcome) {
  const double error = std::min(outcome.error, std::numeric_limits<double>::max());  // JSON knows no infinity
  std::printf(R"({"seconds": %.9g, "error": %.9g, "version": "%s", "note": "%s"})"
              "\n",
              outcome.seconds, error, outcome.version.c_str(), outcome.note.c_str());
}

}  // namespace suite
