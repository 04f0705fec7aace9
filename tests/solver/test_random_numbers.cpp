#include "solver/particles/random_numbers.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <vector>

using namespace valleyflux;

namespace {

struct KnownAnswer {
  std::uint32_t counter[4], key[2], bits[4];
};

// Philox4x32-10, the known-answer vectors published with Random123 (Salmon et al. 2011).
constexpr KnownAnswer known_answers[] = {{{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
                                         {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                                          {0xffffffff, 0xffffffff},
                                          {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
                                         {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                                          {0xa4093822, 0x299f31d0},
                                          {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}};

std::uint64_t joined(std::uint32_t low, std::uint32_t high) {
  return low | (std::uint64_t{high} << 32);
}

/// Bits to (0, 1) as documented: the 52 highest bits and a half.
double unit(std::uint32_t low, std::uint32_t high) {
  return std::ldexp(static_cast<double>(joined(low, high) >> 12) + 0.5, -52);
}

/// The lowest bit, as documented: -1 where it is set.
double sign(std::uint64_t bits) {
  return bits % 2 == 0 ? 1.0 : -1.0;
}

}  // namespace

TEST_CASE("random numbers are those of Philox4x32-10's published vectors") {
  for (const KnownAnswer& known : known_answers) {
    const RandomNumbers random(joined(known.key[0], known.key[1]));
    const auto stream = static_cast<RandomStream>(known.counter[3]);
    const std::uint64_t draw = joined(known.counter[0], known.counter[1]);
    CHECK(random.uniform(stream, known.counter[2], draw) == unit(known.bits[0], known.bits[1]));
    double normal[4];
    random.normals(NoisePrecision::full, stream, &known.counter[2], &draw, 1, normal, 1);
    const double radius = std::sqrt(-2.0 * std::log(unit(known.bits[0], known.bits[1])));
    const std::uint64_t direction = joined(known.bits[2], known.bits[3]);
    const double angle = 0.5 * M_PI * std::ldexp(static_cast<double>((direction >> 12) | 1u), -52);
    CHECK(std::abs(normal[0] - sign(direction) * radius * std::sin(angle)) < 4e-15);
    CHECK(std::abs(normal[1] - sign(direction >> 1) * radius * std::cos(angle)) < 4e-15);
    // Single precision: four numbers, from the words themselves.
    random.normals(NoisePrecision::single, stream, &known.counter[2], &draw, 1, normal, 1);
    for (const std::size_t k : {0, 1}) {
      const double length = std::sqrt(-2.0 * std::log(((known.bits[k] >> 1) + 0.5) * 0x1p-31));
      const std::uint32_t direction = known.bits[2 + k];
      const double angle = 0.5 * M_PI * ((direction >> 9) | 1u) * 0x1p-23;
      CHECK(std::abs(normal[2 * k] - sign(direction) * length * std::sin(angle)) < 2e-6);
      CHECK(std::abs(normal[2 * k + 1] - sign(direction >> 1) * length * std::cos(angle)) < 2e-6);
    }
  }
}

TEST_CASE("a number does not depend on those drawn along with it") {
  const RandomNumbers random(2011);
  constexpr std::ptrdiff_t count = 203;  // whole blocks and a rest
  std::vector<std::uint32_t> particle(count);
  std::vector<std::uint64_t> draw(count);
  std::iota(particle.begin(), particle.end(), 7u);
  for (std::size_t k = 0; k < draw.size(); ++k) draw[k] = 1000 * k;
  for (const auto precision : {NoisePrecision::full, NoisePrecision::single}) {
    const auto rows = static_cast<std::size_t>(normals_per_draw(precision));
    std::vector<double> normal(rows * count), alone(rows);
    random.normals(precision, RandomStream::noise, particle.data(), draw.data(), count, normal.data(), count);
    std::vector<double> uniform(count);
    random.uniforms(RandomStream::start, particle.data(), draw.data(), count, uniform.data());
    for (std::size_t k = 0; k < draw.size(); k += 11) {
      CHECK(uniform[k] == random.uniform(RandomStream::start, particle[k], draw[k]));
      random.normals(precision, RandomStream::noise, &particle[k], &draw[k], 1, alone.data(), 1);
      for (std::size_t row = 0; row < rows; ++row) CHECK(alone[row] == normal[row * count + k]);
      const std::uint64_t earlier = draw[k] - 7;  // for the first one before 0, modulo 2^64
      random.normals(precision, RandomStream::noise, &particle[k], &earlier, 1, alone.data(), 1, 7);
      for (std::size_t row = 0; row < rows; ++row) CHECK(alone[row] == normal[row * count + k]);
    }
  }
}

TEST_CASE("normal numbers have the moments of the normal distribution") {
  const RandomNumbers random(1);
  constexpr std::ptrdiff_t count = 1 << 20;
  const std::vector<std::uint32_t> particle(count, 3);
  std::vector<std::uint64_t> draw(count);
  std::iota(draw.begin(), draw.end(), std::uint64_t{0});
  for (const auto precision : {NoisePrecision::full, NoisePrecision::single}) {
    const auto rows = static_cast<std::size_t>(normals_per_draw(precision));
    std::vector<double> normal(rows * count);
    random.normals(precision, RandomStream::noise, particle.data(), draw.data(), count, normal.data(), count);
    double m1 = 0.0, m2 = 0.0, m4 = 0.0, product = 0.0;
    for (const double z : normal) {
      m1 += z;
      m2 += z * z;
      m4 += std::pow(z, 4);
    }
    for (std::size_t k = 0; k < draw.size(); ++k) product += normal[k] * normal[count + k];
    // Five standard errors of each mean: variances 1, 2, 96, 1.
    const auto n = static_cast<double>(normal.size());
    CHECK(std::abs(m1 / n) < 5.0 * std::sqrt(1.0 / n));
    CHECK(std::abs(m2 / n - 1.0) < 5.0 * std::sqrt(2.0 / n));
    CHECK(std::abs(m4 / n - 3.0) < 5.0 * std::sqrt(96.0 / n));
    CHECK(std::abs(product / count) < 5.0 * std::sqrt(1.0 / count));
  }
}
