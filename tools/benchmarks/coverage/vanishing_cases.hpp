#pragma once

#include "tools/benchmarks/coverage/covered_case.hpp"
#include "tools/benchmarks/coverage/random.hpp"

namespace valleyflux::coverage {

/// Noise that vanishes at an end of the axis which the process reaches all the same, its density there x^(a - 1): the
/// square-root process (Cox, Ingersoll & Ross 1985) and Jacobi's (Wright and Fisher's with mutation), Ito.
CoveredCase vanishing_case(Random& random);

}  // namespace valleyflux::coverage
