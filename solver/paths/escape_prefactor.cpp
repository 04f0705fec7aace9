#include "solver/paths/escape_prefactor.hpp"

#include "grids/dense_algebra.hpp"
#include "problems/dynamics/diffusion_model.hpp"
#include "problems/valleys/eigen_decomposition.hpp"
#include "solver/paths/hamiltonian.hpp"
#include "solver/paths/path.hpp"
#include "solver/solver_error.hpp"

#include <fmt/format.h>
#include <Eigen/Cholesky>

#include <boost/numeric/odeint/stepper/generation.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>
#include <vector>

namespace valleyflux {

namespace {

using Eigen::Index;

/// The equation J S + S J^T + 2 D = 0 of V''^-1 = S at a zero of F.
struct LyapunovEquation {
  Eigen::MatrixXd system;  // of vec S
  Eigen::VectorXd right;

  double residual(const Eigen::MatrixXd& covariance) const {
    return (system * covariance.reshaped() - right).norm() / right.norm();
  }
};

LyapunovEquation lyapunov_at(const HamiltonianSamples& samples, Index k) {
  const Index d = samples.force.rows();
  const Eigen::MatrixXd jacobian = samples.jacobian.col(k).reshaped(d, d);
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(d, d);
  Eigen::MatrixXd system(d * d, d * d);  // of vec S: I x J + J x I
  for (Index i = 0; i < d; ++i)
    for (Index j = 0; j < d; ++j)
      system.block(i * d, j * d, d, d) = identity(i, j) * jacobian + jacobian(i, j) * identity;
  return {system, -2.0 * samples.noise.tensor.col(k)};
}

/// V'' there, and whether the equation leaves it open: two eigenvalues of J sum to zero, as at the saddle of a
/// symmetric case.
struct Curvature {
  Eigen::MatrixXd matrix;
  bool open;
};

Curvature curvature_at(const LyapunovEquation& equation, Index d) {
  const LeastSquares solved = least_squares(equation.system, equation.right);
  const Eigen::MatrixXd covariance = solved.x.reshaped(d, d);
  return {inverse_of(0.5 * (covariance + covariance.transpose())), solved.rank < d * d};
}

/// Slope of a vector function by central differences, made symmetric: of a gradient its second derivatives.
template <class Gradient>
Eigen::MatrixXd slope_by_differences(const Gradient& gradient, const Eigen::VectorXd& x, double step) {
  const Index d = x.size();
  Eigen::MatrixXd slope(d, d);
  for (Index k = 0; k < d; ++k) {
    const Eigen::VectorXd shift = step * Eigen::VectorXd::Unit(d, k);
    slope.col(k) = (gradient(x + shift) - gradient(x - shift)) / (2.0 * step);
  }
  return 0.5 * (slope + slope.transpose());
}

/// Of the length of a path, for differences of exact first derivatives.
constexpr double difference_step = 1e-5;

/// Second derivatives of F contracted with p: sum_i p_i d2F_i / dx_j dx_k.
Eigen::MatrixXd force_curvature(const Dynamics& dynamics, const Eigen::VectorXd& x, const Eigen::VectorXd& p,
                                double length) {
  const Index d = x.size();
  Eigen::MatrixXd curvature = Eigen::MatrixXd::Zero(d, d);
  if (const auto& landscape = dynamics.drift.landscape()) {
    FieldSamples field;
    landscape->sample(x, 3, field);
    for (Index k = 0; k < d; ++k) curvature.col(k) = -(field.third.col(0).segment(k * d * d, d * d).reshaped(d, d) * p);
    return curvature;
  }
  if (dynamics.drift.mobility()) {
    Eigen::MatrixXd force, jacobian;
    const auto slope = [&](const Eigen::VectorXd& at) -> Eigen::VectorXd {
      dynamics.drift.sample(at, force, &jacobian);
      return jacobian.reshaped(d, d).transpose() * p;
    };
    return slope_by_differences(slope, x, difference_step * length);
  }
  VectorSamples force;
  dynamics.drift.field()->sample(x, 2, force);
  for (Index i = 0; i < d; ++i) {
    const Eigen::VectorXd second = force.second.col(0)(Eigen::seqN(i, d * d, d));
    curvature += p[i] * second.reshaped(d, d);
  }
  return curvature;
}

/// Second derivatives of p^T D p at fixed p, by differences of the exact gradient of D.
Eigen::MatrixXd noise_curvature(const Dynamics& dynamics, const Eigen::VectorXd& x, const Eigen::VectorXd& p,
                                double length) {
  const Index d = x.size();
  if (dynamics.diffusion->constant()) return Eigen::MatrixXd::Zero(d, d);
  DiffusionSamples noise;
  const auto slope = [&](const Eigen::VectorXd& at) {
    dynamics.diffusion->sample(at, true, noise);
    Eigen::VectorXd result(d);
    for (Index j = 0; j < d; ++j) result[j] = p.dot(noise.gradient.col(0).segment(j * d * d, d * d).reshaped(d, d) * p);
    return result;
  };
  return slope_by_differences(slope, x, difference_step * length);
}

/// What the path carries from one end to the other.
struct Transport {
  double integral;            // of div l + g . p
  Eigen::MatrixXd curvature;  // V'' where it ends
};

/// Integral of div l + g . p along the path, together with V'' from the Riccati equation. The variable of integration
/// is u with s = 1 / (1 + exp(-u)): time passes evenly in it at both ends, where the path takes for ever. The last
/// pieces of the path, whose direction is not known well, are left to the linear decay of the integrand.
Transport transport(const Dynamics& dynamics, const Eigen::MatrixXd& points, const Eigen::MatrixXd& curvature,
                    double unstable) {
  const Index d = points.rows();
  const PathSpline curve(points);
  const auto pieces = static_cast<double>(points.cols() - 1);
  using State = std::vector<double>;  // V'' by columns, then the integral
  Coefficients coefficients;
  double rate = 0.0;
  Eigen::MatrixXd second;
  const auto system = [&](const State& state, State& derivative, double u) {
    const double s = 1.0 / (1.0 + std::exp(-u));
    const Eigen::VectorXd x = curve.at(s * curve.length()), slope = curve.length() * curve.slope(s * curve.length());
    const HamiltonianSamples samples = sample_hamiltonian(dynamics, x);
    const Eigen::MatrixXd noise = samples.noise.tensor.reshaped(d, d);
    const Eigen::LLT<Eigen::MatrixXd> root(noise);
    const Eigen::VectorXd force = samples.force.col(0);
    const double speed = root.matrixL().solve(force).norm() / root.matrixL().solve(slope).norm();
    const Eigen::VectorXd velocity = speed * slope;
    const Eigen::VectorXd p = 0.5 * root.solve(Eigen::VectorXd(velocity - force));
    second = Eigen::Map<const Eigen::MatrixXd>(state.data(), d, d);
    if (s > 0.5) {
      // Along the path V'' is known: V'' v = dp/dt = -H_x. Taking it from there keeps out the solution of the Riccati
      // equation that grows towards the saddle; near the stable point, where nothing grows, it is not needed.
      const Eigen::VectorXd tangent = slope.normalized();
      const Eigen::VectorXd along = -position_slope(samples, 0, p) / velocity.norm();
      const Eigen::MatrixXd across = Eigen::MatrixXd::Identity(d, d) - tangent * tangent.transpose();
      second = (across * second * across + tangent * along.transpose() + along * tangent.transpose() -
                tangent.dot(along) * tangent * tangent.transpose())
                   .eval();
    }
    const Eigen::MatrixXd mixed = mixed_slope(samples, 0, p);
    const Eigen::MatrixXd change =
        -(force_curvature(dynamics, x, p, curve.length()) + noise_curvature(dynamics, x, p, curve.length()) +
          mixed.transpose() * second + second * mixed + 2.0 * second * noise * second);
    sample_coefficients(dynamics, x, coefficients);
    Eigen::VectorXd divergence = Eigen::VectorXd::Zero(d);  // of D
    for (Index j = 0; j < d; ++j)
      divergence += samples.noise.gradient.col(0).segment(j * d * d, d * d).reshaped(d, d).col(j);
    rate = samples.jacobian.reshaped(d, d).trace() + divergence.dot(p) + (noise * second).trace() +
           (force - coefficients.advection.col(0)).dot(p);
    const double time = s * (1.0 - s) / speed;  // dt / du
    derivative.resize(state.size());
    Eigen::Map<Eigen::MatrixXd>(derivative.data(), d, d) = time * change;
    derivative.back() = time * rate;
  };
  State state(static_cast<std::size_t>(d * d + 1), 0.0);
  Eigen::Map<Eigen::MatrixXd>(state.data(), d, d) = curvature;
  constexpr double start = -15.0, left_out = 3.0;
  const double end = std::log(pieces / left_out - 1.0);
  constexpr double tolerance = 1e-8, first_step = 0.01;
  constexpr int most_steps = 200000;
  const double blown_up = 1e6 * curvature.norm();
  auto stepper = boost::numeric::odeint::make_controlled<boost::numeric::odeint::runge_kutta_dopri5<State>>(
      tolerance * curvature.norm(), tolerance);
  double u = start, step = first_step;
  int steps = 0;
  while (u < end) {
    step = std::min(step, end - u);
    stepper.try_step(system, state, u, step);
    const double size = Eigen::Map<const Eigen::MatrixXd>(state.data(), d, d).norm();
    if (!(size < blown_up) || ++steps > most_steps)
      throw SolverError("the quasi-potential is not smooth along the path (a caustic): its prefactor does not exist");
  }
  State ignored;
  system(state, ignored, end);
  return {state.back() + rate / unstable, second};
}

}  // namespace

PathRate path_rate(const Dynamics& dynamics, const ActionPath& path) {
  const Index d = path.points.rows(), last = path.points.cols() - 1;
  const HamiltonianSamples ends = sample_hamiltonian(dynamics, path.points(Eigen::all, std::vector<Index>{0, last}));
  const Eigen::VectorXcd at_stable = eigenvalues_of(ends.jacobian.col(0).reshaped(d, d));
  const Eigen::VectorXcd at_saddle = eigenvalues_of(ends.jacobian.col(1).reshaped(d, d));
  constexpr double degenerate = 1e-10;
  const auto least = [](const Eigen::VectorXcd& values) { return degenerate * values.cwiseAbs().maxCoeff(); };
  if (!(at_stable.real().maxCoeff() < -least(at_stable)))
    throw std::invalid_argument("a path must start at a stable point that is not degenerate");
  if ((at_saddle.real().array() > 0).count() != 1 || !(at_saddle.real().cwiseAbs().minCoeff() > least(at_saddle)))
    throw std::invalid_argument("a path must end at a saddle with one unstable direction that is not degenerate");
  const double unstable = at_saddle.real().maxCoeff();
  const Eigen::MatrixXd start = curvature_at(lyapunov_at(ends, 0), d).matrix;
  const Transport fine = transport(dynamics, path.points, start, unstable);
  // The tail that is extrapolated makes an error of second order: every other point says how large.
  std::vector<Index> half;
  for (Index k = 0; k <= last; k += 2) half.push_back(k);
  constexpr Index least_points = 17;
  if (last % 2 != 0 || last < 2 * least_points)
    throw std::invalid_argument(fmt::format("a path needs an odd number of points, {} or more", 2 * least_points + 1));
  const Transport coarse = transport(dynamics, path.points(Eigen::all, half), start, unstable);
  const double correction = (fine.integral - coarse.integral) / 3.0;

  // V'' must arrive as what the saddle's own equation says it is; where that leaves it open, the path decides.
  const LyapunovEquation at_end = lyapunov_at(ends, 1);
  const Curvature saddle = curvature_at(at_end, d);
  constexpr double consistent = 0.2;
  const double mismatch = saddle.open ? at_end.residual(inverse_of(fine.curvature))
                                      : (fine.curvature - saddle.matrix).norm() / saddle.matrix.norm();
  if (!(mismatch < consistent))
    throw SolverError(
        "the quasi-potential is not smooth at the saddle (its path arrives along a stable direction): the low-noise "
        "limit has no such prefactor");
  const double end_correction =
      saddle.open ? (log_determinant(fine.curvature) - log_determinant(coarse.curvature)) / 3.0 : 0.0;
  const double end = log_determinant(saddle.open ? fine.curvature : saddle.matrix) + end_correction;
  PathRate rate;
  rate.log_prefactor =
      std::log(unstable / (2.0 * std::numbers::pi)) + 0.5 * (log_determinant(start) - end) - fine.integral - correction;
  rate.log_rate = rate.log_prefactor - path.exponent;
  rate.error = path.error + std::abs(correction) + 0.5 * std::abs(end_correction);
  return rate;
}

}  // namespace valleyflux
