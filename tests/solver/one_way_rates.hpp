#pragma once

#include "solver/discretisation/generator.hpp"

#include <cstddef>
#include <random>

namespace valleyflux {

/// Makes detailed balance fail: rates multiplied by random factors, every tenth one of an edge zero.
inline void make_one_way(Generator& generator, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> factor(0.1, 3.0);
  for (std::size_t e = 0; e < generator.from.size(); ++e) {
    generator.forward[e] *= factor(random);
    generator.backward[e] *= e % 10 == 3 ? 0.0 : factor(random);
  }
}

}  // namespace valleyflux
