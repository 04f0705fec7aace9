#pragma once

#include <cstddef>
#include <cstdint>

namespace valleyflux {

/// What is xored in by each of the ten rounds, from the two halves of the seed; as wide as lanes of the vectors are.
struct PhiloxKeys {
  explicit PhiloxKeys(std::uint64_t seed);
  std::uint64_t key[10][2];
};

/// Random bits of Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011) for many counters at once, by the processor's
/// vectors: four words of 32 bits for each of `count` counters (low, high half of first_draw[i] + further, particle[i],
/// stream). `count` is a multiple of philox_together.
inline constexpr std::ptrdiff_t philox_together = 16;
struct PhiloxDraws {
  const PhiloxKeys& keys;
  std::uint32_t stream;
  const std::uint32_t* particle;
  const std::uint64_t* first_draw;
  std::uint64_t further;
  std::ptrdiff_t count;
};

/// Words 0 and 1 in low[i], 2 and 3 in high[i].
struct PhiloxPairs {
  std::uint64_t *low, *high;
};
/// Word k in words[k * count + i].
struct PhiloxWords {
  std::uint32_t* words;
};

void philox(const PhiloxDraws& draws, PhiloxPairs to);
void philox(const PhiloxDraws& draws, PhiloxWords to);

}  // namespace valleyflux
