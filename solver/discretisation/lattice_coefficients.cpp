#include "solver/discretisation/lattice_coefficients.hpp"

#include "problems/problem.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>

#include <algorithm>
#include <array>
#include <cmath>

namespace valleyflux {

namespace {

constexpr std::size_t edge_budget = 10000;  // pieces of one edge

/// Whether the eigenvalues of D itself, from the lattice tensor and the sizes of a cell, are far apart.
template <int Dim>
bool is_degenerate(const Tensor<Dim>& tensor, const Point<Dim>& cell) {
  Eigen::SelfAdjointEigenSolver<Tensor<Dim>> eigen;
  eigen.computeDirect(cell.asDiagonal() * tensor * cell.asDiagonal(), Eigen::EigenvaluesOnly);
  return eigen.eigenvalues()[0] * degenerate_anisotropy <= eigen.eigenvalues()[Dim - 1];
}

/// Raises eigenvalues of the lattice tensor that would make offsets longer than a grid can carry, or z infinite where
/// noise vanishes but advection does not: rates then go to their limit, upwind.
template <int Dim>
void regularise(Tensor<Dim>& tensor, const Point<Dim>& cell, double advection, double raise,
                LatticeCoefficients<Dim>& counts) {
  constexpr double steepest = 1e8;        // kT per cell: beyond, rates are upwind to round-off
  constexpr double least_noise = 1e-140;  // whose square is a number: determinants are above 0
  const double floor_by_advection = std::max(advection / steepest, least_noise);
  Eigen::SelfAdjointEigenSolver<Tensor<Dim>> eigen;
  eigen.computeDirect(tensor);
  const double largest = std::max(eigen.eigenvalues()[Dim - 1], floor_by_advection);
  if (eigen.eigenvalues()[0] >= std::max(largest / degenerate_lattice_limit, floor_by_advection)) return;
  const bool degenerate = is_degenerate<Dim>(tensor, cell);
  const double least = degenerate ? raise * largest / degenerate_lattice_limit : largest / lattice_limit;
  const double smallest = std::max(least, floor_by_advection);
  if (eigen.eigenvalues()[0] >= smallest) return;
  tensor =
      eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(smallest).asDiagonal() * eigen.eigenvectors().transpose();
  tensor = (0.5 * (tensor + tensor.transpose())).eval();
  ++counts.regularised;
  if (!degenerate) ++counts.distorted;
}

/// Whether z varies too fast between the three samples for one cubic Z to be trusted.
bool varies_too_fast(double z0, double zm, double z1) {
  return std::abs(z0 - 2.0 * zm + z1) > 0.5 + 0.1 * std::max({std::abs(z0), std::abs(zm), std::abs(z1)});
}

// A slope that jumps within an edge, as z does where D has a kink, makes Z wrong by up to a sixth of the jump, and by
// another part of it on every grid: rates would converge to first order, and by fits and starts. Both in kT.
constexpr double smooth_bend = 1e-4;  // second differences of z up to which no jump counts
constexpr double precise = 1e-5;      // of Z: Simpson's rule against that of both halves

/// Whether the cubic through z at the ends and the middle is not the one that z at the quarters tells.
bool misses_quarters(double z0, double q0, double zm, double q1, double z1) {
  return !(std::abs(z0 - 4.0 * q0 + 6.0 * zm - 4.0 * q1 + z1) <= 12.0 * precise);
}

}  // namespace

bool varies_too_fast(double z0, double z1) {
  return std::abs(z0 - z1) > 0.1;
}

template <int Dim>
LatticeSampler<Dim>::LatticeSampler(const Dynamics& dynamics, const Grid<Dim>& grid, double raise, double time)
    : dynamics_(dynamics), grid_(grid), raise_(raise), time_(time), law_(boltzmann_law(dynamics, time)) {}

template <int Dim>
void LatticeSampler<Dim>::sample(const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& points,
                                 bool with_tensor, LatticeCoefficients<Dim>& out) const {
  const Index n = points.cols();
  Eigen::MatrixXd positions(Dim, n);
  Eigen::Matrix<double, Dim, Eigen::Dynamic> scale(Dim, n), bend(Dim, n);  // dX/d(cell), d log X'/d(cell)
  Eigen::VectorXd log_volume = Eigen::VectorXd::Zero(law_ ? n : 0);
  for (int k = 0; k < Dim; ++k) {
    const Axis& axis = grid_.axis(k);
    const double h = axis.spacing();
    for (Index p = 0; p < n; ++p) {
      const double xi = axis.lattice(points(k, p));
      const double stretch = axis.stretch(xi);
      positions(k, p) = axis.position(xi);
      scale(k, p) = h * stretch;
      bend(k, p) = h * axis.stretch_slope(xi);
      if (law_) log_volume[p] += std::log(stretch);
    }
  }
  out.slope.resize(Dim, n);
  out.regularised = out.distorted = 0;
  if (with_tensor) {
    out.tensor.resize(static_cast<std::size_t>(n));
    out.departure.resize(Dim, n);
  }
  out.potential.resize(0);
  if (law_) {
    FieldSamples field;
    law_->landscape->sample(positions, 1, field, time_);
    out.potential = log_volume - field.value / law_->kT;
    out.slope = (scale.array() * field.gradient.array() / -law_->kT + bend.array()).matrix();
    require_finite(positions, out.slope);
    if (!with_tensor) return;
  }
  // The potential is exact whatever the weights: where the noise is white, only the offsets are kept short.
  if (law_ && !dynamics_.drift.mobility()) {
    out.departure = out.slope - 2.0 * bend;
    for (Index p = 0; p < n; ++p) {
      Tensor<Dim>& tensor = out.tensor[static_cast<std::size_t>(p)];
      tensor = (law_->kT * scale.col(p).cwiseAbs2().cwiseInverse()).asDiagonal();
      regularise<Dim>(tensor, scale.col(p).cwiseAbs(), 0.0, raise_, out);
    }
    return;
  }
  Coefficients coefficients;
  sample_coefficients(dynamics_, positions, coefficients, time_);
  require_finite(positions, coefficients.tensor);
  require_finite(positions, coefficients.advection);
  for (Index p = 0; p < n; ++p) {
    const Point<Dim> inverse = scale.col(p).cwiseInverse();
    Tensor<Dim> tensor =
        inverse.asDiagonal() * Eigen::Map<const Tensor<Dim>>(coefficients.tensor.col(p).data()) * inverse.asDiagonal();
    const Point<Dim> advection = inverse.cwiseProduct(Point<Dim>(coefficients.advection.col(p)));
    regularise<Dim>(tensor, scale.col(p).cwiseAbs(), law_ ? 0.0 : advection.norm(), raise_, out);
    if (!law_) out.slope.col(p) = tensor.inverse() * advection + bend.col(p);
    if (!with_tensor) continue;
    out.tensor[static_cast<std::size_t>(p)] = tensor;
    // By Ito's formula for the map from positions to cells.
    const Point<Dim> drift =
        inverse.cwiseProduct(Point<Dim>(coefficients.ito_drift.col(p))) - tensor.diagonal().cwiseProduct(bend.col(p));
    out.departure.col(p) = tensor.inverse() * drift;
  }
}

template <int Dim>
void LatticeSampler<Dim>::require_finite(const Eigen::MatrixXd& positions,
                                         const Eigen::Ref<const Eigen::MatrixXd>& values) const {
  if (values.allFinite()) return;
  for (Index p = 0; p < values.cols(); ++p)
    if (!values.col(p).allFinite())
      throw SolverError(fmt::format("the landscape, its derivatives or the noise are not finite at {}",
                                    named_coordinates<Dim>(grid_, positions.col(p))));
}

template <int Dim>
std::vector<std::optional<EdgePotential>> LatticeSampler<Dim>::smooth_potentials(
    const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& starts,
    const Eigen::Ref<const Eigen::Matrix<double, Dim, Eigen::Dynamic>>& steps, const Eigen::Matrix2Xd& ends) const {
  const Index n = starts.cols();
  std::vector<std::optional<EdgePotential>> smooth(static_cast<std::size_t>(n));
  if (n == 0) return smooth;
  LatticeCoefficients<Dim> at;
  sample(starts + 0.5 * steps, false, at);
  const Eigen::RowVectorXd middles = steps.cwiseProduct(at.slope).colwise().sum();
  std::vector<Index> bent;
  for (Index p = 0; p < n; ++p) {
    const double z0 = ends(0, p), zm = middles[p], z1 = ends(1, p);
    if (varies_too_fast(z0, zm, z1)) continue;
    smooth[static_cast<std::size_t>(p)] = EdgePotential::through_slopes(z0, zm, z1);
    if (std::abs(z0 - 2.0 * zm + z1) > smooth_bend) bent.push_back(p);
  }
  if (bent.empty()) return smooth;
  const auto count = static_cast<Index>(bent.size());
  Eigen::Matrix<double, Dim, Eigen::Dynamic> quarters(Dim, 2 * count);
  quarters << starts(Eigen::all, bent) + 0.25 * steps(Eigen::all, bent),
      starts(Eigen::all, bent) + 0.75 * steps(Eigen::all, bent);
  sample(quarters, false, at);
  for (Index b = 0; b < count; ++b) {
    const Index p = bent[static_cast<std::size_t>(b)];
    const auto z = [&](Index k) { return steps.col(p).dot(at.slope.col(k)); };
    if (misses_quarters(ends(0, p), z(b), middles[p], z(b + count), ends(1, p)))
      smooth[static_cast<std::size_t>(p)].reset();
  }
  return smooth;
}

template <int Dim>
PiecewisePotential LatticeSampler<Dim>::potential(const Point<Dim>& from, const Point<Dim>& to) const {
  return law_ ? through_values(from, to) : through_slopes(from, to);
}

/// Cubics through values and slopes over pieces that are halved until each foretells the value at its middle.
template <int Dim>
PiecewisePotential LatticeSampler<Dim>::through_values(const Point<Dim>& from, const Point<Dim>& to) const {
  struct Node {
    double t, value, slope;  // slope per whole edge
  };
  struct Piece {
    Node start, end;
    int depth;
  };
  const Point<Dim> along = to - from;
  LatticeCoefficients<Dim> at;
  const auto nodes = [&](const Eigen::RowVectorXd& t) {
    Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, t.size());
    for (Index p = 0; p < t.size(); ++p) points.col(p) = from + t[p] * along;
    sample(points, false, at);
    std::vector<Node> nodes;
    for (Index p = 0; p < t.size(); ++p) nodes.push_back({t[p], at.potential[p], along.dot(at.slope.col(p))});
    return nodes;
  };
  constexpr int deepest = 8;
  const std::vector<Node> ends = nodes(Eigen::RowVector2d(0.0, 1.0));
  PiecewisePotential potential;
  std::vector<Piece> stack{{ends[0], ends[1], 0}};
  while (!stack.empty()) {
    const Piece piece = stack.back();
    stack.pop_back();
    const double length = piece.end.t - piece.start.t, z0 = length * piece.start.slope, z1 = length * piece.end.slope;
    const EdgePotential cubic = EdgePotential::through_rise(z0, z1, piece.end.value - piece.start.value);
    if (piece.depth < deepest && varies_too_fast(z0, z1)) {
      const Node middle = nodes(Eigen::RowVectorXd::Constant(1, piece.start.t + 0.5 * length))[0];
      if (!(std::abs(cubic(0.5) - (middle.value - piece.start.value)) <= precise)) {
        stack.push_back({middle, piece.end, piece.depth + 1});
        stack.push_back({piece.start, middle, piece.depth + 1});
        continue;
      }
    }
    potential.pieces.push_back({length, cubic});
  }
  return potential;
}

/// Cubics through three slopes over pieces that are halved while the slope varies too fast or jumps.
template <int Dim>
PiecewisePotential LatticeSampler<Dim>::through_slopes(const Point<Dim>& from, const Point<Dim>& to) const {
  const Point<Dim> along = to - from;
  LatticeCoefficients<Dim> at;
  Eigen::Matrix<double, Dim, Eigen::Dynamic> points(Dim, 3);
  points << from, 0.5 * (from + to), to;
  sample(points, false, at);
  const Eigen::RowVectorXd z = along.transpose() * at.slope;

  struct Piece {
    double start, length;
    double z0, zm, z1;  // slopes per whole edge
    int depth;
  };
  constexpr int deepest = 24;
  PiecewisePotential potential;
  std::vector<Piece> stack{{0.0, 1.0, z[0], z[1], z[2], 0}};
  while (!stack.empty()) {
    const Piece piece = stack.back();
    stack.pop_back();
    const double l = piece.length;
    if (potential.pieces.size() > edge_budget) {
      const Point<Dim> start = grid_.position(from), end = grid_.position(to);
      throw SolverError(
          fmt::format("drift and noise vary too fast between ({:.6g}) and ({:.6g}): the edge needs more than {} pieces",
                      fmt::join(start.data(), start.data() + Dim, ", "), fmt::join(end.data(), end.data() + Dim, ", "),
                      edge_budget));
    }
    const EdgePotential cubic = EdgePotential::through_slopes(l * piece.z0, l * piece.zm, l * piece.z1);
    const bool fast = varies_too_fast(l * piece.z0, l * piece.zm, l * piece.z1);
    const bool straight = l * std::abs(piece.z0 - 2.0 * piece.zm + piece.z1) <= smooth_bend;
    if (piece.depth == deepest || (!fast && straight)) {
      potential.pieces.push_back({l, cubic});
      continue;
    }
    Eigen::Matrix<double, Dim, Eigen::Dynamic> quarters(Dim, 2);
    quarters << from + (piece.start + 0.25 * l) * along, from + (piece.start + 0.75 * l) * along;
    sample(quarters, false, at);
    const Eigen::RowVectorXd q = along.transpose() * at.slope;
    if (!fast && !misses_quarters(l * piece.z0, l * q[0], l * piece.zm, l * q[1], l * piece.z1)) {
      potential.pieces.push_back({l, cubic});
      continue;
    }
    stack.push_back({piece.start + 0.5 * l, 0.5 * l, piece.zm, q[1], piece.z1, piece.depth + 1});
    stack.push_back({piece.start, 0.5 * l, piece.z0, q[0], piece.zm, piece.depth + 1});
  }
  return potential;
}

template class LatticeSampler<2>;

}  // namespace valleyflux
