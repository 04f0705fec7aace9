#pragma once

#include "tools/benchmarks/coverage/covered_case.hpp"
#include "tools/benchmarks/coverage/random.hpp"

namespace valleyflux::coverage {

/// Problems on the line: landscapes of polynomials and waves, D constant or not, all integrals, barriers of 2 to 100
/// kT, walls that reflect or absorb, 5 to 200 cells a valley, graded now and then.
CoveredCase line_case(Random& random);

/// On a ring: waves of its period, with and without a tilt.
CoveredCase ring_case(Random& random);

}  // namespace valleyflux::coverage
