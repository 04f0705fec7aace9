#pragma once

#include "grids/grid.hpp"
#include "problems/dynamics/coefficients.hpp"
#include "solver/discretisation/edge_integral.hpp"

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace valleyflux {

/// Coefficients of the Fokker-Planck equation in the lattice coordinates of a grid (one cell = 1): positions enter as
/// fractional cell coordinates, graded axes are mapped by Ito's formula, so that the lattice is uniform.
template <int Dim>
struct LatticeCoefficients {
  Eigen::Matrix<double, Dim, Eigen::Dynamic> slope;  // Dim x n: z = D^-1 (b - div D) + grad log|dX/dxi|, per cell
  Eigen::VectorXd potential;                         // n: Z with z = grad Z where it is known exactly, else size 0
  // Unless left out:
  std::vector<Tensor<Dim>> tensor;                       // n: diag(1/h) D diag(1/h), regularised
  Eigen::Matrix<double, Dim, Eigen::Dynamic> departure;  // Dim x n: tensor^-1 times the Ito drift in cells
  Index regularised = 0;                                 // points at which D had to be regularised
  Index distorted = 0;                                   // those of them at which D is far from degenerate
};

/// Ratio of the eigenvalues of D from which on it counts as degenerate: the smaller one hardly matters.
inline constexpr double degenerate_anisotropy = 1e6;
/// Ratios of the tensor's eigenvalues (in lattice units) up to which it is taken as it is; beyond, the smaller one is
/// raised. Offsets of the Selling decomposition grow like the ratio's fourth root, to about 15 cells for noise that is
/// degenerate, whose smaller eigenvalue does not matter, and to 40 for other noise, whose does.
inline constexpr double degenerate_lattice_limit = 2e4, lattice_limit = 1e6;

/// Samples a problem's dynamics in lattice coordinates, of the plane: the line is discretised in its own
/// (line_integral.hpp). Thread-safe.
template <int Dim>
class LatticeSampler {
 public:
  /// raise: factor by which degenerate noise is raised more than it has to be, so that what it does can be told. time:
  /// of the coefficients, in the unit of the case.
  LatticeSampler(const Dynamics& dynamics, const Grid<Dim>& grid, double raise, double time = 0.0);

  /// Whether z is the gradient of a known potential, -L / kT.
  bool has_potential() const { return law_.has_value(); }
  /// points: Dim x n fractional cell coordinates, possibly beyond a periodic end (the landscape is evaluated there).
  /// Throws SolverError with the place where anything is not finite.
  void sample(const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& points, bool with_tensor,
              LatticeCoefficients<Dim>& out) const;
  /// Z along edges where a cubic through three slopes holds it, nothing where it takes more: where
  /// the slope varies fast, or jumps at a kink of the noise. starts, steps: Dim x n lattice points and the ways from
  /// them; ends: 2 x n, z along the step at both ends.
  std::vector<std::optional<EdgePotential>> smooth_potentials(
      const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& starts,
      const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& steps, const Eigen::Matrix2Xd& ends) const;
  /// Z along the straight edge between two lattice points, sampled as finely as it varies. Throws SolverError with the
  /// place where that takes too many pieces.
  PiecewisePotential potential(const Point<Dim>& from, const Point<Dim>& to) const;
  /// Rates of that edge, of unit weight per its own length.
  EdgeRates rates(const Point<Dim>& from, const Point<Dim>& to) const { return edge_rates(potential(from, to)); }

 private:
  PiecewisePotential through_values(const Point<Dim>& from, const Point<Dim>& to) const;
  PiecewisePotential through_slopes(const Point<Dim>& from, const Point<Dim>& to) const;
  /// positions, values: one column a point.
  void require_finite(const Eigen::MatrixXd& positions, const Eigen::Ref<const Eigen::MatrixXd>& values) const;

  Dynamics dynamics_;
  Grid<Dim> grid_;
  double raise_, time_;
  std::optional<BoltzmannLaw> law_;
};

/// Whether z varies too fast between its values at both ends for one cubic to be trusted, where Z is known there.
bool varies_too_fast(double z0, double z1);

extern template class LatticeSampler<2>;

}  // namespace valleyflux
