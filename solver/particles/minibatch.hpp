#pragma once

#include "solver/particles/particle_options.hpp"
#include "solver/particles/random_numbers.hpp"

#include <cstdint>
#include <vector>

namespace valleyflux {

/// Throws std::invalid_argument unless size is at least 1 and, without replacement, at most `rows`.
void require_minibatch(Minibatch kind, std::uint64_t rows, std::uint64_t size);

/// Members of minibatches: `size` of `rows` numbers, with or without replacement, drawn anew for every step. What
/// particle i draws at step n is a function of seed, i and n alone. Throws as
/// require_minibatch does.
class MinibatchDraws {
 public:
  MinibatchDraws(std::uint64_t seed, Minibatch kind, std::uint64_t rows, std::uint64_t size);
  /// The members; valid until the next call.
  const std::vector<std::uint32_t>& draw(std::uint32_t particle, std::uint64_t step);

 private:
  RandomNumbers random_;
  Minibatch kind_;
  std::uint64_t rows_, size_;
  std::vector<std::uint32_t> batch_;
  std::vector<std::uint64_t> drawn_;  // by row: number of the last draw that held it
  std::uint64_t draw_ = 0;
};

}  // namespace valleyflux
