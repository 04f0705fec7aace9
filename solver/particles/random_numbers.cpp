#include "solver/particles/random_numbers.hpp"

#include "solver/elimination/wide.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numbers>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr Size block = 64;  // numbers worked on together: their intermediate results stay in the first-level cache

/// Bits to a double in (0, 1): the 52 highest ones, and one half of the last place more.
VALLEYFLUX_INLINE double open_unit(std::uint64_t bits) {
  const std::uint64_t mantissa = (bits >> 12) | 0x3ff0000000000000;
  double number;
  std::memcpy(&number, &mantissa, sizeof number);
  return number - (1.0 - 0x1p-53);
}

/// Philox4x32-10 on `block` counters at once, in place. (Random123 works on one counter; a test compares the two.)
VALLEYFLUX_INLINE void philox(std::uint64_t seed, std::uint32_t (&c)[4][block]) {
  auto k0 = static_cast<std::uint32_t>(seed), k1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; ++round) {
    for (Size i = 0; i < block; ++i) {
      const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0][i], b = std::uint64_t{0xCD9E8D57} * c[2][i];
      const auto high_a = static_cast<std::uint32_t>(a >> 32), high_b = static_cast<std::uint32_t>(b >> 32);
      const std::uint32_t first = high_b ^ c[1][i] ^ k0, third = high_a ^ c[3][i] ^ k1;
      c[0][i] = first;
      c[1][i] = static_cast<std::uint32_t>(b);
      c[2][i] = third;
      c[3][i] = static_cast<std::uint32_t>(a);
    }
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
}

/// sqrt(-2 log u), u in (0, 1).
VALLEYFLUX_INLINE double radius(double u) {
  std::uint64_t bits;
  std::memcpy(&bits, &u, sizeof u);
  // u = m 2^e with m in [sqrt(1/2), sqrt(2)).
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
  const std::uint64_t shifted = bits + (one - root_half);
  // The exponent as a double without a conversion of integers, which AVX2 lacks.
  const std::uint64_t exponent_bits = (shifted >> 52) | 0x4330000000000000;
  double exponent;
  std::memcpy(&exponent, &exponent_bits, sizeof exponent);
  exponent -= 0x1p52 + 1023.0;
  const std::uint64_t mantissa_bits = (shifted & 0x000fffffffffffff) + root_half;
  double m;
  std::memcpy(&m, &mantissa_bits, sizeof m);
  // log m = 2 atanh(f), f = (m - 1) / (m + 1), |f| < 0.1716.
  const double f = (m - 1.0) / (m + 1.0), g = f * f;
  double series = 1.0 / 21.0;
  series = series * g + 1.0 / 19.0;
  series = series * g + 1.0 / 17.0;
  series = series * g + 1.0 / 15.0;
  series = series * g + 1.0 / 13.0;
  series = series * g + 1.0 / 11.0;
  series = series * g + 1.0 / 9.0;
  series = series * g + 1.0 / 7.0;
  series = series * g + 1.0 / 5.0;
  series = series * g + 1.0 / 3.0;
  const double log_u = exponent * std::numbers::ln2 + 2.0 * (f + f * g * series);
  return std::sqrt(-2.0 * log_u);
}

/// sin(2 pi v) and cos(2 pi v), v in (0, 1).
VALLEYFLUX_INLINE void sine_cosine(double v, double& sine, double& cosine) {
  // v = q / 4 + r with |r| <= 1/8; adding 1.5 * 2^52 rounds 4 v to the integer q.
  const double shifted = 4.0 * v + 0x1.8p52;
  std::uint64_t q;
  std::memcpy(&q, &shifted, sizeof q);
  const double r = 2.0 * std::numbers::pi * (v - 0.25 * (shifted - 0x1.8p52)), s = r * r;
  double a = -1.0 / 1307674368000.0;  // sin
  a = a * s + 1.0 / 6227020800.0;
  a = a * s - 1.0 / 39916800.0;
  a = a * s + 1.0 / 362880.0;
  a = a * s - 1.0 / 5040.0;
  a = a * s + 1.0 / 120.0;
  a = a * s - 1.0 / 6.0;
  a = r + r * s * a;
  double b = 1.0 / 20922789888000.0;  // cos
  b = b * s - 1.0 / 87178291200.0;
  b = b * s + 1.0 / 479001600.0;
  b = b * s - 1.0 / 3628800.0;
  b = b * s + 1.0 / 40320.0;
  b = b * s - 1.0 / 720.0;
  b = b * s + 1.0 / 24.0;
  b = b * s - 0.5;
  b = 1.0 + b * s;
  // Quarter turns: exchange the two for odd q, then signs.
  const std::uint64_t odd = 0 - (q & 1);
  std::uint64_t a_bits, b_bits;
  std::memcpy(&a_bits, &a, sizeof a);
  std::memcpy(&b_bits, &b, sizeof b);
  const std::uint64_t sine_bits = ((a_bits & ~odd) | (b_bits & odd)) ^ ((q & 2) << 62);
  const std::uint64_t cosine_bits = ((b_bits & ~odd) | (a_bits & odd)) ^ (((q + 1) & 2) << 62);
  std::memcpy(&sine, &sine_bits, sizeof sine);
  std::memcpy(&cosine, &cosine_bits, sizeof cosine);
}

VALLEYFLUX_INLINE void normal_block(std::uint64_t seed, std::uint32_t stream, const std::uint32_t* particle,
                                    const std::uint64_t* draw, double* first, double* second) {
  std::uint32_t c[4][block];
  for (Size i = 0; i < block; ++i) {
    c[0][i] = static_cast<std::uint32_t>(draw[i]);
    c[1][i] = static_cast<std::uint32_t>(draw[i] >> 32);
    c[2][i] = particle[i];
    c[3][i] = stream;
  }
  philox(seed, c);
  double length[block], turn[block];
  for (Size i = 0; i < block; ++i) {
    length[i] = open_unit(c[0][i] | (std::uint64_t{c[1][i]} << 32));
    turn[i] = open_unit(c[2][i] | (std::uint64_t{c[3][i]} << 32));
  }
  for (Size i = 0; i < block; ++i) length[i] = radius(length[i]);
  for (Size i = 0; i < block; ++i) {
    double sine, cosine;
    sine_cosine(turn[i], sine, cosine);
    first[i] = length[i] * cosine;
    second[i] = length[i] * sine;
  }
}

struct NormalBlock {
  template <Size>
  static VALLEYFLUX_INLINE void run(std::uint64_t seed, std::uint32_t stream, const std::uint32_t* particle,
                                    const std::uint64_t* draw, double* first, double* second) {
    normal_block(seed, stream, particle, draw, first, second);
  }
};

}  // namespace

void RandomNumbers::normals(RandomStream stream, const std::uint32_t* particle, const std::uint64_t* draw, Size count,
                            double* first, double* second) const {
  Size done = 0;
  for (; done + block <= count; done += block)
    run_exact<NormalBlock>(seed_, static_cast<std::uint32_t>(stream), particle + done, draw + done, first + done,
                           second + done);
  if (done == count) return;
  std::uint32_t particles[block] = {};
  std::uint64_t draws[block] = {};
  double a[block], b[block];
  std::copy(particle + done, particle + count, particles);
  std::copy(draw + done, draw + count, draws);
  run_exact<NormalBlock>(seed_, static_cast<std::uint32_t>(stream), particles, draws, a, b);
  std::copy(a, a + (count - done), first + done);
  std::copy(b, b + (count - done), second + done);
}

double RandomNumbers::uniform(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const {
  const r123::Philox4x32::ctr_type bits =
      r123::Philox4x32()({{static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32), particle,
                           static_cast<std::uint32_t>(stream)}},
                         {{static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}});
  return open_unit(bits[0] | (std::uint64_t{bits[1]} << 32));
}

}  // namespace valleyflux
