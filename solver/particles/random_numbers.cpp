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
constexpr Size philox_together = 16;  // draws
constexpr int philox_rounds = 10;

constexpr std::uint32_t multiplier[2] = {0xD2511F53, 0xCD9E8D57}, key_increment[2] = {0x9E3779B9, 0xBB67AE85};

/// What draws are made from; `count` is a multiple of philox_together.
struct Draws {
  std::uint64_t seed;
  RandomStream stream;
  const std::uint32_t* particle;
  const std::uint64_t* draw;
  Size count;
};

/// Keys of the rounds.
struct RoundKeys {
  std::uint32_t key[philox_rounds][2];
  explicit RoundKeys(std::uint64_t seed) {
    std::uint32_t now[2] = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
    for (auto& round : key)
      for (int half = 0; half < 2; ++half) {
        round[half] = now[half];
        now[half] += key_increment[half];
      }
  }
};

/// Random bits: words 0 and 1 of Philox4x32-10 in `low`, 2 and 3 in `high`. (Random123 works on one counter at a time;
/// a test compares the two.)
void philox_plain(const Draws& draws, std::uint64_t* low, std::uint64_t* high) {
  const RoundKeys keys(draws.seed);
  for (Size i = 0; i < draws.count; ++i) {
    std::uint32_t c[4] = {static_cast<std::uint32_t>(draws.draw[i]), static_cast<std::uint32_t>(draws.draw[i] >> 32),
                          draws.particle[i], static_cast<std::uint32_t>(draws.stream)};
    for (const auto& key : keys.key) {
      const std::uint64_t a = std::uint64_t{multiplier[0]} * c[0], b = std::uint64_t{multiplier[1]} * c[2];
      c[0] = static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0];
      c[1] = static_cast<std::uint32_t>(b);
      c[2] = static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1];
      c[3] = static_cast<std::uint32_t>(a);
    }
    low[i] = c[0] | (std::uint64_t{c[1]} << 32);
    high[i] = c[2] | (std::uint64_t{c[3]} << 32);
  }
}

#if defined(__x86_64__) && !defined(VALLEYFLUX_SCALAR)

// The same, each word in the low half of a 64-bit lane: multiplications read only those halves, so that whatever
// gathers in the others need not be cleared between rounds, and nothing is ever shuffled.

__attribute__((target("avx2"))) void philox_avx2(const Draws& draws, std::uint64_t* low, std::uint64_t* high) {
  constexpr Size lanes = 4, together = 2;  // vectors: their states fill half of the 16 registers
  const __m256i m0 = _mm256_set1_epi64x(multiplier[0]), m1 = _mm256_set1_epi64x(multiplier[1]);
  const __m256i low_half = _mm256_set1_epi64x(0xffffffff);
  const RoundKeys keys(draws.seed);
  __m256i key[philox_rounds][2];
  for (int round = 0; round < philox_rounds; ++round)
    for (int half = 0; half < 2; ++half) key[round][half] = _mm256_set1_epi64x(keys.key[round][half]);
  const auto at = [](auto* array) { return reinterpret_cast<__m256i*>(const_cast<std::uint64_t*>(array)); };
  for (Size i = 0; i < draws.count; i += lanes * together) {
    __m256i c0[together], c1[together], c2[together], c3[together];
    for (Size v = 0; v < together; ++v) {
      const Size first = i + lanes * v;
      c0[v] = _mm256_loadu_si256(at(draws.draw + first));
      c1[v] = _mm256_srli_epi64(c0[v], 32);
      c2[v] = _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(draws.particle + first)));
      c3[v] = _mm256_set1_epi64x(static_cast<std::uint32_t>(draws.stream));
    }
    for (const auto& round : key)
      for (Size v = 0; v < together; ++v) {
        const __m256i a = _mm256_mul_epu32(c0[v], m0), b = _mm256_mul_epu32(c2[v], m1);
        c0[v] = _mm256_xor_si256(_mm256_srli_epi64(b, 32), _mm256_xor_si256(c1[v], round[0]));
        c1[v] = b;
        c2[v] = _mm256_xor_si256(_mm256_srli_epi64(a, 32), _mm256_xor_si256(c3[v], round[1]));
        c3[v] = a;
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

__attribute__((target("avx512f"))) void philox_avx512(const Draws& draws, std::uint64_t* low, std::uint64_t* high) {
  constexpr Size lanes = 8, together = 2;
  constexpr int exclusive_or = 0x96;  // of three
  const __m512i m0 = _mm512_set1_epi64(multiplier[0]), m1 = _mm512_set1_epi64(multiplier[1]);
  const __m512i low_half = _mm512_set1_epi64(0xffffffff);
  const RoundKeys keys(draws.seed);
  __m512i key[philox_rounds][2];
  for (int round = 0; round < philox_rounds; ++round)
    for (int half = 0; half < 2; ++half) key[round][half] = _mm512_set1_epi64(keys.key[round][half]);
  for (Size i = 0; i < draws.count; i += lanes * together) {
    __m512i c0[together], c1[together], c2[together], c3[together];
    for (Size v = 0; v < together; ++v) {
      const Size first = i + lanes * v;
      c0[v] = _mm512_loadu_si512(draws.draw + first);
      c1[v] = _mm512_srli_epi64(c0[v], 32);
      c2[v] = _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(draws.particle + first)));
      c3[v] = _mm512_set1_epi64(static_cast<std::uint32_t>(draws.stream));
    }
    for (const auto& round : key)
      for (Size v = 0; v < together; ++v) {
        const __m512i a = _mm512_mul_epu32(c0[v], m0), b = _mm512_mul_epu32(c2[v], m1);
        c0[v] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(b, 32), c1[v], round[0], exclusive_or);
        c1[v] = b;
        c2[v] = _mm512_ternarylogic_epi64(_mm512_srli_epi64(a, 32), c3[v], round[1], exclusive_or);
        c3[v] = a;
      }
    for (Size v = 0; v < together; ++v) {
      const Size first = i + lanes * v;
      _mm512_storeu_si512(low + first,
                          _mm512_or_si512(_mm512_and_si512(c0[v], low_half), _mm512_slli_epi64(c1[v], 32)));
      _mm512_storeu_si512(high + first,
                          _mm512_or_si512(_mm512_and_si512(c2[v], low_half), _mm512_slli_epi64(c3[v], 32)));
    }
  }
}

void philox(const Draws& draws, std::uint64_t* low, std::uint64_t* high) {
  const int lanes = processor_lanes();
  (lanes == 8 ? philox_avx512 : lanes == 4 ? philox_avx2 : philox_plain)(draws, low, high);
}

#else

void philox(const Draws& draws, std::uint64_t* low, std::uint64_t* high) {
  philox_plain(draws, low, high);
}

#endif

/// Bits to a double in (0, 1): the 52 highest ones, and one half of the last place more.
VALLEYFLUX_INLINE double open_unit(std::uint64_t bits) {
  return bits_as<double>((bits >> 12) | 0x3ff0000000000000) - (1.0 - 0x1p-53);
}

/// Bits to a float in (0, 1], fine near 0 where the tails of the normal distribution come from.
VALLEYFLUX_INLINE float open_unit(std::uint32_t bits) {
  return fused(static_cast<float>(static_cast<std::int32_t>(bits >> 1)), 0x1p-31f, 0x1p-32f);
}

/// Bits to (-1/2, 1/2), evenly: the highest ones, as odd multiples of half of the last place.
VALLEYFLUX_INLINE double centred_unit(std::uint64_t bits) {
  return bits_as<double>((bits >> 12) | 0x3ff0000000000001) - 1.5;
}
VALLEYFLUX_INLINE float centred_unit(std::uint32_t bits) {
  return bits_as<float>((bits >> 9) | 0x3f800001) - 1.5f;
}

/// Two normal numbers from their common size over sqrt(2) and bits for their direction: a place in a quarter turn by
/// the highest ones, and two signs by the lowest.
template <typename Number, typename Bits>
VALLEYFLUX_INLINE void towards(Number size, Bits bits, Number& first, Number& second) {
  constexpr int to_sign = 8 * sizeof(Bits) - 1;
  // From the middle of the quarter turn; times sqrt(2) and from its beginning they are sum and difference.
  Number sine, cosine;
  sine_cosine_near_zero(static_cast<Number>(0.5 * std::numbers::pi) * centred_unit(bits), sine, cosine);
  first = bits_as<Number>(static_cast<Bits>(bits_as<Bits>(size * (cosine + sine)) ^ (bits << to_sign)));
  second = bits_as<Number>(static_cast<Bits>(bits_as<Bits>(size * (cosine - sine)) ^ ((bits >> 1) << to_sign)));
}

/// Normal numbers from bits for their sizes, `small(bits)` in (0, 1), and for their directions, in several loops: each
/// does little for a number, so that the processor sees many numbers at once and waits for none.
template <Size count, typename Number, typename Bits>
VALLEYFLUX_INLINE void box_muller(const Bits* size, const Bits* direction, Number* first, Number* second) {
  alignas(64) Number exponent[count], f[count];
  for (Size i = 0; i < count; ++i) split_of_log(open_unit(size[i]), exponent[i], f[i]);
  for (Size i = 0; i < count; ++i) f[i] = -log_of_split(exponent[i], f[i]);
  VALLEYFLUX_INDEPENDENT
  for (Size i = 0; i < count; ++i) {
    Number along, across;
    towards(std::sqrt(f[i]), direction[i], along, across);
    first[i] = along;
    second[i] = across;
  }
}

struct FullNormals {
  template <Size>
  static VALLEYFLUX_INLINE void run(const std::uint64_t* low, const std::uint64_t* high, double* normal, Size stride) {
    box_muller<block>(low, high, normal, normal + stride);
  }
};

struct SingleNormals {
  template <Size>
  static VALLEYFLUX_INLINE void run(const std::uint64_t* low, const std::uint64_t* high, double* normal, Size stride) {
    alignas(64) std::uint32_t size[2 * block], turn[2 * block];
    for (Size i = 0; i < block; ++i) {
      size[i] = static_cast<std::uint32_t>(low[i]);
      size[block + i] = static_cast<std::uint32_t>(low[i] >> 32);
      turn[i] = static_cast<std::uint32_t>(high[i]);
      turn[block + i] = static_cast<std::uint32_t>(high[i] >> 32);
    }
    alignas(64) float first[2 * block], second[2 * block];
    box_muller<2 * block>(size, turn, first, second);
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
  alignas(64) std::uint64_t low[block], high[block];
  philox({seed, stream, particle, draw, block}, low, high);
  if (precision == NoisePrecision::full)
    run_widest<FullNormals>(low, high, normal, stride);
  else
    run_widest<SingleNormals>(low, high, normal, stride);
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

void RandomNumbers::uniforms(RandomStream stream, const std::uint32_t* particle, const std::uint64_t* draw, Size count,
                             double* number) const {
  for (Size done = 0; done < count; done += block) {
    const Size here = std::min(block, count - done);
    const Size whole = (here + philox_together - 1) / philox_together * philox_together;
    std::uint32_t particles[block];
    std::uint64_t draws[block], low[block], high[block];
    for (Size i = 0; i < whole; ++i) {
      particles[i] = i < here ? particle[done + i] : 0;
      draws[i] = i < here ? draw[done + i] : 0;
    }
    philox({seed_, stream, particles, draws, whole}, low, high);
    for (Size i = 0; i < here; ++i) number[done + i] = open_unit(low[i]);
  }
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
