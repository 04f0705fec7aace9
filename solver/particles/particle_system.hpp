#pragma once

#include "grids/box.hpp"
#include "problems/problem.hpp"

#include <functional>
#include <string>
#include <vector>

namespace valleyflux {

/// What moves particles, in any number of dimensions: drift, noise and walls.
struct ParticleSystem {
  Dynamics dynamics;
  std::vector<BoxSide> box;  // d
  double safe_step = 0.0;    // of time: resolves the fastest relaxation at the stable points
  /// Whether a point (d) of the box belongs to the domain; empty: all do. A step out of it is not made, which reflects
  /// to the order of a step's length.
  std::function<bool(const std::vector<double>&)> domain = {};
  /// A place (d) where the landscape jumps, which forces on particles do not show; empty where none is known.
  std::vector<double> step_at = {};
  int dimension() const { return static_cast<int>(box.size()); }
};

/// The problem's drift and noise in the box of its grid.
template <int Dim>
ParticleSystem particle_system(const Problem<Dim>& problem);

/// The step that errors recommend: a fiftieth of the shortest time in which something relaxes at one of the critical
/// points, given the Jacobians of the drift there (d x d).
double safe_step(const std::vector<Eigen::MatrixXd>& jacobians);

/// Coordinates as messages show them: "x = 1, y = 2".
std::string named_coordinates(const ParticleSystem& system, const std::vector<double>& x);

extern template ParticleSystem particle_system(const Problem<1>&);
extern template ParticleSystem particle_system(const Problem<2>&);

}  // namespace valleyflux
