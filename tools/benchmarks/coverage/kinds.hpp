#pragma once

#include "tools/benchmarks/coverage/covered_case.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace valleyflux::coverage {

/// Kinds of problems: line, ring, vanishing, separable, sheared, ornstein_uhlenbeck, langevin, splitting, chain,
/// disc.
const std::vector<std::string>& kind_names();

/// Problem `number` of a kind; equal arguments make equal problems. Throws std::invalid_argument for an unknown kind.
CoveredCase make_case(const std::string& kind, std::uint64_t seed, int number);

}  // namespace valleyflux::coverage
