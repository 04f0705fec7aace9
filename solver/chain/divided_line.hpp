#pragma once

#include "grids/grid.hpp"
#include "grids/region.hpp"
#include "solver/chain/step_law.hpp"

#include <vector>

namespace valleyflux {

/// An interval [low, high].
struct Stretch {
  double low, high;
};

/// The box of a grid without and within a target: disjoint intervals, each list in ascending order, that make up the
/// box together.
struct DividedLine {
  std::vector<Stretch> kept, target;
};

/// Ends are located to round-off between neighbouring cell centres and edges; what is narrower than that is not seen.
DividedLine divide(const Grid<1>& grid, const Region<1>& target);

/// Probabilities of landing on the kept part, and of not landing there: in the target or lost.
double kept_probability(const StepLaw& law, const DividedLine& line);
double exit_probability(const StepLaw& law, const DividedLine& line);

/// Where `same` turns from true (at low) to false (at high), to round-off.
template <typename Predicate>
double turn(double low, double high, const Predicate& same) {
  for (;;) {
    const double middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return high;
    (same(middle) ? low : high) = middle;
  }
}

/// Cell edges and centres, ascending.
Eigen::VectorXd lattice_points(const Axis& axis);

}  // namespace valleyflux
