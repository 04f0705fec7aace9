#include "solver/particles/philox.hpp"

#include "grids/wide.hpp"

#if defined(__x86_64__) && !defined(VALLEYFLUX_SCALAR)
#include <immintrin.h>
#endif

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr std::uint32_t multiplier[2] = {0xD2511F53, 0xCD9E8D57}, key_increment[2] = {0x9E3779B9, 0xBB67AE85};

// (Random123 works on one counter at a time; a test compares the two.)

void store_words(const std::uint32_t (&c)[4], Size i, Size, PhiloxPairs to) {
  to.low[i] = c[0] | (std::uint64_t{c[1]} << 32);
  to.high[i] = c[2] | (std::uint64_t{c[3]} << 32);
}
void store_words(const std::uint32_t (&c)[4], Size i, Size count, PhiloxWords to) {
  for (Size k = 0; k < 4; ++k) to.words[k * count + i] = c[k];
}

template <typename To>
void philox_plain(const PhiloxDraws& draws, To to) {
  for (Size i = 0; i < draws.count; ++i) {
    const std::uint64_t draw = draws.first_draw[i] + draws.further;
    std::uint32_t c[4] = {static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32), draws.particle[i],
                          draws.stream};
    for (const auto& key : draws.keys.key) {
      const std::uint64_t a = std::uint64_t{multiplier[0]} * c[0], b = std::uint64_t{multiplier[1]} * c[2];
      c[0] = static_cast<std::uint32_t>((b >> 32) ^ c[1] ^ key[0]);
      c[1] = static_cast<std::uint32_t>(b);
      c[2] = static_cast<std::uint32_t>((a >> 32) ^ c[3] ^ key[1]);
      c[3] = static_cast<std::uint32_t>(a);
    }
    store_words(c, i, draws.count, to);
  }
}

#if defined(__x86_64__) && !defined(VALLEYFLUX_SCALAR)

// The same, each word in the low half of a 64-bit lane: multiplications read only those halves, so that whatever
// gathers in the others need not be cleared between rounds. `c[k][v]` is word k of vector v of those worked on at once.

#define VALLEYFLUX_PHILOX_AVX2 __attribute__((target("avx2")))
#define VALLEYFLUX_PHILOX_AVX512 __attribute__((target("avx512f")))

template <Size together>
VALLEYFLUX_INLINE VALLEYFLUX_PHILOX_AVX2 void store_words(const __m256i (&c)[4][together], Size i, Size,
                                                          PhiloxPairs to) {
  std::uint64_t* const rows[2] = {to.low, to.high};
  for (Size k = 0; k < 2; ++k)
    for (Size v = 0; v < together; ++v)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(rows[k] + i + 4 * v),
                          _mm256_blend_epi32(c[2 * k][v], _mm256_slli_epi64(c[2 * k + 1][v], 32), 0xaa));
}

template <Size together>
VALLEYFLUX_INLINE VALLEYFLUX_PHILOX_AVX2 void store_words(const __m256i (&c)[4][together], Size i, Size count,
                                                          PhiloxWords to) {
  for (Size k = 0; k < 4; ++k)
    for (Size v = 0; v < together; v += 2) {
      const __m256 low_halves =
          _mm256_shuffle_ps(_mm256_castsi256_ps(c[k][v]), _mm256_castsi256_ps(c[k][v + 1]), _MM_SHUFFLE(2, 0, 2, 0));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to.words + k * count + i + 4 * v),
                          _mm256_permute4x64_epi64(_mm256_castps_si256(low_halves), _MM_SHUFFLE(3, 1, 2, 0)));
    }
}

template <typename To>
VALLEYFLUX_PHILOX_AVX2 void philox_avx2(const PhiloxDraws& draws, To to) {
  constexpr Size lanes = 4, together = 2;  // vectors: their states fill half of the 16 registers
  const __m256i m0 = _mm256_set1_epi64x(multiplier[0]), m1 = _mm256_set1_epi64x(multiplier[1]);
  const __m256i further = _mm256_set1_epi64x(static_cast<long long>(draws.further));
  for (Size i = 0; i < draws.count; i += lanes * together) {
    __m256i c[4][together];
    for (Size v = 0; v < together; ++v) {
      const Size first = i + lanes * v;
      c[0][v] =
          _mm256_add_epi64(further, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(draws.first_draw + first)));
      c[1][v] = _mm256_srli_epi64(c[0][v], 32);
      c[2][v] = _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(draws.particle + first)));
      c[3][v] = _mm256_set1_epi64x(draws.stream);
    }
    for (const auto& key : draws.keys.key) {
      const __m256i k0 = _mm256_set1_epi64x(static_cast<long long>(key[0])),
                    k1 = _mm256_set1_epi64x(static_cast<long long>(key[1]));
      for (Size v = 0; v < together; ++v) {
        const __m256i a = _mm256_mul_epu32(c[0][v], m0), b = _mm256_mul_epu32(c[2][v], m1);
        c[0][v] = _mm256_xor_si256(_mm256_srli_epi64(b, 32), _mm256_xor_si256(c[1][v], k0));
        c[1][v] = b;
        c[2][v] = _mm256_xor_si256(_mm256_srli_epi64(a, 32), _mm256_xor_si256(c[3][v], k1));
        c[3][v] = a;
      }
    }
    store_words(c, i, draws.count, to);
  }
}

template <Size together>
VALLEYFLUX_INLINE VALLEYFLUX_PHILOX_AVX512 void store_words(const __m512i (&c)[4][together], Size i, Size,
                                                            PhiloxPairs to) {
  constexpr __mmask16 high_halves = 0xaaaa;
  std::uint64_t* const rows[2] = {to.low, to.high};
  for (Size k = 0; k < 2; ++k)
    for (Size v = 0; v < together; ++v)
      _mm512_storeu_si512(rows[k] + i + 8 * v,
                          _mm512_mask_shuffle_epi32(c[2 * k][v], high_halves, c[2 * k + 1][v], _MM_PERM_CDAB));
}

template <Size together>
VALLEYFLUX_INLINE VALLEYFLUX_PHILOX_AVX512 void store_words(const __m512i (&c)[4][together], Size i, Size count,
                                                            PhiloxWords to) {
  const __m512i low_halves = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  for (Size k = 0; k < 4; ++k)
    for (Size v = 0; v < together; v += 2)
      _mm512_storeu_si512(to.words + k * count + i + 8 * v,
                          _mm512_permutex2var_epi32(c[k][v], low_halves, c[k][v + 1]));
}

template <Size together, typename To>
VALLEYFLUX_INLINE VALLEYFLUX_PHILOX_AVX512 void philox_avx512(const PhiloxDraws& draws, Size i, To to) {
  constexpr Size lanes = 8;
  constexpr int exclusive_or = 0x96;  // of three
  const __m512i m0 = _mm512_set1_epi64(multiplier[0]), m1 = _mm512_set1_epi64(multiplier[1]);
  const __m512i further = _mm512_set1_epi64(static_cast<long long>(draws.further));
  __m512i c[4][together];
  for (Size v = 0; v < together; ++v) {
    const Size first = i + lanes * v;
    c[0][v] = _mm512_add_epi64(further, _mm512_loadu_si512(draws.first_draw + first));
    c[1][v] = _mm512_srli_epi64(c[0][v], 32);
    c[2][v] = _mm512_cvtepu32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(draws.particle + first)));
    c[3][v] = _mm512_set1_epi64(draws.stream);
  }
  for (const auto& key : draws.keys.key) {
    const __m512i k0 = _mm512_set1_epi64(static_cast<long long>(key[0])),
                  k1 = _mm512_set1_epi64(static_cast<long long>(key[1]));
    for (Size v = 0; v < together; ++v) {
      const __m512i a = _mm512_mul_epu32(c[0][v], m0), b = _mm512_mul_epu32(c[2][v], m1);
      // Shifts and shuffles are made by different units: one of each keeps both busy.
      const __m512i a_high = _mm512_srli_epi64(a, 32),
                    b_high = _mm512_castps_si512(_mm512_movehdup_ps(_mm512_castsi512_ps(b)));
      c[0][v] = _mm512_ternarylogic_epi64(b_high, c[1][v], k0, exclusive_or);
      c[1][v] = b;
      c[2][v] = _mm512_ternarylogic_epi64(a_high, c[3][v], k1, exclusive_or);
      c[3][v] = a;
    }
  }
  store_words(c, i, draws.count, to);
}

template <typename To>
VALLEYFLUX_PHILOX_AVX512 void philox_avx512(const PhiloxDraws& draws, To to) {
  // Every multiplication waits for the one before: four vectors at once hide it, their states fill half of the
  // registers.
  constexpr Size most = 32;
  Size i = 0;
  for (; i + most <= draws.count; i += most) philox_avx512<4>(draws, i, to);
  for (; i < draws.count; i += philox_together) philox_avx512<2>(draws, i, to);
}

template <typename To>
void philox_widest(const PhiloxDraws& draws, To to) {
  const int lanes = processor_lanes();
  (lanes == 8 ? philox_avx512<To> : lanes == 4 ? philox_avx2<To> : philox_plain<To>)(draws, to);
}

#else

template <typename To>
void philox_widest(const PhiloxDraws& draws, To to) {
  philox_plain(draws, to);
}

#endif

}  // namespace

PhiloxKeys::PhiloxKeys(std::uint64_t seed) {
  std::uint32_t now[2] = {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)};
  for (auto& round : key)
    for (int half = 0; half < 2; ++half) {
      round[half] = now[half];
      now[half] += key_increment[half];
    }
}

void philox(const PhiloxDraws& draws, PhiloxPairs to) {
  philox_widest(draws, to);
}

void philox(const PhiloxDraws& draws, PhiloxWords to) {
  philox_widest(draws, to);
}

}  // namespace valleyflux
