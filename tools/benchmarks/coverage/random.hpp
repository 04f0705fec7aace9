#pragma once

#include <cmath>
#include <cstdint>
#include <random>

namespace valleyflux::coverage {

/// Random numbers of one problem: the same on every platform (the standard's distributions are not), and independent of
/// all other problems, so that any of them can be made again alone.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t kind, std::uint64_t number) {
    std::seed_seq mixed{low(seed), high(seed), low(kind), low(number), high(number)};
    engine_.seed(mixed);
  }

  /// In [0, 1).
  double unit() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  double uniform(double from, double to) { return from + (to - from) * unit(); }
  double log_uniform(double from, double to) { return from * std::pow(to / from, unit()); }
  bool chance(double probability) { return unit() < probability; }
  /// 0, ..., count - 1.
  int choice(int count) { return static_cast<int>(unit() * count); }
  double sign() { return chance(0.5) ? 1.0 : -1.0; }

 private:
  static std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
  static std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

  std::mt19937_64 engine_;
};

}  // namespace valleyflux::coverage
