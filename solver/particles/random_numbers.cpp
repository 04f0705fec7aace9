#include "solver/particles/random_numbers.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <cmath>

#if defined(__x86_64__) && !defined(VALLEYFLUX_SCALAR)
#include <immintrin.h>
#endif

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr Size block = 64;  // numbers worked on together: their intermediate results stay in the first-level cache

constexpr std::uint32_t multiplier[2] = {0xD2511F53, 0xCD9E8D57}, key_increment[2] = {0x9E3779B9, 0xBB67AE85};

/// Random bits of `block` draws: words 0 and 1 of Philox4x32-10 in `low`, 2 and 3 in `high`. (Random123 works on one
/// counter at a time; a test compares the two.)
void philox_plain(std::uint64_t seed, std::uint32_t stream, const std::uint32_t* particle, const std::uint64_t* draw,
                  std::uint64_t* low, std::uint64_t* high) {
  for (Size i = 0; i < block; ++i) {
    std::uint32_t c[4] = {static_cast<std::uint32_t>(draw[i]), static_cast<std::uint32_t>(draw[i] >> 32), particle[i],
                          stream};
    std::uint32_t key[2] = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    for (int round = 0; round < 10; ++round) {
      const std::uint64_t a = std::uint64_t{multiplier[0]} * c[0], b = std::uint64_t{multiplier[1]} * c[2];
      c[0] = static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0];
      c[1] = static_cast<std::uint32_t>(b);
      c[2] = static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1];
      c[3] = static_cast<std::uint32_t>(a);
      key[0] += key_increment[0];
      key[1] += key_increment[1];
    }
    low[i] = c[0] | (std::uint64_t{c[1]} << 32);
    high[i] = c[2] | (std::uint64_t{c[3]} << 32);
  }
}

#if defined(__x86_64__) && !defined(VALLEYFLUX_SCALAR)

/// The same, each word in the low half of a 64-bit lane: the multiplication of AVX2 reads only those halves, so that
/// whatever gathers in the others need not be cleared between rounds, and nothing is ever shuffled.
__attribute__((target("avx2"))) void philox_avx2(std::uint64_t seed, std::uint32_t stream,
                                                 const std::uint32_t* particle, const std::uint64_t* draw,
                                                 std::uint64_t* low, std::uint64_t* high) {
  constexpr Size lanes = 4, together = 2;  // vectors: their states fill half of the 16 registers
  const __m256i m0 = _mm256_set1_epi64x(multiplier[0]), m1 = _mm256_set1_epi64x(multiplier[1]);
  const __m256i low_half = _mm256_set1_epi64x(0xffffffff);
  const auto at = [](auto* array) { return reinterpret_cast<__m256i*>(const_cast<std::uint64_t*>(array)); };
  for (Size i = 0; i < block; i += lanes * together) {
    __m256i c0[together], c1[together], c2[together], c3[together];
    for (Size v = 0; v < together; ++v) {
      const Size first = i + lanes * v;
      c0[v] = _mm256_loadu_si256(at(draw + first));
      c1[v] = _mm256_srli_epi64(c0[v], 32);
      c2[v] = _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(particle + first)));
      c3[v] = _mm256_set1_epi64x(stream);
    }
    std::uint32_t key[2] = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    for (int round = 0; round < 10; ++round) {
      const __m256i k0 = _mm256_set1_epi64x(key[0]), k1 = _mm256_set1_epi64x(key[1]);
      for (Size v = 0; v < together; ++v) {
        const __m256i a = _mm256_mul_epu32(c0[v], m0), b = _mm256_mul_epu32(c2[v], m1);
        c0[v] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(b, 32), c1[v]), k0);
        c1[v] = b;
        c2[v] = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(a, 32), c3[v]), k1);
        c3[v] = a;
      }
      key[0] += key_increment[0];
      key[1] += key_increment[1];
    }
    for (Size v = 0; v < together; ++v) {
      const Size first = i + lanes * v;
      _mm256_storeu_si256(at(low + first),
                          _mm256_or_si256(_mm256_and_si256(c0[v], low_half), _mm256_slli_epi64(c1[v], 32)));
      _mm256_storeu_si256(at(high + first),
                          _mm256_or_si256(_mm256_and_si256(c2[v], low_half), _mm256_slli_epi64(c3[v], 32)));
    }
  }
}

void philox(std::uint64_t seed, std::uint32_t stream, const std::uint32_t* particle, const std::uint64_t* draw,
            std::uint64_t* low, std::uint64_t* high) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  (has_avx2 ? philox_avx2 : philox_plain)(seed, stream, particle, draw, low, high);
}

#else

void philox(std::uint64_t seed, std::uint32_t stream, const std::uint32_t* particle, const std::uint64_t* draw,
            std::uint64_t* low, std::uint64_t* high) {
  philox_plain(seed, stream, particle, draw, low, high);
}

#endif

/// Bits to a double in (0, 1): the 52 highest ones, and one half of the last place more.
VALLEYFLUX_INLINE double open_unit(std::uint64_t bits) {
  return bits_as<double>((bits >> 12) | 0x3ff0000000000000) - (1.0 - 0x1p-53);
}

/// Bits to a float in (0, 1], fine near 0 where the tails of the normal distribution come from.
VALLEYFLUX_INLINE float unit_from_zero(std::uint32_t bits) {
  return fused(static_cast<float>(static_cast<std::int32_t>(bits >> 1)), 0x1p-31f, 0x1p-32f);
}

/// Bits to a float in (0, 1), evenly.
VALLEYFLUX_INLINE float open_unit(std::uint32_t bits) {
  return bits_as<float>((bits >> 9) | 0x3f800000) - (1.0f - 0x1p-24f);
}

struct FullNormals {
  template <Size>
  static VALLEYFLUX_INLINE void run(const std::uint64_t* low, const std::uint64_t* high, double* normal, Size stride) {
    double radius[block];
    for (Size i = 0; i < block; ++i) radius[i] = std::sqrt(-2.0 * log_of_normal(open_unit(low[i])));
    VALLEYFLUX_INDEPENDENT
    for (Size i = 0; i < block; ++i) {
      double sine, cosine;
      sine_cosine_of_turn(open_unit(high[i]), sine, cosine);
      normal[i] = radius[i] * cosine;
      normal[stride + i] = radius[i] * sine;
    }
  }
};

struct SingleNormals {
  template <Size>
  static VALLEYFLUX_INLINE void run(const std::uint64_t* low, const std::uint64_t* high, double* normal, Size stride) {
    std::uint32_t size[2 * block], turn[2 * block];
    for (Size i = 0; i < block; ++i) {
      size[i] = static_cast<std::uint32_t>(low[i]);
      size[block + i] = static_cast<std::uint32_t>(low[i] >> 32);
      turn[i] = static_cast<std::uint32_t>(high[i]);
      turn[block + i] = static_cast<std::uint32_t>(high[i] >> 32);
    }
    float first[2 * block], second[2 * block];
    for (Size i = 0; i < 2 * block; ++i) first[i] = std::sqrt(-2.0f * log_of_normal(unit_from_zero(size[i])));
    for (Size i = 0; i < 2 * block; ++i) {
      float sine, cosine;
      sine_cosine_of_turn(open_unit(turn[i]), sine, cosine);
      second[i] = first[i] * sine;
      first[i] *= cosine;
    }
    for (Size half = 0; half < 2; ++half) {
      double* row = normal + 2 * half * stride;
      VALLEYFLUX_INDEPENDENT
      for (Size i = 0; i < block; ++i) {
        row[i] = static_cast<double>(first[half * block + i]);
        row[stride + i] = static_cast<double>(second[half * block + i]);
      }
    }
  }
};

void normal_block(NoisePrecision precision, std::uint64_t seed, RandomStream stream, const std::uint32_t* particle,
                  const std::uint64_t* draw, double* normal, Size stride) {
  std::uint64_t low[block], high[block];
  philox(seed, static_cast<std::uint32_t>(stream), particle, draw, low, high);
  if (precision == NoisePrecision::full)
    run_wide<FullNormals>(low, high, normal, stride);
  else
    run_wide<SingleNormals>(low, high, normal, stride);
}

}  // namespace

void RandomNumbers::normals(NoisePrecision precision, RandomStream stream, const std::uint32_t* particle,
                            const std::uint64_t* draw, Size count, double* normal, Size stride) const {
  Size done = 0;
  for (; done + block <= count; done += block)
    normal_block(precision, seed_, stream, particle + done, draw + done, normal + done, stride);
  if (done == count) return;
  std::uint32_t particles[block] = {};
  std::uint64_t draws[block] = {};
  double rest[4 * block];
  std::copy(particle + done, particle + count, particles);
  std::copy(draw + done, draw + count, draws);
  normal_block(precision, seed_, stream, particles, draws, rest, block);
  for (Size k = 0; k < normals_per_draw(precision); ++k)
    std::copy(rest + k * block, rest + k * block + (count - done), normal + k * stride + done);
}

RandomNumbers::Bits RandomNumbers::bits(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const {
  const r123::Philox4x32::ctr_type words =
      r123::Philox4x32()({{static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32), particle,
                           static_cast<std::uint32_t>(stream)}},
                         {{static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)}});
  return {words[0] | (std::uint64_t{words[1]} << 32), words[2] | (std::uint64_t{words[3]} << 32)};
}

double RandomNumbers::uniform(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const {
  return open_unit(bits(stream, particle, draw).low);
}

}  // namespace valleyflux
