#pragma once

#include "tools/benchmarks/coverage/covered_case.hpp"
#include "tools/benchmarks/coverage/random.hpp"

namespace valleyflux::coverage {

/// Problems in the plane whose escapes are those of a coordinate that obeys an equation of its own, in boxes so large
/// that their walls are not felt. The coordinate is u = x cos + y sin where nothing else is said.

/// L = f(u) + g(v), D diagonal in (u, v) with ratios up to 1000, both turned against the grid.
CoveredCase separable_case(Random& random);

/// v follows u: dv = (m u - k v) dt + noise that is correlated with that of u.
CoveredCase sheared_case(Random& random);

/// A linear drift without detailed balance; the exits from w . x < c, w a left eigenvector of the drift.
CoveredCase ornstein_uhlenbeck_case(Random& random);

/// A well about a point, the same in all directions but for the scale of one axis; the exits from the disc around it
/// (an ellipse): edges are cut by a surface that curves.
CoveredCase disc_case(Random& random);

}  // namespace valleyflux::coverage
