#pragma once

#include "grids/wide.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numbers>

/// Elementary functions made of operations that processors have for whole vectors, so that a loop over them is
/// vectorised: without branches, tables or calls. Errors are below 2 units in the last place; polynomials are Chebyshev
/// interpolants of degrees at which they are exact to double (or single) precision.
namespace valleyflux {

template <typename To, typename From>
VALLEYFLUX_INLINE To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

/// A normal number x > 0 as m 2^e with m in [sqrt(1/2), sqrt(2)): e and f = (m - 1) / (m + 1), |f| < 0.1716.
VALLEYFLUX_INLINE void split_of_log(double x, double& exponent, double& f) {
  constexpr std::uint64_t root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
  const std::uint64_t shifted = bits_as<std::uint64_t>(x) + (one - root_half);
  // The exponent as a double without a conversion of integers, which AVX2 lacks.
  exponent = bits_as<double>((shifted >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
  const auto m = bits_as<double>((shifted & 0x000fffffffffffff) + root_half);
  f = (m - 1.0) / (m + 1.0);
}

/// log x from there: log m = 2 atanh(f).
VALLEYFLUX_INLINE double log_of_split(double exponent, double f) {
  const double g = f * f;
  double series = 0x1.2b5900de53b32p-4;
  series = fused(series, g, 0x1.39fe51a7c18f9p-4);
  series = fused(series, g, 0x1.7462b51cb66b1p-4);
  series = fused(series, g, 0x1.c71c62e3f11e6p-4);
  series = fused(series, g, 0x1.2492492df281ap-3);
  series = fused(series, g, 0x1.99999999952d7p-3);
  series = fused(series, g, 0x1.5555555555558p-2);
  return fused(exponent, std::numbers::ln2, 2.0 * fused(f * g, series, f));
}

/// log x of a normal number x > 0.
VALLEYFLUX_INLINE double log_of_normal(double x) {
  double exponent, f;
  split_of_log(x, exponent, f);
  return log_of_split(exponent, f);
}

VALLEYFLUX_INLINE void split_of_log(float x, float& exponent, float& f) {
  constexpr std::uint32_t root_half = 0x3f3504f3, one = 0x3f800000;
  const std::uint32_t shifted = bits_as<std::uint32_t>(x) + (one - root_half);
  exponent = static_cast<float>(static_cast<std::int32_t>(shifted >> 23)) - 127.0f;
  const auto m = bits_as<float>((shifted & 0x007fffff) + root_half);
  f = (m - 1.0f) / (m + 1.0f);
}

VALLEYFLUX_INLINE float log_of_split(float exponent, float f) {
  const float g = f * f;
  float series = 0x1.2ee656p-3f;
  series = fused(series, g, 0x1.997c2ep-3f);
  series = fused(series, g, 0x1.55555cp-2f);
  return fused(exponent, std::numbers::ln2_v<float>, 2.0f * fused(f * g, series, f));
}

/// log x as std::log has it, of all numbers.
VALLEYFLUX_INLINE double wide_log(double x) {
  const bool tiny = x < 0x1p-1022;
  const double log = log_of_normal(tiny ? x * 0x1p54 : x) - (tiny ? 54.0 * std::numbers::ln2 : 0.0);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double edge = x < infinity ? log : x;  // infinity and NaN
  return x > 0 ? edge : x == 0 ? -infinity : std::numeric_limits<double>::quiet_NaN() + x;
}

/// e^x of all numbers; 0 below the smallest normal number.
VALLEYFLUX_INLINE double wide_exp(double x) {
  constexpr double lowest = -708.39, highest = 709.78;  // beyond, what is computed is thrown away
  // x = k log 2 + r, |r| <= log(2) / 2; adding 1.5 * 2^52 rounds to an integer.
  constexpr double rounder = 0x1.8p52;
  const double shifted = fused(x, std::numbers::log2e, rounder), k = shifted - rounder;
  double r = fused(-k, 0x1.62e42fefa39efp-1, x);
  r = fused(-k, 0x1.abc9e3b39803fp-56, r);
  double series = 0x1.af38a9b0ec855p-26;
  series = fused(series, r, 0x1.289185613a3d6p-22);
  series = fused(series, r, 0x1.71de0dae63bb3p-19);
  series = fused(series, r, 0x1.a019b90d2ae7ap-16);
  series = fused(series, r, 0x1.a01a01a7c41d5p-13);
  series = fused(series, r, 0x1.6c16c1788bd90p-10);
  series = fused(series, r, 0x1.11111111109b3p-7);
  series = fused(series, r, 0x1.5555555553d63p-5);
  series = fused(series, r, 0x1.5555555555556p-3);
  series = fused(series, r, 0x1.0000000000001p-1);
  const double power = 1.0 + fused(r * r, series, r);
  // Times 2^k: the lowest bits of k + 1.5 * 2^52 are those of k.
  const auto scaled = bits_as<double>(bits_as<std::uint64_t>(power) + (bits_as<std::uint64_t>(shifted) << 52));
  const double bottom = x < lowest ? 0.0 : scaled;
  return highest < x ? std::numeric_limits<double>::infinity() : bottom;
}

/// sin(r) and cos(r), |r| <= pi / 4.
VALLEYFLUX_INLINE void sine_cosine_near_zero(double r, double& sine, double& cosine) {
  const double s = r * r;
  double a = 0x1.5e0b05bff20f2p-33;
  a = fused(a, s, -0x1.ae600aca92c64p-26);
  a = fused(a, s, 0x1.71de379654304p-19);
  a = fused(a, s, -0x1.a01a019e83816p-13);
  a = fused(a, s, 0x1.1111111110bb2p-7);
  a = fused(a, s, -0x1.5555555555555p-3);
  sine = fused(r * s, a, r);
  double b = -0x1.907d8f29fe831p-37;
  b = fused(b, s, 0x1.1eeb68cd22f56p-29);
  b = fused(b, s, -0x1.27e4fa17bf139p-22);
  b = fused(b, s, 0x1.a01a019f4e9b4p-16);
  b = fused(b, s, -0x1.6c16c16c16967p-10);
  b = fused(b, s, 0x1.5555555555555p-5);
  b = fused(b, s, -0.5);
  cosine = fused(b, s, 1.0);
}

VALLEYFLUX_INLINE void sine_cosine_near_zero(float r, float& sine, float& cosine) {
  const float s = r * r;
  float a = -0x1.9ac98ep-13f;
  a = fused(a, s, 0x1.110c28p-7f);
  a = fused(a, s, -0x1.555552p-3f);
  sine = fused(r * s, a, r);
  float b = 0x1.9bd880p-16f;
  b = fused(b, s, -0x1.6c12d2p-10f);
  b = fused(b, s, 0x1.555544p-5f);
  b = fused(b, s, -0.5f);
  cosine = fused(b, s, 1.0f);
}

/// The sine and cosine of r + q pi / 2 from those of r: exchanged for odd q, then signs.
template <typename Number, typename Bits>
VALLEYFLUX_INLINE void turn_by_quarters(Bits q, Number& sine, Number& cosine) {
  constexpr int to_sign = 8 * sizeof(Bits) - 2;
  const Bits odd = Bits{0} - (q & 1);
  const Bits a = bits_as<Bits>(sine), b = bits_as<Bits>(cosine);
  sine = bits_as<Number>(static_cast<Bits>(((a & ~odd) | (b & odd)) ^ ((q & 2) << to_sign)));
  cosine = bits_as<Number>(static_cast<Bits>(((b & ~odd) | (a & odd)) ^ (((q + 1) & 2) << to_sign)));
}

/// sin(2 pi v) and cos(2 pi v), v in [0, 1].
VALLEYFLUX_INLINE void sine_cosine_of_turn(double v, double& sine, double& cosine) {
  // v = q / 4 + r / (2 pi); adding 1.5 * 2^52 rounds 4 v to the integer q.
  constexpr double rounder = 0x1.8p52;
  const double shifted = fused(4.0, v, rounder);
  sine_cosine_near_zero(2.0 * std::numbers::pi * fused(-0.25, shifted - rounder, v), sine, cosine);
  turn_by_quarters(bits_as<std::uint64_t>(shifted), sine, cosine);
}

VALLEYFLUX_INLINE void sine_cosine_of_turn(float v, float& sine, float& cosine) {
  constexpr float rounder = 0x1.8p23f;
  const float shifted = fused(4.0f, v, rounder);
  sine_cosine_near_zero(2.0f * std::numbers::pi_v<float> * fused(-0.25f, shifted - rounder, v), sine, cosine);
  turn_by_quarters(bits_as<std::uint32_t>(shifted), sine, cosine);
}

/// sin r, |r| <= pi / 2.
VALLEYFLUX_INLINE double sine_of_half_turn(double r) {
  const double s = r * r;
  double series = 0x1.89a43bea5b135p-49;
  series = fused(series, s, -0x1.ae51366b753a9p-41);
  series = fused(series, s, 0x1.612401540ed0fp-33);
  series = fused(series, s, -0x1.ae6455a1c0795p-26);
  series = fused(series, s, 0x1.71de3a54564dfp-19);
  series = fused(series, s, -0x1.a01a01a018aaap-13);
  series = fused(series, s, 0x1.1111111111107p-7);
  series = fused(series, s, -0x1.5555555555555p-3);
  return fused(r * s, series, r);
}

/// sin x = (-1)^k sin(x - k pi), for |x| <= largest_wide_angle.
inline constexpr double largest_wide_angle = 1e5;
VALLEYFLUX_INLINE double wide_sin(double x) {
  constexpr double rounder = 0x1.8p52;
  const double shifted = fused(x, std::numbers::inv_pi, rounder), k = shifted - rounder;
  double r = fused(-k, 0x1.921fb54442d18p+1, x);
  r = fused(-k, 0x1.1a62633145c07p-53, r);
  return bits_as<double>(bits_as<std::uint64_t>(sine_of_half_turn(r)) ^ (bits_as<std::uint64_t>(shifted) << 63));
}

/// cos x = (-1)^(k + 1) sin(x - (k + 1/2) pi), likewise.
VALLEYFLUX_INLINE double wide_cos(double x) {
  constexpr double rounder = 0x1.8p52;
  const double shifted = fused(x, std::numbers::inv_pi, -0.5) + rounder;
  const double k = shifted - rounder, half = k + 0.5;
  double r = fused(-half, 0x1.921fb54442d18p+1, x);
  r = fused(-half, 0x1.1a62633145c07p-53, r);
  return bits_as<double>(bits_as<std::uint64_t>(sine_of_half_turn(r)) ^ (~bits_as<std::uint64_t>(shifted) << 63));
}

}  // namespace valleyflux
