#include "solver/grid_choice/noise_width.hpp"

#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "problems/valleys/lyapunov.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <limits>

namespace valleyflux {

namespace {

/// Inverse covariance of the linearised process, of a saddle with the sizes of its curvatures.
template <int Dim>
std::optional<Tensor<Dim>> precision(const CriticalPoint<Dim>& point, const Tensor<Dim>& diffusion) {
  if (point.degenerate || !(diffusion.determinant() > 0)) return std::nullopt;
  if (point.index == 0) {
    const auto covariance = solve_lyapunov<Dim>(-point.hessian, 2.0 * diffusion);
    if (!covariance) return std::nullopt;
    return Tensor<Dim>(covariance->inverse());
  }
  const Tensor<Dim> over_noise = diffusion.inverse() * point.hessian;
  const EigenDecomposition eigen = symmetric_eigen(0.5 * (over_noise + over_noise.transpose()));
  return Tensor<Dim>(with_eigenvalues(eigen, eigen.values.cwiseAbs()));
}

/// The shorter of the distances in both directions of axis k over which |int F / D| reaches 1/2.
template <int Dim>
double working_distance(const Dynamics& dynamics, const Point<Dim>& x, int k) {
  constexpr Index steps = 400;
  const double unit = std::max(std::abs(x[k]), 1.0), first = 1e-8 * unit, last = 1e8 * unit;
  const double ratio = std::pow(last / first, 1.0 / static_cast<double>(steps));
  double shortest = std::numeric_limits<double>::infinity();
  for (const double side : {-1.0, 1.0}) {
    Eigen::VectorXd distance(steps);
    for (Index n = 0; n < steps; ++n) distance[n] = first * std::pow(ratio, static_cast<double>(n));
    Eigen::MatrixXd points = x.replicate(1, steps), force;
    points.row(k) += side * distance.transpose();
    dynamics.drift.sample(points, force);
    DiffusionSamples diffusion;
    dynamics.diffusion->sample(points, false, diffusion);
    double work = 0.0, before = 0.0;
    for (Index n = 0; n < steps; ++n) {
      work += std::abs(force(k, n)) / diffusion.tensor(k + Dim * k, n) * (distance[n] - before);
      before = distance[n];
      if (!std::isfinite(work)) break;
      if (work < 0.5) continue;
      shortest = std::min(shortest, distance[n]);
      break;
    }
  }
  return shortest;
}

}  // namespace

template <int Dim>
std::optional<NoiseWidth<Dim>> noise_width(const Dynamics& dynamics, const CriticalPoint<Dim>& point) {
  DiffusionSamples diffusion;
  dynamics.diffusion->sample(point.position, false, diffusion);
  NoiseWidth<Dim> width;
  const auto inverse = precision<Dim>(point, diffusion.tensor.col(0).reshaped(Dim, Dim));
  if (inverse) {
    width.marginal = inverse->inverse().diagonal().cwiseSqrt();
    width.conditional = inverse->diagonal().cwiseSqrt().cwiseInverse();
  } else {
    for (int k = 0; k < Dim; ++k) width.marginal[k] = working_distance<Dim>(dynamics, point.position, k);
    width.conditional = width.marginal;
  }
  const auto fit = [](const Point<Dim>& lengths) { return lengths.allFinite() && (lengths.array() > 0).all(); };
  if (!fit(width.marginal) || !fit(width.conditional)) return std::nullopt;
  return width;
}

template std::optional<NoiseWidth<1>> noise_width(const Dynamics&, const CriticalPoint<1>&);
template std::optional<NoiseWidth<2>> noise_width(const Dynamics&, const CriticalPoint<2>&);

}  // namespace valleyflux
