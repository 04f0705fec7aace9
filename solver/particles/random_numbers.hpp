#pragma once

#include "solver/particles/philox.hpp"

#include <cstddef>
#include <cstdint>

namespace valleyflux {

/// What random numbers are drawn for: numbers of different purposes are independent.
enum class RandomStream : std::uint32_t { noise = 0, crossing = 1, sign = 2, minibatch = 3, splitting = 4, start = 5 };

/// How precisely normal numbers are made; states are double always.
///   full:   2 numbers a draw, in double precision: their logarithm's argument is an odd multiple of 2^-53, so that no
///           number is larger than 8.6.
///   single: 4 numbers a draw, in single precision, of 2^31 different sizes: none is larger than 6.7.
enum class NoisePrecision { full, single };

constexpr int normals_per_draw(NoisePrecision precision) {
  return precision == NoisePrecision::full ? 2 : 4;
}

/// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011), the generator of Random123. What
/// comes out is a pure function of
///   key      the two halves of the seed,
///   counter  (low, high half of the number of the draw; low half of the particle's number; stream),
/// so that draw k of particle i is the same whatever the number of threads, the width of the processor's vectors and
/// the order of the calls. Particles are numbered below 2^32.
class RandomNumbers {
 public:
  explicit RandomNumbers(std::uint64_t seed) : keys_(seed) {}

  /// Independent standard normal numbers for each of `count` (particle, draw) pairs, by the transform of Box & Muller
  /// (1958), R sin a and R cos a with a in the first quarter turn and two signs. `particle` and `draw` hold `count`
  /// entries; number k of pair i goes to normal[k * stride + i], k below normals_per_draw(precision), stride >= count.
  /// The draws are those that come `further` after `draw`.
  void normals(NoisePrecision precision, RandomStream stream, const std::uint32_t* particle, const std::uint64_t* draw,
               std::ptrdiff_t count, double* normal, std::ptrdiff_t stride, std::uint64_t further = 0) const;
  /// A number uniform in (0, 1).
  double uniform(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const;
  /// The same for each of `count` (particle, draw) pairs.
  void uniforms(RandomStream stream, const std::uint32_t* particle, const std::uint64_t* draw, std::ptrdiff_t count,
                double* number) const;
  /// 128 bits as two numbers.
  struct Bits {
    std::uint64_t low, high;
  };
  Bits bits(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const;

 private:
  PhiloxKeys keys_;
};

}  // namespace valleyflux
