#pragma once

#include <cstddef>
#include <cstdint>

namespace valleyflux {

/// What random numbers are drawn for: numbers of different purposes are independent.
enum class RandomStream : std::uint32_t { noise = 0, crossing = 1 };

/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011), the generator of Random123. What
/// comes out is a pure function of
///   key      the two halves of the seed,
///   counter  (low, high half of the number of the draw; low half of the particle's number; stream),
/// so that draw k of particle i is the same whatever the number of threads, the width of the processor's vectors and
/// the order of the calls. Particles are numbered below 2^32.
class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : seed_(seed) {}

  /// Two independent standard normal numbers for each of `count` (particle, draw) pairs, by the transform of Box &
  /// Muller (1958), in double precision: arguments of the logarithm are odd multiples of 2^-53, so that no number is
  /// larger than 8.6. Arrays hold `count` entries.
  void normals(RandomStream stream, const std::uint32_t* particle, const std::uint64_t* draw, std::ptrdiff_t count,
               double* first, double* second) const;
  /// A number uniform in (0, 1).
  double uniform(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const;

 private:
  std::uint64_t seed_;
};

}  // namespace valleyflux
