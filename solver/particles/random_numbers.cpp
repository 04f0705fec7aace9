#include "solver/particles/random_numbers.hpp"

#include "grids/wide.hpp"
#include "grids/wide_functions.hpp"
#include "solver/particles/philox.hpp"

#include <Random123/philox.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace valleyflux {

namespace {

using Size = std::ptrdiff_t;

constexpr Size block = 64;  // numbers worked on together: their intermediate results stay in the first-level cache

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

/// Two numbers that make normal ones of a size over sqrt(2), from bits for their direction: a place in a quarter turn
/// by the highest ones, and two signs by the lowest.
template <typename Number, typename Bits>
VALLEYFLUX_INLINE void towards(Bits bits, Number& first, Number& second) {
  constexpr int to_sign = 8 * sizeof(Bits) - 1;
  // From the middle of the quarter turn; times sqrt(2) and from its beginning they are sum and difference.
  Number sine, cosine;
  sine_cosine_near_zero(static_cast<Number>(0.5 * std::numbers::pi) * centred_unit(bits), sine, cosine);
  first = bits_as<Number>(static_cast<Bits>(bits_as<Bits>(cosine + sine) ^ (bits << to_sign)));
  second = bits_as<Number>(static_cast<Bits>(bits_as<Bits>(cosine - sine) ^ ((bits >> 1) << to_sign)));
}

/// Normal numbers from bits for their sizes and for their directions. Divisions and roots take as long as all the rest
/// and are made by a unit of their own: in either loop there is other work beside them.
template <Size count, typename Number, typename Bits>
VALLEYFLUX_INLINE void box_muller(const Bits* size, const Bits* direction, Number* first, Number* second) {
  alignas(64) Number exponent[count], f[count], along[count], across[count];
  for (Size i = 0; i < count; ++i) {
    split_of_log(open_unit(size[i]), exponent[i], f[i]);
    towards(direction[i], along[i], across[i]);
  }
  VALLEYFLUX_INDEPENDENT
  for (Size i = 0; i < count; ++i) {
    const Number root = std::sqrt(-log_of_split(exponent[i], f[i]));
    first[i] = root * along[i];
    second[i] = root * across[i];
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
  static VALLEYFLUX_INLINE void run(const std::uint32_t* words, double* normal, Size stride) {
    alignas(64) float first[2 * block], second[2 * block];
    box_muller<2 * block>(words, words + 2 * block, first, second);
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

void normal_block(NoisePrecision precision, const PhiloxDraws& draws, double* normal, Size stride) {
  if (precision == NoisePrecision::full) {
    alignas(64) std::uint64_t low[block], high[block];
    philox(draws, PhiloxPairs{low, high});
    run_widest<FullNormals>(low, high, normal, stride);
  } else {
    alignas(64) std::uint32_t words[4 * block];
    philox(draws, PhiloxWords{words});
    run_widest<SingleNormals>(words, normal, stride);
  }
}

}  // namespace

void RandomNumbers::normals(NoisePrecision precision, RandomStream stream, const std::uint32_t* particle,
                            const std::uint64_t* draw, Size count, double* normal, Size stride,
                            std::uint64_t further) const {
  const auto purpose = static_cast<std::uint32_t>(stream);
  Size done = 0;
  for (; done + block <= count; done += block)
    normal_block(precision, {keys_, purpose, particle + done, draw + done, further, block}, normal + done, stride);
  if (done == count) return;
  std::uint32_t particles[block] = {};
  std::uint64_t draws[block] = {};
  double rest[4 * block];
  std::copy(particle + done, particle + count, particles);
  std::copy(draw + done, draw + count, draws);
  normal_block(precision, {keys_, purpose, particles, draws, further, block}, rest, block);
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
    philox({keys_, static_cast<std::uint32_t>(stream), particles, draws, 0, whole}, PhiloxPairs{low, high});
    for (Size i = 0; i < here; ++i) number[done + i] = open_unit(low[i]);
  }
}

RandomNumbers::Bits RandomNumbers::bits(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const {
  const r123::Philox4x32::ctr_type words =
      r123::Philox4x32()({{static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32), particle,
                           static_cast<std::uint32_t>(stream)}},
                         {{static_cast<std::uint32_t>(keys_.key[0][0]), static_cast<std::uint32_t>(keys_.key[0][1])}});
  return {words[0] | (std::uint64_t{words[1]} << 32), words[2] | (std::uint64_t{words[3]} << 32)};
}

double RandomNumbers::uniform(RandomStream stream, std::uint32_t particle, std::uint64_t draw) const {
  return open_unit(bits(stream, particle, draw).low);
}

}  // namespace valleyflux
