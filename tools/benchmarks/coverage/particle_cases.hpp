#pragma once

#include "tools/benchmarks/coverage/covered_case.hpp"
#include "tools/benchmarks/coverage/random.hpp"

namespace valleyflux::coverage {

/// Double wells on the line, with steps chosen badly: particles over 2 to 5 kT, by either scheme.
CoveredCase langevin_case(Random& random);
/// Adaptive multilevel splitting over 3 to 30 kT.
CoveredCase splitting_case(Random& random);
/// The chain of discrete SGD.
CoveredCase chain_case(Random& random);

}  // namespace valleyflux::coverage
